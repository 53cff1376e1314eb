// Norway's clock, which is Altinn's time, whatever the machine says. The engine knows it too, but brings so much along
// for it that the first picture would be a tenth later; a test holds the two together.

const HOUR = 3_600_000;

/** The moment on the last Sunday of a month (from 0) at which Europe changes its clocks: 01.00 UTC. */
function change(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0));
  return Date.UTC(year, month, last.getUTCDate() - last.getUTCDay(), 1);
}

/** Milliseconds by which Norway is ahead of UTC, by the summer time of Directive 2000/84/EC, kept since 1996. */
function ahead(at: number): number {
  const year = new Date(at).getUTCFullYear();
  return at >= change(year, 2) && at < change(year, 9) ? 2 * HOUR : HOUR;
}

/** Whether the clock of this machine shows the same as Norway's. */
export function isHere(at: number): boolean {
  return new Date(at).getTimezoneOffset() * -60_000 === ahead(at);
}

/** A moment as the clock on the wall in Norway shows it. `month` counts from 1, `weekday` from Sunday = 0. */
export interface WallClock {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  weekday: number;
}

/** Splits a moment (milliseconds since 1970, UTC) into the parts of a Norwegian wall clock. */
export function wallClock(at: number): WallClock {
  const shown = new Date(at + ahead(at));
  return {
    year: shown.getUTCFullYear(),
    month: shown.getUTCMonth() + 1,
    day: shown.getUTCDate(),
    hour: shown.getUTCHours(),
    minute: shown.getUTCMinutes(),
    weekday: shown.getUTCDay(),
  };
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
