import { expect, test } from "vitest";
import type { Group } from "../../ipc/bindings.ts";
import { itemAt, MOST_RENDERED, pagesFor, placeOf, placesOf, placesToRender } from "./layout.ts";

const groups: Group[] = [
  { kind: { kind: "today" }, count: 3 },
  { kind: { kind: "yesterday" }, count: 1 },
  { kind: { kind: "month", year: 2026, month: 10 }, count: 500 },
];

test("every row has one place, and every place holds it", () => {
  expect(placesOf(groups)).toBe(507);
  for (let row = 0; row < 504; row += 1) {
    expect(itemAt(groups, placeOf(groups, row)), `row ${row}`).toEqual({ kind: "row", row });
  }
  expect([0, 4, 6].map((place) => itemAt(groups, place)?.kind)).toEqual(["head", "head", "head"]);
  expect(itemAt(groups, 507)).toBeNull();
});

test("never more rows than the most, however tall the engine says the box is", () => {
  const places = placesToRender({ startIndex: 0, endIndex: 99_999, overscan: 6, count: 100_000 }, null);
  expect(places.length).toBe(MOST_RENDERED);
});

test("the place with the focus is kept when it scrolls out of sight", () => {
  const places = placesToRender({ startIndex: 200, endIndex: 210, overscan: 2, count: 507 }, 4);
  expect(places[0]).toBe(4);
  expect(places.slice(1)).toEqual(Array.from({ length: 15 }, (_, index) => 198 + index));
});

test("three pages are fetched ahead in the direction of travel", () => {
  expect(pagesFor(90, 110, 10_000, 100, 3)).toEqual({ shown: [0, 1], next: [2, 3, 4] });
  expect(pagesFor(450, 460, 10_000, 100, -3)).toEqual({ shown: [4], next: [3, 2, 1] });
  expect(pagesFor(0, 20, 30, 100, 3), "nothing lies beyond the end").toEqual({ shown: [0], next: [] });
});
