import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useText } from "../../i18n/index.ts";
import type { Account, Draft, DraftText, Field, Recipient, Service, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useAccounts, useHost, useServices } from "../../ipc/queries.ts";
import { useDrop } from "../files/useDrop.ts";
import { FIELD_IDS, FOLDED, type Issue, issuesAt } from "./problems.ts";
import { MANY } from "./Review.tsx";
import type { DraftSaver, SaveState } from "./saver.ts";
import { type Dates, useDates } from "./useDates.ts";
import { useDraftSession } from "./useDraftSession.ts";
import { useIssues } from "./useIssues.ts";
import { useLeaving } from "./useLeaving.ts";
import { useRecipients } from "./useRecipients.ts";

/** Everything the parts of the sheet show and do. */
export interface SheetState {
  readonly saver: DraftSaver;
  readonly draft: Draft;
  readonly text: DraftText;
  readonly saving: SaveState;
  readonly services: readonly Service[];
  readonly service: Service | undefined;
  readonly account: Account | null;
  readonly recipients: readonly Recipient[];
  known(text: string): Recipient;
  readonly dates: Dates;
  readonly step: "write" | "review";
  /** What is wrong and said now. */
  readonly issues: readonly Issue[];
  /** Whether the summary above the buttons is shown. */
  readonly isSummaryShown: boolean;
  errors(...fields: Field[]): readonly string[];
  /** What an act of the user failed with. */
  readonly error: UiError | null;
  forgetError(): void;
  readonly isMoreOpen: boolean;
  setMoreOpen(isOpen: boolean): void;
  /** The number of recipients as typed, when there are many. */
  readonly count: { readonly typed: string; readonly error: string | null; type(typed: string): void };
  readonly isOver: boolean;
  readonly isSending: boolean;
  /** The last thing said to a screen reader. */
  readonly spoken: string;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly summary: RefObject<HTMLHeadingElement | null>;
  readonly leaving: ReturnType<typeof useLeaving>;
  say(line: string): void;
  edit(change: Partial<DraftText>): void;
  leave(field: Field): void;
  /** Moves focus to a field, opening what hides it. */
  goTo(field: Field): void;
  lookOver(): void;
  send(): void;
  back(): void;
  pickFiles(): void;
  /** Carries out an act on files whose answer is the draft. */
  withFiles(act: Promise<Draft>): void;
}

const nextFrame = (act: () => void) => window.requestAnimationFrame(act);

/** The first field with something to fill in, or the one that was refused. */
function firstField(draft: Draft): Field {
  const { text, refusal } = draft;
  if (refusal) {
    return refusal.field;
  }
  if (text.resource === null) {
    return "resource";
  }
  if (text.recipients.length === 0) {
    return "recipients";
  }
  return text.title === "" ? "title" : "body";
}

/** Focus starts there, once: a draft that was saved is no reason to move it, nor is a frame that comes after a person has. */
function useFirstFocus(draft: Draft): void {
  const [first] = useState(() => FIELD_IDS[firstField(draft)]);
  useEffect(() => {
    const frame = nextFrame(() => {
      const fields: readonly string[] = Object.values(FIELD_IDS);
      if (!fields.includes(document.activeElement?.id ?? "")) {
        document.getElementById(first)?.focus();
      }
    });
    return () => window.cancelAnimationFrame(frame);
  }, [first]);
}

/** A single service is no choice; and the confidential mark follows the service, since Altinn refuses any other. */
function useServiceRules(saver: DraftSaver, text: DraftText, services: readonly Service[]): void {
  useEffect(() => {
    const only = services.length === 1 ? services[0] : undefined;
    const service = services.find((each) => each.resource === text.resource);
    if (text.resource === null && only) {
      saver.edit({ resource: only.resource, isConfidential: only.isConfidential });
    } else if (service && service.isConfidential !== text.isConfidential) {
      saver.edit({ isConfidential: service.isConfidential });
    }
  }, [saver, services, text.resource, text.isConfidential]);
}

/** The state of a sheet: write, look over, send. */
export function useSheet(props: { draft: Draft; onClose(): void }): SheetState {
  const t = useText();
  const host = useHost();
  const { saver, now } = useDraftSession(props.draft);
  const { draft, text } = now;
  const services = useServices(draft.account).data ?? [];
  const account = useAccounts().data?.find((each) => each.id === draft.account) ?? null;
  const known = useRecipients(draft, text.recipients);
  const recipients = text.recipients.map(known);
  const dates = useDates(saver, text);

  const [step, setStep] = useState<"write" | "review">("write");
  const { refusal } = props.draft;
  const [isMoreOpen, setMoreOpen] = useState(refusal !== null && FOLDED.has(refusal.field));
  const [isAskedHere, setIsAskedHere] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const [typed, setTyped] = useState("");
  const [countError, setCountError] = useState<string | null>(null);
  const [spoken, say] = useState("");
  const [isSending, setIsSending] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const summary = useRef<HTMLHeadingElement>(null);
  useFirstFocus(props.draft);
  // With the page itself, not a frame later: the field that had the focus is gone, and a key pressed in between would
  // reach nobody.
  useLayoutEffect(() => {
    if (step === "review") {
      heading.current?.focus();
    }
  }, [step]);
  useServiceRules(saver, text, services);

  const fail = useCallback((cause: unknown) => setError(asUiError(cause, host.now())), [host]);
  const check = useCallback(async () => {
    await saver.flush();
    return host.checkDraft(draft.id);
  }, [saver, host, draft.id]);
  const rules = useIssues(check, refusal ? [refusal] : []);
  const leaving = useLeaving({ saver, draft: props.draft, onClose: props.onClose, onFail: fail });
  const issues = isAskedHere ? [...rules.shown, ...dates.issues] : rules.shown;

  const withFiles = useCallback(
    (act: Promise<Draft>) => void act.then((answer) => saver.adopt(answer), fail),
    [saver, fail],
  );
  const isOver = useDrop({
    isOn: step === "write",
    onDrop: (paths) => withFiles(host.addFiles(draft.id, paths)),
  });

  const lookOver = async (): Promise<void> => {
    setError(null);
    setIsAskedHere(true);
    const found = await rules.ask();
    // What is not saved is not what was checked; the sheet says so above the fields.
    const { kind } = saver.snapshot().state;
    if (kind === "conflict" || kind === "failed") {
      return;
    }
    if (found.length > 0 || dates.issues.length > 0) {
      nextFrame(() => summary.current?.focus());
      return;
    }
    setIsAskedHere(false);
    setStep("review");
  };

  const hand = async (): Promise<void> => {
    if (!(await saver.flush())) {
      setStep("write");
      return;
    }
    const outcome = await host.sendDraft(draft.id, saver.snapshot().draft.version);
    if (outcome.kind === "queued") {
      leaving.sent(outcome.receipt);
      return;
    }
    rules.refuse(outcome.problems);
    setStep("write");
    nextFrame(() => summary.current?.focus());
  };

  const send = async (): Promise<void> => {
    if (isSending) {
      return;
    }
    if (recipients.length > MANY && typed.trim() !== String(recipients.length)) {
      setCountError(t("compose.review.wrongCount", { count: recipients.length }));
      document.getElementById("compose-count")?.focus();
      return;
    }
    setIsSending(true);
    setError(null);
    try {
      await hand();
    } catch (cause) {
      fail(cause);
      if (asUiError(cause, 0).code === "draftConflict") {
        saver.reload();
        setStep("write");
      }
    } finally {
      setIsSending(false);
    }
  };

  return {
    saver,
    draft,
    text,
    saving: now.state,
    services,
    service: services.find((each) => each.resource === text.resource),
    account,
    recipients,
    known,
    dates,
    step,
    issues,
    isSummaryShown: (rules.isAsked || isAskedHere) && issues.length > 0,
    errors: (...fields) => issuesAt(issues, ...fields),
    error,
    forgetError: () => setError(null),
    isMoreOpen,
    setMoreOpen,
    count: {
      typed,
      error: countError,
      type(text) {
        setTyped(text);
        setCountError(null);
      },
    },
    isOver,
    isSending,
    spoken,
    heading,
    summary,
    leaving,
    say,
    edit: (change) => saver.edit(change),
    leave: (field) => void rules.leave(field).catch(fail),
    goTo(field) {
      if (FOLDED.has(field)) {
        setMoreOpen(true);
      }
      // The fold opens with the next frame; what is inside it cannot take focus before.
      nextFrame(() => document.getElementById(FIELD_IDS[field])?.focus());
    },
    lookOver: () => void lookOver().catch(fail),
    send: () => void send(),
    back() {
      setStep("write");
      nextFrame(() => document.getElementById("compose-send")?.focus());
    },
    pickFiles: () => withFiles(host.pickFiles(draft.id)),
    withFiles,
  };
}
