//! Between drafts and the outbox, both ways.

use super::freeze::keep;
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
        let outgoing = self.outgoing(id.clone(), version).await?;
        if !outgoing.problems.is_empty() {
            return Ok(SendOutcome::Refused {
                problems: outgoing.problems,
            });
        }
        let now = outgoing.now;
        let (draft, frozen) = self.freeze(outgoing)?;
        let receipt = SendReceipt {
            items: frozen.items.iter().map(|item| item.id.clone()).collect(),
            publish_at: frozen.letter.publish_at.unwrap_or(now),
        };
        self.store
            .try_write(move |tx| {
                keep(tx, &frozen, version, now)?;
                let mut items = frozen.items.iter();
                items.try_for_each(|item| tx.insert_outbox_item(item))?;
                Ok::<_, Error>(())
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
