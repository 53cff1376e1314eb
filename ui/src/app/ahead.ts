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
  // Whose list it will be is told by the accounts; as a rule it is the one shown last, which is asked for meanwhile.
  const last = remembered(ACCOUNT, "");
  const asked = last ? firstList(client, host, last) : null;
  const [state] = await Promise.all([
    startState(host),
    client.prefetchQuery(questions.settings(host)),
    client.prefetchQuery(questions.accounts(host)),
    client.prefetchQuery(questions.status(host)),
  ]);
  const account = chosen(client.getQueryData<Account[]>(keys.accounts()), last)?.id;
  await (account === last ? asked : account && firstList(client, host, account));
  return state;
}

function firstList(client: QueryClient, host: Host, account: string): Promise<unknown> {
  const query = queryOf(HOME, account, NO_FILTERS, "newest");
  return Promise.all([
    client.prefetchQuery(questions.folders(host, account)),
    client.prefetchQuery(questions.shape(host, query)),
    client.prefetchQuery(questions.page(host, query, 0)),
  ]);
}
