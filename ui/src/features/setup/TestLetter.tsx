import { Button, Heading } from "@digdir/designsystemet-react";
import { PaperplaneIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { Question } from "../../components/Question.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useLanguage, useText } from "../../i18n/index.ts";
import type { Account, Check, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";

/** One letter to the own organisation, on command; in production only after a second question. */
export function TestLetter({
  account,
  check,
  isRunning,
}: {
  account: Account;
  check: Check;
  isRunning: boolean;
}) {
  const text = useText();
  const format = useFormat();
  const language = useLanguage();
  const host = useHost();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const isProduction = account.environment === "production";

  const send = (isConfirmed: boolean) => {
    setAsking(false);
    setError(null);
    const letter = { language, title: text("doctor.test.title"), body: text("doctor.test.body") };
    host
      .sendTestLetter(account.id, letter, isConfirmed)
      .catch((cause: unknown) => setError(asUiError(cause, host.now())));
  };

  return (
    <section className="setup-test" data-environment={account.environment} aria-labelledby="setup-test-title">
      <Heading level={3} data-size="2xs" id="setup-test-title">
        {text("setup.test.title")}
      </Heading>
      <p>{text("setup.test.text", { name: account.name })}</p>
      {check.state === "ok" && check.checkedAt !== null ? (
        <p role="status">{text("setup.test.sent", { time: format.full(check.checkedAt) })}</p>
      ) : null}
      <div className="setup-acts">
        <Button
          data-color={isProduction ? "danger" : undefined}
          aria-disabled={isRunning || undefined}
          onClick={() => {
            if (isRunning) {
              return;
            }
            if (isProduction) {
              setAsking(true);
            } else {
              send(false);
            }
          }}
        >
          <PaperplaneIcon aria-hidden fontSize="1.375rem" />
          {text(isProduction ? "setup.test.sendProduction" : "setup.test.send")}
        </Button>
      </div>
      {error ? <ErrorNotice error={error} level={4} /> : null}
      {isAsking ? (
        <Question
          title={text("setup.test.question")}
          yes={text("setup.test.yes")}
          tone="danger"
          onYes={() => send(true)}
          onNo={() => setAsking(false)}
        >
          {text("setup.test.warning", { name: account.name })}
        </Question>
      ) : null}
    </section>
  );
}
