//! What a policy lets people do, and what is wrong with it (Platform reference, sections 7.3 to 7.6).

use super::call::explain;
use super::finding::{found, with};
use crate::view::{CheckState, Finding, FindingCode as Code};
use altinn_client::{ApiError, Category, Policy, Rule, Subject};
use std::collections::BTreeSet;

const ROLE: &str = "urn:altinn:rolecode";
const PACKAGE: &str = "urn:altinn:accesspackage";
const ORG: &str = "urn:altinn:org";
const ORGANISATION: &str = "urn:altinn:organization:identifier-no";
const EXAMPLE_ROLE: &str = "urn:altinn:org:rolecode";
const RESOURCE: &str = "urn:altinn:resource";
const ACTION: &str = "urn:oasis:names:tc:xacml:1.0:action:action-id";
const PLACEHOLDER: &str = "[org]";

/// Attributes that the decision point knows of whoever asks.
const KNOWN: [&str; 8] = [
    ROLE,
    PACKAGE,
    ORG,
    ORGANISATION,
    "urn:altinn:partyid",
    "urn:altinn:userid",
    "urn:altinn:systemuser:uuid",
    "urn:altinn:person:identifier-no",
];

/// Whom a policy is judged for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'a> {
    pub(super) resource: &'a str,
    /// Number of the organisation that sends on the resource; none where it only receives.
    pub(super) sender: Option<&'a str>,
    /// Its code among the service owners, where it has one.
    pub(super) code: Option<&'a str>,
    /// The scope `altinn:serviceowner` is there: with it the policy is not asked when the owner sends.
    pub(super) bypasses: bool,
}

/// Everything worth saying of a policy.
pub(super) fn policy(
    judged: &Judged<'_>,
    outcome: &Result<Option<Policy>, ApiError>,
) -> Vec<Finding> {
    let policy = match outcome {
        Ok(Some(policy)) => policy,
        Ok(None) => return vec![found(Code::PolicyMissing)],
        Err(ApiError::Decode { .. }) => return vec![found(Code::PolicyUnreadable)],
        Err(error) => return vec![explain(error)],
    };
    if policy.rules.is_empty() {
        return vec![found(Code::PolicyUnreadable)];
    }
    let mut findings = flaws(policy, judged.resource);
    // What follows from a flaw is not told beside it.
    let is_explained = |code: Code| findings.iter().any(|finding| finding.code == code);
    let is_flawed = [
        Code::PolicyExampleRole,
        Code::PolicyOtherResource,
        Code::PolicyCase,
        Code::PolicyDenies,
        Code::PolicySubjectUnknown,
    ]
    .into_iter()
    .any(is_explained);
    let has_placeholder = is_explained(Code::PolicyPlaceholder);
    let readers = policy.permitted(judged.resource, "read");
    let readers: BTreeSet<&Subject> = readers.iter().filter(|one| !is_owner(one)).collect();
    if readers.is_empty() && is_flawed {
        // The flaw is why.
        for flaw in &mut findings {
            flaw.state = CheckState::Error;
        }
    } else if readers.is_empty() {
        findings.push(found(Code::PolicyNobodyReads));
    } else if !readers.is_empty() && readers.iter().all(|one| has(one, ROLE)) {
        findings.push(found(Code::PolicyRolesOnly));
    }
    if let Some(sender) = judged.sender
        && !has_placeholder
        && !is_flawed
    {
        let may = |action: &str| {
            policy
                .permitted(judged.resource, action)
                .iter()
                .any(|one| one.is_empty() || is_own(one, sender, judged.code))
        };
        if !may("write") {
            let mut finding = found(Code::PolicyOwnerCannotSend);
            if !judged.bypasses {
                finding.state = CheckState::Error;
            }
            findings.push(finding);
        }
        if !may("subscribe") {
            findings.push(found(Code::PolicyOwnerCannotSubscribe));
        }
    }
    if judged.sender.is_some() {
        findings.extend(level(policy));
        if policy.demands_confidential() {
            findings.push(found(Code::PolicyConfidential));
        }
    }
    findings
}

fn level(policy: &Policy) -> Option<Finding> {
    match policy.minimum_level {
        None => Some(found(Code::PolicyNoLevel)),
        // A confidential letter is never forwarded, so its level takes nothing away.
        Some(level) if level > 0 && !policy.demands_confidential() => {
            Some(with(found(Code::PolicyLevel), "level", level.to_string()))
        }
        Some(_) => None,
    }
}

/// Flaws of single rules, each told once.
fn flaws(policy: &Policy, resource: &str) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    let mut add = |finding: Finding| {
        if findings.iter().all(|one| one.code != finding.code) {
            findings.push(finding);
        }
    };
    for rule in &policy.rules {
        let resources = rule.values(Category::Resource, RESOURCE);
        if let Some(other) = resources.iter().find(|named| **named != resource) {
            add(with(found(Code::PolicyOtherResource), "resource", *other));
        }
        if !rule.is_permit {
            let actions = rule.values(Category::Action, ACTION).join(", ");
            add(with(found(Code::PolicyDenies), "actions", actions));
            continue;
        }
        let subjects: Vec<_> = rule
            .any_of
            .iter()
            .flatten()
            .flatten()
            .filter(|one| one.category == Category::Subject)
            .collect();
        if subjects.is_empty() {
            add(found(Code::PolicyEverybody));
        }
        for subject in subjects {
            match subject.attribute.as_str() {
                EXAMPLE_ROLE => add(found(Code::PolicyExampleRole)),
                ORG | ORGANISATION if subject.value == PLACEHOLDER => {
                    add(found(Code::PolicyPlaceholder));
                }
                // Roles, packages and codes are in lower case wherever they come from.
                ROLE | PACKAGE | ORG if !subject.ignores_case && has_capitals(&subject.value) => {
                    add(with(
                        found(Code::PolicyCase),
                        "value",
                        subject.value.clone(),
                    ));
                }
                other if !KNOWN.contains(&other) => {
                    add(with(found(Code::PolicySubjectUnknown), "attribute", other));
                }
                _ => {}
            }
        }
        if let Some(action) = shouted_action(rule) {
            add(with(found(Code::PolicyCase), "value", action));
        }
    }
    findings
}

/// An action in capitals that is compared exactly.
fn shouted_action(rule: &Rule) -> Option<&str> {
    rule.any_of
        .iter()
        .flatten()
        .flatten()
        .find(|one| {
            one.category == Category::Action && !one.ignores_case && has_capitals(&one.value)
        })
        .map(|one| one.value.as_str())
}

fn has_capitals(text: &str) -> bool {
    text.chars().any(char::is_uppercase)
}

fn has(subject: &Subject, attribute: &str) -> bool {
    subject.iter().any(|one| one.kind == attribute)
}

/// The owner itself, or somebody like it: not a recipient.
fn is_owner(subject: &Subject) -> bool {
    has(subject, ORG) || has(subject, ORGANISATION)
}

fn is_own(subject: &Subject, number: &str, code: Option<&str>) -> bool {
    subject.iter().all(|one| match one.kind.as_str() {
        // Without the list of service owners any code is taken for the own one.
        ORG => code.is_none_or(|code| one.value.eq_ignore_ascii_case(code)),
        ORGANISATION => one.value == number,
        _ => false,
    })
}
