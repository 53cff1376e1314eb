//! R1: the confidential letters that an organisation has not opened (Correspondence reference, sections 4.16 and 14).

use std::fmt::Write as _;

use chrono::TimeDelta;

use crate::access::ORGANISATION;
use crate::app::App;
use crate::caller::Caller;
use crate::problem::{Outcome, rule};
use crate::query::Query;
use crate::state::{Correspondence, Status};
use crate::world::Environment;

/// The resource on which access to the list is checked.
const RESOURCE: &str = "digdir-reminder-unopened-confidential-correspondences";

/// How long after its time of publication a letter counts as left unopened: 7 days in production, a minute elsewhere.
fn patience(environment: Environment) -> TimeDelta {
    match environment {
        Environment::Production => TimeDelta::days(7),
        Environment::Test => TimeDelta::minutes(1),
    }
}

/// The list, as markdown in the language asked for.
///
/// # Errors
/// 4006, 4001, 1062.
pub fn unopened(app: &App, caller: &Caller, query: &Query) -> Outcome<String> {
    let organisation = caller
        .acting_organisation()
        .ok_or(rule::CALLER_UNIDENTIFIED)?;
    if !app.may_read_own(caller, RESOURCE, organisation) {
        return Err(rule::NO_ACCESS.into());
    }
    let recipient = format!("{ORGANISATION}{organisation}");
    let before = app.clock.now() - patience(app.world.environment);
    let tables = app.state.read();
    let is_left = |it: &Correspondence| {
        it.is_confidential
            && it.requested_publish_time < before
            && it.has(Status::Published)
            && !it.has(Status::Read)
            && !it.is_purged()
    };
    let mut letters: Vec<_> = app
        .world
        .resources
        .iter()
        .filter_map(|resource| tables.received(&resource.id, &recipient))
        .flatten()
        .filter_map(|(_, id)| tables.correspondences.get(id))
        .filter(|it| is_left(it))
        .map(|it| (it.requested_publish_time, sender_name(app, it)))
        .collect();
    drop(tables);
    if letters.is_empty() {
        return Err(rule::NOTHING_UNOPENED.into());
    }
    letters.sort();
    let (heading, sent) = match query.text("languageCode").unwrap_or("nb") {
        "nn" => (
            "Verksemda har teiebelagde meldingar som ingen har opna:",
            "send",
        ),
        "en" => (
            "The organisation has confidential messages nobody has opened:",
            "sent",
        ),
        _ => (
            "Virksomheten har taushetsbelagte meldinger som ingen har åpnet:",
            "sendt",
        ),
    };
    let mut text = format!("{heading}\n");
    for (at, sender) in letters {
        let _ = write!(text, "\n- **{sender}**, {sent} {}", at.format("%d.%m.%Y"));
    }
    Ok(text)
}

fn sender_name(app: &App, it: &Correspondence) -> String {
    if !it.message_sender.is_empty() {
        return it.message_sender.clone();
    }
    let party = app.register.party(&format!("{ORGANISATION}{}", it.sender));
    party.map(|party| party.name).unwrap_or_default()
}
