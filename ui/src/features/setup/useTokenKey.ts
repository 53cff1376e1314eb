import { useQueryClient } from "@tanstack/react-query";
import { type RefObject, useEffect, useRef, useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { useText } from "../../i18n/index.ts";
import type { KeptKey, TokenKeyView, TokenPlaceView, UiError } from "../../ipc/bindings.ts";
import { keys as cache } from "../../ipc/cache.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { type TokenSpot, tokenSpot } from "./keyFaults.ts";
import { proposedId } from "./proposedId.ts";

/** How far one has come: a driver, the tokens that it has, the keys of one of them. Nothing in it is secret. */
export interface TokenChoice {
  driver: string;
  tokens: readonly string[] | null;
  /** Place in `tokens`: two may have one label. */
  token: number | null;
  keys: readonly TokenKeyView[] | null;
  /** Place in `keys`. */
  key: number | null;
  /** Id that the key is registered by. */
  keyId: string;
}

/** What is asked of the driver. */
export type TokenAct = "look" | "list" | "take";

/** What went wrong; no error where the PIN was not given. */
export interface TokenFault {
  spot: TokenSpot;
  error: UiError | null;
}

/** The way to a key of a token. */
export interface TokenKeyForm {
  choice: TokenChoice;
  busy: TokenAct | null;
  fault: TokenFault | null;
  /** The field of the PIN alone holds it, until the attempt has been made. */
  pin: RefObject<HTMLInputElement | null>;
  driverField: RefObject<HTMLInputElement | null>;
  keyIdField: RefObject<HTMLInputElement | null>;
  setDriver(driver: string): void;
  setToken(token: number): void;
  setKey(key: number): void;
  setKeyId(keyId: string): void;
  pickDriver(): void;
  look(): void;
  list(): void;
  take(): void;
}

/** What is on the screen while it is asked, so that a fault can stand there. */
const SHOWN: Record<TokenAct, readonly TokenSpot[]> = {
  look: ["driver"],
  list: ["driver", "token", "pin"],
  take: ["driver", "token", "pin", "key", "keyId"],
};

/** A thing that is chosen by itself where there is no other. */
const onlyOne = (all: readonly unknown[]): number | null => (all.length === 1 ? 0 : null);

/** Where a key is. A label that was not written in UTF-8 finds nothing. */
function placeOf(driver: string, token: string, key: TokenKeyView): TokenPlaceView {
  const hasLabel = key.label !== "" && !key.label.includes("\uFFFD");
  return { driver, token, label: hasLabel ? key.label : null, id: key.id === "" ? null : key.id };
}

/** Finds a key in a token step by step, and takes it. */
export function useTokenKey(onTaken: (key: KeptKey) => void): TokenKeyForm {
  const text = useText();
  const host = useHost();
  const client = useQueryClient();
  const announce = useAnnounce();
  const [choice, setChoice] = useState<TokenChoice>(() => ({
    driver: "",
    tokens: null,
    token: null,
    keys: null,
    key: null,
    keyId: proposedId(host.now()),
  }));
  const [busy, setBusy] = useState<TokenAct | null>(null);
  const [fault, setFault] = useState<TokenFault | null>(null);
  const pin = useRef<HTMLInputElement>(null);
  const driverField = useRef<HTMLInputElement>(null);
  const keyIdField = useRef<HTMLInputElement>(null);
  const asked = useRef(0);
  // Read between two clicks of one moment, which a state is not: each PIN counts at the token.
  const isUnderWay = useRef(false);

  // Who is sent to a field hears there what is wrong with it.
  useEffect(() => {
    const fields: Partial<Record<TokenSpot, typeof pin>> = { driver: driverField, pin, keyId: keyIdField };
    const field = fault ? fields[fault.spot] : undefined;
    field?.current?.focus();
  }, [fault]);
  useEffect(
    () => () => {
      asked.current += 1;
    },
    [],
  );

  const forgetPin = () => {
    if (pin.current) {
      pin.current.value = "";
    }
  };
  const ended = () => {
    isUnderWay.current = false;
    setBusy(null);
  };
  /** Whatever is under way or was wrong is of what was chosen before. */
  const change = (next: Partial<TokenChoice>) => {
    asked.current += 1;
    ended();
    setFault(null);
    setChoice((before) => ({ ...before, ...next }));
  };
  const run = <T>(act: TokenAct, question: Promise<T>, then: (answer: T) => void) => {
    asked.current += 1;
    const mine = asked.current;
    isUnderWay.current = true;
    setBusy(act);
    setFault(null);
    question.then(
      (answer) => {
        if (asked.current === mine) {
          ended();
          then(answer);
        }
      },
      (cause: unknown) => {
        if (asked.current === mine) {
          const error = asUiError(cause, host.now());
          forgetPin();
          ended();
          const spot = tokenSpot(error);
          setFault({ spot: SHOWN[act].includes(spot) ? spot : "act", error });
        }
      },
    );
  };
  const lookIn = (driver: string) => {
    forgetPin();
    setChoice((before) => ({ ...before, driver, tokens: null, token: null, keys: null, key: null }));
    run("look", host.tokens(driver.trim()), (tokens) => {
      setChoice((before) => ({ ...before, tokens, token: onlyOne(tokens) }));
      announce(text("setup.token.found", { count: tokens.length }));
    });
  };
  /** Calls with the PIN of the field, once at a time. */
  const withPin = (act: (pin: string, token: string) => void) => {
    const given = pin.current?.value ?? "";
    const token = choice.tokens?.[choice.token ?? -1];
    if (isUnderWay.current || token === undefined) {
      return;
    }
    if (given === "") {
      setFault({ spot: "pin", error: null });
    } else {
      act(given, token);
    }
  };

  return {
    choice,
    busy,
    fault,
    pin,
    driverField,
    keyIdField,
    setDriver: (driver) => {
      forgetPin();
      change({ driver, tokens: null, token: null, keys: null, key: null });
    },
    setToken: (token) => {
      forgetPin();
      change({ token, keys: null, key: null });
    },
    setKey: (key) => change({ key }),
    setKeyId: (keyId) => change({ keyId }),
    pickDriver: () => {
      host.pickSetupFile("tokenDriver").then(
        (path) => {
          if (path !== null) {
            lookIn(path);
          }
        },
        (cause: unknown) => setFault({ spot: "act", error: asUiError(cause, host.now()) }),
      );
    },
    look: () => {
      if (!isUnderWay.current && choice.driver.trim() !== "") {
        lookIn(choice.driver);
      }
    },
    list: () =>
      withPin((given, token) => {
        setChoice((before) => ({ ...before, keys: null, key: null }));
        run("list", host.tokenKeys(choice.driver.trim(), token, given), (keys) => {
          setChoice((before) => ({ ...before, keys, key: onlyOne(keys) }));
          if (keys.length === 0) {
            forgetPin();
          }
          announce(text("setup.token.foundKeys", { count: keys.length }));
        });
      }),
    take: () =>
      withPin((given, token) => {
        const key = choice.keys?.[choice.key ?? -1];
        if (key !== undefined) {
          const place = placeOf(choice.driver.trim(), token, key);
          const taken = host.takeTokenKey(place, given, choice.keyId.trim()).then((kept) => {
            void client.invalidateQueries({ queryKey: cache.kept() });
            return kept;
          });
          run("take", taken, (kept) => {
            forgetPin();
            onTaken(kept);
          });
        }
      }),
  };
}
