//! The checks of a signed assertion that come before what it asks for (platform reference, sections 2.1, 2.2 and 2.4).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Refusal, refuse};
use crate::app::App;
use crate::tokens::Token;
use crate::tokens::certificate::Certificate;
use crate::world::{Environment, MaskinportenClient};

/// How far `iat` may be from the clock, either way, in seconds.
const IAT_WINDOW_S: i64 = 10;
/// Longest an assertion may live, in seconds.
const LONGEST_ASSERTION_S: i64 = 120;
/// How long a registered key is good, in seconds: a year.
const KEY_LIFETIME_S: i64 = 365 * 24 * 3600;
/// What an assertion may say; anything else is refused.
const CLAIMS: [&str; 13] = [
    "aud",
    "iss",
    "sub",
    "scope",
    "iat",
    "exp",
    "nbf",
    "jti",
    "resource",
    "pid",
    "consumer_org",
    "iss_onbehalfof",
    "authorization_details",
];

fn bad(code: impl Into<Option<&'static str>>, why: &str) -> Refusal {
    refuse("invalid_grant", code, why)
}

/// The client that signed the assertion, and by what: the token's `client_amr`.
pub fn authenticated<'a>(
    app: &'a App,
    assertion: &Token<'_>,
    now: i64,
) -> Result<(&'a MaskinportenClient, &'static str), Refusal> {
    let client = assertion
        .text("iss")
        .and_then(|id| app.world.client(id))
        .ok_or_else(|| {
            let why = "Client authentication failed. Either the client was not found or its configuration does not match";
            bad("MP-100", why)
        })?;
    let kid = assertion.header.get("kid").and_then(Value::as_str);
    let chain = assertion.header.get("x5c");
    match (kid, chain) {
        (Some(_), Some(_)) => {
            let why = "Invalid JWT. The header holds either kid or x5c, not both";
            Err(bad("MP-123", why))
        }
        (None, Some(chain)) if !app.authority.has_keys(&client.client_id) => {
            signed_by_certificate(app, client, assertion, chain)?;
            Ok((client, "virksomhetssertifikat"))
        }
        (Some(kid), None) => {
            signed_by_key(app, client, assertion, kid, now)?;
            Ok((client, "private_key_jwt"))
        }
        (None, _) => {
            let why = "Invalid JWT. The client requires pre-registered jwk and no key identifier (kid) provided";
            Err(bad(None, why))
        }
    }
}

fn signed_by_key(
    app: &App,
    client: &MaskinportenClient,
    assertion: &Token<'_>,
    kid: &str,
    now: i64,
) -> Result<(), Refusal> {
    let Some((key, posted)) = app.authority.client_key(&client.client_id, kid) else {
        let why = "Invalid assertion. The client has no key with this key identifier (kid)";
        return Err(bad("MP-100", why));
    };
    if !assertion.is_signed_by(&key) {
        return Err(bad(
            "MP-124",
            "Invalid assertion. The signature does not verify",
        ));
    }
    if now >= posted + KEY_LIFETIME_S {
        return Err(bad(
            "MP-121",
            "Invalid assertion. The registered key has expired",
        ));
    }
    Ok(())
}

/// An enterprise certificate: of this environment's issuers, valid now, of the client's own organisation, and it signed.
fn signed_by_certificate(
    app: &App,
    client: &MaskinportenClient,
    assertion: &Token<'_>,
    chain: &Value,
) -> Result<(), Refusal> {
    let malformed = || {
        bad(
            "MP-123",
            "Invalid JWT. x5c must be an array of certificates, leaf first",
        )
    };
    let certificates: Option<Vec<Certificate>> = chain
        .as_array()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(malformed)?
        .iter()
        .map(|one| Certificate::from_der(&STANDARD.decode(one.as_str()?).ok()?))
        .collect();
    let certificates = certificates.ok_or_else(malformed)?;
    let leaf = certificates.first().ok_or_else(malformed)?;
    // Test certificates name test issuers (section 12.4).
    let is_for_test = leaf.issuer.to_lowercase().contains("test");
    let (from, to) = leaf.validity;
    let now = app.clock.now();
    if is_for_test != (app.world.environment == Environment::Test) || now < from || now > to {
        return Err(bad(
            "MP-120",
            "Invalid JWT. The certificate is not valid here",
        ));
    }
    if leaf.orgnr.as_deref() != Some(&*client.orgnr) {
        let why = "Invalid JWT. The organisation of the certificate is not the client's";
        return Err(bad("MP-122", why));
    }
    if assertion.is_signed_by(&leaf.key) {
        Ok(())
    } else {
        Err(bad(
            "MP-124",
            "Invalid assertion. The signature does not verify",
        ))
    }
}

/// Audience, times, claims and single use, in this order.
pub fn checked(
    app: &App,
    client: &MaskinportenClient,
    assertion: &Token<'_>,
    now: i64,
) -> Result<(), Refusal> {
    let is_audience_here = assertion
        .text("aud")
        .is_some_and(|audience| app.authority.is_maskinporten(audience) && audience.ends_with('/'));
    if !is_audience_here {
        let why = format!(
            "Invalid assertion. Bad audience (aud): expected {}",
            app.authority.maskinporten_issuer()
        );
        return Err(bad("MP-110", &why));
    }
    let expires = checked_times(assertion, now)?;
    checked_claims(client, assertion)?;
    // A grant without an id cannot be told from another; Maskinporten only recommends one.
    if let Some(jti) = assertion.text("jti")
        && !app
            .authority
            .note_grant(&client.client_id, jti, expires, now)
    {
        return Err(bad("MP-012", "Invalid grant. It has been used before"));
    }
    Ok(())
}

/// When the assertion ends, if its times are in order.
fn checked_times(assertion: &Token<'_>, now: i64) -> Result<i64, Refusal> {
    let (Some(issued), Some(expires)) = (assertion.number("iat"), assertion.number("exp")) else {
        let why = "Invalid assertion. iat and exp are required";
        return Err(refuse("invalid_request", "MP-011", why));
    };
    if issued > now + IAT_WINDOW_S {
        return Err(bad(None, "Invalid assertion. Issue time is after now"));
    }
    if expires <= now {
        return Err(bad("MP-130", "Invalid assertion. It has expired"));
    }
    if issued < now - IAT_WINDOW_S {
        let why = "Invalid assertion. Issue time is too long ago";
        return Err(bad("MP-130", why));
    }
    if expires - issued > LONGEST_ASSERTION_S || expires < issued {
        let why = "Invalid assertion. exp may be at most 120 seconds after iat";
        return Err(bad(None, why));
    }
    Ok(expires)
}

fn checked_claims(client: &MaskinportenClient, assertion: &Token<'_>) -> Result<(), Refusal> {
    let malformed = |why: &str| Err(refuse("invalid_request", "MP-011", why));
    let subject = assertion.text("sub");
    if subject.is_some_and(|subject| subject != client.client_id) {
        return malformed("Invalid assertion. sub differs from iss");
    }
    let mut names = assertion.claims.keys();
    if let Some(other) = names.find(|name| !CLAIMS.contains(&name.as_str())) {
        return malformed(&format!("Invalid assertion: unknown claim {other}"));
    }
    let has = |name: &str| assertion.claims.contains_key(name);
    if has("consumer_org") && has("iss_onbehalfof") {
        let why = "The combination consumer_org and iss_onbehalfof is invalid";
        return Err(refuse("invalid_request", None, why));
    }
    Ok(())
}
