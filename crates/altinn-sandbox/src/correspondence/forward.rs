//! C12 forward and C13, whether one may (Correspondence reference, sections 4.12 and 13).

use axum::body::Body;
use chrono::{DateTime, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::address::is_email;
use super::initialise::read_json;
use crate::app::App;
use crate::caller::Caller;
use crate::model::{Need, Node, Reading, Source, utf16_len};
use crate::problem::{Outcome, rule};
use crate::state::{Forwarding, Job, Status, StatusRow, Tables};
use crate::text;

/// Longest address.
const LONGEST_ADDRESS: usize = 1000;
/// Longest text.
const LONGEST_TEXT: usize = 200;
/// How long the mail service takes to confirm delivery: the first time that the real service asks it.
const DELIVERY: TimeDelta = TimeDelta::minutes(1);

/// What C13 answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ForwardingCheck")]
pub struct MayForward {
    allow_forwarding: bool,
}

/// C13: what the sender allowed.
///
/// # Errors
/// 1001.
pub fn check(app: &App, id: Uuid) -> Outcome<MayForward> {
    let tables = app.state.read();
    let it = tables
        .correspondences
        .get(&id)
        .ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    Ok(MayForward {
        allow_forwarding: it.allow_forwarding,
    })
}

/// C12: mails the letter to an address. Answers the id of the forwarding.
///
/// # Errors
/// A validation problem, 1001, 4001, 3011, 3027, 1063, 1066, 1067, 1065, 1064, 4002, 3028.
pub async fn forward(app: &App, caller: &Caller, id: Uuid, body: Body) -> Outcome<Uuid> {
    let value = read_json(body, "request").await?;
    let mut reading = Reading::new(Source::Json("request"));
    let root = reading.root(&value)?;
    let (address, text) = read_model(&mut reading, &root)?;
    reading.finish()?;
    let mut tables = app.state.write();
    let it = tables
        .correspondences
        .get(&id)
        .ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    if !app.may_read(caller, &it.resource_id, &it.recipient) {
        return Err(rule::NO_ACCESS.into());
    }
    if !is_email(address.trim()) {
        return Err(rule::CUSTOM_EMAIL_INVALID.into());
    }
    if utf16_len(&address) > LONGEST_ADDRESS {
        return Err(rule::FORWARD_ADDRESS_TOO_LONG.into());
    }
    if !it.allow_forwarding {
        return Err(rule::FORWARDING_NOT_ALLOWED.into());
    }
    if utf16_len(&text) > LONGEST_TEXT {
        return Err(rule::FORWARDING_TEXT_TOO_LONG.into());
    }
    if !text::is_plain(&text) {
        return Err(rule::FORWARDING_TEXT_HAS_MARKUP.into());
    }
    if !it.has(Status::Read) {
        return Err(rule::FORWARD_BEFORE_READ.into());
    }
    let address = address.trim().to_lowercase();
    if it.forwardings.iter().any(|earlier| earlier.to == address) {
        return Err(rule::ALREADY_FORWARDED.into());
    }
    app.calling_party(caller)?;
    if !app.world.outgoing.mail_available {
        return Err(rule::MAIL_REFUSED.into());
    }
    let now = app.clock.now();
    let is_delivered = !app.world.outgoing.undeliverable.contains(&address);
    let forwarding = Forwarding {
        id: Uuid::new_v4(),
        to: address,
    };
    let answer = forwarding.id;
    if let Some(it) = tables.edit(id) {
        it.forwardings.push(forwarding);
    }
    if is_delivered {
        tables
            .agenda
            .plan(now + DELIVERY, Job::ForwardDelivered(id, now));
    }
    Ok(answer)
}

/// Reads the address and the text.
///
/// # Errors
/// When a JSON body does not fit.
pub fn read_model(reading: &mut Reading, root: &Node<'_>) -> Outcome<(String, String)> {
    let address = root.text(reading, "forwardTo", Need::Key)?;
    let text = root.text(reading, "forwardingText", Need::Optional)?;
    Ok((address.unwrap_or_default(), text.unwrap_or_default()))
}

/// The mail was delivered: stored once, with the time of the call.
pub fn delivered(tables: &mut Tables, id: Uuid, called_at: DateTime<Utc>) {
    if let Some(it) = tables.edit(id)
        && !it.has(Status::Forwarded)
    {
        it.statuses
            .push(StatusRow::new(Status::Forwarded, called_at));
    }
}
