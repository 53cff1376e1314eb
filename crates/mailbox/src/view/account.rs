//! Who the user is, and the words for organisations and services.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which Altinn an account talks to; anything but production is shown at all times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Environment {
    /// The embedded sandbox.
    Practice,
    /// TT02.
    Test,
    /// The real service.
    Production,
    /// Addresses given by hand.
    Custom,
}

/// One party the user acts for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Stable id within the profile.
    pub id: String,
    /// Name of the organisation.
    pub name: String,
    /// Nine digits.
    pub organisation_number: String,
    /// Which Altinn.
    pub environment: Environment,
    /// Whether the account has a sender role on at least one service.
    pub can_send: bool,
}

/// A text in the three languages; `nb` is always filled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LocalText {
    /// Bokmål.
    pub nb: String,
    /// Nynorsk.
    pub nn: String,
    /// English.
    pub en: String,
}

/// An organisation or a person as shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Name; the formatted number when unknown.
    pub name: String,
    /// `920 717 152`, or `010190 XXXXX` for a person.
    pub number: String,
    /// Person.
    pub is_person: bool,
}

/// A service an account may send on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Resource id.
    pub resource: String,
    /// Title.
    pub title: LocalText,
    /// Every letter must be marked confidential.
    pub is_confidential: bool,
    /// Login level the recipient needs.
    pub minimum_level: u8,
}
