//! The files of a letter.

use crate::view::{Attachment, AttachmentState};
use mailbox_store::{AttachmentPut, AttachmentRow, Fetch, MessageRow, Reader, Result, UploadRow};

/// The files of a letter; of what was sent from here those of our copy, as the sender is shown none once it is published.
pub(super) fn files(r: &Reader<'_>, row: &MessageRow, now: i64) -> Result<Vec<Attachment>> {
    let listed = r.attachments(row.key)?;
    if listed.is_empty()
        && let Some(letter) = &row.letter
    {
        return Ok(r.uploads(letter)?.into_iter().map(sent).collect());
    }
    Ok(listed.into_iter().map(|file| received(file, now)).collect())
}

fn received(row: AttachmentRow, now: i64) -> Attachment {
    let state = state(&row, now);
    let AttachmentPut {
        id,
        name,
        media_type,
        size,
        sha256,
        expires_at,
        ..
    } = row.file;
    Attachment {
        id,
        name,
        size,
        media_type,
        sha256,
        state,
        expires_at,
    }
}

fn sent(upload: UploadRow) -> Attachment {
    Attachment {
        id: upload.attachment.unwrap_or(upload.id),
        name: upload.name,
        size: Some(upload.size),
        media_type: upload.media_type,
        sha256: Some(upload.sha256).filter(|sum| !sum.is_empty()),
        state: if upload.blob.is_some() {
            AttachmentState::Here
        } else {
            AttachmentState::NotFetched
        },
        expires_at: None,
    }
}

/// Bytes that are here stay here, whatever became of Altinn's (Correspondence reference, sections 5.8 and 8.5).
fn state(row: &AttachmentRow, now: i64) -> AttachmentState {
    if row.file.blob.is_some() {
        return AttachmentState::Here;
    }
    match row.file.status.as_str() {
        "Initialized" | "UploadProcessing" => return AttachmentState::Scanning,
        "Failed" => return AttachmentState::Rejected,
        "Purged" => return AttachmentState::Deleted,
        "Expired" => return AttachmentState::Expired,
        _ => {}
    }
    if row.file.expires_at.is_some_and(|at| at <= now) {
        return AttachmentState::Expired;
    }
    match row.fetch {
        Fetch::None => AttachmentState::NotFetched,
        Fetch::Wanted | Fetch::Running => AttachmentState::Fetching,
        Fetch::Failed => AttachmentState::Failed,
    }
}
