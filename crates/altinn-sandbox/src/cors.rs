//! Which pages of other origins may call Correspondence from a browser (Correspondence reference, section 2).

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use crate::world::Environment;

const METHODS: HeaderValue = HeaderValue::from_static("GET,POST,DELETE,OPTIONS");
const HEADERS: HeaderValue =
    HeaderValue::from_static("Authorization,request-id,request-context,traceparent,prefer");

/// The addresses of Arbeidsflate.
fn origins(environment: Environment) -> &'static [&'static str] {
    match environment {
        Environment::Production => &["https://af.altinn.no"],
        Environment::Test => &["https://af.tt02.altinn.no", "http://af.tt.altinn.no"],
    }
}

/// The origin a request comes from, when it is one of those.
#[must_use]
pub fn origin(headers: &HeaderMap, environment: Environment) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    origins(environment)
        .contains(&origin.to_str().ok()?)
        .then(|| origin.clone())
}

/// The answer to a browser that asks beforehand whether it may call; without leave it is empty.
#[must_use]
pub fn preflight(parts: &Parts, origin: Option<&HeaderValue>) -> Option<Response<Body>> {
    let asks = parts.headers.contains_key(header::ORIGIN)
        && parts
            .headers
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if parts.method != Method::OPTIONS || !asks {
        return None;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    if origin.is_some() {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    }
    Some(response)
}

/// Gives leave to read an answer.
pub fn allow(response: &mut Response<Body>, origin: Option<HeaderValue>) {
    let Some(origin) = origin else { return };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
}
