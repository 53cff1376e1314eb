//! Drafts: written as a whole, versioned, thrown away and taken back.

use crate::recipient::{self, LookUps};
use crate::rules::{self, ServiceRule, Snapshot};
use crate::view::{
    AlertChannel, Change, Draft, DraftFile, DraftFileState, DraftText, Environment, ErrorCode,
    FileProblem, Problem, Recipient,
};
use crate::{Error, Mailbox, Result, body};
use mailbox_store::{DraftFileRow, DraftRow, Reader, ServiceRow};
use std::collections::HashSet;

/// How long a draft that was thrown away can be taken back, in milliseconds.
const KEPT: i64 = 30 * 24 * 60 * 60 * 1000;
/// Names in the list's line of recipients before the rest is counted.
const NAMES: usize = 5;

/// A draft with all that is known around it, read in one transaction.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) row: DraftRow,
    pub(crate) text: DraftText,
    pub(crate) files: Vec<DraftFileRow>,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) service: Option<ServiceRow>,
    /// Organisation numbers to look up.
    pub(crate) ask: Vec<String>,
}

/// Reads a draft that is neither discarded nor sent.
///
/// # Errors
/// `NotFound`; `OutboxBusy` for one that has become a letter.
pub(crate) fn load(reader: &Reader<'_>, id: &str, lookups: &LookUps, now: i64) -> Result<Loaded> {
    let row = open_row(reader, id)?;
    let text: DraftText = from_json(&row.text_json)?;
    let files = reader.draft_files(id)?;
    let judged = recipient::judge(reader, &text.recipients, lookups, now)?;
    let service = match &text.resource {
        Some(resource) => reader.service(resource)?,
        None => None,
    };
    Ok(Loaded {
        row,
        text,
        files,
        recipients: judged.recipients,
        service,
        ask: judged.ask,
    })
}

/// The row of a draft that can be written on.
pub(crate) fn open_row(reader: &Reader<'_>, id: &str) -> Result<DraftRow> {
    let row = reader
        .draft(id)?
        .filter(|row| row.discarded_at.is_none())
        .ok_or(Error::NotFound)?;
    if row.sent_at.is_some() {
        return Err(Error::rule(ErrorCode::OutboxBusy));
    }
    Ok(row)
}

impl Loaded {
    /// Every rule the draft breaks; the account may send on `write_resources`.
    pub(crate) fn broken(
        &self,
        write_resources: &[String],
        environment: Environment,
        now: i64,
        earliest_publish: i64,
    ) -> Vec<Problem> {
        let files = shown_files(&self.files);
        let is_service_known = self
            .text
            .resource
            .as_ref()
            .is_some_and(|resource| write_resources.contains(resource));
        rules::broken(&Snapshot {
            text: &self.text,
            recipients: &self.recipients,
            files: &files,
            is_service_known,
            service: self.service.as_ref().map(|service| ServiceRule {
                demands_confidential: service.is_confidential,
                allows_confidential: service.takes_confidential,
            }),
            environment,
            now,
            earliest_publish,
        })
    }

    /// As the window shows it.
    pub(crate) fn view(self) -> Draft {
        Draft {
            files: shown_files(&self.files),
            refusal: self
                .row
                .refusal_json
                .as_deref()
                .and_then(|json| serde_json::from_str(json).ok()),
            id: self.row.id,
            account: self.row.account,
            version: self.row.version,
            text: self.text,
            recipients: self.recipients,
            saved_at: self.row.saved_at,
        }
    }
}

/// Files as the window shows them; the second of two with the same content says so.
pub(crate) fn shown_files(rows: &[DraftFileRow]) -> Vec<DraftFile> {
    let mut contents = HashSet::new();
    rows.iter()
        .map(|row| DraftFile {
            id: row.id.clone(),
            name: row.name.clone(),
            size: row.size,
            media_type: row.media_type.clone(),
            is_same_content: row
                .sha256
                .as_ref()
                .is_some_and(|sha256| !contents.insert(sha256.clone())),
            sha256: row.sha256.clone(),
            state: match row.state {
                mailbox_store::DraftFileState::Reading => {
                    DraftFileState::Reading { done: row.done }
                }
                mailbox_store::DraftFileState::Ready => DraftFileState::Ready,
                mailbox_store::DraftFileState::Refused => DraftFileState::Refused {
                    problem: row
                        .problem_json
                        .as_deref()
                        .and_then(|json| serde_json::from_str(json).ok())
                        .unwrap_or(FileProblem::Unreadable),
                },
            },
        })
        .collect()
}

/// What of a draft a list shows: recipients, title, beginning of the body.
fn describe(row: &mut DraftRow, text: &DraftText, recipients: &[Recipient]) {
    let names: Vec<&str> = recipients
        .iter()
        .take(NAMES)
        .map(|recipient| recipient.party.name.as_str())
        .collect();
    row.counterpart = names.join(", ");
    if recipients.len() > NAMES {
        row.counterpart
            .push_str(&format!(" +{}", recipients.len() - NAMES));
    }
    row.title.clone_from(&text.title);
    row.snippet = body::snippet(&text.summary, &body::plain(&text.body));
}

pub(crate) fn to_json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::internal(format!("a value has no JSON: {error}")))
}

pub(crate) fn from_json<T: serde::de::DeserializeOwned>(json: &str) -> Result<T> {
    // The error's own text may quote what the user wrote.
    serde_json::from_str(json)
        .map_err(|error| Error::internal(format!("stored JSON: {:?}", error.classify())))
}

/// An empty draft on the only service the account has, if it has but one.
fn blank(write_resources: &[String]) -> DraftText {
    let resource = match write_resources {
        [only] => Some(only.clone()),
        _ => None,
    };
    DraftText {
        resource,
        recipients: Vec::new(),
        title: String::new(),
        summary: String::new(),
        body: String::new(),
        language: "nb".to_owned(),
        reference: String::new(),
        message_sender: String::new(),
        due_at: None,
        needs_confirmation: false,
        publish_at: None,
        alert: Some(crate::view::Alert {
            channel: AlertChannel::EmailPreferred,
            send_reminder: true,
        }),
        ignore_reservation: false,
        is_confidential: false,
    }
}

impl Mailbox {
    /// Begins a draft.
    ///
    /// # Errors
    /// `NotFound` for an unknown account, and the store's.
    pub async fn new_draft(&self, account: impl Into<String> + Send) -> Result<Draft> {
        let account = account.into();
        let config = &self.account(&account)?.config;
        let mut text = blank(&config.write_resources);
        let (id, now) = (self.ids.uuid().to_string(), self.clock.now());
        let (key, of) = (id.clone(), account.clone());
        self.store
            .try_write(move |tx| {
                if let Some(resource) = &text.resource {
                    text.is_confidential = tx
                        .service(resource)?
                        .is_some_and(|service| service.is_confidential);
                }
                let mut row = DraftRow {
                    id: key,
                    account: of,
                    version: 1,
                    text_json: to_json(&text)?,
                    counterpart: String::new(),
                    title: String::new(),
                    snippet: String::new(),
                    refusal_json: None,
                    created_at: now,
                    saved_at: now,
                    discarded_at: None,
                    sent_at: None,
                    file_count: 0,
                };
                describe(&mut row, &text, &[]);
                tx.insert_draft(&row)?;
                Ok::<_, Error>(())
            })
            .await?;
        self.changes.tell(draft_changes(&id, &account));
        self.draft(id).await
    }

    /// A draft.
    ///
    /// # Errors
    /// `NotFound` for one that is unknown or thrown away, `OutboxBusy` for one that was sent, and the store's.
    pub async fn draft(&self, id: impl Into<String> + Send) -> Result<Draft> {
        let loaded = self.load_draft(id.into()).await?;
        self.look_up(&loaded.row.account, loaded.ask.clone());
        Ok(loaded.view())
    }

    pub(crate) async fn load_draft(&self, id: String) -> Result<Loaded> {
        let (lookups, now) = (self.lookups.clone(), self.clock.now());
        self.store
            .try_read(move |reader| load(reader, &id, &lookups, now))
            .await
    }

    /// Saves what the user wrote over `version`, the version it was written on.
    ///
    /// # Errors
    /// `DraftConflict` with the stored version when it was saved elsewhere meanwhile (nothing is changed then);
    /// `NotFound`, `OutboxBusy`, and the store's.
    pub async fn save_draft(
        &self,
        id: impl Into<String> + Send,
        version: u32,
        text: DraftText,
    ) -> Result<Draft> {
        let id = id.into();
        let (key, lookups, now) = (id.clone(), self.lookups.clone(), self.clock.now());
        let (loaded, is_changed) = self
            .store
            .try_write(move |tx| {
                let mut row = open_row(tx, &key)?;
                if row.version != version {
                    return Err(Error::DraftConflict {
                        version: row.version,
                    });
                }
                let text_json = to_json(&text)?;
                let is_changed = text_json != row.text_json;
                if is_changed {
                    let judged = recipient::judge(tx, &text.recipients, &lookups, now)?;
                    describe(&mut row, &text, &judged.recipients);
                    row.text_json = text_json;
                    row.version += 1;
                    row.saved_at = now;
                    if !tx.save_draft(&row)? {
                        return Err(Error::DraftConflict { version });
                    }
                }
                Ok((load(tx, &key, &lookups, now)?, is_changed))
            })
            .await?;
        if is_changed {
            self.changes.tell(draft_changes(&id, &loaded.row.account));
        }
        self.look_up(&loaded.row.account, loaded.ask.clone());
        Ok(loaded.view())
    }

    /// Throws a draft away; [`Mailbox::restore_draft`] brings it back for thirty days.
    ///
    /// # Errors
    /// `NotFound`, `OutboxBusy`, and the store's.
    pub async fn discard_draft(&self, id: impl Into<String> + Send) -> Result<()> {
        let id = id.into();
        let (key, now) = (id.clone(), self.clock.now());
        let account = self
            .store
            .try_write(move |tx| {
                let row = open_row(tx, &key)?;
                tx.set_draft_discarded(&key, Some(now))?;
                Ok::<_, Error>(row.account)
            })
            .await?;
        self.changes.tell(draft_changes(&id, &account));
        Ok(())
    }

    /// Brings back a draft that was thrown away; one that was not is given as it is.
    ///
    /// # Errors
    /// `NotFound`, `OutboxBusy`, and the store's.
    pub async fn restore_draft(&self, id: impl Into<String> + Send) -> Result<Draft> {
        let id = id.into();
        let key = id.clone();
        let account = self
            .store
            .try_write(move |tx| {
                let row = tx.draft(&key)?.ok_or(Error::NotFound)?;
                tx.set_draft_discarded(&key, None)?;
                Ok::<_, Error>(row.account)
            })
            .await?;
        self.changes.tell(draft_changes(&id, &account));
        self.draft(id).await
    }

    /// At the start: goes on with files that were being read, and forgets what was thrown away long ago.
    pub(crate) async fn take_up_drafts(&self) {
        let before = self.clock.now() - KEPT;
        let forgotten = self
            .store
            .write(move |tx| tx.delete_discarded_drafts(before))
            .await;
        let resumed = self.resume_imports().await;
        if let Err(error) = forgotten.map_err(Error::from).and(resumed) {
            tracing::warn!(code = ?error.code(), "drafts were not taken up");
        }
    }

    /// Every rule the draft breaks that can be known here; empty when it can be sent.
    ///
    /// # Errors
    /// `NotFound`, `OutboxBusy`, and the store's.
    pub async fn check_draft(&self, id: impl Into<String> + Send) -> Result<Vec<Problem>> {
        let loaded = self.load_draft(id.into()).await?;
        let config = &self.account(&loaded.row.account)?.config;
        let now = self.clock.now();
        let earliest = now + self.undo_window(config.environment).await?;
        Ok(loaded.broken(&config.write_resources, config.environment, now, earliest))
    }
}

/// What a change of a draft spoils.
pub(crate) fn draft_changes(id: &str, account: &str) -> Vec<Change> {
    vec![
        Change::Draft { id: id.to_owned() },
        Change::Folders {
            account: account.to_owned(),
        },
        Change::List {
            account: account.to_owned(),
        },
    ]
}

#[cfg(test)]
mod tests;
