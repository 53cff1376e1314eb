//! What became of the letters we sent. The lists tell which of them moved; only those are asked about.

use super::received::Scope;
use super::window::Window;
use super::{SyncReport, apply};
use crate::{Account, Error, Mailbox, Result};
use altinn_client::{ApiError, CorrespondenceStatus, Details, Retry, Role as Line, SearchRole};
use mailbox_store::{MessagePut, Role, SpineRow, StatusRow};
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use uuid::Uuid;

/// A letter that nothing has happened to for so long is no longer followed, milliseconds.
const FOLLOW_FOR: i64 = 180 * 24 * 3_600_000;
/// Attempts of one call before the round ends.
const TRIES: u32 = 5;

impl Mailbox {
    pub(super) async fn sync_sent(
        &self,
        account: &Account,
        resource: &str,
        report: &mut SyncReport,
    ) -> Result<()> {
        let (id, name) = (account.config.id.clone(), resource.to_owned());
        let rows = self
            .store
            .read(move |reader| reader.spine(&id, &name, Role::Sent))
            .await?;
        let now = self.clock.now();
        let open: HashMap<Uuid, SpineRow> = rows
            .into_iter()
            .filter(|row| !row.is_gone && !row.is_failed && row.status != DELETED)
            .filter(|row| !(row.is_read && row.is_confirmed))
            .filter(|row| now - row.at < FOLLOW_FOR)
            .filter_map(|row| Some((row.correspondence.parse().ok()?, row)))
            .collect();
        let Some(oldest) = open
            .values()
            .map(|row| row.requested_publish_at.unwrap_or(row.at))
            .min()
        else {
            return Ok(());
        };
        // The publish time we asked for and the one that Altinn notes may differ when none was asked for.
        let window = Window::since((oldest - 600_000) * 1000);
        let asked = Scope {
            account,
            resource,
            role: SearchRole::Sender,
            window,
        };
        let mut moved: BTreeMap<Uuid, bool> = BTreeMap::new();
        for (status, is_new) in SIGNS {
            if open.values().any(is_new) {
                let ids = self.swept(&asked, status.clone(), report).await?;
                for id in ids
                    .into_iter()
                    .filter(|id| open.get(id).is_some_and(is_new))
                {
                    *moved.entry(id).or_default() |= status.as_str() == DELETED;
                }
            }
        }
        for (id, is_deleted) in moved {
            self.follow(account, resource, id, is_deleted, report)
                .await?;
        }
        let is_published = |row: &SpineRow| row.published_at.is_some();
        report.is_awaiting |= open
            .values()
            .any(|row| !is_published(row) && row.at <= now + 60_000);
        Ok(())
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
        let details = self
            .patiently(|| account.client.details(Line::Sender, id))
            .await?;
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

    /// Repeats a call that reads until it is answered, as long as waiting may help.
    pub(super) async fn patiently<T, F>(&self, call: impl Fn() -> F) -> Result<T>
    where
        F: Future<Output = Result<T, ApiError>>,
    {
        let mut tries = 0;
        loop {
            let error = match call().await {
                Ok(value) => {
                    self.hear_answer();
                    return Ok(value);
                }
                Err(error) => error,
            };
            let ours = self.hear_error(&error);
            tries += 1;
            let wait = match error.retry() {
                Retry::Later { after: Some(after) } => after,
                Retry::Later { after: None } | Retry::Unsure => Duration::from_millis(200 << tries),
                Retry::Never => return Err(ours),
            };
            if tries >= TRIES || matches!(ours, Error::NoNetwork if tries >= 2) {
                return Err(ours);
            }
            tokio::time::sleep(wait).await;
        }
    }
}

/// A status that the lists can tell, and whether it would be news of a letter.
type Sign = (CorrespondenceStatus, fn(&SpineRow) -> bool);

/// The recipient has deleted the letter.
const DELETED: &str = "PurgedByRecipient";

const SIGNS: [Sign; 6] = [
    (CorrespondenceStatus::Published, |row| {
        row.published_at.is_none()
    }),
    (CorrespondenceStatus::Failed, |row| {
        row.published_at.is_none()
    }),
    (CorrespondenceStatus::Read, |row| !row.is_read),
    (CorrespondenceStatus::Confirmed, |row| !row.is_confirmed),
    (CorrespondenceStatus::PurgedByRecipient, |row| {
        row.status != DELETED
    }),
    (CorrespondenceStatus::PurgedByAltinn, |row| !row.is_gone),
];

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
