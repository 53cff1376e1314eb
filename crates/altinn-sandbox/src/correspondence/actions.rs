//! C7 mark as read and C8 confirm (Correspondence reference, sections 4.7 and 4.8).

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::caller::Caller;
use crate::events::Happening;
use crate::problem::{Outcome, Rule, rule};
use crate::state::{Job, Status, StatusRow, Tables};

/// C7.
///
/// # Errors
/// 1001, 4001, 1024, 1040, 4002.
pub fn mark_as_read(app: &App, caller: &Caller, id: Uuid) -> Outcome<()> {
    let mut tables = app.state.write();
    check(
        app,
        caller,
        &tables,
        id,
        rule::READ_BEFORE_FETCH,
        (Status::Read, rule::ALREADY_READ),
    )?;
    app.calling_party(caller)?;
    let now = app.clock.now();
    read(app, &mut tables, id, now);
    Ok(())
}

/// Stores the first `Read` and tells the sender.
pub fn read(app: &App, tables: &mut Tables, id: Uuid, now: DateTime<Utc>) {
    let Some(it) = tables.edit(id).filter(|it| !it.has(Status::Read)) else {
        return;
    };
    it.statuses.push(StatusRow::new(Status::Read, now));
    let it = it.clone();
    app.tell_of(tables, Happening::CorrespondenceReceiverRead, &it, now);
}

/// C8: taken at once, stored some seconds later with the time of the call. Until then another call is taken as well.
///
/// # Errors
/// 1001, 4001, 1025, 1041, 4006, 4002.
pub fn confirm(app: &App, caller: &Caller, id: Uuid) -> Outcome<()> {
    let mut tables = app.state.write();
    check(
        app,
        caller,
        &tables,
        id,
        rule::CONFIRM_BEFORE_FETCH,
        (Status::Confirmed, rule::ALREADY_CONFIRMED),
    )?;
    app.calling_party(caller)?;
    let now = app.clock.now();
    let delay = TimeDelta::from_std(app.world.timers.confirm_delay).unwrap_or(TimeDelta::zero());
    tables.agenda.plan(now + delay, Job::Confirm(id, now));
    Ok(())
}

/// The ladder that both climb.
fn check(
    app: &App,
    caller: &Caller,
    tables: &Tables,
    id: Uuid,
    before_fetch: Rule,
    (done, already): (Status, Rule),
) -> Outcome<()> {
    let it = tables
        .correspondences
        .get(&id)
        .ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    if !app.may_read(caller, &it.resource_id, &it.recipient) {
        return Err(rule::NO_ACCESS.into());
    }
    if !it.is_available() {
        return Err(rule::CORRESPONDENCE_NOT_FOUND.into());
    }
    if it.fetches.is_empty() && !it.has(Status::Fetched) {
        return Err(before_fetch.into());
    }
    if it.has(done) {
        return Err(already.into());
    }
    Ok(())
}
