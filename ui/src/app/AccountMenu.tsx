import { ChevronUpDownIcon, PersonGroupIcon, PlusIcon, StethoscopeIcon } from "@navikt/aksel-icons";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Avatar } from "../components/Avatar.tsx";
import { useFormat } from "../i18n/format.ts";
import { type Translate, useText } from "../i18n/index.ts";
import type { Account, Environment } from "../ipc/bindings.ts";
import { ariaKeys } from "./keys.ts";
import { navigate, type SetupPage } from "./routes.ts";

/** Name of an environment as a tag; production has none. */
export function environmentText(environment: Environment, text: Translate): string | null {
  return environment === "production" ? null : text(`app.env.${environment}`);
}

/** Whether a person has to sign in before the account can fetch anything. */
export const isSignedOut = ({ person }: Account): boolean => person !== null && person.kind !== "signedIn";

const SEARCH_FROM = 8;

/** What else there is to do about accounts. */
const SETUP = [
  ["new", "app.setup.connect", PlusIcon],
  ["accounts", "app.setup.accounts", PersonGroupIcon],
  ["groundwork", "app.setup.check", StethoscopeIcon],
] as const satisfies readonly (readonly [SetupPage, ...unknown[]])[];

/** On whose behalf the window acts, and the way to another party. */
export function AccountMenu({
  accounts,
  current,
  isOpen,
  onToggle,
  onSwitch,
}: {
  accounts: readonly Account[];
  current: Account;
  isOpen: boolean;
  onToggle(isOpen: boolean): void;
  onSwitch(account: Account): void;
}) {
  const text = useText();
  const format = useFormat();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [wanted, setWanted] = useState("");
  const environment = environmentText(current.environment, text);
  const number = (account: Account) =>
    text("app.account.number", { number: format.organisation(account.organisationNumber) });
  const shown = accounts.filter((account) =>
    `${account.name} ${account.organisationNumber}`.toLowerCase().includes(wanted.trim().toLowerCase()),
  );

  useEffect(() => {
    if (isOpen) {
      const first = panel.current?.querySelector<HTMLElement>("input, [aria-current=true], button");
      first?.focus();
    } else {
      setWanted("");
    }
  }, [isOpen]);

  const close = () => {
    onToggle(false);
    button.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const choices = [...(panel.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const { activeElement } = document;
    const at = activeElement instanceof HTMLElement ? choices.indexOf(activeElement) : -1;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choices[(at + step + choices.length) % choices.length]?.focus();
    }
  };

  return (
    <div
      className="account"
      role="group"
      aria-label={text("app.account.switch")}
      onBlur={(event) => {
        if (isOpen && !event.currentTarget.contains(event.relatedTarget)) {
          onToggle(false);
        }
      }}
    >
      <button
        ref={button}
        type="button"
        className="account-button"
        aria-expanded={isOpen}
        aria-controls={`${id}-panel`}
        aria-keyshortcuts={ariaKeys("switchAccount")}
        onClick={() => onToggle(!isOpen)}
      >
        <Avatar name={current.name} isPerson={false} size="head" />
        <span className="account-text">
          <span className="visually-hidden">{text("app.account.switch")}: </span>
          <span className="account-name">{current.name}</span>
          <span className="account-number">{number(current)}</span>
        </span>
        {environment ? (
          <span className="environment-tag" data-environment={current.environment}>
            {environment}
          </span>
        ) : null}
        <ChevronUpDownIcon aria-hidden fontSize="1.25rem" />
      </button>
      {isOpen ? (
        <div
          className="account-panel"
          id={`${id}-panel`}
          ref={panel}
          onKeyDown={onKeyDown}
          role="group"
          aria-label={text("app.account.switch")}
        >
          {accounts.length >= SEARCH_FROM ? (
            <input
              className="account-search"
              aria-label={text("app.account.search")}
              placeholder={text("app.account.search")}
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
          ) : null}
          {shown.map((account) => (
            <button
              key={account.id}
              type="button"
              className="account-choice"
              aria-current={account.id === current.id}
              onClick={() => {
                close();
                onSwitch(account);
              }}
            >
              <Avatar name={account.name} isPerson={false} size="head" />
              <span className="account-text">
                <span className="account-name">{account.name}</span>
                <span className="account-number">{number(account)}</span>
                {isSignedOut(account) ? (
                  <span className="account-number">{text("person.status")}</span>
                ) : null}
              </span>
              {account.environment === "production" ? null : (
                <span className="environment-tag" data-environment={account.environment}>
                  {environmentText(account.environment, text)}
                </span>
              )}
            </button>
          ))}
          {shown.length === 0 ? (
            <p className="account-none">{text("app.account.none", { text: wanted })}</p>
          ) : null}
          <hr />
          {SETUP.map(([page, name, Icon]) => (
            <button
              key={page}
              type="button"
              className="account-choice"
              onClick={() => {
                close();
                navigate({ place: "setup", page });
              }}
            >
              <Icon aria-hidden fontSize="1.375rem" className="account-act" />
              {text(name)}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
