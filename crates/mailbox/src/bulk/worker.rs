//! The worker of letters to many: one call at a time, so that whatever the user sends by itself goes ahead of them.

use super::perform::Call;
use super::row;
use super::state::{self, Act, Outcome, Phase};
use crate::outbox::freeze::SentCopy;
use crate::outbox::perform::Job;
use crate::outbox::row as outbox_row;
use crate::outbox::state as outbox;
use crate::view::{Change, Problem};
use crate::{Error, Mailbox, Result};
use mailbox_store::{
    BatchRow, BatchState, BulkRow, LetterRow, OutboxRow, OutboxState, RecipientRow, StoreError,
    UploadRow,
};
use std::collections::HashMap;
use std::time::Duration;

/// Copies kept under Sent in one write.
const KEPT_AT_ONCE: u32 = 200;
/// The longest wait that [`Mailbox::drain_bulk`] sits out, milliseconds.
const LONGEST_WAIT: i64 = 300_000;
/// How long to wait before asking about a scan again.
const POLL: Duration = Duration::from_millis(500);

/// Whether there is more to do for a bulk.
enum Turn {
    Moved,
    Sleeps(Option<i64>),
}

impl Mailbox {
    /// Works on letters to many until every one rests or waits; when the next wait ends, if there is one.
    ///
    /// # Errors
    /// What the store says; what Altinn says is in the report of each.
    pub async fn run_bulk(&self) -> Result<Option<i64>> {
        let _turn = self.engine.bulk_turn.lock().await;
        loop {
            self.hasten_if_back().await?;
            let bulks = self.store.read(|reader| reader.moving_bulks()).await?;
            let (mut is_moving, mut soonest) = (false, None);
            for bulk in bulks {
                match self.turn_bulk(&bulk).await? {
                    Turn::Moved => is_moving = true,
                    Turn::Sleeps(until) => soonest = [soonest, until].into_iter().flatten().min(),
                }
            }
            if !is_moving {
                return Ok(soonest);
            }
        }
    }

    /// Hands over every letter to many and sits out the waits, those for a lost answer too: for the terminal. Returns when
    /// nothing is left to do, when the network is gone, or when a wait is longer than five minutes.
    ///
    /// # Errors
    /// What the store says.
    pub async fn drain_bulk(&self) -> Result<()> {
        while let Some(next) = self.run_bulk().await? {
            let wait = next - self.clock.now();
            let is_cut_off = self.line(|line| line.offline_since.is_some() || line.is_refused);
            if is_cut_off || wait > LONGEST_WAIT {
                break;
            }
            tokio::time::sleep(Duration::from_millis(
                u64::try_from(wait).unwrap_or(0).max(1),
            ))
            .await;
        }
        Ok(())
    }

    /// Takes a bulk one step further.
    async fn turn_bulk(&self, bulk: &BulkRow) -> Result<Turn> {
        let (id, of) = (bulk.id.clone(), bulk.letter.clone());
        let now = self.clock.now();
        let (batch, letter, uploads, waiting) = self
            .store
            .read(move |reader| {
                let batch = reader.next_batch(&id)?;
                let waiting = match &batch {
                    Some(batch) => reader.waiting_of_batch(&batch.reference)?,
                    None => Vec::new(),
                };
                Ok((batch, reader.letter(&of)?, reader.uploads(&of)?, waiting))
            })
            .await?;
        let (Some(letter), Ok(account)) = (letter, self.account(&bulk.account)) else {
            // The account is not part of this run; the letter waits for one in which it is.
            return Ok(Turn::Sleeps(None));
        };
        let Some(stored) = batch else {
            return self.keep_copies(bulk, &letter, &uploads).await;
        };
        let batch = row::batch(&stored, &waiting);
        let act = state::next(&batch, now);
        if let Act::Sleep(until) = act {
            return Ok(match self.keep_copies(bulk, &letter, &uploads).await? {
                Turn::Moved => Turn::Moved,
                Turn::Sleeps(_) => Turn::Sleeps(Some(until)),
            });
        }
        if batch.phase == Phase::Queued
            && let Some(turn) = self.carry_files(bulk, &letter, &uploads, now).await?
        {
            return Ok(turn);
        }
        let begun = state::begin(&batch, act, now);
        let begun_row = row::fill(&stored, &begun);
        self.store
            .write(move |tx| tx.save_batch(&begun_row))
            .await?;
        let call = Call {
            account,
            letter: &letter,
            uploads: &uploads,
            reference: &stored.reference,
            recipients: &begun.recipients,
        };
        let outcome = self.perform_batch(&call, act).await;
        self.finish_batch(bulk, &letter, stored, waiting, (begun, act, outcome))
            .await?;
        Ok(Turn::Moved)
    }

    /// Commits what came of an act.
    async fn finish_batch(
        &self,
        bulk: &BulkRow,
        letter: &LetterRow,
        stored: BatchRow,
        waiting: Vec<RecipientRow>,
        (begun, act, outcome): (state::Batch, Act, Outcome),
    ) -> Result<()> {
        let (now, fraction) = (self.clock.now(), self.ids.fraction());
        let reference = crate::draft::from_json::<crate::view::DraftText>(&letter.text_json)
            .map(|text| text.reference)
            .unwrap_or_default();
        // A batch is at most halved, or followed by one with those who are missing.
        let references = [(); 2].map(|()| self.batch_reference(&reference));
        let id = bulk.id.clone();
        self.store
            .try_write(move |tx| {
                let is_proven =
                    matches!(outcome, Outcome::Refused { .. }) && tx.is_bulk_proven(&id)?;
                let step = state::transition(&begun, act, outcome, now, fraction, is_proven);
                let rows: HashMap<&str, &RecipientRow> = waiting
                    .iter()
                    .map(|row| (row.recipient.as_str(), row))
                    .collect();
                for (recipient, fate) in &step.fates {
                    if let Some(before) = rows.get(recipient.as_str()) {
                        tx.settle_bulk_recipient(&row::settled(before, fate))?;
                    }
                }
                for (part, reference) in step.parts.iter().zip(references) {
                    tx.insert_batch(&BatchRow {
                        reference: reference.clone(),
                        bulk: id.clone(),
                        position: stored.position,
                        state: BatchState::Queued,
                        attempts: 0,
                        next_at: now,
                        seen: None,
                    })?;
                    for before in part.iter().filter_map(|name| rows.get(name.as_str())) {
                        tx.move_bulk_recipient(before, &reference)?;
                    }
                }
                tx.save_batch(&row::fill(&stored, &step.batch))?;
                if let Some(problem) = &step.stop
                    && let Some(bulk) = tx.bulk(&id)?
                {
                    tx.save_bulk(&stopped(bulk, problem)?)?;
                }
                Ok::<_, Error>(())
            })
            .await?;
        self.changes.tell(vec![Change::Folders {
            account: bulk.account.clone(),
        }]);
        Ok(())
    }

    /// Brings the letter's files to Altinn by the outbox's own rules; none when all are there.
    async fn carry_files(
        &self,
        bulk: &BulkRow,
        letter: &LetterRow,
        uploads: &[UploadRow],
        now: i64,
    ) -> Result<Option<Turn>> {
        let item = carrier(bulk, letter, uploads);
        let act = outbox::next(&item, now);
        match &act {
            outbox::Act::Submit => return Ok(None),
            outbox::Act::Sleep(until) => return Ok(Some(Turn::Sleeps(Some(*until)))),
            _ => {}
        }
        let begun = outbox::begin(&item, &act);
        self.save_files(bulk, uploads, &begun).await?;
        let outcome = if matches!(act, outbox::Act::Stick(_) | outbox::Act::Rest) {
            outbox::Outcome::Unsure
        } else {
            let rows = uploads.iter().zip(&begun.uploads);
            let rows = rows.map(|(row, upload)| outbox_row::fill_upload(row, upload));
            let job = Job::of_files(carrier_row(bulk, now), rows.collect());
            self.perform(&job, &act).await
        };
        let after = outbox::transition(
            &begun,
            &act,
            &outcome,
            self.clock.now(),
            self.ids.fraction(),
        );
        self.save_files(bulk, uploads, &after).await?;
        if matches!(outcome, outbox::Outcome::Scan(outbox::Scan::Waiting { .. })) {
            tokio::time::sleep(POLL).await;
        }
        Ok(Some(Turn::Moved))
    }

    async fn save_files(
        &self,
        bulk: &BulkRow,
        uploads: &[UploadRow],
        item: &outbox::Item,
    ) -> Result<()> {
        let rows = uploads.iter().zip(&item.uploads);
        let rows: Vec<UploadRow> = rows
            .map(|(row, upload)| outbox_row::fill_upload(row, upload))
            .collect();
        let (id, item) = (bulk.id.clone(), item.clone());
        self.store
            .try_write(move |tx| {
                rows.iter().try_for_each(|row| tx.save_upload(row))?;
                let Some(bulk) = tx.bulk(&id)? else {
                    return Ok(());
                };
                let bulk = BulkRow {
                    attempts: item.attempts,
                    next_at: item.wait.map_or(bulk.next_at, |wait| wait.until),
                    ..bulk
                };
                match &item.phase {
                    outbox::Phase::Stuck(problem) => tx.save_bulk(&stopped(bulk, problem)?)?,
                    _ => tx.save_bulk(&bulk)?,
                }
                Ok::<_, Error>(())
            })
            .await
    }

    /// Puts our copies of what Altinn has under Sent, some at a time.
    async fn keep_copies(
        &self,
        bulk: &BulkRow,
        letter: &LetterRow,
        uploads: &[UploadRow],
    ) -> Result<Turn> {
        let now = self.clock.now();
        let (id, queued_at) = (bulk.id.clone(), bulk.queued_at);
        let (letter, uploads) = (letter.clone(), uploads.to_vec());
        let kept = self
            .store
            .write(move |tx| {
                let rows = tx.unkept_recipients(&id, KEPT_AT_ONCE)?;
                if rows.is_empty() {
                    return Ok(0);
                }
                let copy = SentCopy::of(tx, &letter, &uploads, queued_at, now)?;
                for row in &rows {
                    if let Some(correspondence) = &row.correspondence {
                        copy.keep(tx, &row.recipient, correspondence, Some(&row.batch))?;
                    }
                    tx.set_bulk_kept(&id, row.line)?;
                }
                Ok::<_, StoreError>(rows.len())
            })
            .await?;
        if kept == 0 {
            return Ok(Turn::Sleeps(None));
        }
        let account = bulk.account.clone();
        self.changes.tell(vec![
            Change::List {
                account: account.clone(),
            },
            Change::Folders { account },
        ]);
        self.engine
            .follow
            .send_modify(|letters| *letters += kept as u64);
        Ok(Turn::Moved)
    }
}

fn stopped(bulk: BulkRow, problem: &Problem) -> Result<BulkRow> {
    Ok(BulkRow {
        problem_json: Some(crate::draft::to_json(problem)?),
        ..bulk
    })
}

/// The files of the bulk as the outbox knows them: a letter that is never handed over.
fn carrier(bulk: &BulkRow, letter: &LetterRow, uploads: &[UploadRow]) -> outbox::Item {
    let text = crate::draft::from_json::<crate::view::DraftText>(&letter.text_json);
    outbox::Item {
        phase: outbox::Phase::Queued,
        uploads: uploads.iter().map(outbox_row::upload).collect(),
        is_paused: false,
        attempts: bulk.attempts,
        wait: Some(outbox::Wait {
            until: bulk.next_at,
            reason: crate::view::ErrorCode::Slow,
        }),
        due_at: text.ok().and_then(|text| text.due_at),
        publish_at: letter.publish_at,
    }
}

fn carrier_row(bulk: &BulkRow, now: i64) -> OutboxRow {
    OutboxRow {
        id: bulk.id.clone(),
        account: bulk.account.clone(),
        letter: bulk.letter.clone(),
        position: 0,
        recipient: String::new(),
        recipient_name: String::new(),
        state: OutboxState::Queued,
        resume: OutboxState::Queued,
        attempts: bulk.attempts,
        next_at: bulk.next_at,
        reason_json: None,
        correspondence: None,
        queued_at: bulk.queued_at,
        publish_at: None,
        changed_at: now,
        thread: String::new(),
        due_at: None,
    }
}
