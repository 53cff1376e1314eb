//! Letters fetched several at a time and applied in batches: while one batch is written, the next arrives.

use super::board::{Board, SCREEN, Taken, Unsettled};
use super::names::{Register, ServiceOwners};
use super::scope::Scope;
use super::service::Renewal;
use super::{SyncReport, apply};
use crate::engine::EVERY;
use crate::{Account, Error, Mailbox, Result};
use altinn_client::{Client, CorrespondenceStatus, Overview, Retry, Role as Line};
use futures_util::StreamExt;
use mailbox_store::{Level, MessagePut, Role, ScopeRow, Writer};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

/// Letters in one write at most. A person's own write waits for one of these, so it must stay short.
const BATCH: usize = 400;
/// Calls begun at a time; how many of them are made, the client decides.
const AT_ONCE: usize = 16;
/// Services whose first list is asked for at a time.
const LISTS_AT_ONCE: usize = 4;

/// What is fetched, and for whom.
#[derive(Debug, Clone)]
pub(super) struct Errand {
    pub(super) account: String,
    pub(super) client: Client,
    /// Resources, and whether each is confidential.
    pub(super) services: Vec<(String, bool)>,
    /// Ids that the lists say have been confirmed.
    pub(super) confirmed: HashSet<Uuid>,
    /// Asked for again, not for the first time.
    pub(super) is_recheck: bool,
}

/// What became of one letter.
#[derive(Debug)]
pub(super) enum Fetched {
    Here(Box<MessagePut>),
    Gone,
    Unreadable,
}

/// A letter that has arrived, or will not.
#[derive(Debug)]
pub(super) struct Arrived {
    scope: usize,
    id: Uuid,
    fetched: Fetched,
}

impl Arrived {
    /// Publish time, UTC milliseconds.
    pub(super) fn at(&self) -> Option<i64> {
        match &self.fetched {
            Fetched::Here(put) => put.requested_publish_at,
            Fetched::Gone | Fetched::Unreadable => None,
        }
    }
}

impl Errand {
    /// The first time for these services.
    pub(super) fn new(account: &Account, scopes: &[Scope]) -> Self {
        Self {
            account: account.config.id.clone(),
            client: account.client.background(),
            services: scopes
                .iter()
                .map(|scope| (scope.resource.clone(), scope.is_confidential))
                .collect(),
            confirmed: HashSet::new(),
            is_recheck: false,
        }
    }

    fn put(&self, scope: usize, overview: Overview, now: i64) -> MessagePut {
        let id = overview.correspondence_id;
        let (resource, is_confidential) = match self.services.get(scope) {
            Some((resource, is_confidential)) => (resource.as_str(), *is_confidential),
            None => ("", true),
        };
        let mut put = apply::received(&self.account, resource, is_confidential, overview, now);
        if self.confirmed.contains(&id) && put.confirmed_at.is_none() {
            // A higher status hides when; this is the latest it can have been.
            put.confirmed_at = put.status_at.or(Some(now));
        }
        put
    }
}

impl Mailbox {
    /// Asks for the lists of `scopes` and fetches what they name, newest first, until both are done. The first letters
    /// come with the first list: those of many services may wait for a quota.
    pub(super) async fn gather(
        &self,
        account: &Account,
        scopes: &mut [Scope],
        (renewal, owners): (&Renewal, &ServiceOwners),
        report: &mut SyncReport,
    ) -> Result<()> {
        let errand = Arc::new(Errand::new(account, scopes));
        let board = Board::new(
            scopes
                .iter()
                .map(|scope| scope.pass.is_first.then(|| scope.pass.cursor.clone())),
        );
        let (tell, hear) = mpsc::channel(BATCH);
        let told = tell.clone();
        let mut listed = SyncReport::default();
        let listing = async {
            let done = self
                .list_all(account, &errand, scopes, &board, told, &mut listed)
                .await;
            board.end_listing();
            done
        };
        // When neither of the two sends any more, what has arrived is applied, and then it is over.
        let fetching = self.fetch_all(&errand, &board, tell);
        let (meet, mut met) = watch::channel(());
        let applying = self.apply_all(account, &errand, &board, hear, meet, report);
        // Whoever has written so far gets a name while the rest arrives, and letters that come later are found by it at
        // once: to name all at the end is to index all anew.
        let naming = async {
            while met.changed().await.is_ok() {
                let named = self.refresh_names(account, owners).await;
                if !matches!(named, Ok(Register::Answers)) {
                    break;
                }
            }
        };
        let renewing = async {
            board.filled().await;
            self.renew_services(account, renewal).await
        };
        let (listed_all, fetched, applied, renewed, ()) =
            tokio::join!(listing, fetching, applying, renewing, naming);
        report.add(&listed);
        for id in board.hidden() {
            if let Some(scope) = scopes.get_mut(id.0) {
                scope.hidden.insert(id.1);
            }
        }
        applied?;
        fetched?;
        listed_all?;
        renewed
    }

    /// Fetches letters again, of which the lists say that they moved.
    pub(super) async fn fetch_again(
        &self,
        account: &Account,
        errand: Errand,
        ids: Vec<Uuid>,
        report: &mut SyncReport,
    ) -> Result<()> {
        let board = Board::new([None]);
        board.push(0, ids);
        board.end_listing();
        let errand = Arc::new(errand);
        let (tell, hear) = mpsc::channel(BATCH);
        let fetching = self.fetch_all(&errand, &board, tell);
        let (meet, _) = watch::channel(());
        let applying = self.apply_all(account, &errand, &board, hear, meet, report);
        let (fetched, applied) = tokio::join!(fetching, applying);
        applied?;
        fetched
    }

    /// Asks for the first list of each service, several at a time.
    async fn list_first(
        &self,
        account: &Account,
        scopes: &mut [Scope],
        board: &Board,
        report: &mut SyncReport,
    ) -> Result<Vec<Option<Unsettled>>> {
        let mut firsts = vec![None; scopes.len()];
        let mut looks = Vec::new();
        for (n, scope) in scopes.iter_mut().enumerate() {
            looks.push(async move {
                let mut part = SyncReport::default();
                let page = self.look(account, scope, &mut part).await;
                (n, scope, part, page)
            });
        }
        let mut looks = futures_util::stream::iter(looks).buffer_unordered(LISTS_AT_ONCE);
        while let Some((n, scope, part, page)) = looks.next().await {
            report.add(&part);
            match page {
                Ok(page) => {
                    if let Some(first) = firsts.get_mut(n) {
                        *first = board.page(n, page);
                    }
                }
                Err(error) => {
                    scope.is_refused = true;
                    self.tolerate(&scope.resource, Err(error), report)?;
                }
            }
        }
        Ok(firsts)
    }

    /// The lists of a round. While they and the letters take long, new letters are looked for as often as ever.
    async fn list_all(
        &self,
        account: &Account,
        errand: &Arc<Errand>,
        scopes: &mut [Scope],
        board: &Board,
        tell: mpsc::Sender<Arrived>,
        report: &mut SyncReport,
    ) -> Result<()> {
        let mut firsts = self.list_first(account, scopes, board, report).await?;
        let mut looked_at = Instant::now();
        for n in 0..scopes.len() {
            let mut page = firsts.get_mut(n).and_then(Option::take);
            loop {
                if board.is_over() {
                    return Ok(());
                }
                if let (Some((number, id, at)), Some(scope)) = (page.take(), scopes.get_mut(n)) {
                    let at = match at {
                        Some(at) => Some(at),
                        // Fetched before its turn: its time tells where the next list begins.
                        None => self.fetch_oldest(errand, board, n, id, &tell).await?,
                    };
                    let whole = scope.pass.walk.settle(at);
                    board.complete(number, whole);
                }
                if looked_at.elapsed() >= EVERY {
                    looked_at = Instant::now();
                    self.look_on_top(account, scopes, board, report).await?;
                }
                let Some(scope) = scopes.get_mut(n) else {
                    break;
                };
                if scope.is_done() || scope.pass.walk.ask().is_none() {
                    break;
                }
                let next = self.look(account, scope, report).await?;
                page = board.page(n, next);
            }
            if let Some(scope) = scopes.get_mut(n)
                && !scope.is_done()
            {
                let found = self.look_closer(account, scope, report).await?;
                board.push(n, found);
            }
        }
        board.end_listing();
        while !board.is_over() {
            let next = looked_at + EVERY;
            tokio::select! {
                () = board.over() => return Ok(()),
                () = tokio::time::sleep_until(next) => {
                    looked_at = Instant::now();
                    self.look_on_top(account, scopes, board, report).await?;
                }
            }
        }
        Ok(())
    }

    /// What has come since a long round began.
    async fn look_on_top(
        &self,
        account: &Account,
        scopes: &[Scope],
        board: &Board,
        report: &mut SyncReport,
    ) -> Result<()> {
        for (n, scope) in scopes
            .iter()
            .enumerate()
            .filter(|(_, scope)| !scope.is_refused)
        {
            let Some(newest) = board.newest(n) else {
                continue;
            };
            let fetch = self.look_after(account, scope, newest, report).await?;
            board.push_front(n, fetch);
        }
        for resource in &account.config.write_resources {
            let done = self.sync_sent(account, resource, i64::MAX, report).await;
            self.tolerate(resource, done, report)?;
        }
        Ok(())
    }

    async fn fetch_oldest(
        &self,
        errand: &Arc<Errand>,
        board: &Board,
        scope: usize,
        id: Uuid,
        tell: &mpsc::Sender<Arrived>,
    ) -> Result<Option<i64>> {
        if !board.claim(scope, id) {
            return Ok(None);
        }
        let client = errand.client.eager();
        let arrived = self.fetch_letter(errand, &client, scope, id).await?;
        let at = arrived.at().map(super::scope::last_microsecond);
        let _ = tell.send(arrived).await;
        Ok(at)
    }

    async fn fetch_all(
        &self,
        errand: &Arc<Errand>,
        board: &Board,
        tell: mpsc::Sender<Arrived>,
    ) -> Result<()> {
        let mut running: JoinSet<Result<Arrived>> = JoinSet::new();
        let eager = errand.client.eager();
        let mut begun = 0_usize;
        let mut failed = None;
        loop {
            while failed.is_none() && running.len() < AT_ONCE {
                let Some(Taken { scope, id }) = board.take() else {
                    break;
                };
                let (mailbox, errand) = (self.clone(), Arc::clone(errand));
                let client = if begun < SCREEN {
                    eager.clone()
                } else {
                    errand.client.clone()
                };
                begun += 1;
                running
                    .spawn(async move { mailbox.fetch_letter(&errand, &client, scope, id).await });
            }
            if running.is_empty() {
                if let Some(error) = failed {
                    board.stop();
                    return Err(error);
                }
                if board.is_over() {
                    return Ok(());
                }
                board.changed().await;
                continue;
            }
            let joined = tokio::select! {
                joined = running.join_next() => joined,
                () = board.changed(), if failed.is_none() && running.len() < AT_ONCE => continue,
            };
            match joined {
                Some(Ok(Ok(arrived))) => {
                    let is_heard = tell.send(arrived).await.is_ok();
                    if !is_heard {
                        // Nothing can be stored, so nothing more is fetched.
                        board.stop();
                        return Ok(());
                    }
                }
                // Those under way have left their trace already: they are waited for and stored.
                Some(Ok(Err(error))) => {
                    failed.get_or_insert(error);
                }
                Some(Err(error)) => {
                    failed.get_or_insert(Error::internal(error.to_string()));
                }
                None => {}
            }
        }
    }

    async fn fetch_letter(
        &self,
        errand: &Errand,
        client: &Client,
        scope: usize,
        id: Uuid,
    ) -> Result<Arrived> {
        let fetched = match client.overview(Line::Recipient, id).await {
            Ok(overview) => {
                self.hear_answer();
                Fetched::Here(Box::new(errand.put(scope, overview, self.clock.now())))
            }
            Err(error) if error.status() == Some(404) => Fetched::Gone,
            Err(error) => {
                let ours = self.hear_error(&error);
                // One letter that always fails must not stop the mailbox.
                let is_its_own = match &ours {
                    Error::SignInRefused { .. } | Error::SignInAgain | Error::NoAccess { .. } => {
                        false
                    }
                    Error::ServerFault { .. } => !client.is_down(),
                    _ => matches!(error.retry(), Retry::Never),
                };
                if !is_its_own {
                    return Err(ours);
                }
                Fetched::Unreadable
            }
        };
        Ok(Arrived { scope, id, fetched })
    }

    /// Stores what arrives; `meet` tells of parties that were not met before.
    async fn apply_all(
        &self,
        account: &Account,
        errand: &Errand,
        board: &Board,
        mut hear: mpsc::Receiver<Arrived>,
        meet: watch::Sender<()>,
        report: &mut SyncReport,
    ) -> Result<()> {
        let mut batch = Vec::with_capacity(BATCH);
        let mut parties = HashSet::new();
        while hear.recv_many(&mut batch, BATCH).await > 0 {
            let now = self.clock.now();
            let mut puts = Vec::new();
            let mut others = Vec::new();
            for arrived in batch.drain(..) {
                board.arrived(arrived.scope, arrived.id, arrived.at(), is_hiding(&arrived));
                let resource = errand.services.get(arrived.scope);
                let resource = resource.map_or_else(String::new, |(resource, _)| resource.clone());
                let (counter, level) = match arrived.fetched {
                    Fetched::Here(put) => {
                        puts.push(put);
                        (
                            if errand.is_recheck {
                                &mut report.rechecked
                            } else {
                                &mut report.fetched
                            },
                            None,
                        )
                    }
                    Fetched::Gone => (&mut report.gone, Some(Level::Gone)),
                    Fetched::Unreadable => (&mut report.unreadable, Some(Level::Probed)),
                };
                *counter += 1;
                others.extend(level.map(|level| (arrived.id, resource, level)));
            }
            let before = parties.len();
            for put in &puts {
                for party in [&put.sender, &put.recipient] {
                    if !parties.contains(party) {
                        parties.insert(party.clone());
                    }
                }
            }
            let id = errand.account.clone();
            let cursors: Vec<ScopeRow> = board
                .whole()
                .into_iter()
                .filter_map(|(scope, cursor)| {
                    Some(ScopeRow {
                        account: id.clone(),
                        resource: errand.services.get(scope)?.0.clone(),
                        role: Role::Received,
                        listed_at: None,
                        full_at: None,
                        cursor_json: cursor.written(),
                    })
                })
                .collect();
            self.store
                .write_batch(move |tx| {
                    puts.iter()
                        .try_for_each(|put| tx.put_message(put).map(|_| ()))?;
                    others.iter().try_for_each(|(other, resource, level)| {
                        note(tx, &id, resource, *other, *level, now)
                    })?;
                    cursors.iter().try_for_each(|row| tx.put_scope(row))
                })
                .await?;
            if parties.len() > before {
                meet.send_replace(());
            }
            self.tell_list(account);
            self.tell_progress(account, board);
        }
        Ok(())
    }
}

/// Whether its status may hide that it was confirmed: the highest ever set is told, not the latest.
fn is_hiding(arrived: &Arrived) -> bool {
    let Fetched::Here(put) = &arrived.fetched else {
        return false;
    };
    let higher = [
        CorrespondenceStatus::Archived,
        CorrespondenceStatus::Reserved,
        CorrespondenceStatus::AttachmentsDownloaded,
        CorrespondenceStatus::Forwarded,
    ];
    put.is_confirmation_needed
        && put.confirmed_at.is_none()
        && higher.iter().any(|status| status.as_str() == put.status)
}

/// Remembers a letter without content: gone, or not to be had in a form that can be read.
fn note(
    tx: &Writer<'_>,
    account: &str,
    resource: &str,
    id: Uuid,
    level: Level,
    now: i64,
) -> mailbox_store::Result<()> {
    let id = id.to_string();
    tx.probe_messages(
        account,
        Role::Received,
        resource,
        false,
        now,
        now,
        std::slice::from_ref(&id),
    )?;
    if let Some(row) = tx.message_of(account, Role::Received, &id)? {
        match level {
            Level::Gone => tx.set_gone(row.key, now)?,
            Level::Probed | Level::Overview => tx.set_checked(row.key, now)?,
        }
    }
    Ok(())
}
