//! The members of an access list (platform reference, section 7.7).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::{AccessListRow, found, found_mut, meets_conditions, with_etag};
use crate::access::ORGANISATION;
use crate::app::App;
use crate::platform::problem::{Answer, Refusal};
use crate::platform::{Ask, paging, party_uuid};

/// Members on a page. The reference gives no number.
const PAGE: usize = 100;
/// The most members one call may name.
const MOST_MEMBERS: usize = 100;

/// Answers a request to the members of one list.
pub fn answer(app: &App, ask: &Ask<'_>, owner: &str, id: &str) -> Answer {
    if *ask.method == Method::GET {
        let tables = app.platform.read();
        let row = found(&tables, owner, id).ok_or(StatusCode::NOT_FOUND)?;
        meets_conditions(ask, Some(row))?;
        return page_of(app, ask, row);
    }
    if ![Method::PUT, Method::POST, Method::DELETE].contains(ask.method) {
        return Err(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    let named = named(app, ask)?;
    let mut tables = app.platform.write();
    let row = found_mut(&mut tables, owner, id).ok_or(StatusCode::NOT_FOUND)?;
    meets_conditions(ask, Some(row))?;
    let mut members = row.list.members.clone();
    match *ask.method {
        Method::PUT => members = named,
        Method::POST => members.extend(named),
        _ => members.retain(|member| !named.contains(member)),
    }
    members.sort();
    members.dedup();
    // Repeating a call changes nothing, its ETag neither.
    if members != row.list.members {
        row.list.members = members;
        row.changed(app.clock.now());
    }
    page_of(app, ask, row)
}

/// The organisations a body names by URN.
fn named(app: &App, ask: &Ask<'_>) -> Result<Vec<String>, Refusal> {
    let wrong = |why| Refusal::invalid("STD.VLD-00000", "/data", why);
    let body: Value = serde_json::from_slice(ask.body).unwrap_or_default();
    let all = body.get("data").and_then(Value::as_array);
    let all = all.ok_or_else(|| wrong("The body is an object with the array data"))?;
    if all.len() > MOST_MEMBERS {
        return Err(wrong("One call names at most 100 members"));
    }
    all.iter()
        .map(|one| {
            let orgnr = one.as_str().and_then(|urn| urn.strip_prefix(ORGANISATION));
            let known = orgnr.filter(|orgnr| app.register.organisation(orgnr).is_some());
            let known =
                known.ok_or_else(|| wrong("A member is a known organisation, by its URN"))?;
            Ok(known.to_owned())
        })
        .collect()
}

/// A page of members. Its links hold the list's version: one that has changed since is answered 412.
fn page_of(app: &App, ask: &Ask<'_>, row: &AccessListRow) -> Answer {
    let prefix = format!("{:020} ", row.version);
    let token = ask.parameter("token").and_then(paging::key_of);
    if token.is_some_and(|token| !token.starts_with(&prefix)) {
        return Err(StatusCode::PRECONDITION_FAILED.into());
    }
    let mut members = row.list.members.clone();
    members.sort();
    let rows = members
        .iter()
        .map(|orgnr| {
            let value = json!({
                "id": format!("urn:altinn:party:uuid:{}", party_uuid(orgnr)), "since": row.updated,
                "identifiers": { "urn:altinn:organization:identifier-no": orgnr },
            });
            (format!("{prefix}{orgnr}"), value)
        })
        .collect();
    let response: Response = with_etag(ask, row, &paging::page(app, ask, PAGE, rows));
    Ok(response)
}
