import { Button, Chip } from "@digdir/designsystemet-react";
import { SortDownIcon, SortUpIcon } from "@navikt/aksel-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type Ref, type RefObject, useEffect, useRef } from "react";
import { NO_FILTERS } from "../../app/place.ts";
import type { MailboxRoute, Selection } from "../../app/routes.ts";
import { useAnnounce } from "../../components/Announcer.tsx";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFormat } from "../../i18n/format.ts";
import { type TextKey, useText } from "../../i18n/index.ts";
import type { Filters, ListQuery, Row, SearchHint, Settings, Sort } from "../../ipc/bindings.ts";
import { keys, questions } from "../../ipc/cache.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost, useListShape, useStatus } from "../../ipc/queries.ts";
import { useFirstPaint } from "./firstPaint.ts";
import { type ListHandle, MessageList } from "./MessageList.tsx";

const FILTERS = ["unread", "needsConfirmation", "attachments", "due"] as const;

export interface ListPaneProps {
  route: MailboxRoute;
  query: ListQuery;
  /** Name of the place. */
  title: string;
  settings: Settings;
  filters: Filters;
  sort: Sort;
  startAt: number;
  onLeave(scrollTop: number): void;
  onFilters(filters: Filters): void;
  onSort(sort: Sort): void;
  onScope(within: "here" | "everywhere"): void;
  onSearch(text: string): void;
  onSelect(row: Row): void;
  onOpen(row: Row): void;
  onMenu(row: Row, x: number, y: number): void;
  list: Ref<ListHandle>;
  /** The keyboard is on its way to the list. */
  wantsFocus: RefObject<boolean>;
}

/** A list with its head: name and number, sort order, filters or scope. */
export function ListPane(props: ListPaneProps) {
  const { route, query, title, settings, filters, sort, onFilters, onSort, onScope, onSearch } = props;
  const host = useHost();
  const client = useQueryClient();
  const text = useText();
  const format = useFormat();
  const announce = useAnnounce();
  const { data: shape, error, isPlaceholderData } = useListShape(query);
  const total = shape?.total ?? 0;
  useFirstPaint(shape?.total === 0 || error !== null);
  const { wantsFocus } = props;
  const isEmpty = shape !== undefined && total === 0 && !isPlaceholderData;
  useEffect(() => {
    if (isEmpty) {
      wantsFocus.current = false;
    }
  }, [isEmpty, wantsFocus]);
  const isSearch = route.place === "search";
  const selected: Selection | null = route.open;
  // Only a search makes one letter better than another.
  const orders: Sort[] = isSearch ? ["newest", "best", "oldest"] : ["newest", "oldest"];
  const order = orders.includes(sort) ? sort : "newest";
  const isFiltered = FILTERS.some((name) => filters[name]);
  const hasFilters =
    route.place !== "folder" || !["drafts", "outbox", "scheduled", "failed", "sent"].includes(route.folder);

  // The first rows are asked for beside the length of a list, of which they are nearly always part. A search has its
  // length from the same work, which must not be done twice.
  useEffect(() => {
    if (!isSearch) {
      void client.prefetchQuery(questions.page(host, query, 0));
    }
  }, [client, host, isSearch, query]);

  // Hits are spoken half a second after the typing has stopped.
  const spoken = useRef("");
  useEffect(() => {
    const name = `${query.search} ${total}`;
    if (!isSearch || isPlaceholderData || !shape || spoken.current === name) {
      return;
    }
    const timer = setTimeout(() => {
      spoken.current = name;
      announce(text("search.hits.spoken", { count: total }));
    }, 500);
    return () => clearTimeout(timer);
  }, [announce, isPlaceholderData, isSearch, query.search, shape, text, total]);

  return (
    <section className="list-pane" aria-label={title} id="list-pane" tabIndex={-1}>
      <header className="list-head-bar">
        <div className="list-head-line">
          <h1 className="list-title">{title}</h1>
          {shape ? (
            <span className="list-count">
              {text(isSearch ? "list.hits" : "list.count", { shown: format.number(total), count: total })}
            </span>
          ) : null}
          <Button
            variant="tertiary"
            className="list-sort"
            onClick={() => onSort(orders[(orders.indexOf(order) + 1) % orders.length] ?? "newest")}
          >
            {order === "oldest" ? (
              <SortUpIcon aria-hidden fontSize="1.375rem" />
            ) : (
              <SortDownIcon aria-hidden fontSize="1.375rem" />
            )}
            <span className="visually-hidden">{text("list.sort.change")}: </span>
            {text(`list.sort.${order}`)}
          </Button>
        </div>
        {isSearch ? (
          <fieldset className="list-chips">
            <legend className="visually-hidden">{text("search.scope.label")}</legend>
            {(["here", "everywhere"] as const).map((within) => (
              <Chip.Radio
                key={within}
                name="scope"
                data-size="sm"
                checked={route.within === within}
                onChange={() => onScope(within)}
              >
                {text(within === "here" ? "search.scope.inbox" : "search.scope.everywhere")}
              </Chip.Radio>
            ))}
          </fieldset>
        ) : hasFilters ? (
          <fieldset className="list-chips">
            <legend className="visually-hidden">{text("list.filter.label")}</legend>
            {FILTERS.map((name) => (
              <Chip.Checkbox
                key={name}
                data-size="sm"
                data-color="neutral"
                checked={filters[name]}
                onChange={(event) => onFilters({ ...filters, [name]: event.target.checked })}
              >
                {text(`list.filter.${name}`)}
              </Chip.Checkbox>
            ))}
          </fieldset>
        ) : null}
        {route.place === "folder" && route.folder === "archive" ? (
          <p className="list-note">{text("folder.archive.note")}</p>
        ) : null}
        {shape?.hints.map((hint) => (
          <SearchHintLine key={hint.start} hint={hint} search={query.search} onSearch={onSearch} />
        ))}
        {isSearch && shape && shape.unindexedFiles > 0 ? (
          <p className="list-note">{text("search.partial.files", { count: shape.unindexedFiles })}</p>
        ) : null}
      </header>
      {error ? (
        <div className="list-error">
          <ErrorNotice
            error={asUiError(error, host.now())}
            onAct={() => void client.invalidateQueries({ queryKey: keys.lists(query.account) })}
          />
        </div>
      ) : null}
      {shape && total === 0 ? (
        <Empty
          route={route}
          isFiltered={isFiltered}
          onEverywhere={() => onScope("everywhere")}
          onClear={() => onFilters(NO_FILTERS)}
        />
      ) : shape ? (
        <MessageList
          ref={props.list}
          wantsFocus={props.wantsFocus}
          isFinal={!isPlaceholderData}
          label={text("list.label", { folder: title })}
          query={query}
          groups={shape.groups}
          total={total}
          density={settings.density}
          singleKeys={settings.singleKeys}
          now={host.now()}
          selected={selected}
          startAt={props.startAt}
          onLeave={props.onLeave}
          onSelect={props.onSelect}
          onOpen={props.onOpen}
          onMenu={props.onMenu}
        />
      ) : (
        <div className="list-box" aria-busy="true" />
      )}
    </section>
  );
}

function SearchHintLine({
  hint,
  search,
  onSearch,
}: {
  hint: SearchHint;
  search: string;
  onSearch(text: string): void;
}) {
  const text = useText();
  const { kind, typed, suggestion, start, end } = hint;
  return (
    <p className="list-note">
      {text(`search.hint.${kind}`, { typed })}
      {suggestion === null ? null : (
        <>
          {" "}
          {text("search.hint.suggest", { suggestion })}{" "}
          <button
            type="button"
            className="link-button"
            onClick={() => onSearch(search.slice(0, start) + suggestion + search.slice(end))}
          >
            {text("search.hint.use", { suggestion })}
          </button>
        </>
      )}
    </p>
  );
}

function Empty({
  route,
  isFiltered,
  onEverywhere,
  onClear,
}: {
  route: MailboxRoute;
  isFiltered: boolean;
  onEverywhere(): void;
  onClear(): void;
}) {
  const text = useText();
  const format = useFormat();
  const { data: status } = useStatus();
  const connection = status?.connection;
  if (route.place === "search") {
    return (
      <div className="empty">
        <p className="empty-title">{text("search.none.title", { text: route.text })}</p>
        <ul>
          {route.within === "here" ? (
            <li>
              <Button variant="secondary" data-size="sm" onClick={onEverywhere}>
                {text("search.none.everywhere")}
              </Button>
            </li>
          ) : null}
          <li>{text("search.none.fewer")}</li>
          <li>{text("search.none.spelling")}</li>
        </ul>
      </div>
    );
  }
  if (isFiltered) {
    return (
      <div className="empty">
        <p className="empty-title">{text("list.empty.filtered")}</p>
        <Button variant="secondary" data-size="sm" onClick={onClear}>
          {text("list.filter.clear")}
        </Button>
      </div>
    );
  }
  const title: TextKey = route.place === "folder" ? `list.empty.${route.folder}` : "list.empty.service";
  const helps: Partial<Record<string, TextKey>> = {
    inbox: "list.empty.inboxHelp",
    drafts: "list.empty.draftsHelp",
    outbox: "list.empty.outboxHelp",
  };
  const help = route.place === "folder" ? helps[route.folder] : undefined;
  return (
    <div className="empty">
      <p className="empty-title">{text(title)}</p>
      {help ? <p>{text(help)}</p> : null}
      {route.place === "folder" && route.folder === "inbox" && connection?.kind === "updated" ? (
        <p>{text("list.empty.updated", { time: format.time(connection.at) })}</p>
      ) : null}
    </div>
  );
}
