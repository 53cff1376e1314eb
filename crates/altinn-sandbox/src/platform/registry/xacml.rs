//! Reads a policy as the registry's derived views do: every rule, whatever its effect (platform reference, sections 7.3, 7.4).

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use serde_json::{Value, json};

use super::policy::{ACTION, RESOURCE, SUBJECT};

const NAMESPACE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
/// A policy whose rules combine to more attributes than this is cut there: a short text can ask for any number.
const MOST_ATTRIBUTES: usize = 10_000;

/// An attribute and the value it must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Attribute {
    /// Its id, a URN.
    pub kind: String,
    /// The value, as written.
    pub value: String,
    category: String,
}

impl Attribute {
    /// `{"type", "value"}`.
    pub fn json(&self) -> Value {
        json!({ "type": self.kind, "value": self.value })
    }
}

/// One way to meet one rule.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Combination {
    /// Who: all of these.
    pub subject: Vec<Attribute>,
    /// What is done.
    pub action: Attribute,
    /// To what: all of these.
    pub resource: Vec<Attribute>,
}

/// One rule's target: of each inner list one element must hold, whole.
type Target = Vec<Vec<Vec<Attribute>>>;

/// Every combination that some rule names, in the order of the policy. What cannot be read is left out.
pub fn combinations(xml: &str) -> Vec<Combination> {
    let mut found = Vec::new();
    let mut left = MOST_ATTRIBUTES;
    for target in targets(xml) {
        let mut ways: Vec<Vec<&Attribute>> = vec![Vec::new()];
        for any_of in &target {
            let longer = ways.iter().flat_map(|way| {
                let add = |all| way.iter().copied().chain(all).collect();
                any_of.iter().map(move |all: &Vec<Attribute>| add(all))
            });
            ways = within(longer, left);
        }
        left = left.saturating_sub(ways.iter().map(Vec::len).sum());
        found.extend(ways.iter().filter_map(|way| combination(way)));
    }
    found
}

/// The first ways that have no more attributes together than this.
fn within<'a>(
    ways: impl Iterator<Item = Vec<&'a Attribute>>,
    most: usize,
) -> Vec<Vec<&'a Attribute>> {
    let mut size = 0;
    ways.take_while(|way| {
        size += way.len();
        size <= most
    })
    .collect()
}

fn combination(matches: &[&Attribute]) -> Option<Combination> {
    let of = |category: &str| -> Vec<Attribute> {
        let of_it = matches.iter().filter(|one| one.category == category);
        of_it.copied().cloned().collect()
    };
    let (subject, resource) = (of(SUBJECT), of(RESOURCE));
    let action = of(ACTION).into_iter().next()?;
    (!subject.is_empty()).then_some(Combination {
        subject,
        action,
        resource,
    })
}

/// Where the reader is.
#[derive(Default)]
struct Reading {
    targets: Vec<Target>,
    /// Whether the elements met now belong to a rule.
    in_rule: bool,
    in_value: bool,
    current: Attribute,
}

fn targets(xml: &str) -> Vec<Target> {
    let mut reader = NsReader::from_str(xml);
    let mut reading = Reading::default();
    loop {
        let Ok((namespace, event)) = reader.read_resolved_event() else {
            return reading.targets;
        };
        let is_ours =
            matches!(namespace, ResolveResult::Bound(namespace) if namespace.0 == NAMESPACE);
        match event {
            Event::Start(element) if is_ours => reading.begins(&element),
            Event::Empty(element) if is_ours => {
                reading.begins(&element);
                reading.ends(element.local_name().as_ref());
            }
            Event::End(element) if is_ours => reading.ends(element.local_name().as_ref()),
            Event::Text(text) if reading.in_value => {
                reading.current.value.push_str(&text.xml10_content());
            }
            Event::GeneralRef(reference) if reading.in_value => {
                let letter = match &*reference.xml10_content() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "quot" => Some('"'),
                    "apos" => Some('\''),
                    _ => reference.resolve_char_ref().ok().flatten(),
                };
                reading.current.value.extend(letter);
            }
            Event::Eof => return reading.targets,
            _ => {}
        }
    }
}

impl Reading {
    fn begins(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "Rule" => {
                self.in_rule = true;
                self.targets.push(Target::new());
            }
            "AnyOf" if self.in_rule => {
                if let Some(target) = self.targets.last_mut() {
                    target.push(Vec::new());
                }
            }
            "AllOf" if self.in_rule => {
                if let Some(any_of) = self.any_of() {
                    any_of.push(Vec::new());
                }
            }
            "Match" => self.current = Attribute::default(),
            "AttributeValue" => self.in_value = self.in_rule,
            "AttributeDesignator" => {
                for attribute in element.attributes().flatten() {
                    let Ok(value) = attribute.normalized_value(XmlVersion::Implicit1_0) else {
                        continue;
                    };
                    match attribute.key.as_ref() {
                        "AttributeId" => self.current.kind = value.into_owned(),
                        "Category" => self.current.category = value.into_owned(),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn ends(&mut self, name: &str) {
        match name {
            "Rule" => self.in_rule = false,
            "AttributeValue" => self.in_value = false,
            "Match" if self.in_rule => {
                let mut complete = std::mem::take(&mut self.current);
                complete.value = complete.value.trim().to_owned();
                if let Some(all_of) = self.any_of().and_then(|any_of| any_of.last_mut()) {
                    all_of.push(complete);
                }
            }
            _ => {}
        }
    }

    fn any_of(&mut self) -> Option<&mut Vec<Vec<Attribute>>> {
        self.targets.last_mut()?.last_mut()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::combinations;

    proptest! {
        #[test]
        fn no_text_breaks_the_reader(text in "[<>/&;:=\" a-zA-Z#0-9]{0,200}") {
            let _ = combinations(&text);
            let _ = combinations(&format!("<x:Policy xmlns:x=\"{}\"><x:Rule>{text}", super::NAMESPACE));
        }
    }

    #[test]
    fn a_rule_of_very_many_combinations_is_cut() {
        let one = "<AllOf><Match><AttributeValue>a</AttributeValue></Match></AllOf>".repeat(200);
        let any = format!("<AnyOf>{one}</AnyOf>").repeat(5);
        let xml = format!(
            "<Policy xmlns=\"{}\"><Rule>{any}</Rule></Policy>",
            super::NAMESPACE
        );
        assert!(
            combinations(&xml).len() <= super::MOST_ATTRIBUTES,
            "it ends"
        );
    }
}
