import type { Host } from "../../ipc/backend.ts";
import type { Folder, ListQuery, Message, Row } from "../../ipc/bindings.ts";
import type { Ground } from "./ground.ts";
import type { Letter } from "./letters.ts";
import { groupsOf, inFolder, passes, rowOf } from "./lists.ts";
import { draftRow, outboxRow } from "./rows.ts";
import { marked, matches, parseSearch } from "./search.ts";
import { SERVICES } from "./world.ts";

/** Folders, lists and letters, and what is done with a letter. */
export function fakeReading(ground: Ground) {
  const { now, options, letters, drafts, outbox, later, refuse, find, changed } = ground;
  const view = (letter: Letter): Message => {
    const { content: _, ...message } = letter;
    return structuredClone(
      message.isSealed
        ? {
            ...message,
            title: "",
            summary: "",
            sender: { name: "", number: "", isPerson: false },
            body: null,
          }
        : message,
    );
  };

  const all = (query: ListQuery): Row[] => {
    const parsed = parseSearch(query.search);
    const own = letters.filter((letter) => letter.account === query.account);
    const isIn = (folder: Folder, letter: Letter) => inFolder(folder, letter, now);
    const wanted = own.filter((letter) => {
      if (query.place.kind === "folder") {
        return isIn(query.place.folder, letter);
      }
      return query.place.kind === "service"
        ? letter.kind === "received" && letter.resource === query.place.resource
        : true;
    });
    const rows = wanted
      .filter((letter) => matches(letter, parsed) && passes(letter, query.filters, now))
      .map((letter) => marked(rowOf(letter, now), parsed.words));
    const folder = query.place.kind === "folder" ? query.place.folder : null;
    const isPlain = query.search.trim() === "";
    if (folder === "drafts" && isPlain) {
      rows.push(...[...drafts.values()].filter((draft) => draft.account === query.account).map(draftRow));
    }
    if (folder === "outbox" || folder === "failed") {
      for (const item of outbox.values()) {
        if (
          item.account === query.account &&
          isPlain &&
          (folder === "outbox" || item.state.kind === "stuck")
        ) {
          rows.push(outboxRow(item));
        }
      }
    }
    const sign = query.sort === "oldest" ? -1 : 1;
    const hits = (row: Row) => (query.sort === "best" ? row.titleMarks.length : 0);
    return rows.sort((one, other) => hits(other) - hits(one) || sign * (other.at - one.at));
  };

  return {
    async folders(account) {
      const own = letters.filter((letter) => letter.account === account);
      const count = (folder: Folder) => own.filter((letter) => inFolder(folder, letter, now)).length;
      const mine = [...outbox.values()].filter((item) => item.account === account);
      const stuck = mine.filter((item) => item.state.kind === "stuck").length;
      const draftCount = [...drafts.values()].filter((draft) => draft.account === account).length;
      const unread = count("unread");
      const failed = count("failed") + stuck;
      const sealed = own.filter((letter) => letter.isSealed).length;
      const overdue = own.some((letter) => inFolder("dueSoon", letter, now) && (letter.dueAt ?? 0) < now);
      const line = (folder: Folder, total: number, badge: number, urgent = false) => ({
        folder,
        total,
        badge,
        urgent,
      });
      const services = SERVICES.map((service) => {
        const inside = own.filter(
          (letter) => letter.kind === "received" && letter.resource === service.resource,
        );
        return {
          resource: service.resource,
          title: service.title,
          total: inside.length,
          unread: inside.filter((letter) => letter.isUnread).length,
        };
      });
      return {
        folders: [
          line("inbox", count("inbox"), unread),
          line("unread", unread, 0),
          line("needsConfirmation", count("needsConfirmation"), count("needsConfirmation")),
          line("dueSoon", count("dueSoon"), count("dueSoon"), overdue),
          line("confidential", count("confidential"), sealed),
          line("drafts", draftCount, draftCount),
          line("outbox", mine.length, mine.length),
          line("scheduled", count("scheduled"), count("scheduled")),
          line("sent", count("sent"), 0),
          line("failed", failed, failed, true),
          line("archive", count("archive"), 0),
        ],
        services: services
          .filter((service) => service.total > 0)
          .sort((one, other) => other.total - one.total),
      };
    },
    async listShape(query) {
      const rows = all(query);
      return {
        total: rows.length,
        groups:
          query.sort === "best" && query.search !== "" && rows.length > 0
            ? [{ kind: { kind: "best" }, count: rows.length }]
            : groupsOf(rows, now),
        hints: parseSearch(query.search).hints,
        unindexedFiles: query.search === "" ? 0 : (options.unindexedFiles ?? 0),
      };
    },
    async listRows(query, offset, limit) {
      return structuredClone(all(query).slice(offset, offset + limit));
    },
    async message(id) {
      return view(find(id));
    },
    async openMessage(id) {
      const letter = find(id);
      if (
        letter.kind === "received" &&
        (letter.read.kind === "unopened" || letter.isUnread || letter.isSealed)
      ) {
        const wasOpened = letter.read.kind === "read";
        letter.isUnread = false;
        letter.isSealed = false;
        letter.body = letter.content;
        letter.abilities = { ...letter.abilities, markUnread: true };
        if (!wasOpened) {
          letter.read = { kind: "pending" };
          later(() => {
            letter.read = { kind: "read", at: now };
            letter.timeline.unshift({ event: { kind: "read" }, at: now, isLocal: false, detail: null });
            changed(letter);
          });
        }
        changed(letter);
      }
      return view(letter);
    },
    async markUnread(id) {
      const letter = find(id);
      letter.isUnread = true;
      letter.abilities = { ...letter.abilities, markUnread: false };
      changed(letter);
      return null;
    },
    async archive(id, isArchived) {
      const letter = find(id);
      letter.isArchived = isArchived;
      letter.abilities = { ...letter.abilities, archive: !isArchived, unarchive: isArchived };
      changed(letter);
      return null;
    },
    async confirm(id) {
      const letter = find(id);
      letter.confirm = { kind: "pending" };
      letter.abilities = { ...letter.abilities, confirm: false };
      changed(letter);
      later(() => {
        letter.confirm = { kind: "done", at: now };
        letter.abilities = { ...letter.abilities, delete: true, deleteRefusal: null };
        letter.timeline.unshift({ event: { kind: "confirmed" }, at: now, isLocal: false, detail: null });
        changed(letter);
      });
      return null;
    },
    async purge(id) {
      const letter = find(id);
      if (letter.abilities.deleteRefusal) {
        refuse(letter.abilities.deleteRefusal);
      }
      letters.splice(letters.indexOf(letter), 1);
      changed(letter);
      return null;
    },
    async fetchAttachment(message, attachment) {
      const letter = find(message);
      const file = letter.attachments.find((candidate) => candidate.id === attachment) ?? refuse("notFound");
      file.state = "fetching";
      changed(letter);
      later(() => {
        file.state = "here";
        file.sha256 = "0".repeat(64);
        changed(letter);
      });
      return null;
    },
    async saveAttachment(message, attachment) {
      const file =
        find(message).attachments.find((candidate) => candidate.id === attachment) ?? refuse("notFound");
      return `/home/kari/Dokumenter/${file.name}`;
    },
    async saveAllAttachments() {
      return "/home/kari/Dokumenter";
    },
  } satisfies Partial<Host>;
}
