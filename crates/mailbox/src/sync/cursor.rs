//! How far a service has been listed, and what its lists named the last time: what a round goes on from. Pure.

use super::window::{FULL, Window};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Letters that an ordinary list reaches back over: late publications turn up behind the newest, and one list holds 1000.
pub const LOOK_BACK: u32 = 850;
/// From so many on, a list is close to full and its beginning is moved.
const CROWDED: usize = 950;

/// Which ids a list named, whatever their order: letters of one instant come in any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    count: usize,
    sum: u64,
}

impl Named {
    /// Of these ids, each once.
    pub fn of<'a>(ids: impl IntoIterator<Item = &'a Uuid>) -> Self {
        ids.into_iter().fold(Self::default(), |named, id| {
            // Altinn's ids are random, so that two sets of one size hardly ever have one sum.
            let (high, low) = id.as_u64_pair();
            Self {
                count: named.count + 1,
                sum: named.sum.wrapping_add(high ^ low.rotate_left(17)),
            }
        })
    }
}

/// State of one service on one side, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Cursor {
    /// An ordinary list begins after this publish time, microseconds; none lists everything.
    pub since: Option<i64>,
    /// What that list named the last time.
    pub named: Option<Named>,
    /// Spans whose letters are all here while the first listing goes on: after and before, microseconds, oldest first.
    pub whole: Vec<(i64, i64)>,
    /// When the lists by status were last asked for, UTC milliseconds.
    pub swept_at: i64,
    /// What they named, by status.
    pub swept: BTreeMap<String, Named>,
    /// The last event that was seen.
    pub event: Option<String>,
    /// Reconciliation goes on before this publish time, microseconds; none while it rests.
    pub checking: Option<i64>,
    /// When it last went on, UTC milliseconds.
    pub checked_at: i64,
    /// Instants with more letters than Altinn can list, microseconds: letters may be missing there.
    pub crowded: Vec<i64>,
}

impl Cursor {
    /// From its stored form; what cannot be read begins anew.
    pub fn read(json: Option<&str>) -> Self {
        json.and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }

    /// Its stored form.
    pub fn written(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// The window of an ordinary list.
    pub fn window(&self) -> Window {
        self.since.map_or_else(Window::all, Window::since)
    }

    /// How many letters an ordinary list named before those that it named the last time, where that is all that is new.
    pub fn added(&self, ids: &[Uuid]) -> Option<usize> {
        let named = self.named.filter(|_| ids.len() < FULL)?;
        let added = ids.len().checked_sub(named.count)?;
        (Named::of(ids.get(added..)?) == named).then_some(added)
    }

    /// Whether the ordinary list has grown so long that its beginning must be moved.
    pub fn is_crowded(count: usize) -> bool {
        count >= CROWDED
    }

    /// The ordinary list begins with the letter published at `at`, UTC milliseconds: the store knows no microseconds.
    pub fn begin_at(&mut self, at: i64) {
        let since = at.saturating_mul(1000) - 1;
        if self.since.is_none_or(|before| before < since) {
            self.since = Some(since);
            self.named = None;
        }
    }

    /// Notes instants that no list can hold.
    pub fn note_crowds(&mut self, instants: &[Window]) {
        for window in instants {
            if !self.crowded.contains(&(window.after + 1)) {
                self.crowded.push(window.after + 1);
            }
        }
    }

    /// All letters of `window` are here. `newest` stands for its end where it has none, since more will come there.
    pub fn has_whole(&mut self, window: Window, newest: i64) {
        let before = if window.before == Window::NEWEST {
            newest.saturating_add(1)
        } else {
            window.before
        };
        if window.after + 1 >= before {
            return;
        }
        self.whole.push((window.after, before));
        self.whole.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::new();
        for (after, before) in self.whole.drain(..) {
            match merged.last_mut() {
                // Both ends are exclusive: a span that ends before `x` meets one that begins after `x - 1`.
                Some(last) if after < last.1 => last.1 = last.1.max(before),
                _ => merged.push((after, before)),
            }
        }
        self.whole = merged;
    }

    /// The windows that are not whole, oldest first.
    pub fn gaps(&self) -> Vec<Window> {
        let mut gaps = Vec::new();
        let mut after = Window::OLDEST;
        for (whole_after, whole_before) in &self.whole {
            let gap = Window {
                after,
                before: whole_after + 1,
            };
            if gap.after + 1 < gap.before {
                gaps.push(gap);
            }
            after = whole_before - 1;
        }
        gaps.push(Window::since(after));
        gaps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_is_the_same_in_any_order() {
        let ids: Vec<Uuid> = (1..100_u128)
            .map(|n| Uuid::from_u128(n << 64 | n))
            .collect();
        let turned: Vec<Uuid> = ids.iter().rev().copied().collect();
        assert_eq!(
            Named::of(&ids),
            Named::of(&turned),
            "ties come in any order"
        );
        assert_ne!(
            Named::of(&ids),
            Named::of(&ids[1..]),
            "one less is another list"
        );
    }

    #[test]
    fn only_letters_on_top_count_as_added() {
        let ids: Vec<Uuid> = (1..100_u128)
            .map(|n| Uuid::from_u128(n << 64 | n))
            .collect();
        let before = Cursor {
            named: Some(Named::of(&ids[3..])),
            ..Cursor::default()
        };
        assert_eq!(before.added(&ids[3..]), Some(0), "nothing is new");
        assert_eq!(before.added(&ids), Some(3), "three came on top");
        assert_eq!(before.added(&ids[..90]), None, "the oldest are missing");
        let mut late = ids.clone();
        late.swap(1, 50);
        assert_eq!(before.added(&late), None, "one came in between");
        assert_eq!(Cursor::default().added(&ids), None, "the first list");
    }

    #[test]
    fn a_cursor_survives_storing_and_nonsense_begins_anew() {
        let mut cursor = Cursor::default();
        cursor.begin_at(1_700_000_000_123);
        cursor.named = Some(Named::of(&[Uuid::from_u128(u128::MAX)]));
        cursor.has_whole(
            Window {
                after: 3,
                before: 9,
            },
            100,
        );
        assert_eq!(
            Cursor::read(cursor.written().as_deref()),
            cursor,
            "nothing is lost"
        );
        assert_eq!(
            Cursor::read(Some("{\"since\":\"x\"}")),
            Cursor::default(),
            "a round begins anew"
        );
    }

    proptest! {
        #[test]
        fn every_time_is_whole_or_in_one_gap(
            spans in prop::collection::vec((-100_i64..100, 0_i64..30), 0..8),
            newest in 100_i64..140,
        ) {
            let mut cursor = Cursor::default();
            for (after, length) in &spans {
                cursor.has_whole(Window { after: *after, before: after + length }, 0);
            }
            cursor.has_whole(Window::since(100), newest);
            for at in -150..150 {
                let is_new = 100 < at && at <= newest;
                let is_whole = is_new || spans.iter().any(|(after, length)| *after < at && at < after + length);
                let gaps = cursor.gaps().iter().filter(|gap| gap.holds(at)).count();
                prop_assert_eq!(gaps, usize::from(!is_whole), "time {}", at);
            }
        }
    }
}
