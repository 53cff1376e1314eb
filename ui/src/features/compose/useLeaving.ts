import { navigate } from "../../app/routes.ts";
import type { Draft, SendReceipt } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { unminimise } from "./minimised.ts";
import { notify } from "./notices.ts";
import type { DraftSaver } from "./saver.ts";

/** The ways out of the sheet, each with its line in the mailbox. */
export function useLeaving(props: {
  saver: DraftSaver;
  draft: Draft;
  onClose(): void;
  onFail(cause: unknown): void;
}) {
  const host = useHost();
  const { saver, onClose, onFail } = props;
  const { id } = props.draft;

  const isBlank = (): boolean => {
    const { draft, text } = saver.snapshot();
    const written = [
      text.title,
      text.summary,
      text.body,
      text.reference,
      text.messageSender,
      ...text.recipients,
    ];
    return draft.files.length === 0 && text.dueAt === null && written.every((each) => each.trim() === "");
  };

  return {
    /** Closes; the draft stays among the drafts. One with nothing in it leaves nothing behind. */
    close(): void {
      unminimise(id);
      if (isBlank()) {
        saver.stop();
        void host.discardDraft(id).catch(() => undefined);
      } else {
        void saver.flush();
      }
      onClose();
    },

    /** Puts the draft away, with a way back. */
    discard(): void {
      saver.flush().then(
        () =>
          host.discardDraft(id).then(() => {
            unminimise(id);
            onClose();
            notify((text) => text("compose.notice.discarded"), {
              label: "compose.action.undo",
              run: async () => {
                const restored = await host.restoreDraft(id);
                navigate({ place: "compose", draft: restored.id });
              },
            });
          }, onFail),
        onFail,
      );
    },

    /** The letter is in the outbox. */
    sent(receipt: SendReceipt): void {
      unminimise(id);
      onClose();
      const wait = receipt.publishAt - host.now();
      // A letter that is published at once cannot be taken back, so nothing of the kind is offered.
      if (wait < 1000) {
        notify((text) => text("compose.notice.sent", { count: receipt.items.length }));
        return;
      }
      notify(
        (text, format) => {
          const when = { date: format.weekday(receipt.publishAt), time: format.time(receipt.publishAt) };
          const isToday = format.date(receipt.publishAt) === format.date(host.now());
          return text(isToday ? "compose.notice.publishedAt" : "compose.notice.publishedOn", when);
        },
        {
          label: "compose.action.undo",
          run: async () => {
            // One item brings back the whole letter, for everyone it has not gone to.
            for (const item of receipt.items) {
              try {
                const draft = await host.editOutbox(item);
                navigate({ place: "compose", draft: draft.id });
                return;
              } catch (cause) {
                const { code } = asUiError(cause, host.now());
                if (code !== "notFound" && code !== "outboxBusy") {
                  throw cause;
                }
              }
            }
            // Altinn has it already; until it is published it is taken back from the folder of scheduled letters.
            notify((text) => text("compose.notice.alreadyAccepted"));
            navigate({ place: "folder", folder: "scheduled", open: null });
          },
        },
        Math.min(wait, 60_000),
      );
    },
  };
}
