//! The authorization request, and the page where somebody signs in (platform reference, section 4.1).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use uuid::Uuid;

use super::{LEVELS, SignIn, field, refused, sent_to, with_query};
use crate::access::PERSON;
use crate::app::App;
use crate::platform::{Form, json as json_reply, page};
use crate::world::IdPortenClient;

/// How long a code is good for, in seconds. The reference gives no number.
const CODE_LIFETIME_S: i64 = 60;
/// How long a page waits for its answer, in seconds. The reference gives no number.
const PAGE_LIFETIME_S: i64 = 15 * 60;
/// How long a pushed request is good for, in seconds. The reference gives no number.
const PUSHED_LIFETIME_S: i64 = 60;
const USUAL_LEVEL: &str = "idporten-loa-substantial";
const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";

type Fields = [(String, String)];

/// Why a request is not shown.
enum Refusal {
    /// The address to return to cannot be trusted: a page.
    Page(&'static str),
    /// The application is told, by its own address.
    Back {
        to: String,
        state: String,
        error: &'static str,
        why: &'static str,
    },
}

/// `authorize`: the page, unless something is wrong with the request.
pub fn show(app: &App, fields: &Fields) -> Response {
    let fields = match field(fields, "request_uri") {
        None => fields.to_vec(),
        Some(uri) => {
            let now = app.clock.now().timestamp();
            let pushed = app.authority.sessions.lock().pushed.remove(uri);
            let pushed = pushed.filter(|(pushed, until)| {
                *until > now && field(pushed, "client_id") == field(fields, "client_id")
            });
            match pushed {
                Some((pushed, _)) => pushed,
                None => {
                    return page(
                        StatusCode::BAD_REQUEST,
                        "ID-porten",
                        &["Ukjent request_uri."],
                        None,
                    );
                }
            }
        }
    };
    match checked(app, &fields) {
        Ok((client, sign_in)) => shown(app, client, sign_in),
        Err(Refusal::Page(why)) => page(StatusCode::BAD_REQUEST, "ID-porten", &[why], None),
        Err(Refusal::Back {
            to,
            state,
            error,
            why,
        }) => {
            let issuer = app.authority.idporten_issuer();
            let mut told = vec![
                ("error", error),
                ("error_description", why),
                ("iss", &issuer),
            ];
            if !state.is_empty() {
                told.push(("state", &state));
            }
            sent_to(&with_query(&to, &told))
        }
    }
}

fn checked<'a>(app: &'a App, fields: &Fields) -> Result<(&'a IdPortenClient, SignIn), Refusal> {
    let get = |name: &str| field(fields, name).unwrap_or_default();
    let client = app.world.idporten_client(get("client_id"));
    let client = client.ok_or(Refusal::Page("Ukjent klient (client_id)."))?;
    let to = get("redirect_uri");
    if !client.may_return_to(to) {
        return Err(Refusal::Page(
            "Adressen (redirect_uri) er ikke registrert på klienten.",
        ));
    }
    let back = |(error, why)| Refusal::Back {
        to: to.to_owned(),
        state: get("state").to_owned(),
        error,
        why,
    };
    if let Some(wrong) = wrong_with(client, fields) {
        return Err(back(wrong));
    }
    let level = level_asked(get("acr_values"));
    let level =
        level.ok_or_else(|| back(("invalid_request", "acr_values holds no known level")))?;
    Ok((
        client,
        SignIn {
            client_id: client.client_id.clone(),
            redirect_uri: to.to_owned(),
            scope: get("scope")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            state: get("state").to_owned(),
            nonce: field(fields, "nonce").map(str::to_owned),
            challenge: get("code_challenge").to_owned(),
            level,
            person: String::new(),
        },
    ))
}

/// The level asked for: the first that is known; the usual one when none is named.
fn level_asked(values: &str) -> Option<&'static str> {
    let mut wanted = values.split_whitespace().peekable();
    if wanted.peek().is_none() {
        return Some(USUAL_LEVEL);
    }
    wanted.find_map(|value| LEVELS.into_iter().find(|level| *level == value))
}

/// Error and reason, when the application is to be told that something is wrong.
fn wrong_with(client: &IdPortenClient, fields: &Fields) -> Option<(&'static str, &'static str)> {
    let get = |name: &str| field(fields, name).unwrap_or_default();
    if get("response_type") != "code" {
        return Some(("unsupported_response_type", "response_type must be code"));
    }
    if get("state").is_empty() {
        return Some(("invalid_request", "state is mandatory for public clients"));
    }
    if get("code_challenge_method") != "S256" || get("code_challenge").len() != 43 {
        let why = "PKCE with code_challenge_method S256 is required";
        return Some(("invalid_request", why));
    }
    let mut scopes = get("scope").split_whitespace().peekable();
    if scopes.peek().is_none() || !scopes.all(|scope| client.may_ask_for(scope)) {
        return Some(("invalid_scope", "The client may not ask for this scope"));
    }
    None
}

fn shown(app: &App, client: &IdPortenClient, sign_in: SignIn) -> Response {
    let id = Uuid::new_v4().to_string();
    let lines = [
        format!("Logg inn til {}.", client.name),
        format!("Tilganger: {}", sign_in.scope),
        format!("Nivå: {}", sign_in.level),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let now = app.clock.now().timestamp();
    {
        let mut sessions = app.authority.sessions.lock();
        sessions.prune(now);
        sessions
            .shown
            .insert(id.clone(), (sign_in, now + PAGE_LIFETIME_S));
    }
    let action = format!("{}/login", app.authority.idporten_issuer());
    let form = Form {
        action: &action,
        hidden: &[("request", &id)],
        choices: app.people(),
        buttons: &[
            ("decision", "continue", "Logg inn"),
            ("decision", "cancel", "Avbryt"),
        ],
    };
    page(StatusCode::OK, "ID-porten", &lines, Some(&form))
}

/// The page's form: a code for the person chosen, or word that they would not.
pub fn submitted(app: &App, fields: &Fields) -> Response {
    let id = field(fields, "request").unwrap_or_default();
    let person = field(fields, "person").unwrap_or_default();
    let is_cancelled = field(fields, "decision") == Some("cancel");
    if !is_cancelled && app.register.party(&format!("{PERSON}{person}")).is_none() {
        return page(
            StatusCode::BAD_REQUEST,
            "ID-porten",
            &["Velg en person."],
            None,
        );
    }
    let now = app.clock.now().timestamp();
    let mut sessions = app.authority.sessions.lock();
    let shown = sessions.shown.remove(id).filter(|(_, until)| *until > now);
    let Some((mut sign_in, _)) = shown else {
        return page(
            StatusCode::BAD_REQUEST,
            "ID-porten",
            &["Innloggingen er ukjent eller brukt."],
            None,
        );
    };
    let issuer = app.authority.idporten_issuer();
    let (to, state) = (sign_in.redirect_uri.clone(), sign_in.state.clone());
    if is_cancelled {
        let told = [
            ("error", "access_denied"),
            ("state", &state),
            ("iss", &issuer),
        ];
        return sent_to(&with_query(&to, &told));
    }
    person.clone_into(&mut sign_in.person);
    let code = Uuid::new_v4().simple().to_string();
    sessions.prune(now);
    sessions
        .codes
        .insert(code.clone(), (sign_in, now + CODE_LIFETIME_S));
    sent_to(&with_query(
        &to,
        &[("code", &code), ("state", &state), ("iss", &issuer)],
    ))
}

/// `par`: the same request, sent ahead by the application itself.
pub fn pushed(app: &App, fields: Vec<(String, String)>) -> Response {
    match checked(app, &fields) {
        Ok(_) => {}
        Err(Refusal::Page(why)) => return refused(StatusCode::BAD_REQUEST, "invalid_request", why),
        Err(Refusal::Back { error, why, .. }) => {
            return refused(StatusCode::BAD_REQUEST, error, why);
        }
    }
    let uri = format!("{PUSHED}{}", Uuid::new_v4().simple());
    let now = app.clock.now().timestamp();
    let mut sessions = app.authority.sessions.lock();
    sessions.prune(now);
    sessions
        .pushed
        .insert(uri.clone(), (fields, now + PUSHED_LIFETIME_S));
    drop(sessions);
    json_reply(
        StatusCode::CREATED,
        &json!({ "request_uri": uri, "expires_in": PUSHED_LIFETIME_S }),
    )
}
