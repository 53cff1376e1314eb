//! Settings, by name.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{one, run};

impl Reader<'_> {
    /// A setting's JSON.
    pub fn setting(&self, name: &str) -> Result<Option<String>> {
        one(
            self.sql,
            "SELECT value_json FROM setting WHERE name = ?1",
            [name],
            |row| row.get(0),
        )
    }
}

impl Writer<'_> {
    /// Stores a setting.
    pub fn put_setting(&self, name: &str, value_json: &str) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO setting (name, value_json) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value_json = excluded.value_json",
            (name, value_json),
        )?;
        Ok(())
    }
}
