import { Button } from "@digdir/designsystemet-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, type RefObject, useMemo, useState } from "react";
import { ErrorNotice } from "../components/ErrorNotice.tsx";
import { Modal, Question, takeFocus } from "../components/Question.tsx";
import { notify } from "../features/compose/notices.ts";
import type { ListHandle } from "../features/inbox/MessageList.tsx";
import type { LetterActs } from "../features/message/ReadingPane.tsx";
import { type TextKey, useText } from "../i18n/index.ts";
import type { Message, Row, UiError } from "../ipc/bindings.ts";
import { keys } from "../ipc/cache.ts";
import { asUiError } from "../ipc/errors.ts";
import { useHost } from "../ipc/queries.ts";

type Asked =
  | { kind: "confirm" | "delete" | "undoSend"; message: Message }
  | { kind: "failed"; error: UiError };

/** Acts on letters: those that can be undone happen at once, the others ask. */
export function useLetterActs(
  list: RefObject<ListHandle | null>,
  /** The letter has left the list: what comes next is selected. */
  onGone: (next: Row | undefined) => void,
): { acts: LetterActs; dialogs: ReactNode } {
  const host = useHost();
  const client = useQueryClient();
  const text = useText();
  const [asked, setAsked] = useState<Asked | null>(null);

  const acts = useMemo<LetterActs>(() => {
    const fail = (cause: unknown) => setAsked({ kind: "failed", error: asUiError(cause, host.now()) });
    const next = () => list.current?.neighbour(1) ?? list.current?.neighbour(-1);
    return {
      archive(id, isArchived) {
        const after = next();
        host.archive(id, isArchived).then(() => {
          notify((text) => text(isArchived ? "app.moved.archive" : "app.moved.inbox"), {
            label: "app.undo.act",
            run: async () => {
              await host.archive(id, !isArchived);
              notify((text) => text("app.moved.undone"));
            },
          });
          onGone(after);
        }, fail);
      },
      markUnread(id) {
        host.markUnread(id).then(() => notify((text) => text("app.moved.unread")), fail);
      },
      askConfirm: (message) => setAsked({ kind: "confirm", message }),
      askDelete(message) {
        const { delete: mayDelete, deleteRefusal } = message.abilities;
        if (mayDelete) {
          setAsked({ kind: "delete", message });
        } else if (deleteRefusal) {
          setAsked({
            kind: "failed",
            error: { code: deleteRefusal, params: {}, traceId: null, at: host.now() },
          });
        }
      },
      askUndoSend: (message) => setAsked({ kind: "undoSend", message }),
    };
  }, [host, list, onGone]);

  const close = () => setAsked(null);
  const run = (act: Promise<unknown>, done: () => void) => {
    act.then(done, (cause: unknown) => setAsked({ kind: "failed", error: asUiError(cause, host.now()) }));
    close();
  };
  const leave = (message: Message, done: TextKey) => {
    const after = list.current?.neighbour(1) ?? list.current?.neighbour(-1);
    return () => {
      client.removeQueries({ queryKey: keys.message(message.id) });
      notify((text) => text(done));
      onGone(after);
    };
  };

  return { acts, dialogs: asked ? dialog(asked) : null };

  function dialog(question: Asked): ReactNode {
    switch (question.kind) {
      case "confirm": {
        const { message } = question;
        return (
          <Question
            title={text("message.confirm.question")}
            yes={text("message.confirm.yes")}
            onYes={() => run(host.confirm(message.id), () => {})}
            onNo={close}
          >
            {text("message.confirm.consequence", { sender: message.sender.name })}
          </Question>
        );
      }
      case "delete": {
        const { message } = question;
        return (
          <Question
            title={text("message.delete.question")}
            yes={text("message.delete.yes")}
            tone="danger"
            onYes={() => run(host.purge(message.id), leave(message, "app.moved.deleted"))}
            onNo={close}
          >
            {text("message.delete.consequence")}
          </Question>
        );
      }
      case "undoSend": {
        const { message } = question;
        return (
          <Question
            title={text("message.undoSend.question")}
            yes={text("message.undoSend.yes")}
            onYes={() => run(host.undoSend(message.id), leave(message, "message.undoSend.done"))}
            onNo={close}
          >
            {text("message.undoSend.consequence", { recipient: message.recipient.name })}
          </Question>
        );
      }
      case "failed":
        return (
          <Modal label={text(`error.${question.error.code}.title`)} onClose={close}>
            <ErrorNotice error={question.error} level={2} tone="warning" />
            <div className="question-acts question-foot">
              <Button variant="secondary" onClick={close} ref={takeFocus}>
                {text("app.act.close")}
              </Button>
            </div>
          </Modal>
        );
    }
  }
}
