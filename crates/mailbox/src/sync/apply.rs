//! From what Altinn sends to what the store keeps.

use crate::body;
use altinn_client::{CorrespondenceStatus, Overview, StatusEvent};
use chrono::{DateTime, Utc};
use mailbox_store::{AttachmentPut, Level, MessageBody, MessagePut, Role, StatusRow};
use serde_json::json;

/// A received letter as its overview describes it.
pub fn received(
    account: &str,
    resource: &str,
    is_confidential: bool,
    overview: Overview,
    now: i64,
) -> MessagePut {
    MessagePut {
        is_confidential: is_confidential || overview.is_confidential,
        resource: resource.to_owned(),
        ..message(account, Role::Received, overview, now)
    }
}

/// A letter of ours as its overview describes it; the text is ours already, and blank there after publication.
pub(crate) fn sent(account: &str, resource: &str, overview: Overview, now: i64) -> MessagePut {
    MessagePut {
        resource: resource.to_owned(),
        title: String::new(),
        summary: String::new(),
        snippet: String::new(),
        language: String::new(),
        body: None,
        attachments: Vec::new(),
        ..message(account, Role::Sent, overview, now)
    }
}

fn message(account: &str, role: Role, overview: Overview, now: i64) -> MessagePut {
    let status = &overview.status;
    let status_at = overview.status_changed.map(ms);
    let when = |is: bool| if is { status_at.or(Some(now)) } else { None };
    let content = &overview.content;
    let plain = body::plain(&content.message_body);
    MessagePut {
        account: account.to_owned(),
        role,
        correspondence: overview.correspondence_id.to_string(),
        letter: None,
        resource: overview.resource_id.clone(),
        level: Level::Overview,
        sender: overview.sender.clone(),
        recipient: overview.recipient.clone(),
        message_sender: overview.message_sender.clone(),
        reference: overview.senders_reference.clone(),
        title: content.message_title.clone(),
        summary: content.message_summary.clone(),
        snippet: body::snippet(&content.message_summary, &plain),
        language: content.language.clone(),
        at: overview
            .published
            .or(overview.requested_publish_time)
            .or(overview.created)
            .map_or(now, ms),
        created_at: overview.created.map(ms),
        requested_publish_at: overview.requested_publish_time.map(ms),
        published_at: overview.published.map(ms),
        due_at: overview.due_date_time.map(ms),
        is_confirmation_needed: overview.is_confirmation_needed,
        is_confidential: overview.is_confidential,
        status: status.as_str().to_owned(),
        status_text: overview.status_text.clone(),
        status_at,
        read_at: overview.read.map(ms),
        // The status is the highest ever set, so these may hide behind a higher one; the lists tell then.
        confirmed_at: when(*status == CorrespondenceStatus::Confirmed),
        failed_at: when(*status == CorrespondenceStatus::Failed),
        gone_at: when(is_purge(status)),
        reply_links_json: links(&overview),
        extra_json: json!({
            "externalReferences": overview.external_references.iter().map(|reference| {
                json!({ "type": reference.reference_type, "value": reference.reference_value })
            }).collect::<Vec<_>>(),
            "propertyList": overview.property_list,
            "allowForwarding": overview.allow_forwarding,
        })
        .to_string(),
        checked_at: Some(now),
        seen_at: now,
        attachments: content.attachments.iter().map(attachment).collect(),
        statuses: known(&overview),
        body: Some(MessageBody {
            body: content.message_body.clone(),
            plain,
        }),
    }
}

fn attachment(file: &altinn_client::Attachment) -> AttachmentPut {
    AttachmentPut {
        id: file.id.to_string(),
        name: file.file_name.clone(),
        media_type: file.data_type.clone(),
        checksum: file.checksum.clone(),
        is_encrypted: file.is_encrypted,
        status: file.status.as_str().to_owned(),
        expires_at: file.expiration_time.map(ms),
        size: None,
        sha256: None,
        blob: None,
    }
}

/// The part of the history that an overview tells.
fn known(overview: &Overview) -> Vec<StatusRow> {
    let mut rows = Vec::new();
    let mut add = |status: &CorrespondenceStatus, text: &str, at: Option<DateTime<Utc>>| {
        if let Some(at) = at {
            rows.push(row(status, text, at));
        }
    };
    add(&CorrespondenceStatus::Published, "", overview.published);
    add(&CorrespondenceStatus::Read, "", overview.read);
    if !matches!(
        overview.status,
        CorrespondenceStatus::Published | CorrespondenceStatus::Read
    ) {
        add(
            &overview.status,
            &overview.status_text,
            overview.status_changed,
        );
    }
    rows
}

/// A history as the store keeps it.
pub(crate) fn statuses(history: &[StatusEvent]) -> Vec<StatusRow> {
    history
        .iter()
        .filter_map(|event| {
            Some(row(
                &event.status,
                &event.status_text,
                event.status_changed?,
            ))
        })
        .collect()
}

fn row(status: &CorrespondenceStatus, text: &str, at: DateTime<Utc>) -> StatusRow {
    StatusRow {
        status: status.as_str().to_owned(),
        // Altinn often repeats the word as its own explanation.
        text: Some(text)
            .filter(|text| *text != status.as_str())
            .unwrap_or_default()
            .to_owned(),
        at: ms(at),
        is_local: false,
    }
}

/// Whether a status means that the letter is gone.
pub(crate) fn is_purge(status: &CorrespondenceStatus) -> bool {
    matches!(
        status,
        CorrespondenceStatus::PurgedByRecipient | CorrespondenceStatus::PurgedByAltinn
    )
}

/// `[{"text", "url"}]`, as the sender wrote them: untrusted.
fn links(overview: &Overview) -> String {
    let links: Vec<_> = overview
        .reply_options
        .iter()
        .map(|option| json!({ "text": option.link_text, "url": option.link_url }))
        .collect();
    json!(links).to_string()
}

fn ms(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}
