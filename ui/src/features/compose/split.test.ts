import { describe, expect, it } from "vitest";
import { splitRecipients } from "./split";

describe("a pasted list of recipients", () => {
  it.each([
    ["one", "961381096", ["961381096"]],
    ["one in groups", "961 381 096", ["961 381 096"]],
    ["lines", "961381096\n920717152\r\n910000001", ["961381096", "920717152", "910000001"]],
    ["commas", "961381096, 920717152", ["961381096", "920717152"]],
    ["semicolons", "961381096;920717152;", ["961381096", "920717152"]],
    ["tabs", "961381096\t920717152", ["961381096", "920717152"]],
    ["blanks", "961381096 920717152", ["961381096", "920717152"]],
    ["groups with blanks", "961 381 096 920 717 152", ["961 381 096", "920 717 152"]],
    ["people", "01019012345\n020190 12345", ["01019012345", "020190 12345"]],
    ["the same in another grouping", "961381096\n961 381 096", ["961381096"]],
    ["addresses", "kari@example.no; ola@example.no", ["kari@example.no", "ola@example.no"]],
    ["hard blanks and quotes", '"961\u00a0381\u00a0096"', ["961 381 096"]],
    ["the same twice", "961381096\n961381096", ["961381096"]],
    ["nothing", " \n ; ", []],
  ])("%s", (_, text, items) => {
    expect(splitRecipients(text), "each recipient becomes one chip").toEqual({ items, leftOut: [] });
  });

  it("takes the numbers out of a sheet with names and a heading", () => {
    const sheet = "Navn\tOrg.nr.\nGausdal kommune\t961 381 096\nLillehammer kommune\t945 578 564";
    expect(splitRecipients(sheet)).toEqual({
      items: ["961 381 096", "945 578 564"],
      leftOut: ["Navn", "Org.nr.", "Gausdal kommune", "Lillehammer kommune"],
    });
  });

  it("keeps a line it cannot read, so that nobody is lost without a word", () => {
    expect(splitRecipients("961381096\n92071715\n910000001").items).toEqual([
      "961381096",
      "92071715",
      "910000001",
    ]);
  });

  it("keeps a single word as typed", () => {
    expect(splitRecipients("Gausdal kommune")).toEqual({ items: ["Gausdal kommune"], leftOut: [] });
  });
});
