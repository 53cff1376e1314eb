import { Button, Heading, Spinner } from "@digdir/designsystemet-react";
import { ArrowLeftIcon, FileTextIcon, StethoscopeIcon } from "@navikt/aksel-icons";
import { useEffect, useRef, useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Account, Checkup, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { openSteps } from "./states.tsx";
import { TextSheet } from "./TextSheet.tsx";

/** Whose set-up it is, in which Altinn, and the two acts on all of it. */
export function Head({
  account,
  checkup,
  hasDoctor,
  onClose,
}: {
  account: Account;
  checkup: Checkup | undefined;
  /** Whether the doctor's acts belong to the page that is shown. */
  hasDoctor: boolean;
  onClose(): void;
}) {
  const text = useText();
  const format = useFormat();
  const host = useHost();
  const announce = useAnnounce();
  const [report, setReport] = useState<string | null>(null);
  const [error, setError] = useState<UiError | null>(null);
  const isRunning = checkup?.isRunning ?? false;
  const wasRunning = useRef(false);

  useEffect(() => {
    if (checkup && wasRunning.current && !checkup.isRunning) {
      announce(text("setup.run.done", { count: openSteps(checkup).length }));
    }
    wasRunning.current = isRunning;
  }, [announce, checkup, isRunning, text]);

  const fail = (cause: unknown) => setError(asUiError(cause, host.now()));
  return (
    <header className="setup-head" data-environment={account.environment}>
      <div className="setup-head-line">
        <Button variant="tertiary" onClick={onClose}>
          <ArrowLeftIcon aria-hidden fontSize="1.375rem" />
          {text("setup.title.back")}
        </Button>
        <Heading level={1} data-size="xs">
          {text("setup.title.page")}
        </Heading>
        {hasDoctor ? (
          <>
            <p className="setup-whose">
              {account.name}{" "}
              <span className="setup-environment" data-environment={account.environment}>
                {text(`app.env.${account.environment}`)}
              </span>
            </p>
            <p className="setup-when">
              {isRunning
                ? text("setup.run.running")
                : checkup?.checkedAt
                  ? text("setup.run.last", { time: format.full(checkup.checkedAt) })
                  : text("setup.run.never")}
            </p>
            <div className="setup-acts">
              <Button
                aria-disabled={isRunning || undefined}
                onClick={() => {
                  if (!isRunning) {
                    setError(null);
                    void host.startCheckup(account.id).catch(fail);
                  }
                }}
              >
                {isRunning ? (
                  <Spinner aria-hidden data-size="2xs" />
                ) : (
                  <StethoscopeIcon aria-hidden fontSize="1.375rem" />
                )}
                {text(
                  isRunning
                    ? "setup.run.running"
                    : checkup?.checkedAt
                      ? "setup.run.again"
                      : "setup.run.start",
                )}
              </Button>
              <Button
                variant="secondary"
                onClick={() => void host.checkupReport(account.id).then(setReport, fail)}
              >
                <FileTextIcon aria-hidden fontSize="1.375rem" />
                {text("setup.report.open")}
              </Button>
            </div>
          </>
        ) : null}
      </div>
      {error ? <ErrorNotice error={error} level={2} /> : null}
      {report === null ? null : (
        <TextSheet
          title={text("setup.report.title")}
          help={text("setup.report.help")}
          copy={text("setup.report.copy")}
          value={report}
          onClose={() => setReport(null)}
        />
      )}
    </header>
  );
}
