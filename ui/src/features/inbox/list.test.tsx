import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { changeLanguage } from "../../i18n/index.ts";
import { expectAccessible, showWindow } from "../../testing/render.tsx";
import { MOST_RENDERED } from "./layout.ts";

const focusedRow = () => document.activeElement?.closest("[role=option]")?.getAttribute("aria-posinset");

async function listed(options: Parameters<typeof showWindow>[0] = {}) {
  const shown = await showWindow(options);
  const first = shown.screen.getByRole("option", { name: /Forhåndsvarsel om tilsyn/ });
  await expect.element(first).toBeVisible();
  return { ...shown, first };
}

test("arrows select and never open what nobody here has opened", async () => {
  const { first, control, screen } = await listed();
  await first.click();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  await expect.element(screen.getByRole("heading", { name: /Svar på høring/ })).toBeVisible();
  await expect.element(screen.getByText("Når du åpner, ser avsenderen at meldingen er lest.")).toBeVisible();
  expect(focusedRow(), "the focus is on the row itself").toBe("3");
  expect(control.calls, "selecting leaves no trace at Altinn").not.toContain("openMessage");
});

test("Enter opens, and the row is no longer unread", async () => {
  const { first, control, screen } = await listed();
  await first.click();
  await userEvent.keyboard("{Enter}");
  await expect.element(screen.getByText("Dette må være klart")).toBeVisible();
  expect(control.calls.filter((name) => name === "openMessage")).toHaveLength(1);
  await expect.element(first).not.toMatchTextContent(/Ulest/);
});

test("Home, End and screens move through thousands of letters with few rows rendered", async () => {
  const { first } = await listed({ letters: 2000 });
  await first.click();
  await userEvent.keyboard("{End}");
  await expect.poll(focusedRow, { message: "the last row takes the focus" }).toBe("2000");
  expect(document.querySelectorAll("[role=option]").length).toBeLessThanOrEqual(MOST_RENDERED);
  await userEvent.keyboard("{PageUp}");
  await expect.poll(() => Number(focusedRow())).toBeLessThan(1998);
  await userEvent.keyboard("{Home}");
  await expect.poll(focusedRow).toBe("1");
});

test("one row is a tab stop, and each says its place among all", async () => {
  await listed();
  const rows = [...document.querySelectorAll("[role=option]")];
  expect(rows.filter((row) => row.getAttribute("tabindex") === "0")).toHaveLength(1);
  expect(rows.every((row) => row.getAttribute("aria-setsize") === "200")).toBe(true);
  expect(rows[0]?.textContent, "unread, tag and files are words").toMatch(
    /Ulest.*Mattilsynet.*Frist 14. des. 2026.*2 vedlegg/,
  );
  expect(rows[0]?.querySelector("button, a"), "no buttons inside a row").toBeNull();
});

test("a new letter moves neither focus nor selection", async () => {
  const { first, host, screen } = await listed();
  await first.click();
  await userEvent.keyboard("{ArrowDown}");
  await expect.poll(focusedRow).toBe("2");
  await host.archive("letter-0", true);
  await expect.poll(focusedRow, { message: "the same letter is now the first" }).toBe("1");
  await expect
    .element(screen.getByRole("option", { selected: true }))
    .toMatchTextContent(/Vedtak om tilskudd/);
});

test("what happens above the selected letter does not move it on the screen", async () => {
  const { host, screen } = await listed();
  document.querySelector("[role=listbox]")?.scrollTo(0, 2000);
  const row = screen.getByRole("option", { name: /.*/ }).nth(12);
  await row.click();
  const chosen = screen.getByRole("option", { selected: true });
  await expect.element(chosen).toBeVisible();
  const place = chosen.element().getAttribute("aria-posinset");
  const top = chosen.element().getBoundingClientRect().top;
  await host.archive("letter-0", true);
  await expect.poll(() => chosen.element().getAttribute("aria-posinset")).toBe(String(Number(place) - 1));
  expect(
    Math.abs(chosen.element().getBoundingClientRect().top - top),
    "it stands where it stood",
  ).toBeLessThan(2);
});

test("the line about what was done follows the language of the window", async () => {
  const { first, screen } = await listed();
  await first.click();
  await userEvent.keyboard("e");
  await expect.element(screen.getByText("Flyttet til arkivet.").first()).toBeVisible();
  await changeLanguage("en");
  await expect.element(screen.getByText("Moved to the archive.").first()).toBeVisible();
  await expect.element(screen.getByRole("button", { name: "Undo", exact: true })).toBeVisible();
});

test("archiving goes on to the next letter and can be undone from the keyboard", async () => {
  const { first, host, screen } = await listed();
  await first.click();
  await userEvent.keyboard("e");
  await expect.element(screen.getByText("Flyttet til arkivet.").first()).toBeVisible();
  await expect
    .element(screen.getByRole("option", { selected: true }))
    .toMatchTextContent(/Vedtak om tilskudd/);
  await userEvent.keyboard("{Control>}z{/Control}");
  await expect.poll(async () => (await host.message("letter-0")).isArchived).toBe(false);
});

test("filters narrow the list, and an empty one says how to widen it", async () => {
  const { screen } = await listed();
  await screen.getByRole("checkbox", { name: "Må bekreftes" }).click();
  await expect.element(screen.getByText("2 meldinger").first()).toBeVisible();
  await expect.poll(() => document.querySelectorAll("[role=option]").length).toBe(2);
});

test("the row menu opens by keyboard and gives the focus back", async () => {
  const { first, screen } = await listed();
  await first.click();
  await userEvent.keyboard("{Shift>}{F10}{/Shift}");
  await expect.element(screen.getByRole("menuitem", { name: "Åpne" })).toHaveFocus();
  await userEvent.keyboard("{Escape}");
  await expect.poll(focusedRow).toBe("1");
});

test("dividers move by keyboard within their bounds", async () => {
  const { screen } = await listed();
  const divider = screen.getByRole("separator", { name: "Bredde på mappene" });
  divider.element().focus();
  await userEvent.keyboard("{ArrowRight}{ArrowRight}");
  await expect.element(divider).toHaveAttribute("aria-valuenow", "268");
  await userEvent.keyboard("{End}");
  await expect.element(divider).toHaveAttribute("aria-valuenow", "320");
});

test("the mailbox is accessible in light and dark", async () => {
  const { first } = await listed();
  await first.click();
  await expectAccessible();
});

for (const density of ["compact", "roomy"] as const) {
  test(`density ${density} is accessible`, async () => {
    await listed({ settings: { density } });
    await expectAccessible();
  });
}
