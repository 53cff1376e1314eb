import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Host, Unlisten } from "./backend.ts";
import { type Change, MAILBOX_CHANGED, tauriBackend } from "./bindings.ts";

/** Registers with the shell; a listener taken back before the shell answered is dropped then. */
function until(registering: Promise<Unlisten>): Unlisten {
  let isOver = false;
  let unlisten: Unlisten | null = null;
  registering.then((done) => {
    if (isOver) {
      done();
    } else {
      unlisten = done;
    }
  });
  return () => {
    isOver = true;
    unlisten?.();
  };
}

/** What the shell tells of files over the window; positions are physical pixels. */
interface Dragged {
  paths: string[];
  position: { x: number; y: number };
}

/** Names of the shell's events. */
const DRAG = {
  enter: "tauri://drag-enter",
  over: "tauri://drag-over",
  drop: "tauri://drag-drop",
  leave: "tauri://drag-leave",
} as const;

/** A place in CSS pixels. */
function placeOf({ x, y }: Dragged["position"]): { x: number; y: number } {
  const scale = window.devicePixelRatio || 1;
  return { x: x / scale, y: y / scale };
}

/** The host behind the window. */
export function tauriHost(): Host {
  return {
    ...tauriBackend(invoke),
    now: Date.now,
    onChanges: (listener) => until(listen<Change[]>(MAILBOX_CHANGED, (event) => listener(event.payload))),
    onDrop(listener) {
      const over = ({ payload }: { payload: Dragged }) =>
        listener({ kind: "over", ...placeOf(payload.position) });
      const unlisten = [
        until(listen<Dragged>(DRAG.enter, over)),
        until(listen<Dragged>(DRAG.over, over)),
        until(
          listen<Dragged>(DRAG.drop, ({ payload }) =>
            listener({ kind: "dropped", paths: payload.paths, ...placeOf(payload.position) }),
          ),
        ),
        until(listen(DRAG.leave, () => listener({ kind: "left" }))),
      ];
      return () => {
        for (const done of unlisten) {
          done();
        }
      };
    },
  };
}
