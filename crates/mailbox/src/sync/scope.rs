//! The received letters of one service during a round: its lists, and what they name.

use super::cursor::{Cursor, LOOK_BACK};
use super::dating::Dating;
use super::pass::Pass;
use super::plan::{Known, Listing, Step, plan};
use super::service::Renewal;
use super::window::{Walk, Window};
use super::{SyncReport, microseconds};
use crate::{Account, Mailbox, Result};
use altinn_client::{CorrespondenceStatus, Search, SearchRole};
use chrono::DateTime;
use mailbox_store::{Level, Role, ScopeRow, SpineRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A letter that could not be read is asked for again after so long, milliseconds.
const UNREADABLE_FOR: i64 = 24 * 3_600_000;
/// Letters are most likely published from 2010 until tomorrow; microseconds.
const LIKELY_FROM: i64 = 1_262_304_000_000_000;
const DAY: i64 = 86_400_000_000;
/// References that an instant with too many letters is asked for.
const REFERENCES: u32 = 20;

/// One service.
pub(super) struct Scope {
    pub(super) resource: String,
    pub(super) is_confidential: bool,
    pub(super) full_at: Option<i64>,
    listed_at: Option<i64>,
    pub(super) pass: Pass,
    /// Altinn does not let us list it.
    pub(super) is_refused: bool,
    stored: Cursor,
    dating: Option<Dating>,
    /// It has something to store beside its cursor.
    pub(super) is_changed: bool,
    /// Fetched just now with a status that may hide a confirmation.
    pub(super) hidden: HashSet<Uuid>,
}

/// What a list has named.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Letters to fetch, newest first.
    pub(super) fetch: Vec<Uuid>,
    /// The list was full, and this is the oldest letter it named; with its publish time where it is here.
    pub(super) oldest: Option<(Uuid, Option<i64>)>,
    /// The span that is complete with it.
    pub(super) whole: Option<Window>,
}

impl Scope {
    pub(super) fn role() -> Role {
        Role::Received
    }

    /// Nothing more is to be listed: nothing is new, or it must not be listed.
    pub(super) fn is_done(&self) -> bool {
        self.is_refused || self.pass.is_quiet
    }

    /// Anything to be stored?
    pub(super) fn row(&self, account: &str) -> Option<ScopeRow> {
        let is_news = self.pass.is_first || self.is_changed || self.pass.cursor != self.stored;
        is_news.then(|| ScopeRow {
            account: account.to_owned(),
            resource: self.resource.clone(),
            role: Self::role(),
            listed_at: self.listed_at,
            full_at: self.full_at,
            cursor_json: self.pass.cursor.written(),
        })
    }
}

impl Mailbox {
    /// The services of an account whose letters are received. Until the registry has answered, a service may be
    /// confidential, and then only a person may fetch: it is left out.
    pub(super) async fn scopes(&self, account: &Account, renewal: &Renewal) -> Result<Vec<Scope>> {
        let (id, resources) = (
            account.config.id.clone(),
            account.config.read_resources.clone(),
        );
        let now = self.clock.now();
        let asked: HashMap<String, bool> = renewal
            .policies
            .iter()
            .map(|(resource, policy)| (resource.clone(), policy.demands_confidential()))
            .collect();
        let rows = self
            .store
            .read(move |reader| {
                let mut rows = Vec::new();
                for resource in resources {
                    let known = match asked.get(&resource) {
                        Some(is_confidential) => Some(*is_confidential),
                        None => reader.service(&resource)?.map(|row| row.is_confidential),
                    };
                    if let Some(is_confidential) = known {
                        let scope = reader.scope(&id, &resource, Scope::role())?;
                        rows.push((resource, is_confidential, scope));
                    }
                }
                Ok(rows)
            })
            .await?;
        let scope = |(resource, is_confidential, row): (String, bool, Option<ScopeRow>)| {
            let cursor = Cursor::read(row.as_ref().and_then(|row| row.cursor_json.as_deref()));
            let is_first = row.as_ref().is_none_or(|row| row.listed_at.is_none());
            Scope {
                resource,
                is_confidential,
                full_at: row.as_ref().and_then(|row| row.full_at),
                listed_at: row.and_then(|row| row.listed_at),
                stored: cursor.clone(),
                pass: Pass::new(cursor, is_first, likely(now)),
                is_refused: false,
                dating: (is_confidential && is_first)
                    .then(|| Dating::new(LIKELY_FROM, microseconds(now))),
                is_changed: false,
                hidden: HashSet::new(),
            }
        };
        Ok(rows.into_iter().map(scope).collect())
    }

    /// Asks for the next list of a service.
    pub(super) async fn look(
        &self,
        account: &Account,
        scope: &mut Scope,
        report: &mut SyncReport,
    ) -> Result<Page> {
        let Some(window) = scope.pass.walk.ask() else {
            return Ok(Page::default());
        };
        let search = search(&scope.resource, SearchRole::Recipient, window);
        let ids = self.list(account, &search, report).await?;
        let Some(fresh) = scope.pass.answer(window, &ids) else {
            return Ok(Page::default());
        };
        // Where the oldest stands is asked only of a full list.
        let asked = if scope.pass.walk.is_full() {
            &ids
        } else {
            &fresh
        };
        let known = self.known(account, asked).await?;
        let listing = Listing {
            ids: fresh,
            ..Listing::default()
        };
        let steps = plan(&known, &listing, scope.is_confidential, |_| false);
        let sealed: Vec<Uuid> = steps.iter().filter_map(Step::sealed).collect();
        match &mut scope.dating {
            Some(dating) => dating.name(window, &sealed, &ids),
            None => {
                // Between the last list and this one.
                let now = self.clock.now();
                let times = sealed.iter().map(|id| (*id, now)).collect();
                self.seal(account, scope, times, report).await?;
            }
        }
        let fetch = steps.iter().filter_map(Step::fetched).collect();
        let oldest = ids
            .last()
            .filter(|_| scope.pass.walk.is_full() && !scope.is_confidential);
        if let Some(id) = oldest {
            let time = known.get(id).and_then(|known| known.published_at);
            return Ok(Page {
                fetch,
                oldest: Some((*id, time)),
                whole: None,
            });
        }
        Ok(Page {
            fetch,
            oldest: None,
            whole: scope.pass.walk.settle(None),
        })
    }

    /// What has come after `newest`, UTC milliseconds.
    pub(super) async fn look_after(
        &self,
        account: &Account,
        scope: &Scope,
        newest: i64,
        report: &mut SyncReport,
    ) -> Result<Vec<Uuid>> {
        let window = Window::since(last_microsecond(newest));
        let search = search(&scope.resource, SearchRole::Recipient, window);
        let ids = self.list(account, &search, report).await?;
        let known = self.known(account, &ids).await?;
        let listing = Listing {
            ids,
            ..Listing::default()
        };
        let steps = plan(&known, &listing, scope.is_confidential, |_| false);
        Ok(steps.iter().filter_map(Step::fetched).collect())
    }

    /// Ends the lists of a service: what could not be listed is looked for by other marks, and sealed letters are dated.
    /// Gives letters to fetch.
    pub(super) async fn look_closer(
        &self,
        account: &Account,
        scope: &mut Scope,
        report: &mut SyncReport,
    ) -> Result<Vec<Uuid>> {
        let mut fetch = Vec::new();
        for window in scope.pass.walk.incomplete().to_vec() {
            let ids = self.crowd(account, &scope.resource, window, report).await?;
            let known = self.known(account, &ids).await?;
            let listing = Listing {
                ids,
                ..Listing::default()
            };
            let steps = plan(&known, &listing, scope.is_confidential, |_| false);
            let sealed = steps.iter().filter_map(Step::sealed);
            let at = (window.after + 1).div_euclid(1000);
            self.seal(account, scope, sealed.map(|id| (id, at)).collect(), report)
                .await?;
            fetch.extend(steps.iter().filter_map(Step::fetched));
        }
        scope.pass.note_crowds();
        report.incomplete += u32::try_from(scope.pass.cursor.crowded.len()).unwrap_or(u32::MAX);
        let Some(mut dating) = scope.dating.take() else {
            return Ok(fetch);
        };
        dating.begin();
        let mut done = Ok(());
        while let Some(window) = dating.ask() {
            let search = search(&scope.resource, SearchRole::Recipient, window);
            match self.list(account, &search, report).await {
                Ok(ids) => dating.answer(&ids),
                // A list that fails ends the halving, never the letters: they keep what is known by then.
                Err(error) => {
                    done = Err(error);
                    break;
                }
            }
        }
        self.seal(account, scope, dating.times(), report).await?;
        done.map(|()| fetch)
    }

    /// Letters of an instant that holds more than a list can name, found by what else tells them apart: a status they
    /// have had, and the references of those that are here. There may be more.
    async fn crowd(
        &self,
        account: &Account,
        resource: &str,
        window: Window,
        report: &mut SyncReport,
    ) -> Result<Vec<Uuid>> {
        let asked = search(resource, SearchRole::Recipient, window);
        let (id, name) = (account.config.id.clone(), resource.to_owned());
        let from = (window.after + 1).div_euclid(1000);
        let references = self
            .store
            .read(move |reader| reader.references_between(&id, &name, from, from + 1, REFERENCES))
            .await?;
        let by_status = [
            CorrespondenceStatus::Read,
            CorrespondenceStatus::Confirmed,
            CorrespondenceStatus::PurgedByRecipient,
            CorrespondenceStatus::AttachmentsDownloaded,
        ]
        .map(|status| Search {
            status: Some(status),
            ..asked.clone()
        });
        let by_reference = references.into_iter().map(|reference| Search {
            senders_reference: Some(reference),
            ..asked.clone()
        });
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for search in by_status.into_iter().chain(by_reference) {
            let ids = self.list(account, &search, report).await?;
            found.extend(ids.into_iter().filter(|id| seen.insert(*id)));
        }
        Ok(found)
    }

    /// All that a service's list names is here: what it no longer names is gone, and the next round begins from here.
    pub(super) async fn settle(
        &self,
        account: &Account,
        scope: &mut Scope,
        report: &mut SyncReport,
    ) -> Result<()> {
        if scope.pass.is_quiet {
            return Ok(());
        }
        let now = self.clock.now();
        if scope.pass.has_only_grown() {
            scope.pass.end(None, &[], now);
            return Ok(());
        }
        let is_long = scope.pass.is_long();
        let (id, name) = (account.config.id.clone(), scope.resource.clone());
        let pass = scope.pass.clone();
        let (begin, rows) = self
            .store
            .read(move |reader| {
                let begin = if is_long {
                    reader.listed_at(&id, &name, LOOK_BACK)?
                } else {
                    None
                };
                let since = pass.since();
                let from = begin.map_or(since, |begin| begin.max(since));
                // Before everything is listed for the first time, nothing can be missing.
                let mut rows = if pass.is_first && begin.is_none() {
                    Vec::new()
                } else {
                    reader.listed_between(&id, &name, from, i64::MAX)?
                };
                let begin = begin.map(|at| pass.begin(at, rows.len()));
                if let Some(begin) = begin {
                    rows.retain(|row| row.requested_publish_at.unwrap_or(row.at) >= begin);
                }
                Ok((begin, rows))
            })
            .await?;
        let here: Vec<Uuid> = rows
            .iter()
            .filter_map(|row| row.correspondence.parse().ok())
            .collect();
        let missing = |row: &&SpineRow| {
            let is_listed = row
                .correspondence
                .parse()
                .is_ok_and(|id: Uuid| scope.pass.walk.found().contains(&id));
            let is_covered = row
                .requested_publish_at
                .is_some_and(|at| scope.pass.covers(at));
            !row.is_gone && !is_listed && is_covered
        };
        let gone: Vec<i64> = rows.iter().filter(missing).map(|row| row.key).collect();
        scope.pass.end(begin, &here, now);
        if scope.pass.is_first {
            scope.listed_at = Some(now);
            scope.full_at = Some(now);
        }
        report.gone += u32::try_from(gone.len()).unwrap_or(u32::MAX);
        if !gone.is_empty() {
            self.store
                .write_batch(move |tx| gone.iter().try_for_each(|key| tx.set_gone(*key, now)))
                .await?;
            self.tell_list(account);
        }
        Ok(())
    }

    /// Stores how far a service has come, where that is news.
    pub(super) async fn keep_scope(&self, account: &Account, scope: &mut Scope) -> Result<()> {
        if let Some(row) = scope.row(&account.config.id) {
            self.store.write_batch(move |tx| tx.put_scope(&row)).await?;
            scope.stored = scope.pass.cursor.clone();
            (scope.pass.is_first, scope.is_changed) = (false, false);
        }
        Ok(())
    }

    /// Stores letters on confidential services by their id alone, each with its time in UTC milliseconds.
    pub(super) async fn seal(
        &self,
        account: &Account,
        scope: &Scope,
        times: Vec<(Uuid, i64)>,
        report: &mut SyncReport,
    ) -> Result<()> {
        if times.is_empty() {
            return Ok(());
        }
        let (id, resource) = (account.config.id.clone(), scope.resource.clone());
        let now = self.clock.now();
        let added = self
            .store
            .write_batch(move |tx| {
                let mut added = 0;
                for (letter, at) in &times {
                    let letter = [letter.to_string()];
                    added +=
                        tx.probe_messages(&id, Role::Received, &resource, true, *at, now, &letter)?;
                }
                Ok(added)
            })
            .await?;
        report.sealed += u32::try_from(added).unwrap_or(u32::MAX);
        self.tell_list(account);
        Ok(())
    }

    /// What is known here of letters that a list has named.
    pub(super) async fn known(
        &self,
        account: &Account,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, Known>> {
        let rows = self.rows_of(account, ids).await?;
        let now = self.clock.now();
        Ok(rows
            .iter()
            .map(|(id, row)| (*id, known(row, now)))
            .collect())
    }

    /// The same as it is stored.
    pub(super) async fn rows_of(
        &self,
        account: &Account,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, SpineRow>> {
        let id = account.config.id.clone();
        let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
        let rows = self
            .store
            .read(move |reader| reader.known(&id, Role::Received, &ids))
            .await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| Some((row.correspondence.parse().ok()?, row)))
            .collect())
    }

    /// One list.
    pub(super) async fn list(
        &self,
        account: &Account,
        search: &Search,
        report: &mut SyncReport,
    ) -> Result<Vec<Uuid>> {
        report.lists += 1;
        self.heard(account.client.background().search(search).await)
    }

    /// Every list of a window that is asked for like `asked`.
    pub(super) async fn walked(
        &self,
        account: &Account,
        asked: &Search,
        window: Window,
        report: &mut SyncReport,
    ) -> Result<Walk> {
        let mut walk = Walk::new(window, likely(self.clock.now()));
        while let Some(window) = walk.ask() {
            let search = Search {
                status: asked.status.clone(),
                ..search(&asked.resource, asked.role, window)
            };
            let ids = self.list(account, &search, report).await?;
            walk.answer(&ids);
            walk.settle(None);
        }
        Ok(walk)
    }
}

/// What to ask for a window.
pub(super) fn search(resource: &str, role: SearchRole, window: Window) -> Search {
    Search {
        from: DateTime::from_timestamp_micros(window.after)
            .filter(|_| window.after != Window::OLDEST),
        to: DateTime::from_timestamp_micros(window.before)
            .filter(|_| window.before != Window::NEWEST),
        ..Search::new(resource, role)
    }
}

/// What the plan knows of a stored letter.
pub(super) fn known(row: &SpineRow, now: i64) -> Known {
    Known {
        is_fetched: row.level == Level::Overview,
        is_sealed: row.is_confidential && row.level == Level::Probed,
        is_gone: row.is_gone || row.level == Level::Gone,
        is_unreadable: row.level == Level::Probed
            && row.checked_at.is_some_and(|at| now - at < UNREADABLE_FOR),
        is_read: row.is_read,
        is_confirmed: row.is_confirmed,
        published_at: row.requested_publish_at.map(last_microsecond),
    }
}

/// The store keeps milliseconds, Altinn microseconds: the last one that may be meant.
pub(super) fn last_microsecond(at: i64) -> i64 {
    at * 1000 + 999
}

pub(super) fn likely(now: i64) -> (i64, i64) {
    (LIKELY_FROM, microseconds(now) + DAY)
}
