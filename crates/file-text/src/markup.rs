//! HTML and XML: what stands between the tags. Nothing is looked up, and only the entities that every document has are
//! resolved, so that a small document cannot become a large one.

use crate::Reason;
use crate::plain::Words;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use std::cell::{Cell, RefCell};
use std::io::BufRead;

/// Elements within a line: a word may go on across them.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "em", "font", "i", "mark", "s", "small",
    "span", "strong", "sub", "sup", "u", "wbr",
];

pub(crate) fn html(text: &str, words: &mut Words) {
    let sink = Sink {
        words: RefCell::new(std::mem::take(words)),
        is_hidden: Cell::new(false),
    };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(text));
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    *words = tokenizer.sink.words.take();
}

struct Sink {
    words: RefCell<Words>,
    /// Within script or style.
    is_hidden: Cell<bool>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut words = self.words.borrow_mut();
        match token {
            Token::CharacterTokens(text) if !self.is_hidden.get() => words.add_piece(&text),
            Token::TagToken(tag) => {
                let name = &*tag.name;
                if !INLINE.contains(&name) {
                    words.end();
                }
                let is_hidden = matches!(name, "script" | "style");
                self.is_hidden
                    .set(is_hidden && tag.kind == TagKind::StartTag);
                if self.is_hidden.get() {
                    return TokenSinkResult::RawData(RawKind::Rawtext);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// All text of a document, and of its attributes none.
pub(crate) fn xml(from: impl BufRead, words: &mut Words) -> Result<(), Reason> {
    walk(from, words, |_, _| true)
}

/// The text of the elements that `is_wanted` takes, by local name and the value of `t`. Text goes on within a paragraph
/// (`p`) of a document and ends with every other element that is not a run of one.
pub(crate) fn walk(
    from: impl BufRead,
    words: &mut Words,
    is_wanted: impl Fn(&str, Option<&str>) -> bool,
) -> Result<(), Reason> {
    let mut reader = Reader::from_reader(from);
    reader.config_mut().check_end_names = false;
    let mut buffer = Vec::new();
    // Only what kind the element is that the text stands in: depth costs nothing.
    let mut kind: Option<String> = None;
    let mut is_taken = is_wanted("", None);
    while !words.is_full() {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag)) => {
                let name = tag.local_name();
                if name.as_ref() == "c" {
                    kind = tag
                        .try_get_attribute("t")
                        .ok()
                        .flatten()
                        .map(|t| t.value.into_owned());
                }
                is_taken = is_wanted(name.as_ref(), kind.as_deref());
                if !matches!(name.as_ref(), "r" | "t" | "rPr") {
                    words.end();
                }
            }
            Ok(Event::Empty(tag)) => {
                if matches!(tag.local_name().as_ref(), "br" | "tab" | "cr") {
                    words.end();
                }
            }
            Ok(Event::End(tag)) => {
                is_taken = is_wanted("", None);
                if !matches!(tag.local_name().as_ref(), "r" | "t" | "rPr") {
                    words.end();
                }
            }
            Ok(Event::Text(text)) if is_taken => {
                words.add_piece(&text);
            }
            Ok(Event::CData(text)) if is_taken => {
                words.add_piece(&text);
            }
            Ok(Event::GeneralRef(name)) if is_taken => {
                if let Ok(Some(c)) = name.resolve_char_ref() {
                    words.add_piece(c.encode_utf8(&mut [0; 4]));
                } else if let Some(text) = resolve_predefined_entity(&name) {
                    words.add_piece(text);
                }
            }
            Ok(_) => {}
            Err(quick_xml::Error::Io(error))
                if error.kind() == std::io::ErrorKind::QuotaExceeded =>
            {
                return Err(Reason::TooLarge);
            }
            Err(_) => return Err(Reason::Broken),
        }
    }
    Ok(())
}
