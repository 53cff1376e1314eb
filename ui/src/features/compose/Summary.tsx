import { ErrorSummary } from "@digdir/designsystemet-react";
import type { RefObject } from "react";
import { useText } from "../../i18n/index.ts";
import type { Field } from "../../ipc/bindings.ts";
import { FIELD_IDS, FIELD_LABELS, type Issue } from "./problems.ts";

/** All that stands in the way, directly above the buttons; each line leads to its field. */
export function Summary(props: {
  issues: readonly Issue[];
  heading: RefObject<HTMLHeadingElement | null>;
  onGo(field: Field): void;
}) {
  const t = useText();
  return (
    <ErrorSummary className="compose-summary" data-size="sm">
      <ErrorSummary.Heading ref={props.heading} tabIndex={-1} level={3}>
        {t("compose.summaryOfErrors.heading", { count: props.issues.length })}
      </ErrorSummary.Heading>
      <ErrorSummary.List>
        {props.issues.map((issue) => (
          <ErrorSummary.Item key={issue.key}>
            <ErrorSummary.Link
              href={`#${FIELD_IDS[issue.field]}`}
              onClick={(event) => {
                event.preventDefault();
                props.onGo(issue.field);
              }}
            >
              {t("compose.summaryOfErrors.line", { label: t(FIELD_LABELS[issue.field]), text: issue.text })}
            </ErrorSummary.Link>
          </ErrorSummary.Item>
        ))}
      </ErrorSummary.List>
    </ErrorSummary>
  );
}
