import { Spinner } from "@digdir/designsystemet-react";
import {
  CheckmarkCircleFillIcon,
  CircleIcon,
  ExclamationmarkTriangleFillIcon,
  InformationSquareFillIcon,
  MinusCircleIcon,
  PersonCircleIcon,
  XMarkOctagonFillIcon,
} from "@navikt/aksel-icons";
import type { ComponentType, SVGProps } from "react";
import { type Translate, useText } from "../../i18n/index.ts";
import type { Check, CheckState, Checkup, StepState } from "../../ipc/bindings.ts";

/** How a check or step stands, while a round runs too. */
export type Standing = CheckState | "running";

const ICONS: Record<CheckState, ComponentType<SVGProps<SVGSVGElement> & { fontSize?: string }>> = {
  ok: CheckmarkCircleFillIcon,
  info: InformationSquareFillIcon,
  warning: ExclamationmarkTriangleFillIcon,
  error: XMarkOctagonFillIcon,
  human: PersonCircleIcon,
  notChecked: CircleIcon,
  skipped: MinusCircleIcon,
  notNeeded: MinusCircleIcon,
};

/** The word for a state; an icon alone never tells. */
export function standingText(standing: Standing, text: Translate): string {
  return text(standing === "running" ? "setup.state.running" : `doctor.state.${standing}`);
}

/** A check that the round has not reached yet is being checked; the test letter waits for its own command. */
export function standingOf(check: Check, isRunning: boolean): Standing {
  return isRunning && check.state === "notChecked" && check.name !== "testLetter" ? "running" : check.state;
}

/** A step is being checked as long as one of its checks is. */
export function stepStanding(step: StepState, isRunning: boolean): Standing {
  return step.checks.some((check) => standingOf(check, isRunning) === "running") ? "running" : step.state;
}

/** Whether something is to be done about it. */
export const isOpen = (state: CheckState): boolean => state === "error" || state === "warning";

/** Steps that are not in order yet. */
export const openSteps = (checkup: Checkup): readonly StepState[] =>
  checkup.steps.filter((step) => isOpen(step.state));

/** Icon of a state, coloured; its word stands beside it. */
export function StandingIcon({ standing }: { standing: Standing }) {
  if (standing === "running") {
    return <Spinner aria-hidden data-size="2xs" className="setup-state" />;
  }
  const Icon = ICONS[standing];
  return <Icon aria-hidden fontSize="1.375rem" className="setup-state" data-state={standing} />;
}

/** Icon and word. */
export function StandingWord({ standing }: { standing: Standing }) {
  const text = useText();
  return (
    <span className="setup-standing" data-state={standing}>
      <StandingIcon standing={standing} />
      {standingText(standing, text)}
    </span>
  );
}
