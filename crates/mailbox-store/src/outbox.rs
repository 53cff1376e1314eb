//! Letters on their way, one row a recipient.

use crate::error::Result;
use crate::pool::{Reader, Writer};
use crate::row::{many, one, run, stored_as_text};

/// Where a letter is on its way (architecture, journey 3). What may follow what is the engine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OutboxState {
    /// Waits for its turn.
    Queued,
    /// Files are going.
    Uploading,
    /// Files are being scanned.
    Scanning,
    /// Being handed over; unsure until answered.
    Submitting,
    /// Tries again later, from `resume`.
    Waiting,
    /// Held by the user; goes on from `resume`.
    Paused,
    /// Needs the user.
    Stuck,
    /// Altinn has it.
    Accepted,
    /// Taken back by the user.
    Cancelled,
}

stored_as_text!(OutboxState {
    Queued = "queued",
    Uploading = "uploading",
    Scanning = "scanning",
    Submitting = "submitting",
    Waiting = "waiting",
    Paused = "paused",
    Stuck = "stuck",
    Accepted = "accepted",
    Cancelled = "cancelled",
});

/// A letter on its way to one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Outbox id, a UUID: also the idempotent key, so that it is stored before the first submit.
    pub id: String,
    /// Account id.
    pub account: String,
    /// Letter id.
    pub letter: String,
    /// Among the recipients of the letter.
    pub position: u32,
    /// URN.
    pub recipient: String,
    /// Name as known when queued.
    pub recipient_name: String,
    /// Where.
    pub state: OutboxState,
    /// Where a waiting or paused item goes on.
    pub resume: OutboxState,
    /// Counted before they are made.
    pub attempts: u32,
    /// Not before.
    pub next_at: i64,
    /// Why it waits or is stuck, as the engine writes it.
    pub reason_json: Option<String>,
    /// Altinn's id, once accepted.
    pub correspondence: Option<String>,
    /// When the user sent it.
    pub queued_at: i64,
    /// Publish time.
    pub publish_at: Option<i64>,
    /// Last change of state.
    pub changed_at: i64,
    /// The reference that the user gave; empty when none. Letters to one recipient with one reference are a
    /// conversation, and leave in order.
    pub thread: String,
    /// It must not leave after this.
    pub due_at: Option<i64>,
}

const ITEM: &str = "SELECT id, account, letter, position, recipient, recipient_name, state, resume,
     attempts, next_at, reason_json, correspondence, queued_at, publish_at, changed_at, thread, due_at FROM outbox_item";

/// Items that are on their way by themselves.
const MOVING: &str = "state IN ('queued', 'uploading', 'scanning', 'submitting', 'waiting')";

/// Items of `outbox_item AS item` that must wait for an earlier letter of their conversation. One that the user holds or
/// must look at holds nobody up: the user knows of it.
const HELD_UP: &str = "item.thread <> '' AND EXISTS (SELECT 1 FROM outbox_item AS earlier
       WHERE earlier.recipient = item.recipient AND earlier.thread = item.thread AND earlier.account = item.account
         AND earlier.thread <> '' AND earlier.state NOT IN ('accepted', 'cancelled')
         AND earlier.state NOT IN ('paused', 'stuck')
         AND (earlier.queued_at, earlier.rowid) < (item.queued_at, item.rowid))";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<OutboxRow> {
    Ok(OutboxRow {
        id: row.get(0)?,
        account: row.get(1)?,
        letter: row.get(2)?,
        position: row.get(3)?,
        recipient: row.get(4)?,
        recipient_name: row.get(5)?,
        state: row.get(6)?,
        resume: row.get(7)?,
        attempts: row.get(8)?,
        next_at: row.get(9)?,
        reason_json: row.get(10)?,
        correspondence: row.get(11)?,
        queued_at: row.get(12)?,
        publish_at: row.get(13)?,
        changed_at: row.get(14)?,
        thread: row.get(15)?,
        due_at: row.get(16)?,
    })
}

impl Reader<'_> {
    /// One item, whatever its state.
    pub fn outbox_item(&self, id: &str) -> Result<Option<OutboxRow>> {
        one(self.sql, &format!("{ITEM} WHERE id = ?1"), [id], read)
    }

    /// Items of an account that are neither accepted nor cancelled, oldest first.
    pub fn outbox(&self, account: &str) -> Result<Vec<OutboxRow>> {
        many(
            self.sql,
            &format!(
                "{ITEM} WHERE account = ?1 AND state NOT IN ('accepted', 'cancelled') ORDER BY queued_at, letter, position"
            ),
            [account],
            read,
        )
    }

    /// All items of a letter, in order of recipients.
    pub fn outbox_of_letter(&self, letter: &str) -> Result<Vec<OutboxRow>> {
        many(
            self.sql,
            &format!("{ITEM} WHERE letter = ?1 ORDER BY position"),
            [letter],
            read,
        )
    }

    /// Letters that have an item whose turn it is, of all accounts, those that have waited longest first; at most
    /// `limit`. A letter counts once however many its recipients are, so that it is overtaken by another.
    pub fn due_letters(&self, now: i64, limit: u32) -> Result<Vec<String>> {
        many(
            self.sql,
            &format!(
                "SELECT letter FROM outbox_item AS item WHERE {MOVING} AND next_at <= ?1 AND NOT ({HELD_UP})
                 GROUP BY letter ORDER BY min(next_at), min(queued_at), letter LIMIT ?2"
            ),
            (now, limit),
            |row| row.get(0),
        )
    }

    /// Whether an item must wait for an earlier letter of its conversation.
    pub fn is_held_up(&self, id: &str) -> Result<bool> {
        Ok(one(
            self.sql,
            &format!("SELECT {HELD_UP} FROM outbox_item AS item WHERE id = ?1"),
            [id],
            |row| row.get(0),
        )?
        .unwrap_or(false))
    }

    /// When the next item's turn comes; none when nothing is on its way.
    pub fn next_outbox_at(&self) -> Result<Option<i64>> {
        Ok(one(
            self.sql,
            &format!(
                "SELECT min(next_at) FROM outbox_item AS item WHERE {MOVING} AND NOT ({HELD_UP})"
            ),
            [],
            |row| row.get(0),
        )?
        .flatten())
    }
}

impl Writer<'_> {
    /// Adds an item. A second one with the same id is an error.
    pub fn insert_outbox_item(&self, item: &OutboxRow) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO outbox_item (id, account, letter, position, recipient, recipient_name, state,
               resume, attempts, next_at, reason_json, correspondence, queued_at, publish_at, changed_at, thread, due_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
            rusqlite::params![
                &item.id,
                &item.account,
                &item.letter,
                item.position,
                &item.recipient,
                &item.recipient_name,
                item.state,
                item.resume,
                item.attempts,
                item.next_at,
                &item.reason_json,
                &item.correspondence,
                item.queued_at,
                item.publish_at,
                item.changed_at,
                &item.thread,
                item.due_at,
            ],
        )?;
        Ok(())
    }

    /// Stores a transition; recipient and letter do not change. False when the stored state is not `from` (it
    /// moved meanwhile), and nothing is changed.
    pub fn save_outbox_item(&self, from: OutboxState, item: &OutboxRow) -> Result<bool> {
        let changed = run(
            self.sql,
            "UPDATE outbox_item SET state = ?3, resume = ?4, attempts = ?5, next_at = ?6, reason_json = ?7,
               correspondence = ?8, publish_at = ?9, changed_at = ?10 WHERE id = ?1 AND state = ?2",
            (
                &item.id,
                from,
                item.state,
                item.resume,
                item.attempts,
                item.next_at,
                &item.reason_json,
                &item.correspondence,
                item.publish_at,
                item.changed_at,
            ),
        )?;
        Ok(changed == 1)
    }

    /// Makes all waiting items due now: the network is back.
    pub fn hasten_outbox(&self, now: i64) -> Result<usize> {
        run(
            self.sql,
            "UPDATE outbox_item SET next_at = ?1 WHERE state = 'waiting' AND next_at > ?1",
            [now],
        )
    }
}
