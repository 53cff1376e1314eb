//! What the user can do with a letter that is on its way.

use super::row;
use super::state::{self, Item, Phase, UploadState};
use super::worker::Stored;
use crate::identity::{Identity, masked};
use crate::view::{
    self, Change, DraftFile, DraftFileState, DraftText, ErrorCode, OutboxItem, Party,
};
use crate::{Error, Mailbox, Result};
use mailbox_store::{
    DraftFileRow, DraftRow, IntentKind, LetterRow, OutboxState, Role, UploadRow, Writer,
};

impl Mailbox {
    /// A letter on its way; `NotFound` once Altinn has it, for it is under Sent then.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn outbox_item(&self, id: impl Into<String> + Send) -> Result<OutboxItem> {
        let id: String = id.into();
        let found = self
            .store
            .read(move |reader| {
                let Some(stored) = Stored::load(reader, &id)? else {
                    return Ok(None);
                };
                let letter = reader.letter(&stored.row.letter)?;
                Ok(letter.map(|letter| (stored, letter)))
            })
            .await?;
        let (stored, letter) = found.ok_or(Error::NotFound)?;
        if matches!(stored.item.phase, Phase::Accepted(_)) {
            return Err(Error::NotFound);
        }
        Ok(self.shown(&stored, &letter))
    }

    /// Tries again now; a stuck item starts over with the files that were refused.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn retry_outbox(&self, id: impl Into<String> + Send) -> Result<()> {
        let id: String = id.into();
        self.change_item(id, |item| Ok(state::retry(item))).await?;
        self.engine.wake_outbox.notify_one();
        Ok(())
    }

    /// Holds an item, or lets it go on.
    ///
    /// # Errors
    /// `OutboxBusy` while it is being handed over; `NotFound`; what the store says.
    pub async fn pause_outbox(&self, id: impl Into<String> + Send, is_paused: bool) -> Result<()> {
        let id: String = id.into();
        self.change_item(id, move |item| {
            if is_paused && !state::is_ours(item) {
                return Err(Error::rule(ErrorCode::OutboxBusy));
            }
            let mut item = item.clone();
            item.is_paused = is_paused;
            item.wait = None;
            Ok(item)
        })
        .await?;
        self.engine.wake_outbox.notify_one();
        Ok(())
    }

    /// Takes the letter to this one recipient out of the outbox; it becomes a draft again.
    ///
    /// # Errors
    /// `OutboxBusy` while it is being handed over; `NotFound`; what the store says.
    pub async fn cancel_outbox(&self, id: impl Into<String> + Send) -> Result<()> {
        let id: String = id.into();
        self.take_back(id, false).await.map(|_| ())
    }

    /// Deletes a sent letter that is not published yet; Altinn hears of it when it can.
    ///
    /// # Errors
    /// `AlreadyPublished` when its time has come; `NotFound`; what the store says.
    pub async fn undo_send(&self, message: impl Into<String> + Send) -> Result<()> {
        let message: String = message.into();
        let now = self.clock.now();
        let row = self
            .store
            .try_write(move |tx| {
                let row = tx
                    .message(&message)?
                    .filter(|row| row.role == Role::Sent)
                    .ok_or(Error::NotFound)?;
                if row.published_at.is_some()
                    || row.requested_publish_at.is_some_and(|at| at <= now)
                {
                    return Err(Error::rule(ErrorCode::AlreadyPublished));
                }
                tx.set_purge_asked(row.key, Some(now))?;
                tx.add_intent(&row.account, row.key, IntentKind::Purge, now)?;
                Ok(row)
            })
            .await?;
        self.tell_message(&row);
        self.engine.wake_intents.notify_one();
        Ok(())
    }

    async fn change_item(
        &self,
        id: String,
        change: impl Fn(&Item) -> Result<Item> + Send + 'static,
    ) -> Result<()> {
        let now = self.clock.now();
        let stored = self
            .store
            .try_write(move |tx| {
                let before = Stored::load(tx, &id)?.ok_or(Error::NotFound)?;
                if matches!(before.item.phase, Phase::Accepted(_)) {
                    return Err(Error::NotFound);
                }
                let after = before.with(change(&before.item)?, now);
                after.save(tx, &before)?;
                Ok(after)
            })
            .await?;
        self.tell_outbox(&stored);
        Ok(())
    }

    pub(super) async fn take_back(&self, id: String, is_whole_letter: bool) -> Result<String> {
        let now = self.clock.now();
        let new_id = self.ids.uuid().to_string();
        let file_ids: Vec<String> = (0..crate::rules::MOST_FILES)
            .map(|_| self.ids.uuid().to_string())
            .collect();
        let taken = self
            .store
            .try_write(move |tx| take_back(tx, &id, is_whole_letter, &new_id, &file_ids, now))
            .await?;
        self.changes.tell(vec![
            Change::Draft {
                id: taken.draft.clone(),
            },
            Change::List {
                account: taken.account.clone(),
            },
            Change::Folders {
                account: taken.account.clone(),
            },
        ]);
        self.drop_orphans(&taken);
        Ok(taken.draft)
    }

    /// Files that no letter will use are deleted at Altinn, as far as it can be reached: nothing lists them there.
    fn drop_orphans(&self, taken: &Taken) {
        let Ok(account) = self.account(&taken.account) else {
            return;
        };
        let (client, orphans) = (account.client.clone(), taken.orphans.clone());
        if !orphans.is_empty() {
            tokio::spawn(async move {
                for id in orphans {
                    let _ = client.delete_attachment(id).await;
                }
            });
        }
    }

    fn shown(&self, stored: &Stored, letter: &LetterRow) -> OutboxItem {
        let (step, steps) = state::steps(&stored.item);
        let row = &stored.row;
        OutboxItem {
            id: row.id.clone(),
            account: row.account.clone(),
            draft: letter.draft.clone(),
            title: letter.title.clone(),
            recipient: party(&row.recipient, &row.recipient_name),
            queued_at: row.queued_at,
            publish_at: row.publish_at,
            files: stored.uploads.iter().map(file).collect(),
            state: self.state_of(stored),
            step,
            steps,
        }
    }

    fn state_of(&self, stored: &Stored) -> view::OutboxState {
        let files = u32::try_from(stored.uploads.len()).unwrap_or(u32::MAX);
        match stored.row.state {
            OutboxState::Queued | OutboxState::Accepted | OutboxState::Cancelled => {
                view::OutboxState::Queued
            }
            OutboxState::Uploading => {
                let is_going = |state: &UploadState| {
                    !matches!(state, UploadState::Sent(_) | UploadState::Clean(_))
                };
                let at = stored
                    .item
                    .uploads
                    .iter()
                    .position(|upload| is_going(&upload.state))
                    .unwrap_or(0);
                let file = u32::try_from(at + 1).unwrap_or(u32::MAX);
                let live = self
                    .line(|line| line.uploads.clone())
                    .filter(|live| live.file == file);
                view::OutboxState::Uploading {
                    file,
                    files,
                    done: live.map_or(0, |live| live.done),
                    size: stored.uploads.get(at).map_or(0, |upload| upload.size),
                }
            }
            OutboxState::Scanning => view::OutboxState::Scanning,
            OutboxState::Submitting => view::OutboxState::Submitting,
            OutboxState::Waiting => view::OutboxState::Waiting {
                until: stored.row.next_at,
                attempts: stored.row.attempts,
                reason: stored
                    .item
                    .wait
                    .map_or(ErrorCode::Unsure, |wait| wait.reason),
            },
            OutboxState::Paused => view::OutboxState::Paused,
            OutboxState::Stuck => view::OutboxState::Stuck {
                reason: row::problem(&stored.row)
                    .unwrap_or_else(|| crate::error::problem_of(None, None)),
            },
        }
    }
}

/// What a letter left behind when it was taken back.
struct Taken {
    draft: String,
    account: String,
    orphans: Vec<uuid::Uuid>,
}

fn take_back(
    tx: &Writer<'_>,
    id: &str,
    is_whole_letter: bool,
    new_id: &str,
    file_ids: &[String],
    now: i64,
) -> Result<Taken> {
    let asked = Stored::load(tx, id)?.ok_or(Error::NotFound)?;
    if !state::is_ours(&asked.item) {
        return Err(match asked.item.phase {
            Phase::Accepted(_) => Error::NotFound,
            _ => Error::rule(ErrorCode::OutboxBusy),
        });
    }
    let letter = tx.letter(&asked.row.letter)?.ok_or(Error::NotFound)?;
    let rows = tx.outbox_of_letter(&letter.id)?;
    let mut back = Vec::new();
    let mut is_all = true;
    for row in rows
        .iter()
        .filter(|row| row.state != OutboxState::Cancelled)
    {
        let item = row::item(row, &asked.uploads);
        let is_meant = row.id == id || is_whole_letter;
        if is_meant && state::is_ours(&item) {
            back.push(row.clone());
        } else {
            is_all = false;
        }
    }
    let refusal = back
        .iter()
        .find_map(row::problem)
        .map(|problem| serde_json::to_string(&problem));
    let refusal = refusal
        .transpose()
        .map_err(|error| Error::internal(error.to_string()))?;
    let mut orphans = Vec::new();
    let is_untouched = is_all && rows.len() == back.len();
    let draft = if is_untouched {
        orphans.extend(
            asked
                .uploads
                .iter()
                .filter_map(|upload| upload.attachment.as_deref()?.parse::<uuid::Uuid>().ok()),
        );
        tx.delete_letter(&letter.id)?;
        tx.set_draft_sent(&letter.draft, None)?;
        tx.set_draft_refusal(&letter.draft, refusal.as_deref())?;
        letter.draft.clone()
    } else {
        for row in &back {
            let mut cancelled = row.clone();
            cancelled.state = OutboxState::Cancelled;
            cancelled.changed_at = now;
            tx.save_outbox_item(row.state, &cancelled)?;
        }
        copy_draft(tx, &letter, &back, refusal, new_id, file_ids, now)?;
        new_id.to_owned()
    };
    Ok(Taken {
        draft,
        account: letter.account,
        orphans,
    })
}

/// A new draft for the recipients in `back`: the others keep the letter as it is.
fn copy_draft(
    tx: &Writer<'_>,
    letter: &LetterRow,
    back: &[mailbox_store::OutboxRow],
    refusal_json: Option<String>,
    new_id: &str,
    file_ids: &[String],
    now: i64,
) -> Result<()> {
    let internal = |error: serde_json::Error| Error::internal(error.to_string());
    let mut text: DraftText = serde_json::from_str(&letter.text_json).map_err(internal)?;
    text.recipients = back.iter().map(|row| row.recipient.clone()).collect();
    let original = tx.draft(&letter.draft)?;
    let names: Vec<&str> = back
        .iter()
        .map(|row| row.recipient_name.as_str())
        .filter(|name| !name.is_empty())
        .collect();
    tx.insert_draft(&DraftRow {
        id: new_id.to_owned(),
        account: letter.account.clone(),
        version: 1,
        text_json: serde_json::to_string(&text).map_err(internal)?,
        counterpart: names.join(", "),
        title: letter.title.clone(),
        snippet: original.map(|draft| draft.snippet).unwrap_or_default(),
        refusal_json,
        created_at: now,
        saved_at: now,
        discarded_at: None,
        sent_at: None,
        file_count: 0,
    })?;
    for (file, id) in tx.draft_files(&letter.draft)?.into_iter().zip(file_ids) {
        tx.put_draft_file(&DraftFileRow {
            id: id.clone(),
            draft: new_id.to_owned(),
            ..file
        })?;
    }
    Ok(())
}

fn party(urn: &str, name: &str) -> Party {
    let identity = Identity::parse(urn);
    let number = identity
        .as_ref()
        .map_or_else(|_| masked(urn), Identity::shown);
    Party {
        name: if name.is_empty() {
            number.clone()
        } else {
            name.to_owned()
        },
        is_person: identity.is_ok_and(|identity| identity.is_person()),
        number,
    }
}

fn file(upload: &UploadRow) -> DraftFile {
    DraftFile {
        id: upload.id.clone(),
        name: upload.name.clone(),
        size: upload.size,
        media_type: upload.media_type.clone(),
        sha256: Some(upload.sha256.clone()).filter(|sum| !sum.is_empty()),
        is_same_content: false,
        state: DraftFileState::Ready,
    }
}
