//! C9 purge, by either side (Correspondence reference, section 4.9).

use uuid::Uuid;

use super::read::Standing;
use crate::app::App;
use crate::caller::Caller;
use crate::events::Happening;
use crate::problem::{Outcome, rule};
use crate::state::{
    AttachmentStatus, AttachmentStatusRow, Correspondence, ReferenceType, Status, StatusRow, Tables,
};

/// Purges a correspondence, and attachments that no other one needs.
///
/// # Errors
/// 1001, 1043, 4001, 1014, 1013, 1026, 4006, 4002.
pub fn purge(app: &App, caller: &Caller, id: Uuid) -> Outcome<()> {
    let now = app.clock.now();
    let mut tables = app.state.write();
    let it = tables
        .correspondences
        .get(&id)
        .ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    if it
        .reference(ReferenceType::DialogportenTransmissionId)
        .is_some()
    {
        return Err(rule::TRANSMISSION_CANNOT_BE_PURGED.into());
    }
    let standing = Standing::of(app, caller, it);
    let status = side(caller, standing, it)?;
    app.calling_party(caller)?;
    // A purge that the reported status hides is not noticed, and not repeated either (section 9.2).
    if it.is_purged() {
        return Ok(());
    }
    let dialog = it
        .reference(ReferenceType::DialogportenDialogId)
        .and_then(|id| Uuid::try_parse(id).ok());
    let attachments: Vec<Uuid> = it.links.iter().map(|link| link.attachment).collect();
    if let Some(dialog) = dialog {
        tables.dialogs.remove(&dialog);
    }
    if let Some(it) = tables.edit(id) {
        it.statuses.push(StatusRow::new(status, now));
        let it = it.clone();
        app.tell_of(&mut tables, Happening::CorrespondencePurged, &it, now);
    }
    for attachment in attachments {
        purge_if_unneeded(&mut tables, attachment, now);
    }
    Ok(())
}

/// Which side's rules count, and the status that follows from passing them.
fn side(caller: &Caller, standing: Standing, it: &Correspondence) -> Outcome<Status> {
    let Standing {
        is_sender,
        is_recipient,
        ..
    } = standing;
    if !is_sender && !is_recipient {
        return Err(rule::NO_ACCESS.into());
    }
    if is_sender && (caller.is_calling_as_sender() || !is_recipient) {
        return check_sender(it).map(|()| Status::PurgedByAltinn);
    }
    if is_recipient && (caller.is_calling_as_recipient() || !is_sender) {
        return check_recipient(it).map(|()| Status::PurgedByRecipient);
    }
    match check_sender(it) {
        Ok(()) => Ok(Status::PurgedByAltinn),
        Err(of_sender) => check_recipient(it)
            .map(|()| Status::PurgedByRecipient)
            .map_err(|_| of_sender),
    }
}

fn is_reported_purged(it: &Correspondence) -> bool {
    it.highest().is_some_and(|row| {
        matches!(
            row.status,
            Status::PurgedByAltinn | Status::PurgedByRecipient
        )
    })
}

fn check_sender(it: &Correspondence) -> Outcome<()> {
    if is_reported_purged(it) {
        return Err(rule::ALREADY_PURGED.into());
    }
    match it.highest().map(|row| row.status) {
        Some(Status::Initialized | Status::ReadyForPublish | Status::Failed) => Ok(()),
        _ => Err(rule::TOO_LATE_TO_PURGE.into()),
    }
}

fn check_recipient(it: &Correspondence) -> Outcome<()> {
    if is_reported_purged(it) {
        return Err(rule::ALREADY_PURGED.into());
    }
    if !it.is_available() {
        return Err(rule::CORRESPONDENCE_NOT_FOUND.into());
    }
    if it.is_confirmation_needed && !it.has(Status::Confirmed) {
        return Err(rule::PURGE_BEFORE_CONFIRM.into());
    }
    Ok(())
}

fn purge_if_unneeded(tables: &mut Tables, id: Uuid, now: chrono::DateTime<chrono::Utc>) {
    let Some(attachment) = tables.attachments.get(&id) else {
        return;
    };
    let is_needed = attachment.correspondences.iter().any(|correspondence| {
        tables
            .correspondences
            .get(correspondence)
            .is_some_and(|it| !it.is_purged())
    });
    if is_needed || attachment.has(AttachmentStatus::Purged) {
        return;
    }
    if let Some(attachment) = tables.edit_attachment(id) {
        attachment
            .statuses
            .push(AttachmentStatusRow::new(AttachmentStatus::Purged, now));
        attachment.data = None;
    }
}
