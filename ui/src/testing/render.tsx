import { QueryClientProvider } from "@tanstack/react-query";
import axe from "axe-core";
import type { ReactNode } from "react";
import { expect } from "vitest";
import { render } from "vitest-browser-react";
import { App } from "../app/App.tsx";
import { navigate, parseRoute } from "../app/routes.ts";
import { Announcer } from "../components/Announcer.tsx";
import { keepTrue, newQueryClient } from "../ipc/cache.ts";
import { HostProvider } from "../ipc/queries.ts";
import { type FakeOptions, fakeHost } from "./fake/host.ts";

/** Draws over a world in memory, whose changes are heard as in the window. */
async function draw(part: ReactNode, options: FakeOptions) {
  const host = fakeHost(options);
  const client = newQueryClient();
  keepTrue(client, host);
  const screen = await render(
    <HostProvider value={host}>
      <QueryClientProvider client={client}>{part}</QueryClientProvider>
    </HostProvider>,
  );
  return { screen, host, control: host.control };
}

/** Shows a part of the window over a world in memory. */
export function show(part: ReactNode, options: FakeOptions = {}) {
  return draw(<Announcer>{part}</Announcer>, options);
}

/** Shows the whole window over a world in memory, from a place on; answers once it takes keys. */
export async function showWindow(options: FakeOptions = {}, address = "#folder/inbox") {
  // What a window before this one had not written down yet must not come after.
  navigate(parseRoute(address), "replace");
  const shown = await draw(<App />, options);
  await expect.poll(() => document.querySelector("main:not([aria-busy='true'])")).not.toBeNull();
  return shown;
}

/** Finds nothing to mend at WCAG 2.1 A and AA, in light and in dark. */
export async function expectAccessible(element: Element = document.body): Promise<void> {
  for (const scheme of ["light", "dark"]) {
    document.documentElement.dataset.colorScheme = scheme;
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    const { violations } = await axe.run(element, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
      resultTypes: ["violations"],
    });
    const found = violations.map(
      ({ id, help, nodes }) =>
        `${scheme} ${id}: ${help}\n  ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("\n  ")}`,
    );
    expect(found, "axe finds what a person would stumble over").toEqual([]);
  }
  document.documentElement.dataset.colorScheme = "light";
}
