import { Button } from "@digdir/designsystemet-react";
import {
  ArchiveIcon,
  ArrowUndoIcon,
  EnvelopeClosedIcon,
  EnvelopeOpenIcon,
  InboxIcon,
  MenuElipsisHorizontalIcon,
  TrashIcon,
} from "@navikt/aksel-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { ariaKeys } from "../../app/keys.ts";
import { useAnnounce } from "../../components/Announcer.tsx";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { Menu, type MenuAct } from "../../components/Menu.tsx";
import { useText } from "../../i18n/index.ts";
import type { Attachment, Message, UiError } from "../../ipc/bindings.ts";
import { keys } from "../../ipc/cache.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost, useMessage } from "../../ipc/queries.ts";
import { isClosed, MessageView } from "./MessageView.tsx";

/** Acts on a letter that the frame carries out, since they move it or ask first. */
export interface LetterActs {
  archive(id: string, isArchived: boolean): void;
  markUnread(id: string): void;
  askConfirm(message: Message): void;
  askDelete(message: Message): void;
  askUndoSend(message: Message): void;
}

export interface ReadingPaneProps {
  id: string;
  openOnSelect: boolean;
  isOffline: boolean;
  titleLevel: 1 | 2;
  /** A person asked for this letter to be opened; grows with each asking. */
  openRequest: number;
  acts: LetterActs;
  onLeave(): void;
}

/** The reading pane of a received or sent letter. */
export default function ReadingPane({
  id,
  openOnSelect,
  isOffline,
  titleLevel,
  openRequest,
  acts,
  onLeave,
}: ReadingPaneProps) {
  const host = useHost();
  const client = useQueryClient();
  const announce = useAnnounce();
  const text = useText();
  const { data: message, error } = useMessage(id);
  const [failure, setFailure] = useState<{ error: UiError; retry: () => void } | null>(null);
  const [saved, setSaved] = useState<Record<string, string>>({});

  const attempt = useCallback(
    async (act: () => Promise<void>) => {
      setFailure(null);
      try {
        await act();
      } catch (cause) {
        setFailure({ error: asUiError(cause, host.now()), retry: () => void attempt(act) });
      }
    },
    [host],
  );

  const open = useCallback(
    () =>
      attempt(async () => {
        client.setQueryData(keys.message(id), await host.openMessage(id));
        announce(text("event.read"));
      }),
    [announce, attempt, client, host, id, text],
  );

  const isLeaf = message !== undefined && isClosed(message);
  const handled = useRef(openRequest);
  const isHere = message !== undefined;
  // On purpose: a request counts once, when the letter is here
  useEffect(() => {
    if (!message) {
      return;
    }
    const isAsked = openRequest !== handled.current;
    handled.current = openRequest;
    if (isAsked ? isLeaf || message.isSealed || message.isUnread : openOnSelect && isLeaf) {
      void open();
    }
  }, [openRequest, isHere, openOnSelect]);

  if (error) {
    return (
      <div className="message">
        <ErrorNotice
          error={asUiError(error, host.now())}
          onAct={() => void client.invalidateQueries({ queryKey: keys.message(id) })}
        />
      </div>
    );
  }
  if (!message) {
    return <div className="message-waiting" aria-busy="true" />;
  }

  const save = (act: () => Promise<string | null>, name: string) =>
    attempt(async () => {
      const path = await act();
      if (path !== null) {
        setSaved((before) => ({ ...before, [name]: path }));
        announce(text("message.files.saved", { path }));
      }
    });

  return (
    <>
      <ToolBar message={message} acts={acts} onRead={() => void open()} />
      <div className="reading-scroll">
        {failure ? (
          <div className="message-failure">
            <ErrorNotice error={failure.error} onAct={failure.retry} />
          </div>
        ) : null}
        <MessageView
          message={message}
          now={host.now()}
          isOffline={isOffline}
          titleLevel={titleLevel}
          saved={saved}
          onOpen={() => void open()}
          onLeave={onLeave}
          onConfirm={() => acts.askConfirm(message)}
          onLink={(href) => void attempt(async () => void (await host.openLink(href)))}
          onFetch={(file: Attachment) =>
            void attempt(async () => void (await host.fetchAttachment(message.id, file.id)))
          }
          onSave={(file: Attachment) => void save(() => host.saveAttachment(message.id, file.id), file.id)}
          onSaveAll={() => void save(() => host.saveAllAttachments(message.id), "all")}
        />
      </div>
    </>
  );
}

function ToolBar({ message, acts, onRead }: { message: Message; acts: LetterActs; onRead(): void }) {
  const text = useText();
  const announce = useAnnounce();
  const [menuAt, setMenuAt] = useState<{ x: number; y: number } | null>(null);
  const { abilities } = message;
  const more: MenuAct[] = [];
  if (message.reference) {
    more.push({
      id: "reference",
      text: text("message.copyReference.act"),
      onAct: () =>
        void navigator.clipboard.writeText(message.reference).then(() => announce(text("message.copied"))),
    });
  }
  if (abilities.delete || abilities.deleteRefusal) {
    more.push({
      id: "delete",
      text: text("message.delete.act"),
      icon: <TrashIcon aria-hidden fontSize="1.25rem" />,
      keys: "Delete",
      onAct: () => acts.askDelete(message),
    });
  }
  return (
    <div className="toolbar" role="toolbar" aria-label={text("message.tools.label")}>
      {abilities.archive || abilities.unarchive ? (
        <Button
          variant="tertiary"
          onClick={() => acts.archive(message.id, abilities.archive)}
          aria-keyshortcuts={ariaKeys("archive")}
        >
          {abilities.archive ? (
            <ArchiveIcon aria-hidden fontSize="1.375rem" />
          ) : (
            <InboxIcon aria-hidden fontSize="1.375rem" />
          )}
          {text(abilities.archive ? "message.archive.act" : "message.unarchive.act")}
        </Button>
      ) : null}
      {abilities.markUnread ? (
        <Button
          variant="tertiary"
          onClick={() => acts.markUnread(message.id)}
          aria-keyshortcuts={ariaKeys("markUnread")}
        >
          <EnvelopeClosedIcon aria-hidden fontSize="1.375rem" />
          {text("message.unread.act")}
        </Button>
      ) : null}
      {message.isUnread && message.read.kind !== "unopened" ? (
        <Button variant="tertiary" onClick={onRead}>
          <EnvelopeOpenIcon aria-hidden fontSize="1.375rem" />
          {text("message.read.act")}
        </Button>
      ) : null}
      {abilities.undoSend ? (
        <Button variant="tertiary" onClick={() => acts.askUndoSend(message)}>
          <ArrowUndoIcon aria-hidden fontSize="1.375rem" />
          {text("message.undoSend.act")}
        </Button>
      ) : null}
      {more.length > 0 ? (
        <Button
          variant="tertiary"
          icon
          aria-label={text("message.more.act")}
          title={text("message.more.act")}
          aria-haspopup="menu"
          aria-expanded={menuAt !== null}
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            setMenuAt({ x: box.left, y: box.bottom + 4 });
          }}
        >
          <MenuElipsisHorizontalIcon aria-hidden fontSize="1.375rem" />
        </Button>
      ) : null}
      {menuAt ? (
        <Menu label={text("message.more.act")} acts={more} {...menuAt} onClose={() => setMenuAt(null)} />
      ) : null}
    </div>
  );
}
