//! What the services say of themselves (Platform reference, sections 1.1 and 1.3).

use super::or_empty;
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use serde::{Deserialize, Deserializer};

/// Metadata of an issuer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IssuerMetadata {
    /// Issuer identifier, to be taken letter by letter.
    pub issuer: String,
    /// Where tokens are given.
    #[serde(default, deserialize_with = "or_empty")]
    pub token_endpoint: String,
    /// Where people sign in; empty at Maskinporten.
    #[serde(default, deserialize_with = "or_empty")]
    pub authorization_endpoint: String,
    /// Where the keys are.
    #[serde(default, deserialize_with = "or_empty")]
    pub jwks_uri: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct KeySet {
    #[serde(default, deserialize_with = "or_empty")]
    pub(crate) keys: Vec<IssuerKey>,
}

/// An RSA key that an issuer signs by. Altinn writes its numbers in standard base64, not in the URL alphabet of the
/// standard: both are read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IssuerKey {
    /// Key id.
    #[serde(rename = "kid", default, deserialize_with = "or_empty")]
    pub key_id: String,
    /// Modulus, big-endian.
    #[serde(rename = "n", default, deserialize_with = "number")]
    pub modulus: Vec<u8>,
    /// Exponent, big-endian.
    #[serde(rename = "e", default, deserialize_with = "number")]
    pub exponent: Vec<u8>,
}

impl IssuerKey {
    /// Whether this key signed a JWT (RS256).
    pub fn signed(&self, token: &crate::Secret) -> bool {
        let Some((message, signature)) = token.expose().rsplit_once('.') else {
            return false;
        };
        let key = ring::signature::RsaPublicKeyComponents {
            n: &self.modulus,
            e: &self.exponent,
        };
        decode(signature).is_some_and(|signature| {
            key.verify(
                &ring::signature::RSA_PKCS1_2048_8192_SHA256,
                message.as_bytes(),
                &signature,
            )
            .is_ok()
        })
    }
}

/// A number; empty where it cannot be read, so that one strange key does not hide the others.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text: String = or_empty(deserializer)?;
    let bytes = decode(&text).unwrap_or_default();
    let first = bytes.iter().position(|byte| *byte != 0);
    Ok(first
        .and_then(|first| bytes.get(first..))
        .unwrap_or_default()
        .to_vec())
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let standard = text
        .trim_end_matches('=')
        .replace('-', "+")
        .replace('_', "/");
    BASE64_STANDARD_NO_PAD.decode(standard).ok()
}
