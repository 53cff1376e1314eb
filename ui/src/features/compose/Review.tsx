import { Alert, Input, Paragraph, Tag } from "@digdir/designsystemet-react";
import { useState } from "react";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Account, Draft, DraftText, Recipient, Service } from "../../ipc/bindings.ts";
import { useSettings } from "../../ipc/queries.ts";
import { FileIcon } from "../files/FileIcon.tsx";
import { fileKind, KIND_WORDS } from "../files/words.ts";
import { Preview } from "./BodyField.tsx";
import { FormField } from "./FormField.tsx";
import { CHANNELS } from "./Options.tsx";
import { mentionsEnclosure } from "./problems.ts";
import { chipName, RECIPIENT_TONE, RECIPIENT_WORDS } from "./Recipients.tsx";

/** More recipients than this, and their number must be typed. */
export const MANY = 10;

/** Everything about the letter, to read before it goes. */
export function Review(props: {
  draft: Draft;
  text: DraftText;
  recipients: readonly Recipient[];
  service: Service | undefined;
  account: Account | null;
  typedCount: string;
  countError: string | null;
  onCount(typed: string): void;
}) {
  const t = useText();
  const format = useFormat();
  const settings = useSettings();
  const [isAll, setIsAll] = useState(false);
  const { draft, text, recipients, service, account } = props;
  // Letters of the practice account, and of addresses given by hand, go at once.
  const hasUndo = account?.environment === "production" || account?.environment === "test";
  const minutes = hasUndo ? (settings.data?.undoMinutes ?? 0) : 0;
  const notes = [
    mentionsEnclosure(`${text.title} ${text.body}`) && draft.files.length === 0
      ? t("compose.review.noFile")
      : "",
    draft.files.some((file) => /\.html?$/i.test(file.name)) ? t("compose.review.html") : "",
    recipients.some((each) => each.state === "deleted") ? t("compose.review.deleted") : "",
    recipients.some((each) => each.state === "checking") ? t("compose.review.checking") : "",
  ].filter((note) => note !== "");
  const shown = isAll ? recipients : recipients.slice(0, 12);
  return (
    <div className="compose-review">
      {notes.length > 0 && (
        <Alert data-color="warning">
          {notes.map((note) => (
            <Paragraph key={note}>{note}</Paragraph>
          ))}
        </Alert>
      )}
      <dl>
        <dt>{t("compose.review.to", { count: recipients.length })}</dt>
        <dd>
          <ul className="compose-review-list">
            {shown.map((recipient) => (
              <li key={recipient.key || recipient.text}>
                <strong>{chipName(recipient)}</strong>
                {recipient.party.number !== chipName(recipient) && <span>{recipient.party.number}</span>}
                {recipient.place && <span>{recipient.place}</span>}
                {RECIPIENT_TONE[recipient.state] !== "good" && (
                  <Tag data-color="warning">{t(RECIPIENT_WORDS[recipient.state])}</Tag>
                )}
              </li>
            ))}
          </ul>
          {!isAll && recipients.length > shown.length && (
            <button type="button" className="ds-link compose-link" onClick={() => setIsAll(true)}>
              {t("compose.review.allRecipients", { count: recipients.length })}
            </button>
          )}
        </dd>
        <dt>{t("compose.from.label")}</dt>
        <dd>
          {account &&
            t("compose.from.party", {
              name: account.name,
              number: format.organisation(account.organisationNumber),
            })}
          {text.messageSender && <p>{t("compose.review.shownAs", { name: text.messageSender })}</p>}
        </dd>
        <dt>{t("compose.service.label")}</dt>
        <dd>
          {service ? format.local(service.title) : text.resource}{" "}
          {service?.isConfidential && <Tag data-color="warning">{t("compose.review.confidential")}</Tag>}
        </dd>
        <dt>{t("compose.review.published")}</dt>
        <dd>
          {text.publishAt !== null
            ? t("compose.date.withTime", {
                date: format.weekday(text.publishAt),
                time: format.time(text.publishAt),
              })
            : minutes > 0
              ? t("compose.review.inMinutes", { count: minutes })
              : t("compose.review.atOnce")}
        </dd>
        <dt>{t("compose.due.label")}</dt>
        <dd>
          {text.dueAt === null
            ? t("compose.review.noDue")
            : t("compose.date.withTime", { date: format.weekday(text.dueAt), time: format.time(text.dueAt) })}
          {text.needsConfirmation && <p>{t("compose.review.confirmation")}</p>}
        </dd>
        <dt>{t("compose.alert.heading")}</dt>
        <dd>
          {text.alert === null
            ? t("compose.review.noAlert")
            : t(text.alert.sendReminder ? "compose.review.alertReminder" : "compose.review.alert", {
                channel: t(CHANNELS[text.alert.channel]),
              })}
        </dd>
        {text.ignoreReservation && (
          <>
            <dt>{t("compose.review.reservation")}</dt>
            <dd>{t("compose.reservation.help")}</dd>
          </>
        )}
        <dt>{t("files.heading.label")}</dt>
        <dd>
          {draft.files.length === 0 ? (
            t("compose.review.noFiles")
          ) : (
            <ul className="compose-review-list">
              {draft.files.map((file) => (
                <li key={file.id}>
                  <FileIcon name={file.name} />
                  <strong>{file.name}</strong>
                  <span>
                    {t("files.row.facts", {
                      kind: t(KIND_WORDS[fileKind(file.name)]),
                      size: format.size(file.size),
                    })}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </dl>
      <section className="compose-letter" aria-label={t("compose.review.letter")}>
        <h3 lang={text.language}>{text.title}</h3>
        {text.summary && (
          <p className="compose-letter-summary" lang={text.language}>
            {text.summary}
          </p>
        )}
        <Preview body={text.body} language={text.language} under={3} />
      </section>
      <p className="compose-note">{t("compose.review.cannotUndo")}</p>
      {recipients.length > MANY && (
        <FormField
          id="compose-count"
          label={t("compose.review.typeCount", { count: recipients.length })}
          errors={props.countError ? [props.countError] : []}
        >
          {(described) => (
            <Input
              {...described}
              inputMode="numeric"
              autoComplete="off"
              value={props.typedCount}
              onChange={(event) => props.onCount(event.target.value)}
            />
          )}
        </FormField>
      )}
    </div>
  );
}
