// Days of the Norwegian calendar, and the step between them and instants. Europe/Oslo whatever the machine says.
import { momentOf, wallClock } from "../../i18n/norway.ts";

/** A day of the calendar, without a time or a zone. Months are 1 to 12. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A time of day. */
export interface Clock {
  readonly hour: number;
  readonly minute: number;
}

/** Public holidays of Norway. */
export type Holiday =
  | "newYear"
  | "maundyThursday"
  | "goodFriday"
  | "easterSunday"
  | "easterMonday"
  | "labourDay"
  | "constitutionDay"
  | "ascension"
  | "whitSunday"
  | "whitMonday"
  | "christmas"
  | "boxingDay";

const DAY = 86_400_000;

/** The wall clock in Oslo at an instant. */
export function osloTime(at: number): Day & Clock {
  const { year, month, day, hour, minute } = wallClock(at);
  return { year, month, day, hour, minute };
}

/** The instant of a wall clock in Oslo. In the hour that is skipped in spring it answers one hour later. */
export function osloInstant(day: Day, clock: Clock): number {
  return momentOf(day.year, day.month, day.day, clock.hour, clock.minute);
}

/** Whether such a day exists. */
export function isDay(day: Day): boolean {
  if (day.year < 1900 || day.year > 2999) return false;
  const made = new Date(Date.UTC(day.year, day.month - 1, day.day));
  return made.getUTCMonth() === day.month - 1 && made.getUTCDate() === day.day;
}

function fromUtc(instant: number): Day {
  const date = new Date(instant);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function toUtc(day: Day): number {
  return Date.UTC(day.year, day.month - 1, day.day);
}

/** The day so many days later. */
export function plusDays(day: Day, days: number): Day {
  return fromUtc(toUtc(day) + days * DAY);
}

/** The same day so many months later, or the last day of that month where it is shorter. */
export function plusMonths(day: Day, months: number): Day {
  const index = day.year * 12 + (day.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return { year, month, day: Math.min(day.day, last) };
}

/** Below zero when `a` is before `b`, zero when they are the same day. */
export function compareDays(a: Day, b: Day): number {
  return toUtc(a) - toUtc(b);
}

/** 1 is Monday, 7 Sunday. */
export function weekday(day: Day): number {
  return ((new Date(toUtc(day)).getUTCDay() + 6) % 7) + 1;
}

/** Easter Sunday of the Gregorian calendar. */
export function easterSunday(year: number): Day {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const rest = year % 100;
  const leapCenturies = Math.floor(century / 4);
  const moonShift = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - leapCenturies - moonShift + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(rest / 4) - epact - (rest % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const sum = epact + toSunday - 7 * late + 114;
  return { year, month: Math.floor(sum / 31), day: (sum % 31) + 1 };
}

const FIXED: ReadonlyArray<readonly [number, number, Holiday]> = [
  [1, 1, "newYear"],
  [5, 1, "labourDay"],
  [5, 17, "constitutionDay"],
  [12, 25, "christmas"],
  [12, 26, "boxingDay"],
];

const AFTER_EASTER: ReadonlyArray<readonly [number, Holiday]> = [
  [-3, "maundyThursday"],
  [-2, "goodFriday"],
  [0, "easterSunday"],
  [1, "easterMonday"],
  [39, "ascension"],
  [49, "whitSunday"],
  [50, "whitMonday"],
];

/** The public holiday of a day, if it is one. */
export function holiday(day: Day): Holiday | null {
  const fixed = FIXED.find(([month, date]) => month === day.month && date === day.day);
  if (fixed) return fixed[2];
  const days = Math.round((toUtc(day) - toUtc(easterSunday(day.year))) / DAY);
  return AFTER_EASTER.find(([offset]) => offset === days)?.[1] ?? null;
}
