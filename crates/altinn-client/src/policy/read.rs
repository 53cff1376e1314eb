//! Walking through the XML of a policy.

use super::{Category, Match, Policy, Rule};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

const XACML: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
const MINIMUM_LEVEL: &str = "urn:altinn:minimum-authenticationlevel";
const MINIMUM_LEVEL_ORG: &str = "urn:altinn:minimum-authenticationlevel-org";

pub(super) fn read(xml: &[u8]) -> Option<Policy> {
    let mut reader = NsReader::from_reader(xml);
    reader.config_mut().trim_text(true);
    let mut walk = Walk::default();
    let mut buffer = Vec::new();
    let mut has_elements = false;
    loop {
        let (namespace, event) = reader.read_resolved_event_into(&mut buffer).ok()?;
        let is_ours = matches!(&namespace, ResolveResult::Bound(name) if name.as_ref() == XACML);
        match event {
            Event::Start(element) if is_ours => {
                has_elements = true;
                walk.open(&element);
            }
            Event::Empty(element) if is_ours => {
                walk.open(&element);
                walk.close(element.local_name().as_ref());
            }
            Event::End(element) if is_ours => walk.close(element.local_name().as_ref()),
            Event::Text(text) => walk.text.push_str(text.trim()),
            Event::Eof => return has_elements.then_some(walk.policy),
            _ => {}
        }
        buffer.clear();
    }
}

/// Where in the policy the reader stands.
#[derive(Default)]
struct Walk {
    policy: Policy,
    rule: Option<Rule>,
    current: Match,
    text: String,
    value: String,
    category: String,
}

impl Walk {
    fn open(&mut self, element: &BytesStart<'_>) {
        match (element.local_name().as_ref(), &mut self.rule) {
            ("Rule", rule) => {
                *rule = Some(Rule {
                    is_permit: attribute(element, "Effect") == "Permit",
                    any_of: Vec::new(),
                });
            }
            ("AnyOf", Some(rule)) => rule.any_of.push(Vec::new()),
            ("AllOf", Some(rule)) => {
                if let Some(any_of) = rule.any_of.last_mut() {
                    any_of.push(Vec::new());
                }
            }
            ("Match", _) => {
                self.value.clear();
                self.current = Match {
                    ignores_case: attribute(element, "MatchId").ends_with("-ignore-case"),
                    ..Match::default()
                };
            }
            ("AttributeDesignator", _) => {
                self.current.attribute = attribute(element, "AttributeId");
                self.current.category = match attribute(element, "Category").as_str() {
                    SUBJECT => Category::Subject,
                    RESOURCE => Category::Resource,
                    ACTION => Category::Action,
                    _ => Category::Other,
                };
            }
            ("AttributeAssignmentExpression", _) => self.category = attribute(element, "Category"),
            _ => {}
        }
        self.text.clear();
    }

    fn close(&mut self, name: &str) {
        match name {
            "AttributeValue" => {
                self.value = std::mem::take(&mut self.text);
                match self.category.as_str() {
                    MINIMUM_LEVEL => self.policy.minimum_level = self.value.parse().ok(),
                    MINIMUM_LEVEL_ORG => {
                        self.policy.minimum_level_of_organisations = self.value.parse().ok();
                    }
                    _ => {}
                }
            }
            "Match" => {
                let found = Match {
                    value: std::mem::take(&mut self.value),
                    ..std::mem::take(&mut self.current)
                };
                let all_of = self
                    .rule
                    .as_mut()
                    .and_then(|rule| rule.any_of.last_mut())
                    .and_then(|any_of| any_of.last_mut());
                if let Some(all_of) = all_of {
                    all_of.push(found);
                }
            }
            "Rule" => self.policy.rules.extend(self.rule.take()),
            "AttributeAssignmentExpression" => self.category.clear(),
            _ => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    element
        .attributes()
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .map(|attribute| attribute.value.into_owned())
        .unwrap_or_default()
}
