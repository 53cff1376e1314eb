//! Drafts, recipients, files, sending.

use super::ui;
use crate::save;
use crate::start::Shell;
use mailbox::view::{Block, Draft, DraftText, Problem, Recipient, SendOutcome, Service, UiError};
use std::path::PathBuf;

/// Services to send on.
pub async fn services(shell: &Shell, account: String) -> Result<Vec<Service>, UiError> {
    shell.mailbox().await?.services(account).await.map_err(ui)
}

/// A new draft.
pub async fn new_draft(shell: &Shell, account: String) -> Result<Draft, UiError> {
    shell.mailbox().await?.new_draft(account).await.map_err(ui)
}

/// A draft.
pub async fn draft(shell: &Shell, id: String) -> Result<Draft, UiError> {
    shell.mailbox().await?.draft(id).await.map_err(ui)
}

/// Saves what was written; `version` is the one it was written on.
pub async fn save_draft(
    shell: &Shell,
    id: String,
    version: u32,
    text: DraftText,
) -> Result<Draft, UiError> {
    shell
        .mailbox()
        .await?
        .save_draft(id, version, text)
        .await
        .map_err(ui)
}

/// Throws a draft away; it can be taken back for a while.
pub async fn discard_draft(shell: &Shell, id: String) -> Result<(), UiError> {
    shell.mailbox().await?.discard_draft(id).await.map_err(ui)
}

/// Takes a draft back.
pub async fn restore_draft(shell: &Shell, id: String) -> Result<Draft, UiError> {
    shell.mailbox().await?.restore_draft(id).await.map_err(ui)
}

/// What is known of recipients.
pub async fn check_recipients(
    shell: &Shell,
    account: String,
    texts: Vec<String>,
) -> Result<Vec<Recipient>, UiError> {
    shell
        .mailbox()
        .await?
        .check_recipients(account, texts)
        .await
        .map_err(ui)
}

/// Adds dropped files by their paths.
pub async fn add_files(shell: &Shell, draft: String, paths: Vec<String>) -> Result<Draft, UiError> {
    let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
    shell
        .mailbox()
        .await?
        .add_files(draft, paths)
        .await
        .map_err(ui)
}

/// Adds files from the system's chooser.
pub async fn pick_files(shell: &Shell, draft: String) -> Result<Draft, UiError> {
    let mailbox = shell.mailbox().await?;
    let paths = save::files(shell).await;
    if paths.is_empty() {
        return mailbox.draft(draft).await.map_err(ui);
    }
    mailbox.add_files(draft, paths).await.map_err(ui)
}

/// Takes a file out.
pub async fn remove_file(shell: &Shell, draft: String, file: String) -> Result<Draft, UiError> {
    shell
        .mailbox()
        .await?
        .remove_file(draft, file)
        .await
        .map_err(ui)
}

/// Gives a file another name.
pub async fn rename_file(
    shell: &Shell,
    draft: String,
    file: String,
    name: String,
) -> Result<Draft, UiError> {
    shell
        .mailbox()
        .await?
        .rename_file(draft, file, name)
        .await
        .map_err(ui)
}

/// The body as the recipient will see it.
pub async fn preview(shell: &Shell, body: String) -> Result<Vec<Block>, UiError> {
    Ok(shell.mailbox().await?.preview(&body))
}

/// Rules the draft breaks.
pub async fn check_draft(shell: &Shell, id: String) -> Result<Vec<Problem>, UiError> {
    shell.mailbox().await?.check_draft(id).await.map_err(ui)
}

/// Queues the letter, or says which rules it breaks.
pub async fn send_draft(shell: &Shell, id: String, version: u32) -> Result<SendOutcome, UiError> {
    shell
        .mailbox()
        .await?
        .send_draft(id, version)
        .await
        .map_err(ui)
}
