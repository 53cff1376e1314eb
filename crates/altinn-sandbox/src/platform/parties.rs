//! Whom a caller can act for: access management's authorised parties (platform reference, section 10.1).

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::{Answer, Refusal};
use super::system_user::{EVERYTHING, covers};
use super::{Ask, called, json as json_reply, paging, party_id, party_uuid};
use crate::access::{ORGANISATION, PERSON, PORTAL_END_USER};
use crate::app::App;
use crate::caller::Caller;
use crate::identity::date_of_birth;
use crate::world::{Organization, Powers, Resource};

const SCOPE: &str = "altinn:accessmanagement/authorizedparties";
const OWNER_SCOPE: &str = "altinn:accessmanagement/authorizedparties.resourceowner";
const ADMIN_SCOPE: &str = "altinn:accessmanagement/authorizedparties.admin";
/// Parties on a page. The reference gives no number.
const PAGE: usize = 100;

/// What somebody may do for a party.
#[derive(Debug, Clone)]
struct Reach {
    roles: Vec<String>,
    /// Everything the party may do when `None`.
    powers: Option<Powers>,
}

impl Reach {
    fn everything(role: &str) -> Self {
        Self {
            roles: vec![role.to_owned()],
            powers: None,
        }
    }

    fn covers(&self, resource: &Resource) -> bool {
        self.powers
            .as_ref()
            .is_none_or(|powers| covers(powers, resource))
    }
}

/// Somebody whose parties are asked for.
#[derive(Debug, Default)]
struct Actor {
    /// Themselves, when a person.
    person: Option<String>,
    /// Organisations, by number.
    organisations: BTreeMap<String, Reach>,
}

/// What is told, and of whom.
struct Wanted {
    roles: bool,
    packages: bool,
    resources: bool,
    sub_units: bool,
    inactive: bool,
    parties: Vec<Uuid>,
    any_of: Vec<String>,
}

/// Answers a request for parties.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let rest = ask.below(&["accessmanagement", "api", "v1"])?;
    let lower: Vec<String> = rest.iter().map(|part| part.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let answered = match (lower.as_slice(), ask.method) {
        (["enduser", "authorizedparties"], &Method::GET) => end_user(app, ask),
        (["authorizedparties"], &Method::GET) => signed_in(app, ask),
        (["resourceowner" | "serviceowner", "authorizedparties"], &Method::POST) => {
            on_behalf(app, ask)
        }
        (
            [
                "enduser" | "resourceowner" | "serviceowner",
                "authorizedparties",
            ]
            | ["authorizedparties"],
            _,
        ) => Err(StatusCode::METHOD_NOT_ALLOWED.into()),
        _ => Err(StatusCode::NOT_FOUND.into()),
    };
    Some(answered.unwrap_or_else(Response::from))
}

fn end_user(app: &App, ask: &Ask<'_>) -> Answer {
    let caller = called(ask, &[SCOPE, PORTAL_END_USER])?;
    let actor = person_of(app, caller)
        .or_else(|| system_user_of(app, caller.system_user.as_deref()?))
        .ok_or_else(unknown_user_type)?;
    let rows = tree(app, &actor, &wanted(ask, false)?);
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(index, row)| (format!("{index:09}"), row))
        .collect();
    Ok(json_reply(
        StatusCode::OK,
        &paging::page(app, ask, PAGE, rows),
    ))
}

fn unknown_user_type() -> Refusal {
    Refusal::Plain(StatusCode::UNAUTHORIZED, "Unknown user type".to_owned())
}

/// The older call: a plain array, for any person who is signed in.
fn signed_in(app: &App, ask: &Ask<'_>) -> Answer {
    let caller = ask.parts.extensions.get::<Caller>();
    let actor = caller
        .and_then(|caller| person_of(app, caller))
        .ok_or(Refusal::Unauthorized)?;
    let rows = tree(app, &actor, &wanted(ask, false)?);
    Ok(json_reply(StatusCode::OK, &Value::Array(rows)))
}

/// A service owner asks on behalf of somebody: everything is included unless the query says otherwise.
fn on_behalf(app: &App, ask: &Ask<'_>) -> Answer {
    called(ask, &[OWNER_SCOPE, ADMIN_SCOPE])?;
    let body: Value = serde_json::from_slice(ask.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let kind = format!("{}:", text("type"));
    let actor = match &*kind {
        PERSON => person(app, text("value")),
        "urn:altinn:systemuser:uuid:" => system_user_of(app, text("value")),
        ORGANISATION => app
            .register
            .organisation(text("value"))
            .map(|organisation| Actor {
                organisations: BTreeMap::from([(organisation.orgnr, Reach::everything("selv"))]),
                ..Actor::default()
            }),
        _ => None,
    };
    let wrong = || Refusal::invalid("STD.VLD-00000", "/value", "There is no such party");
    let mut wanted = wanted(ask, true)?;
    for filter in body
        .get("partyFilter")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        wanted.parties.extend(
            filter
                .get("value")
                .unwrap_or(filter)
                .as_str()
                .and_then(|one| Uuid::try_parse(one).ok()),
        );
    }
    let rows = tree(app, &actor.ok_or_else(wrong)?, &wanted);
    Ok(json_reply(StatusCode::OK, &Value::Array(rows)))
}

fn person_of(app: &App, caller: &Caller) -> Option<Actor> {
    if caller.system_user.is_some() {
        return None;
    }
    person(app, caller.pid.as_deref()?)
}

fn person(app: &App, nin: &str) -> Option<Actor> {
    app.register.party(&format!("{PERSON}{nin}"))?;
    let listed = app.world.register.people.iter().find(|one| one.nin == nin);
    let positions = listed
        .map(|one| one.positions.as_slice())
        .unwrap_or_default();
    let organisations = positions.iter().map(|position| {
        let does_everything = position
            .roles
            .iter()
            .any(|role| EVERYTHING.contains(&role.as_str()));
        let reach = Reach {
            roles: position.roles.clone(),
            powers: (!does_everything).then(|| position.powers.clone()),
        };
        (position.organization.clone(), reach)
    });
    Some(Actor {
        person: Some(nin.to_owned()),
        organisations: organisations.collect(),
    })
}

/// Whether a person may use a resource for an organisation: by a position there, or in its main unit.
pub fn person_may_use(app: &App, nin: &str, orgnr: &str, resource: &Resource) -> bool {
    let main_unit = app
        .register
        .organisation(orgnr)
        .and_then(|unit| unit.parent);
    let Some(actor) = person(app, nin) else {
        return false;
    };
    let of = |orgnr: &str| actor.organisations.get(orgnr);
    let reach = of(orgnr).or_else(|| of(main_unit.as_deref()?));
    reach.is_some_and(|reach| reach.covers(resource))
}

fn system_user_of(app: &App, id: &str) -> Option<Actor> {
    let tables = app.platform.read();
    let user = tables.system_users.iter().find(|user| user.id == id)?;
    let reach = Reach {
        roles: Vec::new(),
        powers: user.powers.clone(),
    };
    Some(Actor {
        organisations: BTreeMap::from([(user.organisation.clone(), reach)]),
        ..Actor::default()
    })
}

fn wanted(ask: &Ask<'_>, left_out: bool) -> Result<Wanted, Refusal> {
    let wrong = |path| {
        Refusal::invalid(
            "STD.VLD-00000",
            path,
            "The value is not one of those allowed",
        )
    };
    let flag = |name: &'static str| match ask.parameter(name).map(str::to_lowercase).as_deref() {
        None | Some("") => Ok(left_out),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(wrong(name)),
    };
    let choice = |name: &'static str, auto: bool| match ask
        .parameter(name)
        .map(str::to_lowercase)
        .as_deref()
    {
        None | Some("" | "auto") => Ok(auto),
        Some("true") => Ok(true),
        Some("false") => Ok(false),
        Some(_) => Err(wrong(name)),
    };
    let all = |name: &str| {
        let given = ask
            .query
            .iter()
            .filter(|(given, _)| given.eq_ignore_ascii_case(name));
        given
            .map(|(_, value)| value.clone())
            .filter(|value| !value.is_empty())
            .collect::<Vec<_>>()
    };
    let parties: Result<Vec<Uuid>, _> = all("partyFilter")
        .iter()
        .map(|one| Uuid::try_parse(one))
        .collect();
    // Nobody here has a key role through another organisation: the choice is checked and changes nothing.
    choice("includePartiesViaKeyRoles", true)?;
    // Nor a right on a single instance.
    flag("includeInstances")?;
    Ok(Wanted {
        roles: flag("includeRoles")?,
        packages: flag("includeAccessPackages")?,
        resources: flag("includeResources")?,
        sub_units: choice("includeSubParties", true)?,
        inactive: choice("includeInactiveParties", false)?,
        parties: parties.map_err(|_| wrong("partyFilter"))?,
        any_of: all("anyOfResourceIds"),
    })
}

/// The parties, sub-units inside their main units. A main unit that is there for a sub-unit only is a heading.
fn tree(app: &App, actor: &Actor, wanted: &Wanted) -> Vec<Value> {
    let mut rows = Vec::new();
    if let Some(nin) = &actor.person
        && is_wanted(nin, wanted)
        && reaches_any(app, wanted, |resource| {
            !resource.packages().contains(&super::CONFIDENTIAL)
        })
    {
        rows.push(person_json(app, nin, wanted));
    }
    let mut main_units: BTreeMap<(String, String), Organization> = BTreeMap::new();
    for orgnr in actor.organisations.keys() {
        let Some(organisation) = app.register.organisation(orgnr) else {
            continue;
        };
        let parent = organisation
            .parent
            .as_deref()
            .and_then(|orgnr| app.register.organisation(orgnr));
        let top = parent.unwrap_or(organisation);
        main_units.insert((top.name.clone(), top.orgnr.clone()), top);
    }
    rows.extend(
        main_units
            .values()
            .filter_map(|top| organisation_json(app, actor, wanted, top)),
    );
    rows
}

fn is_wanted(number: &str, wanted: &Wanted) -> bool {
    wanted.parties.is_empty() || wanted.parties.contains(&party_uuid(number))
}

fn reaches_any(app: &App, wanted: &Wanted, covers: impl Fn(&Resource) -> bool) -> bool {
    let mut asked = wanted.any_of.iter().filter_map(|id| app.world.resource(id));
    wanted.any_of.is_empty() || asked.any(covers)
}

fn organisation_json(
    app: &App,
    actor: &Actor,
    wanted: &Wanted,
    top: &Organization,
) -> Option<Value> {
    if top.deleted.is_some() && !wanted.inactive {
        return None;
    }
    let own = actor.organisations.get(&top.orgnr);
    let passes = |orgnr: &str, reach: &Reach| {
        is_wanted(orgnr, wanted) && reaches_any(app, wanted, |resource| reach.covers(resource))
    };
    let branches = app
        .register
        .listed()
        .into_iter()
        .filter(|unit| unit.parent.as_ref() == Some(&top.orgnr));
    let sub_units: Vec<Value> = branches
        .filter_map(|unit| {
            let direct = actor.organisations.get(&unit.orgnr);
            // What one may do for a main unit, one may do for its sub-units.
            let reach = direct.or(own.filter(|_| wanted.sub_units))?;
            passes(&unit.orgnr, reach)
                .then(|| unit_json(unit, Some(reach), Vec::new(), app, wanted))
        })
        .collect();
    let own = own.filter(|reach| passes(&top.orgnr, reach));
    (own.is_some() || !sub_units.is_empty()).then(|| unit_json(top, own, sub_units, app, wanted))
}

fn unit_json(
    unit: &Organization,
    reach: Option<&Reach>,
    sub_units: Vec<Value>,
    app: &App,
    wanted: &Wanted,
) -> Value {
    let covered = |resource: &&Resource| reach.is_some_and(|reach| reach.covers(resource));
    let resources: Vec<&Resource> = app.world.resources.iter().filter(covered).collect();
    let packages = reach.map_or_else(Vec::new, |reach| packages(app, reach));
    json!({
        "partyUuid": party_uuid(&unit.orgnr), "name": unit.name, "organizationNumber": unit.orgnr,
        "parentId": unit.parent.as_deref().map(party_uuid), "personId": null, "dateOfBirth": null,
        "partyId": party_id(&unit.orgnr), "emailId": null, "type": "Organization", "unitType": unit.form,
        "isDeleted": unit.deleted.is_some(), "onlyHierarchyElementWithNoAccess": reach.is_none(),
        "authorizedAccessPackages": if wanted.packages { packages } else { Vec::new() },
        "authorizedResources": if wanted.resources { ids(&resources) } else { Vec::new() },
        "authorizedRoles": reach.filter(|_| wanted.roles).map(|reach| reach.roles.clone()).unwrap_or_default(),
        "authorizedInstances": [], "subunits": sub_units,
    })
}

fn ids(resources: &[&Resource]) -> Vec<String> {
    resources
        .iter()
        .map(|resource| resource.id.clone())
        .collect()
}

fn packages(app: &App, reach: &Reach) -> Vec<String> {
    match &reach.powers {
        Some(powers) => powers.access_packages.clone(),
        None => {
            let all = app.world.resources.iter().flat_map(Resource::packages);
            let all: std::collections::BTreeSet<String> = all.map(str::to_owned).collect();
            all.into_iter().collect()
        }
    }
}

fn person_json(app: &App, nin: &str, wanted: &Wanted) -> Value {
    let name = app
        .register
        .party(&format!("{PERSON}{nin}"))
        .map(|party| party.name);
    let for_people = |resource: &&Resource| !resource.packages().contains(&super::CONFIDENTIAL);
    let resources: Vec<&Resource> = app.world.resources.iter().filter(for_people).collect();
    json!({
        "partyUuid": party_uuid(nin), "name": name, "organizationNumber": null, "parentId": null,
        "personId": nin, "dateOfBirth": date_of_birth(nin), "partyId": party_id(nin), "emailId": null,
        "type": "Person", "unitType": null, "isDeleted": false, "onlyHierarchyElementWithNoAccess": false,
        "authorizedAccessPackages": [], "authorizedResources": if wanted.resources { ids(&resources) } else { Vec::new() },
        "authorizedRoles": if wanted.roles { vec!["priv"] } else { Vec::new() },
        "authorizedInstances": [], "subunits": [],
    })
}
