//! Words of files, for the search index.

use crate::attachment::AttachmentRow;
use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run};

/// What looking into a file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileWords {
    /// Its words.
    Found {
        /// As the file has them.
        text: String,
        /// There were more.
        is_cut: bool,
    },
    /// Its kind holds none.
    None,
    /// They could not be had; the engine's word for why.
    Missing(&'static str),
}

/// Stands for a kind of file that holds no words.
const NO_WORDS: &str = "no_words";

impl Reader<'_> {
    /// Files whose bytes are here and that nobody has looked into, the last first; at most `limit`.
    pub fn unread_files(&self, limit: u32) -> Result<Vec<AttachmentRow>> {
        many(
            self.sql,
            &format!(
                "{} WHERE blob IS NOT NULL AND key NOT IN (SELECT attachment FROM attachment_text)
                 ORDER BY key DESC LIMIT ?1",
                crate::attachment::COLUMNS
            ),
            [limit],
            crate::attachment::read,
        )
    }

    /// How many files of an account are here whose words a search does not find.
    pub fn unindexed_files(&self, account: &str) -> Result<u32> {
        Ok(one(
            self.sql,
            "SELECT count(*) FROM attachment a JOIN message m ON m.key = a.message
               LEFT JOIN attachment_text t ON t.attachment = a.key
             WHERE a.blob IS NOT NULL AND m.account = ?1
               AND (t.attachment IS NULL OR (t.reason IS NOT NULL AND t.reason <> ?2))",
            (self.account_key(account)?, NO_WORDS),
            |row| row.get(0),
        )?
        .unwrap_or(0))
    }
}

impl Writer<'_> {
    /// Stores what looking into a file gave, and has the letter found by it.
    pub fn put_file_words(&self, file: &AttachmentRow, words: &FileWords, now: i64) -> Result<()> {
        let (text, reason, is_cut) = match words {
            FileWords::Found { text, is_cut } => (Some(text), None, *is_cut),
            FileWords::None => (None, Some(NO_WORDS), false),
            FileWords::Missing(reason) => (None, Some(*reason), false),
        };
        run(
            self.sql,
            "INSERT INTO attachment_text (attachment, text, reason, is_cut, looked_at) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (attachment) DO UPDATE SET text = excluded.text, reason = excluded.reason,
               is_cut = excluded.is_cut, looked_at = excluded.looked_at",
            (file.key, text, reason, is_cut, now),
        )?;
        if text.is_some() {
            self.index(file.message);
        }
        Ok(())
    }
}
