import { useEffect, useRef } from "react";
import { navigate, type SetupPage } from "../../app/routes.ts";
import { useRoom } from "../../app/useMedia.ts";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFocusBack } from "../../components/useFocusBack.ts";
import { useText } from "../../i18n/index.ts";
import type { Account } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useCheckup, useHost } from "../../ipc/queries.ts";
import { Cards } from "./Cards.tsx";
import { Head } from "./Head.tsx";
import { StepPane } from "./StepPane.tsx";
import { Steps } from "./Steps.tsx";
import { Subscriptions } from "./Subscriptions.tsx";
import { firstOpen } from "./steps.ts";
import "./setup.css";

export interface SetupProps {
  page: SetupPage;
  accounts: readonly Account[];
  /** The account that the window shows, and the doctor looks at. */
  account: Account;
  onAccount(id: string): void;
  onClose(): void;
}

/** The set-up of an account, and its doctor ever after: steps at the left, one at the right. */
export default function Setup({ page, accounts, account, onClose }: SetupProps) {
  const text = useText();
  const host = useHost();
  const room = useRoom();
  const { data: checkup, error, refetch } = useCheckup(account.id);
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusBack();

  const hasKept = accounts.some((one) => one.environment !== "practice");
  const isCards = page === "start" && !hasKept;
  const step = checkup?.steps.find((one) => one.step === page);
  const isThere = isCards || step !== undefined;
  const begin = page === "start" && hasKept && checkup ? firstOpen(checkup) : null;

  useEffect(() => {
    if (begin) {
      navigate({ place: "setup", page: begin }, "replace");
    }
  }, [begin]);
  // Somebody goes from page to page: focus goes along. Not with what the doctor finds meanwhile.
  useEffect(() => {
    if (isThere) {
      heading.current?.focus();
    }
  }, [page, isThere]);

  const steps = <Steps checkup={checkup} page={page} />;
  return (
    <div className="setup" data-environment={account.environment}>
      <Head account={account} checkup={checkup} hasDoctor={!isCards} onClose={onClose} />
      {isCards ? (
        <main className="setup-start" id="reading-pane" tabIndex={-1}>
          <Cards heading={heading} onPractice={onClose} />
        </main>
      ) : (
        <div className="setup-body">
          <nav className="setup-steps" id="folders-pane" tabIndex={-1} aria-label={text("setup.title.page")}>
            {room === "narrow" ? (
              <details key={page} className="setup-all">
                <summary>{text("setup.step.all")}</summary>
                {steps}
              </details>
            ) : (
              steps
            )}
          </nav>
          <main className="setup-pane" id="reading-pane" tabIndex={-1}>
            {error ? (
              <ErrorNotice error={asUiError(error, host.now())} level={2} onAct={() => void refetch()} />
            ) : null}
            {checkup && step ? (
              <StepPane key={step.step} account={account} checkup={checkup} step={step} heading={heading}>
                {step.step === "events" ? <Subscriptions account={account.id} /> : null}
              </StepPane>
            ) : null}
          </main>
        </div>
      )}
    </div>
  );
}
