// Takes a pasted list of recipients apart: a line, comma, semicolon or tab each, or columns copied from a sheet.

/** A recipient without its spaces and dots: the same number in another grouping is the same recipient. */
export function bare(text: string): string {
  return looksLikeRecipient(text) ? text.replace(/[\s.]/g, "").toLowerCase() : text.toLowerCase();
}

/** What a paste held. */
export interface Split {
  /** In pasted order, each once. */
  readonly items: string[];
  /** Cells beside a number in the same list that are not recipients themselves: names, headings. */
  readonly leftOut: string[];
}

/** Whether a text could be a recipient: 9 or 11 digits in any grouping, or an address with an @. */
export function looksLikeRecipient(text: string): boolean {
  if (/^\S+@\S+$/.test(text)) return true;
  const digits = text.replace(/[\s.]/g, "");
  return /^(\d{9}|\d{11})$/.test(digits);
}

const GROUPINGS: ReadonlyArray<ReadonlyArray<number>> = [[9], [11], [3, 3, 3], [6, 5]];

/** Several numbers with only blanks between them, whole or in groups of digits; `null` when it is not that. */
function numbersInRow(text: string): string[] | null {
  const words = text.split(/\s+/);
  if (!words.every((word) => /^\d+$/.test(word))) return null;
  const found: string[] = [];
  let index = 0;
  while (index < words.length) {
    const here = index;
    const grouping = GROUPINGS.find((sizes) =>
      sizes.every((size, offset) => words[here + offset]?.length === size),
    );
    if (!grouping) return null;
    found.push(words.slice(here, here + grouping.length).join(" "));
    index += grouping.length;
  }
  return found;
}

function clean(cell: string): string {
  return cell
    .replace(/\u00a0|\u202f/g, " ")
    .trim()
    .replace(/^["'«](.*)["'»]$/, "$1")
    .trim();
}

/** The recipients in a text that was typed or pasted. */
export function splitRecipients(text: string): Split {
  const lines = text
    .split(/\r\n|\r|\n/)
    .map((line) =>
      line
        .split(/[\t;,]/)
        .map(clean)
        .filter((cell) => cell !== "")
        .flatMap((cell) => numbersInRow(cell) ?? [cell]),
    )
    .filter((cells) => cells.length > 0);
  const isTable = lines.length > 1 || /[\t;,]/.test(text);
  const items = new Map<string, string>();
  const keep = (cell: string): void => {
    if (!items.has(bare(cell))) {
      items.set(bare(cell), cell);
    }
  };
  const leftOut: string[] = [];
  const anyLooksRight = lines.some((cells) => cells.some(looksLikeRecipient));
  for (const cells of lines) {
    const good = cells.filter(looksLikeRecipient);
    // A name beside its number is a column of the sheet; a line with no number at all stays, to be put right by hand,
    // unless it is the heading above the columns.
    const isHeading = isTable && anyLooksRight && good.length === 0 && cells === lines[0] && cells.length > 1;
    if (good.length === 0 && !isHeading) {
      cells.forEach(keep);
    } else {
      good.forEach(keep);
      leftOut.push(...cells.filter((cell) => !looksLikeRecipient(cell)));
    }
  }
  return { items: [...items.values()], leftOut };
}
