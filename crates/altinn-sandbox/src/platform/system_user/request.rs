//! Requests for system users: made, followed and withdrawn by the vendor (platform reference, sections 5.2 and 5.3).

use axum::http::{HeaderValue, Method, StatusCode, header};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    NO_SYSTEM, PAGE, REQUEST_READ, REQUEST_WRITE, body, id_in, is_package, packages_json,
    powers_in, register, rights_json, text_member, vendor,
};
use crate::app::App;
use crate::identity::has_nine_digits;
use crate::platform::problem::{Answer, FieldError, Problem, Refusal};
use crate::platform::store::Tables;
use crate::platform::{Ask, empty, json as json_reply, paging};
use crate::world::{Powers, System};

/// A request nobody answered is timed out after this.
const PATIENCE: TimeDelta = TimeDelta::days(180);

/// Whom a system user acts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Its owner.
    Standard,
    /// Its owner's clients.
    Agent,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// Nobody has answered.
    New,
    /// There is a system user.
    Accepted,
    /// The customer said no.
    Rejected,
    /// It was turned down without a person's answer.
    Denied,
    /// Nobody answered for 180 days.
    Timedout,
}

/// A request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: Uuid,
    /// Whom the system user would act for.
    pub kind: Kind,
    /// The system.
    pub system_id: String,
    /// Organisation number of the customer.
    pub organisation: String,
    /// The vendor's reference, when one was given.
    pub external_ref: Option<String>,
    /// What is asked for.
    pub powers: Powers,
    /// Where the customer is sent afterwards.
    pub redirect_url: Option<String>,
    /// What the customer shall call it.
    pub title: Option<String>,
    /// Answered, or not.
    pub answer: Status,
    /// Handed on to somebody who may approve it.
    pub escalated: bool,
    /// When it was made.
    pub created: DateTime<Utc>,
}

impl Request {
    /// Its status at a time.
    #[must_use]
    pub fn status(&self, now: DateTime<Utc>) -> Status {
        if self.answer == Status::New && now >= self.created + PATIENCE {
            Status::Timedout
        } else {
            self.answer
        }
    }

    /// The reference, which the organisation number stands in for.
    fn reference(&self) -> &str {
        self.external_ref.as_ref().unwrap_or(&self.organisation)
    }

    fn is_for(&self, system: &str, organisation: &str, reference: &str) -> bool {
        self.system_id == system
            && self.organisation == organisation
            && self.reference() == reference
    }

    /// Where the customer approves it (section 1.2).
    #[must_use]
    pub fn confirm_url(&self, app: &App) -> String {
        let page = match self.kind {
            Kind::Standard => "request",
            Kind::Agent => "agentrequest",
        };
        format!(
            "{}/accessmanagement/ui/systemuser/{page}?id={}&DONTCHOOSEREPORTEE=true",
            app.base, self.id
        )
    }

    fn json(&self, app: &App) -> Value {
        let status = self.status(app.clock.now());
        let mut value = json!({
            "id": self.id, "externalRef": self.reference(), "systemId": self.system_id,
            "partyOrgNo": self.organisation, "accessPackages": packages_json(&self.powers),
            "status": status, "redirectUrl": self.redirect_url, "confirmUrl": self.confirm_url(app),
            "escalated": self.escalated, "created": self.created, "timedOut": status == Status::Timedout,
        });
        if let (Kind::Standard, Some(members)) = (self.kind, value.as_object_mut()) {
            members.insert("rights".to_owned(), rights_json(&self.powers));
        }
        value
    }
}

const fn bad(code: &'static str, detail: &'static str) -> Problem {
    Problem {
        status: StatusCode::BAD_REQUEST,
        code,
        detail,
    }
}

const RIGHT_NOT_FOUND: Problem = bad(
    "AUTH-00001",
    "A right was not found in the system, or cannot be delegated",
);
const USER_EXISTS: Problem = bad("AUTH-00004", "A system user for this system exists already");
const ACCEPTED: Problem = bad("AUTH-00006", "This external id is a system user already");
const PENDING: Problem = bad("AUTH-00007", "A request with this external id is pending");
const DENIED: Problem = bad("AUTH-00008", "A request with this external id was denied");
const REJECTED: Problem = bad("AUTH-00009", "A request with this external id was rejected");
const REDIRECT_UNKNOWN: Problem = bad(
    "AUTH-00021",
    "The redirect address is not one of the system's",
);
const NO_REDIRECTS: Problem = bad("AUTH-00026", "The system has no redirect addresses");
const PACKAGE_UNKNOWN: Problem = bad("AUTH-00052", "An access package is not valid");
const NOTHING_ASKED: Problem = bad(
    "AUTH-00059",
    "Neither rights nor access packages are asked for",
);
const PACKAGE_NOT_IN_SYSTEM: Problem =
    bad("AUTH-00063", "An access package is not among the system's");
/// There is no such request, or not of this vendor.
pub const NO_REQUEST: Problem = Problem {
    status: StatusCode::NOT_FOUND,
    code: "AUTH-00010",
    detail: "The request was not found",
};

/// Answers a request below `systemuser/request/vendor`.
pub fn answer(app: &App, ask: &Ask<'_>) -> Answer {
    let rest = ask.segments.get(6..).unwrap_or_default();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let is = |given: &str, wanted: &str| given.eq_ignore_ascii_case(wanted);
    // The variants for agents stand below `agent`, but for the list, where it comes last but one.
    let (kind, rest) = match rest.as_slice() {
        [agent, rest @ ..] if is(agent, "agent") => (Kind::Agent, rest.to_vec()),
        [list, agent, system] if is(list, "bysystem") && is(agent, "agent") => {
            (Kind::Agent, vec![*list, *system])
        }
        rest => (Kind::Standard, rest.to_vec()),
    };
    match (ask.method, rest.as_slice()) {
        (&Method::POST, []) => create(app, ask, kind),
        (&Method::GET, [list, system]) if is(list, "bysystem") => by_system(app, ask, kind, system),
        (&Method::GET, [by, system, orgnr, reference]) if is(by, "byexternalref") => {
            let found = |request: &Request| request.is_for(system, orgnr, reference);
            one(app, ask, kind, found)
        }
        (&Method::GET, [id]) => {
            let id = known_id(id)?;
            one(app, ask, kind, |request| request.id == id)
        }
        (&Method::DELETE, [id]) => withdraw(app, ask, known_id(id)?),
        (_, [] | [_]) => Err(StatusCode::METHOD_NOT_ALLOWED.into()),
        _ => Err(StatusCode::NOT_FOUND.into()),
    }
}

fn known_id(segment: &str) -> Result<Uuid, Refusal> {
    id_in(segment).ok_or_else(|| {
        Refusal::invalid("STD.VLD-00000", "requestId", "The request id is not a UUID")
    })
}

fn create(app: &App, ask: &Ask<'_>, kind: Kind) -> Answer {
    let vendor = vendor(ask, REQUEST_WRITE)?;
    let wanted = wanted(app, &body(ask)?, kind)?;
    let reference = wanted.reference();
    let mut tables = app.platform.write();
    let now = app.clock.now();
    let same: Vec<&Request> = tables
        .requests
        .values()
        .filter(|one| one.is_for(&wanted.system_id, &wanted.organisation, reference))
        .filter(|one| one.status(now) != Status::Timedout)
        .collect();
    let is_user = tables.system_users.iter().any(|user| {
        user.system_id == wanted.system_id
            && user.organisation == wanted.organisation
            && user.external_ref.as_deref().unwrap_or(&user.organisation) == reference
    });
    let is_asked_for = same.iter().any(|one| one.status(now) == Status::Accepted);
    match (is_user, same.iter().find(|one| one.kind == kind)) {
        (true, _) if is_asked_for => return Err(ACCEPTED.into()),
        (true, _) => return Err(USER_EXISTS.into()),
        (false, Some(known)) => return Ok(json_reply(StatusCode::OK, &known.json(app))),
        (false, None) => {}
    }
    if let Some(other) = same.first() {
        return Err(match other.status(now) {
            Status::Denied => DENIED.into(),
            Status::Rejected => REJECTED.into(),
            _ => PENDING.into(),
        });
    }
    let system = register::own(&tables, &wanted.system_id, vendor)?;
    checked(app, system, &wanted)?;
    let mut answer = json_reply(StatusCode::CREATED, &wanted.json(app));
    let place = format!(
        "{}/authentication/api/v1/systemuser/request/{}",
        app.base, wanted.id
    );
    if let Ok(place) = HeaderValue::from_str(&place) {
        answer.headers_mut().insert(header::LOCATION, place);
    }
    tables.requests.insert(wanted.id, wanted);
    Ok(answer)
}

/// The request a body describes.
fn wanted(app: &App, body: &Value, kind: Kind) -> Result<Request, Refusal> {
    let missing = |path, detail| FieldError {
        code: "STD.VLD-00001",
        path,
        detail,
    };
    let system_id = text_member(body, "systemId");
    let organisation = text_member(body, "partyOrgNo").filter(|orgnr| has_nine_digits(orgnr));
    let mut errors = Vec::new();
    if system_id.is_none() {
        errors.push(missing("/systemId", "The system id is required"));
    }
    if organisation.is_none() {
        errors.push(missing(
            "/partyOrgNo",
            "The organisation number of the customer is required",
        ));
    }
    let mut powers = powers_in(body).unwrap_or_else(|error| {
        errors.push(error);
        Powers::default()
    });
    let (Some(system_id), Some(organisation), true) = (system_id, organisation, errors.is_empty())
    else {
        return Err(Refusal::Invalid(errors));
    };
    if kind == Kind::Agent {
        // An agent holds packages only.
        powers.resources.clear();
    }
    Ok(Request {
        id: Uuid::new_v4(),
        kind,
        system_id,
        organisation,
        external_ref: text_member(body, "externalRef"),
        powers,
        redirect_url: text_member(body, "redirectUrl"),
        title: text_member(body, "integrationTitle"),
        answer: Status::New,
        escalated: false,
        created: app.clock.now(),
    })
}

fn checked(app: &App, system: &System, wanted: &Request) -> Result<(), Problem> {
    if let Some(url) = &wanted.redirect_url {
        if system.redirect_urls.is_empty() {
            return Err(NO_REDIRECTS);
        }
        if !system.redirect_urls.contains(url) {
            return Err(REDIRECT_UNKNOWN);
        }
    }
    let asked = &wanted.powers;
    if asked.is_empty() {
        return Err(NOTHING_ASKED);
    }
    let known = &system.powers;
    if !asked
        .resources
        .iter()
        .all(|id| known.resources.contains(id))
    {
        return Err(RIGHT_NOT_FOUND);
    }
    if !asked
        .access_packages
        .iter()
        .all(|name| is_package(app, name))
    {
        return Err(PACKAGE_UNKNOWN);
    }
    if !asked
        .access_packages
        .iter()
        .all(|name| known.access_packages.contains(name))
    {
        return Err(PACKAGE_NOT_IN_SYSTEM);
    }
    Ok(())
}

/// Whether the request is one of this vendor's.
fn is_vendors(tables: &Tables, request: &Request, vendor: &str) -> bool {
    tables
        .systems
        .get(&request.system_id)
        .is_some_and(|system| system.vendor == vendor)
}

fn one(app: &App, ask: &Ask<'_>, kind: Kind, is_wanted: impl Fn(&Request) -> bool) -> Answer {
    let vendor = vendor(ask, REQUEST_READ)?;
    let tables = app.platform.read();
    // Of several by one key, all but the last are timed out.
    let found = tables
        .requests
        .values()
        .filter(|request| request.kind == kind && is_wanted(request))
        .filter(|request| is_vendors(&tables, request, vendor))
        .max_by_key(|request| request.created);
    match found {
        Some(request) => Ok(json_reply(StatusCode::OK, &request.json(app))),
        None => Err(NO_REQUEST.into()),
    }
}

fn by_system(app: &App, ask: &Ask<'_>, kind: Kind, system: &str) -> Answer {
    let vendor = vendor(ask, REQUEST_READ)?;
    let tables = app.platform.read();
    if !tables.systems.contains_key(system) {
        return Err(NO_SYSTEM.into());
    }
    register::own(&tables, system, vendor)?;
    let rows = tables
        .requests
        .values()
        .filter(|request| request.kind == kind && request.system_id == system)
        .map(|request| (request.id.to_string(), request.json(app)))
        .collect();
    Ok(json_reply(
        StatusCode::OK,
        &paging::page(app, ask, PAGE, rows),
    ))
}

/// The vendor takes a request back; with its key free, another can be made.
fn withdraw(app: &App, ask: &Ask<'_>, id: Uuid) -> Answer {
    let vendor = vendor(ask, REQUEST_WRITE)?;
    let mut tables = app.platform.write();
    let request = tables.requests.get(&id);
    if !request.is_some_and(|request| is_vendors(&tables, request, vendor)) {
        return Err(NO_REQUEST.into());
    }
    tables.requests.remove(&id);
    Ok(empty(StatusCode::ACCEPTED))
}
