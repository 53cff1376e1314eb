//! Accounts that are kept in the profile: whom to be and where in the encrypted store, private keys in the keychain alone.
//!
//! A key is taken in first, under a name of its own, and an account then refers to it by that name: so no key ever waits
//! outside the keychain, and nobody but this crate sees it again.

mod account;
mod form;
mod key;
mod network;
mod setup_file;

use crate::error::ProfileError;
pub use account::{KeptAccount, KeptAddresses, KeptQuota, KeptSignIn};
use altinn_client::{Client, Options};
use mailbox::AccountConfig;
use mailbox_store::Store;
pub use network::KeptNetwork;
use serde::{Deserialize, Serialize};

const ACCOUNTS: &str = "accounts";

/// The accounts of a profile, kept in its store. Blocking calls of the keychain are made off the runtime.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
    /// The store outlives the run.
    is_lasting: bool,
}

impl Accounts {
    pub(crate) fn of(store: Store, is_lasting: bool) -> Self {
        Self { store, is_lasting }
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
        self.configs_of(all).await
    }

    /// These accounts ready to be used, which proves that their keys are there.
    async fn configs_of(
        &self,
        accounts: Vec<KeptAccount>,
    ) -> Result<Vec<AccountConfig>, ProfileError> {
        let known = self.known().await?;
        blocking(move || accounts.iter().map(|one| one.config(&known)).collect()).await
    }

    /// Keeps a new account; it is there from the next opening on. Its key must be in the keychain.
    ///
    /// # Errors
    /// `AccountInUse`, `NotFound` where the key is not there, `AccountFile` where addresses are missing, `KeychainMissing`
    /// where the profile itself does not outlive the run.
    pub async fn add(&self, new: KeptAccount) -> Result<String, ProfileError> {
        let id = new.id();
        self.add_all(vec![new]).await?;
        Ok(id)
    }

    /// Keeps all of these, or none.
    ///
    /// # Errors
    /// Those of [`Accounts::add`].
    pub(crate) async fn add_all(&self, new: Vec<KeptAccount>) -> Result<(), ProfileError> {
        if !self.is_lasting {
            return Err(ProfileError::KeychainMissing);
        }
        let mut all = self.all().await?;
        for one in &new {
            if all.iter().any(|other| other.id() == one.id()) {
                return Err(ProfileError::AccountInUse);
            }
            all.push(one.clone());
        }
        self.configs_of(new).await?;
        self.put(ACCOUNTS, &all).await
    }

    /// Changes an account; what is changed holds from the next opening on. Organisation and environment stay: they are what
    /// its letters are kept by. A key that it no longer refers to stays in the keychain.
    ///
    /// # Errors
    /// `NotFound` where the account or its key is not there, `AccountInUse` where it would become another.
    pub async fn change(&self, id: &str, new: KeptAccount) -> Result<(), ProfileError> {
        if new.id() != id {
            return Err(ProfileError::AccountInUse);
        }
        let mut all = self.all().await?;
        *kept_as(&mut all, id)? = new.clone();
        self.configs_of(vec![new]).await?;
        self.put(ACCOUNTS, &all).await
    }

    /// Forgets an account, and its key where no other refers to it. Letters that were kept of it stay in the store.
    ///
    /// # Errors
    /// `NotFound`; the keychain's.
    pub async fn remove(&self, id: &str) -> Result<(), ProfileError> {
        let mut all = self.all().await?;
        let gone = kept_as(&mut all, id)?.clone();
        all.retain(|one| one.id() != id);
        // The account first: a kill in between leaves a key without an account, never the reverse.
        self.put(ACCOUNTS, &all).await?;
        self.forget_unused(gone.key_name()).await
    }

    /// Changes an account to a new key once Maskinporten takes it: until then the old one stays. A key that has just been
    /// registered may take some minutes to be known.
    ///
    /// # Errors
    /// `NotFound`; `Mailbox` with Maskinporten's refusal; the keychain's.
    pub async fn rotate_key(&self, id: &str, new: &str, now: i64) -> Result<(), ProfileError> {
        let mut all = self.all().await?;
        let account = kept_as(&mut all, id)?;
        let mut changed = account.clone();
        let KeptSignIn::Maskinporten {
            key, key_posted_at, ..
        } = &mut changed.sign_in
        else {
            return Err(ProfileError::NotFound);
        };
        if key == new {
            return Ok(());
        }
        let old = std::mem::replace(key, new.to_owned());
        *key_posted_at = Some(now);
        let tried = self.configs_of(vec![changed.clone()]).await?;
        let config = tried.into_iter().next().ok_or(ProfileError::NotFound)?;
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
            .map_err(crate::account::unusable)?
            .ask_maskinporten(role.scopes())
            .await
            .map_err(mailbox::Error::from)?;
        *account = changed;
        self.put(ACCOUNTS, &all).await?;
        self.forget_unused(Some(&old)).await
    }

    /// Forgets a key unless an account refers to it.
    async fn forget_unused(&self, key: Option<&str>) -> Result<(), ProfileError> {
        let Some(key) = key else { return Ok(()) };
        match self.forget_key(key.to_owned()).await {
            Err(ProfileError::KeyInUse) => Ok(()),
            outcome => outcome,
        }
    }

    async fn setting<T: for<'de> Deserialize<'de>>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, ProfileError> {
        let json = self.store.read(move |reader| reader.setting(name)).await?;
        json.map(|json| serde_json::from_str(&json).map_err(crate::account::unusable))
            .transpose()
    }

    async fn put(&self, name: &'static str, value: &impl Serialize) -> Result<(), ProfileError> {
        let json = serde_json::to_string(value).map_err(crate::account::unusable)?;
        self.store
            .write(move |tx| tx.put_setting(name, &json))
            .await?;
        Ok(())
    }
}

fn kept_as<'a>(all: &'a mut [KeptAccount], id: &str) -> Result<&'a mut KeptAccount, ProfileError> {
    all.iter_mut()
        .find(|one| one.id() == id)
        .ok_or(ProfileError::NotFound)
}

/// The keychain may wait for a person, and making a key takes a second: neither belongs on the runtime.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ProfileError> + Send + 'static,
) -> Result<T, ProfileError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ProfileError::Unusable)?
}
