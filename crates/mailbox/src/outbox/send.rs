//! Between drafts and the outbox, both ways.

use crate::view::{Change, Draft, SendOutcome, SendReceipt};
use crate::{Error, Mailbox, Result};

impl Mailbox {
    /// Hands a draft over to the outbox: checked by every rule known here, then frozen in one write. When it returns
    /// `Queued`, the letter survives whatever happens to the program.
    ///
    /// # Errors
    /// `NotFound`; `DraftConflict` when `version` is not the stored one; what the store says.
    pub async fn send_draft(
        &self,
        id: impl Into<String> + Send,
        version: u32,
    ) -> Result<SendOutcome> {
        let id: String = id.into();
        let draft = self.draft(id.clone()).await?;
        if draft.version != version {
            return Err(Error::DraftConflict {
                version: draft.version,
            });
        }
        let problems = self.check_draft(id.clone()).await?;
        if !problems.is_empty() {
            return Ok(SendOutcome::Refused { problems });
        }
        let account = self.account(&draft.account)?.clone();
        let now = self.clock.now();
        let undo = self.undo_window(account.config.environment).await?;
        let wanted = id.clone();
        let files = self
            .store
            .read(move |reader| reader.draft_files(&wanted))
            .await?;
        let frozen = self.freeze(&account, &draft, files, now, undo)?;
        let receipt = SendReceipt {
            items: frozen.items.iter().map(|item| item.id.clone()).collect(),
            publish_at: frozen.letter.publish_at.unwrap_or(now),
        };
        self.store
            .try_write(move |tx| {
                let stored = tx.draft(&id)?.ok_or(Error::NotFound)?;
                if stored.version != version {
                    return Err(Error::DraftConflict {
                        version: stored.version,
                    });
                }
                if stored.sent_at.is_some() || stored.discarded_at.is_some() {
                    return Err(Error::NotFound);
                }
                tx.insert_letter(&frozen.letter)?;
                frozen
                    .uploads
                    .iter()
                    .try_for_each(|upload| tx.insert_upload(upload))?;
                frozen
                    .items
                    .iter()
                    .try_for_each(|item| tx.insert_outbox_item(item))?;
                tx.set_draft_sent(&id, Some(now))?;
                Ok(())
            })
            .await?;
        let mut changes = vec![
            Change::Draft {
                id: draft.id.clone(),
            },
            Change::List {
                account: draft.account.clone(),
            },
            Change::Folders {
                account: draft.account,
            },
        ];
        changes.extend(
            receipt
                .items
                .iter()
                .map(|id| Change::Outbox { id: id.clone() }),
        );
        self.changes.tell(changes);
        self.engine.wake_outbox.notify_one();
        Ok(SendOutcome::Queued { receipt })
    }

    /// Takes the letter back as a draft, for all recipients it has not gone to, and gives the draft.
    ///
    /// # Errors
    /// `OutboxBusy` while it is being handed over; `NotFound`; what the store says.
    pub async fn edit_outbox(&self, id: impl Into<String> + Send) -> Result<Draft> {
        let id: String = id.into();
        let draft = self.take_back(id, true).await?;
        self.draft(draft).await
    }
}
