//! Multipart initialise: form names to a model, parts named `attachments` to files (Correspondence reference, section 8.1).

use axum::body::Body;
use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};

use crate::problem::{Outcome, Problem};
use crate::upload::{Arrived, Arriving};

/// Most values one form can have; the framework's own limit.
const MOST_VALUES: usize = 1024;
/// Longest text value, in bytes; the framework's own limit.
const LONGEST_VALUE: usize = 4 * 1024 * 1024;
/// Deeper names than any the model has are unknown names.
const DEEPEST_NAME: usize = 12;

/// A file that came with the call.
#[derive(Debug)]
pub struct SentFile {
    /// The part's `filename`.
    pub name: String,
    /// Its bytes.
    pub content: Arrived,
}

/// Reads a form into what looks like the JSON model, and its files.
///
/// # Errors
/// When the form breaks off or exceeds the framework's limits.
pub async fn read(headers: &HeaderMap, body: Body) -> Outcome<(Value, Vec<SentFile>)> {
    let broken = || Problem::invalid("", "The form could not be read.");
    let boundary = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|kind| multer::parse_boundary(kind).ok());
    let Some(boundary) = boundary else {
        return Ok((Value::Object(Map::new()), Vec::new()));
    };
    let mut parts = multer::Multipart::new(body.into_data_stream(), boundary);
    let (mut values, mut files) = (Vec::new(), Vec::new());
    while let Some(mut part) = parts.next_field().await.map_err(|_| broken())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        if let Some(file_name) = file_name {
            let mut arriving = Arriving::default();
            while let Some(piece) = part.chunk().await.map_err(|_| broken())? {
                arriving.push(piece);
            }
            if name.eq_ignore_ascii_case("attachments") {
                files.push(SentFile {
                    name: file_name,
                    content: arriving.finish(),
                });
            }
            continue;
        }
        let mut bytes = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(|_| broken())? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > LONGEST_VALUE {
                return Err(Problem::invalid(name, "The value is too long for a form."));
            }
        }
        values.push((name, String::from_utf8_lossy(&bytes).into_owned()));
        if values.len() > MOST_VALUES {
            return Err(Problem::invalid("", "The form has too many values."));
        }
    }
    Ok((tree(values), files))
}

/// One name of the form, with what hangs on it.
#[derive(Debug, Default)]
struct Branch {
    values: Vec<String>,
    children: Vec<(String, Branch)>,
}

/// Builds the model's shape out of dotted and indexed names.
fn tree(values: Vec<(String, String)>) -> Value {
    let prefixed = values.iter().any(|(name, _)| strip_prefix(name).is_some());
    let mut root = Branch::default();
    for (name, value) in values {
        let name = if prefixed {
            strip_prefix(&name)
        } else {
            Some(name.as_str())
        };
        if let Some(steps) = name.and_then(steps) {
            root.put(&steps, value);
        }
    }
    match root.into_value() {
        object @ Value::Object(_) => object,
        _ => Value::Object(Map::new()),
    }
}

fn strip_prefix(name: &str) -> Option<&str> {
    let (prefix, rest) = name.split_once('.')?;
    prefix.eq_ignore_ascii_case("request").then_some(rest)
}

/// `A.B[0].C` and `A[b]` as steps; `None` for names no model has.
fn steps(name: &str) -> Option<Vec<&str>> {
    let steps: Vec<&str> = name
        .split(['.', '['])
        .map(|step| step.strip_suffix(']').unwrap_or(step))
        .collect();
    (steps.len() <= DEEPEST_NAME && steps.iter().all(|step| !step.is_empty())).then_some(steps)
}

impl Branch {
    fn put(&mut self, steps: &[&str], value: String) {
        let Some((step, rest)) = steps.split_first() else {
            self.values.push(value);
            return;
        };
        let position = self
            .children
            .iter()
            .position(|(name, _)| name.eq_ignore_ascii_case(step))
            .unwrap_or_else(|| {
                self.children.push(((*step).to_owned(), Self::default()));
                self.children.len().saturating_sub(1)
            });
        if let Some((_, child)) = self.children.get_mut(position) {
            child.put(rest, value);
        }
    }

    /// Lists are names with an index from 0 on, without gaps: what follows a gap vanishes. Empty texts bind as null.
    fn into_value(mut self) -> Value {
        if self.children.is_empty() {
            let mut texts: Vec<Value> = self.values.into_iter().map(text_or_null).collect();
            return match texts.len() {
                0 => Value::Null,
                1 => texts.pop().unwrap_or_default(),
                _ => Value::Array(texts),
            };
        }
        if self.children.iter().any(|(name, _)| name == "0") {
            let mut elements = Vec::new();
            while let Some(at) = self
                .children
                .iter()
                .position(|(name, _)| *name == elements.len().to_string())
            {
                elements.push(self.children.swap_remove(at).1.into_value());
            }
            return Value::Array(elements);
        }
        Value::Object(
            self.children
                .into_iter()
                .map(|(name, branch)| (name, branch.into_value()))
                .collect(),
        )
    }
}

fn text_or_null(text: String) -> Value {
    if text.is_empty() {
        Value::Null
    } else {
        Value::String(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form(values: &[(&str, &str)]) -> Value {
        tree(
            values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn section_8_1_names_build_the_model() {
        let value = form(&[
            ("Recipients[0]", "a"),
            ("recipients[1]", "b"),
            ("Correspondence.Content.MessageTitle", "T"),
            ("Correspondence.PropertyList.one", "1"),
            ("Correspondence.PropertyList[two]", "2"),
            ("Correspondence.Content.Attachments[0].FileName", "x.txt"),
            ("Correspondence.MessageSender", ""),
        ]);
        let expected = json!({
            "Recipients": ["a", "b"],
            "Correspondence": {
                "Content": { "MessageTitle": "T", "Attachments": [{ "FileName": "x.txt" }] },
                "PropertyList": { "one": "1", "two": "2" },
                "MessageSender": null,
            },
        });
        assert_eq!(
            value, expected,
            "dots are members, brackets are elements or names, empty is null"
        );
    }

    #[test]
    fn section_8_1_the_prefix_is_for_all_or_none() {
        let value = form(&[("request.Recipients[0]", "a"), ("Recipients[1]", "b")]);
        assert_eq!(
            value,
            json!({ "Recipients": ["a"] }),
            "once prefixed, names without the prefix are unknown"
        );
    }

    #[test]
    fn section_8_1_a_gap_ends_a_list() {
        assert_eq!(
            form(&[("R[0]", "a"), ("R[2]", "c")]),
            json!({ "R": ["a"] }),
            "what follows a gap vanishes"
        );
    }

    #[test]
    fn absurd_names_are_unknown_names() {
        let deep = "a.".repeat(100_000);
        assert_eq!(
            form(&[(&deep, "x"), ("[", "y"), ("", "z")]),
            json!({}),
            "they neither nest nor panic"
        );
    }
}
