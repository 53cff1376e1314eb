import type { Backend, ErrorCode, KeptKey, TokenKeyView, TokenPlaceView } from "../../ipc/bindings.ts";

/** The one driver that has a token; another one has only an empty reader. */
export const DRIVER = "/usr/lib/softhsm/libsofthsm2.so";
export const EMPTY_READER = "/usr/lib/opensc-pkcs11.so";
export const TOKEN = "Fjordvik HSM";
const PIN = "4711";
/** Wrong PINs in a row until the token locks itself. */
const ATTEMPTS = 3;

/** The second one is for decrypting only. */
const KEYS: readonly TokenKeyView[] = [
  { label: "maskinporten", id: "01", bits: 2048 },
  { label: "dekryptering", id: "02", bits: 3072 },
];

/** A token in memory, which locks itself as a real one does. */
export function fakeToken(
  refuse: (code: ErrorCode, params: Record<string, string>) => never,
  keep: (keyId: string, place: TokenPlaceView) => KeptKey,
): Pick<Backend, "tokens" | "tokenKeys" | "takeTokenKey"> {
  let wrong = 0;
  const refuseKey = (reason: string) => refuse("keyUnusable", { reason });
  const labels = (driver: string): string[] => {
    if (!driver.startsWith("/usr/lib/")) {
      return refuseKey("tokenDriverMissing");
    }
    if (!driver.endsWith(".so")) {
      return refuseKey("tokenDriver");
    }
    return driver === DRIVER ? [TOKEN] : [];
  };
  const signIn = (driver: string, token: string, pin: string) => {
    if (!labels(driver).includes(token)) {
      refuseKey("tokenMissing");
    }
    if (wrong >= ATTEMPTS) {
      refuseKey("pinLocked");
    }
    wrong = pin === PIN ? 0 : wrong + 1;
    if (wrong > 0) {
      refuseKey("pinWrong");
    }
  };
  return {
    async tokens(driver) {
      return labels(driver);
    },
    async tokenKeys(driver, token, pin) {
      signIn(driver, token, pin);
      return structuredClone([...KEYS]);
    },
    async takeTokenKey(place, pin, keyId) {
      if (!/^[\w.-]+$/.test(keyId)) {
        refuseKey("badKeyId");
      }
      signIn(place.driver, place.token, pin);
      return place.id === "02" ? refuseKey("tokenKeyNotForSigning") : keep(keyId, place);
    },
  };
}
