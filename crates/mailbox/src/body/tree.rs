//! From markdown or HTML to a small tree of known elements, bounded in depth and size.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::cell::RefCell;
use std::collections::HashMap;

/// Elements within elements; what lies deeper joins the deepest.
const DEPTH: usize = 48;
/// Elements in all; the text of later ones is kept.
const ELEMENTS: usize = 30_000;

/// A piece of a body.
#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Element(Element),
}

/// An element, by its name in HTML.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: String,
    /// `href`, `start`, `align` or `alt`, by element.
    pub(super) value: String,
    pub(super) children: Vec<Node>,
    /// Holds a block element somewhere below.
    pub(super) has_block: bool,
}

/// Elements whose content is not text of the letter.
const DROPPED: &[&str] = &[
    "script", "style", "title", "template", "svg", "math", "object", "iframe", "noembed",
    "noframes", "audio", "video", "canvas", "applet", "select", "datalist", "map",
];

const VOID: &[&str] = &[
    "br", "hr", "img", "input", "meta", "link", "base", "col", "area", "embed", "source", "track",
    "wbr", "param", "frame", "keygen", "bgsound", "basefont", "image", "command", "isindex",
];

/// Elements that begin a line of their own.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "aside"
            | "address"
            | "center"
            | "figure"
            | "figcaption"
            | "details"
            | "summary"
            | "fieldset"
            | "legend"
            | "form"
            | "dl"
            | "dt"
            | "dd"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "menu"
            | "dir"
            | "li"
            | "blockquote"
            | "pre"
            | "xmp"
            | "listing"
            | "table"
            | "caption"
            | "thead"
            | "tbody"
            | "tfoot"
            | "tr"
            | "td"
            | "th"
            | "hr"
            | "html"
            | "head"
            | "body"
    )
}

/// The tree of an HTML body.
pub(super) fn from_html(body: &str) -> Vec<Node> {
    let sink = Sink(RefCell::new(Builder::new(body)));
    tokenize(sink, body).finish()
}

/// The tree of a markdown body; tags within it are read as HTML.
pub(super) fn from_markdown(body: &str) -> Vec<Node> {
    let mut builder = Builder::new(body);
    let mut html: Option<String> = None;
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    for event in Parser::new_ext(body, options) {
        match (event, html.as_mut()) {
            (Event::Start(Tag::HtmlBlock), _) => html = Some(String::new()),
            (Event::End(TagEnd::HtmlBlock), Some(text)) => {
                let text = std::mem::take(text);
                html = None;
                builder = tokenize(Sink(RefCell::new(builder)), &text);
            }
            (Event::Html(text) | Event::Text(text), Some(html)) => html.push_str(&text),
            (Event::Html(text) | Event::InlineHtml(text), _) => {
                builder = tokenize(Sink(RefCell::new(builder)), &text);
            }
            (event, _) => builder.markdown(event),
        }
    }
    builder.finish()
}

fn tokenize(sink: Sink, html: &str) -> Builder {
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    // The sink never asks to be run as a script, so one call takes all.
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

struct Sink(RefCell<Builder>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut builder = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => builder.text(&text),
            Token::TagToken(tag) => match tag.kind {
                TagKind::EndTag => builder.close(&tag.name),
                TagKind::StartTag => {
                    let name: &str = &tag.name;
                    let value = |wanted: &str| {
                        tag.attrs
                            .iter()
                            .find(|attribute| &*attribute.name.local == wanted)
                            .map(|attribute| attribute.value.to_string())
                            .unwrap_or_default()
                    };
                    let value = match name {
                        "a" => value("href"),
                        "ol" => value("start"),
                        "img" => value("alt"),
                        "td" | "th" => match value("align") {
                            align if align.is_empty() => align_of(&value("style")).to_owned(),
                            align => align,
                        },
                        _ => String::new(),
                    };
                    builder.open(name, value);
                    return raw(name, builder.is_dropping());
                }
            },
            Token::NullCharacterToken
            | Token::CommentToken(_)
            | Token::DoctypeToken(_)
            | Token::EOFToken
            | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

/// How the tokenizer must read what follows a start tag.
fn raw(name: &str, is_dropping: bool) -> TokenSinkResult<()> {
    match name {
        "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        "xmp" => TokenSinkResult::RawData(RawKind::Rawtext),
        "title" if is_dropping => TokenSinkResult::RawData(RawKind::Rcdata),
        "style" | "iframe" | "noembed" | "noframes" if is_dropping => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "script" if is_dropping => TokenSinkResult::RawData(RawKind::ScriptData),
        _ => TokenSinkResult::Continue,
    }
}

fn align_of(style: &str) -> &'static str {
    let style = style.to_ascii_lowercase().replace(' ', "");
    match style.split("text-align:").nth(1) {
        Some(rest) if rest.starts_with("center") => "center",
        Some(rest) if rest.starts_with("right") || rest.starts_with("end") => "right",
        _ => "",
    }
}

struct Builder {
    /// Open elements, the root first.
    stack: Vec<Element>,
    elements: usize,
    /// The dropped element that is open, and how often it was opened within itself.
    dropping: Option<(String, usize)>,
    /// The source in lower case: an element that is never closed must not swallow the rest of the letter.
    source: String,
    /// Which of [`DROPPED`] are closed somewhere in it, as far as asked.
    closed: HashMap<&'static str, bool>,
    /// Of the markdown table that is open.
    aligns: Vec<Alignment>,
    column: usize,
    is_head: bool,
}

fn element(name: &str, value: String) -> Element {
    Element {
        name: name.to_owned(),
        value,
        children: Vec::new(),
        has_block: false,
    }
}

impl Builder {
    fn new(source: &str) -> Self {
        Self {
            stack: vec![element("", String::new())],
            elements: 0,
            dropping: None,
            source: source.to_ascii_lowercase(),
            closed: HashMap::new(),
            aligns: Vec::new(),
            column: 0,
            is_head: false,
        }
    }

    fn is_dropping(&self) -> bool {
        self.dropping.is_some()
    }

    /// Whether an element is left out with what is in it.
    fn is_dropped(&mut self, name: &str) -> bool {
        let Some(known) = DROPPED.iter().find(|known| **known == name) else {
            return false;
        };
        let source = &self.source;
        *self
            .closed
            .entry(known)
            .or_insert_with(|| source.contains(&format!("</{known}")))
    }

    fn text(&mut self, text: &str) {
        if self.dropping.is_some() {
            return;
        }
        let Some(top) = self.stack.last_mut() else {
            return;
        };
        if let Some(Node::Text(last)) = top.children.last_mut() {
            last.push_str(text);
        } else {
            top.children.push(Node::Text(text.to_owned()));
        }
    }

    fn open(&mut self, name: &str, value: String) {
        if let Some((dropped, times)) = &mut self.dropping {
            if dropped == name {
                *times += 1;
            }
            return;
        }
        if self.is_dropped(name) {
            self.dropping = Some((name.to_owned(), 1));
            return;
        }
        self.imply_end(name);
        if name == "img" {
            return self.text(&value);
        }
        if VOID.contains(&name) {
            if matches!(name, "br" | "hr") {
                self.add(element(name, value));
            }
            return;
        }
        self.elements += 1;
        if self.stack.len() < DEPTH && self.elements < ELEMENTS {
            self.stack.push(element(name, value));
        } else if is_block(name) {
            // Too deep for an element of its own, yet words must not run together.
            self.add(element("br", String::new()));
        }
    }

    fn close(&mut self, name: &str) {
        if let Some((dropped, times)) = &mut self.dropping {
            if dropped == name {
                *times -= 1;
                if *times == 0 {
                    self.dropping = None;
                }
            }
            return;
        }
        if name == "br" {
            return self.add(element("br", String::new()));
        }
        // An end tag reaches what it belongs to, but never out of its table cell.
        let position = self
            .stack
            .iter()
            .rposition(|open| open.name == name || (is_cell(&open.name) && !is_table(name)));
        match position {
            Some(position)
                if position > 0 && self.stack.get(position).is_some_and(|e| e.name == name) =>
            {
                self.pop_to(position);
            }
            _ => {}
        }
    }

    /// Ends what a start tag ends without saying so: a paragraph by a block, an item by the next.
    fn imply_end(&mut self, name: &str) {
        let (ends, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu", "dir", "table"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl", "table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table", "thead", "tbody", "tfoot"]),
            "thead" | "tbody" | "tfoot" => (&["thead", "tbody", "tfoot"], &["table"]),
            _ if is_block(name) => (
                &["p"],
                &["table", "td", "th", "li", "div", "blockquote", "section"],
            ),
            _ => return,
        };
        for position in (1..self.stack.len()).rev() {
            let Some(open) = self.stack.get(position) else {
                return;
            };
            if ends.contains(&open.name.as_str()) {
                return self.pop_to(position);
            }
            if within.contains(&open.name.as_str()) {
                return;
            }
        }
    }

    fn add(&mut self, element: Element) {
        let is_block = element.has_block || is_block(&element.name);
        if let Some(top) = self.stack.last_mut() {
            top.has_block |= is_block;
            top.children.push(Node::Element(element));
        }
    }

    /// Closes the element at `position` and all within it.
    fn pop_to(&mut self, position: usize) {
        while self.stack.len() > position.max(1) {
            if let Some(closed) = self.stack.pop() {
                self.add(closed);
            }
        }
    }

    fn finish(mut self) -> Vec<Node> {
        self.pop_to(1);
        self.stack
            .pop()
            .map(|root| root.children)
            .unwrap_or_default()
    }

    fn markdown(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => {
                self.open("code", String::new());
                self.text(&text);
                self.close("code");
            }
            Event::SoftBreak => self.text("\n"),
            Event::HardBreak => self.open("br", String::new()),
            Event::Rule => self.open("hr", String::new()),
            Event::Html(_)
            | Event::InlineHtml(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let none = String::new();
        match tag {
            Tag::Paragraph => self.open("p", none),
            Tag::Heading { level, .. } => self.open(heading(level), none),
            Tag::BlockQuote(_) => self.open("blockquote", none),
            Tag::CodeBlock(CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) => {
                self.open("pre", none);
            }
            Tag::List(None) => self.open("ul", none),
            Tag::List(Some(start)) => self.open("ol", start.to_string()),
            Tag::Item => self.open("li", none),
            Tag::Table(aligns) => {
                self.aligns = aligns;
                self.open("table", none);
            }
            Tag::TableHead => {
                self.column = 0;
                self.is_head = true;
                self.open("thead", String::new());
                self.open("tr", none);
            }
            Tag::TableRow => {
                self.column = 0;
                self.is_head = false;
                self.open("tr", none);
            }
            Tag::TableCell => {
                let align = match self.aligns.get(self.column) {
                    Some(Alignment::Center) => "center",
                    Some(Alignment::Right) => "right",
                    _ => "",
                };
                self.column += 1;
                self.open(if self.is_head { "th" } else { "td" }, align.to_owned());
            }
            Tag::Emphasis => self.open("em", none),
            Tag::Strong => self.open("strong", none),
            Tag::Strikethrough => self.open("del", none),
            Tag::Link { dest_url, .. } => self.open("a", dest_url.into_string()),
            // The alternative text of an image is its content.
            Tag::Image { .. } => self.open("span", none),
            Tag::HtmlBlock
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.close("p"),
            TagEnd::Heading(level) => self.close(heading(level)),
            TagEnd::BlockQuote(_) => self.close("blockquote"),
            TagEnd::CodeBlock => self.close("pre"),
            TagEnd::List(true) => self.close("ol"),
            TagEnd::List(false) => self.close("ul"),
            TagEnd::Item => self.close("li"),
            TagEnd::Table => self.close("table"),
            TagEnd::TableHead => self.close("thead"),
            TagEnd::TableRow => self.close("tr"),
            TagEnd::TableCell => self.close(if self.is_head { "th" } else { "td" }),
            TagEnd::Emphasis => self.close("em"),
            TagEnd::Strong => self.close("strong"),
            TagEnd::Strikethrough => self.close("del"),
            TagEnd::Link => self.close("a"),
            TagEnd::Image => self.close("span"),
            TagEnd::HtmlBlock
            | TagEnd::FootnoteDefinition
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }
}

fn is_cell(name: &str) -> bool {
    matches!(name, "td" | "th")
}

fn is_table(name: &str) -> bool {
    matches!(
        name,
        "table" | "tr" | "td" | "th" | "thead" | "tbody" | "tfoot"
    )
}

fn heading(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "h1",
        HeadingLevel::H2 => "h2",
        HeadingLevel::H3 => "h3",
        HeadingLevel::H4 => "h4",
        HeadingLevel::H5 => "h5",
        HeadingLevel::H6 => "h6",
    }
}
