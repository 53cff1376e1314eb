import { useEffect, useState } from "react";
import { Announcer } from "../components/Announcer.tsx";
import { changeLanguage } from "../i18n/index.ts";
import type { Settings, StartState } from "../ipc/bindings.ts";
import { asUiError } from "../ipc/errors.ts";
import { useChanges, useHost, useSettings } from "../ipc/queries.ts";
import { Boundary } from "./Boundary.tsx";
import { Shell } from "./Shell.tsx";
import { Start } from "./Start.tsx";
import "./shell.css";

/** The window: the way in first, then the mailbox. */
export function App() {
  const host = useHost();
  const [state, setState] = useState<StartState | null>(null);
  useChanges();

  useEffect(() => {
    host
      .startState()
      .then(setState, (cause) => setState({ kind: "refused", error: asUiError(cause, host.now()) }));
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
  const [isTexted, setTexted] = useState(false);
  const language = settings?.language;
  const scheme = settings?.scheme;
  useEffect(() => {
    if (language) {
      void changeLanguage(language).then(() => setTexted(true));
    }
  }, [language]);
  useEffect(() => {
    if (scheme) {
      document.documentElement.dataset.colorScheme = scheme;
    }
  }, [scheme]);
  return isTexted;
}
