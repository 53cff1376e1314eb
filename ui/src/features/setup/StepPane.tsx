import { Button, Heading } from "@digdir/designsystemet-react";
import { ArrowRightIcon, PersonChatIcon } from "@navikt/aksel-icons";
import { type ReactNode, type Ref, useState } from "react";
import { navigate } from "../../app/routes.ts";
import { useText } from "../../i18n/index.ts";
import type { Account, Checkup, StepState } from "../../ipc/bindings.ts";
import { Chain } from "./Chain.tsx";
import { CheckView } from "./CheckView.tsx";
import { requestText } from "./request.ts";
import { StandingWord, stepStanding } from "./states.tsx";
import { nextStep, numberOf, sorted } from "./steps.ts";
import { TestLetter } from "./TestLetter.tsx";
import { TextSheet } from "./TextSheet.tsx";
import { TickView } from "./TickView.tsx";

/** A step: what, why, who; what was checked; what only a person knows; whom to ask. */
export function StepPane({
  account,
  checkup,
  step,
  heading,
  children,
}: {
  account: Account;
  checkup: Checkup;
  step: StepState;
  heading: Ref<HTMLHeadingElement>;
  /** What can be done in this step besides. */
  children?: ReactNode;
}) {
  const text = useText();
  const [isAsking, setAsking] = useState(false);
  const { called, human } = sorted(step.checks);
  const testLetter = step.checks.find((check) => check.name === "testLetter" && check.state !== "notNeeded");
  const next = nextStep(checkup, step.step);
  const number = numberOf(step.step);
  const name = text(`doctor.step.${step.step}`);
  return (
    <>
      <header className="setup-step-head">
        <div>
          {number === null ? null : <p className="setup-kicker">{text("setup.step.number", { number })}</p>}
          <Heading level={2} data-size="sm" ref={heading} tabIndex={-1}>
            {name}
          </Heading>
        </div>
        <StandingWord standing={stepStanding(step, checkup.isRunning)} />
      </header>
      <dl className="setup-facts">
        {(["what", "why", "who"] as const).map((fact) => (
          <div key={fact}>
            <dt>{text(`setup.step.${fact}`)}</dt>
            <dd>{text(`setup.${fact}.${step.step}`)}</dd>
          </div>
        ))}
      </dl>
      {step.state === "notNeeded" ? <p className="setup-note">{text("setup.step.notNeeded")}</p> : null}
      {step.step === "signIn" ? <Chain checkup={checkup} /> : null}
      {testLetter ? <TestLetter account={account} check={testLetter} isRunning={checkup.isRunning} /> : null}
      {called.length > 0 ? (
        <section aria-labelledby="setup-called">
          <Heading level={3} data-size="2xs" id="setup-called">
            {text("setup.step.checks")}
          </Heading>
          <ul className="setup-checks">
            {called.map((check) => (
              <CheckView key={check.id} check={check} isRunning={checkup.isRunning} />
            ))}
          </ul>
        </section>
      ) : null}
      {human.length > 0 ? (
        <section aria-labelledby="setup-human">
          <Heading level={3} data-size="2xs" id="setup-human">
            {text("setup.step.people")}
          </Heading>
          <ul className="setup-checks">
            {human.map((check) => (
              <TickView key={check.id} account={account.id} check={check} />
            ))}
          </ul>
        </section>
      ) : null}
      {children}
      <footer className="setup-acts setup-step-foot">
        {next ? (
          <Button variant="secondary" onClick={() => navigate({ place: "setup", page: next })}>
            {text("setup.step.next", { name: text(`doctor.step.${next}`) })}
            <ArrowRightIcon aria-hidden fontSize="1.375rem" />
          </Button>
        ) : null}
        <Button variant="tertiary" onClick={() => setAsking(true)}>
          <PersonChatIcon aria-hidden fontSize="1.375rem" />
          {text("setup.step.ask")}
        </Button>
      </footer>
      {isAsking ? (
        <TextSheet
          title={text("setup.request.title", { name })}
          help={text("setup.request.help")}
          copy={text("setup.request.copy")}
          value={requestText(account, step, text)}
          canChange
          onClose={() => setAsking(false)}
        />
      ) : null}
    </>
  );
}
