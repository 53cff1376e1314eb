//! What is to happen later, ordered by when.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::delivery::Parcel;

/// Something the service does on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Job {
    /// Gives a correspondence its dialog.
    CreateDialog(Uuid),
    /// Publishes a correspondence if everything is in place.
    Publish(Uuid),
    /// Stores a confirmation, with the time of the call.
    Confirm(Uuid, DateTime<Utc>),
    /// Reports what the malware scan found.
    Scan(Uuid),
    /// Looks whether an attachment has outlived every correspondence it is on.
    Expire(Uuid),
    /// Hands a notification order over: correspondence and index of the order.
    Notify(Uuid, usize),
    /// Reports what became of a notification: correspondence and index of the order.
    Notified(Uuid, usize),
    /// The mail of a forwarding has arrived; with the time of the call.
    ForwardDelivered(Uuid, DateTime<Utc>),
    /// A correspondence falls due.
    Due(Uuid),
    /// Tries again to post to an endpoint of Events.
    Deliver(Parcel),
}

/// Jobs by due time; those due at once run in the order they were planned.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Agenda {
    next: u64,
    #[serde(with = "as_list")]
    planned: BTreeMap<(DateTime<Utc>, u64), Job>,
}

impl Agenda {
    /// Plans a job.
    pub fn plan(&mut self, at: DateTime<Utc>, job: Job) {
        let seq = self.next;
        self.next = self.next.wrapping_add(1);
        self.planned.insert((at, seq), job);
    }

    /// Takes the first job that is due, with its time.
    pub fn take_due(&mut self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, Job)> {
        let entry = self.planned.first_entry()?;
        if entry.key().0 > now {
            return None;
        }
        let ((at, _), job) = entry.remove_entry();
        Some((at, job))
    }

    /// When the next job is due.
    #[must_use]
    pub fn next_at(&self) -> Option<DateTime<Utc>> {
        self.planned.first_key_value().map(|((at, _), _)| *at)
    }
}

mod as_list {
    use super::{BTreeMap, DateTime, Deserialize, Job, Serialize, Utc};

    type Planned = BTreeMap<(DateTime<Utc>, u64), Job>;

    pub fn serialize<S: serde::Serializer>(
        planned: &Planned,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        planned.iter().collect::<Vec<_>>().serialize(serializer)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Planned, D::Error> {
        Ok(
            Vec::<((DateTime<Utc>, u64), Job)>::deserialize(deserializer)?
                .into_iter()
                .collect(),
        )
    }
}
