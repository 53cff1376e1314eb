//! Files of letters: fetched when the user asks, saved where the user wants.

use crate::beside;
use crate::file_name;
use crate::files::{COPIED, hex};
use crate::outbox::state::backoff;
use crate::view::ErrorCode;
use crate::{Account, Error, Mailbox, Result};
use altinn_client::{ApiError, Download, Retry};
use mailbox_store::{AttachmentRow, BlobHandle, Fetch, MessageRow, Role};
use md5::{Digest, Md5};
use sha2::Sha256;
use std::io::Write;
use std::path::{Path, PathBuf};
use uuid::Uuid;

/// Longest file name that is written, bytes of UTF-8: what common file systems take.
const LONGEST_NAME: usize = 255;

impl Mailbox {
    /// Asks for the bytes of a file; they come in the background, and the letter changes when they are here.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn fetch_attachment(
        &self,
        message: impl Into<String> + Send,
        attachment: impl Into<String> + Send,
    ) -> Result<()> {
        let message: String = message.into();
        let attachment: String = attachment.into();
        self.want(&message, Some(attachment)).await?;
        self.engine.wake_files.notify_one();
        Ok(())
    }

    /// Saves a file as `target`, or under its own name when `target` is a folder; fetches it first when it is not
    /// here. What is there already is never replaced: the new file gets a number. Gives where it was saved.
    ///
    /// # Errors
    /// `NotFound`; `SaveFailed`; `NoNetwork` and the like when it had to be fetched.
    pub async fn save_attachment(
        &self,
        message: impl Into<String> + Send,
        attachment: impl Into<String> + Send,
        target: &Path,
    ) -> Result<PathBuf> {
        let message: String = message.into();
        let attachment: String = attachment.into();
        let (folder, name) = if target.is_dir() {
            (target.to_path_buf(), None)
        } else {
            let name = target
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            (
                target.parent().unwrap_or(Path::new(".")).to_path_buf(),
                Some(safe_name(&name.unwrap_or_default())),
            )
        };
        let (row, files) = self.files_of(&message).await?;
        let file = files
            .into_iter()
            .find(|file| file.file.id == attachment)
            .ok_or(Error::NotFound)?;
        self.save_one(&row, file, &folder, name).await
    }

    /// Saves every file of a letter into `folder`; gives where each was saved.
    ///
    /// # Errors
    /// As [`Mailbox::save_attachment`]; files saved before the one that failed stay.
    pub async fn save_all_attachments(
        &self,
        message: impl Into<String> + Send,
        folder: &Path,
    ) -> Result<Vec<PathBuf>> {
        let message: String = message.into();
        let (row, files) = self.files_of(&message).await?;
        let mut saved = Vec::new();
        for file in files {
            saved.push(self.save_one(&row, file, folder, None).await?);
        }
        Ok(saved)
    }

    /// Saves one file under `name`, or its own, fetched first when it is not here.
    async fn save_one(
        &self,
        row: &MessageRow,
        file: AttachmentRow,
        folder: &Path,
        name: Option<String>,
    ) -> Result<PathBuf> {
        let name = name.unwrap_or_else(|| safe_name(&file.file.name));
        if file.file.blob.is_some() {
            return self.save(&file, folder, &name).await;
        }
        let id = file.file.id.clone();
        let _turn = self.engine.file_turn.lock().await;
        self.want(&row.id, Some(id.clone())).await?;
        match self.fetch_one(row, &file, Some((folder, &name))).await? {
            Fetched::Saved(path) => Ok(path),
            Fetched::Stored => {
                let (_, files) = self.files_of(&row.id).await?;
                let file = files.iter().find(|file| file.file.id == id);
                self.save(file.ok_or(Error::NotFound)?, folder, &name).await
            }
            Fetched::Later if self.line(|line| line.offline_since.is_some()) => {
                Err(Error::NoNetwork)
            }
            Fetched::Later if !self.account(&row.account)?.is_signed_in() => {
                Err(Error::SignInAgain)
            }
            Fetched::Later | Fetched::Failed => Err(Error::rule(ErrorCode::SaveFailed)),
        }
    }

    async fn files_of(&self, message: &str) -> Result<(MessageRow, Vec<AttachmentRow>)> {
        let id = message.to_owned();
        self.store
            .try_read(move |reader| {
                let row = reader.message(&id)?.ok_or(Error::NotFound)?;
                let files = reader.attachments(row.key)?;
                Ok((row, files))
            })
            .await
    }

    /// Notes that the user wants a file, or all of a letter.
    async fn want(&self, message: &str, attachment: Option<String>) -> Result<()> {
        let id = message.to_owned();
        let row = self
            .store
            .try_write(move |tx| {
                let row = tx.message(&id)?.ok_or(Error::NotFound)?;
                let files = tx.attachments(row.key)?;
                let is_meant = |file: &&AttachmentRow| {
                    attachment.as_ref().is_none_or(|id| *id == file.file.id)
                };
                let meant: Vec<_> = files.iter().filter(is_meant).collect();
                if meant.is_empty() && attachment.is_some() {
                    return Err(Error::NotFound);
                }
                for file in meant.into_iter().filter(|file| file.file.blob.is_none()) {
                    tx.set_fetch(file.key, Fetch::Wanted)?;
                }
                Ok(row)
            })
            .await?;
        self.tell_message(&row);
        Ok(())
    }

    /// Fetches what is wanted; when to try again, if the network is missing.
    pub(crate) async fn run_files(&self) -> Result<Option<i64>> {
        let _turn = self.engine.file_turn.lock().await;
        let wanted = self
            .store
            .read(|reader| reader.wanted_attachments())
            .await?;
        let mut again = None;
        for file in wanted {
            let key = file.message;
            let Some(row) = self
                .store
                .read(move |reader| reader.message_by_key(key))
                .await?
            else {
                continue;
            };
            if let Fetched::Later = self.fetch_one(&row, &file, None).await? {
                again = Some(self.clock.now() + backoff(4, self.ids.fraction()));
            }
        }
        Ok(again)
    }

    /// Fetches a file into the store; one that is too large to be kept goes to `place` instead, a folder and a name in it,
    /// where the user has named one.
    async fn fetch_one(
        &self,
        row: &MessageRow,
        file: &AttachmentRow,
        place: Option<(&Path, &str)>,
    ) -> Result<Fetched> {
        let Ok(account) = self.account(&row.account) else {
            return Ok(Fetched::Failed);
        };
        let key = file.key;
        self.store
            .write(move |tx| tx.set_fetch(key, Fetch::Running))
            .await?;
        self.tell_message(row);
        let (fetch, fetched) = match self.download(account, row, file, place).await {
            Ok(Some(path)) => (Some(Fetch::None), Ok(Fetched::Saved(path))),
            Ok(None) => (None, Ok(Fetched::Stored)),
            Err(Broken::Later) => (None, Ok(Fetched::Later)),
            Err(Broken::Failed) => (Some(Fetch::Failed), Ok(Fetched::Failed)),
            Err(Broken::Lost(status)) => {
                self.store
                    .write(move |tx| tx.set_attachment_status(key, status))
                    .await?;
                (Some(Fetch::None), Ok(Fetched::Failed))
            }
            Err(Broken::Here(error)) => (Some(Fetch::Failed), Err(error)),
        };
        if let Some(fetch) = fetch {
            self.store.write(move |tx| tx.set_fetch(key, fetch)).await?;
        }
        self.tell_message(row);
        fetched
    }

    /// Where it was saved; none when it is in the store.
    async fn download(
        &self,
        account: &Account,
        row: &MessageRow,
        file: &AttachmentRow,
        place: Option<(&Path, &str)>,
    ) -> Result<Option<PathBuf>, Broken> {
        let ids = row
            .correspondence
            .parse::<Uuid>()
            .ok()
            .zip(file.file.id.parse::<Uuid>().ok());
        let (Some((letter, id)), Role::Received) = (ids, row.role) else {
            return Err(Broken::Failed);
        };
        let download = account
            .client
            .download(letter, id)
            .await
            .map_err(|error| self.broken(&error))?;
        self.hear_answer();
        let promised = &file.file.checksum;
        match place {
            Some((folder, name)) if download.length.is_some_and(|length| length > COPIED) => {
                let saved = self.to_disk(download, promised, folder, name).await?;
                Ok(Some(saved))
            }
            _ => self
                .to_store(download, promised, file.key)
                .await
                .map(|()| None),
        }
    }

    async fn to_store(
        &self,
        mut download: Download,
        promised: &str,
        key: i64,
    ) -> Result<(), Broken> {
        let mut blob = BlobHandle::create(&self.store, self.clock.now()).await?;
        let mut hash = Md5::new();
        loop {
            match download.chunk().await {
                Ok(Some(bytes)) => {
                    hash.update(&bytes);
                    blob.write(&bytes).await?;
                }
                Ok(None) => break,
                Err(error) => {
                    let broken = self.broken(&error);
                    blob.abandon().await?;
                    return Err(broken);
                }
            }
        }
        let md5 = hex(&hash.finalize());
        if is_another(promised, &md5) {
            // Not what was sent: better no file than another one.
            blob.abandon().await?;
            return Err(Broken::Failed);
        }
        let done = blob.finish(Some(md5)).await?;
        let sha256 = done.sha256.unwrap_or_default();
        self.store
            .write(move |tx| tx.set_attachment_blob(key, done.id, done.size, &sha256))
            .await?;
        self.engine.wake_words.notify_one();
        Ok(())
    }

    /// Straight to where the user wants it, hashed beside the disk; it gets its name when it is whole and right.
    async fn to_disk(
        &self,
        mut download: Download,
        promised: &str,
        folder: &Path,
        name: &str,
    ) -> Result<PathBuf, Broken> {
        let temporary = folder.join(format!(".{}.part", self.ids.uuid()));
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)
            .map_err(|error| Broken::Here(saving(error)))?;
        let (to_md5, md5) = beside::hasher::<Md5>();
        let (to_file, written) = beside::writer(file);
        let mut gathered = beside::Gathered::default();
        let arrived = loop {
            let (piece, is_end) = match download.chunk().await {
                Ok(Some(bytes)) => (gathered.add(&bytes), false),
                Ok(None) => (Some(gathered.rest()), true),
                Err(error) => break Err(self.broken(&error)),
            };
            if let Some(piece) = piece {
                // A thread that has ended tells why below.
                let _ = to_md5.send(piece.clone()).await;
                if to_file.send(piece).await.is_err() {
                    break Ok(());
                }
            }
            if is_end {
                break Ok(());
            }
        };
        drop((to_md5, to_file));
        let (md5, written) = (md5.await, written.await);
        let placed = match (arrived, md5, written) {
            (Err(broken), _, _) => Err(broken),
            (_, _, Ok(Err(error))) => Err(Broken::Here(saving(error))),
            (Ok(()), Ok(md5), Ok(Ok(()))) if !is_another(promised, &md5) => {
                place(&temporary, folder, name).map_err(|error| Broken::Here(saving(error)))
            }
            _ => Err(Broken::Failed),
        };
        if placed.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        placed
    }

    fn broken(&self, error: &ApiError) -> Broken {
        let ours = self.hear_error(error);
        match (error.code(), error.retry()) {
            (Some(2019), _) => Broken::Lost("Purged"),
            (Some(2020), _) => Broken::Lost("Expired"),
            _ if matches!(
                ours,
                Error::NoNetwork
                    | Error::Slow { .. }
                    | Error::SignInRefused { .. }
                    | Error::SignInAgain
            ) =>
            {
                Broken::Later
            }
            (_, Retry::Later { .. }) => Broken::Later,
            _ => Broken::Failed,
        }
    }

    async fn save(&self, file: &AttachmentRow, folder: &Path, name: &str) -> Result<PathBuf> {
        let blob = file.file.blob.ok_or(Error::NotFound)?;
        let temporary = folder.join(format!(".{}.part", self.ids.uuid()));
        let written = self
            .write_out(blob, file.file.sha256.as_deref(), &temporary)
            .await;
        let placed = match written {
            Ok(()) => place(&temporary, folder, name).map_err(saving),
            Err(error) => Err(error),
        };
        if placed.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        placed
    }

    /// Writes the bytes of a blob to a new file and compares their hash.
    async fn write_out(&self, blob: i64, sha256: Option<&str>, path: &Path) -> Result<()> {
        let mut out = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(saving)?;
        let mut hash = Sha256::new();
        for position in 0.. {
            let Some(chunk) = self.store.blob_chunk(blob, position).await? else {
                break;
            };
            hash.update(&chunk);
            out.write_all(&chunk).map_err(saving)?;
        }
        out.sync_all().map_err(saving)?;
        if sha256.is_some_and(|sha256| sha256 != hex(&hash.finalize())) {
            return Err(Error::StoreCorrupt);
        }
        Ok(())
    }
}

/// Whether bytes are not those whose checksum was promised; an MD5 where there is one.
fn is_another(promised: &str, md5: &str) -> bool {
    promised.len() == md5.len() && !promised.eq_ignore_ascii_case(md5)
}

/// What became of a file that was asked for.
enum Fetched {
    /// It is in the store.
    Stored,
    /// It is where the user wanted it, and not in the store.
    Saved(PathBuf),
    /// It is tried again by itself.
    Later,
    /// The user may try again, or it is lost.
    Failed,
}

/// Why a file did not come.
#[derive(Debug)]
enum Broken {
    /// It is tried again by itself.
    Later,
    /// The user may try again.
    Failed,
    /// Altinn no longer has it; its status there.
    Lost(&'static str),
    /// The fault is on this machine.
    Here(Error),
}

impl From<mailbox_store::StoreError> for Broken {
    fn from(error: mailbox_store::StoreError) -> Self {
        Self::Here(error.into())
    }
}

fn saving(error: std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Error::DiskFull,
        reason => Error::SaveFailed { reason },
    }
}

/// Moves a finished file to the first free name in `folder`.
fn place(temporary: &Path, folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    let mut candidate = name.to_owned();
    loop {
        let path = folder.join(&candidate);
        match std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
        {
            // The name is ours now, so the move replaces nothing of the user's.
            Ok(_) => {
                std::fs::rename(temporary, &path)?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                candidate = file_name::numbered(name, |other| {
                    folder.join(other).symlink_metadata().is_ok()
                });
            }
            Err(error) => return Err(error),
        }
    }
}

/// A name that is safe to write on any file system: the sender chose it, and the service lets more through than it
/// should (quality, B-I3).
pub(crate) fn safe_name(name: &str) -> String {
    let is_hidden = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}');
    let is_refused = |c: char| {
        c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*')
    };
    let mut safe: String = name
        .chars()
        .filter(|c| !is_hidden(*c))
        .map(|c| if is_refused(c) { '_' } else { c })
        .collect();
    safe.truncate(safe.trim_end_matches(['.', ' ']).len());
    let safe = safe.trim_start_matches(['.', ' ']);
    let stem = safe
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '¹', '²', '³'];
    let is_numbered = |kind: &str| {
        stem.strip_prefix(kind)
            .is_some_and(|rest| rest.chars().count() == 1 && rest.starts_with(digits))
    };
    let is_device = matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || is_numbered("COM")
        || is_numbered("LPT");
    let safe = match (
        safe.is_empty(),
        is_device || safe.eq_ignore_ascii_case("desktop.ini"),
    ) {
        (true, _) => "vedlegg".to_owned(),
        (false, true) => format!("_{safe}"),
        (false, false) => safe.to_owned(),
    };
    shorten(safe)
}

/// Cuts the stem, never the type: what a file is must stay visible.
fn shorten(name: String) -> String {
    if name.len() <= LONGEST_NAME {
        return name;
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 16 => (stem, format!(".{ending}")),
        _ => (name.as_str(), String::new()),
    };
    let room = LONGEST_NAME - ending.len();
    let mut stem = stem.to_owned();
    while stem.len() > room {
        stem.pop();
    }
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_stays_inside_the_folder() {
        for (name, safe) in [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("/etc/shadow", "_etc_shadow"),
            ("\\\\?\\C:\\x.pdf", "____C__x.pdf"),
            ("a.txt:b", "a.txt_b"),
            ("faktura\u{202e}fdp.exe", "fakturafdp.exe"),
            ("CON.pdf", "_CON.pdf"),
            ("com¹.txt", "_com¹.txt"),
            ("brev.pdf. . ", "brev.pdf"),
            ("..", "vedlegg"),
            ("", "vedlegg"),
            ("desktop.ini", "_desktop.ini"),
            ("blåbær æøå.pdf", "blåbær æøå.pdf"),
        ] {
            assert_eq!(safe_name(name), safe, "{name:?} must be made safe");
        }
    }

    #[test]
    fn a_long_name_keeps_its_type() {
        let safe = safe_name(&format!("{}.pdf", "æ".repeat(300)));
        assert!(
            safe.len() <= LONGEST_NAME && safe.ends_with("æ.pdf"),
            "the stem is cut, not the type"
        );
    }

    #[test]
    fn what_is_there_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.pdf"), "mine").unwrap();
        let mut names = Vec::new();
        for text in ["one", "two"] {
            let temporary = folder.path().join("part");
            std::fs::write(&temporary, text).unwrap();
            names.push(place(&temporary, folder.path(), "a.pdf").unwrap());
        }
        assert_eq!(
            std::fs::read_to_string(folder.path().join("a.pdf")).unwrap(),
            "mine",
            "the user's file stays"
        );
        assert_eq!(
            std::fs::read_to_string(&names[0]).unwrap(),
            "one",
            "the first copy has a name of its own"
        );
        assert_eq!(
            std::fs::read_to_string(&names[1]).unwrap(),
            "two",
            "and so has the second"
        );
    }

    proptest! {
        #[test]
        fn any_name_is_one_step_below_the_folder(name in "\\PC{0,300}|[\\x00-\\x7f]{0,40}") {
            let safe = safe_name(&name);
            let path = Path::new(&safe);
            prop_assert_eq!(path.components().count(), 1, "one component");
            prop_assert!(matches!(path.components().next(), Some(std::path::Component::Normal(_))), "a plain one");
            prop_assert!(safe.len() <= LONGEST_NAME, "not too long");
        }
    }
}
