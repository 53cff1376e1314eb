// Reads the messages of the language files when the window is built, so that it need not bring the reader of messages
// along, nor read hundreds of them while somebody waits for the first picture.
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";
import type { Message } from "../src/i18n/say.ts";

/** Texts that the first picture does without stand in a part of their own, fetched with what shows them. */
const LATER: Record<string, RegExp> = { setup: /^(account|doctor|setup)\./ };

/** Whether a text belongs to a part: to the one of this name, or to none of them. */
function isIn(part: string | undefined, key: string): boolean {
  return part ? (LATER[part]?.test(key) ?? false) : !Object.values(LATER).some((keys) => keys.test(key));
}

/** A message as the window says it. */
export function compile(text: string): Message {
  return parts(parse(text, { ignoreTag: true }));
}

function parts(elements: readonly MessageFormatElement[]): Message {
  return elements.map((element) => {
    switch (element.type) {
      case TYPE.literal:
        return element.value;
      case TYPE.argument:
        return { value: element.value };
      case TYPE.pound:
        return { hash: true };
      case TYPE.plural:
        return { count: element.value, forms: forms(element.options) };
      case TYPE.select:
        return { choice: element.value, forms: forms(element.options) };
      default:
        throw new Error("a text has the engine format a value");
    }
  });
}

function forms(options: Record<string, { value: MessageFormatElement[] }>): Record<string, Message> {
  return Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, parts(value)]));
}

/** A text that is nothing but words stays a string; one with values in it becomes a message. */
export function texts(): Plugin {
  return {
    name: "texts",
    enforce: "pre",
    transform: {
      filter: { id: /\/src\/i18n\/\w+\.json(\?\w+)?$/ },
      handler(code, id) {
        const part = id.split("?")[1];
        const file: Record<string, string> = JSON.parse(code);
        const read = Object.entries(file)
          .filter(([key]) => isIn(part, key))
          .map(([key, text]) => [key, /[{']/.test(text) ? compile(text) : text]);
        const json = JSON.stringify(Object.fromEntries(read));
        // Only what ends in .json is taken for JSON.
        return { code: part ? `export default ${json};` : json, map: null };
      },
    },
  };
}
