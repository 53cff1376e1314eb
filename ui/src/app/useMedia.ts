import { useSyncExternalStore } from "react";

/** Whether a media query holds; renders again when it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    () => window.matchMedia(query).matches,
  );
}

/** How much room there is: three panes, an icon rail, or one pane at a time. */
export function useRoom(): "wide" | "rail" | "narrow" {
  const isWide = useMedia("(min-width: 1180px)");
  const isRail = useMedia("(min-width: 860px)");
  return isWide ? "wide" : isRail ? "rail" : "narrow";
}
