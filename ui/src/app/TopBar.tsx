import { Button } from "@digdir/designsystemet-react";
import { CogIcon, MenuHamburgerIcon, MoonIcon, QuestionmarkCircleIcon, SunIcon } from "@navikt/aksel-icons";
import type { Ref } from "react";
import { SearchField } from "../features/search/SearchField.tsx";
import { useText } from "../i18n/index.ts";
import type { Account, Row, Settings, Status } from "../ipc/bindings.ts";
import { AccountMenu } from "./AccountMenu.tsx";
import { Mark } from "./Brand.tsx";
import { ariaKeys } from "./keys.ts";
import { formatRoute, HOME, navigate } from "./routes.ts";
import { StatusLine } from "./StatusLine.tsx";
import { useMedia } from "./useMedia.ts";

export interface TopBarProps {
  accounts: readonly Account[];
  account: Account;
  status: Status | undefined;
  waiting: number;
  settings: Settings;
  isNarrow: boolean;
  /** The set-up is shown instead of a mailbox. */
  isSetup: boolean;
  isAccountOpen: boolean;
  search: string;
  searchField: Ref<HTMLInputElement>;
  onAccountOpen(isOpen: boolean): void;
  onAccount(account: Account): void;
  onFolders(): void;
  onHome(): void;
  onSearchChange(text: string): void;
  onSearch(text: string): void;
  onSearchClear(): void;
  onOpenRow(row: Row): void;
  onSettings(settings: Settings): void;
  onSettingsPage(): void;
  onKeys(): void;
}

/** Mark, party, search, status, and the three small buttons. */
export function TopBar(props: TopBarProps) {
  const { account, settings, status, isNarrow } = props;
  const text = useText();
  const isSystemDark = useMedia("(prefers-color-scheme: dark)");
  const isDark = settings.scheme === "dark" || (settings.scheme === "auto" && isSystemDark);
  const themeText = text(isDark ? "app.theme.light" : "app.theme.dark");
  return (
    <header className="top" data-environment={account.environment}>
      {account.environment === "production" ? null : <div className="top-band" aria-hidden="true" />}
      <div className="top-bar">
        {isNarrow ? (
          <Button
            icon
            variant="tertiary"
            data-color="neutral"
            aria-label={text("app.menu.folders")}
            title={text("app.menu.folders")}
            onClick={props.onFolders}
          >
            <MenuHamburgerIcon aria-hidden fontSize="1.5rem" />
          </Button>
        ) : null}
        <a
          className="brand"
          href={formatRoute(HOME)}
          aria-label={text("app.brand.home")}
          onClick={(event) => {
            event.preventDefault();
            props.onHome();
          }}
        >
          <Mark />
          <span className="brand-name" aria-hidden="true">
            Brevdue
          </span>
        </a>
        <AccountMenu
          accounts={props.accounts}
          current={account}
          isOpen={props.isAccountOpen}
          onToggle={props.onAccountOpen}
          onSwitch={props.onAccount}
        />
        <SearchField
          ref={props.searchField}
          account={account.id}
          value={props.search}
          onChange={props.onSearchChange}
          onSearch={props.onSearch}
          onClear={props.onSearchClear}
          onOpen={props.onOpenRow}
        />
        <div className="top-end">
          {status ? <StatusLine status={status} account={account} waiting={props.waiting} /> : null}
          {isNarrow ? null : (
            <Button
              icon
              variant="tertiary"
              aria-label={themeText}
              title={themeText}
              onClick={() => props.onSettings({ ...settings, scheme: isDark ? "light" : "dark" })}
            >
              {isDark ? (
                <SunIcon aria-hidden fontSize="1.375rem" />
              ) : (
                <MoonIcon aria-hidden fontSize="1.375rem" />
              )}
            </Button>
          )}
          <Button
            icon
            variant="tertiary"
            aria-label={text("app.settings.open")}
            title={text("app.settings.open")}
            aria-keyshortcuts={ariaKeys("settings")}
            onClick={props.onSettingsPage}
          >
            <CogIcon aria-hidden fontSize="1.375rem" />
          </Button>
          {isNarrow ? null : (
            <Button
              icon
              variant="tertiary"
              aria-label={text("app.help.open")}
              title={text("app.help.open")}
              aria-keyshortcuts={ariaKeys("help")}
              onClick={props.onKeys}
            >
              <QuestionmarkCircleIcon aria-hidden fontSize="1.375rem" />
            </Button>
          )}
        </div>
      </div>
      {account.environment === "practice" && !isNarrow && !props.isSetup ? (
        <p className="top-practice">
          {text("app.setup.practice")}
          <a
            className="ds-link"
            href={formatRoute({ place: "setup", page: "start" })}
            onClick={(event) => {
              event.preventDefault();
              navigate({ place: "setup", page: "start" });
            }}
          >
            {text("app.setup.connect")}
          </a>
        </p>
      ) : null}
    </header>
  );
}
