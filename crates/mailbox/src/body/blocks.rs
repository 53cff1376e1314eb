//! From the tree of elements to what the window knows.

use super::link::{allowed, bare, hides};
use super::tree::{Element, Node, is_block};
use crate::view::{Align, Block, Inline};

/// Columns of a table; what lies beyond is joined to nothing and left out.
const COLUMNS: usize = 64;

/// The blocks of a run of nodes; running text between them becomes paragraphs.
pub(super) fn blocks(nodes: &[Node]) -> Vec<Block> {
    let mut out = Vec::new();
    let mut run: Vec<&Node> = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) if is_block(&element.name) => {
                flush(&mut run, &mut out);
                block(element, &mut out);
            }
            Node::Element(element) if element.has_block => {
                flush(&mut run, &mut out);
                out.extend(blocks(&element.children));
            }
            node => run.push(node),
        }
    }
    flush(&mut run, &mut out);
    out
}

fn flush(run: &mut Vec<&Node>, out: &mut Vec<Block>) {
    let content = Line::of(run.drain(..));
    if !content.is_empty() {
        out.push(Block::Paragraph { content });
    }
}

fn block(element: &Element, out: &mut Vec<Block>) {
    let children = &element.children;
    match element.name.as_str() {
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            let content = Line::of(children.iter());
            let level = element
                .name
                .as_bytes()
                .get(1)
                .map_or(1, |digit| digit.saturating_sub(b'0'));
            if !content.is_empty() {
                out.push(Block::Heading { level, content });
            }
        }
        "ul" | "ol" | "menu" | "dir" => list(element, out),
        "blockquote" | "dd" => {
            let content = blocks(children);
            if !content.is_empty() {
                out.push(Block::Quote { content });
            }
        }
        "pre" | "xmp" | "listing" => {
            let mut text = String::new();
            raw_text(children, &mut text);
            let text = text.strip_prefix('\n').unwrap_or(&text).trim_end();
            if !text.trim().is_empty() {
                out.push(Block::Code {
                    text: visible(text),
                });
            }
        }
        "table" => table(element, out),
        "hr" => out.push(Block::Rule),
        _ => out.extend(blocks(children)),
    }
}

fn list(element: &Element, out: &mut Vec<Block>) {
    let mut items = Vec::new();
    for node in &element.children {
        let item = match node {
            Node::Element(item) if item.name == "li" => blocks(&item.children),
            // A list within a list without an item around it, or stray text.
            node => blocks(std::slice::from_ref(node)),
        };
        if !item.is_empty() {
            items.push(item);
        }
    }
    if !items.is_empty() {
        let start =
            (element.name == "ol").then(|| element.value.trim().parse::<u32>().unwrap_or(1));
        out.push(Block::List { start, items });
    }
}

struct Cell<'a> {
    element: &'a Element,
    is_head: bool,
}

fn table(element: &Element, out: &mut Vec<Block>) {
    let mut rows: Vec<Vec<Cell<'_>>> = Vec::new();
    collect_rows(&element.children, &mut rows, out);
    rows.retain(|row| !row.is_empty());
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    // A table of one column is there for its looks.
    if columns <= 1 {
        for cell in rows.iter().flatten() {
            out.extend(blocks(&cell.element.children));
        }
        return;
    }
    let align = rows
        .first()
        .map(|row| row.iter().map(|cell| align(&cell.element.value)))
        .into_iter()
        .flatten()
        .chain(std::iter::repeat(Align::Start))
        .take(columns)
        .collect();
    let has_head = rows
        .first()
        .is_some_and(|row| row.iter().all(|cell| cell.is_head));
    let mut cells = rows.iter().map(|row| {
        let mut line: Vec<Vec<Inline>> = row
            .iter()
            .map(|cell| Line::of(cell.element.children.iter()))
            .collect();
        line.resize(columns, Vec::new());
        line
    });
    let head = if has_head {
        cells.next().unwrap_or_default()
    } else {
        Vec::new()
    };
    let rows: Vec<_> = cells.collect();
    if head
        .iter()
        .chain(rows.iter().flatten())
        .any(|cell| !cell.is_empty())
    {
        out.push(Block::Table { align, head, rows });
    }
}

/// The rows of a table; what stands between its cells (a caption, stray text) goes before it.
fn collect_rows<'a>(nodes: &'a [Node], rows: &mut Vec<Vec<Cell<'a>>>, out: &mut Vec<Block>) {
    for node in nodes {
        match node {
            Node::Element(element) => match element.name.as_str() {
                "thead" | "tbody" | "tfoot" => collect_rows(&element.children, rows, out),
                "tr" => {
                    rows.push(Vec::new());
                    for node in &element.children {
                        cell(node, rows, out);
                    }
                }
                _ => cell(node, rows, out),
            },
            Node::Text(_) => cell(node, rows, out),
        }
    }
}

fn cell<'a>(node: &'a Node, rows: &mut Vec<Vec<Cell<'a>>>, out: &mut Vec<Block>) {
    match node {
        Node::Element(element) if matches!(element.name.as_str(), "td" | "th") => {
            if rows.is_empty() {
                rows.push(Vec::new());
            }
            if let Some(row) = rows.last_mut()
                && row.len() < COLUMNS
            {
                row.push(Cell {
                    element,
                    is_head: element.name == "th",
                });
            }
        }
        node => out.extend(blocks(std::slice::from_ref(node))),
    }
}

fn align(value: &str) -> Align {
    match value.trim().to_ascii_lowercase().as_str() {
        "center" => Align::Center,
        "right" | "end" => Align::End,
        _ => Align::Start,
    }
}

fn raw_text(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) if element.name == "br" => out.push('\n'),
            Node::Element(element) => raw_text(&element.children, out),
        }
    }
}

/// Text without signs that turn or hide what stands around them; line ends and tabs stay.
fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\n' | '\t' | '\u{ad}' | '\u{200d}') || !hides(*c))
        .collect()
}

/// A line of running text in the making: spaces collapse across the borders of elements.
struct Line {
    /// The last thing written was a space, a break, or nothing.
    is_open: bool,
}

impl Line {
    fn of<'a>(nodes: impl Iterator<Item = &'a Node>) -> Vec<Inline> {
        let mut line = Self { is_open: true };
        let mut out = Vec::new();
        for node in nodes {
            line.node(node, false, &mut out);
        }
        trim_end(&mut out);
        out
    }

    fn node(&mut self, node: &Node, is_linked: bool, out: &mut Vec<Inline>) {
        match node {
            Node::Text(text) => {
                let text = self.collapsed(text);
                push_text(&text, is_linked, out);
            }
            Node::Element(element) => self.element(element, is_linked, out),
        }
    }

    fn element(&mut self, element: &Element, is_linked: bool, out: &mut Vec<Inline>) {
        let name = element.name.as_str();
        match name {
            "br" | "hr" => self.line_break(out),
            "code" | "kbd" | "samp" | "tt" => {
                let mut text = String::new();
                raw_text(&element.children, &mut text);
                let text = visible(&text.replace('\n', " "));
                if !text.is_empty() {
                    self.is_open = false;
                    out.push(Inline::Code { text });
                }
            }
            _ if is_block(name) => {
                // A block where only running text may stand: a line of its own.
                if !out.is_empty() {
                    self.line_break(out);
                }
                self.children(element, is_linked, out);
                if !out.is_empty() {
                    self.line_break(out);
                }
            }
            _ => {
                let href = (name == "a" && !is_linked)
                    .then(|| allowed(&element.value))
                    .flatten();
                let mut content = Vec::new();
                self.children(element, is_linked || href.is_some(), &mut content);
                if content.is_empty() {
                    return;
                }
                match (name, href) {
                    (_, Some(href)) => out.push(Inline::Link { href, content }),
                    ("strong" | "b", _) => out.push(Inline::Strong { content }),
                    ("em" | "i" | "cite" | "dfn" | "var", _) => {
                        out.push(Inline::Emphasis { content });
                    }
                    ("del" | "s" | "strike", _) => out.push(Inline::Strike { content }),
                    _ => content.into_iter().for_each(|inline| push(inline, out)),
                }
            }
        }
    }

    fn children(&mut self, element: &Element, is_linked: bool, out: &mut Vec<Inline>) {
        for node in &element.children {
            self.node(node, is_linked, out);
        }
    }

    /// Two breaks make an empty line; more than that, or one before any word, are only distance.
    fn line_break(&mut self, out: &mut Vec<Inline>) {
        trim_end_spaces(out);
        let is_enough = matches!(out.as_slice(), [] | [.., Inline::Break, Inline::Break]);
        if !is_enough {
            out.push(Inline::Break);
        }
        self.is_open = true;
    }

    fn collapsed(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            // The no-break space is a space that stays.
            if c.is_ascii_whitespace() {
                if !self.is_open {
                    out.push(' ');
                }
                self.is_open = true;
            } else if matches!(c, '\u{ad}' | '\u{200d}') || !hides(c) {
                out.push(c);
                self.is_open = false;
            }
        }
        out
    }
}

fn push(inline: Inline, out: &mut Vec<Inline>) {
    match (inline, out.last_mut()) {
        (Inline::Text { text }, Some(Inline::Text { text: last })) => last.push_str(&text),
        (inline, _) => out.push(inline),
    }
}

/// Adds text; bare web addresses in it become links.
fn push_text(text: &str, is_linked: bool, out: &mut Vec<Inline>) {
    let mut rest = text;
    while !is_linked && let Some((start, end)) = bare(rest) {
        let (before, address, after) = (
            rest.get(..start).unwrap_or_default(),
            rest.get(start..end).unwrap_or_default(),
            rest.get(end..).unwrap_or_default(),
        );
        push_plain(before, out);
        match allowed(address) {
            Some(href) => out.push(Inline::Link {
                href,
                content: vec![Inline::Text {
                    text: address.to_owned(),
                }],
            }),
            None => push_plain(address, out),
        }
        rest = after;
    }
    push_plain(rest, out);
}

fn push_plain(text: &str, out: &mut Vec<Inline>) {
    if !text.is_empty() {
        push(
            Inline::Text {
                text: text.to_owned(),
            },
            out,
        );
    }
}

/// Takes spaces and breaks off the end.
fn trim_end(out: &mut Vec<Inline>) {
    loop {
        trim_end_spaces(out);
        match out.last() {
            Some(Inline::Break) => {
                out.pop();
            }
            _ => return,
        }
    }
}

fn trim_end_spaces(out: &mut Vec<Inline>) {
    let is_empty = match out.last_mut() {
        Some(Inline::Text { text }) => {
            text.truncate(text.trim_end_matches(' ').len());
            text.is_empty()
        }
        Some(
            Inline::Strong { content }
            | Inline::Emphasis { content }
            | Inline::Strike { content }
            | Inline::Link { content, .. },
        ) => {
            trim_end(content);
            content.is_empty()
        }
        _ => false,
    };
    if is_empty {
        out.pop();
        trim_end_spaces(out);
    }
}
