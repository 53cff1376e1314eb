import type { Block, Inline } from "../../ipc/bindings.ts";

function inline(text: string): Inline[] {
  const found: Inline[] = [];
  const pattern = /\*\*(.+?)\*\*|\*(.+?)\*|_(.+?)_|`(.+?)`|\[(.+?)\]\((.+?)\)/g;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > at) {
      found.push({ kind: "text", text: text.slice(at, match.index) });
    }
    const [whole, bold, star, under, code, label, href] = match;
    if (bold) {
      found.push({ kind: "strong", content: inline(bold) });
    } else if (star || under) {
      found.push({ kind: "emphasis", content: inline(star ?? under ?? "") });
    } else if (code) {
      found.push({ kind: "code", text: code });
    } else if (label && href) {
      found.push({ kind: "link", href, content: inline(label) });
    }
    at = match.index + whole.length;
  }
  if (at < text.length) {
    found.push({ kind: "text", text: text.slice(at) });
  }
  return found;
}

/** Enough markdown for a preview in tests: headings, lists, quotes, paragraphs, bold, italics, links. */
export function readMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  for (const part of source.split(/\n\s*\n/)) {
    const lines = part.split("\n").filter((line) => line.trim() !== "");
    const first = lines[0];
    if (first === undefined) {
      continue;
    }
    const heading = /^(#{1,6})\s+(.*)$/.exec(first);
    if (heading && lines.length === 1) {
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, content: inline(heading[2] ?? "") });
    } else if (lines.every((line) => /^\s*[-*]\s/.test(line))) {
      blocks.push({ kind: "list", start: null, items: lines.map((line) => item(line, /^\s*[-*]\s+/)) });
    } else if (lines.every((line) => /^\s*\d+[.)]\s/.test(line))) {
      blocks.push({
        kind: "list",
        start: Number.parseInt(first, 10),
        items: lines.map((line) => item(line, /^\s*\d+[.)]\s+/)),
      });
    } else if (lines.every((line) => line.startsWith(">"))) {
      blocks.push({
        kind: "quote",
        content: readMarkdown(lines.map((line) => line.replace(/^>\s?/, "")).join("\n")),
      });
    } else {
      blocks.push({ kind: "paragraph", content: inline(lines.join(" ")) });
    }
  }
  return blocks;
}

function item(line: string, marker: RegExp): Block[] {
  return [{ kind: "paragraph", content: inline(line.replace(marker, "")) }];
}
