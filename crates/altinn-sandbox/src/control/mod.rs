//! What tests and curious people may do to a sandbox: read its ledger, make it fail, move its clock, register keys.
//!
//! Control calls live below `/_sandbox/`. They need no token, are not in the ledger, and neither faults nor quotas touch them.

mod faults;
mod ledger;
mod quota;

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::platform::{Ask, decide_system_user, empty, json as json_reply};
pub use faults::{Fault, FaultError, Faults};
pub(crate) use ledger::{Closing, Row};
pub use ledger::{Ledger, LedgerEntry};
pub(crate) use quota::Meter;
pub use quota::{Quota, QuotaError};

/// The most a clock may be moved by in one call, in seconds: a hundred years.
const LONGEST_LEAP_S: u64 = 100 * 366 * 24 * 3600;

/// What control keeps for one sandbox.
#[derive(Debug)]
pub struct Control {
    /// Every request but control's own.
    pub ledger: Ledger,
    /// Failures to come.
    pub faults: Faults,
    /// What has been used of each quota.
    pub(crate) meter: Meter,
}

#[derive(Deserialize)]
struct Leap {
    advance_s: u64,
}

#[derive(Deserialize)]
struct NewQuota {
    quota: String,
}

fn wrong(why: impl std::fmt::Display) -> Response {
    json_reply(
        StatusCode::BAD_REQUEST,
        &json!({ "error": why.to_string() }),
    )
}

/// Answers a request below `/_sandbox/`.
pub(crate) fn answer(app: &Arc<App>, ask: &Ask<'_>) -> Response {
    let rest = ask.below(&["_sandbox"]).unwrap_or_default();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let control = &app.control;
    match (ask.method, rest.as_slice()) {
        (&Method::GET, ["ledger"]) => {
            let from = ask.parameter("from").and_then(|seq| seq.parse().ok());
            let entries = control.ledger.entries(from.unwrap_or(0));
            json_reply(StatusCode::OK, &json!(entries))
        }
        (&Method::GET, ["faults"]) => json_reply(StatusCode::OK, &control.faults.list()),
        (&Method::POST, ["faults"]) => match control.faults.add_json(ask.body) {
            Ok(()) => json_reply(StatusCode::CREATED, &control.faults.list()),
            Err(error) => wrong(error),
        },
        (&Method::DELETE, ["faults"]) => {
            control.faults.clear();
            empty(StatusCode::NO_CONTENT)
        }
        (&Method::GET, ["clock"]) => json_reply(StatusCode::OK, &clock(app)),
        (&Method::POST, ["clock"]) => match serde_json::from_slice::<Leap>(ask.body) {
            Ok(leap) if leap.advance_s <= LONGEST_LEAP_S => {
                app.advance(Duration::from_secs(leap.advance_s));
                json_reply(StatusCode::OK, &clock(app))
            }
            Ok(_) => wrong("advance_s is more than a hundred years"),
            Err(error) => wrong(error),
        },
        (&Method::POST, ["quota"]) => match serde_json::from_slice::<NewQuota>(ask.body) {
            Ok(new) => match new.quota.parse() {
                Ok(quota) => {
                    control.meter.set(quota);
                    empty(StatusCode::NO_CONTENT)
                }
                Err(error) => wrong(error),
            },
            Err(error) => wrong(error),
        },
        (&Method::POST, ["clients", client, "keys"]) => register_keys(app, client, ask.body),
        (&Method::POST, ["systemuser", "requests", id]) => decide_system_user(app, id, ask.body),
        (&Method::GET, ["ready"]) => json_reply(StatusCode::OK, &json!(app.ready())),
        (
            _,
            ["ledger" | "faults" | "clock" | "quota" | "ready"]
            | ["clients", _, "keys"]
            | ["systemuser", "requests", _],
        ) => empty(StatusCode::METHOD_NOT_ALLOWED),
        _ => empty(StatusCode::NOT_FOUND),
    }
}

fn clock(app: &App) -> Value {
    json!({ "now": app.clock.now(), "ahead_s": app.clock.ahead().num_seconds() })
}

fn register_keys(app: &App, client: &str, body: &[u8]) -> Response {
    if app.world.client(client).is_none() {
        return json_reply(
            StatusCode::NOT_FOUND,
            &json!({ "error": "the world has no such client" }),
        );
    }
    let set: Value = match serde_json::from_slice(body) {
        Ok(set) => set,
        Err(error) => return wrong(error),
    };
    match app
        .authority
        .register_keys(client, &set, app.clock.now().timestamp())
    {
        Ok(ids) => json_reply(
            StatusCode::OK,
            &json!({ "client_id": client, "registered": ids }),
        ),
        Err(error) => wrong(error),
    }
}
