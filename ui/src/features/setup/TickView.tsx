import { Button, Textfield } from "@digdir/designsystemet-react";
import { useLayoutEffect, useRef, useState } from "react";
import { remembered, useRemembered } from "../../app/remembered.ts";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Check, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { OutsideLink } from "./OutsideLink.tsx";
import { StandingIcon, StandingWord } from "./states.tsx";

/** What only a person can know: ticked off with a name and the day. */
export function TickView({ account, check }: { account: string; check: Check }) {
  const text = useText();
  const format = useFormat();
  const host = useHost();
  const [name, setName] = useRemembered("setup.name", "");
  const [isAsked, setAsked] = useState(false);
  const [isEmpty, setEmpty] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const hasActed = useRef(false);
  const isTicked = check.tick !== null;
  const id = `tick-${check.id}`;

  const put = (by: string | null) => {
    setError(null);
    hasActed.current = true;
    host.tickCheck(account, check.id, by).catch((cause: unknown) => {
      hasActed.current = false;
      setError(asUiError(cause, host.now()));
    });
  };
  // With the very drawing that takes away what was pressed: a frame later it could take the keyboard, and the page's
  // place, from somebody who is at the next one already.
  useLayoutEffect(() => {
    if (hasActed.current) {
      hasActed.current = false;
      setAsked(false);
      button.current?.focus();
    }
  }, [isTicked]);
  const ask = () => {
    // It may have been written at another check meanwhile.
    setName(remembered("setup.name", name));
    setAsked(true);
  };
  const done = () => {
    if (name.trim() === "") {
      setEmpty(true);
      document.getElementById(id)?.focus();
    } else {
      put(name.trim());
    }
  };

  return (
    <li className="setup-check" data-state={isTicked ? "ok" : "human"}>
      <div className="setup-check-head">
        <h4>{text(`doctor.check.${check.name}`)}</h4>
        <StandingWord standing={isTicked ? "ok" : "human"} />
      </div>
      {check.tick ? (
        <p className="setup-ticked">
          <StandingIcon standing="ok" />
          {text("setup.tick.done", { name: check.tick.by, time: format.date(check.tick.at) })}
        </p>
      ) : null}
      {isAsked && !isTicked ? (
        <form
          className="setup-tick"
          onSubmit={(event) => {
            event.preventDefault();
            done();
          }}
        >
          <Textfield
            id={id}
            data-size="sm"
            label={text("setup.tick.name")}
            description={text("setup.tick.help")}
            autoComplete="name"
            autoFocus
            value={name}
            error={isEmpty && name.trim() === "" ? text("setup.tick.required") : undefined}
            onChange={(event) => setName(event.target.value)}
          />
          <div className="setup-acts">
            <Button data-size="sm" type="submit">
              {text("setup.tick.act")}
            </Button>
            <Button data-size="sm" variant="tertiary" onClick={() => setAsked(false)}>
              {text("app.act.cancel")}
            </Button>
          </div>
        </form>
      ) : (
        <div className="setup-acts">
          {check.link ? <OutsideLink url={check.link} /> : null}
          {check.tick ? (
            <Button data-size="sm" variant="tertiary" ref={button} onClick={() => put(null)}>
              {text("setup.tick.undo")}
            </Button>
          ) : (
            <Button data-size="sm" variant="secondary" ref={button} onClick={ask}>
              {text("setup.tick.act")}
            </Button>
          )}
        </div>
      )}
      {error ? <ErrorNotice error={error} level={4} /> : null}
    </li>
  );
}
