//! Publication, and what can stand in its way (Correspondence reference, section 9.1).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::recipient;
use crate::access::ORGANISATION;
use crate::app::App;
use crate::events::Happening;
use crate::state::{
    AttachmentStatus, Correspondence, Reference, ReferenceType, Status, StatusRow, Tables,
};

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
                let is_own_dialog = !correspondence.is_transmission;
                if let Some(dialog) = dialog.filter(|_| is_own_dialog) {
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
        let happening = if refusal.is_some() {
            Happening::CorrespondencePublishFailed
        } else {
            Happening::CorrespondencePublished
        };
        if let Some(it) = tables.correspondences.get(&id).map(Arc::clone) {
            self.tell_of(tables, happening, &it, at);
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
}
