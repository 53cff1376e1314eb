//! Rounds against a model of Altinn's search and of the copy: thousands of mailboxes with ties, bursts, late publication,
//! deletions and clocks that jump, in seconds. `sync::scope` and `sync::marks` do the same with a store and over HTTP.

use super::*;
use crate::sync::cursor::LOOK_BACK;
use crate::sync::plan::{Known, Listing, Step, plan};
use crate::sync::window::FULL;
use proptest::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Some day, microseconds.
const BEGIN: i64 = 1_700_000_000_000_000;
const HOUR: i64 = 3_600_000_000;
const LIKELY: (i64, i64) = (BEGIN - 400 * 24 * HOUR, BEGIN + 400 * 24 * HOUR);

/// A letter at the model Altinn.
#[derive(Debug, Clone, Copy, Default)]
struct Letter {
    at: i64,
    reference: u8,
    is_published: bool,
    is_read: bool,
    is_confirmed: bool,
    is_purged: bool,
}

/// What a search is narrowed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Any,
    Read,
    Confirmed,
    Purged,
    Reference(u8),
}

#[derive(Debug, Default)]
struct Altinn {
    letters: HashMap<Uuid, Letter>,
    order: BTreeSet<(i64, Uuid)>,
    gets: BTreeMap<Uuid, usize>,
    lists: RefCell<usize>,
}

impl Altinn {
    fn search(&self, window: Window, by: By) -> Vec<Uuid> {
        *self.lists.borrow_mut() += 1;
        let first = (window.after.saturating_add(1), Uuid::nil());
        let end = (window.before, Uuid::nil());
        if first >= end {
            return Vec::new();
        }
        let is_meant = |letter: &Letter| {
            letter.is_published
                && match by {
                    By::Any => true,
                    By::Read => letter.is_read,
                    By::Confirmed => letter.is_confirmed,
                    By::Purged => letter.is_purged,
                    By::Reference(reference) => letter.reference == reference,
                }
        };
        self.order
            .range(first..end)
            .rev()
            .map(|(_, id)| *id)
            .filter(|id| is_meant(&self.letters[id]))
            .take(FULL)
            .collect()
    }

    fn get(&mut self, id: Uuid) -> Option<Letter> {
        *self.gets.entry(id).or_default() += 1;
        let letter = self.letters.get(&id).copied();
        letter.filter(|letter| letter.is_published && !letter.is_purged)
    }

    /// Instants with as many letters as a list holds, or more.
    fn crowds(&self) -> HashSet<i64> {
        let mut counts: HashMap<i64, usize> = HashMap::new();
        for (at, _) in &self.order {
            *counts.entry(*at).or_default() += 1;
        }
        counts.retain(|_, count| *count >= FULL);
        counts.into_keys().collect()
    }
}

/// What the store knows of a letter.
#[derive(Debug, Clone, Copy)]
struct Row {
    known: Known,
    reference: u8,
    /// Publish time and time sorted by, milliseconds.
    published: Option<i64>,
    at: i64,
}

impl Row {
    fn listed_at(&self) -> i64 {
        self.published.unwrap_or(self.at)
    }
}

#[derive(Debug, Default)]
struct Copy {
    rows: HashMap<Uuid, Row>,
    cursor: Cursor,
    is_listed: bool,
    /// Letters asked for again because a list said that they moved.
    moved: BTreeMap<Uuid, usize>,
}

impl Copy {
    fn known<'a>(&self, ids: impl IntoIterator<Item = &'a Uuid>) -> HashMap<Uuid, Known> {
        ids.into_iter()
            .filter_map(|id| Some((*id, self.rows.get(id)?.known)))
            .collect()
    }

    fn fetch(&mut self, altinn: &mut Altinn, id: Uuid) {
        let now = BEGIN / 1000;
        let row = match altinn.get(id) {
            Some(letter) => Row {
                known: Known {
                    is_fetched: true,
                    is_read: letter.is_read,
                    is_confirmed: letter.is_confirmed,
                    published_at: Some(letter.at.div_euclid(1000) * 1000 + 999),
                    ..Known::default()
                },
                reference: letter.reference,
                published: Some(letter.at.div_euclid(1000)),
                at: letter.at.div_euclid(1000),
            },
            None => Row {
                known: Known {
                    is_gone: true,
                    ..Known::default()
                },
                reference: 0,
                published: None,
                at: now,
            },
        };
        self.rows.insert(id, row);
    }

    fn apply(&mut self, altinn: &mut Altinn, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Fetch(id) => self.fetch(altinn, id),
                Step::Recheck(id) => {
                    *self.moved.entry(id).or_default() += 1;
                    self.fetch(altinn, id);
                }
                Step::Gone(id) | Step::Missing(id) => {
                    if let Some(row) = self.rows.get_mut(&id) {
                        row.known.is_gone = true;
                    }
                }
                Step::Seal(_) => panic!("nothing is confidential here"),
            }
        }
    }

    /// As `Mailbox::round` does it.
    fn round(&mut self, altinn: &mut Altinn, depth: crate::Depth) {
        let mut pass = Pass::new(self.cursor.clone(), !self.is_listed, LIKELY);
        let mut asked = 0;
        while let Some(window) = pass.walk.ask() {
            asked += 1;
            assert!(asked < 2_000, "a walk ends");
            let ids = altinn.search(window, By::Any);
            let Some(fresh) = pass.answer(window, &ids) else {
                break;
            };
            let listing = Listing {
                ids: fresh,
                ..Listing::default()
            };
            let steps = plan(&self.known(&ids), &listing, false, |_| false);
            self.apply(altinn, steps);
            let oldest = ids.last().and_then(|id| self.rows[id].known.published_at);
            let oldest = oldest.filter(|_| pass.walk.is_full());
            pass.walk.settle(oldest);
        }
        for window in pass.walk.incomplete().to_vec() {
            let at = window.after + 1;
            let references: BTreeSet<u8> = self
                .rows
                .values()
                .filter(|row| row.published == Some(at.div_euclid(1000)))
                .map(|row| row.reference)
                .collect();
            let by_reference = references.into_iter().take(20).map(By::Reference);
            let mut ids = Vec::new();
            for by in [By::Read, By::Confirmed, By::Purged]
                .into_iter()
                .chain(by_reference)
            {
                ids.extend(altinn.search(window, by));
            }
            let known = self.known(&ids);
            let listing = Listing {
                ids,
                ..Listing::default()
            };
            let steps = plan(&known, &listing, false, |_| false);
            let mut seen = HashSet::new();
            let steps = steps
                .into_iter()
                .filter(|step| step.fetched().is_none_or(|id| seen.insert(id)));
            let steps = steps.collect();
            self.apply(altinn, steps);
        }
        pass.note_crowds();
        if pass.has_only_grown() {
            pass.end(None, &[], BEGIN / 1000);
        } else if !pass.is_quiet {
            self.settle(&mut pass);
        }
        self.is_listed = true;
        self.cursor = pass.cursor;
        if depth >= crate::Depth::Marks {
            let everything = Window::all();
            let listing = Listing {
                ids: Vec::new(),
                read: altinn.search(everything, By::Read).into_iter().collect(),
                confirmed: altinn
                    .search(everything, By::Confirmed)
                    .into_iter()
                    .collect(),
                purged: altinn.search(everything, By::Purged).into_iter().collect(),
            };
            let named = [&listing.read, &listing.confirmed, &listing.purged];
            let known = self.known(named.into_iter().flatten());
            let steps = plan(&known, &listing, false, |_| false);
            self.apply(altinn, steps);
        }
        if depth >= crate::Depth::Full {
            self.reconcile(altinn);
        }
    }

    fn bring(&mut self, altinn: &mut Altinn, ids: &[Uuid]) {
        let listing = Listing {
            ids: ids.to_vec(),
            ..Listing::default()
        };
        let steps = plan(&self.known(ids), &listing, false, |_| false);
        self.apply(altinn, steps);
    }

    fn settle(&mut self, pass: &mut Pass) {
        let mut times: Vec<i64> = self.rows.values().map(Row::listed_at).collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        let begin = times
            .get(LOOK_BACK as usize)
            .filter(|_| pass.is_long())
            .copied();
        let from = begin.map_or(pass.since(), |begin| begin.max(pass.since()));
        let count = times.iter().filter(|at| **at >= from).count();
        let begin = begin.map(|at| pass.begin(at, count));
        let from = begin.map_or(from, |begin| begin.max(from));
        let is_meant = !pass.is_first || begin.is_some();
        let here: Vec<Uuid> = self
            .rows
            .iter()
            .filter(|(_, row)| is_meant && row.listed_at() >= from)
            .map(|(id, _)| *id)
            .collect();
        for id in &here {
            let row = self.rows.get_mut(id).unwrap();
            let is_covered = row.published.is_some_and(|at| pass.covers(at));
            if is_covered && !pass.walk.found().contains(id) {
                row.known.is_gone = true;
            }
        }
        pass.end(begin, &here, BEGIN / 1000);
    }

    /// As `Mailbox::reconcile` does it.
    fn reconcile(&mut self, altinn: &mut Altinn) {
        let Some(since) = self.cursor.since else {
            return;
        };
        let mut next = Some(since + 1);
        while let Some(before) = next {
            let whole = Window {
                after: Window::OLDEST,
                before,
            };
            let mut ids = altinn.search(whole, By::Any);
            self.bring(altinn, &ids);
            let is_full = ids.len() >= FULL;
            let time = |id: &Uuid| self.rows[id].published.map(|at| at * 1000 + 999);
            let (window, then) = slice(before, is_full, ids.iter().rev().find_map(time));
            if is_full && then.is_none_or(|then| then <= window.after + 1) {
                let mut walk = Walk::new(window, LIKELY);
                while let Some(window) = walk.ask() {
                    walk.answer(&altinn.search(window, By::Any));
                    walk.settle(None);
                }
                self.cursor.note_crowds(walk.incomplete());
                ids = walk.found().iter().copied().collect();
                self.bring(altinn, &ids);
            }
            assert!(then.is_none_or(|then| then < before), "it goes on");
            let swept = |by| {
                let mut walk = Walk::new(window, LIKELY);
                while let Some(window) = walk.ask() {
                    walk.answer(&altinn.search(window, by));
                    walk.settle(None);
                }
                walk.found().clone()
            };
            let listing = Listing {
                ids,
                read: swept(By::Read),
                confirmed: swept(By::Confirmed),
                purged: swept(By::Purged),
            };
            let crowded = self.cursor.crowded.clone();
            let covers = |at: i64| {
                let is_crowded = crowded
                    .iter()
                    .any(|crowd| at - 999 <= *crowd && *crowd <= at);
                window.holds(at) && window.holds(at - 999) && !is_crowded
            };
            let listed: HashSet<Uuid> = listing.ids.iter().copied().collect();
            let in_window = |row: &Row| {
                row.published
                    .is_some_and(|at| window.holds(at * 1000 + 999))
            };
            let spine: HashMap<Uuid, Known> = self
                .rows
                .iter()
                .filter(|(id, row)| in_window(row) || listed.contains(id))
                .map(|(id, row)| (*id, row.known))
                .collect();
            let steps = plan(&spine, &listing, false, covers);
            self.apply(altinn, steps);
            next = then;
        }
    }
}

#[derive(Debug, Clone)]
enum Event {
    /// So many letters for a time so far from now; late ones wait for their publication.
    Arrive {
        at: i64,
        count: usize,
        is_tied: bool,
        is_late: bool,
    },
    Publish(usize),
    Read(usize),
    Confirm(usize),
    Purge(usize),
    /// Altinn's maintenance takes a letter away altogether.
    Vanish(usize),
    Poll,
    Marks,
    /// The clocks of those who send jump by hours.
    ClockStep(i64),
}

fn event() -> impl Strategy<Value = Event> {
    let count = prop_oneof![
        12 => 1_usize..30,
        3 => 30_usize..400,
        1 => 400_usize..1_400,
    ];
    let at = prop_oneof![-2_000_i64..2_000, -HOUR..HOUR, -300 * 24 * HOUR..24 * HOUR];
    prop_oneof![
        4 => (at, count, any::<bool>(), prop::bool::weighted(0.2))
            .prop_map(|(at, count, is_tied, is_late)| Event::Arrive { at, count, is_tied, is_late }),
        2 => any::<usize>().prop_map(Event::Publish),
        2 => any::<usize>().prop_map(Event::Read),
        2 => any::<usize>().prop_map(Event::Confirm),
        1 => any::<usize>().prop_map(Event::Purge),
        1 => any::<usize>().prop_map(Event::Vanish),
        2 => Just(Event::Poll),
        1 => Just(Event::Marks),
        1 => (-26_i64..26).prop_map(Event::ClockStep),
    ]
}

fn pick(altinn: &Altinn, n: usize) -> Option<Uuid> {
    let place = n % altinn.order.len().max(1);
    altinn.order.iter().nth(place).map(|(_, id)| *id)
}

fn happen(altinn: &mut Altinn, event: &Event, now: &mut i64, next: &mut u128) {
    match event {
        Event::Arrive {
            at,
            count,
            is_tied,
            is_late,
        } => {
            for n in 0..i64::try_from(*count).unwrap() {
                *next += 1;
                // Random to the eye, as Altinn's are.
                let id =
                    Uuid::from_u128(next.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
                let letter = Letter {
                    at: *now + at + if *is_tied { 0 } else { n * 137 },
                    reference: u8::try_from(n % 7).unwrap(),
                    is_published: !is_late,
                    ..Letter::default()
                };
                altinn.order.insert((letter.at, id));
                altinn.letters.insert(id, letter);
            }
        }
        Event::Publish(n) => {
            let late: Vec<Uuid> = altinn
                .order
                .iter()
                .map(|(_, id)| *id)
                .filter(|id| !altinn.letters[id].is_published)
                .collect();
            for id in late.iter().skip(n % late.len().max(1)) {
                altinn.letters.get_mut(id).unwrap().is_published = true;
            }
        }
        Event::Read(n) | Event::Confirm(n) | Event::Purge(n) => {
            let id = pick(altinn, *n);
            let letter = id.and_then(|id| altinn.letters.get_mut(&id));
            if let Some(letter) = letter.filter(|letter| letter.is_published) {
                match event {
                    Event::Read(_) => letter.is_read = true,
                    Event::Confirm(_) => letter.is_confirmed = true,
                    _ => letter.is_purged = true,
                }
            }
        }
        Event::Vanish(n) => {
            if let Some(id) = pick(altinn, *n) {
                let letter = altinn.letters.remove(&id).unwrap();
                altinn.order.remove(&(letter.at, id));
            }
        }
        Event::ClockStep(hours) => *now += hours * HOUR,
        Event::Poll | Event::Marks => {}
    }
}

/// The copy is what Altinn has, or says where it may not be.
fn check(altinn: &Altinn, copy: &Copy) -> Result<(), TestCaseError> {
    let crowds = altinn.crowds();
    for (id, letter) in altinn
        .letters
        .iter()
        .filter(|(_, letter)| letter.is_published)
    {
        let is_told = copy.cursor.crowded.contains(&letter.at);
        let known = copy.rows.get(id).map(|row| row.known);
        let Some(known) = known else {
            prop_assert!(is_told, "a letter at {} is silently lost", letter.at);
            continue;
        };
        if crowds.contains(&letter.at) {
            continue;
        }
        prop_assert_eq!(
            known.is_gone,
            letter.is_purged,
            "a deleted letter is known to be gone, and no other"
        );
        if !letter.is_purged {
            let (here, there) = (
                (known.is_read, known.is_confirmed),
                (letter.is_read, letter.is_confirmed),
            );
            prop_assert_eq!(here, there, "marks made elsewhere are seen");
        }
    }
    for (id, row) in &copy.rows {
        let crowded = row.published.is_some_and(|at| {
            copy.cursor
                .crowded
                .iter()
                .any(|crowd| crowd.div_euclid(1000) == at)
        });
        let is_there = altinn
            .letters
            .get(id)
            .is_some_and(|letter| letter.is_published);
        prop_assert!(
            row.known.is_gone || is_there || crowded,
            "what Altinn no longer lists is gone here"
        );
    }
    for (id, gets) in &altinn.gets {
        let causes = 1 + copy.moved.get(id).copied().unwrap_or(0);
        prop_assert!(
            *gets <= causes,
            "a letter was fetched {} times for {} causes",
            gets,
            causes
        );
    }
    Ok(())
}

/// `BREVDUE_MAILBOXES` generates more or fewer.
fn mailboxes() -> u32 {
    let wanted = std::env::var("BREVDUE_MAILBOXES");
    wanted
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(400)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, max_shrink_iters: 400, ..ProptestConfig::with_cases(mailboxes()) })]

    #[test]
    fn the_copy_equals_altinn_after_one_round(events in prop::collection::vec(event(), 1..24)) {
        let (mut altinn, mut copy) = (Altinn::default(), Copy::default());
        let (mut now, mut next) = (BEGIN, 0);
        for event in &events {
            happen(&mut altinn, event, &mut now, &mut next);
            match event {
                Event::Poll => copy.round(&mut altinn, crate::Depth::Due),
                Event::Marks => copy.round(&mut altinn, crate::Depth::Marks),
                _ => {}
            }
        }
        copy.round(&mut altinn, crate::Depth::Full);
        check(&altinn, &copy)?;
        // What comes now, and what is published late within the look-back, is found by the one list of a poll.
        let newest = altinn.order.last().map_or(now, |(at, _)| *at);
        let ahead = Event::Arrive {
            at: newest + 2_000 - now,
            count: 3,
            is_tied: false,
            is_late: false,
        };
        happen(&mut altinn, &ahead, &mut now, &mut next);
        let since = copy.cursor.since.unwrap_or(BEGIN - 300 * 24 * HOUR);
        let behind = Event::Arrive { at: since + 1 - now, count: 2, is_tied: true, is_late: false };
        happen(&mut altinn, &behind, &mut now, &mut next);
        copy.round(&mut altinn, crate::Depth::Due);
        check(&altinn, &copy)?;
        // One round more stores what the lists name; then nothing is new, and one list tells it.
        copy.round(&mut altinn, crate::Depth::Due);
        let (gets, lists) = (altinn.gets.values().sum::<usize>(), *altinn.lists.borrow());
        let before = copy.cursor.clone();
        copy.round(&mut altinn, crate::Depth::Due);
        prop_assert_eq!(altinn.gets.values().sum::<usize>(), gets, "a round with nothing new asks for no letter");
        if altinn.crowds().is_empty() {
            prop_assert_eq!(*altinn.lists.borrow() - lists, 1, "and for one list");
            prop_assert_eq!(&copy.cursor, &before, "and has nothing to store");
        }
    }
}
