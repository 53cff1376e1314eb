import { Button, Heading } from "@digdir/designsystemet-react";
import { DownloadIcon, FloppydiskIcon } from "@navikt/aksel-icons";
import { FileIcon, fileTypeName } from "../../components/FileIcon.tsx";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { Attachment, AttachmentState } from "../../ipc/bindings.ts";

export interface AttachmentsProps {
  attachments: readonly Attachment[];
  /** Whether files of a received letter are fetched, which its sender sees. */
  isSeenBySender: boolean;
  /** Where files were last saved, by attachment id; `all` for all of them. */
  saved: Readonly<Record<string, string>>;
  onFetch(attachment: Attachment): void;
  onSave(attachment: Attachment): void;
  onSaveAll(): void;
}

const GONE: readonly AttachmentState[] = ["rejected", "expired", "deleted"];

/** Files of a letter: name, type and size, state, and what can be done with each. */
export function Attachments({
  attachments,
  isSeenBySender,
  saved,
  onFetch,
  onSave,
  onSaveAll,
}: AttachmentsProps) {
  const text = useText();
  if (attachments.length === 0) {
    return null;
  }
  const isFirstFetch = isSeenBySender && attachments.some((file) => file.state === "notFetched");
  return (
    <section className="files" aria-labelledby="files-title">
      <div className="files-head">
        <Heading level={3} id="files-title" data-size="2xs">
          {text("message.files.title", { count: attachments.length })}
        </Heading>
        <Button variant="tertiary" onClick={onSaveAll}>
          <DownloadIcon aria-hidden fontSize="1.375rem" />
          {text("message.files.saveAll")}
        </Button>
      </div>
      {isFirstFetch ? <p className="files-note">{text("message.files.seen")}</p> : null}
      {saved.all ? (
        <p className="files-note" role="status">
          {text("message.files.saved", { path: saved.all })}
        </p>
      ) : null}
      <ul>
        {attachments.map((file, index) => (
          <FileLine
            key={file.id}
            file={file}
            isFirst={index === 0}
            path={saved[file.id]}
            onFetch={() => onFetch(file)}
            onSave={() => onSave(file)}
          />
        ))}
      </ul>
    </section>
  );
}

function FileLine({
  file,
  isFirst,
  path,
  onFetch,
  onSave,
}: {
  file: Attachment;
  isFirst: boolean;
  path: string | undefined;
  onFetch(): void;
  onSave(): void;
}) {
  const text = useText();
  const format = useFormat();
  const isGone = GONE.includes(file.state);
  const facts = [
    fileTypeName(file.name),
    file.size === null ? "" : format.size(file.size),
    text(`message.files.${file.state}`),
    file.expiresAt === null || isGone
      ? ""
      : text("message.files.expires", { date: format.date(file.expiresAt) }),
  ].filter((fact) => fact !== "");
  const canFetch = file.state === "notFetched" || file.state === "failed";
  return (
    <li className="file" data-state={file.state}>
      <span className="file-icon">
        <FileIcon mediaType={file.mediaType} name={file.name} />
      </span>
      <div className="file-text">
        <span className="file-name">{file.name}</span>
        <span className="file-facts">{facts.join(" · ")}</span>
        {file.state === "fetching" ? <progress aria-label={file.name} /> : null}
        {path ? (
          <span className="file-facts" role="status">
            {text("message.files.saved", { path })}
          </span>
        ) : null}
      </div>
      {canFetch ? (
        <Button
          variant="tertiary"
          onClick={onFetch}
          data-first-file={isFirst || undefined}
          aria-label={text("message.files.fetchNamed", { name: file.name })}
        >
          <DownloadIcon aria-hidden fontSize="1.375rem" />
          {text("message.files.fetch")}
        </Button>
      ) : null}
      {file.state === "here" ? (
        <Button
          variant="tertiary"
          onClick={onSave}
          data-first-file={isFirst || undefined}
          aria-label={text("message.files.saveNamed", { name: file.name })}
        >
          <FloppydiskIcon aria-hidden fontSize="1.375rem" />
          {text("message.files.save")}
        </Button>
      ) : null}
    </li>
  );
}
