import { QueryClient } from "@tanstack/react-query";
import type { Host } from "./backend.ts";
import type { Change, ListQuery } from "./bindings.ts";

/** Rows fetched at a time: a tall window's worth, some 30 kB. */
export const PAGE = 50;

/** The cache of what is on screen. Only changes told by the host spoil it. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: "always",
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        refetchOnMount: true,
        staleTime: Number.POSITIVE_INFINITY,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

/** Keys of the cache: kind, then what a change names. What an account consists of decides all below `accounts`. */
export const keys = {
  accounts: () => ["accounts"] as const,
  checkup: (account: string) => ["accounts", "checkup", account] as const,
  catalogue: (account: string) => ["accounts", "catalogue", account] as const,
  subscriptions: (account: string) => ["accounts", "subscriptions", account] as const,
  entries: () => ["accounts", "entries"] as const,
  kept: () => ["accounts", "keys"] as const,
  network: () => ["accounts", "network"] as const,
  systemUser: (account: string) => ["accounts", "system user", account] as const,
  settings: () => ["settings"] as const,
  status: () => ["status"] as const,
  folders: (account: string) => ["folders", account] as const,
  lists: (account: string) => ["list", account] as const,
  shape: (query: ListQuery) => ["list", query.account, "shape", query] as const,
  page: (query: ListQuery, page: number) => ["list", query.account, "page", query, page] as const,
  message: (id: string) => ["message", id] as const,
  draft: (id: string) => ["draft", id] as const,
  outbox: (id: string) => ["outbox", id] as const,
  services: (account: string) => ["folders", account, "services"] as const,
};

/** The part of the cache that a change spoils. */
export function spoiledBy(change: Change): readonly unknown[] {
  switch (change.kind) {
    case "folders":
      return keys.folders(change.account);
    case "list":
      return keys.lists(change.account);
    case "message":
      return keys.message(change.id);
    case "draft":
      return keys.draft(change.id);
    case "outbox":
      return keys.outbox(change.id);
    case "status":
      return keys.status();
    case "settings":
      return keys.settings();
    case "accounts":
      return keys.accounts();
    case "catalogue":
      return keys.catalogue(change.account);
    case "subscriptions":
      return keys.subscriptions(change.account);
    case "checkup":
      return keys.checkup(change.account);
  }
}

/** Has everything below `queryKey` asked for again. */
function spoil(client: QueryClient, queryKey: readonly unknown[]): void {
  // A first answer that is still on its way was asked for before the change, and an invalidation alone would let it
  // stand for good: it is asked for again once it is here.
  const first = client
    .getQueryCache()
    .findAll({ queryKey, fetchStatus: "fetching" })
    .filter((query) => query.state.data === undefined);
  void client.invalidateQueries({ queryKey });
  for (const query of first) {
    const again = (): void => void client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    query.promise?.then(again, again);
  }
}

/** Keeps the cache true from now on, and tells of each change; answers how to stop. */
export function keepTrue(client: QueryClient, host: Host, onChange: () => void = () => {}): () => void {
  return host.onChanges((changes) => {
    onChange();
    const seen = new Set<string>();
    for (const change of changes) {
      const queryKey = spoiledBy(change);
      const name = JSON.stringify(queryKey);
      if (!seen.has(name)) {
        seen.add(name);
        spoil(client, queryKey);
      }
    }
  });
}

/** The questions that the window is mostly made of. */
export const questions = {
  accounts: (host: Host) => ({ queryKey: keys.accounts(), queryFn: () => host.accounts() }),
  settings: (host: Host) => ({ queryKey: keys.settings(), queryFn: () => host.settings() }),
  status: (host: Host) => ({ queryKey: keys.status(), queryFn: () => host.status() }),
  folders: (host: Host, account: string) => ({
    queryKey: keys.folders(account),
    queryFn: () => host.folders(account),
  }),
  shape: (host: Host, query: ListQuery) => ({
    queryKey: keys.shape(query),
    queryFn: () => host.listShape(query),
  }),
  page: (host: Host, query: ListQuery, page: number) => ({
    queryKey: keys.page(query, page),
    queryFn: () => host.listRows(query, page * PAGE, PAGE),
  }),
};
