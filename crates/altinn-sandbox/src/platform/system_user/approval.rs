//! The customer's side: a page where somebody approves or rejects a request, and the control call that does the same.
//!
//! Rules are those of the platform reference, section 5.2, step 4, and the 4xx rows of its table in 5.3.

use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::request::{NO_REQUEST, Request, Status};
use super::{SystemUser, covers, id_in, name_of};
use crate::app::App;
use crate::platform::html::{Form, page};
use crate::platform::problem::{Problem, Refusal};
use crate::platform::{Ask, empty, json as json_reply, pairs};
use crate::world::Position;

/// Roles that may do everything for an organisation.
pub const EVERYTHING: [&str; 3] = ["daglig-leder", "styreleder", "innehaver"];
/// Roles that may give others what they hold themselves.
const ACCESS_MANAGERS: [&str; 2] = ["tilgangsstyrer", "hovedadministrator"];

const NOT_NEW: Problem = Problem {
    status: StatusCode::CONFLICT,
    code: "AUTH-00013",
    detail: "The request is no longer new",
};
const NOT_DELEGABLE: Problem = Problem {
    status: StatusCode::BAD_REQUEST,
    code: "AUTH-00001",
    detail: "A right was not found, or cannot be delegated",
};
const RIGHT_NOT_HELD: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "AUTH-00016",
    detail: "The person does not hold a right that is asked for",
};
const PACKAGE_NOT_HELD: Problem = Problem {
    status: StatusCode::BAD_REQUEST,
    code: "AUTH-00053",
    detail: "The person does not hold an access package that is asked for",
};
const NO_ACCESS_MANAGER: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "AUTH-00066",
    detail: "The person may not give others access to this organisation",
};

/// What a customer can do with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Decision {
    Approve,
    Reject,
    Deny,
    Escalate,
}

#[derive(Deserialize)]
struct Order {
    decision: Decision,
    /// National identity number of who decides; somebody who may, when left out.
    person: Option<String>,
}

/// `POST /_sandbox/systemuser/requests/ID`.
pub fn control(app: &App, id: &str, body: &[u8]) -> Response {
    let order: Order = match serde_json::from_slice(body) {
        Ok(order) => order,
        Err(error) => return Refusal::Plain(StatusCode::BAD_REQUEST, error.to_string()).into(),
    };
    let decided = id_in(id)
        .ok_or(NO_REQUEST)
        .and_then(|id| decide(app, id, order.decision, order.person.as_deref()));
    match decided {
        Ok(request) => json_reply(
            StatusCode::OK,
            &json!({ "id": request.id, "status": request.answer, "escalated": request.escalated }),
        ),
        Err(problem) => Refusal::from(problem).into(),
    }
}

fn decide(
    app: &App,
    id: Uuid,
    decision: Decision,
    person: Option<&str>,
) -> Result<Request, Problem> {
    let mut tables = app.platform.write();
    let request = tables.requests.get(&id).ok_or(NO_REQUEST)?.clone();
    if request.status(app.clock.now()) != Status::New {
        return Err(NOT_NEW);
    }
    let delegable = |id: &String| {
        app.world
            .resource(id)
            .is_some_and(|one| one.entry.delegable)
    };
    if let Some(person) = person
        && decision != Decision::Escalate
    {
        let position = position_of(app, person, &request.organisation).ok_or(NO_ACCESS_MANAGER)?;
        may_decide(app, &position, &request, decision)?;
    }
    if decision == Decision::Approve && !request.powers.resources.iter().all(delegable) {
        return Err(NOT_DELEGABLE);
    }
    let stored = tables.requests.get_mut(&id).ok_or(NO_REQUEST)?;
    match decision {
        Decision::Escalate => stored.escalated = true,
        Decision::Reject => stored.answer = Status::Rejected,
        Decision::Deny => stored.answer = Status::Denied,
        Decision::Approve => stored.answer = Status::Accepted,
    }
    let decided = stored.clone();
    if decision == Decision::Approve {
        tables.system_users.push(SystemUser {
            id: Uuid::new_v4().to_string(),
            kind: decided.kind,
            system_id: decided.system_id.clone(),
            organisation: decided.organisation.clone(),
            external_ref: decided.external_ref.clone(),
            title: decided
                .title
                .clone()
                .unwrap_or_else(|| decided.system_id.clone()),
            powers: Some(decided.powers.clone()),
            created: app.clock.now(),
        });
    }
    Ok(decided)
}

/// What a person is to an organisation, if anything.
fn position_of(app: &App, person: &str, organisation: &str) -> Option<Position> {
    let people = &app.world.register.people;
    people
        .iter()
        .find(|one| one.nin == person)?
        .positions
        .iter()
        .find(|position| position.organization == organisation)
        .cloned()
}

fn may_decide(
    app: &App,
    position: &Position,
    request: &Request,
    decision: Decision,
) -> Result<(), Problem> {
    let has = |roles: &[&str]| {
        position
            .roles
            .iter()
            .any(|role| roles.contains(&role.as_str()))
    };
    if has(&EVERYTHING) {
        return Ok(());
    }
    if !has(&ACCESS_MANAGERS) {
        return Err(NO_ACCESS_MANAGER);
    }
    if decision != Decision::Approve {
        return Ok(());
    }
    let asked = &request.powers;
    let holds_right = |id: &String| {
        let resource = app.world.resource(id);
        resource.is_some_and(|resource| covers(&position.powers, resource))
    };
    if !asked.resources.iter().all(holds_right) {
        return Err(RIGHT_NOT_HELD);
    }
    let held = &position.powers.access_packages;
    if asked.access_packages.iter().all(|name| held.contains(name)) {
        Ok(())
    } else {
        Err(PACKAGE_NOT_HELD)
    }
}

/// Answers the address of `confirmUrl`: `GET` shows the request, `POST` of its form decides it.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let [kind] = ask.below(&["accessmanagement", "ui", "systemuser"])? else {
        return None;
    };
    if !["request", "agentrequest"]
        .iter()
        .any(|one| kind.eq_ignore_ascii_case(one))
    {
        return None;
    }
    Some(match *ask.method {
        Method::GET => show(app, ask),
        Method::POST => submitted(app, ask),
        _ => empty(StatusCode::METHOD_NOT_ALLOWED),
    })
}

fn show(app: &App, ask: &Ask<'_>) -> Response {
    let id = ask.parameter("id").and_then(id_in);
    let tables = app.platform.read();
    let Some(request) = id.and_then(|id| tables.requests.get(&id)) else {
        return page(
            StatusCode::NOT_FOUND,
            "Systemtilgang",
            &["Fant ikke forespørselen."],
            None,
        );
    };
    let system = tables.systems.get(&request.system_id);
    let vendor = system
        .map(|system| name_of(app, &system.vendor))
        .unwrap_or_default();
    let name = system.map_or("", |system| system.name.in_language("nb"));
    let asked = [
        &request.powers.resources[..],
        &request.powers.access_packages[..],
    ]
    .concat();
    let lines = [
        format!(
            "{} ber om systemtilgang for {}.",
            vendor,
            name_of(app, &request.organisation)
        ),
        format!("System: {name} ({})", request.system_id),
        format!("Rettigheter: {}", asked.join(", ")),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    if request.status(app.clock.now()) != Status::New {
        let done = [&lines[..], &["Forespørselen er besvart."]].concat();
        return page(StatusCode::OK, "Systemtilgang", &done, None);
    }
    let id = request.id.to_string();
    let form = Form {
        action: ask.parts.uri.path(),
        hidden: &[("id", &id)],
        choices: app.people(),
        buttons: &[
            ("decision", "approve", "Godkjenn"),
            ("decision", "reject", "Avvis"),
            ("decision", "escalate", "Send videre"),
        ],
    };
    page(StatusCode::OK, "Systemtilgang", &lines, Some(&form))
}

fn submitted(app: &App, ask: &Ask<'_>) -> Response {
    let form = pairs(&String::from_utf8_lossy(ask.body));
    let field = |name: &str| {
        let found = form.iter().find(|(given, _)| given == name);
        found.map(|(_, value)| value.as_str())
    };
    let decision = match field("decision") {
        Some("approve") => Decision::Approve,
        Some("reject") => Decision::Reject,
        Some("escalate") => Decision::Escalate,
        _ => {
            return page(
                StatusCode::BAD_REQUEST,
                "Systemtilgang",
                &["Velg et svar."],
                None,
            );
        }
    };
    let decided = field("id")
        .and_then(id_in)
        .ok_or(NO_REQUEST)
        .and_then(|id| decide(app, id, decision, Some(field("person").unwrap_or_default())));
    let request = match decided {
        Ok(request) => request,
        Err(problem) => {
            let why = format!("{} ({})", problem.detail, problem.code);
            return page(problem.status, "Systemtilgang", &[&why], None);
        }
    };
    let back = request
        .redirect_url
        .filter(|_| decision != Decision::Escalate);
    match back.and_then(|url| HeaderValue::from_str(&url).ok()) {
        Some(url) => {
            let mut response = empty(StatusCode::SEE_OTHER);
            response.headers_mut().insert(header::LOCATION, url);
            response
        }
        None => page(
            StatusCode::OK,
            "Systemtilgang",
            &["Takk. Svaret er lagret."],
            None,
        ),
    }
}
