//! ID-porten: a person signs in with the browser (platform reference, section 4).
//!
//! Clients are public and native: code flow with PKCE, back to a port on loopback. The page lists the synthetic people; there
//! is no session, so each sign-in shows it again, and no page of consent.

mod authorize;
mod token;

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Claims, Issuer, bearer};
use crate::app::App;
use crate::platform::{Ask, empty, json as json_reply, page, pairs};
use crate::world::IdPortenClient;

/// Levels one can ask for.
const LEVELS: [&str; 3] = [
    "idporten-loa-low",
    "idporten-loa-substantial",
    "idporten-loa-high",
];
/// What every client may ask for.
const SIGN_IN_SCOPES: [&str; 2] = ["openid", "profile"];

/// Sign-ins under way.
#[derive(Debug, Default)]
pub struct Sessions {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Requests whose page is shown, by the id in its form, with the time they end.
    shown: HashMap<String, (SignIn, i64)>,
    /// Requests pushed ahead, by their URN, with the time they end.
    pushed: HashMap<String, (Vec<(String, String)>, i64)>,
    /// Codes given out, with the time they end.
    codes: HashMap<String, (SignIn, i64)>,
}

/// What an application asks for, found in order.
#[derive(Debug, Clone)]
struct SignIn {
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: String,
    nonce: Option<String>,
    challenge: String,
    level: &'static str,
    /// Who signed in; empty until then.
    person: String,
}

impl State {
    /// Forgets what has ended.
    fn prune(&mut self, now: i64) {
        self.shown.retain(|_, (_, until)| *until > now);
        self.pushed.retain(|_, (_, until)| *until > now);
        self.codes.retain(|_, (_, until)| *until > now);
    }
}

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl IdPortenClient {
    /// Whether an address may be returned to. A registered port 0 on loopback stands for any port (section 4.1).
    fn may_return_to(&self, uri: &str) -> bool {
        self.redirect_uris.iter().any(|registered| {
            match registered.strip_prefix("http://127.0.0.1:0/") {
                Some(path) => loopback_path(uri) == Some(path),
                None => registered == uri,
            }
        })
    }

    /// Whether it may ask for a scope: clients of type `idporten` sign people in and nothing else.
    fn may_ask_for(&self, scope: &str) -> bool {
        SIGN_IN_SCOPES.contains(&scope)
            || (self.integration_type != "idporten" && self.scopes.iter().any(|one| one == scope))
    }
}

/// The path of an address on a port of the loopback number, without its slash.
fn loopback_path(uri: &str) -> Option<&str> {
    let (port, path) = uri.strip_prefix("http://127.0.0.1:")?.split_once('/')?;
    port.parse::<u16>()
        .is_ok_and(|port| port > 0)
        .then_some(path)
}

/// Answers a request to ID-porten.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let rest = ask.below(&["idporten"])?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    Some(match (ask.method, rest.as_slice()) {
        (&Method::GET, [".well-known", "openid-configuration"]) => discovery(app),
        (&Method::GET, ["jwks"]) => json_reply(
            StatusCode::OK,
            &json!({ "keys": [app.authority.idporten.public().jwk()] }),
        ),
        (&Method::GET, ["authorize"]) => authorize::show(app, &ask.query),
        (&Method::POST, ["authorize"]) => authorize::show(app, &form(ask)),
        (&Method::POST, ["login"]) => authorize::submitted(app, &form(ask)),
        (&Method::POST, ["par"]) => authorize::pushed(app, form(ask)),
        (&Method::POST, ["token"]) => token::answer(app, &form(ask)),
        (&Method::GET, ["userinfo"]) => user_info(app, ask),
        (&Method::GET, ["endsession"]) => end_session(app, ask),
        (
            _,
            [".well-known", "openid-configuration"]
            | ["jwks" | "authorize" | "login" | "par" | "token" | "userinfo" | "endsession"],
        ) => empty(StatusCode::METHOD_NOT_ALLOWED),
        _ => empty(StatusCode::NOT_FOUND),
    })
}

fn form(ask: &Ask<'_>) -> Vec<(String, String)> {
    pairs(&String::from_utf8_lossy(ask.body))
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = fields.iter().find(|(given, _)| given == name);
    found
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

fn discovery(app: &App) -> Response {
    let issuer = app.authority.idporten_issuer();
    let at = |path: &str| format!("{issuer}/{path}");
    json_reply(
        StatusCode::OK,
        &json!({
            "issuer": issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
            "pushed_authorization_request_endpoint": at("par"), "jwks_uri": at("jwks"),
            "userinfo_endpoint": at("userinfo"), "end_session_endpoint": at("endsession"),
            "response_types_supported": ["code"], "grant_types_supported": ["authorization_code"],
            "code_challenge_methods_supported": ["S256"], "acr_values_supported": LEVELS,
            "ui_locales_supported": ["nb", "nn", "en", "se"], "subject_types_supported": ["pairwise"],
            "token_endpoint_auth_methods_supported": ["none"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": true,
        }),
    )
}

/// An error of the token endpoint and of pushed requests.
fn refused(status: StatusCode, error: &str, why: &str) -> Response {
    json_reply(status, &json!({ "error": error, "error_description": why }))
}

fn sent_to(address: &str) -> Response {
    let mut response = empty(StatusCode::SEE_OTHER);
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    response
}

/// An address with more parameters.
fn with_query(address: &str, parameters: &[(&str, &str)]) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let query: Vec<String> = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{}", query.join("&"))
}

fn user_info(app: &App, ask: &Ask<'_>) -> Response {
    let now = app.clock.now().timestamp();
    let claims: Option<Claims> = bearer(&ask.parts.headers)
        .and_then(|token| app.authority.verified(token, now, 0))
        .filter(|(issuer, _)| *issuer == Issuer::IdPorten)
        .map(|(_, claims)| claims);
    match claims {
        Some(claims) => {
            let told: Value = ["sub", "pid"]
                .into_iter()
                .filter_map(|name| Some((name.to_owned(), claims.get(name)?.clone())))
                .collect::<Claims>()
                .into();
            json_reply(StatusCode::OK, &told)
        }
        None => empty(StatusCode::UNAUTHORIZED),
    }
}

/// Back to the application when it is registered for that, else a page.
fn end_session(app: &App, ask: &Ask<'_>) -> Response {
    let back = ask.parameter("post_logout_redirect_uri");
    // The id token may have expired: it only says which client this is.
    let hint = ask.parameter("id_token_hint").and_then(super::Token::parse);
    let hint = hint.filter(|token| token.is_signed_by(&app.authority.idporten.public()));
    let client = hint
        .as_ref()
        .and_then(|token| token.text("aud"))
        .and_then(|id| app.world.idporten_client(id));
    let allowed = back.filter(|back| {
        client.is_some_and(|client| {
            client
                .post_logout_redirect_uris
                .iter()
                .any(|one| one == back)
        })
    });
    match (allowed, ask.parameter("state")) {
        (Some(back), Some(state)) => sent_to(&with_query(back, &[("state", state)])),
        (Some(back), None) => sent_to(back),
        (None, _) => page(StatusCode::OK, "ID-porten", &["Du er logget ut."], None),
    }
}
