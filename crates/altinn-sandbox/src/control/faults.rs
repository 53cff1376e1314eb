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
    /// The share is no share.
    #[error("share must be above 0 and at most 1")]
    Share,
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
    /// Which part of them it meets, drawn by lot; all when left out. The same `seed` draws the same lots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
    /// What the lots are drawn from; moves on with each.
    #[serde(default)]
    seed: u64,
}

impl Order {
    /// Draws whether a request that matches is met (SplitMix64).
    fn draw(&mut self) -> bool {
        let Some(share) = self.share else { return true };
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut lot = self.seed;
        lot = (lot ^ (lot >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        lot = (lot ^ (lot >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        lot ^= lot >> 31;
        #[allow(
            clippy::cast_precision_loss,
            reason = "the upper 53 bits are a fraction exactly"
        )]
        let fraction = (lot >> 11) as f64 / (1_u64 << 53) as f64;
        fraction < share
    }
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
            if order
                .share
                .is_some_and(|share| !(share > 0.0 && share <= 1.0))
            {
                return Err(FaultError::Share);
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
        // A lot that spares a request leaves it to the orders after this one.
        let place = orders.iter_mut().position(|order| {
            order.times != Some(0) && is_match(&order.pattern, method, path) && order.draw()
        })?;
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
    fn a_share_is_met_by_lot_and_the_lots_repeat() {
        let met = |seed: u64| -> Vec<bool> {
            let faults = Faults::default();
            faults
                .add(&json!({ "fault": { "drop_response": true }, "share": 0.3, "seed": seed }))
                .unwrap();
            (0..10_000)
                .map(|_| faults.take(&Method::POST, "/x").is_some())
                .collect()
        };
        let count = met(1).iter().filter(|met| **met).count();
        assert!(
            (2_800..3_200).contains(&count),
            "three in ten are met: {count}"
        );
        assert_eq!(met(1), met(1), "the same seed draws the same lots");
        assert_ne!(met(1), met(2), "another seed draws others");
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
        let share = json!({ "fault": { "status": 503 }, "share": 1.5 });
        assert!(faults.add(&share).is_err(), "a share is at most all");
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
