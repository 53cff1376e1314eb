//! The Resource Registry: resources, lists, search and policies (platform reference, section 7). All reads are anonymous.

mod access_lists;
mod policy;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{Ask, empty, json as json_reply, text};
use crate::app::App;
use crate::world::{Resource, Texts, World};
pub use access_lists::AccessListRow;
pub use policy::CONFIDENTIAL;
use policy::policy_xml;

/// Answers a request to the registry.
pub fn answer(app: &App, ask: &Ask<'_>) -> Option<Response> {
    let rest = ask.below(&["resourceregistry", "api", "v1", "resource"])?;
    if !ask.is_get() {
        return Some(empty(StatusCode::METHOD_NOT_ALLOWED));
    }
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    Some(match rest.as_slice() {
        [list] if list.eq_ignore_ascii_case("resourcelist") => resource_list(app, ask),
        [search] if search.eq_ignore_ascii_case("search") => search_resources(app, ask),
        [orgs] if orgs.eq_ignore_ascii_case("orgs") => {
            json_reply(StatusCode::OK, &service_owners(&app.world, &app.base))
        }
        [id] => match app.world.resource(id) {
            Some(resource) => json_reply(StatusCode::OK, &as_json(&app.world, resource)),
            None => empty(StatusCode::NOT_FOUND),
        },
        [id, policy] if policy.eq_ignore_ascii_case("policy") => match app.world.resource(id) {
            Some(resource) => text(
                StatusCode::OK,
                "text/xml; charset=utf-8",
                policy_xml(&app.world, resource),
            ),
            None => text(
                StatusCode::NOT_FOUND,
                "text/plain; charset=utf-8",
                "Unable to find resource",
            ),
        },
        _ => empty(StatusCode::NOT_FOUND),
    })
}

fn resource_list(app: &App, ask: &Ask<'_>) -> Response {
    let with_apps = !ask
        .parameter("includeApps")
        .is_some_and(|value| value.eq_ignore_ascii_case("false"));
    let all: Vec<Value> = app
        .world
        .resources
        .iter()
        .filter(|resource| with_apps || !is_app(resource))
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
                && contains("Keyword", "")
                && contains("Reference", "")
                && equals("ResourceType", &resource.kind)
                && equals("OrgCode", code)
                && equals("OrganizationId", owner)
        })
        .map(|resource| as_json(&app.world, resource))
        .collect();
    json_reply(StatusCode::OK, &Value::Array(found))
}

fn is_app(resource: &Resource) -> bool {
    resource.kind == "AltinnApp"
}

fn in_three(texts: &Texts) -> Value {
    json!({ "en": texts.in_language("en"), "nb": texts.in_language("nb"), "nn": texts.in_language("nn") })
}

/// A resource as the registry writes it: members without a value are left out (section 7.1).
fn as_json(world: &World, resource: &Resource) -> Value {
    let mut value = json!({
        "identifier": resource.id,
        "version": "1",
        "title": in_three(&resource.title),
        "status": "Completed",
        "contactPoints": [],
        "delegable": true,
        "visible": true,
        "accessListMode": "Disabled",
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
                "environments": ["tt02", "production"],
            });
            if let Some(members) = entry.as_object_mut() {
                let homepage = owner.homepage.clone();
                let homepage = homepage.unwrap_or_else(|| format!("{base}/about/{}", owner.org));
                members.insert("homepage".to_owned(), json!(homepage));
            }
            (owner.org.clone(), entry)
        })
        .collect();
    json!({ "orgs": orgs })
}
