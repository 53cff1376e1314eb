import { useEffect } from "react";
import { useHost } from "../../ipc/queries.ts";

let isTold = false;

/** Tells the host, once, when the first list is on the screen: the second frame after `isThere` was rendered. */
export function useFirstPaint(isThere: boolean): void {
  const host = useHost();
  useEffect(() => {
    if (isThere && !isTold) {
      isTold = true;
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          void host.painted();
          void import("../../app/afterwards.ts");
        }),
      );
    }
  }, [isThere, host]);
}
