//! System users and requests for them (Platform reference, section 5.3).

use super::{named, or_empty};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

named! {
    /// What has become of a request.
    RequestStatus {
        /// Waits for the customer.
        New,
        /// The system user exists.
        Accepted,
        /// The customer said no.
        Rejected,
        /// The customer said no.
        Denied,
        /// Not answered in 180 days.
        Timedout,
    }
}

/// What a request is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSystemUserRequest {
    /// Own name for this customer's system user. Where one is given, every grant must give it too, for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_ref: Option<String>,
    /// System, `<vendor's number>_<name>`.
    pub system_id: String,
    /// Customer: nine digits.
    #[serde(rename = "partyOrgNo")]
    pub organisation: String,
    /// Rights asked for.
    pub rights: Vec<SystemRight>,
    /// Access packages asked for.
    pub access_packages: Vec<AccessPackage>,
    /// Where the browser goes afterwards; one of those that the system registered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<Url>,
}

/// A right on a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemRight {
    /// Attributes that name the resource.
    #[serde(default, deserialize_with = "or_empty")]
    pub resource: Vec<RightAttribute>,
}

impl SystemRight {
    /// The right on one resource.
    pub fn on(resource: &str) -> Self {
        Self {
            resource: vec![RightAttribute {
                id: "urn:altinn:resource".to_owned(),
                value: crate::urn::resource_id(resource).to_owned(),
            }],
        }
    }
}

/// An attribute that names a resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RightAttribute {
    /// `urn:altinn:resource`.
    #[serde(default, deserialize_with = "or_empty")]
    pub id: String,
    /// Resource id without prefix.
    #[serde(default, deserialize_with = "or_empty")]
    pub value: String,
}

/// An access package by its URN.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessPackage {
    /// `urn:altinn:accesspackage:<name>`.
    #[serde(default, deserialize_with = "or_empty")]
    pub urn: String,
}

/// A request, as it stands.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemUserRequest {
    /// Id.
    pub id: Uuid,
    /// The reference given, else the customer's number.
    #[serde(default, deserialize_with = "or_empty")]
    pub external_ref: String,
    /// System.
    #[serde(default, deserialize_with = "or_empty")]
    pub system_id: String,
    /// Customer: nine digits.
    #[serde(rename = "partyOrgNo", default, deserialize_with = "or_empty")]
    pub organisation: String,
    /// Rights asked for.
    #[serde(default, deserialize_with = "or_empty")]
    pub rights: Vec<SystemRight>,
    /// Access packages asked for.
    #[serde(default, deserialize_with = "or_empty")]
    pub access_packages: Vec<AccessPackage>,
    /// What has become of it.
    pub status: RequestStatus,
    /// Page where the customer's access manager approves. Look at its host before opening it.
    #[serde(default)]
    pub confirm_url: Option<String>,
    /// Passed on to somebody with enough rights.
    #[serde(default, deserialize_with = "or_empty")]
    pub escalated: bool,
    /// Made.
    #[serde(default)]
    pub created: Option<DateTime<Utc>>,
}

/// A finished system user.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FinishedSystemUser {
    /// Id.
    pub id: Uuid,
    /// Name shown to the customer.
    #[serde(default, deserialize_with = "or_empty")]
    pub integration_title: String,
    /// System.
    #[serde(default, deserialize_with = "or_empty")]
    pub system_id: String,
    /// Customer: nine digits.
    #[serde(
        rename = "reporteeOrgNo",
        alias = "partyOrgNo",
        default,
        deserialize_with = "or_empty"
    )]
    pub organisation: String,
    /// The reference it was made with.
    #[serde(
        rename = "externalRef",
        alias = "externalReference",
        default,
        deserialize_with = "or_empty"
    )]
    pub external_ref: String,
}
