//! Failures on order: the next requests that match get them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Why a fault was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// Not JSON, or not of the shape.
    #[error("not a fault: {0}")]
    Json(#[from] serde_json::Error),
    /// It would do nothing.
    #[error("a fault needs at least one of status, drop_response, cut_after and delay_ms")]
    Empty,
    /// The status is not one a server may answer with.
    #[error("status must be between 200 and 599")]
    Status,
}

/// Which requests.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
struct Pattern {
    /// Any when left out or `*`.
    method: Option<String>,
    /// The path without its query, compared without regard to case. `*` stands for anything, `{…}` for one segment,
    /// and a `/` at the end for everything below. Any path when left out.
    path: Option<String>,
}

/// What happens to them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// Answer this instead of handling the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// `Retry-After` of that answer: seconds, or any text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<Value>,
    /// Body of that answer: a text goes out as it is, anything else as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Handle the request, then close the connection without a byte of answer.
    #[serde(skip_serializing_if = "is_false")]
    pub drop_response: bool,
    /// Handle the request, send this many bytes of the answer's body, then close the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_after: Option<u64>,
    /// Wait this long before handling; with `drop_response`, between handling and closing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the shape serde calls
fn is_false(value: &bool) -> bool {
    !*value
}

impl Fault {
    /// The delay.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        self.delay_ms.map(Duration::from_millis)
    }
}

#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Order {
    #[serde(default, rename = "match")]
    pattern: Pattern,
    fault: Fault,
    /// How many requests it meets; every one until faults are deleted when left out.
    #[serde(default)]
    times: Option<u64>,
}

/// Faults on order, first come first served.
#[derive(Debug, Default)]
pub struct Faults {
    orders: Mutex<Vec<Order>>,
}

impl Faults {
    /// Takes one order, or an array of them, as `POST /_sandbox/faults` does.
    ///
    /// # Errors
    /// When the text is not such an order; none of an array is taken then.
    pub fn add_json(&self, json: &[u8]) -> Result<(), FaultError> {
        let value: Value = serde_json::from_slice(json)?;
        let new: Vec<Order> = if value.is_array() {
            serde_json::from_value(value)?
        } else {
            vec![serde_json::from_value(value)?]
        };
        for order in &new {
            let fault = &order.fault;
            if fault
                .status
                .is_some_and(|status| !(200..600).contains(&status))
            {
                return Err(FaultError::Status);
            }
            let does_something = fault.status.is_some()
                || fault.drop_response
                || fault.cut_after.is_some()
                || fault.delay_ms.is_some();
            if !does_something {
                return Err(FaultError::Empty);
            }
        }
        self.orders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(new);
        Ok(())
    }

    /// Takes one order, as a JSON value of the shape of `POST /_sandbox/faults`.
    ///
    /// # Errors
    /// When the value is not such an order.
    pub fn add(&self, order: &Value) -> Result<(), FaultError> {
        self.add_json(order.to_string().as_bytes())
    }

    /// Forgets all orders.
    pub fn clear(&self) {
        self.orders
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// What is still on order.
    #[must_use]
    pub fn list(&self) -> Value {
        json!(*self.orders.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The fault for a request, if one is on order; counts it as used.
    #[must_use]
    pub fn take(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let place = orders
            .iter()
            .position(|order| order.times != Some(0) && is_match(&order.pattern, method, path))?;
        let order = orders.get_mut(place)?;
        let fault = order.fault.clone();
        if let Some(times) = &mut order.times {
            *times -= 1;
            if *times == 0 {
                orders.remove(place);
            }
        }
        Some(fault)
    }
}

fn is_match(pattern: &Pattern, method: &Method, path: &str) -> bool {
    let is_method = pattern
        .method
        .as_deref()
        .is_none_or(|wanted| wanted == "*" || wanted.eq_ignore_ascii_case(method.as_str()));
    let is_path = pattern.path.as_deref().is_none_or(|wanted| {
        let wanted = wanted.to_lowercase();
        let path = path.to_lowercase();
        fits(wanted.as_bytes(), path.as_bytes())
            || (wanted.len() > 1 && wanted.ends_with('/') && path.starts_with(&wanted))
    });
    is_method && is_path
}

/// Whether a path fits a pattern with `*` for anything and `{…}` for one segment.
fn fits(pattern: &[u8], path: &[u8]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((b'*', rest)) => {
            (0..=path.len()).any(|skip| path.get(skip..).is_some_and(|tail| fits(rest, tail)))
        }
        Some((b'{', rest)) => {
            let close = rest.iter().position(|byte| *byte == b'}');
            let rest = close.and_then(|close| rest.get(close + 1..));
            let segment = path.iter().take_while(|byte| **byte != b'/').count();
            segment > 0
                && rest.is_some_and(|rest| path.get(segment..).is_some_and(|tail| fits(rest, tail)))
        }
        Some((wanted, rest)) => path
            .split_first()
            .is_some_and(|(given, tail)| given == wanted && fits(rest, tail)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_meet_what_they_say() {
        let meets = |pattern: &str, path: &str| {
            let pattern = Pattern {
                method: None,
                path: Some(pattern.to_owned()),
            };
            is_match(&pattern, &Method::GET, path)
        };
        assert!(meets("/a/b", "/A/b"), "case does not matter");
        assert!(!meets("/a/b", "/a/b/c"), "a plain path is the whole path");
        assert!(
            meets("/a/b/", "/a/b/c"),
            "a slash at the end means all below"
        );
        assert!(meets("/a/*/c", "/a/x/y/c"), "a star crosses segments");
        assert!(meets("/a/{id}/c", "/a/x/c"), "braces stand for a segment");
        assert!(
            !meets("/a/{id}/c", "/a/x/y/c"),
            "braces stand for one segment"
        );
    }

    #[test]
    fn an_order_is_used_up() {
        let faults = Faults::default();
        let order = json!({ "match": { "method": "GET", "path": "/x" }, "fault": { "status": 503 }, "times": 2 });
        faults.add(&order).unwrap();
        for _ in 0..2 {
            assert!(
                faults.take(&Method::GET, "/x").is_some(),
                "two are on order"
            );
        }
        assert!(
            faults.take(&Method::GET, "/x").is_none(),
            "the third is spared"
        );
        assert!(
            faults.add(&json!({ "fault": {} })).is_err(),
            "an order that does nothing is a mistake"
        );
        assert!(
            faults.add(&json!({ "fault": { "sttus": 3 } })).is_err(),
            "a misspelt member is told of"
        );
    }
}
