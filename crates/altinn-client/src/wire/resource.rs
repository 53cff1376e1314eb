//! Resources as the Resource Registry gives them (Platform reference, sections 7.1 and 7.4).

use super::or_empty;
use serde::Deserialize;

/// A text in up to three languages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct LanguageText {
    /// Bokmål.
    #[serde(default)]
    pub nb: Option<String>,
    /// Nynorsk.
    #[serde(default)]
    pub nn: Option<String>,
    /// English.
    #[serde(default)]
    pub en: Option<String>,
}

impl LanguageText {
    /// Whether any of the texts has `words` in it, whatever their case.
    pub(crate) fn contains(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        [&self.nb, &self.nn, &self.en]
            .into_iter()
            .flatten()
            .any(|text| text.to_lowercase().contains(&words))
    }
}

/// A service.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// Id without prefix.
    pub identifier: String,
    /// Title.
    #[serde(default, deserialize_with = "or_empty")]
    pub title: LanguageText,
    /// What it is for.
    #[serde(default, deserialize_with = "or_empty")]
    pub description: LanguageText,
    /// `CorrespondenceService` for ours.
    #[serde(default, deserialize_with = "or_empty")]
    pub resource_type: String,
    /// Owner.
    #[serde(default, deserialize_with = "or_empty")]
    pub has_competent_authority: CompetentAuthority,
    /// `Enabled` when only listed parties may be recipients.
    #[serde(default, deserialize_with = "or_empty")]
    pub access_list_mode: String,
    /// Whether rights on it can be given to others.
    #[serde(default = "yes")]
    pub delegable: bool,
    /// Whether it is shown in Altinn.
    #[serde(default = "yes")]
    pub visible: bool,
}

fn yes() -> bool {
    true
}

impl Resource {
    /// Only for letters that were moved from Altinn 2; never to be sent on (Platform reference, section 0).
    pub fn is_migrated(&self) -> bool {
        self.identifier.contains("migratedcorrespondence")
    }
}

/// Owner of a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct CompetentAuthority {
    /// Name.
    #[serde(default, deserialize_with = "or_empty")]
    pub name: LanguageText,
    /// Nine digits; empty where unnamed.
    #[serde(default, deserialize_with = "or_empty")]
    pub organization: String,
    /// Service owner code.
    #[serde(default, deserialize_with = "or_empty")]
    pub orgcode: String,
}

/// An action that a policy mentions, and for whom. It does not say whether the rule permits or denies: judge by
/// [`crate::Policy`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRight {
    /// Action.
    #[serde(default, deserialize_with = "or_empty")]
    pub action: Attribute,
    /// Resource.
    #[serde(default, deserialize_with = "or_empty")]
    pub resource: Vec<Attribute>,
    /// Who, as sets of attributes that go together.
    #[serde(default, deserialize_with = "or_empty")]
    pub subjects: Vec<RightSubject>,
    /// `<action>;<resource id>;<md5>`.
    #[serde(default, deserialize_with = "or_empty")]
    pub right_key: String,
}

/// Attributes that go together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RightSubject {
    /// Attributes.
    #[serde(default, deserialize_with = "or_empty")]
    pub subject_attributes: Vec<Attribute>,
}

/// An attribute of a policy.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Attribute {
    /// For example `urn:altinn:accesspackage`.
    #[serde(rename = "type", default, deserialize_with = "or_empty")]
    pub kind: String,
    /// Value.
    #[serde(default, deserialize_with = "or_empty")]
    pub value: String,
}
