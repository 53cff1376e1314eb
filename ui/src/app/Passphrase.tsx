import { Button, Checkbox, Heading, Paragraph, Textfield } from "@digdir/designsystemet-react";
import { type FormEvent, useState } from "react";
import { ErrorNotice } from "../components/ErrorNotice.tsx";
import { useText } from "../i18n/index.ts";
import type { StartState, UiError } from "../ipc/bindings.ts";
import { asUiError } from "../ipc/errors.ts";
import { useHost } from "../ipc/queries.ts";

/** Fewest characters of a passphrase; the engine holds to it too. */
const LEAST = 12;

/** Asks for the passphrase of the profile, or has one chosen when `isNew`. */
export default function Passphrase({
  isNew,
  wasWrong,
  onState,
}: {
  isNew: boolean;
  wasWrong: boolean;
  onState(state: StartState): void;
}) {
  const text = useText();
  const host = useHost();
  const [phrase, setPhrase] = useState("");
  const [again, setAgain] = useState("");
  const [isShown, setShown] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(wasWrong ? text("error.passphraseWrong.title") : null);
  const [faultAgain, setFaultAgain] = useState<string | null>(null);
  const [failure, setFailure] = useState<UiError | null>(null);

  const unlock = async () => {
    setFault(null);
    setFaultAgain(null);
    setFailure(null);
    if (phrase.length < (isNew ? LEAST : 1)) {
      setFault(text("error.passphraseTooShort.title"));
      document.getElementById("passphrase")?.focus();
      return;
    }
    if (isNew && phrase !== again) {
      setFaultAgain(text("start.phrase.differ"));
      document.getElementById("passphrase-again")?.focus();
      return;
    }
    setBusy(true);
    try {
      const next = await host.unlock(phrase);
      if (next.kind === "needsPassphrase" && next.wasWrong) {
        setFault(text("error.passphraseWrong.title"));
        setPhrase("");
        document.getElementById("passphrase")?.focus();
      }
      onState(next);
    } catch (cause) {
      const error = asUiError(cause, host.now());
      if (error.code === "passphraseWrong" || error.code === "passphraseTooShort") {
        setFault(text(`error.${error.code}.title`));
        document.getElementById("passphrase")?.focus();
      } else {
        setFailure(error);
      }
    } finally {
      setBusy(false);
    }
  };
  const type = isShown ? "text" : "password";

  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        void unlock();
      }}
    >
      <Heading level={1} data-size="xs">
        {text(isNew ? "start.new.title" : "start.locked.title")}
      </Heading>
      <Paragraph data-size="sm">{text(isNew ? "start.new.text" : "start.locked.text")}</Paragraph>
      <Textfield
        id="passphrase"
        type={type}
        label={text("start.phrase.label")}
        description={isNew ? text("start.phrase.help") : undefined}
        autoComplete="off"
        spellCheck={false}
        value={phrase}
        error={fault ?? undefined}
        onChange={(event) => setPhrase(event.target.value)}
      />
      {isNew ? (
        <Textfield
          id="passphrase-again"
          type={type}
          label={text("start.phrase.repeat")}
          autoComplete="off"
          spellCheck={false}
          value={again}
          error={faultAgain ?? undefined}
          onChange={(event) => setAgain(event.target.value)}
        />
      ) : null}
      <Checkbox
        label={text("start.phrase.show")}
        checked={isShown}
        onChange={(event) => setShown(event.target.checked)}
      />
      {isNew ? <p className="start-note">{text("start.new.note")}</p> : null}
      {failure ? <ErrorNotice error={failure} level={2} onAct={() => void unlock()} /> : null}
      <Button type="submit" aria-disabled={isBusy || undefined}>
        {text(isNew ? "start.create.act" : "start.unlock.act")}
      </Button>
      <p className="start-note" role="status">
        {isBusy ? text("start.unlocking.label") : ""}
      </p>
    </form>
  );
}
