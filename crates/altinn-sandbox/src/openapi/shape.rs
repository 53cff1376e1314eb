//! The shape of a request's model, noted down by the very code that reads it: a description that is made by reading cannot
//! name a member that is not read, nor leave one out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// What a reader has noted.
#[derive(Debug, Default)]
pub struct Shape {
    /// Members by the path of the object they belong to.
    objects: BTreeMap<String, Vec<Member>>,
}

#[derive(Debug)]
struct Member {
    name: String,
    key: String,
    is_required: bool,
    kind: Kind,
}

/// What a member holds.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A value of this schema, in a JSON body.
    Value(Value),
    /// An object, whose members are noted under its own path.
    Object,
    /// A list of objects, noted under the path of the first.
    Objects,
}

impl Shape {
    /// Notes a member of the object at a JSON path; `key` is its name in a form.
    pub fn note(&mut self, at: &str, name: &str, key: String, is_required: bool, kind: Kind) {
        self.objects.entry(at.to_owned()).or_default().push(Member {
            name: name.to_owned(),
            key,
            is_required,
            kind,
        });
    }

    /// Adds bounds to a member that was noted: members of `bounds` go into its schema, those of `items` into its elements'.
    pub fn bound(&mut self, at: &str, name: &str, bounds: &Value) {
        let members = self.objects.get_mut(at).map(Vec::as_mut_slice);
        let member = members
            .unwrap_or_default()
            .iter_mut()
            .rfind(|member| member.name == name);
        if let Some(Member {
            kind: Kind::Value(schema),
            ..
        }) = member
        {
            merge(schema, bounds);
        }
    }

    /// The schema of the JSON body.
    #[must_use]
    pub fn schema(&self) -> Value {
        self.object("$")
    }

    /// The members as query parameters.
    #[must_use]
    pub fn parameters(&self) -> Vec<Value> {
        let members = self.objects.values().flatten();
        members
            .filter_map(|member| match &member.kind {
                Kind::Value(schema) => Some(json!({
                    "name": member.name, "in": "query", "required": member.is_required, "schema": schema,
                })),
                Kind::Object | Kind::Objects => None,
            })
            .collect()
    }

    fn object(&self, at: &str) -> Value {
        let members = self.objects.get(at).map(Vec::as_slice).unwrap_or_default();
        let mut properties = Map::new();
        for member in members {
            let path = format!("{at}.{}", member.name);
            let schema = match &member.kind {
                Kind::Value(schema) => nullable(schema.clone(), member.is_required),
                Kind::Object => nullable(self.object(&path), member.is_required),
                Kind::Objects => nullable(
                    json!({ "type": "array", "items": self.object(&format!("{path}[0]")) }),
                    member.is_required,
                ),
            };
            properties.insert(member.name.clone(), schema);
        }
        let required: Vec<&str> = members
            .iter()
            .filter(|member| member.is_required)
            .map(|member| member.name.as_str())
            .collect();
        json!({ "type": "object", "properties": properties, "required": required })
    }

    /// The schema of the form with the same members: dotted names, the first element of each list, everything as text.
    #[must_use]
    pub fn form(&self) -> Value {
        let mut properties = Map::new();
        for member in self.objects.values().flatten() {
            if let Kind::Value(schema) = &member.kind {
                let inner = |name: &str| schema.get(name);
                let (name, schema) = match (inner("items"), inner("additionalProperties")) {
                    (Some(items), _) => (format!("{}[0]", member.key), items),
                    (None, Some(values)) => (format!("{}[name]", member.key), values),
                    (None, None) => (member.key.clone(), schema),
                };
                properties.insert(name, as_text(schema));
            }
        }
        properties.insert(
            "attachments".to_owned(),
            json!({ "type": "array", "items": { "type": "string", "contentMediaType": "application/octet-stream" } }),
        );
        json!({ "type": "object", "properties": properties })
    }
}

fn merge(schema: &mut Value, bounds: &Value) {
    let (Some(schema), Some(bounds)) = (schema.as_object_mut(), bounds.as_object()) else {
        return;
    };
    for (name, bound) in bounds {
        match schema.get_mut(name) {
            Some(inner @ Value::Object(_)) => merge(inner, bound),
            _ => {
                schema.insert(name.clone(), bound.clone());
            }
        }
    }
}

/// Null counts as left out.
fn nullable(mut schema: Value, is_required: bool) -> Value {
    if is_required {
        return schema;
    }
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
    }
    if let Some(names) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        names.push(Value::Null);
    }
    schema
}

fn as_text(schema: &Value) -> Value {
    let mut schema = schema.clone();
    if schema.get("type") == Some(&json!("boolean")) {
        return json!({ "type": "string", "enum": ["true", "false"] });
    }
    if let Some(kind) = schema.get_mut("type") {
        *kind = json!("string");
    }
    schema
}
