//! Start, accounts, settings, status, links.

use super::ui;
use crate::links;
use crate::start::{Shell, failure};
use brevdue_profile::Passphrase;
use mailbox::view::{Account, ErrorCode, Settings, StartState, Status, UiError};
use std::io::Write as _;
use std::sync::Arc;
use tauri_plugin_opener::OpenerExt as _;

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
