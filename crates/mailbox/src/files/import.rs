//! Reading a file into the store, in constant memory.

use super::COPIED;
use super::judge::modified_at;
use crate::draft::to_json;
use crate::view::FileProblem;
use crate::{Error, Mailbox, Result};
use mailbox_store::{BLOB_CHUNK, BlobHandle, DraftFileRow, DraftFileState};
use md5::{Digest, Md5};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::fs::File;
use tokio::io::AsyncReadExt;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often the progress of a file is told.
const TOLD: Duration = Duration::from_millis(200);
/// How long the store is let alone after it could not take a file.
const AGAIN: Duration = Duration::from_secs(5);

/// Reads under way, by file id; lives as long as the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct Imports(Arc<Mutex<HashMap<String, CancellationToken>>>);

impl Imports {
    /// Claims the read of a file; none when it is under way.
    fn begin(&self, file: &str) -> Option<CancellationToken> {
        let mut imports = self.lock();
        if imports.contains_key(file) {
            return None;
        }
        let token = CancellationToken::new();
        imports.insert(file.to_owned(), token.clone());
        Some(token)
    }

    /// Lets a file go.
    pub(super) fn cancel(&self, file: &str) {
        if let Some(token) = self.lock().get(file) {
            token.cancel();
        }
    }

    /// Lets all files go; the next start goes on with them.
    pub(crate) fn cancel_all(&self) {
        self.lock().values().for_each(CancellationToken::cancel);
    }

    fn end(&self, file: &str) {
        self.lock().remove(file);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file to be read.
#[derive(Debug, Clone)]
pub(super) struct Source {
    file: String,
    draft: String,
    path: PathBuf,
    size: u64,
    modified_at: Option<i64>,
}

impl Source {
    /// None when the row does not wait for its bytes.
    pub(super) fn of(row: &DraftFileRow) -> Option<Self> {
        (row.state == DraftFileState::Reading).then_some(())?;
        Some(Self {
            file: row.id.clone(),
            draft: row.draft.clone(),
            path: row.path.as_deref()?.into(),
            size: row.size,
            modified_at: row.modified_at,
        })
    }
}

/// What reading a file gave: nothing of a file that is not copied.
#[derive(Default)]
struct Read {
    blob: Option<i64>,
    sha256: Option<String>,
    md5: Option<String>,
}

/// Why reading a file ended early.
enum End {
    Refused(FileProblem),
    Cancelled,
    Store(Error),
}

impl From<std::io::Error> for End {
    fn from(_: std::io::Error) -> Self {
        Self::Refused(FileProblem::Unreadable)
    }
}

impl From<mailbox_store::StoreError> for End {
    fn from(error: mailbox_store::StoreError) -> Self {
        Self::Store(error.into())
    }
}

impl Mailbox {
    /// Reads files one after the other, in the background.
    pub(super) fn import(&self, sources: Vec<Source>) {
        let claimed: Vec<_> = sources
            .into_iter()
            .filter_map(|source| Some((self.imports.begin(&source.file)?, source)))
            .collect();
        if claimed.is_empty() {
            return;
        }
        let mailbox = self.clone();
        tokio::spawn(async move {
            for (token, source) in claimed {
                mailbox.bring_in(&source, &token).await;
                mailbox.imports.end(&source.file);
                mailbox.tell_file(&source.draft);
            }
        });
    }

    /// Reads one file and stores what became of it. A full disk is waited out: the status line says so, and the file
    /// goes on by itself when there is space.
    async fn bring_in(&self, source: &Source, token: &CancellationToken) {
        loop {
            let end = self.read_in(source, token).await;
            let Err(error) = self.note(source, end).await else {
                return;
            };
            tracing::warn!(code = ?error.code(), "a file of a draft could not be stored");
            self.hear_store(&error);
            tokio::select! {
                () = token.cancelled() => return,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    /// Reads one file to its end.
    async fn read_in(&self, source: &Source, token: &CancellationToken) -> Result<Read, End> {
        let mut file = File::open(&source.path).await?;
        if !is_as_found(&file.metadata().await?, source) {
            return Err(End::Refused(FileProblem::Changed));
        }
        if source.size > COPIED {
            return Ok(Read::default());
        }
        let mut copy = BlobHandle::create(&self.store, self.clock.now()).await?;
        match self.pass(source, &mut file, &mut copy, token).await {
            Ok(md5) => {
                let row = copy.finish(Some(md5)).await?;
                Ok(Read {
                    blob: Some(row.id),
                    sha256: row.sha256,
                    md5: row.md5,
                })
            }
            Err(end) => {
                // What cannot be dropped now goes with the sweep of the next start.
                let _ = copy.abandon().await;
                Err(end)
            }
        }
    }

    /// Copies the bytes, and gives their MD5.
    async fn pass(
        &self,
        source: &Source,
        file: &mut File,
        copy: &mut BlobHandle,
        token: &CancellationToken,
    ) -> Result<String, End> {
        let mut md5 = Md5::new();
        let mut buffer = vec![0; BLOB_CHUNK];
        let (mut done, mut told_at) = (0u64, Instant::now());
        loop {
            if token.is_cancelled() {
                return Err(End::Cancelled);
            }
            let count = file.read(&mut buffer).await?;
            let bytes = buffer.get(..count).unwrap_or_default();
            if bytes.is_empty() {
                break;
            }
            md5.update(bytes);
            done += bytes.len() as u64;
            if done > source.size {
                return Err(End::Refused(FileProblem::Changed));
            }
            copy.write(bytes).await?;
            if told_at.elapsed() >= TOLD {
                told_at = Instant::now();
                self.note_progress(source, done).await?;
            }
        }
        if done != source.size || !is_as_found(&file.metadata().await?, source) {
            return Err(End::Refused(FileProblem::Changed));
        }
        Ok(hex(&md5.finalize()))
    }

    async fn note_progress(&self, source: &Source, done: u64) -> Result<(), End> {
        let id = source.file.clone();
        self.store
            .write_batch(move |tx| {
                if let Some(mut row) = tx.draft_file(&id)?
                    && row.state == DraftFileState::Reading
                {
                    row.done = done;
                    tx.put_draft_file(&row)?;
                }
                Ok(())
            })
            .await?;
        self.tell_file(&source.draft);
        Ok(())
    }

    /// Stores what became of a read; bytes of a file that was taken off meanwhile are dropped.
    async fn note(&self, source: &Source, end: Result<Read, End>) -> Result<()> {
        let (read, problem) = match end {
            Ok(read) => (Some(read), None),
            Err(End::Refused(problem)) => (None, Some(problem)),
            Err(End::Store(error)) => return Err(error),
            Err(End::Cancelled) => return Ok(()),
        };
        let (id, size) = (source.file.clone(), source.size);
        self.store
            .try_write(move |tx| {
                let blob = read.as_ref().and_then(|read| read.blob);
                let Some(mut row) = tx.draft_file(&id)? else {
                    if let Some(blob) = blob {
                        tx.drop_blob(blob)?;
                    }
                    return Ok(());
                };
                if let Some(read) = read {
                    // A copy makes the original superfluous; without one the path is all there is.
                    if read.blob.is_some() {
                        row.path = None;
                    }
                    row.blob = read.blob;
                    row.sha256 = read.sha256;
                    row.md5 = read.md5;
                    row.done = size;
                    if row.state == DraftFileState::Reading {
                        row.state = DraftFileState::Ready;
                    }
                }
                if let Some(problem) = problem {
                    row.state = DraftFileState::Refused;
                    row.problem_json = Some(to_json(&problem)?);
                }
                tx.put_draft_file(&row)?;
                Ok::<_, Error>(())
            })
            .await
    }
}

fn is_as_found(metadata: &std::fs::Metadata, source: &Source) -> bool {
    metadata.is_file()
        && metadata.len() == source.size
        && modified_at(metadata) == source.modified_at
}

/// Lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
