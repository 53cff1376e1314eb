//! The list: its shape (headings and counts) and pages of its rows.

mod group;
mod row;

use crate::search::{self, Asked, Local, Marker, Parsed, SOON, lower, names_folder, scope};
use crate::view::{Filters, Folder, Group, GroupKind, ListQuery, ListShape, Place, Row, Sort};
use crate::{Mailbox, Result};
use mailbox_store::{Order, OutboxState, Predicate, Reader, Scope};

use group::groups;
pub(crate) use row::{Named, party};

/// Rows of one page; the window asks for a hundred.
const PAGE: u32 = 500;

impl Mailbox {
    /// How many rows a list has under which headings, and hints about the search text.
    ///
    /// # Errors
    /// The store's; `Internal` when the same is asked with another search before the answer is there.
    pub async fn list_shape(&self, query: ListQuery) -> Result<ListShape> {
        let now = self.clock.now();
        let asked = query.clone();
        let answer = self.store.read(move |r| Question::of(&asked, now).shape(r));
        self.engine
            .searches
            .unless_superseded(Asked::Shape, &query, answer)
            .await
    }

    /// `limit` rows of a list from `offset` on; at most 500, none past the end.
    ///
    /// # Errors
    /// The store's; `Internal` when the same is asked with another search before the answer is there.
    pub async fn list_rows(&self, query: ListQuery, offset: u32, limit: u32) -> Result<Vec<Row>> {
        let now = self.clock.now();
        let asked = query.clone();
        let answer = self
            .store
            .read(move |r| Question::of(&asked, now).rows(r, offset, limit.min(PAGE)));
        self.engine
            .searches
            .unless_superseded(Asked::Rows(limit), &query, answer)
            .await
    }
}

/// A list, understood.
struct Question<'a> {
    query: &'a ListQuery,
    parsed: Parsed,
    now: i64,
    order: Order,
}

impl<'a> Question<'a> {
    fn of(query: &'a ListQuery, now: i64) -> Self {
        Self {
            query,
            parsed: search::parse(&query.search),
            // To the second, so that the pages of a list ask the same question as its shape; the next one, or a letter
            // published within this second would be missing until something else changes.
            now: now - now.rem_euclid(1_000) + 1_000,
            order: match query.sort {
                Sort::Newest => Order::Newest,
                Sort::Oldest => Order::Oldest,
                // Without words no letter is better than another.
                Sort::Best if query.search.trim().is_empty() => Order::Newest,
                Sort::Best => Order::Best,
            },
        }
    }

    fn shape(&self, r: &Reader<'_>) -> mailbox_store::Result<ListShape> {
        let (account, predicate) = (&self.query.account, self.predicate());
        // How many there are does not hang on their order, and the best have no headings.
        let order = match self.order {
            Order::Best => Order::Newest,
            order => order,
        };
        let times: Vec<(i64, u32)> = match self.local(r)? {
            Some(rows) => rows.iter().map(|row| (row.at, 1)).collect(),
            None => match r.hours(account, &predicate, order)? {
                Some(hours) => hours,
                None => r
                    .list(account, &predicate, order)?
                    .iter()
                    .map(|(_, at)| (*at, 1))
                    .collect(),
            },
        };
        let total = times.iter().map(|(_, count)| count).sum();
        Ok(ListShape {
            total,
            groups: match self.order {
                Order::Best if total > 0 => vec![Group {
                    kind: GroupKind::Best,
                    count: total,
                }],
                _ => groups(&times, self.now),
            },
            hints: self.parsed.hints.clone(),
            unindexed_files: if self.query.search.trim().is_empty() {
                0
            } else {
                r.unindexed_files(&self.query.account)?
            },
        })
    }

    fn rows(&self, r: &Reader<'_>, offset: u32, limit: u32) -> mailbox_store::Result<Vec<Row>> {
        if let Some(rows) = self.local(r)? {
            return Ok(rows
                .into_iter()
                .skip(usize::try_from(offset).unwrap_or(usize::MAX))
                .take(usize::try_from(limit).unwrap_or(0))
                .collect());
        }
        let marker = Marker::of(&self.parsed.expr);
        r.list_page(
            &self.query.account,
            &self.predicate(),
            self.order,
            offset,
            limit,
        )?
        .iter()
        .map(|message| row::message(r, message, &marker, self.now))
        .collect()
    }

    /// What must hold of a letter to be in the list.
    fn predicate(&self) -> Predicate {
        let mut parts = Vec::new();
        // A folder named in the search stands in for the one that is shown.
        let place = if names_folder(&self.parsed.expr) {
            Scope::Everywhere
        } else {
            match &self.query.place {
                Place::Folder { folder } => scope(*folder, self.now).unwrap_or(Scope::Everywhere),
                Place::Service { resource } => Scope::Service(resource.clone()),
                Place::Everywhere => Scope::Everywhere,
            }
        };
        parts.push(Predicate::In(place));
        parts.push(lower(&self.parsed.expr, self.now));
        let Filters {
            unread,
            needs_confirmation,
            attachments,
            due,
        } = self.query.filters;
        for (is_set, predicate) in [
            (unread, Predicate::Unread),
            (needs_confirmation, Predicate::Awaiting),
            (attachments, Predicate::Attachment),
            (due, Predicate::Due),
        ] {
            if is_set {
                parts.push(predicate);
            }
        }
        Predicate::All(parts)
    }

    /// Rows of a folder that holds what is only here; none for the other folders.
    fn local(&self, r: &Reader<'_>) -> mailbox_store::Result<Option<Vec<Row>>> {
        let Place::Folder { folder } = self.query.place else {
            return Ok(None);
        };
        if names_folder(&self.parsed.expr) {
            return Ok(None);
        }
        let marker = Marker::of(&self.parsed.expr);
        let account = &self.query.account;
        let mut rows = match folder {
            Folder::Drafts => r
                .drafts(account)?
                .iter()
                .map(|draft| row::draft(draft, &marker))
                .collect(),
            Folder::Outbox => self.outbox(r, &marker, false)?,
            Folder::Failed => self.outbox(r, &marker, true)?,
            _ => return Ok(None),
        };
        rows.retain(|row| self.holds(row));
        if folder == Folder::Failed {
            for message in r.list_page(account, &self.predicate(), self.order, 0, u32::MAX)? {
                rows.push(row::message(r, &message, &marker, self.now)?);
            }
        }
        rows.sort_by(|a, b| match self.query.sort {
            Sort::Newest | Sort::Best => (b.at, &b.id).cmp(&(a.at, &a.id)),
            Sort::Oldest => (a.at, &a.id).cmp(&(b.at, &b.id)),
        });
        Ok(Some(rows))
    }

    fn outbox(
        &self,
        r: &Reader<'_>,
        marker: &Marker,
        is_stuck_only: bool,
    ) -> mailbox_store::Result<Vec<Row>> {
        let mut rows = Vec::new();
        for item in r.outbox(&self.query.account)? {
            if is_stuck_only && item.state != OutboxState::Stuck {
                continue;
            }
            rows.extend(row::outbox(r, &item, marker)?);
        }
        Ok(rows)
    }

    /// Whether search and chips hold of what is only here.
    fn holds(&self, row: &Row) -> bool {
        let filters = &self.query.filters;
        if filters.unread || filters.needs_confirmation || filters.due {
            return false;
        }
        (!filters.attachments || row.attachments > 0)
            && Local {
                title: &row.title,
                recipient: &row.counterpart,
                text: &row.snippet,
                at: row.at,
                is_failed: row.tag.is_some(),
                has_files: row.attachments > 0,
            }
            .holds(&self.parsed.expr, self.now)
    }
}

/// The end of what is due soon at the time `now`.
pub(crate) fn soon(now: i64) -> i64 {
    now.saturating_add(SOON)
}

#[cfg(test)]
mod tests;
