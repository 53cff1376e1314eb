import { expect, test } from "vitest";
import { formatRoute, HOME, parseRoute, type Route } from "./routes.ts";

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
