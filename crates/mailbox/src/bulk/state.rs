//! What happens next to a batch: one call with up to 500 recipients. Pure, in the manner of the outbox: the worker
//! commits [`begin`] before it acts and [`transition`] after.
//!
//! A call to several takes no key (Correspondence reference, section 6), so nothing makes a repeated call harmless.
//! What a lost answer leaves unknown is settled by asking: every batch has a sender's reference of its own, stored before
//! the call. After [`PATIENCE`], when a call that was still being worked on has ended one way or the other, Altinn is
//! asked by it for what it has, until two looks in a row agree. None: the call is repeated under the same reference, so
//! that a straggler would still show. Some: whoever has no letter goes into a new batch.

use crate::outbox::state::backoff;
use crate::view::{ErrorCode, Field, Problem};
use std::collections::HashMap;
use uuid::Uuid;

/// How long a call may still be worked on after its answer was lost, milliseconds: a transaction of 30 s and the server's
/// own repetitions (quality, B-K5).
pub const PATIENCE: i64 = 120_000;
/// Between two looks that must agree, milliseconds.
pub const BETWEEN_LOOKS: i64 = 20_000;

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Altinn certainly does not have it.
    Queued,
    /// Being handed over, or was when the program ended.
    Submitting,
    /// The answer was lost; the latest look found so many letters.
    Looking(Option<u32>),
    /// Two looks found so many letters: for whom?
    Comparing(u32),
    /// Each recipient tells what came of it.
    Done,
}

/// A batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// How far.
    pub phase: Phase,
    /// Calls since the last success, each counted before it was made.
    pub attempts: u32,
    /// Nothing before this time, UTC milliseconds.
    pub until: i64,
    /// URNs of those who wait, in the order of the call.
    pub recipients: Vec<String>,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nothing more.
    Rest,
    /// Nothing before this time, UTC milliseconds.
    Sleep(i64),
    /// Hand it over.
    Submit,
    /// Count what Altinn has under its reference.
    Look,
    /// Ask for whom each of those letters is.
    Compare,
}

/// A letter at Altinn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct There {
    /// URN.
    pub recipient: String,
    /// Id.
    pub id: Uuid,
    /// Altinn will fail it, for the recipient has reserved against digital post (section 7.3).
    pub is_reserved: bool,
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// These letters were made, or were found.
    There(Vec<There>),
    /// Altinn has so many letters under the reference.
    Counted(u32),
    /// Altinn certainly did not do it; later may go better, not before so many milliseconds where it said so.
    Later(Option<i64>),
    /// Not known whether Altinn did it.
    Unsure,
    /// Altinn refuses the call.
    Refused {
        /// Why.
        problem: Problem,
        /// The recipients that it names as the reason.
        named: Vec<String>,
    },
}

/// What became of a recipient.
#[derive(Debug, Clone, PartialEq)]
pub enum Fate {
    /// Altinn has the letter.
    Accepted(Uuid),
    /// Altinn has the letter and will fail it.
    Reserved(Uuid),
    /// Altinn has more than one; the first.
    Doubled(Uuid),
    /// Altinn refuses the recipient.
    Refused(Problem),
}

/// What a transition changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The batch as it is now.
    pub batch: Batch,
    /// Recipients that are settled.
    pub fates: Vec<(String, Fate)>,
    /// Recipients that go on in new batches.
    pub parts: Vec<Vec<String>>,
    /// The letter itself is refused: nobody will get it.
    pub stop: Option<Problem>,
}

/// What to do next at `now`, UTC milliseconds.
pub fn next(batch: &Batch, now: i64) -> Act {
    if batch.phase == Phase::Done {
        return Act::Rest;
    }
    if batch.until > now {
        return Act::Sleep(batch.until);
    }
    match batch.phase {
        Phase::Done => Act::Rest,
        Phase::Queued => Act::Submit,
        // Found as being handed over, it was when the program ended.
        Phase::Submitting | Phase::Looking(_) => Act::Look,
        Phase::Comparing(_) => Act::Compare,
    }
}

/// The batch as it must be stored before `act` is performed at `now`.
pub fn begin(batch: &Batch, act: Act, now: i64) -> Batch {
    let mut batch = batch.clone();
    if act == Act::Submit {
        batch.phase = Phase::Submitting;
        batch.until = now + PATIENCE;
    }
    if !matches!(act, Act::Rest | Act::Sleep(_)) {
        batch.attempts += 1;
    }
    batch
}

/// What follows when `act` came to `outcome` at `now`; `batch` is as [`begin`] left it. `fraction` in 0..1 spreads
/// waits. `is_proven`: Altinn has taken this very letter for others, so a refusal that names no rule of the letter is
/// about recipients.
pub fn transition(
    batch: &Batch,
    act: Act,
    outcome: Outcome,
    now: i64,
    fraction: f64,
    is_proven: bool,
) -> Step {
    let mut step = Step {
        batch: batch.clone(),
        fates: Vec::new(),
        parts: Vec::new(),
        stop: None,
    };
    match (act, outcome) {
        (Act::Submit, Outcome::There(letters)) => submitted(&mut step, letters, now),
        (Act::Submit, Outcome::Unsure | Outcome::Counted(_)) => {
            look_from(&mut step, now + PATIENCE)
        }
        (Act::Submit, Outcome::Refused { problem, named }) => {
            refused(&mut step, problem, &named, now, is_proven)
        }
        (Act::Look, Outcome::Counted(count)) => looked(&mut step, count, now),
        (Act::Compare, Outcome::There(letters)) => compared(&mut step, letters, now),
        (_, Outcome::Later(asked)) => {
            if act == Act::Submit {
                step.batch.phase = Phase::Queued;
            }
            let wait = asked.unwrap_or_else(|| backoff(batch.attempts, fraction));
            step.batch.until = now.saturating_add(wait.clamp(250, 3_600_000));
        }
        // A question that came to nothing, for whatever reason, is asked again.
        _ => step.batch.until = now + backoff(batch.attempts, fraction),
    }
    step
}

/// Altinn has answered; an answer that does not tell of everybody is no answer.
fn submitted(step: &mut Step, letters: Vec<There>, now: i64) {
    let mut by_recipient = sorted(letters);
    let is_whole = step
        .batch
        .recipients
        .iter()
        .all(|recipient| by_recipient.contains_key(recipient));
    if !is_whole {
        return look_from(step, now + PATIENCE);
    }
    step.fates = settle(&step.batch.recipients, &mut by_recipient);
    done(step);
}

fn looked(step: &mut Step, count: u32, now: i64) {
    let batch = &mut step.batch;
    batch.attempts = 0;
    match (batch.phase, count) {
        (Phase::Looking(Some(0)), 0) => {
            batch.phase = Phase::Queued;
            batch.until = now;
        }
        (Phase::Looking(Some(seen)), count) if seen == count => {
            batch.phase = Phase::Comparing(count);
            batch.until = now;
        }
        _ => {
            batch.phase = Phase::Looking(Some(count));
            batch.until = now + BETWEEN_LOOKS;
        }
    }
}

fn compared(step: &mut Step, letters: Vec<There>, now: i64) {
    let Phase::Comparing(count) = step.batch.phase else {
        return;
    };
    if usize::try_from(count) != Ok(letters.len()) {
        // It moved after all.
        return look_from(step, now + BETWEEN_LOOKS);
    }
    let mut by_recipient = sorted(letters);
    let recipients = step.batch.recipients.clone();
    step.fates = settle(&recipients, &mut by_recipient);
    let missing: Vec<String> = recipients
        .into_iter()
        .filter(|recipient| !step.fates.iter().any(|(settled, _)| settled == recipient))
        .collect();
    if !by_recipient.is_empty() && !missing.is_empty() {
        // Letters under our reference to nobody we know of: whose they are must not be guessed.
        step.fates.clear();
        step.stop = Some(Problem {
            field: Field::Recipients,
            code: ErrorCode::Unsure,
            params: std::collections::BTreeMap::new(),
        });
        return;
    }
    if !missing.is_empty() {
        step.parts.push(missing);
    }
    done(step);
}

fn refused(step: &mut Step, problem: Problem, named: &[String], now: i64, is_proven: bool) {
    let batch = &mut step.batch;
    batch.phase = Phase::Queued;
    batch.until = now;
    batch.attempts = 0;
    let is_named = |recipient: &String| named.contains(recipient);
    if batch.recipients.iter().any(is_named) {
        let (out, left) = batch.recipients.drain(..).partition(is_named);
        batch.recipients = left;
        step.fates = all_refused(out, &problem);
        if batch.recipients.is_empty() {
            done(step);
        }
        return;
    }
    let is_about_recipients = matches!(problem.field, Field::Recipients | Field::Reservation)
        || (is_proven && problem.field == Field::General);
    if !is_about_recipients {
        step.stop = Some(problem);
    } else if let [_] = batch.recipients.as_slice() {
        step.fates = all_refused(std::mem::take(&mut batch.recipients), &problem);
        done(step);
    } else {
        // One of them, and it is not told which: half by half it is found in at most 18 calls of 500.
        let mut first = std::mem::take(&mut batch.recipients);
        let second = first.split_off(first.len() / 2);
        step.parts = vec![first, second];
        done(step);
    }
}

fn all_refused(recipients: Vec<String>, problem: &Problem) -> Vec<(String, Fate)> {
    recipients
        .into_iter()
        .map(|recipient| (recipient, Fate::Refused(problem.clone())))
        .collect()
}

fn sorted(letters: Vec<There>) -> HashMap<String, Vec<There>> {
    let mut by_recipient: HashMap<String, Vec<There>> = HashMap::new();
    for letter in letters {
        by_recipient
            .entry(letter.recipient.clone())
            .or_default()
            .push(letter);
    }
    by_recipient
}

/// Takes the letters of these recipients out and says what became of each.
fn settle(
    recipients: &[String],
    by_recipient: &mut HashMap<String, Vec<There>>,
) -> Vec<(String, Fate)> {
    let fate = |recipient: &String| {
        let letters = by_recipient.remove(recipient)?;
        let fate = match letters.as_slice() {
            [] => return None,
            [letter] if letter.is_reserved => Fate::Reserved(letter.id),
            [letter] => Fate::Accepted(letter.id),
            [first, ..] => Fate::Doubled(first.id),
        };
        Some((recipient.clone(), fate))
    };
    recipients.iter().filter_map(fate).collect()
}

fn look_from(step: &mut Step, until: i64) {
    step.batch.phase = Phase::Looking(None);
    step.batch.until = until;
}

fn done(step: &mut Step) {
    step.batch.phase = Phase::Done;
    step.batch.recipients.clear();
}

#[cfg(test)]
#[path = "state_test.rs"]
mod tests;
