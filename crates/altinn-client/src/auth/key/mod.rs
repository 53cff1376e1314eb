//! Private keys as users bring them or have them made (Platform reference, section 2.5), and signing with them.

mod certificate;
mod container;
mod der;
mod error;
mod generate;
mod jwk;
mod pem;
mod token;

use crate::auth::Secret;
use ::base64::{
    Engine, alphabet, engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD,
};
pub use certificate::CertificateFacts;
pub use error::{Algorithm, KeyError};
use ring::{rand::SystemRandom, signature};
use std::sync::Arc;
use token::TokenKey;
pub use token::{FoundKey, TokenPlace, token_keys, tokens};
use zeroize::Zeroizing;

/// Decodes with and without padding; the URL alphabet is mapped to the standard one before.
const BASE64: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Largest file that can be a key; a chain of certificates with it takes a few kilobytes.
const LARGEST: usize = 1 << 20;

/// Base64 of a key in a string of JSON in base64 is as far as anyone has gone.
const DEEPEST: u8 = 4;

/// An RSA private key registered at Maskinporten, and how it is told there: by its key id, else by its certificate.
/// `Debug` shows the key id only.
#[derive(Clone)]
pub struct SigningKey {
    name: Name,
    half: Half,
}

/// Where the private half is.
#[derive(Clone)]
enum Half {
    Here {
        /// `RSAPrivateKey`, for keeping.
        der: Arc<Zeroizing<Vec<u8>>>,
        pair: Arc<signature::RsaKeyPair>,
    },
    Token(Arc<TokenKey>),
}

/// Exactly one of the two goes into an assertion (Platform reference, section 2.1).
#[derive(Clone)]
pub(crate) enum Name {
    /// `kid`.
    KeyId(String),
    /// `x5c`: certificates as DER, leaf first.
    Chain(Arc<Vec<Vec<u8>>>),
}

/// What a file held: the key, and the certificates that belong to it.
struct Inside {
    rsa: Zeroizing<Vec<u8>>,
    chain: Option<Vec<Vec<u8>>>,
    has_certificates: bool,
}

impl SigningKey {
    /// Reads a JWK, a JWK set, base64 of either, or PEM without password. See [`SigningKey::read`].
    pub fn parse(text: &str, key_id: Option<&str>) -> Result<Self, KeyError> {
        Self::read(text.as_bytes(), None, key_id)
    }

    /// Reads a key in any format: JWK, JWK set (the only private key, or the one called `key_id`), settings of
    /// Altinn's .NET libraries, PEM or DER (PKCS#1, or PKCS#8 with or without `password`), PKCS#12 (no password is
    /// the empty one), and base64 of any of these. At most 1 MiB.
    ///
    /// `key_id` wins over the one inside. Where there is none at all, a certificate that belongs to the key tells it
    /// instead (an enterprise certificate).
    ///
    /// # Errors
    /// Each kind of input that is no usable key has its own [`KeyError`].
    pub fn read(
        bytes: &[u8],
        password: Option<&Secret>,
        key_id: Option<&str>,
    ) -> Result<Self, KeyError> {
        if bytes.len() > LARGEST {
            return Err(KeyError::TooLarge);
        }
        if key_id.is_some_and(|id| !is_key_id(id)) {
            return Err(KeyError::BadKeyId);
        }
        read_at(bytes, password.map(Secret::expose), key_id, DEEPEST)
    }

    /// Makes a new key of 2048 bits. Takes up to a few seconds of computing: call it where that may block.
    ///
    /// # Errors
    /// [`KeyError::BadKeyId`], or [`KeyError::Generation`] when the system gives no randomness.
    pub fn generate(key_id: &str) -> Result<Self, KeyError> {
        if !is_key_id(key_id) {
            return Err(KeyError::BadKeyId);
        }
        Self::from_pkcs1(generate::rsa_private_key()?, key_id)
    }

    /// A key of a token (PKCS#11), which signs there and never leaves it. Waits for the token: call it where that may block.
    ///
    /// # Errors
    /// [`KeyError`] tells what is wrong with driver, token, PIN or key.
    pub fn in_token(place: TokenPlace, pin: Secret, key_id: &str) -> Result<Self, KeyError> {
        if !is_key_id(key_id) {
            return Err(KeyError::BadKeyId);
        }
        let key = TokenKey::find(place, pin)?;
        has_length(&key.modulus)?;
        Ok(Self {
            name: Name::KeyId(key_id.to_owned()),
            half: Half::Token(Arc::new(key)),
        })
    }

    /// The same of which the public half is known: nothing is asked of the token before it is to sign.
    ///
    /// # Errors
    /// [`KeyError::BadKeyId`]; [`KeyError::BadNumber`] where `public_jwk` is not what [`SigningKey::public_jwk`] told.
    pub fn of_token(
        place: TokenPlace,
        pin: Secret,
        key_id: &str,
        public_jwk: &serde_json::Value,
    ) -> Result<Self, KeyError> {
        if !is_key_id(key_id) {
            return Err(KeyError::BadKeyId);
        }
        let number = |name: &'static str| {
            let text = public_jwk.get(name).and_then(serde_json::Value::as_str);
            let bytes = text.and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok());
            bytes.ok_or(KeyError::BadNumber(name))
        };
        let key = TokenKey::known(place, pin, number("n")?, number("e")?);
        Ok(Self {
            name: Name::KeyId(key_id.to_owned()),
            half: Half::Token(Arc::new(key)),
        })
    }

    /// Key id, sent as `kid`; none where the key is told by its certificate.
    pub fn key_id(&self) -> Option<&str> {
        match &self.name {
            Name::KeyId(id) => Some(id),
            Name::Chain(_) => None,
        }
    }

    /// What the certificate says that tells the key; none where a key id does.
    pub fn certificate(&self) -> Option<CertificateFacts> {
        match &self.name {
            Name::KeyId(_) => None,
            Name::Chain(chain) => certificate::facts(chain.first()?),
        }
    }

    /// The public half as a JWK to register in self-service, with the members that it needs (`kty`, `alg`, `use`,
    /// `e`, `n`, and `kid` where there is one). Registering a set replaces the one before, so old and new go together.
    pub fn public_jwk(&self) -> serde_json::Value {
        let mut jwk = serde_json::json!({ "kty": "RSA", "use": "sig", "alg": "RS256" });
        let numbers: [&[u8]; 2] = match &self.half {
            Half::Here { der, .. } => {
                let [modulus, exponent, ..] = der::rsa_numbers(der).unwrap_or_default();
                [modulus, exponent]
            }
            Half::Token(key) => [&key.modulus, &key.exponent],
        };
        if let Some(members) = jwk.as_object_mut() {
            for (name, number) in ["n", "e"].into_iter().zip(numbers) {
                members.insert(
                    name.to_owned(),
                    BASE64_URL_SAFE_NO_PAD.encode(number).into(),
                );
            }
            if let Some(id) = self.key_id() {
                members.insert("kid".to_owned(), id.into());
            }
        }
        jwk
    }

    /// The whole key for the keychain, in a form that [`SigningKey::read`] takes without password; none of a key that never
    /// leaves its token.
    pub fn to_keep(&self) -> Option<Secret> {
        let Half::Here { der, .. } = &self.half else {
            return None;
        };
        Some(match &self.name {
            Name::KeyId(id) => private_jwk(der, id),
            Name::Chain(chain) => pem(der, chain),
        })
    }

    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// RS256 signature of `message`. A token is waited for beside the runtime.
    pub(crate) async fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match &self.half {
            Half::Here { pair, .. } => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(
                    &signature::RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    message,
                    &mut signature,
                )
                .ok()?;
                Some(signature)
            }
            Half::Token(key) => {
                let (key, message) = (key.clone(), message.to_owned());
                let signed = tokio::task::spawn_blocking(move || key.sign(&message)).await;
                match signed.ok()? {
                    Ok(signature) => Some(signature),
                    Err(error) => {
                        tracing::warn!(reason = error.name(), "the token did not sign");
                        None
                    }
                }
            }
        }
    }

    #[cfg(test)]
    pub(crate) fn public_key(&self) -> Vec<u8> {
        match &self.half {
            Half::Here { pair, .. } => pair.public().as_ref().to_vec(),
            Half::Token(key) => key.modulus.clone(),
        }
    }

    fn from_inside(inside: Inside, key_id: Option<&str>) -> Result<Self, KeyError> {
        let name = match (key_id, inside.chain) {
            (Some(id), _) => Name::KeyId(id.to_owned()),
            (None, Some(chain)) => Name::Chain(Arc::new(chain)),
            (None, None) if inside.has_certificates => return Err(KeyError::ForeignCertificate),
            (None, None) => return Err(KeyError::NoKeyId),
        };
        Self::named(inside.rsa, name)
    }

    fn from_pkcs1(der: Zeroizing<Vec<u8>>, key_id: &str) -> Result<Self, KeyError> {
        Self::named(der, Name::KeyId(key_id.to_owned()))
    }

    fn named(der: Zeroizing<Vec<u8>>, name: Name) -> Result<Self, KeyError> {
        let [modulus, ..] = der::rsa_numbers(&der).ok_or(KeyError::BrokenDer)?;
        has_length(modulus)?;
        let pair = signature::RsaKeyPair::from_der(&der).map_err(|_| KeyError::Unsound)?;
        if matches!(&name, Name::KeyId(id) if !is_key_id(id)) {
            return Err(KeyError::BadKeyId);
        }
        Ok(Self {
            name,
            half: Half::Here {
                der: Arc::new(der),
                pair: Arc::new(pair),
            },
        })
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("key_id", &self.key_id())
            .finish_non_exhaustive()
    }
}

/// A key id is letters, digits, `.`, `_` and `-`, so none of it needs escaping.
fn private_jwk(der: &[u8], key_id: &str) -> Secret {
    let numbers = der::rsa_numbers(der).unwrap_or_default();
    // With room for all, so that no half of it is left behind by growing.
    let mut json = String::with_capacity(2 * der.len() + key_id.len() + 256);
    json.push_str("{\"kty\":\"RSA\",\"use\":\"sig\",\"alg\":\"RS256\",\"kid\":\"");
    json.push_str(key_id);
    json.push('"');
    for (name, number) in ["n", "e", "d", "p", "q", "dp", "dq", "qi"]
        .into_iter()
        .zip(numbers)
    {
        json.push_str(",\"");
        json.push_str(name);
        json.push_str("\":\"");
        BASE64_URL_SAFE_NO_PAD.encode_string(number, &mut json);
        json.push('"');
    }
    json.push('}');
    Secret::new(json)
}

fn pem(der: &[u8], chain: &[Vec<u8>]) -> Secret {
    let size: usize = chain.iter().map(Vec::len).sum::<usize>() + der.len();
    let mut pem = String::with_capacity(2 * size + 128 * (chain.len() + 1));
    let mut block = |label: &str, bytes: &[u8]| {
        pem.push_str(&format!("-----BEGIN {label}-----\n"));
        BASE64_STANDARD.encode_string(bytes, &mut pem);
        pem.push_str(&format!("\n-----END {label}-----\n"));
    };
    block("RSA PRIVATE KEY", der);
    for certificate in chain {
        block("CERTIFICATE", certificate);
    }
    Secret::new(pem)
}

/// Length of a modulus.
fn bits(modulus: &[u8]) -> usize {
    let leading = modulus
        .first()
        .map_or(0, |byte| byte.leading_zeros() as usize);
    modulus.len() * 8 - leading
}

fn has_length(modulus: &[u8]) -> Result<(), KeyError> {
    match bits(modulus) {
        bits if bits < 2048 => Err(KeyError::TooShort { bits }),
        bits if bits > 4096 => Err(KeyError::TooLong { bits }),
        _ => Ok(()),
    }
}

fn is_key_id(id: &str) -> bool {
    !id.is_empty()
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Reads by what the bytes look like; `depth` more wrappings may be taken off.
fn read_at(
    bytes: &[u8],
    password: Option<&str>,
    key_id: Option<&str>,
    depth: u8,
) -> Result<SigningKey, KeyError> {
    let depth = depth.checked_sub(1).ok_or(KeyError::Unknown)?;
    if bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || bytes.starts_with(&[0xce; 4]) {
        return Err(KeyError::JavaKeyStore);
    }
    if container::is_container(bytes) {
        return SigningKey::from_inside(container::read(bytes, password)?, key_id);
    }
    if let Some(text) = utf16(bytes) {
        return read_at(text.as_bytes(), password, key_id, depth);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| KeyError::Unknown)?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.contains("-----BEGIN ") {
        return SigningKey::from_inside(pem::read(text, password)?, key_id);
    }
    if text.starts_with(['{', '[', '"']) {
        return match jwk::read(text.as_bytes(), key_id)? {
            jwk::Found::Key(key) => Ok(*key),
            jwk::Found::Inside(text, kid) => {
                let key_id = key_id.or(kid.as_deref());
                read_at(text.expose().as_bytes(), password, key_id, depth)
            }
        };
    }
    if let Some(error) = known_stranger(text) {
        return Err(error);
    }
    let inside = base64(text).ok_or(KeyError::Unknown)?;
    read_at(&inside, password, key_id, depth)
}

/// What people bring that is text, but no key.
fn known_stranger(text: &str) -> Option<KeyError> {
    let is_hex = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b' ')
    };
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    Some(match text {
        "" => KeyError::Empty,
        _ if text.starts_with('<') => KeyError::WebPage,
        _ if text.starts_with("ssh-") || text.starts_with("ecdsa-sha2-") => KeyError::PublicOnly,
        _ if text.starts_with("PuTTY-User-Key-File") => KeyError::Putty,
        _ if text.starts_with("eyJ") && text.split('.').count() == 3 => KeyError::Token,
        _ if digits == 40 && is_hex(text) => KeyError::Thumbprint,
        _ => return None,
    })
}

/// Text as Windows programs save it, with its mark of byte order.
fn utf16(bytes: &[u8]) -> Option<Zeroizing<String>> {
    let read: fn([u8; 2]) -> u16 = match bytes {
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let (pairs, _) = bytes.as_chunks::<2>();
    let units = pairs.iter().skip(1).map(|pair| read(*pair));
    let text = char::decode_utf16(units).collect::<Result<String, _>>();
    text.ok().map(Zeroizing::new)
}

/// Base64 in either alphabet, with or without padding and line breaks.
fn base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let standard: Zeroizing<Vec<u8>> = Zeroizing::new(
        text.bytes()
            .filter(|byte| !byte.is_ascii_whitespace())
            .map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            })
            .collect(),
    );
    BASE64.decode(standard.as_slice()).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests;
