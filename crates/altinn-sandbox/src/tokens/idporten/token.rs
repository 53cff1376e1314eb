//! The token endpoint: a code becomes tokens, once (platform reference, section 4.1).

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::json;
use uuid::Uuid;

use super::{SignIn, field, refused};
use crate::app::App;
use crate::platform::{json as json_reply, party_uuid};
use crate::tokens::{Claims, iso6523};
use crate::world::IdPortenClient;

/// How long an access token lives unless the client says otherwise, in seconds.
const TOKEN_LIFETIME_S: u32 = 120;

type Fields = [(String, String)];

/// Answers a token request.
pub fn answer(app: &App, fields: &Fields) -> Response {
    match granted(app, fields) {
        Ok(response) => response,
        Err((status, error, why)) => refused(status, error, why),
    }
}

type Refused = (StatusCode, &'static str, &'static str);

fn granted(app: &App, fields: &Fields) -> Result<Response, Refused> {
    let bad = |error, why| (StatusCode::BAD_REQUEST, error, why);
    let get = |name: &str| field(fields, name).unwrap_or_default();
    let client = app.world.idporten_client(get("client_id"));
    let client = client.ok_or((
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        "The client is not known",
    ))?;
    match get("grant_type") {
        "authorization_code" => {}
        "refresh_token" => {
            return Err(bad(
                "unauthorized_client",
                "A public client gets no refresh tokens",
            ));
        }
        _ => {
            return Err(bad(
                "unsupported_grant_type",
                "grant_type must be authorization_code",
            ));
        }
    }
    let verifier = get("code_verifier");
    if !(43..=128).contains(&verifier.len()) {
        return Err(bad(
            "invalid_request",
            "code_verifier has 43 to 128 characters",
        ));
    }
    let now = app.clock.now().timestamp();
    // A code that was shown once is spent, whatever comes of it.
    let found = app.authority.sessions.lock().codes.remove(get("code"));
    let sign_in = found
        .filter(|(_, until)| *until > now)
        .map(|(sign_in, _)| sign_in);
    let sign_in =
        sign_in.ok_or_else(|| bad("invalid_grant", "The code is unknown, used or expired"))?;
    if sign_in.client_id != client.client_id || sign_in.redirect_uri != get("redirect_uri") {
        return Err(bad(
            "invalid_grant",
            "The code was given to another client or redirect_uri",
        ));
    }
    let hashed = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    if hashed != sign_in.challenge {
        return Err(bad(
            "invalid_grant",
            "code_verifier does not match code_challenge",
        ));
    }
    issued(app, client, &sign_in, now).ok_or((
        StatusCode::INTERNAL_SERVER_ERROR,
        "server_error",
        "The token could not be signed",
    ))
}

fn issued(app: &App, client: &IdPortenClient, sign_in: &SignIn, now: i64) -> Option<Response> {
    let lifetime = client.access_token_lifetime_s.unwrap_or(TOKEN_LIFETIME_S);
    let session = Uuid::new_v4();
    let claims = |more: &[(&str, serde_json::Value)]| {
        let mut claims = Claims::new();
        for (name, value) in [
            ("iss", json!(app.authority.idporten_issuer())),
            // Pairwise: another subject for each client.
            (
                "sub",
                json!(party_uuid(&format!(
                    "{}{}",
                    client.client_id, sign_in.person
                ))),
            ),
            ("pid", json!(sign_in.person)),
            ("acr", json!(sign_in.level)),
            ("amr", json!(["TestID"])),
            ("sid", json!(session)),
            ("iat", json!(now)),
            ("exp", json!(now + i64::from(lifetime))),
            ("jti", json!(Uuid::new_v4())),
        ]
        .iter()
        .chain(more)
        {
            claims.insert((*name).to_owned(), value.clone());
        }
        claims
    };
    let access = app.authority.idporten.sign(&claims(&[
        ("scope", json!(sign_in.scope)),
        ("client_id", json!(client.client_id)),
        ("client_amr", json!("none")),
        ("consumer", iso6523(&client.orgnr)),
        ("token_type", json!("Bearer")),
    ]));
    let access = access.ok()?;
    let mut answer = json!({
        "access_token": access, "token_type": "Bearer", "expires_in": lifetime, "scope": sign_in.scope,
    });
    if sign_in.scope.split(' ').any(|scope| scope == "openid") {
        let half = digest(&SHA256, access.as_bytes());
        let half = half.as_ref().split_at(16).0;
        let mut more = vec![
            ("aud", json!(client.client_id)),
            ("at_hash", json!(URL_SAFE_NO_PAD.encode(half))),
        ];
        if let Some(nonce) = &sign_in.nonce {
            more.push(("nonce", json!(nonce)));
        }
        let id = app.authority.idporten.sign(&claims(&more)).ok()?;
        answer
            .as_object_mut()?
            .insert("id_token".to_owned(), json!(id));
    }
    Some(json_reply(StatusCode::OK, &answer))
}
