import { Button, Textfield, ValidationMessage } from "@digdir/designsystemet-react";
import { CloudUpIcon, KeyVerticalIcon, PlusIcon } from "@navikt/aksel-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Environment, KeptKey, UiError } from "../../ipc/bindings.ts";
import { keys as cache } from "../../ipc/cache.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost, useKeys } from "../../ipc/queries.ts";
import { Overlay } from "../files/Overlay.tsx";
import { useDrop } from "../files/useDrop.ts";
import "../files/files.css";
import { CopyButton } from "./CopyButton.tsx";
import { fieldId } from "./form.ts";
import { KeyFault } from "./KeyFault.tsx";
import { needOf } from "./keyFaults.ts";
import { OutsideLink } from "./OutsideLink.tsx";
import { proposedId } from "./proposedId.ts";
import { StandingIcon } from "./states.tsx";
import { TokenKey } from "./TokenKey.tsx";

/** Digdir's self-service, where the public half is registered. */
const SELF_SERVICE: Record<Environment, string | null> = {
  production: "https://sjolvbetjening.samarbeid.digdir.no",
  test: "https://sjolvbetjening.test.samarbeid.digdir.no",
  custom: null,
  practice: null,
};

/** The private key: made here, or taken from a file, and never shown. Its public half is shown, to be registered. */
export function KeyField({
  environment,
  chosen,
  isFixed,
  fault,
  onChosen,
}: {
  environment: Environment;
  /** Name of the key; empty for none yet. */
  chosen: string;
  /** A kept account changes its key by trying the new one first. */
  isFixed: boolean;
  fault: string | undefined;
  onChosen(key: KeptKey | null): void;
}) {
  const text = useText();
  const { data: keys } = useKeys();
  const key = keys?.find((one) => one.name === chosen);
  return (
    <div
      className="setup-key"
      role="group"
      aria-labelledby="setup-key-label"
      id={fieldId("key")}
      tabIndex={-1}
    >
      <p className="setup-key-label" id="setup-key-label">
        {text("setup.key.label")}
      </p>
      {key ? (
        <ChosenKey environment={environment} value={key} onOther={isFixed ? null : () => onChosen(null)} />
      ) : (
        <NewKey keys={keys ?? []} onChosen={onChosen} />
      )}
      {fault && !key ? <ValidationMessage>{fault}</ValidationMessage> : null}
    </div>
  );
}

/** The key that is chosen, with what is to be registered of it. */
export function ChosenKey({
  environment,
  value,
  onOther,
}: {
  environment: Environment;
  value: KeptKey;
  onOther: (() => void) | null;
}) {
  const text = useText();
  const format = useFormat();
  const selfService = SELF_SERVICE[environment];
  const { keyId, certificate, validUntil, publicJwk } = value.view;
  return (
    <div className="setup-key-card">
      <p className="setup-ticked">
        <StandingIcon standing="ok" />
        <span>
          <strong>{keyId ?? certificate ?? text("setup.key.unnamed")}</strong>
          <br />
          <span className="setup-fine">
            {text(value.token ? "setup.token.safe" : "setup.key.safe", {
              time: format.full(value.addedAt),
              token: value.token?.token ?? "",
            })}
          </span>
        </span>
      </p>
      {validUntil === null ? null : (
        <p className="setup-fine">{text("setup.key.until", { time: format.date(validUntil) })}</p>
      )}
      {certificate === null ? (
        <>
          <p>{text("setup.key.register")}</p>
          {/* Long lines scroll by keyboard too. */}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
          <pre className="setup-jwk" tabIndex={0} role="region" aria-label={text("setup.key.public")}>
            {publicJwk}
          </pre>
        </>
      ) : null}
      <div className="setup-acts">
        {certificate === null ? (
          <CopyButton label={text("setup.key.copy")} copies={publicJwk} isMain />
        ) : null}
        {selfService === null ? null : <OutsideLink url={selfService} />}
        {onOther === null ? null : (
          <Button data-size="sm" variant="tertiary" onClick={onOther}>
            {text("setup.key.other")}
          </Button>
        )}
      </div>
    </div>
  );
}

/** When a key came, and the token that it stays in. */
export function KeyOrigin({ of }: { of: KeptKey }) {
  const text = useText();
  const format = useFormat();
  const time = format.full(of.addedAt);
  return (
    <span className="setup-fine">
      {of.token ? text("setup.token.origin", { time, token: of.token.token }) : time}
    </span>
  );
}

/** A file that was tried: what it still needs, and what was wrong with it. */
interface Tried {
  path: string;
  error: UiError | null;
}

const fileName = (path: string) => path.split(/[\\/]/).at(-1) ?? path;

/** Makes a key, or takes one: from a file, of a token, or of those that are here and used by nobody. */
export function NewKey({ keys, onChosen }: { keys: readonly KeptKey[]; onChosen(key: KeptKey): void }) {
  const text = useText();
  const host = useHost();
  const client = useQueryClient();
  const [keyId, setKeyId] = useState(() => proposedId(host.now()));
  const [tried, setTried] = useState<Tried | null>(null);
  const [password, setPassword] = useState("");
  const [fileKeyId, setFileKeyId] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<UiError | null>(null);
  const free = keys.filter((key) => key.accounts.length === 0);

  const run = (act: Promise<KeptKey>, onError: (error: UiError) => void) => {
    setBusy(true);
    setError(null);
    act
      .then(
        (key) => {
          setPassword("");
          setTried(null);
          void client.invalidateQueries({ queryKey: cache.kept() });
          onChosen(key);
        },
        (cause: unknown) => onError(asUiError(cause, host.now())),
      )
      .finally(() => setBusy(false));
  };
  const take = (path: string) => {
    setTried({ path, error: null });
    run(
      host.takeKey(path, password === "" ? null : password, fileKeyId.trim() === "" ? null : fileKeyId),
      (failure) => setTried({ path, error: failure }),
    );
  };
  const isOver = useDrop({
    isOn: true,
    onDrop: ([path]) => {
      if (path !== undefined) {
        take(path);
      }
    },
  });
  const need = tried?.error ? needOf(tried.error) : null;

  return (
    <div className="setup-new-key">
      {isOver ? <Overlay text={text("setup.key.drop")} /> : null}
      <div className="setup-key-ways">
        <div className="setup-key-way">
          <h4>{text("setup.key.make")}</h4>
          <p>{text("setup.key.makeHelp")}</p>
          <Textfield
            data-size="sm"
            label={text("setup.key.id")}
            description={text("setup.key.idHelp")}
            autoComplete="off"
            spellCheck={false}
            value={keyId}
            error={error?.code === "keyUnusable" ? <KeyFault error={error} /> : undefined}
            onChange={(event) => setKeyId(event.target.value)}
          />
          <Button
            data-size="sm"
            variant="secondary"
            aria-disabled={isBusy || undefined}
            onClick={() => run(host.makeKey(keyId.trim()), setError)}
          >
            <PlusIcon aria-hidden fontSize="1.25rem" />
            {text(isBusy && !tried ? "setup.key.making" : "setup.key.makeAct")}
          </Button>
          {error && error.code !== "keyUnusable" ? <ErrorNotice error={error} level={4} /> : null}
        </div>
        <div className="setup-key-way">
          <h4>{text("setup.key.file")}</h4>
          <p>{text("setup.key.fileHelp")}</p>
          <div className="files-zone" data-over={isOver || undefined}>
            <CloudUpIcon aria-hidden />
            <p>
              <span className="files-zone-title">{text("setup.key.zone")}</span>
              <span className="files-zone-help">{text("setup.key.formats")}</span>
            </p>
            <Button
              data-size="sm"
              variant="secondary"
              onClick={() =>
                void host.pickSetupFile("key").then((path) => {
                  if (path !== null) {
                    take(path);
                  }
                })
              }
            >
              {text("setup.key.pick")}
            </Button>
          </div>
          {tried?.error ? (
            <div className="setup-nested" role="alert">
              <p>
                <strong>{fileName(tried.path)}</strong>
              </p>
              <ValidationMessage>
                <KeyFault error={tried.error} />
              </ValidationMessage>
            </div>
          ) : null}
          {tried && need ? (
            <div className="setup-nested">
              <Textfield
                data-size="sm"
                type={need === "password" ? "password" : "text"}
                label={text(need === "password" ? "setup.key.password" : "setup.key.id")}
                autoComplete="off"
                spellCheck={false}
                value={need === "password" ? password : fileKeyId}
                onChange={(event) =>
                  need === "password" ? setPassword(event.target.value) : setFileKeyId(event.target.value)
                }
                onKeyDown={(event) => {
                  if (event.key === "Enter") {
                    event.preventDefault();
                    take(tried.path);
                  }
                }}
              />
              <Button data-size="sm" onClick={() => take(tried.path)}>
                {text("setup.key.again")}
              </Button>
            </div>
          ) : null}
        </div>
        <TokenKey onChosen={onChosen} />
      </div>
      {free.length > 0 ? (
        <details>
          <summary>{text("setup.key.here", { count: free.length })}</summary>
          <ul className="setup-checks">
            {free.map((key) => (
              <li key={key.name} className="setup-check setup-row">
                <KeyVerticalIcon aria-hidden fontSize="1.375rem" />
                <span className="setup-row-text">
                  {key.view.keyId ?? key.view.certificate ?? text("setup.key.unnamed")}
                  <KeyOrigin of={key} />
                </span>
                <Button data-size="sm" variant="secondary" onClick={() => onChosen(key)}>
                  {text("setup.key.use")}
                </Button>
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}
