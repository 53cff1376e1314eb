//! Sending: C1 and C2 (Correspondence reference, section 4.2), and what they leave behind.

use std::sync::Arc;

use axum::body::Body;
use axum::http::HeaderMap;
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt as _;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::multipart::{self, SentFile};
use super::orders;
use super::request::{Initialise, Letter, NewAttachment};
use super::validate::{self, Addressee, Checked};
use crate::app::App;
use crate::caller::Caller;
use crate::events::Happening;
use crate::model::{Source, not_json};
use crate::problem::{Outcome, rule};
use crate::state::{
    Attachment, AttachmentStatus, AttachmentStatusRow, Content, Correspondence, Job, Link,
    ReferenceType, Status, StatusRow, Tables,
};

/// What C1 and C2 answer (section 5.3).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "InitialisedCorrespondences")]
pub struct Initialised {
    correspondences: Vec<InitialisedOne>,
    attachment_ids: Vec<Uuid>,
}

/// One recipient's. The notifications are always null.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "InitialisedCorrespondence")]
struct InitialisedOne {
    correspondence_id: Uuid,
    status: Status,
    recipient: String,
    notifications: Option<()>,
}

/// Reads a JSON body whole.
///
/// # Errors
/// A validation problem when it is not JSON.
pub async fn read_json(body: Body, parameter: &'static str) -> Outcome<Value> {
    let bytes = body
        .collect()
        .await
        .map_err(|_| not_json(parameter))?
        .to_bytes();
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    serde_json::from_slice(bytes).map_err(|_| not_json(parameter))
}

/// C1: JSON, with attachments that exist.
///
/// # Errors
/// Whatever rule is broken.
pub async fn from_json(app: &App, caller: &Caller, body: Body) -> Outcome<Initialised> {
    let value = read_json(body, "request").await?;
    let request = Initialise::read(&value, Source::Json("request"))?;
    initialise(app, caller, &request, Vec::new())
}

/// C2: a form, with files.
///
/// # Errors
/// Whatever rule is broken.
pub async fn from_multipart(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    body: Body,
) -> Outcome<Initialised> {
    let (value, files) = multipart::read(headers, body).await?;
    let request = Initialise::read(&value, Source::Form)?;
    initialise(app, caller, &request, files)
}

fn initialise(
    app: &App,
    caller: &Caller,
    request: &Initialise,
    files: Vec<SentFile>,
) -> Outcome<Initialised> {
    if let Some(notification) = &request.letter.notification {
        notification.check_template_number()?;
    }
    let now = app.clock.now();
    let checked = validate::check(app, caller, request, &files, now)?;
    let created = create_attachments(app, request, &checked, files, now)?;
    let mut tables = app.state.write();
    if request
        .key
        .is_some_and(|key| tables.keys.contains_key(&key))
    {
        return Err(rule::IDEMPOTENT_KEY_USED.into());
    }
    let attachment_ids = distinct(created.iter().chain(&request.existing));
    let correspondences = checked
        .addressees
        .iter()
        .map(|addressee| {
            insert(
                app,
                &mut tables,
                request,
                &checked,
                addressee,
                &attachment_ids,
                now,
            )
        })
        .collect();
    Ok(Initialised {
        correspondences,
        attachment_ids,
    })
}

fn distinct<'a>(ids: impl Iterator<Item = &'a Uuid>) -> Vec<Uuid> {
    let mut kept = Vec::new();
    for id in ids {
        if !kept.contains(id) {
            kept.push(*id);
        }
    }
    kept
}

/// Step 28: one by one; those made before a failing one stay behind, unlinked.
fn create_attachments(
    app: &App,
    request: &Initialise,
    checked: &Checked,
    files: Vec<SentFile>,
    now: DateTime<Utc>,
) -> Outcome<Vec<Uuid>> {
    let mut files: Vec<Option<SentFile>> = files.into_iter().map(Some).collect();
    let mut created = Vec::new();
    for (described, position) in request.letter.attachments.iter().zip(&checked.pairs) {
        let Some(file) = files.get_mut(*position).and_then(Option::take) else {
            return Err(rule::FILES_DO_NOT_PAIR.into());
        };
        let mut attachment =
            new_attachment(described, &request.letter.resource_id, &checked.owner, now);
        attachment.statuses.push(AttachmentStatusRow::new(
            AttachmentStatus::UploadProcessing,
            now,
        ));
        let id = attachment.id;
        let matches = described
            .checksum
            .as_ref()
            .is_none_or(|checksum| *checksum == file.content.md5);
        let mut tables = app.state.write();
        if !matches {
            attachment.statuses.push(AttachmentStatusRow::with_text(
                AttachmentStatus::Failed,
                now,
                "Checksum mismatch",
            ));
            tables.insert_attachment(attachment);
            return Err(rule::CHECKSUM_DIFFERS.into());
        }
        attachment.checksum = Some(file.content.md5);
        attachment.data = Some(file.content.data);
        tables.insert_attachment(attachment);
        begin_scan(app, &mut tables, id, checked.bypasses_scan, now);
        created.push(id);
    }
    Ok(created)
}

/// What follows an upload: the scan's answer after a while, or publication at once.
pub fn begin_scan(app: &App, tables: &mut Tables, id: Uuid, bypasses: bool, now: DateTime<Utc>) {
    if bypasses {
        if let Some(attachment) = tables.edit_attachment(id) {
            let row = AttachmentStatusRow::with_text(
                AttachmentStatus::Published,
                now,
                "Bypassed malware scan",
            );
            attachment.statuses.push(row);
        }
        return;
    }
    tables
        .agenda
        .plan(now + app.world.timers.scan, Job::Scan(id));
}

/// An attachment that is only described so far.
#[must_use]
pub fn new_attachment(
    described: &NewAttachment,
    resource_id: &str,
    owner: &str,
    now: DateTime<Utc>,
) -> Attachment {
    Attachment {
        id: Uuid::new_v4(),
        resource_id: resource_id.to_owned(),
        sender: owner.to_owned(),
        file_name: described.file_name.clone(),
        display_name: described.display_name.clone(),
        is_encrypted: described.is_encrypted,
        checksum: described.checksum.clone(),
        senders_reference: described.senders_reference.clone(),
        expiration_in_days: described.expiration_in_days,
        statuses: vec![AttachmentStatusRow::new(AttachmentStatus::Initialized, now)],
        data: None,
        correspondences: Vec::new(),
    }
}

/// Step 29 for one recipient: rows and jobs. Answers its entry of the response.
fn insert(
    app: &App,
    tables: &mut Tables,
    request: &Initialise,
    checked: &Checked,
    addressee: &Addressee,
    attachment_ids: &[Uuid],
    now: DateTime<Utc>,
) -> InitialisedOne {
    let letter = &request.letter;
    let id = Uuid::new_v4();
    let publish_time = letter.requested_publish_time.unwrap_or(now);
    let links = link(tables, id, attachment_ids, publish_time.max(now), now);
    let pending = attachment_ids.iter().any(|id| {
        tables
            .attachments
            .get(id)
            .is_some_and(|it| !it.is(AttachmentStatus::Published))
    });
    let statuses = first_statuses(addressee, pending, now);
    let status = statuses
        .iter()
        .map(|row| row.status)
        .max()
        .unwrap_or(Status::Initialized);
    let notifications = if addressee.is_reserved {
        Vec::new()
    } else {
        let wanted = letter.notification.as_ref();
        wanted.map_or_else(Vec::new, |wanted| {
            orders::place(app, wanted, &addressee.urn, publish_time, now)
        })
    };
    for (index, order) in notifications.iter().enumerate() {
        tables.agenda.plan(order.due, Job::Notify(id, index));
    }
    let is_transmission = letter
        .references
        .iter()
        .any(|reference| reference.kind == ReferenceType::DialogportenDialogId);
    let letter = Correspondence {
        id,
        resource_id: letter.resource_id.clone(),
        sender: checked.owner.clone(),
        recipient: addressee.urn.clone(),
        senders_reference: letter.senders_reference.clone(),
        message_sender: letter.message_sender.clone().unwrap_or_default(),
        content: content_for(letter, &addressee.name),
        created: now,
        requested_publish_time: publish_time,
        due: letter.due,
        external_references: letter.references.clone(),
        property_list: letter.properties.clone(),
        reply_options: letter.reply_options.clone(),
        ignore_reservation: letter.ignore_reservation,
        is_confirmation_needed: letter.is_confirmation_needed,
        is_confidential: letter.is_confidential,
        allow_forwarding: letter.allow_forwarding,
        statuses,
        fetches: Vec::new(),
        links,
        notifications,
        is_transmission,
        forwardings: Vec::new(),
        tried_to_publish: None,
        altinn2_id: None,
    };
    if !addressee.is_reserved {
        if let Some(due) = letter.due {
            tables.agenda.plan(due, Job::Due(id));
        }
        app.tell_of(tables, Happening::CorrespondenceInitialized, &letter, now);
    }
    tables.add(letter);
    if let Some(key) = request.key {
        tables.keys.insert(key, id);
    }
    if !is_transmission {
        tables.agenda.plan(now, Job::CreateDialog(id));
    }
    tables.agenda.plan(
        publish_time.max(now + app.world.timers.publish_poll),
        Job::Publish(id),
    );
    InitialisedOne {
        correspondence_id: id,
        status,
        recipient: addressee.urn.clone(),
        notifications: None,
    }
}

fn link(
    tables: &mut Tables,
    id: Uuid,
    attachments: &[Uuid],
    from: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Vec<Link> {
    let mut links = Vec::with_capacity(attachments.len());
    for (index, attachment_id) in attachments.iter().enumerate() {
        let Some(attachment) = tables.edit_attachment(*attachment_id) else {
            continue;
        };
        attachment.correspondences.push(id);
        let days = attachment.expiration_in_days.and_then(TimeDelta::try_days);
        let expires = days.and_then(|days| from.checked_add_signed(days));
        if let Some(expires) = expires {
            tables.agenda.plan(expires, Job::Expire(*attachment_id));
        }
        // A microsecond apart, so that ordering by link time keeps the order of the call.
        let created = now + TimeDelta::microseconds(i64::try_from(index).unwrap_or_default());
        links.push(Link {
            attachment: *attachment_id,
            created,
            expires,
        });
    }
    links
}

fn first_statuses(addressee: &Addressee, pending: bool, now: DateTime<Utc>) -> Vec<StatusRow> {
    let mut statuses = vec![StatusRow::new(Status::Initialized, now)];
    if addressee.is_reserved {
        statuses.push(StatusRow::new(Status::Reserved, now));
    } else if !pending {
        statuses.push(StatusRow::new(Status::ReadyForPublish, now));
    }
    statuses
}

/// The content with the recipient's name put in, in title case (section 5.1); the letter's own where it names nobody.
fn content_for(letter: &Letter, registered_name: &str) -> Arc<Content> {
    const PLACEHOLDER: &str = "{{recipientName}}";
    let content = &letter.content;
    if ![&content.title, &content.summary, &content.body]
        .iter()
        .any(|text| text.contains(PLACEHOLDER))
    {
        return Arc::clone(content);
    }
    let name = title_case(registered_name);
    let fill = |text: &String| text.replace(PLACEHOLDER, &name);
    Arc::new(Content {
        language: content.language.clone(),
        title: fill(&content.title),
        summary: fill(&content.summary),
        body: fill(&content.body),
    })
}

fn title_case(name: &str) -> String {
    let mut starts_word = true;
    let mut text = String::with_capacity(name.len());
    for letter in name.chars() {
        if starts_word {
            text.extend(letter.to_uppercase());
        } else {
            text.extend(letter.to_lowercase());
        }
        starts_word = !letter.is_alphanumeric();
    }
    text
}
