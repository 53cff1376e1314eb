//! The views derived from a policy (platform reference, section 7.4). They ignore `Effect`, as the registry's do.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use axum::http::{StatusCode, header};
use md5::{Digest as _, Md5};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::policy_of;
use super::xacml::{Attribute, Combination, combinations};
use crate::app::App;
use crate::platform::problem::{Answer, Refusal};
use crate::platform::{Ask, json as json_reply, paging};
use crate::world::Resource;

/// Rows on a page of subjects. The reference gives no number.
const PAGE: usize = 1000;
const SERVICE_OWNER: &str = "urn:altinn:org";

/// The combinations of the policy a resource has; 404 when there is no such resource or policy.
fn of_policy<'a>(app: &'a App, id: &str) -> Result<(&'a Resource, Vec<Combination>), Refusal> {
    let resource = app.world.resource(id).ok_or(StatusCode::NOT_FOUND)?;
    let xml = policy_of(&app.world, resource).ok_or(StatusCode::NOT_FOUND)?;
    Ok((resource, combinations(&xml)))
}

/// The distinct subjects, once each; 404 when none.
pub fn subjects(app: &App, ask: &Ask<'_>, id: &str) -> Answer {
    let (_, rules) = of_policy(app, id)?;
    let mut rows: Vec<(String, Value)> = rules
        .iter()
        .flat_map(|rule| &rule.subject)
        .map(|subject| (urn(subject), subject_json(subject)))
        .collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows.dedup_by(|a, b| a.0 == b.0);
    if rows.is_empty() {
        return Err(StatusCode::NOT_FOUND.into());
    }
    Ok(json_reply(
        StatusCode::OK,
        &paging::page(app, ask, PAGE, rows),
    ))
}

/// A subject, as `subjects` writes it.
pub fn subject_json(subject: &Attribute) -> Value {
    json!({ "type": subject.kind, "value": subject.value, "urn": urn(subject) })
}

/// An attribute with its value as one URN.
pub fn urn(attribute: &Attribute) -> String {
    format!("{}:{}", attribute.kind, attribute.value)
}

fn all_json(attributes: &[Attribute]) -> Value {
    attributes.iter().map(Attribute::json).collect()
}

/// One element for each combination.
pub fn rules(app: &App, id: &str) -> Answer {
    let (_, rules) = of_policy(app, id)?;
    let rules: Value = rules
        .iter()
        .map(|rule| {
            json!({
                "subject": all_json(&rule.subject), "action": rule.action.json(),
                "resource": all_json(&rule.resource),
            })
        })
        .collect();
    Ok(json_reply(StatusCode::OK, &rules))
}

/// An action on a resource, and who a rule names for it.
struct Right {
    action: Attribute,
    resource: Vec<Attribute>,
    subjects: Vec<Vec<Attribute>>,
}

/// By look-up, not by comparing each with each: a short policy can ask for thousands.
fn rights_of(rules: Vec<Combination>) -> Vec<Right> {
    let mut rights: Vec<Right> = Vec::new();
    let mut places: HashMap<(Attribute, Vec<Attribute>), usize> = HashMap::new();
    let mut named: HashSet<(usize, Vec<Attribute>)> = HashSet::new();
    for rule in rules {
        let what = (rule.action, rule.resource);
        let place = *places.entry(what).or_insert_with_key(|(action, resource)| {
            rights.push(Right {
                action: action.clone(),
                resource: resource.clone(),
                subjects: Vec::new(),
            });
            rights.len() - 1
        });
        if named.insert((place, rule.subject.clone()))
            && let Some(right) = rights.get_mut(place)
        {
            right.subjects.push(rule.subject);
        }
    }
    rights
}

/// One element for each action on a resource, with everybody some rule names for it.
pub fn rights(app: &App, id: &str) -> Answer {
    let (resource, rules) = of_policy(app, id)?;
    let rights: Value = rights_of(rules)
        .iter()
        .map(|right| {
            let mut kinds: Vec<&str> =
                right.subjects.iter().flatten().map(|one| one.kind.as_str()).collect();
            kinds.sort_unstable();
            kinds.dedup();
            let subjects: Value = right
                .subjects
                .iter()
                .map(|subject| json!({ "subjectAttributes": all_json(subject) }))
                .collect();
            let action = right.action.value.to_lowercase();
            let sum = Md5::digest(format!("{action};{}", named(right)));
            json!({
                "action": right.action.json(), "resource": all_json(&right.resource), "subjects": subjects,
                "rightKey": format!("{action};{};{}", resource.id, hex(&sum)), "subjectTypes": kinds,
            })
        })
        .collect();
    Ok(json_reply(StatusCode::OK, &rights))
}

fn named(right: &Right) -> String {
    right.resource.iter().map(urn).collect::<Vec<_>>().join(";")
}

/// The second version: rights by key and name. Those that only the service owner holds are left out unless asked for, and
/// so are those of apps.
pub fn rights_v2(app: &App, ask: &Ask<'_>, id: &str) -> Answer {
    let is_on = |name: &str| {
        ask.parameter(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    let (resource, rules) = of_policy(app, id)?;
    let is_left_out = resource.kind == "AltinnApp" && !is_on("includeAppRights");
    let with_owner = is_on("includeServiceOwnerRights");
    let language = language(ask);
    let rights: Value = rights_of(rules)
        .iter()
        .filter(|_| !is_left_out)
        .filter(|right| {
            with_owner || !right.subjects.iter().flatten().all(|one| one.kind == SERVICE_OWNER)
        })
        .map(|right| {
            let key = digest(&SHA256, format!("{};{}", named(right), urn(&right.action)).as_bytes());
            json!({
                "key": format!("01{}", hex(key.as_ref())), "name": action_name(&right.action.value, language),
                "resource": all_json(&right.resource), "action": right.action.json(),
            })
        })
        .collect();
    Ok(json_reply(StatusCode::OK, &rights))
}

/// The first language of `Accept-Language` that is one of ours; Bokmål otherwise.
fn language(ask: &Ask<'_>) -> &'static str {
    let wanted = ask.parts.headers.get(header::ACCEPT_LANGUAGE);
    let wanted = wanted
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    wanted
        .split(',')
        .find_map(|part| {
            let part = part.trim().to_lowercase();
            let found = ["nn", "en", "nb"]
                .into_iter()
                .find(|language| part.starts_with(language));
            found.or(part.starts_with("no").then_some("nb"))
        })
        .unwrap_or("nb")
}

fn action_name(action: &str, language: &str) -> String {
    let names = match action {
        "read" => ["Les", "Les", "Read"],
        "write" => ["Skriv", "Skriv", "Write"],
        "subscribe" => ["Abonner", "Abonner", "Subscribe"],
        other => return other.to_owned(),
    };
    let [nb, nn, en] = names;
    match language {
        "nn" => nn,
        "en" => en,
        _ => nb,
    }
    .to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
