//! An open profile, as a command uses it.

use crate::args::SessionArgs;
use crate::failure::Failure;
use brevdue_profile::{AccountChoice, Opened, Passphrase, Profile, Request};
use mailbox::Mailbox;
use mailbox::view::{Account, ErrorCode};

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
