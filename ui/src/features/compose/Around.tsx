import { Button } from "@digdir/designsystemet-react";
import { XMarkIcon } from "@navikt/aksel-icons";
import { useEffect, useState } from "react";
import { navigate, useRoute } from "../../app/routes.ts";
import { useAnnounce } from "../../components/Announcer.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import { asUiError, errorTitle } from "../../ipc/errors.ts";
import { useHost } from "../../ipc/queries.ts";
import { Overlay } from "../files/Overlay.tsx";
import { useDrop } from "../files/useDrop.ts";
import { dismiss, notify, useNotice } from "./notices.ts";
import Tabs from "./Tabs.tsx";
import "./compose.css";

/**
 * What compose keeps in the mailbox: drafts put aside, the line about the last letter sent with its *Angre*, and files
 * dropped on the mailbox, which begin a new message for `account`.
 */
export default function Around(props: { account: string | null }) {
  const t = useText();
  const host = useHost();
  const route = useRoute();
  const { account } = props;
  const isComposing = route.place === "compose";
  const isOver = useDrop({
    isOn: !isComposing && account !== null,
    onDrop: (paths) => {
      if (account !== null) {
        host
          .newDraft(account)
          .then((draft) => host.addFiles(draft.id, paths))
          .then(
            (draft) => navigate({ place: "compose", draft: draft.id }),
            (cause: unknown) => notify((text) => text(errorTitle(asUiError(cause, host.now()).code))),
          );
      }
    },
  });
  return (
    <>
      {!isComposing && <Tabs />}
      {!isComposing && <NoticeLine />}
      {isOver && <Overlay text={t("files.drop.newMessage")} />}
    </>
  );
}

function NoticeLine() {
  const t = useText();
  const host = useHost();
  const announce = useAnnounce();
  const notice = useNotice();
  const format = useFormat();
  const words = notice?.words(t, format);
  const [isHeld, setIsHeld] = useState(false);
  useEffect(() => {
    if (notice && words !== undefined) {
      announce(words);
    }
  }, [notice, words, announce]);
  useEffect(() => {
    if (!notice || isHeld) {
      return;
    }
    const timer = window.setTimeout(() => dismiss(notice.id), notice.stays);
    return () => window.clearTimeout(timer);
  }, [notice, isHeld]);
  if (!notice) {
    return null;
  }
  const { act, id } = notice;
  return (
    <section
      className="compose-notice"
      aria-label={t("compose.notice.label")}
      // It does not go while someone is at it.
      onFocus={() => setIsHeld(true)}
      onBlur={() => setIsHeld(false)}
      onMouseEnter={() => setIsHeld(true)}
      onMouseLeave={() => setIsHeld(false)}
    >
      <p>{words}</p>
      {act && (
        <Button
          variant="secondary"
          data-size="sm"
          onClick={() => {
            dismiss(id);
            setIsHeld(false);
            act
              .run()
              .catch((cause: unknown) =>
                notify((text) => text(errorTitle(asUiError(cause, host.now()).code))),
              );
          }}
        >
          {t(act.label)}
        </Button>
      )}
      <Button
        icon
        variant="tertiary"
        data-size="sm"
        data-color="neutral"
        aria-label={t("compose.notice.hide")}
        onClick={() => {
          setIsHeld(false);
          dismiss(id);
        }}
      >
        <XMarkIcon aria-hidden />
      </Button>
    </section>
  );
}
