import { useEffect, useRef, useState } from "react";
import { navigate, type SetupPage } from "../../app/routes.ts";
import { useRoom } from "../../app/useMedia.ts";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFocusBack } from "../../components/useFocusBack.ts";
import { useText } from "../../i18n/index.ts";
import type { Account, Step } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useCheckup, useEntries, useHost } from "../../ipc/queries.ts";
import { AccountPage } from "./AccountPage.tsx";
import { AccountsPage } from "./AccountsPage.tsx";
import { Cards } from "./Cards.tsx";
import { EMPTY, type Wants } from "./form.ts";
import { Head } from "./Head.tsx";
import { Services } from "./Services.tsx";
import { StepPane } from "./StepPane.tsx";
import { ComingSteps, Steps } from "./Steps.tsx";
import { Subscriptions } from "./Subscriptions.tsx";
import { SystemUserPanel } from "./SystemUserPanel.tsx";
import { firstOpen } from "./steps.ts";
import "./setup.css";

export interface SetupProps {
  page: SetupPage;
  /** The account that the window shows, and the doctor looks at. */
  account: Account;
  onAccount(id: string): void;
  onClose(): void;
}

/** The set-up of an account, and its doctor ever after: steps at the left, one at the right. */
export default function Setup({ page, account, onAccount, onClose }: SetupProps) {
  const text = useText();
  const host = useHost();
  const room = useRoom();
  const { data: checkup, error, refetch } = useCheckup(account.id);
  const { data: entries } = useEntries();
  const [wants, setWants] = useState<Wants>(EMPTY);
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusBack();

  const entry = entries?.find((one) => one.id === account.id);
  const hasKept = (entries?.length ?? 0) > 0 || account.environment !== "practice";
  const isCards = page === "start" && entries !== undefined && !hasKept;
  const step = checkup?.steps.find((one) => one.step === page);
  const isForm = page === "new" || page === "account" || page === "accounts";
  const isThere = isCards || step !== undefined || (isForm && entries !== undefined);
  const begin: Step | null = page === "start" && hasKept && checkup ? firstOpen(checkup) : null;

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

  /** To the doctor of an account that has just been connected, where its services are chosen. */
  const onKept = (id: string) => {
    onAccount(id);
    navigate({ place: "setup", page: page === "account" ? "accounts" : "resource" });
  };
  const steps = page === "new" ? <ComingSteps wants={wants} /> : <Steps checkup={checkup} page={page} />;
  return (
    <div className="setup" data-environment={account.environment}>
      <Head account={account} checkup={checkup} hasDoctor={!isCards && page !== "new"} onClose={onClose} />
      {isCards ? (
        <main className="setup-start" id="reading-pane" tabIndex={-1}>
          <Cards heading={heading} onPractice={onClose} onTaken={onKept} />
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
            {entries && page === "accounts" ? (
              <AccountsPage current={account.id} heading={heading} onAccount={onAccount} />
            ) : null}
            {entries && (page === "new" || (page === "account" && entry)) ? (
              <AccountPage
                key={page === "new" ? "new" : account.id}
                entry={page === "new" ? null : (entry ?? null)}
                heading={heading}
                onWants={setWants}
                onKept={onKept}
              />
            ) : null}
            {checkup && step ? (
              <StepPane key={step.step} account={account} checkup={checkup} step={step} heading={heading}>
                {step.step === "resource" && entry ? (
                  <Services key={JSON.stringify(entry.draft)} entry={entry} />
                ) : null}
                {step.step === "signIn" &&
                entry?.draft.signIn.kind === "maskinporten" &&
                entry.draft.signIn.systemId ? (
                  <SystemUserPanel account={account.id} />
                ) : null}
                {step.step === "events" ? <Subscriptions account={account.id} entry={entry} /> : null}
              </StepPane>
            ) : null}
          </main>
        </div>
      )}
    </div>
  );
}
