import type { Host } from "../../ipc/backend.ts";
import type { Draft } from "../../ipc/bindings.ts";
import { emptyText, fileOf } from "./begin.ts";
import { type Ground, MAIN } from "./ground.ts";
import { readMarkdown } from "./markdown.ts";
import { problemsOf } from "./problems.ts";
import { resolveRecipients } from "./recipients.ts";
import { SERVICES } from "./world.ts";

/** Drafts, their recipients and their files. */
export function fakeWriting(ground: Ground) {
  const { now, drafts, discarded, tell, spoil, later, nextId, refuse, findDraft, keep } = ground;
  const addFiles = (id: string, paths: readonly string[]): Draft => {
    const draft = structuredClone(findDraft(id));
    for (const path of paths) {
      draft.files.push(fileOf(path, draft.files, nextId("file")));
    }
    const kept = keep(draft);
    later(() => {
      const latest = drafts.get(id);
      if (latest) {
        const files = latest.files.map((file) =>
          file.state.kind === "reading"
            ? { ...file, sha256: "0".repeat(64), state: { kind: "ready" as const } }
            : file,
        );
        keep({ ...latest, files });
      }
    });
    return kept;
  };

  return {
    async services(account) {
      return account === MAIN.id
        ? SERVICES.filter((service) => service.writes).map(({ writes: _, ...service }) =>
            structuredClone(service),
          )
        : [];
    },
    async newDraft(account) {
      return keep({
        id: nextId("draft"),
        account,
        version: 1,
        text: { ...emptyText },
        recipients: [],
        files: [],
        savedAt: now,
        refusal: null,
      });
    },
    async draft(id) {
      return structuredClone(findDraft(id));
    },
    async saveDraft(id, version, text) {
      const draft = findDraft(id);
      if (draft.version !== version) {
        refuse("draftConflict");
      }
      return keep({
        ...draft,
        version: version + 1,
        text: structuredClone(text),
        recipients: resolveRecipients(text.recipients),
        savedAt: now,
      });
    },
    async discardDraft(id) {
      const draft = findDraft(id);
      drafts.delete(id);
      discarded.set(id, draft);
      tell(...spoil(draft.account));
      return null;
    },
    async restoreDraft(id) {
      const draft = discarded.get(id) ?? refuse("notFound");
      discarded.delete(id);
      return keep(draft);
    },
    async checkRecipients(_account, texts) {
      return resolveRecipients(texts);
    },
    async addFiles(draft, paths) {
      return addFiles(draft, paths);
    },
    async pickFiles(draft) {
      return addFiles(draft, ["/home/kari/Vedtaksbrev.pdf"]);
    },
    async removeFile(id, file) {
      const draft = findDraft(id);
      return keep({ ...draft, files: draft.files.filter((candidate) => candidate.id !== file) });
    },
    async renameFile(id, file, name) {
      const draft = findDraft(id);
      const files = draft.files.map((candidate) =>
        candidate.id === file ? { ...candidate, name, state: { kind: "ready" as const } } : candidate,
      );
      return keep({ ...draft, files });
    },
    async preview(body) {
      return readMarkdown(body);
    },
    async checkDraft(id) {
      return problemsOf(findDraft(id), now);
    },
  } satisfies Partial<Host>;
}
