//! Files of a draft: judged where they are dropped, then read in the background.
//!
//! A file up to [`COPIED`] bytes is copied into the store while it is hashed, so that the user may delete the original;
//! a larger one is referred to by path, size and time, which are held against it before and after it is sent. It is read
//! once: hashed while it is sent, and Altinn's hash is held against ours before the letter goes.
//! Nothing is held whole. A read survives the program: a row in state `Reading` is begun anew at the next start.

mod import;
mod judge;

use crate::draft::{draft_changes, from_json, open_row, to_json};
use crate::view::{Change, Draft, FileProblem};
use crate::{Error, Mailbox, Result, file_name};
use import::Source;
pub(crate) use import::{Imports, hex};
pub(crate) use judge::modified_at;
use judge::{Found, look};
use mailbox_store::{DraftFileRow, DraftFileState, Writer};
use std::path::{Path, PathBuf};

/// Largest file that is copied into the store (architecture section 7).
pub const COPIED: u64 = 64 << 20;

impl Mailbox {
    /// Puts files on a draft. Each is judged by itself: what cannot be sent stays on the draft as refused, with its
    /// reason; the rest is read in the background and tells of its progress as changes of the draft.
    ///
    /// # Errors
    /// `NotFound`, `OutboxBusy`, and the store's.
    pub async fn add_files(
        &self,
        draft: impl Into<String> + Send,
        paths: Vec<impl Into<PathBuf> + Send + 'static>,
    ) -> Result<Draft> {
        let draft = draft.into();
        let look_at_all = move || {
            paths
                .into_iter()
                .map(|path| look(&path.into()))
                .collect::<Vec<_>>()
        };
        let found = tokio::task::spawn_blocking(look_at_all)
            .await
            .map_err(|_| Error::internal("a look at files was cut off"))?;
        let ids: Vec<String> = found.iter().map(|_| self.ids.uuid().to_string()).collect();
        let id = draft.clone();
        let (account, sources) = self
            .store
            .try_write(move |tx| {
                let row = open_row(tx, &id)?;
                let mut rows = tx.draft_files(&id)?;
                let mut sources = Vec::new();
                for (file_id, found) in ids.into_iter().zip(found) {
                    let file = new_row(file_id, &id, &rows, found)?;
                    tx.put_draft_file(&file)?;
                    sources.extend(Source::of(&file));
                    rows.push(file);
                }
                Ok::<_, Error>((row.account, sources))
            })
            .await?;
        self.changes.tell(draft_changes(&draft, &account));
        self.import(sources);
        self.draft(draft).await
    }

    /// Takes a file off a draft; one that is being read is let go at once.
    ///
    /// # Errors
    /// `NotFound`, `OutboxBusy`, and the store's.
    pub async fn remove_file(
        &self,
        draft: impl Into<String> + Send,
        file: impl Into<String> + Send,
    ) -> Result<Draft> {
        let (draft, file) = (draft.into(), file.into());
        let (id, taken_off) = (draft.clone(), file.clone());
        let (account, sources) = self
            .store
            .try_write(move |tx| {
                let row = open_row(tx, &id)?;
                file_of(tx, &id, &file)?;
                tx.delete_draft_file(&file)?;
                // A name that was taken is free now, and there is room for one more.
                Ok::<_, Error>((row.account, rejudge(tx, &id)?))
            })
            .await?;
        self.imports.cancel(&taken_off);
        self.changes.tell(draft_changes(&draft, &account));
        self.import(sources);
        self.draft(draft).await
    }

    /// Gives a file the name it will be sent by; a name that breaks a rule refuses the file, a sound one takes it back.
    ///
    /// # Errors
    /// `NotFound`, `OutboxBusy`, and the store's.
    pub async fn rename_file(
        &self,
        draft: impl Into<String> + Send,
        file: impl Into<String> + Send,
        name: impl Into<String> + Send,
    ) -> Result<Draft> {
        let (draft, file, name) = (draft.into(), file.into(), name.into());
        let id = draft.clone();
        let (account, sources) = self
            .store
            .try_write(move |tx| {
                let row = open_row(tx, &id)?;
                let mut renamed = file_of(tx, &id, &file)?;
                name.trim().clone_into(&mut renamed.name);
                renamed.media_type = file_name::media_type(&renamed.name).to_owned();
                let others: Vec<_> = tx
                    .draft_files(&id)?
                    .into_iter()
                    .filter(|other| other.id != file)
                    .collect();
                let problem = judge::problem_of_name(&renamed.name, &others);
                settle(&mut renamed, problem)?;
                tx.put_draft_file(&renamed)?;
                let mut sources: Vec<_> = Source::of(&renamed).into_iter().collect();
                sources.extend(rejudge(tx, &id)?);
                Ok::<_, Error>((row.account, sources))
            })
            .await?;
        self.changes.tell(draft_changes(&draft, &account));
        self.import(sources);
        self.draft(draft).await
    }

    /// Goes on with the files that were being read when the program ended.
    ///
    /// # Errors
    /// The store's.
    pub(crate) async fn resume_imports(&self) -> Result<()> {
        let rows = self
            .store
            .read(|reader| reader.unread_draft_files())
            .await?;
        self.import(rows.iter().filter_map(Source::of).collect());
        Ok(())
    }

    /// Tells that a file of a draft is further on.
    fn tell_file(&self, draft: &str) {
        self.changes.tell(vec![Change::Draft {
            id: draft.to_owned(),
        }]);
    }
}

/// The row of a file that was dropped, judged beside those that are there.
fn new_row(id: String, draft: &str, rows: &[DraftFileRow], found: Found) -> Result<DraftFileRow> {
    let problem = found
        .problem
        .or_else(|| judge::problem_beside(&found.name, rows));
    let mut row = DraftFileRow {
        id,
        draft: draft.to_owned(),
        position: rows.iter().map(|row| row.position + 1).max().unwrap_or(0),
        media_type: file_name::media_type(&found.name).to_owned(),
        name: found.name,
        size: found.size,
        sha256: None,
        md5: None,
        blob: None,
        path: found.path,
        modified_at: found.modified_at,
        state: DraftFileState::Reading,
        done: 0,
        problem_json: None,
    };
    settle(&mut row, problem)?;
    Ok(row)
}

/// Sets the state that follows from a problem or its absence.
fn settle(row: &mut DraftFileRow, problem: Option<FileProblem>) -> Result<()> {
    // What is wrong with the bytes stays wrong under any name.
    let problem = match row
        .problem_json
        .as_deref()
        .map(from_json::<FileProblem>)
        .transpose()?
    {
        Some(kept) if judge::is_of_bytes(&kept) => Some(kept),
        _ => problem,
    };
    // A file that is not copied is found at once.
    row.state = match (&problem, &row.sha256) {
        (Some(_), _) => DraftFileState::Refused,
        (None, Some(_)) => DraftFileState::Ready,
        (None, None) => DraftFileState::Reading,
    };
    row.problem_json = problem.as_ref().map(to_json).transpose()?;
    Ok(())
}

/// Judges again what was refused because of other files; gives those that can be read now.
fn rejudge(tx: &Writer<'_>, draft: &str) -> Result<Vec<Source>> {
    let mut rows = tx.draft_files(draft)?;
    let mut sources = Vec::new();
    for place in 0..rows.len() {
        let (before, rest) = rows.split_at_mut(place);
        let Some(row) = rest.first_mut() else {
            continue;
        };
        let problem = row
            .problem_json
            .as_deref()
            .map(from_json::<FileProblem>)
            .transpose()?;
        if matches!(
            problem,
            Some(FileProblem::Duplicate { .. } | FileProblem::TooMany { .. })
        ) {
            settle(row, judge::problem_beside(&row.name, before))?;
            tx.put_draft_file(row)?;
            sources.extend(Source::of(row));
        }
    }
    Ok(sources)
}

/// A file of this draft.
fn file_of(tx: &Writer<'_>, draft: &str, file: &str) -> Result<DraftFileRow> {
    tx.draft_file(file)?
        .filter(|row| row.draft == draft)
        .ok_or(Error::NotFound)
}

/// The last part of a path, as a name.
fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
