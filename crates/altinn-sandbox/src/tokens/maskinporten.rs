//! Maskinporten: metadata, keys, and the grant by a signed assertion (platform reference, section 2).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Claims, Token, after_colon, iso6523};
use crate::app::App;
use crate::platform::{Ask, empty, json as json_reply, pairs};
use crate::world::MaskinportenClient;

/// How far `iat` may be from the clock, either way, in seconds.
const IAT_WINDOW_S: i64 = 10;
/// Longest an assertion may live, in seconds.
const LONGEST_ASSERTION_S: i64 = 120;
/// How long a raw token lives unless the world says otherwise, in seconds.
const TOKEN_LIFETIME_S: u32 = 599;
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SYSTEM_USER: &str = "urn:altinn:systemuser";
/// What an assertion may say; anything else is refused.
const CLAIMS: [&str; 12] = [
    "aud",
    "iss",
    "sub",
    "scope",
    "iat",
    "exp",
    "nbf",
    "jti",
    "resource",
    "consumer_org",
    "iss_onbehalfof",
    "authorization_details",
];

/// Why a grant is refused.
#[derive(Debug)]
struct Refusal {
    error: &'static str,
    code: Option<&'static str>,
    description: String,
}

fn refuse(
    error: &'static str,
    code: impl Into<Option<&'static str>>,
    description: impl Into<String>,
) -> Refusal {
    Refusal {
        error,
        code: code.into(),
        description: description.into(),
    }
}

/// Answers a request to Maskinporten, below `/maskinporten/` or at the origin itself.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let (issuer, rest) = match ask.below(&["maskinporten"]) {
        Some(rest) => (app.authority.maskinporten_issuer(), rest),
        None => (format!("{}/", app.base), ask.segments.as_slice()),
    };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match rest.as_slice() {
        ["token"] if *ask.method == Method::POST => Some(token(app, ask, &issuer)),
        ["token"] => Some(empty(StatusCode::METHOD_NOT_ALLOWED)),
        [".well-known", "oauth-authorization-server"] if ask.is_get() => Some(json_reply(
            StatusCode::OK,
            &json!({
                "issuer": issuer,
                "token_endpoint": format!("{issuer}token"),
                "jwks_uri": format!("{issuer}jwk"),
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "grant_types_supported": [GRANT],
                "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS384", "RS512"],
                "authorization_details_types_supported": [SYSTEM_USER],
            }),
        )),
        ["jwk"] if ask.is_get() => Some(json_reply(
            StatusCode::OK,
            &json!({ "keys": [app.authority.maskinporten.public().jwk()] }),
        )),
        _ => None,
    }
}

fn token(app: &App, ask: &Ask<'_>, issuer: &str) -> Response {
    match grant(app, ask, issuer) {
        Ok(answer) => json_reply(StatusCode::OK, &answer),
        Err(refusal) => {
            let trace = Uuid::new_v4().simple();
            let mut body = json!({
                "error": refusal.error,
                "error_description": format!("{} (trace_id: {trace})", refusal.description),
            });
            if let (Some(code), Some(members)) = (refusal.code, body.as_object_mut()) {
                let uri = format!("{}errors/{code}", app.authority.maskinporten_issuer());
                members.insert("error_uri".to_owned(), json!(uri));
            }
            json_reply(StatusCode::BAD_REQUEST, &body)
        }
    }
}

fn grant(app: &App, ask: &Ask<'_>, issuer: &str) -> Result<Value, Refusal> {
    let form = pairs(&String::from_utf8_lossy(ask.body));
    let field = |name: &str| {
        let found = form.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    if field("grant_type") != GRANT {
        return Err(refuse(
            "unsupported_grant_type",
            None,
            "Unsupported grant type",
        ));
    }
    let assertion = Token::parse(field("assertion")).ok_or_else(|| {
        refuse(
            "invalid_request",
            "MP-011",
            "Invalid assertion: malformed JWT",
        )
    })?;
    let client = authenticated(app, &assertion)?;
    let now = app.clock.now().timestamp();
    checked_times(app, client, &assertion, now)?;
    if let Some(other) = assertion
        .claims
        .keys()
        .find(|name| !CLAIMS.contains(&name.as_str()))
    {
        return Err(refuse(
            "invalid_request",
            "MP-011",
            format!("Invalid assertion: unknown claim {other}"),
        ));
    }
    let scopes = granted_scopes(client, &assertion)?;
    let lifetime = client.token_lifetime_s.unwrap_or(TOKEN_LIFETIME_S);
    let mut claims = Claims::new();
    claims.insert("iss".to_owned(), json!(issuer));
    claims.insert("client_id".to_owned(), json!(client.client_id));
    claims.insert("client_amr".to_owned(), json!("private_key_jwt"));
    claims.insert("token_type".to_owned(), json!("Bearer"));
    claims.insert("scope".to_owned(), json!(scopes));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("exp".to_owned(), json!(now + i64::from(lifetime)));
    claims.insert("jti".to_owned(), json!(Uuid::new_v4()));
    add_consumer(app, client, &assertion, &scopes, &mut claims)?;
    if let Some(details) = assertion.claims.get("authorization_details") {
        let details = system_user(app, client, details)?;
        claims.insert("authorization_details".to_owned(), details);
    }
    let access_token = app
        .authority
        .maskinporten
        .sign(&claims)
        .map_err(|_| refuse("server_error", None, "The token could not be signed"))?;
    Ok(json!({
        "access_token": access_token, "token_type": "Bearer", "expires_in": lifetime, "scope": scopes,
    }))
}

/// The client whose registered key signed the assertion.
fn authenticated<'a>(
    app: &'a App,
    assertion: &Token<'_>,
) -> Result<&'a MaskinportenClient, Refusal> {
    let client = assertion
        .text("iss")
        .and_then(|id| app.world.client(id))
        .ok_or_else(|| {
            let why = "Client authentication failed. Either the client was not found or its configuration does not match";
            refuse("invalid_grant", "MP-100", why)
        })?;
    let kid = assertion.header.get("kid").and_then(Value::as_str);
    let Some(kid) = kid else {
        let why = "Invalid JWT. The client requires pre-registered jwk and no key identifier (kid) provided";
        return Err(refuse("invalid_grant", None, why));
    };
    let key = app.authority.client_key(&client.client_id, kid);
    match key {
        Some(key) if assertion.is_signed_by(&key) => Ok(client),
        Some(_) => Err(refuse(
            "invalid_grant",
            "MP-124",
            "Invalid assertion. The signature does not verify",
        )),
        None => Err(refuse(
            "invalid_grant",
            "MP-100",
            "Invalid assertion. The client has no key with this key identifier (kid)",
        )),
    }
}

fn checked_times(
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
        return Err(refuse("invalid_grant", "MP-110", why));
    }
    let (Some(issued), Some(expires)) = (assertion.number("iat"), assertion.number("exp")) else {
        let why = "Invalid assertion. iat and exp are required";
        return Err(refuse("invalid_request", "MP-011", why));
    };
    if issued > now + IAT_WINDOW_S {
        return Err(refuse(
            "invalid_grant",
            None,
            "Invalid assertion. Issue time is after now",
        ));
    }
    if expires <= now {
        return Err(refuse(
            "invalid_grant",
            "MP-130",
            "Invalid assertion. It has expired",
        ));
    }
    if issued < now - IAT_WINDOW_S {
        let why = "Invalid assertion. Issue time is too long ago";
        return Err(refuse("invalid_grant", "MP-130", why));
    }
    if expires - issued > LONGEST_ASSERTION_S || expires < issued {
        let why = "Invalid assertion. exp may be at most 120 seconds after iat";
        return Err(refuse("invalid_grant", None, why));
    }
    if assertion
        .text("sub")
        .is_some_and(|sub| sub != client.client_id)
    {
        let why = "Invalid assertion. sub differs from iss";
        return Err(refuse("invalid_request", "MP-011", why));
    }
    // A grant without an id cannot be told from another; Maskinporten only recommends one.
    if let Some(jti) = assertion.text("jti")
        && !app
            .authority
            .note_grant(&client.client_id, jti, expires, now)
    {
        return Err(refuse(
            "invalid_grant",
            "MP-012",
            "Invalid grant. It has been used before",
        ));
    }
    Ok(())
}

fn granted_scopes(client: &MaskinportenClient, assertion: &Token<'_>) -> Result<String, Refusal> {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in assertion
        .text("scope")
        .unwrap_or_default()
        .split_whitespace()
    {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() {
        return Err(refuse("invalid_scope", "MP-200", "No scope was asked for"));
    }
    for scope in &scopes {
        if client.ungranted_scopes.iter().any(|one| one == scope) {
            let why = format!(
                "Consumer {} has not been given access to the scope {scope}",
                client.orgnr
            );
            return Err(refuse("forbidden", "MP-250", why));
        }
        if !client.scopes.iter().any(|one| one == scope) {
            let why = format!("Client is not allowed to use the scope {scope}");
            return Err(refuse("invalid_scope", "MP-200", why));
        }
    }
    Ok(scopes.join(" "))
}

fn add_consumer(
    app: &App,
    client: &MaskinportenClient,
    assertion: &Token<'_>,
    scopes: &str,
    claims: &mut Claims,
) -> Result<(), Refusal> {
    let Some(consumer) = assertion.text("consumer_org") else {
        claims.insert("consumer".to_owned(), iso6523(&client.orgnr));
        return Ok(());
    };
    if consumer == client.orgnr {
        let why = "The combination consumer_org and client organisation is invalid";
        return Err(refuse("invalid_request", None, why));
    }
    let is_delegated = scopes.split(' ').all(|scope| {
        app.world.delegations.iter().any(|given| {
            given.consumer == consumer
                && given.client_id == client.client_id
                && given.scopes.iter().any(|one| one == scope)
        })
    });
    if !is_delegated {
        let why = format!(
            "Consumer {consumer} has not delegated access to {}",
            client.orgnr
        );
        return Err(refuse("forbidden", "MP-251", why));
    }
    claims.insert("consumer".to_owned(), iso6523(consumer));
    claims.insert("supplier".to_owned(), iso6523(&client.orgnr));
    claims.insert("delegation_source".to_owned(), json!(app.base));
    Ok(())
}

/// The system user a grant asks for, as the token tells of it (platform reference, sections 2.2 and 2.3).
fn system_user(app: &App, client: &MaskinportenClient, details: &Value) -> Result<Value, Refusal> {
    let one = match details.as_array().map(Vec::as_slice) {
        Some([one]) => one.as_object(),
        _ => None,
    };
    let Some(one) = one else {
        let why = "authorization_details must be an array of one element";
        return Err(refuse("invalid_request", "MP-302", why));
    };
    if one.get("type").and_then(Value::as_str) != Some(SYSTEM_USER) {
        let why = "Unknown type in authorization_details";
        return Err(refuse("invalid_authorization_details", "MP-301", why));
    }
    if let Some(other) = one
        .keys()
        .find(|name| !["type", "systemuser_org", "externalRef"].contains(&name.as_str()))
    {
        let why = format!("Unknown member in authorization_details: {other}");
        return Err(refuse("invalid_authorization_details", "MP-302", why));
    }
    let organisation = one
        .get("systemuser_org")
        .and_then(|org| org.get("ID").and_then(Value::as_str)?.strip_prefix("0192:"));
    let external_ref = one.get("externalRef").and_then(Value::as_str);
    let tables = app.platform.read();
    let found = organisation
        .and_then(|orgnr| tables.system_user_for(&client.client_id, orgnr, external_ref));
    let Some(user) = found else {
        let why = "System user not found";
        return Err(refuse(
            "invalid_altinn_customer_configuration",
            "MP-303",
            why,
        ));
    };
    Ok(json!([{
        "type": SYSTEM_USER,
        "systemuser_id": [user.id],
        "systemuser_org": iso6523(&user.organisation),
        "system_id": user.system_id,
    }]))
}

/// The organisation number in a `consumer`-like claim: an object, or a text that holds one; `ID` or `id`.
pub fn organisation_in(claim: &Value) -> Option<String> {
    let parsed;
    let object = match claim {
        Value::String(text) => {
            parsed = serde_json::from_str::<Value>(text).ok()?;
            &parsed
        }
        other => other,
    };
    let id = object.get("ID").or_else(|| object.get("id"))?.as_str()?;
    after_colon(id).map(str::to_owned)
}
