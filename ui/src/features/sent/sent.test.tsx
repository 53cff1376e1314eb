import { useState } from "react";
import { describe, expect, it } from "vitest";
import { page } from "vitest/browser";
import { useHost, useMessage } from "../../ipc/queries.ts";
import { expectAccessible, show } from "../../testing/render.tsx";
import { SentHashes, SentState } from "./SentState.tsx";

function Pane(props: { id: string }) {
  const { data } = useMessage(props.id);
  return data ? (
    <main>
      <h1>Sendt</h1>
      <h2>{data.title}</h2>
      <SentState message={data} />
      <SentHashes attachments={data.attachments} />
    </main>
  ) : null;
}

/** Sends the first draft in ten minutes, then shows the letter to its first recipient. */
function Sending() {
  const host = useHost();
  const [item, setItem] = useState("");
  const [isShown, setShown] = useState(false);
  const send = async () => {
    const draft = await host.draft("draft-0");
    const text = { ...draft.text, publishAt: host.now() + 10 * 60_000 };
    const { version } = await host.saveDraft(draft.id, draft.version, text);
    const outcome = await host.sendDraft(draft.id, version);
    setItem(outcome.kind === "queued" ? (outcome.receipt.items[0] ?? "") : "");
  };
  if (isShown) {
    return <Pane id={`sent-of-${item}`} />;
  }
  return (
    <>
      <button type="button" onClick={() => void send()}>
        send
      </button>
      <button type="button" onClick={() => setShown(true)}>
        show
      </button>
    </>
  );
}

describe("a sent letter", () => {
  it("says where it stands with time and source, until when it can be undone, and the checksums", async () => {
    const { control } = await show(<Sending />);
    await page.getByRole("button", { name: "send" }).click();
    await expect.poll(() => control.calls.includes("sendDraft")).toBe(true);
    control.settle();
    await page.getByRole("button", { name: "show" }).click();
    await expect
      .element(page.getByRole("heading", { name: "Hos Lillehammer kommune 945 578 564" }))
      .toBeVisible();
    await expect
      .element(page.getByText(/Meldingen blir tilgjengelig for mottakeren 20\. november 2026 kl\. 09\.53/))
      .toBeVisible();
    await page.getByText("Kontrollsummer for vedleggene").click();
    await expect.element(page.getByText("0".repeat(64)).first()).toBeVisible();
    await expectAccessible();
  });
});

describe("a published letter", () => {
  it("shows its newest event in a word", async () => {
    const { host } = await show(<span />);
    const rows = await host.listRows(
      {
        account: "practice",
        place: { kind: "folder", folder: "sent" },
        search: "",
        filters: { unread: false, needsConfirmation: false, attachments: false, due: false },
        sort: "newest",
      },
      0,
      1,
    );
    const id = rows[0]?.id ?? "";
    await show(<Pane id={id} />);
    await expect.element(page.getByRole("heading", { name: /^Hos / })).toBeVisible();
    await expect.element(page.getByText(/· Altinn$/)).toBeVisible();
    await expectAccessible();
  });
});
