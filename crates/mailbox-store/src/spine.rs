//! The spine: what is known of each letter that sync lists, and the questions its plan asks.

use crate::error::Result;
use crate::message::{Level, Role};
use crate::pool::Reader;
use crate::row::{Id, StoredId, many, one};

/// What the sync plan knows of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpineRow {
    /// Of the row.
    pub key: i64,
    /// Altinn's id.
    pub correspondence: String,
    /// How much is here.
    pub level: Level,
    /// As Altinn last reported it.
    pub status: String,
    /// Time sorted by.
    pub at: i64,
    /// Publish time asked for, by which Altinn lists.
    pub requested_publish_at: Option<i64>,
    /// Published.
    pub published_at: Option<i64>,
    /// When Altinn was last asked.
    pub checked_at: Option<i64>,
    /// Confidential.
    pub is_confidential: bool,
    /// Read, confirmed, failed or purged in Altinn's history, as far as known.
    pub is_read: bool,
    /// Confirmed.
    pub is_confirmed: bool,
    /// Failed.
    pub is_failed: bool,
    /// Purged or found gone.
    pub is_gone: bool,
}

impl Reader<'_> {
    /// All that is known of the letters of a service on one side, newest first.
    pub fn spine(&self, account: &str, resource: &str, role: Role) -> Result<Vec<SpineRow>> {
        many(
            self.sql,
            &format!(
                "{SPINE} WHERE account = ?1 AND service = ?2 AND role = ?3 ORDER BY at DESC, key DESC"
            ),
            (
                self.account_key(account)?,
                self.service_key(resource)?,
                role,
            ),
            spine_row,
        )
    }

    /// The same of single letters on one side of an account; those that are not here are left out.
    pub fn known(
        &self,
        account: &str,
        role: Role,
        correspondences: &[String],
    ) -> Result<Vec<SpineRow>> {
        let sql = format!("{SPINE} WHERE account = ?1 AND role = ?2 AND correspondence = ?3");
        let (account, mut rows) = (self.account_key(account)?, Vec::new());
        for correspondence in correspondences {
            rows.extend(one(
                self.sql,
                &sql,
                (account, role, Id(correspondence)),
                spine_row,
            )?);
        }
        Ok(rows)
    }

    /// The same of received letters of a service with a publish time between `from` (included) and `before`, in UTC
    /// milliseconds.
    pub fn listed_between(
        &self,
        account: &str,
        resource: &str,
        from: i64,
        before: i64,
    ) -> Result<Vec<SpineRow>> {
        many(
            self.sql,
            &format!(
                "{SPINE} WHERE account = ?1 AND service = ?2 AND role = 'received'
                 AND coalesce(requested_publish_at, at) >= ?3 AND coalesce(requested_publish_at, at) < ?4"
            ),
            (
                self.account_key(account)?,
                self.service_key(resource)?,
                from,
                before,
            ),
            spine_row,
        )
    }

    /// References of those letters, each once and `most` at most.
    pub fn references_between(
        &self,
        account: &str,
        resource: &str,
        from: i64,
        before: i64,
        most: u32,
    ) -> Result<Vec<String>> {
        many(
            self.sql,
            "SELECT DISTINCT reference FROM message
             WHERE account = ?1 AND service = ?2 AND role = 'received' AND reference <> ''
             AND coalesce(requested_publish_at, at) >= ?3 AND coalesce(requested_publish_at, at) < ?4 LIMIT ?5",
            (
                self.account_key(account)?,
                self.service_key(resource)?,
                from,
                before,
                most,
            ),
            |row| row.get(0),
        )
    }

    /// The publish time of the received letter of a service before which `newer` newer ones come.
    pub fn listed_at(&self, account: &str, resource: &str, newer: u32) -> Result<Option<i64>> {
        one(
            self.sql,
            "SELECT coalesce(requested_publish_at, at) FROM message
             WHERE account = ?1 AND service = ?2 AND role = 'received'
             ORDER BY coalesce(requested_publish_at, at) DESC LIMIT 1 OFFSET ?3",
            (
                self.account_key(account)?,
                self.service_key(resource)?,
                newer,
            ),
            |row| row.get(0),
        )
    }

    /// Letters of ours that Altinn has and has not published.
    pub fn unpublished(&self, account: &str, resource: &str) -> Result<Vec<SpineRow>> {
        many(
            self.sql,
            &format!(
                "{SPINE} WHERE account = ?1 AND service = ?2
                 AND role = 'sent' AND published_at IS NULL AND failed_at IS NULL AND gone_at IS NULL"
            ),
            (self.account_key(account)?, self.service_key(resource)?),
            spine_row,
        )
    }
}

const SPINE: &str = "SELECT key, correspondence, level, status, at, published_at, checked_at, read_at IS NOT NULL,
  confirmed_at IS NOT NULL, failed_at IS NOT NULL, gone_at IS NOT NULL, requested_publish_at, is_confidential
  FROM message";

fn spine_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<SpineRow> {
    Ok(SpineRow {
        key: row.get(0)?,
        correspondence: row.get::<_, StoredId>(1)?.0,
        level: row.get(2)?,
        status: row.get(3)?,
        at: row.get(4)?,
        published_at: row.get(5)?,
        checked_at: row.get(6)?,
        is_read: row.get(7)?,
        is_confirmed: row.get(8)?,
        is_failed: row.get(9)?,
        is_gone: row.get(10)?,
        requested_publish_at: row.get(11)?,
        is_confidential: row.get(12)?,
    })
}
