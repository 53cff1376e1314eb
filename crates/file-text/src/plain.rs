//! Text as it is, and the words that are kept of any.

use crate::{LONGEST_TEXT, Text};
use std::borrow::Cow;

/// Gathers words until there are enough.
#[derive(Debug, Default)]
pub(crate) struct Words {
    text: String,
    is_cut: bool,
    /// The next letters go on the last word.
    is_within: bool,
}

impl Words {
    /// Whether no more are taken.
    pub(crate) fn is_full(&self) -> bool {
        self.is_cut
    }

    /// Whether none were found.
    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Adds text that ends where it ends.
    pub(crate) fn add(&mut self, text: &str) {
        self.add_piece(text);
        self.end();
    }

    /// Adds text that may go on in the next piece.
    pub(crate) fn add_piece(&mut self, text: &str) {
        for c in text.chars() {
            if self.is_cut {
                return;
            }
            if c.is_whitespace() || c.is_control() {
                self.is_within = false;
                continue;
            }
            let gap = usize::from(!self.is_within && !self.text.is_empty());
            if self.text.len() + gap + c.len_utf8() > LONGEST_TEXT {
                self.is_cut = true;
                return;
            }
            if gap == 1 {
                self.text.push(' ');
            }
            self.text.push(c);
            self.is_within = true;
        }
    }

    /// The last word is over.
    pub(crate) fn end(&mut self) {
        self.is_within = false;
    }

    pub(crate) fn finish(self) -> Text {
        Text {
            text: self.text,
            is_cut: self.is_cut,
        }
    }
}

/// Bytes as text: by byte order mark, else UTF-8 where it is that, else Windows-1252, which older systems write.
pub(crate) fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, skip)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding
            .decode_without_bom_handling(bytes.get(skip..).unwrap_or_default())
            .0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0,
    }
}
