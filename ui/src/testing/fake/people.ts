import type { Account, AccountEntry, Backend, ErrorCode, PersonState } from "../../ipc/bindings.ts";
import type { Ground } from "./ground.ts";

/** The browser that a test goes on in. */
export interface Browser {
  /** Comes back from ID-porten: signed in, or with what went wrong. */
  comeBack(error?: ErrorCode): void;
  /** The session of everybody runs out. */
  endSessions(): void;
}

/** People who sign in, in memory: ID-porten's page is opened and waits until a test comes back. */
export function fakePeople({ now, tell }: Ground) {
  const states = new Map<string, PersonState>();
  const out: PersonState = { kind: "signedOut", hasEnded: false, error: null };
  const all = (kind: PersonState["kind"], next: PersonState) => {
    for (const [account, state] of states) {
      if (state.kind === kind) {
        states.set(account, next);
      }
    }
    tell({ kind: "accounts" });
  };
  const commands: Pick<Backend, "startSignIn" | "signOut"> = {
    async startSignIn(account) {
      states.set(account, { kind: "waiting", host: "login.test.idporten.no" });
      tell({ kind: "accounts" });
      return null;
    },
    async signOut(account) {
      states.set(account, out);
      tell({ kind: "accounts" });
      return null;
    },
  };
  const browser: Browser = {
    comeBack(code) {
      const error = code ? { code, params: {}, traceId: null, at: now } : null;
      all("waiting", error ? { ...out, error } : { kind: "signedIn" });
    },
    endSessions() {
      all("signedIn", { ...out, hasEnded: true });
    },
  };
  return {
    commands,
    browser,
    /** How the sign-in of a kept account stands. */
    of: ({ id, draft }: AccountEntry): Account["person"] =>
      draft.signIn.kind === "person" ? (states.get(id) ?? out) : null,
  };
}
