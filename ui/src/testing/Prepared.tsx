import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Host } from "../ipc/backend.ts";
import { useHost } from "../ipc/queries.ts";

/** Shows a part once the world has been made ready for it. */
export function Prepared(props: { prepare(host: Host): Promise<unknown>; children: ReactNode }) {
  const host = useHost();
  const [isReady, setIsReady] = useState(false);
  const first = useRef(props.prepare);
  useEffect(() => {
    void first.current(host).then(() => setIsReady(true));
  }, [host]);
  return isReady ? props.children : null;
}
