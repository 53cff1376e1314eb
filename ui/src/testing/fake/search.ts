import type { Mark, Row, SearchHint } from "../../ipc/bindings.ts";
import type { Letter } from "./letters.ts";

/** A small reading of the search grammar: words, phrases, minus, and the commonest operators. */
export interface Parsed {
  words: string[];
  without: string[];
  operators: { name: string; value: string }[];
  hints: SearchHint[];
}

const ALIASES: Record<string, string> = {
  from: "from",
  fra: "from",
  to: "to",
  til: "to",
  subject: "subject",
  tittel: "subject",
  is: "is",
  er: "is",
  has: "has",
  har: "has",
  in: "in",
  mappe: "in",
  resource: "resource",
  tjeneste: "resource",
  ref: "ref",
  before: "before",
  før: "before",
  after: "after",
  etter: "after",
  due: "due",
  frist: "due",
};

/** Splits a query. */
export function parseSearch(query: string): Parsed {
  const parsed: Parsed = { words: [], without: [], operators: [], hints: [] };
  for (const { 0: token, index } of query.matchAll(/[\p{L}]+:"[^"]*"|[\p{L}]+:\S+|-?"[^"]*"|\S+/gu)) {
    const operator = /^([\p{L}]+):(.+)$/u.exec(token);
    const name = operator?.[1]?.toLowerCase();
    const value = operator?.[2]?.replace(/^"|"$/g, "").toLowerCase();
    if (name && value !== undefined) {
      const known = ALIASES[name];
      if (known) {
        parsed.operators.push({ name: known, value });
        continue;
      }
      parsed.hints.push({
        kind: "operator",
        typed: `${name}:`,
        suggestion: name.startsWith("fr") ? "fra:" : null,
        start: index,
        end: index + name.length + 1,
      });
      parsed.words.push(value);
      continue;
    }
    const plain = token.replace(/"/g, "").toLowerCase();
    if (plain.startsWith("-") && plain.length > 1) {
      parsed.without.push(plain.slice(1));
    } else if (plain !== "") {
      parsed.words.push(plain);
    }
  }
  return parsed;
}

/** Where words begin with one of these, as ranges of the text. */
export function marksIn(text: string, words: readonly string[]): Mark[] {
  const marks: Mark[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    const word = match[0].toLowerCase();
    const hit = words.find((wanted) => word.startsWith(wanted));
    if (hit) {
      marks.push({ start: match.index, end: match.index + hit.length });
    }
  }
  return marks;
}

function plain(letter: Letter): string {
  return [letter.title, letter.summary, letter.sender.name, letter.recipient.name, letter.reference].join(
    " ",
  );
}

/** Whether a letter answers a query. Sealed letters answer to their service only. */
export function matches(letter: Letter, parsed: Parsed): boolean {
  const haystack = letter.isSealed ? letter.service.nb : plain(letter);
  const hasAll = parsed.words.every((word) =>
    word.includes(" ") ? haystack.toLowerCase().includes(word) : marksIn(haystack, [word]).length > 0,
  );
  const hasNone = parsed.without.every((word) => marksIn(haystack, [word]).length === 0);
  return hasAll && hasNone && parsed.operators.every(({ name, value }) => operatorHolds(letter, name, value));
}

function operatorHolds(letter: Letter, name: string, value: string): boolean {
  switch (name) {
    case "from":
      return marksIn(letter.sender.name, [value]).length > 0;
    case "to":
      return marksIn(letter.recipient.name, [value]).length > 0;
    case "subject":
      return marksIn(letter.title, [value]).length > 0;
    case "resource":
      return marksIn(letter.service.nb, [value]).length > 0;
    case "ref":
      return letter.reference.toLowerCase().includes(value);
    case "has":
      return /^(attachment|vedlegg)/.test(value) ? letter.attachments.length > 0 : letter.dueAt !== null;
    case "is":
      return isState(letter, value);
    default:
      return true;
  }
}

function isState(letter: Letter, value: string): boolean {
  switch (value) {
    case "unread":
    case "ulest":
      return letter.isUnread;
    case "read":
    case "lest":
      return !letter.isUnread;
    case "confirmed":
    case "bekreftet":
      return letter.confirm.kind === "done";
    case "sealed":
    case "forseglet":
      return letter.isSealed;
    case "sent":
    case "sendt":
      return letter.kind === "sent";
    default:
      return false;
  }
}

/** Adds the marks of a query to a row. */
export function marked(row: Row, words: readonly string[]): Row {
  return words.length === 0
    ? row
    : { ...row, titleMarks: marksIn(row.title, words), snippetMarks: marksIn(row.snippet, words) };
}
