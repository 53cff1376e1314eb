import type { TextKey } from "../i18n/index.ts";

/** Where a key works. Single keys work only in `list` and `reading`, never in a field. */
export type KeyPlace = "anywhere" | "list" | "reading" | "compose" | "dialog";

/** What a key does. */
export type KeyAct =
  | "newMessage"
  | "search"
  | "nextPane"
  | "previousPane"
  | "back"
  | "forward"
  | "syncNow"
  | "switchAccount"
  | "settings"
  | "help"
  | "undo"
  | "folder"
  | "rowDown"
  | "rowUp"
  | "screenDown"
  | "screenUp"
  | "firstRow"
  | "lastRow"
  | "open"
  | "rowMenu"
  | "clear"
  | "archive"
  | "delete"
  | "markUnread"
  | "confirm"
  | "firstAttachment"
  | "nextLetter"
  | "previousLetter"
  | "review"
  | "saveDraft"
  | "addFiles"
  | "bold"
  | "italic"
  | "bulletList"
  | "numberedList"
  | "link"
  | "preview"
  | "minimise"
  | "closeDialog";

/** One line of the table. `keys` are alternatives, written `Ctrl+Shift+A`; Ctrl is ⌘ on a Mac. */
export interface KeyLine {
  act: KeyAct;
  place: KeyPlace;
  keys: readonly string[];
  text: TextKey;
}

/** The one table: handlers, help sheet, tooltips and `aria-keyshortcuts` read it. */
export const KEY_TABLE: readonly KeyLine[] = [
  { act: "newMessage", place: "anywhere", keys: ["Ctrl+N"], text: "keys.newMessage" },
  { act: "search", place: "anywhere", keys: ["Ctrl+K", "/"], text: "keys.search" },
  { act: "nextPane", place: "anywhere", keys: ["F6"], text: "keys.nextPane" },
  { act: "previousPane", place: "anywhere", keys: ["Shift+F6"], text: "keys.previousPane" },
  {
    act: "folder",
    place: "anywhere",
    keys: ["Ctrl+1", "Ctrl+2", "Ctrl+3", "Ctrl+4", "Ctrl+5", "Ctrl+6", "Ctrl+7", "Ctrl+8", "Ctrl+9"],
    text: "keys.folder",
  },
  { act: "back", place: "anywhere", keys: ["Alt+ArrowLeft"], text: "keys.back" },
  { act: "forward", place: "anywhere", keys: ["Alt+ArrowRight"], text: "keys.forward" },
  { act: "syncNow", place: "anywhere", keys: ["F5"], text: "keys.syncNow" },
  { act: "switchAccount", place: "anywhere", keys: ["Ctrl+Shift+A"], text: "keys.switchAccount" },
  { act: "settings", place: "anywhere", keys: ["Ctrl+,"], text: "keys.settings" },
  { act: "help", place: "anywhere", keys: ["F1", "?"], text: "keys.help" },
  { act: "undo", place: "anywhere", keys: ["Ctrl+Z"], text: "keys.undo" },
  { act: "rowDown", place: "list", keys: ["ArrowDown", "j"], text: "keys.rowDown" },
  { act: "rowUp", place: "list", keys: ["ArrowUp", "k"], text: "keys.rowUp" },
  { act: "screenDown", place: "list", keys: ["PageDown"], text: "keys.screenDown" },
  { act: "screenUp", place: "list", keys: ["PageUp"], text: "keys.screenUp" },
  { act: "firstRow", place: "list", keys: ["Home"], text: "keys.firstRow" },
  { act: "lastRow", place: "list", keys: ["End"], text: "keys.lastRow" },
  { act: "open", place: "list", keys: ["Enter", "Space"], text: "keys.open" },
  { act: "rowMenu", place: "list", keys: ["Shift+F10", "ContextMenu"], text: "keys.rowMenu" },
  { act: "clear", place: "list", keys: ["Escape"], text: "keys.clear" },
  { act: "archive", place: "reading", keys: ["e"], text: "keys.archive" },
  { act: "delete", place: "reading", keys: ["Delete"], text: "keys.delete" },
  { act: "markUnread", place: "reading", keys: ["u"], text: "keys.markUnread" },
  { act: "confirm", place: "reading", keys: ["c"], text: "keys.confirm" },
  { act: "firstAttachment", place: "reading", keys: ["a"], text: "keys.firstAttachment" },
  { act: "nextLetter", place: "reading", keys: ["n"], text: "keys.nextLetter" },
  { act: "previousLetter", place: "reading", keys: ["b"], text: "keys.previousLetter" },
  { act: "review", place: "compose", keys: ["Ctrl+Enter"], text: "keys.review" },
  { act: "saveDraft", place: "compose", keys: ["Ctrl+S"], text: "keys.saveDraft" },
  { act: "addFiles", place: "compose", keys: ["Ctrl+Shift+U"], text: "keys.addFiles" },
  { act: "bold", place: "compose", keys: ["Ctrl+B"], text: "keys.bold" },
  { act: "italic", place: "compose", keys: ["Ctrl+I"], text: "keys.italic" },
  { act: "bulletList", place: "compose", keys: ["Ctrl+Shift+8"], text: "keys.bulletList" },
  { act: "numberedList", place: "compose", keys: ["Ctrl+Shift+7"], text: "keys.numberedList" },
  { act: "link", place: "compose", keys: ["Ctrl+L"], text: "keys.link" },
  { act: "preview", place: "compose", keys: ["Ctrl+Shift+P"], text: "keys.preview" },
  { act: "minimise", place: "compose", keys: ["Escape"], text: "keys.minimise" },
  { act: "closeDialog", place: "dialog", keys: ["Escape"], text: "keys.closeDialog" },
];

/** Places whose acts can meet: the same key may not mean two things in them. */
export const MEETING: readonly (readonly KeyPlace[])[] = [
  ["anywhere", "list", "reading"],
  ["anywhere", "compose"],
  ["anywhere", "dialog"],
];

/** Keys the system or the engine keeps for itself; none of them is ours to take. */
export const TAKEN: readonly string[] = [
  "Alt+F4",
  "Alt+Tab",
  "Alt+Space",
  "Ctrl+A",
  "Ctrl+C",
  "Ctrl+V",
  "Ctrl+X",
  "Ctrl+Q",
  "Ctrl+W",
  "Ctrl+Tab",
  "Ctrl+Alt+Delete",
  "F11",
  "Tab",
  "Shift+Tab",
];

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** A key that is pressed without Ctrl, Alt or a function key: it may be turned off, and never works in a field. */
export function isSingle(key: string): boolean {
  return key.length === 1;
}

/** The pressed key as the table writes it. */
export function keyName(event: KeyboardEvent): string {
  const names: string[] = [];
  if (isMac ? event.metaKey : event.ctrlKey) {
    names.push("Ctrl");
  }
  if (event.altKey) {
    names.push("Alt");
  }
  const digit = /^Digit(\d)$/.exec(event.code)?.[1];
  const isCharacter = event.key.length === 1;
  // A shifted sign such as `?` is its own key; shifted letters and digits name the shift.
  const isSign = isCharacter && !/[a-z0-9 ]/i.test(event.key) && names.length === 0;
  if (event.shiftKey && !isSign) {
    names.push("Shift");
  }
  if (digit && names.length > 0) {
    names.push(digit);
  } else if (event.key === " ") {
    names.push("Space");
  } else if (isCharacter) {
    names.push(names.length > 0 ? event.key.toUpperCase() : event.key.toLowerCase());
  } else {
    names.push(event.key);
  }
  return names.join("+");
}

/** Whether the keys of the person now go into a field. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("input:not([type=checkbox],[type=radio]), textarea, select"))
  );
}

/** The act a pressed key means in these places, the most particular place first; none where the key goes to a field. */
export function actOf(
  event: KeyboardEvent,
  places: readonly KeyPlace[],
  singleKeys: boolean,
): KeyLine | null {
  const name = keyName(event);
  if (isSingle(name) && (!singleKeys || isTyping(event.target))) {
    return null;
  }
  for (const place of places) {
    const line = KEY_TABLE.find((candidate) => candidate.place === place && candidate.keys.includes(name));
    if (line) {
      return line;
    }
  }
  return null;
}

/** The first key of an act, for `aria-keyshortcuts`: `Control+K`. */
export function ariaKeys(act: KeyAct): string {
  const line = KEY_TABLE.find((candidate) => candidate.act === act);
  return (line?.keys[0] ?? "").replace("Ctrl", isMac ? "Meta" : "Control");
}

/** A key as people see it: `Ctrl K`, `⌘ K`, `↓`. */
export function shownKey(key: string): string {
  const signs: Record<string, string> = {
    Ctrl: isMac ? "⌘" : "Ctrl",
    ArrowUp: "↑",
    ArrowDown: "↓",
    ArrowLeft: "←",
    ArrowRight: "→",
    Escape: "Esc",
    PageUp: "PgUp",
    PageDown: "PgDn",
  };
  return key
    .split("+")
    .map((part) => signs[part] ?? part)
    .join(" ");
}
