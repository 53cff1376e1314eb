// What is wrong with a draft, in words, at the field it concerns.

import type { TextKey, Translate } from "../../i18n/index.ts";
import type { ErrorCode, Field, Problem } from "../../ipc/bindings.ts";
import { errorHelp, errorTitle } from "../../ipc/errors.ts";

/** One thing to put right. */
export interface Issue {
  readonly field: Field;
  /** Tells two issues of a field apart. */
  readonly key: string;
  /** What is wrong. */
  readonly text: string;
}

/** The label of each field, repeated by the error summary. */
export const FIELD_LABELS: Record<Field, TextKey> = {
  resource: "compose.service.label",
  recipients: "compose.recipients.label",
  title: "compose.title.label",
  summary: "compose.summary.label",
  body: "compose.body.label",
  language: "compose.language.label",
  reference: "compose.reference.label",
  messageSender: "compose.sender.label",
  due: "compose.due.label",
  publish: "compose.publish.label",
  files: "files.heading.label",
  alert: "compose.alert.label",
  confidential: "compose.service.label",
  reservation: "compose.reservation.label",
  general: "compose.sheet.label",
};

/** The control that focus moves to for a field. */
export const FIELD_IDS: Record<Field, string> = {
  resource: "compose-service",
  recipients: "compose-recipients",
  title: "compose-title",
  summary: "compose-summary",
  body: "compose-body",
  language: "compose-language",
  reference: "compose-reference",
  messageSender: "compose-sender",
  due: "compose-due",
  publish: "compose-publish",
  files: "compose-files",
  alert: "compose-alert",
  confidential: "compose-service",
  reservation: "compose-reservation",
  general: "compose-send",
};

/** Fields that are folded away under *Flere valg*. */
export const FOLDED: ReadonlySet<Field> = new Set(["reference", "messageSender", "reservation"]);

/** Rules that are only said when the user asks to send: an empty field is not an error while writing. */
const ONLY_WHEN_ASKED: ReadonlySet<ErrorCode> = new Set([
  "required",
  "noRecipients",
  "noService",
  "confirmationNeedsDue",
  "fileNotReady",
  "fileRefused",
]);

/** Whether a broken rule is said when its field is left. */
export function isSaidOnLeaving(problem: Problem): boolean {
  return !ONLY_WHEN_ASKED.has(problem.code);
}

const ALTINN_WORDS: Readonly<Record<string, TextKey>> = {
  "1003": "compose.refused.body",
  "1023": "compose.refused.language",
  "1036": "compose.refused.service",
  "1055": "compose.refused.fileExpires",
  "2004": "compose.refused.fileSize",
  "2008": "compose.refused.fileChanged",
  "2010": "compose.refused.fileName",
  "2011": "compose.refused.fileName",
  "2012": "compose.refused.fileName",
  "2013": "compose.refused.fileType",
  "2014": "compose.refused.agreement",
  "2021": "compose.refused.fileName",
  "4001": "compose.refused.access",
  "4009": "compose.refused.service",
  "4010": "compose.refused.service",
};

const REQUIRED: Partial<Record<Field, TextKey>> = {
  resource: "compose.problem.service",
  title: "compose.problem.titleRequired",
  body: "compose.problem.bodyRequired",
};

const NAMED: Partial<Record<ErrorCode, TextKey>> = {
  recipientInvalid: "compose.problem.recipientInvalid",
  recipientUnknown: "compose.problem.recipientUnknown",
  recipientReserved: "compose.problem.recipientReserved",
  recipientDuplicate: "compose.problem.recipientDuplicate",
  recipientLacksRole: "compose.problem.recipientLacksRole",
  fileNotReady: "compose.problem.fileNotReady",
  fileRefused: "compose.problem.fileRefused",
  fileRejected: "compose.problem.fileRejected",
};

/** What is wrong, in one line with the values of this draft. */
export function problemText(problem: Problem, t: Translate): string {
  const { field, code, params } = problem;
  const label = t(FIELD_LABELS[field]);
  const count = Number(params.count);
  const limit = Number(params.limit);
  const altinn = params.altinn === undefined ? undefined : ALTINN_WORDS[params.altinn];
  if (altinn) {
    return t(altinn, { name: params.name ?? "" });
  }
  if (code === "required") {
    return t(REQUIRED[field] ?? errorTitle(code));
  }
  if (code === "tooLong" && Number.isFinite(count) && Number.isFinite(limit)) {
    return t("compose.problem.tooLong", { label, over: count - limit, limit });
  }
  if (code === "markup") {
    return t("compose.problem.markup", { label });
  }
  if (code === "noService") {
    return t("compose.problem.service");
  }
  if (code === "tooManyRecipients" && Number.isFinite(count)) {
    return t("compose.problem.tooManyRecipients", { count, limit });
  }
  if (code === "tooManyFiles" && Number.isFinite(count)) {
    return t("compose.problem.tooManyFiles", { count, limit });
  }
  const named = NAMED[code];
  if (named && params.name) {
    return t(named, { name: params.name });
  }
  if (code === "refused" && params.altinn) {
    return t("compose.refused.code", { code: params.altinn });
  }
  return t(errorTitle(code));
}

/** What to do about it. */
export function problemHelp(problem: Problem, t: Translate): string {
  return t(errorHelp(problem.code));
}

/** Broken rules as lines at their fields. */
export function issuesOf(problems: readonly Problem[], t: Translate): Issue[] {
  return problems.map((problem) => ({
    field: problem.field,
    key: [problem.field, problem.code, problem.params.name ?? "", problem.params.altinn ?? ""].join("|"),
    text: problemText(problem, t),
  }));
}

/** The lines of one field. */
export function issuesAt(issues: readonly Issue[], ...fields: Field[]): string[] {
  return issues.filter((issue) => fields.includes(issue.field)).map((issue) => issue.text);
}

/** Whether the text speaks of something enclosed. */
export function mentionsEnclosure(text: string): boolean {
  return /(^|[^\p{L}])(vedlagt|vedlagde|vedlegg\p{L}*|vedlegget|attached|attachments?|enclosed)(?=$|[^\p{L}])/iu.test(
    text,
  );
}

function distance(a: string, b: string, most: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      const least = Math.min(
        (previous[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + same,
      );
      next.push(least);
    }
    if (Math.min(...next) > most) {
      return most + 1;
    }
    previous = next;
  }
  return previous[b.length] ?? most + 1;
}

/** The first two names that are nearly the same: easy to mistake for each other. Looks at 60 names at most. */
export function lookAlikes(names: readonly string[]): readonly [string, string] | null {
  const plain = names.slice(0, 60).map((name) =>
    name
      .toLocaleLowerCase("nb")
      .replace(/[^\p{L}\d]+/gu, " ")
      .trim(),
  );
  for (let first = 0; first < plain.length; first += 1) {
    for (let second = first + 1; second < plain.length; second += 1) {
      const a = plain[first] ?? "";
      const b = plain[second] ?? "";
      // Short names differ by a letter all the time; numbers shown for want of a name are not names.
      const most = Math.min(a.length, b.length) >= 8 ? 2 : 0;
      const isName = /\p{L}/u.test(a) && /\p{L}/u.test(b);
      if (isName && Math.abs(a.length - b.length) <= most && distance(a, b, most) <= most) {
        return [names[first] ?? "", names[second] ?? ""];
      }
    }
  }
  return null;
}
