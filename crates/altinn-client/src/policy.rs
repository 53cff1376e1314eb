//! What a service's policy says (Platform reference, section 7.3). The XML is the authoritative form: the derived views
//! ignore whether a rule permits or denies.

mod read;

use crate::wire::resource::Attribute;
use std::collections::BTreeSet;

const ACCESS_PACKAGE: &str = "urn:altinn:accesspackage";
const RESOURCE: &str = "urn:altinn:resource";
const CONFIDENTIAL: &str = "post-til-virksomheten-med-taushetsbelagt-innhold";
const EXPLICIT: &str = "eksplisitt";

/// More combinations than any honest rule has; what is beyond is not looked at.
const MOST_COMBINATIONS: usize = 10_000;

/// A policy as it is written, and what follows from it for sending.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Rules in their order. A denial goes before a permission.
    pub rules: Vec<Rule>,
    /// Access packages that some rule permits something, in lower case.
    pub access_packages: BTreeSet<String>,
    /// Login level the recipient needs; none where the policy names none.
    pub minimum_level: Option<u8>,
    /// Login level for organisations, where it is another.
    pub minimum_level_of_organisations: Option<u8>,
}

/// A rule of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Permits, or denies.
    pub is_permit: bool,
    /// Every one must hold.
    pub any_of: Vec<AnyOf>,
}

/// Sets of matches, of which one must hold.
pub type AnyOf = Vec<AllOf>;

/// Matches that must all hold.
pub type AllOf = Vec<Match>;

/// An attribute that must have a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Match {
    /// Of whom or what.
    pub category: Category,
    /// For example `urn:altinn:accesspackage`.
    pub attribute: String,
    /// Value as it is written.
    pub value: String,
    /// Whether case does not matter.
    pub ignores_case: bool,
}

/// What an attribute is of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Category {
    /// Who asks.
    Subject,
    /// What is asked for.
    Resource,
    /// What is to be done.
    Action,
    /// Another.
    #[default]
    Other,
}

/// Attributes that one party must have together. Empty: everybody.
pub type Subject = BTreeSet<Attribute>;

impl Match {
    /// The attribute as it counts: in lower case where case does not matter.
    fn counted(&self) -> Attribute {
        Attribute {
            kind: self.attribute.clone(),
            value: if self.ignores_case {
                self.value.to_lowercase()
            } else {
                self.value.clone()
            },
        }
    }

    fn is(&self, category: Category, attribute: Option<&str>, value: &str) -> bool {
        self.category == category
            && attribute.is_none_or(|attribute| self.attribute == attribute)
            && if self.ignores_case {
                self.value.to_lowercase() == value.to_lowercase()
            } else {
                self.value == value
            }
    }
}

impl Rule {
    /// Every way to fulfil the rule: one set of matches from each of its parts.
    fn combinations(&self) -> Vec<Vec<&Match>> {
        let mut all = vec![Vec::new()];
        for any_of in &self.any_of {
            all = all
                .iter()
                .flat_map(|begun: &Vec<&Match>| {
                    any_of
                        .iter()
                        .map(move |all_of| begun.iter().copied().chain(all_of).collect())
                })
                .take(MOST_COMBINATIONS)
                .collect();
        }
        all
    }

    /// Who is meant, for this resource and action. A rule that names none of a kind means all.
    fn subjects(&self, resource: &str, action: &str) -> BTreeSet<Subject> {
        let fits = |combination: &Vec<&Match>| {
            combination.iter().all(|one| match one.category {
                Category::Resource => one.is(Category::Resource, Some(RESOURCE), resource),
                Category::Action => one.is(Category::Action, None, action),
                Category::Subject | Category::Other => true,
            })
        };
        self.combinations()
            .iter()
            .filter(|combination| fits(combination))
            .map(|combination| {
                combination
                    .iter()
                    .filter(|one| one.category == Category::Subject)
                    .map(|one| one.counted())
                    .collect()
            })
            .collect()
    }

    /// Values of an attribute, wherever the rule asks for it.
    pub fn values(&self, category: Category, attribute: &str) -> Vec<&str> {
        self.any_of
            .iter()
            .flatten()
            .flatten()
            .filter(|one| one.category == category && one.attribute == attribute)
            .map(|one| one.value.as_str())
            .collect()
    }
}

impl Policy {
    /// Reads XACML 3.0, by namespace and never by prefix; none when it is not XML, or not a policy.
    pub fn read(xml: &[u8]) -> Option<Self> {
        let mut policy = read::read(xml)?;
        policy.access_packages = policy
            .rules
            .iter()
            .filter(|rule| rule.is_permit)
            .flat_map(|rule| rule.values(Category::Subject, ACCESS_PACKAGE))
            .map(str::to_lowercase)
            .collect();
        Some(policy)
    }

    /// Every letter must be marked confidential (Correspondence reference, section 14; error 1060).
    pub fn demands_confidential(&self) -> bool {
        self.access_packages.contains(CONFIDENTIAL)
    }

    /// Letters may be marked confidential (else error 1061).
    pub fn allows_confidential(&self) -> bool {
        self.demands_confidential() || self.access_packages.contains(EXPLICIT)
    }

    /// Who may do `action` on `resource` (id without prefix): those permitted, without those denied in the same words.
    pub fn permitted(&self, resource: &str, action: &str) -> BTreeSet<Subject> {
        let of = |is_permit: bool| {
            self.rules
                .iter()
                .filter(move |rule| rule.is_permit == is_permit)
                .flat_map(|rule| rule.subjects(resource, action))
                .collect::<BTreeSet<_>>()
        };
        let denied = of(false);
        of(true)
            .into_iter()
            .filter(|subject| !denied.contains(subject))
            .collect()
    }
}

#[cfg(test)]
mod tests;
