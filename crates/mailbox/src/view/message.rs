//! A letter as the reading pane shows it.

use super::account::{LocalText, Party};
use super::error::ErrorCode;
use super::list::RowKind;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether a letter asks for confirmation, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ConfirmState {
    /// No confirmation asked for.
    NotAsked,
    /// Asked for, not given.
    Asked,
    /// Given here, not yet in Altinn's history.
    Pending,
    /// In Altinn's history.
    Done { at: i64 },
}

/// Read mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum ReadState {
    /// Nobody here has opened it: opening tells the sender.
    Unopened,
    /// Opened here; the mark waits for Altinn.
    Pending,
    /// In Altinn's history.
    Read { at: i64 },
}

/// Where the bytes of an attachment are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AttachmentState {
    /// At Altinn.
    NotFetched,
    /// On the way here.
    Fetching,
    /// Stored on this machine.
    Here,
    /// Not yet through the scan.
    Scanning,
    /// Stopped by the scan.
    Rejected,
    /// No longer kept by Altinn.
    Expired,
    /// Deleted at Altinn.
    Deleted,
    /// The last fetch failed; may be tried again.
    Failed,
}

/// A file of a letter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Attachment id.
    pub id: String,
    /// File name.
    pub name: String,
    /// Bytes, known once the file is here or was sent from here.
    pub size: Option<u64>,
    /// MIME type by extension.
    pub media_type: String,
    /// Lower-case hex, once the bytes are here.
    pub sha256: Option<String>,
    /// Where the bytes are.
    pub state: AttachmentState,
    /// When Altinn deletes it.
    pub expires_at: Option<i64>,
}

/// What happened to a letter (ui section 11).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum EventKind {
    /// Being prepared.
    Initialized,
    /// Ready.
    ReadyForPublish,
    /// Available to the recipient.
    Published,
    /// Fetched by the recipient.
    Fetched,
    /// Opened.
    Read,
    /// Replied.
    Replied,
    /// Confirmed.
    Confirmed,
    /// Deleted by the recipient.
    PurgedByRecipient,
    /// Deleted.
    PurgedByAltinn,
    /// Archived by the recipient.
    Archived,
    /// Reserved against digital post.
    Reserved,
    /// Not published.
    Failed,
    /// Attachments downloaded.
    AttachmentsDownloaded,
    /// Forwarded.
    Forwarded,
    /// Queued on this machine.
    Queued,
    /// Accepted by Altinn.
    Accepted,
    /// A status this version does not know, as Altinn named it.
    Other { text: String },
}

/// One line of the activity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// What.
    pub event: EventKind,
    /// When.
    pub at: i64,
    /// Known from this machine rather than from Altinn.
    pub is_local: bool,
    /// Altinn's own text where it adds something.
    pub detail: Option<String>,
}

/// A way to answer named by the sender.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReplyLink {
    /// Sender's text; the host when empty.
    pub text: String,
    /// https address.
    pub url: String,
    /// Host, punycode as such.
    pub host: String,
}

/// A block of a letter's body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Block {
    /// Level 1 to 6 as in the source.
    Heading { level: u8, content: Vec<Inline> },
    /// Paragraph.
    Paragraph { content: Vec<Inline> },
    /// Ordered when `start` is given.
    List {
        start: Option<u32>,
        items: Vec<Vec<Block>>,
    },
    /// Quotation.
    Quote { content: Vec<Block> },
    /// Preformatted.
    Code { text: String },
    /// Table.
    Table {
        align: Vec<Align>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// Thematic break.
    Rule,
}

/// Alignment of a table column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Align {
    /// Start.
    Start,
    /// Center.
    Center,
    /// End.
    End,
}

/// Running text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Inline {
    /// Plain.
    Text { text: String },
    /// Strong.
    Strong { content: Vec<Inline> },
    /// Emphasis.
    Emphasis { content: Vec<Inline> },
    /// Struck.
    Strike { content: Vec<Inline> },
    /// Code.
    Code { text: String },
    /// http, https, mailto or tel only.
    Link { href: String, content: Vec<Inline> },
    /// Line break.
    Break,
}

/// What may be done with a letter now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Abilities {
    /// Confirm.
    pub confirm: bool,
    /// Delete at Altinn.
    pub delete: bool,
    /// Why deletion is refused, when it is.
    pub delete_refusal: Option<ErrorCode>,
    /// Put away here.
    pub archive: bool,
    /// Take back from the archive.
    pub unarchive: bool,
    /// Show as unread here.
    pub mark_unread: bool,
    /// Delete before it is published.
    pub undo_send: bool,
}

/// A letter, received or sent, as the reading pane shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// What the window calls it; not Altinn's id, which two accounts may share.
    pub id: String,
    /// Account id.
    pub account: String,
    /// Received or Sent.
    pub kind: RowKind,
    /// Resource id.
    pub resource: String,
    /// Title of the service.
    pub service: LocalText,
    /// Title; empty when sealed.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Sender.
    pub sender: Party,
    /// Recipient.
    pub recipient: Party,
    /// Sender's reference.
    pub reference: String,
    /// Publish time.
    pub at: i64,
    /// Due date.
    pub due_at: Option<i64>,
    /// Language of the letter: nb, nn or en.
    pub language: String,
    /// Read mark.
    pub read: ReadState,
    /// Unread here.
    pub is_unread: bool,
    /// Confirmation.
    pub confirm: ConfirmState,
    /// Confidential and not opened.
    pub is_sealed: bool,
    /// Put away here.
    pub is_archived: bool,
    /// Body; none while closed, sealed or not fetched.
    pub body: Option<Vec<Block>>,
    /// Whether the content is on this machine.
    pub is_fetched: bool,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Reply links.
    pub reply_links: Vec<ReplyLink>,
    /// Newest first.
    pub timeline: Vec<TimelineEntry>,
    /// When Altinn was last asked about it.
    pub checked_at: Option<i64>,
    /// What may be done.
    pub abilities: Abilities,
}
