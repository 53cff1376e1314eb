import { useSyncExternalStore } from "react";

/** A draft put aside as a tab at the foot. */
export interface PutAside {
  readonly draft: string;
  readonly title: string;
}

let aside: readonly PutAside[] = [];
const listeners = new Set<() => void>();

function put(next: readonly PutAside[]): void {
  aside = next;
  for (const listener of listeners) {
    listener();
  }
}

/** Puts a draft aside, or renames its tab. */
export function minimise(draft: string, title: string): void {
  const isThere = aside.some((each) => each.draft === draft);
  put(
    isThere
      ? aside.map((each) => (each.draft === draft ? { draft, title } : each))
      : [...aside, { draft, title }],
  );
}

/** Takes the tab of a draft away: it is open, sent or closed. */
export function unminimise(draft: string): void {
  if (aside.some((each) => each.draft === draft)) {
    put(aside.filter((each) => each.draft !== draft));
  }
}

/** The drafts put aside, oldest first. */
export function useMinimised(): readonly PutAside[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => aside,
  );
}
