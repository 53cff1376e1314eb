import type { Recipient } from "../../ipc/bindings.ts";
import { grouped, hasOrganisationChecksum, hasPersonChecksum, REGISTER } from "./world.ts";

/** Looks recipients up the way the engine does from its copy of the register. */
export function resolveRecipients(texts: readonly string[]): Recipient[] {
  const seen = new Set<string>();
  return texts.map((text) => {
    const digits = text.replace(/[\s.]/g, "");
    const key = digits.toLowerCase();
    const made = resolveOne(text, digits, key);
    if (seen.has(key)) {
      return { ...made, state: "duplicate" as const };
    }
    seen.add(key);
    return made;
  });
}

function resolveOne(text: string, digits: string, key: string): Recipient {
  const unknown = { key, text, place: null, party: { name: text, number: text, isPerson: false } };
  if (/^\d{9}$/.test(digits)) {
    const party = { name: grouped(digits), number: grouped(digits), isPerson: false };
    if (!hasOrganisationChecksum(digits)) {
      const known = REGISTER.find((entry) => entry.number === digits);
      if (!known) {
        return { key, text, place: null, party, state: "badChecksum" };
      }
    }
    const known = REGISTER.find((entry) => entry.number === digits);
    return known
      ? { key, text, place: known.place, party: { ...party, name: known.name }, state: "found" }
      : { key, text, place: null, party, state: "notFound" };
  }
  if (/^\d{11}$/.test(digits)) {
    const masked = `${digits.slice(0, 6)} XXXXX`;
    const party = { name: masked, number: masked, isPerson: true };
    return { key, text, place: null, party, state: hasPersonChecksum(digits) ? "unnamed" : "badChecksum" };
  }
  return { ...unknown, state: text.includes("@") ? "notYetAccepted" : "malformed" };
}
