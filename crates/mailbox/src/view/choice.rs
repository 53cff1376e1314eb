//! Services to choose from, and event subscriptions.

use super::{Finding, LocalText};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Services of the registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Catalogue {
    /// When the registry was asked; none before the first time.
    pub fetched_at: Option<i64>,
    /// How many were found; not all of them may be in `resources`.
    pub total: u32,
    /// Own services first.
    pub resources: Vec<FoundResource>,
}

/// A service of the registry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundResource {
    /// Id.
    pub resource: String,
    /// Title.
    pub title: LocalText,
    /// Owner's name.
    pub owner: LocalText,
    /// Owner's nine digits.
    pub owner_number: String,
    /// The account's organisation owns it.
    pub is_own: bool,
    /// For letters moved from Altinn 2 only: never to be sent on.
    pub is_migrated: bool,
    /// Only listed recipients can open its letters.
    pub is_listed_only: bool,
    /// The account receives on it.
    pub receives: bool,
    /// The account sends on it.
    pub sends: bool,
    /// Every letter must be confidential, where the policy has been read.
    pub is_confidential: Option<bool>,
    /// Login level the recipient needs, where the policy has been read.
    pub minimum_level: Option<u8>,
}

/// Event subscriptions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionList {
    /// When Events was asked; none before the first time.
    pub fetched_at: Option<i64>,
    /// Own subscriptions.
    pub subscriptions: Vec<SubscriptionView>,
}

/// An event subscription.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionView {
    /// Id.
    pub id: i64,
    /// Who gets the events; what follows the host is left out, it may be secret.
    pub endpoint: String,
    /// Filter for the resource.
    pub resource: String,
    /// Filter for the type; all when none.
    pub kind: Option<String>,
    /// The address has answered.
    pub is_validated: bool,
    /// When it was made.
    pub created_at: Option<i64>,
    /// What keeps it from working.
    pub findings: Vec<Finding>,
}

/// A subscription to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NewEventSubscription {
    /// Public https address.
    pub endpoint: String,
    /// Resource id.
    pub resource: String,
    /// One type; all when none.
    pub kind: Option<String>,
}
