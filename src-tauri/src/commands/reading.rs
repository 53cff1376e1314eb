//! Folders, lists, letters and their files.

use super::ui;
use crate::save;
use crate::start::{Shell, failure};
use mailbox::view::{ErrorCode, Folders, ListQuery, ListShape, Message, Row, UiError};

/// Folders with counts.
pub async fn folders(shell: &Shell, account: String) -> Result<Folders, UiError> {
    shell.mailbox().await?.folders(&account).await.map_err(ui)
}

/// Length and headings of a list.
pub async fn list_shape(shell: &Shell, query: ListQuery) -> Result<ListShape, UiError> {
    shell.mailbox().await?.list_shape(query).await.map_err(ui)
}

/// Rows of a list.
pub async fn list_rows(
    shell: &Shell,
    query: ListQuery,
    offset: u32,
    limit: u32,
) -> Result<Vec<Row>, UiError> {
    shell
        .mailbox()
        .await?
        .list_rows(query, offset, limit)
        .await
        .map_err(ui)
}

/// A letter as it stands; leaves no trace.
pub async fn message(shell: &Shell, id: String) -> Result<Message, UiError> {
    shell.mailbox().await?.message(&id).await.map_err(ui)
}

/// Opens a letter: a person's act, which the sender gets to know of.
pub async fn open_message(shell: &Shell, id: String) -> Result<Message, UiError> {
    shell.mailbox().await?.open_message(&id).await.map_err(ui)
}

/// Unread here.
pub async fn mark_unread(shell: &Shell, id: String) -> Result<(), UiError> {
    shell.mailbox().await?.mark_unread(id).await.map_err(ui)
}

/// Puts away here, or takes back.
pub async fn archive(shell: &Shell, id: String, is_archived: bool) -> Result<(), UiError> {
    shell
        .mailbox()
        .await?
        .archive(id, is_archived)
        .await
        .map_err(ui)
}

/// Confirms receipt.
pub async fn confirm(shell: &Shell, id: String) -> Result<(), UiError> {
    shell.mailbox().await?.confirm(id).await.map_err(ui)
}

/// Deletes at Altinn.
pub async fn purge(shell: &Shell, id: String) -> Result<(), UiError> {
    shell.mailbox().await?.purge(id).await.map_err(ui)
}

/// Asks for the bytes of a file; they come in the background.
pub async fn fetch_attachment(
    shell: &Shell,
    message: String,
    attachment: String,
) -> Result<(), UiError> {
    shell
        .mailbox()
        .await?
        .fetch_attachment(message, attachment)
        .await
        .map_err(ui)
}

/// Saves a file where the user says; answers with the path, or none when the user thought better of it.
pub async fn save_attachment(
    shell: &Shell,
    message: String,
    attachment: String,
) -> Result<Option<String>, UiError> {
    let mailbox = shell.mailbox().await?;
    let letter = mailbox.message(&message).await.map_err(ui)?;
    let file = letter
        .attachments
        .iter()
        .find(|file| file.id == attachment)
        .ok_or_else(|| failure(ErrorCode::NotFound))?;
    let Some(target) = save::target(shell, &file.name).await? else {
        return Ok(None);
    };
    let saved = mailbox
        .save_attachment(message, attachment, &target)
        .await
        .map_err(ui)?;
    Ok(Some(saved.display().to_string()))
}

/// Saves all files of a letter in a folder; answers with the folder.
pub async fn save_all_attachments(
    shell: &Shell,
    message: String,
) -> Result<Option<String>, UiError> {
    let mailbox = shell.mailbox().await?;
    let Some(folder) = save::folder(shell).await? else {
        return Ok(None);
    };
    mailbox
        .save_all_attachments(message, &folder)
        .await
        .map_err(ui)?;
    Ok(Some(folder.display().to_string()))
}
