//! Refusals of the platform services: problem JSON with a code, and lists of field errors (platform reference, section 5.3).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::reply::{empty, text};

/// Why a platform service does not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A status with an empty body.
    Status(StatusCode),
    /// 401: no token, or none that counts here.
    Unauthorized,
    /// A problem of the catalogue in section 5.3.
    Problem(Problem),
    /// 400 with everything that is wrong.
    Invalid(Vec<FieldError>),
    /// A problem without a code.
    Plain(StatusCode, String),
}

/// What these services answer.
pub type Answer = Result<Response, Refusal>;

/// A refusal with a code of the catalogue in section 5.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// `AUTH-000nn`.
    pub code: &'static str,
    /// Sentence for humans.
    pub detail: &'static str,
}

/// One thing that is wrong with a body or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Its code, such as `AUTH.VLD-00001`.
    pub code: &'static str,
    /// JSON pointer of the member, or name of the parameter.
    pub path: &'static str,
    /// Sentence for humans.
    pub detail: &'static str,
}

impl Refusal {
    /// One thing that is wrong with a body or a query.
    pub fn invalid(code: &'static str, path: &'static str, detail: &'static str) -> Self {
        Self::Invalid(vec![FieldError { code, path, detail }])
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Self {
        Self::Status(status)
    }
}

impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Status(status) => empty(status),
            Refusal::Unauthorized => {
                let mut response = empty(StatusCode::UNAUTHORIZED);
                let bearer = HeaderValue::from_static("Bearer");
                response
                    .headers_mut()
                    .insert(header::WWW_AUTHENTICATE, bearer);
                response
            }
            Refusal::Problem(problem) => problem_json(
                problem.status,
                &json!({
                    "title": title(problem.status), "status": problem.status.as_u16(),
                    "detail": problem.detail, "code": problem.code,
                }),
            ),
            Refusal::Invalid(errors) => {
                let errors: Vec<Value> = errors
                    .iter()
                    .map(|error| json!({ "code": error.code, "detail": error.detail, "paths": [error.path] }))
                    .collect();
                problem_json(
                    StatusCode::BAD_REQUEST,
                    &json!({
                        "title": "One or more validation errors occurred.", "status": 400,
                        "code": "STD-00000", "validationErrors": errors,
                    }),
                )
            }
            Refusal::Plain(status, detail) => problem_json(
                status,
                &json!({ "title": title(status), "status": status.as_u16(), "detail": detail }),
            ),
        }
    }
}

/// Any problem JSON.
pub fn problem_json(status: StatusCode, body: &Value) -> Response {
    text(status, "application/problem+json", body.to_string())
}

fn title(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or_default()
}
