//! One round over the received letters of one service, without asking or storing anything: which list comes next, what
//! it is good for, and where the next round begins. Pure.

use super::cursor::{Cursor, Named};
use super::window::{Walk, Window};
use uuid::Uuid;

/// A round that is under way.
#[derive(Debug, Clone)]
pub struct Pass {
    /// Where the service stands; it changes as the round goes.
    pub cursor: Cursor,
    /// Its lists.
    pub walk: Walk,
    /// The service has not been listed to its end yet.
    pub is_first: bool,
    /// Its list named what it named the last time: there is nothing to do.
    pub is_quiet: bool,
    /// Its list named what it named the last time, and newer letters before that.
    has_grown: bool,
}

impl Pass {
    /// Goes on from `cursor`; letters are most likely published between `likely.0` and `likely.1`, microseconds.
    pub fn new(cursor: Cursor, is_first: bool, likely: (i64, i64)) -> Self {
        let walk = if is_first {
            Walk::over(cursor.gaps(), likely)
        } else {
            Walk::new(cursor.window(), likely)
        };
        Self {
            cursor,
            walk,
            is_first,
            is_quiet: false,
            has_grown: false,
        }
    }

    /// Takes the list of `window` and gives the ids that were not named before in this round, nor in the last one where
    /// only newer ones have come; none when it is the list of the last round.
    pub fn answer(&mut self, window: Window, ids: &[Uuid]) -> Option<Vec<Uuid>> {
        let fresh = self.walk.answer(ids);
        let is_ordinary = !self.is_first && window == self.cursor.window();
        match self.cursor.added(ids).filter(|_| is_ordinary) {
            Some(0) => {
                self.is_quiet = true;
                self.walk.settle(None);
                None
            }
            Some(added) => {
                self.has_grown = true;
                ids.get(..added).map(<[Uuid]>::to_vec)
            }
            None => Some(fresh),
        }
    }

    /// Whether only newer letters have come, and the next list can begin where this one began: none can be missing.
    pub fn has_only_grown(&self) -> bool {
        self.has_grown && !self.is_long()
    }

    /// Whether the next round's list must begin later than this one's: what it named is too much for one list.
    pub fn is_long(&self) -> bool {
        self.is_first || Cursor::is_crowded(self.walk.found().len())
    }

    /// Where an ordinary list would best begin, UTC milliseconds, given the time of a letter far enough back and how many
    /// letters have that time or come after it. An instant that no list can hold with what follows it is left behind, or
    /// every round would halve it again.
    pub fn begin(&self, at: i64, count: usize) -> i64 {
        let is_crowded = |crowded: &i64| crowded.div_euclid(1000) == at;
        if Cursor::is_crowded(count) || self.cursor.crowded.iter().any(is_crowded) {
            at + 1
        } else {
            at
        }
    }

    /// The first publish time that an ordinary list names, UTC milliseconds.
    pub fn since(&self) -> i64 {
        self.cursor
            .since
            .map_or(i64::MIN, |since| since.div_euclid(1000) + 1)
    }

    /// Whether every letter with this publish time, UTC milliseconds, has been named.
    pub fn covers(&self, at: i64) -> bool {
        let first = super::microseconds(at);
        self.walk.covers(first) && self.walk.covers(first + 999)
    }

    /// Notes instants that no list can hold.
    pub fn note_crowds(&mut self) {
        self.cursor.note_crowds(self.walk.incomplete());
    }

    /// All that was named is here. The next list begins at `begin` (UTC milliseconds), with `here` the letters that are
    /// known from there on; or where this one began.
    pub fn end(&mut self, begin: Option<i64>, here: &[Uuid], now: i64) {
        match begin {
            Some(at) => {
                self.cursor.begin_at(at);
                self.cursor.named = Some(Named::of(here));
            }
            None => self.cursor.named = Some(Named::of(self.walk.found())),
        }
        if self.is_first {
            self.cursor.whole.clear();
            self.cursor.swept_at = now;
            self.cursor.checked_at = now;
        }
    }
}

/// Where reconciliation goes on before `before` (microseconds), after a list that was full or not and whose oldest letter
/// has the given time; and the span that the list holds whole.
pub fn slice(before: i64, is_full: bool, oldest: Option<i64>) -> (Window, Option<i64>) {
    let oldest = oldest.filter(|at| *at + 1 < before);
    match (is_full, oldest) {
        (false, _) => (
            Window {
                after: Window::OLDEST,
                before,
            },
            None,
        ),
        (true, Some(after)) => (Window { after, before }, Some(after + 1)),
        // All of one millisecond, or of no time that is known: that millisecond has to be walked.
        (true, None) => {
            let first = (before - 1).div_euclid(1000) * 1000;
            let after = first - 1;
            (Window { after, before }, Some(first))
        }
    }
}

#[cfg(test)]
#[path = "model_test.rs"]
mod tests;
