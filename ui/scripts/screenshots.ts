// Pictures of the window over the practice world in memory: `npm run screenshots -- FOLDER`.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { chromium } from "@playwright/test";
import react from "@vitejs/plugin-react";
import { build, preview } from "vite";
import { texts } from "./texts.ts";

interface Shot {
  name: string;
  /** Query of the page, then the place. */
  address: string;
  width?: number;
  height?: number;
  /** What to do before the picture. */
  steps?: (page: import("@playwright/test").Page) => Promise<void>;
}

const reading = "#folder/inbox/letter-1";
const both = (name: string, address: string, rest: Partial<Shot> = {}): Shot[] =>
  ["light", "dark"].map((scheme) => ({
    name: `${name}-${scheme}`,
    address: address.replace("?", `?scheme=${scheme}&`),
    ...rest,
  }));

/** Three files let go over the window: one of a type that cannot be sent, one with a name to mend, one to read. */
async function dropFiles(page: import("@playwright/test").Page): Promise<void> {
  await page.evaluate(() => {
    const { control } = window as unknown as { control: { drop(drop: object): void } };
    const paths = ["/a/Befaring.heic", "/a/Notat: utkast?.pdf", "/a/Kart.png"];
    control.drop({ kind: "dropped", paths, x: 1, y: 1 });
  });
}

/** Has the doctor look. */
async function check(page: import("@playwright/test").Page): Promise<void> {
  await page.locator(".setup-head .ds-button").nth(1).click();
  await page.locator(".setup-steps [data-state='error']").first().waitFor({ state: "attached" });
}

/** Has a key made in the form of an account. */
async function makeKey(page: import("@playwright/test").Page): Promise<void> {
  await page.getByRole("button", { name: "Lag nøkkelen" }).click();
  await page.getByRole("button", { name: "Kopier den offentlige nøkkelen" }).waitFor();
}

/** Has the keys of a smart card listed, by the texts of a language, and one of them refused. */
const useCard =
  ([open, pick, pin, list, use]: [string, string, string, string, string]) =>
  async (page: import("@playwright/test").Page): Promise<void> => {
    await page.getByRole("button", { name: open }).click();
    await page.getByRole("button", { name: pick }).click();
    await page.getByLabel(pin, { exact: true }).fill("4711");
    await page.getByRole("button", { name: list }).click();
    await page.getByRole("radio", { name: /^dekryptering/ }).click();
    await page.getByRole("button", { name: use }).click();
    await page.locator(".setup-token [role='alert'] span").first().waitFor();
    await page.locator(".setup-token").scrollIntoViewIfNeeded();
  };
const useCardNb = useCard([
  "Bruk et smartkort",
  "Velg driverfil",
  "PIN-kode",
  "Vis nøklene",
  "Bruk nøkkelen",
]);
const useCardEn = useCard(["Use a smart card", "Choose the driver", "PIN", "Show the keys", "Use the key"]);

/** Takes the accounts of a set-up file. */
async function connect(page: import("@playwright/test").Page): Promise<void> {
  await page.getByRole("button", { name: "Velg oppsettfil" }).click();
  await page.getByRole("link", { name: "Kontoer og nøkler" }).click();
  await page.getByRole("button", { name: "Bytt nøkkel" }).waitFor();
}

const SHOTS: Shot[] = [
  ...both("inbox", `?env=production${reading}`),
  ...both("practice", `?${reading}`),
  { name: "inbox-en", address: `?env=production&lang=en${reading}` },
  { name: "inbox-nn", address: `?env=production&lang=nn${reading}` },
  { name: "test", address: `?env=test${reading}` },
  ...both("closed", "?env=production#folder/inbox/letter-0"),
  { name: "sealed", address: "?env=production#folder/confidential/letter-9" },
  ...both("reading-foot", `?env=production${reading}`, {
    steps: (page) => page.locator(".timeline").scrollIntoViewIfNeeded(),
  }),
  {
    name: "confirm",
    address: `?env=production${reading}`,
    steps: (page) => page.getByRole("button", { name: "Bekreft meldingen" }).click(),
  },
  {
    name: "link",
    address: `?env=production${reading}`,
    steps: (page) => page.getByRole("link", { name: "sidene om tilskudd" }).click(),
  },
  { name: "nothing", address: "?env=production#folder/inbox" },
  ...both("search", "?env=production#search?q=tilskudd"),
  { name: "search-none", address: "?env=production#search?q=frm%3Axyz&in=inbox" },
  {
    name: "search-popup",
    address: "?env=production#folder/inbox",
    steps: (page) => page.getByRole("combobox", { name: "Søk i meldinger" }).pressSequentially("f"),
  },
  { name: "empty", address: "?env=production&empty#folder/inbox" },
  { name: "offline", address: `?net=offline${reading}` },
  {
    name: "status",
    address: `?${reading}`,
    steps: (page) => page.locator("#status-line").click(),
  },
  { name: "accounts", address: `?${reading}`, steps: (page) => page.locator(".account-button").click() },
  {
    name: "menu",
    address: `?env=production${reading}`,
    steps: (page) => page.locator("[data-row='2']").click({ button: "right" }),
  },
  {
    name: "archived",
    address: `?env=production${reading}`,
    steps: (page) => page.getByRole("button", { name: "Arkiver" }).click(),
  },
  ...both("settings", "?env=production#settings/appearance"),
  ...both("setup-start", "?#setup"),
  ...both("setup-step", "?env=test#setup/scopes", { steps: check }),
  ...both("setup-sign-in", "?env=production#setup/signIn", { steps: check }),
  { name: "setup-letters", address: "?env=production#setup/letters", steps: check },
  { name: "setup-en", address: "?env=test&lang=en#setup/resource", steps: check },
  { name: "setup-nn", address: "?env=test&lang=nn#setup/serviceOwner" },
  ...both("setup-new", "?#setup/new"),
  { name: "setup-new-key", address: "?#setup/new", height: 1500, steps: makeKey },
  ...both("setup-card", "?#setup/new", { width: 1280, height: 2000, steps: useCardNb }),
  { name: "setup-card-en", address: "?lang=en#setup/new", width: 1280, height: 2000, steps: useCardEn },
  { name: "setup-card-narrow", address: "?#setup/new", width: 700, height: 2000, steps: useCardNb },
  { name: "setup-card-phone", address: "?lang=en#setup/new", width: 320, height: 2600, steps: useCardEn },
  {
    name: "setup-card-large",
    address: "?#setup/new",
    width: 1280,
    height: 2600,
    steps: async (page) => {
      await page.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"));
      await useCardNb(page);
    },
  },
  {
    name: "setup-new-faults",
    address: "?#setup/new",
    height: 1500,
    steps: (page) => page.getByRole("button", { name: "Koble til", exact: true }).click(),
  },
  {
    name: "setup-new-production-en",
    address: "?lang=en#setup/new",
    height: 1300,
    steps: (page) => page.getByRole("radio", { name: /^Production/ }).click(),
  },
  ...both("setup-accounts", "?#setup/accounts", { steps: connect }),
  {
    name: "setup-services",
    address: "?#setup/accounts",
    height: 1200,
    steps: async (page) => {
      await connect(page);
      await page.getByRole("link", { name: /2\. Ressurs/ }).click();
      await page.getByRole("button", { name: "Hent på nytt" }).waitFor();
    },
  },
  {
    name: "setup-network",
    address: "?#settings/network",
    height: 1000,
    steps: (page) => page.getByLabel("Adressen til proxyen").waitFor(),
  },
  { name: "setup-narrow", address: "?env=test#setup/scopes", width: 700, height: 900, steps: check },
  { name: "setup-phone", address: "?env=test#setup/scopes", width: 320, height: 640, steps: check },
  { name: "keys", address: "?env=production#help/keys" },
  ...both("compose", "?env=production#compose/draft-0", { steps: dropFiles }),
  ...both("compose-errors", "?env=production#compose/draft-2", {
    steps: (page) => page.getByRole("button", { name: "Se over" }).click(),
  }),
  ...both("compose-review", "?env=production#compose/draft-0", {
    steps: (page) => page.getByRole("button", { name: "Se over" }).click(),
  }),
  {
    name: "compose-preview",
    address: "?env=production#compose/draft-0",
    steps: (page) => page.getByRole("tab", { name: "Forhåndsvis" }).click(),
  },
  { name: "compose-nn", address: "?env=test&lang=nn#compose/draft-0" },
  { name: "compose-en", address: "?env=test&lang=en#compose/draft-0" },
  { name: "compose-narrow", address: "?#compose/draft-0", width: 400, height: 800 },
  {
    name: "compose-minimised",
    address: "?env=production#compose/draft-0",
    steps: (page) => page.keyboard.press("Escape"),
  },
  ...both("outbox", "?env=production#folder/outbox/outbox.outbox-0"),
  { name: "failed", address: "?env=production#folder/failed/outbox.outbox-2" },
  { name: "draft", address: "?env=production#folder/drafts/draft.draft-0" },
  { name: "sent", address: "?env=production#folder/sent/sent.sent-1" },
  { name: "scheduled", address: "?env=production#folder/scheduled/sent.sent-4" },
  { name: "compact", address: `?env=production&density=compact${reading}` },
  { name: "roomy", address: `?env=production&density=roomy${reading}` },
  { name: "starting", address: "?start=starting" },
  ...both("passphrase-new", "?start=new&"),
  { name: "passphrase-wrong", address: "?start=locked" },
  { name: "refused", address: "?start=refused" },
  { name: "rail", address: `?env=production${reading}`, width: 1000, height: 800 },
  { name: "narrow-list", address: "?#folder/inbox", width: 400, height: 800 },
  { name: "narrow-reading", address: `?${reading}`, width: 400, height: 800 },
  {
    name: "narrow-folders",
    address: "?#folder/inbox",
    width: 400,
    height: 800,
    steps: (page) => page.getByRole("button", { name: "Mapper" }).click(),
  },
  { name: "tiny-list", address: "?#folder/inbox", width: 320, height: 256 },
  { name: "tiny-reading", address: `?${reading}`, width: 320, height: 256 },
  { name: "tiny-compose", address: "?#compose/draft-0", width: 320, height: 256 },
];

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env.CHROMIUM_PATH ?? usual.find((path) => existsSync(path));
const [folder = ".cache/screenshots", wanted] = process.argv.slice(2);
const target = resolve(folder);
mkdirSync(target, { recursive: true });

const outDir = resolve(".cache/fake");
rmSync(outDir, { recursive: true, force: true });
await build({
  configFile: false,
  base: "./",
  logLevel: "warn",
  plugins: [texts(), react()],
  build: { outDir, assetsInlineLimit: 0, rollupOptions: { input: "fake.html" } },
});
const server = await preview({
  configFile: false,
  build: { outDir },
  preview: { port: 0, host: "127.0.0.1" },
});
const base = server.resolvedUrls?.local[0] ?? "";

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
let failures = 0;
for (const shot of SHOTS.filter(({ name }) => !wanted || new RegExp(wanted).test(name))) {
  const context = await browser.newContext({
    viewport: { width: shot.width ?? 1440, height: shot.height ?? 900 },
    timezoneId: "Europe/Oslo",
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => {
    failures += 1;
    console.error(`${shot.name}: ${error.message}`);
  });
  page.on("console", (message) => {
    if (message.type() === "error") {
      failures += 1;
      console.error(`${shot.name}: ${message.text()}`);
    }
  });
  try {
    await page.goto(`${base}fake.html${shot.address}`);
    await page.locator("header, .start-card").first().waitFor();
    await page.waitForLoadState("networkidle");
    await shot.steps?.(page);
    await page.waitForLoadState("networkidle");
    await page.evaluate(() => document.fonts.ready.then(() => undefined));
    await page.screenshot({ path: join(target, `${shot.name}.png`), animations: "disabled" });
  } catch (error) {
    failures += 1;
    console.error(`${shot.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  await context.close();
}
await browser.close();
await server.close();
console.log(`pictures in ${target}`);
process.exit(failures > 0 ? 1 : 0);
