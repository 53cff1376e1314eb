//! The Attachment endpoints A1 to A6 (Correspondence reference, sections 4.13 to 4.15).

pub mod webhook;

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::access::ORGANISATION;
use crate::app::App;
use crate::caller::Caller;
use crate::correspondence::download::bytes_response;
use crate::correspondence::initialise::{begin_scan, new_attachment, read_json};
use crate::correspondence::request::{NewAttachment, read_resource_id};
use crate::correspondence::{files, validate};
use crate::events::Happening;
use crate::model::{Node, Reading, Source, time_text};
use crate::problem::{Outcome, Problem, rule};
use crate::state::{Attachment, AttachmentStatus, AttachmentStatusRow, Status, Tables};
use crate::upload;
use crate::world::Scan;

/// Longest upload, in bytes.
const LARGEST_UPLOAD: u64 = 50_000_000_000;

/// A1: a description without bytes. Answers its id.
///
/// # Errors
/// A validation problem, 1036, 4001, 4009, 4002, the file name rules, 2017.
pub async fn initialise(app: &App, caller: &Caller, body: Body) -> Outcome<Uuid> {
    const PARAMETER: &str = "InitializeAttachmentExt";
    let value = read_json(body, PARAMETER).await?;
    let mut reading = Reading::new(Source::Json(PARAMETER));
    let root = reading.root(&value)?;
    let (resource_id, described) = read_model(&mut reading, &root)?;
    reading.finish()?;
    let resource = app
        .world
        .resource(&resource_id)
        .ok_or(rule::RESOURCE_UNKNOWN)?;
    let owner = resource.owner.as_deref().ok_or(rule::RESOURCE_UNKNOWN)?;
    if !app.may_write(caller, &resource_id) {
        return Err(rule::NO_ACCESS.into());
    }
    if !["CorrespondenceService", "GenericAccessResource"].contains(&resource.kind.as_str()) {
        return Err(rule::ATTACHMENT_RESOURCE_TYPE.into());
    }
    app.calling_party(caller)?;
    files::check_name(&described.file_name)?;
    validate::check_expiry(app, &described)?;
    let attachment = new_attachment(&described, &resource_id, owner, app.clock.now());
    let id = attachment.id;
    let mut tables = app.state.write();
    let happening = Happening::AttachmentInitialized;
    app.tell_of_attachment(&mut tables, happening, &attachment, app.clock.now());
    tables.insert_attachment(attachment);
    Ok(id)
}

/// The body of A1 (section 5.2): the resource id, and what is said of the file.
///
/// # Errors
/// When a JSON body does not fit.
pub fn read_model(reading: &mut Reading, root: &Node<'_>) -> Outcome<(String, NewAttachment)> {
    Ok((
        read_resource_id(reading, root)?,
        NewAttachment::read(reading, root)?,
    ))
}

/// A2: the bytes. Whatever happens once it has begun, the id takes no second upload.
///
/// # Errors
/// 2001, 4001, 2004, 2005, 2003, 4002, 2008, 2002.
pub async fn upload(
    app: &App,
    caller: &Caller,
    headers: &HeaderMap,
    id: Uuid,
    body: Body,
) -> Outcome<OverviewView> {
    let bypasses = begin_upload(app, caller, declared_length(headers, &body), id)?;
    let unfinished = Unfinished { app, id: Some(id) };
    let arrived = upload::receive(body, app.world.kept_bytes).await;
    let now = app.clock.now();
    let mut tables = app.state.write();
    unfinished.end();
    let attachment = tables
        .edit_attachment(id)
        .ok_or(rule::ATTACHMENT_NOT_FOUND)?;
    let Ok(arrived) = arrived else {
        attachment.statuses.push(AttachmentStatusRow::with_text(
            AttachmentStatus::Failed,
            now,
            "Upload interrupted",
        ));
        return Err(rule::UPLOAD_INTERRUPTED.into());
    };
    if attachment
        .checksum
        .as_ref()
        .is_some_and(|checksum| *checksum != arrived.md5)
    {
        attachment.statuses.push(AttachmentStatusRow::with_text(
            AttachmentStatus::Failed,
            now,
            "Checksum mismatch",
        ));
        return Err(rule::CHECKSUM_DIFFERS.into());
    }
    attachment.checksum = Some(arrived.md5);
    attachment.data = Some(arrived.data);
    begin_scan(app, &mut tables, id, bypasses, now);
    let attachment = found(&tables, id)?;
    drop(tables);
    Ok(overview_of(&attachment))
}

/// The length that the request states; a request that has no body at all counts as empty.
fn declared_length(headers: &HeaderMap, body: &Body) -> Option<u64> {
    let stated = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
    stated.or_else(|| (!is_chunked && axum::body::HttpBody::is_end_stream(body)).then_some(0))
}

/// The checks before the bytes, and the mark that an upload was started.
fn begin_upload(app: &App, caller: &Caller, length: Option<u64>, id: Uuid) -> Outcome<bool> {
    let now = app.clock.now();
    let mut tables = app.state.write();
    let attachment = of_sender(app, caller, &tables, id)?;
    if length.is_some_and(|length| !(1..=LARGEST_UPLOAD).contains(&length)) {
        return Err(rule::SIZE_OUT_OF_RANGE.about(format_args!("at most {LARGEST_UPLOAD} bytes")));
    }
    if attachment.has(AttachmentStatus::UploadProcessing) || attachment.statuses.len() > 1 {
        return Err(rule::UPLOAD_STARTED_BEFORE.into());
    }
    if !attachment.correspondences.is_empty() {
        return Err(rule::UPLOAD_AFTER_LINK.into());
    }
    app.calling_party(caller)?;
    if let Some(attachment) = tables.edit_attachment(id) {
        attachment.statuses.push(AttachmentStatusRow::new(
            AttachmentStatus::UploadProcessing,
            now,
        ));
    }
    Ok(app
        .world
        .resource(&attachment.resource_id)
        .is_some_and(|resource| resource.scan == Scan::Bypass))
}

/// Marks an upload as interrupted when its caller hangs up and the call is dropped midway.
struct Unfinished<'a> {
    app: &'a App,
    id: Option<Uuid>,
}

impl Unfinished<'_> {
    fn end(mut self) {
        self.id = None;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        let Some(id) = self.id else { return };
        let now = self.app.clock.now();
        if let Some(attachment) = self.app.state.write().edit_attachment(id) {
            attachment.statuses.push(AttachmentStatusRow::with_text(
                AttachmentStatus::Failed,
                now,
                "Upload interrupted",
            ));
        }
    }
}

/// A3: in every state, also purged.
///
/// # Errors
/// 2001, 4001.
pub fn overview(app: &App, caller: &Caller, id: Uuid) -> Outcome<OverviewView> {
    Ok(overview_of(&*of_sender(
        app,
        caller,
        &app.state.read(),
        id,
    )?))
}

/// A4: the overview with its history; the display name falls back to the file name.
///
/// # Errors
/// 2001, 4001.
pub fn details(app: &App, caller: &Caller, id: Uuid) -> Outcome<DetailsView> {
    let attachment = of_sender(app, caller, &app.state.read(), id)?;
    let history = attachment.statuses.iter().map(|row| StatusView {
        status: row.status,
        status_text: row.text.to_string(),
        status_changed: time_text(row.at),
    });
    let mut overview = overview_of(&attachment);
    overview
        .display_name
        .get_or_insert_with(|| attachment.file_name.clone());
    Ok(DetailsView {
        overview,
        status_history: history.collect(),
    })
}

/// A5: only while nothing refers to it.
///
/// # Errors
/// 2001, 4001, 2006, 2018, 2007.
pub fn delete(app: &App, caller: &Caller, id: Uuid) -> Outcome<()> {
    let now = app.clock.now();
    let mut tables = app.state.write();
    let attachment = of_sender(app, caller, &tables, id)?;
    if attachment.has(AttachmentStatus::Purged) {
        return Err(rule::ATTACHMENT_ALREADY_PURGED.into());
    }
    if attachment.has(AttachmentStatus::Expired) {
        return Err(rule::PURGE_OF_EXPIRED.into());
    }
    if !attachment.correspondences.is_empty() {
        return Err(rule::ATTACHMENT_LINKED.into());
    }
    app.calling_party(caller)?;
    if let Some(attachment) = tables.edit_attachment(id) {
        attachment.statuses.push(AttachmentStatusRow::with_text(
            AttachmentStatus::Purged,
            now,
            "Attachment has been purged",
        ));
        attachment.data = None;
    }
    Ok(())
}

/// A6: by its sender, until somebody has received it. Without bytes the service breaks down.
///
/// # Errors
/// 2001, 4001, 2019, 2020, 2016; 500.
pub fn download(app: &App, caller: &Caller, id: Uuid) -> Outcome<Response<Body>> {
    let tables = app.state.read();
    let attachment = of_sender(app, caller, &tables, id)?;
    if attachment.has(AttachmentStatus::Purged) {
        return Err(rule::DOWNLOAD_OF_PURGED.into());
    }
    if attachment.has(AttachmentStatus::Expired) {
        return Err(rule::DOWNLOAD_OF_EXPIRED.into());
    }
    let is_out = |correspondence: &Uuid| {
        tables
            .correspondences
            .get(correspondence)
            .is_some_and(|it| it.has(Status::Published))
    };
    if attachment.correspondences.iter().any(is_out) {
        return Err(rule::DOWNLOAD_AFTER_PUBLISH.into());
    }
    drop(tables);
    let data = attachment.data.clone().ok_or(Problem::Unhandled)?;
    let mut response = bytes_response(data.len(), data.pieces);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    Ok(response)
}

fn found(tables: &Tables, id: Uuid) -> Outcome<Arc<Attachment>> {
    tables
        .attachments
        .get(&id)
        .map(Arc::clone)
        .ok_or_else(|| rule::ATTACHMENT_NOT_FOUND.into())
}

fn of_sender(app: &App, caller: &Caller, tables: &Tables, id: Uuid) -> Outcome<Arc<Attachment>> {
    let attachment = found(tables, id)?;
    if app.may_write(caller, &attachment.resource_id) {
        Ok(attachment)
    } else {
        Err(rule::NO_ACCESS.into())
    }
}

/// What A2 and A3 answer (section 5.7).
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentOverview")]
pub struct OverviewView {
    attachment_id: Uuid,
    resource_id: String,
    sender: String,
    file_name: String,
    display_name: Option<String>,
    is_encrypted: bool,
    senders_reference: String,
    checksum: Option<String>,
    expiration_in_days: Option<i64>,
    status: Option<AttachmentStatus>,
    status_text: Option<String>,
    #[schemars(with = "Option<DateTime<Utc>>")]
    status_changed: Option<String>,
    data_type: String,
    correspondence_ids: Vec<Uuid>,
}

/// What A4 answers.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentDetails")]
pub struct DetailsView {
    #[serde(flatten)]
    overview: OverviewView,
    status_history: Vec<StatusView>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AttachmentStatusEvent")]
struct StatusView {
    status: AttachmentStatus,
    status_text: String,
    #[schemars(with = "DateTime<Utc>")]
    status_changed: String,
}

/// `isEncrypted` reads false whatever was sent, as the service does not map it.
fn overview_of(attachment: &Attachment) -> OverviewView {
    let latest = attachment.latest();
    OverviewView {
        attachment_id: attachment.id,
        resource_id: attachment.resource_id.clone(),
        sender: format!("{ORGANISATION}{}", attachment.sender),
        file_name: attachment.file_name.clone(),
        display_name: attachment.display_name.clone(),
        is_encrypted: false,
        senders_reference: attachment.senders_reference.clone(),
        checksum: attachment.checksum.clone(),
        expiration_in_days: attachment.expiration_in_days,
        status: latest.map(|row| row.status),
        status_text: latest.map(|row| row.text.to_string()),
        status_changed: latest.map(|row| time_text(row.at)),
        data_type: files::data_type(&attachment.file_name),
        correspondence_ids: attachment.correspondences.clone(),
    }
}
