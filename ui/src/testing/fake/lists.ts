import { dayNumber, wallClock } from "../../i18n/norway.ts";
import type { Filters, Folder, Group, Row, Tag } from "../../ipc/bindings.ts";
import type { Letter } from "./letters.ts";

const DAY = 86_400_000;

function isAwaited(letter: Letter): boolean {
  return letter.confirm.kind === "asked";
}

export function inFolder(folder: Folder, letter: Letter, now: number): boolean {
  const isReceived = letter.kind === "received";
  switch (folder) {
    case "inbox":
      return isReceived && !letter.isArchived;
    case "unread":
      return isReceived && !letter.isArchived && letter.isUnread;
    case "needsConfirmation":
      return isReceived && isAwaited(letter);
    case "dueSoon":
      return (
        isReceived &&
        letter.dueAt !== null &&
        letter.dueAt < now + 7 * DAY &&
        letter.confirm.kind !== "done" &&
        letter.dueAt > now - 14 * DAY
      );
    case "confidential":
      return isReceived && letter.resource === "taushetsbelagt-post";
    case "scheduled":
      return letter.kind === "sent" && letter.at > now;
    case "sent":
      return letter.kind === "sent" && letter.at <= now && !hasFailed(letter);
    case "failed":
      return letter.kind === "sent" && hasFailed(letter);
    case "archive":
      return isReceived && letter.isArchived;
    case "drafts":
    case "outbox":
      return false;
  }
}

const hasFailed = (letter: Letter) => letter.timeline.some((entry) => entry.event.kind === "failed");

export function passes(letter: Letter, filters: Filters, now: number): boolean {
  return (
    (!filters.unread || letter.isUnread) &&
    (!filters.needsConfirmation || isAwaited(letter)) &&
    (!filters.attachments || letter.attachments.length > 0) &&
    (!filters.due || (letter.dueAt !== null && letter.dueAt > now - 30 * DAY))
  );
}

function tagOf(letter: Letter, now: number): Tag | null {
  if (hasFailed(letter)) {
    return { kind: "failed" };
  }
  if (letter.kind === "received" && isAwaited(letter)) {
    return letter.dueAt !== null && letter.dueAt < now ? { kind: "overdue" } : { kind: "needsConfirmation" };
  }
  if (letter.isSealed) {
    return { kind: "confidential" };
  }
  return letter.kind === "received" && letter.dueAt !== null && letter.dueAt > now
    ? { kind: "due", at: letter.dueAt }
    : null;
}

export function rowOf(letter: Letter, now: number): Row {
  const other = letter.kind === "sent" ? letter.recipient : letter.sender;
  return {
    id: letter.id,
    kind: letter.kind,
    counterpart: letter.isSealed ? "" : other.name,
    isPerson: other.isPerson,
    at: letter.at,
    title: letter.isSealed ? "" : letter.title,
    snippet: letter.isSealed ? "" : letter.summary,
    isUnread: letter.isUnread,
    isSealed: letter.isSealed,
    tag: tagOf(letter, now),
    attachments: letter.attachments.length,
    titleMarks: [],
    snippetMarks: [],
  };
}

export function groupsOf(rows: readonly Row[], now: number): Group[] {
  const groups: Group[] = [];
  const today = dayNumber(now);
  const monday = today - ((wallClock(now).weekday + 6) % 7);
  for (const row of rows) {
    const day = dayNumber(row.at);
    const { year, month } = wallClock(row.at);
    const kind: Group["kind"] =
      day >= today
        ? { kind: "today" }
        : day === today - 1
          ? { kind: "yesterday" }
          : day >= monday
            ? { kind: "thisWeek" }
            : { kind: "month", year, month };
    const last = groups.at(-1);
    if (last && JSON.stringify(last.kind) === JSON.stringify(kind)) {
      last.count += 1;
    } else {
      groups.push({ kind, count: 1 });
    }
  }
  return groups;
}
