//! What the issuers say of themselves: where an environment begins to be checked (Platform reference, section 12.0).
//! No token is sent; each answer also tells the time ([`Client::clock_difference`]).

use crate::client::{Call, Client, below};
use crate::error::ApiError;
use crate::wire::metadata::{IssuerKey, IssuerMetadata, KeySet};
use url::Url;

impl Client {
    /// Altinn's discovery document. Its `issuer` tells the environment.
    pub async fn altinn_metadata(&self) -> Result<IssuerMetadata, ApiError> {
        let url = self.openid(&["openid-configuration"]);
        self.send_for(Call::get(url)).await
    }

    /// The keys that Altinn signs its tokens by.
    pub async fn altinn_keys(&self) -> Result<Vec<IssuerKey>, ApiError> {
        let url = self.openid(&["openid-configuration", "jwks"]);
        let set: KeySet = self.send_for(Call::get(url)).await?;
        Ok(set.keys)
    }

    /// Maskinporten's metadata. Its `issuer`, with its slash, is the audience of a grant.
    pub async fn maskinporten_metadata(&self) -> Result<IssuerMetadata, ApiError> {
        let url = below(
            &self.inner.addresses.maskinporten,
            &[".well-known", "oauth-authorization-server"],
        );
        self.send_for(Call::get(url)).await
    }

    fn openid(&self, segments: &[&str]) -> Url {
        let base = self.platform(&["authentication", "api", "v1", "openid", ".well-known"]);
        below(&base, segments)
    }
}
