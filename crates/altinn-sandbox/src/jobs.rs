//! Background work: what the service does on its own, each job at its time on the sandbox's clock.
//!
//! Due jobs run before every request as well as by the waiting task, so that what a caller sees depends on the clock alone.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::access::ORGANISATION;
use crate::app::App;
use crate::correspondence::recipient;
use crate::state::{
    AttachmentStatus, AttachmentStatusRow, Correspondence, Dialog, Job, Reference, ReferenceType,
    Status, StatusRow, Tables,
};

/// The longest the task sleeps without looking: the clock may have been moved in ways that wake nobody.
const LONGEST_NAP: Duration = Duration::from_secs(5);

/// Roles that may open an organisation's confidential mail (Correspondence reference, section 14).
pub const CONFIDENTIAL_ROLES: [&str; 7] = [
    "bestyrende-reder",
    "daglig-leder",
    "deltaker-delt-ansvar",
    "deltaker-fullt-ansvar",
    "innehaver",
    "styreleder",
    "komplementar",
];

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
            Job::Confirm(id, called_at) => confirm(tables, id, called_at),
            Job::Scan(id) => self.report_scan(tables, id, at),
            Job::Expire(id) => expire(tables, id, at),
            Job::Notify(id, index) => self.notify(tables, id, index, at),
        }
    }

    /// Publishes a correspondence, or fails it, if it is neither already and nothing is pending (section 9.1).
    pub fn publish(&self, tables: &mut Tables, id: Uuid, at: DateTime<Utc>) {
        let Some(correspondence) = tables.correspondences.get(&id).map(Arc::clone) else {
            return;
        };
        let is_final = [Status::Published, Status::Failed]
            .into_iter()
            .any(|status| correspondence.has(status));
        if is_final || correspondence.is_purged() || correspondence.requested_publish_time > at {
            return;
        }
        let pending = correspondence.links.iter().any(|link| {
            tables
                .attachments
                .get(&link.attachment)
                .is_some_and(|attachment| !attachment.has(AttachmentStatus::Published))
        });
        if pending {
            return;
        }
        let refusal = self.reason_not_to_publish(&correspondence);
        let dialog = correspondence
            .reference(ReferenceType::DialogportenDialogId)
            .and_then(|id| Uuid::try_parse(id).ok());
        let Some(correspondence) = tables.edit(id) else {
            return;
        };
        match refusal {
            Some(reason) => {
                correspondence
                    .statuses
                    .push(StatusRow::with_text(Status::Failed, at, reason));
                if let Some(dialog) = dialog.filter(|_| !correspondence.is_transmission) {
                    tables.dialogs.remove(&dialog);
                }
            }
            None => {
                if !correspondence.has(Status::ReadyForPublish) {
                    correspondence
                        .statuses
                        .push(StatusRow::new(Status::ReadyForPublish, at));
                }
                if correspondence.is_transmission {
                    let value = Uuid::new_v4().to_string();
                    correspondence.external_references.push(Reference {
                        value,
                        kind: ReferenceType::DialogportenTransmissionId,
                    });
                }
                correspondence
                    .statuses
                    .push(StatusRow::new(Status::Published, at));
            }
        }
    }

    fn reason_not_to_publish(&self, correspondence: &Correspondence) -> Option<&'static str> {
        let sender = format!("{ORGANISATION}{}", correspondence.sender);
        if self.register.party(&sender).is_none() {
            return Some("The sender is not known to the register");
        }
        if self.register.party(&correspondence.recipient).is_none() {
            return Some("The recipient is not known to the register");
        }
        if correspondence
            .reference(ReferenceType::DialogportenDialogId)
            .is_none()
        {
            return Some("The correspondence has no dialog");
        }
        let person = recipient::person_number(&correspondence.recipient);
        if !correspondence.ignore_reservation
            && person.is_some_and(|person| self.register.reserved(person) == Some(true))
        {
            return Some("The recipient has reserved against digital communication");
        }
        let organisation = recipient::organisation_number(&correspondence.recipient);
        if correspondence.is_confidential
            && organisation.is_some_and(|it| !self.register.has_role(it, &CONFIDENTIAL_ROLES))
        {
            return Some("The recipient has nobody in a role that may open confidential mail");
        }
        None
    }

    fn report_scan(&self, tables: &mut Tables, id: Uuid, at: DateTime<Utc>) {
        let Some(attachment) = tables.edit_attachment(id) else {
            return;
        };
        if !attachment.is(AttachmentStatus::UploadProcessing) {
            return;
        }
        if attachment
            .data
            .as_ref()
            .is_some_and(|data| data.is_malicious)
        {
            let text = "Malware scan failed: malicious content was found";
            attachment.statuses.push(AttachmentStatusRow::with_text(
                AttachmentStatus::Failed,
                at,
                text,
            ));
            for correspondence in attachment.correspondences.clone() {
                fail_for_malware(tables, correspondence, at);
            }
            return;
        }
        attachment
            .statuses
            .push(AttachmentStatusRow::new(AttachmentStatus::Published, at));
        for correspondence in attachment.correspondences.clone() {
            let Some(row) = tables.correspondences.get(&correspondence) else {
                continue;
            };
            let when = (at + self.world.timers.publish_poll).max(row.requested_publish_time);
            tables.agenda.plan(when, Job::Publish(correspondence));
        }
    }

    /// Hands an order to the notification service: the first one waits for publication, a reminder goes only to who still
    /// needs it (section 12.4).
    fn notify(&self, tables: &mut Tables, id: Uuid, index: usize, at: DateTime<Utc>) {
        let Some(correspondence) = tables.edit(id) else {
            return;
        };
        let is_dead = correspondence.has(Status::Failed) || correspondence.is_purged();
        let is_out = correspondence.has(Status::Published);
        let is_read = correspondence.has(Status::Read);
        let Some(order) = correspondence.notifications.get_mut(index) else {
            return;
        };
        if !is_out && !is_dead && !order.is_reminder {
            let again = at + self.world.timers.publish_poll.max(Duration::from_secs(1));
            tables.agenda.plan(again, Job::Notify(id, index));
            return;
        }
        let is_wanted = is_out && !is_dead && !(order.is_reminder && is_read);
        order.order_id = Some(Uuid::new_v4());
        let outcome = if is_wanted {
            "Order_Completed"
        } else {
            "Order_SendConditionNotMet"
        };
        order.processed = Some((outcome.to_owned(), at));
        if !is_wanted {
            order.deliveries.clear();
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

fn confirm(tables: &mut Tables, id: Uuid, called_at: DateTime<Utc>) {
    let Some(correspondence) = tables.edit(id) else {
        return;
    };
    if !correspondence.has(Status::Confirmed) {
        correspondence
            .statuses
            .push(StatusRow::new(Status::Confirmed, called_at));
    }
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

/// An attachment expires when its longest-lived link that is not to a purged correspondence has passed (section 8.5).
fn expire(tables: &mut Tables, id: Uuid, at: DateTime<Utc>) {
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
    if live.peek().is_none() || live.any(|link| link.expires.is_none_or(|expires| expires > at)) {
        return;
    }
    if let Some(attachment) = tables.edit_attachment(id) {
        let row = AttachmentStatusRow::with_text(
            AttachmentStatus::Expired,
            at,
            "The attachment has expired",
        );
        attachment.statuses.push(row);
    }
}

/// How long after the first notification its reminder goes out.
#[must_use]
pub fn reminder_delay(is_production: bool) -> TimeDelta {
    TimeDelta::days(if is_production { 7 } else { 1 })
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
