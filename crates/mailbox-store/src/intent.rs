//! What the user asked of Altinn about a letter, until Altinn has done it.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run, stored_as_text};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum IntentKind {
    /// Tell that it was opened.
    MarkRead,
    /// Confirm.
    Confirm,
    /// Delete.
    Purge,
}

stored_as_text!(IntentKind {
    MarkRead = "mark_read",
    Confirm = "confirm",
    Purge = "purge",
});

/// A wish that Altinn has not fulfilled yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentRow {
    /// Of the row.
    pub id: i64,
    /// Account id.
    pub account: String,
    /// Key of the letter.
    pub message: i64,
    /// What.
    pub kind: IntentKind,
    /// Counted before they are made.
    pub attempts: u32,
    /// Not before.
    pub next_at: i64,
    /// Why it waits, as the engine writes it.
    pub reason_json: Option<String>,
    /// When the user asked.
    pub created_at: i64,
}

const INTENT: &str =
    "SELECT id, account, message, kind, attempts, next_at, reason_json, created_at FROM intent";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<IntentRow> {
    Ok(IntentRow {
        id: row.get(0)?,
        account: row.get(1)?,
        message: row.get(2)?,
        kind: row.get(3)?,
        attempts: row.get(4)?,
        next_at: row.get(5)?,
        reason_json: row.get(6)?,
        created_at: row.get(7)?,
    })
}

impl Reader<'_> {
    /// What is asked about a letter.
    pub fn intents(&self, message: i64) -> Result<Vec<IntentRow>> {
        many(
            self.sql,
            &format!("{INTENT} WHERE message = ?1 ORDER BY id"),
            [message],
            read,
        )
    }

    /// Wishes whose turn it is, oldest first; at most `limit`.
    pub fn due_intents(&self, now: i64, limit: u32) -> Result<Vec<IntentRow>> {
        many(
            self.sql,
            &format!("{INTENT} WHERE next_at <= ?1 ORDER BY next_at, id LIMIT ?2"),
            (now, limit),
            read,
        )
    }

    /// When the next wish's turn comes.
    pub fn next_intent_at(&self) -> Result<Option<i64>> {
        Ok(one(self.sql, "SELECT min(next_at) FROM intent", [], |row| {
            row.get(0)
        })?
        .flatten())
    }
}

impl Writer<'_> {
    /// Adds a wish, due at once; nothing happens when it is there already.
    pub fn add_intent(
        &self,
        account: &str,
        message: i64,
        kind: IntentKind,
        now: i64,
    ) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO intent (account, message, kind, next_at, created_at) VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT (message, kind) DO NOTHING",
            (account, message, kind, now),
        )?;
        Ok(())
    }

    /// Stores attempts, next time and reason.
    pub fn save_intent(&self, intent: &IntentRow) -> Result<()> {
        run(
            self.sql,
            "UPDATE intent SET attempts = ?2, next_at = ?3, reason_json = ?4 WHERE id = ?1",
            (
                intent.id,
                intent.attempts,
                intent.next_at,
                &intent.reason_json,
            ),
        )?;
        Ok(())
    }

    /// The wish is fulfilled, refused or taken back.
    pub fn delete_intent(&self, id: i64) -> Result<()> {
        run(self.sql, "DELETE FROM intent WHERE id = ?1", [id])?;
        Ok(())
    }

    /// Makes all waiting wishes due now: the network is back.
    pub fn hasten_intents(&self, now: i64) -> Result<usize> {
        run(
            self.sql,
            "UPDATE intent SET next_at = ?1 WHERE next_at > ?1",
            [now],
        )
    }
}
