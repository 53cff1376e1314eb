import { Button, Dialog, Dropdown } from "@digdir/designsystemet-react";
import { MenuElipsisHorizontalIcon, XMarkIcon } from "@navikt/aksel-icons";
import { type KeyboardEvent, useRef } from "react";
import { actOf, type KeyAct } from "../../app/keys.ts";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { useFocusBack } from "../../components/useFocusBack.ts";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Draft } from "../../ipc/bindings.ts";
import { asUiError } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { Overlay } from "../files/Overlay.tsx";
import type { BodyHandle } from "./BodyField.tsx";
import { Foot } from "./Foot.tsx";
import { minimise } from "./minimised.ts";
import { Review } from "./Review.tsx";
import { Conflict, SaveLine } from "./SaveLine.tsx";
import { type SheetState, useSheet } from "./useSheet.ts";
import { Write } from "./Write.tsx";

/** The sheet: write, look over, send. Esc puts it aside; the draft stays. */
export function Sheet(props: { draft: Draft; onClose(): void }) {
  const t = useText();
  useFocusBack();
  const sheet = useSheet(props);
  const body = useRef<BodyHandle | null>(null);
  const acts: Partial<Record<KeyAct, () => void>> = {
    review: sheet.step === "write" ? sheet.lookOver : sheet.send,
    saveDraft: () => void sheet.saver.flush().then((isSaved) => isSaved && sheet.say(t("compose.save.now"))),
    addFiles: sheet.pickFiles,
    preview: () => body.current?.turn(),
    bold: () => body.current?.use("bold"),
    italic: () => body.current?.use("italic"),
    link: () => body.current?.use("link"),
    bulletList: () => body.current?.use("bullets"),
    numberedList: () => body.current?.use("numbers"),
  };
  const press = (event: KeyboardEvent): void => {
    const line = actOf(event.nativeEvent, ["compose"], false);
    const act = line && acts[line.act];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  };

  return (
    <Dialog
      open
      closeButton={false}
      className="compose"
      aria-labelledby="compose-heading"
      onKeyDown={press}
      onClose={() => {
        minimise(sheet.draft.id, sheet.saver.snapshot().text.title);
        void sheet.saver.flush();
        props.onClose();
      }}
    >
      <Head sheet={sheet} />
      <div className="compose-main" data-step={sheet.step}>
        <SaveTrouble sheet={sheet} />
        {sheet.step === "write" ? (
          <Write sheet={sheet} body={body} />
        ) : (
          <Review
            draft={sheet.draft}
            text={sheet.text}
            recipients={sheet.recipients}
            service={sheet.service}
            account={sheet.account}
            typedCount={sheet.count.typed}
            countError={sheet.count.error}
            onCount={sheet.count.type}
          />
        )}
      </div>
      <Foot sheet={sheet} />
      <div role="status" className="visually-hidden">
        {sheet.spoken}
      </div>
      {sheet.isOver && <Overlay text={t("files.drop.attach")} />}
    </Dialog>
  );
}

function Head(props: { sheet: SheetState }) {
  const t = useText();
  const { sheet } = props;
  return (
    <header className="compose-head">
      <h2 id="compose-heading" ref={sheet.heading} tabIndex={-1}>
        {t(sheet.step === "write" ? "compose.sheet.label" : "compose.review.heading")}
      </h2>
      <SaveLine state={sheet.saving} />
      <div className="compose-head-acts">
        <Dropdown.TriggerContext>
          <Dropdown.Trigger icon variant="tertiary" data-color="neutral" aria-label={t("compose.menu.label")}>
            <MenuElipsisHorizontalIcon aria-hidden />
          </Dropdown.Trigger>
          <Dropdown>
            <Dropdown.List>
              <Dropdown.Item>
                <Dropdown.Button onClick={sheet.leaving.discard}>
                  {t("compose.action.discard")}
                </Dropdown.Button>
              </Dropdown.Item>
            </Dropdown.List>
          </Dropdown>
        </Dropdown.TriggerContext>
        <Button
          icon
          variant="tertiary"
          data-color="neutral"
          aria-label={t("compose.action.close")}
          title={t("compose.action.close")}
          onClick={sheet.leaving.close}
        >
          <XMarkIcon aria-hidden />
        </Button>
      </div>
    </header>
  );
}

/** A draft that is not saved: two texts to choose from, or why it failed. */
function SaveTrouble(props: { sheet: SheetState }) {
  const format = useFormat();
  const host = useHost();
  const { saver, saving } = props.sheet;
  switch (saving.kind) {
    case "conflict":
      return (
        <Conflict
          time={format.time(saving.theirs.savedAt)}
          onMine={() => void saver.keepMine()}
          onTheirs={() => saver.takeTheirs()}
        />
      );
    case "failed":
      return <ErrorNotice error={asUiError(saving.error, host.now())} onAct={() => void saver.flush()} />;
    default:
      return null;
  }
}
