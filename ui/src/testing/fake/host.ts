import type { Drop, Host } from "../../ipc/backend.ts";
import type { Account, Connection, ErrorCode, UiError } from "../../ipc/bindings.ts";
import type { FakeOptions } from "./begin.ts";
import { fakeChecking } from "./checking.ts";
import { MAIN, newGround, OTHER } from "./ground.ts";
import { fakeNetwork } from "./network.ts";
import { fakeOpening } from "./opening.ts";
import { type Browser, fakePeople } from "./people.ts";
import { fakeReading } from "./reading.ts";
import { fakeSending } from "./sending.ts";
import { fakeSetup } from "./setup.ts";
import { fakeWriting } from "./writing.ts";

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
  /** Where people sign in. */
  readonly browser: Browser;
  /** Names of the commands called, in order. */
  readonly calls: string[];
  /** Addresses opened outside. */
  readonly opened: string[];
}

/** Altinn and the engine in memory: the whole contract, for tests, pictures and a plain browser. */
export function fakeHost(options: FakeOptions = {}): Host & { control: Control } {
  const ground = newGround(options);
  const { now, listeners, pending } = ground;
  const dropListeners = new Set<(drop: Drop) => void>();
  const failures = new Map<string, ErrorCode[]>();
  const calls: string[] = [];
  const opened: string[] = [];
  const setup = fakeSetup(ground);
  const people = fakePeople(ground);
  const { commands: opening, connect } = fakeOpening(ground);
  // What is kept stands instead of practice.
  const accounts = async (): Promise<Account[]> => {
    const kept = (await setup.accountEntries()).map((entry) => ({
      id: entry.id,
      name: entry.draft.name,
      organisationNumber: entry.draft.organisationNumber,
      environment: entry.draft.environment,
      canSend: entry.draft.writeResources.length > 0,
      person: people.of(entry),
    }));
    return kept.length > 0 ? kept : (options.accounts ?? [MAIN, OTHER]);
  };

  const commands: Host = {
    ...setup,
    ...people.commands,
    ...fakeNetwork(ground),
    ...opening,
    ...fakeReading(ground),
    ...fakeWriting(ground),
    ...fakeSending(ground),
    ...fakeChecking(ground, accounts),
    now: () => now,
    accounts,
    async firstPicture(asked, limit) {
      const state = await commands.startState();
      const all = await accounts();
      const account = all.find(({ id }) => id === asked.account) ?? all[0];
      if (state.kind !== "ready" || !account) {
        return { state, mailbox: null };
      }
      const query = { ...asked, account: account.id };
      const [settings, status, folders, shape, rows] = await Promise.all([
        commands.settings(),
        commands.status(),
        commands.folders(query.account),
        commands.listShape(query),
        commands.listRows(query, 0, limit),
      ]);
      return { state, mailbox: { settings, accounts: all, status, folders, query, shape, rows } };
    },
    async openLink(url) {
      opened.push(url);
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
    connect,
    browser: people.browser,
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
