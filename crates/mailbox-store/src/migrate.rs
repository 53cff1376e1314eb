//! Numbered migrations: forward only, all of them in one transaction.
//!
//! The number of the last one applied is the file's `user_version`. It is read under the writer's lock: of two programs
//! that open a file of an older version at the same moment, the second waits and finds nothing left to do.

use crate::error::{Result, StoreError};
use rusqlite::{Connection, TransactionBehavior};

/// In order. Never edit one that was released.
const STEPS: &[&str] = &[include_str!("../migrations/0001_init.sql")];

fn version(connection: &Connection) -> Result<usize> {
    Ok(connection.query_row("PRAGMA user_version", [], |row| row.get(0))?)
}

/// The steps that a file of this version still wants.
fn steps_after(found: usize) -> Result<&'static [&'static str]> {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    STEPS.get(found..).ok_or(StoreError::Newer {
        found: count(found),
        known: count(STEPS.len()),
    })
}

/// Refuses a file of a newer version. Reads only, so that the file stays as it is.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<()> {
    steps_after(version(connection)?).map(drop)
}

/// Brings the file to the schema of this version, or leaves it as it is.
pub(crate) fn apply(connection: &mut Connection) -> Result<()> {
    if steps_after(version(connection)?)?.is_empty() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in steps_after(version(&transaction)?)? {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", STEPS.len())?;
    Ok(transaction.commit()?)
}
