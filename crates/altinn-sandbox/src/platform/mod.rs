//! Every service on the sandbox's origin but Correspondence: small, read-mostly, answered from the path alone.

mod brreg;
mod html;
mod paging;
mod parties;
mod problem;
mod registry;
mod reply;
mod store;
mod system_user;

use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use crate::app::App;
use crate::caller::{Caller, Scheme};
use crate::events;
use crate::health;
use crate::tokens;
pub use html::{Form, page};
pub use parties::person_may_use;
use problem::Refusal;
pub use problem::problem_json;
pub use registry::{CONFIDENTIAL, is_admitted};
pub use reply::{empty, json, text};
pub use store::Store;
pub use system_user::control as decide_system_user;
use uuid::Uuid;

/// A request below one of these services.
#[derive(Debug)]
pub struct Ask<'a> {
    /// Method.
    pub method: &'a Method,
    /// Segments of the path, decoded, in the case they were sent.
    pub segments: Vec<String>,
    /// Query, names and values decoded, in order.
    pub query: Vec<(String, String)>,
    /// Headers and the rest.
    pub parts: &'a Parts,
    /// Body, at most [`LARGEST_BODY`] bytes.
    pub body: &'a [u8],
}

/// Largest body these services read; the largest anyone has reason to send is a signed grant.
pub const LARGEST_BODY: usize = 256 * 1024;

impl<'a> Ask<'a> {
    /// Takes a request apart.
    #[must_use]
    pub fn new(parts: &'a Parts, body: &'a [u8]) -> Self {
        let segments = parts
            .uri
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(decoded)
            .collect();
        Self {
            method: &parts.method,
            segments,
            query: pairs(parts.uri.query().unwrap_or_default()),
            parts,
            body,
        }
    }

    /// The first value of a query parameter, its name in any case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The rest of the path when it begins with these segments, compared without regard to case.
    #[must_use]
    pub fn below(&self, prefix: &[&str]) -> Option<&[String]> {
        let (head, rest) = self.segments.split_at_checked(prefix.len())?;
        head.iter()
            .zip(prefix)
            .all(|(given, wanted)| given.eq_ignore_ascii_case(wanted))
            .then_some(rest)
    }

    /// Whether the method is `GET` (or `HEAD`).
    #[must_use]
    pub fn is_get(&self) -> bool {
        *self.method == Method::GET || *self.method == Method::HEAD
    }
}

/// Reads `a=b&c=d`, percent-encoded, `+` for a space.
#[must_use]
pub fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                decoded(&name.replace('+', " ")),
                decoded(&value.replace('+', " ")),
            )
        })
        .collect()
}

/// The caller by an Altinn token with one of the scopes: 401 without such a token, 403 without such a scope.
fn called<'a>(ask: &'a Ask<'_>, scopes: &[&str]) -> Result<&'a Caller, Refusal> {
    let caller = ask.parts.extensions.get::<Caller>();
    let caller = caller.filter(|caller| caller.scheme == Scheme::Altinn);
    let caller = caller.ok_or(Refusal::Unauthorized)?;
    if scopes.iter().any(|scope| caller.has_scope(scope)) {
        Ok(caller)
    } else {
        Err(StatusCode::FORBIDDEN.into())
    }
}

/// The uuid of a party, made from its number.
#[must_use]
pub fn party_uuid(number: &str) -> Uuid {
    let digest = ring::digest::digest(&ring::digest::SHA256, number.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(digest.as_ref().split_at(16).0);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// The number of a person's user in the portal, made from their identity number.
#[must_use]
pub fn user_id(number: &str) -> u32 {
    party_id(number) - 30_000_000
}

/// The number of a party in the portal, made from its identity number.
#[must_use]
pub fn party_id(number: &str) -> u32 {
    50_000_000 + u32::from(party_uuid(number).as_fields().1) * 100 + u32::from(number.len() == 11)
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// Answers a request if it is for one of these services.
#[must_use]
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    system_user::answer(app, ask)
        .or_else(|| tokens::answer(app, ask))
        .or_else(|| registry::answer(app, ask))
        .or_else(|| parties::answer(app, ask))
        .or_else(|| brreg::answer(app, ask))
        .or_else(|| events::answer(app, ask))
        .or_else(|| health::answer(ask))
}
