import type { Account, Check, CheckName, CheckState, Checkup, Step } from "../../ipc/bindings.ts";

/** What an account has to have checked, and how it comes out in the fake world. */
const PLAN: [Step, CheckName, string | null, CheckState][] = [
  ["groundwork", "environments", null, "ok"],
  ["groundwork", "altinn", null, "ok"],
  ["groundwork", "maskinporten", null, "ok"],
  ["groundwork", "clock", null, "warning"],
  ["groundwork", "ownNumber", null, "ok"],
  ["serviceOwner", "serviceOwner", null, "ok"],
  ["serviceOwner", "agreement", null, "human"],
  ["serviceOwner", "studioUser", null, "human"],
  ["resource", "resource", "vedtak", "ok"],
  ["resource", "policy", "vedtak", "error"],
  ["scopes", "subscriptionKey", null, "ok"],
  ["scopes", "scope", "altinn:correspondence.write", "error"],
  ["client", "key", null, "ok"],
  ["client", "grant", null, "ok"],
  ["signIn", "token", "sender", "skipped"],
  ["letters", "sending", "vedtak", "skipped"],
  ["letters", "testLetter", null, "notChecked"],
  ["events", "webhook", null, "notNeeded"],
];

const WORST: CheckState[] = ["notNeeded", "ok", "info", "human", "notChecked", "skipped", "warning", "error"];

/** What has been looked at. */
export interface Looked {
  /** None before the first round. */
  checkedAt: number | null;
  isRunning: boolean;
  /** Who ticked what off. */
  ticks: ReadonlyMap<string, string>;
  /** When the test letter was sent. */
  sentAt: number | null;
}

/** A checkup of the fake world. */
export function checkupOf(account: Account, { checkedAt, isRunning, ticks, sentAt }: Looked): Checkup {
  const steps: Checkup["steps"] = [];
  for (const [step, name, subject, outcome] of PLAN) {
    const check = checkOf(name, subject, outcome, checkedAt, ticks);
    if (name === "testLetter" && sentAt !== null) {
      check.state = "ok";
      check.checkedAt = sentAt;
    }
    const last = steps.at(-1);
    if (last?.step === step) {
      last.checks.push(check);
    } else {
      steps.push({ step, state: "notNeeded", checks: [check] });
    }
  }
  for (const step of steps) {
    const counted = step.checks.filter(({ name, state }) => name !== "testLetter" || state !== "notChecked");
    step.state = worst(counted.map((check) => check.state));
  }
  return {
    account: account.id,
    organisationNumber: account.organisationNumber,
    environment: account.environment,
    sends: account.canSend,
    receives: true,
    isRunning,
    checkedAt,
    steps,
  };
}

function checkOf(
  name: CheckName,
  subject: string | null,
  outcome: CheckState,
  checkedAt: number | null,
  ticks: ReadonlyMap<string, string>,
): Check {
  const id = subject === null ? name : `${name}:${subject}`;
  const isByPerson = outcome === "human";
  const isPlanned = isByPerson || outcome === "notNeeded";
  const by = ticks.get(id);
  const state = by !== undefined ? "ok" : isPlanned || checkedAt !== null ? outcome : "notChecked";
  return {
    id,
    name,
    subject,
    state,
    asked:
      name === "altinn" && checkedAt !== null
        ? [{ method: "GET", address: "https://platform.tt02.altinn.no/", status: 200 }]
        : [],
    findings: checkedAt === null ? [] : findingsOf(name, outcome),
    link: isByPerson ? "https://www.altinndigital.no/" : null,
    tick: by === undefined ? null : { by, at: checkedAt ?? 0 },
    checkedAt: isByPerson ? null : checkedAt,
  };
}

function findingsOf(name: CheckName, state: CheckState): Check["findings"] {
  const plain = { state, params: {}, traceId: null, link: null, mail: null };
  switch (name) {
    case "clock":
      return [{ ...plain, code: "clockNear", params: { seconds: "7" } }];
    case "policy":
      return [{ ...plain, code: "policyNobodyReads", link: "https://altinn.studio/" }];
    case "scope": {
      const params = { scope: "altinn:correspondence.write", code: "MP-250" };
      const mailParams = { ...params, organisation: "991825827", environment: "tt02" };
      const mail = { to: "servicedesk@altinn.no", template: "scope" as const, params: mailParams };
      return [{ ...plain, code: "scopeNotGranted", params, traceId: "0af7651916cd43dd", mail }];
    }
    default:
      return [];
  }
}

function worst(states: CheckState[]): CheckState {
  return states.reduce((a, b) => (WORST.indexOf(b) > WORST.indexOf(a) ? b : a), "notNeeded");
}
