//! Batches of the state machine and the rows they are stored in.

use super::state::{Batch, Fate, Phase};
use mailbox_store::{BatchRow, BatchState, RecipientRow, RecipientState};

/// The batch that `row` and its waiting recipients hold.
pub(super) fn batch(row: &BatchRow, waiting: &[RecipientRow]) -> Batch {
    Batch {
        phase: match row.state {
            BatchState::Queued => Phase::Queued,
            BatchState::Submitting => Phase::Submitting,
            BatchState::Looking => Phase::Looking(row.seen),
            BatchState::Comparing => Phase::Comparing(row.seen.unwrap_or(0)),
            BatchState::Done => Phase::Done,
        },
        attempts: row.attempts,
        until: row.next_at,
        recipients: waiting.iter().map(|row| row.recipient.clone()).collect(),
    }
}

/// `row` with what `batch` is now.
pub(super) fn fill(row: &BatchRow, batch: &Batch) -> BatchRow {
    let (state, seen) = match batch.phase {
        Phase::Queued => (BatchState::Queued, None),
        Phase::Submitting => (BatchState::Submitting, None),
        Phase::Looking(seen) => (BatchState::Looking, seen),
        Phase::Comparing(seen) => (BatchState::Comparing, Some(seen)),
        Phase::Done => (BatchState::Done, None),
    };
    BatchRow {
        state,
        seen,
        attempts: batch.attempts,
        next_at: batch.until,
        ..row.clone()
    }
}

/// `row` with what became of it.
pub(super) fn settled(row: &RecipientRow, fate: &Fate) -> RecipientRow {
    let (state, id, problem) = match fate {
        Fate::Accepted(id) => (RecipientState::Accepted, Some(id), None),
        Fate::Reserved(id) => (RecipientState::Reserved, Some(id), None),
        Fate::Doubled(id) => (RecipientState::Doubled, Some(id), None),
        Fate::Refused(problem) => (RecipientState::Refused, None, Some(problem)),
    };
    RecipientRow {
        state,
        correspondence: id.map(ToString::to_string),
        problem_json: problem.and_then(|problem| serde_json::to_string(problem).ok()),
        ..row.clone()
    }
}
