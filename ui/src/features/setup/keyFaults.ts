import type { Translate } from "../../i18n/index.ts";
import type { UiError } from "../../ipc/bindings.ts";
import { errorHelp, errorTitle } from "../../ipc/errors.ts";

/** Why a private key could not be used, as the engine names it. */
export const KEY_REASONS = [
  "ambiguous",
  "badKeyId",
  "badNumber",
  "brokenDer",
  "brokenJson",
  "brokenPem",
  "brokenPkcs12",
  "certificateOnly",
  "certificateRequest",
  "dsa",
  "edwards",
  "ellipticCurve",
  "empty",
  "emptySet",
  "foreignCertificate",
  "generation",
  "incomplete",
  "javaKeyStore",
  "manyPkcs12Keys",
  "noKeyId",
  "noKeyType",
  "noPemEnd",
  "noPemKey",
  "noPkcs12Key",
  "notForSigning",
  "notInSet",
  "notRsa",
  "oldEncryption",
  "openSsh",
  "otherAlgorithm",
  "passwordNeeded",
  "pgp",
  "pinLocked",
  "pinUnset",
  "pinWrong",
  "publicOnly",
  "putty",
  "rsaPss",
  "symmetric",
  "thumbprint",
  "token",
  "tokenAmbiguous",
  "tokenDriver",
  "tokenDriverMissing",
  "tokenFailed",
  "tokenKeyAmbiguous",
  "tokenKeyMissing",
  "tokenKeyNotForSigning",
  "tokenMissing",
  "tooLarge",
  "tooLong",
  "tooShort",
  "unknown",
  "unknownEncryption",
  "unsound",
  "webPage",
  "wrongPassword",
] as const;

/** What is wrong with a key, in a sentence of its own. */
export function keyFault(error: UiError, text: Translate): string {
  const reason = KEY_REASONS.find((known) => known === error.params.reason);
  return error.code === "keyUnusable" && reason
    ? text(`doctor.key.${reason}`)
    : `${text(errorTitle(error.code), error.params)} ${text(errorHelp(error.code), error.params)}`;
}

/** The code to quote: with the reason, where a key has one. */
export const keyCode = ({ code, params }: UiError): string =>
  code === "keyUnusable" && params.reason ? `${code} (${params.reason})` : code;

/** What of the way to a token's key is to be mended; `act` where none of its fields is to blame. */
export type TokenSpot = "driver" | "token" | "pin" | "key" | "keyId" | "act";

/** Where a fault of a token belongs. */
export function tokenSpot(error: UiError): TokenSpot {
  switch (error.code === "keyUnusable" ? error.params.reason : null) {
    case "tokenDriver":
    case "tokenDriverMissing":
      return "driver";
    case "tokenMissing":
    case "tokenAmbiguous":
      return "token";
    case "pinWrong":
    case "pinLocked":
    case "pinUnset":
      return "pin";
    case "tokenKeyAmbiguous":
    case "tokenKeyNotForSigning":
    case "tooShort":
    case "tooLong":
      return "key";
    case "badKeyId":
      return "keyId";
    default:
      return "act";
  }
}

/** What the file needs besides; none where another one is needed. */
export function needOf(error: UiError): "password" | "keyId" | null {
  switch (error.params.reason) {
    case "passwordNeeded":
    case "wrongPassword":
      return "password";
    case "noKeyId":
    case "ambiguous":
    case "notInSet":
    case "badKeyId":
      return "keyId";
    default:
      return null;
  }
}
