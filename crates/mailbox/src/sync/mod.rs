//! Keeping the local copy in step with Altinn (architecture section 5).

pub(crate) mod apply;
mod board;
pub mod cursor;
pub mod dating;
mod events;
mod fetch;
mod marks;
mod names;
pub mod pass;
pub mod plan;
mod scope;
mod sent;
mod service;
pub mod window;

pub use apply::received as stored;

use crate::engine::Progress;
use crate::view::{Change, Environment};
use crate::{Account, Error, Mailbox, Result};
use altinn_client::{ApiError, Role as Line};
use board::Board;
use names::ServiceOwners;
use scope::Scope;
use serde::Serialize;
use std::fmt;

/// How often the lists by status are asked for, milliseconds; the practice mailbox is on this machine.
const SWEEP_EVERY: i64 = 3_600_000;
const SWEEP_EVERY_PRACTICE: i64 = 60_000;

/// How much a round looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// What is new, by one list for each service; the rest as its time comes.
    Due,
    /// Also what became of letters that are here: three lists for each service.
    Marks,
    /// Also every letter behind those.
    Full,
}

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

impl SyncReport {
    /// Whether anything came of it.
    pub(crate) fn is_news(&self) -> bool {
        self.fetched + self.rechecked + self.sealed + self.gone + self.followed > 0
    }

    /// Adds what a part of the round did.
    fn add(&mut self, part: &Self) {
        self.lists += part.lists;
        self.fetched += part.fetched;
        self.rechecked += part.rechecked;
        self.sealed += part.sealed;
        self.gone += part.gone;
        self.unreadable += part.unreadable;
        self.followed += part.followed;
        self.incomplete += part.incomplete;
        self.refused.extend(part.refused.iter().cloned());
        self.is_awaiting |= part.is_awaiting;
    }
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
    /// One round for an account: what is new, and what its clocks say is due. Waits for a round that is under way.
    ///
    /// # Errors
    /// What stops a whole round: no network, refused sign-in, a failing Altinn, the store. What was applied stays.
    pub async fn sync_once(&self, account: &str) -> Result<SyncReport> {
        self.sync_to(account, Depth::Due).await
    }

    /// As [`Mailbox::sync_once`], and at least as deep as `depth`.
    ///
    /// # Errors
    /// As there.
    pub async fn sync_to(&self, account: &str, depth: Depth) -> Result<SyncReport> {
        let turn = self.engine.sync_turn(account);
        let _turn = turn.lock().await;
        let account = self.account(account)?;
        let mut report = SyncReport::default();
        let done = self.round(account, depth, &mut report).await;
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
            let done = self
                .sync_sent(account, resource, i64::MAX, &mut report)
                .await;
            self.tolerate(resource, done, &mut report)?;
        }
        Ok(report)
    }

    async fn round(&self, account: &Account, depth: Depth, report: &mut SyncReport) -> Result<()> {
        let owners = ServiceOwners::default();
        // Neither needs the other, and the lists need both.
        let (renewal, signed_in) =
            tokio::join!(self.ask_policies(account), self.sign_in_to_read(account));
        let renewal = renewal?;
        signed_in?;
        let mut scopes = self.scopes(account, &renewal).await?;
        self.gather(account, &mut scopes, (&renewal, &owners), report)
            .await?;
        // What cannot be listed is left out of the rest of the round.
        scopes.retain(|scope| !scope.is_refused);
        let every = match account.config.environment {
            Environment::Practice => SWEEP_EVERY_PRACTICE,
            _ => SWEEP_EVERY,
        };
        let is_due = |at: i64| self.clock.now() - at >= every;
        for scope in &mut scopes {
            self.settle(account, scope, report).await?;
            self.uncover(account, scope, report).await?;
            let is_swept = (depth >= Depth::Marks && !scope.pass.is_first)
                || is_due(scope.pass.cursor.swept_at);
            if is_swept {
                self.sweep(account, scope, report).await?;
            }
            let is_whole = depth >= Depth::Full;
            if is_whole || !is_swept {
                self.reconcile(account, scope, is_whole, report).await?;
            }
            self.keep_scope(account, scope).await?;
        }
        self.tell_crowded(&scopes);
        let every = if depth >= Depth::Marks { 0 } else { every };
        for resource in &account.config.write_resources {
            let done = self.sync_sent(account, resource, every, report).await;
            self.tolerate(resource, done, report)?;
        }
        self.refresh_names(account, &owners).await?;
        Ok(())
    }

    /// Gets the token that lists are asked for with.
    async fn sign_in_to_read(&self, account: &Account) -> Result<()> {
        if account.config.read_resources.is_empty() {
            return Ok(());
        }
        self.heard(account.client.sign_in(Line::Recipient).await)
    }

    /// Notes which services hold instants that no list can name whole.
    fn tell_crowded(&self, scopes: &[Scope]) {
        self.set_line(|line| {
            for scope in scopes {
                if scope.pass.cursor.crowded.is_empty() {
                    line.crowded.remove(&scope.resource);
                } else {
                    line.crowded.insert(scope.resource.clone());
                }
            }
        });
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

    /// Tells how far a round has come.
    fn tell_progress(&self, account: &Account, board: &Board) {
        let (done, total, is_listing) = board.progress();
        let now = self.clock.now();
        let quota = account.client.reads_a_minute();
        self.set_line(|line| {
            let before = line.syncing.take();
            line.syncing = Some(Progress::of(before, done, total, is_listing, quota, now));
        });
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

/// Publish times are compared in microseconds, the precision that Altinn has.
fn microseconds(at: i64) -> i64 {
    at.saturating_mul(1000)
}
