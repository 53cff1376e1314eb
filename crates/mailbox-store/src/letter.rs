//! Frozen copies of what was sent.

use crate::blob::hex;
use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{one, run};
use sha2::{Digest, Sha256};

/// What was sent, stored before any call and never changed after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// Letter id.
    pub id: String,
    /// Account id.
    pub account: String,
    /// The draft it was made from.
    pub draft: String,
    /// Resource id.
    pub resource: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Markdown.
    pub body: String,
    /// All fields, as the draft held them.
    pub text_json: String,
    /// What is submitted, but for recipient, key and attachments.
    pub request_json: String,
    /// Of `request_json`, lower-case hex; computed by the store when inserted.
    pub sha256: String,
    /// Publish time asked for; none for at once.
    pub publish_at: Option<i64>,
    /// When it was frozen.
    pub created_at: i64,
}

const LETTER: &str =
    "SELECT id, account, draft, resource, title, summary, body, text_json, request_json, sha256,
     publish_at, created_at FROM letter";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<LetterRow> {
    Ok(LetterRow {
        id: row.get(0)?,
        account: row.get(1)?,
        draft: row.get(2)?,
        resource: row.get(3)?,
        title: row.get(4)?,
        summary: row.get(5)?,
        body: row.get(6)?,
        text_json: row.get(7)?,
        request_json: row.get(8)?,
        sha256: row.get(9)?,
        publish_at: row.get(10)?,
        created_at: row.get(11)?,
    })
}

impl Reader<'_> {
    /// A frozen copy.
    pub fn letter(&self, id: &str) -> Result<Option<LetterRow>> {
        one(self.sql, &format!("{LETTER} WHERE id = ?1"), [id], read)
    }
}

impl Writer<'_> {
    /// Freezes a copy. A second one of the same id is an error.
    pub fn insert_letter(&self, letter: &LetterRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO letter (id, account, draft, resource, title, summary, body, text_json, request_json, sha256,
               publish_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            (
                &letter.id,
                &letter.account,
                &letter.draft,
                &letter.resource,
                &letter.title,
                &letter.summary,
                &letter.body,
                &letter.text_json,
                &letter.request_json,
                hex(&Sha256::digest(letter.request_json.as_bytes())),
                letter.publish_at,
                letter.created_at,
            ),
        )?;
        Ok(())
    }

    /// Drops a copy of which nothing was accepted, with its items and uploads: the letter became a draft again.
    /// Refused by the store while a sent letter refers to it.
    pub fn delete_letter(&self, id: &str) -> Result<()> {
        run(self.sql, "DELETE FROM letter WHERE id = ?1", [id])?;
        Ok(())
    }
}
