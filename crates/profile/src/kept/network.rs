//! How the network is reached: proxy, certificates, and the key of the gateway, which is never shown again.

use super::Accounts;
use crate::account;
use crate::error::ProfileError;
use altinn_client::{Addresses, Client, Options, Secret, SignIn, TrustedCertificate};
use mailbox::Network;
use mailbox::view::{CertificateView, NetworkView, ProxyDraft};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use url::Url;

const NETWORK: &str = "network";

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

    /// What may be shown.
    pub fn view(&self) -> NetworkView {
        let mut bare = self.proxy.clone();
        if let Some(proxy) = &mut bare {
            // An address with a host takes both.
            let _ = (proxy.set_username(""), proxy.set_password(None));
        }
        let user = self.proxy.as_ref().map(Url::username);
        NetworkView {
            proxy: bare.map(|proxy| proxy.to_string()),
            proxy_user: user.filter(|user| !user.is_empty()).map(decoded),
            has_proxy_password: self
                .proxy
                .as_ref()
                .is_some_and(|url| url.password().is_some()),
            certificates: self
                .trusted()
                .into_iter()
                .map(|one| CertificateView {
                    id: one.id,
                    subject: one.facts.subject,
                    valid_until: one.facts.until.timestamp_millis(),
                })
                .collect(),
            has_subscription_key: self.subscription_key.is_some(),
        }
    }

    fn trusted(&self) -> Vec<TrustedCertificate> {
        self.certificates
            .iter()
            .filter_map(|pem| TrustedCertificate::read_all(pem.as_bytes()))
            .flatten()
            .collect()
    }
}

/// A user as it was typed, out of an address.
fn decoded(text: &str) -> String {
    let form = format!("u={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(form.as_bytes())
        .next()
        .map_or_else(String::new, |(_, value)| value.into_owned())
}

impl Accounts {
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
        let nobody = SignIn::TestToken {
            generator: addresses.platform.clone(),
            organisation: String::new(),
        };
        Client::new(addresses, nobody, options).map_err(account::unusable)?;
        self.put(NETWORK, &network).await
    }

    /// Goes through a proxy from the next opening on, or by the system's settings.
    ///
    /// # Errors
    /// `ProxyInvalid`; what the store says.
    pub async fn set_proxy(&self, proxy: Option<ProxyDraft>) -> Result<(), ProfileError> {
        let mut network = self.network().await?;
        network.proxy = match proxy {
            None => None,
            Some(new) => Some(proxy_of(&new, network.proxy.as_ref())?),
        };
        let result = self.set_network(network).await;
        result.map_err(|error| match error {
            ProfileError::AccountFile(_) => ProfileError::ProxyInvalid,
            other => other,
        })
    }

    /// Trusts the certificates of a file, PEM or DER, from the next opening on. One that is trusted already changes nothing.
    ///
    /// # Errors
    /// `FileUnreadable`, `CertificateUnreadable`; what the store says.
    pub async fn add_certificates(&self, path: PathBuf) -> Result<(), ProfileError> {
        let bytes = super::blocking(move || super::key::read(&path)).await?;
        let new =
            TrustedCertificate::read_all(&bytes).ok_or(ProfileError::CertificateUnreadable)?;
        let mut network = self.network().await?;
        let there = network.trusted();
        network.certificates.extend(
            new.into_iter()
                .filter(|one| there.iter().all(|other| other.id != one.id))
                .map(|one| one.pem),
        );
        self.set_network(network).await
    }

    /// Trusts a certificate no longer, from the next opening on.
    ///
    /// # Errors
    /// What the store says.
    pub async fn remove_certificate(&self, id: &str) -> Result<(), ProfileError> {
        let mut network = self.network().await?;
        let left = network.trusted().into_iter().filter(|one| one.id != id);
        network.certificates = left.map(|one| one.pem).collect();
        self.put(NETWORK, &network).await
    }

    /// Sends a key to the platform's gateway from the next opening on, or none.
    ///
    /// # Errors
    /// What the store says.
    pub async fn set_subscription_key(&self, key: Option<String>) -> Result<(), ProfileError> {
        let mut network = self.network().await?;
        network.subscription_key = key
            .map(|key| key.trim().to_owned())
            .filter(|key| !key.is_empty());
        self.put(NETWORK, &network).await
    }
}

/// The proxy's address with user and password; a password that is not given stays that of the same user at the same proxy.
fn proxy_of(new: &ProxyDraft, before: Option<&Url>) -> Result<Url, ProfileError> {
    let refuse = || ProfileError::ProxyInvalid;
    let mut url = Url::parse(new.address.trim()).map_err(|_| refuse())?;
    let is_bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !is_bare {
        return Err(refuse());
    }
    let user = new.user.as_deref().unwrap_or_default().trim();
    if user.is_empty() {
        return Ok(url);
    }
    url.set_username(user).map_err(|()| refuse())?;
    match &new.password {
        Some(password) => url.set_password(Some(password)).map_err(|()| refuse())?,
        None => {
            let same = before
                .filter(|old| old.origin() == url.origin() && old.username() == url.username());
            // Encoded as it stands in the address, and encoding it again changes nothing but a bare `%`.
            if let Some(old) = same {
                url = old.clone();
            }
        }
    }
    Ok(url)
}
