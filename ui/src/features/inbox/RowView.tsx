import { PadlockLockedIcon, PaperclipIcon } from "@navikt/aksel-icons";
import { memo, type ReactNode } from "react";
import { Avatar } from "../../components/Avatar.tsx";
import { type Format, useFormat } from "../../i18n/format.ts";
import { type Translate, useText } from "../../i18n/index.ts";
import type { Density, Mark, Row, Tag } from "../../ipc/bindings.ts";

/** A text with its search hits marked; marks are ranges of UTF-16 units. */
export function Marked({ text, marks }: { text: string; marks: readonly Mark[] }) {
  if (marks.length === 0) {
    return text;
  }
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { start, end } of marks) {
    if (start >= at && end <= text.length) {
      parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
      at = end;
    }
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}

/** Words of a tag. */
export function tagText(tag: Tag, text: Translate, format: Format): string {
  return tag.kind === "due"
    ? text("list.tag.due", { date: format.short(tag.at) })
    : text(`list.tag.${tag.kind}`);
}

const TAG_COLOUR = {
  failed: "danger",
  overdue: "danger",
  needsConfirmation: "warning",
  due: "neutral",
  confidential: "company",
} as const;

export interface RowViewProps {
  row: Row;
  now: number;
  density: Density;
}

/** What a row says; its name is this very text, hidden words included. */
export const RowView = memo(function RowView({ row, now, density }: RowViewProps) {
  const text = useText();
  const format = useFormat();
  const counterpart = row.isSealed
    ? text("list.row.sealed")
    : row.counterpart || text("list.row.noRecipient");
  const title = row.isSealed ? text("list.row.sealedHint") : row.title || text("list.row.noTitle");
  const tag = row.tag ? (
    <span className="row-tag" data-color={TAG_COLOUR[row.tag.kind]}>
      {tagText(row.tag, text, format)}
    </span>
  ) : null;
  const clip =
    row.attachments > 0 ? (
      <span className="row-clip">
        <PaperclipIcon aria-hidden fontSize="1rem" />
        <span aria-hidden="true">{row.attachments}</span>
        <span className="visually-hidden">{text("list.row.files", { count: row.attachments })}</span>
      </span>
    ) : null;
  const isCompact = density === "compact";
  return (
    <>
      <span className="row-top">
        {row.isUnread ? <span className="visually-hidden">{text("list.row.unread")} </span> : null}
        {isCompact ? null : row.isSealed ? (
          <PadlockLockedIcon aria-hidden fontSize="1.375rem" className="row-padlock" />
        ) : (
          <Avatar name={row.counterpart} isPerson={row.isPerson} size="row" />
        )}
        <span className="row-sender">{counterpart}</span>
        <time className="row-time" dateTime={format.machine(row.at)} title={format.full(row.at)}>
          {format.row(row.at, now)}
        </time>
      </span>
      <span className="row-title-line">
        <span className="row-title">
          <Marked text={title} marks={row.isSealed ? [] : row.titleMarks} />
        </span>
        {isCompact ? tag : null}
        {isCompact ? clip : null}
      </span>
      {isCompact ? null : (
        <span className="row-foot">
          {tag}
          <span className="row-snippet">
            <Marked text={row.snippet} marks={row.snippetMarks} />
          </span>
          {clip}
        </span>
      )}
    </>
  );
});
