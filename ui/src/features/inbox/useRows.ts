import { useQueries, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { ListQuery, Row } from "../../ipc/bindings.ts";
import { keys, PAGE, questions } from "../../ipc/cache.ts";
import { useHost } from "../../ipc/queries.ts";
import { firstPaint, useFirstPaint } from "./firstPaint.ts";
import { pagesFor } from "./layout.ts";

/** Pages fetched ahead of somebody who travels through the list, and of one who has only opened it. */
const AHEAD = { travelling: 3, opened: 1 };

/** Rows in sight: a look-up by row number; pages come by themselves, some ahead in the direction of travel. */
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
  const opened = useRef({ query, first });
  if (opened.current.query !== query) {
    opened.current = { query, first };
  }
  const ahead = first === opened.current.first ? AHEAD.opened : AHEAD.travelling;
  const { shown, next } = pagesFor(first, last, total, PAGE, direction * ahead);
  const page = (at: number) => questions.page(host, query, at);
  const answers = useQueries({ queries: shown.map(page) });
  const wanted = next.join();

  const isInSight = answers.every((answer) => answer.data !== undefined);
  useFirstPaint(isInSight && answers.length > 0);

  // On purpose: the pages wanted and the query name all of it; what is in sight goes first.
  useEffect(() => {
    before.current = first;
    if (isInSight) {
      void firstPaint.then(() => {
        for (const at of next) {
          void client.prefetchQuery(page(at));
        }
      });
    }
  }, [isInSight, wanted, JSON.stringify(query)]);

  // The best take longer to find than the newest, which stand in for them.
  const meanwhile: ListQuery = query.sort === "best" ? { ...query, sort: "newest" } : query;
  return (row) => {
    const at = Math.floor(row / PAGE);
    const found = answers[shown.indexOf(at)]?.data ?? client.getQueryData<Row[]>(keys.page(query, at));
    return (found ?? client.getQueryData<Row[]>(keys.page(meanwhile, at)))?.[row % PAGE];
  };
}
