//! Files of letters that Altinn has.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{Id, StoredId, many, one, run, stored_as_text};

/// Whether the bytes are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fetch {
    /// Not asked for, or done.
    None,
    /// The user asked; survives the end of the program.
    Wanted,
    /// On the way.
    Running,
    /// The last try failed.
    Failed,
}

stored_as_text!(Fetch {
    None = "none",
    Wanted = "wanted",
    Running = "running",
    Failed = "failed",
});

/// A file as Altinn describes it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AttachmentPut {
    /// Altinn's attachment id.
    pub id: String,
    /// File name.
    pub name: String,
    /// MIME type by extension.
    pub media_type: String,
    /// MD5 as Altinn has it, lower-case hex; empty when it has none.
    pub checksum: String,
    /// The sender says the content is encrypted.
    pub is_encrypted: bool,
    /// Altinn's word (reference, section 5.8).
    pub status: String,
    /// When Altinn deletes it.
    pub expires_at: Option<i64>,
    /// Bytes, where they are known from here.
    pub size: Option<u64>,
    /// Lower-case hex, where it is known from here.
    pub sha256: Option<String>,
    /// The bytes, where they are here.
    pub blob: Option<i64>,
}

/// A file of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// Of the row.
    pub key: i64,
    /// Key of the letter.
    pub message: i64,
    /// What Altinn says of it, and the bytes once here.
    pub file: AttachmentPut,
    /// Whether the bytes are asked for.
    pub fetch: Fetch,
}

pub(crate) const COLUMNS: &str =
    "SELECT key, message, id, name, media_type, checksum, is_encrypted, status, expires_at, size,
     sha256, blob, fetch FROM attachment";

pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<AttachmentRow> {
    Ok(AttachmentRow {
        key: row.get(0)?,
        message: row.get(1)?,
        file: AttachmentPut {
            id: row.get::<_, StoredId>(2)?.0,
            name: row.get(3)?,
            media_type: row.get(4)?,
            checksum: row.get(5)?,
            is_encrypted: row.get(6)?,
            status: row.get(7)?,
            expires_at: row.get(8)?,
            size: row.get(9)?,
            sha256: row.get(10)?,
            blob: row.get(11)?,
        },
        fetch: row.get(12)?,
    })
}

impl Reader<'_> {
    /// The files of a letter, in Altinn's order.
    pub fn attachments(&self, message: i64) -> Result<Vec<AttachmentRow>> {
        many(
            self.sql,
            &format!("{COLUMNS} WHERE message = ?1 ORDER BY position"),
            [message],
            read,
        )
    }

    /// One file of a letter, by Altinn's id.
    pub fn attachment(&self, message: i64, id: &str) -> Result<Option<AttachmentRow>> {
        one(
            self.sql,
            &format!("{COLUMNS} WHERE message = ?1 AND id = ?2"),
            (message, Id(id)),
            read,
        )
    }

    /// Files whose bytes were asked for and are not here, in the order they were made known.
    pub fn wanted_attachments(&self) -> Result<Vec<AttachmentRow>> {
        many(
            self.sql,
            &format!("{COLUMNS} WHERE fetch IN ('wanted', 'running') ORDER BY key"),
            [],
            read,
        )
    }
}

impl Writer<'_> {
    /// Stores the files of a letter as Altinn lists them. Bytes that are here stay; files Altinn no longer lists stay
    /// too, for the list of a sender is blanked after publication. Does not renew the search index.
    pub fn put_attachments(&self, message: i64, files: &[AttachmentPut]) -> Result<()> {
        for (position, file) in files.iter().enumerate() {
            run(
                self.sql,
                "INSERT INTO attachment (message, id, position, name, media_type, checksum, is_encrypted, status,
                   expires_at, size, sha256, blob)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT (message, id) DO UPDATE SET position = excluded.position, name = excluded.name,
                   media_type = excluded.media_type, checksum = excluded.checksum,
                   is_encrypted = excluded.is_encrypted, status = excluded.status, expires_at = excluded.expires_at,
                   size = coalesce(excluded.size, size), sha256 = coalesce(excluded.sha256, sha256),
                   blob = coalesce(excluded.blob, blob)",
                rusqlite::params![
                    message,
                    Id(&file.id),
                    i64::try_from(position).unwrap_or(i64::MAX),
                    file.name,
                    file.media_type,
                    file.checksum,
                    file.is_encrypted,
                    file.status,
                    file.expires_at,
                    file.size,
                    file.sha256,
                    file.blob,
                ],
            )?;
        }
        if files.is_empty() {
            return Ok(());
        }
        run(
            self.sql,
            "UPDATE message SET attachment_count = (SELECT count(*) FROM attachment WHERE message = ?1)
             WHERE key = ?1 AND attachment_count <> (SELECT count(*) FROM attachment WHERE message = ?1)",
            [message],
        )?;
        Ok(())
    }

    /// Says whether the bytes of a file are asked for.
    pub fn set_fetch(&self, attachment: i64, fetch: Fetch) -> Result<()> {
        run(
            self.sql,
            "UPDATE attachment SET fetch = ?2 WHERE key = ?1",
            (attachment, fetch),
        )?;
        Ok(())
    }

    /// Names the complete bytes of a file, and ends the fetch.
    pub fn set_attachment_blob(
        &self,
        attachment: i64,
        blob: i64,
        size: u64,
        sha256: &str,
    ) -> Result<()> {
        run(
            self.sql,
            "UPDATE attachment SET blob = ?2, size = ?3, sha256 = ?4, fetch = 'none' WHERE key = ?1",
            (attachment, blob, size, sha256),
        )?;
        Ok(())
    }

    /// Stores a new status of a file at Altinn.
    pub fn set_attachment_status(&self, attachment: i64, status: &str) -> Result<()> {
        run(
            self.sql,
            "UPDATE attachment SET status = ?2 WHERE key = ?1",
            (attachment, status),
        )?;
        Ok(())
    }
}
