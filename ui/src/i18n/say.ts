// Says messages. The build has read them (`scripts/texts.ts`), and the three languages know two plural forms: what is
// left is so little that the library for it, with all that it has the engine bring along, would cost the first picture
// more than everything else about texts. A test holds every text to that library.
import type { Language } from "../ipc/bindings.ts";

/** A message as the build hands it out, part by part. */
export type Message = readonly Part[];

type Part =
  | string
  /** A value as it is. */
  | { value: string }
  /** A form by a count, or by a word. */
  | { count: string; forms: Forms }
  | { choice: string; forms: Forms }
  /** The count around it. */
  | { hash: true };

type Forms = Readonly<Partial<Record<string, Message>>>;

/** Values for a text: already formatted, except the counts that plural forms are chosen by. */
export type TextArgs = Readonly<Record<string, string | number>>;

/** A whole number in groups of three: `50 000`, in English `50,000`. */
export function grouped(value: number, language: Language): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, language === "en" ? "," : "\u00a0");
}

/** Says a message in a language. Throws when a value is missing. */
export function say(message: Message, args: TextArgs, language: Language, count = 0): string {
  return message.map((part) => sayPart(part, args, language, count)).join("");
}

function sayPart(part: Part, args: TextArgs, language: Language, count: number): string {
  if (typeof part === "string") {
    return part;
  }
  if ("hash" in part) {
    return grouped(count, language);
  }
  if ("value" in part) {
    return String(given(args, part.value));
  }
  if ("choice" in part) {
    const word = String(given(args, part.choice));
    return say(part.forms[word] ?? part.forms.other ?? [], args, language, count);
  }
  const counted = Number(given(args, part.count));
  return say(formOf(part.forms, counted), args, language, counted);
}

/** The form for a count: an exact one first, then by the plural rules of CLDR for whole numbers, alike in all three. */
function formOf(forms: Forms, count: number): Message {
  return forms[`=${count}`] ?? (count === 1 ? forms.one : undefined) ?? forms.other ?? [];
}

function given(args: TextArgs, name: string): string | number {
  const value = args[name];
  if (value === undefined) {
    throw new Error(`a text wants a value for ${name}`);
  }
  return value;
}
