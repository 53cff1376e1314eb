import { useEffect, useRef, useState } from "react";
import { useHost } from "../../ipc/queries.ts";

/** Listens to files over the window. True while they hang over it. */
export function useDrop(props: { isOn: boolean; onDrop(paths: string[]): void }): boolean {
  const host = useHost();
  const [isOver, setIsOver] = useState(false);
  const latest = useRef(props);
  latest.current = props;
  useEffect(
    () =>
      host.onDrop((drop) => {
        setIsOver(drop.kind === "over" && latest.current.isOn);
        if (drop.kind === "dropped" && latest.current.isOn && drop.paths.length > 0) {
          latest.current.onDrop(drop.paths);
        }
      }),
    [host],
  );
  return isOver;
}
