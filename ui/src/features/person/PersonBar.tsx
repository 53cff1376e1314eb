import { Button } from "@digdir/designsystemet-react";
import { ExternalLinkIcon, PersonCircleIcon } from "@navikt/aksel-icons";
import { useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { currentLanguage, useText } from "../../i18n/index.ts";
import type { Account, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import "./personBar.css";

/** A person's way in to an account: the button, the wait for the browser, and why it came to nothing. */
export default function PersonBar({ account }: { account: Account }) {
  const text = useText();
  const host = useHost();
  const [failed, setFailed] = useState<UiError | null>(null);
  const { person } = account;
  if (person === null || person.kind === "signedIn") {
    return null;
  }
  const isWaiting = person.kind === "waiting";
  const error = isWaiting ? null : (failed ?? person.error);
  const words = isWaiting
    ? text("person.waiting", { host: person.host })
    : text(person.hasEnded ? "person.ended" : "person.out", { name: account.name });
  const start = () => {
    setFailed(null);
    const landing = {
      language: currentLanguage(),
      done: text("person.landing.done"),
      denied: text("person.landing.denied"),
    };
    host.startSignIn(account.id, landing).catch((cause: unknown) => setFailed(asUiError(cause, host.now())));
  };
  return (
    <section className="person-bar" aria-label={text("person.label")}>
      <div className="person-bar-line">
        <PersonCircleIcon aria-hidden fontSize="1.5rem" />
        <p role="status">{words}</p>
        {/* The same button in both states, so that the keyboard stays where it is. */}
        <Button data-size="sm" variant={isWaiting ? "secondary" : "primary"} onClick={start}>
          <ExternalLinkIcon aria-hidden fontSize="1.25rem" />
          {text(isWaiting ? "person.again" : "person.act")}
        </Button>
        {isWaiting ? (
          <Button data-size="sm" variant="tertiary" onClick={() => void host.signOut(account.id)}>
            {text("app.act.cancel")}
          </Button>
        ) : null}
      </div>
      {isWaiting ? <p className="person-bar-fine">{text("person.stuck")}</p> : null}
      {error ? <ErrorNotice error={error} level={2} /> : null}
    </section>
  );
}
