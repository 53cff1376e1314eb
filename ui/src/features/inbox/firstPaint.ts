import { useLayoutEffect } from "react";
import { useHost } from "../../ipc/queries.ts";

/** Milliseconds after which what waits for the first picture goes on without one. */
const LATEST = 2000;

let isTold = false;
let isDrawn: () => void = () => undefined;

/** Once the first list is on the screen. What the first picture does without waits for it. */
export const firstPaint = new Promise<void>((resolve) => {
  isDrawn = resolve;
  setTimeout(resolve, LATEST);
});

/** Tells the host, once, when the first list is on the screen: the second frame after `isThere` was rendered. */
export function useFirstPaint(isThere: boolean): void {
  const host = useHost();
  useLayoutEffect(() => {
    if (isThere && !isTold) {
      isTold = true;
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          void host.painted();
          isDrawn();
          void import("../../app/afterwards.ts");
        }),
      );
    }
  }, [isThere, host]);
}
