//! How far services have been listed.

use crate::error::Result;
use crate::message::Role;
use crate::pool::{Reader, Writer};
use crate::row::{one, run};

/// State of one service on one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeRow {
    /// Account id.
    pub account: String,
    /// Resource id.
    pub resource: String,
    /// Side.
    pub role: Role,
    /// Last complete listing.
    pub listed_at: Option<i64>,
    /// Last full reconciliation.
    pub full_at: Option<i64>,
    /// What the engine needs to go on, as it writes it.
    pub cursor_json: Option<String>,
}

impl Reader<'_> {
    /// How far a service is listed; none before the first time.
    pub fn scope(&self, account: &str, resource: &str, role: Role) -> Result<Option<ScopeRow>> {
        one(
            self.sql,
            "SELECT account, resource, role, listed_at, full_at, cursor_json FROM sync_scope
             WHERE account = ?1 AND resource = ?2 AND role = ?3",
            (account, resource, role),
            |row| {
                Ok(ScopeRow {
                    account: row.get(0)?,
                    resource: row.get(1)?,
                    role: row.get(2)?,
                    listed_at: row.get(3)?,
                    full_at: row.get(4)?,
                    cursor_json: row.get(5)?,
                })
            },
        )
    }
}

impl Writer<'_> {
    /// Stores how far a service is listed.
    pub fn put_scope(&self, scope: &ScopeRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO sync_scope (account, resource, role, listed_at, full_at, cursor_json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account, resource, role) DO UPDATE SET listed_at = excluded.listed_at,
               full_at = excluded.full_at, cursor_json = excluded.cursor_json",
            (
                &scope.account,
                &scope.resource,
                scope.role,
                scope.listed_at,
                scope.full_at,
                &scope.cursor_json,
            ),
        )?;
        Ok(())
    }
}
