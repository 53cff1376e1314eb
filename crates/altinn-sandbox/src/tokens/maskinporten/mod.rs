//! Maskinporten: metadata, keys, and the grant by a signed assertion (platform reference, section 2).

mod assertion;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Claims, Token, after_colon, iso6523};
use crate::app::App;
use crate::platform::{Ask, empty, json as json_reply, pairs};
use crate::world::MaskinportenClient;

/// How long a raw token lives unless the world says otherwise, in seconds.
const TOKEN_LIFETIME_S: u32 = 599;
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SYSTEM_USER: &str = "urn:altinn:systemuser";
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
    let now = app.clock.now().timestamp();
    let (client, method) = assertion::authenticated(app, &assertion, now)?;
    assertion::checked(app, client, &assertion, now)?;
    let scopes = granted_scopes(client, &assertion)?;
    let lifetime = client.token_lifetime_s.unwrap_or(TOKEN_LIFETIME_S);
    let mut claims = Claims::new();
    claims.insert("iss".to_owned(), json!(issuer));
    claims.insert("client_id".to_owned(), json!(client.client_id));
    claims.insert("client_amr".to_owned(), json!(method));
    claims.insert("token_type".to_owned(), json!("Bearer"));
    claims.insert("scope".to_owned(), json!(scopes));
    claims.insert("iat".to_owned(), json!(now));
    claims.insert("exp".to_owned(), json!(now + i64::from(lifetime)));
    claims.insert("jti".to_owned(), json!(Uuid::new_v4()));
    for (asked, given) in [("resource", "aud"), ("pid", "pid")] {
        if let Some(value) = assertion.claims.get(asked) {
            claims.insert(given.to_owned(), value.clone());
        }
    }
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
    let is_of_type = |kind: &String| kind == "maskinporten";
    if !client.integration_type.as_ref().is_none_or(is_of_type) {
        let why = "The scope is not allowed for clients of this integration type";
        return Err(refuse("invalid_scope", "MP-201", why));
    }
    let is_delegated = assertion.claims.contains_key("consumer_org");
    for scope in &scopes {
        if client.ungranted_scopes.iter().any(|one| one == scope) {
            let why = format!(
                "Consumer {} has not been given access to the scope {scope}",
                client.orgnr
            );
            return Err(refuse("forbidden", "MP-250", why));
        }
        // A delegated scope need not stand on the supplier's client.
        if !is_delegated && !client.scopes.iter().any(|one| one == scope) {
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
