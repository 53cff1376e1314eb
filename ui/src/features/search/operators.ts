import type { Language } from "../../ipc/bindings.ts";

/** Operators the search knows, by what they mean. */
export const OPERATORS = [
  "from",
  "to",
  "subject",
  "is",
  "has",
  "status",
  "in",
  "before",
  "after",
  "due",
  "resource",
  "ref",
  "file",
] as const;
export type Operator = (typeof OPERATORS)[number];

const NORWEGIAN: Record<Operator, string> = {
  from: "fra",
  to: "til",
  subject: "tittel",
  is: "er",
  has: "har",
  status: "status",
  in: "mappe",
  before: "før",
  after: "etter",
  due: "frist",
  resource: "tjeneste",
  ref: "ref",
  file: "fil",
};

/** The operator as the language of the window writes it; both forms work in either. */
export function operatorName(operator: Operator, language: Language): string {
  return language === "en" ? operator : NORWEGIAN[operator];
}

/** Up to three operators that the word being typed may become. */
export function operatorHints(query: string, language: Language): Operator[] {
  const word = /(\S*)$/.exec(query)?.[1]?.toLowerCase() ?? "";
  if (word === "" || word.includes(":")) {
    return [];
  }
  const starts = (name: string) => name.startsWith(word);
  return OPERATORS.filter((operator) => starts(operatorName(operator, language)) || starts(operator)).slice(
    0,
    3,
  );
}

/** The query with the word being typed exchanged for an operator. */
export function withOperator(query: string, operator: Operator, language: Language): string {
  return `${query.replace(/\S*$/, "")}${operatorName(operator, language)}:`;
}

const RECENT = "brevdue.search.recent";
const KEPT = 6;

/** The last searches of this window, newest first. */
export function recentSearches(): string[] {
  try {
    const found: unknown = JSON.parse(window.sessionStorage.getItem(RECENT) ?? "[]");
    return Array.isArray(found) ? found.filter((entry) => typeof entry === "string") : [];
  } catch {
    return [];
  }
}

/** Remembers a search for this run of the window; never on disk, since a search may hold a number. */
export function rememberSearch(query: string): void {
  const text = query.trim();
  if (text !== "") {
    const kept = [text, ...recentSearches().filter((entry) => entry !== text)].slice(0, KEPT);
    window.sessionStorage.setItem(RECENT, JSON.stringify(kept));
  }
}
