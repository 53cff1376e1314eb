//! An open profile, as a command uses it.

use crate::args::SessionArgs;
use crate::failure::{Failure, texts};
use brevdue_profile::{AccountChoice, Opened, Passphrase, Profile, Request};
use mailbox::Mailbox;
use mailbox::view::{Account, ErrorCode, LandingText};
use serde_json::Value;
use url::Url;

/// Opens the profile that the arguments name, with logging into it.
pub(crate) async fn open(args: &SessionArgs) -> Result<Profile, Failure> {
    let dir = args
        .profile
        .clone()
        .unwrap_or_else(brevdue_profile::default_dir);
    brevdue_profile::log::start(&dir)?;
    let account = match args.account.as_str() {
        "kept" => AccountChoice::Kept,
        "practice" => AccountChoice::Practice,
        file => AccountChoice::File(file.into()),
    };
    let passphrase = match &args.passphrase_file {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| Failure::usage(format!("--passphrase-file: {}", error.kind())))?;
            Some(Passphrase::new(
                text.trim_end_matches(['\r', '\n']).to_owned(),
            ))
        }
    };
    match Profile::open(Request { dir, account, passphrase }).await? {
        Opened::Ready(profile) => Ok(*profile),
        Opened::NeedsPassphrase { .. } => Err(Failure::usage(
            "there is no keychain on this machine: give the passphrase of the profile with --passphrase-file".into(),
        )),
    }
}

/// Signs a person in where one has to: the address to open in a browser goes to standard error. Everybody else is signed
/// in by their key.
pub(crate) async fn sign_in(mailbox: &Mailbox, account: &Account) -> Result<(), Failure> {
    if account.person.is_none() {
        return Ok(());
    }
    let texts = texts();
    let word = |key: &str| texts.get(key).and_then(Value::as_str).unwrap_or_default();
    let landing = LandingText {
        language: "en".to_owned(),
        done: word("person.landing.done").to_owned(),
        denied: word("person.landing.denied").to_owned(),
    };
    let show = |address: &Url| eprintln!("Sign in here: {address}");
    Ok(mailbox.sign_in(&account.id, landing, show).await?)
}

/// The party that the arguments choose.
pub(crate) async fn party(mailbox: &Mailbox, args: &SessionArgs) -> Result<Account, Failure> {
    let accounts = mailbox.accounts().await?;
    let chosen = match &args.party {
        None => accounts.into_iter().next(),
        Some(number) => accounts
            .into_iter()
            .find(|account| account.organisation_number == *number || account.id == *number),
    };
    chosen.ok_or_else(|| Failure::code(ErrorCode::NotFound))
}
