import { Dialog } from "@digdir/designsystemet-react";
import { useEffect, useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useText } from "../../i18n/index.ts";
import type { Draft, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { unminimise } from "./minimised.ts";
import { Sheet } from "./Sheet.tsx";
import "./compose.css";

/** A draft being written, as a sheet over the mailbox. */
export default function Compose(props: { draft: string; onClose(): void }) {
  return <Loaded key={props.draft} {...props} />;
}

function Loaded(props: { draft: string; onClose(): void }) {
  const host = useHost();
  const t = useText();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [error, setError] = useState<UiError | null>(null);
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let isCurrent = true;
    unminimise(props.draft);
    host.draft(props.draft).then(
      (found) => {
        if (isCurrent) {
          setDraft(found);
        }
      },
      (cause: unknown) => {
        if (isCurrent) {
          setError(asUiError(cause, host.now()));
        }
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [host, props.draft, attempt]);

  if (draft) {
    return <Sheet draft={draft} onClose={props.onClose} />;
  }
  if (!error) {
    return null;
  }
  return (
    <Dialog
      open
      closeButton={t("compose.action.close")}
      onClose={props.onClose}
      aria-label={t("compose.sheet.label")}
    >
      <ErrorNotice
        error={error}
        onAct={() => {
          setError(null);
          setAttempt(attempt + 1);
        }}
      />
    </Dialog>
  );
}
