//! Why a profile cannot be opened, named by what the user can do about it.

use crate::key::KeyHome;
use mailbox::view::{ErrorCode, UiError};
use mailbox_store::StoreError;
use std::collections::BTreeMap;

/// Why a profile cannot be opened. Nothing here holds a path, a name or a secret.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The program already runs on this profile.
    #[error("the program is already running on this profile")]
    Busy,
    /// The folder cannot be made, read or written.
    #[error("the profile folder cannot be used")]
    Unusable,
    /// No space left.
    #[error("the disk is full")]
    DiskFull,
    /// There is no keychain, and the profile keeps its key in one.
    #[error("there is no keychain on this machine")]
    KeychainMissing,
    /// The keychain is locked.
    #[error("the keychain is locked")]
    KeychainLocked,
    /// The key is gone or does not fit the store.
    #[error("the store cannot be opened with the key that was found")]
    KeyWrong,
    /// The passphrase does not fit the store.
    #[error("wrong passphrase")]
    PassphraseWrong,
    /// A new passphrase is too short.
    #[error(
        "the passphrase needs at least {} characters",
        crate::passphrase::SHORTEST
    )]
    PassphraseTooShort,
    /// The account file cannot be understood; says which member.
    #[error("the account file cannot be used: {0}")]
    AccountFile(String),
    /// A private key cannot be used, and why.
    #[error("the key cannot be used: {0}")]
    Key(#[from] altinn_client::KeyError),
    /// There is an account for the organisation in this environment already.
    #[error("the account exists already")]
    AccountInUse,
    /// An account signs in by this key.
    #[error("an account signs in by this key")]
    KeyInUse,
    /// A file that was chosen cannot be read.
    #[error("the file cannot be read")]
    FileUnreadable,
    /// A file holds no certificate.
    #[error("this is no certificate")]
    CertificateUnreadable,
    /// The proxy's address cannot be one.
    #[error("this cannot be a proxy")]
    ProxyInvalid,
    /// There is no such account or key.
    #[error("there is no such account or key")]
    NotFound,
    /// The embedded sandbox did not start.
    #[error("the practice mailbox could not be started")]
    SandboxFailed,
    /// The store.
    #[error("the store cannot be opened")]
    Store(#[from] StoreError),
    /// The mailbox.
    #[error(transparent)]
    Mailbox(#[from] mailbox::Error),
}

impl ProfileError {
    pub(crate) fn of_io(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Unusable,
        }
    }

    pub(crate) fn of_store(error: StoreError, home: KeyHome) -> Self {
        match (error, home) {
            (StoreError::WrongKey, KeyHome::Passphrase) => Self::PassphraseWrong,
            (StoreError::WrongKey, _) => Self::KeyWrong,
            (StoreError::DiskFull, _) => Self::DiskFull,
            (error, _) => Self::Store(error),
        }
    }

    /// The code and values that the window and the terminal have words for.
    pub fn ui(&self) -> UiError {
        let mut params = BTreeMap::new();
        let code = match self {
            Self::Busy => ErrorCode::ProfileBusy,
            Self::Unusable => ErrorCode::ProfileUnusable,
            Self::DiskFull => ErrorCode::DiskFull,
            Self::KeychainMissing => ErrorCode::KeychainMissing,
            Self::KeychainLocked => ErrorCode::KeychainLocked,
            Self::KeyWrong => ErrorCode::KeyWrong,
            Self::PassphraseWrong => ErrorCode::PassphraseWrong,
            Self::PassphraseTooShort => {
                params.insert("limit".into(), crate::passphrase::SHORTEST.to_string());
                ErrorCode::PassphraseTooShort
            }
            Self::AccountFile(detail) => {
                params.insert("detail".into(), detail.clone());
                ErrorCode::AccountFile
            }
            Self::Key(error) => {
                params.insert("reason".into(), error.name().to_owned());
                params.insert("detail".into(), error.to_string());
                ErrorCode::KeyUnusable
            }
            Self::AccountInUse => ErrorCode::AccountInUse,
            Self::KeyInUse => ErrorCode::KeyInUse,
            Self::FileUnreadable => ErrorCode::FileUnreadable,
            Self::CertificateUnreadable => ErrorCode::CertificateUnreadable,
            Self::ProxyInvalid => ErrorCode::ProxyInvalid,
            Self::NotFound => ErrorCode::NotFound,
            Self::SandboxFailed => ErrorCode::SandboxFailed,
            Self::Store(StoreError::Newer { .. }) => ErrorCode::StoreNewer,
            Self::Store(StoreError::Corrupt) => ErrorCode::StoreCorrupt,
            Self::Store(_) => ErrorCode::ProfileUnusable,
            Self::Mailbox(error) => return error.to_ui(chrono::Utc::now().timestamp_millis()),
        };
        UiError {
            code,
            params,
            trace_id: None,
            at: chrono::Utc::now().timestamp_millis(),
        }
    }
}
