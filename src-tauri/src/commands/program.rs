//! Start, accounts, settings, status, links.

use super::{folders, list_rows, list_shape, ui};
use crate::links;
use crate::start::{Shell, failure};
use brevdue_profile::Passphrase;
use mailbox::view::{
    Account, ErrorCode, FirstPicture, ListQuery, MailboxPicture, Settings, StartState, Status,
    UiError,
};
use std::io::Write as _;
use std::sync::Arc;
use tauri_plugin_opener::OpenerExt as _;

/// What the window shows first: the list of `query`, of the first account when the one it names is not there, up to
/// `limit` rows. Waits for the first try to open the profile.
pub async fn first_picture(
    shell: &Shell,
    query: ListQuery,
    limit: u32,
) -> Result<FirstPicture, UiError> {
    let state = shell.state().await;
    let mailbox = match state {
        StartState::Ready => mailbox_picture(shell, query, limit).await?,
        _ => None,
    };
    Ok(FirstPicture { state, mailbox })
}

async fn mailbox_picture(
    shell: &Shell,
    mut query: ListQuery,
    limit: u32,
) -> Result<Option<MailboxPicture>, UiError> {
    let accounts = accounts(shell).await?;
    let is_shown = |account: &&Account| account.id == query.account;
    let Some(account) = accounts.iter().find(is_shown).or(accounts.first()) else {
        return Ok(None);
    };
    query.account = account.id.clone();
    let (settings, status, folders, shape, rows) = tokio::try_join!(
        settings(shell),
        status(shell),
        folders(shell, query.account.clone()),
        list_shape(shell, query.clone()),
        list_rows(shell, query.clone(), 0, limit),
    )?;
    Ok(Some(MailboxPicture {
        settings,
        accounts,
        status,
        folders,
        query,
        shape,
        rows,
    }))
}

/// How far opening the profile got; waits for the first try.
pub async fn start_state(shell: &Shell) -> Result<StartState, UiError> {
    Ok(shell.state().await)
}

/// Tries once more to open a profile that could not be used.
pub async fn open_again(shell: &Arc<Shell>) -> Result<StartState, UiError> {
    Ok(shell.open(None).await)
}

/// Opens the profile with a passphrase.
pub async fn unlock(shell: &Arc<Shell>, passphrase: String) -> Result<StartState, UiError> {
    Ok(shell.open(Some(Passphrase::new(passphrase))).await)
}

/// Accounts of the profile.
pub async fn accounts(shell: &Shell) -> Result<Vec<Account>, UiError> {
    shell.mailbox().await?.accounts().await.map_err(ui)
}

/// Settings.
pub async fn settings(shell: &Shell) -> Result<Settings, UiError> {
    shell.mailbox().await?.settings().await.map_err(ui)
}

/// Keeps settings.
pub async fn save_settings(shell: &Shell, settings: Settings) -> Result<(), UiError> {
    shell
        .mailbox()
        .await?
        .save_settings(settings)
        .await
        .map_err(ui)
}

/// The status line. Where the key of the store lives is known here, not in the engine.
pub async fn status(shell: &Shell) -> Result<Status, UiError> {
    let mut status = shell.mailbox().await?.status().await.map_err(ui)?;
    status.is_key_temporary = shell.is_key_temporary().await;
    Ok(status)
}

/// Wakes the sync; does not wait for it.
pub async fn sync_now(shell: &Shell) -> Result<(), UiError> {
    shell.mailbox().await?.sync_now().await.map_err(ui)
}

/// The window has drawn its first list. Whoever measures the start is told on standard output.
pub async fn painted(shell: &Shell) -> Result<(), UiError> {
    shell.painted.notify_one();
    if std::env::var_os("BREVDUE_REPORT_PAINT").is_some() {
        let mut out = std::io::stdout();
        // Nobody listening is no fault of the window.
        let _ = writeln!(out, "painted").and_then(|()| out.flush());
    }
    Ok(())
}

/// Opens an address outside the window, after the window has shown where it leads.
pub async fn open_link(shell: &Shell, url: String) -> Result<(), UiError> {
    let url = links::checked(&url).map_err(failure)?;
    shell
        .app
        .opener()
        .open_url(url.as_str(), None::<&str>)
        .map_err(|_| failure(ErrorCode::Internal))
}
