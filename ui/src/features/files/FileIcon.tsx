import {
  FileExcelIcon,
  FileImageIcon,
  FilePdfIcon,
  FileTextIcon,
  FileWordIcon,
  FileXMarkIcon,
  FileIcon as PlainIcon,
} from "@navikt/aksel-icons";
import { fileKind } from "./words.ts";

/** The picture of a file's kind; never the only sign of it. */
export function FileIcon(props: { name: string; isRefused?: boolean }) {
  if (props.isRefused) {
    return <FileXMarkIcon aria-hidden />;
  }
  switch (fileKind(props.name)) {
    case "pdf":
      return <FilePdfIcon aria-hidden />;
    case "word":
      return <FileWordIcon aria-hidden />;
    case "sheet":
      return <FileExcelIcon aria-hidden />;
    case "image":
      return <FileImageIcon aria-hidden />;
    case "text":
      return <FileTextIcon aria-hidden />;
    default:
      return <PlainIcon aria-hidden />;
  }
}
