//! H1: whether the service is well (Correspondence reference, section 4.1). At the root of the host, without a token.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::platform::{Ask, json as json_reply};

/// Answers `GET /health` and `GET /healthz`. There is no database that could fail.
#[must_use]
pub fn answer(ask: &Ask<'_>) -> Option<Response> {
    let [path] = ask.segments.as_slice() else {
        return None;
    };
    let is_asked = ["health", "healthz"]
        .iter()
        .any(|name| path.eq_ignore_ascii_case(name));
    (is_asked && ask.is_get()).then(|| {
        let body = json!({ "status": "Healthy", "message": "The sandbox is up" });
        json_reply(StatusCode::OK, &body)
    })
}
