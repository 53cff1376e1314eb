//! An Altinn token, and when it ends.

use super::{Claims, Secret};
use crate::error::AuthError;
use crate::send::Answer;
use crate::wire::problem;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header;

/// A person's token lives two minutes where nobody has asked for more, so no margin may take more than this share.
const MARGIN_SHARE: i32 = 4;

/// A token for the platform, with its end by our own clock.
#[derive(Debug, Clone)]
pub(crate) struct AltinnToken {
    pub(crate) secret: Secret,
    pub(crate) claims: Claims,
    expires_at: DateTime<Utc>,
    life: TimeDelta,
}

impl AltinnToken {
    /// Reads an answer that holds the token bare or as a JSON string (Platform reference, section 3.1). The end is
    /// reckoned from the token's own life, so that a wrong clock here does not matter; `their_now` stands in where
    /// the token does not say when it was made.
    pub(crate) fn read(
        body: &[u8],
        now: DateTime<Utc>,
        their_now: DateTime<Utc>,
    ) -> Result<Self, AuthError> {
        let text = std::str::from_utf8(body)
            .map_err(|_| AuthError::Unreadable)?
            .trim_start_matches('\u{feff}')
            .trim();
        let bare = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap_or(text);
        let claims = Claims::read(bare).ok_or(AuthError::Unreadable)?;
        let end = claims.expires_at.ok_or(AuthError::Unreadable)?;
        let life = match claims.issued_at {
            Some(issued) if issued < end => end - issued,
            _ => end - their_now,
        };
        Ok(Self {
            secret: Secret::new(bare.to_owned()),
            claims,
            expires_at: now.checked_add_signed(life).ok_or(AuthError::Unreadable)?,
            life,
        })
    }

    /// Whether it lives for at least `margin` more, or for a quarter of its life where that is less.
    pub(crate) fn outlives(&self, margin: TimeDelta, now: DateTime<Utc>) -> bool {
        let margin = margin.min(self.life / MARGIN_SHARE);
        self.expires_at - now > margin
    }

    /// Whether it is still valid at all.
    pub(crate) fn is_alive(&self, now: DateTime<Utc>) -> bool {
        self.expires_at > now
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

/// Whether an answer is about the token rather than about access: 401 with an empty body, or 401 or 403 that names
/// the token as what is wrong (Correspondence reference, section 2; Platform reference, section 3.6).
pub(crate) fn is_token_refused(answer: &Answer) -> bool {
    let names_token = answer
        .header(header::WWW_AUTHENTICATE)
        .is_some_and(|challenge| challenge.contains("invalid_token"));
    let mut refusal = crate::error::Refusal::default();
    problem::read(&answer.body, &mut refusal);
    match answer.status {
        401 => refusal.is_empty || (names_token && refusal.code.is_none()),
        403 => names_token,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn token(claims: &Value) -> String {
        format!("h.{}.s", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn read(body: &[u8]) -> Result<AltinnToken, AuthError> {
        let now = DateTime::from_timestamp(1000, 0).unwrap();
        AltinnToken::read(body, now, now)
    }

    #[test]
    fn the_end_is_reckoned_from_the_tokens_own_life() {
        let now = DateTime::from_timestamp(1000, 0).unwrap();
        for (claims, life) in [
            (json!({ "iat": 500_000, "exp": 501_800 }), 1800),
            (json!({ "iat": "500000", "exp": "501800" }), 1800),
            (json!({ "exp": 1600 }), 600),
            (json!({ "iat": 1700, "exp": 1600 }), 600),
        ] {
            let token = read(token(&claims).as_bytes()).unwrap();
            assert_eq!(
                token.expires_at,
                now + TimeDelta::seconds(life),
                "for {claims}"
            );
        }
        assert!(
            read(token(&json!({ "iat": 1 })).as_bytes()).is_err(),
            "without an end it is none"
        );
    }

    fn number() -> impl Strategy<Value = Value> {
        prop_oneof![
            any::<i64>().prop_map(|n| json!(n)),
            any::<f64>().prop_map(|n| json!(n)),
            "[0-9-]{0,20}".prop_map(|text| json!(text)),
            Just(json!(null)),
            Just(json!([1])),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_the_reader_fall(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_claims_make_the_reader_fall(iat in number(), exp in number(), details in number(), level in number()) {
            let claims = json!({ "iat": iat, "exp": exp, "authorization_details": details, "consumer": details,
                "urn:altinn:authlevel": level });
            let now = DateTime::from_timestamp(1000, 0).unwrap();
            if let Ok(token) = read(token(&claims).as_bytes()) {
                let _ = (token.outlives(TimeDelta::seconds(60), now), token.is_alive(now));
                let _ = token.claims.check("https://x/", now);
            }
        }
    }
}
