import { Button, Field, Heading, Label, Select, Textfield } from "@digdir/designsystemet-react";
import { ArrowsCirclepathIcon } from "@navikt/aksel-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAnnounce } from "../../components/Announcer.tsx";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { Question } from "../../components/Question.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { AccountEntry, SubscriptionView, UiError } from "../../ipc/bindings.ts";
import { keys } from "../../ipc/cache.ts";
import { asUiError, errorHelp, errorTitle } from "../../ipc/errors.ts";
import { useHost, useSubscriptions } from "../../ipc/queries.ts";
import { FindingView } from "./FindingView.tsx";
import { StandingIcon } from "./states.tsx";

/** Who is told of events, whether the address has answered, and what keeps it from working. */
export function Subscriptions({ account, entry }: { account: string; entry: AccountEntry | undefined }) {
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
            <Subscription key={one.id} account={account} one={one} />
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
      {entry ? <NewSubscription entry={entry} /> : null}
    </section>
  );
}

function Subscription({ account, one }: { account: string; one: SubscriptionView }) {
  const text = useText();
  const format = useFormat();
  const host = useHost();
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const name = text("setup.events.id", { id: String(one.id) });
  const end = () => {
    setAsking(false);
    host.unsubscribe(account, one.id).then(
      (list) => client.setQueryData(keys.subscriptions(account), list),
      (cause: unknown) => setError(asUiError(cause, host.now())),
    );
  };
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
        <h4>{name}</h4>
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
      <div className="setup-acts">
        <Button data-size="sm" variant="tertiary" data-color="danger" onClick={() => setAsking(true)}>
          {text("setup.events.end")}
        </Button>
      </div>
      {error ? <ErrorNotice error={error} level={4} /> : null}
      {isAsking ? (
        <Question
          title={text("setup.events.endAsk", { name })}
          yes={text("setup.events.end")}
          tone="danger"
          onYes={end}
          onNo={() => setAsking(false)}
        >
          {text("setup.events.endText", { endpoint: one.endpoint })}
        </Question>
      ) : null}
    </li>
  );
}

/** A receiving service of the organisation's own is told of events from now on. */
function NewSubscription({ entry }: { entry: AccountEntry }) {
  const text = useText();
  const host = useHost();
  const client = useQueryClient();
  const announce = useAnnounce();
  const resources = [...new Set([...entry.draft.writeResources, ...entry.draft.readResources])];
  const [endpoint, setEndpoint] = useState("");
  const [resource, setResource] = useState(resources[0] ?? "");
  const [kind, setKind] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const fault =
    error?.code === "endpointInvalid"
      ? `${text(errorTitle(error.code))} ${text(errorHelp(error.code))}`
      : undefined;
  const make = () => {
    setBusy(true);
    setError(null);
    host
      .subscribe(entry.id, {
        endpoint: endpoint.trim(),
        resource,
        kind: kind.trim() === "" ? null : kind.trim(),
      })
      .then(
        (list) => {
          client.setQueryData(keys.subscriptions(entry.id), list);
          setEndpoint("");
          announce(text("setup.events.started"));
        },
        (cause: unknown) => setError(asUiError(cause, host.now())),
      )
      .finally(() => setBusy(false));
  };
  if (resources.length === 0) {
    return null;
  }
  return (
    <details>
      <summary>{text("setup.events.new")}</summary>
      <form
        className="setup-nested"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <Textfield
          data-size="sm"
          label={text("setup.events.endpoint")}
          description={text("setup.events.endpointHelp")}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={endpoint}
          error={fault}
          onChange={(event) => setEndpoint(event.target.value)}
        />
        <Field>
          <Label htmlFor="setup-event-resource">{text("setup.events.resource")}</Label>
          <Select
            id="setup-event-resource"
            data-size="sm"
            value={resource}
            onChange={(event) => setResource(event.target.value)}
          >
            {resources.map((id) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </Select>
        </Field>
        <Textfield
          data-size="sm"
          label={`${text("setup.events.kind")} ${text("compose.field.optional")}`}
          description={text("setup.events.kindHelp")}
          autoComplete="off"
          spellCheck={false}
          value={kind}
          onChange={(event) => setKind(event.target.value)}
        />
        {error && !fault ? <ErrorNotice error={error} level={4} /> : null}
        <div className="setup-acts">
          <Button data-size="sm" type="submit" aria-disabled={isBusy || undefined}>
            {text("setup.events.start")}
          </Button>
        </div>
      </form>
    </details>
  );
}
