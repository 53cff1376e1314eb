import { QueryClientProvider } from "@tanstack/react-query";
import { expect, test } from "vitest";
import { render } from "vitest-browser-react";
import { fakeHost } from "../testing/fake/host.ts";
import type { Host } from "./backend.ts";
import type { Change, Status } from "./bindings.ts";
import { keepTrue, newQueryClient } from "./cache.ts";
import { HostProvider, useStatus } from "./queries.ts";

function Uploads() {
  const status = useStatus().data;
  return <p>{status ? `files: ${status.uploads?.files ?? 0}` : "none yet"}</p>;
}

test("a change that comes while the first answer is on its way is not lost", async () => {
  const world = fakeHost({});
  const before: Status = {
    connection: { kind: "updated", at: 0 },
    incomplete: [],
    isKeyTemporary: false,
    uploads: null,
  };
  const after: Status = { ...before, uploads: { file: 1, files: 2, done: 0, size: 1 } };
  let answer: (status: Status) => void = () => undefined;
  const first = new Promise<Status>((resolve) => {
    answer = resolve;
  });
  const listeners: ((changes: Change[]) => void)[] = [];
  let asked = 0;
  const host: Host = {
    ...world,
    status: () => {
      asked += 1;
      return asked === 1 ? first : Promise.resolve(after);
    },
    onChanges: (listener) => {
      listeners.push(listener);
      return () => undefined;
    },
  };
  const client = newQueryClient();
  keepTrue(client, host);
  const screen = await render(
    <HostProvider value={host}>
      <QueryClientProvider client={client}>
        <Uploads />
      </QueryClientProvider>
    </HostProvider>,
  );
  await expect.poll(() => asked).toBe(1);
  for (const listener of listeners) {
    listener([{ kind: "status" }]);
  }
  answer(before);
  await expect.element(screen.getByText("files: 2")).toBeInTheDocument();
});
