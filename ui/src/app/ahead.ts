import type { QueryClient } from "@tanstack/react-query";
import { files } from "../i18n/files.ts";
import type { Host } from "../ipc/backend.ts";
import type { StartState } from "../ipc/bindings.ts";
import { keepTrue, keys, newQueryClient, PAGE } from "../ipc/cache.ts";
import { asUiError } from "../ipc/errors.ts";
import { NO_FILTERS, queryOf } from "./place.ts";
import { ACCOUNT, remembered } from "./remembered.ts";
import { HOME } from "./routes.ts";

/** Milliseconds that nothing is drawn while the mailbox opens; a picture of waiting comes after. */
const PATIENCE = 200;

/**
 * The face that nearly all of the window is written in. Text drawn before it is there has the system search its own
 * faces for each size and weight, which takes longer than everything else about the first picture.
 */
const FACE = '1rem "Inter Variable"';

/** What is begun while the rest of the program is still being read. */
export interface Begun {
  host: Host;
  client: QueryClient;
  /** Once the first picture can be drawn: how far opening the profile got, or null where that takes too long. */
  first: Promise<StartState | null>;
}

/** Begins all that the first picture waits for. */
export function begin(host: Host): Begun {
  const client = newQueryClient();
  let isChanged = false;
  keepTrue(client, host, () => {
    isChanged = true;
  });
  const patience = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE, null));
  const opening = Promise.race([askAhead(client, host, () => isChanged), patience]);
  const first = Promise.all([opening, files[firstLanguage()](), face()]).then(([state]) => state);
  return { host, client, first };
}

/**
 * The language to begin in, before the settings of the profile are known: one of the two Norwegian ones. The system's
 * language tells which; English is chosen in the settings, since many Norwegians run an English system.
 */
export function firstLanguage(): "nb" | "nn" {
  return navigator.language.toLowerCase().startsWith("nn") ? "nn" : "nb";
}

/** Waits for the face; the stylesheets, which say where it is, come first. One that cannot be had holds up nothing. */
async function face(): Promise<void> {
  const sheets = document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]');
  await Promise.all(Array.from(sheets, isThere));
  await document.fonts.load(FACE).catch(() => []);
}

/** Once a stylesheet has come, or will not come. */
async function isThere(link: HTMLLinkElement): Promise<void> {
  if (link.sheet === null) {
    await new Promise((resolve) => {
      link.addEventListener("load", resolve);
      link.addEventListener("error", resolve);
    });
  }
}

/** Asks how far opening the profile got. */
export async function startState(host: Host): Promise<StartState> {
  try {
    return await host.startState();
  } catch (cause) {
    return { kind: "refused", error: asUiError(cause, host.now()) };
  }
}

/**
 * Asks for what the first picture of the window shows, before anything is drawn. One picture of a full list costs less
 * time than an empty one, a list's frame and then its rows.
 */
async function askAhead(client: QueryClient, host: Host, isChanged: () => boolean): Promise<StartState> {
  try {
    const asked = queryOf(HOME, remembered(ACCOUNT, ""), NO_FILTERS, "newest");
    const { state, mailbox } = await host.firstPicture(asked, PAGE);
    if (mailbox) {
      const { settings, accounts, status, folders, query, shape, rows } = mailbox;
      client.setQueryData(keys.settings(), settings);
      client.setQueryData(keys.accounts(), accounts);
      client.setQueryData(keys.status(), status);
      client.setQueryData(keys.folders(query.account), folders);
      client.setQueryData(keys.shape(query), shape);
      client.setQueryData(keys.page(query, 0), rows);
      // Some of it may be from before a change: it is asked for again where it is shown.
      if (isChanged()) {
        void client.invalidateQueries();
      }
    }
    return state;
  } catch (cause) {
    return { kind: "refused", error: asUiError(cause, host.now()) };
  }
}
