import { afterEach, describe, expect, it, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { navigate, parseRoute, useRoute } from "../../app/routes.ts";
import type { DraftText } from "../../ipc/bindings.ts";
import type { FakeOptions } from "../../testing/fake/host.ts";
import { Prepared } from "../../testing/Prepared.tsx";
import { expectAccessible, show } from "../../testing/render.tsx";
import Around from "./Around.tsx";
import Compose from "./index.tsx";
import { unminimise } from "./minimised.ts";

/** The mailbox with the sheet over it, the way the frame mounts them. */
function Window() {
  const route = useRoute();
  return (
    <>
      <Around account="practice" />
      {route.place === "compose" && (
        <Compose
          draft={route.draft}
          onClose={() => navigate({ place: "folder", folder: "drafts", open: null })}
        />
      )}
    </>
  );
}

/** Opens a draft of the practice world: 0 is complete, 1 has no service, 2 is empty. */
async function open(
  id: "draft-0" | "draft-1" | "draft-2",
  change: Partial<DraftText> = {},
  options: FakeOptions = {},
) {
  window.history.replaceState(null, "", `#compose/${id}`);
  const shown = await show(
    <Prepared
      prepare={async (host) => {
        const draft = await host.draft(id);
        await host.saveDraft(id, draft.version, { ...draft.text, ...change });
      }}
    >
      <Window />
    </Prepared>,
    options,
  );
  await expect.element(page.getByRole("dialog", { name: "Ny melding" })).toBeVisible();
  return shown;
}

const field = (name: string) => page.getByRole("textbox", { name });
const button = (name: string | RegExp) => page.getByRole("button", { name, exact: typeof name === "string" });

afterEach(() => {
  for (const id of ["draft-0", "draft-1", "draft-2"]) {
    unminimise(id);
  }
});

describe("writing", () => {
  it("saves what is typed by itself, and says when", async () => {
    const { host } = await open("draft-2");
    await field("Tittel").fill("Innkalling til møte");
    await expect
      .poll(async () => (await host.draft("draft-2")).text.title, { message: "saved after a pause" })
      .toBe("Innkalling til møte");
    await expect.element(page.getByText("Utkast lagret kl. 09.43")).toBeVisible();
  });

  it("starts in the first empty field", async () => {
    await open("draft-2");
    await expect.element(page.getByRole("combobox", { name: "Tjeneste" })).toHaveFocus();
  });

  it("keeps what is typed while an older save is under way", async () => {
    const { host } = await open("draft-2");
    const title = field("Tittel");
    await userEvent.type(title, "En lang tittel som skrives mens utkastet lagres flere ganger");
    await userEvent.keyboard("{Control>}s{/Control}");
    await userEvent.type(title, " til slutt");
    await userEvent.keyboard("{Control>}s{/Control}");
    await expect
      .poll(async () => (await host.draft("draft-2")).text.title, { message: "the newest text wins" })
      .toBe("En lang tittel som skrives mens utkastet lagres flere ganger til slutt");
    await expect
      .element(title)
      .toHaveValue("En lang tittel som skrives mens utkastet lagres flere ganger til slutt");
  });

  it("asks which text counts when the draft was changed elsewhere, and loses neither before", async () => {
    const { host } = await open("draft-1");
    await field("Tittel").fill("Min tittel");
    const draft = await host.draft("draft-1");
    await host.saveDraft("draft-1", draft.version, { ...draft.text, title: "Deres tittel" });
    const mine = button("Behold teksten min");
    await expect.element(mine, { message: "the user decides" }).toBeVisible();
    await expect.element(field("Tittel")).toHaveValue("Min tittel");
    await mine.click();
    await expect.poll(async () => (await host.draft("draft-1")).text.title).toBe("Min tittel");
  });

  it("keeps the text and says so when a save fails, and saves it again", async () => {
    const { host, control } = await open("draft-2");
    control.failNext("saveDraft", "diskFull");
    await field("Tittel").fill("Uten plass");
    await expect.element(page.getByText("Utkastet er ikke lagret")).toBeVisible();
    await expect.element(field("Tittel")).toHaveValue("Uten plass");
    await button("Prøv igjen").click();
    await expect.poll(async () => (await host.draft("draft-2")).text.title).toBe("Uten plass");
  });

  it("formats with the tool bar and its keys, and undoes like typing", async () => {
    await open("draft-2");
    const body = field("Melding");
    await body.fill("Vedtak: innvilget");
    const element = body.element();
    if (!(element instanceof HTMLTextAreaElement)) {
      throw new Error("the body is a text area");
    }
    element.setSelectionRange(0, 6);
    await userEvent.keyboard("{Control>}b{/Control}");
    await expect.element(body).toHaveValue("**Vedtak**: innvilget");
    await userEvent.keyboard("{Control>}z{/Control}");
    await expect
      .element(body, { message: "the field's own undo takes it back" })
      .toHaveValue("Vedtak: innvilget");
    element.setSelectionRange(17, 17);
    await button("Punktliste").click();
    await expect.element(body).toHaveValue("- Vedtak: innvilget");
    await userEvent.keyboard("{Enter}andre punkt");
    await expect.element(body).toHaveValue("- Vedtak: innvilget\n- andre punkt");
  });

  it("previews as the recipient sees it", async () => {
    await open("draft-0");
    await page.getByRole("tab", { name: "Forhåndsvis" }).click();
    const panel = page.getByRole("tabpanel", { name: "Forhåndsvis" });
    await expect.element(panel.getByText("Vedtak:")).toBeVisible();
    await expect.element(panel.getByRole("listitem").first()).toHaveTextContent("Vedtaksbrev ligger vedlagt");
    await userEvent.keyboard("{Control>}{Shift>}p{/Shift}{/Control}");
    await expect.element(field("Melding"), { message: "the same key leads back" }).toHaveFocus();
  });

  it("reads the due date as typed and answers in words", async () => {
    const { host } = await open("draft-2");
    const due = page.getByRole("textbox", { name: /^Frist/ });
    await due.fill("om 14 dager");
    await expect.element(page.getByText("fredag 4. desember 2026")).toBeVisible();
    await due.fill("25.12");
    await expect.element(page.getByText(/Dagen er en fridag: 1\. juledag/)).toBeVisible();
    await due.fill("snart");
    await userEvent.tab();
    await expect.element(page.getByText(/Fant ingen dato i teksten/)).toBeVisible();
    await button("Om 7 dager").click();
    await expect.element(due).toHaveValue("om 7 dager");
    await expect.poll(async () => (await host.draft("draft-2")).text.dueAt).not.toBeNull();
  });

  it("marks the letter confidential when the service demands it, and says so", async () => {
    const { host } = await open("draft-1");
    await page.getByRole("combobox", { name: "Tjeneste" }).selectOptions("Taushetsbelagt post");
    await expect
      .element(page.getByText(/Meldinger på denne tjenesten er alltid taushetsbelagte/))
      .toBeVisible();
    await expect.poll(async () => (await host.draft("draft-1")).text.isConfidential).toBe(true);
  });
});

describe("recipients", () => {
  it("become chips with name and place, and their state in words", async () => {
    await open("draft-2");
    const recipients = field("Mottakere");
    await recipients.fill("961 381 096");
    await userEvent.keyboard("{Enter}");
    const list = page.getByRole("list", { name: /mottaker/ });
    await expect.element(list.getByText("Gausdal kommune")).toBeVisible();
    await recipients.fill("961381097");
    await userEvent.keyboard("{Enter}");
    await expect.element(list.getByText("ugyldig kontrollsiffer")).toBeVisible();
    await expect.element(recipients, { message: "the next one can be typed at once" }).toHaveFocus();
  });

  it("are pasted as a list, without the names beside the numbers", async () => {
    const { host } = await open("draft-2");
    const element = field("Mottakere").element();
    const clipboardData = new DataTransfer();
    clipboardData.setData(
      "text/plain",
      "Navn\tOrg.nr.\nGausdal\t961 381 096\nLillehammer\t945578564\n\t961381096",
    );
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    await expect
      .poll(async () => (await host.draft("draft-2")).recipients.map((each) => each.party.name))
      .toEqual(["Gausdal kommune", "Lillehammer kommune"]);
    await expect.element(page.getByText(/4 felt uten nummer er utelatt/)).toBeVisible();
  });

  it("are removed by button, and the last comes back as text by Backspace", async () => {
    await open("draft-0");
    await button("Fjern Lillehammer kommune").click();
    await expect.element(page.getByRole("list", { name: "1 mottaker" })).toBeVisible();
    await expect.element(field("Mottakere")).toHaveFocus();
    await userEvent.keyboard("{Backspace}");
    await expect.element(field("Mottakere")).toHaveValue("961381096");
  });

  it("who are people are masked until asked for", async () => {
    await open("draft-2", { recipients: ["01019012480"] });
    const list = page.getByRole("list", { name: "1 mottaker" });
    await expect.element(list.getByText("010190 XXXXX").first()).toBeVisible();
    await expect.element(list.getByText("01019012480")).not.toBeInTheDocument();
    await button(/Vis hele nummeret/).click();
    await expect.element(list.getByText("01019012480")).toBeVisible();
  });
});

describe("files", () => {
  it("are dropped anywhere on the sheet; the refused stays with its reason, the others go on", async () => {
    const { control, host } = await open("draft-2");
    control.drop({ kind: "over", x: 300, y: 300 });
    await expect.element(page.getByText("Slipp for å legge ved")).toBeVisible();
    control.drop({ kind: "dropped", paths: ["/a/Kart.png", "/a/Befaring.heic"], x: 300, y: 300 });
    await expect.element(page.getByText("Slipp for å legge ved")).not.toBeInTheDocument();
    await expect.element(page.getByRole("progressbar", { name: "Leser Kart.png" })).toBeVisible();
    await expect
      .element(page.getByText("Filtypen .heic kan ikke sendes. Lagre som PDF eller legg filen i en zip-fil."))
      .toBeVisible();
    control.settle();
    await expect.element(page.getByText(/Bilde, .* · Klar/)).toBeVisible();
    await button("Fjern Befaring.heic").click();
    await expect
      .poll(async () => (await host.draft("draft-2")).files.map((file) => file.name))
      .toEqual(["Kart.png"]);
    await expect.element(button("Fjern Kart.png"), { message: "focus stays among the rows" }).toHaveFocus();
  });

  it("with a name Altinn refuses get a proposal in place", async () => {
    const { control, host } = await open("draft-2");
    control.drop({ kind: "dropped", paths: ["/a/Notat: utkast?.pdf"], x: 1, y: 1 });
    await button("Bruk forslaget").click();
    await expect.poll(async () => (await host.draft("draft-2")).files[0]?.name).toBe("Notat- utkast-.pdf");
  });

  it("dropped on the mailbox start a new message", async () => {
    window.history.replaceState(null, "", "#folder/inbox");
    const { control } = await show(<Window />);
    control.drop({ kind: "over", x: 1, y: 1 });
    await expect.element(page.getByText("Slipp for å starte ny melding")).toBeVisible();
    control.drop({ kind: "dropped", paths: ["/a/Vedtak.pdf"], x: 1, y: 1 });
    await expect.element(page.getByRole("dialog", { name: "Ny melding" })).toBeVisible();
    await expect.element(page.getByText("Vedtak.pdf", { exact: true })).toBeVisible();
    expect(parseRoute(window.location.hash).place).toBe("compose");
  });
});

describe("errors", () => {
  it("say nothing while writing, and everything when asked to send, with focus on the heading", async () => {
    await open("draft-2");
    await field("Tittel").click();
    await userEvent.tab();
    await expect.element(page.getByText("Skriv en tittel.")).not.toBeInTheDocument();
    await button("Se over").click();
    const heading = page.getByRole("heading", { name: /Rett disse 4 tingene/ });
    await expect.element(heading).toHaveFocus();
    await page.getByRole("link", { name: "Tittel: Skriv en tittel." }).click();
    await expect.element(field("Tittel"), { message: "a line leads to its field" }).toHaveFocus();
    await expect.element(field("Tittel")).toHaveAttribute("aria-invalid", "true");
  });

  it("go away on leaving the field that was mended", async () => {
    await open("draft-2");
    await button("Se over").click();
    await expect.element(page.getByRole("link", { name: /^Tittel/ })).toBeVisible();
    await field("Tittel").fill("Vedtak");
    await userEvent.tab();
    await expect.element(page.getByRole("link", { name: /^Tittel/ })).not.toBeInTheDocument();
    await expect.element(page.getByRole("heading", { name: /Rett disse 3 tingene/ })).toBeVisible();
  });

  it("ask for a due date when confirmation is required", async () => {
    await open("draft-0", { dueAt: null });
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await page.getByRole("link", { name: /^Frist/ }).click();
    await expect.element(field("Frist")).toHaveFocus();
    await field("Frist").fill("fredag");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    await expect.element(page.getByRole("heading", { name: "Se over meldingen" })).toHaveFocus();
  });

  it("tell the length when it is left too long", async () => {
    await open("draft-2");
    await field("Tittel").fill("a".repeat(267));
    await userEvent.tab();
    await expect.element(page.getByText("Tittel er 12 tegn for lang. Grensen er 255.")).toBeVisible();
    await expect.element(page.getByText("267 av 255 tegn")).toBeVisible();
  });

  it("keep a date that cannot be read from being sent as none", async () => {
    await open("draft-0", { needsConfirmation: false, dueAt: null });
    await page.getByRole("textbox", { name: /^Frist/ }).fill("en gang");
    await button("Se over").click();
    await expect.element(page.getByRole("link", { name: /^Frist: Fant ingen dato/ })).toBeVisible();
  });
});

describe("sending", () => {
  it("looks over first, then sends, and ends in the outbox", async () => {
    const { host, control } = await open("draft-0");
    await userEvent.keyboard("{Control>}{Enter}{/Control}");
    const heading = page.getByRole("heading", { name: "Se over meldingen" });
    await expect.element(heading).toHaveFocus();
    const sheet = page.getByRole("dialog");
    await expect.element(sheet.getByText("Gausdal kommune")).toBeVisible();
    await expect.element(sheet.getByText("961 381 096")).toBeVisible();
    await expect.element(sheet.getByText("Saksfremlegg med kart.docx")).toBeVisible();
    await expect.element(sheet.getByText(/fredag 4\. desember 2026/)).toBeVisible();
    expect(control.calls, "nothing leaves before it was looked over").not.toContain("sendDraft");
    await button("Send melding").click();
    await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
    await expect.element(page.getByText("2 meldinger ligger i utboksen og sendes nå.").first()).toBeVisible();
    await expect(host.draft("draft-0")).rejects.toMatchObject({ code: "notFound" });
  });

  it("offers to undo until it is published, and brings the letter back", async () => {
    const { control } = await open("draft-0", {
      publishAt: Date.UTC(2026, 10, 20, 12, 0),
      dueAt: Date.UTC(2026, 11, 4),
    });
    await button("Se over").click();
    await button("Send melding").click();
    await expect.element(page.getByText(/Publiseres kl. 13.00/).first()).toBeVisible();
    await button("Angre").click();
    await expect.element(page.getByRole("dialog", { name: "Ny melding" })).toBeVisible();
    expect(control.calls).toContain("editOutbox");
  });

  it("goes back to writing with the rule when the send is refused", async () => {
    const { host } = await open("draft-0");
    await button("Se over").click();
    await expect.element(button("Send melding")).toBeVisible();
    const send = vi.spyOn(host, "sendDraft");
    send.mockResolvedValueOnce({
      kind: "refused",
      problems: [{ field: "recipients", code: "recipientUnknown", params: { name: "961 381 096" } }],
    });
    await button("Send melding").click();
    await expect.element(page.getByRole("heading", { name: "Rett dette før du sender" })).toHaveFocus();
    await page.getByRole("link", { name: /961 381 096 finnes ikke i registeret/ }).click();
    await expect.element(field("Mottakere")).toHaveFocus();
  });

  it("asks for the number when there are more than ten recipients", async () => {
    const many = [
      "920717152",
      "985399077",
      "974761319",
      "945578564",
      "971526920",
      "974760673",
      "974761211",
      "970018131",
      "971032081",
      "974761076",
      "961381096",
    ];
    const { control } = await open("draft-0", { recipients: many });
    await button("Se over").click();
    await button("Send melding").click();
    const count = field("Skriv antallet mottakere (11) for å sende");
    await expect.element(count).toHaveFocus();
    expect(control.calls, "a wrong number sends nothing").not.toContain("sendDraft");
    await count.fill("11");
    await button("Send melding").click();
    await expect
      .element(page.getByText("11 meldinger ligger i utboksen og sendes nå.").first())
      .toBeVisible();
  });

  it("remarks that an enclosure is mentioned and missing", async () => {
    await open("draft-1", { resource: "innlandet-vedtak-og-svar", body: "Se vedlagt brev." });
    await button("Se over").click();
    await expect
      .element(page.getByText("Teksten nevner vedlegg, men meldingen har ingen fil."))
      .toBeVisible();
  });
});

describe("a set time", () => {
  it("is asked for by its button, must be ahead, and comes back with the draft", async () => {
    const { host } = await open("draft-0", { needsConfirmation: false, dueAt: null });
    await button("Planlegg").click();
    const time = field("Tidspunkt");
    await expect.element(time, { message: "the button leads to the field" }).toHaveFocus();
    await button("Se over").click();
    await expect
      .element(page.getByRole("link", { name: "Publiser: Skriv når meldingen skal publiseres." }))
      .toBeVisible();
    await time.fill("19.11.2026 kl. 12");
    await expect.element(page.getByRole("link", { name: /^Publiser: Tidspunktet er passert/ })).toBeVisible();
    await time.fill("i morgen");
    await expect.element(page.getByText(/lørdag 21\. november 2026 kl\. 08\.00/)).toBeVisible();
    await button("Se over").click();
    await expect.element(page.getByRole("heading", { name: "Se over meldingen" })).toHaveFocus();
    await expect
      .poll(async () => (await host.draft("draft-0")).text.publishAt)
      .toBe(Date.UTC(2026, 10, 21, 7, 0));
  });
});

describe("leaving", () => {
  it("minimises by Esc to a tab that opens the draft again", async () => {
    const { host } = await open("draft-2");
    await field("Tittel").fill("Halvferdig");
    await userEvent.keyboard("{Escape}");
    await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
    const tab = button("Halvferdig");
    await expect.element(tab).toBeVisible();
    await expect
      .poll(async () => (await host.draft("draft-2")).text.title, { message: "Esc loses nothing" })
      .toBe("Halvferdig");
    await tab.click();
    await expect.element(field("Tittel")).toHaveValue("Halvferdig");
  });

  it("leaves nothing behind when nothing was written", async () => {
    const { host } = await open("draft-2");
    await button("Lukk og behold utkast").first().click();
    await expect.element(page.getByRole("dialog")).not.toBeInTheDocument();
    await expect(host.draft("draft-2")).rejects.toMatchObject({ code: "notFound" });
  });

  it("discards with a way back", async () => {
    const { host } = await open("draft-0");
    await button("Flere handlinger").click();
    await button("Forkast utkast").click();
    await expect.element(page.getByText("Utkastet er forkastet.").first()).toBeVisible();
    await button("Angre").click();
    await expect.element(field("Tittel")).toHaveValue("Svar på søknad om skoleskyss 2027");
    expect((await host.draft("draft-0")).text.recipients.length).toBe(2);
  });
});

describe("for everyone", () => {
  it("axe finds nothing in writing, with errors, in preview and in review", async () => {
    const { control } = await open("draft-0");
    control.drop({ kind: "dropped", paths: ["/a/Kart.png", "/a/Befaring.heic"], x: 1, y: 1 });
    await expect.element(page.getByRole("progressbar")).toBeVisible();
    await expectAccessible();
    await button("Se over").click();
    await expect.element(page.getByRole("heading", { name: /Rett disse/ })).toHaveFocus();
    await expectAccessible();
    await page.getByRole("tab", { name: "Forhåndsvis" }).click();
    await expectAccessible();
    control.settle();
    await button("Fjern Befaring.heic").click();
    await button("Se over").click();
    await expect.element(button("Send melding")).toBeVisible();
    await expectAccessible();
  });

  it("fits 320 by 256 without sideways scrolling", async () => {
    await page.viewport(320, 256);
    try {
      await open("draft-0");
      const sheet = page.getByRole("dialog").element();
      expect(sheet.scrollWidth, "one column that scrolls as a page").toBeLessThanOrEqual(sheet.clientWidth);
      expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(320);
    } finally {
      await page.viewport(1440, 900);
    }
  });
});

describe("keyboard", () => {
  it("reaches the chips by one stop and the arrows, and removes by Delete", async () => {
    await open("draft-0");
    await field("Mottakere").click();
    await userEvent.keyboard("{ArrowLeft}");
    await expect.element(button("Fjern Gausdal kommune")).toHaveFocus();
    await userEvent.keyboard("{ArrowLeft}");
    await expect.element(button("Fjern Lillehammer kommune")).toHaveFocus();
    await userEvent.keyboard("{Delete}");
    await expect.element(page.getByRole("list", { name: "1 mottaker" })).toBeVisible();
    await expect.element(field("Mottakere")).toHaveFocus();
  });

  it("gives focus back to what opened the sheet", async () => {
    window.history.replaceState(null, "", "#folder/inbox");
    const opener = document.createElement("button");
    opener.textContent = "Åpner";
    document.body.append(opener);
    opener.focus();
    await open("draft-0");
    await userEvent.keyboard("{Escape}");
    await expect.element(page.getByRole("button", { name: "Åpner" })).toHaveFocus();
    opener.remove();
  });
});
