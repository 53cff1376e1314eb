//! Policies as Studio writes them, and worse (Platform reference, sections 7.3 and 7.6).

use super::*;
use proptest::prelude::*;

const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const RESOURCE_CATEGORY: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";

fn all_of(category: &str, attribute: &str, value: &str) -> String {
    format!(
        r#"<x:AllOf><x:Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">
             <x:AttributeValue DataType="s">{value}</x:AttributeValue>
             <x:AttributeDesignator AttributeId="{attribute}" Category="{category}" />
           </x:Match></x:AllOf>"#
    )
}

fn rule(effect: &str, subjects: &[(&str, &str)], actions: &[&str]) -> String {
    let subjects: String = subjects
        .iter()
        .map(|(attribute, value)| all_of(SUBJECT, attribute, value))
        .collect();
    let actions: String = actions
        .iter()
        .map(|action| {
            all_of(
                ACTION,
                "urn:oasis:names:tc:xacml:1.0:action:action-id",
                action,
            )
        })
        .collect();
    let resource = all_of(RESOURCE_CATEGORY, "urn:altinn:resource", "letters");
    format!(
        r#"<x:Rule Effect="{effect}"><x:Target><x:AnyOf>{subjects}</x:AnyOf><x:AnyOf>{resource}</x:AnyOf>
             <x:AnyOf>{actions}</x:AnyOf></x:Target></x:Rule>"#
    )
}

fn policy(rules: &[String]) -> String {
    format!(
        r#"<x:Policy xmlns:x="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17">{}
             <x:ObligationExpressions><x:ObligationExpression FulfillOn="Permit">
               <x:AttributeAssignmentExpression AttributeId="a" Category="urn:altinn:minimum-authenticationlevel">
                 <x:AttributeValue DataType="i">3</x:AttributeValue>
               </x:AttributeAssignmentExpression>
               <x:AttributeAssignmentExpression AttributeId="b" Category="urn:altinn:minimum-authenticationlevel-org">
                 <x:AttributeValue DataType="i">2</x:AttributeValue>
               </x:AttributeAssignmentExpression>
             </x:ObligationExpression></x:ObligationExpressions>
           </x:Policy>"#,
        rules.concat()
    )
}

fn package(effect: &str, package: &str) -> Policy {
    let rule = rule(effect, &[("urn:altinn:accesspackage", package)], &["read"]);
    Policy::read(policy(&[rule]).as_bytes()).unwrap()
}

fn subject(kind: &str, value: &str) -> Subject {
    [Attribute {
        kind: kind.to_owned(),
        value: value.to_owned(),
    }]
    .into()
}

#[test]
fn packages_and_levels_are_found_under_any_prefix() {
    let policy = package("Permit", "Post-til-virksomheten-med-taushetsbelagt-innhold");
    assert!(
        policy.demands_confidential(),
        "the package makes the service confidential, whatever its case"
    );
    assert_eq!(
        policy.minimum_level,
        Some(3),
        "the obligation names the level"
    );
    assert_eq!(
        policy.minimum_level_of_organisations,
        Some(2),
        "and that of organisations"
    );
}

#[test]
fn a_denied_package_is_no_package() {
    let policy = package("Deny", "eksplisitt");
    assert!(
        !policy.allows_confidential(),
        "a rule that denies gives nothing"
    );
}

#[test]
fn what_is_denied_is_not_permitted() {
    let xml = policy(&[
        rule(
            "Permit",
            &[
                ("urn:altinn:rolecode", "DAGL"),
                ("urn:altinn:accesspackage", "post"),
            ],
            &["read", "write"],
        ),
        rule("Deny", &[("urn:altinn:rolecode", "dagl")], &["write"]),
    ]);
    let policy = Policy::read(xml.as_bytes()).unwrap();
    let (role, post) = (
        subject("urn:altinn:rolecode", "dagl"),
        subject("urn:altinn:accesspackage", "post"),
    );
    assert_eq!(
        policy.permitted("letters", "read"),
        [role, post.clone()].into(),
        "both may read"
    );
    assert_eq!(
        policy.permitted("letters", "write"),
        [post].into(),
        "the derived views would hide this denial"
    );
    assert!(
        policy.permitted("letters", "subscribe").is_empty(),
        "nobody may subscribe"
    );
    assert!(
        policy.permitted("others", "read").is_empty(),
        "the rules name one resource"
    );
}

#[test]
fn case_counts_where_the_rule_says_so() {
    let exact = policy(&[rule("Permit", &[("urn:altinn:org", "ttd")], &["Read"])])
        .replace("-ignore-case", "");
    let policy = Policy::read(exact.as_bytes()).unwrap();
    assert!(
        policy.permitted("letters", "read").is_empty(),
        "string-equal does not fold"
    );
    assert_eq!(
        policy.permitted("letters", "Read").len(),
        1,
        "as it is written"
    );
}

#[test]
fn the_faults_of_the_known_example_can_be_seen() {
    let xml = policy(&[rule(
        "Permit",
        &[
            ("urn:altinn:org:rolecode", "DAGL"),
            ("urn:altinn:org", "[org]"),
        ],
        &["read"],
    )]);
    let policy = Policy::read(xml.as_bytes()).unwrap();
    let rule = &policy.rules[0];
    assert_eq!(
        rule.values(Category::Subject, "urn:altinn:org:rolecode"),
        ["DAGL"],
        "an attribute that matches nobody"
    );
    assert_eq!(
        rule.values(Category::Subject, "urn:altinn:org"),
        ["[org]"],
        "the placeholder that Studio leaves"
    );
}

#[test]
fn what_is_no_policy_is_told_apart_from_an_empty_one() {
    assert_eq!(Policy::read(b"<html>"), None, "an error page is no policy");
    assert_eq!(Policy::read(b""), None, "nothing is no policy");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_fall(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Policy::read(&bytes);
    }

    #[test]
    fn no_damage_makes_the_reader_fall(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>()) {
        let mut xml = policy(&[rule("Permit", &[("a", "b"), ("c", "d")], &["read", "write"])]).into_bytes();
        let at = at.index(xml.len());
        if cut { xml.truncate(at) } else { xml[at] = byte }
        if let Some(policy) = Policy::read(&xml) {
            let _ = policy.permitted("letters", "read");
        }
    }
}
