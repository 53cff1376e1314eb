import { PersonGroupIcon } from "@navikt/aksel-icons";
import { formatRoute, navigate, type SetupPage } from "../../app/routes.ts";
import { useText } from "../../i18n/index.ts";
import type { Checkup, StepState } from "../../ipc/bindings.ts";
import { StandingIcon, standingText, stepStanding } from "./states.tsx";
import { numberOf } from "./steps.ts";

/** The steps at the left: number, name, icon and word. Those that do not apply are folded away. */
export function Steps({ checkup, page }: { checkup: Checkup | undefined; page: SetupPage }) {
  const text = useText();
  const steps = checkup?.steps ?? [];
  const folded = steps.filter((step) => step.state === "notNeeded");
  const line = (step: StepState) => {
    const standing = stepStanding(step, checkup?.isRunning ?? false);
    const number = numberOf(step.step);
    return (
      <li key={step.step}>
        <SetupLink page={step.step} current={page}>
          <StandingIcon standing={standing} />
          <span className="setup-step-text">
            <span className="setup-step-name">
              {number === null ? null : `${number}. `}
              {text(`doctor.step.${step.step}`)}
            </span>
            <span className="setup-step-state">{standingText(standing, text)}</span>
          </span>
        </SetupLink>
      </li>
    );
  };
  return (
    <>
      <ul>
        <li>
          <SetupLink page="accounts" current={page}>
            <PersonGroupIcon aria-hidden fontSize="1.375rem" className="setup-state" />
            <span className="setup-step-name">{text("app.setup.accounts")}</span>
          </SetupLink>
        </li>
      </ul>
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

function SetupLink({
  page,
  current,
  children,
}: {
  page: SetupPage;
  current: SetupPage;
  children: React.ReactNode;
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
