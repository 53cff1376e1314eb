//! What a service's policy says about sending (Platform reference, section 7.3). The XML is the authoritative form:
//! the derived views ignore whether a rule permits or denies.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;
use std::collections::BTreeSet;

const XACML: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const ACCESS_PACKAGE: &str = "urn:altinn:accesspackage";
const MINIMUM_LEVEL: &str = "urn:altinn:minimum-authenticationlevel";
const CONFIDENTIAL: &str = "post-til-virksomheten-med-taushetsbelagt-innhold";
const EXPLICIT: &str = "eksplisitt";

/// The parts of a policy that decide how a letter may be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Access packages that some rule permits something, in lower case.
    pub access_packages: BTreeSet<String>,
    /// Login level the recipient needs; none where the policy names none.
    pub minimum_level: Option<u8>,
}

impl Policy {
    /// Every letter must be marked confidential (Correspondence reference, section 14; error 1060).
    pub fn demands_confidential(&self) -> bool {
        self.access_packages.contains(CONFIDENTIAL)
    }

    /// Letters may be marked confidential (else error 1061).
    pub fn allows_confidential(&self) -> bool {
        self.demands_confidential() || self.access_packages.contains(EXPLICIT)
    }

    /// Reads XACML 3.0, by namespace and never by prefix; none when it is not XML.
    pub fn read(xml: &[u8]) -> Option<Self> {
        let mut reader = NsReader::from_reader(xml);
        reader.config_mut().trim_text(true);
        let mut walk = Walk::default();
        let mut buffer = Vec::new();
        let mut has_elements = false;
        loop {
            let (namespace, event) = reader.read_resolved_event_into(&mut buffer).ok()?;
            let is_ours =
                matches!(&namespace, ResolveResult::Bound(name) if name.as_ref() == XACML);
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
                Event::Text(text) => walk.text = text.trim().to_owned(),
                Event::Eof => return has_elements.then_some(walk.policy),
                _ => {}
            }
            buffer.clear();
        }
    }
}

/// Where in the policy the reader stands.
#[derive(Default)]
struct Walk {
    policy: Policy,
    is_permit: bool,
    text: String,
    value: String,
    attribute: String,
    category: String,
}

impl Walk {
    fn open(&mut self, element: &BytesStart<'_>) {
        match element.local_name().as_ref() {
            "Rule" => self.is_permit = attribute(element, "Effect") == "Permit",
            "Match" => {
                self.value.clear();
                self.attribute.clear();
            }
            "AttributeDesignator" => self.attribute = attribute(element, "AttributeId"),
            "AttributeAssignmentExpression" => self.category = attribute(element, "Category"),
            _ => {}
        }
        self.text.clear();
    }

    fn close(&mut self, name: &str) {
        match name {
            "AttributeValue" => {
                self.value = std::mem::take(&mut self.text);
                if self.category == MINIMUM_LEVEL {
                    self.policy.minimum_level = self.value.parse().ok();
                }
            }
            "Match" if self.is_permit && self.attribute == ACCESS_PACKAGE => {
                self.policy
                    .access_packages
                    .insert(self.value.to_lowercase());
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(effect: &str, package: &str) -> String {
        format!(
            r#"<x:Policy xmlns:x="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17">
                 <x:Rule Effect="{effect}"><x:Target><x:AnyOf><x:AllOf><x:Match MatchId="m">
                   <x:AttributeValue DataType="s">{package}</x:AttributeValue>
                   <x:AttributeDesignator AttributeId="urn:altinn:accesspackage" Category="c" />
                 </x:Match></x:AllOf></x:AnyOf></x:Target></x:Rule>
                 <x:ObligationExpressions><x:ObligationExpression FulfillOn="Permit">
                   <x:AttributeAssignmentExpression AttributeId="a" Category="urn:altinn:minimum-authenticationlevel">
                     <x:AttributeValue DataType="i">3</x:AttributeValue>
                   </x:AttributeAssignmentExpression>
                 </x:ObligationExpression></x:ObligationExpressions>
               </x:Policy>"#
        )
    }

    #[test]
    fn packages_and_level_are_found_under_any_prefix() {
        let policy = Policy::read(
            policy("Permit", "Post-til-virksomheten-med-taushetsbelagt-innhold").as_bytes(),
        )
        .unwrap();
        assert!(
            policy.demands_confidential(),
            "the package makes the service confidential, whatever its case"
        );
        assert_eq!(
            policy.minimum_level,
            Some(3),
            "the obligation names the level"
        );
    }

    #[test]
    fn a_denied_package_is_no_package() {
        let policy = Policy::read(policy("Deny", "eksplisitt").as_bytes()).unwrap();
        assert!(
            !policy.allows_confidential(),
            "a rule that denies gives nothing"
        );
    }

    #[test]
    fn what_is_no_policy_is_told_apart_from_an_empty_one() {
        assert_eq!(Policy::read(b"<html>"), None, "an error page is no policy");
        assert_eq!(Policy::read(b""), None, "nothing is no policy");
    }
}
