import { beforeEach, describe, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { addTexts } from "../../i18n/index.ts";
import type { Account } from "../../ipc/bindings.ts";
import { expectAccessible, showWindow } from "../../testing/render.tsx";

const account = (environment: Account["environment"]): Account => ({
  id: environment,
  name: "Lillehammer kommune",
  organisationNumber: "945578564",
  environment,
  canSend: true,
  person: null,
});
const button = (name: string) => page.getByRole("button", { name, exact: true });
const copied = () => vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();

beforeEach(async () => {
  await Promise.all([addTexts("setup"), import("./index.tsx")]);
  vi.restoreAllMocks();
});

async function showDoctor(step: string, environment: Account["environment"] = "test") {
  const shown = await showWindow({ accounts: [account(environment)] }, `#setup/${step}`);
  await expect.element(page.getByRole("heading", { name: "Oppsett", level: 1 })).toBeVisible();
  return shown;
}

/** Has the doctor look, and waits for what it says. */
async function check(control: { settle(): void }) {
  await button("Sjekk alt nå").click();
  await expect.element(page.getByText("Sjekker …").first()).toBeVisible();
  control.settle();
  await expect.element(page.getByText(/^Sist sjekket 20\. november 2026/)).toBeVisible();
}

describe("the beginning", () => {
  test("three cards while no account is kept; practice works at once", async () => {
    await showWindow({}, "#setup");
    await expect.element(page.getByRole("heading", { name: "Hvordan vil du begynne?" })).toHaveFocus();
    expect(page.getByRole("heading", { level: 3 }).elements().length).toBe(3);
    await expectAccessible();
    await button("Åpne øvingspostkassen").click();
    await expect.element(page.getByRole("heading", { name: "Innboks" })).toBeVisible();
  });

  test("the practice mailbox offers the way to it, and so does the menu of accounts", async () => {
    await showWindow();
    await page.getByRole("link", { name: "Koble til virksomheten min" }).click();
    await expect.element(page.getByRole("heading", { name: "Hvordan vil du begynne?" })).toBeVisible();
    await button("Til innboksen").click();
    await userEvent.keyboard("{Control>}{Shift>}a{/Shift}{/Control}");
    await button("Sjekk oppsettet").click();
    await expect.element(page.getByRole("heading", { name: "Grunnlag", level: 2 })).toBeVisible();
  });

  test("the sheet of shortcuts leads to the doctor", async () => {
    await showWindow({}, "#help/keys");
    await button("Sjekk oppsettet").click();
    await expect.element(page.getByRole("heading", { name: "Grunnlag", level: 2 })).toBeVisible();
  });
});

describe("the doctor", () => {
  test("begins where something is to be mended", async () => {
    const { control } = await showDoctor("groundwork");
    await check(control);
    window.location.hash = "#setup";
    await expect
      .element(page.getByRole("heading", { name: "Ressurs og tilgangsregler", level: 2 }))
      .toHaveFocus();
  });

  test("each check spins by itself, then says in words how it stands", async () => {
    const { control } = await showDoctor("scopes");
    await expect.element(page.getByText("Ikke sjekket ennå.")).toBeVisible();
    await button("Sjekk alt nå").click();
    const rows = page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 4 }) });
    await expect.element(rows.nth(0).getByText("Sjekker", { exact: true })).toBeVisible();
    await expect.element(rows.nth(1).getByText("Sjekker", { exact: true })).toBeVisible();
    await button("Sjekker …").click({ force: true });
    control.settle();
    await expect.element(rows.nth(0).getByText("I orden")).toBeVisible();
    await expect.element(rows.nth(1).getByText("Må gjøres").first()).toBeVisible();
    expect(control.calls.filter((call) => call === "startCheckup").length, "one round at a time").toBe(1);
    await expect
      .element(page.getByTestId("polite"))
      .toMatchTextContent("Sjekken er ferdig. 3 steg må gjøres.");
  });

  test("tells what it asked, what came back, what it means and what to do", async () => {
    const { control } = await showDoctor("groundwork");
    await check(control);
    await expect.element(page.getByText("Klokken på maskinen går litt feil: 7 sekunder.")).toBeVisible();
    await page.getByText("Hva som ble spurt, og hva som kom tilbake").click();
    await expect.element(page.getByText("GET https://platform.tt02.altinn.no/")).toBeVisible();
    await expect.element(page.getByText(/svar 200/)).toBeVisible();
    await expectAccessible();
  });

  test("has the mail ready, and shows it before it is copied", async () => {
    const { control } = await showDoctor("scopes");
    await check(control);
    const written = copied();
    await page.getByText("Ferdig e-post til servicedesk@altinn.no").click();
    await expect.element(page.getByText(/Vi ber om at virksomheten 991825827 får scopet/)).toBeVisible();
    await button("Kopier e-posten").click();
    await expect.element(page.getByRole("button", { name: "Kopiert." })).toBeVisible();
    expect(written.mock.calls[0]?.[0]).toContain("altinn:correspondence.write");
    await button("Åpne i e-postprogrammet").click();
    expect(control.opened[0]).toMatch(/^mailto:servicedesk@altinn\.no\?subject=/);
    await expectAccessible();
  });

  test("a link names its host, and opens outside", async () => {
    const { control } = await showDoctor("resource");
    await check(control);
    await button("Åpne altinn.studio").click();
    expect(control.opened).toEqual(["https://altinn.studio/"]);
  });

  test("what only a person knows is ticked off with a name and the day, and can be taken back", async () => {
    const { control } = await showDoctor("serviceOwner");
    await check(control);
    const name = page.getByRole("textbox", { name: "Ditt navn" });
    await button("Marker som gjort").first().click();
    await expect.element(name).toHaveFocus();
    await button("Marker som gjort").first().click();
    await expect.element(page.getByText(/^Skriv navnet ditt/)).toBeVisible();
    await name.fill("Kari Nordmann");
    await userEvent.keyboard("{Enter}");
    await expect
      .element(page.getByText("Gjort. Krysset av av Kari Nordmann 20. november 2026."))
      .toBeVisible();
    await expect.element(button("Fjern krysset")).toHaveFocus();
    await expectAccessible();
    await button("Marker som gjort").click();
    await expect.element(name).toHaveValue("Kari Nordmann");
    await userEvent.keyboard("{Enter}");
    await expect.element(button("Marker som gjort")).not.toBeInTheDocument();
    await button("Fjern krysset").first().click();
    await expect.element(button("Marker som gjort")).toHaveFocus();
  });

  test("the report is shown before it is copied", async () => {
    await showDoctor("groundwork");
    const written = copied();
    await button("Rapport for brukerstøtte").click();
    await expect.element(page.getByRole("dialog").getByRole("textbox")).toMatchTextContent(/Brevdue/);
    await expectAccessible();
    await button("Kopier rapporten").click();
    await expect.poll(() => written.mock.calls.length).toBe(1);
    await userEvent.keyboard("{Escape}");
    await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
    await expect.element(button("Rapport for brukerstøtte")).toHaveFocus();
  });

  test("a step is a request to whoever knows, with what remains, and nobody's name in it", async () => {
    const { control } = await showDoctor("scopes");
    await check(control);
    const written = copied();
    await button("Spør den som vet").click();
    await button("Kopier teksten").click();
    await expect.poll(() => written.mock.calls.length).toBe(1);
    const request = written.mock.calls[0]?.[0] ?? "";
    expect(request).toContain("Lillehammer kommune (org.nr. 945578564) mot Altinn, miljø: Test");
    expect(request).toContain("Altinn har ikke gitt virksomheten scopet altinn:correspondence.write");
    expect(request, "what is in order is not asked for").not.toContain("Abonnementsnøkkel");
  });

  test("steps that do not apply are folded, and say so", async () => {
    await showDoctor("groundwork");
    await page.getByText("Ikke nødvendig (1)").click();
    await page.getByRole("link", { name: /7\. Hendelser Ikke nødvendig/ }).click();
    await expect.element(page.getByText(/^Dette steget trengs ikke/)).toBeVisible();
    await button("Hent listen på nytt").click();
    await expectAccessible();
  });

  test("the chain shows which link broke", async () => {
    const { control } = await showDoctor("signIn");
    await check(control);
    const links = page.getByRole("list", { name: "Kjeden fra nøkkel til melding" }).getByRole("listitem");
    const words = links.elements().map((link) => (link.textContent ?? "").trim());
    expect(words).toEqual([
      "NøkkelI orden",
      "KlientI orden",
      "ScopeMå gjøres",
      "Altinn-tokenHoppet over",
      "MeldingerHoppet over",
    ]);
    await expectAccessible();
  });

  test("F6 goes between the steps and the step", async () => {
    await showDoctor("resource");
    await expect.element(page.getByRole("heading", { level: 2, name: /^Ressurs/ })).toHaveFocus();
    await userEvent.keyboard("{Shift>}{F6}{/Shift}");
    await expect.poll(() => document.activeElement?.getAttribute("aria-current")).toBe("page");
    await userEvent.keyboard("{F6}");
    await expect.poll(() => document.activeElement?.closest("main") !== null).toBe(true);
  });

  test("a failure is told where it was asked for", async () => {
    const { control } = await showDoctor("groundwork");
    control.failNext("checkupReport", "internal");
    await button("Rapport for brukerstøtte").click();
    await expect.element(page.getByRole("alert")).toMatchTextContent(/Noe gikk galt\./);
  });
});

describe("the test letter", () => {
  test("goes at once in test", async () => {
    const { control } = await showDoctor("letters");
    await button("Send prøvemelding").click();
    await expect.poll(() => control.calls.includes("sendTestLetter")).toBe(true);
    control.settle();
    await expect.element(page.getByText(/^Prøvemeldingen er sendt 20\. november/)).toBeVisible();
  });

  test("asks a second time in production, where Esc sends nothing", async () => {
    const { control } = await showDoctor("letters", "production");
    await expect.element(page.getByText("Produksjon", { exact: true })).toBeVisible();
    await button("Send prøvemelding i produksjon").click();
    await expect.element(page.getByRole("dialog")).toMatchTextContent(/virkelig melding i Altinn/);
    await expectAccessible();
    await userEvent.keyboard("{Escape}");
    await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
    expect(control.calls).not.toContain("sendTestLetter");
    await button("Send prøvemelding i produksjon").click();
    await button("Send den virkelige meldingen").click();
    control.settle();
    await expect.element(page.getByText(/^Prøvemeldingen er sendt/)).toBeVisible();
  });
});

describe("with little room", () => {
  test.each([
    [900, 800],
    [700, 800],
    [320, 640],
    [320, 256],
  ])("nothing scrolls sideways at %i × %i", async (width, height) => {
    await page.viewport(width, height);
    try {
      const { control } = await showWindow({ accounts: [account("test")] }, "#setup/scopes");
      await button("Sjekk alt nå").click();
      control.settle();
      await expect.element(page.getByText(/^Altinn har ikke gitt virksomheten scopet/)).toBeInTheDocument();
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
      await expectAccessible();
    } finally {
      await page.viewport(1440, 900);
    }
  });
});
