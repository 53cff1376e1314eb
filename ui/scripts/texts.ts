// Reads the messages of the language files when the window is built, so that it need not bring the reader of messages
// along, nor read hundreds of them while somebody waits for the first picture.
import { parse } from "@formatjs/icu-messageformat-parser";
import type { Plugin } from "vite";

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
      filter: { id: /\/src\/i18n\/\w+\.json$/ },
      handler(code) {
        const file: Record<string, string> = JSON.parse(code);
        const read = Object.entries(file).map(([key, text]) => [
          key,
          /[{']/.test(text) ? parse(text, { ignoreTag: true }) : text,
        ]);
        return { code: JSON.stringify(Object.fromEntries(read)), map: null };
      },
    },
  };
}
