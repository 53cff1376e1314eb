//! Where the store's key is, and how it is found again.
//!
//! `key.json` in the profile says how the key is kept, never what it is. A profile that has a store keeps its way for
//! good: when that way fails the program says so and stops, since a fresh empty mailbox beside an unreadable one would
//! look like a loss.

use crate::error::ProfileError;
use crate::keychain::{Keychain, KeychainError};
use crate::passphrase::{Passphrase, Stretch};
use mailbox_store::StoreKey;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;
use zeroize::Zeroizing;

/// Contents of `key.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kept_in", rename_all = "snake_case")]
enum KeyFile {
    /// The keychain, under this name.
    Keychain { name: String },
    /// Nowhere: derived from a passphrase.
    Passphrase { stretch: Stretch },
}

/// Where a key that was found lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyHome {
    Keychain,
    Passphrase,
    /// In this process only.
    Run,
}

/// The store's key.
pub(crate) struct Key {
    bytes: Zeroizing<[u8; 32]>,
    pub(crate) home: KeyHome,
}

impl Key {
    pub(crate) fn store_key(&self) -> StoreKey {
        StoreKey::new(*self.bytes)
    }

    /// A key for another purpose of the same profile; one cannot be computed from the other.
    pub(crate) fn derived(&self, purpose: &str) -> [u8; 32] {
        use sha2::Digest;
        sha2::Sha256::new()
            .chain_update(*self.bytes)
            .chain_update(purpose.as_bytes())
            .finalize()
            .into()
    }
}

pub(crate) enum Found {
    Key(Key),
    NeedsPassphrase { is_new: bool },
}

/// Finds the key of the profile at `dir`, or makes one for a new profile.
pub(crate) fn find(
    dir: &Path,
    is_practice: bool,
    passphrase: Option<&Passphrase>,
) -> Result<Found, ProfileError> {
    match read(dir)? {
        Some(KeyFile::Keychain { name }) => from_keychain(&name),
        Some(KeyFile::Passphrase { stretch }) => match passphrase {
            None => Ok(Found::NeedsPassphrase { is_new: false }),
            Some(passphrase) => Ok(key(stretch.derive(passphrase)?, KeyHome::Passphrase)),
        },
        None if dir.join("mailbox.db").exists() => Err(ProfileError::KeyWrong),
        None => for_new_profile(dir, is_practice, passphrase),
    }
}

fn from_keychain(name: &str) -> Result<Found, ProfileError> {
    let secret = Keychain::connect()?
        .get(name)?
        .ok_or(ProfileError::KeyWrong)?;
    let bytes: [u8; 32] = secret
        .as_slice()
        .try_into()
        .map_err(|_| ProfileError::KeyWrong)?;
    Ok(key(Zeroizing::new(bytes), KeyHome::Keychain))
}

fn for_new_profile(
    dir: &Path,
    is_practice: bool,
    passphrase: Option<&Passphrase>,
) -> Result<Found, ProfileError> {
    if let Some(passphrase) = passphrase {
        if !passphrase.is_long_enough() {
            return Err(ProfileError::PassphraseTooShort);
        }
        let mut salt = [0_u8; 16];
        rand::rng().fill_bytes(&mut salt);
        let stretch = Stretch::new(salt);
        let bytes = stretch.derive(passphrase)?;
        write(dir, &KeyFile::Passphrase { stretch })?;
        return Ok(key(bytes, KeyHome::Passphrase));
    }
    let bytes = random_key();
    match keep_in_keychain(dir, &bytes) {
        Ok(()) => Ok(key(bytes, KeyHome::Keychain)),
        Err(ProfileError::KeychainMissing | ProfileError::KeychainLocked) if is_practice => {
            Ok(key(bytes, KeyHome::Run))
        }
        Err(ProfileError::KeychainMissing | ProfileError::KeychainLocked) => {
            Ok(Found::NeedsPassphrase { is_new: true })
        }
        Err(error) => Err(error),
    }
}

/// The key reaches the keychain before the profile says so: a kill in between leaves a new profile, not a lost key.
fn keep_in_keychain(dir: &Path, bytes: &[u8; 32]) -> Result<(), ProfileError> {
    let name = format!("store {}", uuid::Uuid::new_v4());
    let keychain = Keychain::connect()?;
    keychain.set(&name, bytes)?;
    let kept = keychain.get(&name)?;
    if kept.as_deref().map(Vec::as_slice) != Some(bytes.as_slice()) {
        return Err(ProfileError::KeychainLocked);
    }
    write(dir, &KeyFile::Keychain { name })
}

fn key(bytes: Zeroizing<[u8; 32]>, home: KeyHome) -> Found {
    Found::Key(Key { bytes, home })
}

fn random_key() -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    rand::rng().fill_bytes(bytes.as_mut());
    bytes
}

fn read(dir: &Path) -> Result<Option<KeyFile>, ProfileError> {
    match std::fs::read(dir.join("key.json")) {
        Ok(text) => serde_json::from_slice(&text)
            .map(Some)
            .map_err(|_| ProfileError::Unusable),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ProfileError::of_io(error)),
    }
}

/// Written beside, flushed and renamed, so that the file is whole or absent whatever happens.
fn write(dir: &Path, file: &KeyFile) -> Result<(), ProfileError> {
    let text = serde_json::to_vec_pretty(file).map_err(|_| ProfileError::Unusable)?;
    let beside = dir.join("key.json.new");
    let write = || -> std::io::Result<()> {
        let mut out = std::fs::File::create(&beside)?;
        out.write_all(&text)?;
        out.sync_all()?;
        std::fs::rename(&beside, dir.join("key.json"))?;
        std::fs::File::open(dir)?.sync_all()
    };
    write().map_err(ProfileError::of_io)
}

impl From<KeychainError> for ProfileError {
    fn from(error: KeychainError) -> Self {
        match error {
            KeychainError::Missing => Self::KeychainMissing,
            KeychainError::Locked => Self::KeychainLocked,
        }
    }
}
