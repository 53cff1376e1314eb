// What the pane of a letter on its way says.

import type { Format } from "../../i18n/format.ts";
import type { TextKey, Translate } from "../../i18n/index.ts";
import type { OutboxItem, OutboxState } from "../../ipc/bindings.ts";
import { errorTitle } from "../../ipc/errors.ts";
import { problemHelp, problemText } from "../compose/problems.ts";

/** The state in a word, the same everywhere (ui section 11). */
export const STATE_WORDS: Record<OutboxState["kind"], TextKey> = {
  queued: "outbox.state.queued",
  uploading: "outbox.state.uploading",
  scanning: "outbox.state.scanning",
  submitting: "outbox.state.submitting",
  waiting: "outbox.state.waiting",
  paused: "outbox.state.paused",
  stuck: "outbox.state.stuck",
};

/** What may be done in each state. While it is being handed over nothing can be changed. */
export function acts(state: OutboxState): {
  retry: boolean;
  pause: boolean;
  resume: boolean;
  takeBack: boolean;
} {
  const { kind } = state;
  return {
    retry: kind === "waiting" || kind === "stuck",
    pause: kind === "queued" || kind === "uploading" || kind === "scanning" || kind === "waiting",
    resume: kind === "paused",
    takeBack: kind !== "submitting",
  };
}

/** Why it is not moving, and what happens next; none while it is on its way. */
export function reason(
  item: OutboxItem,
  t: Translate,
  format: Format,
): { what: string; next: string } | null {
  const { state } = item;
  switch (state.kind) {
    case "waiting":
      return {
        what: t(errorTitle(state.reason)),
        next: t("outbox.next.try", { time: format.time(state.until), count: state.attempts }),
      };
    case "stuck":
      return { what: problemText(state.reason, t), next: problemHelp(state.reason, t) };
    case "paused":
      return { what: t("outbox.paused.what"), next: t("outbox.paused.next") };
    case "submitting":
      return { what: t("outbox.submitting.what"), next: t("outbox.submitting.next") };
    default:
      return null;
  }
}
