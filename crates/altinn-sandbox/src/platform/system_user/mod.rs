//! System users: the system register, requests, approval, and what a system user holds (platform reference, section 5).

mod approval;
mod register;
mod request;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::{Answer, FieldError, Problem, Refusal};
use super::{Ask, called, json as json_reply, paging, party_uuid};
use crate::app::App;
use crate::caller::Caller;
use crate::world::{self, Powers, World};
pub use approval::{EVERYTHING, control};
pub use request::{Kind, Request};

/// Scope of whoever keeps the system register.
const REGISTER: &str = "altinn:authentication/systemregister.write";
/// Scope of whoever asks for system users.
const REQUEST_WRITE: &str = "altinn:authentication/systemuser.request.write";
/// Scope of whoever follows requests.
const REQUEST_READ: &str = "altinn:authentication/systemuser.request.read";
/// Rows on a page of a list. The reference gives no number.
const PAGE: usize = 20;

const RESOURCE: &str = "urn:altinn:resource";
const PACKAGE: &str = "urn:altinn:accesspackage:";

const NO_SYSTEM: Problem = Problem {
    status: StatusCode::NOT_FOUND,
    code: "AUTH-00011",
    detail: "The system id is not registered",
};
const NO_SYSTEM_USER: Problem = Problem {
    status: StatusCode::NOT_FOUND,
    code: "AUTH-00015",
    detail: "The system user was not found",
};
const NO_VENDOR: Problem = Problem {
    status: StatusCode::UNAUTHORIZED,
    code: "AUTH-00023",
    detail: "The vendor's organisation number cannot be read from the token",
};

/// A system user.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SystemUser {
    /// Its id.
    pub id: String,
    /// Whom it acts for.
    pub kind: Kind,
    /// Its system.
    pub system_id: String,
    /// Organisation number of its owner, the customer.
    pub organisation: String,
    /// The reference it was asked for with, if any.
    pub external_ref: Option<String>,
    /// What the customer calls it.
    pub title: String,
    /// What it holds; everything its owner may do when `None`.
    pub powers: Option<Powers>,
    /// When it was made.
    pub created: DateTime<Utc>,
}

impl SystemUser {
    /// The system user that a world lists.
    pub fn of(world: &World, listed: &world::SystemUser) -> Self {
        let vendor = world.client(&listed.client_id);
        let system_id = listed
            .system_id
            .clone()
            .unwrap_or_else(|| format!("{}_system", vendor.map_or("", |client| &client.orgnr)));
        let id = listed.id.clone().unwrap_or_else(|| {
            let name = format!(
                "{}{}{:?}",
                listed.organisation, listed.client_id, listed.external_ref
            );
            party_uuid(&name).to_string()
        });
        Self {
            id,
            kind: Kind::Standard,
            title: system_id.clone(),
            system_id,
            organisation: listed.organisation.clone(),
            external_ref: listed.external_ref.clone(),
            powers: Some(listed.powers.clone()).filter(|powers| !powers.is_empty()),
            created: DateTime::UNIX_EPOCH,
        }
    }

    /// Whether it holds a right on a resource, itself or through a package that the resource's policy names.
    #[must_use]
    pub fn may_use(&self, resource: &world::Resource) -> bool {
        self.powers
            .as_ref()
            .is_none_or(|powers| covers(powers, resource))
    }

    fn json(&self, vendor: &str, vendor_name: &str) -> Value {
        json!({
            "id": self.id, "integrationTitle": self.title, "systemId": self.system_id,
            "created": self.created, "isDeleted": false, "reporteeOrgNo": self.organisation,
            "supplierOrgNo": vendor, "supplierName": vendor_name,
            "externalRef": self.external_ref.as_ref().unwrap_or(&self.organisation),
            "userType": self.kind,
        })
    }
}

/// Whether powers reach a resource: by name, or through one of its packages.
pub fn covers(powers: &Powers, resource: &world::Resource) -> bool {
    powers.resources.contains(&resource.id)
        || resource
            .packages()
            .iter()
            .any(|package| powers.access_packages.iter().any(|held| held == package))
}

/// Answers a request about system users.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    if let Some(answer) = approval::answer(app, ask) {
        return Some(answer);
    }
    let rest = ask.below(&["authentication", "api", "v1"])?;
    let lower: Vec<String> = rest.iter().map(|segment| segment.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let answered = match lower.as_slice() {
        ["systemregister", "vendor", ..] => register::answer(app, ask),
        ["systemuser", "request", "vendor", ..] => request::answer(app, ask),
        ["systemuser", "vendor", "byquery"] => only_get(ask, || by_query(app, ask)),
        ["systemuser", "vendor", "bysystem", _] => only_get(ask, || by_system(app, ask)),
        _ => return None,
    };
    Some(answered.unwrap_or_else(Response::from))
}

fn only_get(ask: &Ask<'_>, answer: impl FnOnce() -> Answer) -> Answer {
    if *ask.method == Method::GET {
        answer()
    } else {
        Err(StatusCode::METHOD_NOT_ALLOWED.into())
    }
}

/// The vendor: the organisation in the token's `consumer`.
fn vendor<'a>(ask: &'a Ask<'_>, scope: &str) -> Result<&'a str, Refusal> {
    let caller: &Caller = called(ask, &[scope])?;
    caller.consumer.as_deref().ok_or_else(|| NO_VENDOR.into())
}

fn by_query(app: &App, ask: &Ask<'_>) -> Answer {
    let vendor = vendor(ask, REQUEST_WRITE)?;
    let given = |name: &str| ask.parameter(name).filter(|value| !value.is_empty());
    let (Some(system), Some(orgnr)) = (given("system-id"), given("orgno")) else {
        return Err(NO_SYSTEM_USER.into());
    };
    let external_ref = given("external-ref").unwrap_or(orgnr);
    let tables = app.platform.read();
    let is_own = tables
        .systems
        .get(system)
        .is_some_and(|system| system.vendor == vendor);
    let found = tables.system_users.iter().find(|user| {
        user.system_id == system
            && user.organisation == orgnr
            && user.external_ref.as_deref().unwrap_or(&user.organisation) == external_ref
    });
    match found.filter(|_| is_own) {
        Some(user) => Ok(json_reply(
            StatusCode::OK,
            &user.json(vendor, &name_of(app, vendor)),
        )),
        None => Err(NO_SYSTEM_USER.into()),
    }
}

fn by_system(app: &App, ask: &Ask<'_>) -> Answer {
    let vendor = vendor(ask, REGISTER)?;
    let system = ask.segments.last().map_or("", String::as_str);
    let tables = app.platform.read();
    register::own(&tables, system, vendor)?;
    let name = name_of(app, vendor);
    let mut rows: Vec<(String, Value)> = tables
        .system_users
        .iter()
        .filter(|user| user.system_id == system)
        .map(|user| (user.id.clone(), user.json(vendor, &name)))
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(json_reply(
        StatusCode::OK,
        &paging::page(app, ask, PAGE, rows),
    ))
}

fn name_of(app: &App, orgnr: &str) -> String {
    app.register
        .organisation(orgnr)
        .map_or_else(String::new, |organisation| organisation.name)
}

/// A member of a JSON object, its name in any case.
fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    let (_, value) = object
        .as_object()?
        .iter()
        .find(|(given, _)| given.eq_ignore_ascii_case(name))?;
    Some(value).filter(|value| !value.is_null())
}

fn text_member(object: &Value, name: &str) -> Option<String> {
    let text = member(object, name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn texts_member(object: &Value, name: &str) -> Vec<String> {
    let all = member(object, name).and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter_map(|one| one.as_str().map(str::to_owned))
        .collect()
}

fn body(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let body: Option<Value> = serde_json::from_slice(ask.body).ok();
    body.filter(Value::is_object)
        .ok_or_else(|| Refusal::invalid("STD.VLD-00000", "$", "The body is not a JSON object"))
}

/// Rights and packages of a body, as ids and names.
fn powers_in(body: &Value) -> Result<Powers, FieldError> {
    let malformed = FieldError {
        code: "AUTH.VLD-00009",
        path: "/rights/resource",
        detail: "A right names one resource by urn:altinn:resource",
    };
    let rights =
        member(body, "rights").map_or(Some(&[][..]), |all| all.as_array().map(Vec::as_slice));
    let mut resources = Vec::new();
    for right in rights.ok_or_else(|| malformed.clone())? {
        let pairs = member(right, "resource").and_then(Value::as_array);
        let Some([pair]) = pairs.map(Vec::as_slice) else {
            return Err(malformed);
        };
        let id = text_member(pair, "id");
        match text_member(pair, "value").filter(|_| id.as_deref() == Some(RESOURCE)) {
            Some(value) => resources.push(value),
            None => return Err(malformed),
        }
    }
    let packages = member(body, "accessPackages")
        .map_or(Some(&[][..]), |all| all.as_array().map(Vec::as_slice));
    let unreadable = || FieldError {
        code: "AUTH.VLD-00008",
        path: "/accessPackages",
        detail: "A package is named by its urn",
    };
    let access_packages: Option<Vec<String>> = packages
        .ok_or_else(unreadable)?
        .iter()
        .map(|package| {
            Some(
                text_member(package, "urn")?
                    .strip_prefix(PACKAGE)?
                    .to_owned(),
            )
        })
        .collect();
    Ok(Powers {
        resources,
        access_packages: access_packages.ok_or_else(unreadable)?,
    })
}

fn rights_json(powers: &Powers) -> Value {
    powers
        .resources
        .iter()
        .map(|value| json!({ "resource": [{ "id": RESOURCE, "value": value }] }))
        .collect()
}

fn packages_json(powers: &Powers) -> Value {
    powers
        .access_packages
        .iter()
        .map(|name| json!({ "urn": format!("{PACKAGE}{name}") }))
        .collect()
}

/// Whether a package is one that the policies of this world know.
fn is_package(app: &App, name: &str) -> bool {
    app.world
        .resources
        .iter()
        .any(|resource| resource.packages().contains(&name))
}

fn id_in(segment: &str) -> Option<Uuid> {
    Uuid::try_parse(segment).ok()
}
