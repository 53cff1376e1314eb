import { Button, Tag } from "@digdir/designsystemet-react";
import { ArrowLeftIcon, ClockIcon, PaperplaneIcon } from "@navikt/aksel-icons";
import { ariaKeys } from "../../app/keys.ts";
import { ErrorNotice } from "../../components/ErrorNotice.tsx";
import { type TextKey, useText } from "../../i18n/index.ts";
import type { Environment } from "../../ipc/bindings.ts";
import { Summary } from "./Summary.tsx";
import type { SheetState } from "./useSheet.ts";

const ENVIRONMENTS: Record<Environment, TextKey> = {
  practice: "compose.environment.practice",
  test: "compose.environment.test",
  production: "compose.environment.production",
  custom: "compose.environment.custom",
};

/** What stands in the way, the acts, and on whose behalf they are. */
export function Foot(props: { sheet: SheetState }) {
  const t = useText();
  const { sheet } = props;
  const { account } = sheet;
  return (
    <footer className="compose-foot">
      {sheet.step === "write" && sheet.isSummaryShown && (
        <Summary issues={sheet.issues} heading={sheet.summary} onGo={sheet.goTo} />
      )}
      {sheet.error && <ErrorNotice error={sheet.error} onAct={sheet.forgetError} />}
      <div className="compose-acts">
        {sheet.step === "write" ? <WriteActs sheet={sheet} /> : <ReviewActs sheet={sheet} />}
        {account && (
          <p className="compose-behalf">
            {t("compose.foot.behalf", { name: account.name })}
            <Tag data-color={account.environment === "production" ? "danger" : "warning"}>
              {t(ENVIRONMENTS[account.environment])}
            </Tag>
          </p>
        )}
      </div>
    </footer>
  );
}

function WriteActs(props: { sheet: SheetState }) {
  const t = useText();
  const { sheet } = props;
  return (
    <>
      <Button id="compose-send" aria-keyshortcuts={ariaKeys("review")} onClick={sheet.lookOver}>
        <PaperplaneIcon aria-hidden />
        {t("compose.action.review")}
      </Button>
      <Button
        variant="secondary"
        onClick={() => {
          sheet.dates.schedule(true);
          sheet.goTo("publish");
        }}
      >
        <ClockIcon aria-hidden />
        {t("compose.action.schedule")}
      </Button>
      <Button variant="tertiary" onClick={sheet.leaving.close}>
        {t("compose.action.keep")}
      </Button>
    </>
  );
}

function ReviewActs(props: { sheet: SheetState }) {
  const t = useText();
  const { sheet } = props;
  return (
    <>
      <Button
        id="compose-send"
        aria-keyshortcuts={ariaKeys("review")}
        loading={sheet.isSending}
        onClick={sheet.send}
      >
        <PaperplaneIcon aria-hidden />
        {t("compose.action.send")}
      </Button>
      <Button variant="secondary" onClick={sheet.back}>
        <ArrowLeftIcon aria-hidden />
        {t("compose.action.back")}
      </Button>
    </>
  );
}
