//! The Resource Registry: resources, lists, search and policies (platform reference, section 7). All reads are anonymous.

mod access_lists;
mod feeds;
mod policy;
mod views;
mod xacml;

use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::problem::{Answer, Refusal};
use super::{Ask, json as json_reply, text};
use crate::app::App;
use crate::world::{Resource, Texts, World};
pub use access_lists::{AccessListRow, is_admitted};
pub use policy::CONFIDENTIAL;
use policy::policy_xml;

const BASE: [&str; 3] = ["resourceregistry", "api", "v1"];

/// Answers a request to the registry.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let answered = if let Some(rest) = ask.below(&["resourceregistry", "api", "v2", "resource"]) {
        second_version(app, ask, rest)
    } else if ask
        .below(&[&BASE[..], &["access-lists"]].concat())
        .is_some()
    {
        access_lists::answer(app, ask)
    } else {
        let rest = ask.below(&[&BASE[..], &["resource"]].concat())?;
        first_version(app, ask, rest)
    };
    Some(answered.unwrap_or_else(Response::from))
}

fn second_version(app: &App, ask: &Ask<'_>, rest: &[String]) -> Answer {
    match rest {
        [id, policy, rights]
            if policy.eq_ignore_ascii_case("policy") && rights.eq_ignore_ascii_case("rights") =>
        {
            read_only(ask)?;
            views::rights_v2(app, ask, id)
        }
        _ => Err(StatusCode::NOT_FOUND.into()),
    }
}

/// Reads only, and a `GET` that names another content type than JSON is refused (section 7).
fn read_only(ask: &Ask<'_>) -> Result<(), Refusal> {
    if !ask.is_get() {
        return Err(StatusCode::METHOD_NOT_ALLOWED.into());
    }
    let sent = ask.parts.headers.get(header::CONTENT_TYPE);
    let is_json = |kind: &str| {
        kind.trim_start()
            .to_lowercase()
            .starts_with("application/json")
    };
    match sent.map(|kind| kind.to_str().is_ok_and(is_json)) {
        Some(false) => Err(StatusCode::UNSUPPORTED_MEDIA_TYPE.into()),
        _ => Ok(()),
    }
}

fn first_version(app: &App, ask: &Ask<'_>, rest: &[String]) -> Answer {
    let lower: Vec<String> = rest
        .iter()
        .skip(1)
        .map(|part| part.to_lowercase())
        .collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    let Some(first) = rest.first() else {
        return Err(StatusCode::METHOD_NOT_ALLOWED.into());
    };
    if first.eq_ignore_ascii_case("bysubjects") && lower.is_empty() {
        return if *ask.method == Method::POST {
            feeds::by_subjects(app, ask)
        } else {
            Err(StatusCode::METHOD_NOT_ALLOWED.into())
        };
    }
    read_only(ask)?;
    match lower.as_slice() {
        [] => match first.to_lowercase().as_str() {
            "resourcelist" => Ok(resource_list(app, ask)),
            "search" => Ok(search_resources(app, ask)),
            "orgs" => Ok(json_reply(
                StatusCode::OK,
                &service_owners(&app.world, &app.base),
            )),
            "updated" => feeds::updated(app, ask),
            "changes" => feeds::changes(app, ask),
            _ => one(app, ask, first),
        },
        ["policy"] => policy_file(app, first),
        ["policy", "subjects"] => views::subjects(app, ask, first),
        ["policy", "rules"] => views::rules(app, first),
        ["policy", "rights"] => views::rights(app, first),
        _ => Err(StatusCode::NOT_FOUND.into()),
    }
}

/// One resource, of a version when the query names one: this registry has the first only.
fn one(app: &App, ask: &Ask<'_>, id: &str) -> Answer {
    let is_there = ask
        .parameter("versionId")
        .is_none_or(|version| version == "1");
    match app.world.resource(id).filter(|_| is_there) {
        Some(resource) => Ok(json_reply(StatusCode::OK, &as_json(&app.world, resource))),
        None => Err(StatusCode::NOT_FOUND.into()),
    }
}

/// A resource's policy as XACML: the world's own text, or one made from the world; `None` when none is published.
fn policy_of(world: &World, resource: &Resource) -> Option<String> {
    match &resource.entry.policy {
        Some(text) if text.is_empty() => None,
        Some(text) => Some(text.clone()),
        None => Some(policy_xml(world, resource)),
    }
}

fn policy_file(app: &App, id: &str) -> Answer {
    let missing = |what| {
        Ok(text(
            StatusCode::NOT_FOUND,
            "text/plain; charset=utf-8",
            what,
        ))
    };
    let Some(resource) = app.world.resource(id) else {
        return missing("Unable to find resource");
    };
    match policy_of(&app.world, resource) {
        Some(policy) => Ok(text(StatusCode::OK, "text/xml; charset=utf-8", policy)),
        None => missing("Unable to find requested policy"),
    }
}

fn resource_list(app: &App, ask: &Ask<'_>) -> Response {
    let with_apps = !ask
        .parameter("includeApps")
        .is_some_and(|value| value.eq_ignore_ascii_case("false"));
    let with_migrated = ask
        .parameter("includeMigratedApps")
        .is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let all: Vec<Value> = app
        .world
        .resources
        .iter()
        .filter(|resource| with_apps || resource.kind != "AltinnApp")
        .filter(|resource| with_migrated || resource.kind != "MigratedApp")
        .map(|resource| as_json(&app.world, resource))
        .collect();
    json_reply(StatusCode::OK, &Value::Array(all))
}

/// `Title` is accepted and ignored, as the registry does.
fn search_resources(app: &App, ask: &Ask<'_>) -> Response {
    let contains = |name: &str, text: &str| {
        ask.parameter(name)
            .filter(|wanted| !wanted.is_empty())
            .is_none_or(|wanted| text.to_lowercase().contains(&wanted.to_lowercase()))
    };
    let equals = |name: &str, text: &str| {
        ask.parameter(name)
            .filter(|wanted| !wanted.is_empty())
            .is_none_or(|wanted| text.eq_ignore_ascii_case(wanted))
    };
    let found: Vec<Value> = app
        .world
        .resources
        .iter()
        .filter(|resource| {
            let owner = resource.owner.as_deref().unwrap_or_default();
            let code = app
                .world
                .service_owner(owner)
                .map_or("", |owner| &owner.org);
            let about = &resource.description;
            let description = [&*about.nb, &*about.nn, &*about.en].join("\n");
            !is_app(resource)
                && contains("Id", &resource.id)
                && contains("Description", &description)
                && contains("Keyword", &resource.entry.keywords.join("\n"))
                && contains("Reference", &resource.entry.references.join("\n"))
                && equals("ResourceType", &resource.kind)
                && equals("OrgCode", code)
                && equals("OrganizationId", owner)
        })
        .map(|resource| as_json(&app.world, resource))
        .collect();
    json_reply(StatusCode::OK, &Value::Array(found))
}

fn is_app(resource: &Resource) -> bool {
    matches!(&*resource.kind, "AltinnApp" | "MigratedApp")
}

fn in_three(texts: &Texts) -> Value {
    json!({ "en": texts.in_language("en"), "nb": texts.in_language("nb"), "nn": texts.in_language("nn") })
}

/// A resource as the registry writes it: members without a value are left out (section 7.1).
fn as_json(world: &World, resource: &Resource) -> Value {
    let entry = &resource.entry;
    let keywords: Value = entry
        .keywords
        .iter()
        .map(|word| json!({ "word": word, "language": "nb" }))
        .collect();
    let references: Value = entry
        .references
        .iter()
        .map(|reference| {
            json!({ "referenceSource": "Default", "reference": reference, "referenceType": "Default" })
        })
        .collect();
    let mut value = json!({
        "identifier": resource.id,
        "version": "1",
        "title": in_three(&resource.title),
        "status": entry.status.as_deref().unwrap_or("Completed"),
        "contactPoints": [],
        "delegable": entry.delegable,
        "visible": entry.visible,
        "keywords": keywords,
        "resourceReferences": references,
        "accessListMode": if entry.access_list_mode { "Enabled" } else { "Disabled" },
        "selfIdentifiedUserEnabled": false,
        "enterpriseUserEnabled": false,
        "resourceType": resource.kind,
        "isOneTimeConsent": false,
        "versionId": 1,
        "authorizationReference": [{ "id": "urn:altinn:resource", "value": resource.id }],
    });
    if let Some(members) = value.as_object_mut() {
        let about = if resource.description.in_language("nb").is_empty() {
            &resource.title
        } else {
            &resource.description
        };
        members.insert("description".to_owned(), in_three(about));
        members.insert("rightDescription".to_owned(), in_three(about));
        if let Some(orgnr) = &resource.owner {
            let owner = world.service_owner(orgnr);
            let mut authority = json!({ "organization": orgnr });
            if let (Some(owner), Some(authority)) = (owner, authority.as_object_mut()) {
                authority.insert("name".to_owned(), in_three(&owner.name));
                authority.insert("orgcode".to_owned(), json!(owner.org));
            }
            members.insert("hasCompetentAuthority".to_owned(), authority);
        }
    }
    value
}

/// The list of service owners (section 9.2).
pub fn service_owners(world: &World, base: &str) -> Value {
    let orgs: serde_json::Map<String, Value> = world
        .service_owners
        .iter()
        .map(|owner| {
            let mut entry = json!({
                "name": in_three(&owner.name),
                "orgnr": owner.orgnr,
                "environments": owner.environments.clone()
                    .unwrap_or_else(|| vec!["tt02".to_owned(), "production".to_owned()]),
            });
            if let Some(members) = entry.as_object_mut() {
                let homepage = owner.homepage.clone();
                let homepage = homepage.unwrap_or_else(|| format!("{base}/about/{}", owner.org));
                members.insert("homepage".to_owned(), json!(homepage));
                for (name, value) in [("logo", &owner.logo), ("emblem", &owner.emblem)] {
                    if let Some(value) = value {
                        members.insert(name.to_owned(), json!(value));
                    }
                }
                if let Some(contact) = &owner.contact {
                    members.insert("contact".to_owned(), contact.clone());
                }
            }
            (owner.org.clone(), entry)
        })
        .collect();
    json!({ "orgs": orgs })
}
