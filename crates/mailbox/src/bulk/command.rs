//! What the user can do with a letter to many.

use crate::identity::Identity;
use crate::outbox::freeze::keep;
use crate::rules::MOST_RECIPIENTS;
use crate::view::{Change, ErrorCode, Field, Problem};
use crate::{Error, Mailbox, Result};
use mailbox_store::{BatchRow, BatchState, BulkRow, RecipientRow, RecipientState};
use std::collections::{BTreeMap, HashMap};

/// One line of a list of recipients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// In the list, from 1, as the user counts.
    pub number: u32,
    /// Who.
    pub recipient: Identity,
}

/// What became of a send to many.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkOutcome {
    /// Queued under this id; safe from here on.
    Queued(String),
    /// Rules are broken; nothing was queued and the draft is as it was.
    Refused(Vec<Problem>),
}

impl Mailbox {
    /// Hands a draft over to go to everybody on `lines`, in calls of up to 500 and without keys. The draft's own
    /// recipients play no part. When it returns `Queued`, the letter survives whatever happens to the program.
    ///
    /// # Errors
    /// `NotFound`; `DraftConflict` when `version` is not the stored one; what the store says.
    pub async fn send_bulk(
        &self,
        draft: impl Into<String> + Send,
        version: u32,
        lines: Vec<Line>,
    ) -> Result<BulkOutcome> {
        let mut outgoing = self.outgoing(draft.into(), version).await?;
        let problems = &mut outgoing.problems;
        problems.retain(|problem| problem.field != Field::Recipients);
        problems.extend(problems_of(&lines));
        if !problems.is_empty() {
            return Ok(BulkOutcome::Refused(outgoing.problems));
        }
        let now = outgoing.now;
        let (draft, frozen) = self.freeze(outgoing)?;
        let bulk = BulkRow {
            id: self.ids.uuid().to_string(),
            account: draft.account.clone(),
            letter: frozen.letter.id.clone(),
            is_paused: false,
            attempts: 0,
            next_at: now,
            problem_json: None,
            queued_at: now,
        };
        let (batches, recipients) = self.batches(&bulk, &draft.text.reference, &lines);
        let id = bulk.id.clone();
        self.store
            .try_write(move |tx| {
                keep(tx, &frozen, version, now)?;
                tx.insert_bulk(&bulk)?;
                batches.iter().try_for_each(|row| tx.insert_batch(row))?;
                let mut recipients = recipients.iter();
                recipients.try_for_each(|row| tx.insert_bulk_recipient(row))?;
                Ok::<_, Error>(())
            })
            .await?;
        self.changes
            .tell(crate::draft::draft_changes(&draft.id, &draft.account));
        self.engine.wake_bulk.notify_one();
        Ok(BulkOutcome::Queued(id))
    }

    /// Holds a letter to many after the call that is being made, or lets it go on, also after a problem.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn pause_bulk(&self, id: impl Into<String> + Send, is_paused: bool) -> Result<()> {
        let (id, now) = (id.into(), self.clock.now());
        let account = self
            .store
            .try_write(move |tx| {
                let bulk = tx.bulk(&id)?.ok_or(Error::NotFound)?;
                let problem_json = bulk.problem_json.clone().filter(|_| is_paused);
                tx.save_bulk(&BulkRow {
                    is_paused,
                    problem_json,
                    ..bulk.clone()
                })?;
                if !is_paused {
                    tx.hasten_bulks(now)?;
                }
                Ok::<_, Error>(bulk.account)
            })
            .await?;
        self.changes.tell(vec![Change::Folders { account }]);
        self.engine.wake_bulk.notify_one();
        Ok(())
    }

    fn batches(
        &self,
        bulk: &BulkRow,
        reference: &str,
        lines: &[Line],
    ) -> (Vec<BatchRow>, Vec<RecipientRow>) {
        let (mut batches, mut recipients) = (Vec::new(), Vec::new());
        for (position, part) in lines.chunks(MOST_RECIPIENTS).enumerate() {
            let batch = BatchRow {
                reference: self.batch_reference(reference),
                bulk: bulk.id.clone(),
                position: u32::try_from(position).unwrap_or(u32::MAX),
                state: BatchState::Queued,
                attempts: 0,
                next_at: bulk.queued_at,
                seen: None,
            };
            recipients.extend(part.iter().map(|line| RecipientRow {
                bulk: bulk.id.clone(),
                line: line.number,
                recipient: line.recipient.urn(),
                batch: batch.reference.clone(),
                state: RecipientState::Waiting,
                correspondence: None,
                problem_json: None,
            }));
            batches.push(batch);
        }
        (batches, recipients)
    }

    /// A sender's reference that no other call has: the user's own, so that people know it again, and an id.
    pub(super) fn batch_reference(&self, reference: &str) -> String {
        let id = self.ids.uuid().to_string();
        let mut room = crate::rules::LONGEST_REFERENCE.saturating_sub(id.len() + 1);
        let own: String = reference
            .trim()
            .chars()
            .take_while(|c| {
                let fits = c.len_utf16() <= room;
                room = room.saturating_sub(c.len_utf16());
                fits
            })
            .collect();
        format!("{own} {id}").trim().to_owned()
    }
}

/// What is wrong with a list as a whole.
fn problems_of(lines: &[Line]) -> Vec<Problem> {
    let problem = |code, params: BTreeMap<String, String>| Problem {
        field: Field::Recipients,
        code,
        params,
    };
    if lines.is_empty() {
        return vec![problem(ErrorCode::NoRecipients, BTreeMap::new())];
    }
    let mut seen: HashMap<&Identity, u32> = HashMap::new();
    let mut problems = Vec::new();
    for line in lines {
        if seen.insert(&line.recipient, line.number).is_some() {
            let name = [("name".to_owned(), line.recipient.shown())];
            problems.push(problem(ErrorCode::RecipientDuplicate, name.into()));
        }
    }
    problems
}
