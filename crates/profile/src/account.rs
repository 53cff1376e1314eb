//! Account files: whom to be, and where.
//!
//! An account file may point at any addresses, so that the same engine can be tried against another server. It names a
//! private key by file; the key itself does not belong in it.

use crate::error::ProfileError;
use altinn_client::auth::person::{IdPorten, Session};
use altinn_client::{Addresses, Pace, Quota, Role, SignIn, SigningKey, SystemUser};
use mailbox::AccountConfig;
use mailbox::view::Environment;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::Url;

/// Whom to be.
#[derive(Debug, Clone)]
pub enum AccountChoice {
    /// The practice accounts, served by the embedded sandbox.
    Practice,
    /// The accounts of this file.
    File(PathBuf),
    /// The accounts kept in the profile; the practice accounts where none are.
    Kept,
}

/// One account, or several under `accounts`.
#[derive(Deserialize)]
#[serde(untagged)]
enum AccountFile {
    Many { accounts: Vec<AccountEntry> },
    One(Box<AccountEntry>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountEntry {
    name: String,
    organisation_number: String,
    environment: Environment,
    #[serde(default)]
    addresses: Option<AddressEntry>,
    sign_in: SignInEntry,
    /// Resources whose letters to the organisation are kept here.
    #[serde(default)]
    read_resources: Vec<String>,
    /// Resources to send on.
    #[serde(default)]
    write_resources: Vec<String>,
    /// The vendor's system that the system user belongs to.
    #[serde(default)]
    system_id: Option<String>,
    /// Day on which the key was registered in self-service.
    #[serde(default)]
    key_posted_on: Option<chrono::NaiveDate>,
    /// Calls a minute that Altinn has agreed to bear from this client.
    #[serde(default)]
    quota: Option<QuotaEntry>,
}

/// What is left out keeps its usual figure.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaEntry {
    get: Option<u32>,
    list: Option<u32>,
    write: Option<u32>,
}

/// Addresses of a `custom` environment: one origin for everything, as the sandbox has it, or each by itself.
#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum AddressEntry {
    OneOrigin { base: Url },
    Each(Box<EachAddress>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EachAddress {
    platform: Url,
    maskinporten: Url,
    brreg: Url,
    orgs: Url,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum SignInEntry {
    Maskinporten {
        client_id: String,
        /// JWK, base64 JWK or PEM; relative to the account file.
        key_file: PathBuf,
        /// The key's id in self-service, where the file does not hold it.
        #[serde(default)]
        key_id: Option<String>,
        #[serde(default)]
        system_user: Option<SystemUserEntry>,
        /// Letters are sent with Maskinporten's own token.
        #[serde(default)]
        sends_raw: bool,
    },
    /// The token generator of the test environments, or of the sandbox.
    TestToken { generator: Url },
    /// A person, with ID-porten.
    Person {
        client_id: String,
        /// Where ID-porten is, for a `custom` environment with an address for each service.
        #[serde(default)]
        issuer: Option<Url>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SystemUserEntry {
    organisation: String,
    #[serde(default)]
    external_ref: Option<String>,
}

/// Reads the accounts of the file at `path`.
pub(crate) fn read(path: &Path) -> Result<Vec<AccountConfig>, ProfileError> {
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.kind()))?;
    let file: AccountFile = serde_json::from_str(&text).map_err(unusable)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let entries = match file {
        AccountFile::Many { accounts } => accounts,
        AccountFile::One(entry) => vec![*entry],
    };
    entries
        .into_iter()
        .map(|entry| config(entry, folder))
        .collect()
}

fn config(entry: AccountEntry, folder: &Path) -> Result<AccountConfig, ProfileError> {
    let idporten = match &entry.addresses {
        Some(AddressEntry::OneOrigin { base }) => Some(idporten(base)?),
        _ => None,
    };
    let addresses = match (entry.environment, entry.addresses) {
        (_, Some(AddressEntry::OneOrigin { base })) => one_origin(&base)?,
        (_, Some(AddressEntry::Each(each))) => Addresses {
            platform: each.platform,
            maskinporten: each.maskinporten,
            brreg: each.brreg,
            orgs: each.orgs,
        },
        (Environment::Test, None) => Addresses::tt02().map_err(unusable)?,
        (Environment::Production, None) => Addresses::production().map_err(unusable)?,
        (Environment::Custom | Environment::Practice, None) => {
            return Err(unusable("`addresses` is missing"));
        }
    };
    let quota = match entry.quota {
        Some(given) => {
            let usual = Quota::default();
            Some(Quota {
                get: given.get.unwrap_or(usual.get),
                list: given.list.unwrap_or(usual.list),
                write: given.write.unwrap_or(usual.write),
            })
        }
        None => Quota::assumed(&addresses),
    };
    let sign_in = match entry.sign_in {
        SignInEntry::TestToken { generator } => SignIn::TestToken {
            generator,
            organisation: entry.organisation_number.clone(),
        },
        SignInEntry::Person { client_id, issuer } => person(
            entry.environment,
            issuer.or(idporten).as_ref(),
            &client_id,
            &entry.organisation_number,
        )?,
        SignInEntry::Maskinporten {
            client_id,
            key_file,
            key_id,
            system_user,
            sends_raw,
        } => {
            let text = zeroize::Zeroizing::new(
                std::fs::read_to_string(folder.join(key_file))
                    .map_err(|error| unusable(format!("`key_file`: {}", error.kind())))?,
            );
            SignIn::Maskinporten {
                client_id,
                key: SigningKey::parse(&text, key_id.as_deref())?,
                system_user: system_user.map(|user| SystemUser {
                    organisation: user.organisation,
                    external_ref: user.external_ref,
                }),
                sends_raw,
            }
        }
    };
    Ok(AccountConfig {
        id: id(entry.environment, &entry.organisation_number),
        name: entry.name,
        organisation_number: entry.organisation_number,
        environment: entry.environment,
        addresses,
        sign_in,
        read_resources: entry.read_resources,
        write_resources: entry.write_resources,
        system_id: entry.system_id,
        key_posted_at: entry
            .key_posted_on
            .and_then(|day| day.and_hms_opt(12, 0, 0))
            .map(|noon| noon.and_utc().timestamp_millis()),
        pace: pace(quota),
    })
}

/// A quota that holds is shared with all programs of the user.
pub(crate) fn pace(quota: Option<Quota>) -> Pace {
    Pace {
        quota,
        shared: quota.map(|_| crate::state_dir()),
    }
}

/// An account is the same from run to run by its environment and organisation.
pub(crate) fn id(environment: Environment, organisation_number: &str) -> String {
    let name = match environment {
        Environment::Practice => "practice",
        Environment::Test => "test",
        Environment::Production => "production",
        Environment::Custom => "custom",
    };
    format!("{name}-{organisation_number}")
}

/// Addresses of a server that serves everything from one origin by the sandbox's paths.
pub(crate) fn one_origin(base: &Url) -> Result<Addresses, ProfileError> {
    let at = |path: &str| base.join(path).map_err(unusable);
    Ok(Addresses {
        platform: at("/")?,
        maskinporten: at("/maskinporten/")?,
        brreg: at("/enhetsregisteret/api/")?,
        orgs: at("/orgs/altinn-orgs.json")?,
    })
}

/// ID-porten of such a server.
pub(crate) fn idporten(base: &Url) -> Result<Url, ProfileError> {
    base.join("/idporten").map_err(unusable)
}

/// A person who reads the organisation's letters, by a client at the environment's ID-porten or at `issuer`. One scope
/// only: one that the client lacks would refuse all.
pub(crate) fn person(
    environment: Environment,
    issuer: Option<&Url>,
    client_id: &str,
    organisation: &str,
) -> Result<SignIn, ProfileError> {
    let scopes = Role::Recipient.scopes();
    let provider = match (issuer, environment) {
        (Some(issuer), _) => IdPorten::below(issuer, client_id, scopes),
        (None, Environment::Test) => IdPorten::test(client_id, scopes),
        (None, Environment::Production) => IdPorten::production(client_id, scopes),
        (None, Environment::Custom | Environment::Practice) => {
            return Err(unusable("`issuer` is missing"));
        }
    };
    Ok(SignIn::Person {
        provider: Box::new(provider.map_err(unusable)?),
        organisation: Some(organisation.to_owned()),
        session: Session::default(),
    })
}

/// An account file holds no letters and no secrets, so what is wrong with it may be said in full.
pub(crate) fn unusable(what: impl std::fmt::Display) -> ProfileError {
    ProfileError::AccountFile(what.to_string())
}
