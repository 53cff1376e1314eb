use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Happens {
    Answered,
    /// Done, and the answer is lost.
    Lost,
    /// Not done, and the caller cannot know.
    LostBefore,
    /// Refused before anything was done.
    Slow,
    /// The program is killed before the call.
    KilledBefore,
    /// The program is killed after the call was done.
    KilledAfter,
}

/// Altinn, to which some recipients are unwelcome: some of them by name.
#[derive(Debug, Default)]
struct Altinn {
    letters: Vec<(String, String)>,
    named: BTreeSet<String>,
    unnamed: BTreeSet<String>,
    calls: usize,
}

impl Altinn {
    fn answer(&mut self, act: Act, reference: &str, batch: &Batch) -> Outcome {
        let there = |letters: Vec<(usize, &(String, String))>| {
            let letters = letters.into_iter().map(|(n, (_, recipient))| There {
                recipient: recipient.clone(),
                id: Uuid::from_u128(n as u128 + 1),
                is_reserved: false,
            });
            Outcome::There(letters.collect())
        };
        match act {
            Act::Submit => {
                self.calls += 1;
                let bad = |of: &BTreeSet<String>| -> Vec<String> {
                    let bad = batch.recipients.iter().filter(|name| of.contains(*name));
                    bad.cloned().collect()
                };
                let (named, unnamed) = (bad(&self.named), bad(&self.unnamed));
                if !named.is_empty() || !unnamed.is_empty() {
                    let problem = problem(Field::Recipients);
                    return Outcome::Refused { problem, named };
                }
                let first = self.letters.len();
                let new = batch.recipients.iter();
                self.letters
                    .extend(new.map(|name| (reference.to_owned(), name.clone())));
                there(self.letters.iter().enumerate().skip(first).collect())
            }
            Act::Look => {
                let ours = self.letters.iter().filter(|(of, _)| of == reference);
                Outcome::Counted(u32::try_from(ours.count()).unwrap())
            }
            Act::Compare => {
                let all = self.letters.iter().enumerate();
                there(all.filter(|(_, (of, _))| of == reference).collect())
            }
            Act::Rest | Act::Sleep(_) => Outcome::Unsure,
        }
    }
}

fn problem(field: Field) -> Problem {
    Problem {
        field,
        code: ErrorCode::Refused,
        params: BTreeMap::new(),
    }
}

fn batch(recipients: Vec<String>) -> Batch {
    Batch {
        phase: Phase::Queued,
        attempts: 0,
        until: 0,
        recipients,
    }
}

fn people(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("r{n}")).collect()
}

/// A bulk as the worker drives it: batches with their references, and what became of each recipient.
struct Bulk {
    batches: Vec<(String, Batch)>,
    fates: BTreeMap<String, Fate>,
    stop: Option<Problem>,
    now: i64,
}

impl Bulk {
    fn of(count: usize, at_once: usize) -> Self {
        let people = people(count);
        let batches = people.chunks(at_once).enumerate();
        Self {
            batches: batches
                .map(|(n, part)| (format!("b{n}"), batch(part.to_vec())))
                .collect(),
            fates: BTreeMap::new(),
            stop: None,
            now: 0,
        }
    }

    /// One act of one batch; false when nothing is left.
    fn turn(&mut self, altinn: &mut Altinn, happens: Happens) -> bool {
        let open = |(_, batch): &(String, Batch)| batch.phase != Phase::Done;
        let Some(at) = self.batches.iter().position(open) else {
            return false;
        };
        let (reference, before) = self.batches[at].clone();
        let act = match next(&before, self.now) {
            Act::Sleep(until) => {
                self.now = until;
                return true;
            }
            act => act,
        };
        let begun = begin(&before, act, self.now);
        self.batches[at].1 = begun.clone();
        let outcome = match happens {
            Happens::KilledBefore => return true,
            Happens::KilledAfter => {
                altinn.answer(act, &reference, &begun);
                return true;
            }
            Happens::Slow => Outcome::Later(None),
            Happens::LostBefore => Outcome::Unsure,
            Happens::Lost => {
                altinn.answer(act, &reference, &begun);
                Outcome::Unsure
            }
            Happens::Answered => altinn.answer(act, &reference, &begun),
        };
        let is_proven = !self.fates.is_empty();
        let step = transition(&begun, act, outcome, self.now, 0.5, is_proven);
        for (recipient, fate) in step.fates {
            let before = self.fates.insert(recipient, fate);
            assert_eq!(before, None, "what became of a recipient never changes");
        }
        for part in step.parts {
            self.batches
                .push((format!("b{}", self.batches.len()), batch(part)));
        }
        self.batches[at].1 = step.batch;
        self.stop = self.stop.take().or(step.stop);
        true
    }

    fn finish(&mut self, altinn: &mut Altinn) {
        for _ in 0..10_000 {
            if !self.turn(altinn, Happens::Answered) {
                return;
            }
        }
        panic!("nothing goes round for ever");
    }
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        3 => Just(Happens::Answered),
        3 => Just(Happens::Lost),
        2 => Just(Happens::LostBefore),
        1 => Just(Happens::Slow),
        1 => Just(Happens::KilledBefore),
        2 => Just(Happens::KilledAfter),
    ]
}

proptest! {
    #[test]
    fn everybody_gets_the_letter_once_or_a_reason(
        count in 1_usize..60,
        at_once in 1_usize..20,
        bad in prop::collection::vec((0_usize..60, any::<bool>()), 0..4),
        fates in prop::collection::vec(happens(), 0..40),
    ) {
        let mut altinn = Altinn::default();
        for (n, is_named) in bad {
            let set = if is_named { &mut altinn.named } else { &mut altinn.unnamed };
            set.insert(format!("r{n}"));
        }
        let mut bulk = Bulk::of(count, at_once);
        for happens in fates {
            bulk.turn(&mut altinn, happens);
        }
        bulk.finish(&mut altinn);
        prop_assert_eq!(&bulk.stop, &None, "the letter itself is fine");
        for name in people(count) {
            let letters = altinn.letters.iter().filter(|(_, to)| *to == name).count();
            let is_bad = altinn.named.contains(&name) || altinn.unnamed.contains(&name);
            prop_assert_eq!(letters, usize::from(!is_bad), "{} has the letter once", &name);
            match (is_bad, bulk.fates.get(&name)) {
                (true, Some(Fate::Refused(_))) | (false, Some(Fate::Accepted(_))) => {}
                (_, other) => prop_assert!(false, "{name} was told {other:?}"),
            }
        }
    }
}

#[test]
fn as_few_calls_as_there_can_be() {
    let mut altinn = Altinn::default();
    let mut bulk = Bulk::of(10_000, 500);
    bulk.finish(&mut altinn);
    assert_eq!(altinn.calls, 20, "ten thousand in calls of five hundred");

    altinn = Altinn::default();
    altinn
        .named
        .extend(["r3", "r77", "r400"].map(str::to_owned));
    bulk = Bulk::of(1_000, 500);
    bulk.finish(&mut altinn);
    assert_eq!(altinn.calls, 3, "however many are named, it costs one call");

    altinn = Altinn::default();
    altinn.unnamed.insert("r123".to_owned());
    bulk = Bulk::of(500, 500);
    bulk.finish(&mut altinn);
    assert!(
        altinn.calls <= 1 + 18,
        "an unnamed one costs at most eighteen: {}",
        altinn.calls
    );
    assert_eq!(
        altinn.letters.len(),
        499,
        "and costs nobody else the letter"
    );
}

#[test]
fn a_call_whose_answer_is_lost_is_not_repeated_before_altinn_was_asked_twice() {
    let mut lost = begin(&batch(people(3)), Act::Submit, 1_000);
    assert_eq!(
        next(&lost, 1_000 + PATIENCE - 1),
        Act::Sleep(1_000 + PATIENCE),
        "also after a kill, a call that may still be worked on is waited for"
    );
    let mut acts = Vec::new();
    let mut now = 1_000;
    lost = transition(&lost, Act::Submit, Outcome::Unsure, now, 0.5, false).batch;
    while lost.phase != Phase::Queued {
        match next(&lost, now) {
            Act::Sleep(until) => now = until,
            act => {
                acts.push((act, now));
                lost = transition(&lost, act, Outcome::Counted(0), now, 0.5, false).batch;
            }
        }
    }
    let first = 1_000 + PATIENCE;
    assert_eq!(
        acts,
        vec![(Act::Look, first), (Act::Look, first + BETWEEN_LOOKS)],
        "two looks, apart"
    );
}

#[test]
fn a_letter_that_altinn_made_twice_is_told_of() {
    let mut batch = batch(people(2));
    batch.phase = Phase::Comparing(4);
    let there = |n: u128, recipient: &str| There {
        recipient: recipient.to_owned(),
        id: Uuid::from_u128(n),
        is_reserved: false,
    };
    let letters = vec![
        there(1, "r0"),
        there(2, "r1"),
        there(3, "r0"),
        there(4, "r1"),
    ];
    let step = transition(&batch, Act::Compare, Outcome::There(letters), 0, 0.5, true);
    let first = |n| Fate::Doubled(Uuid::from_u128(n));
    assert_eq!(
        step.fates,
        vec![("r0".to_owned(), first(1)), ("r1".to_owned(), first(2))],
        "it is not hidden, and not sent a third time"
    );
    assert_eq!(
        step.batch.phase,
        Phase::Done,
        "nothing more is done with it"
    );
}

#[test]
fn a_refused_letter_stops_the_bulk_at_once() {
    let begun = begin(&batch(people(500)), Act::Submit, 0);
    let refused = |field, is_proven| {
        let outcome = Outcome::Refused {
            problem: problem(field),
            named: Vec::new(),
        };
        transition(&begun, Act::Submit, outcome, 0, 0.5, is_proven)
    };
    for (field, is_proven, stops) in [
        (Field::Title, true, true),
        (Field::Due, true, true),
        (Field::General, false, true),
        (Field::General, true, false),
        (Field::Recipients, false, false),
    ] {
        let step = refused(field, is_proven);
        assert_eq!(
            (step.stop.is_some(), step.parts.len()),
            if stops { (true, 0) } else { (false, 2) },
            "{field:?}, proven: {is_proven}"
        );
        if stops {
            assert_eq!(step.batch.recipients.len(), 500, "nobody is lost");
        }
    }
}
