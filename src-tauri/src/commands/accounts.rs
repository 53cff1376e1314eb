//! Setting up: accounts, keys, the network, system users, event subscriptions. What changes who the user is takes the profile
//! anew, so that it holds at once.

use super::ui;
use crate::save;
use crate::start::{Shell, failure, now};
use brevdue_profile::{Accounts, ProfileError, Secret};
use mailbox::view::{
    AccountDraft, AccountEntry, AccountOutcome, AccountProblem, ErrorCode, KeptKey, LandingText,
    NetworkView, NewEventSubscription, ProxyDraft, SetupFile, SubscriptionList, SystemUserView,
    TokenKeyView, TokenPlaceView, UiError,
};
use std::path::PathBuf;
use std::sync::Arc;

/// The kept accounts with what they consist of; those of practice are not kept.
pub async fn account_entries(shell: &Shell) -> Result<Vec<AccountEntry>, UiError> {
    kept(shell).await?.entries().await.map_err(told)
}

/// What is wrong with a form, field by field; `id` names the account that is changed.
pub async fn check_account(
    shell: &Shell,
    id: Option<String>,
    draft: AccountDraft,
) -> Result<Vec<AccountProblem>, UiError> {
    let accounts = kept(shell).await?;
    accounts.check(id.as_deref(), &draft).await.map_err(told)
}

/// Keeps a new account and opens it.
pub async fn add_account(
    shell: &Arc<Shell>,
    draft: AccountDraft,
) -> Result<AccountOutcome, UiError> {
    let outcome = kept(shell).await?.add_draft(&draft).await.map_err(told)?;
    opened(shell, outcome).await
}

/// Changes an account and opens it anew.
pub async fn change_account(
    shell: &Arc<Shell>,
    id: String,
    draft: AccountDraft,
) -> Result<AccountOutcome, UiError> {
    let accounts = kept(shell).await?;
    let outcome = accounts.change_draft(&id, &draft).await.map_err(told)?;
    opened(shell, outcome).await
}

/// Forgets an account, and its key where no other signs in by it. Its letters stay in the store, unseen.
pub async fn remove_account(shell: &Arc<Shell>, id: String) -> Result<(), UiError> {
    let removed = kept(shell).await?.remove(&id).await;
    // Also when only the keychain failed: the account is gone by then.
    shell.reopen().await?;
    removed.map_err(told)
}

/// Opens ID-porten's page in the person's browser; what comes of it is told by the account. While it waits, the page is
/// opened once more.
pub async fn start_sign_in(
    shell: &Shell,
    account: String,
    landing: LandingText,
) -> Result<(), UiError> {
    let mailbox = shell.mailbox().await?;
    let address = mailbox
        .start_sign_in(account.clone(), landing)
        .await
        .map_err(ui)?;
    if super::open_link(shell, address.into()).await.is_err() {
        // Nobody will come back.
        mailbox.sign_out(account).await.map_err(ui)?;
        return Err(failure(ErrorCode::NoBrowser));
    }
    Ok(())
}

/// Ends a person's session, or the waiting for one.
pub async fn sign_out(shell: &Shell, account: String) -> Result<(), UiError> {
    shell.mailbox().await?.sign_out(account).await.map_err(ui)
}

/// Asks for a file; none when the user thought better of it.
pub async fn pick_setup_file(shell: &Shell, kind: SetupFile) -> Result<Option<String>, UiError> {
    let path = save::file(shell, kind).await;
    Ok(path.map(|path| path.to_string_lossy().into_owned()))
}

/// Keeps the accounts of a set-up file and opens them; answers their ids. The file stays where it is.
pub async fn take_setup_file(shell: &Arc<Shell>, path: String) -> Result<Vec<String>, UiError> {
    let accounts = kept(shell).await?;
    let ids = accounts
        .take_setup_file(PathBuf::from(path))
        .await
        .map_err(told)?;
    shell.reopen().await?;
    Ok(ids)
}

/// Keys of the keychain, the newest first.
pub async fn keys(shell: &Shell) -> Result<Vec<KeptKey>, UiError> {
    kept(shell).await?.keys().await.map_err(told)
}

/// Makes a key in the keychain.
pub async fn make_key(shell: &Shell, key_id: String) -> Result<KeptKey, UiError> {
    let accounts = kept(shell).await?;
    accounts
        .make_key(key_id.trim().to_owned())
        .await
        .map_err(told)
}

/// Takes a private key from a file, which stays where it is.
pub async fn take_key(
    shell: &Shell,
    path: String,
    password: Option<String>,
    key_id: Option<String>,
) -> Result<KeptKey, UiError> {
    let key_id = key_id
        .map(|id| id.trim().to_owned())
        .filter(|id| !id.is_empty());
    let accounts = kept(shell).await?;
    accounts
        .take_key_file(PathBuf::from(path), password.map(Secret::new), key_id)
        .await
        .map_err(told)
}

/// Labels of the tokens that a driver has now.
pub async fn tokens(shell: &Shell, driver: String) -> Result<Vec<String>, UiError> {
    let accounts = kept(shell).await?;
    accounts.tokens(PathBuf::from(driver)).await.map_err(told)
}

/// Keys of a token that can sign.
pub async fn token_keys(
    shell: &Shell,
    driver: String,
    token: String,
    pin: String,
) -> Result<Vec<TokenKeyView>, UiError> {
    let accounts = kept(shell).await?;
    accounts
        .token_keys(PathBuf::from(driver), token, Secret::new(pin))
        .await
        .map_err(told)
}

/// Takes a key that stays in its token; its PIN goes to the keychain.
pub async fn take_token_key(
    shell: &Shell,
    place: TokenPlaceView,
    pin: String,
    key_id: String,
) -> Result<KeptKey, UiError> {
    let accounts = kept(shell).await?;
    accounts
        .take_token_key(place, Secret::new(pin), key_id.trim().to_owned())
        .await
        .map_err(told)
}

/// Forgets a key that no account signs in by.
pub async fn forget_key(shell: &Shell, name: String) -> Result<(), UiError> {
    kept(shell).await?.forget_key(name).await.map_err(told)
}

/// Changes an account to another key once Maskinporten takes it; waits for Maskinporten.
pub async fn rotate_key(shell: &Arc<Shell>, account: String, key: String) -> Result<(), UiError> {
    let accounts = kept(shell).await?;
    accounts
        .rotate_key(&account, &key, now())
        .await
        .map_err(told)?;
    shell.reopen().await
}

/// How the network is reached, without what is secret.
pub async fn network(shell: &Shell) -> Result<NetworkView, UiError> {
    Ok(kept(shell).await?.network().await.map_err(told)?.view())
}

/// Goes through a proxy, or by the system's settings.
pub async fn set_proxy(
    shell: &Arc<Shell>,
    proxy: Option<ProxyDraft>,
) -> Result<NetworkView, UiError> {
    kept(shell).await?.set_proxy(proxy).await.map_err(told)?;
    shell.reopen().await?;
    network(shell).await
}

/// Trusts the certificates of a file.
pub async fn add_certificates(shell: &Arc<Shell>, path: String) -> Result<NetworkView, UiError> {
    let accounts = kept(shell).await?;
    accounts
        .add_certificates(PathBuf::from(path))
        .await
        .map_err(told)?;
    shell.reopen().await?;
    network(shell).await
}

/// Trusts a certificate no longer.
pub async fn remove_certificate(shell: &Arc<Shell>, id: String) -> Result<NetworkView, UiError> {
    let accounts = kept(shell).await?;
    accounts.remove_certificate(&id).await.map_err(told)?;
    shell.reopen().await?;
    network(shell).await
}

/// Sets the gateway's key, or takes it away; it is never shown again.
pub async fn set_subscription_key(
    shell: &Arc<Shell>,
    key: Option<String>,
) -> Result<NetworkView, UiError> {
    let accounts = kept(shell).await?;
    accounts.set_subscription_key(key).await.map_err(told)?;
    shell.reopen().await?;
    network(shell).await
}

/// Asks the account's customer for a system user; waits for Altinn.
pub async fn ask_system_user(
    shell: &Shell,
    account: String,
    packages: Vec<String>,
) -> Result<SystemUserView, UiError> {
    let mailbox = shell.mailbox().await?;
    mailbox
        .ask_system_user(&account, packages)
        .await
        .map_err(ui)
}

/// How the request for the account's system user stands; waits for Altinn.
pub async fn system_user(
    shell: &Shell,
    account: String,
) -> Result<Option<SystemUserView>, UiError> {
    shell
        .mailbox()
        .await?
        .system_user(&account)
        .await
        .map_err(ui)
}

/// Makes an event subscription; waits for Altinn.
pub async fn subscribe(
    shell: &Shell,
    account: String,
    subscription: NewEventSubscription,
) -> Result<SubscriptionList, UiError> {
    let mailbox = shell.mailbox().await?;
    mailbox.subscribe(&account, subscription).await.map_err(ui)
}

/// Ends an event subscription; waits for Altinn.
pub async fn unsubscribe(
    shell: &Shell,
    account: String,
    id: i64,
) -> Result<SubscriptionList, UiError> {
    let mailbox = shell.mailbox().await?;
    mailbox.unsubscribe(&account, id).await.map_err(ui)
}

async fn kept(shell: &Shell) -> Result<Accounts, UiError> {
    shell.accounts().await
}

/// Opens what was kept.
async fn opened(shell: &Arc<Shell>, outcome: AccountOutcome) -> Result<AccountOutcome, UiError> {
    if matches!(outcome, AccountOutcome::Kept { .. }) {
        shell.reopen().await?;
    }
    Ok(outcome)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "what `map_err` gives is owned"
)]
fn told(error: ProfileError) -> UiError {
    error.ui()
}
