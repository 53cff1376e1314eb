//! Questions in the language of the index.
//!
//! Two tables answer them, whose rows are letters: `search` knows whole words and where they stand, `beginning` the
//! first one, two and three letters of each word and no more than that they are there. A word that is that short and may
//! go on is asked of the second, where it is one look-up; in the first it would be the union of all that begins so.

use crate::fold::{BEGINNING, fold, words};
use crate::predicate::Column;

/// What the index is asked: a question to each table, of which those that are there must both hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Asked {
    pub(crate) words: Option<String>,
    pub(crate) beginnings: Option<String>,
}

impl Column {
    /// In the table of words.
    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Body => "body",
            Self::Sender => "sender",
            Self::Recipient => "recipient",
            Self::Reference => "reference",
            Self::File => "file",
        }
    }

    /// What stands before the beginnings of its words where they are kept by column: they would hardly limit those of
    /// bodies.
    pub(crate) fn mark(self) -> Option<&'static str> {
        match self {
            Self::Title => Some("t:"),
            Self::Body => None,
            Self::Sender => Some("s:"),
            Self::Recipient => Some("r:"),
            Self::Reference => Some("n:"),
            Self::File => Some("f:"),
        }
    }
}

impl Asked {
    /// Words next to each other and in this order. Cut into words here, so that nothing the user typed is read as an
    /// operator; none when the text has no word.
    pub(crate) fn phrase(column: Option<Column>, text: &str, is_prefix: bool) -> Option<Self> {
        let text = fold(text);
        let words: Vec<_> = words(&text).map(|(_, word)| word).collect();
        let mark = match column {
            None => Some(""),
            Some(column) => column.mark(),
        };
        match (words.as_slice(), mark) {
            ([], _) => None,
            ([word], Some(mark)) if is_prefix && word.chars().count() <= BEGINNING => Some(Self {
                words: None,
                beginnings: Some(format!("\"{mark}{word}\"")),
            }),
            _ => {
                let star = if is_prefix { " *" } else { "" };
                let phrase = format!("\"{}\"{star}", words.join(" "));
                Some(Self {
                    words: Some(match column {
                        Some(column) => format!("{} : {phrase}", column.name()),
                        None => phrase,
                    }),
                    beginnings: None,
                })
            }
        }
    }

    /// All must hold; none when there is nothing to ask.
    pub(crate) fn all(asked: Vec<Self>) -> Option<Self> {
        let (words, beginnings) = apart(asked);
        let all = Self {
            words: joined(words, "AND"),
            beginnings: joined(beginnings, "AND"),
        };
        (all != Self::default()).then_some(all)
    }

    /// One must hold; where both tables would have to be asked they are given back, since an index answers for itself.
    pub(crate) fn any(asked: Vec<Self>) -> Result<Option<Self>, Vec<Self>> {
        if asked.iter().any(|asked| asked.beginnings.is_some())
            && asked.iter().any(|asked| asked.words.is_some())
        {
            return Err(asked);
        }
        let (words, beginnings) = apart(asked);
        let any = Self {
            words: joined(words, "OR"),
            beginnings: joined(beginnings, "OR"),
        };
        Ok((any != Self::default()).then_some(any))
    }

    /// This, and none of `without`; those that cannot be asked here are given back. An index knows "without" only beside
    /// something that must be there.
    pub(crate) fn but(mut self, without: Vec<Self>) -> (Self, Vec<Self>) {
        let mut left = Vec::new();
        let (mut words, mut beginnings) = (Vec::new(), Vec::new());
        for asked in without {
            match (asked.words, asked.beginnings) {
                (Some(text), None) if self.words.is_some() => words.push(text),
                (None, Some(text)) if self.beginnings.is_some() => beginnings.push(text),
                (words, beginnings) => left.push(Self { words, beginnings }),
            }
        }
        self.words = less(self.words, words);
        self.beginnings = less(self.beginnings, beginnings);
        (self, left)
    }

    /// The table that is asked first, and what: that of words, where one of them is asked for.
    pub(crate) fn first(&self) -> Option<(&'static str, &str)> {
        match (&self.words, &self.beginnings) {
            (Some(text), _) => Some(("search", text)),
            (None, Some(text)) => Some(("beginning", text)),
            (None, None) => None,
        }
    }

    /// What is asked of the table of beginnings besides.
    pub(crate) fn second(&self) -> Option<Self> {
        let beginnings = self.beginnings.clone().filter(|_| self.words.is_some())?;
        Some(Self {
            words: None,
            beginnings: Some(beginnings),
        })
    }

    /// Whether the letters of many words are merged before the first can be named, since one of those asked for may go on.
    /// To ask that of a few keys costs as much as to ask it of all.
    pub(crate) fn is_merged(&self) -> bool {
        let is_open = |text: &String| text.contains("\" *");
        self.words.as_ref().is_some_and(is_open)
    }

    /// As a condition on a letter `m`, with its values.
    pub(crate) fn condition(self) -> (String, Vec<String>) {
        let (mut tests, mut values) = (Vec::new(), Vec::new());
        for (table, text) in [("search", self.words), ("beginning", self.beginnings)] {
            if let Some(text) = text {
                tests.push(format!(
                    "m.key IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)"
                ));
                values.push(text);
            }
        }
        (tests.join(" AND "), values)
    }
}

fn apart(asked: Vec<Asked>) -> (Vec<String>, Vec<String>) {
    let (mut words, mut beginnings) = (Vec::new(), Vec::new());
    for asked in asked {
        words.extend(asked.words);
        beginnings.extend(asked.beginnings);
    }
    (words, beginnings)
}

fn joined(mut texts: Vec<String>, word: &str) -> Option<String> {
    match texts.len() {
        0 | 1 => texts.pop(),
        _ => Some(format!("({})", texts.join(&format!(") {word} (")))),
    }
}

fn less(text: Option<String>, without: Vec<String>) -> Option<String> {
    match (text, joined(without, "OR")) {
        (Some(text), Some(without)) => Some(format!("({text}) NOT ({without})")),
        (text, _) => text,
    }
}
