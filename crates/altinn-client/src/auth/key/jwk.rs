//! Keys as JSON: JWK, JWK set, and the settings of Altinn's .NET libraries that hold one (Platform reference, 2.5).

use super::{Algorithm, KeyError, SigningKey, base64, der};
use crate::auth::Secret;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

/// Any of the shapes; what each lacks is none.
#[derive(serde::Deserialize)]
struct Document {
    keys: Option<Vec<Document>>,
    kty: Option<Member>,
    kid: Option<Member>,
    alg: Option<Member>,
    r#use: Option<Member>,
    n: Option<Member>,
    e: Option<Member>,
    d: Option<Member>,
    p: Option<Member>,
    q: Option<Member>,
    dp: Option<Member>,
    dq: Option<Member>,
    qi: Option<Member>,
    #[serde(rename = "EncodedJwk", alias = "JwkBase64")]
    encoded: Option<Member>,
    #[serde(rename = "Kid")]
    settings_kid: Option<Member>,
}

/// Text, or something else that stands where text should. Overwritten when dropped.
enum Member {
    Text(Secret),
    Other,
}

impl Member {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.expose()),
            Self::Other => None,
        }
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyMember)
    }
}

struct AnyMember;

impl<'de> Visitor<'de> for AnyMember {
    type Value = Member;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Member, E> {
        Ok(Member::Text(Secret::new(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Member, E> {
        Ok(Member::Text(Secret::new(text)))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Member, E> {
        Ok(Member::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<Member, A::Error> {
        while all.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut all: A) -> Result<Member, A::Error> {
        while all.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Member::Other)
    }
}

/// What JSON led to: a key, or text that holds one in another format.
pub(super) enum Found {
    Key(Box<SigningKey>),
    Inside(Secret, Option<String>),
}

/// Reads JSON of any of the shapes.
pub(super) fn read(json: &[u8], key_id: Option<&str>) -> Result<Found, KeyError> {
    match json.first() {
        Some(b'"') => {
            let Member::Text(text) = parse(json)? else {
                return Err(KeyError::Unknown);
            };
            Ok(Found::Inside(text, None))
        }
        Some(b'[') => from_set(&parse::<Vec<Document>>(json)?, key_id).map(found),
        _ => {
            let document: Document = parse(json)?;
            if let Some(Member::Text(text)) = document.encoded {
                let kid = document.settings_kid.as_ref().and_then(Member::text);
                return Ok(Found::Inside(text, kid.map(str::to_owned)));
            }
            match &document.keys {
                Some(keys) => from_set(keys, key_id).map(found),
                None => from_jwk(&document, key_id).map(found),
            }
        }
    }
}

fn found(key: SigningKey) -> Found {
    Found::Key(Box::new(key))
}

fn parse<T: for<'de> Deserialize<'de>>(json: &[u8]) -> Result<T, KeyError> {
    serde_json::from_slice(json).map_err(|error| KeyError::BrokenJson {
        line: error.line(),
        column: error.column(),
    })
}

/// The private key of a set: the one that is asked for, else the only one.
fn from_set(keys: &[Document], key_id: Option<&str>) -> Result<SigningKey, KeyError> {
    let Some(first) = keys.first() else {
        return Err(KeyError::EmptySet);
    };
    let private: Vec<&Document> = keys.iter().filter(|key| key.d.is_some()).collect();
    match (private.as_slice(), key_id) {
        // Says what the key is instead: the public half, or of another algorithm.
        ([], _) => from_jwk(first, key_id),
        // The only one may carry no key id, or another than it was registered by.
        ([only], _) => from_jwk(only, key_id),
        (several, Some(id)) => {
            let wanted = several
                .iter()
                .find(|key| key.kid.as_ref().and_then(Member::text) == Some(id));
            from_jwk(wanted.ok_or(KeyError::NotInSet)?, key_id)
        }
        (_, None) => Err(KeyError::Ambiguous),
    }
}

fn from_jwk(jwk: &Document, key_id: Option<&str>) -> Result<SigningKey, KeyError> {
    let text = |member: &Option<Member>| member.as_ref().and_then(Member::text).map(str::to_owned);
    match text(&jwk.kty).as_deref() {
        Some("RSA") => {}
        Some("EC") => return Err(KeyError::NotRsa(Algorithm::EllipticCurve)),
        Some("OKP") => return Err(KeyError::NotRsa(Algorithm::Edwards)),
        Some("oct") => return Err(KeyError::NotRsa(Algorithm::Symmetric)),
        Some(_) => return Err(KeyError::NotRsa(Algorithm::Unknown)),
        None => return Err(KeyError::NoKeyType),
    }
    if jwk.d.is_none() {
        return Err(KeyError::PublicOnly);
    }
    if text(&jwk.r#use).is_some_and(|use_| use_ != "sig") {
        return Err(KeyError::NotForSigning);
    }
    // The key is the same for RS256, RS384 and RS512.
    let is_ours = |alg: String| ["RS256", "RS384", "RS512"].contains(&alg.as_str());
    if text(&jwk.alg).is_some_and(|alg| !is_ours(alg)) {
        return Err(KeyError::OtherAlgorithm);
    }
    let numbers = numbers(jwk)?;
    let inside = text(&jwk.kid).filter(|id| !id.is_empty());
    let key_id = key_id.or(inside.as_deref()).ok_or(KeyError::NoKeyId)?;
    SigningKey::from_pkcs1(der::rsa_private_key(&numbers), key_id)
}

fn numbers(jwk: &Document) -> Result<[Zeroizing<Vec<u8>>; 8], KeyError> {
    let members = [
        ("n", &jwk.n),
        ("e", &jwk.e),
        ("d", &jwk.d),
        ("p", &jwk.p),
        ("q", &jwk.q),
        ("dp", &jwk.dp),
        ("dq", &jwk.dq),
        ("qi", &jwk.qi),
    ];
    let missing: Vec<_> = members
        .iter()
        .filter(|(_, member)| member.is_none())
        .map(|(name, _)| *name)
        .collect();
    if !missing.is_empty() {
        return Err(KeyError::Incomplete(missing));
    }
    let mut numbers: [Zeroizing<Vec<u8>>; 8] = Default::default();
    for (number, (name, member)) in numbers.iter_mut().zip(members) {
        *number = member
            .as_ref()
            .and_then(Member::text)
            .and_then(base64)
            .filter(|number| !number.is_empty())
            .ok_or(KeyError::BadNumber(name))?;
    }
    Ok(numbers)
}
