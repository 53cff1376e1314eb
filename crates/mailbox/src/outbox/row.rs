//! The item of the state machine and the rows it is stored in.

use super::state::{Item, Phase, Sums, Upload, UploadState, Wait, file_problem};
use crate::view::{ErrorCode, Problem};
use mailbox_store::{OutboxRow, OutboxState, UploadRow};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the columns of an item do not tell.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Note {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_unsure: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_taken: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait: Option<ErrorCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
}

impl Note {
    fn of(row: &OutboxRow) -> Self {
        row.reason_json
            .as_deref()
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }
}

/// The item that `row` and its files hold.
pub(crate) fn item(row: &OutboxRow, uploads: &[UploadRow]) -> Item {
    let note = Note::of(row);
    let accepted = row.correspondence.as_deref().and_then(|id| id.parse().ok());
    let phase = match (row.state, accepted) {
        (OutboxState::Accepted, Some(id)) => Phase::Accepted(id),
        (OutboxState::Stuck | OutboxState::Cancelled, _) => Phase::Stuck(
            note.problem
                .unwrap_or_else(|| file_problem(ErrorCode::Internal, "")),
        ),
        _ if row.resume == OutboxState::Submitting => Phase::Submitting {
            is_unsure: note.is_unsure,
            is_taken: note.is_taken,
        },
        _ => Phase::Queued,
    };
    Item {
        phase,
        uploads: uploads.iter().map(upload).collect(),
        is_paused: row.state == OutboxState::Paused,
        attempts: row.attempts,
        due_at: row.due_at,
        publish_at: row.publish_at,
        wait: (row.state == OutboxState::Waiting).then(|| Wait {
            until: row.next_at,
            reason: note.wait.unwrap_or(ErrorCode::Unsure),
        }),
    }
}

/// `row` with what `item` is now.
pub(crate) fn fill(row: &OutboxRow, item: &Item, now: i64) -> OutboxRow {
    let mut note = Note {
        wait: item.wait.map(|wait| wait.reason),
        ..Note::default()
    };
    let mut resume = OutboxState::Queued;
    match &item.phase {
        Phase::Submitting {
            is_unsure,
            is_taken,
        } => {
            note.is_unsure = *is_unsure;
            note.is_taken = *is_taken;
            resume = OutboxState::Submitting;
        }
        Phase::Stuck(problem) => note.problem = Some(problem.clone()),
        Phase::Queued | Phase::Accepted(_) => {}
    }
    OutboxRow {
        state: state(item),
        resume,
        attempts: item.attempts,
        next_at: item.wait.map_or(now, |wait| wait.until),
        reason_json: serde_json::to_string(&note)
            .ok()
            .filter(|json| json != "{}"),
        correspondence: match &item.phase {
            Phase::Accepted(id) => Some(id.to_string()),
            _ => None,
        },
        changed_at: now,
        ..row.clone()
    }
}

/// Why an item is stuck, if it is.
pub(crate) fn problem(row: &OutboxRow) -> Option<Problem> {
    Note::of(row).problem
}

/// The one word for where an item is.
fn state(item: &Item) -> OutboxState {
    match item.phase {
        Phase::Accepted(_) => return OutboxState::Accepted,
        Phase::Stuck(_) => return OutboxState::Stuck,
        _ if item.is_paused => return OutboxState::Paused,
        _ if item.wait.is_some() => return OutboxState::Waiting,
        Phase::Submitting { .. } => return OutboxState::Submitting,
        Phase::Queued => {}
    }
    let is_going = |upload: &Upload| {
        matches!(
            upload.state,
            UploadState::New | UploadState::Open(_) | UploadState::Sending(_)
        )
    };
    let is_new = |upload: &Upload| upload.state == UploadState::New && upload.tries == 0;
    if item.uploads.iter().all(is_new) {
        OutboxState::Queued
    } else if item.uploads.iter().any(is_going) {
        OutboxState::Uploading
    } else if item
        .uploads
        .iter()
        .any(|upload| matches!(upload.state, UploadState::Sent(_)))
    {
        OutboxState::Scanning
    } else {
        OutboxState::Queued
    }
}

/// The file that `row` holds.
pub(crate) fn upload(row: &UploadRow) -> Upload {
    use mailbox_store::UploadState as Stored;
    let id: Option<Uuid> = row.attachment.as_deref().and_then(|id| id.parse().ok());
    let state = match (row.state, id) {
        (Stored::Failed, _) => UploadState::Rejected,
        (_, None) => UploadState::New,
        (Stored::Waiting, Some(id)) => UploadState::Open(id),
        (Stored::Uploading, Some(id)) => UploadState::Sending(id),
        (Stored::Scanning, Some(id)) => UploadState::Sent(id),
        (Stored::Published, Some(id)) => UploadState::Clean(id),
    };
    Upload {
        name: row.name.clone(),
        state,
        tries: row.attempts,
        sums: (!row.md5.is_empty()).then(|| Sums {
            md5: row.md5.clone(),
            sha256: row.sha256.clone(),
        }),
    }
}

/// `row` with where `upload` is now.
pub(crate) fn fill_upload(row: &UploadRow, upload: &Upload) -> UploadRow {
    use mailbox_store::UploadState as Stored;
    let (state, attachment) = match upload.state {
        UploadState::New => (Stored::Waiting, None),
        UploadState::Open(id) => (Stored::Waiting, Some(id)),
        UploadState::Sending(id) => (Stored::Uploading, Some(id)),
        UploadState::Sent(id) => (Stored::Scanning, Some(id)),
        UploadState::Clean(id) => (Stored::Published, Some(id)),
        UploadState::Rejected => (Stored::Failed, None),
    };
    let sums = upload.sums.clone().unwrap_or_default();
    UploadRow {
        state,
        md5: sums.md5,
        sha256: sums.sha256,
        attachment: attachment.map(|id| id.to_string()),
        attempts: upload.tries,
        done: match upload.state {
            UploadState::Sent(_) | UploadState::Clean(_) => row.size,
            _ => 0,
        },
        ..row.clone()
    }
}
