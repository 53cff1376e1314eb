//! C10 one attachment and C11 all as a zip (Correspondence reference, sections 4.10 and 4.11).

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use super::files;
use super::zip;
use crate::app::App;
use crate::caller::Caller;
use crate::problem::{Outcome, Problem, rule};
use crate::state::{
    Attachment, AttachmentStatus, Correspondence, Data, Link, Status, StatusRow, Tables,
};

/// Most bytes of one zip. The sentence of 2023 names 25 MB, as the service's does.
const LARGEST_ZIP: u64 = 2_000_000_000;

/// What RFC 5987 lets stand in an extended parameter.
const ATTRIBUTE: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$');

/// C10.
///
/// # Errors
/// 1001, 2001, 4001, 2019, 2020, 4002; 500 when there are no bytes.
pub fn one(app: &App, caller: &Caller, id: Uuid, attachment_id: Uuid) -> Outcome<Response<Body>> {
    let now = app.clock.now();
    let mut tables = app.state.write();
    let it = tables
        .correspondences
        .get(&id)
        .map(Arc::clone)
        .ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    let link = it
        .links
        .iter()
        .find(|link| link.attachment == attachment_id)
        .ok_or(rule::ATTACHMENT_NOT_FOUND)?;
    let attachment = tables
        .attachments
        .get(&attachment_id)
        .map(Arc::clone)
        .ok_or(rule::ATTACHMENT_NOT_FOUND)?;
    if !app.may_read(caller, &attachment.resource_id, &it.recipient) {
        return Err(rule::NO_ACCESS.into());
    }
    check_alive(&attachment, link, now)?;
    if !it.is_available() {
        return Err(rule::CORRESPONDENCE_NOT_FOUND.into());
    }
    app.calling_party(caller)?;
    let data = attachment.data.clone().ok_or(Problem::Unhandled)?;
    record(
        &mut tables,
        id,
        now,
        format!("Attachment {attachment_id} has been downloaded"),
    );
    drop(tables);
    let name = &attachment.file_name;
    let mut response = bytes_response(data.len(), data.pieces);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(name)),
    );
    if let Ok(value) = HeaderValue::from_str(&disposition(name)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// C11.
///
/// # Errors
/// 1001, 4001, 2001, 2019, 2020, 4002, 2023; 500 when bytes are missing.
pub fn all(app: &App, caller: &Caller, id: Uuid) -> Outcome<Response<Body>> {
    let now = app.clock.now();
    let mut tables = app.state.write();
    let it = tables
        .correspondences
        .get(&id)
        .map(Arc::clone)
        .ok_or(rule::CORRESPONDENCE_NOT_FOUND)?;
    if !app.may_read(caller, &it.resource_id, &it.recipient) {
        return Err(rule::NO_ACCESS.into());
    }
    if it.links.is_empty() {
        return Err(rule::ATTACHMENT_NOT_FOUND.into());
    }
    if !it.is_available() {
        return Err(rule::CORRESPONDENCE_NOT_FOUND.into());
    }
    let attachments = linked(&tables, &it);
    for (link, attachment) in &attachments {
        if attachment.resource_id != it.resource_id
            && !app.may_read(caller, &attachment.resource_id, &it.recipient)
        {
            return Err(rule::NO_ACCESS.into());
        }
        check_alive(attachment, link, now)?;
    }
    app.calling_party(caller)?;
    let total: u64 = attachments
        .iter()
        .filter_map(|(_, attachment)| attachment.data.as_ref())
        .map(Data::len)
        .sum();
    if total > LARGEST_ZIP {
        return Err(rule::TOO_LARGE_FOR_ZIP.into());
    }
    let names: Vec<&str> = attachments
        .iter()
        .map(|(_, attachment)| attachment.file_name.as_str())
        .collect();
    let entries: Option<Vec<(String, Data)>> = zip::entry_names(&names)
        .into_iter()
        .zip(&attachments)
        .map(|(name, (_, attachment))| attachment.data.clone().map(|data| (name, data)))
        .collect();
    let entries = entries.ok_or(Problem::Unhandled)?;
    record(
        &mut tables,
        id,
        now,
        "All attachments downloaded".to_owned(),
    );
    drop(tables);
    let length = zip::length(&entries);
    let mut response = bytes_response(length, zip::Zip::of(entries));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/zip"),
    );
    let name = zip::file_name(&it.content.title);
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename*=UTF-8''{name}")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn linked(tables: &Tables, it: &Correspondence) -> Vec<(Link, Arc<Attachment>)> {
    it.links
        .iter()
        .filter_map(|link| {
            tables
                .attachments
                .get(&link.attachment)
                .map(|attachment| (link.clone(), Arc::clone(attachment)))
        })
        .collect()
}

fn check_alive(attachment: &Attachment, link: &Link, now: DateTime<Utc>) -> Outcome<()> {
    if attachment.has(AttachmentStatus::Purged) {
        return Err(rule::DOWNLOAD_OF_PURGED.into());
    }
    if attachment.has(AttachmentStatus::Expired)
        || link.expires.is_some_and(|expires| expires <= now)
    {
        return Err(rule::DOWNLOAD_OF_EXPIRED.into());
    }
    Ok(())
}

fn record(tables: &mut Tables, id: Uuid, now: DateTime<Utc>, text: String) {
    if let Some(it) = tables.edit(id) {
        it.statuses.push(StatusRow::with_text(
            Status::AttachmentsDownloaded,
            now,
            text,
        ));
    }
}

/// Streams pieces under a length known beforehand.
#[must_use]
pub fn bytes_response(
    length: u64,
    pieces: impl IntoIterator<Item = Bytes, IntoIter: Send + 'static>,
) -> Response<Body> {
    let stream =
        futures_util::stream::iter(pieces.into_iter().map(Ok::<_, std::convert::Infallible>));
    let mut response = Response::new(Body::from_stream(stream));
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response
}

fn content_type(name: &str) -> &'static str {
    match files::extension(name).as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "txt" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml",
        "dcm" | "dicom" => "application/dicom",
        _ => "application/octet-stream",
    }
}

fn disposition(name: &str) -> String {
    let extended = utf8_percent_encode(name, &ATTRIBUTE);
    if ["pdf", "png", "jpg", "jpeg", "gif", "bmp"].contains(&files::extension(name).as_str()) {
        return format!("inline; filename*=UTF-8''{extended}");
    }
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii() && !c.is_ascii_control() && c != '"' && c != '\\' {
                c
            } else {
                '_'
            }
        })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::Scheme;
    use crate::correspondence::initialise::new_attachment;
    use crate::correspondence::request::NewAttachment;
    use crate::state::Content;
    use crate::{Options, Sandbox, World};

    const OWNER: &str = "991825827";
    const RECIPIENT: &str = "urn:altinn:organization:identifier-no:986252932";

    /// A letter whose one attachment has so many bytes, all of them the same megabyte.
    fn letter_of(app: &App, bytes: u64) -> Uuid {
        let now = app.clock.now();
        let described = NewAttachment {
            file_name: "large.zip".to_owned(),
            display_name: None,
            is_encrypted: false,
            checksum: None,
            senders_reference: String::new(),
            expiration_in_days: None,
        };
        let mut attachment = new_attachment(&described, "letters", OWNER, now);
        let megabyte = Bytes::from(vec![0; 1_000_000]);
        let mut pieces = vec![megabyte.clone(); usize::try_from(bytes / 1_000_000).unwrap()];
        pieces.push(megabyte.slice(..usize::try_from(bytes % 1_000_000).unwrap()));
        attachment.data = Some(Data::of_pieces(pieces));
        let link = Link {
            attachment: attachment.id,
            created: now,
            expires: None,
        };
        let id = Uuid::new_v4();
        let letter = Correspondence {
            id,
            resource_id: "letters".to_owned(),
            sender: OWNER.to_owned(),
            recipient: RECIPIENT.to_owned(),
            senders_reference: String::new(),
            message_sender: String::new(),
            content: Arc::new(Content::default()),
            created: now,
            requested_publish_time: now,
            due: None,
            external_references: Vec::new(),
            property_list: std::collections::BTreeMap::new(),
            reply_options: Vec::new(),
            ignore_reservation: false,
            is_confirmation_needed: false,
            is_confidential: false,
            allow_forwarding: false,
            statuses: vec![StatusRow::new(Status::Published, now)],
            fetches: Vec::new(),
            links: vec![link],
            notifications: Vec::new(),
            is_transmission: false,
            forwardings: Vec::new(),
            tried_to_publish: None,
            altinn2_id: None,
        };
        let mut tables = app.state.write();
        tables.insert_attachment(attachment);
        tables.insert_seeded(letter, now);
        id
    }

    #[tokio::test]
    async fn section_4_11_a_zip_holds_two_thousand_million_bytes() {
        let world = format!(
            r#"{{"resources":[{{"id":"letters","owner":"{OWNER}","type":"CorrespondenceService"}}]}}"#
        );
        let world = World::from_json(&world).unwrap();
        let sandbox = Sandbox::start(Options {
            world,
            letters: Some(0),
            ..Options::default()
        })
        .await
        .unwrap();
        let caller = Caller {
            scheme: Scheme::Altinn,
            scope: "altinn:correspondence.read".to_owned(),
            consumer: None,
            organisation: Some("986252932".to_owned()),
            system_user_org: None,
            system_user: None,
            org: None,
            user: None,
            pid: None,
            level: 3,
        };
        let just = all(&sandbox.app, &caller, letter_of(&sandbox.app, LARGEST_ZIP)).unwrap();
        let told = just
            .headers()
            .get(header::CONTENT_LENGTH)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        assert_eq!(
            told, "2000000132",
            "bytes, 22 for the end, 92 and twice the name for the entry"
        );
        let above = all(
            &sandbox.app,
            &caller,
            letter_of(&sandbox.app, LARGEST_ZIP + 1),
        )
        .unwrap_err();
        let Problem::Business(rule, detail) = above else {
            panic!("a rule refuses it");
        };
        assert_eq!(rule.code, 2023, "a byte more is too much");
        assert!(
            detail.contains("25 MB"),
            "whose sentence names another limit (section 19, 36): {detail}"
        );
    }
}
