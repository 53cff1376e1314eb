//! Events that happened, and who has asked to be told (Correspondence reference, section 17; platform reference, section 8).

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Subscription;
use crate::correspondence::recipient::{organisation_number, person_number};
use crate::model::time_text;

/// How long an event can be pulled.
const RETENTION: TimeDelta = TimeDelta::days(90);

/// What can happen (Correspondence reference, section 17). The names on the wire are these in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Happening {
    AttachmentInitialized,
    AttachmentPublished,
    AttachmentUploadFailed,
    AttachmentExpired,
    CorrespondenceInitialized,
    CorrespondencePublished,
    CorrespondencePublishFailed,
    CorrespondenceReceiverRead,
    CorrespondenceReceiverConfirmed,
    CorrespondencePurged,
    CorrespondenceReceiverNeverRead,
    CorrespondenceReceiverNeverConfirmed,
    NotificationCreated,
    CorrespondenceNotificationCreationFailed,
    CorrespondenceNotificationDelivered,
    CorrespondenceNotificationReminderDelivered,
    CorrespondenceNotificationFailed,
    CorrespondenceNotificationAllFailed,
}

impl Happening {
    /// The name's own spelling.
    fn name(self) -> &'static str {
        match self {
            Self::AttachmentInitialized => "attachmentinitialized",
            Self::AttachmentPublished => "attachmentpublished",
            Self::AttachmentUploadFailed => "attachmentuploadfailed",
            Self::AttachmentExpired => "attachmentexpired",
            Self::CorrespondenceInitialized => "correspondenceinitialized",
            Self::CorrespondencePublished => "correspondencepublished",
            Self::CorrespondencePublishFailed => "correspondencepublishfailed",
            Self::CorrespondenceReceiverRead => "correspondencereceiverread",
            Self::CorrespondenceReceiverConfirmed => "correspondencereceiverconfirmed",
            Self::CorrespondencePurged => "correspondencepurged",
            Self::CorrespondenceReceiverNeverRead => "correspondencereceiverneverread",
            Self::CorrespondenceReceiverNeverConfirmed => "correspondencereceiverneverconfirmed",
            Self::NotificationCreated => "notificationcreated",
            Self::CorrespondenceNotificationCreationFailed => {
                "correspondencenotificationcreationfailed"
            }
            Self::CorrespondenceNotificationDelivered => "correspondencenotificationdelivered",
            Self::CorrespondenceNotificationReminderDelivered => {
                "correspondencenotificationreminderdelivered"
            }
            Self::CorrespondenceNotificationFailed => "correspondencenotificationfailed",
            Self::CorrespondenceNotificationAllFailed => "correspondencenotificationallfailed",
        }
    }

    /// Which part of the API it is about: the last segment of `source`.
    fn part(self) -> &'static str {
        match self {
            Self::AttachmentInitialized
            | Self::AttachmentPublished
            | Self::AttachmentUploadFailed
            | Self::AttachmentExpired => "attachment",
            Self::NotificationCreated => "notification",
            _ => "correspondence",
        }
    }
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id.
    pub id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub happening: Happening,
    /// The resource, without the URN prefix.
    pub resource_id: String,
    /// Correspondence, attachment or notification order.
    pub instance: Uuid,
    /// URN of the party it is addressed to.
    pub subject: String,
}

impl Event {
    /// Its type on the wire.
    #[must_use]
    pub fn kind(&self) -> String {
        format!("no.altinn.correspondence.{}", self.happening.name())
    }

    /// The other spelling of its subject; none for users by e-mail and older ones.
    #[must_use]
    pub fn alternative_subject(&self) -> Option<String> {
        let organisation =
            organisation_number(&self.subject).map(|it| format!("/organisation/{it}"));
        organisation.or_else(|| person_number(&self.subject).map(|it| format!("/person/{it}")))
    }

    /// As CloudEvents 1.0 writes it, from a sandbox at `base`.
    #[must_use]
    pub fn on_the_wire(&self, base: &str) -> Value {
        json!({
            "id": self.id,
            "specversion": "1.0",
            "time": time_text(self.at),
            "type": self.kind(),
            "source": format!("{base}/correspondence/api/v1/{}", self.happening.part()),
            "resource": format!("urn:altinn:resource:{}", self.resource_id),
            "resourceinstance": self.instance,
            "subject": self.subject,
            "alternativesubject": self.alternative_subject(),
            "data": null,
        })
    }
}

/// What the Events service remembers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Log {
    /// Events by resource, in the order they happened.
    by_resource: HashMap<String, VecDeque<Event>>,
    /// Subscriptions by number.
    pub subscriptions: BTreeMap<u64, Subscription>,
    last_subscription: u64,
}

impl Log {
    /// Keeps an event, and lets go of those of its resource that are too old.
    pub fn keep(&mut self, event: Event) {
        let kept = self
            .by_resource
            .entry(event.resource_id.clone())
            .or_default();
        while kept
            .front()
            .is_some_and(|oldest| oldest.at + RETENTION <= event.at)
        {
            kept.pop_front();
        }
        kept.push_back(event);
    }

    /// A resource's events that happened in the retention before `now`, after the event `after`, or from the beginning
    /// when that id is unknown.
    pub fn since<'a>(
        &'a self,
        resource_id: &str,
        after: Option<Uuid>,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &'a Event> + use<'a> {
        let events = self.by_resource.get(resource_id);
        let start = events
            .and_then(|events| events.iter().position(|event| Some(event.id) == after))
            .map_or(0, |at| at + 1);
        events
            .into_iter()
            .flatten()
            .skip(start)
            .filter(move |event| event.at + RETENTION > now)
    }

    /// Adds a subscription under the next number.
    pub fn subscribe(&mut self, make: impl FnOnce(u64) -> Subscription) -> &Subscription {
        self.last_subscription += 1;
        let id = self.last_subscription;
        self.subscriptions.entry(id).or_insert_with(|| make(id))
    }
}
