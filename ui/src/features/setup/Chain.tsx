import { useText } from "../../i18n/index.ts";
import type { CheckName, CheckState, Checkup } from "../../ipc/bindings.ts";
import { type Standing, StandingWord, standingOf } from "./states.tsx";

/** The links from the key to a letter, and the checks that hold each. */
const LINKS = [
  ["key", ["key"]],
  ["client", ["grant"]],
  ["scope", ["scope"]],
  ["token", ["token"]],
  ["letters", ["sending", "receiving"]],
] as const satisfies readonly (readonly [string, readonly CheckName[]])[];

const RANK: readonly Standing[] = [
  "notNeeded",
  "ok",
  "info",
  "human",
  "notChecked",
  "skipped",
  "warning",
  "error",
  "running",
];

/** Where the chain broke, as five boxes. */
export function Chain({ checkup }: { checkup: Checkup }) {
  const text = useText();
  const checks = checkup.steps.filter(({ step }) => step !== "events").flatMap((step) => step.checks);
  const standing = (names: readonly CheckName[]): Standing =>
    checks
      .filter((check) => names.includes(check.name))
      .map((check) => standingOf(check, checkup.isRunning))
      .reduce<Standing>((worst, one) => (RANK.indexOf(one) > RANK.indexOf(worst) ? one : worst), "notNeeded");
  return (
    <ol className="setup-chain" aria-label={text("setup.chain.label")}>
      {LINKS.map(([name, names]) => (
        <li key={name} data-state={standing(names) satisfies CheckState | "running"}>
          <span className="setup-chain-name">{text(`setup.chain.${name}`)}</span>
          <StandingWord standing={standing(names)} />
        </li>
      ))}
    </ol>
  );
}
