// What a row of a file says.

import type { Format } from "../../i18n/format.ts";
import type { TextKey, Translate } from "../../i18n/index.ts";
import type { FileProblem } from "../../ipc/bindings.ts";

/** Kinds of file that have an icon and a word of their own. */
export type FileKind = "pdf" | "word" | "sheet" | "slides" | "image" | "text" | "archive" | "other";

const KINDS: ReadonlyArray<readonly [RegExp, FileKind]> = [
  [/\.pdf$/i, "pdf"],
  [/\.(docx?|odt|rtf)$/i, "word"],
  [/\.(xlsx?|ods|csv)$/i, "sheet"],
  [/\.(pptx?|odp)$/i, "slides"],
  [/\.(png|jpe?g|gif|bmp|tiff?|webp|svg|heic)$/i, "image"],
  [/\.(txt|md|html?|xml|json)$/i, "text"],
  [/\.(zip|7z|gz|tar)$/i, "archive"],
];

/** The kind of a file, by its name. */
export function fileKind(name: string): FileKind {
  return KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}

/** Each kind in a word. */
export const KIND_WORDS: Record<FileKind, TextKey> = {
  pdf: "files.kind.pdf",
  word: "files.kind.word",
  sheet: "files.kind.sheet",
  slides: "files.kind.slides",
  image: "files.kind.image",
  text: "files.kind.text",
  archive: "files.kind.archive",
  other: "files.kind.other",
};

/** Why a file cannot be sent, and what to do. */
export function refusalText(problem: FileProblem, size: number, t: Translate, format: Format): string {
  switch (problem.kind) {
    case "empty":
      return t("files.refused.empty");
    case "tooLarge":
      return t("files.refused.tooLarge", { size: format.size(size), limit: format.size(problem.limit) });
    case "type":
      return problem.extension === ""
        ? t("files.refused.noType")
        : t("files.refused.type", {
            extension: problem.extension.startsWith(".") ? problem.extension : `.${problem.extension}`,
          });
    case "name":
      return t("files.refused.name", { suggestion: problem.suggestion });
    case "duplicate":
      return t("files.refused.duplicate", { suggestion: problem.suggestion });
    case "tooMany":
      return t("files.refused.tooMany", { limit: problem.limit });
    case "unreadable":
      return t("files.refused.unreadable");
    case "notAFile":
      return t("files.refused.notAFile");
    case "changed":
      return t("files.refused.changed");
  }
}

/** The name the row proposes, where a new name is the cure. */
export function proposedName(problem: FileProblem): string | null {
  return problem.kind === "name" || problem.kind === "duplicate" ? problem.suggestion : null;
}
