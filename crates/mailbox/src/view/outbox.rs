//! Letters on their way.

use super::account::Party;
use super::draft::{DraftFile, Problem};
use super::error::ErrorCode;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// State of a letter on its way (architecture section 7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum OutboxState {
    /// Waits for its turn.
    Queued,
    /// Sending file `file` of `files` (from 1).
    Uploading {
        file: u32,
        files: u32,
        done: u64,
        size: u64,
    },
    /// Waits for the scan.
    Scanning,
    /// Handing over; unsure until answered.
    Submitting,
    /// Tries again at `until`.
    Waiting {
        until: i64,
        attempts: u32,
        reason: ErrorCode,
    },
    /// Held by the user.
    Paused,
    /// Needs the user.
    Stuck { reason: Problem },
}

/// A letter on its way to one recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OutboxItem {
    /// Outbox id.
    pub id: String,
    /// Account id.
    pub account: String,
    /// Id of the letter it was made from.
    pub draft: String,
    /// Title.
    pub title: String,
    /// Recipient.
    pub recipient: Party,
    /// When the user sent it.
    pub queued_at: i64,
    /// Publish time.
    pub publish_at: Option<i64>,
    /// Files.
    pub files: Vec<DraftFile>,
    /// State.
    pub state: OutboxState,
    /// Steps done.
    pub step: u32,
    /// Steps in all.
    pub steps: u32,
}

/// What sending a draft queued.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SendReceipt {
    /// Outbox ids, one a recipient.
    pub items: Vec<String>,
    /// When the letters become available; later than now by the undo window.
    pub publish_at: i64,
}

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum SendOutcome {
    /// Queued; safe from here on.
    Queued {
        /// What was queued.
        receipt: SendReceipt,
    },
    /// Rules are broken; nothing was queued and the draft is as it was.
    Refused {
        /// All of them.
        problems: Vec<Problem>,
    },
}
