//! A round over the received letters of one service.

use super::SyncReport;
use super::dating::Dating;
use super::fetch::Wanted;
use super::plan::{Known, Listing, Step, plan};
use super::window::{Walk, Window};
use crate::{Account, Mailbox, Result};
use altinn_client::{CorrespondenceStatus, Search, SearchRole};
use chrono::DateTime;
use mailbox_store::{Level, Role, ScopeRow, SpineRow};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Letters that a list reaches back over in an ordinary round: late publications turn up behind the newest, and one
/// list holds 1000.
const LOOK_BACK: usize = 900;
/// How often everything is listed, milliseconds.
const FULL_EVERY: i64 = 24 * 3_600_000;
/// A letter that could not be read is asked for again after so long, milliseconds.
const UNREADABLE_FOR: i64 = 24 * 3_600_000;
/// Letters are most likely published from 2010 until tomorrow; microseconds.
const LIKELY_FROM: i64 = 1_262_304_000_000_000;
const DAY: i64 = 86_400_000_000;

/// What one list or one sweep is about.
pub(super) struct Scope<'a> {
    pub(super) account: &'a Account,
    pub(super) resource: &'a str,
    pub(super) role: SearchRole,
    pub(super) window: Window,
}

impl Mailbox {
    pub(super) async fn sync_received(
        &self,
        account: &Account,
        resource: &str,
        report: &mut SyncReport,
    ) -> Result<()> {
        let (id, name) = (account.config.id.clone(), resource.to_owned());
        let (rows, scope, service) = self
            .store
            .read(move |reader| {
                Ok((
                    reader.spine(&id, &name, Role::Received)?,
                    reader.scope(&id, &name, Role::Received)?,
                    reader.service(&name)?,
                ))
            })
            .await?;
        // Until the registry has answered, it may be confidential, and then only a person may fetch.
        let Some(service) = service else {
            return Ok(());
        };
        let now = self.clock.now();
        let is_full = scope
            .as_ref()
            .and_then(|scope| scope.full_at)
            .is_none_or(|at| now - at >= FULL_EVERY);
        let window = if is_full {
            Window::all()
        } else {
            look_back(&rows)
        };
        let asked = Scope {
            account,
            resource,
            role: SearchRole::Recipient,
            window,
        };
        let mut spine = spine(&rows, now);
        let mut walk = Walk::new(window, likely(now));
        let mut fresh = HashSet::new();
        let mut listed = Vec::new();
        let mut dating = Dating::new(LIKELY_FROM, now * 1000);
        while let Some(next) = walk.ask() {
            let ids = self.list(&asked, next, None, report).await?;
            let new = walk.answer(&ids);
            let listing = Listing {
                ids: new.clone(),
                ..Listing::default()
            };
            let steps = plan(&spine, &listing, service.is_confidential, |_| false);
            let sealed: Vec<Uuid> = steps.iter().filter_map(Step::sealed).collect();
            if is_full {
                dating.name(next, &sealed, &ids);
            } else {
                // Between the last list and this one.
                let times = sealed.iter().map(|id| (*id, now)).collect();
                self.seal(&asked, times, report).await?;
            }
            let times = self
                .take(&asked, service.is_confidential, steps, report)
                .await?;
            fresh.extend(times.keys().copied());
            for id in &new {
                let at = times.get(id).map(|at| last_microsecond(*at));
                spine.entry(*id).or_insert(Known {
                    is_fetched: true,
                    published_at: at,
                    ..Known::default()
                });
            }
            listed.extend(new);
            let oldest = ids
                .iter()
                .filter_map(|id| spine.get(id)?.published_at)
                .min();
            walk.settle(oldest);
        }
        self.seal_dated(&asked, dating, report).await?;
        report.incomplete += u32::try_from(walk.incomplete().len()).unwrap_or(u32::MAX);
        self.sweep(
            &asked,
            listed,
            &walk,
            &rows,
            &fresh,
            service.is_confidential,
            report,
        )
        .await?;
        let scope = ScopeRow {
            account: account.config.id.clone(),
            resource: resource.to_owned(),
            role: Role::Received,
            listed_at: Some(now),
            full_at: if is_full {
                Some(now)
            } else {
                scope.and_then(|scope| scope.full_at)
            },
            cursor_json: None,
        };
        if is_full {
            self.store
                .write_batch(move |tx| tx.put_scope(&scope))
                .await?;
        }
        Ok(())
    }

    /// Asks which letters have been read, confirmed or deleted elsewhere, and follows those that moved.
    #[expect(clippy::too_many_arguments, reason = "one round, spelled out")]
    async fn sweep(
        &self,
        asked: &Scope<'_>,
        listed: Vec<Uuid>,
        walk: &Walk,
        rows: &[SpineRow],
        fresh: &HashSet<Uuid>,
        is_confidential: bool,
        report: &mut SyncReport,
    ) -> Result<()> {
        if rows.is_empty() && listed.is_empty() {
            return Ok(());
        }
        // What was fetched a moment ago told all but confirmations; a sender deletes only what is not published.
        let is_old = |row: &SpineRow| row.level == Level::Overview && !row.is_gone;
        let mut listing = Listing {
            ids: listed,
            confirmed: self
                .swept(asked, CorrespondenceStatus::Confirmed, report)
                .await?,
            ..Listing::default()
        };
        if rows.iter().any(|row| is_old(row) && !row.is_read) {
            listing.read = self
                .swept(asked, CorrespondenceStatus::Read, report)
                .await?;
        }
        if rows.iter().any(|row| !row.is_gone) {
            listing.purged = self
                .swept(asked, CorrespondenceStatus::PurgedByRecipient, report)
                .await?;
        }
        let (id, name) = (asked.account.config.id.clone(), asked.resource.to_owned());
        let rows = self
            .store
            .read(move |reader| reader.spine(&id, &name, Role::Received))
            .await?;
        let now = self.clock.now();
        let covers = |at: i64| walk.covers(at) && walk.covers(at - 999);
        let steps = plan(&spine(&rows, now), &listing, is_confidential, covers);
        let keys: HashMap<Uuid, &SpineRow> = rows
            .iter()
            .filter_map(|row| Some((row.correspondence.parse().ok()?, row)))
            .collect();
        let mut again = Vec::new();
        let mut marks = Vec::new();
        let mut gone = Vec::new();
        for step in steps {
            match step {
                // Fetched a moment ago: its overview said all but when it was confirmed.
                Step::Recheck(id) if fresh.contains(&id) => {
                    marks.extend(
                        keys.get(&id)
                            .map(|row| (row.key, row.published_at.unwrap_or(row.at))),
                    );
                }
                Step::Recheck(id) => again.push(id),
                Step::Gone(id) | Step::Missing(id) => gone.extend(keys.get(&id).map(|row| row.key)),
                // What came between the lists is the next round's.
                Step::Fetch(_) | Step::Seal(_) => {}
            }
        }
        report.gone += u32::try_from(gone.len()).unwrap_or(u32::MAX);
        let is_changed = !gone.is_empty() || !marks.is_empty();
        if is_changed {
            self.store
                .write_batch(move |tx| {
                    gone.iter().try_for_each(|key| tx.set_gone(*key, now))?;
                    marks
                        .iter()
                        .try_for_each(|(key, at)| tx.set_marks(*key, None, Some(*at), None, None))
                })
                .await?;
            self.tell_list(asked.account);
        }
        if !again.is_empty() {
            let wanted = Wanted {
                resource: asked.resource.to_owned(),
                is_confidential,
                ids: again,
                confirmed: listing.confirmed,
                is_recheck: true,
            };
            self.fetch(asked.account, wanted, report).await?;
        }
        Ok(())
    }

    /// Finds when newly sealed letters were published, and stores them. A list that fails ends the halving, never the
    /// letters: they keep what is known by then.
    async fn seal_dated(
        &self,
        asked: &Scope<'_>,
        mut dating: Dating,
        report: &mut SyncReport,
    ) -> Result<()> {
        dating.begin();
        let mut done = Ok(());
        while let Some(window) = dating.ask() {
            match self.list(asked, window, None, report).await {
                Ok(ids) => dating.answer(&ids),
                Err(error) => {
                    done = Err(error);
                    break;
                }
            }
        }
        self.seal(asked, dating.times(), report).await?;
        done
    }

    /// Stores letters on confidential services by their id alone, each with its time in UTC milliseconds.
    async fn seal(
        &self,
        asked: &Scope<'_>,
        times: Vec<(Uuid, i64)>,
        report: &mut SyncReport,
    ) -> Result<()> {
        if times.is_empty() {
            return Ok(());
        }
        let (account, resource) = (asked.account.config.id.clone(), asked.resource.to_owned());
        let now = self.clock.now();
        let added = self
            .store
            .write_batch(move |tx| {
                let mut added = 0;
                for (id, at) in &times {
                    let id = [id.to_string()];
                    added += tx.probe_messages(
                        &account,
                        Role::Received,
                        &resource,
                        true,
                        *at,
                        now,
                        &id,
                    )?;
                }
                Ok(added)
            })
            .await?;
        report.sealed += u32::try_from(added).unwrap_or(u32::MAX);
        self.tell_list(asked.account);
        Ok(())
    }

    /// Fetches what a list has named for the first time.
    async fn take(
        &self,
        asked: &Scope<'_>,
        is_confidential: bool,
        steps: Vec<Step>,
        report: &mut SyncReport,
    ) -> Result<HashMap<Uuid, i64>> {
        let ids: Vec<Uuid> = steps
            .into_iter()
            .filter_map(|step| match step {
                Step::Fetch(id) => Some(id),
                _ => None,
            })
            .collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        self.set_line(|line| {
            let (done, total) = line.syncing.unwrap_or_default();
            line.syncing = Some((done, total + count));
        });
        let wanted = Wanted {
            resource: asked.resource.to_owned(),
            is_confidential,
            ids,
            confirmed: HashSet::new(),
            is_recheck: false,
        };
        self.fetch(asked.account, wanted, report).await
    }

    /// Every id of a scope that has ever had `status`.
    pub(super) async fn swept(
        &self,
        asked: &Scope<'_>,
        status: CorrespondenceStatus,
        report: &mut SyncReport,
    ) -> Result<HashSet<Uuid>> {
        let mut walk = Walk::new(asked.window, likely(self.clock.now()));
        while let Some(window) = walk.ask() {
            let ids = self
                .list(asked, window, Some(status.clone()), report)
                .await?;
            walk.answer(&ids);
            walk.settle(None);
        }
        Ok(walk.found().clone())
    }

    async fn list(
        &self,
        asked: &Scope<'_>,
        window: Window,
        status: Option<CorrespondenceStatus>,
        report: &mut SyncReport,
    ) -> Result<Vec<Uuid>> {
        let search = Search {
            status,
            from: DateTime::from_timestamp_micros(window.after)
                .filter(|_| window.after != Window::OLDEST),
            to: DateTime::from_timestamp_micros(window.before)
                .filter(|_| window.before != Window::NEWEST),
            ..Search::new(asked.resource, asked.role)
        };
        report.lists += 1;
        self.patiently(|| asked.account.client.search(&search))
            .await
    }
}

/// What the plan knows of the stored letters.
fn spine(rows: &[SpineRow], now: i64) -> HashMap<Uuid, Known> {
    let known = |row: &SpineRow| Known {
        is_fetched: row.level == Level::Overview,
        is_sealed: row.is_confidential && row.level == Level::Probed,
        is_gone: row.is_gone || row.level == Level::Gone,
        is_unreadable: row.level == Level::Probed
            && row.checked_at.is_some_and(|at| now - at < UNREADABLE_FOR),
        is_read: row.is_read,
        is_confirmed: row.is_confirmed,
        published_at: row.requested_publish_at.map(last_microsecond),
    };
    rows.iter()
        .filter_map(|row| Some((row.correspondence.parse().ok()?, known(row))))
        .collect()
}

/// The window that reaches back over the newest letters known.
fn look_back(rows: &[SpineRow]) -> Window {
    let mut times: Vec<i64> = rows
        .iter()
        .filter_map(|row| row.requested_publish_at)
        .collect();
    times.sort_unstable_by(|a, b| b.cmp(a));
    match times.get(LOOK_BACK) {
        Some(at) => Window::since(*at * 1000 - 1),
        None => Window::all(),
    }
}

/// The store keeps milliseconds, Altinn microseconds: the last one that may be meant.
fn last_microsecond(at: i64) -> i64 {
    at * 1000 + 999
}

pub(super) fn likely(now: i64) -> (i64, i64) {
    (LIKELY_FROM, now * 1000 + DAY)
}
