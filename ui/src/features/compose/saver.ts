// Saves a draft while it is written: half a second after a pause, at once when asked, one save on the way at a time.
// What is on screen is the truth: an answer brings the version, the files and the names, never older text.

import type { Draft, DraftText } from "../../ipc/bindings";

/** Where the draft is between the screen and the store. */
export type SaveState =
  | { readonly kind: "saved"; readonly at: number }
  | { readonly kind: "unsaved" }
  | { readonly kind: "saving" }
  | { readonly kind: "failed"; readonly error: unknown }
  /** Changed elsewhere meanwhile; `theirs` is what the store holds. */
  | { readonly kind: "conflict"; readonly theirs: Draft };

/** What the saver needs of the world. */
export interface SaverWorld {
  save(id: string, version: number, text: DraftText): Promise<Draft>;
  load(id: string): Promise<Draft>;
  isConflict(error: unknown): boolean;
  /** Calls back once after the pause; answers how to call it off. */
  later(callback: () => void, milliseconds: number): () => void;
}

/** What is shown now. */
export interface Snapshot {
  /** As the store last answered: version, recipients, files, refusal. */
  readonly draft: Draft;
  /** As on screen. */
  readonly text: DraftText;
  readonly state: SaveState;
}

/** How long after the last key press a draft is saved, in milliseconds. */
export const PAUSE = 500;

/** Whether two texts say the same; field by field, so that the order of keys does not matter. */
export function sameText(a: DraftText, b: DraftText): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered(text: DraftText): unknown {
  const { alert, ...rest } = text;
  return [Object.entries(rest).sort(([a], [b]) => a.localeCompare(b)), alert?.channel, alert?.sendReminder];
}

/** Keeps one draft saved. */
export class DraftSaver {
  #world: SaverWorld;
  #snapshot: Snapshot;
  /** The text of the screen that the store holds, in the screen's own form. */
  #base: DraftText;
  #listeners = new Set<() => void>();
  #cancelPause: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #reloading: Promise<void> | null = null;
  #isStale = false;

  constructor(draft: Draft, world: SaverWorld) {
    this.#world = world;
    this.#base = draft.text;
    this.#snapshot = { draft, text: draft.text, state: { kind: "saved", at: draft.savedAt } };
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For `useSyncExternalStore`. */
  readonly snapshot = (): Snapshot => this.#snapshot;

  /** The user changed something. */
  edit(change: Partial<DraftText>): void {
    const text = { ...this.#snapshot.text, ...change };
    if (sameText(text, this.#snapshot.text)) return;
    const isConflict = this.#snapshot.state.kind === "conflict";
    this.#put({ text, ...(isConflict ? {} : { state: { kind: "unsaved" } }) });
    if (isConflict) return;
    this.#cancelPause?.();
    this.#cancelPause = this.#world.later(() => {
      this.#cancelPause = null;
      void this.flush();
    }, PAUSE);
  }

  /** Saves now what is not saved, until the screen and the store agree or it cannot be done. True when they agree. */
  async flush(): Promise<boolean> {
    this.stop();
    for (;;) {
      while (this.#running) await this.#running;
      if (this.#snapshot.state.kind === "conflict") return false;
      if (this.#isClean()) {
        if (this.#snapshot.state.kind !== "saved") this.#putSaved();
        return true;
      }
      this.#running = this.#save().finally(() => {
        this.#running = null;
      });
      await this.#running;
      if (this.#snapshot.state.kind === "failed") return false;
    }
  }

  /** The store has something newer: a file read further, a name found, a change made elsewhere. */
  reload(): void {
    this.#isStale = true;
    if (this.#running || this.#reloading) return;
    this.#reloading = this.#catchUp().finally(() => {
      this.#reloading = null;
      if (this.#isStale) this.reload();
    });
  }

  /** An answer of the store to something other than a save: files added, removed, renamed. */
  adopt(draft: Draft): void {
    const known = this.#snapshot.draft;
    if (draft.id !== known.id || draft.version < known.version) return;
    const hasOtherText = !sameText(draft.text, known.text) && !sameText(draft.text, this.#snapshot.text);
    if (!hasOtherText) {
      this.#put({ draft });
      return;
    }
    if (!this.#isClean()) {
      this.stop();
      this.#put({ state: { kind: "conflict", theirs: draft } });
      return;
    }
    this.#base = draft.text;
    this.#put({ draft, text: draft.text, state: { kind: "saved", at: draft.savedAt } });
  }

  /** Answer to a conflict: what is on screen replaces the other text. */
  async keepMine(): Promise<boolean> {
    const { state } = this.#snapshot;
    if (state.kind !== "conflict") return false;
    this.#base = state.theirs.text;
    this.#put({ draft: state.theirs, state: { kind: "unsaved" } });
    return this.flush();
  }

  /** Answer to a conflict: the other text replaces what is on screen. */
  takeTheirs(): void {
    const { state } = this.#snapshot;
    if (state.kind !== "conflict") return;
    const draft = state.theirs;
    this.#base = draft.text;
    this.#put({ draft, text: draft.text, state: { kind: "saved", at: draft.savedAt } });
  }

  /** Calls off a save that waits for its pause. */
  stop(): void {
    this.#cancelPause?.();
    this.#cancelPause = null;
  }

  #isClean(): boolean {
    return sameText(this.#snapshot.text, this.#base);
  }

  #putSaved(): void {
    this.#put({ state: { kind: "saved", at: this.#snapshot.draft.savedAt } });
  }

  async #save(): Promise<void> {
    const { draft, text } = this.#snapshot;
    this.#put({ state: { kind: "saving" } });
    try {
      const answer = await this.#world.save(draft.id, draft.version, text);
      this.#base = text;
      // A file may have been added while the save was on the way: the newer of the two answers counts.
      if (answer.version >= this.#snapshot.draft.version) this.#put({ draft: answer });
      if (this.#isClean()) this.#putSaved();
      else this.#put({ state: { kind: "unsaved" } });
      if (this.#isStale) queueMicrotask(() => this.reload());
    } catch (error) {
      if (this.#world.isConflict(error)) await this.#meet(draft, text);
      else this.#put({ state: { kind: "failed", error } });
    }
  }

  /** The store has a later version. When only files moved it on, the text is saved on top; else the user decides. */
  async #meet(base: Draft, sent: DraftText): Promise<void> {
    try {
      const theirs = await this.#world.load(base.id);
      const isOnlyFiles = sameText(theirs.text, base.text) || sameText(theirs.text, sent);
      this.#put(
        isOnlyFiles && theirs.version > base.version
          ? { draft: theirs, state: { kind: "unsaved" } }
          : { state: { kind: "conflict", theirs } },
      );
    } catch (error) {
      this.#put({ state: { kind: "failed", error } });
    }
  }

  async #catchUp(): Promise<void> {
    while (this.#isStale && !this.#running) {
      this.#isStale = false;
      try {
        const draft = await this.#world.load(this.#snapshot.draft.id);
        // A save that began meanwhile brings its own answer, and looks again after it.
        if (this.#running) this.#isStale = true;
        else this.adopt(draft);
      } catch {
        // The next change or save says what is wrong; a look that failed changes nothing on screen.
        return;
      }
    }
  }

  #put(change: Partial<Snapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}
