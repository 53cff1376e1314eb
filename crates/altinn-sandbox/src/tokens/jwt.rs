//! Compact signed tokens with RS256.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPairComponents, PublicKeyComponents};
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

use super::{Claims, KeyError};

/// Decodes base64 of either alphabet, with or without padding: key sets in the wild use both.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let url_safe = text
        .trim_end_matches('=')
        .replace('+', "-")
        .replace('/', "_");
    URL_SAFE_NO_PAD.decode(url_safe).ok()
}

fn member(jwk: &Value, name: &str) -> Option<Vec<u8>> {
    bytes(jwk.get(name)?.as_str()?)
}

/// The public half of an RSA key.
#[derive(Debug, Clone)]
pub struct PublicKey {
    /// Its id.
    pub kid: String,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl PublicKey {
    /// Reads a JWK. A private one gives its public half.
    ///
    /// # Errors
    /// When it is not RSA, or lacks `kid`, `n` or `e`.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        if jwk.get("kty").and_then(Value::as_str) != Some("RSA") {
            return Err(KeyError::Unusable("kty must be RSA"));
        }
        let kid = jwk.get("kid").and_then(Value::as_str);
        Ok(Self {
            kid: kid.ok_or(KeyError::Unusable("kid is missing"))?.to_owned(),
            modulus: member(jwk, "n").ok_or(KeyError::Unusable("n is missing"))?,
            exponent: member(jwk, "e").ok_or(KeyError::Unusable("e is missing"))?,
        })
    }

    /// A key that a certificate holds. It has no id.
    #[must_use]
    pub fn from_numbers(modulus: Vec<u8>, exponent: Vec<u8>) -> Self {
        Self {
            kid: String::new(),
            modulus,
            exponent,
        }
    }

    /// As a JWK in the URL-safe alphabet the standard asks for.
    #[must_use]
    pub fn jwk(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": URL_SAFE_NO_PAD.encode(&self.modulus), "e": URL_SAFE_NO_PAD.encode(&self.exponent),
        })
    }

    /// As Altinn writes it: standard base64 with padding (platform reference, section 1.3).
    #[must_use]
    pub fn jwk_in_standard_base64(&self) -> Value {
        json!({
            "kty": "RSA", "use": "sig", "kid": self.kid,
            "n": STANDARD.encode(&self.modulus), "e": STANDARD.encode(&self.exponent),
        })
    }
}

/// A key that signs.
#[derive(Debug)]
pub struct SigningKey {
    pair: RsaKeyPair,
    public: PublicKey,
    /// Certificates in standard base64, leaf first.
    pub certificates: Vec<String>,
}

impl SigningKey {
    /// Reads a private JWK.
    ///
    /// # Errors
    /// When a member is missing or the numbers do not fit together.
    pub fn from_jwk(jwk: &Value) -> Result<Self, KeyError> {
        let public = PublicKey::from_jwk(jwk)?;
        let part = |name: &str| {
            member(jwk, name).ok_or(KeyError::Unusable("a private key member is missing"))
        };
        let pair = RsaKeyPair::from_components(&KeyPairComponents {
            public_key: PublicKeyComponents {
                n: public.modulus.clone(),
                e: public.exponent.clone(),
            },
            d: part("d")?,
            p: part("p")?,
            q: part("q")?,
            dP: part("dp")?,
            dQ: part("dq")?,
            qInv: part("qi")?,
        })
        .map_err(|_| KeyError::Unusable("the numbers of a private key do not fit together"))?;
        let certificates = jwk
            .get("x5c")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|one| one.as_str().map(str::to_owned))
            .collect();
        Ok(Self {
            pair,
            public,
            certificates,
        })
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public.clone()
    }

    /// Signs claims.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn sign(&self, claims: &Claims) -> Result<String, KeyError> {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.public.kid });
        let encoded = |text: String| URL_SAFE_NO_PAD.encode(text);
        let claims = serde_json::to_string(claims).map_err(|_| KeyError::Unusable("claims"))?;
        let input = format!("{}.{}", encoded(header.to_string()), encoded(claims));
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                input.as_bytes(),
                &mut signature,
            )
            .map_err(|_| KeyError::Unusable("signing failed"))?;
        Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// A token taken apart, not yet believed.
#[derive(Debug)]
pub struct Token<'a> {
    /// Its header.
    pub header: Claims,
    /// Its claims.
    pub claims: Claims,
    input: &'a str,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    /// Takes a compact token apart; `None` when it is malformed.
    #[must_use]
    pub fn parse(token: &'a str) -> Option<Self> {
        let (input, signature) = token.rsplit_once('.')?;
        let (header, claims) = input.split_once('.')?;
        let object = |part: &str| -> Option<Claims> {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
        };
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            input,
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    /// Whether a key made its signature, by RS256, RS384 or RS512 as the header says.
    #[must_use]
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let algorithm = match self.header.get("alg").and_then(Value::as_str) {
            Some("RS256") => &RSA_PKCS1_2048_8192_SHA256,
            Some("RS384") => &RSA_PKCS1_2048_8192_SHA384,
            Some("RS512") => &RSA_PKCS1_2048_8192_SHA512,
            _ => return false,
        };
        PublicKeyComponents {
            n: &key.modulus,
            e: &key.exponent,
        }
        .verify(algorithm, self.input.as_bytes(), &self.signature)
        .is_ok()
    }

    /// A claim that is a text.
    #[must_use]
    pub fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// A claim that is a number.
    #[must_use]
    pub fn number(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim).and_then(Value::as_i64)
    }
}
