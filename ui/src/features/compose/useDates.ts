import { useMemo, useState } from "react";
import { useText } from "../../i18n/index.ts";
import type { DraftText, Field } from "../../ipc/bindings.ts";
import { useHost } from "../../ipc/queries.ts";
import type { Issue } from "./problems.ts";
import type { DraftSaver } from "./saver.ts";

/** The date fields: whether a time is set, and what is wrong that the saved draft cannot tell. */
export interface Dates {
  readonly isScheduled: boolean;
  /** Dates that cannot be read, and a publish time that is missing or past. */
  readonly issues: readonly Issue[];
  schedule(isScheduled: boolean): void;
  /** A field holds text that is no date, or no longer does. */
  mark(field: Field, isUnread: boolean): void;
}

/** Keeps what only the screen knows of the dates. */
export function useDates(saver: DraftSaver, text: DraftText): Dates {
  const t = useText();
  const host = useHost();
  const [isLater, setIsLater] = useState(false);
  const [unread, setUnread] = useState<ReadonlySet<Field>>(new Set());
  const isScheduled = isLater || text.publishAt !== null;

  const issues = useMemo((): readonly Issue[] => {
    const found: Issue[] = [...unread].map((field) => ({
      field,
      key: `${field}|unread`,
      text: t("compose.date.unknown"),
    }));
    if (isScheduled && text.publishAt === null && !unread.has("publish")) {
      found.push({ field: "publish", key: "publish|missing", text: t("compose.publish.missing") });
    }
    if (text.publishAt !== null && text.publishAt < host.now()) {
      found.push({ field: "publish", key: "publish|past", text: t("compose.publish.past") });
    }
    return found;
  }, [unread, isScheduled, text.publishAt, host, t]);

  const mark = (field: Field, isUnread: boolean): void =>
    setUnread((before) => {
      if (before.has(field) === isUnread) {
        return before;
      }
      return new Set(isUnread ? [...before, field] : [...before].filter((each) => each !== field));
    });

  return {
    isScheduled,
    issues,
    mark,
    schedule(isWanted) {
      setIsLater(isWanted);
      if (!isWanted) {
        mark("publish", false);
        saver.edit({ publishAt: null });
      }
    },
  };
}
