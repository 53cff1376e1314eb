//! What each call may answer: the type it writes, and its refusals.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::access::Policy;
use crate::attachment::{DetailsView, OverviewView};
use crate::correspondence::initialise::Initialised;
use crate::correspondence::search::Matches;
use crate::correspondence::view::{Details, OrderView, Overview};
use crate::problem::{self, rule};
use crate::routes::{Call, Route, Takes};

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// Gathers the schemas that answers refer to.
pub struct Answers {
    generator: SchemaGenerator,
}

impl Answers {
    /// None yet.
    pub fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().for_serialize().with(|it| {
            it.definitions_path = "/components/schemas".into();
            it.meta_schema = None;
        });
        Self {
            generator: settings.into_generator(),
        }
    }

    /// Everything that was referred to, closed: an answer has no member that is not described.
    pub fn schemas(mut self) -> Map<String, Value> {
        let mut schemas = self.generator.take_definitions(true);
        schemas.insert("Problem".to_owned(), problem::business_schema());
        schemas.insert("ValidationProblem".to_owned(), problem::validation_schema());
        schemas.insert("UnhandledProblem".to_owned(), problem::unhandled_schema());
        schemas.values_mut().for_each(close);
        schemas
    }

    /// The answers of a route by status.
    pub fn of(&mut self, route: &Route) -> Map<String, Value> {
        let mut answers = Map::new();
        let (status, success) = self.success(route.call);
        answers.insert(status.to_string(), success);
        for status in refusals(route.call) {
            answers.insert(status.to_string(), refusal(route, *status));
        }
        let bare = |what: &str| json!({ "description": what });
        let mut content = Map::new();
        if matches!(route.policy, Policy::Recipient | Policy::Download) {
            // The hint that a raw token must be exchanged (section 2).
            let hint = json!({ "schema": {
                "type": "object",
                "properties": { "status": { "const": 403 }, "title": { "type": "string" }, "detail": { "type": "string" } },
                "required": ["status", "title", "detail"],
            } });
            content.insert(JSON.to_owned(), hint);
        }
        let what = "The token does not satisfy the policy.";
        answers.insert(
            "403".into(),
            json!({ "description": what, "content": content }),
        );
        if route.policy == Policy::Download {
            answers.insert("302".into(), bare("Without a Bearer token: to the login."));
        }
        if route.declares.is_some() {
            let text = json!({ "text/plain": { "schema": { "type": "string" } } });
            let what = "The Accept header leaves out what is declared.";
            answers.insert(
                "406".into(),
                json!({ "description": what, "content": text }),
            );
        }
        if route.takes != Takes::Nothing {
            answers.insert(
                "415".into(),
                bare("The content type is not one that is taken."),
            );
        }
        let what = "A quota is used up, where the sandbox was given one.";
        answers.insert("429".into(), json!({ "description": what, "content": { JSON: { "schema": {
            "type": "object", "properties": { "statusCode": { "const": 429 }, "message": { "type": "string" } },
            "required": ["statusCode", "message"],
        } } } }));
        answers
    }

    fn success(&mut self, call: Call) -> (u16, Value) {
        let bytes = json!({ "description": "The bytes.", "content": { "*/*": { "schema": {} } } });
        let success = match call {
            Call::Initialise | Call::InitialiseWithFiles => self.written::<Initialised>(),
            Call::Search => self.written::<Matches>(),
            Call::Overview => self.written::<Overview<'_, OrderView>>(),
            Call::Details => self.written::<Details<'_>>(),
            Call::Upload | Call::AttachmentOverview => self.written::<OverviewView>(),
            Call::AttachmentDetails => self.written::<DetailsView>(),
            Call::DeleteAttachment => {
                return (204, json!({ "description": "Done." }));
            }
            Call::Download | Call::DownloadAll | Call::DownloadAttachment => bytes,
            _ => self.written::<Uuid>(),
        };
        (200, success)
    }

    fn written<T: JsonSchema>(&mut self) -> Value {
        let schema = self.generator.subschema_for::<T>();
        json!({ "description": "Done.", "content": { JSON: { "schema": schema } } })
    }
}

/// The statuses a call refuses with, beside those of the front door (sections 4.2 to 4.15).
fn refusals(call: Call) -> &'static [u16] {
    match call {
        Call::Initialise => &[400, 401, 404, 409, 422, 500],
        Call::InitialiseWithFiles => &[400, 401, 404, 409, 422, 500, 502],
        Call::Search | Call::InitialiseAttachment => &[400, 401],
        Call::Upload => &[400, 401, 404, 502],
        Call::DownloadAttachment | Call::Forward => &[400, 401, 404, 500],
        _ => &[400, 401, 404],
    }
}

/// A refusal by one of the catalogue's rules with that status; at 400 also a validation problem, at 500 one without a rule.
fn refusal(route: &Route, status: u16) -> Value {
    let codes: Vec<u16> = rule::ALL
        .iter()
        .filter(|rule| rule.status == status)
        .map(|rule| rule.code)
        .collect();
    let business = json!({ "allOf": [
        { "$ref": "#/components/schemas/Problem" },
        { "properties": { "status": { "const": status }, "errorCode": { "enum": codes } } },
    ] });
    let other = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    let mut shapes = vec![business];
    match status {
        400 => shapes.push(other("ValidationProblem")),
        500 => shapes.push(other("UnhandledProblem")),
        _ => {}
    }
    if status == 400 && matches!(route.call, Call::Initialise | Call::InitialiseWithFiles) {
        // The bare text of error 3023 (section 3.3).
        shapes.push(json!({ "type": "string" }));
    }
    let mut content = Map::new();
    let schema = json!({ "schema": { "anyOf": shapes } });
    if route.declares == Some(JSON) {
        content.insert(JSON.to_owned(), schema.clone());
    }
    if route.declares != Some(JSON) || status == 500 {
        content.insert(PROBLEM.to_owned(), schema);
    }
    let what = if status == 401 {
        "A rule, or with no body: no valid token."
    } else {
        "A rule, or what was sent does not fit."
    };
    json!({ "description": what, "content": content })
}

/// Says of every object with named members that it has no others.
fn close(schema: &mut Value) {
    match schema {
        Value::Array(all) => all.iter_mut().for_each(close),
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.get("properties").is_some_and(Value::is_object)
                && !members.contains_key("additionalProperties")
            {
                members.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
        }
        _ => {}
    }
}
