import i18next from "i18next";
import ICU from "i18next-icu";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language } from "../ipc/bindings.ts";
import type nb from "./nb.json";

/** Every key of the three language files; bokmål is the master. */
export type TextKey = keyof typeof nb;
/** Values for a text: already formatted, except the counts that plural forms are chosen by. */
export type TextArgs = Readonly<Record<string, string | number>>;
/** Looks a text up in the language of the window. */
export type Translate = (key: TextKey, args?: TextArgs) => string;

const files: Record<Language, () => Promise<{ default: Record<string, string> }>> = {
  nb: () => import("./nb.json"),
  nn: () => import("./nn.json"),
  en: () => import("./en.json"),
};

/**
 * The locale handed to the engine. One engine we run in has no data for nynorsk and answers in
 * English, so nynorsk borrows the plural rules and numbers of bokmål; they agree.
 */
export function engineLocale(language: string): string {
  return language === "en" ? "en-GB" : "nb";
}

async function load(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const file = await files[language]();
    i18next.addResourceBundle(language, "translation", file.default);
  }
}

/** Readies the texts; resolves when the first language is there. */
export async function startTexts(language: Language): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next
      .use(new ICU({ parseLngForICU: engineLocale }))
      .use(initReactI18next)
      .init({
        lng: language,
        fallbackLng: false,
        resources: {},
        partialBundledLanguages: true,
        keySeparator: false,
        nsSeparator: false,
        interpolation: { escapeValue: false },
        react: { useSuspense: false },
      });
  }
  await changeLanguage(language);
}

/** Changes the language of the window; letters keep their own. */
export async function changeLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** The language now on screen. */
export function currentLanguage(): Language {
  const language = i18next.language;
  return language === "nn" || language === "en" ? language : "nb";
}

/** A text outside a component, in the language now on screen. */
export const text: Translate = (key, args) => i18next.t(key, args ? { ...args } : {});

/** Texts for a component; it renders again when the language changes. */
export function useText(): Translate {
  const { t } = useTranslation();
  return (key, args) => t(key, args ? { ...args } : {});
}

/** The language of the window, for components; they render again when it changes. */
export function useLanguage(): Language {
  useTranslation();
  return currentLanguage();
}
