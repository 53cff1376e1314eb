import { momentOf } from "../../i18n/format.ts";
import type { Drop, Host } from "../../ipc/backend.ts";
import type {
  Account,
  Change,
  Connection,
  Draft,
  ErrorCode,
  Folder,
  ListQuery,
  Message,
  OutboxItem,
  Row,
  StartState,
  UiError,
} from "../../ipc/bindings.ts";
import { begin, emptyText, type FakeOptions, fileOf, sentFrom } from "./begin.ts";
import { checkupOf } from "./checkup.ts";
import type { Letter } from "./letters.ts";
import { groupsOf, inFolder, passes, rowOf } from "./lists.ts";
import { readMarkdown } from "./markdown.ts";
import { problemsOf } from "./problems.ts";
import { resolveRecipients } from "./recipients.ts";
import { marked, matches, parseSearch } from "./search.ts";
import { fakeSetup } from "./setup.ts";
import { SERVICES } from "./world.ts";

/** The handles a test turns. */
export interface Control {
  /** Lets everything that is under way at Altinn happen. */
  settle(): void;
  /** The next call of this command fails so. */
  failNext(command: keyof Host, code: ErrorCode): void;
  /** Files over the window. */
  drop(drop: Drop): void;
  /** Says what the status line says. */
  connect(connection: Connection): void;
  /** Names of the commands called, in order. */
  readonly calls: string[];
  /** Addresses opened outside. */
  readonly opened: string[];
}

const OTHER: Account = {
  id: "practice-firm",
  name: "Fjellbrukt Transport AS",
  organisationNumber: "940155223",
  environment: "practice",
  canSend: false,
};
const MAIN: Account = {
  id: "practice",
  name: "Innlandet fylkeskommune",
  organisationNumber: "920717152",
  environment: "practice",
  canSend: true,
};

/** Altinn and the engine in memory: the whole contract, for tests, pictures and a plain browser. */
export function fakeHost(options: FakeOptions = {}): Host & { control: Control } {
  const now = options.now ?? momentOf(2026, 11, 20, 9, 43);
  const { settings, ...world } = begin(options, now);
  const { letters, drafts, discarded, outbox } = world;
  const listeners = new Set<(changes: Change[]) => void>();
  const dropListeners = new Set<(drop: Drop) => void>();
  const failures = new Map<string, ErrorCode[]>();
  const pending: (() => void)[] = [];
  const calls: string[] = [];
  const opened: string[] = [];
  let current = settings;
  let connection: Connection = options.connection ?? { kind: "updated", at: now };
  let startState: StartState = options.start && options.start !== "never" ? options.start : { kind: "ready" };
  let serial = 0;
  const ticks = new Map<string, string>();
  const looked = { checkedAt: null as number | null, isRunning: false, ticks, sentAt: null as number | null };

  const tell = (...changes: Change[]) => {
    for (const listener of [...listeners]) {
      listener(changes);
    }
  };
  const setup = fakeSetup(now, tell);
  // What is kept stands instead of practice.
  const accounts = async (): Promise<Account[]> => {
    const kept = (await setup.accountEntries()).map(({ id, draft }) => ({
      id,
      name: draft.name,
      organisationNumber: draft.organisationNumber,
      environment: draft.environment,
      canSend: draft.writeResources.length > 0,
    }));
    return kept.length > 0 ? kept : (options.accounts ?? [MAIN, OTHER]);
  };
  const accountWith = async (id: string) => (await accounts()).find((account) => account.id === id) ?? MAIN;
  const spoil = (account: string): Change[] => [
    { kind: "folders", account },
    { kind: "list", account },
  ];
  const later = (effect: () => void) => {
    const run = () => {
      const at = pending.indexOf(run);
      if (at >= 0) {
        pending.splice(at, 1);
        effect();
      }
    };
    pending.push(run);
    if (options.pace) {
      setTimeout(run, options.pace);
    }
  };
  const nextId = (kind: string) => {
    serial += 1;
    return `${kind}-new-${serial}`;
  };
  const find = (id: string): Letter => letters.find((letter) => letter.id === id) ?? refuse("notFound");
  const findDraft = (id: string): Draft => drafts.get(id) ?? refuse("notFound");
  const refuse = (code: ErrorCode): never => {
    const error: UiError = { code, params: {}, traceId: null, at: now };
    throw error;
  };
  const changed = (letter: Letter) => {
    tell({ kind: "message", id: letter.id }, ...spoil(letter.account));
  };
  const keep = (draft: Draft): Draft => {
    drafts.set(draft.id, draft);
    tell({ kind: "draft", id: draft.id }, ...spoil(draft.account));
    return structuredClone(draft);
  };
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

  const outboxRow = (item: OutboxItem): Row => ({
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
  const draftRow = (draft: Draft): Row => ({
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

  const commands: Host = {
    ...setup,
    now: () => now,
    startState() {
      return options.start === "never" ? new Promise(() => {}) : Promise.resolve(startState);
    },
    async openAgain() {
      startState = { kind: "ready" };
      return startState;
    },
    async unlock(passphrase) {
      const isNew = startState.kind === "needsPassphrase" && startState.isNew;
      if (passphrase.length < 12) {
        refuse("passphraseTooShort");
      }
      startState =
        passphrase.includes("feil") && !isNew
          ? { kind: "needsPassphrase", isNew: false, wasWrong: true }
          : { kind: "ready" };
      return startState;
    },
    accounts,
    async settings() {
      return { ...current };
    },
    async saveSettings(next) {
      current = { ...next };
      tell({ kind: "settings" });
      return null;
    },
    async status() {
      const uploading = [...outbox.values()].find((item) => item.state.kind === "uploading")?.state;
      return {
        connection,
        incomplete: [],
        isKeyTemporary: false,
        uploads:
          uploading?.kind === "uploading"
            ? { file: uploading.file, files: uploading.files, done: uploading.done, size: uploading.size }
            : null,
      };
    },
    async painted() {
      return null;
    },
    async syncNow() {
      connection = { kind: "syncing", done: 120, total: 480, until: null };
      tell({ kind: "status" });
      later(() => {
        connection = { kind: "updated", at: now };
        tell({ kind: "status" });
      });
      return null;
    },
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
    async openLink(url) {
      opened.push(url);
      return null;
    },
    async checkup(account) {
      return checkupOf(await accountWith(account), looked);
    },
    async startCheckup(account) {
      looked.checkedAt = null;
      looked.isRunning = true;
      tell({ kind: "checkup", account });
      later(() => {
        looked.checkedAt = now;
        looked.isRunning = false;
        tell({ kind: "checkup", account });
      });
      return null;
    },
    async tickCheck(account, check, by) {
      if (by === null) {
        ticks.delete(check);
      } else {
        ticks.set(check, by);
      }
      tell({ kind: "checkup", account });
      return checkupOf(await accountWith(account), looked);
    },
    async sendTestLetter(account, _text, isConfirmed) {
      if ((await accountWith(account)).environment === "production" && !isConfirmed) {
        refuse("testLetterInProduction");
      }
      looked.isRunning = true;
      tell({ kind: "checkup", account });
      later(() => {
        looked.sentAt = now;
        looked.isRunning = false;
        tell({ kind: "checkup", account });
      });
      return null;
    },
    async checkupReport(account) {
      return `Brevdue, ${(await accountWith(account)).organisationNumber}\n`;
    },
    async catalogue(account, words) {
      const resources = SERVICES.filter((service) =>
        service.title.nb.toLowerCase().includes(words.toLowerCase()),
      ).map((service) => ({
        resource: service.resource,
        title: service.title,
        owner: { nb: "Lillehammer kommune", nn: "Lillehammer kommune", en: "Lillehammer Municipality" },
        ownerNumber: "945578564",
        isOwn: service.writes,
        isMigrated: false,
        isListedOnly: false,
        receives: !service.writes,
        sends: service.writes && account === MAIN.id,
        isConfidential: service.isConfidential,
        minimumLevel: service.minimumLevel,
      }));
      return { fetchedAt: now, total: resources.length, resources };
    },
    async startCatalogue(account) {
      tell({ kind: "catalogue", account });
      return null;
    },
    async subscriptions() {
      return { fetchedAt: now, subscriptions: [] };
    },
    async startSubscriptions(account) {
      tell({ kind: "subscriptions", account });
      return null;
    },
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
    onChanges(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onDrop(listener) {
      dropListeners.add(listener);
      return () => dropListeners.delete(listener);
    },
  };

  const control: Control = {
    settle() {
      for (let round = 0; round < 20 && pending.length > 0; round += 1) {
        for (const run of [...pending]) {
          run();
        }
      }
    },
    failNext(command, code) {
      failures.set(command, [...(failures.get(command) ?? []), code]);
    },
    drop(drop) {
      for (const listener of [...dropListeners]) {
        listener(drop);
      }
    },
    connect(next) {
      connection = next;
      tell({ kind: "status" });
    },
    calls,
    opened,
  };

  return { ...watched(commands, calls, failures, now), control };
}

/** Notes each command called, and lets the wished ones fail. */
function watched(commands: Host, calls: string[], failures: Map<string, ErrorCode[]>, now: number): Host {
  return new Proxy(commands, {
    get(target, name: keyof Host & string) {
      const command = target[name];
      if (typeof command !== "function" || name.startsWith("on") || name === "now") {
        return command;
      }
      return (...values: never[]) => {
        calls.push(name);
        const code = failures.get(name)?.shift();
        if (code) {
          const error: UiError = { code, params: {}, traceId: "00-4bf92f3577b34da6", at: now };
          return Promise.reject(error);
        }
        return Reflect.apply(command, target, values);
      };
    },
    ownKeys: (target) => Reflect.ownKeys(target),
  });
}

export type { FakeOptions };
