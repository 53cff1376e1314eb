import type { Language, LocalText } from "../ipc/bindings.ts";
import { useLanguage } from "./index.ts";
import { dayNumber, isHere, wallClock } from "./norway.ts";
import { grouped } from "./say.ts";

const MONTHS: Record<Language, readonly string[]> = {
  nb: "januar februar mars april mai juni juli august september oktober november desember".split(" "),
  nn: "januar februar mars april mai juni juli august september oktober november desember".split(" "),
  en: "January February March April May June July August September October November December".split(" "),
};
const SHORT: Record<Language, readonly string[]> = {
  nb: "jan. feb. mars april mai juni juli aug. sep. okt. nov. des.".split(" "),
  nn: "jan. feb. mars april mai juni juli aug. sep. okt. nov. des.".split(" "),
  en: "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" "),
};
const WEEKDAYS: Record<Language, readonly string[]> = {
  nb: "søndag mandag tirsdag onsdag torsdag fredag lørdag".split(" "),
  nn: "sundag måndag tysdag onsdag torsdag fredag laurdag".split(" "),
  en: "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" "),
};

const two = (value: number) => String(value).padStart(2, "0");

/** Dates, numbers, sizes and names as one language writes them. */
export interface Format {
  language: Language;
  /** `09.43`, `09:43` in English. */
  time(at: number): string;
  /** For a row of a list: time today, day this year, else with the year. */
  row(at: number, now: number): string;
  /** `20. nov. 2026`. */
  short(at: number): string;
  /** `20. november 2026`. */
  date(at: number): string;
  /** `20. november 2026 kl. 09.43`. */
  full(at: number): string;
  /** `fredag 20. november 2026`. */
  weekday(at: number): string;
  /** `2026-11-20T09:43`, for `<time dateTime>`. */
  machine(at: number): string;
  /** `desember 2026`, as the head of a group. */
  month(year: number, month: number): string;
  /** A whole number: `50 000`. */
  number(value: number): string;
  /** `64 %`. */
  percent(share: number): string;
  /** `4,2 MB`: decimal units, one decimal from MB on. */
  size(bytes: number): string;
  /** `920 717 152`. */
  organisation(digits: string): string;
  /** The language's own of three. */
  local(text: LocalText): string;
}

/** Makes a thing when it is first asked for: the engine's own formats take a while to make. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function make(language: Language): Format {
  // One engine we run in has no data for nynorsk and answers in English; nynorsk writes numbers as bokmål does.
  const locale = language === "en" ? "en-GB" : "nb";
  const number = (value: number) => grouped(value, language);
  const english = language === "en";
  const decimals = once(
    () => new Intl.NumberFormat(locale, { maximumFractionDigits: 1, minimumFractionDigits: 0 }),
  );
  const monthName = (month: number) => MONTHS[language][month - 1] ?? "";
  const shortMonth = (month: number) => SHORT[language][month - 1] ?? "";
  const dot = english ? "" : ".";

  const time = (at: number) => {
    const { hour, minute } = wallClock(at);
    return `${two(hour)}${english ? ":" : "."}${two(minute)}`;
  };
  const date = (at: number) => {
    const { day, month, year } = wallClock(at);
    return `${day}${dot} ${monthName(month)} ${year}`;
  };
  const dayMonth = (at: number) => {
    const { day, month } = wallClock(at);
    return `${day}${dot} ${shortMonth(month)}`;
  };
  const short = (at: number) => `${dayMonth(at)} ${wallClock(at).year}`;
  const zoneNote = (at: number) => (isHere(at) ? "" : english ? " Norwegian time" : " norsk tid");

  return {
    language,
    time,
    row(at, now) {
      if (dayNumber(at) === dayNumber(now)) {
        return time(at);
      }
      return wallClock(at).year === wallClock(now).year ? dayMonth(at) : short(at);
    },
    short,
    date,
    full: (at) => `${date(at)} ${english ? "at" : "kl."} ${time(at)}${zoneNote(at)}`,
    weekday: (at) => `${WEEKDAYS[language][wallClock(at).weekday] ?? ""} ${date(at)}`,
    machine(at) {
      const { year, month, day, hour, minute } = wallClock(at);
      return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
    },
    month(year, month) {
      const name = `${monthName(month)} ${year}`;
      return name.charAt(0).toUpperCase() + name.slice(1);
    },
    number,
    percent: (share) => `${number(Math.round(share * 100))}${english ? "%" : " %"}`,
    size(bytes) {
      if (bytes < 1000) {
        return `${number(bytes)} B`;
      }
      if (bytes < 1_000_000) {
        return `${number(Math.round(bytes / 1000))} kB`;
      }
      return bytes < 1_000_000_000
        ? `${decimals().format(bytes / 1_000_000)} MB`
        : `${decimals().format(bytes / 1_000_000_000)} GB`;
    },
    organisation: (digits) => digits.replace(/^(\d{3})(\d{3})(\d{3})$/, "$1\u00a0$2\u00a0$3"),
    local: (text) => text[language] || text.nb,
  };
}

const made: Record<Language, () => Format> = {
  nb: once(() => make("nb")),
  nn: once(() => make("nn")),
  en: once(() => make("en")),
};

/** The writing habits of one language. */
export function formatOf(language: Language): Format {
  return made[language]();
}

/** The writing habits of the language of the window. */
export function useFormat(): Format {
  return formatOf(useLanguage());
}
