import { useEffect, useState } from "react";

/** Gives focus back, when a sheet goes away, to what had it before; to the list where that is gone too. */
export function useFocusBack(): void {
  // Read while the sheet is drawn the first time: once it is open, focus is inside it.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) {
        before.focus();
      }
      window.requestAnimationFrame(() => {
        if (document.activeElement === null || document.activeElement === document.body) {
          document.getElementById("list-pane")?.focus();
        }
      });
    },
    [before],
  );
}
