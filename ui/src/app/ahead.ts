import type { QueryClient } from "@tanstack/react-query";
import type { Host } from "../ipc/backend.ts";
import type { Account, StartState } from "../ipc/bindings.ts";
import { asUiError } from "../ipc/errors.ts";
import { keys, questions } from "../ipc/queries.ts";
import { chosen, NO_FILTERS, queryOf } from "./place.ts";
import { ACCOUNT, remembered } from "./remembered.ts";
import { HOME } from "./routes.ts";

/** Asks how far opening the profile got. */
export async function startState(host: Host): Promise<StartState> {
  try {
    return await host.startState();
  } catch (cause) {
    return { kind: "refused", error: asUiError(cause, host.now()) };
  }
}

/**
 * Asks, all at once and before anything is drawn, for what the first picture of the window shows. One picture of a full
 * list costs less time than an empty one, a list's frame and then its rows.
 */
export async function askAhead(client: QueryClient, host: Host): Promise<StartState> {
  const settings = client.prefetchQuery(questions.settings(host));
  const accounts = client.prefetchQuery(questions.accounts(host));
  const state = await startState(host);
  await Promise.all([settings, accounts]);
  const account = chosen(client.getQueryData<Account[]>(keys.accounts()), remembered(ACCOUNT, ""));
  if (account) {
    const query = queryOf(HOME, account.id, NO_FILTERS, "newest");
    await Promise.all([
      client.prefetchQuery(questions.status(host)),
      client.prefetchQuery(questions.folders(host, account.id)),
      client.prefetchQuery(questions.shape(host, query)),
      client.prefetchQuery(questions.page(host, query, 0)),
    ]);
  }
  return state;
}
