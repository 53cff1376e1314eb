//! Digdir's administration API, as far as rotating keys takes it (platform reference, section 2.5).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::App;
use crate::caller::{Caller, Scheme};
use crate::platform::{Ask, empty, json as json_reply};

/// Scope of an administration client.
const SCOPE: &str = "idporten:dcr.write";

/// Answers `GET` and `POST` of a client's key set.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let rest = ask.below(&["digdir", "external", "api", "v1", "clients"])?;
    let [client, last] = rest else {
        return Some(empty(StatusCode::NOT_FOUND));
    };
    if !last.eq_ignore_ascii_case("jwks") {
        return Some(empty(StatusCode::NOT_FOUND));
    }
    Some(match admitted(app, ask, client) {
        Ok(()) => keys(app, ask, client),
        Err(status) => empty(status),
    })
}

/// A raw Maskinporten token with the scope; a client of the same organisation, or it is not seen.
fn admitted(app: &App, ask: &Ask<'_>, client: &str) -> Result<(), StatusCode> {
    let caller = ask.parts.extensions.get::<Caller>();
    let caller = caller.filter(|caller| caller.scheme == Scheme::Maskinporten);
    let caller = caller.ok_or(StatusCode::UNAUTHORIZED)?;
    if !caller.has_scope(SCOPE) {
        return Err(StatusCode::FORBIDDEN);
    }
    let owner = app.world.client(client).map(|client| client.orgnr.as_str());
    if owner.is_some() && owner == caller.consumer.as_deref() {
        Ok(())
    } else {
        Err(StatusCode::NOT_FOUND)
    }
}

/// The set there is; posting one replaces it.
fn keys(app: &App, ask: &Ask<'_>, client: &str) -> Response {
    let there = || {
        let none = json!({ "keys": [] });
        let all = app.authority.registered();
        json_reply(StatusCode::OK, all.get(client).unwrap_or(&none))
    };
    match *ask.method {
        Method::GET => there(),
        Method::POST => {
            let set: Value = serde_json::from_slice(ask.body).unwrap_or_default();
            let is_set = set.get("keys").is_some_and(Value::is_array);
            let now = app.clock.now().timestamp();
            if is_set && app.authority.register_keys(client, &set, now).is_ok() {
                there()
            } else {
                json_reply(
                    StatusCode::BAD_REQUEST,
                    &json!({ "error": "invalid_request", "error_description": "The key set cannot be used" }),
                )
            }
        }
        _ => empty(StatusCode::METHOD_NOT_ALLOWED),
    }
}
