import { Checkbox, Input, Radio, Select } from "@digdir/designsystemet-react";
import { type TextKey, useText } from "../../i18n/index.ts";
import type { AlertChannel, DraftText, Field } from "../../ipc/bindings.ts";
import { DateField } from "./DateField.tsx";
import { START_OF_WORK } from "./date.ts";
import { FormField } from "./FormField.tsx";

/** Channels in the order of the list. */
export const CHANNELS: Record<AlertChannel, TextKey> = {
  emailPreferred: "compose.channel.emailPreferred",
  smsPreferred: "compose.channel.smsPreferred",
  email: "compose.channel.email",
  sms: "compose.channel.sms",
  emailAndSms: "compose.channel.emailAndSms",
};

const channels: readonly AlertChannel[] = ["emailPreferred", "smsPreferred", "email", "sms", "emailAndSms"];

/** Confirmation, due date, publish time, alert, and what is folded away. */
export function Options(props: {
  text: DraftText;
  errors(...fields: Field[]): readonly string[];
  isScheduled: boolean;
  isMoreOpen: boolean;
  now: () => number;
  onChange(change: Partial<DraftText>): void;
  onSchedule(isScheduled: boolean): void;
  onMore(isOpen: boolean): void;
  /** A date field holds text that is no date. */
  onUnread(field: Field, isUnread: boolean): void;
  onLeave(field: Field): void;
}) {
  const t = useText();
  const { text, errors, onChange } = props;
  return (
    <section className="compose-options" aria-labelledby="compose-options-head">
      <h3 id="compose-options-head">{t("compose.options.label")}</h3>
      <Checkbox
        id="compose-confirmation"
        label={t("compose.confirmation.label")}
        checked={text.needsConfirmation}
        onChange={(event) => onChange({ needsConfirmation: event.target.checked })}
      />
      <DateField
        id="compose-due"
        label={t("compose.due.label")}
        isOptional={!text.needsConfirmation}
        help={t(text.needsConfirmation ? "compose.due.helpRequired" : "compose.due.help")}
        value={text.dueAt}
        hasQuick
        errors={errors("due")}
        now={props.now}
        onChange={(dueAt, isUnread) => {
          props.onUnread("due", isUnread);
          onChange({ dueAt });
        }}
        onLeave={() => props.onLeave("due")}
      />
      <fieldset className="compose-publish">
        <legend className="ds-label">{t("compose.publish.label")}</legend>
        <Radio
          name="compose-publish-when"
          value="now"
          label={t("compose.publish.now")}
          checked={!props.isScheduled}
          onChange={() => props.onSchedule(false)}
        />
        <Radio
          name="compose-publish-when"
          value="later"
          label={t("compose.publish.later")}
          checked={props.isScheduled}
          onChange={() => props.onSchedule(true)}
        />
      </fieldset>
      {props.isScheduled && (
        <DateField
          id="compose-publish"
          label={t("compose.publish.time")}
          help={t("compose.publish.help")}
          value={text.publishAt}
          withoutTime={START_OF_WORK}
          errors={errors("publish")}
          now={props.now}
          onChange={(publishAt, isUnread) => {
            props.onUnread("publish", isUnread);
            onChange({ publishAt });
          }}
          onLeave={() => props.onLeave("publish")}
        />
      )}
      <Checkbox
        id="compose-alert"
        label={t("compose.alert.label")}
        description={t("compose.alert.help")}
        checked={text.alert !== null}
        onChange={(event) =>
          onChange({ alert: event.target.checked ? { channel: "emailPreferred", sendReminder: true } : null })
        }
      />
      {text.alert && (
        <div className="compose-indent">
          <FormField id="compose-channel" label={t("compose.channel.label")} errors={errors("alert")}>
            {(described) => (
              <Select
                {...described}
                value={text.alert?.channel}
                onChange={(event) => {
                  const channel = channels.find((each) => each === event.target.value);
                  if (channel && text.alert) {
                    onChange({ alert: { ...text.alert, channel } });
                  }
                }}
                onBlur={() => props.onLeave("alert")}
              >
                {channels.map((channel) => (
                  <Select.Option key={channel} value={channel}>
                    {t(CHANNELS[channel])}
                  </Select.Option>
                ))}
              </Select>
            )}
          </FormField>
          <Checkbox
            label={t("compose.reminder.label")}
            checked={text.alert.sendReminder}
            onChange={(event) => {
              if (text.alert) {
                onChange({ alert: { ...text.alert, sendReminder: event.target.checked } });
              }
            }}
          />
        </div>
      )}
      <details
        className="compose-more"
        open={props.isMoreOpen}
        onToggle={(event) => props.onMore(event.currentTarget.open)}
      >
        <summary>{t("compose.more.label")}</summary>
        <FormField
          id="compose-sender"
          label={t("compose.sender.label")}
          isOptional
          help={t("compose.sender.help")}
          errors={errors("messageSender")}
        >
          {(described) => (
            <Input
              {...described}
              value={text.messageSender}
              onChange={(event) => onChange({ messageSender: event.target.value })}
              onBlur={() => props.onLeave("messageSender")}
            />
          )}
        </FormField>
        <FormField
          id="compose-reference"
          label={t("compose.reference.label")}
          isOptional
          help={t("compose.reference.help")}
          errors={errors("reference")}
        >
          {(described) => (
            <Input
              {...described}
              value={text.reference}
              onChange={(event) => onChange({ reference: event.target.value })}
              onBlur={() => props.onLeave("reference")}
            />
          )}
        </FormField>
        <Checkbox
          id="compose-reservation"
          label={t("compose.reservation.label")}
          description={t("compose.reservation.help")}
          checked={text.ignoreReservation}
          onChange={(event) => onChange({ ignoreReservation: event.target.checked })}
        />
        {errors("reservation").map((line) => (
          <p key={line} className="compose-note">
            {line}
          </p>
        ))}
      </details>
    </section>
  );
}
