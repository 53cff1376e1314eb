import { useCallback, useState } from "react";

/** Name of the account last shown. */
export const ACCOUNT = "account";

const keyOf = (name: string) => `brevdue.${name}`;

/** Something small the window has remembered. */
export const remembered = (name: string, usual: string): string =>
  window.localStorage.getItem(keyOf(name)) ?? usual;

/** Something small the window remembers by itself: a width, the account last shown. Never letters. */
export function useRemembered(name: string, usual: string): [string, (value: string) => void] {
  const [value, setValue] = useState(() => remembered(name, usual));
  const keep = useCallback(
    (next: string) => {
      window.localStorage.setItem(keyOf(name), next);
      setValue(next);
    },
    [name],
  );
  return [value, keep];
}

/** A remembered width in CSS pixels, within its bounds. */
export function useWidth(
  name: string,
  least: number,
  most: number,
  usual: number,
): [number, (width: number) => void] {
  const [kept, keep] = useRemembered(`width.${name}`, String(usual));
  const width = Number(kept);
  const bounded = Number.isFinite(width) ? Math.min(most, Math.max(least, width)) : usual;
  return [bounded, useCallback((next: number) => keep(String(next)), [keep])];
}
