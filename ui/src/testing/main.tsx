// The window over a practice world in memory, for a plain browser. Never part of what is shipped.
import { begin } from "../app/ahead.ts";
import { mount } from "../app/mount.tsx";
import { momentOf } from "../i18n/norway.ts";
import type { Connection, StartState } from "../ipc/bindings.ts";
import { fakeHost } from "./fake/host.ts";
import "../styles/index.css";

const params = new URLSearchParams(window.location.search);
const language = params.get("lang");
const scheme = params.get("scheme");
const density = params.get("density");
const environment = params.get("env");
const at = momentOf(2026, 11, 20, 9, 12);

const connections: Record<string, Connection> = {
  offline: { kind: "offline", since: at, waiting: 3 },
  syncing: { kind: "syncing", done: 120, total: 480, until: null },
  signIn: { kind: "signIn" },
};
const starts: Record<string, StartState | "never"> = {
  starting: "never",
  new: { kind: "needsPassphrase", isNew: true, wasWrong: false },
  locked: { kind: "needsPassphrase", isNew: false, wasWrong: true },
  refused: { kind: "refused", error: { code: "storeNewer", params: {}, traceId: null, at } },
};

const host = fakeHost({
  pace: 700,
  letters: Number(params.get("letters") ?? 200),
  isEmpty: params.has("empty"),
  connection: connections[params.get("net") ?? ""],
  start: starts[params.get("start") ?? ""],
  settings: {
    language: language === "nn" || language === "en" ? language : "nb",
    scheme: scheme === "dark" || scheme === "auto" ? scheme : "light",
    density: density === "compact" || density === "roomy" ? density : "normal",
  },
  accounts:
    environment === "test" || environment === "production"
      ? [
          {
            id: "practice",
            name: "Innlandet fylkeskommune",
            organisationNumber: "920717152",
            environment,
            canSend: true,
            person: null,
          },
        ]
      : undefined,
});
// The handles of the world, for pictures: `control.drop(…)`.
Object.assign(window, { control: host.control });
mount(begin(host));
