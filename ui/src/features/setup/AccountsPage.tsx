import { Alert, Button, Heading } from "@digdir/designsystemet-react";
import { KeyVerticalIcon, LeaveIcon, PencilIcon, PlusIcon, TrashIcon } from "@navikt/aksel-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type Ref, useState } from "react";
import { navigate } from "../../app/routes.ts";
import { useAnnounce } from "../../components/Announcer.tsx";
import { Avatar } from "../../components/Avatar.tsx";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { Question } from "../../components/Question.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { AccountEntry, KeptKey, UiError } from "../../ipc/bindings.ts";
import { keys as cache } from "../../ipc/cache.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useAccounts, useEntries, useHost, useKeys } from "../../ipc/queries.ts";
import { ChosenKey, KeyOrigin, NewKey } from "./KeyField.tsx";
import { SetupFileButton } from "./SetupFileButton.tsx";

const DAY = 86_400_000;
/** Days from which a key wants to be changed: Maskinporten ends it after a year. */
const OLD = 335;

/** The accounts that are kept: whom they are, how old their keys are, and what can be done with them. */
export function AccountsPage({
  current,
  heading,
  onAccount,
}: {
  /** Id of the account that the window shows. */
  current: string;
  heading: Ref<HTMLHeadingElement>;
  onAccount(id: string): void;
}) {
  const text = useText();
  const { data: entries } = useEntries();
  const { data: keys } = useKeys();
  const free = (keys ?? []).filter((key) => key.accounts.length === 0);
  return (
    <>
      <Heading level={2} data-size="sm" ref={heading} tabIndex={-1}>
        {text("app.setup.accounts")}
      </Heading>
      {entries?.length === 0 ? <p>{text("setup.accounts.none")}</p> : null}
      <ul className="setup-accounts">
        {entries?.map((entry) => (
          <Entry
            key={entry.id}
            entry={entry}
            keys={keys ?? []}
            isCurrent={entry.id === current}
            onAccount={onAccount}
          />
        ))}
      </ul>
      <div className="setup-acts">
        <Button
          variant={entries?.length === 0 ? "primary" : "secondary"}
          onClick={() => navigate({ place: "setup", page: "new" })}
        >
          <PlusIcon aria-hidden fontSize="1.375rem" />
          {text(entries?.length === 0 ? "app.setup.connect" : "setup.accounts.add")}
        </Button>
        <SetupFileButton label={text("setup.cards.file.act")} onTaken={onAccount} />
      </div>
      {free.length > 0 ? <FreeKeys keys={free} /> : null}
    </>
  );
}

function Entry({
  entry,
  keys,
  isCurrent,
  onAccount,
}: {
  entry: AccountEntry;
  keys: readonly KeptKey[];
  isCurrent: boolean;
  onAccount(id: string): void;
}) {
  const text = useText();
  const format = useFormat();
  const host = useHost();
  const announce = useAnnounce();
  const [isRemoving, setRemoving] = useState(false);
  const [isRotating, setRotating] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const { data: accounts } = useAccounts();
  const { draft } = entry;
  const person = accounts?.find((account) => account.id === entry.id)?.person;
  const client = draft.signIn.kind === "maskinporten" ? draft.signIn : null;
  const key = keys.find((one) => one.name === client?.key);
  const days = client?.keyPostedAt == null ? null : Math.floor((host.now() - client.keyPostedAt) / DAY);

  const act = (page: "account") => {
    onAccount(entry.id);
    navigate({ place: "setup", page });
  };
  const remove = () => {
    setRemoving(false);
    host.removeAccount(entry.id).then(
      () => announce(text("setup.accounts.removed", { name: draft.name })),
      (cause: unknown) => setError(asUiError(cause, host.now())),
    );
  };
  return (
    <li className="setup-account" data-environment={draft.environment}>
      <div className="setup-account-head">
        <Avatar name={draft.name} isPerson={false} size="head" />
        <div>
          <h3>{draft.name}</h3>
          <p className="setup-fine">
            {text("app.account.number", { number: format.organisation(draft.organisationNumber) })}
          </p>
        </div>
        <span className="setup-environment" data-environment={draft.environment}>
          {text(`app.env.${draft.environment}`)}
        </span>
        {isCurrent ? <span className="setup-fine">{text("setup.accounts.current")}</span> : null}
      </div>
      <dl className="setup-facts">
        <div>
          <dt>{text("setup.accounts.signIn")}</dt>
          <dd>
            {client
              ? text("setup.accounts.client", {
                  client: client.clientId,
                  key: key?.view.keyId ?? key?.view.certificate ?? "–",
                })
              : text(draft.signIn.kind === "person" ? "setup.form.person" : "setup.form.generator")}
          </dd>
        </div>
        <div>
          <dt>{text("setup.services.title")}</dt>
          <dd>
            {text("setup.accounts.services", {
              receives: draft.readResources.length,
              sends: draft.writeResources.length,
            })}
          </dd>
        </div>
        {days === null ? null : (
          <div>
            <dt>{text("setup.accounts.age")}</dt>
            <dd>{text("setup.accounts.days", { count: days })}</dd>
          </div>
        )}
      </dl>
      {days !== null && days >= OLD ? (
        <Alert data-color="warning" data-size="sm">
          {text("doctor.finding.keyOld.title", { days })} {text("doctor.finding.keyOld.help")}
        </Alert>
      ) : null}
      {isRotating && client ? (
        <Rotation entry={entry} keys={keys} onDone={() => setRotating(false)} />
      ) : (
        <div className="setup-acts">
          {isCurrent ? null : (
            <Button data-size="sm" variant="secondary" onClick={() => onAccount(entry.id)}>
              {text("setup.accounts.show")}
            </Button>
          )}
          <Button data-size="sm" variant="secondary" onClick={() => act("account")}>
            <PencilIcon aria-hidden fontSize="1.25rem" />
            {text("setup.accounts.change")}
          </Button>
          {person?.kind === "signedIn" ? (
            <Button
              data-size="sm"
              variant="secondary"
              onClick={() =>
                void host.signOut(entry.id).then(() => announce(text("person.isOut", { name: draft.name })))
              }
            >
              <LeaveIcon aria-hidden fontSize="1.25rem" />
              {text("person.leave")}
            </Button>
          ) : null}
          {client ? (
            <Button data-size="sm" variant="secondary" onClick={() => setRotating(true)}>
              <KeyVerticalIcon aria-hidden fontSize="1.25rem" />
              {text("setup.accounts.rotate")}
            </Button>
          ) : null}
          <Button data-size="sm" variant="tertiary" data-color="danger" onClick={() => setRemoving(true)}>
            <TrashIcon aria-hidden fontSize="1.25rem" />
            {text("setup.accounts.remove")}
          </Button>
        </div>
      )}
      {error ? <ErrorNotice error={error} level={4} /> : null}
      {isRemoving ? (
        <Question
          title={text("setup.accounts.removeAsk", { name: draft.name })}
          yes={text("setup.accounts.remove")}
          tone="danger"
          onYes={remove}
          onNo={() => setRemoving(false)}
        >
          {text("setup.accounts.removeText")}
        </Question>
      ) : null}
    </li>
  );
}

/** The old key stays until Maskinporten takes the new one. */
function Rotation({
  entry,
  keys,
  onDone,
}: {
  entry: AccountEntry;
  keys: readonly KeptKey[];
  onDone(): void;
}) {
  const text = useText();
  const host = useHost();
  const announce = useAnnounce();
  const [chosen, setChosen] = useState<KeptKey | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const rotate = (key: KeptKey) => {
    setBusy(true);
    setError(null);
    host
      .rotateKey(entry.id, key.name)
      .then(
        () => {
          announce(text("setup.rotate.done"));
          onDone();
        },
        (cause: unknown) => setError(asUiError(cause, host.now())),
      )
      .finally(() => setBusy(false));
  };
  return (
    <section className="setup-nested" aria-label={text("setup.accounts.rotate")}>
      <p>{text("setup.rotate.text")}</p>
      {chosen ? (
        <ChosenKey environment={entry.draft.environment} value={chosen} onOther={() => setChosen(null)} />
      ) : (
        <NewKey keys={keys} onChosen={setChosen} />
      )}
      {error ? (
        <ErrorNotice error={error} level={4} onAct={chosen ? () => rotate(chosen) : undefined} />
      ) : null}
      <div className="setup-acts">
        {chosen ? (
          <Button data-size="sm" aria-disabled={isBusy || undefined} onClick={() => rotate(chosen)}>
            {text(isBusy ? "setup.rotate.trying" : "setup.rotate.act")}
          </Button>
        ) : null}
        <Button data-size="sm" variant="tertiary" onClick={onDone}>
          {text("app.act.cancel")}
        </Button>
      </div>
    </section>
  );
}

/** Keys that were made or taken and that nobody signs in by. */
function FreeKeys({ keys }: { keys: readonly KeptKey[] }) {
  const text = useText();
  const host = useHost();
  const client = useQueryClient();
  const [asked, setAsked] = useState<KeptKey | null>(null);
  const [error, setError] = useState<UiError | null>(null);
  const nameOf = (key: KeptKey) => key.view.keyId ?? key.view.certificate ?? text("setup.key.unnamed");
  const forget = (key: KeptKey) => {
    setAsked(null);
    host.forgetKey(key.name).then(
      () => void client.invalidateQueries({ queryKey: cache.kept() }),
      (cause: unknown) => setError(asUiError(cause, host.now())),
    );
  };
  return (
    <section aria-labelledby="setup-free-keys">
      <Heading level={3} data-size="2xs" id="setup-free-keys">
        {text("setup.accounts.free")}
      </Heading>
      <ul className="setup-checks">
        {keys.map((key) => (
          <li key={key.name} className="setup-check setup-row">
            <KeyVerticalIcon aria-hidden fontSize="1.375rem" />
            <span className="setup-row-text">
              {nameOf(key)}
              <KeyOrigin of={key} />
            </span>
            <Button data-size="sm" variant="tertiary" data-color="danger" onClick={() => setAsked(key)}>
              {text("setup.key.forget")}
            </Button>
          </li>
        ))}
      </ul>
      {error ? <ErrorNotice error={error} level={4} /> : null}
      {asked ? (
        <Question
          title={text("setup.key.forgetAsk", { name: nameOf(asked) })}
          yes={text("setup.key.forget")}
          tone="danger"
          onYes={() => forget(asked)}
          onNo={() => setAsked(null)}
        >
          {asked.token
            ? text("setup.token.forget", { token: asked.token.token })
            : text("setup.key.forgetText")}
        </Question>
      ) : null}
    </section>
  );
}
