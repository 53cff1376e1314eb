//! What every table family needs to turn rows into types.

/// An enum that is stored as a word.
macro_rules! stored_as_text {
    ($type:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $type {
            /// The word the store keeps.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl rusqlite::ToSql for $type {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                Ok(rusqlite::types::ToSqlOutput::from(self.as_str()))
            }
        }

        impl rusqlite::types::FromSql for $type {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                match value.as_str()? {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(rusqlite::types::FromSqlError::InvalidType),
                }
            }
        }
    };
}

pub(crate) use stored_as_text;

use crate::error::Result;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Params, Row};
use uuid::Uuid;

/// An id of Altinn's on its way into the store, which keeps 16 bytes of a UUID and anything else as it is.
pub(crate) struct Id<'a>(pub(crate) &'a str);

impl ToSql for Id<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let uuid = Uuid::try_parse(self.0).ok();
        // One that is written in another way would come back changed.
        let bytes = uuid.filter(|uuid| uuid.hyphenated().to_string() == self.0);
        Ok(match bytes {
            Some(uuid) => ToSqlOutput::Owned(Value::Blob(uuid.as_bytes().to_vec())),
            None => ToSqlOutput::from(self.0),
        })
    }
}

/// An id of Altinn's on its way out of the store.
pub(crate) struct StoredId(pub(crate) String);

impl FromSql for StoredId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Blob(bytes) => match Uuid::from_slice(bytes) {
                Ok(uuid) => Ok(Self(uuid.hyphenated().to_string())),
                Err(error) => Err(FromSqlError::Other(error.into())),
            },
            text => Ok(Self(text.as_str()?.to_owned())),
        }
    }
}

/// The rows of a prepared statement.
pub(crate) fn many<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<rusqlite::Result<Vec<T>>>()?)
}

/// The one row of a prepared statement, if there is one.
pub(crate) fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>> {
    use rusqlite::OptionalExtension;
    Ok(connection
        .prepare_cached(sql)?
        .query_row(params, read)
        .optional()?)
}

/// Runs a prepared statement; the number of rows it changed.
pub(crate) fn run(connection: &Connection, sql: &str, params: impl Params) -> Result<usize> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}
