import { expect, test } from "vitest";
import { currentRoute, formatRoute, HOME, navigate, parseRoute, type Route } from "./routes.ts";

const routes: Route[] = [
  HOME,
  { place: "folder", folder: "needsConfirmation", open: { kind: "received", id: "0199-abc" } },
  { place: "folder", folder: "failed", open: { kind: "outbox", id: "a/b c" } },
  { place: "service", resource: "tilskudd æøå", open: null },
  { place: "search", text: 'fra:nav "vedtak & svar" 50 %', within: "here", open: null },
  { place: "search", text: "tilskudd", within: "everywhere", open: { kind: "sent", id: "s-1" } },
  { place: "compose", draft: "d-1" },
  { place: "settings", page: "reading" },
  { place: "setup", page: "start" },
  { place: "setup", page: "signIn" },
  { place: "keys" },
];

test("every place comes back from its address", () => {
  for (const route of routes) {
    expect(parseRoute(formatRoute(route)), formatRoute(route)).toEqual(route);
  }
});

test("an address that means nothing leads home", () => {
  for (const hash of ["", "#", "#nowhere", "#folder/bin", "#compose/", "#folder/inbox/%E0%A4%A"]) {
    expect(parseRoute(hash).place, hash).toBe("folder");
  }
});

test("letters may be gone through faster than the engine takes addresses", async () => {
  const at = (id: number): Route => ({ ...HOME, open: { kind: "received", id: `letter-${id}` } });
  navigate(HOME);
  const real = window.history.replaceState;
  let calls = 0;
  window.history.replaceState = (...values) => {
    calls += 1;
    if (calls <= 2) {
      throw new DOMException("too many", "SecurityError");
    }
    real.apply(window.history, values);
  };
  try {
    for (let id = 0; id < 300; id += 1) {
      navigate(at(id), "replace");
      expect(currentRoute()).toEqual(at(id));
    }
    await expect.poll(() => window.location.hash).toBe(formatRoute(at(299)));
    expect(calls).toBeLessThan(10);
  } finally {
    window.history.replaceState = real;
  }
});

test("the place that is left is what back leads to", async () => {
  const read: Route = { ...HOME, open: { kind: "received", id: "read-last" } };
  navigate(HOME, "replace");
  navigate({ ...HOME, open: { kind: "received", id: "read-before" } }, "replace");
  navigate(read, "replace");
  navigate({ place: "settings", page: "general" });
  expect(currentRoute().place).toBe("settings");
  window.history.back();
  await expect.poll(() => currentRoute()).toEqual(read);
});
