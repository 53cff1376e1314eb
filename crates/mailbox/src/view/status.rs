//! State of the program, settings, and what a commit changed.

use super::account::{Account, LocalText};
use super::error::UiError;
use super::list::{Folders, ListQuery, ListShape, Row};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The status line; exactly one holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Connection {
    /// In step with Altinn.
    Updated { at: i64 },
    /// Fetching; `until` is when it will be done, where that can be told.
    Syncing {
        done: u32,
        total: u32,
        until: Option<i64>,
    },
    /// No network; `waiting` letters in the outbox.
    Offline { since: i64, waiting: u32 },
    /// Altinn asks us to wait.
    Slow { until: i64 },
    /// Altinn refuses the sign-in.
    SignIn,
    /// No space left for the local copy.
    DiskFull,
    /// Nothing known yet.
    Starting,
}

/// State of the program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Status line.
    pub connection: Connection,
    /// Services with more letters of one instant than Altinn can list: some of them may be missing here.
    pub incomplete: Vec<LocalText>,
    /// The store's key lives for this run only (no keychain, practice account).
    pub is_key_temporary: bool,
    /// Outbox line; none when idle.
    pub uploads: Option<UploadProgress>,
}

/// Progress of the running upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UploadProgress {
    /// Which, from 1.
    pub file: u32,
    /// Of how many.
    pub files: u32,
    /// Bytes sent.
    pub done: u64,
    /// Bytes in all.
    pub size: u64,
}

/// Language of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    /// Bokmål.
    Nb,
    /// Nynorsk.
    Nn,
    /// English.
    En,
}

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Scheme {
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// As the system.
    Auto,
}

/// Height of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Density {
    /// 58 px.
    Compact,
    /// 86 px.
    Normal,
    /// 104 px.
    Roomy,
}

/// Settings of the window and of sending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// Language.
    pub language: Language,
    /// Light or dark.
    pub scheme: Scheme,
    /// Row height.
    pub density: Density,
    /// Undo window of a send, 0 to 60; the practice account always uses 0.
    pub undo_minutes: u32,
    /// Open letters by selecting them.
    pub open_on_select: bool,
    /// Single-key shortcuts.
    pub single_keys: bool,
}

/// What a commit changed; the window asks again for what it shows of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Change {
    /// Counts.
    Folders { account: String },
    /// Rows.
    List { account: String },
    /// A letter.
    Message { id: String },
    /// A draft or one of its files.
    Draft { id: String },
    /// An outbox item.
    Outbox { id: String },
    /// Status line.
    Status,
    /// Settings.
    Settings,
    /// Accounts.
    Accounts,
    /// Services to choose from.
    Catalogue { account: String },
    /// Event subscriptions.
    Subscriptions { account: String },
    /// What the doctor found.
    Checkup { account: String },
}

/// How far the program got in opening the profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum StartState {
    /// No keychain: a passphrase protects the store.
    NeedsPassphrase { is_new: bool, was_wrong: bool },
    /// Open.
    Ready,
    /// Cannot go on.
    Refused { error: UiError },
}

/// What the window shows first, in one answer: each answer takes its time on the way to the window.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FirstPicture {
    /// How far opening the profile got.
    pub state: StartState,
    /// The mailbox, where it is open and has an account.
    pub mailbox: Option<MailboxPicture>,
}

/// The mailbox of one account, as far as the window shows it first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MailboxPicture {
    /// Settings.
    pub settings: Settings,
    /// Accounts of the profile.
    pub accounts: Vec<Account>,
    /// State of the program.
    pub status: Status,
    /// Folders with counts.
    pub folders: Folders,
    /// The list that was asked for, of the account that is shown.
    pub query: ListQuery,
    /// Its length and headings.
    pub shape: ListShape,
    /// Its first rows.
    pub rows: Vec<Row>,
}
