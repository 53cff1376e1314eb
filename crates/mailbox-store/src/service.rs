//! Services (resources of the Resource Registry).

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run};

/// What is known of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceRow {
    /// Resource id without URN prefix.
    pub resource: String,
    /// Bokmål.
    pub title_nb: String,
    /// Nynorsk.
    pub title_nn: String,
    /// English.
    pub title_en: String,
    /// Organisation number of the owner; empty when unknown.
    pub owner: String,
    /// Its policy demands confidential letters (reference, section 14).
    pub is_confidential: bool,
    /// Its policy lets letters be confidential, by demand or by choice.
    pub takes_confidential: bool,
    /// Login level the recipient needs.
    pub minimum_level: u8,
    /// When the registry was asked.
    pub checked_at: i64,
}

const COLUMNS: &str =
    "SELECT resource, title_nb, title_nn, title_en, owner, is_confidential, takes_confidential,
     minimum_level, checked_at FROM service";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<ServiceRow> {
    Ok(ServiceRow {
        resource: row.get(0)?,
        title_nb: row.get(1)?,
        title_nn: row.get(2)?,
        title_en: row.get(3)?,
        owner: row.get(4)?,
        is_confidential: row.get(5)?,
        takes_confidential: row.get(6)?,
        minimum_level: row.get(7)?,
        checked_at: row.get(8)?,
    })
}

impl Reader<'_> {
    /// One service, if the registry was asked.
    pub fn service(&self, resource: &str) -> Result<Option<ServiceRow>> {
        one(
            self.sql,
            &format!("{COLUMNS} WHERE resource = ?1 AND checked_at IS NOT NULL"),
            [resource],
            read,
        )
    }

    /// All services the registry was asked about.
    pub fn services(&self) -> Result<Vec<ServiceRow>> {
        many(
            self.sql,
            &format!("{COLUMNS} WHERE checked_at IS NOT NULL ORDER BY resource"),
            [],
            read,
        )
    }

    /// What letters name a service by; none for one that no letter has named.
    pub(crate) fn service_key(&self, resource: &str) -> Result<Option<i64>> {
        one(
            self.sql,
            "SELECT key FROM service WHERE resource = ?1",
            [resource],
            |row| row.get(0),
        )
    }
}

impl Writer<'_> {
    /// The same, given now where there is none.
    pub(crate) fn given_service_key(&self, resource: &str) -> Result<i64> {
        if let Some(key) = self.service_key(resource)? {
            return Ok(key);
        }
        run(
            self.sql,
            "INSERT INTO service (resource) VALUES (?1)",
            [resource],
        )?;
        Ok(self.sql.last_insert_rowid())
    }

    /// Stores what the registry said.
    pub fn put_service(&self, service: &ServiceRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO service (resource, title_nb, title_nn, title_en, owner, is_confidential, takes_confidential,
               minimum_level, checked_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (resource) DO UPDATE SET title_nb = excluded.title_nb, title_nn = excluded.title_nn,
               title_en = excluded.title_en, owner = excluded.owner, is_confidential = excluded.is_confidential,
               takes_confidential = excluded.takes_confidential, minimum_level = excluded.minimum_level, checked_at = excluded.checked_at",
            (
                &service.resource,
                &service.title_nb,
                &service.title_nn,
                &service.title_en,
                &service.owner,
                service.is_confidential,
                service.takes_confidential,
                service.minimum_level,
                service.checked_at,
            ),
        )?;
        Ok(())
    }
}
