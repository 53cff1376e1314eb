// Reads a date as people type it: `3.12.2026`, `3/12`, `3. des`, `2026-12-03`, `fredag`, `om 14 dager`, `+2u`, with or
// without `kl. 08.30`, in bokmål, nynorsk and English whatever the language of the window.

import {
  type Clock,
  compareDays,
  type Day,
  type Holiday,
  holiday,
  isDay,
  osloInstant,
  osloTime,
  plusDays,
  plusMonths,
  weekday,
} from "./calendar";

/** What a typed text means. */
export type DateAnswer =
  | { readonly kind: "empty" }
  | { readonly kind: "unknown" }
  | {
      readonly kind: "day";
      readonly day: Day;
      readonly clock: Clock;
      readonly hasTime: boolean;
      readonly at: number;
    };

/** Something worth saying about a date; only `past` is refused. */
export type DateRemark =
  | { readonly kind: "past" }
  | { readonly kind: "weekend" }
  | { readonly kind: "holiday"; readonly holiday: Holiday };

/** The last minute of a day: what a due date without a time means. */
export const END_OF_DAY: Clock = { hour: 23, minute: 59 };
/** When a working day begins: what a publish time without a time means. */
export const START_OF_WORK: Clock = { hour: 8, minute: 0 };

const WEEKDAYS: ReadonlyArray<ReadonlyArray<string>> = [
  ["mandag", "måndag", "monday"],
  ["tirsdag", "tysdag", "tuesday"],
  ["onsdag", "wednesday"],
  ["torsdag", "thursday"],
  ["fredag", "friday"],
  ["lørdag", "laurdag", "saturday"],
  ["søndag", "sundag", "sunday"],
];

const MONTHS: ReadonlyArray<ReadonlyArray<string>> = [
  ["januar", "january"],
  ["februar", "february"],
  ["mars", "march"],
  ["april"],
  ["mai", "may"],
  ["juni", "june"],
  ["juli", "july"],
  ["august"],
  ["september"],
  ["oktober", "october"],
  ["november"],
  ["desember", "december"],
];

const NUMBERS: Readonly<Record<string, number>> = {
  en: 1,
  ei: 1,
  ein: 1,
  et: 1,
  eit: 1,
  én: 1,
  a: 1,
  an: 1,
  one: 1,
  to: 2,
  two: 2,
  tre: 3,
  three: 3,
  fire: 4,
  four: 4,
  fem: 5,
  five: 5,
  seks: 6,
  six: 6,
  sju: 7,
  syv: 7,
  seven: 7,
  åtte: 8,
  eight: 8,
  ni: 9,
  nine: 9,
  ti: 10,
  ten: 10,
};

type Unit = "day" | "week" | "month" | "year";

const UNITS: ReadonlyArray<readonly [RegExp, Unit]> = [
  [/^(d|dag|dager|dagar|døgn|day|days)$/, "day"],
  [/^(u|v|w|uke|uker|veke|veker|week|weeks)$/, "week"],
  [/^(m|md|mnd|måned|måneder|månad|månader|month|months)$/, "month"],
  [/^(å|y|år|year|years)$/, "year"],
];

const NEAR_DAYS: Readonly<Record<string, number>> = {
  "i dag": 0,
  idag: 0,
  today: 0,
  "i morgen": 1,
  "i morgon": 1,
  imorgen: 1,
  imorgon: 1,
  tomorrow: 1,
  "i overmorgen": 2,
  "i overmorgon": 2,
  overmorgen: 2,
  overmorgon: 2,
  "day after tomorrow": 2,
};

/** The place in a table of the one name that begins with the word; at least three letters. */
function named(table: ReadonlyArray<ReadonlyArray<string>>, word: string): number | null {
  const stem = word.replace(/\.$/, "");
  if (stem.length < 3) return null;
  const index = table.findIndex((names) => names.some((name) => name.startsWith(stem)));
  return index < 0 ? null : index + 1;
}

function amount(word: string): number | null {
  if (/^\d{1,4}$/.test(word)) return Number(word);
  return NUMBERS[word] ?? null;
}

function later(today: Day, count: number, unitWord: string): Day | null {
  const unit = UNITS.find(([pattern]) => pattern.test(unitWord))?.[1];
  switch (unit) {
    case "day":
      return plusDays(today, count);
    case "week":
      return plusDays(today, count * 7);
    case "month":
      return plusMonths(today, count);
    case "year":
      return plusMonths(today, count * 12);
    default:
      return null;
  }
}

function relative(text: string, today: Day): Day | null {
  const near = NEAR_DAYS[text];
  if (near !== undefined) return plusDays(today, near);
  const short = /^\+\s*(\d{1,4})\s*([\p{L}]*)$/u.exec(text);
  if (short) return later(today, Number(short[1]), short[2] || "d");
  const long = /^(?:(?:om|in)\s+)?(?:(\d{1,4})\s*|(\p{L}+)\s+)(\p{L}+)$/u.exec(text);
  const count = amount(long?.[1] ?? long?.[2] ?? "");
  if (long?.[3] === undefined || count === null) return null;
  return later(today, count, long[3]);
}

function weekdayNamed(text: string, today: Day): Day | null {
  const match = /^(?:(neste|next)\s+|(?:på|on|førstkommende|førstkomande|this)\s+)?(\p{L}+)\.?$/u.exec(text);
  const wanted = match?.[2] === undefined ? null : named(WEEKDAYS, match[2]);
  if (wanted === null) return null;
  const current = weekday(today);
  // "Neste fredag" is the Friday of the week after this one; a bare "fredag" is the first one ahead.
  if (match?.[1]) return plusDays(today, 7 - current + wanted);
  return plusDays(today, wanted > current ? wanted - current : 7 - current + wanted);
}

function withYear(day: number, month: number, yearText: string | undefined, today: Day): Day | null {
  if (yearText) {
    const year = Number(yearText);
    const whole = { year: yearText.length === 2 ? 2000 + year : year, month, day };
    return isDay(whole) ? whole : null;
  }
  // Without a year it is the next such day; 29 February may be years ahead.
  for (let year = today.year; year <= today.year + 8; year += 1) {
    const made = { year, month, day };
    if (isDay(made) && compareDays(made, today) >= 0) return made;
  }
  return null;
}

function numeric(text: string, today: Day): Day | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return withYear(Number(iso[3]), Number(iso[2]), iso[1], today);
  const parts = /^(\d{1,2})\s*[./-]\s*(\d{1,2})(?:\s*[./-]\s*(\d{4}|\d{2})?)?$/.exec(text);
  return parts ? withYear(Number(parts[1]), Number(parts[2]), parts[3], today) : null;
}

function monthNamed(text: string, today: Day): Day | null {
  const first = /^(?:den\s+)?(\d{1,2})(?:\.|st|nd|rd|th)?\s*(\p{L}+)\.?,?\s*(\d{4})?$/u.exec(text);
  if (first?.[2]) {
    const month = named(MONTHS, first[2]);
    return month === null ? null : withYear(Number(first[1]), month, first[3], today);
  }
  const second = /^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?$/u.exec(text);
  const month = second?.[1] === undefined ? null : named(MONTHS, second[1]);
  return month === null ? null : withYear(Number(second?.[2]), month, second?.[3], today);
}

/** "fredag 4. desember", as the answer under the field says it: the date counts, the weekday is only read past. */
function withoutWeekday(text: string): string {
  const match = /^(\p{L}+)\.?,?\s+(.*\d.*)$/u.exec(text);
  if (!match?.[1] || !match[2] || named(WEEKDAYS, match[1]) === null || named(MONTHS, match[1]) !== null)
    return text;
  return match[2];
}

function readDay(text: string, today: Day): Day | null {
  const date = withoutWeekday(text);
  return (
    numeric(date, today) ?? relative(text, today) ?? weekdayNamed(text, today) ?? monthNamed(date, today)
  );
}

function splitTime(text: string): { rest: string; clock: Clock | null } | null {
  const spoken = /^(.*?)[,\s]*\b(?:kl\.?|klokka|klokken|at)\s*(\d{1,2})(?:[.:](\d{2}))?$/u.exec(text);
  const bare = /^(.+?)[,\s]+(\d{1,2})[.:](\d{2})$/u.exec(text);
  const match = spoken ?? bare;
  if (!match) return { rest: text, clock: null };
  const clock = { hour: Number(match[2]), minute: Number(match[3] ?? "0") };
  if (clock.hour > 23 || clock.minute > 59) return null;
  return { rest: (match[1] ?? "").trim(), clock };
}

/**
 * What a typed date means, seen from `now`. `withoutTime` is the time of day that a day alone stands for.
 */
export function readDate(text: string, now: number, withoutTime: Clock = END_OF_DAY): DateAnswer {
  const plain = text.normalize("NFC").trim().toLowerCase().replace(/\s+/g, " ");
  if (plain === "") return { kind: "empty" };
  const today = osloTime(now);
  const split = splitTime(plain);
  if (split === null) return { kind: "unknown" };
  const { rest, clock } = split;
  const only = { year: today.year, month: today.month, day: today.day };
  const day = rest === "" ? only : readDay(rest, only);
  if (day === null || !isDay(day)) return { kind: "unknown" };
  const meant = clock ?? withoutTime;
  return { kind: "day", day, clock: meant, hasTime: clock !== null, at: osloInstant(day, meant) };
}

/** What is worth saying about a date. */
export function remarks(day: Day, at: number, now: number): DateRemark[] {
  if (at < now) return [{ kind: "past" }];
  const found: DateRemark[] = [];
  const free = holiday(day);
  if (free !== null) found.push({ kind: "holiday", holiday: free });
  else if (weekday(day) >= 6) found.push({ kind: "weekend" });
  return found;
}

/** How a stored time is put back into the field: `3.12.2026`, with `kl. 08.30` unless it is the time a day alone means. */
export function writeDate(at: number, withoutTime: Clock = END_OF_DAY): string {
  const { year, month, day, hour, minute } = osloTime(at);
  const date = `${day}.${month}.${year}`;
  if (hour === withoutTime.hour && minute === withoutTime.minute) return date;
  return `${date} kl. ${String(hour).padStart(2, "0")}.${String(minute).padStart(2, "0")}`;
}
