//! Altinn Authentication: exchange, refresh, discovery and keys (platform reference, sections 1.3 and 3).

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::maskinporten::organisation_in;
use super::{Claims, Issuer};
use crate::app::App;
use crate::platform::{Ask, empty, json as json_reply, text};

/// How long an Altinn token lives, in seconds.
const TOKEN_LIFETIME_S: i64 = 30 * 60;
/// How far an external token may be past its time, in seconds.
const SKEW_S: i64 = 10;
/// What the exchange leaves out of the external token.
const NOT_COPIED: [&str; 4] = ["aud", "iss", "client_amr", "sid"];
const WELL_KNOWN: &str = ".well-known";
const CONFIGURATION: &str = "openid-configuration";

/// Answers a request to Altinn Authentication.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let rest = ask.below(&["authentication", "api", "v1"])?;
    if !ask.is_get() {
        return Some(empty(StatusCode::METHOD_NOT_ALLOWED));
    }
    let lower: Vec<String> = rest.iter().map(|segment| segment.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    Some(match lower.as_slice() {
        ["exchange", provider] => exchange(app, ask, provider),
        ["refresh"] => refresh(app, ask),
        ["openid", WELL_KNOWN, CONFIGURATION] => discovery(app),
        ["openid", WELL_KNOWN, CONFIGURATION, "jwks"] => keys(app),
        _ => empty(StatusCode::NOT_FOUND),
    })
}

fn discovery(app: &App) -> Response {
    let issuer = app.authority.altinn_issuer();
    let base = &app.base;
    json_reply(
        StatusCode::OK,
        &json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{base}/authentication/api/v1/authorize/"),
            "token_endpoint": format!("{base}/authentication/api/v1/token/"),
            "end_session_endpoint": format!("{base}/authentication/api/v1/openid/logout/"),
            "jwks_uri": format!("{issuer}{WELL_KNOWN}/{CONFIGURATION}/jwks"),
            "response_types_supported": ["token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }),
    )
}

fn keys(app: &App) -> Response {
    let key = &app.authority.altinn;
    let mut jwk = key.public().jwk_in_standard_base64();
    if let Some(members) = jwk.as_object_mut() {
        members.insert("x5c".to_owned(), json!(key.certificates));
    }
    json_reply(StatusCode::OK, &json!({ "keys": [jwk] }))
}

/// The token after `Bearer` in the `Authorization` header.
pub fn bearer(headers: &axum::http::HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn exchange(app: &App, ask: &Ask<'_>, provider: &str) -> Response {
    match provider {
        "maskinporten" => {}
        // Nothing on this origin signs these, so no such token can be valid.
        "id-porten" | "altinnstudio" => return empty(StatusCode::UNAUTHORIZED),
        _ => {
            let given = ask.segments.last().map_or(provider, String::as_str);
            let why = format!(
                "Invalid token provider: {given}. Trusted token providers are 'Maskinporten', 'Id-porten' and 'AltinnStudio'."
            );
            return text(StatusCode::BAD_REQUEST, "text/plain; charset=utf-8", why);
        }
    }
    let now = app.clock.now().timestamp();
    let external = bearer(&ask.parts.headers)
        .and_then(|token| app.authority.verified(token, now, SKEW_S))
        .filter(|(issuer, _)| *issuer == Issuer::Maskinporten);
    let Some((_, external)) = external else {
        return empty(StatusCode::UNAUTHORIZED);
    };
    let Some(orgnr) = external.get("consumer").and_then(organisation_in) else {
        return empty(StatusCode::UNAUTHORIZED);
    };
    let enterprise_user = ask
        .parts
        .headers
        .get("X-Altinn-EnterpriseUser-Authentication");
    if enterprise_user.is_some_and(|value| !value.is_empty()) {
        return json_reply(
            StatusCode::GONE,
            &json!({ "title": "Virksomhetsbruker is no longer available", "status": 410 }),
        );
    }
    let is_test = ask.parameter("test").is_some_and(|value| value == "true");
    let mut claims: Claims = external
        .into_iter()
        .filter(|(name, _)| !NOT_COPIED.contains(&name.as_str()))
        .collect();
    let scope = claims
        .get("scope")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let owner = scope
        .contains("altinn:serviceowner")
        .then(|| app.world.service_owner(&orgnr))
        .flatten();
    if let Some(owner) = owner {
        let code = if is_test && owner.org == "digdir" {
            "ttd"
        } else {
            &owner.org
        };
        claims.insert("urn:altinn:org".to_owned(), json!(code));
    }
    claims.insert("iss".to_owned(), json!(app.authority.altinn_issuer()));
    claims.insert("urn:altinn:orgNumber".to_owned(), json!(orgnr));
    claims.insert(
        "urn:altinn:authenticatemethod".to_owned(),
        json!("maskinporten"),
    );
    claims.insert("urn:altinn:authlevel".to_owned(), json!(3));
    claims.insert("sid".to_owned(), json!(Uuid::new_v4()));
    signed(app, ask, claims, now)
}

fn refresh(app: &App, ask: &Ask<'_>) -> Response {
    let now = app.clock.now().timestamp();
    let current = bearer(&ask.parts.headers)
        .and_then(|token| app.authority.verified(token, now, 0))
        .filter(|(issuer, _)| *issuer == Issuer::Altinn);
    match current {
        Some((_, claims)) => signed(app, ask, claims, now),
        None => empty(StatusCode::UNAUTHORIZED),
    }
}

fn signed(app: &App, ask: &Ask<'_>, mut claims: Claims, now: i64) -> Response {
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("nbf".to_owned(), json!(now));
    claims.insert("exp".to_owned(), json!(now + TOKEN_LIFETIME_S));
    let Ok(token) = app.authority.altinn.sign(&claims) else {
        return empty(StatusCode::INTERNAL_SERVER_ERROR);
    };
    if wants_json(ask) {
        json_reply(StatusCode::OK, &json!(token))
    } else {
        text(StatusCode::OK, "text/plain; charset=utf-8", token)
    }
}

/// Whether the caller would rather have JSON than text: a JSON string comes in quotes (section 3.1).
fn wants_json(ask: &Ask<'_>) -> bool {
    let accept = ask.parts.headers.get(header::ACCEPT);
    let accept = accept
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let weight = |wanted: &str| {
        accept
            .split(',')
            .filter_map(|part| {
                let mut pieces = part.split(';').map(str::trim);
                let kind = pieces.next()?;
                let quality = pieces
                    .find_map(|piece| piece.strip_prefix("q="))
                    .and_then(|quality| quality.parse::<f32>().ok());
                kind.eq_ignore_ascii_case(wanted)
                    .then_some(quality.unwrap_or(1.0))
            })
            .fold(0.0_f32, f32::max)
    };
    weight("application/json") > weight("text/plain")
}
