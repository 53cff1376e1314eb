import { Button } from "@digdir/designsystemet-react";
import { ExclamationmarkTriangleFillIcon, XMarkIcon, XMarkOctagonFillIcon } from "@navikt/aksel-icons";
import { useFormat } from "../../i18n/format.ts";
import { useText } from "../../i18n/index.ts";
import type { DraftFile } from "../../ipc/bindings.ts";
import { FileIcon } from "./FileIcon.tsx";
import { fileKind, KIND_WORDS, proposedName, refusalText } from "./words.ts";

/** One file of a draft: what it is, how far it is read, or why it cannot go. */
export function FileRow(props: {
  file: DraftFile;
  onRemove(file: DraftFile): void;
  onRename(file: DraftFile, name: string): void;
}) {
  const t = useText();
  const format = useFormat();
  const { file } = props;
  const { state } = file;
  const isRefused = state.kind === "refused";
  const proposal = isRefused ? proposedName(state.problem) : null;
  const kind = t(KIND_WORDS[fileKind(file.name)]);
  const facts = file.size > 0 ? t("files.row.facts", { kind, size: format.size(file.size) }) : kind;
  const share = state.kind === "reading" && file.size > 0 ? Math.min(1, state.done / file.size) : 0;
  return (
    <li className="files-row" id={`file-${file.id}`} data-state={state.kind}>
      <FileIcon name={file.name} isRefused={isRefused} />
      <div className="files-row-text">
        <span className="files-row-name">{file.name}</span>
        {state.kind === "ready" && (
          <span className="files-row-facts">
            {facts} · {t("files.row.ready")}
          </span>
        )}
        {state.kind === "reading" && (
          <>
            <span className="files-row-facts">
              {facts} · {t("files.row.reading", { share: format.percent(share) })}
            </span>
            <progress
              max={file.size || 1}
              value={state.done}
              aria-label={t("files.row.progress", { name: file.name })}
            />
          </>
        )}
        {isRefused && (
          <span className="files-row-refusal">
            <XMarkOctagonFillIcon aria-hidden />
            {refusalText(state.problem, file.size, t, format)}
          </span>
        )}
        {file.isSameContent && !isRefused && (
          <span className="files-row-facts">
            <ExclamationmarkTriangleFillIcon aria-hidden /> {t("files.row.sameContent")}
          </span>
        )}
        {proposal !== null && (
          <Button variant="secondary" data-size="sm" onClick={() => props.onRename(file, proposal)}>
            {t(
              isRefused && state.problem.kind === "duplicate"
                ? "files.action.keepBoth"
                : "files.action.useProposal",
            )}
          </Button>
        )}
      </div>
      <Button
        icon
        variant="tertiary"
        aria-label={t(state.kind === "reading" ? "files.action.cancel" : "files.action.remove", {
          name: file.name,
        })}
        title={t(state.kind === "reading" ? "files.action.cancel" : "files.action.remove", {
          name: file.name,
        })}
        onClick={() => props.onRemove(file)}
      >
        <XMarkIcon aria-hidden />
      </Button>
    </li>
  );
}
