//! The Resource Registry: resources, lists, search and policies (platform reference, section 7). All reads are anonymous.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::{Ask, empty, json as json_reply, text};
use crate::app::App;
use crate::world::{Resource, Texts, World};

/// Confidential post to an enterprise.
pub const CONFIDENTIAL: &str = "post-til-virksomheten-med-taushetsbelagt-innhold";
/// Ordinary post to an enterprise: what a policy gives rights to when the world does not say.
pub const ORDINARY: &str = "ordinaer-post-til-virksomheten";

const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
const EQUAL: &str = "urn:oasis:names:tc:xacml:1.0:function:string-equal";
const EQUAL_ANY_CASE: &str = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case";

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

/// One condition of a policy.
struct Match<'a> {
    function: &'a str,
    value: &'a str,
    attribute: &'a str,
    category: &'a str,
}

impl Match<'_> {
    fn xml(&self) -> String {
        format!(
            r#"<xacml:AllOf><xacml:Match MatchId="{}"><xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{}</xacml:AttributeValue><xacml:AttributeDesignator AttributeId="{}" Category="{}" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></xacml:Match></xacml:AllOf>"#,
            self.function,
            escaped(self.value),
            self.attribute,
            self.category
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn rule(number: usize, subjects: &[Match<'_>], resource: &str, actions: &[&str]) -> String {
    let any = |matches: Vec<String>| format!("<xacml:AnyOf>{}</xacml:AnyOf>", matches.concat());
    let resource_match = Match {
        function: EQUAL,
        value: resource,
        attribute: "urn:altinn:resource",
        category: RESOURCE,
    };
    let actions = actions
        .iter()
        .map(|action| {
            Match {
                function: EQUAL,
                value: action,
                attribute: "urn:oasis:names:tc:xacml:1.0:action:action-id",
                category: ACTION,
            }
            .xml()
        })
        .collect();
    format!(
        r#"<xacml:Rule RuleId="urn:altinn:resource:{resource}:ruleid:{number}" Effect="Permit"><xacml:Target>{}{}{}</xacml:Target></xacml:Rule>"#,
        any(subjects.iter().map(Match::xml).collect()),
        any(vec![resource_match.xml()]),
        any(actions),
    )
}

/// The policy that says what the world says: packages may read, the owner may do everything (section 7.3).
fn policy_xml(world: &World, resource: &Resource) -> String {
    let packages: Vec<&str> = if resource.access_packages.is_empty() {
        vec![ORDINARY]
    } else {
        resource
            .access_packages
            .iter()
            .map(String::as_str)
            .collect()
    };
    let readers: Vec<Match<'_>> = packages
        .iter()
        .map(|package| Match {
            function: EQUAL,
            value: package,
            attribute: "urn:altinn:accesspackage",
            category: SUBJECT,
        })
        .chain((!packages.contains(&CONFIDENTIAL)).then_some(Match {
            function: EQUAL_ANY_CASE,
            value: "priv",
            attribute: "urn:altinn:rolecode",
            category: SUBJECT,
        }))
        .collect();
    let mut rules = rule(1, &readers, &resource.id, &["read"]);
    let owner = resource.owner.as_deref();
    if let Some(owner) = owner.and_then(|orgnr| world.service_owner(orgnr)) {
        let code = Match {
            function: EQUAL_ANY_CASE,
            value: &owner.org,
            attribute: "urn:altinn:org",
            category: SUBJECT,
        };
        rules.push_str(&rule(
            2,
            &[code],
            &resource.id,
            &["read", "write", "subscribe"],
        ));
    }
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<xacml:Policy xmlns:xacml="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:altinn:resource:{}:policyid:1" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><xacml:Target/>{rules}<xacml:ObligationExpressions><xacml:ObligationExpression FulfillOn="Permit" ObligationId="urn:altinn:obligation:authenticationLevel1"><xacml:AttributeAssignmentExpression AttributeId="urn:altinn:obligation-assignment:1" Category="urn:altinn:minimum-authenticationlevel"><xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">{}</xacml:AttributeValue></xacml:AttributeAssignmentExpression></xacml:ObligationExpression></xacml:ObligationExpressions></xacml:Policy>
"#,
        escaped(&resource.id),
        resource.minimum_auth_level,
    )
}
