//! Who is calling, as read from the token.

use axum::http::HeaderMap;
use serde_json::Value;

use crate::app::App;
use crate::tokens::{Claims, bearer, organisation_in};

/// Which scheme recognised the token (Correspondence reference, section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Issued by Altinn Authentication (exchanged or from the test token generator).
    Altinn,
    /// Raw Maskinporten.
    Maskinporten,
    /// Dialogporten's token for one dialog. Nothing on this origin issues one yet.
    #[allow(dead_code)]
    Dialogporten,
}

/// The caller.
#[derive(Debug, Clone)]
#[allow(
    dead_code,
    reason = "who a caller is stands here for every service, read or not"
)]
pub struct Caller {
    /// Scheme of the token.
    pub scheme: Scheme,
    /// The `scope` claim as it stands, scopes separated by spaces.
    pub scope: String,
    /// Organisation number in `consumer`.
    pub consumer: Option<String>,
    /// Organisation number in `urn:altinn:orgNumber`.
    pub organisation: Option<String>,
    /// Organisation number in `authorization_details.systemuser_org`.
    pub system_user_org: Option<String>,
    /// Id of the system user in `authorization_details.systemuser_id`.
    pub system_user: Option<String>,
    /// Service owner code in `urn:altinn:org`.
    pub org: Option<String>,
    /// User id in `urn:altinn:userid`.
    pub user: Option<String>,
    /// National identity number in `pid`.
    pub pid: Option<String>,
    /// Authentication level.
    pub level: u8,
}

impl Caller {
    /// Reads the claims of a token that was found valid.
    #[must_use]
    pub fn from_claims(scheme: Scheme, claims: &Claims) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        // One element may come as an object rather than an array (platform reference, section 3.3).
        let details = claims.get("authorization_details").map(|details| {
            details
                .as_array()
                .and_then(|all| all.first())
                .unwrap_or(details)
        });
        let level = claims.get("urn:altinn:authlevel").and_then(|level| {
            level
                .as_u64()
                .and_then(|level| u8::try_from(level).ok())
                .or_else(|| level.as_str()?.parse().ok())
        });
        Self {
            scheme,
            scope: text("scope").unwrap_or_default(),
            consumer: claims.get("consumer").and_then(organisation_in),
            organisation: text("urn:altinn:orgNumber"),
            system_user_org: details
                .and_then(|details| details.get("systemuser_org"))
                .and_then(organisation_in),
            system_user: details
                .and_then(|details| details.get("systemuser_id"))
                .and_then(|ids| ids.get(0).unwrap_or(ids).as_str())
                .map(str::to_owned),
            org: text("urn:altinn:org"),
            user: claims
                .get("urn:altinn:userid")
                .map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned)),
            pid: text("pid"),
            level: level.unwrap_or(3),
        }
    }

    /// Whether the scope list has exactly this scope.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.split(' ').any(|one| one == scope)
    }

    /// The organisation the caller acts as (Correspondence reference, section 1.6).
    #[must_use]
    pub fn acting_organisation(&self) -> Option<&str> {
        self.system_user_org
            .as_deref()
            .or(self.organisation.as_deref())
            .or(self.consumer.as_deref())
    }
}

/// Why there is no caller. Both are answered 401 with an empty body and `WWW-Authenticate: Bearer …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthRefusal {
    /// No `Authorization: Bearer` header.
    Missing,
    /// Malformed, expired, wrong signature, or an issuer nobody knows.
    Invalid,
}

impl App {
    /// Reads the caller from the `Authorization` header: signed by an issuer of this origin, and not expired by the
    /// sandbox's clock, to the second (Correspondence reference, section 1.2: zero skew).
    ///
    /// # Errors
    /// When there is no valid token.
    pub fn authenticate(&self, headers: &HeaderMap) -> Result<Caller, AuthRefusal> {
        let token = bearer(headers).ok_or(AuthRefusal::Missing)?;
        self.authority
            .caller(token, self.clock.now().timestamp())
            .ok_or(AuthRefusal::Invalid)
    }
}
