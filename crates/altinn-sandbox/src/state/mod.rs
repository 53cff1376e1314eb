//! Everything the sandbox's Correspondence service remembers, indexed for the questions it is asked.
//!
//! One lock guards it all, because most calls touch a correspondence, its attachments and the agenda together. It is
//! held for look-ups and small row changes only: bodies are shared (`Arc`, `Bytes`) and JSON is written after it is let go.

mod attachment;
mod correspondence;
mod jobs;

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::events::Log;

pub use attachment::{Attachment, AttachmentStatus, AttachmentStatusRow, Data};
pub use correspondence::{
    Content, Correspondence, Delivery, FetchRow, Forwarding, Link, Notification, Reference,
    ReferenceType, ReplyOption, Status, StatusRow,
};
pub use jobs::{Agenda, Job};

/// A dialog in Dialogporten, as far as Correspondence asks about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialog {
    /// Organisation number of its service owner.
    pub owner: String,
    /// URN of its party.
    pub party: String,
}

type Spine = BTreeSet<(DateTime<Utc>, Uuid)>;

/// The tables. Rows are shared: looking takes a reference out of the lock, changing goes through `edit` and `edit_attachment`,
/// adding through the methods that keep the indexes.
#[derive(Debug, Default)]
pub struct Tables {
    /// Correspondences by id.
    pub correspondences: HashMap<Uuid, Arc<Correspondence>>,
    /// Attachments by id.
    pub attachments: HashMap<Uuid, Arc<Attachment>>,
    /// Correspondence by idempotent key: one global table (Correspondence reference, section 6.1).
    pub keys: HashMap<Uuid, Uuid>,
    /// Dialogs by id.
    pub dialogs: HashMap<Uuid, Dialog>,
    /// Planned work.
    pub agenda: Agenda,
    /// Events that happened, and who asked to be told.
    pub events: Log,
    by_recipient: HashMap<String, HashMap<String, Spine>>,
    by_sender: HashMap<String, HashMap<String, Spine>>,
}

impl Tables {
    /// Adds a correspondence to the table and to the indexes that search reads.
    pub fn add(&mut self, correspondence: Correspondence) {
        let row = (correspondence.requested_publish_time, correspondence.id);
        let resource = &correspondence.resource_id;
        self.by_recipient
            .entry(resource.clone())
            .or_default()
            .entry(correspondence.recipient.clone())
            .or_default()
            .insert(row);
        self.by_sender
            .entry(resource.clone())
            .or_default()
            .entry(correspondence.sender.clone())
            .or_default()
            .insert(row);
        self.correspondences
            .insert(correspondence.id, Arc::new(correspondence));
    }

    /// A correspondence to change. Whoever holds the row from an earlier look keeps what it was then.
    pub fn edit(&mut self, id: Uuid) -> Option<&mut Correspondence> {
        self.correspondences.get_mut(&id).map(Arc::make_mut)
    }

    /// An attachment to change.
    pub fn edit_attachment(&mut self, id: Uuid) -> Option<&mut Attachment> {
        self.attachments.get_mut(&id).map(Arc::make_mut)
    }

    /// Publish times and ids of what is addressed to a party through a resource.
    #[must_use]
    pub fn received(
        &self,
        resource: &str,
        recipient: &str,
    ) -> Option<&BTreeSet<(DateTime<Utc>, Uuid)>> {
        self.by_recipient.get(resource)?.get(recipient)
    }

    /// Publish times and ids of what an organisation has sent through a resource.
    #[must_use]
    pub fn sent(&self, resource: &str, sender: &str) -> Option<&BTreeSet<(DateTime<Utc>, Uuid)>> {
        self.by_sender.get(resource)?.get(sender)
    }

    /// Puts in a correspondence with its whole past, and plans what is still to come: publication if it has neither
    /// been published nor failed, and the expiry of its attachments, which must be in already.
    pub fn insert_seeded(&mut self, correspondence: Correspondence, now: DateTime<Utc>) {
        let id = correspondence.id;
        for link in &correspondence.links {
            if let Some(attachment) = self.edit_attachment(link.attachment)
                && !attachment.correspondences.contains(&id)
            {
                attachment.correspondences.push(id);
            }
            if let Some(expires) = link.expires {
                self.agenda
                    .plan(expires.max(now), Job::Expire(link.attachment));
            }
        }
        if let Some(due) = correspondence.due.filter(|due| *due > now) {
            self.agenda.plan(due, Job::Due(id));
        }
        if !correspondence.has(Status::Published)
            && !correspondence.has(Status::Failed)
            && !correspondence.is_purged()
        {
            if correspondence
                .reference(ReferenceType::DialogportenDialogId)
                .is_none()
            {
                self.agenda.plan(now, Job::CreateDialog(id));
            }
            self.agenda.plan(
                correspondence.requested_publish_time.max(now),
                Job::Publish(id),
            );
        }
        self.add(correspondence);
    }

    /// Puts in an attachment with its whole past.
    pub fn insert_attachment(&mut self, attachment: Attachment) {
        self.attachments.insert(attachment.id, Arc::new(attachment));
    }
}

/// What a state file holds of the tables; indexes are built anew.
#[derive(Serialize, Deserialize)]
struct Stored {
    correspondences: Vec<Correspondence>,
    attachments: Vec<Attachment>,
    keys: HashMap<Uuid, Uuid>,
    dialogs: HashMap<Uuid, Dialog>,
    agenda: Agenda,
    #[serde(default)]
    events: Log,
}

/// The tables behind their lock.
#[derive(Debug, Default)]
pub struct State {
    tables: RwLock<Tables>,
    revision: AtomicU64,
}

impl State {
    /// An empty state.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For looking. Let go before writing JSON.
    pub fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// For changing. Let go before writing JSON.
    pub fn write(&self) -> RwLockWriteGuard<'_, Tables> {
        self.revision.fetch_add(1, Ordering::Relaxed);
        self.tables.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often the tables have been opened for changing.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision.load(Ordering::Relaxed)
    }

    /// Everything as JSON, bytes of attachments in base64.
    ///
    /// # Errors
    /// When a value cannot be written as JSON.
    pub fn export(&self) -> Result<Vec<u8>, serde_json::Error> {
        let tables = self.read();
        #[derive(Serialize)]
        struct Borrowed<'a> {
            correspondences: Vec<&'a Correspondence>,
            attachments: Vec<&'a Attachment>,
            keys: &'a HashMap<Uuid, Uuid>,
            dialogs: &'a HashMap<Uuid, Dialog>,
            agenda: &'a Agenda,
            events: &'a Log,
        }
        serde_json::to_vec(&Borrowed {
            correspondences: tables.correspondences.values().map(Arc::as_ref).collect(),
            attachments: tables.attachments.values().map(Arc::as_ref).collect(),
            keys: &tables.keys,
            dialogs: &tables.dialogs,
            agenda: &tables.agenda,
            events: &tables.events,
        })
    }

    /// Takes the place of everything with what [`export`](Self::export) wrote.
    ///
    /// # Errors
    /// When the bytes are not such an export; nothing is changed then.
    pub fn import(&self, json: &[u8]) -> Result<(), serde_json::Error> {
        let stored: Stored = serde_json::from_slice(json)?;
        let mut tables = Tables {
            keys: stored.keys,
            dialogs: stored.dialogs,
            agenda: stored.agenda,
            events: stored.events,
            ..Tables::default()
        };
        for attachment in stored.attachments {
            tables.insert_attachment(attachment);
        }
        for correspondence in stored.correspondences {
            tables.add(correspondence);
        }
        *self.write() = tables;
        Ok(())
    }
}
