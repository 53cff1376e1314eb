//! What became of the letters we sent. The lists tell which of them moved; only those are asked about.

use super::cursor::Cursor;
use super::scope::search;
use super::window::Window;
use super::{SyncReport, apply, microseconds};
use crate::{Account, Mailbox, Result};
use altinn_client::{CorrespondenceStatus, Details, Role as Line, Search, SearchRole};
use mailbox_store::{MessagePut, Role, ScopeRow, SpineRow, StatusRow};
use std::collections::{BTreeMap, HashMap, HashSet};
use uuid::Uuid;

/// A letter that nothing has happened to for so long is no longer followed, milliseconds.
const FOLLOW_FOR: i64 = 180 * 24 * 3_600_000;

impl Mailbox {
    /// What became of the letters sent on a service: those that are on their way, those that events name, and the others
    /// when they were not looked at for `every` milliseconds.
    pub(super) async fn sync_sent(
        &self,
        account: &Account,
        resource: &str,
        every: i64,
        report: &mut SyncReport,
    ) -> Result<()> {
        let (id, name) = (account.config.id.clone(), resource.to_owned());
        let now = self.clock.now();
        let (row, rows, is_whole, is_used) = self
            .store
            .read(move |reader| {
                let row = reader.scope(&id, &name, Role::Sent)?;
                let cursor = Cursor::read(row.as_ref().and_then(|row| row.cursor_json.as_deref()));
                let is_whole = now.saturating_sub(cursor.swept_at) >= every;
                let rows = if is_whole {
                    reader.spine(&id, &name, Role::Sent)?
                } else {
                    reader.unpublished(&id, &name)?
                };
                let is_used = row.is_some() || !rows.is_empty();
                Ok((row, rows, is_whole, is_used))
            })
            .await?;
        // What other systems sent is not ours to show, and nothing to ask about.
        if !is_used {
            return Ok(());
        }
        let before = Cursor::read(row.as_ref().and_then(|row| row.cursor_json.as_deref()));
        let mut cursor = before.clone();
        let mut open = open_rows(rows, now);
        let hinted = self.hinted(account, resource, &mut cursor).await;
        open.extend(self.rows_of_ours(account, &hinted, now).await?);
        let mut moved = self
            .moved_of_ours(account, resource, &open, is_whole, report)
            .await?;
        for id in hinted.iter().filter(|id| open.contains_key(id)) {
            moved.entry(*id).or_default();
        }
        for (id, is_deleted) in &moved {
            self.follow(account, resource, *id, *is_deleted, report)
                .await?;
        }
        if is_whole {
            cursor.swept_at = now;
        }
        if cursor != before {
            let row = ScopeRow {
                account: account.config.id.clone(),
                resource: resource.to_owned(),
                role: Role::Sent,
                listed_at: Some(now),
                full_at: None,
                cursor_json: cursor.written(),
            };
            self.store.write_batch(move |tx| tx.put_scope(&row)).await?;
        }
        report.is_awaiting |= open
            .values()
            .any(|row| row.published_at.is_none() && row.at <= now + 60_000);
        Ok(())
    }

    async fn rows_of_ours(
        &self,
        account: &Account,
        ids: &HashSet<Uuid>,
        now: i64,
    ) -> Result<HashMap<Uuid, SpineRow>> {
        let id = account.config.id.clone();
        let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        let rows = self
            .store
            .read(move |reader| reader.known(&id, Role::Sent, &ids))
            .await?;
        Ok(open_rows(rows, now))
    }

    /// Which of the open letters the lists tell something new of, and whether that is their deletion.
    async fn moved_of_ours(
        &self,
        account: &Account,
        resource: &str,
        open: &HashMap<Uuid, SpineRow>,
        is_whole: bool,
        report: &mut SyncReport,
    ) -> Result<BTreeMap<Uuid, bool>> {
        let mut moved: BTreeMap<Uuid, bool> = BTreeMap::new();
        let now = self.clock.now();
        for (status, is_rare, is_new) in SIGNS {
            let told: Vec<&SpineRow> = open
                .iter()
                .filter(|(id, row)| is_new(row) && !moved.contains_key(id))
                .map(|(_, row)| row)
                // Before its time no letter is published, and only one that is overdue may have failed.
                .filter(|row| row.published_at.is_some() || row.at <= now + 60_000)
                .collect();
            let Some(oldest) = told
                .iter()
                .map(|row| row.requested_publish_at.unwrap_or(row.at))
                .min()
            else {
                continue;
            };
            if is_rare && !is_whole {
                continue;
            }
            // The publish time we asked for and the one that Altinn notes may differ when none was asked for.
            let window = Window::since(microseconds(oldest - 600_000));
            let asked = Search {
                status: Some(status.clone()),
                ..search(resource, SearchRole::Sender, window)
            };
            let walk = self.walked(account, &asked, window, report).await?;
            let news = walk
                .found()
                .iter()
                .copied()
                .filter(|id| open.get(id).is_some_and(is_new));
            for id in news {
                *moved.entry(id).or_default() |= status.as_str() == DELETED;
            }
        }
        Ok(moved)
    }

    /// Asks for the history of a letter of ours; as its sender, that leaves no trace.
    async fn follow(
        &self,
        account: &Account,
        resource: &str,
        id: Uuid,
        is_deleted: bool,
        report: &mut SyncReport,
    ) -> Result<()> {
        let now = self.clock.now();
        let details = account.client.background().details(Line::Sender, id).await;
        let details = self.heard(details)?;
        let mut put = followed(account, resource, details, now);
        if is_deleted {
            // The recipient's deletion does not touch our copy; the history we may see leaves it out (section 4.5).
            put.statuses.push(StatusRow {
                status: DELETED.to_owned(),
                text: String::new(),
                at: if put.status == DELETED {
                    put.status_at.unwrap_or(now)
                } else {
                    now
                },
                is_local: false,
            });
            DELETED.clone_into(&mut put.status);
            put.gone_at = None;
        }
        let message = self
            .store
            .write_batch(move |tx| {
                let key = tx.put_message(&put)?;
                tx.message_by_key(key)
            })
            .await?;
        report.followed += 1;
        if let Some(row) = message {
            self.tell_message(&row);
        }
        Ok(())
    }
}

/// A status that the lists can tell, whether it is looked for in a whole round alone, and whether it would be news of a
/// letter.
type Sign = (CorrespondenceStatus, bool, fn(&SpineRow) -> bool);

/// The recipient has deleted the letter.
const DELETED: &str = "PurgedByRecipient";

const SIGNS: [Sign; 5] = [
    (CorrespondenceStatus::Published, false, |row| {
        row.published_at.is_none()
    }),
    (CorrespondenceStatus::Failed, false, |row| {
        row.published_at.is_none()
    }),
    (CorrespondenceStatus::Read, true, |row| !row.is_read),
    (CorrespondenceStatus::Confirmed, true, |row| {
        !row.is_confirmed
    }),
    (CorrespondenceStatus::PurgedByRecipient, true, |row| {
        row.status != DELETED
    }),
];

/// Letters that something may still happen to.
fn open_rows(rows: Vec<SpineRow>, now: i64) -> HashMap<Uuid, SpineRow> {
    rows.into_iter()
        .filter(|row| !row.is_gone && !row.is_failed && row.status != DELETED)
        .filter(|row| !(row.is_read && row.is_confirmed))
        .filter(|row| now - row.at < FOLLOW_FOR)
        .filter_map(|row| Some((row.correspondence.parse().ok()?, row)))
        .collect()
}

/// A letter of ours with its history.
fn followed(account: &Account, resource: &str, details: Details, now: i64) -> MessagePut {
    let history = apply::statuses(&details.status_history);
    let at = |status: &CorrespondenceStatus| {
        history
            .iter()
            .find(|row| row.status == status.as_str())
            .map(|row| row.at)
    };
    let read_at = at(&CorrespondenceStatus::Read);
    let confirmed_at = at(&CorrespondenceStatus::Confirmed);
    let published_at = at(&CorrespondenceStatus::Published);
    let failed_at = at(&CorrespondenceStatus::Failed);
    let put = apply::sent(&account.config.id, resource, details.overview, now);
    MessagePut {
        read_at: put.read_at.or(read_at),
        confirmed_at: put.confirmed_at.or(confirmed_at),
        published_at: put.published_at.or(published_at),
        failed_at: put.failed_at.or(failed_at),
        statuses: history,
        ..put
    }
}
