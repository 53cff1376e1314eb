import { beforeEach, describe, expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { addTexts } from "../../i18n/index.ts";
import { expectAccessible, showWindow } from "../../testing/render.tsx";
import { draftOf, EMPTY, formOf } from "../setup/form.ts";

const button = (name: string) => page.getByRole("button", { name, exact: true });
const field = (name: string) => page.getByRole("textbox", { name, exact: true });
const bar = page.getByRole("region", { name: "Innlogging", exact: true });

beforeEach(async () => {
  await Promise.all([addTexts("setup"), import("../setup/index.tsx"), import("./PersonBar.tsx")]);
});

/** A window with an account that a person signs in to. */
async function connected(address?: string) {
  const shown = await showWindow({}, address);
  const form = { name: "Berget Bygg AS", organisationNumber: "371049746", clientId: "0f6f-berget" };
  const services = { readResources: [], writeResources: [] };
  await shown.host.addAccount(draftOf({ ...EMPTY, ...form, way: "person" }, services));
  await expect.element(bar).toBeVisible();
  return shown;
}

describe("the form of a person's account", () => {
  test("asks for a client and no key, and shows what to register", async () => {
    await showWindow({}, "#setup/new");
    await page.getByRole("radio", { name: /^Som person/ }).click();
    await expect.element(page.getByText("http://127.0.0.1:0/innlogget")).toBeVisible();
    await expect.element(button("Lag nøkkelen")).not.toBeInTheDocument();
    await expectAccessible();
    await page.getByRole("radio", { name: /^Egne adresser/ }).click();
    await expect.element(field("ID-porten")).not.toBeInTheDocument();
    await page.getByRole("checkbox", { name: "Tjenestene har hver sin adresse" }).click();
    await expect.element(field("ID-porten")).toBeVisible();
    await page.getByRole("radio", { name: /^Produksjon/ }).click();
    await expect.element(page.getByRole("radio", { name: /^Som person/ })).toBeChecked();
  });

  test("keeps the account, which then asks for its person", async () => {
    const { host } = await showWindow({}, "#setup/new");
    await field("Navn").fill("Berget Bygg AS");
    await field("Organisasjonsnummer").fill("371049746");
    await page.getByRole("radio", { name: /^Som person/ }).click();
    await field("Klient-id").fill("0f6f-berget");
    await button("Koble til").click();
    await expect.element(bar).toBeVisible();
    const [entry] = await host.accountEntries();
    expect(entry?.draft.signIn).toEqual({ kind: "person", clientId: "0f6f-berget", issuer: null });
  });

  test("is not for those who send", async () => {
    await showWindow({}, "#setup/new");
    await page.getByRole("radio", { name: /^Som person/ }).click();
    await page.getByRole("checkbox", { name: "Sende meldinger" }).click();
    await expect.element(page.getByRole("radio", { name: /^Som person/ })).toBeDisabled();
    await expect.element(page.getByRole("radio", { name: /^Med en klient/ })).toBeChecked();
    await expect.element(button("Lag nøkkelen")).toBeVisible();
  });

  test("what is kept is the form again", () => {
    const form = { ...EMPTY, way: "person" as const, environment: "custom" as const, clientId: "c" };
    const services = { readResources: ["r"], writeResources: [] };
    for (const [isEach, issuer] of [
      [false, ""],
      [true, "http://127.0.0.1:1/idporten"],
    ] as const) {
      const draft = draftOf({ ...form, isEach, issuer }, services);
      expect(draft.signIn).toEqual({ kind: "person", clientId: "c", issuer: isEach ? issuer : null });
      expect(draftOf(formOf({ id: "x", draft }), services)).toEqual(draft);
    }
  });
});

describe("signing in", () => {
  test("opens the browser, tells where, and goes on by itself", async () => {
    const { control } = await connected();
    await expect.element(bar).toMatchTextContent("Logg inn for å hente meldinger til Berget Bygg AS.");
    await expect.element(page.getByRole("button", { name: /Ikke logget inn/ })).toBeVisible();
    await expectAccessible();
    await button("Logg inn med ID-porten").click();
    await expect.element(bar).toMatchTextContent("hos login.test.idporten.no");
    await expect.element(button("Åpne siden på nytt")).toHaveFocus();
    await expectAccessible();
    await userEvent.keyboard("{Enter}");
    await expect.poll(() => control.calls.filter((call) => call === "startSignIn").length).toBe(2);
    control.browser.comeBack();
    await expect.element(bar).not.toBeInTheDocument();
  });

  test("ends among the accounts", async () => {
    const { control } = await connected("#setup/accounts");
    await button("Logg inn med ID-porten").click();
    control.browser.comeBack();
    await expect.element(page.getByText("Som person, med ID-porten")).toBeVisible();
    await expectAccessible();
    await button("Logg ut").click();
    await expect.element(bar).toMatchTextContent("Logg inn for å hente meldinger");
  });

  test("can be given up here, and says why it came to nothing", async () => {
    const { control } = await connected();
    await button("Logg inn med ID-porten").click();
    await button("Avbryt").click();
    await expect.element(button("Logg inn med ID-porten")).toBeVisible();
    await expect.element(page.getByRole("alert")).not.toBeInTheDocument();
    await button("Logg inn med ID-porten").click();
    control.browser.comeBack("signInGivenUp");
    await expect.element(page.getByRole("alert")).toMatchTextContent("avbrutt i nettleseren");
    await expect.element(page.getByRole("alert")).toMatchTextContent("signInGivenUp");
    await expectAccessible();
    control.failNext("startSignIn", "noBrowser");
    await button("Logg inn med ID-porten").click();
    await expect.element(page.getByRole("alert")).toMatchTextContent("Nettleseren lot seg ikke åpne.");
  });

  test("is asked for again when the session is over, and letters stay", async () => {
    const { control } = await connected();
    await button("Logg inn med ID-porten").click();
    control.browser.comeBack();
    await expect.element(bar).not.toBeInTheDocument();
    control.browser.endSessions();
    await expect.element(bar).toMatchTextContent("Økten er over. Logg inn på nytt");
    await expect.element(page.getByRole("heading", { name: "Innboks" })).toBeVisible();
    await expectAccessible();
  });
});
