import { Alert, Button, Heading, Paragraph } from "@digdir/designsystemet-react";
import { useState } from "react";
import { useFormat } from "../i18n/format.ts";
import { useText } from "../i18n/index.ts";
import type { UiError } from "../ipc/bindings.ts";
import { errorActions, errorHelp, errorTitle } from "../ipc/errors.ts";
import "./errorNotice.css";

/** What can be done about an error, by the place that shows it. */
export interface ErrorNoticeProps {
  error: UiError;
  /** Does the code's own action; without it no button is shown. */
  onAct?(): void;
  /** Heading level. */
  level?: 2 | 3 | 4;
  /** `danger` for what the user asked for, `warning` for the rest. */
  tone?: "danger" | "warning";
}

/** The one pattern of an error: what happened, what to do and what is safe, one main act, details to copy. */
export function ErrorNotice({ error, onAct, level = 3, tone = "danger" }: ErrorNoticeProps) {
  const text = useText();
  const format = useFormat();
  const [isCopied, setCopied] = useState(false);
  const action = errorActions[error.code];
  const details = [
    text("error.details.line", { code: error.code, time: format.full(error.at) }),
    ...(error.traceId ? [text("error.details.trace", { trace: error.traceId })] : []),
  ];
  const hasAction =
    action === "retry" || action === "openOutbox" || action === "confirm" || action === "syncNow";
  return (
    <Alert data-color={tone} role="alert" className="error-notice">
      <Heading level={level} data-size="2xs">
        {text(errorTitle(error.code), error.params)}
      </Heading>
      <Paragraph data-size="sm">{text(errorHelp(error.code), error.params)}</Paragraph>
      <div className="error-notice-acts">
        {onAct && hasAction ? (
          <Button data-size="sm" variant="secondary" onClick={onAct}>
            {text(`error.action.${action}`)}
          </Button>
        ) : null}
        <details>
          <summary>{text("error.details.title")}</summary>
          {details.map((line) => (
            <p key={line}>{line}</p>
          ))}
          <Button
            data-size="sm"
            variant="tertiary"
            onClick={() => {
              void navigator.clipboard.writeText(details.join("\n")).then(() => setCopied(true));
            }}
          >
            {text(isCopied ? "error.details.copied" : "error.details.copy")}
          </Button>
        </details>
      </div>
    </Alert>
  );
}
