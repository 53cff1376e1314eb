//! The newest letters that hold some words, without looking at all that do.
//!
//! The index knows letters by key and not by time, and a common word is in every third. Keys are given as letters come,
//! a first sync from the newest back and later ones forward, so letters of one time lie in few stretches of keys. Of
//! each 256 keys the newest time is kept; stretches are asked in that order, each time as many as
//! the rest should take, until no letter of the next could come before those that were found.

use crate::asked::Asked;
use crate::error::Result;
use crate::list::Entry;
use crate::pool::Reader;
use crate::predicate::Clause;
use crate::row::{many, one};
use rusqlite::types::Value;
use rusqlite::{Rows, params_from_iter};
use std::cmp::Reverse;
use std::ops::RangeInclusive;

/// Keys of a zone, as a shift; the schema's.
const ZONE: u32 = 8;
/// Stretches that are asked for in one step; more, and asking once for all is cheaper.
const STRETCHES: usize = 64;

impl Reader<'_> {
    /// The `wanted` newest letters that hold what is asked and for which `clause` holds, in order; none where their keys are so
    /// scattered that all must be looked at. `known` gives the keys that hold what is asked first, where to ask for those of
    /// a stretch would cost as much as to ask for all.
    pub(crate) fn newest(
        &self,
        account: &str,
        asked: &Asked,
        clause: &Clause,
        wanted: usize,
        mut known: Option<&mut Hits<'_>>,
    ) -> Result<Option<Vec<Entry>>> {
        let mut zones = self
            .sql
            .prepare_cached("SELECT zone, newest_at FROM message_zone ORDER BY newest_at DESC")?;
        let mut zones = zones.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let mut next: Option<(i64, i64)> = zones.next().transpose()?;
        let mut found: Vec<Entry> = Vec::new();
        let (mut step, mut walked) = (1, 0);
        while next.is_some() {
            let mut these = Vec::new();
            while let Some((zone, _)) = next.filter(|_| these.len() < step) {
                these.push(zone);
                next = zones.next().transpose()?;
            }
            let stretches = stretches(these);
            if stretches.len() > STRETCHES {
                return Ok(None);
            }
            for keys in stretches {
                found.extend(match &mut known {
                    None => self.hits(account, asked, clause, &keys)?,
                    Some(known) => {
                        let these = known.among(&keys)?;
                        self.of_known(account, asked, clause, &keys, these)?
                    }
                });
            }
            found.sort_unstable_by_key(|(key, at)| Reverse((*at, *key)));
            found.truncate(wanted);
            let last = wanted.checked_sub(1).and_then(|last| found.get(last));
            if last.is_some_and(|(_, at)| next.is_none_or(|(_, newest)| *at > newest)) {
                break;
            }
            walked += step;
            step = next_step(walked, found.len(), wanted);
        }
        Ok(Some(found))
    }

    /// Whether the newest letters have the highest keys, as those that came after a first sync do.
    pub(crate) fn is_newest_last(&self) -> Result<bool> {
        Ok(one(
            self.sql,
            "SELECT (SELECT zone FROM message_zone ORDER BY newest_at DESC LIMIT 1) * 2 > max(zone) FROM message_zone",
            [],
            |row| row.get(0),
        )?
        .unwrap_or(false))
    }

    /// As [`Reader::hits`], of the keys that are known to hold what is asked first.
    fn of_known(
        &self,
        account: &str,
        asked: &Asked,
        clause: &Clause,
        keys: &RangeInclusive<i64>,
        mut these: Vec<i64>,
    ) -> Result<Vec<Entry>> {
        if let Some(others) = self.besides(asked, keys)? {
            these.retain(|key| others.contains(*key));
        }
        self.entries(account, clause.clone(), Some(&these))
    }

    fn hits(
        &self,
        account: &str,
        asked: &Asked,
        clause: &Clause,
        keys: &RangeInclusive<i64>,
    ) -> Result<Vec<Entry>> {
        let (table, text) = match (&asked.words, &asked.beginnings) {
            (Some(text), None) => ("search", text),
            (None, Some(text)) => ("beginning", text),
            _ => {
                let keys = self.holding(asked, keys, usize::MAX)?;
                return self.entries(account, clause.clone(), Some(&keys));
            }
        };
        let mut values = vec![
            Value::from(text.clone()),
            Value::from(*keys.start()),
            Value::from(*keys.end()),
            Value::from(self.account_key(account)?),
        ];
        values.extend(clause.values.iter().cloned());
        // The order of the two is not the planner's to choose: it does not know how few the index will give.
        let sql = format!(
            "SELECT m.key, m.at FROM {table} CROSS JOIN message m ON m.key = {table}.rowid
             WHERE {table} MATCH ? AND {table}.rowid BETWEEN ? AND ? AND m.account = ? AND ({})",
            clause.sql
        );
        many(self.sql, &sql, params_from_iter(values), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// Those among `keys` that hold what is asked of the second table besides; none where nothing is.
    pub(crate) fn besides(
        &self,
        asked: &Asked,
        keys: &RangeInclusive<i64>,
    ) -> Result<Option<Keys>> {
        match asked.second() {
            None => Ok(None),
            Some(second) => {
                let others = self.holding(&second, keys, usize::MAX)?;
                Ok(Some(Keys::of(&others)))
            }
        }
    }

    /// Letters with a key among `keys` that hold what is asked, at most `limit`, in order of keys.
    pub(crate) fn holding(
        &self,
        asked: &Asked,
        keys: &RangeInclusive<i64>,
        limit: usize,
    ) -> Result<Vec<i64>> {
        let hits = |table: &str, text: &str, limit: usize| {
            many(
                self.sql,
                &format!(
                    "SELECT rowid FROM {table} WHERE {table} MATCH ?1 AND rowid BETWEEN ?2 AND ?3 LIMIT ?4"
                ),
                (
                    text,
                    *keys.start(),
                    *keys.end(),
                    i64::try_from(limit).unwrap_or(i64::MAX),
                ),
                |row| row.get(0),
            )
        };
        match (&asked.words, &asked.beginnings) {
            (Some(text), None) => hits("search", text, limit),
            (None, Some(text)) => hits("beginning", text, limit),
            (Some(words), Some(_)) => {
                let mut all = hits("search", words, usize::MAX)?;
                if let Some(others) = self.besides(asked, keys)? {
                    all.retain(|key| others.contains(*key));
                }
                all.truncate(limit);
                Ok(all)
            }
            (None, None) => Ok(Vec::new()),
        }
    }
}

/// Letters that hold some words, found as far as they are needed: the index gives them in order of their keys, from one end
/// or the other, and the last of a common word are hardly ever wanted.
pub(crate) struct Hits<'a> {
    rows: Rows<'a>,
    is_ascending: bool,
    is_all: bool,
    /// As they were given.
    keys: Vec<i64>,
}

impl<'a> Hits<'a> {
    /// The statement whose one parameter is what is asked of `table`.
    pub(crate) fn sql(table: &str, is_ascending: bool) -> String {
        let word = if is_ascending { "ASC" } else { "DESC" };
        format!("SELECT rowid FROM {table} WHERE {table} MATCH ?1 ORDER BY rowid {word}")
    }

    /// Of the rows of that statement.
    pub(crate) fn of(rows: Rows<'a>, is_ascending: bool) -> Self {
        Self {
            rows,
            is_ascending,
            is_all: false,
            keys: Vec::new(),
        }
    }

    fn find_next(&mut self) -> Result<()> {
        match self.rows.next()? {
            Some(row) => self.keys.push(row.get(0)?),
            None => self.is_all = true,
        }
        Ok(())
    }

    /// All of them, ascending, if they are at most `most`.
    pub(crate) fn if_few(&mut self, most: usize) -> Result<Option<Vec<i64>>> {
        while !self.is_all && self.keys.len() <= most {
            self.find_next()?;
        }
        let mut keys = self.keys.clone();
        if !self.is_ascending {
            keys.reverse();
        }
        Ok((keys.len() <= most).then_some(keys))
    }

    /// Those among `keys`.
    fn among(&mut self, keys: &RangeInclusive<i64>) -> Result<Vec<i64>> {
        let is_ascending = self.is_ascending;
        let is_past = |key: &i64| match is_ascending {
            true => key > keys.end(),
            false => key < keys.start(),
        };
        while !self.is_all && !self.keys.last().is_some_and(is_past) {
            self.find_next()?;
        }
        let is_before = |key: &i64| match is_ascending {
            true => key < keys.start(),
            false => key > keys.end(),
        };
        let from = self.keys.partition_point(is_before);
        let to = self.keys.partition_point(|key| !is_past(key));
        Ok(self.keys.get(from..to).unwrap_or_default().to_vec())
    }
}

/// How many zones to ask next when `walked` gave `found` of `wanted`: as many as the rest should take and somewhat more,
/// and at most twice as many as there were.
fn next_step(walked: usize, found: usize, wanted: usize) -> usize {
    let left = wanted.saturating_sub(found);
    let rest = walked * left / found.max(1);
    (rest + rest / 4 + walked / 8 + 1).min(walked * 2)
}

/// Keys as bits: they are dense, as no key is given twice.
pub(crate) struct Keys {
    first: i64,
    bits: Vec<u64>,
}

impl Keys {
    pub(crate) fn of(keys: &[i64]) -> Self {
        let first = keys.iter().copied().min().unwrap_or_default();
        let mut bits: Vec<u64> = Vec::new();
        for key in keys {
            let Ok(at) = usize::try_from(key - first) else {
                continue;
            };
            if bits.len() <= at / 64 {
                bits.resize(at / 64 + 1, 0);
            }
            if let Some(word) = bits.get_mut(at / 64) {
                *word |= 1 << (at % 64);
            }
        }
        Self { first, bits }
    }

    pub(crate) fn contains(&self, key: i64) -> bool {
        usize::try_from(key - self.first).is_ok_and(|at| {
            self.bits
                .get(at / 64)
                .is_some_and(|word| word & (1 << (at % 64)) != 0)
        })
    }
}

/// The keys of zones, neighbours together.
fn stretches(mut zones: Vec<i64>) -> Vec<RangeInclusive<i64>> {
    zones.sort_unstable();
    let mut out: Vec<RangeInclusive<i64>> = Vec::new();
    for zone in zones {
        let keys = zone << ZONE..=((zone + 1) << ZONE) - 1;
        match out.last_mut() {
            Some(last) if last.end() + 1 == *keys.start() => *last = *last.start()..=*keys.end(),
            _ => out.push(keys),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_zones_as_the_rest_should_take() {
        assert_eq!(next_step(1, 0, 50), 2, "nothing found tells nothing");
        assert_eq!(next_step(2, 10, 50), 4, "at most twice as many");
        assert_eq!(
            next_step(8, 40, 50),
            4,
            "somewhat more than a quarter again"
        );
        assert_eq!(next_step(8, 50, 50), 2, "others may still hold newer ones");
    }

    #[test]
    fn neighbours_are_asked_for_together() {
        assert_eq!(
            stretches(vec![3, 0, 4, 9]),
            vec![0..=255, 768..=1279, 2304..=2559],
            "each stretch is one question to the index"
        );
    }
}
