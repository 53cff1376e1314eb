//! Letters on their way.

use super::ui;
use crate::start::Shell;
use mailbox::view::{Draft, OutboxItem, UiError};

/// A letter on its way.
pub async fn outbox_item(shell: &Shell, id: String) -> Result<OutboxItem, UiError> {
    shell.mailbox().await?.outbox_item(id).await.map_err(ui)
}

/// Tries again now.
pub async fn retry_outbox(shell: &Shell, id: String) -> Result<(), UiError> {
    shell.mailbox().await?.retry_outbox(id).await.map_err(ui)
}

/// Holds, or lets go.
pub async fn pause_outbox(shell: &Shell, id: String, is_paused: bool) -> Result<(), UiError> {
    shell
        .mailbox()
        .await?
        .pause_outbox(id, is_paused)
        .await
        .map_err(ui)
}

/// Makes a draft of it again.
pub async fn edit_outbox(shell: &Shell, id: String) -> Result<Draft, UiError> {
    shell.mailbox().await?.edit_outbox(id).await.map_err(ui)
}

/// Gives it up; the text stays as a draft.
pub async fn cancel_outbox(shell: &Shell, id: String) -> Result<(), UiError> {
    shell.mailbox().await?.cancel_outbox(id).await.map_err(ui)
}

/// Takes back a letter that is not published yet.
pub async fn undo_send(shell: &Shell, message: String) -> Result<(), UiError> {
    shell.mailbox().await?.undo_send(message).await.map_err(ui)
}
