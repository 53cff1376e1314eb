import { remembered } from "../../app/remembered.ts";
import type {
  AccountDraft,
  AccountEntry,
  AccountField,
  Environment,
  SignInDraft,
} from "../../ipc/bindings.ts";

/** The form of an account as it is filled in. Nothing in it is secret: keys are told by a name. */
export interface Form {
  receives: boolean;
  sends: boolean;
  environment: Environment;
  name: string;
  organisationNumber: string;
  /** Each service of a custom environment has an address of its own. */
  isEach: boolean;
  base: string;
  platform: string;
  maskinporten: string;
  brreg: string;
  orgs: string;
  /** How to sign in, as it was chosen; see {@link wayOf}. */
  way: Way;
  generator: string;
  /** ID-porten, where each service has an address of its own. */
  issuer: string;
  clientId: string;
  key: string;
  /** When the key was registered; 0 where nobody knows. */
  keyPostedAt: number;
  hasSystemUser: boolean;
  systemId: string;
  customer: string;
  reference: string;
  sendsRaw: boolean;
}

/** How to sign in: by a client at Maskinporten, as a person with ID-porten, or by test tokens of a generator. */
export type Way = "client" | "person" | "generator";

const WAYS: readonly Way[] = ["client", "person", "generator"];

/** What an account is for. */
export type Wants = Pick<Form, "receives" | "sends">;

/** An empty form; receiving in the test environment is where most begin. */
export const EMPTY: Form = {
  receives: true,
  sends: false,
  environment: "test",
  name: "",
  organisationNumber: "",
  isEach: false,
  base: "",
  platform: "",
  maskinporten: "",
  brreg: "",
  orgs: "",
  way: "client",
  generator: "",
  issuer: "",
  clientId: "",
  key: "",
  keyPostedAt: 0,
  hasSystemUser: false,
  systemId: "",
  customer: "",
  reference: "",
  sendsRaw: false,
};

/** Environments an account can be kept for. */
export const ENVIRONMENTS = ["test", "production", "custom"] as const satisfies readonly Environment[];

/** Whether a form can sign in so: a person receives only, and there are no test tokens in production. */
export const hasWay = (form: Form, way: Way): boolean =>
  way === "client" || (way === "person" ? !form.sends : form.environment !== "production");

/** How a form signs in: as it was chosen, where that can be. */
export const wayOf = (form: Form): Way => (hasWay(form, form.way) ? form.way : "client");

/** Where the form is remembered until it is kept. */
export const memory = (id: string | null): string => `setup.form.${id ?? "new"}`;

/** The form as it was left, or as it begins: what an older version wrote is taken as far as it fits. */
export function recalled(id: string | null, begin: Form): Form {
  let saved: unknown;
  try {
    saved = JSON.parse(remembered(memory(id), "null"));
  } catch {
    return begin;
  }
  if (typeof saved !== "object" || saved === null) {
    return begin;
  }
  const found = new Map<string, unknown>(Object.entries(saved));
  const text = (name: keyof Form, usual: string) => {
    const value = found.get(name);
    return typeof value === "string" ? value : usual;
  };
  const flag = (name: keyof Form, usual: boolean) => {
    const value = found.get(name);
    return typeof value === "boolean" ? value : usual;
  };
  const postedAt = found.get("keyPostedAt");
  return {
    receives: flag("receives", begin.receives),
    sends: flag("sends", begin.sends),
    environment: ENVIRONMENTS.find((one) => one === found.get("environment")) ?? begin.environment,
    name: text("name", begin.name),
    organisationNumber: text("organisationNumber", begin.organisationNumber),
    isEach: flag("isEach", begin.isEach),
    base: text("base", begin.base),
    platform: text("platform", begin.platform),
    maskinporten: text("maskinporten", begin.maskinporten),
    brreg: text("brreg", begin.brreg),
    orgs: text("orgs", begin.orgs),
    way: WAYS.find((way) => way === found.get("way")) ?? begin.way,
    generator: text("generator", begin.generator),
    issuer: text("issuer", begin.issuer),
    clientId: text("clientId", begin.clientId),
    key: text("key", begin.key),
    keyPostedAt: typeof postedAt === "number" ? postedAt : begin.keyPostedAt,
    hasSystemUser: flag("hasSystemUser", begin.hasSystemUser),
    systemId: text("systemId", begin.systemId),
    customer: text("customer", begin.customer),
    reference: text("reference", begin.reference),
    sendsRaw: flag("sendsRaw", begin.sendsRaw),
  };
}

/** A kept account as a form. */
export function formOf({ draft }: AccountEntry): Form {
  const { addresses, signIn } = draft;
  const client = signIn.kind === "maskinporten" ? signIn : null;
  const each = addresses?.kind === "each" ? addresses : null;
  return {
    ...EMPTY,
    receives: draft.readResources.length > 0 || draft.writeResources.length === 0,
    sends: draft.writeResources.length > 0,
    environment: draft.environment,
    name: draft.name,
    organisationNumber: draft.organisationNumber,
    isEach: each !== null,
    base: addresses?.kind === "oneOrigin" ? addresses.base : "",
    platform: each?.platform ?? "",
    maskinporten: each?.maskinporten ?? "",
    brreg: each?.brreg ?? "",
    orgs: each?.orgs ?? "",
    way: signIn.kind === "maskinporten" ? "client" : signIn.kind === "person" ? "person" : "generator",
    generator: signIn.kind === "testToken" ? signIn.generator : "",
    issuer: signIn.kind === "person" ? (signIn.issuer ?? "") : "",
    clientId: signIn.kind === "testToken" ? "" : signIn.clientId,
    key: client?.key ?? "",
    keyPostedAt: client?.keyPostedAt ?? 0,
    hasSystemUser: client?.systemUser != null || client?.systemId != null,
    systemId: client?.systemId ?? "",
    customer: client?.systemUser?.organisation ?? "",
    reference: client?.systemUser?.reference ?? "",
    sendsRaw: client?.sendsRaw ?? false,
  };
}

/** What is kept of a form; services are chosen beside it. */
export function draftOf(
  form: Form,
  services: Pick<AccountDraft, "readResources" | "writeResources">,
): AccountDraft {
  return {
    name: form.name,
    organisationNumber: form.organisationNumber,
    environment: form.environment,
    addresses:
      form.environment !== "custom"
        ? null
        : form.isEach
          ? {
              kind: "each",
              platform: form.platform,
              maskinporten: form.maskinporten,
              brreg: form.brreg,
              orgs: form.orgs,
            }
          : { kind: "oneOrigin", base: form.base },
    signIn: signInOf(form),
    readResources: services.readResources,
    writeResources: services.writeResources,
  };
}

function signInOf(form: Form): SignInDraft {
  switch (wayOf(form)) {
    case "generator":
      return { kind: "testToken", generator: form.generator };
    case "person": {
      const isEach = form.environment === "custom" && form.isEach;
      return { kind: "person", clientId: form.clientId, issuer: isEach ? form.issuer : null };
    }
    case "client": {
      const hasSystemUser = form.hasSystemUser && form.receives;
      return {
        kind: "maskinporten",
        clientId: form.clientId,
        key: form.key,
        keyPostedAt: form.keyPostedAt > 0 ? form.keyPostedAt : null,
        systemUser: hasSystemUser
          ? {
              organisation: form.customer.trim() === "" ? form.organisationNumber : form.customer,
              reference: form.reference.trim() === "" ? null : form.reference,
            }
          : null,
        systemId: hasSystemUser && form.systemId.trim() !== "" ? form.systemId : null,
        sendsRaw: form.sendsRaw && form.sends,
      };
    }
  }
}

/** Element that a mistake leads to. */
export const fieldId = (field: AccountField): string => `setup-field-${field}`;
