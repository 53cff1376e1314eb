//! Letters to many, handed over in batches; what may follow what is the engine's.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run, stored_as_text};

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BatchState {
    /// Altinn certainly does not have it.
    Queued,
    /// Being handed over, or was when the program ended.
    Submitting,
    /// The answer was lost: Altinn is asked what it has.
    Looking,
    /// Altinn has some of it: for whom?
    Comparing,
    /// Nothing more is done with it; each recipient tells what came of it.
    Done,
}

stored_as_text!(BatchState {
    Queued = "queued",
    Submitting = "submitting",
    Looking = "looking",
    Comparing = "comparing",
    Done = "done",
});

/// What became of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecipientState {
    /// Not handed over yet, or not known.
    Waiting,
    /// Altinn has the letter.
    Accepted,
    /// Altinn has the letter and will fail it: the recipient has reserved against digital post.
    Reserved,
    /// Altinn has the letter more than once.
    Doubled,
    /// Altinn refuses the recipient.
    Refused,
}

stored_as_text!(RecipientState {
    Waiting = "waiting",
    Accepted = "accepted",
    Reserved = "reserved",
    Doubled = "doubled",
    Refused = "refused",
});

/// A letter to many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRow {
    /// Bulk id.
    pub id: String,
    /// Account id.
    pub account: String,
    /// Letter id.
    pub letter: String,
    /// Held by the user.
    pub is_paused: bool,
    /// For its files, counted before they are made.
    pub attempts: u32,
    /// For its files, not before.
    pub next_at: i64,
    /// Why it stands still, as the engine writes it.
    pub problem_json: Option<String>,
    /// When the user sent it.
    pub queued_at: i64,
}

/// One call's worth of recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchRow {
    /// The sender's reference of this batch alone.
    pub reference: String,
    /// Bulk id.
    pub bulk: String,
    /// Order within the bulk.
    pub position: u32,
    /// How far.
    pub state: BatchState,
    /// Counted before they are made.
    pub attempts: u32,
    /// Not before.
    pub next_at: i64,
    /// Letters that the latest look found.
    pub seen: Option<u32>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientRow {
    /// Bulk id.
    pub bulk: String,
    /// In the list it came from.
    pub line: u32,
    /// URN.
    pub recipient: String,
    /// Reference of its batch.
    pub batch: String,
    /// What became of it.
    pub state: RecipientState,
    /// Altinn's id, once accepted.
    pub correspondence: Option<String>,
    /// Why it is refused, as the engine writes it.
    pub problem_json: Option<String>,
}

/// Recipients of a bulk by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BulkCounts {
    /// Not handed over yet.
    pub waiting: u32,
    /// Altinn has the letter.
    pub accepted: u32,
    /// Altinn has it and will fail it.
    pub reserved: u32,
    /// Altinn has it more than once.
    pub doubled: u32,
    /// Altinn refuses them.
    pub refused: u32,
}

const BULK: &str =
    "SELECT id, account, letter, is_paused, attempts, next_at, problem_json, queued_at FROM bulk";
const BATCH: &str =
    "SELECT reference, bulk, position, state, attempts, next_at, seen FROM bulk_batch";
const RECIPIENT: &str =
    "SELECT bulk, line, recipient, batch, state, correspondence, problem_json FROM bulk_recipient";

fn read_bulk(row: &rusqlite::Row<'_>) -> rusqlite::Result<BulkRow> {
    Ok(BulkRow {
        id: row.get(0)?,
        account: row.get(1)?,
        letter: row.get(2)?,
        is_paused: row.get(3)?,
        attempts: row.get(4)?,
        next_at: row.get(5)?,
        problem_json: row.get(6)?,
        queued_at: row.get(7)?,
    })
}

fn read_batch(row: &rusqlite::Row<'_>) -> rusqlite::Result<BatchRow> {
    Ok(BatchRow {
        reference: row.get(0)?,
        bulk: row.get(1)?,
        position: row.get(2)?,
        state: row.get(3)?,
        attempts: row.get(4)?,
        next_at: row.get(5)?,
        seen: row.get(6)?,
    })
}

fn read_recipient(row: &rusqlite::Row<'_>) -> rusqlite::Result<RecipientRow> {
    Ok(RecipientRow {
        bulk: row.get(0)?,
        line: row.get(1)?,
        recipient: row.get(2)?,
        batch: row.get(3)?,
        state: row.get(4)?,
        correspondence: row.get(5)?,
        problem_json: row.get(6)?,
    })
}

impl Reader<'_> {
    /// One bulk.
    pub fn bulk(&self, id: &str) -> Result<Option<BulkRow>> {
        one(self.sql, &format!("{BULK} WHERE id = ?1"), [id], read_bulk)
    }

    /// Every bulk of an account, newest first.
    pub fn bulks(&self, account: &str) -> Result<Vec<BulkRow>> {
        many(
            self.sql,
            &format!("{BULK} WHERE account = ?1 ORDER BY queued_at DESC, id"),
            [account],
            read_bulk,
        )
    }

    /// Those with a batch to hand over or a copy to keep that neither the user nor a problem holds, oldest first.
    pub fn moving_bulks(&self) -> Result<Vec<BulkRow>> {
        many(
            self.sql,
            &format!(
                "{BULK} WHERE is_paused = 0 AND problem_json IS NULL AND (
                   EXISTS (SELECT 1 FROM bulk_batch AS b WHERE b.bulk = bulk.id AND b.state <> 'done')
                   OR EXISTS (SELECT 1 FROM bulk_recipient AS r
                     WHERE r.bulk = bulk.id AND r.is_kept = 0 AND r.correspondence IS NOT NULL))
                 ORDER BY queued_at, id"
            ),
            [],
            read_bulk,
        )
    }

    /// The batch whose turn is next, now or later.
    pub fn next_batch(&self, bulk: &str) -> Result<Option<BatchRow>> {
        one(
            self.sql,
            &format!(
                "{BATCH} WHERE bulk = ?1 AND state <> 'done' ORDER BY next_at, position LIMIT 1"
            ),
            [bulk],
            read_batch,
        )
    }

    /// A batch.
    pub fn batch(&self, reference: &str) -> Result<Option<BatchRow>> {
        one(
            self.sql,
            &format!("{BATCH} WHERE reference = ?1"),
            [reference],
            read_batch,
        )
    }

    /// Recipients of a batch that wait, by line.
    pub fn waiting_of_batch(&self, reference: &str) -> Result<Vec<RecipientRow>> {
        many(
            self.sql,
            &format!("{RECIPIENT} WHERE batch = ?1 AND state = 'waiting' ORDER BY line"),
            [reference],
            read_recipient,
        )
    }

    /// Every recipient of a bulk, by line.
    pub fn bulk_recipients(&self, bulk: &str) -> Result<Vec<RecipientRow>> {
        many(
            self.sql,
            &format!("{RECIPIENT} WHERE bulk = ?1 ORDER BY line"),
            [bulk],
            read_recipient,
        )
    }

    /// Recipients whose letter is at Altinn and whose copy is not under Sent; at most `limit`.
    pub fn unkept_recipients(&self, bulk: &str, limit: u32) -> Result<Vec<RecipientRow>> {
        many(
            self.sql,
            &format!(
                "{RECIPIENT} WHERE bulk = ?1 AND is_kept = 0 AND correspondence IS NOT NULL ORDER BY line LIMIT ?2"
            ),
            (bulk, limit),
            read_recipient,
        )
    }

    /// Whether Altinn has taken the letter of a bulk for anybody.
    pub fn is_bulk_proven(&self, bulk: &str) -> Result<bool> {
        Ok(one(
            self.sql,
            "SELECT EXISTS (SELECT 1 FROM bulk_recipient WHERE bulk = ?1 AND correspondence IS NOT NULL)",
            [bulk],
            |row| row.get(0),
        )?
        .unwrap_or(false))
    }

    /// How many recipients of a bulk there are of each kind.
    pub fn bulk_counts(&self, bulk: &str) -> Result<BulkCounts> {
        let rows: Vec<(RecipientState, u32)> = many(
            self.sql,
            "SELECT state, count(*) FROM bulk_recipient WHERE bulk = ?1 GROUP BY state",
            [bulk],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        let mut counts = BulkCounts::default();
        for (state, count) in rows {
            match state {
                RecipientState::Waiting => counts.waiting = count,
                RecipientState::Accepted => counts.accepted = count,
                RecipientState::Reserved => counts.reserved = count,
                RecipientState::Doubled => counts.doubled = count,
                RecipientState::Refused => counts.refused = count,
            }
        }
        Ok(counts)
    }
}

impl Writer<'_> {
    /// Adds a bulk.
    pub fn insert_bulk(&self, bulk: &BulkRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO bulk (id, account, letter, is_paused, attempts, next_at, problem_json, queued_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                &bulk.id,
                &bulk.account,
                &bulk.letter,
                bulk.is_paused,
                bulk.attempts,
                bulk.next_at,
                &bulk.problem_json,
                bulk.queued_at,
            ),
        )?;
        Ok(())
    }

    /// Stores what changes of a bulk: whether it is held, its attempts, its time and its problem.
    pub fn save_bulk(&self, bulk: &BulkRow) -> Result<()> {
        run(
            self.sql,
            "UPDATE bulk SET is_paused = ?2, attempts = ?3, next_at = ?4, problem_json = ?5 WHERE id = ?1",
            (
                &bulk.id,
                bulk.is_paused,
                bulk.attempts,
                bulk.next_at,
                &bulk.problem_json,
            ),
        )?;
        Ok(())
    }

    /// Adds a batch. A second one of the same reference is an error.
    pub fn insert_batch(&self, batch: &BatchRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO bulk_batch (reference, bulk, position, state, attempts, next_at, seen)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                &batch.reference,
                &batch.bulk,
                batch.position,
                batch.state,
                batch.attempts,
                batch.next_at,
                batch.seen,
            ),
        )?;
        Ok(())
    }

    /// Stores a transition of a batch.
    pub fn save_batch(&self, batch: &BatchRow) -> Result<()> {
        run(
            self.sql,
            "UPDATE bulk_batch SET state = ?2, attempts = ?3, next_at = ?4, seen = ?5 WHERE reference = ?1",
            (
                &batch.reference,
                batch.state,
                batch.attempts,
                batch.next_at,
                batch.seen,
            ),
        )?;
        Ok(())
    }

    /// Adds a line. A second one of the same line or recipient is an error.
    pub fn insert_bulk_recipient(&self, recipient: &RecipientRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO bulk_recipient (bulk, line, recipient, batch, state, correspondence, problem_json)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                &recipient.bulk,
                recipient.line,
                &recipient.recipient,
                &recipient.batch,
                recipient.state,
                &recipient.correspondence,
                &recipient.problem_json,
            ),
        )?;
        Ok(())
    }

    /// Stores what became of a line. Its batch stays untouched, which has an index and a parent to be looked up.
    pub fn settle_bulk_recipient(&self, recipient: &RecipientRow) -> Result<()> {
        run(
            self.sql,
            "UPDATE bulk_recipient SET state = ?3, correspondence = ?4, problem_json = ?5 WHERE bulk = ?1 AND line = ?2",
            (
                &recipient.bulk,
                recipient.line,
                recipient.state,
                &recipient.correspondence,
                &recipient.problem_json,
            ),
        )?;
        Ok(())
    }

    /// Puts a line into another batch.
    pub fn move_bulk_recipient(&self, recipient: &RecipientRow, batch: &str) -> Result<()> {
        run(
            self.sql,
            "UPDATE bulk_recipient SET batch = ?3 WHERE bulk = ?1 AND line = ?2",
            (&recipient.bulk, recipient.line, batch),
        )?;
        Ok(())
    }

    /// Notes that our copy of a line is under Sent.
    pub fn set_bulk_kept(&self, bulk: &str, line: u32) -> Result<()> {
        run(
            self.sql,
            "UPDATE bulk_recipient SET is_kept = 1 WHERE bulk = ?1 AND line = ?2",
            (bulk, line),
        )?;
        Ok(())
    }

    /// Makes all waiting batches due now. One that may be at Altinn keeps its time.
    pub fn hasten_bulks(&self, now: i64) -> Result<usize> {
        run(
            self.sql,
            "UPDATE bulk SET next_at = ?1 WHERE next_at > ?1",
            [now],
        )?;
        run(
            self.sql,
            "UPDATE bulk_batch SET next_at = ?1 WHERE state = 'queued' AND next_at > ?1",
            [now],
        )
    }
}
