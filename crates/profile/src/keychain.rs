//! The keychain of the operating system: the Secret Service on Linux, never the kernel's keyring, which forgets at
//! reboot and would take the mailbox with it.

use keyring_core::{CredentialStore, Entry, Error};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Why the keychain did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeychainError {
    /// No keychain service runs on this machine.
    Missing,
    /// There is one, and it is locked or the user declined to unlock it.
    Locked,
}

/// The keychain, connected.
pub(crate) struct Keychain;

const SERVICE: &str = "no.brevdue.desktop";

impl Keychain {
    /// Connects to the keychain.
    pub(crate) fn connect() -> Result<Self, KeychainError> {
        let store = platform_store().ok_or(KeychainError::Missing)?;
        keyring_core::set_default_store(store);
        Ok(Self)
    }

    /// The secret kept under `name`; `None` when there is none.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        match entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(_) => Err(KeychainError::Locked),
        }
    }

    /// Forgets what is kept under `name`; nothing there is as good.
    pub(crate) fn forget(&self, name: &str) -> Result<(), KeychainError> {
        match entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(_) => Err(KeychainError::Locked),
        }
    }

    /// Keeps `secret` under `name`.
    pub(crate) fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        entry(name)?
            .set_secret(secret)
            .map_err(|_| KeychainError::Locked)
    }
}

fn entry(name: &str) -> Result<Entry, KeychainError> {
    Entry::new(SERVICE, name).map_err(|_| KeychainError::Locked)
}

#[cfg(target_os = "linux")]
fn platform_store() -> Option<Arc<CredentialStore>> {
    let store = zbus_secret_service_keyring_store::Store::new().ok()?;
    Some(store)
}

#[cfg(not(target_os = "linux"))]
fn platform_store() -> Option<Arc<CredentialStore>> {
    None
}
