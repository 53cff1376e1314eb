//! The system register: vendors and their systems (platform reference, section 5.3).

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    NO_SYSTEM, REGISTER, body, is_package, member, packages_json, powers_in, rights_json,
    text_member, texts_member, vendor,
};
use crate::app::App;
use crate::identity::has_nine_digits;
use crate::platform::problem::{Answer, FieldError, Refusal};
use crate::platform::store::Tables;
use crate::platform::{Ask, json as json_reply};
use crate::world::{Powers, System, Texts};

/// Answers a request below `systemregister/vendor`.
pub fn answer(app: &App, ask: &Ask<'_>) -> Answer {
    let rest = ask.segments.get(5..).unwrap_or_default();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    match (ask.method, rest.as_slice()) {
        (&Method::POST, []) => create(app, ask),
        (&Method::GET, []) => list(app, ask),
        (&Method::GET, [id]) => one(app, ask, id),
        (&Method::PUT, [id]) => replace(app, ask, id),
        (&Method::DELETE, [id]) => delete(app, ask, id),
        (&Method::PUT, [id, part]) if is(part, "rights") => {
            replace_powers(app, ask, id, Part::Rights)
        }
        (&Method::PUT, [id, part]) if is(part, "accesspackages") => {
            replace_powers(app, ask, id, Part::Packages)
        }
        (&Method::GET, [id, part]) if is(part, "changelog") => changes(app, ask, id),
        (_, [] | [_]) => Err(StatusCode::METHOD_NOT_ALLOWED.into()),
        (_, [_, part])
            if ["rights", "accesspackages", "changelog"]
                .iter()
                .any(|one| is(part, one)) =>
        {
            Err(StatusCode::METHOD_NOT_ALLOWED.into())
        }
        _ => Err(StatusCode::NOT_FOUND.into()),
    }
}

fn is(given: &str, wanted: &str) -> bool {
    given.eq_ignore_ascii_case(wanted)
}

/// A system that belongs to a vendor. Another vendor's is refused with 403.
pub fn own<'a>(tables: &'a Tables, id: &str, vendor: &str) -> Result<&'a System, Refusal> {
    let system = tables.systems.get(id).ok_or(NO_SYSTEM)?;
    if system.vendor == vendor {
        Ok(system)
    } else {
        Err(StatusCode::FORBIDDEN.into())
    }
}

fn create(app: &App, ask: &Ask<'_>) -> Answer {
    let vendor = vendor(ask, REGISTER)?;
    let system = system_in(&body(ask)?, vendor)?;
    let mut errors = complaints(app, &system);
    let mut tables = app.platform.write();
    if tables.systems.contains_key(&system.id) {
        errors.push(FieldError {
            code: "AUTH.VLD-00002",
            path: "/id",
            detail: "The system id exists already",
        });
    }
    errors.extend(taken_clients(&tables, &system));
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let internal = Uuid::new_v4();
    let row = change(app, &system.id, "Create");
    tables.changes.push(row);
    tables.systems.insert(system.id.clone(), system);
    Ok(json_reply(StatusCode::OK, &json!(internal)))
}

/// What one change leaves in the log.
fn change(app: &App, system: &str, kind: &str) -> (String, Value) {
    let row = json!({
        "systemId": system, "changeType": kind, "changedBy": "vendor", "created": app.clock.now(),
    });
    (system.to_owned(), row)
}

/// The organisations that a registration's id and vendor name.
fn named_in<'a>(id: &'a str, vendor: &'a str) -> Result<(&'a str, &'a str), Refusal> {
    let mut errors = Vec::new();
    let mut wrong = |code, path, detail| errors.push(FieldError { code, path, detail });
    let named = vendor.strip_prefix("0192:");
    let named = named.filter(|orgnr| has_nine_digits(orgnr));
    if named.is_none() {
        let why = "The vendor is named as 0192:<organisation number>";
        wrong("AUTH.VLD-00000", "/vendor/id", why);
    }
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let parts = id.split_once('_');
    let owner = parts.filter(|(owner, name)| {
        has_nine_digits(owner) && !name.is_empty() && name.bytes().all(is_letter)
    });
    if id.contains(char::is_whitespace) {
        wrong("AUTH.VLD-00013", "/id", "The system id holds no spaces");
    } else if owner.is_none() {
        let why = "The system id is <organisation number>_<name>";
        wrong("AUTH.VLD-00001", "/id", why);
    }
    match (owner, named) {
        (Some((owner, _)), Some(named)) => Ok((owner, named)),
        _ => Err(Refusal::Invalid(errors)),
    }
}

/// A registration: id, vendor and token must name the same organisation, or it is refused with 403.
fn system_in(body: &Value, vendor: &str) -> Result<System, Refusal> {
    let id = text_member(body, "id").unwrap_or_default();
    let named = member(body, "vendor").and_then(|vendor| text_member(vendor, "ID"));
    if named_in(&id, &named.unwrap_or_default())? != (vendor, vendor) {
        return Err(StatusCode::FORBIDDEN.into());
    }
    let texts = |name: &str| {
        let object = member(body, name).cloned().unwrap_or_default();
        let text = |language| text_member(&object, language).unwrap_or_default();
        Texts {
            nb: text("nb"),
            nn: text("nn"),
            en: text("en"),
        }
    };
    Ok(System {
        vendor: vendor.to_owned(),
        name: texts("name"),
        description: texts("description"),
        client_ids: texts_member(body, "clientId"),
        powers: powers_in(body)?,
        redirect_urls: texts_member(body, "allowedRedirectUrls"),
        is_visible: member(body, "isVisible") == Some(&Value::Bool(true)),
        id,
    })
}

fn has_twice(all: &[String]) -> bool {
    all.iter().enumerate().any(|(index, one)| {
        all.iter()
            .skip(index.saturating_add(1))
            .any(|other| other == one)
    })
}

fn complaints(app: &App, system: &System) -> Vec<FieldError> {
    let mut errors = complaints_about_powers(app, &system.powers);
    let is_web = |url: &String| url.starts_with("https://") || url.starts_with("http://127.0.0.1");
    if !system.redirect_urls.iter().all(is_web) {
        errors.push(FieldError {
            code: "AUTH.VLD-00005",
            path: "/allowedRedirectUrls",
            detail: "A redirect address is absolute and https",
        });
    }
    if has_twice(&system.client_ids) {
        errors.push(FieldError {
            code: "AUTH.VLD-00011",
            path: "/clientId",
            detail: "A client is named twice",
        });
    }
    errors
}

fn complaints_about_powers(app: &App, powers: &Powers) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if powers
        .resources
        .iter()
        .any(|id| app.world.resource(id).is_none())
    {
        errors.push(FieldError {
            code: "AUTH.VLD-00003",
            path: "/rights/resource",
            detail: "A resource of the rights is not in the Resource Registry",
        });
    }
    if has_twice(&powers.resources) {
        errors.push(FieldError {
            code: "AUTH.VLD-00006",
            path: "/rights/resource",
            detail: "A right is named twice",
        });
    }
    if has_twice(&powers.access_packages) {
        errors.push(FieldError {
            code: "AUTH.VLD-00007",
            path: "/accessPackages",
            detail: "A package is named twice",
        });
    }
    if !powers
        .access_packages
        .iter()
        .all(|name| is_package(app, name))
    {
        errors.push(FieldError {
            code: "AUTH.VLD-00008",
            path: "/accessPackages",
            detail: "A package does not exist",
        });
    }
    errors
}

fn taken_clients(tables: &Tables, system: &System) -> Option<FieldError> {
    let is_taken = tables.systems.values().any(|other| {
        other.id != system.id
            && other
                .client_ids
                .iter()
                .any(|id| system.client_ids.contains(id))
    });
    is_taken.then_some(FieldError {
        code: "AUTH.VLD-00004",
        path: "/clientId",
        detail: "A client belongs to another system",
    })
}

fn as_json(system: &System) -> Value {
    json!({
        "id": system.id,
        "vendor": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{}", system.vendor) },
        "name": system.name, "description": system.description,
        "rights": rights_json(&system.powers), "accessPackages": packages_json(&system.powers),
        "clientId": system.client_ids, "allowedRedirectUrls": system.redirect_urls,
        "isVisible": system.is_visible, "isDeleted": false,
    })
}

fn list(app: &App, ask: &Ask<'_>) -> Answer {
    let vendor = vendor(ask, REGISTER)?;
    let tables = app.platform.read();
    let own = tables
        .systems
        .values()
        .filter(|system| system.vendor == vendor);
    Ok(json_reply(StatusCode::OK, &own.map(as_json).collect()))
}

fn one(app: &App, ask: &Ask<'_>, id: &str) -> Answer {
    let vendor = vendor(ask, REGISTER)?;
    let tables = app.platform.read();
    Ok(json_reply(
        StatusCode::OK,
        &as_json(own(&tables, id, vendor)?),
    ))
}

fn replace(app: &App, ask: &Ask<'_>, id: &str) -> Answer {
    let vendor = vendor(ask, REGISTER)?;
    let system = system_in(&body(ask)?, vendor)?;
    let mut tables = app.platform.write();
    own(&tables, id, vendor)?;
    let mut errors = complaints(app, &system);
    if system.id != id {
        errors.push(FieldError {
            code: "AUTH.VLD-00012",
            path: "/id",
            detail: "The system id of the body is not that of the address",
        });
    }
    errors.extend(taken_clients(&tables, &system));
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let row = change(app, id, "Update");
    tables.changes.push(row);
    tables.systems.insert(id.to_owned(), system);
    Ok(json_reply(StatusCode::OK, &json!({ "success": true })))
}

/// Which half of a system's powers a call replaces.
#[derive(Clone, Copy)]
enum Part {
    Rights,
    Packages,
}

fn replace_powers(app: &App, ask: &Ask<'_>, id: &str, part: Part) -> Answer {
    let vendor = vendor(ask, REGISTER)?;
    let all: Value = serde_json::from_slice(ask.body).unwrap_or_default();
    let (name, kind) = match part {
        Part::Rights => ("rights", "RightsUpdate"),
        Part::Packages => ("accessPackages", "AccessPackageUpdate"),
    };
    // The body is the array itself, or an object with it.
    let wrapped = if all.is_array() {
        json!({ name: all })
    } else {
        all
    };
    let given = powers_in(&wrapped)?;
    let errors = complaints_about_powers(app, &given);
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let mut tables = app.platform.write();
    own(&tables, id, vendor)?;
    let row = change(app, id, kind);
    tables.changes.push(row);
    if let Some(system) = tables.systems.get_mut(id) {
        match part {
            Part::Rights => system.powers.resources = given.resources,
            Part::Packages => system.powers.access_packages = given.access_packages,
        }
    }
    Ok(json_reply(StatusCode::OK, &json!({ "success": true })))
}

fn delete(app: &App, ask: &Ask<'_>, id: &str) -> Answer {
    let vendor = vendor(ask, REGISTER)?;
    let mut tables = app.platform.write();
    own(&tables, id, vendor)?;
    if tables.system_users.iter().any(|user| user.system_id == id) {
        let why = "The system has system users and cannot be deleted";
        return Err(Refusal::Plain(StatusCode::BAD_REQUEST, why.to_owned()));
    }
    let row = change(app, id, "Delete");
    tables.changes.push(row);
    tables.systems.remove(id);
    Ok(json_reply(StatusCode::OK, &json!({ "success": true })))
}

fn changes(app: &App, ask: &Ask<'_>, id: &str) -> Answer {
    let vendor = vendor(ask, REGISTER)?;
    let tables = app.platform.read();
    own(&tables, id, vendor)?;
    let rows = tables.changes.iter().filter(|(system, _)| system == id);
    let rows: Vec<&Value> = rows.map(|(_, row)| row).collect();
    Ok(json_reply(StatusCode::OK, &json!(rows)))
}
