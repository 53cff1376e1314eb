//! Altinn tokens: getting one, and reading when it ends.

use super::{Role, Secret, SignIn, SigningKey, SystemUser, grant::Grant};
use crate::addresses::folder;
use crate::error::{ApiError, AuthError};
use crate::send::{Answer, Http};
use crate::wire::problem;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::{Method, header};
use serde_json::Value;
use std::sync::atomic::{AtomicI64, Ordering};
use url::{Url, form_urlencoded};
use uuid::Uuid;

/// A larger clock difference than this, in seconds, is made good in the next grant.
const TOLERATED_SKEW: i64 = 5;

/// A token for the platform, with its end by our own clock.
#[derive(Debug, Clone)]
pub(crate) struct AltinnToken {
    pub(crate) secret: Secret,
    pub(crate) expires_at: DateTime<Utc>,
}

impl AltinnToken {
    /// Reads an answer that holds the token bare or as a JSON string (Platform reference, section 3.1). The end is
    /// reckoned from the token's own life, so that a wrong clock here does not matter.
    pub(crate) fn read(body: &[u8], now: DateTime<Utc>) -> Result<Self, AuthError> {
        let text = std::str::from_utf8(body)
            .map_err(|_| AuthError::Unreadable)?
            .trim();
        let bare = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap_or(text);
        let claims = claims(bare).ok_or(AuthError::Unreadable)?;
        let expires = claims
            .get("exp")
            .and_then(Value::as_i64)
            .ok_or(AuthError::Unreadable)?;
        let expires_at = match claims.get("iat").and_then(Value::as_i64) {
            Some(issued) if issued < expires => TimeDelta::try_seconds(expires - issued)
                .and_then(|life| now.checked_add_signed(life)),
            _ => DateTime::from_timestamp(expires, 0),
        };
        Ok(Self {
            secret: Secret::new(bare.to_owned()),
            expires_at: expires_at.ok_or(AuthError::Unreadable)?,
        })
    }
}

/// Claims of a JWT, unverified: the client never has to verify a token to use it.
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let payload = BASE64_URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .ok()?;
    serde_json::from_slice(&payload).ok()
}

/// Gets tokens from where the account signs in.
pub(crate) struct Issuer {
    pub(crate) sign_in: SignIn,
    pub(crate) platform: Url,
    pub(crate) maskinporten: Url,
    /// Maskinporten's clock minus ours, in seconds, measured from its last refusal.
    pub(crate) skew: AtomicI64,
}

impl Issuer {
    /// A fresh Altinn token for `role`.
    pub(crate) async fn token(&self, http: &Http, role: Role) -> Result<AltinnToken, ApiError> {
        match &self.sign_in {
            SignIn::TestToken {
                generator,
                organisation,
            } => self.test_token(http, role, generator, organisation).await,
            SignIn::Maskinporten {
                client_id,
                key,
                system_user,
            } => {
                let external = self
                    .grant(http, role, client_id, key, system_user.as_ref())
                    .await?;
                match self.exchange(http, &external).await {
                    // The exchange says 401 for everything: a fresh token tells a stale one from the rest.
                    Err(ApiError::Auth(AuthError::Exchange { status: 401, .. })) => {
                        let external = self
                            .grant(http, role, client_id, key, system_user.as_ref())
                            .await?;
                        self.exchange(http, &external).await
                    }
                    result => result,
                }
            }
        }
    }

    /// Maskinporten's own token. A refusal that shows a wrong clock is tried once more with Maskinporten's time.
    async fn grant(
        &self,
        http: &Http,
        role: Role,
        client_id: &str,
        key: &SigningKey,
        system_user: Option<&SystemUser>,
    ) -> Result<Secret, ApiError> {
        let url = http.join(&self.maskinporten, "token")?;
        let mut is_corrected = false;
        loop {
            let skew = self.skew.load(Ordering::Relaxed);
            let issued_at = http.now() + TimeDelta::try_seconds(skew).unwrap_or_default();
            let assertion = Grant {
                client_id,
                scope: role.scopes(),
                audience: self.maskinporten.as_str(),
                system_user,
                issued_at,
                id: Uuid::new_v4(),
            }
            .sign(key)
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
                return access_token(&answer.body).map_err(ApiError::Auth);
            }
            if !is_corrected && self.measure_skew(http, &answer) {
                is_corrected = true;
                continue;
            }
            return Err(ApiError::Auth(refusal(&answer)));
        }
    }

    /// Notes Maskinporten's clock from a refusal; true when it differs enough from what was used to explain it.
    fn measure_skew(&self, http: &Http, answer: &Answer) -> bool {
        let Some(theirs) = answer
            .header(header::DATE)
            .and_then(crate::retry_after::date)
        else {
            return false;
        };
        let skew = (theirs - http.now()).num_seconds();
        let before = self.skew.swap(skew, Ordering::Relaxed);
        (skew - before).abs() > TOLERATED_SKEW
    }

    async fn exchange(&self, http: &Http, external: &Secret) -> Result<AltinnToken, ApiError> {
        let url = http.join(
            &self.platform,
            "authentication/api/v1/exchange/maskinporten",
        )?;
        let request = http
            .request(Method::GET, url)
            .header(header::ACCEPT, "text/plain, application/json;q=0.5");
        let request = bearer(request, external).map_err(ApiError::Auth)?;
        let answer = http.exchange(request, false).await?;
        if !answer.is_success() {
            return Err(ApiError::Auth(AuthError::Exchange {
                status: answer.status,
                retry_after: answer.retry_after,
            }));
        }
        AltinnToken::read(&answer.body, http.now()).map_err(ApiError::Auth)
    }

    async fn test_token(
        &self,
        http: &Http,
        role: Role,
        generator: &Url,
        organisation: &str,
    ) -> Result<AltinnToken, ApiError> {
        let mut url = http.join(&folder(generator), "GetEnterpriseToken")?;
        url.query_pairs_mut()
            .append_pair("env", "tt02")
            .append_pair("scopes", role.scopes())
            .append_pair("orgNo", organisation);
        let answer = http.exchange(http.request(Method::GET, url), false).await?;
        if !answer.is_success() {
            return Err(ApiError::Auth(AuthError::TestToken {
                status: answer.status,
            }));
        }
        AltinnToken::read(&answer.body, http.now()).map_err(ApiError::Auth)
    }
}

/// Adds the token, marked so that no log of the HTTP library shows it.
pub(crate) fn bearer(
    request: reqwest::RequestBuilder,
    token: &Secret,
) -> Result<reqwest::RequestBuilder, AuthError> {
    let mut value = header::HeaderValue::from_str(&format!("Bearer {}", token.expose()))
        .map_err(|_| AuthError::Unreadable)?;
    value.set_sensitive(true);
    Ok(request.header(header::AUTHORIZATION, value))
}

fn access_token(body: &[u8]) -> Result<Secret, AuthError> {
    let value: Value = serde_json::from_slice(body).map_err(|_| AuthError::Unreadable)?;
    value
        .get("access_token")
        .and_then(Value::as_str)
        .map(|token| Secret::new(token.to_owned()))
        .ok_or(AuthError::Unreadable)
}

/// The code is the last segment of `error_uri`, else it is looked for in the description (Platform reference, 2.4).
fn refusal(answer: &Answer) -> AuthError {
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
        trace_id,
        retry_after: answer.retry_after,
    }
}

/// Whether an answer of 401 is about the token (empty body) rather than about access.
pub(crate) fn is_token_refused(answer: &Answer) -> bool {
    let mut refusal = crate::error::Refusal::default();
    problem::read(&answer.body, &mut refusal);
    answer.status == 401 && refusal.is_empty
}
