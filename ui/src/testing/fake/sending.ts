import type { Host } from "../../ipc/backend.ts";
import type { OutboxItem } from "../../ipc/bindings.ts";
import { emptyText, sentFrom } from "./begin.ts";
import type { Ground } from "./ground.ts";
import { problemsOf } from "./problems.ts";
import { resolveRecipients } from "./recipients.ts";

/** Letters on their way: handed over step by step, each in the outbox until it is sent. */
export function fakeSending(ground: Ground) {
  const { now, letters, drafts, outbox, tell, spoil, later, nextId, refuse, find, findDraft, keep, changed } =
    ground;
  const advance = (id: string) => {
    const item = outbox.get(id);
    if (
      !item ||
      item.state.kind === "paused" ||
      item.state.kind === "stuck" ||
      item.state.kind === "waiting"
    ) {
      return;
    }
    const size = item.files.reduce((sum, file) => sum + file.size, 0);
    const steps: OutboxItem["state"][] = [
      { kind: "queued" },
      ...(item.files.length > 0
        ? [
            {
              kind: "uploading" as const,
              file: item.files.length,
              files: item.files.length,
              done: Math.round(size * 0.64),
              size,
            },
            { kind: "scanning" as const },
          ]
        : []),
      { kind: "submitting" },
    ];
    const at = steps.findIndex((step) => step.kind === item.state.kind);
    const next = steps[at + 1];
    if (next) {
      outbox.set(id, { ...item, state: next, step: at + 1, steps: steps.length });
      later(() => advance(id));
    } else {
      outbox.delete(id);
      letters.unshift(sentFrom(item, now));
    }
    tell({ kind: "outbox", id }, { kind: "status" }, ...spoil(item.account));
  };

  return {
    async sendDraft(id, version) {
      const draft = findDraft(id);
      if (draft.version !== version) {
        refuse("draftConflict");
      }
      const problems = problemsOf(draft, now);
      if (problems.length > 0) {
        return { kind: "refused", problems };
      }
      const publishAt = draft.text.publishAt ?? now;
      const items = draft.recipients.map((recipient) => {
        const item: OutboxItem = {
          id: nextId("outbox"),
          account: draft.account,
          draft: id,
          title: draft.text.title,
          recipient: recipient.party,
          queuedAt: now,
          publishAt: draft.text.publishAt,
          files: structuredClone(draft.files),
          state: { kind: "queued" },
          step: 0,
          steps: draft.files.length > 0 ? 4 : 2,
        };
        outbox.set(item.id, item);
        later(() => advance(item.id));
        return item.id;
      });
      drafts.delete(id);
      tell({ kind: "status" }, ...spoil(draft.account));
      return { kind: "queued", receipt: { items, publishAt } };
    },
    async outboxItem(id) {
      return structuredClone(outbox.get(id) ?? refuse("notFound"));
    },
    async retryOutbox(id) {
      const item = outbox.get(id) ?? refuse("notFound");
      outbox.set(id, { ...item, state: { kind: "queued" }, step: 0 });
      later(() => advance(id));
      tell({ kind: "outbox", id }, ...spoil(item.account));
      return null;
    },
    async pauseOutbox(id, isPaused) {
      const item = outbox.get(id) ?? refuse("notFound");
      outbox.set(id, { ...item, state: isPaused ? { kind: "paused" } : { kind: "queued" } });
      if (!isPaused) {
        later(() => advance(id));
      }
      tell({ kind: "outbox", id }, ...spoil(item.account));
      return null;
    },
    async editOutbox(id) {
      const item = outbox.get(id) ?? refuse("notFound");
      outbox.delete(id);
      tell({ kind: "outbox", id }, ...spoil(item.account));
      const digits = item.recipient.number.replace(/\s/g, "");
      const reason = item.state.kind === "stuck" ? item.state.reason : null;
      return keep({
        id: nextId("draft"),
        account: item.account,
        version: 1,
        text: {
          ...emptyText,
          resource: "innlandet-vedtak-og-svar",
          title: item.title,
          recipients: [digits],
          body: "Se vedlegget.",
        },
        recipients: resolveRecipients([digits]),
        files: structuredClone(item.files),
        savedAt: now,
        refusal: reason,
      });
    },
    async cancelOutbox(id) {
      const item = outbox.get(id) ?? refuse("notFound");
      outbox.delete(id);
      tell({ kind: "outbox", id }, ...spoil(item.account));
      return null;
    },
    async undoSend(message) {
      const letter = find(message);
      if (letter.at <= now) {
        refuse("alreadyPublished");
      }
      letters.splice(letters.indexOf(letter), 1);
      changed(letter);
      return null;
    },
  } satisfies Partial<Host>;
}
