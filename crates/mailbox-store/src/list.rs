//! Lists: the times that headings are made from, and pages of rows.

use crate::asked::Asked;
use crate::error::Result;
use crate::message::{MESSAGE, MessageRow, read};
use crate::newest::{Hits, Keys};
use crate::pool::Reader;
use crate::predicate::{Clause, Drawers, Kind, Predicate};
use crate::row::many;
use rusqlite::types::Value;
use rusqlite::{OptionalExtension, params_from_iter};
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Order {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// Best first, by the words searched for; newest first where no words tell them apart.
    Best,
}

impl Order {
    fn word(self) -> &'static str {
        match self {
            Self::Newest | Self::Best => "DESC",
            Self::Oldest => "ASC",
        }
    }
}

/// A letter of a list: its key, and the time it is sorted by.
pub type Entry = (i64, i64);

/// Milliseconds of an hour.
const HOUR: i64 = 3_600_000;
/// Up to this offset a page is reached by passing over what comes before it.
const NEAR: u32 = 2_000;
/// Up to this many hits a page is made of all of them.
const FEW: usize = 64;
/// Every key.
pub(crate) const ALL: RangeInclusive<i64> = 0..=i64::MAX;
/// Down to this row the newest hits are found by themselves; further down the list is made.
const NEAR_HITS: u32 = 1_000;

/// Up to this many hits their letters are looked up one by one; above, the list is walked and compared with the hits.
const FEW_HITS: usize = 400;

impl Reader<'_> {
    /// Every letter of an account for which `predicate` holds, in order. The last few answers are kept until the next
    /// commit, so that a list and its pages cost one search.
    pub fn list(
        &self,
        account: &str,
        predicate: &Predicate,
        order: Order,
    ) -> Result<Arc<Vec<Entry>>> {
        let Some((lists, seen)) = self.lists else {
            return Ok(Arc::new(self.ask(account, predicate, order)?));
        };
        if let Some(found) = lists.find(seen, account, predicate, order) {
            return Ok(found);
        }
        let entries = Arc::new(self.ask(account, predicate, order)?);
        lists.keep(seen, account, predicate, order, &entries);
        Ok(entries)
    }

    /// `limit` rows of the same list from `offset` on. Where the words of letters are not asked about, the list need not
    /// be made for it: a page costs the page.
    pub fn list_page(
        &self,
        account: &str,
        predicate: &Predicate,
        order: Order,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<MessageRow>> {
        let kept = self
            .lists
            .and_then(|(lists, seen)| lists.find(seen, account, predicate, order));
        let of = |entries: &[Entry]| -> Vec<Entry> {
            entries
                .iter()
                .skip(usize::try_from(offset).unwrap_or(usize::MAX))
                .take(usize::try_from(limit).unwrap_or(usize::MAX))
                .copied()
                .collect()
        };
        let wanted = offset.saturating_add(limit);
        let page = match (kept, predicate.only_scope(), predicate.split()) {
            (Some(kept), ..) => of(&kept),
            (None, Some(drawers), _) => self.page_of(account, drawers, order, offset, limit)?,
            (None, None, (None, clause)) => self.page(account, clause, order, offset, limit)?,
            (None, None, (Some(text), clause)) => {
                let first = match order {
                    _ if wanted > NEAR_HITS => None,
                    Order::Newest => self.newest_hits(account, &text, clause, wanted)?,
                    Order::Oldest => None,
                    Order::Best => self.best(account, &text, &clause, wanted)?,
                };
                match first {
                    Some(entries) => of(&entries),
                    None => of(&self.list(account, predicate, order)?),
                }
            }
        };
        let mut letter = self
            .sql
            .prepare_cached(&format!("{MESSAGE} WHERE m.key = ?1"))?;
        let mut rows = Vec::with_capacity(page.len());
        for (key, _) in page {
            rows.extend(letter.query_row([key], read).optional()?);
        }
        Ok(rows)
    }

    /// How many letters of a list lie in which hour, in order, each hour by its beginning; none for a list whose hours are
    /// not kept. Adds up to the length of the list.
    pub fn hours(
        &self,
        account: &str,
        predicate: &Predicate,
        order: Order,
    ) -> Result<Option<Vec<(i64, u32)>>> {
        match predicate.only_scope() {
            Some(drawers) => self.hours_of(account, drawers, order).map(Some),
            None => Ok(None),
        }
    }

    fn hours_of(&self, account: &str, drawers: Drawers, order: Order) -> Result<Vec<(i64, u32)>> {
        let count = match drawers.kind {
            Kind::Any => "total",
            Kind::Unread => "unread",
            Kind::Awaiting => "awaiting",
        };
        let sql = format!(
            "SELECT hour * {HOUR}, sum({count}) FROM message_hour WHERE account = ?1 AND {}
             GROUP BY hour HAVING sum({count}) > 0 ORDER BY hour {}",
            lies_in(drawers.places),
            order.word(),
        );
        many(self.sql, &sql, [self.account_key(account)?], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// A page of whole drawers. Far down, the hours tell where it begins.
    fn page_of(
        &self,
        account: &str,
        drawers: Drawers,
        order: Order,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Entry>> {
        let (mut rest, mut from, mut before) = (offset, i64::MIN, i64::MAX);
        if offset > NEAR {
            for (hour, count) in self.hours_of(account, drawers, order)? {
                match order {
                    Order::Newest | Order::Best => before = hour.saturating_add(HOUR),
                    Order::Oldest => from = hour,
                }
                if rest < count {
                    break;
                }
                rest -= count;
            }
        }
        many(
            self.sql,
            &drawers_sql(drawers, order),
            (self.account_key(account)?, from, before, limit, rest),
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
    }

    /// A page of the letters for which a clause holds.
    fn page(
        &self,
        account: &str,
        clause: Clause,
        order: Order,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Entry>> {
        let sql = clause_sql(&clause, order);
        let mut values = vec![Value::from(self.account_key(account)?)];
        values.extend(clause.values);
        values.extend([
            Value::from(i64::from(limit)),
            Value::from(i64::from(offset)),
        ]);
        many(self.sql, &sql, params_from_iter(values), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// The `wanted` newest letters that hold some words, in order; none where it is cheaper to make the list.
    fn newest_hits(
        &self,
        account: &str,
        asked: &Asked,
        clause: Clause,
        wanted: u32,
    ) -> Result<Option<Vec<Entry>>> {
        let is_merged = asked.is_merged();
        let is_ascending = !is_merged || !self.is_newest_last()?;
        let Some((table, text)) = asked.first() else {
            return Ok(Some(Vec::new()));
        };
        let mut statement = self.sql.prepare_cached(&Hits::sql(table, is_ascending))?;
        let mut hits = Hits::of(statement.query([text])?, is_ascending);
        if let Some(hits) = hits.if_few(FEW)? {
            // A rare word: all that have it are soon looked up.
            let hits = match (&asked.words, &asked.beginnings, hits.first(), hits.last()) {
                (Some(_), Some(_), Some(first), Some(last)) => {
                    self.holding(asked, &(*first..=*last), FEW)?
                }
                _ => hits,
            };
            let mut entries = self.entries(account, clause, Some(&hits))?;
            entries.sort_unstable_by_key(|(key, at)| Reverse((*at, *key)));
            return Ok(Some(entries));
        }
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let known = is_merged.then_some(&mut hits);
        self.newest(account, asked, &clause, wanted, known)
    }

    fn ask(&self, account: &str, predicate: &Predicate, order: Order) -> Result<Vec<Entry>> {
        let (text, clause) = predicate.split();
        if let (Order::Best, Some(asked)) = (order, &text)
            && let Some(best) = self.best(account, asked, &clause, u32::MAX)?
        {
            return Ok(best);
        }
        let mut entries = match text {
            None => self.entries(account, clause, None)?,
            Some(asked) => {
                let hits = self.holding(&asked, &ALL, usize::MAX)?;
                if hits.len() <= FEW_HITS {
                    self.entries(account, clause, Some(&hits))?
                } else {
                    let hits = Keys::of(&hits);
                    let mut entries = self.entries(account, clause, None)?;
                    entries.retain(|(key, _)| hits.contains(*key));
                    entries
                }
            }
        };
        match order {
            Order::Oldest => entries.sort_unstable_by_key(|(key, at)| (*at, *key)),
            Order::Newest | Order::Best => {
                entries.sort_unstable_by_key(|(key, at)| Reverse((*at, *key)));
            }
        }
        Ok(entries)
    }

    /// The letters for which a clause holds, of `keys` or of all.
    pub(crate) fn entries(
        &self,
        account: &str,
        clause: Clause,
        keys: Option<&[i64]>,
    ) -> Result<Vec<Entry>> {
        let mut values = vec![Value::from(self.account_key(account)?)];
        values.extend(clause.values);
        let mut sql = format!(
            "SELECT m.key, m.at FROM message m WHERE m.account = ? AND ({})",
            clause.sql
        );
        if let Some(keys) = keys {
            sql.push_str(" AND m.key IN (SELECT value FROM json_each(?))");
            let list: Vec<String> = keys.iter().map(i64::to_string).collect();
            values.push(Value::from(format!("[{}]", list.join(","))));
        }
        many(self.sql, &sql, params_from_iter(values), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }
}

/// A page of whole drawers, read in the order of an index. Places are in order each, so SQLite merges them and stops after
/// the page; the kinds of which there are few have an index over all places.
fn drawers_sql(drawers: Drawers, order: Order) -> String {
    let word = order.word();
    let few = |index: &str, is_it: &str| {
        format!(
            "SELECT key, at FROM message INDEXED BY {index}
             WHERE account = ?1 AND {is_it} AND {} AND at >= ?2 AND at < ?3",
            lies_in(drawers.places)
        )
    };
    let rows = match drawers.kind {
        Kind::Any => {
            let place = |place: &&str| {
                format!(
                    "SELECT key, at FROM message WHERE account = ?1 AND place = '{place}' AND at >= ?2 AND at < ?3"
                )
            };
            let places: Vec<String> = drawers.places.iter().map(place).collect();
            places.join(" UNION ALL ")
        }
        Kind::Unread => few("message_unread", "is_unread"),
        Kind::Awaiting => few("message_awaiting", "is_awaiting"),
    };
    format!("{rows} ORDER BY at {word}, key {word} LIMIT ?4 OFFSET ?5")
}

/// That a letter lies in one of some places; an index over one place is only found by an equality.
fn lies_in(places: &[&str]) -> String {
    match places {
        [place] => format!("place = '{place}'"),
        places => format!("place IN ('{}')", places.join("', '")),
    }
}

fn clause_sql(clause: &Clause, order: Order) -> String {
    let word = order.word();
    format!(
        "SELECT m.key, m.at FROM message m WHERE m.account = ? AND ({})
         ORDER BY m.at {word}, m.key {word} LIMIT ? OFFSET ?",
        clause.sql
    )
}

/// The statement that answers a page where the words of letters are not asked about.
#[cfg(test)]
pub(crate) fn page_sql(predicate: &Predicate, order: Order) -> String {
    match predicate.only_scope() {
        Some(drawers) => drawers_sql(drawers, order),
        None => clause_sql(&predicate.split().1, order),
    }
}

/// Lists kept.
const KEPT: usize = 6;

/// A number of commits of this store since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Commits(u64);

/// The last lists that were asked for, good until the next commit of this store. (Two programs never share a file: the
/// profile is locked.)
#[derive(Debug, Default)]
pub(crate) struct Lists {
    commits: AtomicU64,
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    seen: Commits,
    account: String,
    predicate: Predicate,
    order: Order,
    entries: Arc<Vec<Entry>>,
}

impl Lists {
    /// Called after each commit, before the writer is told of it.
    pub(crate) fn outdate(&self) {
        self.commits.fetch_add(1, Ordering::SeqCst);
    }

    /// How many commits there were.
    pub(crate) fn commits(&self) -> Commits {
        Commits(self.commits.load(Ordering::SeqCst))
    }

    fn find(
        &self,
        seen: Commits,
        account: &str,
        predicate: &Predicate,
        order: Order,
    ) -> Option<Arc<Vec<Entry>>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|list| list.seen >= seen);
        kept.iter()
            .find(|list| {
                list.seen == seen
                    && list.order == order
                    && list.account == account
                    && list.predicate == *predicate
            })
            .map(|list| Arc::clone(&list.entries))
    }

    fn keep(
        &self,
        seen: Commits,
        account: &str,
        predicate: &Predicate,
        order: Order,
        entries: &Arc<Vec<Entry>>,
    ) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(KEPT - 1);
        kept.push_front(Kept {
            seen,
            account: account.to_owned(),
            predicate: predicate.clone(),
            order,
            entries: Arc::clone(entries),
        });
    }
}
