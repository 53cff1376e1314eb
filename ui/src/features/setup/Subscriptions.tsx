import { Button, Heading } from "@digdir/designsystemet-react";
import { ArrowsCirclepathIcon } from "@navikt/aksel-icons";
import { type ReactNode, useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { SubscriptionView, UiError } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost, useSubscriptions } from "../../ipc/queries.ts";
import { FindingView } from "./FindingView.tsx";
import { StandingIcon } from "./states.tsx";

/** Who is told of events, whether the address has answered, and what keeps it from working. */
export function Subscriptions({ account }: { account: string }) {
  const text = useText();
  const format = useFormat();
  const host = useHost();
  const { data: list } = useSubscriptions(account);
  const [error, setError] = useState<UiError | null>(null);
  const fetchedAt = list?.fetchedAt ?? null;
  return (
    <section aria-labelledby="setup-subscriptions">
      <Heading level={3} data-size="2xs" id="setup-subscriptions">
        {text("setup.events.title")}
      </Heading>
      <p className="setup-note">{text("doctor.events.desktop")}</p>
      {list && list.subscriptions.length > 0 ? (
        <ul className="setup-checks">
          {list.subscriptions.map((one) => (
            <Subscription key={one.id} one={one} />
          ))}
        </ul>
      ) : fetchedAt === null ? null : (
        <p>{text("setup.events.none")}</p>
      )}
      <div className="setup-acts setup-line">
        <Button
          data-size="sm"
          variant="secondary"
          onClick={() => {
            setError(null);
            host
              .startSubscriptions(account)
              .catch((cause: unknown) => setError(asUiError(cause, host.now())));
          }}
        >
          <ArrowsCirclepathIcon aria-hidden fontSize="1.25rem" />
          {text(fetchedAt === null ? "setup.events.fetch" : "setup.events.refresh")}
        </Button>
        <span className="setup-fine">
          {fetchedAt === null
            ? text("setup.events.never")
            : text("setup.events.fetched", { time: format.full(fetchedAt) })}
        </span>
      </div>
      {error ? <ErrorNotice error={error} level={4} /> : null}
    </section>
  );
}

function Subscription({ one, children }: { one: SubscriptionView; children?: ReactNode }) {
  const text = useText();
  const format = useFormat();
  const facts: [string, string][] = [
    [text("setup.events.endpoint"), one.endpoint],
    [text("setup.events.resource"), one.resource],
    [text("setup.events.kind"), one.kind ?? text("setup.events.everyKind")],
    ...(one.createdAt === null
      ? []
      : [[text("setup.events.made"), format.full(one.createdAt)] satisfies [string, string]]),
  ];
  return (
    <li className="setup-check">
      <div className="setup-check-head">
        <h4>{text("setup.events.id", { id: String(one.id) })}</h4>
        <span className="setup-standing">
          <StandingIcon standing={one.isValidated ? "ok" : "warning"} />
          {text(one.isValidated ? "setup.events.validated" : "setup.events.waiting")}
        </span>
      </div>
      <dl className="setup-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="setup-code">{value}</dd>
          </div>
        ))}
      </dl>
      {one.findings.map((finding, index) => (
        <FindingView key={index} finding={finding} />
      ))}
      {children}
    </li>
  );
}
