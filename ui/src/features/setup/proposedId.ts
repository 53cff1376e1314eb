import { wallClock } from "../../i18n/norway.ts";

/** A key id that nobody has: the day and minute it was made. */
export function proposedId(now: number): string {
  const { year, month, day, hour, minute } = wallClock(now);
  const two = (value: number) => String(value).padStart(2, "0");
  return `brevdue-${year}${two(month)}${two(day)}-${two(hour)}${two(minute)}`;
}
