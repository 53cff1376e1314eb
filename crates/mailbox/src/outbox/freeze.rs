//! From draft to letter: one write that freezes what is sent, and the sent copy once Altinn has it.

use super::worker::Stored;
use crate::body;
use crate::draft::Loaded;
use crate::identity::Identity;
use crate::view::{Alert, AlertChannel, Draft, DraftFileState, DraftText, Problem};
use crate::{Account, Error, Mailbox, Result};
use altinn_client::{NewContent, NewCorrespondence, NewNotification, NotificationChannel};
use chrono::DateTime;
use mailbox_store::{
    AttachmentPut, DraftFileRow, DraftRow, LetterRow, Level, MessageBody, MessagePut, OutboxRow,
    OutboxState, Reader, Role, StatusRow, StoreError, UploadRow, UploadState, Writer,
};
use std::collections::HashMap;
use uuid::Uuid;

/// A draft that is to go, as it was read and judged.
pub(crate) struct Outgoing {
    account: Account,
    loaded: Loaded,
    /// Every rule it breaks.
    pub(crate) problems: Vec<Problem>,
    pub(crate) now: i64,
    undo: i64,
}

/// Everything a send writes.
pub(crate) struct Frozen {
    pub(crate) letter: LetterRow,
    pub(crate) uploads: Vec<UploadRow>,
    pub(crate) items: Vec<OutboxRow>,
}

impl Mailbox {
    /// Reads a draft once, and judges it by every rule known here.
    ///
    /// # Errors
    /// `NotFound`; `DraftConflict` when `version` is not the stored one; what the store says.
    pub(crate) async fn outgoing(&self, id: String, version: u32) -> Result<Outgoing> {
        let loaded = self.load_draft(id).await?;
        is_at(&loaded.row, version)?;
        let account = self.account(&loaded.row.account)?.clone();
        let config = &account.config;
        let now = self.clock.now();
        let undo = self.undo_window(config.environment).await?;
        let environment = config.environment;
        let problems = loaded.broken(&config.write_resources, environment, now, now + undo);
        Ok(Outgoing {
            account,
            loaded,
            problems,
            now,
            undo,
        })
    }

    pub(crate) fn freeze(&self, outgoing: Outgoing) -> Result<(Draft, Frozen)> {
        let Outgoing {
            account,
            loaded,
            now,
            undo,
            ..
        } = outgoing;
        let files = loaded.files.clone();
        let draft = loaded.view();
        let text = &draft.text;
        let id = self.ids.uuid().to_string();
        let ready = draft
            .files
            .iter()
            .all(|file| file.state == DraftFileState::Ready);
        if !ready {
            return Err(Error::rule(crate::view::ErrorCode::FileNotReady));
        }
        // A time that the user named is kept; the undo window is for letters that are to go at once.
        let publish_at = text
            .publish_at
            .or((undo > 0).then_some(now + undo))
            .filter(|at| *at > now);
        let mut letter = LetterRow {
            id: id.clone(),
            account: account.config.id.clone(),
            draft: draft.id.clone(),
            resource: text.resource.clone().unwrap_or_default(),
            title: text.title.clone(),
            summary: text.summary.clone(),
            body: text.body.clone(),
            text_json: json(text)?,
            request_json: String::new(),
            sha256: String::new(),
            publish_at,
            created_at: now,
        };
        letter.request_json =
            json(&request(&letter).ok_or_else(|| Error::internal("a draft without text"))?)?;
        let uploads = files
            .into_iter()
            .map(|file| self.upload_of(&id, file))
            .collect::<Result<_>>()?;
        let names: HashMap<&str, &str> = draft
            .recipients
            .iter()
            .map(|recipient| (recipient.text.as_str(), recipient.party.name.as_str()))
            .collect();
        let mut items = Vec::new();
        for (position, typed) in text.recipients.iter().enumerate() {
            let identity = Identity::parse(typed)
                .map_err(|_| Error::rule(crate::view::ErrorCode::RecipientInvalid))?;
            items.push(OutboxRow {
                id: self.ids.uuid().to_string(),
                account: account.config.id.clone(),
                letter: id.clone(),
                position: u32::try_from(position).unwrap_or(u32::MAX),
                recipient: identity.urn(),
                recipient_name: names
                    .get(typed.as_str())
                    .copied()
                    .unwrap_or_default()
                    .to_owned(),
                state: OutboxState::Queued,
                resume: OutboxState::Queued,
                attempts: 0,
                next_at: now,
                reason_json: None,
                correspondence: None,
                queued_at: now,
                publish_at,
                changed_at: now,
                thread: text.reference.trim().to_owned(),
                due_at: text.due_at,
            });
        }
        let frozen = Frozen {
            letter,
            uploads,
            items,
        };
        Ok((draft, frozen))
    }

    fn upload_of(&self, letter: &str, file: DraftFileRow) -> Result<UploadRow> {
        let (sha256, md5) = match (file.sha256, file.md5, &file.path) {
            (Some(sha256), Some(md5), _) => (sha256, md5),
            // Read for the first time while it is sent.
            (_, _, Some(_)) => Default::default(),
            _ => return Err(Error::rule(crate::view::ErrorCode::FileNotReady)),
        };
        Ok(UploadRow {
            id: self.ids.uuid().to_string(),
            letter: letter.to_owned(),
            position: file.position,
            name: file.name,
            media_type: file.media_type,
            size: file.size,
            sha256,
            md5,
            blob: file.blob,
            path: file.path,
            modified_at: file.modified_at,
            state: UploadState::Waiting,
            attachment: None,
            attempts: 0,
            done: 0,
        })
    }
}

/// Writes a letter and its files, and takes its draft away, which must be as it was read.
pub(crate) fn keep(tx: &Writer<'_>, frozen: &Frozen, version: u32, now: i64) -> Result<()> {
    let draft = &frozen.letter.draft;
    let stored = tx.draft(draft)?.ok_or(Error::NotFound)?;
    is_at(&stored, version)?;
    if stored.sent_at.is_some() || stored.discarded_at.is_some() {
        return Err(Error::NotFound);
    }
    tx.insert_letter(&frozen.letter)?;
    let mut uploads = frozen.uploads.iter();
    uploads.try_for_each(|upload| tx.insert_upload(upload))?;
    tx.set_draft_sent(draft, Some(now))?;
    Ok(())
}

fn is_at(draft: &DraftRow, version: u32) -> Result<()> {
    if draft.version == version {
        return Ok(());
    }
    Err(Error::DraftConflict {
        version: draft.version,
    })
}

/// What is submitted of a frozen letter, but for recipient, key and files; the same each time.
pub(crate) fn request(letter: &LetterRow) -> Option<NewCorrespondence> {
    let text: DraftText = serde_json::from_str(&letter.text_json).ok()?;
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let time = DateTime::from_timestamp_millis;
    Some(NewCorrespondence {
        resource_id: letter.resource.clone(),
        senders_reference: filled(&text.reference).unwrap_or_else(|| letter.draft.clone()),
        message_sender: filled(&text.message_sender),
        content: NewContent {
            language: filled(&text.language).unwrap_or_else(|| "nb".to_owned()),
            message_title: text.title,
            message_summary: filled(&text.summary),
            message_body: text.body,
        },
        requested_publish_time: letter.publish_at.and_then(time),
        due_date_time: text.due_at.and_then(time),
        notification: text.alert.as_ref().map(notification),
        ignore_reservation: text.ignore_reservation,
        is_confirmation_needed: text.needs_confirmation,
        is_confidential: text.is_confidential,
        ..NewCorrespondence::default()
    })
}

fn notification(alert: &Alert) -> NewNotification {
    let channel = match alert.channel {
        AlertChannel::EmailPreferred => NotificationChannel::EmailPreferred,
        AlertChannel::SmsPreferred => NotificationChannel::SmsPreferred,
        AlertChannel::Email => NotificationChannel::Email,
        AlertChannel::Sms => NotificationChannel::Sms,
        AlertChannel::EmailAndSms => NotificationChannel::EmailAndSms,
    };
    NewNotification::generic(channel, alert.send_reminder)
}

/// Keeps our copy of a letter that Altinn has taken, in the same write that says so: after publication Altinn blanks
/// the content for its sender (Correspondence reference, section 19, item 13).
pub(crate) fn keep_sent(
    tx: &Writer<'_>,
    stored: &Stored,
    correspondence: Uuid,
    now: i64,
) -> Result<(), StoreError> {
    let Some(letter) = tx.letter(&stored.row.letter)? else {
        return Ok(());
    };
    let row = &stored.row;
    SentCopy::of(tx, &letter, &stored.uploads, row.queued_at, now)?.keep(
        tx,
        &row.recipient,
        &correspondence.to_string(),
        None,
    )
}

/// Our copy of a letter under Sent, whoever it went to.
pub(crate) struct SentCopy(MessagePut);

impl SentCopy {
    /// Of a frozen letter that Altinn has taken `now`.
    pub(crate) fn of(
        tx: &Reader<'_>,
        letter: &LetterRow,
        uploads: &[UploadRow],
        queued_at: i64,
        now: i64,
    ) -> Result<Self, StoreError> {
        let text: Option<DraftText> = serde_json::from_str(&letter.text_json).ok();
        let request = request(letter);
        let sender = tx
            .accounts()?
            .into_iter()
            .find(|account| account.id == letter.account)
            .map(|account| {
                format!(
                    "urn:altinn:organization:identifier-no:{}",
                    account.organisation_number
                )
            });
        let publish_at = letter.publish_at.unwrap_or(now).max(now);
        let local = |status: &str, at: i64| StatusRow {
            status: status.to_owned(),
            text: String::new(),
            at,
            is_local: true,
        };
        let plain = body::plain(&letter.body);
        Ok(Self(MessagePut {
            account: letter.account.clone(),
            role: Role::Sent,
            correspondence: String::new(),
            letter: Some(letter.id.clone()),
            resource: letter.resource.clone(),
            level: Level::Overview,
            sender: sender.unwrap_or_default(),
            recipient: String::new(),
            message_sender: text
                .as_ref()
                .map(|text| text.message_sender.clone())
                .unwrap_or_default(),
            reference: request
                .as_ref()
                .map(|request| request.senders_reference.clone())
                .unwrap_or_default(),
            title: letter.title.clone(),
            summary: letter.summary.clone(),
            snippet: body::snippet(&letter.summary, &plain),
            language: request
                .map(|request| request.content.language)
                .unwrap_or_default(),
            at: publish_at,
            created_at: Some(now),
            requested_publish_at: Some(publish_at),
            published_at: None,
            due_at: text.as_ref().and_then(|text| text.due_at),
            is_confirmation_needed: text.as_ref().is_some_and(|text| text.needs_confirmation),
            is_confidential: text.as_ref().is_some_and(|text| text.is_confidential),
            status: String::new(),
            status_text: String::new(),
            status_at: None,
            read_at: None,
            confirmed_at: None,
            failed_at: None,
            gone_at: None,
            reply_links_json: "[]".to_owned(),
            extra_json: "{}".to_owned(),
            checked_at: None,
            seen_at: now,
            body: Some(MessageBody {
                body: letter.body.clone(),
                plain,
            }),
            attachments: uploads.iter().filter_map(sent_file).collect(),
            statuses: vec![local("Queued", queued_at), local("Accepted", now)],
        }))
    }

    /// Stores it as the one to `recipient`, with the sender's reference it went under when that is another.
    pub(crate) fn keep(
        &self,
        tx: &Writer<'_>,
        recipient: &str,
        correspondence: &str,
        reference: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut put = self.0.clone();
        recipient.clone_into(&mut put.recipient);
        correspondence.clone_into(&mut put.correspondence);
        if let Some(reference) = reference {
            reference.clone_into(&mut put.reference);
        }
        tx.put_message(&put)?;
        Ok(())
    }
}

fn sent_file(upload: &UploadRow) -> Option<AttachmentPut> {
    Some(AttachmentPut {
        id: upload.attachment.clone()?,
        name: upload.name.clone(),
        media_type: upload.media_type.clone(),
        checksum: upload.md5.clone(),
        is_encrypted: false,
        status: "Published".to_owned(),
        expires_at: None,
        size: Some(upload.size),
        sha256: Some(upload.sha256.clone()).filter(|sum| !sum.is_empty()),
        blob: upload.blob,
    })
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}
