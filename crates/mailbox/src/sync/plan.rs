//! What a round of sync has to do, from what is known here and what the lists name. Pure: no clock, no network, no
//! store.

use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What is known here of a received letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Its content is here.
    pub is_fetched: bool,
    /// It is confidential: only a person fetches it.
    pub is_sealed: bool,
    /// Altinn has said that it is gone: it is never asked for again.
    pub is_gone: bool,
    /// Altinn could not give it in a form that can be read; a person may ask again.
    pub is_unreadable: bool,
    /// Known here to be read.
    pub is_read: bool,
    /// Known here to be confirmed.
    pub is_confirmed: bool,
    /// Publish time in microseconds, where known.
    pub published_at: Option<i64>,
}

/// What the lists of a round name.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Every id named, newest first.
    pub ids: Vec<Uuid>,
    /// Ids that have ever been read.
    pub read: HashSet<Uuid>,
    /// Ids that have ever been confirmed.
    pub confirmed: HashSet<Uuid>,
    /// Ids that have ever been purged.
    pub purged: HashSet<Uuid>,
}

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask for a letter that is not here.
    Fetch(Uuid),
    /// Note a letter on a confidential service by its id alone.
    Seal(Uuid),
    /// Ask again: it was read or confirmed elsewhere.
    Recheck(Uuid),
    /// The lists say that it was deleted; nothing needs to be asked.
    Gone(Uuid),
    /// It was here and is no longer listed, in a span of time that was listed completely.
    Missing(Uuid),
}

impl Step {
    /// The letter that this step seals.
    pub fn sealed(&self) -> Option<Uuid> {
        match self {
            Self::Seal(id) => Some(*id),
            _ => None,
        }
    }
}

/// Plans a round. `covers` tells whether every letter published at a time (microseconds) is in the listing.
pub fn plan(
    spine: &HashMap<Uuid, Known>,
    listing: &Listing,
    is_confidential: bool,
    covers: impl Fn(i64) -> bool,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let listed: HashSet<Uuid> = listing.ids.iter().copied().collect();
    for id in &listing.ids {
        let known = spine.get(id).copied();
        steps.extend(step_of(*id, known, listing, is_confidential));
    }
    // What the sweep names and the list does not: the two were asked at different moments.
    let moved: HashSet<Uuid> = [&listing.read, &listing.confirmed, &listing.purged]
        .into_iter()
        .flatten()
        .copied()
        .filter(|id| !listed.contains(id))
        .collect();
    for id in moved {
        if let Some(known) = spine.get(&id) {
            steps.extend(step_of(id, Some(*known), listing, is_confidential));
        }
    }
    let mut missing: Vec<Uuid> = spine
        .iter()
        .filter(|(id, known)| {
            !known.is_gone
                && !listed.contains(id)
                && !listing.purged.contains(id)
                && known.published_at.is_some_and(&covers)
        })
        .map(|(id, _)| *id)
        .collect();
    missing.sort_unstable();
    steps.extend(missing.into_iter().map(Step::Missing));
    steps
}

fn step_of(
    id: Uuid,
    known: Option<Known>,
    listing: &Listing,
    is_confidential: bool,
) -> Option<Step> {
    match known {
        Some(known) if known.is_gone => None,
        Some(_) if listing.purged.contains(&id) => Some(Step::Gone(id)),
        Some(known) if known.is_unreadable || (known.is_sealed && !known.is_fetched) => None,
        Some(known) if !known.is_fetched => Some(Step::Fetch(id)),
        Some(known) => {
            let moved = (!known.is_read && listing.read.contains(&id))
                || (!known.is_confirmed && listing.confirmed.contains(&id));
            moved.then_some(Step::Recheck(id))
        }
        None if is_confidential => Some(Step::Seal(id)),
        None => Some(Step::Fetch(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::window::{FULL, Walk, Window};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// A letter at a model Altinn.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    struct Letter {
        publish_at: i64,
        is_published: bool,
        is_read: bool,
        is_confirmed: bool,
        is_purged: bool,
    }

    #[derive(Debug, Default)]
    struct Altinn {
        letters: BTreeMap<Uuid, Letter>,
        gets: HashMap<Uuid, usize>,
    }

    impl Altinn {
        fn search(&self, window: Window, has_been: impl Fn(&Letter) -> bool) -> Vec<Uuid> {
            let mut rows: Vec<_> = self
                .letters
                .iter()
                .filter(|(_, letter)| {
                    letter.is_published && window.holds(letter.publish_at) && has_been(letter)
                })
                .collect();
            rows.sort_by_key(|(_, letter)| std::cmp::Reverse(letter.publish_at));
            rows.iter().take(FULL).map(|(id, _)| **id).collect()
        }

        fn get(&mut self, id: Uuid) -> Option<Letter> {
            *self.gets.entry(id).or_default() += 1;
            self.letters
                .get(&id)
                .copied()
                .filter(|letter| letter.is_published && !letter.is_purged)
        }
    }

    fn list(altinn: &Altinn, has_been: impl Fn(&Letter) -> bool) -> (Vec<Uuid>, Walk) {
        let mut walk = Walk::new(Window::all(), (0, 1000));
        let mut ids = Vec::new();
        while let Some(window) = walk.ask() {
            ids.extend(walk.answer(&altinn.search(window, &has_been)));
            walk.settle(None);
        }
        (ids, walk)
    }

    fn round(altinn: &mut Altinn, copy: &mut HashMap<Uuid, Known>) {
        let (ids, walk) = list(altinn, |_| true);
        let listing = Listing {
            ids,
            read: list(altinn, |letter| letter.is_read).1.found().clone(),
            confirmed: list(altinn, |letter| letter.is_confirmed).1.found().clone(),
            purged: list(altinn, |letter| letter.is_purged).1.found().clone(),
        };
        for step in plan(copy, &listing, false, |at| walk.covers(at)) {
            match step {
                Step::Fetch(id) | Step::Recheck(id) => {
                    let known = match altinn.get(id) {
                        Some(letter) => Known {
                            is_fetched: true,
                            is_read: letter.is_read,
                            is_confirmed: letter.is_confirmed,
                            published_at: Some(letter.publish_at),
                            ..Known::default()
                        },
                        None => Known {
                            is_gone: true,
                            ..Known::default()
                        },
                    };
                    copy.insert(id, known);
                }
                Step::Gone(id) | Step::Missing(id) => copy.entry(id).or_default().is_gone = true,
                Step::Seal(id) => {
                    copy.insert(
                        id,
                        Known {
                            is_sealed: true,
                            ..Known::default()
                        },
                    );
                }
            }
        }
    }

    #[derive(Debug, Clone)]
    enum Event {
        Arrive {
            at: i64,
            count: usize,
            is_late: bool,
        },
        Publish(usize),
        Read(usize),
        Confirm(usize),
        Purge(usize),
        Vanish(usize),
        Sync,
    }

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            3 => (0_i64..1000, 1_usize..400, any::<bool>()).prop_map(|(at, count, is_late)| Event::Arrive { at, count, is_late }),
            2 => any::<usize>().prop_map(Event::Publish),
            2 => any::<usize>().prop_map(Event::Read),
            2 => any::<usize>().prop_map(Event::Confirm),
            1 => any::<usize>().prop_map(Event::Purge),
            1 => any::<usize>().prop_map(Event::Vanish),
            2 => Just(Event::Sync),
        ]
    }

    fn happen(altinn: &mut Altinn, event: &Event) {
        let pick = |n: usize, altinn: &Altinn| {
            altinn
                .letters
                .keys()
                .nth(n % altinn.letters.len().max(1))
                .copied()
        };
        match event {
            Event::Arrive { at, count, is_late } => {
                for _ in 0..*count {
                    let id = Uuid::from_u128(
                        altinn.letters.len() as u128 + 1 + ((altinn.gets.len() as u128) << 64),
                    );
                    altinn.letters.insert(
                        id,
                        Letter {
                            publish_at: *at,
                            is_published: !is_late,
                            ..Letter::default()
                        },
                    );
                }
            }
            Event::Publish(n) => {
                let late: Vec<Uuid> = altinn
                    .letters
                    .iter()
                    .filter(|(_, l)| !l.is_published)
                    .map(|(id, _)| *id)
                    .collect();
                for id in late.iter().skip(n % late.len().max(1)) {
                    altinn.letters.get_mut(id).unwrap().is_published = true;
                }
            }
            Event::Read(n) | Event::Confirm(n) | Event::Purge(n) => {
                if let Some(letter) = pick(*n, altinn)
                    .and_then(|id| altinn.letters.get_mut(&id))
                    .filter(|l| l.is_published)
                {
                    match event {
                        Event::Read(_) => letter.is_read = true,
                        Event::Confirm(_) => letter.is_confirmed = true,
                        _ => letter.is_purged = true,
                    }
                }
            }
            Event::Vanish(n) => {
                if let Some(id) = pick(*n, altinn) {
                    altinn.letters.remove(&id);
                }
            }
            Event::Sync => {}
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn the_copy_equals_altinn_after_one_round(events in prop::collection::vec(event(), 1..24)) {
            let mut altinn = Altinn::default();
            let mut copy = HashMap::new();
            for event in &events {
                happen(&mut altinn, event);
                if matches!(event, Event::Sync) {
                    round(&mut altinn, &mut copy);
                }
            }
            round(&mut altinn, &mut copy);
            for (id, letter) in altinn.letters.iter().filter(|(_, letter)| letter.is_published) {
                // At most one answer's worth shares an instant here, or the walk tells of it.
                let crowd = altinn.letters.values().filter(|other| other.publish_at == letter.publish_at).count();
                prop_assume!(crowd < FULL);
                let known = copy.get(id).copied();
                prop_assert!(known.is_some(), "a published letter is here after one round");
                let known = known.unwrap();
                prop_assert_eq!(known.is_gone, letter.is_purged, "a deleted letter is known to be gone, and no other");
                if !letter.is_purged {
                    prop_assert_eq!((known.is_read, known.is_confirmed), (letter.is_read, letter.is_confirmed), "marks made elsewhere are seen");
                }
            }
            for (id, known) in &copy {
                prop_assert!(known.is_gone || altinn.letters.contains_key(id), "what Altinn no longer lists is gone here");
            }
            let gets: usize = altinn.gets.values().sum();
            round(&mut altinn, &mut copy);
            prop_assert_eq!(altinn.gets.values().sum::<usize>(), gets, "a round with nothing new asks for no letter");
        }

        #[test]
        fn no_letter_is_fetched_twice(counts in prop::collection::vec(1_usize..600, 1..8)) {
            let mut altinn = Altinn::default();
            let mut copy = HashMap::new();
            for (n, count) in counts.iter().enumerate() {
                happen(&mut altinn, &Event::Arrive { at: i64::try_from(n).unwrap(), count: *count, is_late: n % 3 == 1 });
                round(&mut altinn, &mut copy);
                happen(&mut altinn, &Event::Publish(0));
            }
            round(&mut altinn, &mut copy);
            prop_assert_eq!(copy.len(), altinn.letters.len(), "all are here");
            prop_assert!(altinn.gets.values().all(|gets| *gets == 1), "each was asked for exactly once");
        }
    }

    #[test]
    fn a_confidential_letter_is_noted_and_never_asked_for() {
        let id = Uuid::from_u128(7);
        let listing = Listing {
            ids: vec![id],
            read: HashSet::from([id]),
            ..Listing::default()
        };
        assert_eq!(
            plan(&HashMap::new(), &listing, true, |_| true),
            vec![Step::Seal(id)],
            "only its id is kept"
        );
        let spine = HashMap::from([(
            id,
            Known {
                is_sealed: true,
                ..Known::default()
            },
        )]);
        assert_eq!(
            plan(&spine, &listing, true, |_| true),
            Vec::new(),
            "a sealed row stays sealed"
        );
    }
}
