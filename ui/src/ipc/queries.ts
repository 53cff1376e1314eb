import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import type { Host } from "./backend.ts";
import type { ListQuery } from "./bindings.ts";
import { keys, questions } from "./cache.ts";

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
