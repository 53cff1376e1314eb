import { describe, expect, it } from "vitest";
import { applyEdit, continueList, edit, insertion, type Selection, type Tool } from "./markdown";

/** A text with its selection between bars: `a |b| c`, or a caret as one bar. */
function marked(text: string): { text: string; selection: Selection } {
  const start = text.indexOf("|");
  const end = text.lastIndexOf("|");
  const plain = text.replaceAll("|", "");
  return { text: plain, selection: { start, end: end === start ? start : end - 1 } };
}

function show(text: string, selection: Selection): string {
  const { start, end } = selection;
  if (start === end) return `${text.slice(0, start)}|${text.slice(start)}`;
  return `${text.slice(0, start)}|${text.slice(start, end)}|${text.slice(end)}`;
}

function run(tool: Tool, source: string): string {
  const { text, selection } = marked(source);
  const made = edit(tool, text, selection, "tekst");
  return show(applyEdit(text, made), made.select);
}

describe("the tool bar", () => {
  it.each<[Tool, string, string]>([
    ["bold", "et |ord| her", "et **|ord|** her"],
    ["bold", "et **|ord|** her", "et |ord| her"],
    ["bold", "et | ord | her", "et  **|ord|**  her"],
    ["bold", "et | her", "et **|tekst|** her"],
    ["italic", "et |ord| her", "et *|ord|* her"],
    ["italic", "et *|ord|* her", "et |ord| her"],
    ["italic", "et **|ord|** her", "et ***|ord|*** her"],
    ["bullets", "|en\nto|", "|- en\n- to|"],
    ["bullets", "|- en\n- to|", "|en\nto|"],
    ["bullets", "|1. en\n2. to|", "|- en\n- to|"],
    ["bullets", "over\n|en|", "over\n\n|- en|"],
    ["bullets", "- en\nto|", "- en\n- to|"],
    ["numbers", "|en\nto\n|tre", "|1. en\n2. to|\ntre"],
    ["numbers", "|", "1. |"],
    ["link", "se |avtalen| her", "se [avtalen](|https://|) her"],
    ["link", "se |https://x.no/a| her", "se [|tekst|](https://x.no/a) her"],
    ["link", "se |", "se [|tekst|](https://)"],
    ["heading", "over\nVedt|ak\nunder", "over\n## Vedtak|\nunder"],
    ["heading", "### Vedtak|", "Vedtak|"],
  ])("%s: %s", (tool, before, after) => {
    expect(run(tool, before), "the words stay selected, so that the next act goes on").toBe(after);
  });

  it("puts words at the caret", () => {
    const { text, selection } = marked("Hei |");
    const made = insertion(selection, "{{recipientName}}");
    expect(show(applyEdit(text, made), made.select)).toBe("Hei {{recipientName}}|");
  });

  it.each([
    ["- en|", "- en\n- |"],
    ["2. en|", "2. en\n3. |"],
    ["- en\n- |", "- en\n|"],
    ["en|", null],
  ])("Enter after %s", (before, after) => {
    const { text, selection } = marked(before);
    const made = continueList(text, selection);
    expect(made && show(applyEdit(text, made), made.select), "a list goes on until an empty point").toBe(
      after,
    );
  });
});
