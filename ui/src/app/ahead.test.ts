import { expect, test } from "vitest";
import type { Change, FirstPicture } from "../ipc/bindings.ts";
import { keys } from "../ipc/cache.ts";
import { fakeHost } from "../testing/fake/host.ts";
import { begin } from "./ahead.ts";

/** A window that has begun, whose first answer is held back until `answer`. */
async function beginHeld() {
  const world = fakeHost({});
  const listeners: ((changes: Change[]) => void)[] = [];
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { client, first } = begin({
    ...world,
    async firstPicture(query, limit): Promise<FirstPicture> {
      const picture = await world.firstPicture(query, limit);
      await held;
      return picture;
    },
    onChanges(listener) {
      listeners.push(listener);
      return () => undefined;
    },
  });
  return {
    client,
    first,
    answer,
    change(change: Change) {
      for (const listener of listeners) {
        listener([change]);
      }
    },
  };
}

test("one answer fills all that the first picture shows", async () => {
  const { client, first, answer } = await beginHeld();
  answer();
  expect(await first).toEqual({ kind: "ready" });
  const asked = client.getQueryCache().getAll();
  expect(asked.map(({ queryKey }) => queryKey[0]).sort()).toEqual(
    ["accounts", "folders", "list", "list", "settings", "status"].sort(),
  );
  expect(asked.some((query) => query.isStale())).toBe(false);
});

test("a change that comes while the first answer is on its way has it asked for again", async () => {
  const { client, first, answer, change } = await beginHeld();
  change({ kind: "status" });
  answer();
  await first;
  expect(client.getQueryData(keys.status())).toBeDefined();
  expect(client.getQueryState(keys.status())?.isInvalidated).toBe(true);
});

test("a mailbox that cannot be read is refused, not waited for", async () => {
  const world = fakeHost({});
  const { first } = begin({
    ...world,
    firstPicture: () => Promise.reject({ code: "storeCorrupt", params: {}, traceId: null, at: 0 }),
  });
  expect(await first).toMatchObject({ kind: "refused", error: { code: "storeCorrupt" } });
});
