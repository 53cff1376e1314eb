//! The best letters for some words, by how often and where they stand (bm25).

use crate::asked::Asked;
use crate::error::Result;
use crate::list::{ALL, Entry};
use crate::pool::Reader;
use crate::predicate::Clause;
use crate::row::many;
use std::collections::HashMap;

/// Above this many that were ranked, others are left out in one walk instead of being looked up one by one.
const MANY: usize = 2_000;

impl Reader<'_> {
    /// The `wanted` best letters that hold what is asked and for which `clause` holds, best first; all when there are
    /// not so many. None where only beginnings are asked about: each letter holds them as well as another.
    pub(crate) fn best(
        &self,
        account: &str,
        asked: &Asked,
        clause: &Clause,
        wanted: u32,
    ) -> Result<Option<Vec<Entry>>> {
        let Some(words) = &asked.words else {
            return Ok(None);
        };
        let beginnings = self.besides(asked, &ALL)?;
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
        let mut limit = wanted;
        loop {
            let mut keys: Vec<i64> = many(
                self.sql,
                "SELECT rowid FROM search WHERE search MATCH ?1 ORDER BY rank LIMIT ?2",
                (words, i64::try_from(limit).unwrap_or(i64::MAX)),
                |row| row.get(0),
            )?;
            let is_all = keys.len() < limit;
            if let Some(beginnings) = &beginnings {
                keys.retain(|key| beginnings.contains(*key));
            }
            let looked_up = (keys.len() <= MANY).then_some(keys.as_slice());
            let times: HashMap<i64, i64> = self
                .entries(account, clause.clone(), looked_up)?
                .into_iter()
                .collect();
            let mut found: Vec<Entry> = keys
                .into_iter()
                .filter_map(|key| Some((key, *times.get(&key)?)))
                .collect();
            if is_all || found.len() >= wanted {
                found.truncate(wanted);
                return Ok(Some(found));
            }
            // Ranking costs the same however many are taken of it.
            limit = limit.saturating_mul(8);
        }
    }
}
