import {
  FileExcelIcon,
  FileImageIcon,
  FilePdfIcon,
  FileTextIcon,
  FileWordIcon,
  FileIcon as PlainIcon,
} from "@navikt/aksel-icons";

/** Icon of a file by its type; its name is written beside it. */
export function FileIcon({ mediaType, name }: { mediaType: string; name: string }) {
  const end = name.split(".").pop()?.toLowerCase() ?? "";
  if (mediaType === "application/pdf" || end === "pdf") {
    return <FilePdfIcon aria-hidden fontSize="1.5rem" />;
  }
  if (mediaType.startsWith("image/")) {
    return <FileImageIcon aria-hidden fontSize="1.5rem" />;
  }
  if (["doc", "docx", "odt"].includes(end)) {
    return <FileWordIcon aria-hidden fontSize="1.5rem" />;
  }
  if (["xls", "xlsx", "ods", "csv"].includes(end)) {
    return <FileExcelIcon aria-hidden fontSize="1.5rem" />;
  }
  if (mediaType.startsWith("text/")) {
    return <FileTextIcon aria-hidden fontSize="1.5rem" />;
  }
  return <PlainIcon aria-hidden fontSize="1.5rem" />;
}

/** `PDF`, `Word`, …: what people call the type. */
export function fileTypeName(name: string): string {
  const end = name.includes(".") ? (name.split(".").pop()?.toLowerCase() ?? "") : "";
  const known: Record<string, string> = {
    docx: "Word",
    doc: "Word",
    xlsx: "Excel",
    xls: "Excel",
    pptx: "PowerPoint",
  };
  return known[end] ?? end.toUpperCase();
}
