//! Parties that somebody may act for, and access lists (Platform reference, sections 10.1 and 7.7).

use super::{named, or_empty};
use serde::Deserialize;
use uuid::Uuid;

named! {
    /// Kind of a party.
    PartyKind {
        /// None.
        None,
        /// A person.
        Person,
        /// An organisation.
        Organization,
        /// Somebody without a national identity number.
        SelfIdentified,
    }
}

/// A party that the caller may act for. A person's number is left out: nothing here needs it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizedParty {
    /// Id.
    pub party_uuid: Uuid,
    /// Name.
    #[serde(default, deserialize_with = "or_empty")]
    pub name: String,
    /// Nine digits, of an organisation.
    #[serde(default)]
    pub organization_number: Option<String>,
    /// Kind.
    #[serde(rename = "type")]
    pub kind: PartyKind,
    /// Kind of organisation, for example `AS` or `BEDR`.
    #[serde(default, deserialize_with = "or_empty")]
    pub unit_type: String,
    /// No longer there.
    #[serde(default, deserialize_with = "or_empty")]
    pub is_deleted: bool,
    /// Only a heading over its sub-units: to be shown, not chosen.
    #[serde(default, deserialize_with = "or_empty")]
    pub only_hierarchy_element_with_no_access: bool,
    /// Resources, where asked for.
    #[serde(default, deserialize_with = "or_empty")]
    pub authorized_resources: Vec<String>,
    /// Access packages, where asked for.
    #[serde(default, deserialize_with = "or_empty")]
    pub authorized_access_packages: Vec<String>,
    /// Sub-units.
    #[serde(default, deserialize_with = "or_empty")]
    pub subunits: Vec<AuthorizedParty>,
}

/// A list of parties that the owner of a resource lets through.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AccessList {
    /// Name in addresses.
    pub identifier: String,
    /// Name for people.
    #[serde(default, deserialize_with = "or_empty")]
    pub name: String,
    /// Text.
    #[serde(default, deserialize_with = "or_empty")]
    pub description: String,
}

/// A party on an access list: its URN, or an object that names it among other things.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Member(serde_json::Value);

impl Member {
    /// The organisation's nine digits, wherever they stand.
    pub(crate) fn organisation(&self) -> Option<&str> {
        organisation(&self.0)
    }
}

const ORGANISATION: &str = "urn:altinn:organization:identifier-no";

fn organisation(value: &serde_json::Value) -> Option<&str> {
    match value {
        serde_json::Value::String(urn) => urn.strip_prefix(ORGANISATION)?.strip_prefix(':'),
        serde_json::Value::Object(members) => members
            .get(ORGANISATION)
            .and_then(serde_json::Value::as_str)
            .or_else(|| members.values().find_map(organisation)),
        _ => None,
    }
}
