import { QueryClient, useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
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

const HostContext = createContext<Host | null>(null);

/** Gives the host to everything below. */
export const HostProvider = HostContext.Provider;

/** The host. */
export function useHost(): Host {
  const host = useContext(HostContext);
  if (!host) {
    throw new Error("a component asks for the host outside HostProvider");
  }
  return host;
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

/** Keeps the cache true from now on; answers how to stop. */
export function keepTrue(client: QueryClient, host: Host): () => void {
  return host.onChanges((changes) => {
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

/** The questions that the first picture of the window is made of, for components and for asking ahead. */
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

/** Accounts of the profile. */
export function useAccounts() {
  return useQuery(questions.accounts(useHost()));
}

/** Settings of the profile. */
export function useSettings() {
  return useQuery(questions.settings(useHost()));
}

/** What the status line and the outbox line say. */
export function useStatus() {
  return useQuery(questions.status(useHost()));
}

/** Folders and services with their counts. */
export function useFolders(account: string) {
  return useQuery({ ...questions.folders(useHost(), account), enabled: account !== "" });
}

/** How many rows a list has, and its groups. Old answers stay until the new one is there. */
export function useListShape(query: ListQuery) {
  return useQuery({
    ...questions.shape(useHost(), query),
    enabled: query.account !== "",
    placeholderData: (previous) => previous,
  });
}

/** A received or sent letter. */
export function useMessage(id: string | null) {
  const host = useHost();
  return useQuery({
    queryKey: keys.message(id ?? ""),
    queryFn: () => host.message(id ?? ""),
    enabled: id !== null,
  });
}

/** A draft. */
export function useDraft(id: string) {
  const host = useHost();
  return useQuery({ queryKey: keys.draft(id), queryFn: () => host.draft(id) });
}

/** An item of the outbox. */
export function useOutboxItem(id: string) {
  const host = useHost();
  return useQuery({ queryKey: keys.outbox(id), queryFn: () => host.outboxItem(id) });
}

/** Services the account may send on. */
export function useServices(account: string) {
  const host = useHost();
  return useQuery({ queryKey: keys.services(account), queryFn: () => host.services(account) });
}

/** How an account stands, as far as it has been checked. */
export function useCheckup(account: string) {
  const host = useHost();
  return useQuery({ queryKey: keys.checkup(account), queryFn: () => host.checkup(account) });
}

/** Resources of the registry whose title, owner or id has the words. Old answers stay until the new one is there. */
export function useCatalogue(account: string, words: string) {
  const host = useHost();
  return useQuery({
    queryKey: [...keys.catalogue(account), words],
    queryFn: () => host.catalogue(account, words),
    placeholderData: (previous) => previous,
  });
}

/** Subscriptions to events. */
export function useSubscriptions(account: string) {
  const host = useHost();
  return useQuery({ queryKey: keys.subscriptions(account), queryFn: () => host.subscriptions(account) });
}

/** Accounts that are kept, with what they consist of. */
export function useEntries() {
  const host = useHost();
  return useQuery({ queryKey: keys.entries(), queryFn: () => host.accountEntries() });
}

/** Private keys of the keychain, as far as can be told of them. */
export function useKeys() {
  const host = useHost();
  return useQuery({ queryKey: keys.kept(), queryFn: () => host.keys() });
}

/** How the network is reached. */
export function useNetwork() {
  const host = useHost();
  return useQuery({ queryKey: keys.network(), queryFn: () => host.network() });
}

/** How often Altinn is asked what became of a request that waits for a person, in milliseconds. */
const POLL = 8_000;

/** How the request for an account's system user stands; asked again while it waits. */
export function useSystemUser(account: string) {
  const host = useHost();
  return useQuery({
    queryKey: keys.systemUser(account),
    queryFn: () => host.systemUser(account),
    refetchInterval: (query) => (query.state.data?.state === "pending" ? POLL : false),
  });
}
