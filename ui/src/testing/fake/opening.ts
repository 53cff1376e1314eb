import type { Host } from "../../ipc/backend.ts";
import type { Connection, StartState } from "../../ipc/bindings.ts";
import type { Ground } from "./ground.ts";

/** The mailbox being opened, its settings and the status line. */
export function fakeOpening(ground: Ground) {
  const { now, options, outbox, tell, later, refuse } = ground;
  let current = ground.settings;
  let connection: Connection = options.connection ?? { kind: "updated", at: now };
  let startState: StartState = options.start && options.start !== "never" ? options.start : { kind: "ready" };
  /** Says what the status line says. */
  const connect = (next: Connection) => {
    connection = next;
    tell({ kind: "status" });
  };
  const commands = {
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
      connect({ kind: "syncing", done: 120, total: 480, until: null });
      later(() => connect({ kind: "updated", at: now }));
      return null;
    },
  } satisfies Partial<Host>;
  return { commands, connect };
}
