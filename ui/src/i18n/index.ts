import { useSyncExternalStore } from "react";
import type { Language } from "../ipc/bindings.ts";
import { files, type Texts } from "./files.ts";
import type nb from "./nb.json";
import { say, type TextArgs } from "./say.ts";

/** Every key of the three language files; bokmål is the master. */
export type TextKey = keyof typeof nb;
/** Looks a text up in the language of the window. */
export type Translate = (key: TextKey, args?: TextArgs) => string;

/** Parts of the language files that the first picture does without. */
export type LaterPart = "setup";

const later: Record<LaterPart, Record<Language, () => Promise<{ default: Texts }>>> = {
  setup: {
    nb: () => import("./nb.json?setup"),
    nn: () => import("./nn.json?setup"),
    en: () => import("./en.json?setup"),
  },
};

/** A language on screen. */
interface Spoken {
  language: Language;
  /** Parts of the file that are here. */
  parts: number;
  /** A new function for each language, so that what was made of texts is made anew. */
  text: Translate;
}

let spoken: Spoken = { language: "nb", parts: 0, text: (key) => key };
let wanted: Language = "nb";
const loaded = new Map<Language, Spoken>();
const added = new Set<LaterPart>();
const listeners = new Set<() => void>();

function speak(language: Language, parts: readonly Texts[]): Spoken {
  const texts: Texts = Object.assign({}, ...parts);
  return {
    language,
    parts: parts.length,
    text(key, args = {}) {
      const words = texts[key];
      return typeof words === "object" ? say(words, args, language) : (words ?? key);
    },
  };
}

/** A language with every part that has been asked for; at once where it is here. */
async function learn(language: Language): Promise<void> {
  const parts = [files[language], ...[...added].map((part) => later[part][language])];
  if ((loaded.get(language)?.parts ?? 0) < parts.length) {
    const texts = await Promise.all(parts.map((part) => part()));
    // Another may have learnt more meanwhile.
    if ((loaded.get(language)?.parts ?? 0) < parts.length) {
      loaded.set(
        language,
        speak(
          language,
          texts.map((part) => part.default),
        ),
      );
    }
  }
}

/** Changes the language of the window; letters keep their own. */
export async function changeLanguage(language: Language): Promise<void> {
  wanted = language;
  await learn(language);
  const next = loaded.get(language);
  if (!next || wanted !== language) {
    return;
  }
  spoken = next;
  document.documentElement.lang = language;
  for (const listener of listeners) {
    listener();
  }
}

/** Fetches texts that the first picture did without, in this language and those to come. */
export function addTexts(part: LaterPart): Promise<void> {
  added.add(part);
  return changeLanguage(wanted);
}

/** The language now on screen. */
export function currentLanguage(): Language {
  return spoken.language;
}

/** A text outside a component, in the language now on screen. */
export const text: Translate = (key, args) => spoken.text(key, args);

const listen = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const now = () => spoken;

/** Texts for a component; it renders again when the language changes. */
export function useText(): Translate {
  return useSyncExternalStore(listen, now).text;
}

/** The language of the window, for components; they render again when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore(listen, now).language;
}
