//! Drafts and their files.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run, stored_as_text};

/// What the user writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// Draft id.
    pub id: String,
    /// Account id.
    pub account: String,
    /// Grows by one with each save; from 1.
    pub version: u32,
    /// All fields, as the engine writes them.
    pub text_json: String,
    /// Recipients as a list shows them.
    pub counterpart: String,
    /// Title.
    pub title: String,
    /// Beginning of the body, plain.
    pub snippet: String,
    /// Why it came back from the outbox.
    pub refusal_json: Option<String>,
    /// Begun.
    pub created_at: i64,
    /// Last save.
    pub saved_at: i64,
    /// Thrown away; may be restored.
    pub discarded_at: Option<i64>,
    /// Became a letter.
    pub sent_at: Option<i64>,
    /// Number of files.
    pub file_count: u32,
}

/// How far a file of a draft is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DraftFileState {
    /// Being copied and hashed.
    Reading,
    /// Stored and hashed.
    Ready,
    /// Cannot be sent as it is.
    Refused,
}

stored_as_text!(DraftFileState {
    Reading = "reading",
    Ready = "ready",
    Refused = "refused",
});

/// A file on a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftFileRow {
    /// File id.
    pub id: String,
    /// Draft id.
    pub draft: String,
    /// Order on the draft.
    pub position: u32,
    /// As it will be sent.
    pub name: String,
    /// MIME type by extension.
    pub media_type: String,
    /// Bytes.
    pub size: u64,
    /// Lower-case hex, once read.
    pub sha256: Option<String>,
    /// Lower-case hex, once read.
    pub md5: Option<String>,
    /// The copy; none for a file referred to by path.
    pub blob: Option<i64>,
    /// A file too large to copy.
    pub path: Option<String>,
    /// Modification time of that file when it was attached.
    pub modified_at: Option<i64>,
    /// How far.
    pub state: DraftFileState,
    /// Bytes read so far.
    pub done: u64,
    /// Why it is refused, as the engine writes it.
    pub problem_json: Option<String>,
}

const DRAFT: &str = "SELECT id, account, version, text_json, counterpart, title, snippet, refusal_json, created_at,
     saved_at, discarded_at, sent_at, (SELECT count(*) FROM draft_file f WHERE f.draft = draft.id) FROM draft";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<DraftRow> {
    Ok(DraftRow {
        id: row.get(0)?,
        account: row.get(1)?,
        version: row.get(2)?,
        text_json: row.get(3)?,
        counterpart: row.get(4)?,
        title: row.get(5)?,
        snippet: row.get(6)?,
        refusal_json: row.get(7)?,
        created_at: row.get(8)?,
        saved_at: row.get(9)?,
        discarded_at: row.get(10)?,
        sent_at: row.get(11)?,
        file_count: row.get(12)?,
    })
}

const FILE: &str = "SELECT id, draft, position, name, media_type, size, sha256, md5, blob, path, modified_at, state, done,
     problem_json FROM draft_file";

fn read_file(row: &rusqlite::Row<'_>) -> rusqlite::Result<DraftFileRow> {
    Ok(DraftFileRow {
        id: row.get(0)?,
        draft: row.get(1)?,
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
        done: row.get(12)?,
        problem_json: row.get(13)?,
    })
}

impl Reader<'_> {
    /// A draft, also one that was discarded or sent.
    pub fn draft(&self, id: &str) -> Result<Option<DraftRow>> {
        one(self.sql, &format!("{DRAFT} WHERE id = ?1"), [id], read)
    }

    /// The drafts of an account that are neither discarded nor sent, last saved first.
    pub fn drafts(&self, account: &str) -> Result<Vec<DraftRow>> {
        many(
            self.sql,
            &format!(
                "{DRAFT} WHERE account = ?1 AND discarded_at IS NULL AND sent_at IS NULL ORDER BY saved_at DESC, id"
            ),
            [account],
            read,
        )
    }

    /// The files of a draft, in order.
    pub fn draft_files(&self, draft: &str) -> Result<Vec<DraftFileRow>> {
        many(
            self.sql,
            &format!("{FILE} WHERE draft = ?1 ORDER BY position, id"),
            [draft],
            read_file,
        )
    }

    /// One file of a draft.
    pub fn draft_file(&self, id: &str) -> Result<Option<DraftFileRow>> {
        one(self.sql, &format!("{FILE} WHERE id = ?1"), [id], read_file)
    }

    /// Files that were being read when the program ended.
    pub fn unread_draft_files(&self) -> Result<Vec<DraftFileRow>> {
        many(
            self.sql,
            &format!("{FILE} WHERE state = 'reading' ORDER BY draft, position"),
            [],
            read_file,
        )
    }
}

impl Writer<'_> {
    /// Adds a draft; `file_count` is not looked at.
    pub fn insert_draft(&self, draft: &DraftRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO draft (id, account, version, text_json, counterpart, title, snippet, refusal_json, created_at,
               saved_at, discarded_at, sent_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            (
                &draft.id,
                &draft.account,
                draft.version,
                &draft.text_json,
                &draft.counterpart,
                &draft.title,
                &draft.snippet,
                &draft.refusal_json,
                draft.created_at,
                draft.saved_at,
                draft.discarded_at,
                draft.sent_at,
            ),
        )?;
        Ok(())
    }

    /// Saves a draft whose stored version is `draft.version - 1`; false when it is another, and nothing is changed.
    pub fn save_draft(&self, draft: &DraftRow) -> Result<bool> {
        let changed = run(
            self.sql,
            "UPDATE draft SET version = ?2, text_json = ?3, counterpart = ?4, title = ?5, snippet = ?6,
               refusal_json = ?7, saved_at = ?8, discarded_at = ?9, sent_at = ?10 WHERE id = ?1 AND version = ?2 - 1",
            (
                &draft.id,
                draft.version,
                &draft.text_json,
                &draft.counterpart,
                &draft.title,
                &draft.snippet,
                &draft.refusal_json,
                draft.saved_at,
                draft.discarded_at,
                draft.sent_at,
            ),
        )?;
        Ok(changed == 1)
    }

    /// Throws a draft away, or (none) takes it back.
    pub fn set_draft_discarded(&self, id: &str, at: Option<i64>) -> Result<()> {
        run(
            self.sql,
            "UPDATE draft SET discarded_at = ?2 WHERE id = ?1",
            (id, at),
        )?;
        Ok(())
    }

    /// The draft became a letter, or (none) came back.
    pub fn set_draft_sent(&self, id: &str, at: Option<i64>) -> Result<()> {
        run(
            self.sql,
            "UPDATE draft SET sent_at = ?2 WHERE id = ?1",
            (id, at),
        )?;
        Ok(())
    }

    /// Why it came back from the outbox.
    pub fn set_draft_refusal(&self, id: &str, refusal_json: Option<&str>) -> Result<()> {
        run(
            self.sql,
            "UPDATE draft SET refusal_json = ?2 WHERE id = ?1",
            (id, refusal_json),
        )?;
        Ok(())
    }

    /// Forgets drafts that were thrown away before `before`; their bytes go with the next sweep.
    pub fn delete_discarded_drafts(&self, before: i64) -> Result<usize> {
        run(
            self.sql,
            "DELETE FROM draft WHERE discarded_at < ?1",
            [before],
        )
    }

    /// Adds a file, or stores a new state of one.
    pub fn put_draft_file(&self, file: &DraftFileRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO draft_file (id, draft, position, name, media_type, size, sha256, md5, blob, path, modified_at,
               state, done, problem_json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
             ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name,
               media_type = excluded.media_type, size = excluded.size, sha256 = excluded.sha256, md5 = excluded.md5,
               blob = excluded.blob, path = excluded.path, modified_at = excluded.modified_at, state = excluded.state,
               done = excluded.done, problem_json = excluded.problem_json",
            (
                &file.id,
                &file.draft,
                file.position,
                &file.name,
                &file.media_type,
                file.size,
                &file.sha256,
                &file.md5,
                file.blob,
                &file.path,
                file.modified_at,
                file.state,
                file.done,
                &file.problem_json,
            ),
        )?;
        Ok(())
    }

    /// Takes a file off a draft; its bytes go with the next sweep, so that an undo can bring it back until then.
    pub fn delete_draft_file(&self, id: &str) -> Result<()> {
        run(self.sql, "DELETE FROM draft_file WHERE id = ?1", [id])?;
        Ok(())
    }
}
