//! Flaws of policies, each on the service that the municipality sends on.

use crate::stage::{Fault, SENT, each_gets_its_own_diagnosis, fault};
use mailbox::view::FindingCode as Code;

const ROLE: &str = "urn:altinn:rolecode";
const PACKAGE: &str = "urn:altinn:accesspackage";
const ORG: &str = "urn:altinn:org";
const ORDINARY: &str = "ordinaer-post-til-virksomheten";

/// One condition, compared exactly.
fn condition(attribute: &str, value: &str, category: &str) -> String {
    format!(
        r#"<x:AnyOf><x:AllOf><x:Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><x:AttributeValue DataType="s">{value}</x:AttributeValue><x:AttributeDesignator AttributeId="{attribute}" Category="{category}" DataType="s" MustBePresent="false"/></x:Match></x:AllOf></x:AnyOf>"#
    )
}

/// A rule for somebody, on a resource, for one action.
pub struct Rule<'a> {
    effect: &'a str,
    subject: Option<(&'a str, &'a str)>,
    resource: &'a str,
    action: &'a str,
}

impl Rule<'_> {
    fn xml(&self) -> String {
        let subject = self.subject.map(|(attribute, value)| {
            let category = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
            condition(attribute, value, category)
        });
        format!(
            r#"<x:Rule RuleId="r" Effect="{}"><x:Target>{}{}{}</x:Target></x:Rule>"#,
            self.effect,
            subject.unwrap_or_default(),
            condition(
                "urn:altinn:resource",
                self.resource,
                "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
            ),
            condition(
                "urn:oasis:names:tc:xacml:1.0:action:action-id",
                self.action,
                "urn:oasis:names:tc:xacml:3.0:attribute-category:action"
            ),
        )
    }
}

fn permit<'a>(subject: (&'a str, &'a str), action: &'a str) -> Rule<'a> {
    Rule {
        effect: "Permit",
        subject: Some(subject),
        resource: SENT,
        action,
    }
}

/// What nothing is wrong with.
fn good() -> Vec<Rule<'static>> {
    vec![
        permit((PACKAGE, ORDINARY), "read"),
        permit((ORG, "fjordvik"), "write"),
        permit((ORG, "fjordvik"), "subscribe"),
    ]
}

fn level(level: u8) -> String {
    format!(
        r#"<x:ObligationExpressions><x:ObligationExpression FulfillOn="Permit" ObligationId="o"><x:AttributeAssignmentExpression AttributeId="a" Category="urn:altinn:minimum-authenticationlevel"><x:AttributeValue DataType="i">{level}</x:AttributeValue></x:AttributeAssignmentExpression></x:ObligationExpression></x:ObligationExpressions>"#
    )
}

fn policy_with(rules: &[Rule<'_>], obligations: &str) -> String {
    let rules: String = rules.iter().map(Rule::xml).collect();
    format!(
        r#"<x:Policy xmlns:x="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0" RuleCombiningAlgId="c"><x:Target/>{rules}{obligations}</x:Policy>"#
    )
}

fn policy(rules: &[Rule<'_>]) -> String {
    policy_with(rules, &level(0))
}

/// The rule for the owner by its number instead of its code.
pub fn own(rule: &Rule<'static>) -> Rule<'static> {
    permit(
        (
            "urn:altinn:organization:identifier-no",
            crate::stage::FJORDVIK,
        ),
        rule.action,
    )
}

/// The good policy with something changed.
pub fn changed(change: impl FnOnce(&mut Vec<Rule<'static>>)) -> String {
    let mut rules = good();
    change(&mut rules);
    policy(&rules)
}

fn with(rule: Rule<'static>) -> String {
    changed(|rules| rules.push(rule))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_flaw_of_a_policy_gets_its_own_diagnosis() {
    each_gets_its_own_diagnosis(vec![
        Fault::none("a policy without fault").policy(policy(&good())),
        fault("no policy", Code::PolicyMissing).policy(String::new()),
        fault("other XML", Code::PolicyUnreadable).policy("<nothing/>".to_owned()),
        fault("no XML", Code::PolicyUnreadable).policy("tilgang for alle".to_owned()),
        fault("a policy without rules", Code::PolicyUnreadable).policy(policy(&[])),
        fault("nobody reads", Code::PolicyNobodyReads).policy(changed(|rules| {
            rules.remove(0);
        })),
        fault("only the owner reads", Code::PolicyNobodyReads).policy(changed(|rules| {
            rules[0] = permit((ORG, "fjordvik"), "read");
        })),
        fault("only roles read", Code::PolicyRolesOnly).policy(changed(|rules| {
            rules[0] = permit((ROLE, "dagl"), "read");
        })),
        fault("nobody writes", Code::PolicyOwnerCannotSend).policy(changed(|rules| {
            rules.remove(1);
        })),
        fault("somebody else writes", Code::PolicyOwnerCannotSend).policy(changed(|rules| {
            rules[1] = permit((ORG, "vegst"), "write");
        })),
        fault("nobody subscribes", Code::PolicyOwnerCannotSubscribe).policy(changed(|rules| {
            rules.remove(2);
        })),
        fault("the placeholder of Altinn Studio", Code::PolicyPlaceholder).policy(changed(
            |rules| {
                rules[2] = permit((ORG, "[org]"), "subscribe");
            },
        )),
        fault("the example's attribute", Code::PolicyExampleRole)
            .policy(with(permit(("urn:altinn:org:rolecode", "dagl"), "read"))),
        fault("a subject of nobody", Code::PolicySubjectUnknown)
            .policy(with(permit(("urn:example:department", "post"), "read"))),
        fault("a role in capitals", Code::PolicyCase).policy(with(permit((ROLE, "DAGL"), "read"))),
        fault("an action in capitals", Code::PolicyCase)
            .policy(with(permit((ROLE, "dagl"), "Read"))),
        fault("a rule for everybody", Code::PolicyEverybody).policy(with(Rule {
            subject: None,
            ..permit((ROLE, ""), "read")
        })),
        fault("a rule of another resource", Code::PolicyOtherResource).policy(with(Rule {
            resource: "altinn-correspondence-test-resource-1",
            ..permit((ROLE, "dagl"), "read")
        })),
        fault("a rule that denies", Code::PolicyDenies).policy(with(Rule {
            effect: "Deny",
            ..permit((ROLE, "lede"), "read")
        })),
        fault("a denial that shuts everybody out", Code::PolicyDenies).policy(with(Rule {
            effect: "Deny",
            ..permit((PACKAGE, ORDINARY), "read")
        })),
        fault("no login level", Code::PolicyNoLevel).policy(policy_with(&good(), "")),
        fault("a login level", Code::PolicyLevel).policy(policy_with(&good(), &level(3))),
        fault("confidential", Code::PolicyConfidential).policy(with(permit(
            (PACKAGE, "post-til-virksomheten-med-taushetsbelagt-innhold"),
            "read",
        ))),
        fault("a registry that fails", Code::ServerFault).answers(
            &format!("/resourceregistry/api/v1/resource/{SENT}/policy"),
            500,
            "".into(),
        ),
    ])
    .await;
}
