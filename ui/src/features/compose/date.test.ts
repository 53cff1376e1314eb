import { describe, expect, it } from "vitest";
import { type Day, easterSunday, holiday, osloInstant, osloTime, plusMonths, weekday } from "./calendar";
import { END_OF_DAY, readDate, remarks, START_OF_WORK, writeDate } from "./date";

// A Friday forenoon in Oslo.
const now = osloInstant({ year: 2026, month: 11, day: 20 }, { hour: 9, minute: 43 });

function day(text: string): string {
  const answer = readDate(text, now);
  if (answer.kind !== "day") return answer.kind;
  return [answer.day.year, answer.day.month, answer.day.day].join("-");
}

describe("a typed date", () => {
  it.each([
    ["3.12.2026", "2026-12-3"],
    ["03.12.2026", "2026-12-3"],
    ["3.12.26", "2026-12-3"],
    ["3.12", "2026-12-3"],
    ["3.12.", "2026-12-3"],
    ["3/12", "2026-12-3"],
    ["3/12/2027", "2027-12-3"],
    ["3-12-2027", "2027-12-3"],
    ["2026-12-03", "2026-12-3"],
    ["3. des", "2026-12-3"],
    ["3. des.", "2026-12-3"],
    ["3.des 2027", "2027-12-3"],
    ["3 desember 2026", "2026-12-3"],
    ["den 3. desember", "2026-12-3"],
    ["3 December 2026", "2026-12-3"],
    ["December 3, 2026", "2026-12-3"],
    ["Dec 3rd", "2026-12-3"],
    ["torsdag 3. desember 2026", "2026-12-3"],
    ["Thursday 3 December 2026", "2026-12-3"],
    ["3.1", "2027-1-3"],
    ["20.11", "2026-11-20"],
    ["19.11", "2027-11-19"],
    ["29.2", "2028-2-29"],
    ["1. mai", "2027-5-1"],
    ["1 May", "2027-5-1"],
  ])("%s is %s", (text, meant) => {
    expect(day(text), "a date with or without a year is the next such day").toBe(meant);
  });

  it.each([
    ["i dag", "2026-11-20"],
    ["I morgen", "2026-11-21"],
    ["i morgon", "2026-11-21"],
    ["tomorrow", "2026-11-21"],
    ["overmorgen", "2026-11-22"],
    ["om 14 dager", "2026-12-4"],
    ["om 14 dagar", "2026-12-4"],
    ["in 14 days", "2026-12-4"],
    ["14 dager", "2026-12-4"],
    ["om ei veke", "2026-11-27"],
    ["om en uke", "2026-11-27"],
    ["in a week", "2026-11-27"],
    ["om to uker", "2026-12-4"],
    ["om 3 uker", "2026-12-11"],
    ["om en måned", "2026-12-20"],
    ["om to månader", "2027-1-20"],
    ["om et år", "2027-11-20"],
    ["+2u", "2026-12-4"],
    ["+2v", "2026-12-4"],
    ["+2 w", "2026-12-4"],
    ["+14", "2026-12-4"],
    ["+14d", "2026-12-4"],
    ["+1m", "2026-12-20"],
  ])("%s is %s", (text, meant) => {
    expect(day(text), "a distance counts from today").toBe(meant);
  });

  it.each([
    ["mandag", "2026-11-23"],
    ["måndag", "2026-11-23"],
    ["monday", "2026-11-23"],
    ["man.", "2026-11-23"],
    ["på torsdag", "2026-11-26"],
    ["fredag", "2026-11-27"],
    ["laurdag", "2026-11-21"],
    ["lør", "2026-11-21"],
    ["sundag", "2026-11-22"],
    ["neste mandag", "2026-11-23"],
    ["neste fredag", "2026-11-27"],
    ["next Sunday", "2026-11-29"],
  ])("%s is %s", (text, meant) => {
    expect(day(text), "a weekday is the first one ahead").toBe(meant);
  });

  it.each([
    "32.12.2026",
    "31.11",
    "29.2.2027",
    "3.13",
    "tid",
    "snart",
    "ma",
    "10.30",
    "om uker",
    "3",
    "kl. 25",
  ])("%s is not understood", (text) => expect(day(text), "a guess would be a surprise").toBe("unknown"));

  it("reads nothing from an empty field", () => {
    expect(readDate("  ", now).kind, "an optional date may be left out").toBe("empty");
  });

  it("means the end of the day without a time, and the time when there is one", () => {
    const due = readDate("3.12.2026", now);
    const publish = readDate("3.12.2026", now, START_OF_WORK);
    const timed = readDate("3. des kl 14.30", now);
    const bare = readDate("i morgen 07:15", now);
    expect([due, publish, timed, bare].map((each) => each.kind === "day" && osloTime(each.at))).toEqual([
      { year: 2026, month: 12, day: 3, hour: 23, minute: 59 },
      { year: 2026, month: 12, day: 3, hour: 8, minute: 0 },
      { year: 2026, month: 12, day: 3, hour: 14, minute: 30 },
      { year: 2026, month: 11, day: 21, hour: 7, minute: 15 },
    ]);
  });

  it("is written back as it can be read", () => {
    for (const text of ["3.12.2026", "3.12.2026 kl. 14.30"]) {
      const answer = readDate(text, now);
      expect(
        answer.kind === "day" && writeDate(answer.at, END_OF_DAY),
        "a draft that is reopened shows it",
      ).toBe(text);
    }
  });
});

describe("the calendar", () => {
  it("knows Oslo's clock in summer and winter", () => {
    const noon = { hour: 12, minute: 0 };
    expect(osloInstant({ year: 2026, month: 1, day: 15 }, noon)).toBe(Date.UTC(2026, 0, 15, 11));
    expect(osloInstant({ year: 2026, month: 7, day: 15 }, noon)).toBe(Date.UTC(2026, 6, 15, 10));
    const changed = { year: 2026, month: 10, day: 25 };
    expect(osloInstant(changed, { hour: 23, minute: 59 }), "the day the clocks go back").toBe(
      Date.UTC(2026, 9, 25, 22, 59),
    );
  });

  it.each([
    [2024, { year: 2024, month: 3, day: 31 }],
    [2026, { year: 2026, month: 4, day: 5 }],
    [2027, { year: 2027, month: 3, day: 28 }],
    [2038, { year: 2038, month: 4, day: 25 }],
  ])("finds Easter of %i", (year, expected) => {
    expect(easterSunday(year)).toEqual(expected);
  });

  it("knows the holidays, fixed and moving", () => {
    const cases: Array<[Day, string | null]> = [
      [{ year: 2027, month: 1, day: 1 }, "newYear"],
      [{ year: 2027, month: 3, day: 25 }, "maundyThursday"],
      [{ year: 2027, month: 3, day: 29 }, "easterMonday"],
      [{ year: 2027, month: 5, day: 6 }, "ascension"],
      [{ year: 2027, month: 5, day: 17 }, "constitutionDay"],
      [{ year: 2026, month: 12, day: 24 }, null],
      [{ year: 2026, month: 12, day: 26 }, "boxingDay"],
    ];
    for (const [each, expected] of cases) expect(holiday(each)).toBe(expected);
  });

  it("keeps a month's end within the month", () => {
    expect(plusMonths({ year: 2027, month: 1, day: 31 }, 1)).toEqual({ year: 2027, month: 2, day: 28 });
    expect(weekday({ year: 2026, month: 11, day: 22 }), "a Sunday").toBe(7);
  });

  it("remarks on past, weekend and holiday", () => {
    const kinds = (text: string) => {
      const answer = readDate(text, now);
      return answer.kind === "day" ? remarks(answer.day, answer.at, now).map((each) => each.kind) : [];
    };
    expect(kinds("19.11.2026")).toEqual(["past"]);
    expect(kinds("i dag"), "today ends tonight").toEqual([]);
    expect(kinds("22.11.2026")).toEqual(["weekend"]);
    expect(kinds("25.12.2026")).toEqual(["holiday"]);
  });
});
