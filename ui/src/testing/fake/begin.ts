import { momentOf } from "../../i18n/norway.ts";
import type {
  Account,
  Connection,
  Draft,
  DraftFile,
  DraftText,
  OutboxItem,
  Settings,
  StartState,
} from "../../ipc/bindings.ts";
import { type Letter, mediaTypeOf, receivedLetters, sentLetters } from "./letters.ts";
import { resolveRecipients } from "./recipients.ts";
import { OWN, serviceTitle } from "./world.ts";

/** How a practice world in memory begins. */
export interface FakeOptions {
  now?: number;
  letters?: number;
  /** Milliseconds between a wish and its effect at Altinn; 0 leaves it to `settle`. */
  pace?: number;
  start?: StartState | "never";
  settings?: Partial<Settings>;
  connection?: Connection;
  accounts?: Account[];
  /** Files whose words a search does not find. */
  unindexedFiles?: number;
  /** Start with an empty mailbox, outbox and no drafts. */
  isEmpty?: boolean;
}

const REFUSED_TYPES = /\.(heic|exe|bat|js|msi)$/i;

export const emptyText: DraftText = {
  resource: null,
  recipients: [],
  title: "",
  summary: "",
  body: "",
  language: "nb",
  reference: "",
  messageSender: "",
  dueAt: null,
  needsConfirmation: false,
  publishAt: null,
  alert: { channel: "emailPreferred", sendReminder: true },
  ignoreReservation: false,
  isConfidential: false,
};

export function begin(options: FakeOptions, now: number) {
  const settings: Settings = {
    language: "nb",
    scheme: "light",
    density: "normal",
    undoMinutes: 10,
    openOnSelect: false,
    singleKeys: true,
    ...options.settings,
  };
  const letters: Letter[] = options.isEmpty
    ? []
    : [...sentLetters(now), ...receivedLetters(now, options.letters ?? 200)];
  const drafts = new Map<string, Draft>();
  const outbox = new Map<string, OutboxItem>();
  if (!options.isEmpty) {
    for (const draft of firstDrafts(now)) {
      drafts.set(draft.id, draft);
    }
    for (const item of firstOutbox(now)) {
      outbox.set(item.id, item);
    }
  }
  return { settings, letters, drafts, discarded: new Map<string, Draft>(), outbox };
}

function readyFile(id: string, name: string, size: number): DraftFile {
  return {
    id,
    name,
    size,
    mediaType: mediaTypeOf(name),
    sha256: "0".repeat(64),
    isSameContent: false,
    state: { kind: "ready" },
  };
}

function firstDrafts(now: number): Draft[] {
  const texts: Partial<DraftText>[] = [
    {
      resource: "innlandet-vedtak-og-svar",
      recipients: ["945578564", "961381096"],
      title: "Svar på søknad om skoleskyss 2027",
      body: "Hei,\n\nVi har behandlet søknaden deres av 4. november.\n\n**Vedtak:** Søknaden er innvilget fra 1. januar 2027.\n\n- Vedtaksbrev ligger vedlagt\n- Klagefristen er tre uker",
      needsConfirmation: true,
      dueAt: momentOf(2026, 12, 4, 23, 59),
    },
    {
      title: "Innkalling til kontaktmøte i februar",
      recipients: ["985399077"],
      body: "Vi kaller inn til kontaktmøte.",
    },
    {},
  ];
  return texts.map((text, index) => {
    const whole = { ...emptyText, ...text };
    return {
      id: `draft-${index}`,
      account: "practice",
      version: 3,
      text: whole,
      recipients: resolveRecipients(whole.recipients),
      files:
        index === 0
          ? [
              readyFile("draft-0-a", "Vedtaksbrev.pdf", 412_000),
              readyFile("draft-0-b", "Saksfremlegg med kart.docx", 86_400_000),
            ]
          : [],
      savedAt: now - index * 26 * 3_600_000,
      refusal: null,
    };
  });
}

function firstOutbox(now: number): OutboxItem[] {
  const item = (
    id: string,
    name: string,
    number: string,
    title: string,
    state: OutboxItem["state"],
    step: number,
  ): OutboxItem => ({
    id,
    account: "practice",
    draft: `${id}-draft`,
    title,
    recipient: { name, number, isPerson: false },
    queuedAt: now - 4 * 60_000,
    publishAt: null,
    files: [
      readyFile(`${id}-a`, "Saksfremlegg med kart.docx", 86_400_000),
      readyFile(`${id}-b`, "Vedtaksbrev.pdf", 412_000),
    ],
    state,
    step,
    steps: 4,
  });
  return [
    item(
      "outbox-0",
      "Gausdal kommune",
      "961 381 096",
      "Vedtak om skoleskyss til Gausdal",
      { kind: "uploading", file: 1, files: 2, done: 55_300_000, size: 86_812_000 },
      1,
    ),
    item(
      "outbox-1",
      "Lillehammer kommune",
      "945 578 564",
      "Vedtak om skoleskyss til Lillehammer",
      { kind: "waiting", until: now + 7 * 60_000, attempts: 2, reason: "slow" },
      1,
    ),
    item(
      "outbox-2",
      "Nordre Follo kommune",
      "940 155 223",
      "Oversendelse av klage",
      {
        kind: "stuck",
        reason: { field: "recipients", code: "recipientUnknown", params: { name: "940 155 223" } },
      },
      3,
    ),
  ];
}

export function fileOf(path: string, others: readonly DraftFile[], id: string): DraftFile {
  const name = path.split(/[\\/]/).pop() ?? path;
  const size = 120_000 + path.length * 7_001;
  const file: DraftFile = {
    id,
    name,
    size,
    mediaType: mediaTypeOf(name),
    sha256: null,
    isSameContent: false,
    state: { kind: "reading", done: 0 },
  };
  const extension = name.includes(".") ? `.${name.split(".").pop()}` : "";
  if (REFUSED_TYPES.test(name)) {
    return { ...file, state: { kind: "refused", problem: { kind: "type", extension } } };
  }
  if (/tom\./i.test(name)) {
    return { ...file, size: 0, state: { kind: "refused", problem: { kind: "empty" } } };
  }
  if (/[<>:"|?*]/.test(name)) {
    return {
      ...file,
      state: { kind: "refused", problem: { kind: "name", suggestion: name.replace(/[<>:"|?*]+/g, "-") } },
    };
  }
  if (others.some((other) => other.name === name)) {
    const suggestion = name.replace(/(\.[^.]*)?$/, " (2)$1");
    return { ...file, state: { kind: "refused", problem: { kind: "duplicate", suggestion } } };
  }
  return file;
}

export function sentFrom(item: OutboxItem, now: number): Letter {
  const at = item.publishAt ?? now;
  return {
    id: `sent-of-${item.id}`,
    account: item.account,
    kind: "sent",
    resource: "innlandet-vedtak-og-svar",
    service: serviceTitle("innlandet-vedtak-og-svar"),
    title: item.title,
    summary: "",
    sender: OWN,
    recipient: item.recipient,
    reference: item.draft,
    at,
    dueAt: null,
    language: "nb",
    read: { kind: "unopened" },
    isUnread: false,
    confirm: { kind: "notAsked" },
    isSealed: false,
    isArchived: false,
    body: [],
    content: [],
    isFetched: true,
    attachments: item.files.map((file) => ({
      id: file.id,
      name: file.name,
      size: file.size,
      mediaType: file.mediaType,
      sha256: file.sha256,
      state: "here",
      expiresAt: null,
    })),
    replyLinks: [],
    timeline: [
      ...(at <= now ? [{ event: { kind: "published" as const }, at, isLocal: false, detail: null }] : []),
      { event: { kind: "accepted" }, at: now, isLocal: true, detail: null },
    ],
    checkedAt: now,
    abilities: {
      confirm: false,
      delete: false,
      deleteRefusal: null,
      archive: false,
      unarchive: false,
      markUnread: false,
      undoSend: at > now,
    },
  };
}
