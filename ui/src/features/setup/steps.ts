import { STEPS } from "../../app/routes.ts";
import type { Check, Checkup, Step } from "../../ipc/bindings.ts";
import { isOpen } from "./states.tsx";

/** The number people know a step by; groundwork has none. */
export function numberOf(step: Step): number | null {
  const at = STEPS.indexOf(step);
  return at > 0 ? at : null;
}

/** Where to begin: the first step that is to be mended, else the first that nobody has looked at. */
export function firstOpen(checkup: Checkup): Step {
  const found =
    checkup.steps.find((step) => step.state === "error") ??
    checkup.steps.find((step) => isOpen(step.state)) ??
    checkup.steps.find((step) => step.state === "notChecked" || step.state === "human");
  return found?.step ?? "groundwork";
}

/** The next step after one that applies. */
export function nextStep(checkup: Checkup, step: Step): Step | null {
  const at = STEPS.indexOf(step);
  return (
    checkup.steps.find((other) => STEPS.indexOf(other.step) > at && other.state !== "notNeeded")?.step ?? null
  );
}

/** Checks that a call answers, and those that only a person can. */
export function sorted(checks: readonly Check[]): { called: readonly Check[]; human: readonly Check[] } {
  const isHuman = (check: Check) => check.state === "human" || check.tick !== null;
  return {
    called: checks.filter((check) => !isHuman(check) && check.state !== "notNeeded"),
    human: checks.filter(isHuman),
  };
}
