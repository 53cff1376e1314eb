// Reads the messages of the language files when the window is built, so that it need not bring the reader of messages
// along, nor read hundreds of them while somebody waits for the first picture.
import { parse } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";

/** Texts that the first picture does without stand in a part of their own, fetched with what shows them. */
const LATER: Record<string, RegExp> = { setup: /^(account|doctor|setup)\./ };

/** Whether a text belongs to a part: to the one of this name, or to none of them. */
function isIn(part: string | undefined, key: string): boolean {
  return part ? (LATER[part]?.test(key) ?? false) : !Object.values(LATER).some((keys) => keys.test(key));
}

/** A text that is nothing but words stays a string; one with values in it becomes what `intl-messageformat` formats. */
export function texts(): Plugin {
  return {
    name: "texts",
    enforce: "pre",
    config: () => ({
      resolve: {
        alias: [
          {
            find: /^@formatjs\/icu-messageformat-parser$/,
            replacement: "@formatjs/icu-messageformat-parser/no-parser.js",
          },
        ],
      },
    }),
    transform: {
      filter: { id: /\/src\/i18n\/\w+\.json(\?\w+)?$/ },
      handler(code, id) {
        const part = id.split("?")[1];
        const file: Record<string, string> = JSON.parse(code);
        const read = Object.entries(file)
          .filter(([key]) => isIn(part, key))
          .map(([key, text]) => [key, /[{']/.test(text) ? parse(text, { ignoreTag: true }) : text]);
        const json = JSON.stringify(Object.fromEntries(read));
        // Only what ends in .json is taken for JSON.
        return { code: part ? `export default ${json};` : json, map: null };
      },
    },
  };
}
