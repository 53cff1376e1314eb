import { PersonGroupIcon, PlusIcon } from "@navikt/aksel-icons";
import type { ReactNode } from "react";
import { formatRoute, navigate, type SetupPage, STEPS } from "../../app/routes.ts";
import { useText } from "../../i18n/index.ts";
import type { Checkup, Step, StepState } from "../../ipc/bindings.ts";
import type { Wants } from "./form.ts";
import { StandingIcon, standingText, stepStanding } from "./states.tsx";
import { numberOf } from "./steps.ts";

/** The steps at the left: number, name, icon and word. Those that do not apply are folded away. */
export function Steps({ checkup, page }: { checkup: Checkup | undefined; page: SetupPage }) {
  const text = useText();
  const steps = checkup?.steps ?? [];
  const folded = steps.filter((step) => step.state === "notNeeded");
  const line = (step: StepState) => {
    const standing = stepStanding(step, checkup?.isRunning ?? false);
    return (
      <li key={step.step}>
        <SetupLink page={step.step} current={page}>
          <StandingIcon standing={standing} />
          <span className="setup-step-text">
            <StepName step={step.step} />
            <span className="setup-step-state">{standingText(standing, text)}</span>
          </span>
        </SetupLink>
      </li>
    );
  };
  return (
    <>
      <Accounts page={page} />
      <h2>{text("setup.title.steps")}</h2>
      <ol>{steps.filter((step) => step.state !== "notNeeded").map(line)}</ol>
      {folded.length > 0 ? (
        <details open={folded.some((step) => step.step === page) || undefined}>
          <summary>{text("setup.step.folded", { count: folded.length })}</summary>
          <ol>{folded.map(line)}</ol>
        </details>
      ) : null}
    </>
  );
}

/** What is ahead of a new account, before there is anything to check: a step may not be needed for what it is to do. */
export function ComingSteps({ wants }: { wants: Wants }) {
  const text = useText();
  const isNeeded = (step: Step) => (step === "serviceOwner" ? wants.sends : step !== "events");
  const line = (step: Step) => (
    <li key={step} className="setup-step">
      <StandingIcon standing={isNeeded(step) ? "notChecked" : "notNeeded"} />
      <span className="setup-step-text">
        <StepName step={step} />
      </span>
    </li>
  );
  const folded = STEPS.filter((step) => !isNeeded(step));
  return (
    <>
      <Accounts page="new" />
      <h2>{text("setup.step.coming")}</h2>
      <ol>{STEPS.filter(isNeeded).map(line)}</ol>
      <details>
        <summary>{text("setup.step.folded", { count: folded.length })}</summary>
        <ol>{folded.map(line)}</ol>
      </details>
    </>
  );
}

function StepName({ step }: { step: Step }) {
  const text = useText();
  const number = numberOf(step);
  return (
    <span className="setup-step-name">
      {number === null ? null : `${number}. `}
      {text(`doctor.step.${step}`)}
    </span>
  );
}

function Accounts({ page }: { page: SetupPage }) {
  const text = useText();
  return (
    <ul>
      <li>
        <SetupLink page="accounts" current={page}>
          <PersonGroupIcon aria-hidden fontSize="1.375rem" className="setup-state" />
          <span className="setup-step-name">{text("app.setup.accounts")}</span>
        </SetupLink>
      </li>
      {page === "new" ? (
        <li>
          <SetupLink page="new" current={page}>
            <PlusIcon aria-hidden fontSize="1.375rem" className="setup-state" />
            <span className="setup-step-name">{text("app.setup.connect")}</span>
          </SetupLink>
        </li>
      ) : null}
    </ul>
  );
}

function SetupLink({
  page,
  current,
  children,
}: {
  page: SetupPage;
  current: SetupPage;
  children: ReactNode;
}) {
  return (
    <a
      href={formatRoute({ place: "setup", page })}
      className="setup-step"
      aria-current={page === current ? "page" : undefined}
      onClick={(event) => {
        event.preventDefault();
        navigate({ place: "setup", page });
      }}
    >
      {children}
    </a>
  );
}
