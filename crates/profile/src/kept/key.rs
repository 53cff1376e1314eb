//! Keys of the keychain. What can be told of each is kept in the store, so that one which was made today can be registered
//! tomorrow.

use super::Accounts;
use crate::error::ProfileError;
use crate::keychain::Keychain;
use altinn_client::{KeyError, Secret, SigningKey, TokenPlace};
use mailbox::view::{KeptKey, KeyView, TokenKeyView, TokenPlaceView};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use zeroize::Zeroizing;

const KEYS: &str = "keys";

/// Largest file that is looked at; a key has its own, lower limit.
const LARGEST: u64 = 8 << 20;

/// What is kept of a key outside the keychain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    name: String,
    view: KeyView,
    added_at: i64,
    /// Where the key is when the keychain has its PIN only.
    #[serde(default)]
    token: Option<TokenPlaceView>,
}

/// The key of this name. One in a token is not asked for: letters are there also while the token is not.
pub(super) fn key_named(name: &str, known: &[Known]) -> Result<SigningKey, ProfileError> {
    let secret = Keychain::connect()?
        .get(name)?
        .ok_or(ProfileError::NotFound)?;
    let in_token = known
        .iter()
        .filter(|one| one.name == name)
        .find_map(|one| Some((one, one.token.as_ref()?)));
    let Some((one, token)) = in_token else {
        return Ok(SigningKey::read(&secret, None, None)?);
    };
    let pin = String::from_utf8(secret.to_vec()).map_err(|_| KeyError::PinWrong)?;
    let key_id = one.view.key_id.as_deref().ok_or(KeyError::NoKeyId)?;
    let public = serde_json::from_str(&one.view.public_jwk).unwrap_or_default();
    let key = SigningKey::of_token(place(token), Secret::new(pin), key_id, &public);
    Ok(key?)
}

fn place(view: &TokenPlaceView) -> TokenPlace {
    TokenPlace {
        driver: PathBuf::from(&view.driver),
        token: view.token.clone(),
        label: view.label.clone(),
        id: view.id.clone(),
    }
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

/// Gives a secret to the keychain, and tells by which name.
fn keep(secret: &Secret) -> Result<String, ProfileError> {
    let name = format!("key {}", uuid::Uuid::new_v4());
    let keychain = Keychain::connect()?;
    keychain.set(&name, secret.expose().as_bytes())?;
    // A keychain that takes a secret and loses it must not be found out a day later.
    if keychain.get(&name)?.as_deref().map(Vec::as_slice) != Some(secret.expose().as_bytes()) {
        return Err(ProfileError::KeychainLocked);
    }
    Ok(name)
}

impl Known {
    fn new(name: String, key: &SigningKey, token: Option<TokenPlaceView>) -> Self {
        Self {
            name,
            view: view(key),
            added_at: chrono::Utc::now().timestamp_millis(),
            token,
        }
    }

    fn shown(self, accounts: Vec<String>) -> KeptKey {
        KeptKey {
            name: self.name,
            view: self.view,
            added_at: self.added_at,
            accounts,
            token: self.token,
        }
    }
}

impl Accounts {
    /// Every key that was taken or made and not forgotten, the newest first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn keys(&self) -> Result<Vec<KeptKey>, ProfileError> {
        let accounts = self.all().await?;
        let mut known = self.known().await?;
        known.reverse();
        let keys = known.into_iter().map(|one| {
            let users = accounts
                .iter()
                .filter(|account| account.key_name() == Some(&one.name))
                .map(super::KeptAccount::id)
                .collect();
            one.shown(users)
        });
        Ok(keys.collect())
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
    ) -> Result<KeptKey, ProfileError> {
        let bytes = Zeroizing::new(bytes);
        let key = super::blocking(move || {
            let key = SigningKey::read(&bytes, password.as_ref(), key_id.as_deref());
            Ok(key?)
        })
        .await?;
        self.keep_key(key).await
    }

    /// The same from a file, which is left where it is.
    ///
    /// # Errors
    /// `FileUnreadable`; those of [`Accounts::take_key`].
    pub async fn take_key_file(
        &self,
        path: PathBuf,
        password: Option<Secret>,
        key_id: Option<String>,
    ) -> Result<KeptKey, ProfileError> {
        let bytes = super::blocking(move || read(&path)).await?;
        self.take_key(bytes, password, key_id).await
    }

    /// Makes a new key in the keychain; its public half is to be registered in self-service.
    ///
    /// # Errors
    /// `Key`; the keychain's.
    pub async fn make_key(&self, key_id: String) -> Result<KeptKey, ProfileError> {
        let key = super::blocking(move || Ok(SigningKey::generate(&key_id)?)).await?;
        self.keep_key(key).await
    }

    /// Labels of the tokens that a driver has now.
    ///
    /// # Errors
    /// `Key` tells what is wrong with the driver.
    pub async fn tokens(&self, driver: PathBuf) -> Result<Vec<String>, ProfileError> {
        super::blocking(move || Ok(altinn_client::tokens(&driver)?)).await
    }

    /// Keys of a token that can sign.
    ///
    /// # Errors
    /// `Key` tells what is wrong with driver, token or PIN.
    pub async fn token_keys(
        &self,
        driver: PathBuf,
        token: String,
        pin: Secret,
    ) -> Result<Vec<TokenKeyView>, ProfileError> {
        let found =
            super::blocking(move || Ok(altinn_client::token_keys(&driver, &token, &pin)?)).await?;
        let views = found.into_iter().map(|key| TokenKeyView {
            label: key.label,
            id: key.id,
            bits: u32::try_from(key.bits).unwrap_or(u32::MAX),
        });
        Ok(views.collect())
    }

    /// Takes a key that stays in its token; its PIN goes to the keychain.
    ///
    /// # Errors
    /// `Key` tells what is wrong with driver, token, PIN or key; the keychain's.
    pub async fn take_token_key(
        &self,
        token: TokenPlaceView,
        pin: Secret,
        key_id: String,
    ) -> Result<KeptKey, ProfileError> {
        let new = super::blocking(move || {
            let key = SigningKey::in_token(place(&token), pin.clone(), &key_id)?;
            Ok(Known::new(keep(&pin)?, &key, Some(token)))
        })
        .await?;
        self.know(new).await
    }

    /// Gives a key to the keychain, and remembers that it is there.
    pub(super) async fn keep_key(&self, key: SigningKey) -> Result<KeptKey, ProfileError> {
        let new = super::blocking(move || {
            let secret = key.to_keep().ok_or(ProfileError::NotFound)?;
            Ok(Known::new(keep(&secret)?, &key, None))
        })
        .await?;
        self.know(new).await
    }

    async fn know(&self, new: Known) -> Result<KeptKey, ProfileError> {
        let mut known = self.known().await?;
        known.push(new.clone());
        self.put(KEYS, &known).await?;
        Ok(new.shown(Vec::new()))
    }

    /// Forgets a key that no account refers to.
    ///
    /// # Errors
    /// `KeyInUse` where one does; the keychain's.
    pub async fn forget_key(&self, name: String) -> Result<(), ProfileError> {
        let all = self.all().await?;
        if all.iter().any(|one| one.key_name() == Some(name.as_str())) {
            return Err(ProfileError::KeyInUse);
        }
        let mut known = self.known().await?;
        known.retain(|one| one.name != name);
        // The keychain first: a kill in between leaves a name without a key, which can be forgotten again.
        super::blocking(move || Ok(Keychain::connect()?.forget(&name)?)).await?;
        self.put(KEYS, &known).await
    }

    pub(super) async fn known(&self) -> Result<Vec<Known>, ProfileError> {
        Ok(self.setting(KEYS).await?.unwrap_or_default())
    }
}

/// A whole file that a person chose.
pub(super) fn read(path: &std::path::Path) -> Result<Vec<u8>, ProfileError> {
    let size = std::fs::metadata(path).map_err(|_| ProfileError::FileUnreadable)?;
    if size.len() > LARGEST {
        return Err(ProfileError::Key(altinn_client::KeyError::TooLarge));
    }
    std::fs::read(path).map_err(|_| ProfileError::FileUnreadable)
}
