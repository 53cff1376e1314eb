//! The doctor, services to choose from, event subscriptions.

use super::ui;
use crate::start::Shell;
use mailbox::view::{Catalogue, Checkup, SubscriptionList, TestText, UiError};

/// How an account stands, as far as it has been checked.
pub async fn checkup(shell: &Shell, account: String) -> Result<Checkup, UiError> {
    shell.mailbox().await?.checkup(account).await.map_err(ui)
}

/// Checks an account; does not wait for it.
pub async fn start_checkup(shell: &Shell, account: String) -> Result<(), UiError> {
    shell
        .mailbox()
        .await?
        .start_checkup(account)
        .await
        .map_err(ui)
}

/// Ticks off what only a person can know; without a name the tick is taken away.
pub async fn tick_check(
    shell: &Shell,
    account: String,
    check: String,
    by: Option<String>,
) -> Result<Checkup, UiError> {
    shell
        .mailbox()
        .await?
        .tick_check(account, check, by)
        .await
        .map_err(ui)
}

/// Sends a letter to the own organisation; does not wait for it. In production it wants a second yes.
pub async fn send_test_letter(
    shell: &Shell,
    account: String,
    text: TestText,
    is_confirmed: bool,
) -> Result<(), UiError> {
    shell
        .mailbox()
        .await?
        .send_test_letter(account, text, is_confirmed)
        .await
        .map_err(ui)
}

/// The checkup as text for a help desk.
pub async fn checkup_report(shell: &Shell, account: String) -> Result<String, UiError> {
    shell
        .mailbox()
        .await?
        .checkup_report(account)
        .await
        .map_err(ui)
}

/// Services to choose from, of those that were fetched.
pub async fn catalogue(
    shell: &Shell,
    account: String,
    words: String,
) -> Result<Catalogue, UiError> {
    shell
        .mailbox()
        .await?
        .catalogue(account, words)
        .await
        .map_err(ui)
}

/// Fetches the services to choose from; does not wait for it.
pub async fn start_catalogue(shell: &Shell, account: String) -> Result<(), UiError> {
    shell
        .mailbox()
        .await?
        .start_catalogue(account)
        .await
        .map_err(ui)
}

/// Event subscriptions as they were last fetched.
pub async fn subscriptions(shell: &Shell, account: String) -> Result<SubscriptionList, UiError> {
    shell
        .mailbox()
        .await?
        .subscriptions(account)
        .await
        .map_err(ui)
}

/// Fetches the subscriptions; does not wait for it.
pub async fn start_subscriptions(shell: &Shell, account: String) -> Result<(), UiError> {
    shell
        .mailbox()
        .await?
        .start_subscriptions(account)
        .await
        .map_err(ui)
}
