import { beforeEach, describe, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { addTexts, text } from "../../i18n/index.ts";
import nb from "../../i18n/nb.json?setup";
import { DRIVER, EMPTY_READER, TOKEN } from "../../testing/fake/token.ts";
import { expectAccessible, showWindow } from "../../testing/render.tsx";
import { draftOf, EMPTY, formOf } from "./form.ts";
import { KEY_REASONS, keyFault, needOf, tokenSpot } from "./keyFaults.ts";

const button = (name: string) => page.getByRole("button", { name, exact: true });
const field = (name: string) => page.getByRole("textbox", { name, exact: true });

beforeEach(async () => {
  await Promise.all([addTexts("setup"), import("./index.tsx")]);
  vi.restoreAllMocks();
});

/** Fills the form of a new account, with a key made in it. */
async function fill() {
  await field("Navn").fill("Fjordvik kommune");
  await field("Organisasjonsnummer").fill("310812345");
  await field("Klient-id").fill("0f3c-fjordvik");
  await button("Lag nøkkelen").click();
  await expect.element(page.getByText(/^Ligger i nøkkelringen siden/)).toBeVisible();
}

/** A window with an account of a set-up file. */
async function connected() {
  const shown = await showWindow({}, "#setup");
  await button("Velg oppsettfil").click();
  await expect
    .element(page.getByRole("heading", { name: "Ressurs og tilgangsregler", level: 2 }))
    .toBeVisible();
  return shown;
}

describe("connecting an organisation", () => {
  test("asks what it is for first, and folds the steps that are not needed for it", async () => {
    await showWindow({}, "#setup/new");
    await expect.element(page.getByRole("heading", { name: "Koble til virksomheten min" })).toHaveFocus();
    await expect.element(page.getByText("Ikke nødvendig (2)")).toBeVisible();
    await page.getByRole("checkbox", { name: "Sende meldinger" }).click();
    await expect.element(page.getByText("Ikke nødvendig (1)")).toBeVisible();
    await expect.element(page.getByText("1. Tjenesteeier")).toBeVisible();
    await expectAccessible();
  });

  test("tells a mistake when the field is left, and of an empty field only when asked to connect", async () => {
    await showWindow({}, "#setup/new");
    await field("Navn").click();
    await field("Organisasjonsnummer").fill("12345");
    await field("Klient-id").click();
    await expect.element(page.getByText("Et organisasjonsnummer har ni sifre.")).toBeVisible();
    await expect.element(page.getByText("Fyll ut dette feltet.")).not.toBeInTheDocument();
    await button("Koble til").click();
    await expect.element(page.getByRole("heading", { name: "Rett disse 4 først" })).toHaveFocus();
    await expectAccessible();
    await page.getByRole("link", { name: /^Klient-id: / }).click();
    await expect.element(field("Klient-id")).toHaveFocus();
    await field("Organisasjonsnummer").fill("310812345");
    await expect.element(page.getByText("Et organisasjonsnummer har ni sifre.")).not.toBeInTheDocument();
  });

  test("keeps what was typed when the page is left", async () => {
    await showWindow({}, "#setup/new");
    await field("Navn").fill("Fjordvik kommune");
    await page.getByRole("radio", { name: /^Produksjon/ }).click();
    await button("Til innboksen").click();
    await expect.element(page.getByRole("heading", { name: "Innboks" })).toBeVisible();
    window.location.hash = "#setup/new";
    await expect.element(field("Navn")).toHaveValue("Fjordvik kommune");
    await expect.element(page.getByRole("radio", { name: /^Produksjon/ })).toBeChecked();
  });

  test("says that production is the real Altinn, also in the button", async () => {
    await showWindow({}, "#setup/new");
    await expect.element(page.getByText(/Meldinger går til virkelige mottakere/)).not.toBeInTheDocument();
    await page.getByRole("radio", { name: /^Produksjon/ }).click();
    await expect.element(page.getByText(/Meldinger går til virkelige mottakere/)).toBeVisible();
    await expect.element(button("Koble til i produksjon")).toBeVisible();
    await expect.element(page.getByRole("radio", { name: /^Med testtoken/ })).not.toBeInTheDocument();
  });

  test("a key made here shows its public half to copy; then the account opens at its services", async () => {
    const written = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    const { control } = await showWindow({}, "#setup/new");
    await fill();
    await expectAccessible();
    await button("Kopier den offentlige nøkkelen").click();
    await expect.poll(() => written.mock.calls.length).toBe(1);
    expect(written.mock.calls[0]?.[0]).toContain('"kid":"brevdue-20261120-0943"');
    await button("Åpne sjolvbetjening.test.samarbeid.digdir.no").click();
    expect(control.opened).toEqual(["https://sjolvbetjening.test.samarbeid.digdir.no"]);
    await button("Koble til").click();
    await expect
      .element(page.getByRole("heading", { name: "Ressurs og tilgangsregler", level: 2 }))
      .toHaveFocus();
    await expect.element(page.getByRole("button", { name: /Fjordvik kommune/ })).toBeVisible();
    expect(window.localStorage.getItem("brevdue.setup.form.new"), "the form is done with").toBe("null");
  });

  test("addresses of one's own, one or each, and the keychain that is missing", async () => {
    const { control } = await showWindow({}, "#setup/new");
    await page.getByRole("radio", { name: /^Egne adresser/ }).click();
    await field("Adresse").fill("http://example.com");
    await field("Navn").click();
    await expect.element(page.getByText(/Adressen må begynne med https/)).toBeVisible();
    await page.getByRole("checkbox", { name: "Tjenestene har hver sin adresse" }).click();
    await expect.element(field("Maskinporten")).toBeVisible();
    await expectAccessible();
    control.failNext("makeKey", "keychainMissing");
    await button("Lag nøkkelen").click();
    await expect.element(page.getByRole("alert")).toMatchTextContent("Maskinen har ingen nøkkelring.");
  });

  test("a system user is for those who receive", async () => {
    await showWindow({}, "#setup/new");
    await page.getByRole("checkbox", { name: "Gjennom en systembruker" }).click();
    await expect.element(field("System-id")).toBeVisible();
    await page.getByRole("checkbox", { name: "Motta meldinger" }).click();
    await expect.element(field("System-id")).not.toBeInTheDocument();
  });

  test("a set-up file that cannot be used is told of where it was chosen", async () => {
    const { control } = await showWindow({}, "#setup");
    control.failNext("takeSetupFile", "accountFile");
    await button("Velg oppsettfil").click();
    await expect.element(page.getByRole("alert")).toMatchTextContent("Kontofilen kan ikke brukes.");
    await expectAccessible();
    await button("Velg oppsettfil").click();
    await expect.element(page.getByRole("heading", { name: /^Ressurs/, level: 2 })).toBeVisible();
  });
});

describe("the key of a file", () => {
  test("one with a password asks for it, and is tried again", async () => {
    await showWindow({}, "#setup/new");
    await button("Velg fil").click();
    await expect.element(page.getByText("Nøkkelen er beskyttet med passord. Oppgi det.")).toBeVisible();
    await page.getByLabelText("Passord til nøkkelfilen").fill("feil");
    await userEvent.keyboard("{Enter}");
    await expect.element(page.getByText("Passordet åpner ikke nøkkelen.")).toBeVisible();
    await expectAccessible();
    await page.getByLabelText("Passord til nøkkelfilen").fill("riktig");
    await button("Les inn nøkkelen").click();
    await expect.element(page.getByText("fra-fil", { exact: true })).toBeVisible();
    expect(JSON.stringify(window.localStorage), "no password is remembered").not.toContain("riktig");
  });

  test("one that is dropped is taken; the wrong half is called by its name", async () => {
    const { control } = await showWindow({}, "#setup/new");
    control.drop({ kind: "over", x: 1, y: 1 });
    await expect.element(page.getByText("Slipp for å lese inn nøkkelen")).toBeVisible();
    control.drop({ kind: "dropped", paths: ["/home/kari/klient.pub"], x: 1, y: 1 });
    await expect.element(page.getByText("klient.pub")).toBeVisible();
    await expect.element(page.getByText(/^Dette er den offentlige nøkkelen/)).toBeVisible();
    expect(page.getByText("/home/kari").elements(), "a name is enough").toEqual([]);
    control.drop({ kind: "dropped", paths: ["/home/kari/klient.pem"], x: 1, y: 1 });
    await expect.element(page.getByText("fra-fil", { exact: true })).toBeVisible();
  });

  test("every reason that the engine gives has a sentence of its own, and no other", () => {
    const error = (reason: string) => ({
      code: "keyUnusable" as const,
      params: { reason, detail: "" },
      traceId: null,
      at: 0,
    });
    const said = KEY_REASONS.map((reason) => keyFault(error(reason), text));
    expect(new Set(said).size, "no two reasons share a sentence").toBe(KEY_REASONS.length);
    const written = Object.keys(nb).flatMap((key) => /^doctor\.key\.(\w+)$/.exec(key)?.[1] ?? []);
    expect([...KEY_REASONS].sort()).toEqual(written.sort());
    expect(keyFault(error("somethingNew"), text)).toMatch(/^Nøkkelen kan ikke brukes\./);
    expect(KEY_REASONS.filter((reason) => needOf(error(reason)) === "password")).toEqual([
      "passwordNeeded",
      "wrongPassword",
    ]);
  });

  test("a key that nobody uses can be used, or deleted after a question", async () => {
    const { control } = await showWindow({}, "#setup/new");
    await button("Lag nøkkelen").click();
    await button("Velg en annen nøkkel").click();
    await page.getByText("1 nøkkel på denne maskinen er ikke i bruk").click();
    await button("Bruk denne").click();
    await expect.element(page.getByText(/^Ligger i nøkkelringen/)).toBeVisible();
    await page.getByRole("link", { name: "Kontoer og nøkler" }).click();
    await button("Slett nøkkelen").click();
    await expect.element(page.getByRole("dialog")).toMatchTextContent(/kan ikke hentes tilbake/);
    await userEvent.keyboard("{Escape}");
    expect(control.calls).not.toContain("forgetKey");
    await button("Slett nøkkelen").click();
    await page.getByRole("dialog").getByRole("button", { name: "Slett nøkkelen" }).click();
    await expect.element(page.getByText("Nøkler som ikke er i bruk")).not.toBeInTheDocument();
  });
});

describe("the key of a token", () => {
  const driver = () => field("Driveren til kortet");
  const pin = () => page.getByLabelText("PIN-kode", { exact: true });
  const key = (name: string) => page.getByRole("radio", { name: new RegExp(`^${name}`) });

  /** A window where the tokens of a driver were looked for. */
  async function looked(path: string) {
    const shown = await showWindow({}, "#setup/new");
    await button("Bruk et smartkort").click();
    await expect.element(driver()).toHaveFocus();
    await driver().fill(path);
    await userEvent.keyboard("{Enter}");
    return shown;
  }

  /** A window where the keys of the token are listed. */
  async function listed() {
    const shown = await looked(DRIVER);
    await pin().fill("4711");
    await button("Vis nøklene").click();
    await expect.element(key("maskinporten")).toBeVisible();
    return shown;
  }

  /** Nothing in the page, its fields or its storage has a PIN. */
  function expectForgotten(secret: string) {
    const fields = [...document.querySelectorAll("input")].map((input) => input.value);
    const places = [document.documentElement.outerHTML, window.location.href, ...fields];
    for (const storage of [window.localStorage, window.sessionStorage]) {
      places.push(JSON.stringify({ ...storage }));
    }
    expect(
      places.filter((place) => place.includes(secret)),
      "the PIN is in no place",
    ).toEqual([]);
  }

  test("is found by driver, token and PIN; its public half is shown, and the PIN is gone", async () => {
    const { host } = await showWindow({}, "#setup/new");
    await button("Bruk et smartkort").click();
    await button("Velg driverfil").click();
    await expect.element(driver()).toHaveValue(DRIVER);
    await expect.element(page.getByRole("radio", { name: TOKEN })).toBeChecked();
    await button("Vis nøklene").click();
    await expect.element(page.getByText("Oppgi PIN-koden.")).toBeVisible();
    await expect.element(pin()).toHaveFocus();
    await pin().fill("4711");
    await userEvent.keyboard("{Enter}");
    await expect.element(page.getByTestId("polite")).toMatchTextContent("Kortet har 2 nøkler");
    expect(document.documentElement.outerHTML, "what the field holds is not in the document").not.toContain(
      "4711",
    );
    await expect.element(button("Bruk nøkkelen")).not.toBeInTheDocument();
    await key("maskinporten").click();
    await expect.element(page.getByText("RSA, 2048 bit, id 01")).toBeVisible();
    await field("Nøkkel-id").nth(1).fill("fjordvik-hsm");
    await button("Bruk nøkkelen").click();
    await expect
      .element(page.getByText(/^Blir på Fjordvik HSM\. PIN-koden ligger i nøkkelringen/))
      .toBeVisible();
    await expect
      .element(page.getByRole("region", { name: "Offentlig nøkkel (JWK)" }))
      .toMatchTextContent(/"kid":"fjordvik-hsm"/);
    expectForgotten("4711");
    expect((await host.keys())[0]?.token).toEqual({
      driver: DRIVER,
      token: TOKEN,
      label: "maskinporten",
      id: "01",
    });
  });

  test("a wrong PIN is told of and forgotten at once; three lock the token, and no click counts twice", async () => {
    const { control } = await looked(DRIVER);
    for (const attempt of [1, 2, 3]) {
      await pin().fill("999999");
      const list = button("Vis nøklene").element();
      if (list instanceof HTMLElement) {
        list.click();
        list.click();
      }
      await expect.element(page.getByText(/^PIN-koden er feil\./)).toBeVisible();
      await expect.element(page.getByText(/^Kode keyUnusable \(pinWrong\), /)).toBeVisible();
      await expect.element(pin()).toHaveValue("");
      await expect.element(pin()).toHaveFocus();
      expect(control.calls.filter((call) => call === "tokenKeys").length).toBe(attempt);
    }
    await pin().fill("4711");
    await userEvent.keyboard("{Enter}");
    await expect.element(page.getByText(/^Kortet er låst etter for mange feil PIN-koder\./)).toBeVisible();
    expectForgotten("999999");
    expectForgotten("4711");
  });

  test("no card, no driver and a file that is none are each told of at the driver", async () => {
    await looked(EMPTY_READER);
    await expect.element(page.getByText(/^Driveren finner ingen kort eller moduler\./)).toBeVisible();
    await expect.element(pin()).not.toBeInTheDocument();
    await driver().fill("/usr/lib/kort.txt");
    await expect.element(page.getByText(/^Driveren finner ingen/)).not.toBeInTheDocument();
    await button("Finn kort").click();
    await expect.element(page.getByText(/^Dette er ingen PKCS#11-driver\./)).toBeVisible();
    await expect.element(driver()).toHaveFocus();
    await driver().fill("/home/kari/kort.so");
    await userEvent.keyboard("{Enter}");
    await expect.element(page.getByText(/^Det er ingen fil her\./)).toBeVisible();
  });

  test("a key that cannot sign is told of at the keys; another one is taken by the PIN given anew", async () => {
    await listed();
    await key("dekryptering").click();
    await button("Bruk nøkkelen").click();
    await expect.element(page.getByText(/^Nøkkelen på kortet kan ikke signere med RS256\./)).toBeVisible();
    expectForgotten("4711");
    await key("maskinporten").click();
    await expect.element(page.getByText(/^Nøkkelen på kortet kan ikke/)).not.toBeInTheDocument();
    await button("Bruk nøkkelen").click();
    await expect.element(page.getByText("Oppgi PIN-koden.")).toBeVisible();
    await pin().fill("4711");
    await userEvent.keyboard("{Enter}");
    await expect.element(page.getByText(/^Blir på Fjordvik HSM/)).toBeVisible();
  });

  test("an id that cannot be one is told of at its field, and the keychain's own fault as everywhere", async () => {
    const { control } = await listed();
    await key("maskinporten").click();
    await field("Nøkkel-id").nth(1).fill("to ord");
    await button("Bruk nøkkelen").click();
    await expect.element(page.getByText(/^Kode keyUnusable \(badKeyId\), /)).toBeVisible();
    await expect.element(field("Nøkkel-id").nth(1)).toHaveFocus();
    await pin().fill("4711");
    control.failNext("takeTokenKey", "keychainLocked");
    await userEvent.keyboard("{Enter}");
    await expect
      .element(page.getByRole("heading", { name: text("error.keychainLocked.title") }))
      .toBeVisible();
    expectForgotten("4711");
  });

  test("is nothing to stumble over, from the keys that a token has to what was wrong", async () => {
    await listed();
    await key("dekryptering").click();
    await expectAccessible();
    await button("Bruk nøkkelen").click();
    await expect.element(page.getByText(/^Kode keyUnusable \(tokenKeyNotForSigning\), /)).toBeVisible();
    await expectAccessible();
  });

  test("is left by a button that gives the keyboard back, and nothing of it stays", async () => {
    const { host } = await listed();
    await button("Avbryt").click();
    await expect.element(button("Bruk et smartkort")).toHaveFocus();
    expectForgotten("4711");
    await button("Bruk et smartkort").click();
    await expect.element(driver()).toHaveValue("");
    expect(await host.keys()).toEqual([]);
  });

  test("that nobody uses says where it stays, and is forgotten, not deleted", async () => {
    await listed();
    await key("maskinporten").click();
    await button("Bruk nøkkelen").click();
    await page.getByRole("link", { name: "Kontoer og nøkler" }).click();
    await expect.element(page.getByText(/, blir på Fjordvik HSM$/)).toBeVisible();
    await button("Slett nøkkelen").click();
    await expect.element(page.getByRole("dialog")).toMatchTextContent(/Nøkkelen blir på Fjordvik HSM\./);
  });

  test("every fault of a token has its place, and none is shown at a place that is not there", () => {
    const spot = (reason: string) =>
      tokenSpot({ code: "keyUnusable", params: { reason }, traceId: null, at: 0 });
    const placed = KEY_REASONS.filter((reason) => /^(token|pin)/.test(reason)).map((reason) => [
      reason,
      spot(reason),
    ]);
    expect(Object.fromEntries(placed)).toEqual({
      pinLocked: "pin",
      pinUnset: "pin",
      pinWrong: "pin",
      token: "act",
      tokenAmbiguous: "token",
      tokenDriver: "driver",
      tokenDriverMissing: "driver",
      tokenFailed: "act",
      tokenKeyAmbiguous: "key",
      tokenKeyMissing: "act",
      tokenKeyNotForSigning: "key",
      tokenMissing: "token",
    });
  });

  test.each([
    [1280, 800, 100],
    [700, 800, 200],
    [320, 256, 100],
  ])("does not scroll sideways at %i × %i, text %i", async (width, height, size) => {
    await page.viewport(width, height);
    document.documentElement.style.fontSize = `${size}%`;
    try {
      await listed();
      await key("maskinporten").click();
      await expect.element(button("Bruk nøkkelen")).toBeInTheDocument();
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
      const way = document.querySelector(".setup-token");
      expect(way?.scrollWidth).toBeLessThanOrEqual(way?.clientWidth ?? 0);
    } finally {
      document.documentElement.style.fontSize = "";
      await page.viewport(1440, 900);
    }
  });
});

describe("accounts", () => {
  test("are listed with environment, key and services; one is removed after a question", async () => {
    const { control } = await connected();
    await page.getByRole("link", { name: "Kontoer og nøkler" }).click();
    await expect.element(page.getByText("Klient 0f3c-fjordvik, nøkkel fjordvik-2026")).toBeVisible();
    await expect.element(page.getByText("Mottar på 1 tjeneste, sender på 1 tjeneste")).toBeVisible();
    await expectAccessible();
    await button("Fjern kontoen").click();
    await userEvent.keyboard("{Escape}");
    expect(control.calls).not.toContain("removeAccount");
    await button("Fjern kontoen").click();
    await page.getByRole("dialog").getByRole("button", { name: "Fjern kontoen" }).click();
    await expect.element(page.getByText(/^Ingen virksomhet er koblet til/)).toBeVisible();
  });

  test("change their name but not who they are", async () => {
    await connected();
    await page.getByRole("link", { name: "Kontoer og nøkler" }).click();
    await button("Endre").click();
    await expect.element(page.getByRole("heading", { name: "Endre Fjordvik kommune" })).toHaveFocus();
    await expect.element(page.getByRole("radio", { name: /^Produksjon/ })).toBeDisabled();
    await field("Navn").fill("Fjordvik kommune, arkivet");
    await button("Lagre endringene").click();
    await expect.element(page.getByRole("heading", { name: "Fjordvik kommune, arkivet" })).toBeVisible();
  });

  test("change their key once the new one works; until then the old one stays", async () => {
    const { control } = await connected();
    await page.getByRole("link", { name: "Kontoer og nøkler" }).click();
    await button("Bytt nøkkel").click();
    await button("Lag nøkkelen").click();
    control.failNext("rotateKey", "signInRefused");
    await button("Prøv den nye og bytt").click();
    await expect.element(page.getByRole("alert")).toBeVisible();
    await expect.element(page.getByText(/nøkkel fjordvik-2026/)).toBeVisible();
    await expectAccessible();
    await button("Prøv den nye og bytt").click();
    await expect.element(page.getByText(/nøkkel brevdue-20261120-0943/)).toBeVisible();
    await expect.element(page.getByText("0 dager")).toBeVisible();
  });

  test("an old key is warned of", async () => {
    const { host } = await connected();
    const [entry] = await host.accountEntries();
    if (entry?.draft.signIn.kind !== "maskinporten") {
      throw new Error("the set-up file has a client");
    }
    const keyPostedAt = host.now() - 340 * 86_400_000;
    await host.changeAccount(entry.id, { ...entry.draft, signIn: { ...entry.draft.signIn, keyPostedAt } });
    await page.getByRole("link", { name: "Kontoer og nøkler" }).click();
    await expect.element(page.getByText(/^Nøkkelen er 340 dager gammel/)).toBeVisible();
  });

  test("come out of the form as they went in", async () => {
    const { host } = await connected();
    const [entry] = await host.accountEntries();
    if (!entry) {
      throw new Error("an account is kept");
    }
    expect(draftOf(formOf(entry), entry.draft)).toEqual(entry.draft);
    const { signIn } = draftOf(
      { ...EMPTY, hasSystemUser: true, organisationNumber: "310812345", systemId: "1_system" },
      entry.draft,
    );
    expect(signIn.kind === "maskinporten" && signIn.systemUser).toEqual({
      organisation: "310812345",
      reference: null,
    });
  });
});

describe("services", () => {
  test("are found by title, and kept when they are chosen", async () => {
    const { host, control } = await connected();
    await expect.element(page.getByText("5 treff, viser 5")).toBeVisible();
    await expectAccessible();
    await page.getByLabelText("Søk etter tittel eller eier").fill("tilskudd");
    await expect.element(page.getByText("1 treff, viser 1")).toBeVisible();
    await expect.element(page.getByRole("checkbox", { name: "Send på Tilskudd" })).toBeDisabled();
    await page.getByRole("checkbox", { name: "Motta på Tilskudd" }).click();
    const asked = () => control.calls.filter((call) => call === "checkup").length;
    const before = asked();
    await button("Lagre valget av tjenester").click();
    await expect
      .poll(async () => (await host.accountEntries())[0]?.draft.readResources)
      .toEqual(["post-til-kommunen", "tilskudd"]);
    await expect.poll(asked, { message: "the steps follow what the account is for" }).toBeGreaterThan(before);
  });
});

describe("a system user", () => {
  test("is asked for, and its link is there to be sent", async () => {
    const { host, control } = await connected();
    const [entry] = await host.accountEntries();
    if (entry?.draft.signIn.kind !== "maskinporten") {
      throw new Error("the set-up file has a client");
    }
    await host.changeAccount(entry.id, {
      ...entry.draft,
      signIn: {
        ...entry.draft.signIn,
        systemUser: { organisation: "310812345", reference: null },
        systemId: "310812345_brevdue",
      },
    });
    await page.getByRole("link", { name: /^5\. Innlogging/ }).click();
    await button("Be om systembruker").click();
    await expect.element(page.getByText("Venter på at kunden godkjenner.")).toBeVisible();
    await expectAccessible();
    await button("Åpne am.ui.tt02.altinn.no").click();
    expect(control.opened[0]).toContain("systemuser");
  });
});

describe("the network", () => {
  test("a proxy that cannot be one is told of at its field; a good one is kept, its password never shown", async () => {
    const { host } = await showWindow({}, "#settings/network");
    await field("Adressen til proxyen").fill("proxy");
    await button("Bruk proxyen").click();
    await expect.element(page.getByText(/^Dette er ingen proxyadresse\./)).toBeVisible();
    await field("Adressen til proxyen").fill("http://proxy.fjordvik.no:8080");
    await field("Bruker, hvis proxyen krever det").fill("kari");
    await page.getByLabelText("Passord").fill("hemmelig");
    await button("Bruk proxyen").click();
    await expect.element(page.getByText(/^Et passord er lagret/)).toBeVisible();
    await expect.element(page.getByLabelText("Passord")).toHaveValue("");
    expect((await host.network()).proxyUser).toBe("kari");
    await expectAccessible();
    await button("Bruk systemets innstillinger").click();
    await expect.poll(async () => (await host.network()).proxy).toBeNull();
  });

  test("issuers and the gateway's key come and go", async () => {
    const { host } = await showWindow({}, "#settings/network");
    await button("Legg til et sertifikat").click();
    await expect.element(page.getByText(/Fjordvik Root CA/)).toBeVisible();
    await page.getByLabelText("Nøkkelen").fill("0123456789abcdef");
    await button("Lagre nøkkelen").click();
    await expect.element(page.getByText(/^En nøkkel er lagret/)).toBeVisible();
    await expectAccessible();
    await button("Fjern nøkkelen").click();
    await button("Fjern CN=Fjordvik Root CA, O=Fjordvik kommune").click();
    await expect.poll(async () => (await host.network()).certificates.length).toBe(0);
  });
});

describe("subscriptions", () => {
  test("are made for a receiving service, and ended after a question", async () => {
    const { control } = await connected();
    await page.getByText("Ikke nødvendig (1)").click();
    await page.getByRole("link", { name: /^7\. Hendelser/ }).click();
    await page.getByText("Nytt abonnement for et mottak dere har").click();
    await field("Sendes til").fill("http://mottak.fjordvik.no/x");
    await button("Start abonnementet").click();
    await expect.element(page.getByText(/^Adressen for hendelser må begynne med https/)).toBeVisible();
    await field("Sendes til").fill("https://mottak.fjordvik.no/hemmelig");
    await button("Start abonnementet").click();
    await expect.element(page.getByText("https://mottak.fjordvik.no/…")).toBeVisible();
    await expect.element(page.getByText("Adressen har ikke svart ennå")).toBeVisible();
    await expectAccessible();
    await button("Avslutt abonnementet").click();
    await userEvent.keyboard("{Escape}");
    expect(control.calls).not.toContain("unsubscribe");
    await button("Avslutt abonnementet").click();
    await page.getByRole("dialog").getByRole("button", { name: "Avslutt abonnementet" }).click();
    await expect.element(page.getByText(/^Ingen abonnementer/)).toBeVisible();
  });
});

describe("with little room and large text", () => {
  test.each([
    [900, 800, 100],
    [700, 800, 200],
    [320, 256, 100],
  ])("the form does not scroll sideways at %i × %i, text %i", async (width, height, size) => {
    await page.viewport(width, height);
    document.documentElement.style.fontSize = `${size}%`;
    try {
      await showWindow({}, "#setup/new");
      await expect.element(field("Klient-id")).toBeInTheDocument();
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width);
      expect(document.querySelector(".setup-pane")?.scrollWidth).toBeLessThanOrEqual(width);
    } finally {
      document.documentElement.style.fontSize = "";
      await page.viewport(1440, 900);
    }
  });
});
