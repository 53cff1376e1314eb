//! Keeping the local copy in step with Altinn (architecture section 5).

pub(crate) mod apply;
pub mod dating;
mod fetch;
mod names;
pub mod plan;
mod received;
mod sent;
mod service;
pub mod window;

pub use apply::received as stored;

use crate::view::Change;
use crate::{Account, Error, Mailbox, Result};
use altinn_client::ApiError;
use serde::Serialize;
use std::fmt;

/// What a round of sync did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncReport {
    /// Lists asked for.
    pub lists: u32,
    /// Letters fetched for the first time.
    pub fetched: u32,
    /// Letters asked for again because they moved.
    pub rechecked: u32,
    /// Letters on confidential services noted by their id.
    pub sealed: u32,
    /// Letters found deleted.
    pub gone: u32,
    /// Letters that Altinn could not give in a form that can be read.
    pub unreadable: u32,
    /// Letters of ours whose history grew.
    pub followed: u32,
    /// Instants with more letters than a list can name; letters may be missing there.
    pub incomplete: u32,
    /// Services that Altinn does not let us list.
    pub refused: Vec<String>,
    /// Letters of ours that Altinn has and has not published yet.
    pub is_awaiting: bool,
}

impl fmt::Display for SyncReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} fetched, {} moved, {} sealed, {} gone, {} unreadable, {} of ours moved, {} lists",
            self.fetched,
            self.rechecked,
            self.sealed,
            self.gone,
            self.unreadable,
            self.followed,
            self.lists
        )?;
        if self.incomplete > 0 {
            write!(
                f,
                "; {} instants hold more letters than Altinn can list",
                self.incomplete
            )?;
        }
        if !self.refused.is_empty() {
            write!(f, "; no access to {}", self.refused.join(", "))?;
        }
        Ok(())
    }
}

impl Mailbox {
    /// One round for an account: received letters service by service, then what became of those sent. Waits for a
    /// round that is under way.
    ///
    /// # Errors
    /// What stops a whole round: no network, refused sign-in, a failing Altinn, the store. What was applied stays.
    pub async fn sync_once(&self, account: &str) -> Result<SyncReport> {
        let turn = self.engine.sync_turn(account);
        let _turn = turn.lock().await;
        let account = self.account(account)?;
        let mut report = SyncReport::default();
        let done = self.round(account, &mut report).await;
        let now = self.clock.now();
        self.set_line(|line| {
            line.syncing = None;
            if done.is_ok() {
                line.updated_at = Some(now);
                line.is_disk_full = false;
            }
        });
        if let Err(error) = &done {
            self.hear_store(error);
        }
        done.map(|()| report)
    }

    /// Looks at what became of the letters sent from here, and at nothing else.
    pub(crate) async fn follow_once(&self, account: &str) -> Result<SyncReport> {
        let turn = self.engine.sync_turn(account);
        let _turn = turn.lock().await;
        let account = self.account(account)?;
        let mut report = SyncReport::default();
        for resource in &account.config.write_resources {
            let done = self.sync_sent(account, resource, &mut report).await;
            self.tolerate(resource, done, &mut report)?;
        }
        Ok(report)
    }

    async fn round(&self, account: &Account, report: &mut SyncReport) -> Result<()> {
        self.renew_services(account).await?;
        self.refresh_names(account).await?;
        for resource in &account.config.read_resources {
            let done = self.sync_received(account, resource, report).await;
            self.tolerate(resource, done, report)?;
        }
        for resource in &account.config.write_resources {
            let done = self.sync_sent(account, resource, report).await;
            self.tolerate(resource, done, report)?;
        }
        self.refresh_names(account).await
    }

    /// A service that Altinn does not let us list must not keep the others waiting.
    fn tolerate(&self, resource: &str, done: Result<()>, report: &mut SyncReport) -> Result<()> {
        match done {
            Err(Error::NoAccess { .. } | Error::NotFound | Error::Refused { .. }) => {
                tracing::warn!(resource, "a service cannot be listed");
                report.refused.push(resource.to_owned());
                Ok(())
            }
            done => done,
        }
    }

    /// Notes what a call says of the connection.
    pub(crate) fn heard<T>(&self, answer: Result<T, ApiError>) -> Result<T> {
        match answer {
            Ok(value) => {
                self.hear_answer();
                Ok(value)
            }
            Err(error) => Err(self.hear_error(&error)),
        }
    }

    fn tell_list(&self, account: &Account) {
        let account = account.config.id.clone();
        self.changes.tell(vec![
            Change::List {
                account: account.clone(),
            },
            Change::Folders { account },
        ]);
    }
}
