//! Which lists to ask for. The search answers ids only, the newest 1000 of them at most, between two exclusive bounds
//! (Correspondence reference, section 11), so what lies behind a full answer is found by halving the time between.

use std::collections::HashSet;
use uuid::Uuid;

/// A full answer: there may be more.
pub const FULL: usize = 1000;

/// A span of publish times in microseconds since 1970, both ends exclusive; publish times have that precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The span begins after this; [`Window::OLDEST`] asks without a bound.
    pub after: i64,
    /// The span ends before this; [`Window::NEWEST`] asks without a bound.
    pub before: i64,
}

impl Window {
    /// Before every publish time: the beginning of the year 1.
    pub const OLDEST: i64 = -62_135_596_800_000_000;
    /// After every publish time: the end of the year 9999.
    pub const NEWEST: i64 = 253_402_300_799_000_000;

    /// Every time.
    pub const fn all() -> Self {
        Self {
            after: Self::OLDEST,
            before: Self::NEWEST,
        }
    }

    /// Everything after `after`, microseconds.
    pub const fn since(after: i64) -> Self {
        Self {
            after,
            before: Self::NEWEST,
        }
    }

    /// Whether the publish time `at`, microseconds, lies within.
    pub const fn holds(&self, at: i64) -> bool {
        self.after < at && at < self.before
    }

    /// The older and the newer half, or none when the window is a single instant. Times outside `likely` are cut off
    /// first, since a year without letters costs a request as well as a full one.
    fn halves(&self, likely: (i64, i64)) -> Option<(Self, Self)> {
        if self.before - self.after <= 2 {
            return None;
        }
        let from = if likely.0 < self.before {
            self.after.max(likely.0)
        } else {
            self.after
        };
        let to = if likely.1 > self.after {
            self.before.min(likely.1)
        } else {
            self.before
        };
        let middle = i64::midpoint(from, to).clamp(self.after + 2, self.before - 1);
        Some(self.halves_at(middle))
    }

    const fn halves_at(&self, middle: i64) -> (Self, Self) {
        let older = Self {
            after: self.after,
            before: middle,
        };
        let newer = Self {
            after: middle - 1,
            before: self.before,
        };
        (older, newer)
    }
}

/// The lists still to ask for, newest first.
#[derive(Debug, Clone)]
pub struct Walk {
    likely: (i64, i64),
    open: Vec<Window>,
    found: HashSet<Uuid>,
    complete: Vec<Window>,
    incomplete: Vec<Window>,
    is_full: bool,
}

impl Walk {
    /// Walks `window`; letters are most likely published between `likely.0` and `likely.1`, microseconds.
    pub fn new(window: Window, likely: (i64, i64)) -> Self {
        Self {
            likely,
            open: vec![window],
            found: HashSet::new(),
            complete: Vec::new(),
            incomplete: Vec::new(),
            is_full: false,
        }
    }

    /// Walks several windows, oldest first.
    pub fn over(windows: Vec<Window>, likely: (i64, i64)) -> Self {
        Self {
            open: windows,
            ..Self::new(Window::all(), likely)
        }
    }

    /// Whether the last answer was full, so that there may be more behind it.
    pub const fn is_full(&self) -> bool {
        self.is_full
    }

    /// The list to ask for next; none when the walk is over.
    pub fn ask(&self) -> Option<Window> {
        self.open.last().copied()
    }

    /// Takes the answer to [`Walk::ask`] and gives the ids that it was the first to name, in the order of the answer.
    /// A full answer counts too: its ids are the newest of the window, which are wanted first. Then [`Walk::settle`].
    pub fn answer(&mut self, ids: &[Uuid]) -> Vec<Uuid> {
        self.is_full = ids.len() >= FULL;
        ids.iter()
            .copied()
            .filter(|id| self.found.insert(*id))
            .collect()
    }

    /// Goes on to the next list. After a full answer, `oldest` is the oldest publish time known of a letter it named
    /// (microseconds): all newer letters of the window are in it then, and one list reaches exactly as far as the
    /// next 1000. Without it, or when a whole answer shares one instant, the window is halved. Gives the window that is
    /// complete now, if one is.
    pub fn settle(&mut self, oldest: Option<i64>) -> Option<Window> {
        let window = self.open.pop()?;
        if !self.is_full {
            self.complete.push(window);
            return Some(window);
        }
        let reached = oldest
            .filter(|oldest| window.holds(*oldest))
            .map(|oldest| oldest + 1)
            .filter(|before| *before < window.before);
        if let Some(before) = reached {
            let reached = Window {
                after: before - 1,
                ..window
            };
            self.complete.push(reached);
            self.open.push(Window { before, ..window });
            return Some(reached);
        }
        // All of the answer shares an instant: what is older than its millisecond needs no halving.
        let cut = oldest.map(|oldest| oldest.div_euclid(1000) * 1000);
        let apart = cut.filter(|cut| window.after + 1 < *cut && *cut < window.before);
        let halves = match apart {
            Some(cut) => Some(window.halves_at(cut)),
            None => window.halves(self.likely),
        };
        if let Some((older, newer)) = halves {
            self.open.push(older);
            self.open.push(newer);
        } else {
            self.incomplete.push(window);
        }
        None
    }

    /// Whether every letter published at `at`, microseconds, has been named.
    pub fn covers(&self, at: i64) -> bool {
        self.complete.iter().any(|window| window.holds(at))
    }

    /// Instants that hold more letters than one answer can name: what is missing there is not known.
    pub fn incomplete(&self) -> &[Window] {
        &self.incomplete
    }

    /// Every id named.
    pub fn found(&self) -> &HashSet<Uuid> {
        &self.found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The search of the reference, section 11, over letters of (publish time, id).
    fn search(server: &[(i64, Uuid)], window: Window) -> Vec<Uuid> {
        let mut rows: Vec<_> = server.iter().filter(|(at, _)| window.holds(*at)).collect();
        rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        rows.iter().take(FULL).map(|(_, id)| *id).collect()
    }

    fn letters(bursts: &[(i64, usize)]) -> Vec<(i64, Uuid)> {
        let mut next = 0_u128;
        let mut letters = Vec::new();
        for (at, count) in bursts {
            for _ in 0..*count {
                next += 1;
                letters.push((*at, Uuid::from_u128(next)));
            }
        }
        letters
    }

    /// Every `nth` letter has a time that is known once it is named; 0 for none.
    fn walk(
        server: &[(i64, Uuid)],
        window: Window,
        likely: (i64, i64),
        nth: usize,
    ) -> (Walk, usize) {
        let mut walk = Walk::new(window, likely);
        let mut lists = 0;
        while let Some(window) = walk.ask() {
            let ids = search(server, window);
            walk.answer(&ids);
            let known = server
                .iter()
                .filter(|(_, id)| nth > 0 && id.as_u128() % nth as u128 == 0 && ids.contains(id));
            walk.settle(known.map(|(at, _)| *at).min());
            lists += 1;
            assert!(lists < 10_000, "a walk ends");
        }
        (walk, lists)
    }

    const YEAR: i64 = 31_557_600_000_000;

    #[test]
    fn a_small_mailbox_takes_one_list() {
        let server = letters(&[(0, 999)]);
        let (walk, lists) = walk(&server, Window::all(), (0, YEAR), 0);
        assert_eq!(lists, 1, "fewer than 1000 answers are all there is");
        assert_eq!(walk.found().len(), 999, "every letter is named");
    }

    #[test]
    fn ten_thousand_over_two_years_take_few_lists() {
        let spread: Vec<_> = (0..10_000)
            .map(|n| (54 * YEAR + n * (2 * YEAR / 10_000), 1))
            .collect();
        let (walk, lists) = walk(
            &letters(&spread),
            Window::all(),
            (45 * YEAR, 56 * YEAR + YEAR),
            0,
        );
        assert_eq!(walk.found().len(), 10_000, "every letter is named");
        assert!(lists <= 50, "{lists} lists are too many for 10,000 letters");
        let (walk, lists) = self::walk(&letters(&spread), Window::all(), (0, 1), 1);
        assert_eq!(walk.found().len(), 10_000, "every letter is named");
        assert_eq!(
            lists, 11,
            "with times known, each list reaches as far as it can"
        );
    }

    #[test]
    fn an_instant_with_too_many_letters_is_told() {
        let server = letters(&[(5, 10), (7, 1500), (9, 10)]);
        let (walk, _) = walk(&server, Window::all(), (0, 10), 0);
        assert_eq!(
            walk.incomplete(),
            &[Window {
                after: 6,
                before: 8
            }],
            "the instant is named, never silence"
        );
        assert!(
            walk.covers(5) && walk.covers(9) && !walk.covers(7),
            "its neighbours are whole"
        );
        assert_eq!(walk.found().len(), 1020, "what can be named is named");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn every_letter_is_named_or_its_instant_is_told(
            bursts in prop::collection::vec((-50_i64..50, 0_usize..700), 0..14),
            stretch in prop::sample::select(vec![1_i64, 3, 1_000_000, YEAR / 50]),
            likely in (-60_i64..60, -60_i64..60),
            nth in 0_usize..4,
        ) {
            let bursts: Vec<_> = bursts.iter().map(|(at, count)| (at * stretch, *count)).collect();
            let server = letters(&bursts);
            let likely = (likely.0.min(likely.1) * stretch, likely.0.max(likely.1) * stretch);
            let (walk, _) = walk(&server, Window::all(), likely, nth);
            for (at, id) in &server {
                let told = walk.incomplete().iter().any(|window| window.holds(*at));
                prop_assert!(walk.found().contains(id) || told, "a letter at {at} is silently lost");
                prop_assert_ne!(walk.covers(*at), told, "an instant is either whole or told");
            }
        }

        #[test]
        fn newest_letters_come_first(count in 1001_usize..4000) {
            let spread: Vec<_> = (0..count).map(|n| (i64::try_from(n).unwrap(), 1)).collect();
            let server = letters(&spread);
            let mut walk = Walk::new(Window::all(), (0, 4000));
            let first = walk.answer(&search(&server, Window::all()));
            prop_assert_eq!(first.first().copied(), server.last().map(|(_, id)| *id), "the newest is in hand after one list");
            prop_assert_eq!(first.len(), FULL, "a full answer is used at once");
        }
    }
}
