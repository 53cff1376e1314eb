import {
  Button,
  Checkbox,
  ErrorSummary,
  Fieldset,
  Heading,
  Radio,
  Textfield,
  ValidationMessage,
} from "@digdir/designsystemet-react";
import { type FormEvent, type ReactNode, type Ref, useEffect, useRef } from "react";
import { navigate } from "../../app/routes.ts";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { type TextKey, type Translate, useText } from "../../i18n/index.ts";
import type { AccountEntry, AccountField, AccountProblem } from "../../ipc/bindings.ts";
import { ENVIRONMENTS, type Form, fieldId, hasWay, type Wants, wayOf } from "./form.ts";
import { KeyField } from "./KeyField.tsx";
import { type AccountForm, useAccountForm } from "./useAccountForm.ts";

/** What a client at ID-porten must be registered with. */
const SCOPE = "altinn:correspondence.read";
const REDIRECT = "http://127.0.0.1:0/innlogget";

/** A mistake in words. */
const faultText = ({ field, fault, params }: AccountProblem, text: Translate): string =>
  field === "key" && fault === "required"
    ? text("setup.key.required")
    : text(`account.fault.${fault}`, params);

/** Names of fields, for the summary. */
const LABELS: Record<AccountField, TextKey> = {
  name: "setup.field.name",
  organisationNumber: "setup.field.organisationNumber",
  environment: "setup.form.where",
  base: "setup.field.base",
  platform: "setup.field.platform",
  maskinporten: "setup.field.maskinporten",
  brreg: "setup.field.brreg",
  orgs: "setup.field.orgs",
  clientId: "setup.field.clientId",
  key: "setup.key.label",
  systemUserOrganisation: "setup.field.customer",
  systemUserReference: "setup.field.reference",
  systemId: "setup.field.systemId",
  generator: "setup.field.generator",
  issuer: "setup.field.issuer",
  readResources: "setup.services.title",
  writeResources: "setup.services.title",
};

/** The form of an account: what it is for, where, who, and how it signs in. Services are chosen once it is kept. */
export function AccountPage({
  entry,
  heading,
  onWants,
  onKept,
}: {
  entry: AccountEntry | null;
  heading: Ref<HTMLHeadingElement>;
  /** What the account is to do, each time it changes. */
  onWants(wants: Wants): void;
  onKept(account: string): void;
}) {
  const text = useText();
  const account = useAccountForm(entry, onKept);
  const { form, set } = account;
  const { receives, sends } = form;
  useEffect(() => onWants({ receives, sends }), [onWants, receives, sends]);
  const isCustom = form.environment === "custom";
  const way = wayOf(form);
  return (
    <form
      className="setup-form"
      data-environment={form.environment}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        account.keep();
      }}
    >
      <Heading level={2} data-size="sm" ref={heading} tabIndex={-1}>
        {entry ? text("setup.form.change", { name: entry.draft.name }) : text("app.setup.connect")}
      </Heading>
      {entry ? null : <p>{text("setup.form.lead")}</p>}

      <Fieldset>
        <Fieldset.Legend>{text("setup.form.wants")}</Fieldset.Legend>
        <Fieldset.Description>{text("setup.form.wantsHelp")}</Fieldset.Description>
        <Checkbox
          label={text("setup.form.receives")}
          description={text("setup.form.receivesHelp")}
          checked={form.receives}
          onChange={(event) => set({ receives: event.target.checked })}
        />
        <Checkbox
          label={text("setup.form.sends")}
          description={text("setup.form.sendsHelp")}
          checked={form.sends}
          onChange={(event) => set({ sends: event.target.checked })}
        />
      </Fieldset>

      <Fieldset id={fieldId("environment")} tabIndex={-1}>
        <Fieldset.Legend>{text("setup.form.where")}</Fieldset.Legend>
        {ENVIRONMENTS.map((environment) => (
          <Radio
            key={environment}
            name="environment"
            value={environment}
            label={text(`setup.form.${environment}`)}
            description={text(`setup.env.${environment}Note`)}
            checked={form.environment === environment}
            disabled={entry !== null && entry.draft.environment !== environment}
            onChange={() => set({ environment })}
          />
        ))}
        <FieldFault account={account} field="environment" />
      </Fieldset>
      {form.environment === "production" ? (
        <p className="setup-production">{text("setup.form.productionNote")}</p>
      ) : null}
      {isCustom ? <Addresses account={account} /> : null}

      <Part title={text("setup.form.who")}>
        <Field account={account} field="name" name="name" />
        <Field account={account} field="organisationNumber" name="organisationNumber" inputMode="numeric" />
      </Part>

      <Part title={text("setup.form.signIn")}>
        <Fieldset>
          <Fieldset.Legend>{text("setup.form.how")}</Fieldset.Legend>
          <Radio
            name="how"
            value="client"
            label={text("setup.form.client")}
            checked={way === "client"}
            onChange={() => set({ way: "client" })}
          />
          <Radio
            name="how"
            value="person"
            label={text("setup.form.person")}
            description={text("setup.form.personHelp")}
            checked={way === "person"}
            disabled={!hasWay(form, "person")}
            onChange={() => set({ way: "person" })}
          />
          {hasWay(form, "generator") ? (
            <Radio
              name="how"
              value="generator"
              label={text("setup.form.generator")}
              description={text("setup.form.generatorHelp")}
              checked={way === "generator"}
              onChange={() => set({ way: "generator" })}
            />
          ) : null}
        </Fieldset>
        {way === "generator" ? (
          <Field account={account} field="generator" name="generator" inputMode="url" />
        ) : (
          <Field account={account} field="clientId" name="clientId" />
        )}
        {way === "person" ? (
          <>
            {isCustom && form.isEach ? (
              <Field account={account} field="issuer" name="issuer" inputMode="url" />
            ) : null}
            <p className="setup-fine">{text("setup.form.personClient", { scope: SCOPE })}</p>
            <p className="setup-code">{REDIRECT}</p>
          </>
        ) : null}
        {way === "client" ? (
          <>
            <KeyField
              environment={form.environment}
              chosen={form.key}
              isFixed={entry !== null}
              fault={faultOf(account, "key", text)}
              onChosen={(key) => set({ key: key?.name ?? "", keyPostedAt: key?.addedAt ?? 0 })}
            />
            {form.receives ? <SystemUserPart account={account} /> : null}
            {form.sends ? (
              <details>
                <summary>{text("setup.form.more")}</summary>
                <Checkbox
                  label={text("setup.form.raw")}
                  description={text("setup.form.rawHelp")}
                  checked={form.sendsRaw}
                  onChange={(event) => set({ sendsRaw: event.target.checked })}
                />
              </details>
            ) : null}
          </>
        ) : null}
      </Part>
      <Foot account={account} isNew={entry === null} />
    </form>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="setup-part">
      <Heading level={3} data-size="2xs">
        {title}
      </Heading>
      {children}
    </section>
  );
}

const faultOf = (account: AccountForm, field: AccountField, text: Translate): string | undefined => {
  const found = account.shown.find((problem) => problem.field === field);
  return found ? faultText(found, text) : undefined;
};

function FieldFault({ account, field }: { account: AccountForm; field: AccountField }) {
  const text = useText();
  const fault = faultOf(account, field, text);
  return fault ? <ValidationMessage>{fault}</ValidationMessage> : null;
}

/** Names of the form's texts. */
type TextName = { [Name in keyof Form]: Form[Name] extends string ? Name : never }[keyof Form] &
  Exclude<keyof Form, "environment" | "key" | "way">;

function Field({
  account,
  field,
  name,
  inputMode,
  isOptional,
  placeholder,
}: {
  account: AccountForm;
  field: AccountField;
  name: TextName;
  inputMode?: "numeric" | "url";
  isOptional?: boolean;
  placeholder?: string;
}) {
  const text = useText();
  const value = account.form[name];
  return (
    <Textfield
      id={fieldId(field)}
      label={
        isOptional
          ? `${text(`setup.field.${name}`)} ${text("compose.field.optional")}`
          : text(`setup.field.${name}`)
      }
      description={text(`setup.field.${name}Help`)}
      inputMode={inputMode}
      autoComplete="off"
      spellCheck={false}
      placeholder={placeholder}
      value={value}
      error={faultOf(account, field, text)}
      onChange={(event) => account.set({ [name]: event.target.value })}
      onBlur={() => account.leave(field, value.trim() !== "")}
    />
  );
}

function Addresses({ account }: { account: AccountForm }) {
  const text = useText();
  const { form, set } = account;
  return (
    <Part title={text("setup.form.addresses")}>
      {form.isEach ? (
        <>
          <Field account={account} field="platform" name="platform" inputMode="url" />
          <Field account={account} field="maskinporten" name="maskinporten" inputMode="url" />
          <Field account={account} field="brreg" name="brreg" inputMode="url" />
          <Field account={account} field="orgs" name="orgs" inputMode="url" />
        </>
      ) : (
        <Field account={account} field="base" name="base" inputMode="url" />
      )}
      <Checkbox
        label={text("setup.form.each")}
        checked={form.isEach}
        onChange={(event) => set({ isEach: event.target.checked })}
      />
    </Part>
  );
}

function SystemUserPart({ account }: { account: AccountForm }) {
  const text = useText();
  const { form, set } = account;
  return (
    <>
      <Checkbox
        label={text("setup.form.systemUser")}
        description={text("setup.form.systemUserHelp")}
        checked={form.hasSystemUser}
        onChange={(event) => set({ hasSystemUser: event.target.checked })}
      />
      {form.hasSystemUser ? (
        <div className="setup-nested">
          <Field account={account} field="systemId" name="systemId" />
          <Field
            account={account}
            field="systemUserOrganisation"
            name="customer"
            inputMode="numeric"
            isOptional
            placeholder={form.organisationNumber}
          />
          <Field account={account} field="systemUserReference" name="reference" isOptional />
        </div>
      ) : null}
    </>
  );
}

function Foot({ account, isNew }: { account: AccountForm; isNew: boolean }) {
  const text = useText();
  const summary = useRef<HTMLHeadingElement>(null);
  const { shown, refusals, isBusy, form } = account;
  useEffect(() => {
    if (refusals > 0) {
      // The summary takes the focus when it comes; its heading, each time.
      window.requestAnimationFrame(() => summary.current?.focus());
    }
  }, [refusals]);
  return (
    <>
      {refusals > 0 && shown.length > 0 ? (
        <ErrorSummary data-size="sm">
          <ErrorSummary.Heading ref={summary} tabIndex={-1} level={3}>
            {text("setup.form.faults", { count: shown.length })}
          </ErrorSummary.Heading>
          <ErrorSummary.List>
            {shown.map((problem, index) => (
              <ErrorSummary.Item key={index}>
                <ErrorSummary.Link
                  href={`#${fieldId(problem.field)}`}
                  onClick={(event) => {
                    event.preventDefault();
                    document.getElementById(fieldId(problem.field))?.focus();
                  }}
                >
                  {text("compose.summaryOfErrors.line", {
                    label: text(LABELS[problem.field]),
                    text: faultText(problem, text),
                  })}
                </ErrorSummary.Link>
              </ErrorSummary.Item>
            ))}
          </ErrorSummary.List>
        </ErrorSummary>
      ) : null}
      {account.error ? <ErrorNotice error={account.error} level={3} onAct={account.keep} /> : null}
      <div className="setup-acts setup-step-foot">
        <Button type="submit" aria-disabled={isBusy || undefined}>
          {text(
            isNew
              ? form.environment === "production"
                ? "setup.form.addProduction"
                : "setup.form.add"
              : "setup.form.save",
          )}
        </Button>
        <Button variant="tertiary" onClick={() => navigate({ place: "setup", page: "accounts" })}>
          {text("setup.form.later")}
        </Button>
      </div>
      <p className="setup-fine">{text("setup.form.kept")}</p>
    </>
  );
}
