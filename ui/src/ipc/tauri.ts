import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import type { Drop, Host, Unlisten } from "./backend.ts";
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

/** The host behind the window. */
export function tauriHost(): Host {
  return {
    ...tauriBackend(invoke),
    now: Date.now,
    onChanges: (listener) => until(listen<Change[]>(MAILBOX_CHANGED, (event) => listener(event.payload))),
    onDrop: (listener) =>
      until(
        getCurrentWebview().onDragDropEvent(({ payload }) => {
          const drop = asDrop(payload);
          listener(drop);
        }),
      ),
  };
}

type DragDropPayload = Parameters<
  Parameters<ReturnType<typeof getCurrentWebview>["onDragDropEvent"]>[0]
>[0]["payload"];

function asDrop(payload: DragDropPayload): Drop {
  if (payload.type === "leave") {
    return { kind: "left" };
  }
  const scale = window.devicePixelRatio || 1;
  const x = payload.position.x / scale;
  const y = payload.position.y / scale;
  return payload.type === "drop" ? { kind: "dropped", paths: payload.paths, x, y } : { kind: "over", x, y };
}
