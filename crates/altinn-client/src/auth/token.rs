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
