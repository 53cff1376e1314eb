//! When sealed letters were published. Their overview is not ours to ask for, and the lists give ids alone; but a list
//! between two times tells who was published between them, and it leaves no trace at the sender (Correspondence
//! reference, section 11). So the time of a sealed letter is found by halving. Pure: no clock, no network.

use super::window::Window;
use crate::search::{date_of, midnight};
use chrono::Days;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Lists that one service may cost in one round beyond those that name its letters: about four full halvings from 2010
/// to a day, a few seconds of one quiet line. The newest letters are dated first; older ones keep a coarser time.
pub const BUDGET: u32 = 48;
/// Letters of the last day stand under a time of day, not a date, and are dated to the minute; microseconds.
const DAY: i64 = 86_400_000_000;
const MINUTE: i64 = 60_000_000;

/// Letters of one span, and that span.
#[derive(Debug, Clone)]
struct Group {
    window: Window,
    ids: Vec<Uuid>,
}

/// The letters still to be dated, newest last.
#[derive(Debug, Clone)]
pub struct Dating {
    /// The earliest time that is likely, and now; microseconds.
    from: i64,
    now: i64,
    left: u32,
    /// The narrowest window known of each, while lists name them.
    known: HashMap<Uuid, Window>,
    open: Vec<Group>,
    settled: Vec<Group>,
}

impl Dating {
    /// Letters are most likely published after `from`, and none after `now`; microseconds.
    pub fn new(from: i64, now: i64) -> Self {
        Self {
            from,
            now,
            left: BUDGET,
            known: HashMap::new(),
            open: Vec::new(),
            settled: Vec::new(),
        }
    }

    /// A list of `window` named `fresh`, which are to be dated, among `ids`.
    pub fn name(&mut self, window: Window, fresh: &[Uuid], ids: &[Uuid]) {
        for id in fresh {
            self.known.insert(*id, window);
        }
        for id in ids {
            if let Some(known) = self.known.get_mut(id)
                && window.before - window.after < known.before - known.after
            {
                *known = window;
            }
        }
    }

    /// No more letters are named: from here on, [`Dating::ask`].
    pub fn begin(&mut self) {
        let mut groups: HashMap<(i64, i64), Vec<Uuid>> = HashMap::new();
        for (id, window) in self.known.drain() {
            groups
                .entry((window.before, window.after))
                .or_default()
                .push(id);
        }
        self.open = groups
            .into_iter()
            .map(|((before, after), ids)| Group {
                window: Window { after, before },
                ids,
            })
            .collect();
        self.open
            .sort_by_key(|group| (group.window.before, group.window.after));
    }

    /// The list to ask for next; none when all are dated or the budget is spent.
    pub fn ask(&mut self) -> Option<Window> {
        loop {
            let window = self.open.last()?.window;
            match self.cut(window) {
                Some(_) if self.left == 0 => return None,
                Some(cut) => return Some(newer(window, cut)),
                None => self.settled.extend(self.open.pop()),
            }
        }
    }

    /// Takes the answer to [`Dating::ask`]. What it does not name lies in the older half, even when it is full: a group
    /// came from one list of its window, so that it is among the newest there, and a full list of the newer half names
    /// the same newest.
    pub fn answer(&mut self, ids: &[Uuid]) {
        let Some(group) = self.open.pop() else {
            return;
        };
        self.left = self.left.saturating_sub(1);
        let Some(cut) = self.cut(group.window) else {
            self.settled.push(group);
            return;
        };
        let named: HashSet<&Uuid> = ids.iter().collect();
        let (late, early): (Vec<Uuid>, Vec<Uuid>) =
            group.ids.into_iter().partition(|id| named.contains(id));
        let older = Window {
            before: cut,
            ..group.window
        };
        for (window, ids) in [(older, early), (newer(group.window, cut), late)] {
            if !ids.is_empty() {
                self.open.push(Group { window, ids });
            }
        }
    }

    /// Each letter and its time, UTC milliseconds: the end of the narrowest window known, and never after now.
    pub fn times(self) -> Vec<(Uuid, i64)> {
        let (from, now) = (self.from, self.now);
        let known = self.known.into_iter().map(|(id, window)| Group {
            window,
            ids: vec![id],
        });
        self.settled
            .into_iter()
            .chain(self.open)
            .chain(known)
            .flat_map(|group| {
                let (_, end) = span(group.window, from, now);
                let at = (end - 1).min(now).div_euclid(1000);
                group.ids.into_iter().map(move |id| (id, at))
            })
            .collect()
    }

    /// Where to halve `window`: at midnight in Oslo while it holds more than one day, so that the days of the list are
    /// right. None when it is narrow enough.
    fn cut(&self, window: Window) -> Option<i64> {
        let (from, to) = span(window, self.from, self.now);
        if to <= from {
            return None;
        }
        let first = date_of(from.div_euclid(1000));
        let last = date_of((to - 1).div_euclid(1000));
        if first < last {
            let days = u64::try_from((last - first).num_days()).unwrap_or(1);
            let day = first.checked_add_days(Days::new(days.div_ceil(2)))?;
            return Some(midnight(day) * 1000).filter(|cut| from < *cut && *cut < to);
        }
        if to <= self.now - DAY || to - from <= MINUTE {
            return None;
        }
        let middle = i64::midpoint(from, to);
        let minute = middle - middle.rem_euclid(MINUTE);
        Some(if minute > from { minute } else { middle })
    }
}

fn newer(window: Window, cut: i64) -> Window {
    Window {
        after: cut - 1,
        ..window
    }
}

/// The likely part of `window`: its first microsecond, and the one after its last.
fn span(window: Window, likely: i64, now: i64) -> (i64, i64) {
    let from = if likely < window.before {
        likely.max(window.after + 1)
    } else {
        window.after + 1
    };
    let to = if now > window.after {
        window.before.min(now + 1)
    } else {
        window.before
    };
    (from, to)
}

#[cfg(test)]
#[path = "dating_test.rs"]
mod tests;
