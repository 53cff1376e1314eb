//! Altinn Authentication: exchange, refresh, discovery and keys (platform reference, sections 1.3 and 3).

use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::maskinporten::organisation_in;
use super::{Claims, Issuer};
use crate::access::PERSON;
use crate::app::App;
use crate::platform::{
    Ask, empty, json as json_reply, party_id, party_uuid, problem_json, text, user_id,
};

/// How long an Altinn token lives, in seconds.
const TOKEN_LIFETIME_S: i64 = 30 * 60;
/// How far an external token may be past its time, in seconds.
const SKEW_S: i64 = 10;
/// What the exchange leaves out of the external token.
const NOT_COPIED: [&str; 4] = ["aud", "iss", "client_amr", "sid"];
/// The same for ID-porten's.
const NOT_COPIED_FROM_IDPORTEN: [&str; 5] = ["aud", "iss", "at_hash", "sid", "sub"];
/// Scopes of partners, whose tokens are exchanged too.
const PARTNER_SCOPES: [&str; 3] = [
    "skatteetaten:formueinntekt/skattemelding",
    "skatteetaten:mvameldinginnsending",
    "skatteetaten:mvameldingvalidering",
];
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
    let now = app.clock.now().timestamp();
    let exchanged = match provider {
        "maskinporten" => for_organisation(app, ask, now),
        "id-porten" => for_person(app, ask, now),
        // Nothing on this origin signs these, so no such token can be valid.
        "altinnstudio" => Err(empty(StatusCode::UNAUTHORIZED).into()),
        _ => {
            let given = ask.segments.last().map_or(provider, String::as_str);
            let why = format!(
                "Invalid token provider: {given}. Trusted token providers are 'Maskinporten', 'Id-porten' and 'AltinnStudio'."
            );
            return text(StatusCode::BAD_REQUEST, "text/plain; charset=utf-8", why);
        }
    };
    match exchanged {
        Ok(claims) => signed(app, ask, &claims),
        Err(response) => *response,
    }
}

/// The claims of the token sent, when this issuer signed it.
fn external(app: &App, ask: &Ask<'_>, issuer: Issuer, now: i64) -> Result<Claims, Box<Response>> {
    bearer(&ask.parts.headers)
        .and_then(|token| app.authority.verified(token, now, SKEW_S))
        .filter(|(found, _)| *found == issuer)
        .map(|(_, claims)| claims)
        .ok_or_else(|| empty(StatusCode::UNAUTHORIZED).into())
}

/// Claims out of a Maskinporten token (sections 3.2 and 3.3).
fn for_organisation(app: &App, ask: &Ask<'_>, now: i64) -> Result<Claims, Box<Response>> {
    let mut claims = external(app, ask, Issuer::Maskinporten, now)?;
    let orgnr = claims.get("consumer").and_then(organisation_in);
    let orgnr = orgnr.ok_or_else(|| empty(StatusCode::UNAUTHORIZED))?;
    let enterprise_user = ask
        .parts
        .headers
        .get("X-Altinn-EnterpriseUser-Authentication");
    if enterprise_user.is_some_and(|value| !value.is_empty()) {
        let body = json!({ "title": "Virksomhetsbruker is no longer available", "status": 410 });
        return Err(problem_json(StatusCode::GONE, &body).into());
    }
    claims.retain(|name, _| !NOT_COPIED.contains(&name.as_str()));
    let is_test = ask.parameter("test").is_some_and(|value| value == "true");
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
    claims.insert("urn:altinn:orgNumber".to_owned(), json!(orgnr));
    claims.insert(
        "urn:altinn:authenticatemethod".to_owned(),
        json!("maskinporten"),
    );
    claims.insert("urn:altinn:authlevel".to_owned(), json!(3));
    started(app, &mut claims, now);
    claims.insert("exp".to_owned(), json!(now + TOKEN_LIFETIME_S));
    Ok(claims)
}

/// Claims out of an ID-porten token (section 3.4). It ends when that one ends: the exchange prolongs nobody's session.
fn for_person(app: &App, ask: &Ask<'_>, now: i64) -> Result<Claims, Box<Response>> {
    let mut claims = external(app, ask, Issuer::IdPorten, now)?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let (Some(pid), Some(acr)) = (text("pid"), text("acr")) else {
        return Err(empty(StatusCode::UNAUTHORIZED).into());
    };
    let is_for_us = |scope: &str| scope.starts_with("altinn:") || PARTNER_SCOPES.contains(&scope);
    if !text("scope").unwrap_or_default().split(' ').any(is_for_us) {
        return Err(empty(StatusCode::FORBIDDEN).into());
    }
    let person = app.register.party(&format!("{PERSON}{pid}"));
    let person = person.ok_or_else(|| empty(StatusCode::UNAUTHORIZED))?;
    let method = claims
        .get("amr")
        .and_then(|amr| amr.get(0).unwrap_or(amr).as_str())
        .unwrap_or("NotDefined")
        .to_owned();
    claims.retain(|name, _| !NOT_COPIED_FROM_IDPORTEN.contains(&name.as_str()));
    for (name, value) in [
        ("nameid", json!(user_id(&pid).to_string())),
        ("urn:altinn:userid", json!(user_id(&pid).to_string())),
        ("urn:altinn:username", json!(person.name)),
        ("urn:altinn:partyid", json!(party_id(&pid))),
        ("urn:altinn:party:uuid", json!(party_uuid(&pid))),
        ("urn:altinn:authenticatemethod", json!(method)),
        ("urn:altinn:authlevel", json!(level_of(&acr))),
    ] {
        claims.insert(name.to_owned(), value);
    }
    started(app, &mut claims, now);
    Ok(claims)
}

/// The authentication level of an `acr`: the named ones, else its last character.
fn level_of(acr: &str) -> u8 {
    match acr {
        "idporten-loa-low" => 0,
        "idporten-loa-substantial" => 3,
        "idporten-loa-high" => 4,
        other => other
            .chars()
            .last()
            .and_then(|last| last.to_digit(10))
            .and_then(|level| u8::try_from(level).ok())
            .unwrap_or(0),
    }
}

/// A new session, from now on.
fn started(app: &App, claims: &mut Claims, now: i64) {
    claims.insert("iss".to_owned(), json!(app.authority.altinn_issuer()));
    claims.insert("sid".to_owned(), json!(Uuid::new_v4()));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("nbf".to_owned(), json!(now));
}

/// A valid Altinn token anew, of the same session (section 3.5).
fn refresh(app: &App, ask: &Ask<'_>) -> Response {
    let now = app.clock.now().timestamp();
    let current = bearer(&ask.parts.headers)
        .and_then(|token| app.authority.verified(token, now, 0))
        .filter(|(issuer, _)| *issuer == Issuer::Altinn);
    let Some((_, mut claims)) = current else {
        return empty(StatusCode::UNAUTHORIZED);
    };
    let with_pid = ask
        .parameter("enrichPid")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    if with_pid && !claims.contains_key("pid") {
        let user = claims
            .get("urn:altinn:userid")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let mut people = app.world.register.people.iter();
        let person = people.find(|person| Some(user_id(&person.nin).to_string()) == user);
        if let Some(person) = person {
            claims.insert("pid".to_owned(), json!(person.nin));
        }
    }
    for (name, value) in [("iat", now), ("nbf", now), ("exp", now + TOKEN_LIFETIME_S)] {
        claims.insert(name.to_owned(), json!(value));
    }
    signed(app, ask, &claims)
}

fn signed(app: &App, ask: &Ask<'_>, claims: &Claims) -> Response {
    let Ok(token) = app.authority.altinn.sign(claims) else {
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
