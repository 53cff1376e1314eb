import type { Draft, OutboxItem, Row } from "../../ipc/bindings.ts";

/** A letter on its way, as a row of the list. */
export const outboxRow = (item: OutboxItem): Row => ({
  id: item.id,
  kind: "outbox",
  counterpart: item.recipient.name,
  isPerson: item.recipient.isPerson,
  at: item.queuedAt,
  title: item.title,
  snippet: "",
  isUnread: false,
  isSealed: false,
  tag: item.state.kind === "stuck" ? { kind: "failed" } : null,
  attachments: item.files.length,
  titleMarks: [],
  snippetMarks: [],
});

/** A draft, as a row of the list. */
export const draftRow = (draft: Draft): Row => ({
  id: draft.id,
  kind: "draft",
  counterpart: draft.recipients.map((recipient) => recipient.party.name).join(", "),
  isPerson: draft.recipients.some((recipient) => recipient.party.isPerson),
  at: draft.savedAt,
  title: draft.text.title,
  snippet: draft.text.summary || draft.text.body.slice(0, 160),
  isUnread: false,
  isSealed: false,
  tag: draft.refusal ? { kind: "failed" } : null,
  attachments: draft.files.length,
  titleMarks: [],
  snippetMarks: [],
});
