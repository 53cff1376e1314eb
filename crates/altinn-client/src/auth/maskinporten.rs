//! Maskinporten's grant and its refusals (Platform reference, sections 2.3 and 2.4).

use super::{Claims, Secret, SigningKey, SystemUser, grant::Grant};
use crate::clock::TOLERATED;
use crate::error::{ApiError, AuthError, Hint};
use crate::send::{Answer, Http};
use reqwest::{Method, header};
use serde_json::Value;
use url::{Url, form_urlencoded};
use uuid::Uuid;

/// What a client is and whom it acts through.
#[derive(Clone, Copy)]
pub(crate) struct Party<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) key: &'a SigningKey,
    pub(crate) system_user: Option<&'a SystemUser>,
}

/// What Maskinporten gave. The token itself is used or dropped, never handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// Scopes that were given; those asked for where Maskinporten does not say.
    pub scopes: Vec<String>,
    /// What the token says of itself; none where it is opaque.
    pub claims: Option<Claims>,
}

/// Maskinporten's own token with what is known of it.
pub(crate) struct Given {
    pub(crate) secret: Secret,
    pub(crate) granted: Granted,
}

/// Asks for a token. Each attempt is a new assertion. A refusal that a wrong clock here explains, and one of an
/// assertion that was used before (MP-012), is tried once more.
pub(crate) async fn grant(
    http: &Http,
    issuer: &Url,
    party: Party<'_>,
    scopes: &str,
) -> Result<Given, ApiError> {
    let url = http.join(issuer, "token")?;
    let mut is_repeated = false;
    loop {
        let used = http.clock.get().unwrap_or_default();
        let assertion = Grant {
            client_id: party.client_id,
            scope: scopes,
            audience: issuer.as_str(),
            system_user: party.system_user,
            issued_at: http.now() + used,
            id: Uuid::new_v4(),
        }
        .sign(party.key)
        .await
        .map_err(ApiError::Auth)?;
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
            .append_pair("assertion", &assertion)
            .finish();
        let request = http
            .request(Method::POST, url.clone())
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        // A grant leaves nothing behind that a second one could double.
        let answer = http.exchange(request, false).await?;
        if answer.is_success() {
            return given(&answer.body, scopes).map_err(ApiError::Auth);
        }
        let error = refusal(&answer);
        let found = http.clock.get().unwrap_or_default();
        let is_explained = (found - used).num_seconds().abs() > TOLERATED || is_used_before(&error);
        if is_repeated || !is_explained {
            return Err(ApiError::Auth(error));
        }
        is_repeated = true;
    }
}

fn is_used_before(error: &AuthError) -> bool {
    matches!(error, AuthError::Maskinporten { code: Some(code), .. } if code == "MP-012")
}

fn given(body: &[u8], asked: &str) -> Result<Given, AuthError> {
    let value: Value = serde_json::from_slice(body).map_err(|_| AuthError::Unreadable)?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let token = text("access_token")
        .filter(|token| !token.is_empty())
        .ok_or(AuthError::Unreadable)?;
    Ok(Given {
        secret: Secret::new(token.to_owned()),
        granted: Granted {
            scopes: text("scope")
                .unwrap_or(asked)
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            claims: Claims::read(token),
        },
    })
}

/// The code is the last segment of `error_uri`, else it is looked for in the description.
pub(crate) fn refusal(answer: &Answer) -> AuthError {
    let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let description = text("error_description").unwrap_or_default();
    let code = text("error_uri")
        .and_then(|uri| uri.rsplit('/').next())
        .filter(|code| code.starts_with("MP-"))
        .or_else(|| {
            description
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
                .find(|word| word.starts_with("MP-"))
        });
    let trace_id = description
        .split_once("trace_id:")
        .map(|(_, rest)| rest.trim().trim_end_matches(')').to_owned());
    AuthError::Maskinporten {
        status: answer.status,
        code: code.map(str::to_owned),
        error: text("error").map(str::to_owned),
        hint: Hint::in_description(description),
        trace_id,
        retry_after: answer.retry_after,
    }
}
