import { Heading, Spinner } from "@digdir/designsystemet-react";
import { lazy, Suspense } from "react";
import { ErrorNotice } from "../components/ErrorNotice.tsx";
import { useText } from "../i18n/index.ts";
import type { StartState } from "../ipc/bindings.ts";
import { useHost } from "../ipc/queries.ts";
import { Mark } from "./Brand.tsx";
import "./start.css";

const Passphrase = lazy(() => import("./Passphrase.tsx"));

/** What stands in the window until the mailbox is open; `state` is null while the profile is being opened. */
export function Start({ state, onState }: { state: StartState | null; onState(state: StartState): void }) {
  const text = useText();
  const host = useHost();
  return (
    <main className="start" aria-busy={state === null}>
      <div className="start-card">
        <p className="start-brand">
          <Mark />
          Brevdue
        </p>
        {state?.kind === "needsPassphrase" ? (
          <Suspense fallback={null}>
            <Passphrase isNew={state.isNew} wasWrong={state.wasWrong} onState={onState} />
          </Suspense>
        ) : state?.kind === "refused" ? (
          <>
            <h1 className="visually-hidden">Brevdue</h1>
            <ErrorNotice error={state.error} level={2} onAct={() => void host.openAgain().then(onState)} />
            <p className="start-note">{text("start.refused.help")}</p>
          </>
        ) : (
          <div className="start-wait">
            <Spinner aria-hidden data-size="sm" />
            <Heading level={1} data-size="xs">
              {text("start.opening.title")}
            </Heading>
          </div>
        )}
      </div>
    </main>
  );
}
