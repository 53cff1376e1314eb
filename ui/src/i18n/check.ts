// Holds the three language files to the rules of the product: same keys, same arguments and plural
// forms, nothing empty, no engine formats, no straight quotes, no three dots; and what the window makes of each to what
// the library for messages makes of it.
import { readFileSync } from "node:fs";
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { IntlMessageFormat } from "intl-messageformat";
import { compile } from "../../scripts/texts.ts";
import { say } from "./say.ts";

const LANGUAGES = ["nb", "nn", "en"] as const;
const faults: string[] = [];

function read(language: string): Record<string, string> {
  const source = readFileSync(new URL(`${language}.json`, import.meta.url), "utf8");
  const seen = new Set<string>();
  for (const [, key] of source.matchAll(/^\s*"([^"]+)":/gm)) {
    if (key && seen.has(key)) {
      faults.push(`${language}: "${key}" stands twice`);
    }
    seen.add(key ?? "");
  }
  const keys = [...seen];
  const sorted = [...keys].sort();
  const at = keys.findIndex((key, index) => key !== sorted[index]);
  if (at >= 0) {
    faults.push(`${language}: keys are not sorted from "${keys[at]}" on`);
  }
  return JSON.parse(source);
}

/** Arguments and plural forms of a text, as a line that can be compared. */
function shape(elements: MessageFormatElement[], found: Set<string>, where: string): void {
  for (const element of elements) {
    if (element.type === TYPE.argument) {
      found.add(element.value);
    } else if (element.type === TYPE.plural || element.type === TYPE.select) {
      found.add(`${element.value}:${Object.keys(element.options).sort().join("|")}`);
      for (const option of Object.values(element.options)) {
        shape(option.value, found, where);
      }
    } else if (element.type === TYPE.date || element.type === TYPE.time || element.type === TYPE.number) {
      faults.push(`${where}: dates and numbers come in formatted, not by the engine`);
    } else if (element.type === TYPE.tag) {
      shape(element.children, found, where);
    }
  }
}

/** Counts that tell the plural forms and groups of digits apart. */
const COUNTS = [0, 1, 2, 3, 21, 1234];

/** Holds a text, said with values for all its arguments, to what the library makes of it. */
function compare(text: string, language: (typeof LANGUAGES)[number], where: string): void {
  const names = new Set<string>();
  shape(parse(text), names, where);
  const counted = [...names].filter((name) => name.includes(":"));
  for (const count of COUNTS) {
    const args: Record<string, string | number> = {};
    for (const name of names) {
      args[name.split(":")[0] ?? ""] ??= `<${name}>`;
    }
    for (const choice of counted) {
      const [name = "", forms = ""] = choice.split(":");
      const words = forms.split("|");
      args[name] = words.includes("one") ? count : (words[count % words.length] ?? "");
    }
    const expected = new IntlMessageFormat(text, language === "en" ? "en-GB" : "nb", undefined, {
      ignoreTag: true,
    }).format(args);
    const said = say(compile(text), args, language);
    if (said !== expected) {
      faults.push(`${where} is said "${said}", by the library "${expected}"`);
    }
  }
}

const texts = new Map(LANGUAGES.map((language) => [language, read(language)]));
const master = texts.get("nb") ?? {};

for (const [language, file] of texts) {
  for (const key of Object.keys(master)) {
    if (!(key in file)) {
      faults.push(`${language}: "${key}" is missing`);
    }
  }
  for (const [key, value] of Object.entries(file)) {
    const where = `${language}: "${key}"`;
    if (!(key in master)) {
      faults.push(`${where} is unknown to nb`);
      continue;
    }
    if (!/^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9]+){1,3}$/.test(key)) {
      faults.push(`${where}: keys read place.thing.detail`);
    }
    if (typeof value !== "string" || value.trim() === "") {
      faults.push(`${where} is empty`);
      continue;
    }
    if (value.includes('"')) {
      faults.push(`${where} has a straight quote`);
    }
    if (/(^|[^'])'([^'{]|$)/.test(value) && !value.includes("'{")) {
      faults.push(`${where} has a straight apostrophe`);
    }
    if (value.includes("...")) {
      faults.push(`${where} has three dots for an ellipsis`);
    }
    try {
      const own = new Set<string>();
      shape(parse(value), own, where);
      const other = new Set<string>();
      shape(parse(master[key] ?? ""), other, `nb: "${key}"`);
      if ([...own].sort().join() !== [...other].sort().join()) {
        faults.push(`${where} takes [${[...own].sort()}], nb takes [${[...other].sort()}]`);
      }
      compare(value, language, where);
    } catch (cause) {
      faults.push(`${where} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
}

if (faults.length > 0) {
  console.error([...new Set(faults)].join("\n"));
  process.exit(1);
}
console.log(`${Object.keys(master).length} texts agree in ${LANGUAGES.join(", ")}`);
