//! Background work: what the service does on its own, each job at its time on the sandbox's clock.
//!
//! Due jobs run before every request as well as by the waiting task, so that what a caller sees depends on the clock alone.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::app::App;
use crate::correspondence::forward;
use crate::events::Happening;
use crate::state::{
    AttachmentStatus, AttachmentStatusRow, Dialog, Job, Reference, ReferenceType, Status,
    StatusRow, Tables,
};

/// The longest the task sleeps without looking: the clock may have been moved in ways that wake nobody.
const LONGEST_NAP: Duration = Duration::from_secs(5);

impl App {
    /// Runs every job that is due, in order, each as of its own time.
    pub fn run_due_jobs(&self) {
        let now = self.clock.now();
        if self.state.read().agenda.next_at().is_none_or(|at| at > now) {
            return;
        }
        let mut tables = self.state.write();
        while let Some((at, job)) = tables.agenda.take_due(now) {
            self.run_job(&mut tables, at, job);
        }
    }

    fn run_job(&self, tables: &mut Tables, at: DateTime<Utc>, job: Job) {
        match job {
            Job::CreateDialog(id) => create_dialog(tables, id),
            Job::Publish(id) => self.publish(tables, id, at),
            Job::Confirm(id, called_at) => self.confirm(tables, id, called_at, at),
            Job::Scan(id) => {
                let attachment = tables.attachments.get(&id);
                let data = attachment.and_then(|attachment| attachment.data.as_ref());
                let is_malicious = data.is_some_and(|data| data.is_malicious);
                self.report_scan(tables, id, is_malicious, at);
            }
            Job::Expire(id) => self.expire(tables, id, at),
            Job::Notify(id, index) => self.notify(tables, id, index, at),
            Job::Notified(id, index) => self.report_notified(tables, id, index, at),
            Job::ForwardDelivered(id, called_at) => forward::delivered(tables, id, called_at),
            Job::Due(id) => self.fall_due(tables, id, at),
            Job::Deliver(parcel) => self.post.hand_over(parcel),
        }
    }

    /// Acts on what a scan found, unless one was acted on before (section 8.5).
    pub fn report_scan(
        &self,
        tables: &mut Tables,
        id: Uuid,
        is_malicious: bool,
        at: DateTime<Utc>,
    ) {
        let Some(attachment) = tables.edit_attachment(id) else {
            return;
        };
        if !attachment.is(AttachmentStatus::UploadProcessing) {
            return;
        }
        let (row, happening) = if is_malicious {
            let text = "Malware scan failed: malicious content was found";
            let row = AttachmentStatusRow::with_text(AttachmentStatus::Failed, at, text);
            (row, Happening::AttachmentUploadFailed)
        } else {
            let row = AttachmentStatusRow::new(AttachmentStatus::Published, at);
            (row, Happening::AttachmentPublished)
        };
        attachment.statuses.push(row);
        let attachment = attachment.clone();
        self.tell_of_attachment(tables, happening, &attachment, at);
        for correspondence in attachment.correspondences {
            if is_malicious {
                fail_for_malware(tables, correspondence, at);
                continue;
            }
            let Some(row) = tables.correspondences.get(&correspondence) else {
                continue;
            };
            let when = (at + self.world.timers.publish_poll).max(row.requested_publish_time);
            tables.agenda.plan(when, Job::Publish(correspondence));
        }
    }

    fn confirm(&self, tables: &mut Tables, id: Uuid, called_at: DateTime<Utc>, at: DateTime<Utc>) {
        let Some(it) = tables.edit(id) else { return };
        if it.has(Status::Confirmed) {
            return;
        }
        it.statuses
            .push(StatusRow::new(Status::Confirmed, called_at));
        let it = it.clone();
        let confirmed = Happening::CorrespondenceReceiverConfirmed;
        self.tell_of(tables, confirmed, &it, at);
    }

    /// An attachment expires when its longest-lived link that is not to a purged correspondence has passed (section 8.5).
    fn expire(&self, tables: &mut Tables, id: Uuid, at: DateTime<Utc>) {
        let Some(attachment) = tables.attachments.get(&id) else {
            return;
        };
        if attachment.has(AttachmentStatus::Purged) || attachment.has(AttachmentStatus::Expired) {
            return;
        }
        let mut live = attachment
            .correspondences
            .iter()
            .filter_map(|correspondence| tables.correspondences.get(correspondence))
            .filter(|correspondence| !correspondence.is_purged())
            .flat_map(|correspondence| {
                correspondence
                    .links
                    .iter()
                    .filter(|link| link.attachment == id)
            })
            .peekable();
        if live.peek().is_none() || live.any(|link| link.expires.is_none_or(|expires| expires > at))
        {
            return;
        }
        if let Some(attachment) = tables.edit_attachment(id) {
            let row = AttachmentStatusRow::with_text(
                AttachmentStatus::Expired,
                at,
                "The attachment has expired",
            );
            attachment.statuses.push(row);
            let attachment = attachment.clone();
            let expired = Happening::AttachmentExpired;
            self.tell_of_attachment(tables, expired, &attachment, at);
        }
    }

    /// The recipient is told of what it has left undone (section 15).
    fn fall_due(&self, tables: &mut Tables, id: Uuid, at: DateTime<Utc>) {
        let Some(it) = tables.correspondences.get(&id).map(Arc::clone) else {
            return;
        };
        if !it.has(Status::Published) || it.is_purged() {
            return;
        }
        if !it.has(Status::Read) {
            let never_read = Happening::CorrespondenceReceiverNeverRead;
            self.tell_of(tables, never_read, &it, at);
        }
        if it.is_confirmation_needed && !it.has(Status::Confirmed) {
            let never_confirmed = Happening::CorrespondenceReceiverNeverConfirmed;
            self.tell_of(tables, never_confirmed, &it, at);
        }
    }
}

fn create_dialog(tables: &mut Tables, id: Uuid) {
    let Some(correspondence) = tables.edit(id) else {
        return;
    };
    if correspondence
        .reference(ReferenceType::DialogportenDialogId)
        .is_some()
        || correspondence.is_purged()
    {
        return;
    }
    let dialog = Uuid::new_v4();
    correspondence.external_references.push(Reference {
        value: dialog.to_string(),
        kind: ReferenceType::DialogportenDialogId,
    });
    let entry = Dialog {
        owner: correspondence.sender.clone(),
        party: correspondence.recipient.clone(),
    };
    tables.dialogs.insert(dialog, entry);
}

fn fail_for_malware(tables: &mut Tables, id: Uuid, at: DateTime<Utc>) {
    let Some(correspondence) = tables.edit(id) else {
        return;
    };
    let text = "Malware was found in an attachment";
    correspondence
        .statuses
        .push(StatusRow::with_text(Status::Failed, at, text));
    let dialog = correspondence
        .reference(ReferenceType::DialogportenDialogId)
        .and_then(|id| Uuid::try_parse(id).ok());
    if let Some(dialog) = dialog.filter(|_| !correspondence.is_transmission) {
        tables.dialogs.remove(&dialog);
    }
}

/// Runs jobs as they fall due, until it is dropped.
pub async fn run(app: Arc<App>) {
    loop {
        app.run_due_jobs();
        let next = app.state.read().agenda.next_at();
        let nap = next
            .and_then(|at| (at - app.clock.now()).to_std().ok())
            .unwrap_or(LONGEST_NAP)
            .min(LONGEST_NAP);
        tokio::select! {
            () = tokio::time::sleep(nap.max(Duration::from_millis(5))) => {}
            () = app.clock.moved() => {}
        }
    }
}
