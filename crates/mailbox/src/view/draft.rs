//! What the user writes, its recipients and files, and the rules it breaks.

use super::account::Party;
use super::error::ErrorCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// What is known about a recipient that was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RecipientState {
    /// Being looked up.
    Checking,
    /// Named by the register.
    Found,
    /// Valid, but no name is known (a person, or the register could not be asked).
    Unnamed,
    /// Not in the register.
    NotFound,
    /// Deleted from the register.
    Deleted,
    /// Control digits are wrong.
    BadChecksum,
    /// A national identity number of the 2032 kind, which Correspondence refuses.
    NotYetAccepted,
    /// No recognisable number or address.
    Malformed,
    /// Already among the recipients.
    Duplicate,
}

/// A recipient of a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Recipient {
    /// Stable key of the chip; the normalised form.
    pub key: String,
    /// As typed.
    pub text: String,
    /// Name and number as shown.
    pub party: Party,
    /// Postal place of an organisation.
    pub place: Option<String>,
    /// What is known.
    pub state: RecipientState,
}

/// Why a file cannot be sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum FileProblem {
    /// No bytes.
    Empty,
    /// Larger than the API takes.
    TooLarge { limit: u64 },
    /// File type not allowed.
    Type { extension: String },
    /// Forbidden characters, device name or too long.
    Name { suggestion: String },
    /// Same name as another file of the draft.
    Duplicate { suggestion: String },
    /// More than the API takes.
    TooMany { limit: u32 },
    /// Cannot be read.
    Unreadable,
    /// A folder, link or device.
    NotAFile,
    /// Changed or gone since it was attached.
    Changed,
}

/// State of a file on a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum DraftFileState {
    /// Being copied and hashed.
    Reading { done: u64 },
    /// Stored and hashed.
    Ready,
    /// Cannot be sent as it is.
    Refused { problem: FileProblem },
}

/// A file on a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftFile {
    /// Id within the draft.
    pub id: String,
    /// File name as it will be sent.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// MIME type by extension.
    pub media_type: String,
    /// Lower-case hex, once read.
    pub sha256: Option<String>,
    /// Same content as another file of the draft.
    pub is_same_content: bool,
    /// State.
    pub state: DraftFileState,
}

/// How the recipient is told by e-mail or SMS that a letter waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Channel.
    pub channel: AlertChannel,
    /// Remind after a week.
    pub send_reminder: bool,
}

/// Channel of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AlertChannel {
    /// E-mail, else SMS.
    EmailPreferred,
    /// SMS, else e-mail.
    SmsPreferred,
    /// E-mail.
    Email,
    /// SMS.
    Sms,
    /// Both.
    EmailAndSms,
}

/// What the user writes; saved as a whole, versioned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftText {
    /// Service to send on.
    pub resource: Option<String>,
    /// As typed or normalised, one each.
    pub recipients: Vec<String>,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Markdown.
    pub body: String,
    /// nb, nn or en.
    pub language: String,
    /// Sender's reference; made from the draft id when empty.
    pub reference: String,
    /// Shown instead of the organisation's name; empty for none.
    pub message_sender: String,
    /// Due date.
    pub due_at: Option<i64>,
    /// Ask for confirmation.
    pub needs_confirmation: bool,
    /// Publish time, kept as it is; none for at once, which is after the undo window.
    pub publish_at: Option<i64>,
    /// Alert with Altinn's standard text; none for no alert.
    pub alert: Option<Alert>,
    /// Send although the recipient has reserved against digital post.
    pub ignore_reservation: bool,
    /// Confidential.
    pub is_confidential: bool,
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    /// Draft id.
    pub id: String,
    /// Account id.
    pub account: String,
    /// Grows by one with each save.
    pub version: u32,
    /// What the user wrote.
    pub text: DraftText,
    /// Resolved as far as known.
    pub recipients: Vec<Recipient>,
    /// Files.
    pub files: Vec<DraftFile>,
    /// Last save.
    pub saved_at: i64,
    /// Why Altinn refused it the last time, when it came back from the outbox.
    pub refusal: Option<Problem>,
}

/// A field of the draft, to point a problem at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// Resource.
    Resource,
    /// Recipients.
    Recipients,
    /// Title.
    Title,
    /// Summary.
    Summary,
    /// Body.
    Body,
    /// Language.
    Language,
    /// Reference.
    Reference,
    /// MessageSender.
    MessageSender,
    /// Due.
    Due,
    /// Publish.
    Publish,
    /// Files.
    Files,
    /// Alert.
    Alert,
    /// Confidential.
    Confidential,
    /// Reservation.
    Reservation,
    /// General.
    General,
}

/// A rule that a draft breaks, or that Altinn named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// Which rule.
    pub code: ErrorCode,
    /// Values for the text: `count`, `limit`, `name`, ….
    pub params: BTreeMap<String, String>,
}
