import { useEffect, useLayoutEffect, useState } from "react";
import { Announcer } from "../components/Announcer.tsx";
import { changeLanguage, currentLanguage } from "../i18n/index.ts";
import type { Settings, StartState } from "../ipc/bindings.ts";
import { useHost, useSettings } from "../ipc/queries.ts";
import { startState } from "./ahead.ts";
import { Boundary } from "./Boundary.tsx";
import { Shell } from "./Shell.tsx";
import { Start } from "./Start.tsx";
import "./shell.css";

/** The window: the way in first, then the mailbox. `first` is how far opening the profile got, if it is known. */
export function App({ first = null }: { first?: StartState | null }) {
  const host = useHost();
  const [state, setState] = useState(first);

  // On purpose: asked once, unless it was known from the beginning.
  useEffect(() => {
    if (first === null) {
      void startState(host).then(setState);
    }
  }, [host]);

  return (
    <Announcer>
      <Boundary name="window">
        {state?.kind === "ready" ? <Ready /> : <Start state={state} onState={setState} />}
      </Boundary>
    </Announcer>
  );
}

function Ready() {
  const { data: settings } = useSettings();
  const isTexted = useLook(settings);
  return settings && isTexted ? <Shell settings={settings} /> : <main aria-busy="true" />;
}

/** Makes the page look and speak as the settings say; true once its texts are there. */
function useLook(settings: Settings | undefined): boolean {
  const language = settings?.language;
  const [isTexted, setTexted] = useState(language === currentLanguage());
  const scheme = settings?.scheme;
  useEffect(() => {
    if (language) {
      void changeLanguage(language).then(() => setTexted(true));
    }
  }, [language]);
  useLayoutEffect(() => {
    if (scheme) {
      document.documentElement.dataset.colorScheme = scheme;
    }
  }, [scheme]);
  return isTexted;
}
