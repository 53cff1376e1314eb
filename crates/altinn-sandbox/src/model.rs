//! Reading a model the way the service's framework binds it: from JSON or from form fields, with the same rules behind.
//!
//! JSON that does not fit stops at once, with a JSON path as key; form values that do not fit are complained about together
//! with the attributes (Correspondence reference, sections 2.1, 3.2 and 8.1).

mod scalar;

pub use scalar::{choice_of, guid_of, lenient_time, strict_time, time_text, utf16_len};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::openapi::shape::{Kind, Shape};
use crate::problem::{Complaint, Outcome, Problem};

/// Where the model comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// A JSON body; the name is that of the action's parameter, which a parse failure complains about too.
    Json(&'static str),
    /// Form fields.
    Form,
    /// Nothing: the reader is asked what it would read.
    Nowhere,
}

/// Reads a model and gathers what is wrong with it.
#[derive(Debug)]
pub struct Reading {
    source: Source,
    complaints: Vec<Complaint>,
    shape: Shape,
}

/// An object of the model, with its place in it.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    members: &'a Map<String, Value>,
    json: String,
    model: String,
}

/// Whether a member must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Its absence fails a JSON body as a whole, its being null is complained about.
    Key,
    /// May be left out, but its being null is complained about.
    NotNull,
    /// May be left out; null counts as left out.
    Optional,
}

impl Reading {
    /// Starts reading.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            source,
            complaints: Vec::new(),
            shape: Shape::default(),
        }
    }

    /// What a reader reads: its members, their kinds and bounds.
    ///
    /// # Errors
    /// Never: what is not there cannot be wrong.
    pub fn shape_of<T>(read: impl FnOnce(&mut Self, &Node<'_>) -> Outcome<T>) -> Outcome<Shape> {
        let mut reading = Self::new(Source::Nowhere);
        let nothing = Value::Object(Map::new());
        let root = reading.root(&nothing)?;
        read(&mut reading, &root)?;
        Ok(reading.shape)
    }

    /// Tells of bounds of a member, for the description of the model; the reader checks them itself.
    pub fn bound(&mut self, node: &Node<'_>, name: &str, bounds: impl FnOnce() -> Value) {
        if self.source == Source::Nowhere {
            self.shape.bound(&node.json, name, &bounds());
        }
    }

    /// The root object.
    ///
    /// # Errors
    /// When a JSON body is not an object.
    pub fn root<'a>(&self, value: &'a Value) -> Outcome<Node<'a>> {
        let members = value.as_object().ok_or_else(|| self.unfit("$"))?;
        Ok(Node {
            members,
            json: "$".to_owned(),
            model: String::new(),
        })
    }

    /// Notes that an attribute is not satisfied.
    pub fn complain(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.complaints.push(Complaint {
            key: key.into(),
            message: message.into(),
        });
    }

    /// Whether form fields are being read.
    #[must_use]
    pub fn is_form(&self) -> bool {
        self.source == Source::Form
    }

    /// Ends reading.
    ///
    /// # Errors
    /// With everything that was complained about.
    pub fn finish(self) -> Outcome<()> {
        if self.complaints.is_empty() {
            Ok(())
        } else {
            Err(Problem::Validation(self.complaints))
        }
    }

    /// A JSON parse failure at a path.
    fn unfit(&self, path: &str) -> Problem {
        let mut complaints = vec![Complaint {
            key: path.to_owned(),
            message: "The JSON value could not be read as what belongs here.".to_owned(),
        }];
        if let Source::Json(parameter) = self.source {
            complaints.push(Complaint {
                key: parameter.to_owned(),
                message: format!("The {parameter} field is required."),
            });
        }
        Problem::Validation(complaints)
    }

    /// A value of the wrong kind: the end for JSON, a complaint for a form.
    fn misfit<T>(&mut self, json: &str, model: &str) -> Outcome<Option<T>> {
        match self.source {
            Source::Json(_) => Err(self.unfit(json)),
            Source::Form | Source::Nowhere => {
                self.complain(model, "The value is not valid here.");
                Ok(None)
            }
        }
    }
}

/// The answer to a body that is not JSON at all, or none.
#[must_use]
pub fn not_json(parameter: &'static str) -> Problem {
    Reading::new(Source::Json(parameter)).unfit("$")
}

impl<'a> Node<'a> {
    /// The key of a member in complaints.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        let mut letters = name.chars();
        let pascal: String = letters
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(letters)
            .collect();
        if self.model.is_empty() {
            pascal
        } else {
            format!("{}.{pascal}", self.model)
        }
    }

    fn path(&self, name: &str) -> String {
        format!("{}.{name}", self.json)
    }

    /// A node below this one that nothing was sent for.
    fn child(&self, path: &str, name: &str) -> Self {
        Self {
            members: self.members,
            json: format!("{}{path}", self.json),
            model: self.key(name),
        }
    }

    /// A member by name in any case; null is `None`. `kind` is told to whoever asks what is read.
    fn value(
        &self,
        reading: &mut Reading,
        name: &str,
        need: Need,
        kind: impl FnOnce() -> Kind,
    ) -> Outcome<Option<&'a Value>> {
        if reading.source == Source::Nowhere {
            let is_required = need == Need::Key;
            let key = self.key(name);
            reading
                .shape
                .note(&self.json, name, key, is_required, kind());
            return Ok(None);
        }
        let found = self
            .members
            .iter()
            .rev()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value);
        match found {
            None if need == Need::Key && !reading.is_form() => Err(reading.unfit("$")),
            None | Some(Value::Null) => {
                if need == Need::Key || (need == Need::NotNull && found.is_some()) {
                    reading.complain(self.key(name), format!("The {name} field is required."));
                }
                Ok(None)
            }
            Some(value) => Ok(Some(value)),
        }
    }

    /// A text member.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn text(&self, reading: &mut Reading, name: &str, need: Need) -> Outcome<Option<String>> {
        match self.value(reading, name, need, || schema("string"))? {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => reading.misfit(&self.path(name), &self.key(name)),
        }
    }

    /// A boolean member, false when it is left out.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn flag(&self, reading: &mut Reading, name: &str, need: Need) -> Outcome<bool> {
        Ok(self.optional_flag(reading, name, need)?.unwrap_or(false))
    }

    fn optional_flag(
        &self,
        reading: &mut Reading,
        name: &str,
        need: Need,
    ) -> Outcome<Option<bool>> {
        match self.value(reading, name, need, || schema("boolean"))? {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if reading.is_form() && text.eq_ignore_ascii_case("true") => {
                Ok(Some(true))
            }
            Some(Value::String(text))
                if reading.is_form() && text.eq_ignore_ascii_case("false") =>
            {
                Ok(Some(false))
            }
            Some(_) => reading.misfit(&self.path(name), &self.key(name)),
        }
    }

    /// A whole number, possibly sent as text.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn number(&self, reading: &mut Reading, name: &str) -> Outcome<Option<i64>> {
        let number = match self.value(reading, name, Need::Optional, || schema("integer"))? {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        match number.filter(|number| i32::try_from(*number).is_ok()) {
            Some(number) => Ok(Some(number)),
            None => reading.misfit(&self.path(name), &self.key(name)),
        }
    }

    /// A GUID; JSON takes the hyphenated form only.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn guid(&self, reading: &mut Reading, name: &str) -> Outcome<Option<Uuid>> {
        match self.value(reading, name, Need::Optional, || formatted("uuid"))? {
            None => Ok(None),
            Some(Value::String(text)) => match guid_of(text, reading.is_form()) {
                Some(guid) => Ok(Some(guid)),
                None => reading.misfit(&self.path(name), &self.key(name)),
            },
            Some(_) => reading.misfit(&self.path(name), &self.key(name)),
        }
    }

    /// A point in time, in UTC.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn time(&self, reading: &mut Reading, name: &str) -> Outcome<Option<DateTime<Utc>>> {
        let time = match self.value(reading, name, Need::Optional, || formatted("date-time"))? {
            None => return Ok(None),
            Some(Value::String(text)) if reading.is_form() => lenient_time(text),
            Some(Value::String(text)) => strict_time(text),
            Some(_) => None,
        };
        match time {
            Some(time) => Ok(Some(time)),
            None => reading.misfit(&self.path(name), &self.key(name)),
        }
    }

    /// An enum member: its number, which need not be defined when it was sent as a number.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn choice(
        &self,
        reading: &mut Reading,
        name: &str,
        names: &[&str],
        need: Need,
    ) -> Outcome<Option<i64>> {
        let number = match self.value(reading, name, need, || one_of(names))? {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => choice_of(text, names),
            Some(_) => None,
        };
        match number.filter(|number| i32::try_from(*number).is_ok()) {
            Some(number) => Ok(Some(number)),
            None => reading.misfit(&self.path(name), &self.key(name)),
        }
    }

    /// A member that is an object.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn object(
        &self,
        reading: &mut Reading,
        name: &str,
        need: Need,
    ) -> Outcome<Option<Node<'a>>> {
        match self.value(reading, name, need, || Kind::Object)? {
            None if reading.source == Source::Nowhere => {
                Ok(Some(self.child(&format!(".{name}"), name)))
            }
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Node {
                members,
                json: self.path(name),
                model: self.key(name),
            })),
            Some(_) => reading.misfit(&self.path(name), &self.key(name)),
        }
    }

    /// A member that is a list of objects. Form fields without an index 0 are no list, and vanish.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn objects(&self, reading: &mut Reading, name: &str, need: Need) -> Outcome<Vec<Node<'a>>> {
        let Some(elements) = self.elements(reading, name, need, || Kind::Objects)? else {
            return Ok(match reading.source {
                Source::Nowhere => vec![self.child(&format!(".{name}[0]"), &format!("{name}[0]"))],
                _ => Vec::new(),
            });
        };
        let mut nodes = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            let (json, model) = (
                format!("{}[{index}]", self.path(name)),
                format!("{}[{index}]", self.key(name)),
            );
            match element {
                Value::Object(members) => nodes.push(Node {
                    members,
                    json,
                    model,
                }),
                _ => {
                    reading.misfit::<()>(&json, &model)?;
                }
            }
        }
        Ok(nodes)
    }

    /// A member that is a list of texts; a null element is `None`.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn texts(
        &self,
        reading: &mut Reading,
        name: &str,
        need: Need,
    ) -> Outcome<Option<Vec<Option<String>>>> {
        let Some(elements) =
            self.elements(reading, name, need, || list_of(json!({ "type": "string" })))?
        else {
            return Ok(None);
        };
        let mut texts = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            match element {
                Value::String(text) => texts.push(Some(text.clone())),
                Value::Null => texts.push(None),
                _ => {
                    let (json, model) = (
                        format!("{}[{index}]", self.path(name)),
                        format!("{}[{index}]", self.key(name)),
                    );
                    texts.push(reading.misfit(&json, &model)?);
                }
            }
        }
        Ok(Some(texts))
    }

    /// A member that is a list of GUIDs.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn guids(&self, reading: &mut Reading, name: &str) -> Outcome<Vec<Uuid>> {
        let texts = self
            .texts(reading, name, Need::NotNull)?
            .unwrap_or_default();
        reading.bound(self, name, || json!({ "items": { "format": "uuid" } }));
        let mut guids = Vec::with_capacity(texts.len());
        for (index, text) in texts.into_iter().enumerate() {
            let guid = text
                .as_deref()
                .and_then(|text| guid_of(text, reading.is_form()));
            match guid {
                Some(guid) => guids.push(guid),
                None => {
                    let (json, model) = (
                        format!("{}[{index}]", self.path(name)),
                        format!("{}[{index}]", self.key(name)),
                    );
                    reading.misfit::<()>(&json, &model)?;
                }
            }
        }
        Ok(guids)
    }

    /// A member that is an object of texts, in the order of their names; a null value is `None`.
    ///
    /// # Errors
    /// When a JSON body has something else there.
    pub fn dictionary(
        &self,
        reading: &mut Reading,
        name: &str,
    ) -> Outcome<Vec<(String, Option<String>)>> {
        if reading.source == Source::Nowhere {
            self.value(reading, name, Need::NotNull, dictionary)?;
            return Ok(Vec::new());
        }
        let Some(node) = self.object(reading, name, Need::NotNull)? else {
            return Ok(Vec::new());
        };
        let mut entries = Vec::with_capacity(node.members.len());
        for (key, value) in node.members {
            match value {
                Value::String(text) => entries.push((key.clone(), Some(text.clone()))),
                Value::Null => entries.push((key.clone(), None)),
                _ => {
                    reading.misfit::<()>(&node.path(key), &node.key(key))?;
                }
            }
        }
        Ok(entries)
    }

    fn elements(
        &self,
        reading: &mut Reading,
        name: &str,
        need: Need,
        kind: impl FnOnce() -> Kind,
    ) -> Outcome<Option<Vec<&'a Value>>> {
        match self.value(reading, name, need, kind)? {
            None => Ok(None),
            Some(Value::Array(elements)) => Ok(Some(elements.iter().collect())),
            Some(single @ Value::String(_)) if reading.is_form() => Ok(Some(vec![single])),
            Some(Value::Object(_)) if reading.is_form() => Ok(Some(Vec::new())),
            Some(_) => reading.misfit(&self.path(name), &self.key(name)),
        }
    }
}

fn schema(kind: &str) -> Kind {
    Kind::Value(json!({ "type": kind }))
}

fn formatted(format: &str) -> Kind {
    Kind::Value(json!({ "type": "string", "format": format }))
}

fn one_of(names: &[&str]) -> Kind {
    Kind::Value(json!({ "type": "string", "enum": names }))
}

fn list_of(items: Value) -> Kind {
    Kind::Value(json!({ "type": "array", "items": items }))
}

fn dictionary() -> Kind {
    Kind::Value(json!({ "type": "object", "additionalProperties": { "type": "string" } }))
}
