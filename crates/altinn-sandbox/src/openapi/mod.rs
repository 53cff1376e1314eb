//! The OpenAPI document of the Correspondence service (Correspondence reference, section 1.1), made from what serves it: paths,
//! policies and content types from the table of `routes`, request bodies and parameters from their readers, answers from the
//! types that are written, refusals from the catalogue of rules.

mod answers;
pub mod shape;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use serde_json::{Map, Value, json};

use crate::access::Policy;
use crate::app::App;
use crate::attachment;
use crate::correspondence::{forward, request::Initialise, search};
use crate::model::Reading;
use crate::problem::Outcome;
use crate::routes::{Call, PREFIX, ROUTES, Route, Takes};

/// How long the document may be kept, in seconds.
const KEPT_S: u32 = 600;

/// The document over HTTP.
///
/// # Errors
/// When a reader does not bear being asked what it reads, which the tests would tell.
pub fn answer(app: &App) -> Outcome<Response<Body>> {
    let body = document(&app.base)?.to_string();
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    if let Ok(kept) = HeaderValue::from_str(&format!("max-age={KEPT_S}")) {
        headers.insert(header::CACHE_CONTROL, kept);
    }
    Ok(response)
}

/// The document of a service at an origin (no slash at the end).
fn document(base: &str) -> Outcome<Value> {
    let mut answers = answers::Answers::new();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES.iter().filter(|route| route.is_listed) {
        let operation = operation(route, &mut answers)?;
        let path = paths
            .entry(format!("{PREFIX}{}", route.path))
            .or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.as_str().to_ascii_lowercase(), operation);
        }
    }
    Ok(json!({
        "openapi": "3.1.0",
        "info": { "title": "Altinn Correspondence, as the sandbox serves it", "version": "v1" },
        "servers": [{ "url": base }],
        "paths": paths,
        "components": {
            "schemas": answers.schemas(),
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
        },
    }))
}

fn operation(route: &Route, answers: &mut answers::Answers) -> Outcome<Value> {
    let name = format!("{:?}", route.call);
    let tag = route.path.split('/').next().unwrap_or_default();
    let mut operation = json!({
        "operationId": name,
        "tags": [tag],
        "description": policy(route.policy),
        "security": [{ "bearer": [] }],
        "parameters": parameters(route)?,
        "responses": answers.of(route),
    });
    if let (Some(body), Some(members)) = (body(route)?, operation.as_object_mut()) {
        members.insert("requestBody".to_owned(), body);
    }
    Ok(operation)
}

/// Section 1.4 in a sentence.
fn policy(policy: Policy) -> String {
    format!("Policy of the token: {policy:?}.")
}

fn parameters(route: &Route) -> Outcome<Vec<Value>> {
    let ids = route
        .path
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } })
        });
    let mut parameters: Vec<Value> = ids.collect();
    if route.call == Call::Search {
        parameters.extend(search::shape().parameters());
    }
    Ok(parameters)
}

fn body(route: &Route) -> Outcome<Option<Value>> {
    let (kind, schema) = match (route.takes, route.call) {
        (Takes::Nothing, _) => return Ok(None),
        (Takes::Bytes, _) => ("application/octet-stream", json!({})),
        (Takes::Form, _) => (
            "multipart/form-data",
            Reading::shape_of(Initialise::read_model)?.form(),
        ),
        (Takes::Json, Call::InitialiseAttachment) => (
            "application/json",
            Reading::shape_of(attachment::read_model)?.schema(),
        ),
        (Takes::Json, Call::Forward) => (
            "application/json",
            Reading::shape_of(forward::read_model)?.schema(),
        ),
        (Takes::Json, _) => (
            "application/json",
            Reading::shape_of(Initialise::read_model)?.schema(),
        ),
    };
    Ok(Some(
        json!({ "required": true, "content": { kind: { "schema": schema } } }),
    ))
}
