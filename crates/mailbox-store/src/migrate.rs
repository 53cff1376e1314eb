//! Numbered migrations: forward only, each all or nothing.

use crate::error::{Result, StoreError};
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

/// In order; the number of applied ones is the file's `user_version`. Never edit one that was released.
const STEPS: &[M<'static>] = &[M::up(include_str!("../migrations/0001_init.sql"))];

/// Number of the last migration this version knows.
fn known() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// Refuses a file of a newer version. Reads only, so that the file stays as it is.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<()> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known() {
        return Err(StoreError::Newer {
            found,
            known: known(),
        });
    }
    Ok(())
}

/// Brings the file to the schema of this version.
pub(crate) fn apply(connection: &mut Connection) -> Result<()> {
    Migrations::from_slice(STEPS)
        .to_latest(connection)
        .map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            other => StoreError::Sql(format!("migration: {other}")),
        })
}
