import { Button, SkipLink } from "@digdir/designsystemet-react";
import { ArrowLeftIcon } from "@navikt/aksel-icons";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import { Menu, type MenuAct } from "../components/Menu.tsx";
import { Modal } from "../components/Question.tsx";
import { Separator } from "../components/Separator.tsx";
import { FolderPane, folderText } from "../features/inbox/FolderPane.tsx";
import { firstPaint } from "../features/inbox/firstPaint.ts";
import { ListPane } from "../features/inbox/ListPane.tsx";
import type { ListHandle } from "../features/inbox/MessageList.tsx";
import { useFormat } from "../i18n/format.ts";
import { addTexts, useText } from "../i18n/index.ts";
import type { Account, Filters, Row, Settings, Sort } from "../ipc/bindings.ts";
import { keys } from "../ipc/cache.ts";
import { useAccounts, useFolders, useHost, useStatus } from "../ipc/queries.ts";
import { isSignedOut } from "./AccountMenu.tsx";
import { Boundary } from "./Boundary.tsx";
import { NothingSelected } from "./NothingSelected.tsx";
import { chosen, NO_FILTERS, placeName, queryOf } from "./place.ts";
import { ACCOUNT, useRemembered, useWidth } from "./remembered.ts";
import { HOME, type MailboxRoute, navigate, type Selection, useRoute } from "./routes.ts";
import { TopBar } from "./TopBar.tsx";
import { useKeys } from "./useKeys.ts";
import { useLetterActs } from "./useLetterActs.tsx";
import { useRoom } from "./useMedia.ts";

const ReadingPane = lazy(() => import("../features/message/ReadingPane.tsx"));
const Compose = lazy(() => import("../features/compose/index.tsx"));
const Around = lazy(() => firstPaint.then(() => import("../features/compose/Around.tsx")));
const OutboxPane = lazy(() => import("../features/outbox/index.tsx"));
const DraftPane = lazy(() => import("../features/draft/index.tsx"));
const PersonBar = lazy(() => import("../features/person/PersonBar.tsx"));
const Help = lazy(() => import("../features/help/index.tsx"));
const SettingsSheet = lazy(() => import("../features/settings/index.tsx"));
const Setup = lazy(async () => {
  const [page] = await Promise.all([import("../features/setup/index.tsx"), addTexts("setup")]);
  return page;
});

const FOLDERS_WIDTH = { least: 180, most: 320, usual: 236 };
const LIST_WIDTH = { least: 320, most: 640, usual: 429 };

const selectionOf = (row: Row): Selection => ({ kind: row.kind, id: row.id });

/** The mailbox: top bar, folders, list, reading. */
export function Shell({ settings }: { settings: Settings }) {
  const { data: accounts } = useAccounts();
  const [wanted, setWanted] = useRemembered(ACCOUNT, "");
  const account = chosen(accounts, wanted);
  if (!accounts || !account) {
    return <main aria-busy={!accounts} />;
  }
  return (
    <Mailbox
      key={account.id}
      settings={settings}
      accounts={accounts}
      account={account}
      onAccount={setWanted}
    />
  );
}

function Mailbox({
  settings,
  accounts,
  account,
  onAccount,
}: {
  settings: Settings;
  accounts: readonly Account[];
  account: Account;
  onAccount(id: string): void;
}) {
  const host = useHost();
  const client = useQueryClient();
  const text = useText();
  const format = useFormat();
  const room = useRoom();
  const route = useRoute();
  const behind = useRef<MailboxRoute>(HOME);
  const isSetup = route.place === "setup";
  const isMailbox = route.place === "folder" || route.place === "service" || route.place === "search";
  if (isMailbox) {
    behind.current = route;
  }
  const mailbox = behind.current;
  const beforeSearch = useRef<MailboxRoute>(HOME);
  if (mailbox.place !== "search") {
    beforeSearch.current = mailbox;
  }

  const { data: status } = useStatus();
  const { data: folders } = useFolders(account.id);
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const [sort, setSort] = useState<Sort>("newest");
  const [isFolderMenu, setFolderMenu] = useState(false);
  const [isAccountOpen, setAccountOpen] = useState(false);
  const [rowMenu, setRowMenu] = useState<{ row: Row; x: number; y: number } | null>(null);
  const [openRequest, setOpenRequest] = useState(0);
  const [foldersWidth, setFoldersWidth] = useWidth(
    "folders",
    FOLDERS_WIDTH.least,
    FOLDERS_WIDTH.most,
    FOLDERS_WIDTH.usual,
  );
  const [listWidth, setListWidth] = useWidth("list", LIST_WIDTH.least, LIST_WIDTH.most, LIST_WIDTH.usual);
  const list = useRef<ListHandle>(null);
  // The list may not be there yet when the keyboard is sent to it.
  const wantsList = useRef(false);
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const searchField = useRef<HTMLInputElement>(null);
  const scrolls = useRef(new Map<string, number>());

  const place = placeName(mailbox);
  const query = useMemo(
    () => queryOf(mailbox, account.id, filters, sort),
    [mailbox, account.id, filters, sort],
  );
  const isNarrow = room === "narrow";
  const isReading = mailbox.open !== null;
  const isOffline = status?.connection.kind === "offline";
  const waiting = folders?.folders.find((count) => count.folder === "outbox")?.total ?? 0;

  const go = useCallback((next: MailboxRoute) => {
    wantsList.current = false;
    setFilters(NO_FILTERS);
    setFolderMenu(false);
    navigate(next);
  }, []);
  const open = useCallback(
    (selection: Selection | null, how: "push" | "replace" = "replace") =>
      navigate({ ...behind.current, open: selection }, how),
    [],
  );
  const onSelect = useCallback(
    (row: Row) => {
      // One pane at a time: the list stays until the letter is asked for.
      if (!isNarrow) {
        open(selectionOf(row));
      }
    },
    [isNarrow, open],
  );
  const onOpen = useCallback(
    (row: Row) => {
      if (row.kind === "draft") {
        navigate({ place: "compose", draft: row.id });
        return;
      }
      open(selectionOf(row), isNarrow ? "push" : "replace");
      if (!row.isSealed) {
        setOpenRequest((before) => before + 1);
      }
    },
    [isNarrow, open],
  );
  const onGone = useCallback(
    (next: Row | undefined) => {
      open(next && !isNarrow ? selectionOf(next) : null);
      list.current?.focus();
    },
    [isNarrow, open],
  );
  const onLeaveList = useCallback((top: number) => scrolls.current.set(place, top), [place]);
  const { acts, dialogs } = useLetterActs(list, onGone);

  const newMessage = useCallback(() => {
    if (account.canSend) {
      void host.newDraft(account.id).then((draft) => navigate({ place: "compose", draft: draft.id }));
    }
  }, [account, host]);
  const saveSettings = useCallback(
    (next: Settings) => {
      client.setQueryData(keys.settings(), next);
      void host.saveSettings(next);
    },
    [client, host],
  );
  const search = useCallback((words: string) => {
    wantsList.current = false;
    const now = behind.current;
    if (words === "") {
      navigate(beforeSearch.current, "replace");
      return;
    }
    const isSearching = now.place === "search";
    navigate(
      { place: "search", text: words, within: isSearching ? now.within : "everywhere", open: null },
      isSearching ? "replace" : "push",
    );
  }, []);

  useKeys({
    isActive: isMailbox,
    settings,
    list,
    searchField,
    message: mailbox.open,
    acts,
    onNew: newMessage,
    onClear: () => {
      if (behind.current.place === "search") {
        search("");
      }
    },
    onFolder: (folder) => go({ place: "folder", folder, open: null }),
    onAccount: () => setAccountOpen(true),
  });

  const title =
    mailbox.place === "folder"
      ? text(folderText(mailbox.folder))
      : mailbox.place === "service"
        ? format.local(
            folders?.services.find((service) => service.resource === mailbox.resource)?.title ?? {
              nb: mailbox.resource,
              nn: mailbox.resource,
              en: mailbox.resource,
            },
          )
        : text("search.title");

  const windowTitle = isSetup ? text("app.setup.title") : title;
  useEffect(() => {
    document.title = `${windowTitle} – Brevdue`;
  }, [windowTitle]);

  const folderPane = (isRail: boolean) => (
    <FolderPane
      folders={folders}
      current={mailbox}
      uploads={status?.uploads ?? null}
      isRail={isRail}
      canSend={account.canSend}
      onNew={newMessage}
      onGo={go}
    />
  );

  const listPane = (
    <ListPane
      key={place}
      list={list}
      wantsFocus={wantsList}
      route={mailbox}
      query={query}
      title={title}
      settings={settings}
      filters={filters}
      sort={sort}
      startAt={scrolls.current.get(place) ?? 0}
      onLeave={onLeaveList}
      onFilters={setFilters}
      onSort={setSort}
      onScope={(within) => {
        if (mailbox.place === "search") {
          navigate({ ...mailbox, within, open: null }, "replace");
        }
      }}
      onSearch={search}
      onSelect={onSelect}
      onOpen={onOpen}
      onMenu={(row, x, y) => setRowMenu({ row, x, y })}
    />
  );

  const leave = () => {
    open(null);
    list.current?.focus();
  };
  const reading = (
    <article
      className="reading"
      id="reading-pane"
      tabIndex={-1}
      aria-labelledby={isReading ? "message-title" : undefined}
    >
      {isNarrow && isReading ? (
        <div className="reading-back">
          <Button variant="tertiary" onClick={leave}>
            <ArrowLeftIcon aria-hidden fontSize="1.375rem" />
            {text("app.back.list")}
          </Button>
        </div>
      ) : null}
      <Boundary name={mailbox.open?.id ?? ""}>
        <Suspense fallback={null}>
          {mailbox.open === null ? (
            <NothingSelected
              title={title}
              total={
                folders?.folders.find(
                  (count) => mailbox.place === "folder" && count.folder === mailbox.folder,
                )?.total
              }
            />
          ) : mailbox.open.kind === "outbox" ? (
            <div className="reading-scroll">
              <OutboxPane key={mailbox.open.id} id={mailbox.open.id} onGone={leave} />
            </div>
          ) : mailbox.open.kind === "draft" ? (
            <div className="reading-scroll">
              <DraftPane key={mailbox.open.id} id={mailbox.open.id} onGone={leave} />
            </div>
          ) : (
            <ReadingPane
              key={mailbox.open.id}
              id={mailbox.open.id}
              openOnSelect={settings.openOnSelect}
              isOffline={isOffline}
              titleLevel={isNarrow ? 1 : 2}
              openRequest={openRequest}
              acts={acts}
              onLeave={leave}
            />
          )}
        </Suspense>
      </Boundary>
    </article>
  );

  return (
    <div className="shell" data-room={room} data-environment={account.environment}>
      <SkipLink
        href={isSetup ? "#reading-pane" : "#list-pane"}
        onClick={(event) => {
          // The address is a place of the window, not of the page.
          event.preventDefault();
          document.getElementById(isSetup ? "reading-pane" : "list-pane")?.focus();
        }}
      >
        {text(isSetup ? "app.skip.setup" : "app.skip.list")}
      </SkipLink>
      <TopBar
        accounts={accounts}
        account={account}
        status={status}
        waiting={waiting}
        settings={settings}
        isNarrow={isNarrow}
        isSetup={isSetup}
        isAccountOpen={isAccountOpen}
        search={mailbox.place === "search" ? mailbox.text : ""}
        searchField={searchField}
        onAccountOpen={setAccountOpen}
        onAccount={(next) => {
          onAccount(next.id);
          if (!isSetup) {
            navigate(HOME);
          }
        }}
        onFolders={() => setFolderMenu(true)}
        onHome={() => go(HOME)}
        onSearchChange={search}
        onSearch={(words) => {
          search(words);
          wantsList.current = true;
          redraw();
        }}
        onSearchClear={() => {
          search("");
          searchField.current?.focus();
        }}
        onOpenRow={onOpen}
        onSettings={saveSettings}
        onSettingsPage={() => navigate({ place: "settings", page: "general" })}
        onKeys={() => navigate({ place: "keys" })}
      />
      {isSignedOut(account) ? (
        <Suspense fallback={null}>
          <PersonBar account={account} />
        </Suspense>
      ) : null}
      {isSetup ? (
        <Boundary name={route.page}>
          <Suspense fallback={<main className="panes" aria-busy="true" />}>
            <Setup
              page={route.page}
              account={account}
              onAccount={onAccount}
              onClose={() => navigate(mailbox)}
            />
          </Suspense>
        </Boundary>
      ) : (
        <div className="panes">
          {isNarrow ? null : (
            <>
              <nav
                className="pane-folders"
                aria-label={text("app.nav.label")}
                id="folders-pane"
                tabIndex={-1}
                style={room === "wide" ? { width: foldersWidth } : undefined}
              >
                {folderPane(room === "rail")}
              </nav>
              {room === "wide" ? (
                <Separator
                  label={text("app.divider.folders")}
                  width={foldersWidth}
                  {...FOLDERS_WIDTH}
                  onWidth={setFoldersWidth}
                />
              ) : null}
            </>
          )}
          <main className="pane-main">
            {isNarrow && isReading ? null : (
              <div
                className="pane-list"
                style={
                  isNarrow ? undefined : { width: room === "rail" ? Math.min(listWidth, 380) : listWidth }
                }
              >
                <Boundary name={place}>{listPane}</Boundary>
              </div>
            )}
            {isNarrow ? null : (
              <Separator
                label={text("app.divider.list")}
                width={listWidth}
                {...LIST_WIDTH}
                onWidth={setListWidth}
              />
            )}
            {isNarrow && !isReading ? null : reading}
          </main>
        </div>
      )}
      {isFolderMenu && isNarrow ? (
        <Modal
          label={text("app.menu.folders")}
          className="folder-drawer"
          onClose={() => setFolderMenu(false)}
        >
          <nav aria-label={text("app.nav.label")}>{folderPane(false)}</nav>
          <Button variant="secondary" onClick={() => setFolderMenu(false)}>
            {text("app.menu.close")}
          </Button>
        </Modal>
      ) : null}
      {rowMenu ? <RowMenu {...rowMenu} onOpen={onOpen} acts={acts} onClose={() => setRowMenu(null)} /> : null}
      {dialogs}
      <Suspense fallback={null}>
        {route.place === "compose" ? (
          <Compose key={route.draft} draft={route.draft} onClose={() => navigate(mailbox)} />
        ) : null}
        {route.place === "settings" ? (
          <SettingsSheet
            page={route.page}
            settings={settings}
            onSettings={saveSettings}
            onPage={(page) => navigate({ place: "settings", page }, "replace")}
            onKeys={() => navigate({ place: "keys" })}
            onClose={() => navigate(mailbox)}
          />
        ) : null}
        {route.place === "keys" ? <Help onClose={() => navigate(mailbox)} /> : null}
        <Around account={account.canSend && !isSetup ? account.id : null} />
      </Suspense>
    </div>
  );
}

function RowMenu({
  row,
  x,
  y,
  acts,
  onOpen,
  onClose,
}: {
  row: Row;
  x: number;
  y: number;
  acts: ReturnType<typeof useLetterActs>["acts"];
  onOpen(row: Row): void;
  onClose(): void;
}) {
  const host = useHost();
  const text = useText();
  const withMessage = (act: "askConfirm" | "askDelete") => () =>
    void host.message(row.id).then((message) => acts[act](message));
  const isReceived = row.kind === "received";
  const choices: MenuAct[] = [
    { id: "open", text: text("message.closed.open"), keys: "Enter", onAct: () => onOpen(row) },
  ];
  if (isReceived && !row.isSealed) {
    choices.push(
      {
        id: "archive",
        text: text("message.archive.act"),
        keys: "E",
        onAct: () => acts.archive(row.id, true),
      },
      { id: "unread", text: text("message.unread.act"), keys: "U", onAct: () => acts.markUnread(row.id) },
    );
    if (row.tag?.kind === "needsConfirmation" || row.tag?.kind === "overdue") {
      choices.push({
        id: "confirm",
        text: text("message.confirm.act"),
        keys: "C",
        onAct: withMessage("askConfirm"),
      });
    }
    choices.push({
      id: "delete",
      text: text("message.delete.act"),
      keys: "Delete",
      onAct: withMessage("askDelete"),
    });
  }
  return <Menu label={text("list.row.menu")} acts={choices} x={x} y={y} onClose={onClose} />;
}
