import { Button, Fieldset, Radio, Spinner, Textfield, ValidationMessage } from "@digdir/designsystemet-react";
import { FileIcon } from "@navikt/aksel-icons";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useText } from "../../i18n/index.ts";
import type { KeptKey, TokenKeyView } from "../../ipc/bindings.ts";
import { KeyFault } from "./KeyFault.tsx";
import type { TokenSpot } from "./keyFaults.ts";
import { type TokenAct, type TokenFault, type TokenKeyForm, useTokenKey } from "./useTokenKey.ts";

/** A key that stays in a smart card or a security module (PKCS#11), for those who have one. */
export function TokenKey({ onChosen }: { onChosen(key: KeptKey): void }) {
  const text = useText();
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (wasOpen.current && !isOpen) {
      opener.current?.focus();
    }
    wasOpen.current = isOpen;
  }, [isOpen]);
  return (
    <div className="setup-key-way setup-token">
      <h4>{text("setup.token.title")}</h4>
      <p>{text("setup.token.help")}</p>
      {isOpen ? (
        <Way onChosen={onChosen} onCancel={() => setOpen(false)} />
      ) : (
        <Button ref={opener} data-size="sm" variant="secondary" onClick={() => setOpen(true)}>
          {text("setup.token.open")}
        </Button>
      )}
    </div>
  );
}

function Way({ onChosen, onCancel }: { onChosen(key: KeptKey): void; onCancel(): void }) {
  const text = useText();
  const form = useTokenKey(onChosen);
  const { choice, fault, driverField } = form;
  useEffect(() => driverField.current?.focus(), [driverField]);
  return (
    <>
      <Driver form={form} />
      {choice.tokens ? <Tokens form={form} tokens={choice.tokens} /> : null}
      {choice.token === null ? null : <Pin form={form} />}
      {choice.keys ? <Keys form={form} keys={choice.keys} /> : null}
      {fault?.error && fault.error.code !== "keyUnusable" ? (
        <ErrorNotice error={fault.error} level={4} />
      ) : (
        <GroupFault fault={fault} spot="act" />
      )}
      <div className="setup-acts">
        {choice.key === null ? null : (
          <Act form={form} act="take" isMain onAct={form.take}>
            {text(form.busy === "take" ? "setup.token.taking" : "setup.token.take")}
          </Act>
        )}
        <Button data-size="sm" variant="tertiary" onClick={onCancel}>
          {text("app.act.cancel")}
        </Button>
      </div>
    </>
  );
}

/** The driver is named, or chosen; then its tokens are looked for. */
function Driver({ form }: { form: TokenKeyForm }) {
  const text = useText();
  const { driver } = form.choice;
  return (
    <>
      <Textfield
        ref={form.driverField}
        data-size="sm"
        label={text("setup.token.driver")}
        description={text("setup.token.driverHelp")}
        autoComplete="off"
        spellCheck={false}
        value={driver}
        error={faultAt(form.fault, "driver")}
        onChange={(event) => form.setDriver(event.target.value)}
        onKeyDown={onEnter(form.look)}
      />
      <div className="setup-acts">
        <Button data-size="sm" variant="secondary" onClick={form.pickDriver}>
          <FileIcon aria-hidden fontSize="1.25rem" />
          {text("setup.token.pick")}
        </Button>
        {driver.trim() === "" ? null : (
          <Act form={form} act="look" onAct={form.look}>
            {text(form.busy === "look" ? "setup.token.looking" : "setup.token.look")}
          </Act>
        )}
      </div>
    </>
  );
}

function Tokens({ form, tokens }: { form: TokenKeyForm; tokens: readonly string[] }) {
  const text = useText();
  const name = useId();
  if (tokens.length === 0) {
    return <p>{text("setup.token.none")}</p>;
  }
  return (
    <Fieldset data-size="sm">
      <Fieldset.Legend>{text("setup.token.tokens")}</Fieldset.Legend>
      {tokens.map((token, index) => (
        <Radio
          key={index}
          name={name}
          value={String(index)}
          label={token === "" ? text("setup.token.unnamed") : token}
          checked={form.choice.token === index}
          onChange={() => form.setToken(index)}
        />
      ))}
      <GroupFault fault={form.fault} spot="token" />
    </Fieldset>
  );
}

function Pin({ form }: { form: TokenKeyForm }) {
  const text = useText();
  const { keys, key } = form.choice;
  return (
    <>
      {/* Only the field holds it: React would write what it holds into the document too. */}
      <Textfield
        ref={form.pin}
        className="setup-token-pin"
        data-size="sm"
        type="password"
        label={text("setup.token.pin")}
        description={text("setup.token.pinHelp")}
        autoComplete="off"
        spellCheck={false}
        error={
          faultAt(form.fault, "pin") ?? (isPinMissing(form.fault) ? text("setup.token.pinNeeded") : null)
        }
        onKeyDown={onEnter(keys && key !== null ? form.take : form.list)}
      />
      <div className="setup-acts">
        <Act form={form} act="list" onAct={form.list}>
          {text(form.busy === "list" ? "setup.token.listing" : "setup.token.list")}
        </Act>
      </div>
    </>
  );
}

function Keys({ form, keys }: { form: TokenKeyForm; keys: readonly TokenKeyView[] }) {
  const text = useText();
  const name = useId();
  if (keys.length === 0) {
    return <p>{text("setup.token.noKeys")}</p>;
  }
  return (
    <>
      <Fieldset data-size="sm">
        <Fieldset.Legend>{text("setup.token.keys")}</Fieldset.Legend>
        {keys.map((key, index) => (
          <Radio
            key={index}
            name={name}
            value={String(index)}
            label={key.label === "" ? text("setup.token.unnamed") : key.label}
            description={text(key.id === "" ? "setup.token.bits" : "setup.token.bitsAndId", {
              bits: key.bits,
              id: key.id,
            })}
            checked={form.choice.key === index}
            onChange={() => form.setKey(index)}
          />
        ))}
        <GroupFault fault={form.fault} spot="key" />
      </Fieldset>
      {form.choice.key === null ? null : (
        <Textfield
          ref={form.keyIdField}
          data-size="sm"
          label={text("setup.key.id")}
          description={text("setup.key.idHelp")}
          autoComplete="off"
          spellCheck={false}
          value={form.choice.keyId}
          error={faultAt(form.fault, "keyId")}
          onChange={(event) => form.setKeyId(event.target.value)}
          onKeyDown={onEnter(form.take)}
        />
      )}
    </>
  );
}

/** A button that turns while it is waited for, and waits while another does. */
function Act(props: {
  form: TokenKeyForm;
  act: TokenAct;
  isMain?: boolean;
  onAct(): void;
  children: ReactNode;
}) {
  const { busy } = props.form;
  return (
    <Button
      data-size="sm"
      variant={props.isMain ? "primary" : "secondary"}
      aria-disabled={busy !== null || undefined}
      onClick={props.onAct}
    >
      {busy === props.act ? <Spinner aria-hidden data-size="2xs" /> : null}
      {props.children}
    </Button>
  );
}

const isPinMissing = (fault: TokenFault | null): boolean => fault?.spot === "pin" && fault.error === null;

const faultAt = (fault: TokenFault | null, spot: TokenSpot): ReactNode =>
  fault?.spot === spot && fault.error ? <KeyFault error={fault.error} /> : null;

function GroupFault({ fault, spot }: { fault: TokenFault | null; spot: TokenSpot }) {
  return fault?.spot === spot && fault.error ? (
    <div role="alert">
      <ValidationMessage>
        <KeyFault error={fault.error} />
      </ValidationMessage>
    </div>
  ) : null;
}

/** Enter in a field does its step, and does not hand in the form around it. */
const onEnter = (act: () => void) => (event: KeyboardEvent) => {
  if (event.key === "Enter") {
    event.preventDefault();
    act();
  }
};
