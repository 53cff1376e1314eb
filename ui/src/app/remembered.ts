import { useCallback, useState } from "react";

/** Something small the window remembers by itself: a width, the account last shown. Never letters. */
export function useRemembered(name: string, usual: string): [string, (value: string) => void] {
  const key = `brevdue.${name}`;
  const [value, setValue] = useState(() => window.localStorage.getItem(key) ?? usual);
  const keep = useCallback(
    (next: string) => {
      window.localStorage.setItem(key, next);
      setValue(next);
    },
    [key],
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
