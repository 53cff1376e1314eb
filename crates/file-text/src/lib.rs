//! The text of files, for the search index.
//!
//! Files come from strangers and their formats are large, so no file is opened in the process that holds the mailbox:
//! [`Reading`] hands its bytes to a process of its own, the same program started with [`ARGUMENT`], which has few
//! rights, little memory and little time. What that process cannot do is a [`Reason`] beside the file, nothing more.

mod child;
mod kind;
mod markup;
mod office;
mod page;
mod plain;
mod reading;

pub use child::{ARGUMENT, answer};
pub use kind::Kind;
pub use reading::{PATIENCE, Reading};

/// Bytes of a file that is still looked into.
pub const LARGEST_FILE: u64 = 32 << 20;
/// Bytes of text that are taken from one file; the rest is left out.
pub const LONGEST_TEXT: usize = 512 << 10;

/// What was found in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Words, one space between them, at most [`LONGEST_TEXT`] bytes.
    pub text: String,
    /// There was more.
    pub is_cut: bool,
}

/// Why there is no text of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// It is not what its name says, or damaged.
    Broken,
    /// It opens with a password only.
    Locked,
    /// It is too large, or becomes too large when unpacked.
    TooLarge,
    /// Reading it took too long.
    TooSlow,
    /// The process that reads files could not be started.
    NoReader,
}

impl Reason {
    const ALL: [(Self, &str, u8); 5] = [
        (Self::Broken, "broken", 11),
        (Self::Locked, "locked", 12),
        (Self::TooLarge, "too_large", 13),
        (Self::TooSlow, "too_slow", 14),
        (Self::NoReader, "no_reader", 15),
    ];

    /// As a store keeps it.
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(reason, ..)| *reason == self)
            .map_or("broken", |(_, word, _)| word)
    }

    fn exit(self) -> u8 {
        Self::ALL
            .iter()
            .find(|(reason, ..)| *reason == self)
            .map_or(11, |(.., code)| *code)
    }

    fn of_exit(code: i32) -> Self {
        Self::ALL
            .iter()
            .find(|(.., known)| i32::from(*known) == code)
            .map_or(Self::Broken, |(reason, ..)| *reason)
    }
}

/// The text of a file, read here and now. For the process that may fail; everyone else asks [`Reading`].
///
/// # Errors
/// Why there is none.
pub fn text(kind: Kind, bytes: &[u8]) -> Result<Text, Reason> {
    let mut words = plain::Words::default();
    match kind {
        Kind::Pdf => page::pdf(bytes, &mut words)?,
        Kind::Docx => office::document(bytes, &mut words)?,
        Kind::Xlsx => office::sheets(bytes, &mut words)?,
        Kind::Text => words.add(&plain::decoded(bytes)),
        Kind::Html => markup::html(&plain::decoded(bytes), &mut words),
        Kind::Xml => markup::xml(plain::decoded(bytes).as_bytes(), &mut words)?,
    }
    Ok(words.finish())
}
