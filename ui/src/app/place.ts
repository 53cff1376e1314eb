import type { Account, Filters, ListQuery, Sort } from "../ipc/bindings.ts";
import { formatRoute, type MailboxRoute } from "./routes.ts";

/** A list as it begins. */
export const NO_FILTERS: Filters = {
  unread: false,
  needsConfirmation: false,
  attachments: false,
  due: false,
};

/** The account to show: the one shown last, else the first. */
export const chosen = (accounts: readonly Account[] | undefined, last: string): Account | undefined =>
  accounts?.find((candidate) => candidate.id === last) ?? accounts?.[0];

/** The list a place asks for. */
export function queryOf(route: MailboxRoute, account: string, filters: Filters, sort: Sort): ListQuery {
  switch (route.place) {
    case "folder":
      return { account, place: { kind: "folder", folder: route.folder }, search: "", filters, sort };
    case "service":
      return { account, place: { kind: "service", resource: route.resource }, search: "", filters, sort };
    case "search":
      return {
        account,
        place: route.within === "here" ? { kind: "folder", folder: "inbox" } : { kind: "everywhere" },
        search: route.text,
        filters: NO_FILTERS,
        sort,
      };
  }
}

/** A place without what is open in it: lists are kept by it. */
export const placeName = (route: MailboxRoute) =>
  route.place === "search" ? `search ${route.within}` : formatRoute({ ...route, open: null });
