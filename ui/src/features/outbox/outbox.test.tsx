import { describe, expect, it, vi } from "vitest";
import { page } from "vitest/browser";
import { parseRoute } from "../../app/routes.ts";
import { formatOf } from "../../i18n/format.ts";
import { text } from "../../i18n/index.ts";
import type { OutboxItem, OutboxState } from "../../ipc/bindings.ts";
import { expectAccessible, show } from "../../testing/render.tsx";
import DraftPane from "../draft/index.tsx";
import Outbox from "./index.tsx";
import { acts, reason } from "./words.ts";

const button = (name: string) => page.getByRole("button", { name });

const states: OutboxState[] = [
  { kind: "queued" },
  { kind: "uploading", file: 1, files: 2, done: 1, size: 4 },
  { kind: "scanning" },
  { kind: "submitting" },
  { kind: "waiting", until: Date.UTC(2026, 10, 20, 8, 50), attempts: 2, reason: "unsure" },
  { kind: "paused" },
  {
    kind: "stuck",
    reason: { field: "recipients", code: "recipientReserved", params: { name: "010190 XXXXX" } },
  },
];

describe("what may be done in each state", () => {
  it("never offers to take back what is being handed over", () => {
    const takeBack = states.filter((state) => acts(state).takeBack).map((state) => state.kind);
    expect(takeBack).toEqual(["queued", "uploading", "scanning", "waiting", "paused", "stuck"]);
  });

  it("offers to pause what moves, to resume what is paused, to try what waits", () => {
    const list = (act: "pause" | "resume" | "retry") =>
      states.filter((state) => acts(state)[act]).map((state) => state.kind);
    expect(list("pause")).toEqual(["queued", "uploading", "scanning", "waiting"]);
    expect(list("resume")).toEqual(["paused"]);
    expect(list("retry")).toEqual(["waiting", "stuck"]);
  });

  it("says why, in the words of the rule, and when next", () => {
    const item = (state: OutboxState): OutboxItem => ({
      id: "o",
      account: "a",
      draft: "d",
      title: "t",
      recipient: { name: "n", number: "1", isPerson: false },
      queuedAt: 0,
      publishAt: null,
      files: [],
      state,
      step: 1,
      steps: 4,
    });
    const said = states.map((state) => reason(item(state), text, formatOf("nb")));
    expect(said[4]).toEqual({
      what: "Vi vet ikke om Altinn fikk meldingen.",
      next: "Prøver igjen kl. 09.50, etter 2 forsøk.",
    });
    expect(said[6]?.what).toContain("010190 XXXXX har reservert seg mot digital post.");
    expect(said[0], "nothing to explain while it waits its turn").toBeNull();
  });
});

describe("a letter on its way", () => {
  it("shows its step and the progress of the upload", async () => {
    await show(<Outbox id="outbox-0" onGone={vi.fn()} />);
    await expect.element(page.getByText("Steg 2 av 4")).toBeVisible();
    await expect.element(page.getByText(/Fil 1 av 2 · 55,3 MB av 86,8 MB · 64 %/)).toBeVisible();
    await expect.element(page.getByRole("progressbar")).toHaveAttribute("value", "55300000");
  });

  it("pauses and goes on", async () => {
    const { control } = await show(<Outbox id="outbox-1" onGone={vi.fn()} />);
    await expect.element(page.getByText("Prøver igjen kl. 09.50, etter 2 forsøk.")).toBeVisible();
    await button("Sett på pause").click();
    await expect.element(page.getByText("Du har satt meldingen på pause.")).toBeVisible();
    await button("Fortsett").click();
    await expect.element(page.getByText("Venter", { exact: true }).first()).toBeVisible();
    expect(control.calls.filter((call) => call === "pauseOutbox").length).toBe(2);
  });

  it("that failed says the rule and opens as a draft at its fault", async () => {
    const onGone = vi.fn();
    await show(<Outbox id="outbox-2" onGone={onGone} />);
    await expect
      .element(page.getByText("940 155 223 finnes ikke i registeret. Rett nummeret."))
      .toBeVisible();
    await button("Rediger").click();
    await expect.poll(() => onGone.mock.calls.length, { message: "the row is gone" }).toBeGreaterThan(0);
    await expect.poll(() => parseRoute(window.location.hash).place).toBe("compose");
  });

  it("that is handed over meanwhile says so where it was asked", async () => {
    const onGone = vi.fn();
    const { control } = await show(<Outbox id="outbox-0" onGone={onGone} />);
    control.failNext("cancelOutbox", "outboxBusy");
    await button("Avbryt sendingen").click();
    await expect.element(page.getByText("Meldingen er på vei ut akkurat nå.")).toBeVisible();
    expect(onGone).not.toHaveBeenCalled();
    await button("Avbryt sendingen").click();
    await expect.poll(() => onGone.mock.calls.length).toBeGreaterThan(0);
  });

  it("leaves the pane when Altinn has accepted it", async () => {
    const onGone = vi.fn();
    const { host, control } = await show(<Outbox id="outbox-1" onGone={onGone} />);
    await host.retryOutbox("outbox-1");
    control.settle();
    await expect.poll(() => onGone.mock.calls.length).toBeGreaterThan(0);
  });

  it.each(["outbox-0", "outbox-1", "outbox-2"])("%s: axe finds nothing", async (id) => {
    await show(
      <main>
        <h1>Utboks</h1>
        <Outbox id={id} onGone={vi.fn()} />
      </main>,
    );
    await expect.element(page.getByText(/^Steg/)).toBeVisible();
    await expectAccessible();
  });
});

describe("a draft in the list", () => {
  it("shows what there is and opens", async () => {
    await show(
      <main>
        <h1>Utkast</h1>
        <DraftPane id="draft-0" onGone={vi.fn()} />
      </main>,
    );
    await expect.element(page.getByText("til Lillehammer kommune, Gausdal kommune")).toBeVisible();
    await expect.element(page.getByText("Vedtaksbrev.pdf")).toBeVisible();
    await expectAccessible();
    await button("Fortsett å skrive").click();
    expect(parseRoute(window.location.hash)).toEqual({ place: "compose", draft: "draft-0" });
  });
});
