//! Who signs tokens here, and who asks for them: Maskinporten, Altinn Authentication and the test token generator.

mod administration;
mod altinn;
mod certificate;
mod generator;
mod idporten;
mod jwt;
mod keys;
mod maskinporten;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, RwLock};

use axum::response::Response;
use chrono::Utc;
use serde_json::{Map, Value};

use crate::app::App;
use crate::caller::{Caller, Scheme};
use crate::platform::Ask;
use crate::world::World;
pub use altinn::bearer;
pub use jwt::{PublicKey, SigningKey, Token};
pub use keys::practice_jwk;
pub use maskinporten::organisation_in;

/// Claims of a token.
pub type Claims = Map<String, Value>;

/// Remembered tokens are forgotten all at once beyond this many; they are then verified anew.
const MOST_REMEMBERED: usize = 4096;

/// The most keys a client has (platform reference, section 2.5).
const MOST_KEYS: usize = 5;

/// Why there is no authority.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The embedded keys, or a key in the world, cannot be read.
    #[error("a key of the world cannot be used: {0}")]
    Unusable(&'static str),
}

/// A key on a client, and when it was posted, in Unix seconds.
type Registered = (PublicKey, i64);

/// The issuers on this origin, their keys, and what they remember.
#[derive(Debug)]
pub struct Authority {
    base: String,
    maskinporten: SigningKey,
    altinn: SigningKey,
    idporten: SigningKey,
    sessions: idporten::Sessions,
    client_keys: RwLock<HashMap<String, Vec<Registered>>>,
    used_grants: Mutex<HashMap<(String, String), i64>>,
    remembered: RwLock<HashMap<String, (Caller, i64)>>,
}

impl Authority {
    /// The issuers of a sandbox at `base` (no slash at the end), with the keys its world registers.
    ///
    /// # Errors
    /// When a key cannot be read.
    pub fn new(base: &str, world: &World) -> Result<Self, KeyError> {
        let keys = keys::embedded()?;
        let now = Utc::now().timestamp();
        let mut client_keys = HashMap::new();
        for client in &world.maskinporten_clients {
            let mut registered = Vec::new();
            if let Some(name) = &client.practice_key {
                let private =
                    practice_jwk(name).ok_or(KeyError::Unusable("no such practice key"))?;
                registered.push((PublicKey::from_jwk(&private)?, now));
            }
            for jwk in &client.keys {
                registered.push((PublicKey::from_jwk(jwk)?, now));
            }
            client_keys.insert(client.client_id.clone(), registered);
        }
        Ok(Self {
            base: base.to_owned(),
            maskinporten: keys.maskinporten,
            altinn: keys.altinn,
            idporten: keys.idporten,
            sessions: idporten::Sessions::default(),
            client_keys: RwLock::new(client_keys),
            used_grants: Mutex::default(),
            remembered: RwLock::default(),
        })
    }

    /// Maskinporten's issuer, with its slash at the end.
    #[must_use]
    pub fn maskinporten_issuer(&self) -> String {
        format!("{}/maskinporten/", self.base)
    }

    /// Altinn Authentication's issuer, with its slash at the end.
    #[must_use]
    pub fn altinn_issuer(&self) -> String {
        format!("{}/authentication/api/v1/openid/", self.base)
    }

    /// ID-porten's issuer, without a slash at the end.
    #[must_use]
    pub fn idporten_issuer(&self) -> String {
        format!("{}/idporten", self.base)
    }

    /// Whether this is one of Maskinporten's two names here: below `/maskinporten/`, and the origin itself.
    fn is_maskinporten(&self, issuer: &str) -> bool {
        issuer == self.maskinporten_issuer() || issuer.strip_suffix('/') == Some(&*self.base)
    }

    /// Replaces the keys of a client at a time (Unix seconds), as posting a key set in self-service does. Returns their ids.
    ///
    /// # Errors
    /// When a key of the set cannot be used or there are more than five; nothing is changed then.
    pub fn register_keys(
        &self,
        client_id: &str,
        set: &Value,
        now: i64,
    ) -> Result<Vec<String>, KeyError> {
        let one = std::slice::from_ref(set);
        let jwks = set
            .get("keys")
            .and_then(Value::as_array)
            .map_or(one, Vec::as_slice);
        if jwks.len() > MOST_KEYS {
            return Err(KeyError::Unusable("a client has at most 5 keys"));
        }
        let keys: Vec<Registered> = jwks
            .iter()
            .map(|jwk| Ok((PublicKey::from_jwk(jwk)?, now)))
            .collect::<Result<_, KeyError>>()?;
        let is_id_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !keys
            .iter()
            .all(|(key, _)| key.kid.bytes().all(is_id_letter))
        {
            return Err(KeyError::Unusable("kid holds letters, digits, ., _ and -"));
        }
        let ids = keys.iter().map(|(key, _)| key.kid.clone()).collect();
        self.client_keys
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(client_id.to_owned(), keys);
        Ok(ids)
    }

    /// The keys of every client, as key sets.
    pub(crate) fn registered(&self) -> Value {
        let keys = self
            .client_keys
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let sets = keys.iter().map(|(client, keys)| {
            let jwks: Vec<Value> = keys.iter().map(|(key, _)| key.jwk()).collect();
            (client.clone(), serde_json::json!({ "keys": jwks }))
        });
        Value::Object(sets.collect())
    }

    fn has_keys(&self, client_id: &str) -> bool {
        let keys = self
            .client_keys
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        keys.get(client_id).is_some_and(|keys| !keys.is_empty())
    }

    fn client_key(&self, client_id: &str, kid: &str) -> Option<Registered> {
        let keys = self
            .client_keys
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        keys.get(client_id)?
            .iter()
            .find(|(key, _)| key.kid == kid)
            .cloned()
    }

    /// Notes that a grant was used; false when it had been used before.
    fn note_grant(&self, client_id: &str, jti: &str, expires: i64, now: i64) -> bool {
        let mut used = self
            .used_grants
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, until| *until + 60 >= now);
        used.insert((client_id.to_owned(), jti.to_owned()), expires)
            .is_none()
    }

    /// A token this origin signed, not expired at `now` (Unix seconds) beyond `skew` seconds, with its issuer's kind.
    fn verified(&self, token: &str, now: i64, skew: i64) -> Option<(Issuer, Claims)> {
        let token = Token::parse(token)?;
        let issuer = token.claims.get("iss")?.as_str()?;
        let (kind, key) = if self.is_maskinporten(issuer) {
            (Issuer::Maskinporten, &self.maskinporten)
        } else if issuer.eq_ignore_ascii_case(&self.altinn_issuer()) {
            (Issuer::Altinn, &self.altinn)
        } else if issuer == self.idporten_issuer() {
            (Issuer::IdPorten, &self.idporten)
        } else {
            return None;
        };
        if !token.is_signed_by(&key.public()) {
            return None;
        }
        let expires = token.claims.get("exp")?.as_i64()?;
        let not_before = token.claims.get("nbf").map_or(Some(now), Value::as_i64)?;
        (expires + skew > now && not_before <= now + skew).then_some((kind, token.claims))
    }

    /// The caller a token speaks for. Verified tokens are remembered until they expire, because a signature costs more
    /// than all the rest of a small request.
    pub(crate) fn caller(&self, token: &str, now: i64) -> Option<Caller> {
        let remembered = self
            .remembered
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(token)
            .cloned();
        if let Some((caller, expires)) = remembered {
            return (expires > now).then_some(caller);
        }
        let (issuer, claims) = self.verified(token, now, 0)?;
        let scheme = match issuer {
            Issuer::Altinn => Scheme::Altinn,
            Issuer::Maskinporten => Scheme::Maskinporten,
            Issuer::IdPorten => return None,
        };
        let caller = Caller::from_claims(scheme, &claims);
        let expires = claims.get("exp")?.as_i64()?;
        let mut remembered = self
            .remembered
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(token.to_owned(), (caller.clone(), expires));
        Some(caller)
    }
}

/// Who issued a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issuer {
    /// Maskinporten itself.
    Maskinporten,
    /// Altinn Authentication, by exchange or through the test token generator.
    Altinn,
    /// ID-porten. None of Altinn's services takes its tokens as they are: they are exchanged.
    IdPorten,
}

/// Answers a request to one of the issuers.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    maskinporten::answer(app, ask)
        .or_else(|| altinn::answer(app, ask))
        .or_else(|| idporten::answer(app, ask))
        .or_else(|| administration::answer(app, ask))
        .or_else(|| generator::answer(app, ask))
}

/// An organisation as Maskinporten writes it.
fn iso6523(orgnr: &str) -> Value {
    serde_json::json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{orgnr}") })
}

/// The organisation number in an identifier such as `0192:991825827`: what follows the first colon.
fn after_colon(id: &str) -> Option<&str> {
    id.split_once(':').map(|(_, orgnr)| orgnr)
}
