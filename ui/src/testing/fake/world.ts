import type { LocalText, Party, Service } from "../../ipc/bindings.ts";

const same = (text: string): LocalText => ({ nb: text, nn: text, en: text });

/** Services of the practice organisation, those it reads from and those it writes to. */
export const SERVICES: readonly (Service & { writes: boolean })[] = [
  {
    resource: "innlandet-vedtak-og-svar",
    title: { nb: "Vedtak og svar", nn: "Vedtak og svar", en: "Decisions and replies" },
    isConfidential: false,
    minimumLevel: 3,
    writes: true,
  },
  {
    resource: "tilskudd",
    title: { nb: "Tilskudd", nn: "Tilskot", en: "Grants" },
    isConfidential: false,
    minimumLevel: 3,
    writes: false,
  },
  {
    resource: "tilsyn",
    title: { nb: "Tilsyn", nn: "Tilsyn", en: "Inspections" },
    isConfidential: false,
    minimumLevel: 3,
    writes: false,
  },
  {
    resource: "post-til-virksomheten",
    title: { nb: "Post til virksomheten", nn: "Post til verksemda", en: "Post to the organisation" },
    isConfidential: false,
    minimumLevel: 3,
    writes: true,
  },
  {
    resource: "taushetsbelagt-post",
    title: { nb: "Taushetsbelagt post", nn: "Teiepliktig post", en: "Confidential post" },
    isConfidential: true,
    minimumLevel: 4,
    writes: true,
  },
];

/** Title of a service, its id where unknown. */
export function serviceTitle(resource: string): LocalText {
  return SERVICES.find((service) => service.resource === resource)?.title ?? same(resource);
}

/** Writes nine digits in groups of three. */
export const grouped = (digits: string) => digits.replace(/^(\d{3})(\d{3})(\d{3})$/, "$1 $2 $3");

/** The organisation whose mailbox it is. */
export const OWN: Party = { name: "Innlandet fylkeskommune", number: "920 717 152", isPerson: false };

/** Organisations the register knows: number, name, place. Synthetic, with valid check digits where it matters. */
export const REGISTER: readonly { number: string; name: string; place: string }[] = [
  { number: "920717152", name: "Innlandet fylkeskommune", place: "HAMAR" },
  { number: "985399077", name: "Mattilsynet", place: "BRUMUNDDAL" },
  { number: "974761319", name: "Statsforvalteren i Innlandet", place: "LILLEHAMMER" },
  { number: "945578564", name: "Lillehammer kommune", place: "LILLEHAMMER" },
  { number: "971526920", name: "Statistisk sentralbyrå", place: "KONGSVINGER" },
  { number: "974760673", name: "Brønnøysundregistrene", place: "BRØNNØYSUND" },
  { number: "974761211", name: "Arbeidstilsynet", place: "TRONDHEIM" },
  { number: "970018131", name: "Utdanningsdirektoratet", place: "OSLO" },
  { number: "971032081", name: "Statens vegvesen", place: "LILLEHAMMER" },
  { number: "974761076", name: "Skatteetaten", place: "OSLO" },
  { number: "961381096", name: "Gausdal kommune", place: "SEGALSTAD BRU" },
  { number: "940155223", name: "Nordre Follo kommune", place: "SKI" },
];

/** A party of the register by name. */
export function partyNamed(name: string): Party {
  const known = REGISTER.find((entry) => entry.name === name);
  return { name, number: grouped(known?.number ?? ""), isPerson: false };
}

/** Modulus 11 of an organisation number. */
export function hasOrganisationChecksum(digits: string): boolean {
  const weights = [3, 2, 7, 6, 5, 4, 3, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const check = (11 - (sum % 11)) % 11;
  return check < 10 && check === Number(digits[8]);
}

/** Both check digits of a national identity number. */
export function hasPersonChecksum(digits: string): boolean {
  const first = [3, 7, 6, 1, 8, 9, 4, 5, 2];
  const second = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
  const check = (weights: number[]) =>
    (11 - (weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0) % 11)) % 11;
  return check(first) === Number(digits[9]) && check(second) === Number(digits[10]);
}
