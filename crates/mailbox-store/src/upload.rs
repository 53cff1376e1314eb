//! Files of letters on their way to Altinn.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run, stored_as_text};

/// How far a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UploadState {
    /// Not begun, or to be begun anew.
    Waiting,
    /// The attachment id is stored and bytes may have gone.
    Uploading,
    /// All bytes went; the scan runs.
    Scanning,
    /// May be named by a letter.
    Published,
    /// Stopped by the scan.
    Failed,
}

stored_as_text!(UploadState {
    Waiting = "waiting",
    Uploading = "uploading",
    Scanning = "scanning",
    Published = "published",
    Failed = "failed",
});

/// A file of a letter, shared by all items of the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// Upload id.
    pub id: String,
    /// Letter id.
    pub letter: String,
    /// Order in the letter.
    pub position: u32,
    /// File name.
    pub name: String,
    /// MIME type by extension.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Lower-case hex; empty until a file that was not copied has been sent.
    pub sha256: String,
    /// As `sha256`.
    pub md5: String,
    /// The copy; none for a file referred to by path.
    pub blob: Option<i64>,
    /// A file too large to copy.
    pub path: Option<String>,
    /// Modification time of that file when it was attached.
    pub modified_at: Option<i64>,
    /// How far.
    pub state: UploadState,
    /// Altinn's attachment id, stored before the bytes go.
    pub attachment: Option<String>,
    /// Counted before they are made.
    pub attempts: u32,
    /// Bytes sent.
    pub done: u64,
}

const UPLOAD: &str = "SELECT id, letter, position, name, media_type, size, sha256, md5, blob, path, modified_at, state,
     attachment, attempts, done FROM upload";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<UploadRow> {
    Ok(UploadRow {
        id: row.get(0)?,
        letter: row.get(1)?,
        position: row.get(2)?,
        name: row.get(3)?,
        media_type: row.get(4)?,
        size: row.get(5)?,
        sha256: row.get(6)?,
        md5: row.get(7)?,
        blob: row.get(8)?,
        path: row.get(9)?,
        modified_at: row.get(10)?,
        state: row.get(11)?,
        attachment: row.get(12)?,
        attempts: row.get(13)?,
        done: row.get(14)?,
    })
}

impl Reader<'_> {
    /// The files of a letter, in order.
    pub fn uploads(&self, letter: &str) -> Result<Vec<UploadRow>> {
        many(
            self.sql,
            &format!("{UPLOAD} WHERE letter = ?1 ORDER BY position, id"),
            [letter],
            read,
        )
    }

    /// One file.
    pub fn upload(&self, id: &str) -> Result<Option<UploadRow>> {
        one(self.sql, &format!("{UPLOAD} WHERE id = ?1"), [id], read)
    }
}

impl Writer<'_> {
    /// Adds a file to a letter.
    pub fn insert_upload(&self, upload: &UploadRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO upload (id, letter, position, name, media_type, size, sha256, md5, blob, path, modified_at,
               state, attachment, attempts, done)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
            (
                &upload.id,
                &upload.letter,
                upload.position,
                &upload.name,
                &upload.media_type,
                upload.size,
                &upload.sha256,
                &upload.md5,
                upload.blob,
                &upload.path,
                upload.modified_at,
                upload.state,
                &upload.attachment,
                upload.attempts,
                upload.done,
            ),
        )?;
        Ok(())
    }

    /// Stores state, attachment id, attempts, progress, and the hashes, which may be known only once the file has been
    /// sent; what else the file is does not change.
    pub fn save_upload(&self, upload: &UploadRow) -> Result<()> {
        run(
            self.sql,
            "UPDATE upload SET state = ?2, attachment = ?3, attempts = ?4, done = ?5, sha256 = ?6, md5 = ?7 WHERE id = ?1",
            (
                &upload.id,
                upload.state,
                &upload.attachment,
                upload.attempts,
                upload.done,
                &upload.sha256,
                &upload.md5,
            ),
        )?;
        Ok(())
    }
}
