//! A sandbox that remembers: its state in a file, read at start, written a moment after each change and at the end.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};

use crate::app::App;

/// How long a change may go unwritten. Long enough to gather the rows of one call and those after it.
const DEBOUNCE: Duration = Duration::from_millis(300);
/// First bytes of a sealed file; a plain one begins with a brace.
const SEAL: &[u8] = b"BRVSEAL1";
const VERSION: u64 = 1;

/// Where state is kept.
#[derive(Clone)]
pub struct StateFile {
    /// The file. It is made when it does not exist; its folder must.
    pub path: PathBuf,
    /// Seals the file with AES-256-GCM when given; plain JSON otherwise.
    pub key: Option<[u8; 32]>,
}

impl std::fmt::Debug for StateFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StateFile")
            .field("path", &self.path)
            .field("sealed", &self.key.is_some())
            .finish()
    }
}

/// Why a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// It cannot be read or written.
    #[error("the state file cannot be read or written: {0}")]
    Io(#[from] std::io::Error),
    /// It is sealed with another key, or damaged.
    #[error("the state file is sealed with another key, or damaged")]
    Sealed,
    /// It is not a state file of this version.
    #[error("the state file is damaged, or of another version")]
    Content,
}

impl StateFile {
    /// Reads the file; `None` when there is none.
    fn read(&self) -> Result<Option<Vec<u8>>, StateFileError> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        match (&self.key, bytes.strip_prefix(SEAL)) {
            (None, None) => Ok(Some(bytes)),
            (Some(key), Some(sealed)) => opened(key, sealed).map(Some),
            _ => Err(StateFileError::Sealed),
        }
    }

    /// Takes the file's place with new bytes, whole or not at all.
    fn write(&self, plain: Vec<u8>) -> Result<(), StateFileError> {
        let bytes = match &self.key {
            Some(key) => sealed(key, plain)?,
            None => plain,
        };
        let new = with_suffix(&self.path);
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, &self.path)?;
        Ok(())
    }
}

fn with_suffix(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, StateFileError> {
    UnboundKey::new(&AES_256_GCM, key)
        .map(LessSafeKey::new)
        .map_err(|_| StateFileError::Sealed)
}

fn sealed(key: &[u8; 32], mut bytes: Vec<u8>) -> Result<Vec<u8>, StateFileError> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new()
        .fill(&mut nonce)
        .map_err(|_| StateFileError::Sealed)?;
    cipher(key)?
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(SEAL),
            &mut bytes,
        )
        .map_err(|_| StateFileError::Sealed)?;
    Ok([SEAL, &nonce, &bytes].concat())
}

fn opened(key: &[u8; 32], sealed: &[u8]) -> Result<Vec<u8>, StateFileError> {
    let (nonce, bytes) = sealed
        .split_at_checked(NONCE_LEN)
        .ok_or(StateFileError::Sealed)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| StateFileError::Sealed)?;
    let mut bytes = bytes.to_vec();
    let length = cipher(key)?
        .open_in_place(nonce, Aad::from(SEAL), &mut bytes)
        .map_err(|_| StateFileError::Sealed)?
        .len();
    bytes.truncate(length);
    Ok(bytes)
}

/// Takes over what the file remembers; false when there is no file yet.
///
/// # Errors
/// When the file cannot be read, opened or understood. The sandbox then remembers nothing of it.
pub fn load(app: &App, file: &StateFile) -> Result<bool, StateFileError> {
    let Some(bytes) = file.read()? else {
        return Ok(false);
    };
    let mut stored: Value = serde_json::from_slice(&bytes).map_err(|_| StateFileError::Content)?;
    if stored.get("version").and_then(Value::as_u64) != Some(VERSION) {
        return Err(StateFileError::Content);
    }
    let tables = stored
        .get_mut("tables")
        .map(Value::take)
        .ok_or(StateFileError::Content)?;
    let tables = serde_json::to_vec(&tables).map_err(|_| StateFileError::Content)?;
    drop(bytes);
    app.state
        .import(&tables)
        .map_err(|_| StateFileError::Content)?;
    if let Some(platform) = stored.get_mut("platform").map(Value::take) {
        let tables = serde_json::from_value(platform).map_err(|_| StateFileError::Content)?;
        app.platform.import(tables);
    }
    let ahead_us = stored.get("ahead_us").and_then(Value::as_u64).unwrap_or(0);
    app.clock.advance(Duration::from_micros(ahead_us));
    // Keys count as posted anew, so that a sandbox that is kept for years can still be signed in to.
    let now = app.clock.now().timestamp();
    if let Some(keys) = stored.get("client_keys").and_then(Value::as_object) {
        for (client, set) in keys {
            app.authority
                .register_keys(client, set, now)
                .map_err(|_| StateFileError::Content)?;
        }
    }
    Ok(true)
}

/// Writes the file now.
///
/// # Errors
/// When it cannot be written; the one before is still there then.
pub fn save(app: &App, file: &StateFile) -> Result<(), StateFileError> {
    let tables = app.state.export().map_err(|_| StateFileError::Content)?;
    let ahead_us = app.clock.ahead().num_microseconds().unwrap_or(0);
    let platform =
        serde_json::to_value(&*app.platform.read()).map_err(|_| StateFileError::Content)?;
    let head = json!({
        "version": VERSION, "ahead_us": ahead_us, "client_keys": app.authority.registered(), "platform": platform,
    });
    // The tables are JSON already: they are put in as they are, because they may be large.
    let mut bytes = head.to_string().into_bytes();
    bytes.pop();
    bytes.extend_from_slice(b",\"tables\":");
    bytes.extend_from_slice(&tables);
    bytes.push(b'}');
    file.write(bytes)
}

/// Writes the file a moment after each change, until it is dropped.
pub async fn keep(app: Arc<App>, file: StateFile) {
    let revision = || (app.state.revision(), app.platform.revision());
    let mut written = revision();
    let mut pause = DEBOUNCE;
    loop {
        tokio::time::sleep(pause).await;
        let now = revision();
        if now == written {
            continue;
        }
        let began = Instant::now();
        let saved = {
            let (app, file) = (Arc::clone(&app), file.clone());
            tokio::task::spawn_blocking(move || save(&app, &file)).await
        };
        match saved {
            Ok(Ok(())) => written = now,
            Ok(Err(error)) => tracing::warn!(%error, "the sandbox could not keep its state"),
            Err(_) => return,
        }
        // A large state takes its time; writing it must not become all the sandbox does.
        pause = DEBOUNCE.max(began.elapsed() * 10);
    }
}
