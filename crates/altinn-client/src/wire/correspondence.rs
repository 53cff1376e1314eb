//! Correspondence as it is read (Correspondence reference, sections 5.3 to 5.6).

use super::{attachment::AttachmentStatus, named, notification::Notification, or_empty};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

named! {
    /// Status of a correspondence. The reported one is the numerically highest ever set, not the latest
    /// (Correspondence reference, section 9.2).
    CorrespondenceStatus {
        /// Attachments are pending.
        Initialized,
        /// Waits for its publish time.
        ReadyForPublish,
        /// Available to the recipient.
        Published,
        /// Metadata was fetched by the recipient.
        Fetched,
        /// Opened by the recipient.
        Read,
        /// Only on migrated letters.
        Replied,
        /// Confirmed by the recipient.
        Confirmed,
        /// Deleted by the recipient.
        PurgedByRecipient,
        /// Deleted by the sender.
        PurgedByAltinn,
        /// Only on migrated letters.
        Archived,
        /// The recipient has reserved against digital post.
        Reserved,
        /// Could not be published.
        Failed,
        /// An attachment was downloaded by the recipient.
        AttachmentsDownloaded,
        /// Forwarded by the recipient.
        Forwarded,
    }
}

/// Answer to C3.
#[derive(Debug, Deserialize)]
pub(crate) struct Ids {
    pub(crate) ids: Vec<Uuid>,
}

/// A letter as C4 gives it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// Id.
    pub correspondence_id: Uuid,
    /// Recipient's URN.
    #[serde(default, deserialize_with = "or_empty")]
    pub recipient: String,
    /// Sender's URN.
    #[serde(default, deserialize_with = "or_empty")]
    pub sender: String,
    /// Name shown instead of the sender organisation's; empty when unset.
    #[serde(default, deserialize_with = "or_empty")]
    pub message_sender: String,
    /// Resource id without prefix.
    #[serde(default, deserialize_with = "or_empty")]
    pub resource_id: String,
    /// Sender's reference.
    #[serde(default, deserialize_with = "or_empty")]
    pub senders_reference: String,
    /// Text and attachments; blank for the sender after publication.
    #[serde(default, deserialize_with = "or_empty")]
    pub content: Content,
    /// Created.
    pub created: Option<DateTime<Utc>>,
    /// Publish time asked for.
    pub requested_publish_time: Option<DateTime<Utc>>,
    /// Published.
    pub published: Option<DateTime<Utc>>,
    /// First read.
    pub read: Option<DateTime<Utc>>,
    /// Due.
    pub due_date_time: Option<DateTime<Utc>>,
    /// Highest status ever set.
    pub status: CorrespondenceStatus,
    /// Text of that status.
    #[serde(default, deserialize_with = "or_empty")]
    pub status_text: String,
    /// Time of that status.
    pub status_changed: Option<DateTime<Utc>>,
    /// References.
    #[serde(default, deserialize_with = "or_empty")]
    pub external_references: Vec<ExternalReference>,
    /// Links to answer through.
    #[serde(default, deserialize_with = "or_empty")]
    pub reply_options: Vec<ReplyOption>,
    /// Sender's own values.
    #[serde(default, deserialize_with = "or_empty")]
    pub property_list: BTreeMap<String, Option<String>>,
    /// Sent although the recipient has reserved.
    #[serde(default, deserialize_with = "or_empty")]
    pub ignore_reservation: bool,
    /// The recipient is asked to confirm.
    #[serde(default, deserialize_with = "or_empty")]
    pub is_confirmation_needed: bool,
    /// Confidential.
    #[serde(default, deserialize_with = "or_empty")]
    pub is_confidential: bool,
    /// The recipient may forward.
    #[serde(default, deserialize_with = "or_empty")]
    pub allow_forwarding: bool,
}

/// A letter as C5 gives it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// What C4 gives too.
    #[serde(flatten)]
    pub overview: Overview,
    /// Status rows by time, as far as the caller may see them.
    #[serde(default, deserialize_with = "or_empty")]
    pub status_history: Vec<StatusEvent>,
    /// Alerts that were handed to the notification service.
    #[serde(default, deserialize_with = "or_empty")]
    pub notifications: Vec<Notification>,
    /// Dialogporten's label: `Default`, `Bin`, `Archive`, `MarkedAsUnopened` or `Sent`.
    #[serde(default, deserialize_with = "or_empty")]
    pub system_label: String,
}

/// A row of a letter's status history.
pub type StatusEvent = StatusEventOf<CorrespondenceStatus>;

/// A row of a status history.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEventOf<S> {
    /// Status.
    pub status: S,
    /// Text.
    #[serde(default, deserialize_with = "or_empty")]
    pub status_text: String,
    /// When.
    pub status_changed: Option<DateTime<Utc>>,
}

/// Text and attachments of a letter.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Content {
    /// nb, nn or en, as the sender wrote it; `no` in the blank content.
    #[serde(default, deserialize_with = "or_empty")]
    pub language: String,
    /// Title.
    #[serde(default, deserialize_with = "or_empty")]
    pub message_title: String,
    /// Summary.
    #[serde(default, deserialize_with = "or_empty")]
    pub message_summary: String,
    /// Markdown that may hold HTML; untrusted.
    #[serde(default, deserialize_with = "or_empty")]
    pub message_body: String,
    /// Attachments by link time.
    #[serde(default, deserialize_with = "or_empty")]
    pub attachments: Vec<Attachment>,
}

/// An attachment of a letter; the API tells no size.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Id for downloads.
    pub id: Uuid,
    /// File name; untrusted.
    #[serde(default, deserialize_with = "or_empty")]
    pub file_name: String,
    /// Name to show.
    pub display_name: Option<String>,
    /// The sender says that it is encrypted.
    #[serde(default, deserialize_with = "or_empty")]
    pub is_encrypted: bool,
    /// MD5 in hex; empty when unknown.
    #[serde(default, deserialize_with = "or_empty")]
    pub checksum: String,
    /// Sender's reference.
    #[serde(default, deserialize_with = "or_empty")]
    pub senders_reference: String,
    /// MIME type by extension; `binary_octet_stream` when unknown.
    #[serde(default, deserialize_with = "or_empty")]
    pub data_type: String,
    /// Latest status.
    pub status: AttachmentStatus,
    /// When it can no longer be downloaded.
    pub expiration_time: Option<DateTime<Utc>>,
}

/// A reference to something elsewhere (Correspondence reference, section 16).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalReference {
    /// For example `DialogportenDialogId`.
    #[serde(default, deserialize_with = "or_empty")]
    pub reference_type: String,
    /// Value.
    #[serde(default, deserialize_with = "or_empty")]
    pub reference_value: String,
}

/// A link to answer through.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplyOption {
    /// Address; untrusted.
    #[serde(
        rename = "linkURL",
        alias = "linkUrl",
        default,
        deserialize_with = "or_empty"
    )]
    pub link_url: String,
    /// Text.
    #[serde(default, deserialize_with = "or_empty")]
    pub link_text: String,
}

/// Answer to C1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Initialized {
    /// One a recipient, in the order of the request.
    #[serde(default, deserialize_with = "or_empty")]
    pub correspondences: Vec<InitializedCorrespondence>,
    /// All attachments.
    #[serde(default, deserialize_with = "or_empty")]
    pub attachment_ids: Vec<Uuid>,
}

/// One letter that Altinn took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InitializedCorrespondence {
    /// Id.
    pub correspondence_id: Uuid,
    /// `ReadyForPublish`, `Initialized` or `Reserved`.
    pub status: CorrespondenceStatus,
    /// Normalised URN.
    #[serde(default, deserialize_with = "or_empty")]
    pub recipient: String,
}
