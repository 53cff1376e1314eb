//! What overview and details look like on the wire (Correspondence reference, sections 5.4 to 5.6 and 12.5).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{files, orders};
use crate::access::ORGANISATION;
use crate::app::App;
use crate::model::time_text;
use crate::state::{
    Attachment, AttachmentStatus, Correspondence, Delivery, Notification, Reference, ReplyOption,
    Status, StatusRow, Tables,
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

/// What C4 answers; `N` is what it tells of a notification.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CorrespondenceOverview")]
pub struct Overview<'a, N> {
    correspondence_id: Uuid,
    recipient: &'a str,
    sender: String,
    message_sender: &'a str,
    resource_id: &'a str,
    senders_reference: &'a str,
    content: ContentView<'a>,
    #[schemars(with = "DateTime<Utc>")]
    created: String,
    #[schemars(with = "DateTime<Utc>")]
    requested_publish_time: String,
    #[schemars(with = "Option<DateTime<Utc>>")]
    published: Option<String>,
    #[schemars(with = "Option<DateTime<Utc>>")]
    read: Option<String>,
    #[schemars(with = "Option<DateTime<Utc>>")]
    due_date_time: Option<String>,
    status: Status,
    status_text: &'a str,
    #[schemars(with = "DateTime<Utc>")]
    status_changed: String,
    external_references: Vec<ReferenceView<'a>>,
    reply_options: Vec<ReplyOptionView<'a>>,
    property_list: &'a BTreeMap<String, String>,
    notification: Option<()>,
    notifications: Vec<N>,
    ignore_reservation: bool,
    is_confirmation_needed: bool,
    is_confidential: bool,
    allow_forwarding: bool,
    altinn2_correspondence_id: Option<i64>,
}

/// What C5 answers.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CorrespondenceDetails")]
pub struct Details<'a> {
    #[serde(flatten)]
    overview: Overview<'a, NotificationView<'a>>,
    status_history: Vec<StatusView<'a>>,
    system_label: &'static str,
}

/// A notification as the overview tells of it: none of its fate.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationOrder")]
pub struct OrderView {
    notification_order_id: Option<Uuid>,
    is_reminder: bool,
}

#[derive(Serialize, Default, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CorrespondenceContent")]
struct ContentView<'a> {
    language: &'a str,
    message_title: &'a str,
    message_summary: &'a str,
    message_body: std::borrow::Cow<'a, str>,
    attachments: Vec<AttachmentView<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CorrespondenceAttachment")]
struct AttachmentView<'a> {
    id: Uuid,
    file_name: &'a str,
    display_name: Option<&'a str>,
    is_encrypted: bool,
    checksum: &'a str,
    senders_reference: &'a str,
    data_location_type: &'static str,
    data_type: String,
    status: AttachmentStatus,
    status_text: &'a str,
    #[schemars(with = "Option<DateTime<Utc>>")]
    status_changed: Option<String>,
    #[schemars(with = "DateTime<Utc>")]
    created: String,
    #[schemars(with = "Option<DateTime<Utc>>")]
    expiration_time: Option<String>,
    expiration_in_days: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ExternalReference")]
struct ReferenceView<'a> {
    reference_value: &'a str,
    reference_type: crate::state::ReferenceType,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ReplyOption")]
struct ReplyOptionView<'a> {
    #[serde(rename = "linkURL")]
    link_url: &'a str,
    #[serde(rename = "linkText")]
    link_text: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "CorrespondenceStatusEvent")]
struct StatusView<'a> {
    status: Status,
    status_text: &'a str,
    #[schemars(with = "DateTime<Utc>")]
    status_changed: String,
}

/// One notification in full (section 12.5).
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Notification")]
pub struct NotificationView<'a> {
    id: Option<String>,
    senders_reference: &'a str,
    creator: Option<&'a str>,
    #[schemars(with = "DateTime<Utc>")]
    created: String,
    is_reminder: bool,
    notification_channel: &'a str,
    ignore_reservation: bool,
    resource_id: &'a str,
    processing_status: ProcessingView,
    notification_status_details: DeliveriesView<'a>,
}

#[derive(Serialize, JsonSchema, Clone)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationProgress")]
struct ProcessingView {
    status: String,
    description: Option<String>,
    #[schemars(with = "DateTime<Utc>")]
    last_update: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NotificationDeliveries")]
struct DeliveriesView<'a> {
    email: Option<DeliveryView<'a>>,
    sms: Option<DeliveryView<'a>>,
    emails: Option<Vec<DeliveryView<'a>>>,
    smses: Option<Vec<DeliveryView<'a>>>,
}

#[derive(Serialize, JsonSchema, Clone)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationDelivery")]
struct DeliveryView<'a> {
    id: Option<Uuid>,
    succeeded: bool,
    recipient: AddressView<'a>,
    send_status: ProcessingView,
}

#[derive(Serialize, JsonSchema, Clone, Default)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NotificationAddress")]
struct AddressView<'a> {
    email_address: Option<&'a str>,
    mobile_number: Option<&'a str>,
    organization_number: Option<&'a str>,
    national_identity_number: Option<&'a str>,
    is_reserved: Option<bool>,
}

/// The overview. `sees_content` is for recipients, and for the sender until the first publish.
#[must_use]
pub fn overview(seen: &Seen, sees_content: bool) -> Vec<u8> {
    let notifications = seen.correspondence.notifications.iter();
    let notifications = notifications.map(|order| OrderView {
        notification_order_id: order.order_id,
        is_reminder: order.is_reminder,
    });
    let body = if sees_content {
        body_with_replies(&seen.correspondence)
    } else {
        "".into()
    };
    write(&shared(seen, sees_content, body, notifications.collect()))
}

/// The details: the overview with the history that the caller may see, and notifications in full.
#[must_use]
pub fn details(app: &App, seen: &Seen, sees_content: bool, sees_all_history: bool) -> Vec<u8> {
    let correspondence = &seen.correspondence;
    let orders = correspondence.notifications.iter();
    let notifications = orders.filter_map(|order| notification(app, correspondence, order));
    let body = if sees_content {
        correspondence.content.body.as_str().into()
    } else {
        "".into()
    };
    write(&Details {
        overview: shared(seen, sees_content, body, notifications.collect()),
        status_history: history(correspondence, sees_all_history),
        system_label: "Default",
    })
}

fn write(view: &impl Serialize) -> Vec<u8> {
    // Plain text and numbers under text keys: there is nothing in it that JSON cannot hold.
    serde_json::to_vec(view).unwrap_or_default()
}

fn shared<'a, N>(
    seen: &'a Seen,
    sees_content: bool,
    body: std::borrow::Cow<'a, str>,
    notifications: Vec<N>,
) -> Overview<'a, N> {
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
        status: highest.map_or(Status::Initialized, |row| row.status),
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
                status: it
                    .latest()
                    .map_or(AttachmentStatus::Initialized, |row| row.status),
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
        status,
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

/// One order that was handed over, with its deliveries.
fn notification<'a>(
    app: &'a App,
    it: &'a Correspondence,
    order: &'a Notification,
) -> Option<NotificationView<'a>> {
    let now = app.clock.now();
    let (_, handed_over) = order.processed.as_ref()?;
    let of_kind = |is_sms: bool| {
        let of_kind = order
            .deliveries
            .iter()
            .filter(move |it| it.is_sms == is_sms);
        let views = of_kind.map(|it| delivery(it, *handed_over, now));
        Some(views.collect::<Vec<_>>()).filter(|views| !views.is_empty())
    };
    let (emails, smses) = (of_kind(false), of_kind(true));
    Some(NotificationView {
        id: order.order_id.map(|id| id.to_string()),
        senders_reference: &it.senders_reference,
        creator: app.world.service_owner(&it.sender).map(|owner| &*owner.org),
        created: time_text(order.created),
        is_reminder: order.is_reminder,
        notification_channel: &order.channel,
        ignore_reservation: it.ignore_reservation,
        resource_id: &it.resource_id,
        processing_status: processing(orders::progress(order, now)?),
        notification_status_details: DeliveriesView {
            email: emails.as_ref().and_then(|all| all.last().cloned()),
            sms: smses.as_ref().and_then(|all| all.last().cloned()),
            emails,
            smses,
        },
    })
}

fn processing(progress: orders::Progress) -> ProcessingView {
    ProcessingView {
        status: progress.status,
        description: None,
        last_update: time_text(progress.since),
    }
}

fn delivery(it: &Delivery, handed_over: DateTime<Utc>, now: DateTime<Utc>) -> DeliveryView<'_> {
    let progress = orders::delivery_progress(it, handed_over, now);
    let address = Some(it.address.as_str());
    DeliveryView {
        id: None,
        succeeded: progress.succeeded,
        recipient: AddressView {
            email_address: address.filter(|_| !it.is_sms),
            mobile_number: address.filter(|_| it.is_sms),
            ..AddressView::default()
        },
        send_status: processing(progress),
    }
}
