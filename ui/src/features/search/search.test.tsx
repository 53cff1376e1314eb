import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { expectAccessible, showWindow } from "../../testing/render.tsx";
import { operatorHints, withOperator } from "./operators.ts";

test("hints know both languages and only the word being typed", () => {
  expect(operatorHints("tilskudd fr", "nb")).toEqual(["from", "due"]);
  expect(operatorHints("fra:nav", "nb"), "a finished operator needs no hint").toEqual([]);
  expect(withOperator("tilskudd fr", "from", "nb")).toBe("tilskudd fra:");
});

test("typing searches, marks the hits, and Enter leads into the list", async () => {
  const { screen } = await showWindow();
  await userEvent.keyboard("{Control>}k{/Control}");
  const field = screen.getByRole("combobox", { name: "Søk i meldinger" });
  await expect.element(field).toHaveFocus();
  await userEvent.keyboard("pålegg");
  await expect.element(screen.getByText("1 treff")).toBeVisible();
  await expect.poll(() => document.querySelector(".row mark")?.textContent).toBe("Pålegg");
  await userEvent.keyboard("{Enter}");
  await expect.poll(() => document.activeElement?.getAttribute("role")).toBe("option");
  await expect.element(screen.getByTestId("polite")).toMatchTextContent(/1 treff/);
});

test("Down chooses a letter of the suggestions", async () => {
  const { screen } = await showWindow();
  const field = screen.getByRole("combobox", { name: "Søk i meldinger" });
  await field.click();
  await userEvent.keyboard("totenvika");
  await expect.element(screen.getByRole("option", { name: /fv. 33 Totenvika/ }).first()).toBeVisible();
  await expectAccessible();
  await userEvent.keyboard("{ArrowDown}{Enter}");
  await expect.element(screen.getByRole("heading", { name: /fv. 33 Totenvika/ })).toBeVisible();
});

test("Esc empties the search and goes back to where it began", async () => {
  const { screen } = await showWindow({}, "#folder/sent");
  const field = screen.getByRole("combobox", { name: "Søk i meldinger" });
  await field.click();
  await userEvent.keyboard("xyzzy");
  await expect.element(screen.getByText("Ingen treff på «xyzzy».")).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await expect.poll(() => window.location.hash).toBe("#folder/sent");
});

test("Esc in the list empties the search too", async () => {
  const { screen } = await showWindow({}, "#folder/inbox");
  await screen.getByRole("combobox", { name: "Søk i meldinger" }).click();
  await userEvent.keyboard("pålegg{Enter}");
  await expect.poll(() => document.activeElement?.getAttribute("role")).toBe("option");
  await userEvent.keyboard("{Escape}");
  await expect.poll(() => window.location.hash).toBe("#folder/inbox");
});

test("an unknown operator is explained and mended by one act", async () => {
  const { screen } = await showWindow({}, "#search?q=frm%3Amattilsynet&in=inbox");
  await expect.element(screen.getByText("«frm:» er ikke et søkeord", { exact: false })).toBeVisible();
  await screen.getByRole("button", { name: "Bruk «fra:»" }).click();
  await expect
    .element(screen.getByRole("combobox", { name: "Søk i meldinger" }))
    .toHaveValue("fra:mattilsynet");
  await expect.element(screen.getByRole("option", { name: /Forhåndsvarsel/ })).toBeVisible();
});

test("the best hits come first on demand", async () => {
  const { screen } = await showWindow({}, "#search?q=p%C3%A5legg");
  await screen.getByRole("button", { name: "Sortering: Nyeste først" }).click();
  await expect.element(screen.getByRole("button", { name: "Sortering: Beste treff først" })).toBeVisible();
  await expect.element(screen.getByText("Beste treff", { exact: true })).toBeVisible();
  await expect.element(screen.getByRole("option", { name: /pålegg/i }).first()).toBeVisible();
});

test("files whose words are not indexed are told of", async () => {
  const { screen } = await showWindow({ unindexedFiles: 3 }, "#search?q=gausdal&in=inbox");
  await expect.element(screen.getByText("Vedleggstekst er ikke indeksert for 3 filer.")).toBeVisible();
});

test("no hits offers other folders", async () => {
  const { screen } = await showWindow({}, "#search?q=gausdal&in=inbox");
  await screen.getByRole("radio", { name: "Alle mapper" }).click();
  await expect.poll(() => window.location.hash).toBe("#search?q=gausdal");
});
