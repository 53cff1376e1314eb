//! The policy that says what a world says, as XACML (platform reference, section 7.3).

use crate::platform::html::escaped;
use crate::world::{Resource, World};

/// Confidential post to an enterprise.
pub const CONFIDENTIAL: &str = "post-til-virksomheten-med-taushetsbelagt-innhold";
pub const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
pub const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
pub const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
const EQUAL: &str = "urn:oasis:names:tc:xacml:1.0:function:string-equal";
const EQUAL_ANY_CASE: &str = "urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case";

/// One condition of a policy.
struct Match<'a> {
    function: &'a str,
    value: &'a str,
    attribute: &'a str,
    category: &'a str,
}

impl Match<'_> {
    fn xml(&self) -> String {
        format!(
            r#"<xacml:AllOf><xacml:Match MatchId="{}"><xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">{}</xacml:AttributeValue><xacml:AttributeDesignator AttributeId="{}" Category="{}" DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></xacml:Match></xacml:AllOf>"#,
            self.function,
            escaped(self.value),
            self.attribute,
            self.category
        )
    }
}

fn rule(number: usize, subjects: &[Match<'_>], resource: &str, actions: &[&str]) -> String {
    let any = |matches: Vec<String>| format!("<xacml:AnyOf>{}</xacml:AnyOf>", matches.concat());
    let resource_match = Match {
        function: EQUAL,
        value: resource,
        attribute: "urn:altinn:resource",
        category: RESOURCE,
    };
    let actions = actions
        .iter()
        .map(|action| {
            Match {
                function: EQUAL,
                value: action,
                attribute: "urn:oasis:names:tc:xacml:1.0:action:action-id",
                category: ACTION,
            }
            .xml()
        })
        .collect();
    format!(
        r#"<xacml:Rule RuleId="urn:altinn:resource:{resource}:ruleid:{number}" Effect="Permit"><xacml:Target>{}{}{}</xacml:Target></xacml:Rule>"#,
        any(subjects.iter().map(Match::xml).collect()),
        any(vec![resource_match.xml()]),
        any(actions),
    )
}

/// The policy that says what the world says: packages may read, the owner may do everything (section 7.3).
pub fn policy_xml(world: &World, resource: &Resource) -> String {
    let packages = resource.packages();
    let readers: Vec<Match<'_>> = packages
        .iter()
        .map(|package| Match {
            function: EQUAL,
            value: package,
            attribute: "urn:altinn:accesspackage",
            category: SUBJECT,
        })
        .chain((!packages.contains(&CONFIDENTIAL)).then_some(Match {
            function: EQUAL_ANY_CASE,
            value: "priv",
            attribute: "urn:altinn:rolecode",
            category: SUBJECT,
        }))
        .collect();
    let mut rules = rule(1, &readers, &resource.id, &["read"]);
    let owner = resource.owner.as_deref();
    if let Some(owner) = owner.and_then(|orgnr| world.service_owner(orgnr)) {
        let code = Match {
            function: EQUAL_ANY_CASE,
            value: &owner.org,
            attribute: "urn:altinn:org",
            category: SUBJECT,
        };
        rules.push_str(&rule(
            2,
            &[code],
            &resource.id,
            &["read", "write", "subscribe"],
        ));
    }
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<xacml:Policy xmlns:xacml="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:altinn:resource:{}:policyid:1" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><xacml:Target/>{rules}<xacml:ObligationExpressions><xacml:ObligationExpression FulfillOn="Permit" ObligationId="urn:altinn:obligation:authenticationLevel1"><xacml:AttributeAssignmentExpression AttributeId="urn:altinn:obligation-assignment:1" Category="urn:altinn:minimum-authenticationlevel"><xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">{}</xacml:AttributeValue></xacml:AttributeAssignmentExpression></xacml:ObligationExpression></xacml:ObligationExpressions></xacml:Policy>
"#,
        escaped(&resource.id),
        resource.minimum_auth_level,
    )
}
