//! Where the words that were searched for stand in what was found.

use super::parse::{Expr, Leaf};
use super::query::text_of;
use crate::view::Mark;
use mailbox_store::{Column, Word, words};
use std::collections::VecDeque;
use std::ops::Range;

/// Characters of a snippet.
const SNIPPET: usize = 240;
/// Characters shown before the first hit.
const LEAD: usize = 60;

/// The words of a search that can be marked: those that must or may be there, not those that must not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marker {
    needles: Vec<Needle>,
}

#[derive(Debug, Clone)]
struct Needle {
    column: Option<Column>,
    words: Vec<String>,
    is_prefix: bool,
}

impl Marker {
    pub(crate) fn of(expr: &Expr) -> Self {
        let mut marker = Self::default();
        marker.collect(expr);
        marker
    }

    fn of_column(&self, column: Column) -> impl Iterator<Item = &Needle> {
        self.needles
            .iter()
            .filter(move |needle| needle.column.is_none_or(|wanted| wanted == column))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    fn collect(&mut self, expr: &Expr) {
        match expr {
            Expr::All(parts) | Expr::Any(parts) => {
                for part in parts {
                    self.collect(part);
                }
            }
            Expr::Not(_) => {}
            Expr::Leaf(leaf) => self.collect_leaf(leaf),
        }
    }

    fn collect_leaf(&mut self, leaf: &Leaf) {
        if let Some((column, text, is_prefix)) = text_of(leaf) {
            let words: Vec<String> = words(&text).map(|(_, word)| word.into_owned()).collect();
            if !words.is_empty() {
                self.needles.push(Needle {
                    column,
                    words,
                    is_prefix,
                });
            }
        }
    }

    /// The hits in a title.
    pub(crate) fn title(&self, title: &str) -> Vec<Mark> {
        utf16(title, self.hits(title, Column::Title))
    }

    /// Whether a snippet has a hit.
    pub(crate) fn is_in(&self, snippet: &str) -> bool {
        self.hits(snippet, Column::Body).next().is_some()
    }

    /// Whether a title shows by itself all that a body is searched for.
    pub(crate) fn is_all_in(&self, title: &str) -> bool {
        self.of_column(Column::Body)
            .all(|needle| needle.column.is_none() && hits(vec![needle], title).next().is_some())
    }

    /// A snippet with its hits. The row's own, or what stands around a hit in `body`, where that is given and has one.
    pub(crate) fn snippet(&self, snippet: &str, body: Option<&str>) -> (String, Vec<Mark>) {
        let text = body
            .and_then(|body| Some(around(body, &self.hits(body, Column::Body).next()?)))
            .unwrap_or_else(|| snippet.to_owned());
        let marks = utf16(&text, self.hits(&text, Column::Body));
        (text, marks)
    }

    fn hits<'a>(
        &'a self,
        text: &'a str,
        column: Column,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let needles: Vec<&Needle> = self.of_column(column).collect();
        hits(needles, text)
    }
}

/// Hits in order, none overlapping another. The text is read as far as they are asked for.
fn hits<'a>(needles: Vec<&'a Needle>, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let longest = longest(&needles);
    let mut left = words(text);
    // As many words as the longest needle has.
    let mut ahead: VecDeque<Word<'_>> = VecDeque::new();
    let mut last = 0;
    std::iter::from_fn(move || {
        loop {
            while ahead.len() < longest
                && let Some(word) = left.next()
            {
                ahead.push_back(word);
            }
            let hit = end(&needles, &ahead);
            let (first, _) = ahead.pop_front()?;
            if let Some(hit) = hit
                && last <= first.start
            {
                last = hit;
                return Some(first.start..hit);
            }
        }
    })
}

/// Words of the longest needle.
fn longest(needles: &[&Needle]) -> usize {
    let lengths = needles.iter().map(|needle| needle.words.len());
    lengths.max().unwrap_or(0)
}

/// Where the longest of the needles ends that begin with the first of `words`.
fn end(needles: &[&Needle], words: &VecDeque<Word<'_>>) -> Option<usize> {
    needles.iter().filter_map(|needle| needle.end(words)).max()
}

impl Needle {
    /// Where the needle ends when it begins with the first of `words`.
    fn end(&self, words: &VecDeque<Word<'_>>) -> Option<usize> {
        let mut end = None;
        for (n, needle) in self.words.iter().enumerate() {
            let (range, word) = words.get(n)?;
            let is_last = n + 1 == self.words.len();
            let is_hit = if is_last && self.is_prefix {
                word.starts_with(needle.as_str())
            } else {
                word == needle
            };
            if !is_hit {
                return None;
            }
            end = Some(range.end);
        }
        end
    }
}

/// A piece of `text` around a hit, on one line, cut between words.
fn around(text: &str, hit: &Range<usize>) -> String {
    let before = text.get(..hit.start).unwrap_or_default();
    let lead = before
        .char_indices()
        .rev()
        .nth(LEAD)
        .map_or(0, |(at, _)| at);
    let start = if lead == 0 {
        0
    } else {
        before
            .get(lead..)
            .and_then(|tail| tail.find(char::is_whitespace))
            .map_or(hit.start, |space| lead + space)
    };
    let mut out = String::new();
    if start > 0 {
        out.push('…');
    }
    for word in text.get(start..).unwrap_or_default().split_whitespace() {
        if !out.is_empty() && out != "…" {
            out.push(' ');
        }
        out.push_str(word);
        if out.chars().count() > SNIPPET {
            return out.chars().take(SNIPPET).collect();
        }
    }
    out
}

/// Ranges of bytes as ranges of UTF-16 units, which is how the window counts.
fn utf16(text: &str, hits: impl Iterator<Item = Range<usize>>) -> Vec<Mark> {
    let mut marks = Vec::new();
    let (mut byte, mut unit) = (0, 0u32);
    let mut to = |until: usize| {
        let piece = text.get(byte..until).unwrap_or_default();
        let units = if piece.is_ascii() {
            piece.len()
        } else {
            piece.encode_utf16().count()
        };
        unit += u32::try_from(units).unwrap_or(0);
        byte = until;
        unit
    };
    for hit in hits {
        let start = to(hit.start);
        let end = to(hit.end);
        marks.push(Mark { start, end });
    }
    marks
}
