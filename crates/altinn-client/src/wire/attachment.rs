//! Attachments that are uploaded ahead of the letter (Correspondence reference, sections 5.2 and 5.7).

use super::{correspondence::StatusEventOf, named, or_empty};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

named! {
    /// Status of an attachment (Correspondence reference, section 8.5).
    AttachmentStatus {
        /// Known, without bytes.
        Initialized,
        /// Bytes arrived; the scan runs.
        UploadProcessing,
        /// Clean; may be used.
        Published,
        /// Deleted.
        Purged,
        /// The upload failed or the scan found something; the id is burnt.
        Failed,
        /// Past its expiry.
        Expired,
    }
}

/// Body of A1.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAttachment {
    /// Resource id without prefix.
    pub resource_id: String,
    /// At most 255 units; rules of Correspondence reference, section 8.4.
    pub file_name: String,
    /// At most 255 units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Informational.
    pub is_encrypted: bool,
    /// MD5 in lower-case hex; the server compares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// 1 to 4096 units.
    pub senders_reference: String,
    /// At least 14 in production, 1 elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_in_days: Option<u32>,
}

/// Answer to A2 and A3.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentOverview {
    /// Id.
    pub attachment_id: Uuid,
    /// Resource id.
    #[serde(default, deserialize_with = "or_empty")]
    pub resource_id: String,
    /// File name.
    #[serde(default, deserialize_with = "or_empty")]
    pub file_name: String,
    /// Sender's reference.
    #[serde(default, deserialize_with = "or_empty")]
    pub senders_reference: String,
    /// MD5 in lower-case hex once uploaded.
    #[serde(default, deserialize_with = "or_empty")]
    pub checksum: String,
    /// Latest status.
    pub status: AttachmentStatus,
    /// Its text; starts with `Malware scan failed:` when the scan found something.
    #[serde(default, deserialize_with = "or_empty")]
    pub status_text: String,
    /// Its time.
    pub status_changed: Option<DateTime<Utc>>,
    /// Letters that use it.
    #[serde(default, deserialize_with = "or_empty")]
    pub correspondence_ids: Vec<Uuid>,
}

/// Answer to A4.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttachmentDetails {
    /// What A3 gives too.
    #[serde(flatten)]
    pub overview: AttachmentOverview,
    /// Status rows in no certain order.
    #[serde(default, deserialize_with = "or_empty")]
    pub status_history: Vec<AttachmentEvent>,
}

/// A row of an attachment's status history.
pub type AttachmentEvent = StatusEventOf<AttachmentStatus>;
