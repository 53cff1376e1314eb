import { Input } from "@digdir/designsystemet-react";
import { useText } from "../../i18n/index.ts";
import { useHost, useStatus } from "../../ipc/queries.ts";
import { Files } from "../files/Files.tsx";
import { BodyField, type BodyHandle } from "./BodyField.tsx";
import { FormField } from "./FormField.tsx";
import { Options } from "./Options.tsx";
import { Recipients } from "./Recipients.tsx";
import { ServiceFields } from "./ServiceFields.tsx";
import type { SheetState } from "./useSheet.ts";

/** The counter of a line shows from this many units. */
const COUNTER_FROM = 200;
const LONGEST_LINE = 255;

/** Where the letter is written: the letter at left, files and choices at right. */
export function Write(props: { sheet: SheetState; body: { current: BodyHandle | null } }) {
  const t = useText();
  const host = useHost();
  const isOffline = useStatus().data?.connection.kind === "offline";
  const { sheet } = props;
  const { draft, text, errors, edit, leave } = sheet;
  const counter = (length: number): string | null =>
    length >= COUNTER_FROM ? t("compose.field.counter", { count: length, limit: LONGEST_LINE }) : null;
  return (
    <>
      <div className="compose-letter-side">
        <ServiceFields
          services={sheet.services}
          resource={text.resource}
          account={sheet.account}
          errors={errors("resource", "confidential")}
          onChange={(chosen) =>
            edit({ resource: chosen?.resource ?? null, isConfidential: chosen?.isConfidential ?? false })
          }
          onLeave={() => leave("resource")}
        />
        <Recipients
          id="compose-recipients"
          texts={text.recipients}
          known={sheet.known}
          isOffline={isOffline}
          errors={errors("recipients")}
          onChange={(texts) => {
            edit({ recipients: texts });
            // Looking up starts with the save, so it is not left to the pause.
            void sheet.saver.flush();
          }}
          onSay={sheet.say}
          onLeave={() => leave("recipients")}
        />
        <FormField
          id="compose-title"
          label={t("compose.title.label")}
          note={counter(text.title.length)}
          errors={errors("title")}
        >
          {(described) => (
            <Input
              {...described}
              value={text.title}
              lang={text.language}
              onChange={(event) => edit({ title: event.target.value })}
              onBlur={() => leave("title")}
            />
          )}
        </FormField>
        <FormField
          id="compose-summary"
          label={t("compose.summary.label")}
          isOptional
          help={t("compose.summary.help")}
          note={counter(text.summary.length)}
          errors={errors("summary")}
        >
          {(described) => (
            <Input
              {...described}
              value={text.summary}
              lang={text.language}
              onChange={(event) => edit({ summary: event.target.value })}
              onBlur={() => leave("summary")}
            />
          )}
        </FormField>
        <BodyField
          id="compose-body"
          value={text.body}
          language={text.language}
          errors={errors("body", "language")}
          handle={props.body}
          onChange={(value) => edit({ body: value })}
          onLanguage={(language) => edit({ language })}
          onLeave={() => leave("body")}
        />
      </div>
      <div className="compose-choice-side">
        <Files
          id="compose-files"
          files={draft.files}
          errors={errors("files")}
          isOver={sheet.isOver}
          onPick={sheet.pickFiles}
          onRemove={(file) => sheet.withFiles(host.removeFile(draft.id, file.id))}
          onRename={(file, name) => sheet.withFiles(host.renameFile(draft.id, file.id, name))}
          onSay={sheet.say}
        />
        <Options
          text={text}
          errors={errors}
          isScheduled={sheet.dates.isScheduled}
          isMoreOpen={sheet.isMoreOpen}
          now={host.now}
          onChange={edit}
          onSchedule={sheet.dates.schedule}
          onMore={sheet.setMoreOpen}
          onUnread={sheet.dates.mark}
          onLeave={leave}
        />
      </div>
    </>
  );
}
