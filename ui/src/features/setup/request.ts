import type { Translate } from "../../i18n/index.ts";
import type { Account, StepState } from "../../ipc/bindings.ts";
import { subjectText } from "./CheckView.tsx";
import { findingWords } from "./FindingView.tsx";
import { standingText } from "./states.tsx";
import { numberOf } from "./steps.ts";

/** A step as one page for somebody who can help: what it is, what remains, and where it is done. */
export function requestText(account: Account, step: StepState, text: Translate): string {
  const number = numberOf(step.step);
  const name = text(`doctor.step.${step.step}`);
  const remaining = step.checks.filter((check) => check.state !== "ok" && check.state !== "notNeeded");
  const lines = remaining.flatMap((check) => {
    const subject = subjectText(check, text);
    const head = `- ${text(`doctor.check.${check.name}`)}${subject === null ? "" : ` (${subject})`}: ${standingText(check.state, text)}`;
    const found = check.findings.flatMap((finding) => {
      const { title, help } = findingWords(finding, text);
      const trace = finding.traceId ? [`  ${text("setup.check.trace", { trace: finding.traceId })}`] : [];
      return [`  ${title}`, `  ${help}`, ...(finding.link ? [`  ${finding.link}`] : []), ...trace];
    });
    return [head, ...found, ...(check.link ? [`  ${check.link}`] : [])];
  });
  return [
    text("setup.request.greeting", {
      name: account.name,
      number: account.organisationNumber,
      environment: text(`app.env.${account.environment}`),
    }),
    "",
    number === null ? name : `${text("setup.step.number", { number })}: ${name}`,
    text(`setup.what.${step.step}`),
    text(`setup.why.${step.step}`),
    `${text("setup.step.who")}: ${text(`setup.who.${step.step}`)}`,
    "",
    ...(lines.length > 0 ? [text("setup.request.open"), ...lines] : [text("setup.request.none")]),
    "",
    text("setup.request.thanks"),
    "",
  ].join("\n");
}
