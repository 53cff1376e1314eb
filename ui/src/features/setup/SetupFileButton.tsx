import { Button, ValidationMessage } from "@digdir/designsystemet-react";
import { FileTextIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import type { UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { KeyFault } from "./KeyFault.tsx";

/** Takes a set-up file that somebody else has written; answers the first of its accounts. */
export function SetupFileButton({ label, onTaken }: { label: string; onTaken(account: string): void }) {
  const host = useHost();
  const [error, setError] = useState<UiError | null>(null);
  const pick = async () => {
    setError(null);
    try {
      const path = await host.pickSetupFile("accounts");
      if (path !== null) {
        const [first] = await host.takeSetupFile(path);
        if (first !== undefined) {
          onTaken(first);
        }
      }
    } catch (cause) {
      setError(asUiError(cause, host.now()));
    }
  };
  return (
    <>
      <Button variant="secondary" onClick={() => void pick()}>
        <FileTextIcon aria-hidden fontSize="1.375rem" />
        {label}
      </Button>
      {error?.code === "keyUnusable" ? (
        <div role="alert">
          <ValidationMessage>
            <KeyFault error={error} />
          </ValidationMessage>
        </div>
      ) : error ? (
        <div className="setup-whole">
          <ErrorNotice error={error} level={3} />
          {error.params.detail ? (
            <p className="setup-fine" lang="en">
              {error.params.detail}
            </p>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
