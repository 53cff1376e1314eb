//! Numbered migrations: forward only, all of them in one transaction.
//!
//! The number of the last one applied is the file's `user_version`. It is read under the writer's lock: of two programs
//! that open a file of an older version at the same moment, the second waits and finds nothing left to do.

use crate::error::{Result, StoreError};
use crate::row::Id;
use crate::text::packed_alone;
use rusqlite::functions::FunctionFlags;
use rusqlite::types::{ToSql, ToSqlOutput, Value};
use rusqlite::{Connection, TransactionBehavior};

/// In order. Never edit one that was released.
const STEPS: &[&str] = &[
    include_str!("../migrations/0001_init.sql"),
    include_str!("../migrations/0002_lean.sql"),
    include_str!("../migrations/0003_sending.sql"),
    include_str!("../migrations/0004_search.sql"),
    include_str!("../migrations/0005_listed.sql"),
    include_str!("../migrations/0006_index.sql"),
    include_str!("../migrations/0007_keys.sql"),
];

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

/// Brings the file to the schema of this version, or leaves it as it is. Leaves foreign keys unenforced on `connection`: a
/// table that is built anew would take along what refers to it. They are checked before the commit instead.
pub(crate) fn apply(connection: &mut Connection) -> Result<()> {
    if steps_after(version(connection)?)?.is_empty() {
        return Ok(());
    }
    define_functions(connection)?;
    connection.pragma_update(None, "foreign_keys", false)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for step in steps_after(version(&transaction)?)? {
        transaction.execute_batch(step)?;
    }
    if transaction
        .prepare("PRAGMA foreign_key_check")?
        .exists([])?
    {
        return Err(StoreError::Corrupt);
    }
    fit_index(&transaction)?;
    transaction.pragma_update(None, "user_version", STEPS.len())?;
    Ok(transaction.commit()?)
}

/// Makes a leaf of the search index as large as fits into a page beside what the encryption and the row around it take:
/// a larger one spills over into a second.
fn fit_index(connection: &Connection) -> Result<()> {
    // The encryption answers in the library's stead, by a text.
    let page: String = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let page: u32 = page.parse().map_err(|_| StoreError::Corrupt)?;
    for table in ["search", "beginning"] {
        connection.execute(
            &format!("INSERT INTO {table} ({table}, rank) VALUES ('pgsz', ?1)"),
            [page - 196],
        )?;
    }
    Ok(())
}

/// What migrations need beyond SQL.
fn define_functions(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DIRECTONLY;
    connection.create_scalar_function("packed", 1, flags, |context| {
        packed_alone(&context.get::<String>(0)?)
            .map_err(|error| rusqlite::Error::UserFunctionError(error.into()))
    })?;
    connection.create_scalar_function("packed_id", 1, flags, |context| {
        let id = context.get::<String>(0)?;
        Ok(match Id(&id).to_sql()? {
            ToSqlOutput::Owned(bytes) => bytes,
            _ => Value::Text(id),
        })
    })?;
    Ok(())
}
