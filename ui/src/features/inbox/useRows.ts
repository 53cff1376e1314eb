import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Backend, ListQuery, Row } from "../../ipc/bindings.ts";
import { keys, PAGE, useHost } from "../../ipc/queries.ts";
import { pagesFor } from "./layout.ts";

const AHEAD = 3;

let isTold = false;

/** Tells the host, once, when the first rows are on the screen: the second frame after they were rendered. */
function tellFirstPaint(host: Backend) {
  if (!isTold) {
    isTold = true;
    requestAnimationFrame(() => requestAnimationFrame(() => void host.painted()));
  }
}

/** Rows in sight: a look-up by row number; pages come by themselves, three ahead in the direction of travel. */
export function useRows(
  query: ListQuery,
  total: number,
  first: number,
  last: number,
): (row: number) => Row | undefined {
  const host = useHost();
  const client = useQueryClient();
  const before = useRef(first);
  const direction = first < before.current ? -1 : 1;
  const { shown, next } = pagesFor(first, last, total, PAGE, direction * AHEAD);
  const page = (at: number) => ({
    queryKey: keys.page(query, at),
    queryFn: () => host.listRows(query, at * PAGE, PAGE),
  });
  const answers = useQueries({ queries: shown.map(page) });
  const wanted = next.join();

  // On purpose: the pages wanted and the query name all of it
  useEffect(() => {
    before.current = first;
    for (const at of next) {
      void client.prefetchQuery(page(at));
    }
  }, [wanted, JSON.stringify(query)]);

  const hasRows = answers.some((answer) => answer.data !== undefined);
  useEffect(() => {
    if (hasRows) {
      tellFirstPaint(host);
    }
  }, [hasRows, host]);

  return (row) => {
    const at = shown.indexOf(Math.floor(row / PAGE));
    return at < 0
      ? client.getQueryData<Row[]>(keys.page(query, Math.floor(row / PAGE)))?.[row % PAGE]
      : answers[at]?.data?.[row % PAGE];
  };
}
