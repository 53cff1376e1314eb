import type { TextKey } from "../i18n/index.ts";
import type { ErrorCode, UiError } from "./bindings.ts";

/** What the main button under an error does; the place that shows the error decides how. */
export type ErrorAction = "retry" | "openOutbox" | "confirm" | "syncNow" | "editField" | "none";

/** Where a code leads. A code without an entry does not compile. */
export const errorActions: Record<ErrorCode, ErrorAction> = {
  noNetwork: "openOutbox",
  slow: "none",
  signInRefused: "syncNow",
  signInAgain: "none",
  signInGivenUp: "none",
  signInTimedOut: "none",
  signInScope: "none",
  idPortenRefused: "none",
  personRefused: "none",
  noBrowser: "none",
  noAccess: "none",
  notFound: "none",
  serverFault: "retry",
  unsure: "openOutbox",
  refused: "editField",
  mustConfirmFirst: "confirm",
  alreadyPublished: "none",
  required: "editField",
  tooLong: "editField",
  markup: "editField",
  noRecipients: "editField",
  tooManyRecipients: "editField",
  recipientInvalid: "editField",
  recipientUnknown: "editField",
  recipientReserved: "editField",
  recipientDuplicate: "editField",
  recipientLacksRole: "editField",
  duePast: "editField",
  dueBeforePublish: "editField",
  confirmationNeedsDue: "editField",
  confidentialRequired: "editField",
  confidentialNotAllowed: "editField",
  noService: "none",
  fileNotReady: "retry",
  fileRefused: "editField",
  fileRejected: "editField",
  tooManyFiles: "editField",
  draftConflict: "retry",
  outboxBusy: "retry",
  keychainLocked: "retry",
  keychainMissing: "none",
  keyWrong: "none",
  passphraseWrong: "retry",
  passphraseTooShort: "retry",
  storeNewer: "none",
  storeCorrupt: "none",
  diskFull: "retry",
  profileBusy: "retry",
  profileUnusable: "none",
  accountFile: "none",
  sandboxFailed: "retry",
  endpointInvalid: "editField",
  keyUnusable: "editField",
  accountInUse: "none",
  keyInUse: "none",
  fileUnreadable: "retry",
  certificateUnreadable: "retry",
  proxyInvalid: "editField",
  noSystemUser: "editField",
  testLetterInProduction: "none",
  saveFailed: "retry",
  internal: "retry",
};

/** What happened, in one line. */
export function errorTitle(code: ErrorCode): TextKey {
  return `error.${code}.title`;
}

/** What to do, and what is safe. */
export function errorHelp(code: ErrorCode): TextKey {
  return `error.${code}.help`;
}

/** Makes a `UiError` of whatever a command rejected with. */
export function asUiError(cause: unknown, now: number): UiError {
  if (typeof cause === "object" && cause !== null && "code" in cause && isErrorCode(cause.code)) {
    const { params, traceId, at } = cause as Partial<UiError>;
    return { code: cause.code, params: params ?? {}, traceId: traceId ?? null, at: at ?? now };
  }
  return { code: "internal", params: {}, traceId: null, at: now };
}

function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === "string" && Object.hasOwn(errorActions, value);
}
