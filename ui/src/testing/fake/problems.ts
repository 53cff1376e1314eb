import { dayNumber } from "../../i18n/norway.ts";
import type { Draft, ErrorCode, Problem } from "../../ipc/bindings.ts";
import { SERVICES } from "./world.ts";

/** What keeps a draft from being sent, by the rules that the engine holds. */
export function problemsOf(draft: Draft, now: number): Problem[] {
  const problems: Problem[] = [];
  const add = (field: Problem["field"], code: ErrorCode, params: Problem["params"] = {}) =>
    problems.push({ field, code, params });
  const { text } = draft;
  if (!text.resource) {
    add("resource", "required");
  }
  if (text.recipients.length === 0) {
    add("recipients", "noRecipients");
  }
  for (const recipient of draft.recipients) {
    const name = recipient.party.name;
    if (recipient.state === "badChecksum" || recipient.state === "malformed") {
      add("recipients", "recipientInvalid", { name });
    } else if (recipient.state === "notFound" || recipient.state === "deleted") {
      add("recipients", "recipientUnknown", { name });
    } else if (recipient.state === "duplicate") {
      add("recipients", "recipientDuplicate", { name });
    }
  }
  if (text.title.trim() === "") {
    add("title", "required");
  } else if (text.title.length > 255) {
    add("title", "tooLong", { count: String(text.title.length), limit: "255" });
  }
  if (text.summary.length > 255) {
    add("summary", "tooLong", { count: String(text.summary.length), limit: "255" });
  }
  if (text.body.trim() === "") {
    add("body", "required");
  }
  if (text.needsConfirmation && text.dueAt === null) {
    add("due", "confirmationNeedsDue");
  }
  if (text.dueAt !== null && dayNumber(text.dueAt) < dayNumber(now)) {
    add("due", "duePast");
  } else if (text.dueAt !== null && text.publishAt !== null && text.dueAt < text.publishAt) {
    add("due", "dueBeforePublish");
  }
  const service = SERVICES.find((candidate) => candidate.resource === text.resource);
  if (service?.isConfidential && !text.isConfidential) {
    add("confidential", "confidentialRequired");
  } else if (service && !service.isConfidential && text.isConfidential) {
    add("confidential", "confidentialNotAllowed");
  }
  for (const file of draft.files) {
    if (file.state.kind === "refused") {
      add("files", "fileRefused", { name: file.name });
    } else if (file.state.kind === "reading") {
      add("files", "fileNotReady", { name: file.name });
    }
  }
  return problems;
}
