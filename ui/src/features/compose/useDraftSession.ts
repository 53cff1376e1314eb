import { useEffect, useState, useSyncExternalStore } from "react";
import type { Draft } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { DraftSaver, type Snapshot } from "./saver.ts";

/** Keeps a draft saved and up to date for as long as its sheet is there; also when the sheet or the window goes away. */
export function useDraftSession(draft: Draft): { saver: DraftSaver; now: Snapshot } {
  const host = useHost();
  const [saver] = useState(
    () =>
      new DraftSaver(draft, {
        save: (id, version, text) => host.saveDraft(id, version, text),
        load: (id) => host.draft(id),
        isConflict: (error) => asUiError(error, 0).code === "draftConflict",
        later: (callback, milliseconds) => {
          const timer = window.setTimeout(callback, milliseconds);
          return () => window.clearTimeout(timer);
        },
      }),
  );
  const now = useSyncExternalStore(saver.subscribe, saver.snapshot);

  useEffect(() => {
    const stop = host.onChanges((changes) => {
      if (changes.some((change) => change.kind === "draft" && change.id === draft.id)) {
        saver.reload();
      }
    });
    const save = () => void saver.flush();
    window.addEventListener("blur", save);
    window.addEventListener("pagehide", save);
    document.addEventListener("visibilitychange", save);
    return () => {
      stop();
      window.removeEventListener("blur", save);
      window.removeEventListener("pagehide", save);
      document.removeEventListener("visibilitychange", save);
      save();
    };
  }, [host, saver, draft.id]);

  return { saver, now };
}
