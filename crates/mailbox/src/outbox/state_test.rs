//! Properties of the outbox over random faults and crashes, against a model of Altinn.

use super::*;
use crate::error::problem_of;
use proptest::prelude::*;
use std::collections::HashMap;

/// What befalls one act.
#[derive(Debug, Clone, Copy)]
enum Fate {
    /// Nothing.
    Fine,
    /// No connection: Altinn hears nothing.
    Offline,
    /// Altinn hears nothing and says so (429).
    Slow,
    /// Altinn does it, the answer is lost.
    Lost,
    /// Altinn fails before doing it, and we cannot tell.
    Fault,
    /// The program is killed before it acts.
    CrashBefore,
    /// The program is killed after Altinn did it.
    CrashAfter,
    /// The letter or file is refused by a rule.
    Refuse,
}

#[derive(Debug, Default)]
struct Altinn {
    attachments: HashMap<Uuid, &'static str>,
    letters: Vec<Uuid>,
    submits: usize,
    next: u128,
}

impl Altinn {
    fn id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// Does `act` and answers.
    fn perform(&mut self, act: &Act, key: Uuid, is_malware: bool) -> Outcome {
        match act {
            Act::Initialize(_) => {
                let id = self.id();
                self.attachments.insert(id, "empty");
                Outcome::Initialized(id)
            }
            Act::Send(_, id) => match self.attachments.get(id).copied() {
                Some("empty") => {
                    self.attachments.insert(*id, "arrived");
                    Outcome::Sent(Sums::default())
                }
                _ => Outcome::Burned,
            },
            Act::Ask(_, id) => match self.attachments.get(id).copied() {
                Some("empty") => Outcome::Scan(Scan::Empty),
                Some("arrived") => {
                    self.attachments
                        .insert(*id, if is_malware { "malware" } else { "clean" });
                    Outcome::Scan(Scan::Waiting { since: 0 })
                }
                Some("clean") => Outcome::Scan(Scan::Clean),
                Some("malware") => Outcome::Scan(Scan::Rejected),
                _ => Outcome::Scan(Scan::Burned),
            },
            Act::Submit => {
                self.submits += 1;
                if self.letters.contains(&key) {
                    Outcome::Taken
                } else {
                    self.letters.push(key);
                    Outcome::Accepted(key)
                }
            }
            Act::Adopt if self.letters.contains(&key) => Outcome::Accepted(key),
            Act::Adopt => Outcome::NotFound,
            Act::Rest | Act::Sleep(_) | Act::Stick(_) => Outcome::Unsure,
        }
    }

    /// A cut upload burns its id.
    fn cut(&mut self, act: &Act) {
        if let Act::Send(_, id) = act {
            self.attachments.insert(*id, "failed");
        }
    }
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Fine),
        1 => Just(Fate::Offline),
        1 => Just(Fate::Slow),
        2 => Just(Fate::Lost),
        1 => Just(Fate::Fault),
        1 => Just(Fate::CrashBefore),
        2 => Just(Fate::CrashAfter),
    ]
}

fn letter(files: usize) -> Item {
    let uploads = (0..files)
        .map(|n| Upload {
            name: format!("{n}.pdf"),
            state: UploadState::New,
            tries: 0,
            sums: None,
        })
        .collect();
    Item {
        phase: Phase::Queued,
        uploads,
        is_paused: false,
        attempts: 0,
        wait: None,
        due_at: None,
        publish_at: None,
    }
}

const KEY: Uuid = Uuid::from_u128(u128::MAX);

/// One turn of the worker; gives the item that is on disk after it.
fn turn(stored: &Item, altinn: &mut Altinn, fate: Fate, is_malware: bool, now: &mut i64) -> Item {
    let act = match next(stored, *now) {
        Act::Rest => return stored.clone(),
        Act::Sleep(until) => {
            *now = until;
            return stored.clone();
        }
        act => act,
    };
    let begun = begin(stored, &act);
    let is_free = matches!(act, Act::Ask(..) | Act::Stick(_));
    assert!(
        is_free || begun.attempts == stored.attempts + 1,
        "an attempt is counted before it is made"
    );
    if let Act::Submit = act {
        assert!(
            matches!(begun.phase, Phase::Submitting { .. }),
            "what may have happened is on disk before it does"
        );
    }
    let outcome = match fate {
        Fate::Fine => altinn.perform(&act, KEY, is_malware),
        Fate::Offline => Outcome::Later {
            reason: ErrorCode::NoNetwork,
            after: None,
        },
        Fate::Slow => Outcome::Later {
            reason: ErrorCode::Slow,
            after: Some(2_000),
        },
        Fate::Refuse => Outcome::Never(problem_of(Some(1002), None)),
        Fate::Fault => {
            altinn.cut(&act);
            Outcome::Unsure
        }
        Fate::Lost => {
            altinn.perform(&act, KEY, is_malware);
            Outcome::Unsure
        }
        Fate::CrashBefore => return begun,
        Fate::CrashAfter => {
            altinn.perform(&act, KEY, is_malware);
            return begun;
        }
    };
    transition(&begun, &act, &outcome, *now, 0.5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_letter_goes_out_exactly_once(files in 0_usize..4, fates in prop::collection::vec(fate(), 0..60)) {
        let mut altinn = Altinn::default();
        let mut item = letter(files);
        let mut now = 0;
        for fate in fates {
            item = turn(&item, &mut altinn, fate, false, &mut now);
            prop_assert!(altinn.letters.len() <= 1, "one key never makes two letters");
            if is_ours(&item) {
                prop_assert!(altinn.letters.is_empty(), "what Altinn has can no longer be taken back as a draft");
            }
        }
        for _ in 0..200 {
            item = turn(&item, &mut altinn, Fate::Fine, false, &mut now);
            if matches!(item.phase, Phase::Stuck(_)) {
                item = retry(&item);
            }
        }
        prop_assert_eq!(&item.phase, &Phase::Accepted(KEY), "once the faults end, the letter is accepted");
        prop_assert_eq!(&altinn.letters, &vec![KEY], "and it is there exactly once");
    }

    #[test]
    fn a_letter_ends_or_waits_with_a_reason(files in 0_usize..3, fates in prop::collection::vec(fate(), 0..40), is_malware: bool) {
        let mut altinn = Altinn::default();
        let mut item = letter(files);
        let mut now = 0;
        for fate in fates {
            item = turn(&item, &mut altinn, fate, is_malware, &mut now);
        }
        for _ in 0..200 {
            item = turn(&item, &mut altinn, Fate::Fine, is_malware, &mut now);
        }
        let ended = matches!(item.phase, Phase::Accepted(_) | Phase::Stuck(_));
        prop_assert!(ended, "nothing goes round for ever: {:?}", item);
        if is_malware && files > 0 {
            prop_assert!(altinn.letters.is_empty(), "a letter with malware never leaves");
        }
    }

    #[test]
    fn a_refusal_sticks_and_can_be_taken_back(fates in prop::collection::vec(fate(), 0..10)) {
        let mut altinn = Altinn::default();
        let mut item = letter(0);
        let mut now = 0;
        for fate in fates {
            item = turn(&item, &mut altinn, fate, false, &mut now);
        }
        if altinn.letters.is_empty() {
            while !matches!(item.phase, Phase::Stuck(_)) {
                item = turn(&item, &mut altinn, Fate::Refuse, false, &mut now);
            }
            prop_assert!(is_ours(&item), "a refused letter may be edited");
            prop_assert_eq!(next(&item, now), Act::Rest, "it is not tried again by itself");
        }
    }
}

#[test]
fn a_paused_letter_rests_and_goes_on() {
    let mut item = letter(1);
    item.is_paused = true;
    assert_eq!(next(&item, 0), Act::Rest, "the user holds it");
    item.is_paused = false;
    assert_eq!(
        next(&item, 0),
        Act::Initialize(0),
        "it goes on where it was"
    );
}

#[test]
fn altinn_decides_how_long_to_wait() {
    let begun = begin(&letter(0), &Act::Submit);
    let outcome = Outcome::Later {
        reason: ErrorCode::Slow,
        after: Some(7_000),
    };
    let waiting = transition(&begun, &Act::Submit, &outcome, 100, 0.0);
    assert_eq!(
        next(&waiting, 100),
        Act::Sleep(7_100),
        "Retry-After is obeyed to the millisecond"
    );
    assert_eq!(
        waiting.phase,
        Phase::Queued,
        "429 means that the letter was not taken"
    );
}

#[test]
fn waits_grow_to_five_minutes() {
    let waits: Vec<i64> = (1..14).map(|attempts| backoff(attempts, 1.0)).collect();
    assert_eq!(
        waits.first(),
        Some(&1_000),
        "the first failure may be a hiccup"
    );
    assert_eq!(
        waits.last(),
        Some(&300_000),
        "and no wait is longer than five minutes"
    );
    assert!(
        waits.is_sorted(),
        "each wait is at least as long as the one before"
    );
}

#[test]
fn a_scan_without_end_is_asked_about_less_and_less() {
    let id = Uuid::from_u128(1);
    let mut item = letter(1);
    item.uploads[0].state = UploadState::Sent(id);
    let (act, scan) = (
        Act::Ask(0, id),
        Outcome::Scan(Scan::Waiting { since: 1_000 }),
    );
    let early = 1_000 + SCAN_PATIENCE - 1;
    let scanning = transition(&item, &act, &scan, early, 1.0);
    assert_eq!(next(&scanning, early), act, "until then it is asked about");
    let mut now = 1_000 + SCAN_PATIENCE;
    let mut waits = Vec::new();
    for _ in 0..8 {
        item = transition(&item, &act, &scan, now, 1.0);
        let wait = item.wait.unwrap();
        assert_eq!(wait.reason, ErrorCode::Slow, "the user sees why");
        assert!(is_ours(&item), "and may take the letter back");
        waits.push(wait.until - now);
        now = wait.until;
        assert_eq!(next(&item, now), act, "it is asked about again");
    }
    assert!(
        waits.is_sorted() && waits[0] > 10_000,
        "each wait is longer than the polls before: {waits:?}"
    );
    assert_eq!(waits.last(), Some(&MAX_WAIT), "and five minutes at most");
    let clean = transition(&item, &act, &Outcome::Scan(Scan::Clean), now, 1.0);
    assert_eq!(
        next(&clean, now),
        Act::Submit,
        "a scan that ends after all lets the letter go"
    );
}

#[test]
fn a_letter_that_waited_past_its_due_date_asks_the_user() {
    let mut item = letter(1);
    item.due_at = Some(1_000);
    assert_eq!(
        next(&item, 1_000),
        Act::Initialize(0),
        "until then it goes on"
    );
    let act = next(&item, 1_001);
    let Act::Stick(problem) = &act else {
        panic!("nothing is uploaded for a letter that Altinn will refuse: {act:?}")
    };
    assert_eq!(problem.code, ErrorCode::DuePast, "the reason is told");
    let stuck = transition(&begin(&item, &act), &act, &Outcome::Unsure, 1_001, 0.0);
    assert!(
        matches!(&stuck.phase, Phase::Stuck(reason) if reason == problem),
        "and the letter waits for the user"
    );
    item.publish_at = Some(2_000);
    assert!(
        matches!(next(&item, 0), Act::Stick(problem) if problem.code == ErrorCode::DueBeforePublish),
        "nor does it go to be published after its due date"
    );
}

#[test]
fn a_letter_that_may_have_gone_is_asked_for_whatever_its_dates() {
    let mut item = begin(&letter(0), &Act::Submit);
    item.due_at = Some(1_000);
    let lost = transition(&item, &Act::Submit, &Outcome::Unsure, 900, 0.0);
    let until = lost.wait.unwrap().until;
    assert_eq!(
        next(&lost, until.max(5_000)),
        Act::Submit,
        "only its key tells whether Altinn has it"
    );
}
