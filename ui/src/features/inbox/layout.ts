import type { Group } from "../../ipc/bindings.ts";

/** What stands at one place of a list: the head of a group, or a row counted from the first letter. */
export type Item = { kind: "head"; group: Group; key: string } | { kind: "row"; row: number };

/** Places in all: every row, and a head over each group. */
export function placesOf(groups: readonly Group[]): number {
  return groups.reduce((sum, group) => sum + group.count + 1, 0);
}

/** What stands at a place; none beyond the end. */
export function itemAt(groups: readonly Group[], place: number): Item | null {
  let start = 0;
  let row = 0;
  for (const group of groups) {
    if (place === start) {
      return { kind: "head", group, key: `head-${row}` };
    }
    if (place <= start + group.count) {
      return { kind: "row", row: row + place - start - 1 };
    }
    start += group.count + 1;
    row += group.count;
  }
  return null;
}

/** The place of a row. */
export function placeOf(groups: readonly Group[], row: number): number {
  let before = 0;
  let rows = 0;
  for (const group of groups) {
    before += 1;
    if (row < rows + group.count) {
      break;
    }
    rows += group.count;
  }
  return row + before;
}

/** The most rows ever rendered, whatever the engine says of the height of the box. */
export const MOST_RENDERED = 120;

/**
 * Places to render: those in sight with a few beside them, never more than `MOST_RENDERED`, and the place that
 * has the focus. An engine may run the script before the stylesheet applies, and then a list thinks it is
 * endless.
 */
export function placesToRender(
  range: { startIndex: number; endIndex: number; overscan: number; count: number },
  kept: number | null,
): number[] {
  const first = Math.max(0, range.startIndex - range.overscan);
  const last = Math.min(range.count - 1, range.endIndex + range.overscan, first + MOST_RENDERED - 1);
  const places: number[] = [];
  for (let place = first; place <= last; place += 1) {
    places.push(place);
  }
  if (kept !== null && kept >= 0 && kept < range.count && (kept < first || kept > last)) {
    places.push(kept);
    places.sort((one, other) => one - other);
  }
  return places;
}

/** Pages that hold these rows, and those ahead in the direction of travel. */
export function pagesFor(
  first: number,
  last: number,
  total: number,
  page: number,
  ahead: number,
): { shown: number[]; next: number[] } {
  if (total === 0 || last < first) {
    return { shown: [], next: [] };
  }
  const end = Math.floor((total - 1) / page);
  const clamp = (wanted: number) => Math.min(end, Math.max(0, wanted));
  const from = clamp(Math.floor(first / page));
  const to = clamp(Math.floor(last / page));
  const shown: number[] = [];
  for (let at = from; at <= to; at += 1) {
    shown.push(at);
  }
  const step = ahead < 0 ? -1 : 1;
  const edge = ahead < 0 ? from : to;
  const next = Array.from({ length: Math.abs(ahead) }, (_, index) => edge + step * (index + 1)).filter(
    (at) => at >= 0 && at <= end,
  );
  return { shown, next };
}

/** Row heights in CSS pixels at a text size of 16. */
export const ROW_HEIGHT = { compact: 58, normal: 86, roomy: 104 } as const;
/** Height of a group's head. */
export const HEAD_HEIGHT = 34;

/** How much larger than usual the text is. */
export function textScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
}
