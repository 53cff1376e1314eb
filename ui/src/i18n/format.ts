import type { Language, LocalText } from "../ipc/bindings.ts";
import { engineLocale, useLanguage } from "./index.ts";

/** Altinn's time, whatever the machine says. */
const ZONE = "Europe/Oslo";

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

const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: ZONE,
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

/** A moment as the clock on the wall in Norway shows it. `month` counts from 1, `weekday` from Sunday = 0. */
export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  weekday: number;
}

/** Moments already split: a row asks for the same one several times, and every row for now. */
const split = new Map<number, Readonly<WallClock>>();
const MOST_SPLIT = 4000;

/** Splits a moment (milliseconds since 1970, UTC) into the parts of a Norwegian wall clock. */
export function wallClock(at: number): Readonly<WallClock> {
  const known = split.get(at);
  if (known) {
    return known;
  }
  if (split.size >= MOST_SPLIT) {
    split.clear();
  }
  const clock = splitMoment(at);
  split.set(at, clock);
  return clock;
}

function splitMoment(at: number): WallClock {
  const found: Record<string, number> = {};
  for (const { type, value } of parts.formatToParts(at)) {
    found[type] = Number(value);
  }
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = found;
  return { year, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
}

/** The moment at which a Norwegian wall clock shows this; summer time is taken into account. */
export function momentOf(year: number, month: number, day: number, hour: number, minute: number): number {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) {
    const shown = wallClock(guess);
    guess += wanted - Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
  }
  return guess;
}

/** Days from 1970-01-01 to the Norwegian day of this moment. */
export function dayNumber(at: number): number {
  const { year, month, day } = wallClock(at);
  return Math.round(Date.UTC(year, month - 1, day) / 86_400_000);
}

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
  /** `50 000`. */
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

/** Whether the clock of this machine is Norway's; one that does not say is taken for it. */
const isHere = once(() => [ZONE, undefined].includes(Intl.DateTimeFormat().resolvedOptions().timeZone));

function make(language: Language): Format {
  const locale = engineLocale(language);
  const english = language === "en";
  const numbers = new Intl.NumberFormat(locale);
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
  const zoneNote = () => (isHere() ? "" : english ? " Norwegian time" : " norsk tid");

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
    full: (at) => `${date(at)} ${english ? "at" : "kl."} ${time(at)}${zoneNote()}`,
    weekday: (at) => `${WEEKDAYS[language][wallClock(at).weekday] ?? ""} ${date(at)}`,
    machine(at) {
      const { year, month, day, hour, minute } = wallClock(at);
      return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
    },
    month(year, month) {
      const name = `${monthName(month)} ${year}`;
      return name.charAt(0).toUpperCase() + name.slice(1);
    },
    number: (value) => numbers.format(value),
    percent: (share) => `${numbers.format(Math.round(share * 100))}${english ? "%" : " %"}`,
    size(bytes) {
      if (bytes < 1000) {
        return `${numbers.format(bytes)} B`;
      }
      if (bytes < 1_000_000) {
        return `${numbers.format(Math.round(bytes / 1000))} kB`;
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
