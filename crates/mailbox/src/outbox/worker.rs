//! The worker of the outbox: it takes the next due letter, commits what it is about to do, does it, and commits what
//! came of it. Killed between any two of these, it goes on from the store.

use super::perform::Job;
use super::state::{self, Act, Item, Outcome, Phase, Scan};
use super::{freeze, row};
use crate::view::Change;
use crate::{Error, Mailbox, Result};
use mailbox_store::{OutboxRow, OutboxState, Reader, StoreError, UploadRow};
use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinSet;

/// Letters looked at in one go; more follow as these move.
const AT_ONCE: u32 = 64;
/// So many left under way make room for others.
const REFILL: usize = 32;
/// How long to wait before asking about a scan again: the first time, and at most.
const FIRST_POLL: Duration = Duration::from_millis(100);
const LONGEST_POLL: Duration = Duration::from_secs(10);
/// How long [`Mailbox::drain_outbox`] sits out waits that Altinn or a fault has caused.
const PATIENCE: i64 = 120_000;

/// An item as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) row: OutboxRow,
    pub(crate) uploads: Vec<UploadRow>,
    pub(crate) item: Item,
}

impl Stored {
    /// The item with this id; none when it is gone or was taken back.
    pub(crate) fn load(reader: &Reader<'_>, id: &str) -> Result<Option<Self>, StoreError> {
        let Some(row) = reader.outbox_item(id)? else {
            return Ok(None);
        };
        if row.state == OutboxState::Cancelled {
            return Ok(None);
        }
        let uploads = reader.uploads(&row.letter)?;
        let item = row::item(&row, &uploads);
        Ok(Some(Self { row, uploads, item }))
    }

    /// The same with what `item` is now.
    pub(crate) fn with(&self, item: Item, now: i64) -> Self {
        let uploads = self.uploads.iter().zip(&item.uploads);
        Self {
            row: row::fill(&self.row, &item, now),
            uploads: uploads
                .map(|(row, upload)| row::fill_upload(row, upload))
                .collect(),
            item,
        }
    }

    /// Stores `self` in place of `before`.
    pub(crate) fn save(
        &self,
        tx: &mailbox_store::Writer<'_>,
        before: &Self,
    ) -> Result<(), StoreError> {
        tx.save_outbox_item(before.row.state, &self.row)?;
        for (upload, before) in self.uploads.iter().zip(&before.uploads) {
            if upload != before {
                tx.save_upload(upload)?;
            }
        }
        Ok(())
    }
}

impl Mailbox {
    /// Sends everything that is due, marks and wanted files included, and sits out short waits: for the terminal.
    /// Returns when nothing is left to do, when the network is gone, or after two minutes of waiting.
    ///
    /// # Errors
    /// What the store says; what Altinn says is in the items.
    pub async fn drain_outbox(&self) -> Result<()> {
        let begun = self.clock.now();
        loop {
            let next = [self.run_outbox().await?, self.run_intents().await?];
            let Some(next) = next.into_iter().flatten().min() else {
                return Ok(());
            };
            let now = self.clock.now();
            let is_cut_off = self.line(|line| line.offline_since.is_some() || line.is_refused);
            if is_cut_off || next - begun > PATIENCE {
                return Ok(());
            }
            let wait = u64::try_from(next - now).unwrap_or(0).max(1);
            tokio::time::sleep(Duration::from_millis(wait)).await;
        }
    }

    /// Works until every item rests or waits; when the next wait ends, if there is one.
    ///
    /// # Errors
    /// What the store says; what Altinn says is in the items.
    pub async fn run_outbox(&self) -> Result<Option<i64>> {
        let _turn = self.engine.outbox_turn.lock().await;
        let mut running: JoinSet<(String, Result<()>)> = JoinSet::new();
        let mut active = HashSet::new();
        let mut is_woken = true;
        loop {
            self.hasten_if_back().await?;
            // Asked for again only when there is room for many: a long queue is not searched for each letter that leaves.
            if is_woken || running.len() <= REFILL {
                for letter in self.due_letters().await? {
                    if active.insert(letter.clone()) {
                        let worker = self.clone();
                        running.spawn(async move {
                            let done = worker.drive_letter(&letter).await;
                            (letter, done)
                        });
                    }
                }
            }
            if running.is_empty() {
                return Ok(self.store.read(|reader| reader.next_outbox_at()).await?);
            }
            is_woken = false;
            tokio::select! {
                () = self.engine.wake_outbox.notified() => is_woken = true,
                ended = running.join_next() => match ended {
                    Some(Ok((letter, done))) => {
                        active.remove(&letter);
                        done?;
                    }
                    Some(Err(error)) => return Err(Error::internal(error.to_string())),
                    None => {}
                },
            }
        }
    }

    /// Ends all waits for the network when it has come back.
    pub(crate) async fn hasten_if_back(&self) -> Result<()> {
        if self.engine.is_back.swap(false, Ordering::SeqCst) {
            let now = self.clock.now();
            self.store
                .write(move |tx| {
                    tx.hasten_outbox(now)?;
                    tx.hasten_bulks(now)?;
                    tx.hasten_intents(now)
                })
                .await?;
            self.engine.wake_all();
        }
        Ok(())
    }

    async fn due_letters(&self) -> Result<Vec<String>> {
        let now = self.clock.now();
        Ok(self
            .store
            .read(move |reader| reader.due_letters(now, AT_ONCE))
            .await?)
    }

    /// Takes the items of a letter forward, one after the other, for they share their files.
    async fn drive_letter(&self, letter: &str) -> Result<()> {
        let id = letter.to_owned();
        let items = self
            .store
            .read(move |reader| reader.outbox_of_letter(&id))
            .await?;
        for item in items {
            self.drive_item(&item.id).await?;
        }
        Ok(())
    }

    /// Takes an item forward until it rests or waits.
    async fn drive_item(&self, id: &str) -> Result<()> {
        let mut poll = FIRST_POLL;
        loop {
            let Some((stored, act)) = self.begin_act(id).await? else {
                return Ok(());
            };
            let outcome = self.perform(&Job::of(&stored), &act).await;
            self.finish_act(id, &act, &outcome).await?;
            if matches!(outcome, Outcome::Scan(Scan::Waiting { .. })) {
                tokio::time::sleep(poll).await;
                poll = (poll * 2).min(LONGEST_POLL);
            } else {
                poll = FIRST_POLL;
            }
        }
    }

    /// Decides what comes next and commits that it is about to be done; none when there is nothing to do now.
    async fn begin_act(&self, id: &str) -> Result<Option<(Stored, Act)>> {
        let (id, now) = (id.to_owned(), self.clock.now());
        let asked = id.clone();
        let found = self
            .store
            .read(move |reader| Stored::load(reader, &asked))
            .await?;
        let Some(found) = found else {
            return Ok(None);
        };
        match state::next(&found.item, now) {
            Act::Rest | Act::Sleep(_) => return Ok(None),
            // Nothing is counted for asking how a scan goes: it changes nothing at Altinn.
            act @ Act::Ask(..) => return Ok(Some((found, act))),
            _ => {}
        }
        let begun = self
            .store
            .write(move |tx| {
                let Some(before) = Stored::load(tx, &id)? else {
                    return Ok(None);
                };
                let act = state::next(&before.item, now);
                if matches!(act, Act::Rest | Act::Sleep(_)) || tx.is_held_up(&id)? {
                    return Ok(None);
                }
                let after = before.with(state::begin(&before.item, &act), now);
                after.save(tx, &before)?;
                Ok(Some((after, act)))
            })
            .await?;
        if let Some((stored, _)) = &begun {
            self.tell_outbox(stored);
        }
        Ok(begun)
    }

    /// Commits what came of an act, on top of what the user may have done meanwhile.
    async fn finish_act(&self, id: &str, act: &Act, outcome: &Outcome) -> Result<()> {
        let (id, act, outcome) = (id.to_owned(), act.clone(), outcome.clone());
        let (now, fraction) = (self.clock.now(), self.ids.fraction());
        let finished = self
            .store
            .write(move |tx| {
                let Some(before) = Stored::load(tx, &id)? else {
                    return Ok(None);
                };
                let item = state::transition(&before.item, &act, &outcome, now, fraction);
                if item == before.item {
                    return Ok(None);
                }
                let after = before.with(item, now);
                after.save(tx, &before)?;
                if let Phase::Accepted(correspondence) = after.item.phase {
                    freeze::keep_sent(tx, &after, correspondence, now)?;
                }
                Ok(Some(after))
            })
            .await?;
        if let Some(stored) = finished {
            self.tell_outbox(&stored);
            if matches!(stored.item.phase, Phase::Accepted(_)) {
                self.engine.follow.send_modify(|letters| *letters += 1);
            }
        }
        Ok(())
    }

    pub(crate) fn tell_outbox(&self, stored: &Stored) {
        let account = stored.row.account.clone();
        self.changes.tell(vec![
            Change::Outbox {
                id: stored.row.id.clone(),
            },
            Change::List {
                account: account.clone(),
            },
            Change::Folders { account },
        ]);
    }

    /// Letters of all accounts that are still in the outbox.
    pub(crate) async fn waiting_letters(&self) -> Result<u32> {
        let accounts: Vec<String> = self
            .accounts
            .iter()
            .map(|account| account.config.id.clone())
            .collect();
        let count = self
            .store
            .read(move |reader| {
                let mut count = 0;
                for account in &accounts {
                    count += reader.outbox(account)?.len();
                }
                Ok(count)
            })
            .await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
