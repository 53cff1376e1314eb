import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { expectAccessible, showWindow } from "../../testing/render.tsx";

const READ = "#folder/inbox/letter-1";

test("a closed letter opens by its button, and its text is elements", async () => {
  const { screen, control } = await showWindow({}, "#folder/inbox/letter-0");
  await expect.element(screen.getByText("Meldingen er ikke åpnet")).toBeVisible();
  await expectAccessible();
  await screen.getByRole("button", { name: "Åpne", exact: true }).click();
  await expect.element(screen.getByRole("heading", { name: "Dette må være klart", level: 3 })).toBeVisible();
  control.settle();
  await expect.element(screen.getByText("Åpnet", { exact: true }).first()).toBeVisible();
});

test("a sealed letter hides sender and title until a person breaks the seal", async () => {
  const { screen } = await showWindow({}, "#folder/confidential/letter-9");
  await expect.element(screen.getByRole("heading", { name: "Taushetsbelagt melding" })).toBeVisible();
  expect(document.body.textContent).not.toContain("barnevernsloven");
  await expectAccessible();
  await screen.getByRole("button", { name: "Åpne", exact: true }).click();
  await expect.element(screen.getByRole("heading", { name: /barnevernsloven/ })).toBeVisible();
});

test("a confirmation asks once, says who is told, and does not flip back by itself", async () => {
  const { screen, control } = await showWindow({}, READ);
  await screen.getByRole("button", { name: "Bekreft meldingen" }).click();
  const dialog = screen.getByRole("dialog");
  await expect
    .element(dialog)
    .toMatchTextContent(/Statsforvalteren i Innlandet får beskjed\. Dette kan ikke angres\./);
  await expect.element(screen.getByRole("button", { name: "Avbryt" })).toHaveFocus();
  await expectAccessible();
  await screen.getByRole("button", { name: "Bekreft", exact: true }).click();
  await expect.element(screen.getByText("Bekrefter …")).toBeVisible();
  control.settle();
  await expect.element(screen.getByText(/^Bekreftet 20\. november 2026/)).toBeVisible();
  expect(control.calls.filter((name) => name === "confirm")).toHaveLength(1);
});

test("Esc in the question confirms nothing", async () => {
  const { screen, control } = await showWindow({}, READ);
  await screen.getByRole("button", { name: "Bekreft meldingen" }).click();
  await userEvent.keyboard("{Escape}");
  await expect.element(screen.getByRole("button", { name: "Bekreft meldingen" })).toHaveFocus();
  expect(control.calls).not.toContain("confirm");
});

test("deleting before confirming is refused in words", async () => {
  const { screen, control } = await showWindow({}, READ);
  await screen.getByRole("button", { name: "Flere valg" }).click();
  await screen.getByRole("menuitem", { name: "Slett" }).click();
  await expect.element(screen.getByText("Meldingen må bekreftes før den kan slettes.")).toBeVisible();
  expect(control.calls).not.toContain("purge");
});

test("a link shows where it leads before anything opens", async () => {
  const { screen, control } = await showWindow({}, READ);
  await screen.getByRole("link", { name: "sidene om tilskudd" }).click();
  await expect.element(screen.getByText("https://www.statsforvalteren.no/innlandet/tilskudd")).toBeVisible();
  expect(control.opened).toEqual([]);
  await screen.getByRole("button", { name: "Åpne i nettleseren" }).click();
  await expect.poll(() => control.opened).toEqual(["https://www.statsforvalteren.no/innlandet/tilskudd"]);
});

test("a file is fetched, then saved, and says where", async () => {
  const { screen, control } = await showWindow({}, READ);
  await expect.element(screen.getByText("Avsenderen ser at vedlegg er lastet ned.")).toBeVisible();
  await screen.getByRole("button", { name: "Hent Vedtaksbrev tilskudd 2027.pdf" }).click();
  await expect.element(screen.getByText(/Henter …/)).toBeVisible();
  control.settle();
  await screen.getByRole("button", { name: "Lagre Vedtaksbrev tilskudd 2027.pdf" }).click();
  await expect
    .element(screen.getByText("Lagret i /home/kari/Dokumenter/Vedtaksbrev tilskudd 2027.pdf").first())
    .toBeVisible();
});

test("a file that could not be saved says so where the person acted", async () => {
  const { screen, control } = await showWindow({}, READ);
  control.failNext("saveAllAttachments", "diskFull");
  await screen.getByRole("button", { name: "Lagre alle" }).click();
  await expect.element(screen.getByRole("alert")).toMatchTextContent(/Disken er full\./);
  await expectAccessible();
});

test("without network the read mark waits, and says so", async () => {
  const { screen } = await showWindow(
    { connection: { kind: "offline", since: 1_795_000_000_000, waiting: 3 } },
    "#folder/inbox/letter-0",
  );
  await screen.getByRole("button", { name: "Åpne", exact: true }).click();
  await expect.element(screen.getByText("Avsenderen får beskjed når du er på nett igjen.")).toBeVisible();
});

test("open when I select opens without asking", async () => {
  const { control, screen } = await showWindow(
    { settings: { openOnSelect: true } },
    "#folder/inbox/letter-0",
  );
  await expect.element(screen.getByText("Dette må være klart")).toBeVisible();
  expect(control.calls).toContain("openMessage");
});

test("a sent letter that is not yet available can be taken back", async () => {
  const { screen, control } = await showWindow({}, "#folder/scheduled/sent.sent-4");
  await screen.getByRole("button", { name: "Angre sendingen" }).click();
  await screen.getByRole("button", { name: "Trekk tilbake" }).click();
  await expect.poll(() => control.calls).toContain("undoSend");
});
