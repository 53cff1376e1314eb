import type { Host } from "../../ipc/backend.ts";
import type {
  AccountDraft,
  AccountEntry,
  AccountOutcome,
  AccountProblem,
  KeptKey,
} from "../../ipc/bindings.ts";
import type { Ground } from "./ground.ts";
import { DRIVER, fakeToken } from "./token.ts";

const PICKED = {
  key: "/home/kari/nøkkel.p12",
  accounts: "/home/kari/oppsett.json",
  certificate: "/home/kari/rot.pem",
  tokenDriver: DRIVER,
} as const;

/** Accounts and their keys: a key file is known by its name. */
export function fakeSetup(ground: Ground) {
  const { now, tell, refuse } = ground;
  const accounts: AccountEntry[] = [];
  let keys: KeptKey[] = [];
  let serial = 0;
  const opened = () => tell({ kind: "status" }, { kind: "settings" }, { kind: "accounts" });
  const keyOf = (entry: AccountEntry) =>
    entry.draft.signIn.kind === "maskinporten" ? entry.draft.signIn.key : null;
  const withUse = (key: KeptKey): KeptKey => ({
    ...key,
    accounts: accounts.filter((entry) => keyOf(entry) === key.name).map((entry) => entry.id),
  });
  const keep = (keyId: string | null, token: KeptKey["token"] = null): KeptKey => {
    serial += 1;
    const publicJwk = JSON.stringify({
      kty: "RSA",
      use: "sig",
      alg: "RS256",
      n: "0vx7ago",
      e: "AQAB",
      kid: keyId,
    });
    const key: KeptKey = {
      name: `key ${serial}`,
      view: { keyId, publicJwk, certificate: null, validUntil: null },
      addedAt: now,
      accounts: [],
      token,
    };
    keys = [key, ...keys];
    return key;
  };
  const idOf = (draft: AccountDraft) => `${draft.environment}-${draft.organisationNumber}`;
  const problemsOf = (id: string | null, draft: AccountDraft): AccountProblem[] => {
    const problems: AccountProblem[] = [];
    const wrong = (field: AccountProblem["field"], fault: AccountProblem["fault"]) =>
      problems.push({ field, fault, params: {} });
    if (draft.name.trim() === "") {
      wrong("name", "required");
    }
    if (!/^\d{9}$/.test(draft.organisationNumber)) {
      wrong("organisationNumber", draft.organisationNumber === "" ? "required" : "numberMalformed");
    } else if (id === null && accounts.some((entry) => entry.id === idOf(draft))) {
      wrong("organisationNumber", "inUse");
    }
    if (draft.environment === "custom" && draft.addresses?.kind !== "each") {
      const base = draft.addresses?.base ?? "";
      if (base === "") {
        wrong("base", "required");
      } else if (!/^https:|^http:\/\/(127\.|localhost)/.test(base)) {
        wrong("base", "addressNotSecure");
      }
    }
    if (draft.signIn.kind === "testToken") {
      if (draft.environment === "production") {
        wrong("generator", "notHere");
      } else if (draft.signIn.generator === "") {
        wrong("generator", "required");
      }
    } else if (draft.signIn.clientId.trim() === "") {
      wrong("clientId", "required");
    }
    if (draft.signIn.kind === "person") {
      if (draft.writeResources.length > 0) {
        wrong("writeResources", "notForPeople");
      }
      if (draft.addresses?.kind === "each" && !draft.signIn.issuer) {
        wrong("issuer", "required");
      }
    }
    if (draft.signIn.kind === "maskinporten") {
      const { key } = draft.signIn;
      if (key === "") {
        wrong("key", "required");
      } else if (!keys.some((kept) => kept.name === key)) {
        wrong("key", "keyUnknown");
      }
    }
    return problems;
  };
  const keepAccount = (id: string | null, draft: AccountDraft): AccountOutcome => {
    const problems = problemsOf(id, draft);
    if (problems.length > 0) {
      return { kind: "refused", problems };
    }
    const entry = { id: id ?? idOf(draft), draft: structuredClone(draft) };
    const at = accounts.findIndex((other) => other.id === entry.id);
    accounts.splice(at < 0 ? accounts.length : at, at < 0 ? 0 : 1, entry);
    opened();
    return { kind: "kept", account: entry.id };
  };

  return {
    async accountEntries() {
      return structuredClone(accounts);
    },
    async checkAccount(id, draft) {
      return problemsOf(id, draft);
    },
    async addAccount(draft) {
      return keepAccount(null, draft);
    },
    async changeAccount(id, draft) {
      return keepAccount(id, draft);
    },
    async removeAccount(id) {
      const at = accounts.findIndex((entry) => entry.id === id);
      if (at < 0) {
        refuse("notFound");
      }
      accounts.splice(at, 1);
      opened();
      return null;
    },
    async pickSetupFile(kind) {
      return PICKED[kind];
    },
    async takeSetupFile(path) {
      if (!path.endsWith(".json")) {
        refuse("accountFile", { detail: "expected value at line 1 column 1" });
      }
      const draft: AccountDraft = {
        name: "Fjordvik kommune",
        organisationNumber: "310812345",
        environment: "test",
        addresses: null,
        signIn: {
          kind: "maskinporten",
          clientId: "0f3c-fjordvik",
          key: keep("fjordvik-2026").name,
          keyPostedAt: null,
          systemUser: null,
          systemId: null,
          sendsRaw: false,
        },
        readResources: ["post-til-kommunen"],
        writeResources: ["vedtak-og-svar"],
      };
      const outcome = keepAccount(null, draft);
      return outcome.kind === "kept" ? [outcome.account] : refuse("accountInUse");
    },
    async keys() {
      return keys.map(withUse);
    },
    async makeKey(keyId) {
      return /^[\w.-]+$/.test(keyId) ? keep(keyId) : refuse("keyUnusable", { reason: "badKeyId" });
    },
    async takeKey(path, password, keyId) {
      if (/\.(pub|txt)$/.test(path)) {
        refuse("keyUnusable", { reason: "publicOnly" });
      }
      if (/\.(p12|pfx)$/.test(path) && password === null) {
        refuse("keyUnusable", { reason: "passwordNeeded" });
      }
      return password === "feil"
        ? refuse("keyUnusable", { reason: "wrongPassword" })
        : keep(keyId ?? "fra-fil");
    },
    ...fakeToken(refuse, keep),
    async forgetKey(name) {
      if (accounts.some((entry) => keyOf(entry) === name)) {
        refuse("keyInUse");
      }
      keys = keys.filter((key) => key.name !== name);
      return null;
    },
    async rotateKey(account, key) {
      const entry = accounts.find((candidate) => candidate.id === account);
      if (entry?.draft.signIn.kind !== "maskinporten") {
        return refuse("notFound");
      }
      const old = entry.draft.signIn.key;
      entry.draft.signIn = { ...entry.draft.signIn, key, keyPostedAt: now };
      keys = keys.filter((candidate) => candidate.name !== old);
      opened();
      return null;
    },
  } satisfies Partial<Host>;
}
