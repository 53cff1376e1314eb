import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { expectAccessible, showWindow } from "../testing/render.tsx";

test("practice says so, in a band, a tag and a sentence", async () => {
  const { screen } = await showWindow();
  await expect.element(screen.getByText("Øvingspostkasse. Ingenting sendes til Altinn.")).toBeVisible();
  await expect.element(screen.getByText("Øving", { exact: true })).toBeVisible();
  expect(document.querySelector(".top-band")).not.toBeNull();
});

test("the status line follows the connection, and its panel synchronises", async () => {
  const { screen, control } = await showWindow();
  await expect.element(screen.getByText("Oppdatert kl. 09.43")).toBeVisible();
  control.connect({ kind: "offline", since: Date.UTC(2026, 10, 20, 8, 12), waiting: 3 });
  await expect.element(screen.getByText("Uten nett siden kl. 09.12. 3 venter i utboksen.")).toBeVisible();
  await screen.getByText("Uten nett siden kl. 09.12. 3 venter i utboksen.").click();
  await expectAccessible();
  await screen.getByRole("button", { name: "Synkroniser nå" }).click();
  await expect.element(screen.getByText("Oppdaterer … 120 av 480").first()).toBeVisible();
});

test("a passphrase is asked for, and a wrong one is asked for again", async () => {
  const { screen } = await showWindow({ start: { kind: "needsPassphrase", isNew: false, wasWrong: false } });
  const field = screen.getByLabelText("Passordfrase");
  await field.fill("helt feil passordfrase");
  await userEvent.keyboard("{Enter}");
  await expect.element(screen.getByText("Passordfrasen er ikke riktig.")).toBeVisible();
  await expectAccessible();
  await screen.getByLabelText("Passordfrase").fill("fire gode ord her");
  await userEvent.keyboard("{Enter}");
  await expect.element(screen.getByRole("heading", { name: "Innboks" })).toBeVisible();
});

test("a new passphrase must be long, and the same twice", async () => {
  const { screen, control } = await showWindow({
    start: { kind: "needsPassphrase", isNew: true, wasWrong: false },
  });
  await screen.getByLabelText("Passordfrase", { exact: true }).fill("kort");
  await screen.getByRole("button", { name: "Lag postkassen" }).click();
  await expect.element(screen.getByText("Passordfrasen er for kort.")).toBeVisible();
  await screen.getByLabelText("Passordfrase", { exact: true }).fill("fire gode ord her");
  await screen.getByLabelText("Gjenta passordfrasen").fill("fire gode ord der");
  await screen.getByRole("button", { name: "Lag postkassen" }).click();
  await expect.element(screen.getByText("De to frasene er ikke like.")).toBeVisible();
  expect(control.calls, "nothing was made yet").not.toContain("unlock");
  await expectAccessible();
});

test("a refused profile says why, and that nothing is lost", async () => {
  const { screen } = await showWindow({
    start: { kind: "refused", error: { code: "storeNewer", params: {}, traceId: null, at: 0 } },
  });
  await expect.element(screen.getByRole("alert")).toMatchTextContent(/nyere utgave av Brevdue/);
  await expectAccessible();
});

test("a profile that was busy is opened at a second try", async () => {
  const { screen } = await showWindow({
    start: { kind: "refused", error: { code: "profileBusy", params: {}, traceId: null, at: 0 } },
  });
  await screen.getByRole("button", { name: "Prøv igjen" }).click();
  await expect.element(screen.getByRole("heading", { name: "Innboks" })).toBeVisible();
});

test("the language changes at once, to nynorsk and to English", async () => {
  const { screen } = await showWindow({}, "#settings/general");
  await screen.getByRole("radio", { name: "Nynorsk" }).click();
  await expect.element(screen.getByRole("heading", { name: "Innstillingar" })).toBeVisible();
  expect(document.documentElement.lang).toBe("nn");
  await expectAccessible();
  await screen.getByRole("radio", { name: "English" }).click();
  await expect.element(screen.getByRole("heading", { name: "Settings" })).toBeVisible();
  await userEvent.keyboard("{Escape}");
  await expect.element(screen.getByRole("heading", { name: "Inbox" })).toBeVisible();
});

test("dark is one button away and is remembered in the settings", async () => {
  const { screen, host } = await showWindow();
  await screen.getByRole("button", { name: "Bytt til mørkt" }).click();
  await expect.poll(() => document.documentElement.dataset.colorScheme).toBe("dark");
  expect((await host.settings()).scheme).toBe("dark");
});

test("F6 goes round the panes", async () => {
  const { screen } = await showWindow();
  await screen.getByRole("option", { name: /Forhåndsvarsel/ }).click();
  await userEvent.keyboard("{F6}");
  await expect.poll(() => document.activeElement?.closest("#reading-pane") !== null).toBe(true);
  await userEvent.keyboard("{Shift>}{F6}{/Shift}");
  await expect.poll(() => document.activeElement?.getAttribute("role")).toBe("option");
  await userEvent.keyboard("{Shift>}{F6}{/Shift}");
  await expect.poll(() => document.activeElement?.getAttribute("aria-current")).toBe("page");
});

test("folders by number, and the count is read as words", async () => {
  const { screen } = await showWindow();
  await expect.element(screen.getByRole("link", { name: /^Innboks.*14 uleste$/ })).toBeVisible();
  await userEvent.keyboard("{Control>}3{/Control}");
  await expect.element(screen.getByRole("heading", { name: "Må bekreftes" })).toBeVisible();
});

test("another party is another mailbox", async () => {
  const { screen } = await showWindow();
  await userEvent.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
  await screen.getByRole("button", { name: /Fjellbrukt Transport AS/ }).click();
  await expect.element(screen.getByText("Ingen meldinger i innboksen.")).toBeVisible();
  expect(document.querySelector(".folders-new"), "a party that may not send has no button for it").toBeNull();
});

test("a list that fails keeps the rest of the window and can be tried again", async () => {
  const { screen, control, host } = await showWindow();
  await expect.element(screen.getByRole("option", { name: /Forhåndsvarsel/ })).toBeVisible();
  control.failNext("listShape", "internal");
  await host.archive("letter-30", true);
  await expect.element(screen.getByRole("alert")).toMatchTextContent(/Noe gikk galt\./);
  await screen.getByRole("button", { name: "Prøv igjen" }).click();
  await expect.element(screen.getByText("199 meldinger")).toBeVisible();
});

test("one pane at a time when there is little room, with a way back", async () => {
  await page.viewport(400, 800);
  try {
    const { screen } = await showWindow();
    await screen.getByRole("option", { name: /Vedtak om tilskudd/ }).dblClick();
    await expect.element(screen.getByRole("heading", { name: /Vedtak om tilskudd/, level: 1 })).toBeVisible();
    await expectAccessible();
    await screen.getByRole("button", { name: "Tilbake" }).click();
    await screen.getByRole("button", { name: "Mapper" }).click();
    await screen.getByRole("link", { name: /Sendt/ }).click();
    await expect.element(screen.getByRole("heading", { name: "Sendt" })).toBeVisible();
  } finally {
    await page.viewport(1440, 900);
  }
});

test("the panes scroll, the page itself does not", async () => {
  const { screen } = await showWindow({}, "#folder/inbox/letter-1");
  await expect.element(screen.getByRole("heading", { name: /Vedtak om tilskudd/ })).toBeVisible();
  expect(document.documentElement.scrollHeight).toBe(document.documentElement.clientHeight);
});

test("nothing scrolls sideways at 320 × 256", async () => {
  await page.viewport(320, 256);
  try {
    const { screen } = await showWindow({}, "#folder/inbox/letter-1");
    await expect.element(screen.getByRole("heading", { name: /Vedtak om tilskudd/ })).toBeInTheDocument();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
  } finally {
    await page.viewport(1440, 900);
  }
});

test.each([1280, 1000])(
  "the top of the window at %i and text at 200 % lays nothing over another",
  async (width) => {
    await page.viewport(width, 800);
    document.documentElement.style.fontSize = "200%";
    try {
      const { screen } = await showWindow();
      await expect.element(screen.getByRole("combobox", { name: "Søk i meldinger" })).toBeVisible();
      const buttons = [...document.querySelectorAll(".top-bar button, .search-field")];
      const boxes = buttons.map((part) => part.getBoundingClientRect()).filter((box) => box.width > 0);
      expect(boxes.length, "account, search, status and three acts").toBeGreaterThanOrEqual(6);
      for (const [index, one] of boxes.entries()) {
        expect(one.right, "inside the window").toBeLessThanOrEqual(width);
        for (const other of boxes.slice(index + 1)) {
          const isBeside = one.right <= other.left + 1 || other.right <= one.left + 1;
          expect(isBeside || one.bottom <= other.top + 1 || other.bottom <= one.top + 1, "side by side").toBe(
            true,
          );
        }
      }
    } finally {
      document.documentElement.style.fontSize = "";
      await page.viewport(1440, 900);
    }
  },
);
