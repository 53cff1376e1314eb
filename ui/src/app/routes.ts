import { useSyncExternalStore } from "react";
import type { Folder, RowKind, Step } from "../ipc/bindings.ts";

/** What is open beside a list. Received letters are written bare, the rest as `kind.id`. */
export interface Selection {
  kind: RowKind;
  id: string;
}

/** A place of the mailbox: a list, and what is open in it. */
export type MailboxRoute =
  | { place: "folder"; folder: Folder; open: Selection | null }
  | { place: "service"; resource: string; open: Selection | null }
  | { place: "search"; text: string; within: "here" | "everywhere"; open: Selection | null };

/** Pages of the set-up: its beginning, the accounts, a new one, the one that is shown, and the steps of the doctor. */
export type SetupPage = "start" | "accounts" | "new" | "account" | Step;

/** Settings pages. */
export type SettingsPage =
  | "general"
  | "appearance"
  | "reading"
  | "sending"
  | "network"
  | "shortcuts"
  | "about";

/** Every place of the window. */
export type Route =
  | MailboxRoute
  | { place: "compose"; draft: string }
  | { place: "settings"; page: SettingsPage }
  | { place: "setup"; page: SetupPage }
  | { place: "keys" };

/** Folders in the order of the window; Ctrl+1 is the first. */
export const FOLDERS: readonly Folder[] = [
  "inbox",
  "unread",
  "needsConfirmation",
  "dueSoon",
  "confidential",
  "drafts",
  "outbox",
  "scheduled",
  "sent",
  "failed",
  "archive",
];

/** Steps of the doctor in their order: groundwork, then the seven. */
export const STEPS: readonly Step[] = [
  "groundwork",
  "serviceOwner",
  "resource",
  "scopes",
  "client",
  "signIn",
  "letters",
  "events",
];

const SETUP_PAGES: readonly SetupPage[] = ["start", "accounts", "new", "account", ...STEPS];

/** Pages of the settings in their order. */
export const SETTINGS_PAGES: readonly SettingsPage[] = [
  "general",
  "appearance",
  "reading",
  "sending",
  "network",
  "shortcuts",
  "about",
];

const KINDS: readonly RowKind[] = ["received", "sent", "draft", "outbox"];

/** Where the window starts, and where an address that means nothing leads. */
export const HOME: MailboxRoute = { place: "folder", folder: "inbox", open: null };

const write = encodeURIComponent;

function read(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? "");
  } catch {
    return "";
  }
}

function writeOpen(open: Selection | null): string {
  if (!open) {
    return "";
  }
  return open.kind === "received" ? `/${write(open.id)}` : `/${open.kind}.${write(open.id)}`;
}

function readOpen(part: string | undefined): Selection | null {
  if (!part) {
    return null;
  }
  const kind = KINDS.find((known) => part.startsWith(`${known}.`));
  return kind ? { kind, id: read(part.slice(kind.length + 1)) } : { kind: "received", id: read(part) };
}

/** The address of a place, with its `#`. */
export function formatRoute(route: Route): string {
  switch (route.place) {
    case "folder":
      return `#folder/${route.folder}${writeOpen(route.open)}`;
    case "service":
      return `#service/${write(route.resource)}${writeOpen(route.open)}`;
    case "search":
      return `#search${writeOpen(route.open)}?q=${write(route.text)}${route.within === "here" ? "&in=inbox" : ""}`;
    case "compose":
      return `#compose/${write(route.draft)}`;
    case "settings":
      return `#settings/${route.page}`;
    case "setup":
      return route.page === "start" ? "#setup" : `#setup/${route.page}`;
    case "keys":
      return "#help/keys";
  }
}

/** The place of an address; `HOME` where it means nothing. */
export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#/, "").split("?", 2);
  const [head, second, third] = path.split("/");
  switch (head) {
    case "folder": {
      const folder = FOLDERS.find((known) => known === second);
      return folder ? { place: "folder", folder, open: readOpen(third) } : HOME;
    }
    case "service":
      return second ? { place: "service", resource: read(second), open: readOpen(third) } : HOME;
    case "search": {
      const params = new URLSearchParams(query);
      return {
        place: "search",
        text: params.get("q") ?? "",
        within: params.get("in") === "inbox" ? "here" : "everywhere",
        open: readOpen(second),
      };
    }
    case "compose":
      return second ? { place: "compose", draft: read(second) } : HOME;
    case "settings":
      return { place: "settings", page: SETTINGS_PAGES.find((page) => page === second) ?? "general" };
    case "setup":
      return { place: "setup", page: SETUP_PAGES.find((page) => page === second) ?? "start" };
    case "help":
      return { place: "keys" };
    default:
      return HOME;
  }
}

/** The place the window is in, and its address. */
let place: { route: Route; address: string } = { route: HOME, address: "" };
/** What stood in the address bar when it was last looked at or written to. */
let shown = "";
let written = Number.NEGATIVE_INFINITY;
let waiting: ReturnType<typeof setTimeout> | undefined;

/**
 * Milliseconds between two addresses of one entry of the history. Engines refuse to change it more often than a hundred
 * times in half a minute, and an arrow key that is held down goes through thirty letters a second.
 */
const SETTLED = 400;

/** Goes to a place. `replace` leaves no trace in back and forward. */
export function navigate(route: Route, how: "push" | "replace" = "push"): void {
  currentRoute();
  const address = formatRoute(route);
  if (address === place.address) {
    return;
  }
  if (how === "push") {
    // The entry that is left keeps the place it was left at.
    record("replaceState");
  }
  place = { route, address };
  const wait = written + SETTLED - performance.now();
  if (how === "push" || wait <= 0) {
    record(how === "push" ? "pushState" : "replaceState");
  } else {
    waiting ??= setTimeout(record, wait, "replaceState");
  }
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

/** Brings the address bar up to the place. */
function record(how: "pushState" | "replaceState"): void {
  clearTimeout(waiting);
  waiting = undefined;
  if (place.address === window.location.hash || place.address === "") {
    return;
  }
  try {
    window.history[how](null, "", place.address);
  } catch {
    // The engine has had enough for now; the window goes by the place, not by its address.
    waiting = setTimeout(record, SETTLED, "replaceState");
  }
  written = performance.now();
  shown = window.location.hash;
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("hashchange", listener);
  window.addEventListener("popstate", listener);
  return () => {
    window.removeEventListener("hashchange", listener);
    window.removeEventListener("popstate", listener);
  };
}

/** The place the window is in, outside a component. */
export function currentRoute(): Route {
  const { hash } = window.location;
  if (hash !== shown) {
    clearTimeout(waiting);
    waiting = undefined;
    shown = hash;
    place = { route: parseRoute(hash), address: hash };
  }
  return place.route;
}

/** The place the window is in. */
export function useRoute(): Route {
  return useSyncExternalStore(subscribe, currentRoute);
}
