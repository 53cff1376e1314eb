// The tool bar's edits as pure steps from a text and a selection to a replacement. The replacement is what is typed into
// the field, so that the field's own undo takes it back.

/** A selection in UTF-16 units, `start` at or before `end`. */
export interface Selection {
  readonly start: number;
  readonly end: number;
}

/** Replace `from`–`to` by `insert`, then select. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
  readonly select: Selection;
}

/** What the tool bar can do. */
export type Tool = "bold" | "italic" | "bullets" | "numbers" | "link" | "heading";

/** The text after an edit. */
export function applyEdit(text: string, edit: Edit): string {
  return text.slice(0, edit.from) + edit.insert + text.slice(edit.to);
}

function wrap(text: string, selection: Selection, sign: string, placeholder: string): Edit {
  const { start, end } = selection;
  const size = sign.length;
  const isOutside =
    text.slice(start - size, start) === sign &&
    text.slice(end, end + size) === sign &&
    // One star of two is not the sign of italics.
    (size > 1 || (text[start - 2] !== "*" && text[end + 1] !== "*"));
  if (start !== end && isOutside) {
    const inner = text.slice(start, end);
    return {
      from: start - size,
      to: end + size,
      insert: inner,
      select: { start: start - size, end: end - size },
    };
  }
  // Signs do not hold against a blank, so the blanks of the selection stay outside.
  const chosen = text.slice(start, end);
  const lead = chosen.length - chosen.trimStart().length;
  const inner = chosen.trim() === "" ? placeholder : chosen.trim();
  const from = chosen.trim() === "" ? start : start + lead;
  const to = chosen.trim() === "" ? end : from + inner.length;
  return {
    from,
    to,
    insert: sign + inner + sign,
    select: { start: from + size, end: from + size + inner.length },
  };
}

function wholeLines(text: string, selection: Selection): Selection {
  const start = text.lastIndexOf("\n", selection.start - 1) + 1;
  // A selection that ends at the start of a line does not mean that line.
  const last =
    selection.end > selection.start && text[selection.end - 1] === "\n" ? selection.end - 1 : selection.end;
  const stop = text.indexOf("\n", last);
  return { start, end: stop < 0 ? text.length : stop };
}

const MARKER = /^(\s*)(?:[-*+]|\d+[.)])\s+/;

function list(text: string, selection: Selection, isNumbered: boolean): Edit {
  const range = wholeLines(text, selection);
  const lines = text.slice(range.start, range.end).split("\n");
  const own = isNumbered ? /^\s*\d+[.)]\s+/ : /^\s*[-*+]\s+/;
  const filled = lines.filter((line) => line.trim() !== "");
  const isAlready = filled.length > 0 && filled.every((line) => own.test(line));
  let number = 0;
  const made = lines.map((line) => {
    if (line.trim() === "" && filled.length > 0) return line;
    if (isAlready) return line.replace(own, "");
    number += 1;
    return (isNumbered ? `${number}. ` : "- ") + line.replace(MARKER, "$1").trimStart();
  });
  // A list needs a blank line above it, or it reads as part of the paragraph.
  const above = text.slice(0, range.start);
  const needsGap =
    !isAlready && above.trim() !== "" && !above.endsWith("\n\n") && !MARKER.test(lastLine(above));
  const insert = (needsGap ? "\n" : "") + made.join("\n");
  const end = range.start + insert.length;
  const isCaret = selection.start === selection.end;
  return {
    from: range.start,
    to: range.end,
    insert,
    select: isCaret ? { start: end, end } : { start: range.start + (needsGap ? 1 : 0), end },
  };
}

function lastLine(text: string): string {
  const lines = text.replace(/\n$/, "").split("\n");
  return lines.at(-1) ?? "";
}

function link(text: string, selection: Selection, placeholder: string): Edit {
  const { start, end } = selection;
  const chosen = text.slice(start, end).trim();
  const isAddress = /^https?:\/\/\S+$/.test(chosen);
  const words = isAddress || chosen === "" ? placeholder : chosen;
  const address = isAddress ? chosen : "https://";
  const insert = `[${words}](${address})`;
  // What is missing is selected: the words for an address, the address for words.
  const from = isAddress || chosen === "" ? start + 1 : start + words.length + 3;
  const size = isAddress || chosen === "" ? words.length : address.length;
  return { from: start, to: end, insert, select: { start: from, end: from + size } };
}

function heading(text: string, selection: Selection): Edit {
  const range = wholeLines(text, selection);
  const line = text.slice(range.start, range.end);
  const insert = /^#{1,6}\s/.test(line) ? line.replace(/^#{1,6}\s+/, "") : `## ${line}`;
  const end = range.start + insert.length;
  return { from: range.start, to: range.end, insert, select: { start: end, end } };
}

/** The edit of a tool; `placeholder` is the word to type over where nothing is selected. */
export function edit(tool: Tool, text: string, selection: Selection, placeholder: string): Edit {
  switch (tool) {
    case "bold":
      return wrap(text, selection, "**", placeholder);
    case "italic":
      return wrap(text, selection, "*", placeholder);
    case "bullets":
      return list(text, selection, false);
    case "numbers":
      return list(text, selection, true);
    case "link":
      return link(text, selection, placeholder);
    case "heading":
      return heading(text, selection);
  }
}

/** Put words at the selection, with the caret after them. */
export function insertion(selection: Selection, words: string): Edit {
  const caret = selection.start + words.length;
  return { from: selection.start, to: selection.end, insert: words, select: { start: caret, end: caret } };
}

/** What Enter does in a list: goes on with the next point, or ends the list at an empty one. `null` leaves Enter alone. */
export function continueList(text: string, selection: Selection): Edit | null {
  if (selection.start !== selection.end) return null;
  const start = text.lastIndexOf("\n", selection.start - 1) + 1;
  const line = text.slice(start, selection.start);
  const match = /^(\s*)([-*+]|(\d+)([.)]))\s+/.exec(line);
  if (!match) return null;
  if (line.length === match[0].length) {
    return { from: start, to: selection.start, insert: "", select: { start, end: start } };
  }
  const marker = match[3] ? `${Number(match[3]) + 1}${match[4] ?? "."}` : match[2];
  const insert = `\n${match[1] ?? ""}${marker ?? "-"} `;
  return insertion(selection, insert);
}
