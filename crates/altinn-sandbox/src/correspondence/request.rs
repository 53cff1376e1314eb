//! The body of an initialise call and its attributes (Correspondence reference, section 5.1).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::notification::{self, NewNotification};
use super::recipient;
use crate::model::{Need, Node, Reading, Source, choice_of, utf16_len};
use crate::problem::{Outcome, Problem};
use crate::state::{Content, Reference, ReferenceType, ReplyOption};

const REFERENCE_TYPES: [&str; 7] = [
    "Generic",
    "AltinnAppInstance",
    "AltinnBrokerFileTransfer",
    "DialogportenDialogId",
    "DialogportenProcessId",
    "DialogportenTransmissionId",
    "DialogportenTransmissionType",
];

const TRANSMISSION_TYPES: [&str; 9] = [
    "",
    "Information",
    "Acceptance",
    "Rejection",
    "Request",
    "Alert",
    "Decision",
    "Submission",
    "Correction",
];

const DATA_LOCATIONS: [&str; 3] = [
    "NewCorrespondenceAttachment",
    "ExistingCorrespondenceAttachment",
    "ExistingExternalStorage",
];

/// A request whose attributes hold.
#[derive(Debug)]
pub struct Initialise {
    /// Recipients as sent, each in an accepted form.
    pub recipients: Vec<String>,
    /// Attachments made before.
    pub existing: Vec<Uuid>,
    /// The sender's key against duplicates.
    pub key: Option<Uuid>,
    /// The letter.
    pub letter: Letter,
}

/// The `correspondence` member.
#[derive(Debug)]
pub struct Letter {
    /// Without the URN prefix.
    pub resource_id: String,
    /// The sender's reference.
    pub senders_reference: String,
    /// Shown in place of the organisation's name.
    pub message_sender: Option<String>,
    /// Language, title, summary and body; shared by all recipients.
    pub content: Arc<Content>,
    /// Files that come with the call.
    pub attachments: Vec<NewAttachment>,
    /// When it is to be published.
    pub requested_publish_time: Option<DateTime<Utc>>,
    /// Deadline.
    pub due: Option<DateTime<Utc>>,
    /// References.
    pub references: Vec<Reference>,
    /// Names and values.
    pub properties: BTreeMap<String, String>,
    /// Links to answer by.
    pub reply_options: Vec<ReplyOption>,
    /// Notification, if wanted.
    pub notification: Option<NewNotification>,
    /// Send in spite of a reservation.
    pub ignore_reservation: bool,
    /// Confirmation wanted.
    pub is_confirmation_needed: bool,
    /// Confidential.
    pub is_confidential: bool,
    /// May be forwarded.
    pub allow_forwarding: bool,
}

/// Metadata of a file.
#[derive(Debug, Clone)]
pub struct NewAttachment {
    /// File name.
    pub file_name: String,
    /// Name to show.
    pub display_name: Option<String>,
    /// Informational.
    pub is_encrypted: bool,
    /// Expected MD5, lower-case hex; none when not given or empty.
    pub checksum: Option<String>,
    /// The sender's reference.
    pub senders_reference: String,
    /// Days to keep it.
    pub expiration_in_days: Option<i64>,
}

impl Initialise {
    /// Reads and checks a request; all attributes are reported together.
    ///
    /// # Errors
    /// A validation problem, or 500 for a property without value, which the service does not survive.
    pub fn read(value: &Value, source: Source) -> Outcome<Self> {
        let mut reading = Reading::new(source);
        let root = reading.root(value)?;
        let request = Self::read_model(&mut reading, &root)?;
        reading.finish()?;
        request.ok_or(Problem::Unhandled)
    }

    /// Reads the model; none without a letter, which is complained about.
    ///
    /// # Errors
    /// When a JSON body does not fit.
    pub fn read_model(reading: &mut Reading, root: &Node<'_>) -> Outcome<Option<Self>> {
        let letter = match root.object(reading, "correspondence", Need::Key)? {
            Some(node) => Some(Letter::read(reading, &node)?),
            None => None,
        };
        let recipients = read_recipients(reading, root)?;
        let existing = root.guids(reading, "existingAttachments")?;
        let key = root.guid(reading, "idempotentKey")?;
        if key.is_some_and(|key| key.is_nil()) {
            reading.complain(
                root.key("idempotentKey"),
                "The idempotent key cannot be the empty UUID.",
            );
        }
        Ok(letter.map(|letter| Self {
            recipients,
            existing,
            key,
            letter,
        }))
    }
}

fn read_recipients(reading: &mut Reading, root: &Node<'_>) -> Outcome<Vec<String>> {
    let recipients = root.texts(reading, "recipients", Need::Key)?;
    reading.bound(
        root,
        "recipients",
        || json!({ "minItems": 1, "maxItems": 500, "items": { "pattern": recipient::PATTERN } }),
    );
    let key = root.key("recipients");
    let Some(recipients) = recipients else {
        return Ok(Vec::new());
    };
    if recipients.is_empty() || recipients.len() > 500 {
        reading.complain(key, "There must be 1 to 500 recipients.");
        return Ok(Vec::new());
    }
    let accepted: Vec<String> = recipients
        .iter()
        .flatten()
        .filter(|form| recipient::normalised(form).is_some())
        .cloned()
        .collect();
    if accepted.len() != recipients.len() {
        reading.complain(key, "A recipient is not in an accepted form.");
    }
    Ok(accepted)
}

impl Letter {
    fn read(reading: &mut Reading, node: &Node<'_>) -> Outcome<Self> {
        let resource_id = read_resource_id(reading, node)?;
        let senders_reference = required_text(reading, node, "sendersReference", 4096)?;
        let message_sender = optional_text(reading, node, "messageSender", 255)?;
        let mut content = Content::default();
        let mut attachments = Vec::new();
        if let Some(node) = node.object(reading, "content", Need::Key)? {
            content = read_content(reading, &node)?;
            for node in node.objects(reading, "attachments", Need::NotNull)? {
                attachments.push(NewAttachment::read(reading, &node)?);
            }
        }
        let requested_publish_time = node.time(reading, "requestedPublishTime")?;
        let due = node.time(reading, "dueDateTime")?;
        let references = read_references(reading, node)?;
        let properties = read_properties(reading, node)?;
        let mut reply_options = Vec::new();
        for node in node.objects(reading, "replyOptions", Need::Optional)? {
            let link_url = node
                .text(reading, "linkURL", Need::Key)?
                .unwrap_or_default();
            reply_options.push(ReplyOption {
                link_url,
                link_text: node.text(reading, "linkText", Need::Optional)?,
            });
        }
        let notification = match node.object(reading, "notification", Need::Optional)? {
            Some(node) => Some(notification::read(reading, &node)?),
            None => None,
        };
        Ok(Self {
            resource_id,
            senders_reference,
            message_sender,
            content: Arc::new(content),
            attachments,
            requested_publish_time,
            due,
            references,
            properties,
            reply_options,
            notification,
            ignore_reservation: node.flag(reading, "ignoreReservation", Need::Optional)?,
            is_confirmation_needed: node.flag(reading, "isConfirmationNeeded", Need::NotNull)?,
            is_confidential: node.flag(reading, "isConfidential", Need::NotNull)?,
            allow_forwarding: node.flag(reading, "allowForwarding", Need::NotNull)?,
        })
    }
}

/// The resource id with or without its URN prefix, which is dropped.
///
/// # Errors
/// When a JSON body does not fit.
pub fn read_resource_id(reading: &mut Reading, node: &Node<'_>) -> Outcome<String> {
    let given = node.text(reading, "resourceId", Need::Key)?;
    reading.bound(
        node,
        "resourceId",
        || json!({ "minLength": 1, "maxLength": 255 }),
    );
    let Some(given) = given else {
        return Ok(String::new());
    };
    let bare = given.strip_prefix("urn:altinn:resource:").unwrap_or(&given);
    if bare.is_empty() || bare.contains(':') || utf16_len(&given) > 255 {
        reading.complain(
            node.key("resourceId"),
            "The resource id is not in an accepted form.",
        );
    }
    Ok(bare.to_owned())
}

/// A text that must be there, not blank, and at most `limit` UTF-16 units long.
///
/// # Errors
/// When a JSON body does not fit.
pub fn required_text(
    reading: &mut Reading,
    node: &Node<'_>,
    name: &str,
    limit: usize,
) -> Outcome<String> {
    let text = node.text(reading, name, Need::Key)?;
    reading.bound(node, name, || json!({ "minLength": 1, "maxLength": limit }));
    let Some(text) = text else {
        return Ok(String::new());
    };
    if text.trim().is_empty() {
        reading.complain(node.key(name), format!("The {name} field is required."));
    }
    if utf16_len(&text) > limit {
        reading.complain(
            node.key(name),
            format!("The {name} field can hold at most {limit} characters."),
        );
    }
    Ok(text)
}

/// A text that may be left out.
///
/// # Errors
/// When a JSON body does not fit.
pub fn optional_text(
    reading: &mut Reading,
    node: &Node<'_>,
    name: &str,
    limit: usize,
) -> Outcome<Option<String>> {
    let text = node.text(reading, name, Need::Optional)?;
    reading.bound(node, name, || json!({ "maxLength": limit }));
    if text.as_deref().is_some_and(|text| utf16_len(text) > limit) {
        reading.complain(
            node.key(name),
            format!("The {name} field can hold at most {limit} characters."),
        );
    }
    Ok(text)
}

fn read_content(reading: &mut Reading, node: &Node<'_>) -> Outcome<Content> {
    let language = node
        .text(reading, "language", Need::Optional)?
        .filter(|language| !language.trim().is_empty());
    if language
        .as_deref()
        .is_some_and(|language| utf16_len(language) != 2)
    {
        reading.complain(node.key("language"), "The language must be two characters.");
    }
    Ok(Content {
        language: language.unwrap_or_else(|| "nb".to_owned()),
        title: required_text(reading, node, "messageTitle", 255)?,
        summary: optional_text(reading, node, "messageSummary", 255)?.unwrap_or_default(),
        body: required_text(reading, node, "messageBody", 30_000)?,
    })
}

impl NewAttachment {
    /// Reads the members that files have on both initialise endpoints.
    ///
    /// # Errors
    /// When a JSON body does not fit.
    pub fn read(reading: &mut Reading, node: &Node<'_>) -> Outcome<Self> {
        let file_name = node
            .text(reading, "fileName", Need::Key)?
            .unwrap_or_default();
        if utf16_len(&file_name) > 255 {
            reading.complain(
                node.key("fileName"),
                "The fileName field can hold at most 255 characters.",
            );
        }
        let display_name = optional_text(reading, node, "displayName", 255)?;
        let checksum = node
            .text(reading, "checksum", Need::Optional)?
            .filter(|checksum| !checksum.is_empty());
        if let Some(checksum) = &checksum
            && (utf16_len(checksum) != 32 || checksum.chars().any(char::is_uppercase))
        {
            reading.complain(
                node.key("checksum"),
                "The checksum must be an MD5 in lower-case hex.",
            );
        }
        let senders_reference = required_text(reading, node, "sendersReference", 4096)?;
        let expiration_in_days = node.number(reading, "expirationInDays")?;
        let location = node.choice(reading, "dataLocationType", &DATA_LOCATIONS, Need::NotNull)?;
        if location.is_some_and(|number| !(0..3).contains(&number)) {
            reading.complain(node.key("dataLocationType"), "The value is not valid here.");
        }
        Ok(Self {
            file_name,
            display_name,
            is_encrypted: node.flag(reading, "isEncrypted", Need::NotNull)?,
            checksum,
            senders_reference,
            expiration_in_days,
        })
    }
}

fn read_references(reading: &mut Reading, node: &Node<'_>) -> Outcome<Vec<Reference>> {
    let nodes = node.objects(reading, "externalReferences", Need::Optional)?;
    let key = node.key("externalReferences");
    if nodes.len() > 10 {
        reading.complain(&key, "There can be at most 10 external references.");
    }
    let mut references = Vec::with_capacity(nodes.len());
    for node in &nodes {
        let value = node.text(reading, "referenceValue", Need::Key)?;
        let kind = node.choice(reading, "referenceType", &REFERENCE_TYPES, Need::Key)?;
        let Some(kind) = kind else { continue };
        let Some(kind) = reference_type(kind) else {
            reading.complain(node.key("referenceType"), "The value is not valid here.");
            continue;
        };
        references.push(Reference {
            value: value.unwrap_or_default(),
            kind,
        });
    }
    if references
        .iter()
        .any(|reference| reference.kind == ReferenceType::DialogportenTransmissionId)
    {
        reading.complain(
            &key,
            "A transmission id is set by the service, not by the sender.",
        );
    }
    let mut types = references
        .iter()
        .filter(|reference| reference.kind == ReferenceType::DialogportenTransmissionType);
    if let (Some(only), None) = (types.next(), types.next())
        && !choice_of(&only.value, &TRANSMISSION_TYPES)
            .is_some_and(|number| (1..=8).contains(&number))
    {
        reading.complain(&key, "The transmission type is not known.");
    }
    Ok(references)
}

fn reference_type(number: i64) -> Option<ReferenceType> {
    Some(match number {
        0 => ReferenceType::Generic,
        1 => ReferenceType::AltinnAppInstance,
        2 => ReferenceType::AltinnBrokerFileTransfer,
        3 => ReferenceType::DialogportenDialogId,
        4 => ReferenceType::DialogportenProcessId,
        5 => ReferenceType::DialogportenTransmissionId,
        6 => ReferenceType::DialogportenTransmissionType,
        _ => return None,
    })
}

fn read_properties(reading: &mut Reading, node: &Node<'_>) -> Outcome<BTreeMap<String, String>> {
    let entries = node.dictionary(reading, "propertyList")?;
    let key = node.key("propertyList");
    if entries.len() > 10 {
        reading.complain(&key, "There can be at most 10 properties.");
    }
    let mut properties = BTreeMap::new();
    for (name, value) in entries {
        let value = match value {
            Some(value) => value,
            None if reading.is_form() => String::new(),
            // The service's own check does not survive a null here (section 5.1).
            None => return Err(Problem::Unhandled),
        };
        if utf16_len(&name) > 50 || utf16_len(&value) > 300 {
            reading.complain(
                &key,
                "A property's name can hold 50 characters and its value 300.",
            );
        }
        properties.insert(name, value);
    }
    Ok(properties)
}
