//! Letters that moved without being new: read, confirmed or deleted elsewhere, published late behind the newest, or gone
//! from the lists. The lists by status tell of the newest thousand of each; a slow reconciliation goes through the rest.

use super::SyncReport;
use super::cursor::Named;
use super::fetch::Errand;
use super::pass::slice;
use super::plan::{Listing, Step, plan};
use super::scope::{Scope, known, last_microsecond, search};
use super::window::{FULL, Window};
use crate::{Account, Mailbox, Result};
use altinn_client::{CorrespondenceStatus, Search, SearchRole};
use mailbox_store::SpineRow;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// How often a service is reconciled from its newest letter to its oldest, milliseconds.
const FULL_EVERY: i64 = 24 * 3_600_000;
/// And how often it goes on with the next thousand.
const SLICE_EVERY: i64 = 3_600_000;

/// What the lists by status tell of a received letter.
const SIGNS: [CorrespondenceStatus; 3] = [
    CorrespondenceStatus::Read,
    CorrespondenceStatus::Confirmed,
    CorrespondenceStatus::PurgedByRecipient,
];

impl Mailbox {
    /// Asks which letters have been read, confirmed or deleted elsewhere, and follows those that moved.
    pub(super) async fn sweep(
        &self,
        account: &Account,
        scope: &mut Scope,
        report: &mut SyncReport,
    ) -> Result<()> {
        let mut listing = Listing::default();
        let mut is_news = false;
        for status in SIGNS {
            // Without a beginning, one list reaches back as far as it can.
            let ids = self
                .by_status(account, &scope.resource, &status, Window::all(), report)
                .await?;
            let named = Named::of(&ids);
            let before = scope
                .pass
                .cursor
                .swept
                .insert(status.as_str().to_owned(), named);
            is_news |= before != Some(named);
            note(&mut listing, &status, ids);
        }
        scope.pass.cursor.swept_at = self.clock.now();
        if is_news {
            let rows = self.moved(account, &listing).await?;
            self.follow_marks(account, scope, &listing, rows, |_| false, report)
                .await?;
        }
        Ok(())
    }

    /// Letters fetched just now whose status may hide that they were confirmed.
    pub(super) async fn uncover(
        &self,
        account: &Account,
        scope: &mut Scope,
        report: &mut SyncReport,
    ) -> Result<()> {
        if scope.hidden.is_empty() {
            return Ok(());
        }
        let hidden = std::mem::take(&mut scope.hidden);
        let status = CorrespondenceStatus::Confirmed;
        let ids = self
            .by_status(account, &scope.resource, &status, Window::all(), report)
            .await?;
        let ids: Vec<Uuid> = ids.into_iter().filter(|id| hidden.contains(id)).collect();
        let rows = self.rows_of(account, &ids).await?;
        // When exactly is not told without asking for the letter again.
        let marks: Vec<(i64, i64)> = rows
            .values()
            .map(|row| (row.key, row.published_at.unwrap_or(row.at)))
            .collect();
        if !marks.is_empty() {
            self.store
                .write_batch(move |tx| {
                    marks
                        .iter()
                        .try_for_each(|(key, at)| tx.set_marks(*key, None, Some(*at), None, None))
                })
                .await?;
            self.tell_list(account);
        }
        Ok(())
    }

    /// Goes on with the reconciliation of a service that its ordinary list does not hold, if it is time; with
    /// `is_whole`, to the end.
    pub(super) async fn reconcile(
        &self,
        account: &Account,
        scope: &mut Scope,
        is_whole: bool,
        report: &mut SyncReport,
    ) -> Result<()> {
        let Some(since) = scope.pass.cursor.since else {
            return Ok(());
        };
        let now = self.clock.now();
        let is_due = match scope.pass.cursor.checking {
            Some(_) => now - scope.pass.cursor.checked_at >= SLICE_EVERY,
            None => scope.full_at.is_none_or(|at| now - at >= FULL_EVERY),
        };
        if !is_due && !is_whole {
            return Ok(());
        }
        loop {
            let before = scope.pass.cursor.checking.unwrap_or(since + 1);
            let next = self.compare_slice(account, scope, before, report).await?;
            scope.pass.cursor.checked_at = self.clock.now();
            scope.pass.cursor.checking = next.filter(|next| *next < before);
            if scope.pass.cursor.checking.is_none() {
                scope.full_at = Some(now);
                scope.is_changed = true;
                return Ok(());
            }
            self.keep_scope(account, scope).await?;
            if !is_whole {
                return Ok(());
            }
        }
    }

    /// Compares the thousand letters before `before` (microseconds). Gives where the next begins; none at the end.
    async fn compare_slice(
        &self,
        account: &Account,
        scope: &mut Scope,
        before: i64,
        report: &mut SyncReport,
    ) -> Result<Option<i64>> {
        let whole = Window {
            after: Window::OLDEST,
            before,
        };
        let asked = search(&scope.resource, SearchRole::Recipient, whole);
        let mut ids = self.list(account, &asked, report).await?;
        self.bring(account, scope, &ids, before, report).await?;
        let rows = self.rows_of(account, &ids).await?;
        let is_full = ids.len() >= FULL;
        let time = |id: &Uuid| rows.get(id)?.requested_publish_at.map(last_microsecond);
        let oldest = ids.iter().rev().find_map(time);
        let (window, next) = if scope.is_confidential {
            // No letter tells its time: all is walked at once, and no more often than the rest.
            (whole, None)
        } else {
            slice(before, is_full, oldest)
        };
        if is_full && next.is_none_or(|next| next <= window.after + 1) {
            let walk = self.walked(account, &asked, window, report).await?;
            scope.pass.cursor.note_crowds(walk.incomplete());
            ids = walk.found().iter().copied().collect();
            self.bring(account, scope, &ids, before, report).await?;
        }
        let rows = self.rows_of(account, &ids).await?;
        let mut listing = Listing {
            ids,
            ..Listing::default()
        };
        for status in SIGNS {
            let asked = Search {
                status: Some(status.clone()),
                ..search(&scope.resource, SearchRole::Recipient, window)
            };
            let walk = self.walked(account, &asked, window, report).await?;
            note(&mut listing, &status, walk.found().iter().copied());
        }
        let (id, name) = (account.config.id.clone(), scope.resource.clone());
        let from = window.after.div_euclid(1000);
        let until = window.before.div_euclid(1000);
        let here = self
            .store
            .read(move |reader| reader.listed_between(&id, &name, from, until))
            .await?;
        let mut all = rows;
        all.extend(by_id(here));
        let crowded = scope.pass.cursor.crowded.clone();
        let covers = |at: i64| {
            let is_crowded = crowded
                .iter()
                .any(|crowd| at - 999 <= *crowd && *crowd <= at);
            window.holds(at) && window.holds(at - 999) && !is_crowded
        };
        self.follow_marks(account, scope, &listing, all, covers, report)
            .await?;
        Ok(next)
    }

    /// Fetches or seals letters that a list of times before `before` (microseconds) names and that are not here.
    async fn bring(
        &self,
        account: &Account,
        scope: &Scope,
        ids: &[Uuid],
        before: i64,
        report: &mut SyncReport,
    ) -> Result<()> {
        let listing = Listing {
            ids: ids.to_vec(),
            ..Listing::default()
        };
        let known = self.known(account, ids).await?;
        let steps = plan(&known, &listing, scope.is_confidential, |_| false);
        let at = before.div_euclid(1000).min(self.clock.now());
        let sealed = steps.iter().filter_map(Step::sealed);
        self.seal(account, scope, sealed.map(|id| (id, at)).collect(), report)
            .await?;
        let late: Vec<Uuid> = steps.iter().filter_map(Step::fetched).collect();
        if late.is_empty() {
            return Ok(());
        }
        let errand = Errand::new(account, std::slice::from_ref(scope));
        self.fetch_again(account, errand, late, report).await
    }

    /// Stores what the lists tell, and asks again for letters of which they tell that they moved.
    async fn follow_marks(
        &self,
        account: &Account,
        scope: &Scope,
        listing: &Listing,
        rows: HashMap<Uuid, SpineRow>,
        covers: impl Fn(i64) -> bool,
        report: &mut SyncReport,
    ) -> Result<()> {
        let now = self.clock.now();
        let spine = rows
            .iter()
            .map(|(id, row)| (*id, known(row, now)))
            .collect();
        let mut again = Vec::new();
        let mut gone = Vec::new();
        for step in plan(&spine, listing, scope.is_confidential, covers) {
            match step {
                Step::Recheck(id) => again.push(id),
                Step::Gone(id) | Step::Missing(id) => gone.extend(rows.get(&id).map(|row| row.key)),
                // What came between the lists is the next round's.
                Step::Fetch(_) | Step::Seal(_) => {}
            }
        }
        report.gone += u32::try_from(gone.len()).unwrap_or(u32::MAX);
        if !gone.is_empty() {
            self.store
                .write_batch(move |tx| gone.iter().try_for_each(|key| tx.set_gone(*key, now)))
                .await?;
            self.tell_list(account);
        }
        if again.is_empty() {
            return Ok(());
        }
        let errand = Errand {
            confirmed: listing.confirmed.clone(),
            is_recheck: true,
            ..Errand::new(account, std::slice::from_ref(scope))
        };
        self.fetch_again(account, errand, again, report).await
    }

    /// What is here of the letters that the lists by status name.
    async fn moved(&self, account: &Account, listing: &Listing) -> Result<HashMap<Uuid, SpineRow>> {
        let ids: HashSet<Uuid> = [&listing.read, &listing.confirmed, &listing.purged]
            .into_iter()
            .flatten()
            .copied()
            .collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        self.rows_of(account, &ids).await
    }

    async fn by_status(
        &self,
        account: &Account,
        resource: &str,
        status: &CorrespondenceStatus,
        window: Window,
        report: &mut SyncReport,
    ) -> Result<Vec<Uuid>> {
        let asked = Search {
            status: Some(status.clone()),
            ..search(resource, SearchRole::Recipient, window)
        };
        self.list(account, &asked, report).await
    }
}

fn note(listing: &mut Listing, status: &CorrespondenceStatus, ids: impl IntoIterator<Item = Uuid>) {
    let set = match status {
        CorrespondenceStatus::Read => &mut listing.read,
        CorrespondenceStatus::Confirmed => &mut listing.confirmed,
        _ => &mut listing.purged,
    };
    set.extend(ids);
}

fn by_id(rows: Vec<SpineRow>) -> impl Iterator<Item = (Uuid, SpineRow)> {
    rows.into_iter()
        .filter_map(|row| Some((row.correspondence.parse().ok()?, row)))
}
