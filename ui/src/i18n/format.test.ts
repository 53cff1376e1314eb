import { expect, test } from "vitest";
import { dayNumber, formatOf, momentOf, wallClock } from "./format.ts";

const friday = momentOf(2026, 11, 20, 9, 43);

test("writes the same moment in three languages", () => {
  expect(formatOf("nb").time(friday)).toBe("09.43");
  expect(formatOf("en").time(friday)).toBe("09:43");
  expect(formatOf("nb").weekday(friday)).toBe("fredag 20. november 2026");
  expect(formatOf("nn").weekday(momentOf(2026, 11, 21, 12, 0)), "nynorsk has its own Saturday").toBe(
    "laurdag 21. november 2026",
  );
  expect(formatOf("en").short(friday)).toBe("20 Nov 2026");
});

test("a row says time today, day this year, and the year before that", () => {
  const format = formatOf("nb");
  expect(format.row(friday, friday)).toBe("09.43");
  expect(format.row(momentOf(2026, 11, 3, 8, 0), friday)).toBe("3. nov.");
  expect(format.row(momentOf(2025, 5, 17, 8, 0), friday)).toBe("17. mai 2025");
});

test("the wall clock is Norway’s on both sides of summer time", () => {
  for (const month of [1, 3, 7, 10]) {
    const at = momentOf(2026, month, 29, 1, 30);
    const { hour, minute, day } = wallClock(at);
    expect([day, hour, minute], `month ${month} comes back as it went in`).toEqual([29, 1, 30]);
  }
  expect(dayNumber(momentOf(2026, 7, 2, 0, 10)) - dayNumber(momentOf(2026, 7, 1, 23, 50))).toBe(1);
});

test("sizes are decimal, numbers grouped", () => {
  const format = formatOf("nb");
  expect(format.size(412_000)).toBe("412 kB");
  expect(format.size(86_400_000)).toBe("86,4 MB");
  expect(formatOf("en").size(86_400_000)).toBe("86.4 MB");
  expect(format.number(50_000).replace(/\s/g, " ")).toBe("50 000");
});
