//! A stored correspondence: what was sent, and the rows that have been added to it since.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Correspondence status (Correspondence reference, section 5.8). The order is the numeric one, which decides
/// the reported status (section 9.2).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "CorrespondenceStatus")]
pub enum Status {
    /// 0
    Initialized,
    /// 1
    ReadyForPublish,
    /// 2
    Published,
    /// 3; kept in a table of its own, never the reported status.
    Fetched,
    /// 4
    Read,
    /// 5; only migrated messages have it.
    Replied,
    /// 6
    Confirmed,
    /// 7
    PurgedByRecipient,
    /// 8
    PurgedByAltinn,
    /// 9; only migrated messages have it.
    Archived,
    /// 10
    Reserved,
    /// 11
    Failed,
    /// 12
    AttachmentsDownloaded,
    /// 13
    Forwarded,
}

impl Status {
    /// Every status in numeric order.
    pub const ALL: [Self; 14] = [
        Self::Initialized,
        Self::ReadyForPublish,
        Self::Published,
        Self::Fetched,
        Self::Read,
        Self::Replied,
        Self::Confirmed,
        Self::PurgedByRecipient,
        Self::PurgedByAltinn,
        Self::Archived,
        Self::Reserved,
        Self::Failed,
        Self::AttachmentsDownloaded,
        Self::Forwarded,
    ];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Initialized => "Initialized",
            Self::ReadyForPublish => "ReadyForPublish",
            Self::Published => "Published",
            Self::Fetched => "Fetched",
            Self::Read => "Read",
            Self::Replied => "Replied",
            Self::Confirmed => "Confirmed",
            Self::PurgedByRecipient => "PurgedByRecipient",
            Self::PurgedByAltinn => "PurgedByAltinn",
            Self::Archived => "Archived",
            Self::Reserved => "Reserved",
            Self::Failed => "Failed",
            Self::AttachmentsDownloaded => "AttachmentsDownloaded",
            Self::Forwarded => "Forwarded",
        }
    }

    /// Not yet out, or never coming: invisible to the recipient's search (section 11.3).
    #[must_use]
    pub fn is_before_publish_or_failed(self) -> bool {
        matches!(
            self,
            Self::Initialized | Self::ReadyForPublish | Self::Failed
        )
    }
}

/// One row of the status history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusRow {
    /// Which status was set.
    pub status: Status,
    /// Its text; mostly the status' own name.
    pub text: Cow<'static, str>,
    /// When.
    pub at: DateTime<Utc>,
}

impl StatusRow {
    /// A row whose text is the status' own name.
    #[must_use]
    pub fn new(status: Status, at: DateTime<Utc>) -> Self {
        Self {
            status,
            text: Cow::Borrowed(status.name()),
            at,
        }
    }

    /// A row with a text of its own.
    #[must_use]
    pub fn with_text(
        status: Status,
        at: DateTime<Utc>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            text: text.into(),
            at,
        }
    }
}

/// One fetch by a recipient-mode caller (section 4.4 step 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchRow {
    /// The party that fetched, as its URN.
    pub party: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What was written. Shared by every recipient of one call unless it names the recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// `nb`, `nn` or `en`, in the case it was sent.
    pub language: String,
    /// Title.
    pub title: String,
    /// Summary; empty when none was given.
    pub summary: String,
    /// Body: markdown, possibly with HTML.
    pub body: String,
}

/// A reply option (section 5.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyOption {
    /// An https address.
    pub link_url: String,
    /// What the link is called.
    pub link_text: Option<String>,
}

/// Kinds of external reference (section 5.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ReferenceType {
    /// 0
    Generic,
    /// 1
    AltinnAppInstance,
    /// 2
    AltinnBrokerFileTransfer,
    /// 3
    DialogportenDialogId,
    /// 4
    DialogportenProcessId,
    /// 5
    DialogportenTransmissionId,
    /// 6
    DialogportenTransmissionType,
}

/// An external reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Its value.
    pub value: String,
    /// What the value is.
    pub kind: ReferenceType,
}

/// One order to the notification service (section 12.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notification {
    /// The order's id; none until it is handed over.
    pub order_id: Option<Uuid>,
    /// The follow-up rather than the first one.
    pub is_reminder: bool,
    /// To the letter's recipient rather than to somebody the sender named.
    #[serde(default)]
    pub is_for_recipient: bool,
    /// Channel name as on the wire.
    pub channel: String,
    /// When the order was placed.
    pub created: DateTime<Utc>,
    /// When it may be sent at the earliest.
    pub due: DateTime<Utc>,
    /// `Order_Completed` or `Order_SendConditionNotMet` once it was handled, with the time.
    pub processed: Option<(String, DateTime<Utc>)>,
    /// Each delivery: the address, and whether it is a mobile number.
    pub deliveries: Vec<Delivery>,
}

/// One notification that went out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// E-mail address or mobile number.
    pub address: String,
    /// By text message rather than e-mail.
    pub is_sms: bool,
    /// It will not arrive.
    #[serde(default)]
    pub fails: bool,
}

/// One forwarding by mail (section 13).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forwarding {
    /// Its id.
    pub id: Uuid,
    /// The address, trimmed and in lower case.
    pub to: String,
}

/// An attachment's place on one correspondence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The attachment.
    pub attachment: Uuid,
    /// When it was linked; the order of attachments in content.
    pub created: DateTime<Utc>,
    /// When this correspondence may no longer be asked for the bytes.
    pub expires: Option<DateTime<Utc>>,
}

/// A stored correspondence.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Correspondence {
    /// Its id.
    pub id: Uuid,
    /// The resource, without the URN prefix.
    pub resource_id: String,
    /// Organisation number (nine digits) of the resource's owner.
    pub sender: String,
    /// The addressed party's URN, normalised (section 7.2).
    pub recipient: String,
    /// The sender's own reference.
    pub senders_reference: String,
    /// Shown in place of the organisation's name; empty when unset.
    pub message_sender: String,
    /// The letter itself.
    #[serde(with = "shared")]
    pub content: Arc<Content>,
    /// When it was stored.
    pub created: DateTime<Utc>,
    /// When the sender wanted it out.
    pub requested_publish_time: DateTime<Utc>,
    /// Deadline.
    pub due: Option<DateTime<Utc>>,
    /// References, those the server added included.
    pub external_references: Vec<Reference>,
    /// Names and values of the sender's choice.
    pub property_list: BTreeMap<String, String>,
    /// Links to answer by.
    pub reply_options: Vec<ReplyOption>,
    /// Send although the person is reserved.
    pub ignore_reservation: bool,
    /// The recipient is asked to confirm.
    pub is_confirmation_needed: bool,
    /// Content under a duty of confidentiality (section 14).
    pub is_confidential: bool,
    /// The recipient may forward it (section 13).
    pub allow_forwarding: bool,
    /// Status history, `Fetched` excluded, oldest first.
    pub statuses: Vec<StatusRow>,
    /// Fetches, oldest first.
    pub fetches: Vec<FetchRow>,
    /// Attachments, in link order.
    pub links: Vec<Link>,
    /// Orders to the notification service.
    pub notifications: Vec<Notification>,
    /// Forwardings that the mail service took.
    #[serde(default)]
    pub forwardings: Vec<Forwarding>,
    /// It was put on a dialog that existed (section 16).
    #[serde(default)]
    pub is_transmission: bool,
    /// When a recipient's look last tried to publish it (section 4.4 step 3).
    #[serde(default)]
    pub tried_to_publish: Option<DateTime<Utc>>,
    /// Id it had in Altinn 2, on migrated messages.
    #[serde(default)]
    pub altinn2_id: Option<i64>,
}

impl Correspondence {
    /// The row that `status` is reported from: the numerically highest, the first of equals (section 9.2).
    #[must_use]
    pub fn highest(&self) -> Option<&StatusRow> {
        self.statuses
            .iter()
            .filter(|row| row.status != Status::Fetched)
            .reduce(|best, row| if row.status > best.status { row } else { best })
    }

    /// Whether a status was ever set.
    #[must_use]
    pub fn has(&self, status: Status) -> bool {
        self.statuses.iter().any(|row| row.status == status)
    }

    /// When a status was first set.
    #[must_use]
    pub fn first(&self, status: Status) -> Option<DateTime<Utc>> {
        self.statuses
            .iter()
            .filter(|row| row.status == status)
            .map(|row| row.at)
            .min()
    }

    /// Purged by either side, whatever the reported status says.
    #[must_use]
    pub fn is_purged(&self) -> bool {
        self.has(Status::PurgedByRecipient) || self.has(Status::PurgedByAltinn)
    }

    /// Whether the recipient may know of it (section 9.3).
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.highest().is_some_and(|row| {
            !matches!(
                row.status,
                Status::Initialized
                    | Status::ReadyForPublish
                    | Status::PurgedByRecipient
                    | Status::PurgedByAltinn
                    | Status::Failed
            )
        })
    }

    /// The value of the first external reference of a kind.
    #[must_use]
    pub fn reference(&self, kind: ReferenceType) -> Option<&str> {
        self.external_references
            .iter()
            .find(|reference| reference.kind == kind)
            .map(|reference| reference.value.as_str())
    }
}

/// Writes shared content as if it were the correspondence's own.
mod shared {
    use super::{Arc, Content, Deserialize, Serialize};

    pub fn serialize<S: serde::Serializer>(
        content: &Arc<Content>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        content.as_ref().serialize(serializer)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<Content>, D::Error> {
        Content::deserialize(deserializer).map(Arc::new)
    }
}
