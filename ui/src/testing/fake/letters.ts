import type { Attachment, Block, Inline, Message, ReplyLink, TimelineEntry } from "../../ipc/bindings.ts";
import { OWN, partyNamed, serviceTitle } from "./world.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A letter of the practice mailbox; a body is there even while the letter is closed or sealed. */
export interface Letter extends Message {
  /** The whole body, shown once the letter is open. */
  content: Block[];
}

const text = (value: string): Inline => ({ kind: "text", text: value });
const strong = (value: string): Inline => ({ kind: "strong", content: [text(value)] });
const paragraph = (...content: Inline[]): Block => ({ kind: "paragraph", content });
const words = (value: string): Block => paragraph(text(value));
const heading = (value: string): Block => ({ kind: "heading", level: 2, content: [text(value)] });
const list = (start: number | null, ...items: Inline[][]): Block => ({
  kind: "list",
  start,
  items: items.map((content) => [paragraph(...content)]),
});
const table = (head: string[], align: ("start" | "end")[], rows: string[][]): Block => ({
  kind: "table",
  align,
  head: head.map((cell) => [text(cell)]),
  rows: rows.map((row) => row.map((cell) => [text(cell)])),
});

interface Outline {
  sender: string;
  title: string;
  summary: string;
  resource: string;
  language?: string;
  content: Block[];
  files?: string[];
  needsConfirmation?: boolean;
  dueInDays?: number;
  replyLinks?: ReplyLink[];
  reference?: string;
  isUnread?: boolean;
}

const mediaTypes: Record<string, string> = {
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  png: "image/png",
  txt: "text/plain",
  zip: "application/zip",
};

/** MIME type by the end of a name. */
export function mediaTypeOf(name: string): string {
  return mediaTypes[name.split(".").pop()?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

const grants: Block[] = [
  words(
    "Vi viser til søknaden deres av 4. november 2026 om tilskudd til tilrettelagt skoleskyss i Gudbrandsdalen.",
  ),
  heading("Vedtak"),
  paragraph(
    text("Innlandet fylkeskommune får "),
    strong("4 250 000 kroner"),
    text(" for 2027. Tilskuddet utbetales i tre deler:"),
  ),
  table(
    ["Del", "Beløp", "Utbetales"],
    ["start", "end", "start"],
    [
      ["1", "1 500 000", "15. januar 2027"],
      ["2", "1 500 000", "15. mai 2027"],
      ["3", "1 250 000", "15. september 2027"],
    ],
  ),
  heading("Vilkår"),
  list(
    1,
    [text("Dere bekrefter mottak innen fristen.")],
    [
      text("Dere sender inn revidert regnskap innen "),
      { kind: "emphasis", content: [text("1. mars 2028")] },
      text("."),
    ],
    [
      text("Regelverket står på "),
      {
        kind: "link",
        href: "https://www.statsforvalteren.no/innlandet/tilskudd",
        content: [text("sidene om tilskudd")],
      },
      text("."),
    ],
  ),
  heading("Klage"),
  words(
    "Vedtaket kan påklages innen tre uker fra dere mottok det, jf. forvaltningsloven § 28. Klagen sendes til oss.",
  ),
];

const newest: Outline[] = [
  {
    sender: "Mattilsynet",
    title: "Forhåndsvarsel om tilsyn 14. desember",
    summary: "Tilsynet gjelder internkontroll og sporbarhet ved kjøkkenet i Hamar. Ha rutinene klare.",
    resource: "tilsyn",
    files: ["Forhåndsvarsel.pdf", "Sjekkliste internkontroll.xlsx"],
    dueInDays: 24,
    isUnread: true,
    content: [
      words(
        "Mattilsynet kommer på tilsyn 14. desember 2026 kl. 09.00. Tilsynet gjelder internkontroll og sporbarhet.",
      ),
      heading("Dette må være klart"),
      list(
        null,
        [text("rutiner for temperaturkontroll")],
        [text("leverandørliste for de siste tolv månedene")],
        [text("avviksmeldinger")],
      ),
      words("Si fra innen fristen hvis tidspunktet ikke passer."),
    ],
  },
  {
    sender: "Statsforvalteren i Innlandet",
    title: "Vedtak om tilskudd til skoleskyss 2027",
    summary: "Fylkeskommunen er innvilget tilskudd. Se vedtaksbrevet for vilkår og utbetaling.",
    resource: "tilskudd",
    reference: "2026/1184-7",
    files: ["Vedtaksbrev tilskudd 2027.pdf", "Vilkår og rapportering.docx"],
    needsConfirmation: true,
    dueInDays: 14,
    isUnread: false,
    replyLinks: [
      {
        text: "Send regnskap",
        url: "https://skjema.statsforvalteren.no/regnskap",
        host: "skjema.statsforvalteren.no",
      },
    ],
    content: grants,
  },
  {
    sender: "Lillehammer kommune",
    title: "Svar på høring: regional plan for areal og samferdsel",
    summary: "Kommunestyret behandlet saken 18. november. Uttalelsen følger vedlagt.",
    resource: "innlandet-vedtak-og-svar",
    files: ["Uttalelse.pdf"],
    isUnread: true,
    content: [
      words("Kommunestyret behandlet saken 18. november. Uttalelsen følger vedlagt."),
      {
        kind: "quote",
        content: [
          words("Kommunen ber om at jernbanen mellom Lillehammer og Hamar prioriteres i planperioden."),
        ],
      },
    ],
  },
  {
    sender: "Statistisk sentralbyrå",
    title: "Rapportering av bedriftsdata for 3. kvartal",
    summary: "Dere må levere bedriftsdata innen 30. november. Oppgaveplikten følger av statistikkloven.",
    resource: "post-til-virksomheten",
    files: ["Veiledning.pdf"],
    dueInDays: 10,
    isUnread: true,
    replyLinks: [{ text: "Åpne skjemaet", url: "https://oppgave.ssb.no/kvartal", host: "oppgave.ssb.no" }],
    content: [
      words(
        "Dere må levere bedriftsdata for 3. kvartal innen 30. november 2026. Oppgaveplikten følger av statistikkloven § 10.",
      ),
      words("Har dere levert de siste dagene, kan dere se bort fra denne meldingen."),
    ],
  },
  {
    sender: "Brønnøysundregistrene",
    title: "Kvittering for endringsmelding",
    summary: "Endringen er registrert i Enhetsregisteret. Kvittering ligger ved.",
    resource: "post-til-virksomheten",
    files: ["Kvittering.pdf"],
    content: [words("Endringen er registrert i Enhetsregisteret. Kvittering ligger ved.")],
  },
  {
    sender: "Arbeidstilsynet",
    title: "Pålegg etter tilsyn ved Gjøvik videregående skole",
    summary: "Dere må bekrefte mottak og sende tidfestet plan for retting.",
    resource: "tilsyn",
    files: ["Pålegg.pdf", "Tilsynsrapport.pdf", "Bilder fra tilsynet.zip"],
    needsConfirmation: true,
    dueInDays: 21,
    isUnread: true,
    content: [
      words(
        "Vi var på tilsyn ved Gjøvik videregående skole 5. november 2026. Vi fant to forhold som må rettes.",
      ),
      list(1, [text("Avtrekk i verksted 2 er for svakt.")], [text("Verneombudet har ikke fått opplæring.")]),
      words("Dere må bekrefte mottak og sende en tidfestet plan for retting innen fristen."),
    ],
  },
  {
    sender: "Utdanningsdirektoratet",
    title: "Tilskuddsbrev 2027 – utkast til høring",
    summary: "Vi ber om innspill til utkastet. Endelig tilskuddsbrev sendes i januar.",
    resource: "tilskudd",
    files: ["Utkast tilskuddsbrev.docx"],
    content: [words("Vi ber om innspill til utkastet. Endelig tilskuddsbrev sendes i januar 2027.")],
  },
  {
    sender: "Statens vegvesen",
    title: "Innkalling til møte om fv. 33 Totenvika",
    summary: "Møtet holdes på Teams onsdag 25. november kl. 10.00. Saksliste og kart ligger ved.",
    resource: "innlandet-vedtak-og-svar",
    files: ["Saksliste.docx", "Kart Totenvika.png"],
    content: [words("Møtet holdes på Teams onsdag 25. november kl. 10.00. Saksliste og kart ligger ved.")],
  },
  {
    sender: "Arbeidstilsynet",
    title: "Stadfesting på motteken melding om arbeidsulykke",
    summary: "Vi har motteke meldinga og følgjer henne opp. De treng ikkje gjere noko no.",
    resource: "tilsyn",
    language: "nn",
    files: [],
    content: [words("Vi har motteke meldinga og følgjer henne opp. De treng ikkje gjere noko no.")],
  },
  {
    sender: "Statsforvalteren i Innlandet",
    title: "Oversendelse av sak etter barnevernsloven",
    summary: "Saken gjelder én elev. Dokumentene er taushetsbelagte.",
    resource: "taushetsbelagt-post",
    files: ["Oversendelsesbrev.pdf"],
    isUnread: true,
    content: [
      words("Saken gjelder én elev. Dokumentene er taushetsbelagte og skal bare leses av den som har saken."),
    ],
  },
];

const older: Outline[] = [
  {
    sender: "Skatteetaten",
    title: "Skatteoppgjør for forrige inntektsår",
    summary: "Oppgjøret er klart. Beløpet er overført til kontoen dere har oppgitt.",
    resource: "post-til-virksomheten",
    files: ["Skatteoppgjør.pdf"],
    content: [
      words(
        "Oppgjøret er klart. Beløpet er overført til kontoen dere har oppgitt. Ta kontakt hvis noe ikke stemmer.",
      ),
    ],
  },
  {
    sender: "Statistisk sentralbyrå",
    title: "Påminnelse om årsrapport KOSTRA",
    summary: "Vi mangler tall for tre av skolene. Lever så snart dere kan.",
    resource: "post-til-virksomheten",
    dueInDays: 30,
    content: [words("Vi mangler tall for tre av skolene. Lever så snart dere kan.")],
  },
  {
    sender: "Gausdal kommune",
    title: "Søknad om midler til gang- og sykkelvei",
    summary: "Kommunen søker om 2 100 000 kroner til strekningen Follebu–Segalstad bru.",
    resource: "innlandet-vedtak-og-svar",
    files: ["Søknad.pdf", "Kostnadsoverslag.xlsx", "Situasjonskart.png"],
    content: [
      words(
        "Kommunen søker om 2 100 000 kroner til strekningen Follebu–Segalstad bru. Arbeidet kan starte til våren.",
      ),
    ],
  },
  {
    sender: "Statens vegvesen",
    title: "Melding om stenging av fv. 2520 i uke 40",
    summary: "Veien stenges om natten mens vi skifter stikkrenner.",
    resource: "post-til-virksomheten",
    content: [words("Veien stenges kl. 21.00–05.00 mens vi skifter stikkrenner. Omkjøring er skiltet.")],
  },
  {
    sender: "Lillehammer kommune",
    title: "Invitation: Nordic transport seminar in Lillehammer",
    summary: "The programme and the registration form are attached.",
    resource: "post-til-virksomheten",
    language: "en",
    files: ["Programme.pdf"],
    content: [
      words(
        "You are invited to the Nordic transport seminar. The programme and the registration form are attached.",
      ),
    ],
  },
  {
    sender: "Utdanningsdirektoratet",
    title: "Resultat frå elevundersøkinga",
    summary: "Resultata for dei vidaregåande skulane ligg ved. Nasjonale tal kjem i februar.",
    resource: "innlandet-vedtak-og-svar",
    language: "nn",
    files: ["Resultat.xlsx"],
    content: [words("Resultata for dei vidaregåande skulane ligg ved. Nasjonale tal kjem i februar.")],
  },
  {
    sender: "Mattilsynet",
    title: "Tilsynsrapport kantina i fylkeshuset",
    summary: "Vi fant ingen avvik. Smilefjes kan hentes i resepsjonen.",
    resource: "tilsyn",
    files: ["Tilsynsrapport.pdf"],
    content: [words("Vi fant ingen avvik. Rapporten ligger ved.")],
  },
  {
    sender: "Brønnøysundregistrene",
    title: "Årsregnskapet er godkjent",
    summary: "Regnskapet er registrert i Regnskapsregisteret.",
    resource: "post-til-virksomheten",
    files: ["Godkjenning.pdf"],
    content: [words("Regnskapet er registrert i Regnskapsregisteret og er offentlig.")],
  },
];

function attachment(letter: string, name: string, index: number, at: number): Attachment {
  const size = 38_000 + ((letter.length * 7919 + index * 104_729) % 900_000);
  return {
    id: `${letter}-file-${index}`,
    name,
    size,
    mediaType: mediaTypeOf(name),
    sha256: null,
    state: "notFetched",
    expiresAt: at + 365 * DAY,
  };
}

function build(outline: Outline, id: string, at: number, isRead: boolean): Letter {
  const isSealed = outline.resource === "taushetsbelagt-post" && !isRead;
  const dueAt =
    outline.dueInDays === undefined ? null : at - (at % DAY) + outline.dueInDays * DAY + 22.98 * 3_600_000;
  const timeline: TimelineEntry[] = [{ event: { kind: "published" }, at, isLocal: false, detail: null }];
  if (isRead) {
    timeline.unshift({ event: { kind: "read" }, at: at + 12 * MINUTE, isLocal: false, detail: null });
  }
  return {
    id,
    account: "practice",
    kind: "received",
    resource: outline.resource,
    service: serviceTitle(outline.resource),
    title: outline.title,
    summary: outline.summary,
    sender: partyNamed(outline.sender),
    recipient: OWN,
    reference: outline.reference ?? "",
    at,
    dueAt,
    language: outline.language ?? "nb",
    read: isRead ? { kind: "read", at: at + 12 * MINUTE } : { kind: "unopened" },
    isUnread: !isRead,
    confirm: outline.needsConfirmation ? { kind: "asked" } : { kind: "notAsked" },
    isSealed,
    isArchived: false,
    body: isRead ? outline.content : null,
    isFetched: true,
    attachments: (outline.files ?? []).map((name, index) => attachment(id, name, index, at)),
    replyLinks: outline.replyLinks ?? [],
    timeline,
    checkedAt: at + 20 * MINUTE,
    abilities: {
      confirm: outline.needsConfirmation === true,
      delete: !outline.needsConfirmation,
      deleteRefusal: outline.needsConfirmation ? "mustConfirmFirst" : null,
      archive: true,
      unarchive: false,
      markUnread: isRead,
      undoSend: false,
    },
    content: outline.content,
  };
}

/** `count` letters that came before `now`, newest first, over two years. */
export function receivedLetters(now: number, count: number): Letter[] {
  const letters: Letter[] = [];
  const first = [0, 75, 115, 156, 197, 234, 348, 381, 503, 520];
  for (let index = 0; index < count; index += 1) {
    const isNew = index < newest.length;
    const outline = isNew ? newest[index] : older[index % older.length];
    if (!outline) {
      continue;
    }
    const past = index - newest.length;
    const at = isNew
      ? now - (first[index] ?? 600) * MINUTE
      : now - DAY - past * 3.6 * DAY - ((past * 97) % 480) * MINUTE;
    const isRead = isNew ? outline.isUnread !== true : index % 7 !== 3 || past > 60;
    const year = new Date(at).getUTCFullYear();
    const copy: Outline =
      isNew || past < older.length
        ? outline
        : { ...outline, reference: `${year}/${1000 + past}-${(past % 9) + 1}` };
    const letter = build(copy, `letter-${index}`, at, isRead);
    if (past > 12 && outline.dueInDays !== undefined) {
      letter.dueAt = null;
    }
    letters.push(letter);
  }
  return letters.sort((one, other) => other.at - one.at);
}

/** Letters this organisation has sent: one scheduled, the rest published with differing fates. */
export function sentLetters(now: number): Letter[] {
  const fates = ["read", "confirmed", "published", "failed", "scheduled"] as const;
  const titles = [
    "Svar på søknad om skoleskyss 2026",
    "Vedtak om midler til gang- og sykkelvei",
    "Innkalling til kontaktmøte",
    "Oversendelse av tilsynsrapport",
    "Melding om ny fraværsgrense",
  ];
  const recipients = [
    "Gausdal kommune",
    "Lillehammer kommune",
    "Nordre Follo kommune",
    "Mattilsynet",
    "Gausdal kommune",
  ];
  return fates.map((fate, index) => {
    const at = fate === "scheduled" ? now + 2 * DAY : now - (index + 1) * 1.7 * DAY;
    const letter = build(
      {
        sender: "Innlandet fylkeskommune",
        title: titles[index] ?? "",
        summary: "Vi har behandlet saken. Brevet ligger ved.",
        resource: "innlandet-vedtak-og-svar",
        files: ["Vedtaksbrev.pdf"],
        content: [words("Vi har behandlet saken. Brevet ligger ved.")],
        reference: `2026/${2200 + index}-1`,
      },
      `sent-${index}`,
      at,
      true,
    );
    const timeline: TimelineEntry[] = [];
    if (fate === "confirmed") {
      timeline.push({ event: { kind: "confirmed" }, at: at + 90 * MINUTE, isLocal: false, detail: null });
    }
    if (fate === "read" || fate === "confirmed") {
      timeline.push({ event: { kind: "read" }, at: at + 60 * MINUTE, isLocal: false, detail: null });
    }
    if (fate === "failed") {
      timeline.push({ event: { kind: "failed" }, at, isLocal: false, detail: "Mottakeren finnes ikke" });
    } else if (fate !== "scheduled") {
      timeline.push({ event: { kind: "published" }, at, isLocal: false, detail: null });
    }
    timeline.push({
      event: { kind: "accepted" },
      at: Math.min(at, now) - 10 * MINUTE,
      isLocal: true,
      detail: null,
    });
    return {
      ...letter,
      kind: "sent",
      sender: OWN,
      recipient: partyNamed(recipients[index] ?? "Gausdal kommune"),
      timeline,
      attachments: letter.attachments.map((file) => ({ ...file, state: "here" as const })),
      abilities: {
        ...letter.abilities,
        delete: false,
        archive: false,
        markUnread: false,
        undoSend: fate === "scheduled",
      },
    };
  });
}
