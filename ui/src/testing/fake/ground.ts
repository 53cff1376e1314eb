import { momentOf } from "../../i18n/norway.ts";
import type { Account, Change, Draft, ErrorCode, UiError } from "../../ipc/bindings.ts";
import { begin, type FakeOptions } from "./begin.ts";
import type { Letter } from "./letters.ts";

/** One that only receives. */
export const OTHER: Account = {
  id: "practice-firm",
  name: "Fjellbrukt Transport AS",
  organisationNumber: "940155223",
  environment: "practice",
  canSend: false,
  person: null,
};
/** The organisation that sends. */
export const MAIN: Account = {
  id: "practice",
  name: "Innlandet fylkeskommune",
  organisationNumber: "920717152",
  environment: "practice",
  canSend: true,
  person: null,
};

/** What every part of the world in memory stands on. */
export type Ground = ReturnType<typeof newGround>;

/** The beginning of a world: what is in it, who hears of changes, and what is still to happen at Altinn. */
export function newGround(options: FakeOptions) {
  const now = options.now ?? momentOf(2026, 11, 20, 9, 43);
  const world = begin(options, now);
  const { letters, drafts } = world;
  const listeners = new Set<(changes: Change[]) => void>();
  const pending: (() => void)[] = [];
  let serial = 0;

  const tell = (...changes: Change[]) => {
    for (const listener of [...listeners]) {
      listener(changes);
    }
  };
  const refuse = (code: ErrorCode, params: UiError["params"] = {}): never => {
    throw { code, params, traceId: null, at: now } satisfies UiError;
  };
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
  return {
    ...world,
    options,
    now,
    listeners,
    pending,
    tell,
    refuse,
    spoil,
    later,
    nextId(kind: string): string {
      serial += 1;
      return `${kind}-new-${serial}`;
    },
    find: (id: string): Letter => letters.find((letter) => letter.id === id) ?? refuse("notFound"),
    findDraft: (id: string): Draft => drafts.get(id) ?? refuse("notFound"),
    changed(letter: Letter): void {
      tell({ kind: "message", id: letter.id }, ...spoil(letter.account));
    },
    /** Keeps a draft as it is now; answers a copy. */
    keep(draft: Draft): Draft {
      drafts.set(draft.id, draft);
      tell({ kind: "draft", id: draft.id }, ...spoil(draft.account));
      return structuredClone(draft);
    },
  };
}
