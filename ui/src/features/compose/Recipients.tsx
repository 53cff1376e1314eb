import { Button, Label } from "@digdir/designsystemet-react";
import {
  CheckmarkCircleFillIcon,
  ExclamationmarkTriangleFillIcon,
  EyeIcon,
  EyeSlashIcon,
  XMarkIcon,
  XMarkOctagonFillIcon,
} from "@navikt/aksel-icons";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { type TextKey, useText } from "../../i18n/index.ts";
import type { Recipient, RecipientState } from "../../ipc/bindings.ts";
import { FieldErrors } from "./FieldErrors.tsx";
import { lookAlikes } from "./problems.ts";
import { bare, looksLikeRecipient, splitRecipients } from "./split.ts";

/** How long a person's number stays visible, in milliseconds. */
const REVEALED_FOR = 10_000;

/** What each state means for sending. */
export const RECIPIENT_TONE: Record<RecipientState, "waiting" | "good" | "note" | "bad"> = {
  checking: "waiting",
  found: "good",
  unnamed: "good",
  notFound: "bad",
  deleted: "bad",
  badChecksum: "bad",
  notYetAccepted: "bad",
  malformed: "bad",
  duplicate: "note",
};

/** Each state in words. */
export const RECIPIENT_WORDS: Record<RecipientState, TextKey> = {
  checking: "compose.recipient.checking",
  found: "compose.recipient.found",
  unnamed: "compose.recipient.unnamed",
  notFound: "compose.recipient.notFound",
  deleted: "compose.recipient.deleted",
  badChecksum: "compose.recipient.badChecksum",
  notYetAccepted: "compose.recipient.notYetAccepted",
  malformed: "compose.recipient.malformed",
  duplicate: "compose.recipient.duplicate",
};

/** The name on a chip: the register's, else what was typed. */
export function chipName(recipient: Recipient): string {
  return recipient.party.name || recipient.party.number || recipient.text;
}

function Chip(props: {
  recipient: Recipient;
  /** Whether Tab reaches it: one chip of the row, the arrows lead to the others. */
  isStop: boolean;
  onFocus(): void;
  onRemove(): void;
}) {
  const t = useText();
  const { recipient } = props;
  const [isRevealed, setIsRevealed] = useState(false);
  useEffect(() => {
    if (!isRevealed) {
      return;
    }
    const timer = window.setTimeout(() => setIsRevealed(false), REVEALED_FOR);
    return () => window.clearTimeout(timer);
  }, [isRevealed]);

  const tone = RECIPIENT_TONE[recipient.state];
  const name = chipName(recipient);
  const { number, isPerson } = recipient.party;
  const shown = isRevealed ? recipient.text : number;
  const detail = shown === name ? "" : shown;
  return (
    <li className="compose-chip" data-tone={tone} title={recipient.place ?? undefined}>
      {tone === "good" && <CheckmarkCircleFillIcon aria-hidden />}
      {tone === "note" && <ExclamationmarkTriangleFillIcon aria-hidden />}
      {tone === "bad" && <XMarkOctagonFillIcon aria-hidden />}
      <span className="compose-chip-text">
        <span className="compose-chip-name">{isRevealed && shown ? shown : name}</span>
        {detail !== "" && !(isRevealed && detail === shown) && (
          <span className="compose-chip-detail">{detail}</span>
        )}
        {recipient.place && <span className="visually-hidden">{recipient.place}</span>}
        {tone === "good" ? (
          <span className="visually-hidden">{t(RECIPIENT_WORDS[recipient.state])}</span>
        ) : (
          <span className="compose-chip-state">{t(RECIPIENT_WORDS[recipient.state])}</span>
        )}
      </span>
      {isPerson && looksLikeRecipient(recipient.text) && (
        <button
          type="button"
          tabIndex={props.isStop ? 0 : -1}
          onFocus={props.onFocus}
          aria-pressed={isRevealed}
          aria-label={t("compose.recipient.reveal", { name })}
          title={t("compose.recipient.reveal", { name })}
          onClick={() => setIsRevealed(!isRevealed)}
        >
          {isRevealed ? <EyeSlashIcon aria-hidden /> : <EyeIcon aria-hidden />}
        </button>
      )}
      <button
        type="button"
        data-remove
        tabIndex={props.isStop ? 0 : -1}
        onFocus={props.onFocus}
        aria-label={t("compose.recipient.remove", { name })}
        title={t("compose.recipient.remove", { name })}
        onClick={props.onRemove}
      >
        <XMarkIcon aria-hidden />
      </button>
    </li>
  );
}

/** The recipients: chips, and a field that takes one or a pasted list. */
export function Recipients(props: {
  id: string;
  /** As stored, in order. */
  texts: readonly string[];
  isOffline: boolean;
  /** What is known of each, by its text. */
  known(text: string): Recipient;
  errors: readonly string[];
  onChange(texts: string[]): void;
  onSay(text: string): void;
  onLeave(): void;
}) {
  const t = useText();
  const { id, texts } = props;
  const [typed, setTyped] = useState("");
  const [leftOut, setLeftOut] = useState<readonly string[]>([]);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [stop, setStop] = useState(-1);
  const recipients = texts.map((text) => props.known(text));
  const alike = lookAlikes(
    recipients.filter((each) => each.state === "found").map((each) => each.party.name),
  );

  const add = (text: string): void => {
    const split = splitRecipients(text);
    const there = new Set(texts.map(bare));
    const fresh = split.items.filter((item) => !there.has(bare(item)));
    setTyped("");
    setLeftOut(split.leftOut);
    if (fresh.length > 0) {
      props.onChange([...texts, ...fresh]);
      props.onSay(t("compose.recipients.added", { count: fresh.length }));
    } else if (split.items.length > 0) {
      props.onSay(t("compose.recipients.already", { count: split.items.length }));
    }
  };

  const remove = (index: number): void => {
    const name = recipients[index] ? chipName(recipients[index]) : "";
    props.onChange(texts.filter((_, at) => at !== index));
    props.onSay(t("compose.recipients.removed", { name }));
    input.current?.focus();
  };

  const last = recipients.length - 1;
  const stopAt = stop < 0 || stop > last ? last : stop;
  const goTo = (index: number): void => {
    if (index > last) {
      input.current?.focus();
      return;
    }
    list.current?.querySelectorAll<HTMLElement>("[data-remove]")[Math.max(0, index)]?.focus();
  };
  const pressOnChip = (event: KeyboardEvent): void => {
    const to: Record<string, number> = {
      ArrowLeft: stopAt - 1,
      ArrowRight: stopAt + 1,
      Home: 0,
      End: last,
    };
    const index = to[event.key];
    if (index !== undefined) {
      event.preventDefault();
      goTo(index);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      remove(stopAt);
    }
  };

  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    // What stands in the field, not what was last drawn: fast fingers are ahead of the drawing.
    const written = event.currentTarget.value;
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && written.trim() !== "") {
      event.preventDefault();
      add(written);
    } else if ((event.key === "," || event.key === ";") && written.trim() !== "") {
      event.preventDefault();
      add(written);
    } else if (event.key === "ArrowLeft" && written === "" && texts.length > 0) {
      event.preventDefault();
      goTo(last);
    } else if (event.key === "Backspace" && written === "" && texts.length > 0) {
      event.preventDefault();
      // The last one comes back as text to put right; its chip is gone only by the user's key.
      setTyped(texts.at(-1) ?? "");
      props.onChange(texts.slice(0, -1));
    }
  };

  return (
    <div className="ds-field compose-field compose-recipients">
      <Label htmlFor={id}>{t("compose.recipients.label")}</Label>
      <p data-field="description" id={`${id}-help`}>
        {t("compose.recipients.help")}
      </p>
      <div className="compose-chips" data-invalid={props.errors.length > 0 || undefined}>
        {recipients.length > 0 && (
          <ul
            ref={list}
            aria-label={t("compose.recipients.chosen", { count: recipients.length })}
            onKeyDown={pressOnChip}
          >
            {recipients.map((recipient, index) => (
              <Chip
                key={recipient.key || recipient.text}
                recipient={recipient}
                isStop={index === stopAt}
                onFocus={() => setStop(index)}
                onRemove={() => remove(index)}
              />
            ))}
          </ul>
        )}
        <input
          ref={input}
          id={id}
          value={typed}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}-help ${id}-errors`}
          aria-invalid={props.errors.length > 0 || undefined}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={press}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData("text/plain");
            const { items } = splitRecipients(pasted);
            if (items.length > 1 || (typed === "" && items.every(looksLikeRecipient) && items.length === 1)) {
              event.preventDefault();
              add(typed.trim() === "" ? pasted : `${typed}\n${pasted}`);
            }
          }}
          onBlur={() => {
            if (typed.trim() !== "") {
              add(typed);
            }
            props.onLeave();
          }}
        />
      </div>
      <FieldErrors id={`${id}-errors`} errors={props.errors} />
      {props.isOffline && recipients.some((each) => each.state === "checking") && (
        <p className="compose-note">{t("compose.recipients.offline")}</p>
      )}
      {leftOut.length > 0 && (
        <p className="compose-note">
          {t("compose.recipients.leftOut", { count: leftOut.length, first: leftOut.slice(0, 3).join(", ") })}{" "}
          <Button variant="tertiary" data-size="sm" onClick={() => setLeftOut([])}>
            {t("compose.recipients.hideNote")}
          </Button>
        </p>
      )}
      {alike && (
        <p className="compose-note">
          <ExclamationmarkTriangleFillIcon aria-hidden />
          {t("compose.recipients.alike", { first: alike[0], second: alike[1] })}
        </p>
      )}
    </div>
  );
}
