//! The signed assertion that Maskinporten trades for a token (Platform reference, sections 2.1 and 2.2).

use super::key::Name;
use super::{SigningKey, SystemUser};
use crate::error::AuthError;
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

/// Life of an assertion in seconds; Maskinporten takes at most 120.
const LIFE: i64 = 100;

/// What a grant is made of. Each is used once: `id` becomes `jti`.
pub(crate) struct Grant<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) scope: &'a str,
    /// Issuer identifier of Maskinporten, with trailing slash.
    pub(crate) audience: &'a str,
    pub(crate) system_user: Option<&'a SystemUser>,
    /// Maskinporten's time, not necessarily ours.
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) id: Uuid,
}

impl Grant<'_> {
    /// The assertion as a signed JWT. It carries no claim beyond the documented ones: unknown ones are refused.
    pub(crate) async fn sign(&self, key: &SigningKey) -> Result<String, AuthError> {
        let header = match key.name() {
            Name::KeyId(id) => json!({ "alg": "RS256", "typ": "JWT", "kid": id }),
            Name::Chain(chain) => {
                let chain: Vec<_> = chain
                    .iter()
                    .map(|der| BASE64_STANDARD.encode(der))
                    .collect();
                json!({ "alg": "RS256", "x5c": chain })
            }
        };
        let issued_at = self.issued_at.timestamp();
        let mut claims = json!({
            "aud": self.audience,
            "iss": self.client_id,
            "scope": self.scope,
            "iat": issued_at,
            "exp": issued_at + LIFE,
            "jti": self.id,
        });
        if let (Some(user), Some(members)) = (self.system_user, claims.as_object_mut()) {
            members.insert("authorization_details".to_owned(), json!([details(user)]));
        }
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = key
            .sign(message.as_bytes())
            .await
            .ok_or(AuthError::Signing)?;
        Ok(format!(
            "{message}.{}",
            BASE64_URL_SAFE_NO_PAD.encode(signature)
        ))
    }
}

fn details(user: &SystemUser) -> serde_json::Value {
    let mut details = json!({
        "type": "urn:altinn:systemuser",
        "systemuser_org": {
            "authority": "iso6523-actorid-upis",
            "ID": crate::urn::authority_id(&user.organisation),
        },
    });
    if let (Some(reference), Some(members)) = (&user.external_ref, details.as_object_mut()) {
        members.insert("externalRef".to_owned(), json!(reference));
    }
    details
}

fn part(value: &serde_json::Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}
