import { expect, test } from "vitest";
import { dayNumber, momentOf, wallClock } from "./norway.ts";

test("the wall clock is Norway’s on both sides of summer time", () => {
  for (const month of [1, 3, 7, 10]) {
    const at = momentOf(2026, month, 29, 1, 30);
    const { hour, minute, day } = wallClock(at);
    expect([day, hour, minute], `month ${month} comes back as it went in`).toEqual([29, 1, 30]);
  }
  expect(dayNumber(momentOf(2026, 7, 2, 0, 10)) - dayNumber(momentOf(2026, 7, 1, 23, 50))).toBe(1);
});

test("the wall clock is the engine’s for Oslo, around every change of clocks and between", () => {
  const engine = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Europe/Oslo",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const two = (value: number) => String(value).padStart(2, "0");
  const shown = (at: number) => {
    const { year, month, day, hour, minute } = wallClock(at);
    return `${two(day)}/${two(month)}/${year}, ${two(hour)}:${two(minute)}`;
  };
  for (let year = 1996; year <= 2045; year += 1) {
    // Each hour of the weeks in which clocks change, and one moment of each day.
    for (const month of [2, 9]) {
      for (let hour = 0; hour < 24 * 9; hour += 1) {
        for (const minute of [0, 59]) {
          const at = Date.UTC(year, month, 23, hour, minute);
          expect(shown(at)).toBe(engine.format(at));
        }
      }
    }
    for (let day = 0; day < 366; day += 1) {
      const at = Date.UTC(year, 0, 1 + day, (day * 7) % 24, 30);
      expect(shown(at)).toBe(engine.format(at));
    }
  }
});
