//! History of a letter.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, run};

/// One thing that happened to a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusRow {
    /// Altinn's word (reference, section 5.8), or the engine's own for what happened here.
    pub status: String,
    /// Altinn's sentence where it adds something.
    pub text: String,
    /// When.
    pub at: i64,
    /// Known from this machine rather than from Altinn.
    pub is_local: bool,
}

impl Reader<'_> {
    /// The history of a letter, oldest first.
    pub fn statuses(&self, message: i64) -> Result<Vec<StatusRow>> {
        many(
            self.sql,
            "SELECT status, text, at, is_local FROM message_history WHERE message = ?1 ORDER BY at, position",
            [message],
            |row| {
                Ok(StatusRow {
                    status: row.get(0)?,
                    text: row.get(1)?,
                    at: row.get(2)?,
                    is_local: row.get(3)?,
                })
            },
        )
    }
}

impl Writer<'_> {
    /// Adds what is not in the history yet; the number of new entries. Nothing is ever taken out.
    pub fn add_statuses(&self, message: i64, statuses: &[StatusRow]) -> Result<usize> {
        let mut added = 0;
        for status in statuses {
            added += run(
                self.sql,
                "INSERT INTO message_history (message, status, text, at, is_local, position)
                 VALUES (?1, ?2, ?3, ?4, ?5, (SELECT count(*) FROM message_history WHERE message = ?1))
                 ON CONFLICT (message, at, status) DO NOTHING",
                (
                    message,
                    &status.status,
                    &status.text,
                    status.at,
                    status.is_local,
                ),
            )?;
        }
        Ok(added)
    }
}
