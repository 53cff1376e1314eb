import { expect, test } from "vitest";
import { formatOf } from "./format.ts";
import { momentOf } from "./norway.ts";

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

test("sizes are decimal, numbers grouped", () => {
  const format = formatOf("nb");
  expect(format.size(412_000)).toBe("412 kB");
  expect(format.size(86_400_000)).toBe("86,4 MB");
  expect(formatOf("en").size(86_400_000)).toBe("86.4 MB");
  expect(format.number(50_000).replace(/\s/g, " ")).toBe("50 000");
});

test("whole numbers are grouped as the engine would group them", () => {
  for (const value of [0, 7, 999, 1000, 12_345, 999_999, 1_000_000, 1_234_567_890]) {
    expect(formatOf("nb").number(value)).toBe(new Intl.NumberFormat("nb").format(value));
    expect(formatOf("nn").number(value)).toBe(new Intl.NumberFormat("nb").format(value));
    expect(formatOf("en").number(value)).toBe(new Intl.NumberFormat("en-GB").format(value));
  }
});
