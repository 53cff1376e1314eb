//! What has changed, and which resources somebody's roles and packages reach (platform reference, section 7.2).

use axum::http::StatusCode;
use chrono::{DateTime, SecondsFormat, TimeZone as _, Utc};
use serde_json::{Value, json};

use super::policy_of;
use super::views::{subject_json, urn};
use super::xacml::{Attribute, combinations};
use crate::app::App;
use crate::platform::problem::{Answer, Refusal};
use crate::platform::{Ask, json as json_reply, paging};
use crate::world::Resource;

/// Rows on a page when the query does not say.
const PAGE: usize = 100;

/// The subjects of a resource's policy, once each.
fn subjects_of(app: &App, resource: &Resource) -> Vec<Attribute> {
    let xml = policy_of(&app.world, resource).unwrap_or_default();
    let mut subjects: Vec<Attribute> = combinations(&xml)
        .into_iter()
        .flat_map(|rule| rule.subject)
        .collect();
    subjects.sort();
    subjects.dedup();
    subjects
}

fn changed(resource: &Resource) -> DateTime<Utc> {
    resource.entry.changed.unwrap_or_else(|| {
        let first = Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0);
        first.single().unwrap_or(DateTime::UNIX_EPOCH)
    })
}

fn limit(ask: &Ask<'_>) -> Result<usize, Refusal> {
    let Some(given) = ask.parameter("limit") else {
        return Ok(PAGE);
    };
    given
        .parse()
        .ok()
        .filter(|limit| (1..=1000).contains(limit))
        .ok_or_else(|| Refusal::invalid("STD.VLD-00000", "limit", "The limit is from 1 to 1000"))
}

fn token_is_sound(ask: &Ask<'_>) -> Result<(), Refusal> {
    match ask.parameter("token").filter(|token| !token.is_empty()) {
        Some(token) if paging::key_of(token).is_none() => Err(Refusal::invalid(
            "STD.VLD-00000",
            "token",
            "The token is not one of ours",
        )),
        _ => Ok(()),
    }
}

fn since(ask: &Ask<'_>) -> Result<DateTime<Utc>, Refusal> {
    let Some(given) = ask.parameter("since").filter(|since| !since.is_empty()) else {
        return Ok(DateTime::UNIX_EPOCH);
    };
    let time = DateTime::parse_from_rfc3339(given).map(|time| time.to_utc());
    time.map_err(|_| Refusal::invalid("STD.VLD-00000", "since", "The time is not ISO 8601"))
}

/// Keys put times first, so that rows come in the order in which they changed.
fn key(time: DateTime<Utc>, rest: &str) -> String {
    format!(
        "{} {rest}",
        time.to_rfc3339_opts(SecondsFormat::Micros, true)
    )
}

/// `GET resource/updated`: which subjects policies name, by the time of the last change.
pub fn updated(app: &App, ask: &Ask<'_>) -> Answer {
    let (limit, since) = (limit(ask)?, since(ask)?);
    token_is_sound(ask)?;
    let mut rows = Vec::new();
    for resource in &app.world.resources {
        let time = changed(resource);
        if time < since {
            continue;
        }
        for subject in subjects_of(app, resource) {
            let resource_urn = format!("urn:altinn:resource:{}", resource.id);
            let row = json!({
                "subjectUrn": urn(&subject), "resourceUrn": resource_urn, "updatedAt": time, "deleted": false,
            });
            rows.push((key(time, &format!("{resource_urn} {}", urn(&subject))), row));
        }
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(json_reply(
        StatusCode::OK,
        &paging::page(app, ask, limit, rows),
    ))
}

/// `GET resource/changes`: resources by the time of their last change.
pub fn changes(app: &App, ask: &Ask<'_>) -> Answer {
    let limit = limit(ask)?;
    token_is_sound(ask)?;
    let mut rows: Vec<(String, Value)> = app
        .world
        .resources
        .iter()
        .map(|resource| {
            let time = changed(resource);
            (
                key(time, &resource.id),
                json!({ "resourceId": resource.id, "changedAt": time }),
            )
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(json_reply(
        StatusCode::OK,
        &paging::page(app, ask, limit, rows),
    ))
}

/// `POST resource/bysubjects`: for each subject URN of the body, the resources whose policies name it.
pub fn by_subjects(app: &App, ask: &Ask<'_>) -> Answer {
    let wanted: Vec<String> = serde_json::from_slice(ask.body).map_err(|_| {
        Refusal::invalid("STD.VLD-00000", "$", "The body is an array of subject URNs")
    })?;
    let mut found: Vec<(Attribute, Vec<&str>)> = Vec::new();
    for resource in &app.world.resources {
        for subject in subjects_of(app, resource) {
            if !wanted
                .iter()
                .any(|one| one.eq_ignore_ascii_case(&urn(&subject)))
            {
                continue;
            }
            match found.iter_mut().find(|(known, _)| *known == subject) {
                Some((_, resources)) => resources.push(&resource.id),
                None => found.push((subject, vec![&resource.id])),
            }
        }
    }
    let data: Vec<Value> = found
        .iter()
        .map(|(subject, resources)| {
            let resources: Vec<Value> = resources
                .iter()
                .map(|id| {
                    json!({ "type": "urn:altinn:resource", "value": id, "urn": format!("urn:altinn:resource:{id}") })
                })
                .collect();
            json!({ "subject": subject_json(subject), "resources": resources })
        })
        .collect();
    Ok(json_reply(
        StatusCode::OK,
        &json!({ "links": { "next": null }, "data": data }),
    ))
}
