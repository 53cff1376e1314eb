//! An account as it is kept, and what becomes of it when it is opened.

use super::key::{Known, key_named};
use crate::account;
use crate::error::ProfileError;
use altinn_client::{Addresses, Quota, SignIn, SystemUser};
use mailbox::AccountConfig;
use mailbox::view::Environment;
use serde::{Deserialize, Serialize};
use url::Url;

/// An account as it is kept. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptAccount {
    /// Name of the organisation.
    pub name: String,
    /// Nine digits.
    pub organisation_number: String,
    /// Which Altinn.
    pub environment: Environment,
    /// Addresses by hand, for a custom environment.
    #[serde(default)]
    pub addresses: Option<KeptAddresses>,
    /// How to sign in.
    pub sign_in: KeptSignIn,
    /// Resources whose letters are received.
    #[serde(default)]
    pub read_resources: Vec<String>,
    /// Resources to send on.
    #[serde(default)]
    pub write_resources: Vec<String>,
    /// Calls a minute that Altinn has agreed to bear; the usual ones where none are given.
    #[serde(default)]
    pub quota: Option<KeptQuota>,
}

/// Addresses by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAddresses {
    /// Platform API.
    pub platform: Url,
    /// Maskinporten's issuer.
    pub maskinporten: Url,
    /// Enhetsregisteret.
    pub brreg: Url,
    /// The list of service owners.
    pub orgs: Url,
}

/// Calls a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptQuota {
    /// `GET`.
    pub get: u32,
    /// Lists.
    pub list: u32,
    /// All else.
    pub write: u32,
}

/// How a kept account signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeptSignIn {
    /// A Maskinporten client.
    Maskinporten {
        /// Client id.
        client_id: String,
        /// Name of its key in the keychain.
        key: String,
        /// When the key was registered, UTC milliseconds.
        #[serde(default)]
        key_posted_at: Option<i64>,
        /// Customer whose system user it acts through: nine digits, and the reference where one was used.
        #[serde(default)]
        system_user: Option<(String, Option<String>)>,
        /// The vendor's system that the system user belongs to.
        #[serde(default)]
        system_id: Option<String>,
        /// Letters are sent with Maskinporten's own token.
        #[serde(default)]
        sends_raw: bool,
    },
    /// The token generator of the test environments.
    TestToken {
        /// Folder of the generator.
        generator: Url,
    },
    /// A person, with ID-porten.
    Person {
        /// Client id there.
        client_id: String,
        /// Where it is, for a custom environment; the others know it.
        #[serde(default)]
        issuer: Option<Url>,
    },
}

impl KeptSignIn {
    /// A person by this client at ID-porten: that of the environment, or of a server that has everything at `base`.
    ///
    /// # Errors
    /// `AccountFile` where the origin is no address that others can stand below.
    pub fn person(client_id: String, base: Option<&Url>) -> Result<Self, ProfileError> {
        let issuer = base.map(account::idporten).transpose()?;
        Ok(Self::Person { client_id, issuer })
    }
}

impl KeptAddresses {
    /// Everything below one origin, by the sandbox's paths.
    ///
    /// # Errors
    /// `AccountFile` where the origin is no address that others can stand below.
    pub fn one_origin(base: &Url) -> Result<Self, ProfileError> {
        account::one_origin(base).map(Self::of)
    }

    pub(super) fn of(addresses: Addresses) -> Self {
        Self {
            platform: addresses.platform,
            maskinporten: addresses.maskinporten,
            brreg: addresses.brreg,
            orgs: addresses.orgs,
        }
    }
}

impl KeptAccount {
    /// Stable id: an organisation has one account in an environment.
    pub fn id(&self) -> String {
        account::id(self.environment, &self.organisation_number)
    }

    fn addresses(&self) -> Result<Addresses, ProfileError> {
        match (&self.addresses, self.environment) {
            (Some(own), _) => Ok(Addresses {
                platform: own.platform.clone(),
                maskinporten: own.maskinporten.clone(),
                brreg: own.brreg.clone(),
                orgs: own.orgs.clone(),
            }),
            (None, Environment::Test) => Addresses::tt02().map_err(account::unusable),
            (None, Environment::Production) => Addresses::production().map_err(account::unusable),
            (None, Environment::Custom | Environment::Practice) => {
                Err(account::unusable("`addresses` is missing"))
            }
        }
    }

    /// The account with its key, which is one of those `known`.
    pub(super) fn config(&self, known: &[Known]) -> Result<AccountConfig, ProfileError> {
        let (sign_in, key_posted_at, system_id) = match &self.sign_in {
            KeptSignIn::TestToken { generator } => {
                let sign_in = SignIn::TestToken {
                    generator: generator.clone(),
                    organisation: self.organisation_number.clone(),
                };
                (sign_in, None, None)
            }
            KeptSignIn::Maskinporten {
                client_id,
                key,
                key_posted_at,
                system_user,
                system_id,
                sends_raw,
            } => {
                let sign_in = SignIn::Maskinporten {
                    client_id: client_id.clone(),
                    key: key_named(key, known)?,
                    system_user: system_user.clone().map(|(organisation, external_ref)| {
                        SystemUser {
                            organisation,
                            external_ref,
                        }
                    }),
                    sends_raw: *sends_raw,
                };
                (sign_in, *key_posted_at, system_id.clone())
            }
            KeptSignIn::Person { client_id, issuer } => {
                let number = &self.organisation_number;
                let sign_in =
                    account::person(self.environment, issuer.as_ref(), client_id, number)?;
                (sign_in, None, None)
            }
        };
        let addresses = self.addresses()?;
        let quota = match self.quota {
            Some(agreed) => Some(Quota {
                get: agreed.get,
                list: agreed.list,
                write: agreed.write,
            }),
            None => Quota::assumed(&addresses),
        };
        Ok(AccountConfig {
            id: self.id(),
            name: self.name.clone(),
            organisation_number: self.organisation_number.clone(),
            environment: self.environment,
            pace: account::pace(quota),
            addresses,
            sign_in,
            read_resources: self.read_resources.clone(),
            write_resources: self.write_resources.clone(),
            system_id,
            key_posted_at,
        })
    }

    pub(super) fn key_name(&self) -> Option<&str> {
        match &self.sign_in {
            KeptSignIn::Maskinporten { key, .. } => Some(key),
            KeptSignIn::TestToken { .. } | KeptSignIn::Person { .. } => None,
        }
    }
}
