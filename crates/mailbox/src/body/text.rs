//! Bodies as plain text.

use crate::view::{Block, Inline};

/// Characters of a snippet; a row shows fewer.
const SNIPPET: usize = 240;

/// The text of blocks, one line each; nothing but words.
pub fn plain_text(blocks: &[Block]) -> String {
    let mut out = String::new();
    write_blocks(blocks, &mut out);
    out.truncate(out.trim_end().len());
    out
}

/// What a row shows of a letter below its title: the summary, or the beginning of the body without markup.
pub fn snippet(summary: &str, plain: &str) -> String {
    let text = if summary.trim().is_empty() {
        plain
    } else {
        summary
    };
    let mut out = String::new();
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.chars().count() > SNIPPET {
            return out.chars().take(SNIPPET).collect();
        }
    }
    out
}

fn write_blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Heading { content, .. } | Block::Paragraph { content } => {
                write_inlines(content, out);
                out.push('\n');
            }
            Block::List { items, .. } => items.iter().for_each(|item| write_blocks(item, out)),
            Block::Quote { content } => write_blocks(content, out),
            Block::Code { text } => {
                out.push_str(text);
                out.push('\n');
            }
            Block::Table { head, rows, .. } => {
                for row in std::iter::once(head).chain(rows) {
                    for cell in row {
                        write_inlines(cell, out);
                        out.push(' ');
                    }
                    if !row.is_empty() {
                        out.push('\n');
                    }
                }
            }
            Block::Rule => {}
        }
    }
}

fn write_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { text } | Inline::Code { text } => out.push_str(text),
            Inline::Strong { content }
            | Inline::Emphasis { content }
            | Inline::Strike { content }
            | Inline::Link { content, .. } => write_inlines(content, out),
            Inline::Break => out.push('\n'),
        }
    }
}
