//! Accounts that are kept in the profile: whom to be and where in the encrypted store, private keys in the keychain alone.
//!
//! A key is taken in first, under a name of its own, and an account then refers to it by that name: so no key ever waits
//! outside the keychain, and nobody but this crate sees it again.

use crate::account;
use crate::error::ProfileError;
use crate::keychain::Keychain;
use altinn_client::{Addresses, Client, Options, Quota, Secret, SignIn, SigningKey, SystemUser};
use mailbox::view::{Environment, KeyView};
use mailbox::{AccountConfig, Network};
use mailbox_store::Store;
use serde::{Deserialize, Serialize};
use url::Url;

const ACCOUNTS: &str = "accounts";
const NETWORK: &str = "network";

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
    },
    /// The token generator of the test environments.
    TestToken {
        /// Folder of the generator.
        generator: Url,
    },
}

/// How the network is reached, as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptNetwork {
    /// Proxy, with user and password where it wants them; the system's own where none is given.
    pub proxy: Option<Url>,
    /// Certificates to trust besides the system's: the PEM itself, so that the file may go.
    pub certificates: Vec<String>,
    /// Key of the platform's gateway.
    pub subscription_key: Option<String>,
}

impl KeptNetwork {
    pub(crate) fn network(&self) -> Network {
        Network {
            proxy: self.proxy.clone(),
            certificates: self
                .certificates
                .iter()
                .map(|pem| pem.clone().into_bytes())
                .collect(),
            subscription_key: self.subscription_key.clone().map(Secret::new),
        }
    }
}

/// A key that the keychain has.
#[derive(Debug, Clone, PartialEq)]
pub struct TakenKey {
    /// Name that an account refers to it by.
    pub name: String,
    /// What to register of it.
    pub view: KeyView,
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

    /// The account with its key.
    fn config(&self) -> Result<AccountConfig, ProfileError> {
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
            } => {
                let sign_in = SignIn::Maskinporten {
                    client_id: client_id.clone(),
                    key: key_named(key)?,
                    system_user: system_user.clone().map(|(organisation, external_ref)| {
                        SystemUser {
                            organisation,
                            external_ref,
                        }
                    }),
                };
                (sign_in, *key_posted_at, system_id.clone())
            }
        };
        let addresses = self.addresses()?;
        Ok(AccountConfig {
            id: self.id(),
            name: self.name.clone(),
            organisation_number: self.organisation_number.clone(),
            environment: self.environment,
            pace: crate::account::pace(Quota::assumed(&addresses)),
            addresses,
            sign_in,
            read_resources: self.read_resources.clone(),
            write_resources: self.write_resources.clone(),
            system_id,
            key_posted_at,
        })
    }

    fn key_name(&self) -> Option<&str> {
        match &self.sign_in {
            KeptSignIn::Maskinporten { key, .. } => Some(key),
            KeptSignIn::TestToken { .. } => None,
        }
    }
}

fn key_named(name: &str) -> Result<SigningKey, ProfileError> {
    let secret = Keychain::connect()?
        .get(name)?
        .ok_or(ProfileError::NotFound)?;
    Ok(SigningKey::read(&secret, None, None)?)
}

/// What a key is registered by.
fn view(key: &SigningKey) -> KeyView {
    let certificate = key.certificate();
    KeyView {
        key_id: key.key_id().map(str::to_owned),
        public_jwk: key.public_jwk().to_string(),
        valid_until: certificate
            .as_ref()
            .map(|facts| facts.until.timestamp_millis()),
        certificate: certificate.map(|facts| facts.subject),
    }
}

fn take(key: &SigningKey) -> Result<TakenKey, ProfileError> {
    let name = format!("key {}", uuid::Uuid::new_v4());
    let keychain = Keychain::connect()?;
    let secret = key.to_keep();
    keychain.set(&name, secret.expose().as_bytes())?;
    // A keychain that takes a secret and loses it must not be found out a day later.
    if keychain.get(&name)?.as_deref().map(Vec::as_slice) != Some(secret.expose().as_bytes()) {
        return Err(ProfileError::KeychainLocked);
    }
    Ok(TakenKey {
        name,
        view: view(key),
    })
}

/// The accounts of a profile, kept in its store. Blocking calls of the keychain are made off the runtime.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
}

impl Accounts {
    pub(crate) fn of(store: Store) -> Self {
        Self { store }
    }

    /// Every kept account.
    ///
    /// # Errors
    /// What the store says.
    pub async fn all(&self) -> Result<Vec<KeptAccount>, ProfileError> {
        Ok(self.setting(ACCOUNTS).await?.unwrap_or_default())
    }

    /// The accounts ready to be used.
    pub(crate) async fn configs(&self) -> Result<Vec<AccountConfig>, ProfileError> {
        let all = self.all().await?;
        blocking(move || all.iter().map(KeptAccount::config).collect()).await
    }

    /// How the network is reached.
    ///
    /// # Errors
    /// What the store says.
    pub async fn network(&self) -> Result<KeptNetwork, ProfileError> {
        Ok(self.setting(NETWORK).await?.unwrap_or_default())
    }

    /// Keeps how the network is reached; holds from the next opening on.
    ///
    /// # Errors
    /// `AccountFile` where a certificate cannot be read or the proxy cannot be used; what the store says.
    pub async fn set_network(&self, network: KeptNetwork) -> Result<(), ProfileError> {
        let options = Options {
            proxy: network.proxy.clone(),
            certificates: network.network().certificates,
            ..Options::default()
        };
        let addresses = Addresses::tt02().map_err(account::unusable)?;
        let nobody = SignIn::Person {
            token: Secret::new(String::new()),
        };
        Client::new(addresses, nobody, options).map_err(account::unusable)?;
        self.put(NETWORK, &network).await
    }

    /// Reads a private key in any format and gives it to the keychain.
    ///
    /// # Errors
    /// `Key`, each unreadable input with its own reason; the keychain's.
    pub async fn take_key(
        &self,
        bytes: Vec<u8>,
        password: Option<Secret>,
        key_id: Option<String>,
    ) -> Result<TakenKey, ProfileError> {
        let bytes = zeroize::Zeroizing::new(bytes);
        blocking(move || {
            let key = SigningKey::read(&bytes, password.as_ref(), key_id.as_deref())?;
            take(&key)
        })
        .await
    }

    /// Makes a new key in the keychain; its public half is to be registered in self-service.
    ///
    /// # Errors
    /// `Key`; the keychain's.
    pub async fn make_key(&self, key_id: String) -> Result<TakenKey, ProfileError> {
        blocking(move || take(&SigningKey::generate(&key_id)?)).await
    }

    /// Forgets a key that no account refers to.
    ///
    /// # Errors
    /// `AccountInUse` where one does; the keychain's.
    pub async fn forget_key(&self, name: String) -> Result<(), ProfileError> {
        let all = self.all().await?;
        if all.iter().any(|one| one.key_name() == Some(name.as_str())) {
            return Err(ProfileError::AccountInUse);
        }
        blocking(move || Ok(Keychain::connect()?.forget(&name)?)).await
    }

    /// Keeps a new account; it is there from the next opening on. Its key must be in the keychain.
    ///
    /// # Errors
    /// `AccountInUse`, `NotFound` where the key is not there, `AccountFile` where addresses are missing.
    pub async fn add(&self, new: KeptAccount) -> Result<String, ProfileError> {
        let mut all = self.all().await?;
        if all.iter().any(|one| one.id() == new.id()) {
            return Err(ProfileError::AccountInUse);
        }
        let id = new.id();
        let tried = new.clone();
        blocking(move || tried.config().map(drop)).await?;
        all.push(new);
        self.put(ACCOUNTS, &all).await?;
        Ok(id)
    }

    /// Forgets an account and its key. Letters that were kept of it stay in the store.
    ///
    /// # Errors
    /// `NotFound`; the keychain's.
    pub async fn remove(&self, id: &str) -> Result<(), ProfileError> {
        let mut all = self.all().await?;
        let at = all
            .iter()
            .position(|one| one.id() == id)
            .ok_or(ProfileError::NotFound)?;
        let gone = all.remove(at);
        // The account first: a kill in between leaves a key without an account, never the reverse.
        self.put(ACCOUNTS, &all).await?;
        match gone.key_name().map(str::to_owned) {
            Some(name) => blocking(move || Ok(Keychain::connect()?.forget(&name)?)).await,
            None => Ok(()),
        }
    }

    /// Changes an account to a new key once Maskinporten takes it: until then the old one stays. A key that has just been
    /// registered may take some minutes to be known.
    ///
    /// # Errors
    /// `NotFound`; `Mailbox` with Maskinporten's refusal; the keychain's.
    pub async fn rotate_key(&self, id: &str, new: &str, now: i64) -> Result<(), ProfileError> {
        let mut all = self.all().await?;
        let account = all
            .iter_mut()
            .find(|one| one.id() == id)
            .ok_or(ProfileError::NotFound)?;
        let mut changed = account.clone();
        let KeptSignIn::Maskinporten {
            key, key_posted_at, ..
        } = &mut changed.sign_in
        else {
            return Err(ProfileError::NotFound);
        };
        let old = std::mem::replace(key, new.to_owned());
        *key_posted_at = Some(now);
        let tried = changed.clone();
        let config = blocking(move || tried.config()).await?;
        let network = self.network().await?.network();
        let options = Options {
            proxy: network.proxy,
            certificates: network.certificates,
            ..Options::default()
        };
        let role = if config.write_resources.is_empty() {
            altinn_client::Role::Recipient
        } else {
            altinn_client::Role::Sender
        };
        Client::new(config.addresses, config.sign_in, options)
            .map_err(account::unusable)?
            .ask_maskinporten(role.scopes())
            .await
            .map_err(mailbox::Error::from)?;
        *account = changed;
        self.put(ACCOUNTS, &all).await?;
        blocking(move || Ok(Keychain::connect()?.forget(&old)?)).await
    }

    async fn setting<T: for<'de> Deserialize<'de>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, ProfileError> {
        let json = self.store.read(move |reader| reader.setting(name)).await?;
        json.map(|json| serde_json::from_str(&json).map_err(account::unusable))
            .transpose()
    }

    async fn put(&self, name: &'static str, value: &impl Serialize) -> Result<(), ProfileError> {
        let json = serde_json::to_string(value).map_err(account::unusable)?;
        self.store
            .write(move |tx| tx.put_setting(name, &json))
            .await?;
        Ok(())
    }
}

/// The keychain may wait for a person, and making a key takes a second: neither belongs on the runtime.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ProfileError> + Send + 'static,
) -> Result<T, ProfileError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ProfileError::Unusable)?
}
