//! Resources as the Resource Registry gives them (Platform reference, section 7.1).

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

/// A service.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// Id without prefix.
    pub identifier: String,
    /// Title.
    #[serde(default, deserialize_with = "or_empty")]
    pub title: LanguageText,
    /// `CorrespondenceService` for ours.
    #[serde(default, deserialize_with = "or_empty")]
    pub resource_type: String,
    /// Owner.
    #[serde(default, deserialize_with = "or_empty")]
    pub has_competent_authority: CompetentAuthority,
    /// `Enabled` when only listed parties may be recipients.
    #[serde(default, deserialize_with = "or_empty")]
    pub access_list_mode: String,
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
