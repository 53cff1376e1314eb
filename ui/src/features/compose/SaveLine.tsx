import { Alert, Button, Paragraph } from "@digdir/designsystemet-react";
import { CheckmarkCircleFillIcon, ExclamationmarkTriangleFillIcon } from "@navikt/aksel-icons";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { SaveState } from "./saver.ts";

/** Whether the draft is saved: a quiet text beside the heading. */
export function SaveLine(props: { state: SaveState }) {
  const t = useText();
  const format = useFormat();
  const { state } = props;
  switch (state.kind) {
    case "saved":
      return (
        <p className="compose-saved" data-state="saved">
          <CheckmarkCircleFillIcon aria-hidden />
          {t("compose.save.saved", { time: format.time(state.at) })}
        </p>
      );
    case "unsaved":
    case "saving":
      return (
        <p className="compose-saved" data-state="saving">
          {t("compose.save.saving")}
        </p>
      );
    case "failed":
    case "conflict":
      return (
        <p className="compose-saved" data-state="failed">
          <ExclamationmarkTriangleFillIcon aria-hidden />
          {t("compose.save.failed")}
        </p>
      );
  }
}

/** The question when the draft was changed elsewhere: which text counts. */
export function Conflict(props: { time: string; onMine(): void; onTheirs(): void }) {
  const t = useText();
  return (
    <Alert data-color="warning" role="alert" className="compose-conflict">
      <Paragraph>{t("compose.conflict.text", { time: props.time })}</Paragraph>
      <div className="compose-acts">
        <Button variant="secondary" data-size="sm" onClick={props.onMine}>
          {t("compose.conflict.mine")}
        </Button>
        <Button variant="secondary" data-size="sm" onClick={props.onTheirs}>
          {t("compose.conflict.theirs")}
        </Button>
      </div>
    </Alert>
  );
}
