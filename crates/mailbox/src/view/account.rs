//! Who the user is, and the words for organisations and services.

use super::error::UiError;
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
    /// How the sign-in of a person stands; none for an account that signs in by itself.
    pub person: Option<PersonState>,
}

/// How the sign-in of a person stands. True of this run only: a session is in memory.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum PersonState {
    /// Nobody is signed in; `has_ended` where somebody was until the session ran out, `error` is why the last try failed.
    SignedOut {
        has_ended: bool,
        error: Option<UiError>,
    },
    /// The browser shows ID-porten's page at `host`.
    Waiting { host: String },
    /// Somebody is signed in.
    SignedIn,
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
