//! What can go wrong in the store.

use rusqlite::ErrorCode;
use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;

/// The result of everything the store does.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// What went wrong. The text holds neither values nor statements.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file is encrypted with another key, or is no store at all: the two cannot be told apart.
    #[error("the store cannot be opened with this key")]
    WrongKey,
    /// Written by a newer version of the program; the file is left as it is.
    #[error(
        "the store was written by a newer version (schema {found}, this version knows {known})"
    )]
    Newer {
        /// Number of the file's last migration.
        found: u32,
        /// Number of the last migration this version knows.
        known: u32,
    },
    /// No space left for the file; nothing of the write was kept.
    #[error("no space left for the store")]
    DiskFull,
    /// The file is damaged.
    #[error("the store is damaged")]
    Corrupt,
    /// Another program holds the file.
    #[error("the store is in use")]
    Busy,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The folder or file cannot be used.
    #[error("the store's file cannot be used: {0:?}")]
    Unusable(std::io::ErrorKind),
    /// A fault of the program: a constraint, a type, a statement.
    #[error("unexpected answer of the store: {0}")]
    Sql(String),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::NotADatabase => Self::WrongKey,
                ErrorCode::DiskFull => Self::DiskFull,
                ErrorCode::DatabaseCorrupt => Self::Corrupt,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                ErrorCode::SystemIoFailure if failure.extended_code == SQLITE_IOERR_SHMSIZE => {
                    Self::DiskFull
                }
                ErrorCode::CannotOpen => Self::Unusable(std::io::ErrorKind::NotFound),
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                    Self::Unusable(std::io::ErrorKind::PermissionDenied)
                }
                // The driver's own message may quote values of a statement, so only the code is kept.
                code => Self::Sql(format!("{code:?} ({})", failure.extended_code)),
            },
            rusqlite::Error::QueryReturnedNoRows => Self::Sql("no row".to_owned()),
            rusqlite::Error::InvalidColumnType(column, _, kind) => {
                Self::Sql(format!("column {column} holds {kind:?}"))
            }
            rusqlite::Error::FromSqlConversionFailure(column, kind, _) => {
                Self::Sql(format!("column {column} holds an unknown {kind:?}"))
            }
            other => Self::Sql(format!("{:?}", std::mem::discriminant(other))),
        }
    }
}
