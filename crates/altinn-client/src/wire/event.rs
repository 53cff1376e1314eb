//! Events and subscriptions to them (Platform reference, sections 8.1, 8.4 and 8.5).

use super::or_empty;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

/// What a subscription asks for. `sourceFilter` and `alternativeSubjectFilter` are refused on our resources, so there
/// are none; an empty filter would match nothing, so it is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSubscription {
    /// Public address with `https` that takes the events. Nothing signs them: put a secret in the path.
    #[serde(rename = "endPoint")]
    pub endpoint: Url,
    /// `urn:altinn:resource:<id>`.
    pub resource_filter: String,
    /// Party as a URN. Only a service owner may leave it out.
    #[serde(skip_serializing_if = "is_absent")]
    pub subject_filter: Option<String>,
    /// One type exactly; all when none.
    #[serde(skip_serializing_if = "is_absent")]
    pub type_filter: Option<String>,
    /// With the sub-units of the subject; needs one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub include_subunits: bool,
}

fn is_absent(filter: &Option<String>) -> bool {
    filter.as_deref().is_none_or(|text| text.trim().is_empty())
}

impl NewSubscription {
    /// Everything about a resource, sent to `endpoint`.
    pub fn new(endpoint: Url, resource: &str) -> Self {
        Self {
            endpoint,
            resource_filter: crate::urn::resource(resource),
            subject_filter: None,
            type_filter: None,
            include_subunits: false,
        }
    }
}

/// A subscription. One with an empty filter, a source filter or an alternative subject filter never gets an event of
/// ours.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Id.
    pub id: i64,
    /// Address that takes the events.
    #[serde(rename = "endPoint", default, deserialize_with = "or_empty")]
    pub endpoint: String,
    /// Resource.
    #[serde(default)]
    pub resource_filter: Option<String>,
    /// Party.
    #[serde(default)]
    pub subject_filter: Option<String>,
    /// For apps only.
    #[serde(default)]
    pub source_filter: Option<String>,
    /// For apps only.
    #[serde(default)]
    pub alternative_subject_filter: Option<String>,
    /// Type.
    #[serde(default)]
    pub type_filter: Option<String>,
    /// Whom the events go to: `/org/<code>`, `/organisation/<number>`, `/systemuser/<id>` or `/user/<id>`.
    #[serde(default, deserialize_with = "or_empty")]
    pub consumer: String,
    /// Made.
    #[serde(default)]
    pub created: Option<DateTime<Utc>>,
    /// The address has answered; before that no event is sent or kept.
    #[serde(default, deserialize_with = "or_empty")]
    pub validated: bool,
    /// With sub-units.
    #[serde(default, deserialize_with = "or_empty")]
    pub include_subunits: bool,
}

/// Answer to a list.
#[derive(Debug, Deserialize)]
pub(crate) struct Subscriptions {
    #[serde(default, deserialize_with = "or_empty")]
    pub(crate) subscriptions: Vec<Subscription>,
}

/// A cloud event; a hint to look, never the truth. Comes late, more than once and in any order.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CloudEvent {
    /// Id, to tell duplicates and to go on from.
    pub id: String,
    /// Type in lower case, for example `no.altinn.correspondence.correspondencepublished`.
    #[serde(rename = "type", deserialize_with = "lower_case")]
    pub kind: String,
    /// When.
    #[serde(default)]
    pub time: Option<DateTime<Utc>>,
    /// `urn:altinn:resource:<id>`.
    #[serde(default, deserialize_with = "or_empty")]
    pub resource: String,
    /// Letter, attachment or order of an alert, by what `source` ends in.
    #[serde(rename = "resourceinstance", default, deserialize_with = "or_empty")]
    pub instance: String,
    /// Where it comes from.
    #[serde(default, deserialize_with = "or_empty")]
    pub source: String,
}

impl CloudEvent {
    /// The type's own name, for example `correspondencepublished`; none of another service's.
    pub fn name(&self) -> Option<&str> {
        self.kind.strip_prefix("no.altinn.correspondence.")
    }
}

fn lower_case<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text: String = or_empty(deserializer)?;
    Ok(text.to_lowercase())
}
