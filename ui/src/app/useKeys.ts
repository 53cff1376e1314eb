import { type RefObject, useEffect, useRef } from "react";
import { undoLast } from "../features/compose/notices.ts";
import type { ListHandle } from "../features/inbox/MessageList.tsx";
import type { LetterActs } from "../features/message/ReadingPane.tsx";
import type { Folder, Settings } from "../ipc/bindings.ts";
import { useHost } from "../ipc/queries.ts";
import { actOf, isTyping, keyName } from "./keys.ts";
import { FOLDERS, navigate, type Selection } from "./routes.ts";

/** Panes in the order of F6. */
const PANES = ["search", "folders-pane", "list", "reading-pane", "status-line"] as const;

export interface KeysProps {
  /** Whether the mailbox itself is on screen, not a sheet over it. */
  isActive: boolean;
  settings: Settings;
  list: RefObject<ListHandle | null>;
  searchField: RefObject<HTMLInputElement | null>;
  message: Selection | null;
  acts: LetterActs;
  onNew(): void;
  /** Esc outside a field: the search is emptied, if there is one. */
  onClear(): void;
  onFolder(folder: Folder): void;
  onAccount(): void;
}

/** The keys of the frame, by the one table. */
export function useKeys(props: KeysProps): void {
  const host = useHost();
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const focusPane = (step: 1 | -1) => {
      const panes = PANES.filter(
        (name) => name === "search" || document.getElementById(name === "list" ? "list-pane" : name),
      );
      const inside = (name: string) =>
        name === "search"
          ? document.activeElement === latest.current.searchField.current
          : document.getElementById(name === "list" ? "list-pane" : name)?.contains(document.activeElement);
      const at = panes.findIndex((name) => inside(name));
      const next = panes[(at + step + panes.length) % panes.length];
      if (next === "search") {
        latest.current.searchField.current?.focus();
      } else if (next === "list") {
        document.getElementById("list-pane")?.focus();
        latest.current.list.current?.focus();
      } else if (next) {
        const pane = document.getElementById(next);
        (pane?.querySelector<HTMLElement>("[aria-current=page], #message-title") ?? pane)?.focus();
      }
    };

    const onKeyDown = (event: KeyboardEvent) => {
      const { isActive, settings, list, searchField, message, acts, onNew, onClear, onFolder, onAccount } =
        latest.current;
      if (event.defaultPrevented || document.querySelector("dialog[open]")) {
        return;
      }
      if (event.key === "Escape" && isActive && !isTyping(event.target)) {
        onClear();
        return;
      }
      const line = actOf(event, isActive ? ["reading", "anywhere"] : ["anywhere"], settings.singleKeys);
      if (!line) {
        return;
      }
      const withLetter = (act: (id: string) => void) => {
        if (message && (message.kind === "received" || message.kind === "sent")) {
          event.preventDefault();
          act(message.id);
        }
      };
      const ask = (act: "askConfirm" | "askDelete") => (id: string) =>
        void host.message(id).then((found) => {
          if (act === "askDelete" || found.abilities.confirm) {
            acts[act](found);
          }
        });
      const simple: Partial<Record<typeof line.act, () => void>> = {
        newMessage: onNew,
        search: () => {
          searchField.current?.focus();
          searchField.current?.select();
        },
        nextPane: () => focusPane(1),
        previousPane: () => focusPane(-1),
        back: () => window.history.back(),
        forward: () => window.history.forward(),
        syncNow: () => void host.syncNow(),
        switchAccount: onAccount,
        settings: () => navigate({ place: "settings", page: "general" }),
        help: () => navigate({ place: "keys" }),
        nextLetter: () => list.current?.move(1),
        previousLetter: () => list.current?.move(-1),
        firstAttachment: () => document.querySelector<HTMLElement>("[data-first-file]")?.focus(),
      };
      const run = simple[line.act];
      if (run) {
        event.preventDefault();
        run();
      } else if (line.act === "folder") {
        const folder = FOLDERS.filter((name) => name !== "confidential")[
          Number(keyName(event).slice(-1)) - 1
        ];
        if (folder) {
          event.preventDefault();
          onFolder(folder);
        }
      } else if (line.act === "undo") {
        // In a field, Ctrl+Z belongs to the text.
        if (!isTyping(event.target)) {
          event.preventDefault();
          void undoLast();
        }
      } else if (line.act === "archive") {
        withLetter(
          (id) =>
            void host.message(id).then(({ abilities }) => {
              if (abilities.archive || abilities.unarchive) {
                acts.archive(id, abilities.archive);
              }
            }),
        );
      } else if (line.act === "markUnread") {
        withLetter((id) => acts.markUnread(id));
      } else if (line.act === "confirm") {
        withLetter(ask("askConfirm"));
      } else if (line.act === "delete" && !isTyping(event.target)) {
        withLetter(ask("askDelete"));
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [host]);
}
