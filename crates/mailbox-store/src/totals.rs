//! Numbers of folders and services, kept with every change instead of counted.

use crate::error::Result;
use crate::pool::Reader;
use crate::row::many;

/// Numbers of the folders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FolderTotals {
    /// Inbox.
    pub inbox: u32,
    /// Unread in the inbox.
    pub unread: u32,
    /// Awaiting our confirmation.
    pub needs_confirmation: u32,
    /// Due soon, or passed and awaiting.
    pub due_soon: u32,
    /// Of these, passed.
    pub overdue: u32,
    /// Confidential.
    pub confidential: u32,
    /// Of these, sealed.
    pub sealed: u32,
    /// Put away.
    pub archive: u32,
    /// Sent and published.
    pub sent: u32,
    /// Accepted, publish time ahead.
    pub scheduled: u32,
    /// Failed at Altinn.
    pub failed: u32,
    /// Stuck in the outbox.
    pub stuck: u32,
    /// On their way, stuck ones left out.
    pub outbox: u32,
    /// Drafts.
    pub drafts: u32,
}

/// Numbers of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceTotals {
    /// Resource id.
    pub resource: String,
    /// Letters that are not deleted.
    pub total: u32,
    /// Unread ones.
    pub unread: u32,
}

impl Reader<'_> {
    /// Numbers of the folders of an account, from tallies kept with every change. `until` is the end of what is due soon.
    pub fn folder_totals(&self, account: &str, now: i64, until: i64) -> Result<FolderTotals> {
        let (key, mut totals) = (self.account_key(account)?, FolderTotals::default());
        let tallies = many(
            self.sql,
            "SELECT place, sum(total), sum(unread), sum(awaiting), sum(awaiting_due), sum(confidential), sum(sealed)
             FROM message_tally WHERE account = ?1 GROUP BY place",
            [key],
            |row| {
                let count = |at| row.get::<_, u32>(at);
                let numbers = [count(1)?, count(2)?, count(3)?, count(4)?, count(5)?, count(6)?];
                Ok((row.get::<_, String>(0)?, numbers))
            },
        )?;
        for (place, [total, unread, awaiting, awaiting_due, confidential, sealed]) in tallies {
            match place.as_str() {
                "inbox" => (totals.inbox, totals.unread) = (total, unread),
                "archive" => totals.archive = total,
                "failed" => totals.failed = total,
                "sent" => totals.sent = total,
                _ => {}
            }
            if matches!(place.as_str(), "inbox" | "archive") {
                totals.needs_confirmation += awaiting;
                totals.overdue += awaiting_due;
                totals.confidential += confidential;
                totals.sealed += sealed;
            }
        }
        let count = |sql: &str, values: &[&dyn rusqlite::ToSql]| -> Result<u32> {
            Ok(self
                .sql
                .prepare_cached(sql)?
                .query_row(values, |row| row.get(0))?)
        };
        totals.scheduled = count(SCHEDULED, &[&key, &now])?;
        totals.sent -= totals.scheduled;
        totals.overdue -= count(AWAITING_YET, &[&key, &now])?;
        totals.due_soon = count(DUE, &[&key, &now, &until])? + totals.overdue;
        totals.stuck = count(STUCK, &[&account])?;
        totals.outbox = count(ON_THEIR_WAY, &[&account])? - totals.stuck;
        totals.drafts = count(DRAFTS, &[&account])?;
        Ok(totals)
    }

    /// Services with received letters, most letters first.
    pub fn service_totals(&self, account: &str) -> Result<Vec<ServiceTotals>> {
        many(
            self.sql,
            "SELECT v.resource, sum(t.total), sum(t.unread) FROM message_tally t JOIN service v ON v.key = t.service
             WHERE t.account = ?1 AND t.place IN ('inbox', 'archive')
             GROUP BY t.service HAVING sum(t.total) > 0 ORDER BY 2 DESC, 1",
            [self.account_key(account)?],
            |row| {
                Ok(ServiceTotals {
                    resource: row.get(0)?,
                    total: row.get(1)?,
                    unread: row.get(2)?,
                })
            },
        )
    }
}

// What depends on the time of day is counted, in indexes that hold little else, and only what lies ahead: what is over
// grows with the mailbox.
const SCHEDULED: &str =
    "SELECT count(*) FROM message WHERE account = ?1 AND place = 'sent' AND at > ?2";
const AWAITING_YET: &str =
    "SELECT count(*) FROM message WHERE account = ?1 AND is_awaiting = 1 AND due_at IS NOT NULL AND role = 'received'
  AND due_at >= ?2 AND place IN ('inbox', 'archive')";
const DUE: &str =
    "SELECT count(*) FROM message WHERE account = ?1 AND is_awaiting IN (0, 1) AND due_at IS NOT NULL AND role = 'received'
  AND due_at >= ?2 AND due_at < ?3 AND place IN ('inbox', 'archive') AND confirmed_at IS NULL";
const STUCK: &str = "SELECT count(*) FROM outbox_item WHERE account = ?1 AND state = 'stuck'
  AND state NOT IN ('accepted', 'cancelled')";
const ON_THEIR_WAY: &str = "SELECT count(*) FROM outbox_item WHERE account = ?1 AND state NOT IN ('accepted', 'cancelled')";
const DRAFTS: &str =
    "SELECT count(*) FROM draft WHERE account = ?1 AND discarded_at IS NULL AND sent_at IS NULL";
