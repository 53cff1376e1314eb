import { Fragment, type ReactNode } from "react";
import type { Align, Block, Inline } from "../ipc/bindings.ts";
import "./document.css";

/** How a body is shown. */
export interface DocumentProps {
  blocks: readonly Block[];
  /** Language of the letter, for speech and hyphens. */
  language: string;
  /** Level of the heading above the body: its own begin one below. */
  under: number;
  /** A link was activated; nothing opens by itself. */
  onLink(href: string): void;
}

/** A letter's body as elements: no markup crosses from the outside. */
export function Document({ blocks, language, under, onLink }: DocumentProps) {
  const top = blocks.reduce(
    (least, block) => (block.kind === "heading" ? Math.min(least, block.level) : least),
    6,
  );
  const shift = under + 1 - top;
  return (
    <div className="document" lang={language}>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} shift={shift} onLink={onLink} />
      ))}
    </div>
  );
}

interface BlockProps {
  block: Block;
  shift: number;
  onLink(href: string): void;
}

function BlockView({ block, shift, onLink }: BlockProps) {
  const spans = (content: readonly Inline[]) => <Spans content={content} onLink={onLink} />;
  switch (block.kind) {
    case "heading":
      return <HeadingAt level={block.level + shift}>{spans(block.content)}</HeadingAt>;
    case "paragraph":
      return <p>{spans(block.content)}</p>;
    case "list": {
      const items = block.items.map((blocks, index) => (
        <li key={index}>
          <Blocks blocks={blocks} shift={shift} onLink={onLink} />
        </li>
      ));
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
    case "quote":
      return (
        <blockquote>
          <Blocks blocks={block.content} shift={shift} onLink={onLink} />
        </blockquote>
      );
    case "code":
      return (
        <pre>
          <code>{block.text}</code>
        </pre>
      );
    case "table":
      return <TableView block={block} onLink={onLink} />;
    case "rule":
      return <hr />;
  }
}

function Blocks({ blocks, shift, onLink }: { blocks: readonly Block[] } & Omit<BlockProps, "block">) {
  return (
    <>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} shift={shift} onLink={onLink} />
      ))}
    </>
  );
}

function HeadingAt({ level, children }: { level: number; children: ReactNode }) {
  switch (Math.max(2, level)) {
    case 2:
      return <h2>{children}</h2>;
    case 3:
      return <h3>{children}</h3>;
    case 4:
      return <h4>{children}</h4>;
    case 5:
      return <h5>{children}</h5>;
    default:
      return <h6>{children}</h6>;
  }
}

type TableBlock = Extract<Block, { kind: "table" }>;

function TableView({ block, onLink }: { block: TableBlock; onLink(href: string): void }) {
  const align = (column: number): Align => block.align[column] ?? "start";
  return (
    // A wide table scrolls by keyboard too, so it takes focus.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <div className="document-table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {block.head.map((cell, column) => (
              <th key={column} scope="col" data-align={align(column)}>
                <Spans content={cell} onLink={onLink} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {block.rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, column) => (
                <td key={column} data-align={align(column)}>
                  <Spans content={cell} onLink={onLink} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Spans({ content, onLink }: { content: readonly Inline[]; onLink(href: string): void }) {
  return (
    <>
      {content.map((inline, index) => (
        <Fragment key={index}>
          <Span inline={inline} onLink={onLink} />
        </Fragment>
      ))}
    </>
  );
}

/** Addresses a letter may lead to. */
export function isAllowedLink(href: string): boolean {
  return /^(https?:|mailto:|tel:)/i.test(href);
}

function Span({ inline, onLink }: { inline: Inline; onLink(href: string): void }) {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "strong":
      return (
        <strong>
          <Spans content={inline.content} onLink={onLink} />
        </strong>
      );
    case "emphasis":
      return (
        <em>
          <Spans content={inline.content} onLink={onLink} />
        </em>
      );
    case "strike":
      return (
        <s>
          <Spans content={inline.content} onLink={onLink} />
        </s>
      );
    case "code":
      return <code>{inline.text}</code>;
    case "break":
      return <br />;
    case "link": {
      const text = <Spans content={inline.content} onLink={onLink} />;
      if (!isAllowedLink(inline.href)) {
        return text;
      }
      return (
        <a
          className="ds-link"
          href={inline.href}
          rel="noreferrer"
          title={inline.href}
          onClick={(event) => {
            event.preventDefault();
            onLink(inline.href);
          }}
          onAuxClick={(event) => event.preventDefault()}
        >
          {text}
        </a>
      );
    }
  }
}
