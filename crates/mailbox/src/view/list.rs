//! Folders, the list and its rows.

use super::account::LocalText;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Places that hold letters (ui section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Folder {
    /// Received and not archived here.
    Inbox,
    /// Inbox without a read mark.
    Unread,
    /// Confirmation asked for and not given.
    NeedsConfirmation,
    /// Due within seven days, or passed and not confirmed.
    DueSoon,
    /// Letters on confidential services.
    Confidential,
    /// Not sent.
    Drafts,
    /// Handed over by the user, not yet accepted by Altinn.
    Outbox,
    /// Accepted, publish time ahead.
    Scheduled,
    /// Our copies, published.
    Sent,
    /// Stuck in our outbox or failed at Altinn.
    Failed,
    /// Put away on this machine.
    Archive,
}

/// A folder and the number beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FolderCount {
    /// Which.
    pub folder: Folder,
    /// Rows in it.
    pub total: u32,
    /// Number shown beside the name; 0 shows none.
    pub badge: u32,
    /// Whether the number is shown in red.
    pub urgent: bool,
}

/// A service (resource) that has letters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCount {
    /// Resource id without URN prefix.
    pub resource: String,
    /// Title from the Resource Registry; the id where unknown.
    pub title: LocalText,
    /// Letters.
    pub total: u32,
    /// Unread letters.
    pub unread: u32,
}

/// The left pane.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Folders {
    /// In order of display; `Confidential` only when it holds something.
    pub folders: Vec<FolderCount>,
    /// Most used first.
    pub services: Vec<ServiceCount>,
}

/// Where a list is taken from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Place {
    /// A folder.
    Folder { folder: Folder },
    /// All received letters of a service.
    Service { resource: String },
    /// All letters of the account, for a search in every folder.
    Everywhere,
}

/// The chips above the list; all that are set must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// Unread only.
    pub unread: bool,
    /// Awaiting our confirmation.
    pub needs_confirmation: bool,
    /// With attachments.
    pub attachments: bool,
    /// With a due date.
    pub due: bool,
}

/// Order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Sort {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// Best first, by the words searched for; newest first where there are none.
    Best,
}

/// What a list shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListQuery {
    /// Account id.
    pub account: String,
    /// Where.
    pub place: Place,
    /// Search text in the grammar of ui section 8; empty for none.
    pub search: String,
    /// Chips.
    pub filters: Filters,
    /// Order.
    pub sort: Sort,
}

/// Heading of a run of rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum GroupKind {
    /// Today.
    Today,
    /// Yesterday.
    Yesterday,
    /// Earlier this week (Monday first).
    ThisWeek,
    /// A month, 1 to 12.
    Month { year: i32, month: u32 },
    /// All, when they are in order of what was searched for.
    Best,
}

/// A heading and how many rows follow it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Heading.
    pub kind: GroupKind,
    /// Rows.
    pub count: u32,
}

/// What of a search was not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SearchHintKind {
    /// No such operator; searched as words.
    Operator,
    /// An operator that does not know the value; the value is searched as words.
    Value,
    /// Not a day; searched as words.
    Day,
    /// More than 64 words and operators; the rest is left out.
    Length,
    /// Parentheses more than twenty deep; they are left out.
    Depth,
}

/// A part of a search that was not understood, and what may have been meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchHint {
    /// What is wrong.
    pub kind: SearchHintKind,
    /// The part as typed, for example `frm:` or `is:ulets`.
    pub typed: String,
    /// The nearest that is known, to stand in its place.
    pub suggestion: Option<String>,
    /// First UTF-16 code unit of the part.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// The shape of a whole list, from which row heights follow without the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ListShape {
    /// Rows.
    pub total: u32,
    /// In order; counts add up to `total`.
    pub groups: Vec<Group>,
    /// About the search text.
    pub hints: Vec<SearchHint>,
    /// Files that are here and whose words a search does not find (yet); 0 without a search.
    pub unindexed_files: u32,
}

/// What a row opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RowKind {
    /// A letter to us.
    Received,
    /// Our copy of a letter that Altinn has.
    Sent,
    /// A draft.
    Draft,
    /// A letter on its way.
    Outbox,
}

/// The one tag of a row, the highest in rank that applies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Tag {
    /// Failed.
    Failed,
    /// Due date passed.
    Overdue,
    /// Confirmation asked for.
    NeedsConfirmation,
    /// Due date ahead.
    Due { at: i64 },
    /// Confidential service.
    Confidential,
}

/// A range of matched text, in UTF-16 code units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Mark {
    /// First unit.
    pub start: u32,
    /// One past the last.
    pub end: u32,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Message, draft or outbox id, by `kind`.
    pub id: String,
    /// What it opens.
    pub kind: RowKind,
    /// Sender, or recipients of what we send; empty when sealed or none yet.
    pub counterpart: String,
    /// Whether the counterpart is a person.
    pub is_person: bool,
    /// Time shown.
    pub at: i64,
    /// Title; empty when sealed.
    pub title: String,
    /// Summary or beginning of the body; empty when sealed.
    pub snippet: String,
    /// Unread here.
    pub is_unread: bool,
    /// Confidential and not opened: sender and title are hidden.
    pub is_sealed: bool,
    /// Tag.
    pub tag: Option<Tag>,
    /// Number of files.
    pub attachments: u32,
    /// Search hits in the title.
    pub title_marks: Vec<Mark>,
    /// Search hits in the snippet.
    pub snippet_marks: Vec<Mark>,
}
