import { describe, expect, it } from "vitest";
import type { Draft, DraftText } from "../../ipc/bindings";
import { DraftSaver, type SaverWorld } from "./saver";

const empty: DraftText = {
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
  alert: null,
  ignoreReservation: false,
  isConfidential: false,
};

const CONFLICT = { code: "draftConflict" };

/** A store that answers when the test says so. */
class Store implements SaverWorld {
  held: Draft = {
    id: "d1",
    account: "a",
    version: 1,
    text: empty,
    recipients: [],
    files: [],
    savedAt: 100,
    refusal: null,
  };
  saves: Array<{ version: number; text: DraftText; answer: () => void; refuse: (error: unknown) => void }> =
    [];
  pauses: Array<() => void> = [];
  normalise = (text: DraftText): DraftText => text;

  save(_: string, version: number, text: DraftText): Promise<Draft> {
    return new Promise((resolve, reject) => {
      const answer = () => {
        if (version !== this.held.version) return reject(CONFLICT);
        this.held = {
          ...this.held,
          version: version + 1,
          text: this.normalise(text),
          savedAt: this.held.savedAt + 1,
        };
        resolve(this.held);
      };
      this.saves.push({ version, text, answer, refuse: reject });
    });
  }
  async load(): Promise<Draft> {
    return this.held;
  }
  isConflict(error: unknown): boolean {
    return error === CONFLICT;
  }
  later(callback: () => void): () => void {
    this.pauses.push(callback);
    return () => {
      this.pauses = this.pauses.filter((each) => each !== callback);
    };
  }
  pass(): void {
    for (const each of this.pauses.splice(0)) each();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

function start(): { store: Store; saver: DraftSaver } {
  const store = new Store();
  return { store, saver: new DraftSaver(store.held, store) };
}

describe("a draft that saves itself", () => {
  it("waits for a pause and saves once", async () => {
    const { store, saver } = start();
    saver.edit({ title: "H" });
    saver.edit({ title: "He" });
    saver.edit({ title: "Hei" });
    expect(store.pauses.length, "each key starts the pause anew").toBe(1);
    store.pass();
    await settle();
    expect(store.saves.map((each) => each.text.title)).toEqual(["Hei"]);
    store.saves[0]?.answer();
    await settle();
    expect(saver.snapshot().state).toEqual({ kind: "saved", at: 101 });
    expect(saver.snapshot().draft.version).toBe(2);
  });

  it("never lets an older answer overwrite newer text", async () => {
    const { store, saver } = start();
    saver.edit({ title: "Hei" });
    store.pass();
    await settle();
    saver.edit({ title: "Hei på deg" });
    store.saves[0]?.answer();
    await settle();
    expect(saver.snapshot().text.title, "what was typed meanwhile stays").toBe("Hei på deg");
    expect(store.saves[1]?.text.title, "and is saved in its turn").toBe("Hei på deg");
    expect(store.saves[1]?.version, "on top of the answer before").toBe(2);
    store.saves[1]?.answer();
    await settle();
    expect(saver.snapshot().state.kind).toBe("saved");
    expect(store.held.text.title).toBe("Hei på deg");
  });

  it("never has two saves on the way", async () => {
    const { store, saver } = start();
    saver.edit({ title: "a" });
    void saver.flush();
    await settle();
    saver.edit({ title: "ab" });
    void saver.flush();
    void saver.flush();
    await settle();
    expect(store.saves.length, "the second waits for the first").toBe(1);
    store.saves[0]?.answer();
    await settle();
    expect(store.saves.length).toBe(2);
  });

  it("saves on top when only files moved the version on", async () => {
    const { store, saver } = start();
    saver.edit({ body: "tekst" });
    store.held = { ...store.held, version: 5 };
    const done = saver.flush();
    await settle();
    store.saves[0]?.answer();
    await settle();
    store.saves[1]?.answer();
    expect(await done, "no question is asked of the user").toBe(true);
    expect(store.saves[1]?.version).toBe(5);
    expect(store.held.text.body).toBe("tekst");
  });

  it("asks when the other side wrote too, and keeps what was chosen", async () => {
    for (const choice of ["mine", "theirs"] as const) {
      const { store, saver } = start();
      saver.edit({ title: "min" });
      store.held = { ...store.held, version: 3, text: { ...empty, title: "deres" } };
      const done = saver.flush();
      await settle();
      store.saves[0]?.answer();
      expect(await done).toBe(false);
      expect(saver.snapshot().state.kind).toBe("conflict");
      expect(saver.snapshot().text.title, "nothing is replaced before the choice").toBe("min");
      if (choice === "mine") {
        const kept = saver.keepMine();
        await settle();
        store.saves[1]?.answer();
        expect(await kept).toBe(true);
        expect(store.held.text.title).toBe("min");
      } else {
        saver.takeTheirs();
        expect(saver.snapshot().text.title).toBe("deres");
      }
    }
  });

  it("keeps the text when a save fails, and saves it the next time", async () => {
    const { store, saver } = start();
    saver.edit({ title: "Hei" });
    const done = saver.flush();
    await settle();
    store.saves[0]?.refuse({ code: "diskFull" });
    expect(await done).toBe(false);
    expect(saver.snapshot().state.kind).toBe("failed");
    expect(saver.snapshot().text.title).toBe("Hei");
    const again = saver.flush();
    await settle();
    store.saves[1]?.answer();
    expect(await again).toBe(true);
  });

  it("does not save for ever when the store writes a text its own way", async () => {
    const { store, saver } = start();
    saver.edit({ recipients: ["961 381 096"] });
    const done = saver.flush();
    await settle();
    store.normalise = (text) => ({ ...text, recipients: ["961381096"] });
    store.saves[0]?.answer();
    expect(await done).toBe(true);
    expect(store.saves.length, "the form of the store is not a change of the user").toBe(1);
    saver.edit({ title: "mer" });
    void saver.flush();
    await settle();
    expect(store.saves[1]?.version, "and the next save goes on top of it").toBe(2);
  });

  it("takes in files and a change from elsewhere when nothing is unsaved", async () => {
    const { store, saver } = start();
    store.held = { ...store.held, version: 2, text: { ...empty, title: "fra et annet vindu" } };
    saver.reload();
    await settle();
    expect(saver.snapshot().text.title).toBe("fra et annet vindu");
    saver.edit({ title: "her" });
    store.held = { ...store.held, savedAt: 500 };
    saver.reload();
    await settle();
    expect(saver.snapshot().text.title, "a look at the store never takes unsaved text away").toBe("her");
    expect(saver.snapshot().draft.savedAt).toBe(500);
  });
});
