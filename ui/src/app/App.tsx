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

/** Milliseconds between two looks at a mailbox that is still opening. */
const LOOK_AGAIN = 400;

/** The window: the way in first, then the mailbox. */
export function App() {
  const host = useHost();
  const [state, setState] = useState<StartState>({ kind: "starting" });
  useChanges();

  useEffect(() => {
    if (state.kind !== "starting") {
      return;
    }
    let timer = 0;
    let isOver = false;
    const look = () => {
      host.startState().then(
        (next) => {
          if (!isOver) {
            setState(next);
            timer = next.kind === "starting" ? window.setTimeout(look, LOOK_AGAIN) : 0;
          }
        },
        (cause) => {
          if (!isOver) {
            setState({ kind: "refused", error: asUiError(cause, host.now()) });
          }
        },
      );
    };
    look();
    return () => {
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [host, state.kind]);

  return (
    <Announcer>
      <Boundary name="window">
        {state.kind === "ready" ? <Ready /> : <Start state={state} onState={setState} />}
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
