import { useSyncExternalStore } from "react";
import type { Format } from "../../i18n/format.ts";
import type { TextKey, Translate } from "../../i18n/index.ts";

/** What a line says, in the language of the window whenever that is. */
export type Words = (text: Translate, format: Format) => string;

/** A line about something that went well, with a way back for as long as there is one. */
export interface Notice {
  readonly id: number;
  readonly words: Words;
  readonly act: { readonly label: TextKey; run(): Promise<void> } | null;
  /** How long it stays, in milliseconds. */
  readonly stays: number;
}

let current: Notice | null = null;
let serial = 0;
const listeners = new Set<() => void>();

function put(next: Notice | null): void {
  current = next;
  for (const listener of listeners) {
    listener();
  }
}

/** Shows a line; the one before gives way. One with a way back stays longer. */
export function notify(words: Words, act: Notice["act"] = null, stays = act ? 10_000 : 5_000): void {
  serial += 1;
  put({ id: serial, words, act, stays });
}

/** Takes a line away, if it is still the one shown. */
export function dismiss(id: number): void {
  if (current?.id === id) {
    put(null);
  }
}

/** The line shown now. */
export function useNotice(): Notice | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}

/** Carries out the act of the line shown now, as Ctrl+Z does. False where there is nothing to take back. */
export async function undoLast(): Promise<boolean> {
  const notice = current;
  if (!notice?.act) {
    return false;
  }
  dismiss(notice.id);
  await notice.act.run();
  return true;
}
