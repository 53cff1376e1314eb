//! What overview and details look like on the wire (Correspondence reference, sections 5.4 to 5.6 and 12.5).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::files;
use crate::access::ORGANISATION;
use crate::app::App;
use crate::model::time_text;
use crate::state::{
    Attachment, Correspondence, Notification, Reference, ReplyOption, Status, StatusRow, Tables,
};

/// A correspondence and its attachments as they were at one moment, out of the lock.
#[derive(Debug)]
pub struct Seen {
    /// The correspondence.
    pub correspondence: Arc<Correspondence>,
    /// Its attachments, in link order.
    attachments: Vec<Arc<Attachment>>,
}

impl Seen {
    /// Takes both out of the tables.
    #[must_use]
    pub fn of(tables: &Tables, id: Uuid) -> Option<Self> {
        let correspondence = Arc::clone(tables.correspondences.get(&id)?);
        let attachments = correspondence
            .links
            .iter()
            .filter_map(|link| tables.attachments.get(&link.attachment))
            .map(Arc::clone)
            .collect();
        Some(Self {
            correspondence,
            attachments,
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Overview<'a> {
    correspondence_id: Uuid,
    recipient: &'a str,
    sender: String,
    message_sender: &'a str,
    resource_id: &'a str,
    senders_reference: &'a str,
    content: ContentView<'a>,
    created: String,
    requested_publish_time: String,
    published: Option<String>,
    read: Option<String>,
    due_date_time: Option<String>,
    status: &'static str,
    status_text: &'a str,
    status_changed: String,
    external_references: Vec<ReferenceView<'a>>,
    reply_options: Vec<ReplyOptionView<'a>>,
    property_list: &'a BTreeMap<String, String>,
    notification: Option<()>,
    notifications: Value,
    ignore_reservation: bool,
    is_confirmation_needed: bool,
    is_confidential: bool,
    allow_forwarding: bool,
    altinn2_correspondence_id: Option<i64>,
    #[serde(flatten)]
    extra: Option<Extra<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Extra<'a> {
    status_history: Vec<StatusView<'a>>,
    system_label: &'static str,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct ContentView<'a> {
    language: &'a str,
    message_title: &'a str,
    message_summary: &'a str,
    message_body: std::borrow::Cow<'a, str>,
    attachments: Vec<AttachmentView<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttachmentView<'a> {
    id: Uuid,
    file_name: &'a str,
    display_name: Option<&'a str>,
    is_encrypted: bool,
    checksum: &'a str,
    senders_reference: &'a str,
    data_location_type: &'static str,
    data_type: String,
    status: &'static str,
    status_text: &'a str,
    status_changed: Option<String>,
    created: String,
    expiration_time: Option<String>,
    expiration_in_days: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReferenceView<'a> {
    reference_value: &'a str,
    reference_type: crate::state::ReferenceType,
}

#[derive(Serialize)]
struct ReplyOptionView<'a> {
    #[serde(rename = "linkURL")]
    link_url: &'a str,
    #[serde(rename = "linkText")]
    link_text: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusView<'a> {
    status: &'static str,
    status_text: &'a str,
    status_changed: String,
}

/// The overview. `sees_content` is for recipients, and for the sender until the first publish.
#[must_use]
pub fn overview(seen: &Seen, sees_content: bool) -> Vec<u8> {
    let notifications: Vec<Value> = seen
        .correspondence
        .notifications
        .iter()
        .map(|order| json!({ "notificationOrderId": order.order_id, "isReminder": order.is_reminder }))
        .collect();
    let body = if sees_content {
        body_with_replies(&seen.correspondence)
    } else {
        "".into()
    };
    write(&shared(
        seen,
        sees_content,
        body,
        Value::Array(notifications),
        None,
    ))
}

/// The details: the overview with the history that the caller may see, and notifications in full.
#[must_use]
pub fn details(app: &App, seen: &Seen, sees_content: bool, sees_all_history: bool) -> Vec<u8> {
    let correspondence = &seen.correspondence;
    let orders = correspondence
        .notifications
        .iter()
        .filter(|order| order.processed.is_some());
    let notifications: Vec<Value> = orders
        .map(|order| notification(app, correspondence, order))
        .collect();
    let extra = Extra {
        status_history: history(correspondence, sees_all_history),
        system_label: "Default",
    };
    let body = if sees_content {
        correspondence.content.body.as_str().into()
    } else {
        "".into()
    };
    write(&shared(
        seen,
        sees_content,
        body,
        Value::Array(notifications),
        Some(extra),
    ))
}

fn write(view: &Overview<'_>) -> Vec<u8> {
    // Plain text and numbers under text keys: there is nothing in it that JSON cannot hold.
    serde_json::to_vec(view).unwrap_or_default()
}

fn shared<'a>(
    seen: &'a Seen,
    sees_content: bool,
    body: std::borrow::Cow<'a, str>,
    notifications: Value,
    extra: Option<Extra<'a>>,
) -> Overview<'a> {
    let it = &seen.correspondence;
    let highest = it.highest();
    Overview {
        correspondence_id: it.id,
        recipient: &it.recipient,
        sender: format!("{ORGANISATION}{}", it.sender),
        message_sender: &it.message_sender,
        resource_id: &it.resource_id,
        senders_reference: &it.senders_reference,
        content: content(seen, sees_content, body),
        created: time_text(it.created),
        requested_publish_time: time_text(it.requested_publish_time),
        published: it.first(Status::Published).map(time_text),
        read: it.first(Status::Read).map(time_text),
        due_date_time: it.due.map(time_text),
        status: highest.map_or(Status::Initialized.name(), |row| row.status.name()),
        status_text: highest.map_or("", |row| row.text.as_ref()),
        status_changed: time_text(highest.map_or(it.created, |row| row.at)),
        external_references: it.external_references.iter().map(reference).collect(),
        reply_options: it.reply_options.iter().map(reply_option).collect(),
        property_list: &it.property_list,
        notification: None,
        notifications,
        ignore_reservation: it.ignore_reservation,
        is_confirmation_needed: it.is_confirmation_needed,
        is_confidential: it.is_confidential,
        allow_forwarding: it.allow_forwarding,
        altinn2_correspondence_id: it.altinn2_id,
        extra,
    }
}

fn content<'a>(
    seen: &'a Seen,
    sees_content: bool,
    body: std::borrow::Cow<'a, str>,
) -> ContentView<'a> {
    if !sees_content {
        return ContentView {
            language: "no",
            ..ContentView::default()
        };
    }
    let content = &seen.correspondence.content;
    ContentView {
        language: &content.language,
        message_title: &content.title,
        message_summary: &content.summary,
        message_body: body,
        attachments: seen
            .correspondence
            .links
            .iter()
            .filter_map(|link| {
                seen.attachments
                    .iter()
                    .find(|it| it.id == link.attachment)
                    .map(|it| (link, it))
            })
            .map(|(link, it)| AttachmentView {
                id: it.id,
                file_name: &it.file_name,
                display_name: it.display_name.as_deref(),
                is_encrypted: it.is_encrypted,
                checksum: it.checksum.as_deref().unwrap_or_default(),
                senders_reference: &it.senders_reference,
                data_location_type: "AltinnCorrespondenceAttachment",
                data_type: files::data_type(&it.file_name),
                status: it.latest().map_or("Initialized", |row| row.status.name()),
                status_text: it.latest().map_or("", |row| row.text.as_ref()),
                status_changed: it.latest().map(|row| time_text(row.at)),
                created: time_text(link.created),
                expiration_time: link.expires.map(time_text),
                expiration_in_days: None,
            })
            .collect(),
    }
}

/// More than three reply options do not fit the portal's buttons: the service writes them below the body (section 4.4).
#[must_use]
pub fn body_with_replies(it: &Correspondence) -> std::borrow::Cow<'_, str> {
    let body = it.content.body.as_str();
    if it.reply_options.len() <= 3 {
        return body.into();
    }
    let label = match it.content.language.to_lowercase().as_str() {
        "nn" => "Svarval:",
        "en" => "Reply options:",
        _ => "Svarvalg:",
    };
    let mut text = format!("{body}\n\n{label}");
    for option in &it.reply_options {
        text.push('\n');
        text.push_str(option.link_text.as_deref().unwrap_or_default());
        text.push_str(": ");
        text.push_str(&option.link_url);
    }
    text.into()
}

/// Statuses and fetches in order of time. Without recipient access, what concerns the recipient's housekeeping is left out
/// (section 4.5).
fn history(it: &Correspondence, sees_all: bool) -> Vec<StatusView<'_>> {
    let hidden = [
        Status::PurgedByRecipient,
        Status::PurgedByAltinn,
        Status::Archived,
    ];
    let mut rows: Vec<(chrono::DateTime<chrono::Utc>, Status, &str)> = it
        .statuses
        .iter()
        .filter(|row| sees_all || !hidden.contains(&row.status))
        .map(|row: &StatusRow| (row.at, row.status, row.text.as_ref()))
        .chain(
            it.fetches
                .iter()
                .map(|fetch| (fetch.at, Status::Fetched, Status::Fetched.name())),
        )
        .collect();
    rows.sort_by_key(|(at, ..)| *at);
    let view = |(at, status, text): (_, Status, _)| StatusView {
        status: status.name(),
        status_text: text,
        status_changed: time_text(at),
    };
    rows.into_iter().map(view).collect()
}

fn reference(reference: &Reference) -> ReferenceView<'_> {
    ReferenceView {
        reference_value: &reference.value,
        reference_type: reference.kind,
    }
}

fn reply_option(option: &ReplyOption) -> ReplyOptionView<'_> {
    ReplyOptionView {
        link_url: &option.link_url,
        link_text: option.link_text.as_deref(),
    }
}

/// One order with its deliveries.
fn notification(app: &App, it: &Correspondence, order: &Notification) -> Value {
    let (status, at) = order
        .processed
        .as_ref()
        .map_or(("", it.created), |(status, at)| (status.as_str(), *at));
    let entry = |address: &str, is_sms: bool| {
        let (email, mobile, state) = if is_sms {
            (None, Some(address), "SMS_Delivered")
        } else {
            (Some(address), None, "Email_Delivered")
        };
        json!({
            "id": null,
            "succeeded": true,
            "recipient": {
                "emailAddress": email, "mobileNumber": mobile, "organizationNumber": null, "nationalIdentityNumber": null, "isReserved": null,
            },
            "sendStatus": { "status": state, "description": null, "lastUpdate": time_text(at) },
        })
    };
    let of_kind = |is_sms: bool| -> Vec<Value> {
        order
            .deliveries
            .iter()
            .filter(|it| it.is_sms == is_sms)
            .map(|it| entry(&it.address, is_sms))
            .collect()
    };
    let (emails, smses) = (of_kind(false), of_kind(true));
    let list = |entries: &[Value]| {
        if entries.is_empty() {
            Value::Null
        } else {
            Value::from(entries.to_vec())
        }
    };
    json!({
        "id": order.order_id.map(|id| id.to_string()),
        "sendersReference": it.senders_reference,
        "creator": app.world.service_owner(&it.sender).map(|owner| &owner.org),
        "created": time_text(order.created),
        "isReminder": order.is_reminder,
        "notificationChannel": order.channel,
        "ignoreReservation": it.ignore_reservation,
        "resourceId": it.resource_id,
        "processingStatus": { "status": status, "description": null, "lastUpdate": time_text(at) },
        "notificationStatusDetails": {
            "email": emails.last().cloned(), "sms": smses.last().cloned(), "emails": list(&emails), "smses": list(&smses),
        },
    })
}
