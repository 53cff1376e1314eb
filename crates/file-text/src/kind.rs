//! Which files are looked into.

/// A format whose text can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// PDF.
    Pdf,
    /// Office Open XML, text.
    Docx,
    /// Office Open XML, sheets.
    Xlsx,
    /// Text, of which CSV is one.
    Text,
    /// HTML.
    Html,
    /// XML.
    Xml,
}

const ENDINGS: &[(&str, Kind)] = &[
    ("pdf", Kind::Pdf),
    ("docx", Kind::Docx),
    ("xlsx", Kind::Xlsx),
    ("txt", Kind::Text),
    ("csv", Kind::Text),
    ("html", Kind::Html),
    ("htm", Kind::Html),
    ("xml", Kind::Xml),
];

impl Kind {
    /// The kind that a file's name says it is; none for kinds that hold no text, or none that can be read.
    pub fn of(name: &str) -> Option<Self> {
        let (_, ending) = name.trim_end().rsplit_once('.')?;
        Self::of_word(&ending.to_lowercase())
    }

    /// One of the endings of its names.
    pub(crate) fn word(self) -> &'static str {
        ENDINGS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("txt", |(word, _)| word)
    }

    pub(crate) fn of_word(word: &str) -> Option<Self> {
        ENDINGS
            .iter()
            .find(|(ending, _)| *ending == word)
            .map(|(_, kind)| *kind)
    }
}
