//! The search index, made from the tables.

use crate::error::Result;
use crate::fold::fold;
use crate::pool::Writer;
use crate::row::{many, one, run};

impl Writer<'_> {
    /// Renews a letter's place in the search index from what the tables hold. A sealed letter has none: its words must
    /// not be guessed by searching for them.
    pub(crate) fn index(&self, message: i64) -> Result<()> {
        run(self.sql, "DELETE FROM search WHERE rowid = ?1", [message])?;
        let Some(columns) = one(
            self.sql,
            "SELECT m.title, m.summary, coalesce(b.plain, ''), m.message_sender, coalesce(s.name, ''), m.sender,
               coalesce(r.name, ''), m.recipient, m.reference
             FROM message m LEFT JOIN message_body b ON b.message = m.key
               LEFT JOIN party s ON s.urn = m.sender LEFT JOIN party r ON r.urn = m.recipient
             WHERE m.key = ?1 AND NOT m.is_sealed",
            [message],
            |row| {
                let text = |at| row.get::<_, String>(at);
                Ok([
                    text(0)?,
                    format!("{} {}", text(1)?, text(2)?),
                    format!("{} {} {}", text(3)?, text(4)?, number(&text(5)?)),
                    format!("{} {}", text(6)?, number(&text(7)?)),
                    text(8)?,
                ])
            },
        )?
        else {
            return Ok(());
        };
        let files: Vec<String> = many(
            self.sql,
            "SELECT name FROM attachment WHERE message = ?1 ORDER BY position",
            [message],
            |row| row.get(0),
        )?;
        let [title, body, sender, recipient, reference] = columns.map(|text| fold(&text));
        run(
            self.sql,
            "INSERT INTO search (rowid, title, body, sender, recipient, reference, file)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                message,
                title,
                body,
                sender,
                recipient,
                reference,
                fold(&files.join(" ")),
            ),
        )?;
        Ok(())
    }

    /// Renews the index where what was stored may have broken a seal.
    pub(crate) fn index_unsealed(&self, message: i64) -> Result<()> {
        let is_confidential = one(
            self.sql,
            "SELECT is_confidential FROM message WHERE key = ?1",
            [message],
            |row| row.get(0),
        )?;
        match is_confidential {
            Some(true) => self.index(message),
            _ => Ok(()),
        }
    }

    /// Merges the index into one piece; worth it after a first sync, as questions then read fewer pages.
    pub fn optimize_index(&self) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO search (search) VALUES ('optimize')",
            [],
        )?;
        Ok(())
    }
}

/// The organisation number at the end of a URN. People's numbers are not indexed: half a number must not find anyone.
fn number(urn: &str) -> &str {
    let last = urn.rsplit(':').next().unwrap_or_default();
    if last.len() == 9 && last.bytes().all(|byte| byte.is_ascii_digit()) {
        last
    } else {
        ""
    }
}
