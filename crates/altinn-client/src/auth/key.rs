//! Private keys as users bring them (Platform reference, section 2.5), and signing with them.

use base64::{Engine, alphabet, engine};
use ring::{rand::SystemRandom, signature};
use serde_json::Value;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Decodes with and without padding; the URL alphabet is mapped to the standard one before.
const BASE64: engine::GeneralPurpose = engine::GeneralPurpose::new(
    &alphabet::STANDARD,
    engine::GeneralPurposeConfig::new()
        .with_decode_padding_mode(engine::DecodePaddingMode::Indifferent),
);

/// DER of the object identifier of elliptic-curve keys, 1.2.840.10045.2.1.
const ELLIPTIC_CURVE: &[u8] = &[0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];

/// An RSA private key registered at Maskinporten, and its key id. `Debug` shows the key id only.
#[derive(Clone)]
pub struct SigningKey {
    key_id: String,
    pair: Arc<signature::RsaKeyPair>,
}

/// Why a key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Neither JWK, JWK set, base64 of these, nor PEM.
    #[error("this is no private key in a known format")]
    Malformed,
    /// The public half, or a certificate.
    #[error("this is a public key; the private one is needed")]
    PublicOnly,
    /// Maskinporten takes RSA only.
    #[error("Maskinporten takes RSA keys only")]
    NotRsa,
    /// A JWK with `n`, `e`, `d` but without the primes.
    #[error("the key lacks its primes (p, q, dp, dq, qi)")]
    Incomplete,
    /// The key id is neither in the key nor given.
    #[error("the key id is missing")]
    NoKeyId,
    /// Protected by a password.
    #[error("the key is protected by a password; remove it first")]
    Encrypted,
    /// Refused by the cryptography: fewer than 2048 bits, more than 4096, or numbers that do not belong together.
    #[error("the key is not a sound RSA key of 2048 to 4096 bits")]
    Unsound,
}

impl SigningKey {
    /// Reads a JWK, a JWK set (the first private RSA key, or the one called `key_id`), base64 of either, or PEM
    /// (PKCS#1 or PKCS#8). `key_id` wins over the one inside and is needed with PEM.
    pub fn parse(text: &str, key_id: Option<&str>) -> Result<Self, KeyError> {
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.starts_with("-----BEGIN") {
            return Self::from_pem(text, key_id);
        }
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            return Self::from_json(value, key_id);
        }
        let bytes = Zeroizing::new(decode(text).ok_or(KeyError::Malformed)?);
        let value = serde_json::from_slice(&bytes).map_err(|_| KeyError::Malformed)?;
        Self::from_json(value, key_id)
    }

    /// Key id, sent as `kid`.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// RS256 signature of `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(
                &signature::RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .ok()?;
        Some(signature)
    }

    #[cfg(test)]
    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.pair.public().as_ref().to_vec()
    }

    fn from_json(value: Value, key_id: Option<&str>) -> Result<Self, KeyError> {
        let Some(keys) = value.get("keys").and_then(Value::as_array) else {
            return Self::from_jwk(&value, key_id);
        };
        let is_wanted = |key: &&Value| {
            key.get("d").is_some()
                && key_id.is_none_or(|id| key.get("kid").and_then(Value::as_str) == Some(id))
        };
        let key = keys
            .iter()
            .find(is_wanted)
            .or_else(|| keys.iter().find(|key| key.get("d").is_some()));
        match key {
            Some(key) => Self::from_jwk(key, key_id),
            None if keys.is_empty() => Err(KeyError::Malformed),
            None => Err(KeyError::PublicOnly),
        }
    }

    fn from_jwk(jwk: &Value, key_id: Option<&str>) -> Result<Self, KeyError> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        match text("kty") {
            Some("RSA") => {}
            Some(_) => return Err(KeyError::NotRsa),
            None => return Err(KeyError::Malformed),
        }
        if text("d").is_none() {
            return Err(KeyError::PublicOnly);
        }
        let mut numbers = Vec::with_capacity(8);
        for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
            let encoded = text(name).ok_or(KeyError::Incomplete)?;
            numbers.push(Zeroizing::new(decode(encoded).ok_or(KeyError::Malformed)?));
        }
        let key_id = key_id.or_else(|| text("kid")).ok_or(KeyError::NoKeyId)?;
        Self::from_pkcs1(&pkcs1(&numbers), key_id)
    }

    fn from_pem(text: &str, key_id: Option<&str>) -> Result<Self, KeyError> {
        // A file may hold a certificate chain before the key: the private part counts.
        let mut found = Err(KeyError::Malformed);
        for part in text.split("-----BEGIN ").skip(1) {
            let Some((label, rest)) = part.split_once("-----") else {
                continue;
            };
            let Some((body, _)) = rest.split_once("-----END") else {
                continue;
            };
            match label {
                "PRIVATE KEY" | "RSA PRIVATE KEY" => {
                    if body.contains("ENCRYPTED") {
                        return Err(KeyError::Encrypted);
                    }
                    let der = Zeroizing::new(decode(body).ok_or(KeyError::Malformed)?);
                    let key_id = key_id.ok_or(KeyError::NoKeyId)?;
                    return if label == "PRIVATE KEY" {
                        Self::from_pkcs8(&der, key_id)
                    } else {
                        Self::from_pkcs1(&der, key_id)
                    };
                }
                "EC PRIVATE KEY" => return Err(KeyError::NotRsa),
                "ENCRYPTED PRIVATE KEY" => return Err(KeyError::Encrypted),
                "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => {
                    found = Err(KeyError::PublicOnly)
                }
                _ => {}
            }
        }
        found
    }

    fn from_pkcs8(der: &[u8], key_id: &str) -> Result<Self, KeyError> {
        if der
            .windows(ELLIPTIC_CURVE.len())
            .any(|window| window == ELLIPTIC_CURVE)
        {
            return Err(KeyError::NotRsa);
        }
        Self::from_pair(signature::RsaKeyPair::from_pkcs8(der), key_id)
    }

    fn from_pkcs1(der: &[u8], key_id: &str) -> Result<Self, KeyError> {
        Self::from_pair(signature::RsaKeyPair::from_der(der), key_id)
    }

    fn from_pair(
        pair: Result<signature::RsaKeyPair, ring::error::KeyRejected>,
        key_id: &str,
    ) -> Result<Self, KeyError> {
        let pair = pair.map_err(|_| KeyError::Unsound)?;
        if key_id.is_empty() {
            return Err(KeyError::NoKeyId);
        }
        Ok(Self {
            key_id: key_id.to_owned(),
            pair: Arc::new(pair),
        })
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

/// Base64 in either alphabet, with or without padding and line breaks.
fn decode(text: &str) -> Option<Vec<u8>> {
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
    BASE64.decode(standard.as_slice()).ok()
}

/// `RSAPrivateKey` of RFC 8017, appendix A.1.2: version 0 and the eight numbers.
fn pkcs1(numbers: &[Zeroizing<Vec<u8>>]) -> Zeroizing<Vec<u8>> {
    let mut content = Zeroizing::new(vec![0x02, 0x01, 0x00]);
    for number in numbers {
        push_integer(&mut content, number);
    }
    let mut der = Zeroizing::new(vec![0x30]);
    push_length(&mut der, content.len());
    der.extend_from_slice(&content);
    der
}

/// An unsigned number as the shortest DER INTEGER.
fn push_integer(der: &mut Vec<u8>, big_endian: &[u8]) {
    let first = big_endian
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(big_endian.len());
    let digits = big_endian.get(first..).unwrap_or_default();
    let needs_sign = digits.first().is_none_or(|byte| *byte >= 0x80);
    der.push(0x02);
    push_length(der, digits.len() + usize::from(needs_sign));
    if needs_sign {
        der.push(0);
    }
    der.extend_from_slice(digits);
}

fn push_length(der: &mut Vec<u8>, length: usize) {
    let bytes = length.to_be_bytes();
    let first = bytes
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(bytes.len());
    let digits = bytes.get(first..).unwrap_or_default();
    match digits {
        [] => der.push(0),
        [short] if *short < 0x80 => der.push(*short),
        long => {
            // At most eight digits, so the count fits the low bits.
            der.push(0x80 | u8::try_from(long.len()).unwrap_or(0x7f));
            der.extend_from_slice(long);
        }
    }
}

#[cfg(test)]
mod tests;
