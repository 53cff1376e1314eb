//! Reading: C4 overview, C5 details and C6 content (Correspondence reference, sections 4.4 to 4.6), with the traces they leave.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::actions;
use super::view::{self, Seen};
use crate::app::App;
use crate::caller::Caller;
use crate::problem::{Outcome, rule};
use crate::state::{Correspondence, FetchRow, ReferenceType, Status};

/// How often a recipient's look may try to publish one correspondence.
const PUBLISH_ATTEMPT_GAP: TimeDelta = TimeDelta::seconds(30);

/// What a caller is to one correspondence.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Has the sender's access.
    pub is_sender: bool,
    /// Has the recipient's access.
    pub is_recipient: bool,
    /// Reads as the recipient: has that access and does not call as a sender.
    pub reads_as_recipient: bool,
}

impl Standing {
    /// Works it out.
    #[must_use]
    pub fn of(app: &App, caller: &Caller, it: &Correspondence) -> Self {
        let is_recipient = app.may_read(caller, &it.resource_id, &it.recipient);
        let is_sender = app.may_write(caller, &it.resource_id);
        Self {
            is_sender,
            is_recipient,
            reads_as_recipient: is_recipient && !caller.is_calling_as_sender(),
        }
    }
}

/// C4.
///
/// # Errors
/// 1001, 4001, 4002.
pub fn overview(app: &App, caller: &Caller, id: Uuid) -> Outcome<Vec<u8>> {
    let (seen, standing) = look(app, caller, id, false)?;
    Ok(view::overview(&seen, sees_content(&seen, standing)))
}

/// C6: the body as text. The service renders it to HTML and back, which gives an equivalent text; here it is the text itself.
///
/// # Errors
/// 1001, 4001, 4002.
pub fn content(app: &App, caller: &Caller, id: Uuid) -> Outcome<String> {
    let (seen, standing) = look(app, caller, id, true)?;
    if !sees_content(&seen, standing) {
        return Ok(String::new());
    }
    Ok(view::body_with_replies(&seen.correspondence).into_owned())
}

/// The checks and traces that C4 and C6 share; C6 also stores the first `Read`.
fn look(app: &App, caller: &Caller, id: Uuid, marks_read: bool) -> Outcome<(Seen, Standing)> {
    let now = app.clock.now();
    let mut seen = Seen::of(&app.state.read(), id).ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    let standing = Standing::of(app, caller, &seen.correspondence);
    if !standing.is_recipient && !standing.is_sender {
        return Err(rule::NO_ACCESS.into());
    }
    if standing.reads_as_recipient && wants_publish(&seen.correspondence, now) {
        let mut tables = app.state.write();
        if let Some(it) = tables.edit(id) {
            it.tried_to_publish = Some(now);
        }
        app.publish(&mut tables, id, now);
        seen = Seen::of(&tables, id).ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    }
    if seen.correspondence.is_purged() {
        return Err(rule::CORRESPONDENCE_NOT_FOUND.into());
    }
    let party = app.calling_party(caller)?;
    if !standing.reads_as_recipient {
        return Ok((seen, standing));
    }
    if !seen.correspondence.is_available() {
        return Err(rule::CORRESPONDENCE_NOT_FOUND.into());
    }
    let debounce =
        TimeDelta::from_std(app.world.timers.fetched_debounce).unwrap_or(TimeDelta::zero());
    let fetches = !fetched_since(&seen.correspondence, &party, now - debounce);
    let reads = marks_read && !seen.correspondence.has(Status::Read);
    if fetches || reads {
        let mut tables = app.state.write();
        if let Some(it) = tables.edit(id)
            && fetches
            && !fetched_since(it, &party, now - debounce)
        {
            it.fetches.push(FetchRow { party, at: now });
        }
        if reads {
            actions::read(app, &mut tables, id, now);
        }
    }
    Ok((seen, standing))
}

fn fetched_since(it: &Correspondence, party: &str, since: DateTime<Utc>) -> bool {
    it.fetches
        .iter()
        .rev()
        .any(|fetch| fetch.at > since && fetch.party == party)
}

fn wants_publish(it: &Correspondence, now: DateTime<Utc>) -> bool {
    it.requested_publish_time <= now
        && !it.has(Status::Published)
        && !it.has(Status::Failed)
        && it.reference(ReferenceType::DialogportenDialogId).is_some()
        && it
            .tried_to_publish
            .is_none_or(|tried| tried + PUBLISH_ATTEMPT_GAP <= now)
}

/// Full for anyone with recipient access, and for the sender until the first publish.
fn sees_content(seen: &Seen, standing: Standing) -> bool {
    standing.is_recipient || !seen.correspondence.has(Status::Published)
}

/// C5: each call as recipient stores `Fetched`, and answers it already.
///
/// # Errors
/// 1001, 4001, 4002.
pub fn details(app: &App, caller: &Caller, id: Uuid) -> Outcome<Vec<u8>> {
    let now = app.clock.now();
    let mut seen = Seen::of(&app.state.read(), id).ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    let standing = Standing::of(app, caller, &seen.correspondence);
    if !standing.is_recipient && !standing.is_sender {
        return Err(rule::NO_ACCESS.into());
    }
    let party = app.calling_party(caller)?;
    if standing.reads_as_recipient {
        if !seen.correspondence.is_available() {
            return Err(rule::CORRESPONDENCE_NOT_FOUND.into());
        }
        let mut tables = app.state.write();
        if let Some(it) = tables.edit(id) {
            it.fetches.push(FetchRow { party, at: now });
        }
        seen = Seen::of(&tables, id).ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    }
    Ok(view::details(
        app,
        &seen,
        sees_content(&seen, standing),
        standing.is_recipient,
    ))
}
