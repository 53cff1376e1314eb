//! Access lists: who may use a resource that is closed to others (platform reference, section 7.7).

mod members;

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::platform::problem::{Answer, Refusal};
use crate::platform::store::Tables;
use crate::platform::{Ask, called, empty, json as json_reply, paging};
use crate::world::{AccessList, Resource};

const READ: &str = "altinn:resourceregistry/accesslist.read";
const WRITE: &str = "altinn:resourceregistry/accesslist.write";
const ADMIN: &str = "altinn:resourceregistry/resource.admin";
/// Rows on a page. The reference gives no number.
const PAGE: usize = 50;

/// A list and its past.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AccessListRow {
    /// What it says.
    pub list: AccessList,
    /// Grows with every change; its ETag.
    pub version: u64,
    /// When it was made.
    pub created: DateTime<Utc>,
    /// When it was last changed.
    pub updated: DateTime<Utc>,
}

impl AccessListRow {
    /// The list a world begins with.
    #[must_use]
    pub fn of(list: &AccessList) -> Self {
        Self {
            list: list.clone(),
            version: 1,
            created: DateTime::UNIX_EPOCH,
            updated: DateTime::UNIX_EPOCH,
        }
    }

    fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    fn changed(&mut self, now: DateTime<Utc>) {
        self.version = self.version.saturating_add(1);
        self.updated = now;
    }

    fn json(&self) -> Value {
        json!({
            "urn": format!("urn:altinn:access-list:{}:{}", self.list.owner, self.list.identifier),
            "identifier": self.list.identifier, "name": self.list.name, "description": self.list.description,
            "createdAt": self.created, "updatedAt": self.updated,
        })
    }
}

/// Whether a resource is open to an organisation for an action: it has no access lists, or the organisation is on one.
pub fn is_admitted(
    tables: &Tables,
    resource: &Resource,
    orgnr: Option<&str>,
    action: &str,
) -> bool {
    if !resource.entry.access_list_mode {
        return true;
    }
    tables.access_lists.iter().any(|row| {
        let actions = row.list.resources.get(&resource.id);
        let is_open = |actions: &Vec<String>| {
            actions.is_empty() || actions.iter().any(|one| one.eq_ignore_ascii_case(action))
        };
        actions.is_some_and(is_open)
            && orgnr.is_some_and(|orgnr| row.list.members.iter().any(|one| one == orgnr))
    })
}

/// Answers a request below `access-lists`.
pub fn answer(app: &App, ask: &Ask<'_>) -> Answer {
    let rest: Vec<&str> = ask.segments.iter().skip(4).map(String::as_str).collect();
    let [owner, rest @ ..] = rest.as_slice() else {
        return Err(StatusCode::NOT_FOUND.into());
    };
    owned(app, ask, owner)?;
    let is = |given: &str, wanted: &str| given.eq_ignore_ascii_case(wanted);
    match (ask.method, rest) {
        (&Method::GET, []) => all(app, ask, owner),
        (&Method::GET, [id]) => one(app, ask, owner, id),
        (&Method::PUT, [id]) => put(app, ask, owner, id, Edit::Replace),
        (&Method::PATCH, [id]) => put(app, ask, owner, id, Edit::Patch),
        (&Method::DELETE, [id]) => delete(app, ask, owner, id),
        (_, [id, part]) if is(part, "members") => members::answer(app, ask, owner, id),
        (&Method::GET, [id, part]) if is(part, "resource-connections") => {
            connections(app, ask, owner, id)
        }
        (_, [id, part, resource]) if is(part, "resource-connections") => {
            connection(app, ask, owner, id, resource)
        }
        (_, [] | [_]) => Err(StatusCode::METHOD_NOT_ALLOWED.into()),
        (_, [_, part]) if is(part, "resource-connections") => {
            Err(StatusCode::METHOD_NOT_ALLOWED.into())
        }
        _ => Err(StatusCode::NOT_FOUND.into()),
    }
}

/// The token has the scope, and is the owner's by code or number.
fn owned(app: &App, ask: &Ask<'_>, owner: &str) -> Result<(), Refusal> {
    let scopes = if ask.is_get() {
        [READ, ADMIN]
    } else {
        [WRITE, ADMIN]
    };
    let caller = called(ask, &scopes)?;
    let listed = app.world.service_owners.iter().find(|one| one.org == owner);
    let is_by_code = caller.org.as_deref() == Some(owner);
    let is_by_number = listed.is_some_and(|one| caller.consumer.as_deref() == Some(&*one.orgnr));
    if is_by_code || is_by_number {
        Ok(())
    } else {
        Err(StatusCode::FORBIDDEN.into())
    }
}

fn found<'a>(tables: &'a Tables, owner: &str, id: &str) -> Option<&'a AccessListRow> {
    let mut lists = tables.access_lists.iter();
    lists.find(|row| row.list.owner == owner && row.list.identifier == id)
}

fn found_mut<'a>(tables: &'a mut Tables, owner: &str, id: &str) -> Option<&'a mut AccessListRow> {
    let mut lists = tables.access_lists.iter_mut();
    lists.find(|row| row.list.owner == owner && row.list.identifier == id)
}

/// Whether a conditional header names this ETag, or anything.
fn names(headers: &HeaderMap, name: header::HeaderName, etag: Option<&str>) -> Option<bool> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.split(',').any(|one| {
        let one = one.trim();
        let bare = one.strip_prefix("W/").unwrap_or(one);
        etag.is_some_and(|etag| one == "*" || bare == etag)
    }))
}

/// 412 when the caller's conditions do not hold for what is there.
fn meets_conditions(ask: &Ask<'_>, row: Option<&AccessListRow>) -> Result<(), Refusal> {
    let etag = row.map(AccessListRow::etag);
    let headers = &ask.parts.headers;
    let is_missed = names(headers, header::IF_MATCH, etag.as_deref()) == Some(false);
    let is_excluded = names(headers, header::IF_NONE_MATCH, etag.as_deref()) == Some(true);
    if is_missed || (is_excluded && !ask.is_get()) {
        return Err(StatusCode::PRECONDITION_FAILED.into());
    }
    Ok(())
}

/// A row's answer, with its ETag; 304 when the caller has it already.
fn with_etag(ask: &Ask<'_>, row: &AccessListRow, body: &Value) -> Response {
    let etag = row.etag();
    let is_known = names(&ask.parts.headers, header::IF_NONE_MATCH, Some(&etag)) == Some(true);
    let mut response = if ask.is_get() && is_known {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        json_reply(StatusCode::OK, body)
    };
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// What a list of lists tells besides.
fn includes(ask: &Ask<'_>) -> Result<Option<bool>, Refusal> {
    let mut with_actions = None;
    let given = ask
        .query
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("include"));
    for part in given.flat_map(|(_, value)| value.split(',')) {
        match part.trim().to_lowercase().as_str() {
            "" => {}
            "resources" => with_actions = with_actions.or(Some(false)),
            "resource-actions" => with_actions = Some(true),
            "members" => return Err(StatusCode::NOT_IMPLEMENTED.into()),
            _ => {
                let why = "What can be included is resources, resource-actions or members";
                return Err(Refusal::invalid("STD.VLD-00000", "include", why));
            }
        }
    }
    if with_actions.is_some() && ask.parameter("resource").is_none_or(str::is_empty) {
        let why = "Resources can be included for one resource only, named by resource";
        return Err(Refusal::invalid("STD.VLD-00000", "resource", why));
    }
    Ok(with_actions)
}

fn all(app: &App, ask: &Ask<'_>, owner: &str) -> Answer {
    let with_actions = includes(ask)?;
    let resource = ask.parameter("resource").unwrap_or_default();
    let tables = app.platform.read();
    let mut rows: Vec<(String, Value)> = tables
        .access_lists
        .iter()
        .filter(|row| row.list.owner == owner)
        .map(|row| {
            let mut value = row.json();
            if let (Some(with_actions), Some(members)) = (with_actions, value.as_object_mut()) {
                let connections: Value = row
                    .list
                    .resources
                    .iter()
                    .filter(|(id, _)| *id == resource)
                    .map(|(id, actions)| {
                        if with_actions {
                            json!({ "resourceIdentifier": id, "actionFilters": actions })
                        } else {
                            json!({ "resourceIdentifier": id })
                        }
                    })
                    .collect();
                members.insert("resourceConnections".to_owned(), connections);
            }
            (row.list.identifier.clone(), value)
        })
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(json_reply(
        StatusCode::OK,
        &paging::page(app, ask, PAGE, rows),
    ))
}

fn one(app: &App, ask: &Ask<'_>, owner: &str, id: &str) -> Answer {
    let tables = app.platform.read();
    let row = found(&tables, owner, id).ok_or(StatusCode::NOT_FOUND)?;
    meets_conditions(ask, Some(row))?;
    Ok(with_etag(ask, row, &row.json()))
}

/// How a list's texts are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edit {
    Replace,
    Patch,
}

fn put(app: &App, ask: &Ask<'_>, owner: &str, id: &str, edit: Edit) -> Answer {
    let is_id =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    if !id.bytes().all(is_id) {
        let why = "An identifier holds a-z, 0-9, - and _";
        return Err(Refusal::invalid("STD.VLD-00000", "identifier", why));
    }
    let body: Value = serde_json::from_slice(ask.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let (name, description) = (text("name"), text("description"));
    if edit == Edit::Replace && name.as_ref().is_none_or(String::is_empty) {
        return Err(Refusal::invalid(
            "STD.VLD-00001",
            "/name",
            "A list has a name",
        ));
    }
    let mut tables = app.platform.write();
    meets_conditions(ask, found(&tables, owner, id))?;
    let now = app.clock.now();
    if found(&tables, owner, id).is_none() {
        if edit == Edit::Patch {
            return Err(StatusCode::NOT_FOUND.into());
        }
        let list = AccessList {
            owner: owner.to_owned(),
            identifier: id.to_owned(),
            ..AccessList::default()
        };
        let new = AccessListRow {
            created: now,
            version: 0,
            ..AccessListRow::of(&list)
        };
        tables.access_lists.push(new);
    }
    let row = found_mut(&mut tables, owner, id).ok_or(StatusCode::NOT_FOUND)?;
    let kept = |given: Option<String>, was: &String| match edit {
        Edit::Replace => given.unwrap_or_default(),
        Edit::Patch => given.unwrap_or_else(|| was.clone()),
    };
    row.list.name = kept(name, &row.list.name);
    row.list.description = kept(description, &row.list.description);
    row.changed(now);
    Ok(with_etag(ask, row, &row.json()))
}

fn delete(app: &App, ask: &Ask<'_>, owner: &str, id: &str) -> Answer {
    let mut tables = app.platform.write();
    let row = found(&tables, owner, id).cloned();
    meets_conditions(ask, row.as_ref())?;
    let Some(row) = row else {
        return Ok(empty(StatusCode::NO_CONTENT));
    };
    tables
        .access_lists
        .retain(|one| one.list.owner != owner || one.list.identifier != id);
    Ok(json_reply(StatusCode::OK, &row.json()))
}

fn connection_json(resource: &str, actions: &[String]) -> Value {
    json!({ "resourceIdentifier": resource, "actionFilters": actions })
}

fn connections(app: &App, ask: &Ask<'_>, owner: &str, id: &str) -> Answer {
    let tables = app.platform.read();
    let row = found(&tables, owner, id).ok_or(StatusCode::NOT_FOUND)?;
    let rows = row
        .list
        .resources
        .iter()
        .map(|(resource, actions)| (resource.clone(), connection_json(resource, actions)))
        .collect();
    Ok(with_etag(ask, row, &paging::page(app, ask, PAGE, rows)))
}

fn connection(app: &App, ask: &Ask<'_>, owner: &str, id: &str, resource: &str) -> Answer {
    let mut tables = app.platform.write();
    let row = found_mut(&mut tables, owner, id).ok_or(StatusCode::NOT_FOUND)?;
    meets_conditions(ask, Some(row))?;
    match *ask.method {
        Method::GET => {
            let actions = row
                .list
                .resources
                .get(resource)
                .ok_or(StatusCode::NOT_FOUND)?;
            Ok(with_etag(ask, row, &connection_json(resource, actions)))
        }
        Method::PUT => {
            if app.world.resource(resource).is_none() {
                return Err(Refusal::invalid(
                    "STD.VLD-00000",
                    "resource",
                    "There is no such resource",
                ));
            }
            let body: Value = serde_json::from_slice(ask.body).unwrap_or_default();
            let given = body
                .get("actionFilters")
                .cloned()
                .unwrap_or_else(|| json!([]));
            let actions: Vec<String> = serde_json::from_value(given).map_err(|_| {
                Refusal::invalid("STD.VLD-00000", "/actionFilters", "Actions are texts")
            })?;
            let was = row
                .list
                .resources
                .insert(resource.to_owned(), actions.clone());
            if was.as_ref() != Some(&actions) {
                row.changed(app.clock.now());
            }
            Ok(with_etag(ask, row, &connection_json(resource, &actions)))
        }
        Method::DELETE => {
            if row.list.resources.remove(resource).is_some() {
                row.changed(app.clock.now());
            }
            Ok(empty(StatusCode::NO_CONTENT))
        }
        _ => Err(StatusCode::METHOD_NOT_ALLOWED.into()),
    }
}
