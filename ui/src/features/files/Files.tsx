import { Button } from "@digdir/designsystemet-react";
import { CloudUpIcon } from "@navikt/aksel-icons";
import { useEffect, useRef } from "react";
import { ariaKeys } from "../../app/keys.ts";
import { useFormat } from "../../i18n/format.ts";
import { type TextKey, useText } from "../../i18n/index.ts";
import type { DraftFile } from "../../ipc/bindings.ts";
import { FieldErrors } from "../compose/FieldErrors.tsx";
import { FileRow } from "./FileRow.tsx";
import "./files.css";

/** The part of a file's way that a live region has said: start, half, done, refused. */
type Said = "start" | "half" | "ready" | "refused";

const SAYINGS: Record<Said, TextKey> = {
  start: "files.say.start",
  half: "files.say.half",
  ready: "files.say.ready",
  refused: "files.say.refused",
};

function saying(file: DraftFile): Said {
  if (file.state.kind === "reading") {
    return file.state.done * 2 >= file.size && file.size > 0 ? "half" : "start";
  }
  return file.state.kind;
}

/** The files of a draft: the zone, which is also a button, and a row each. */
export function Files(props: {
  id: string;
  files: readonly DraftFile[];
  errors: readonly string[];
  isOver: boolean;
  onPick(): void;
  onRemove(file: DraftFile): void;
  onRename(file: DraftFile, name: string): void;
  onSay(text: string): void;
}) {
  const t = useText();
  const format = useFormat();
  const { files, onSay } = props;
  const said = useRef<Map<string, Said> | null>(null);
  const sum = files
    .filter((file) => file.state.kind !== "refused")
    .reduce((total, file) => total + file.size, 0);

  useEffect(() => {
    const before = said.current;
    said.current = new Map(files.map((file) => [file.id, saying(file)]));
    if (before === null) {
      return;
    }
    for (const file of files) {
      const now = saying(file);
      if (before.get(file.id) !== now) {
        onSay(t(SAYINGS[now], { name: file.name }));
      }
    }
  }, [files, onSay, t]);

  const remove = (file: DraftFile): void => {
    const index = files.findIndex((each) => each.id === file.id);
    const next = files[index + 1] ?? files[index - 1];
    props.onRemove(file);
    window.requestAnimationFrame(() => {
      const row =
        next && document.getElementById(`file-${next.id}`)?.querySelector<HTMLElement>("button:last-of-type");
      (row ?? document.getElementById(props.id))?.focus();
    });
  };

  return (
    <section className="draft-files" aria-labelledby="files-head">
      <h3 id="files-head">{t("files.heading.label")}</h3>
      <div className="files-zone" data-over={props.isOver || undefined}>
        <CloudUpIcon aria-hidden />
        <p>
          <span className="files-zone-title">{t("files.zone.title")}</span>
          <span className="files-zone-help" id={`${props.id}-help`}>
            {t("files.zone.help")}
          </span>
        </p>
        <Button
          id={props.id}
          variant="secondary"
          aria-describedby={`${props.id}-help ${props.id}-errors`}
          aria-keyshortcuts={ariaKeys("addFiles")}
          onClick={props.onPick}
        >
          {t("files.zone.pick")}
        </Button>
      </div>
      <FieldErrors id={`${props.id}-errors`} errors={props.errors} />
      {files.length > 0 && (
        <ul className="files-rows" aria-label={t("files.list.label", { count: files.length })}>
          {files.map((file) => (
            <FileRow key={file.id} file={file} onRemove={remove} onRename={props.onRename} />
          ))}
        </ul>
      )}
      {files.length > 1 && (
        <p className="compose-note">{t("files.list.sum", { count: files.length, size: format.size(sum) })}</p>
      )}
    </section>
  );
}
