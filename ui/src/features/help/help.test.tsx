import { describe, expect, it, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { KEY_TABLE } from "../../app/keys.ts";
import { text } from "../../i18n/index.ts";
import { expectAccessible, show } from "../../testing/render.tsx";
import Help from "./index.tsx";

describe("the sheet of shortcuts", () => {
  it("names every line of the table", async () => {
    await show(<Help onClose={vi.fn()} />);
    const sheet = page.getByRole("dialog", { name: "Snarveier" });
    await expect.element(sheet).toBeVisible();
    const shown = sheet.element().textContent ?? "";
    const missing = KEY_TABLE.filter((line) => !shown.includes(text(line.text))).map((line) => line.act);
    expect(missing, "a key that is not written down does not exist").toEqual([]);
    expect(sheet.element().querySelectorAll(".help-line").length).toBe(KEY_TABLE.length);
  });

  it("turns single keys off and on", async () => {
    const { host } = await show(<Help onClose={vi.fn()} />);
    await page.getByRole("switch", { name: /én tast/ }).click();
    await expect.poll(async () => (await host.settings()).singleKeys).toBe(false);
  });

  it("closes by Esc", async () => {
    const onClose = vi.fn();
    await show(<Help onClose={onClose} />);
    await expect.element(page.getByRole("button", { name: "Lukk" })).toBeVisible();
    await userEvent.keyboard("{Escape}");
    await expect.poll(() => onClose.mock.calls.length).toBeGreaterThan(0);
  });

  it("axe finds nothing", async () => {
    await show(<Help onClose={vi.fn()} />);
    await expect.element(page.getByRole("dialog", { name: "Snarveier" })).toBeVisible();
    await expectAccessible();
  });
});
