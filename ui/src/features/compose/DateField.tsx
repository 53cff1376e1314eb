import { Button, Input } from "@digdir/designsystemet-react";
import { useState } from "react";
import { useFormat } from "../../i18n/format.ts";
import { type TextKey, useText } from "../../i18n/index.ts";
import type { Clock, Holiday } from "./calendar.ts";
import { END_OF_DAY, readDate, remarks, writeDate } from "./date.ts";
import { FormField } from "./FormField.tsx";

const HOLIDAYS: Record<Holiday, TextKey> = {
  newYear: "compose.holiday.newYear",
  maundyThursday: "compose.holiday.maundyThursday",
  goodFriday: "compose.holiday.goodFriday",
  easterSunday: "compose.holiday.easterSunday",
  easterMonday: "compose.holiday.easterMonday",
  labourDay: "compose.holiday.labourDay",
  constitutionDay: "compose.holiday.constitutionDay",
  ascension: "compose.holiday.ascension",
  whitSunday: "compose.holiday.whitSunday",
  whitMonday: "compose.holiday.whitMonday",
  christmas: "compose.holiday.christmas",
  boxingDay: "compose.holiday.boxingDay",
};

const QUICK: ReadonlyArray<TextKey> = [
  "compose.date.inDays7",
  "compose.date.inDays14",
  "compose.date.inWeeks3",
];

/** A date as text, with the answer in words below. */
export function DateField(props: {
  id: string;
  label: string;
  isOptional?: boolean;
  /** The stored time. */
  value: number | null;
  /** The time of day that a day alone means. */
  withoutTime?: Clock;
  /** Buttons for the usual distances. */
  hasQuick?: boolean;
  /** What is wrong, from the rules. */
  errors: readonly string[];
  /** What the help says. */
  help: string;
  now: () => number;
  /** A time, or none; `isUnread` when there is text that is no date. */
  onChange(value: number | null, isUnread: boolean): void;
  onLeave(): void;
}) {
  const { id, value, withoutTime = END_OF_DAY, errors, onChange } = props;
  const t = useText();
  const format = useFormat();
  const [typed, setTyped] = useState(() => (value === null ? "" : writeDate(value, withoutTime)));
  const [isLeft, setIsLeft] = useState(false);
  // What this field itself last said; a value from elsewhere is written into the field.
  const [said, setSaid] = useState(value);
  if (value !== said) {
    setSaid(value);
    setTyped(value === null ? "" : writeDate(value, withoutTime));
  }

  const now = props.now();
  const answer = readDate(typed, now, withoutTime);
  const isUnread = answer.kind === "unknown";
  const type = (text: string) => {
    setTyped(text);
    setIsLeft(false);
    const meant = readDate(text, props.now(), withoutTime);
    const at = meant.kind === "day" ? meant.at : null;
    setSaid(at);
    onChange(at, meant.kind === "unknown");
  };

  const notes =
    answer.kind === "day"
      ? remarks(answer.day, answer.at, now).map((remark) =>
          remark.kind === "holiday"
            ? t("compose.date.holiday", { name: t(HOLIDAYS[remark.holiday]) })
            : t(remark.kind === "weekend" ? "compose.date.weekend" : "compose.date.past"),
        )
      : [];
  const words =
    answer.kind === "day"
      ? answer.hasTime || withoutTime !== END_OF_DAY
        ? t("compose.date.withTime", { date: format.weekday(answer.at), time: format.time(answer.at) })
        : format.weekday(answer.at)
      : "";
  const shownErrors = isUnread && isLeft ? [t("compose.date.unknown")] : errors;

  return (
    <div className="compose-date">
      <FormField
        id={id}
        label={props.label}
        isOptional={props.isOptional}
        help={props.help}
        note={[words, ...notes].filter((line) => line !== "").join(". ") || null}
        errors={shownErrors}
      >
        {(described) => (
          <Input
            {...described}
            value={typed}
            autoComplete="off"
            onChange={(event) => type(event.target.value)}
            onBlur={() => {
              setIsLeft(true);
              props.onLeave();
            }}
          />
        )}
      </FormField>
      {props.hasQuick && (
        <div className="compose-date-quick">
          {QUICK.map((key) => (
            <Button
              key={key}
              variant="secondary"
              data-size="sm"
              onClick={() => type(t(key).toLocaleLowerCase("nb"))}
            >
              {t(key)}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
