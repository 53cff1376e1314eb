//! The sandbox's own keys.
//!
//! They are fixed, printed in `practice-keys.json` for everyone to see, and open nothing but a sandbox on the machine it
//! runs on. Fixed keys let a ready file, a test and a restarted sandbox agree without handing secrets about.

use std::sync::OnceLock;

use serde_json::Value;

use super::{KeyError, SigningKey};

static FILE: OnceLock<Value> = OnceLock::new();

fn file() -> &'static Value {
    FILE.get_or_init(|| {
        serde_json::from_str(include_str!("practice-keys.json")).unwrap_or(Value::Null)
    })
}

/// The keys the issuers sign with.
pub struct Embedded {
    /// Maskinporten's.
    pub maskinporten: SigningKey,
    /// ID-porten's.
    pub idporten: SigningKey,
    /// Altinn Authentication's, with its certificate.
    pub altinn: SigningKey,
}

/// Reads the issuers' keys.
pub fn embedded() -> Result<Embedded, KeyError> {
    let key = |name: &str| {
        file()
            .get(name)
            .ok_or(KeyError::Unusable("an embedded key is missing"))
            .and_then(SigningKey::from_jwk)
    };
    Ok(Embedded {
        maskinporten: key("maskinporten")?,
        idporten: key("idporten")?,
        altinn: key("altinn")?,
    })
}

/// The private key of a practice account, as a JWK. Public knowledge: see the top of this file.
#[must_use]
pub fn practice_jwk(name: &str) -> Option<Value> {
    file().get("accounts")?.get(name).cloned()
}
