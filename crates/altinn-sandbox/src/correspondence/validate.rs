//! The rules of initialise in the order they are tried; the first one broken wins (Correspondence reference, section 6).

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::files;
use super::multipart::SentFile;
use super::publish::CONFIDENTIAL_ROLES;
use super::recipient;
use super::request::{Initialise, Letter, NewAttachment};
use crate::app::App;
use crate::caller::Caller;
use crate::problem::{Outcome, rule};
use crate::state::{Attachment, AttachmentStatus, ReferenceType, Tables};
use crate::text;
use crate::world::{Environment, Resource};

/// Longest file that comes with a letter, in bytes.
const LARGEST_FILE: u64 = 2_000_000_000;
/// Most bytes of attachments where forwarding is allowed.
const LARGEST_FORWARDABLE: u64 = 10_000_000;
/// Most attachments of one letter.
const MOST_ATTACHMENTS: usize = 100;

/// A recipient that passed.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Normalised URN.
    pub urn: String,
    /// Registered name.
    pub name: String,
    /// Reserved, and the sender does not override it: the letter fails at publication.
    pub is_reserved: bool,
}

/// What the checks found out on the way.
#[derive(Debug)]
pub struct Checked {
    /// Owner of the resource: the sender.
    pub owner: String,
    /// Whether uploads are published without a scan.
    pub bypasses_scan: bool,
    /// Recipients in request order.
    pub addressees: Vec<Addressee>,
    /// For every described attachment the position of its file.
    pub pairs: Vec<usize>,
}

/// Steps 1 to 27.
///
/// # Errors
/// The first rule broken.
pub fn check(
    app: &App,
    caller: &Caller,
    request: &Initialise,
    sent: &[SentFile],
    now: DateTime<Utc>,
) -> Outcome<Checked> {
    let letter = &request.letter;
    check_key(app, request)?;
    let resource = app
        .world
        .resource(&letter.resource_id)
        .ok_or(rule::RESOURCE_UNKNOWN)?;
    let owner = resource.owner.clone().ok_or(rule::RESOURCE_UNKNOWN)?;
    if !app.may_write(caller, &letter.resource_id) {
        return Err(rule::NO_ACCESS.into());
    }
    check_resource_type(resource, letter)?;
    app.calling_party(caller)?;
    check_confidentiality(resource, letter)?;
    if letter.allow_forwarding && resource.minimum_auth_level > 0 {
        return Err(rule::FORWARDING_NEEDS_LEVEL_0.into());
    }
    let mut addressees = resolve_recipients(app, request)?;
    if letter.is_confirmation_needed && letter.due.is_none() {
        return Err(rule::CONFIRMATION_NEEDS_DUE_DATE.into());
    }
    check_reservations(app, letter, &mut addressees)?;
    check_due_date(letter, now)?;
    check_texts(letter)?;
    check_transmission_type(letter)?;
    let tables = app.state.read();
    check_dialog(&tables, letter, &owner, &addressees)?;
    let pairs = check_attachments(app, &tables, request, sent, &owner, now)?;
    drop(tables);
    check_reply_options(letter)?;
    if let Some(notification) = &letter.notification {
        notification.check_template_exists()?;
        notification.check(addressees.len())?;
    }
    Ok(Checked {
        owner,
        bypasses_scan: resource.scan == crate::world::Scan::Bypass,
        addressees,
        pairs,
    })
}

fn check_key(app: &App, request: &Initialise) -> Outcome<()> {
    let Some(key) = request.key else {
        return Ok(());
    };
    if request.recipients.len() > 1 {
        return Err(rule::KEY_WITH_SEVERAL_RECIPIENTS.into());
    }
    if app.state.read().keys.contains_key(&key) {
        return Err(rule::IDEMPOTENT_KEY_USED.into());
    }
    Ok(())
}

fn check_resource_type(resource: &Resource, letter: &Letter) -> Outcome<()> {
    let on_dialog = letter
        .references
        .iter()
        .any(|reference| reference.kind == ReferenceType::DialogportenDialogId);
    match resource.kind.as_str() {
        "CorrespondenceService" => Ok(()),
        "AltinnApp" if on_dialog => Ok(()),
        _ => Err(rule::CORRESPONDENCE_RESOURCE_TYPE.into()),
    }
}

fn check_confidentiality(resource: &Resource, letter: &Letter) -> Outcome<()> {
    if resource.kind == "AltinnApp" {
        return Ok(());
    }
    let has_package = |name: &str| {
        resource
            .access_packages
            .iter()
            .any(|package| package == name)
    };
    if has_package("post-til-virksomheten-med-taushetsbelagt-innhold") {
        return if letter.is_confidential {
            Ok(())
        } else {
            Err(rule::CONFIDENTIAL_FLAG_MISSING.into())
        };
    }
    if letter.is_confidential && !has_package("eksplisitt") {
        return Err(rule::CONFIDENTIAL_FLAG_WRONG.into());
    }
    Ok(())
}

fn resolve_recipients(app: &App, request: &Initialise) -> Outcome<Vec<Addressee>> {
    let urns: Vec<String> = request
        .recipients
        .iter()
        .filter_map(|form| recipient::normalised(form))
        .collect();
    let distinct: HashSet<&String> = urns.iter().collect();
    if distinct.len() != urns.len() {
        return Err(rule::DUPLICATE_RECIPIENTS.into());
    }
    let (mut addressees, mut unknown) = (Vec::with_capacity(urns.len()), Vec::new());
    for urn in urns {
        match app.register.party(&urn) {
            Some(party) => addressees.push(Addressee {
                urn,
                name: party.name,
                is_reserved: false,
            }),
            None => unknown.push(urn),
        }
    }
    if !unknown.is_empty() {
        return Err(rule::RECIPIENTS_UNKNOWN.about(unknown.join(",")));
    }
    if request.letter.is_confidential {
        let lacking: Vec<&str> = addressees
            .iter()
            .filter(|addressee| {
                recipient::organisation_number(&addressee.urn)
                    .is_some_and(|number| !app.register.has_role(number, &CONFIDENTIAL_ROLES))
            })
            .map(|addressee| addressee.urn.as_str())
            .collect();
        if !lacking.is_empty() {
            return Err(rule::RECIPIENTS_LACK_ROLES.about(lacking.join(",")));
        }
    }
    Ok(addressees)
}

/// Section 7.3: one reserved recipient stops the call, several do not.
fn check_reservations(app: &App, letter: &Letter, addressees: &mut [Addressee]) -> Outcome<()> {
    if letter.ignore_reservation {
        return Ok(());
    }
    for addressee in addressees.iter_mut() {
        if let Some(person) = recipient::person_number(&addressee.urn) {
            addressee.is_reserved = app
                .register
                .reserved(person)
                .ok_or(rule::RESERVATIONS_UNAVAILABLE)?;
        }
    }
    match addressees {
        [only] if only.is_reserved => Err(rule::RECIPIENT_RESERVED.about(&only.urn)),
        _ => Ok(()),
    }
}

fn check_due_date(letter: &Letter, now: DateTime<Utc>) -> Outcome<()> {
    let Some(due) = letter.due else { return Ok(()) };
    if due < now {
        return Err(rule::DUE_DATE_PAST.into());
    }
    if due < letter.requested_publish_time.unwrap_or(now) {
        return Err(rule::DUE_DATE_BEFORE_PUBLISH.into());
    }
    Ok(())
}

fn check_texts(letter: &Letter) -> Outcome<()> {
    if !text::is_plain(&letter.content.title) {
        return Err(rule::TITLE_HAS_MARKUP.into());
    }
    if !["nb", "nn", "en"].contains(&letter.content.language.to_lowercase().as_str()) {
        return Err(rule::LANGUAGE_UNKNOWN.into());
    }
    if letter
        .message_sender
        .as_deref()
        .is_some_and(|name| !text::is_plain(name))
    {
        return Err(rule::MESSAGE_SENDER_HAS_MARKUP.into());
    }
    Ok(())
}

fn check_transmission_type(letter: &Letter) -> Outcome<()> {
    let count = |kind| {
        letter
            .references
            .iter()
            .filter(|reference| reference.kind == kind)
            .count()
    };
    let types = count(ReferenceType::DialogportenTransmissionType);
    if types > 1 {
        return Err(rule::SEVERAL_TRANSMISSION_TYPES.into());
    }
    if types == 1 && count(ReferenceType::DialogportenDialogId) == 0 {
        return Err(rule::TRANSMISSION_TYPE_ALONE.into());
    }
    Ok(())
}

fn check_dialog(
    tables: &Tables,
    letter: &Letter,
    owner: &str,
    addressees: &[Addressee],
) -> Outcome<()> {
    let given = letter
        .references
        .iter()
        .find(|reference| reference.kind == ReferenceType::DialogportenDialogId);
    let Some(given) = given else { return Ok(()) };
    let id = Uuid::try_parse(&given.value).map_err(|_| rule::DIALOG_ID_MALFORMED)?;
    let [addressee] = addressees else {
        return Err(rule::TRANSMISSION_TO_SEVERAL.into());
    };
    if !letter.reply_options.is_empty() || letter.is_confirmation_needed {
        return Err(rule::TRANSMISSION_WITH_REPLIES.into());
    }
    let dialog = tables.dialogs.get(&id).ok_or(rule::DIALOG_NOT_FOUND)?;
    if dialog.owner != owner {
        return Err(rule::DIALOG_OF_ANOTHER_OWNER.into());
    }
    if dialog.party != addressee.urn {
        return Err(rule::TRANSMISSION_TO_OTHER_PARTY.into());
    }
    Ok(())
}

/// Steps 18 to 23.
fn check_attachments(
    app: &App,
    tables: &Tables,
    request: &Initialise,
    sent: &[SentFile],
    owner: &str,
    now: DateTime<Utc>,
) -> Outcome<Vec<usize>> {
    let letter = &request.letter;
    let existing: Vec<&Arc<Attachment>> = request
        .existing
        .iter()
        .filter_map(|id| tables.attachments.get(id))
        .collect();
    if existing.iter().any(|attachment| attachment.sender != owner) {
        return Err(rule::EXISTING_ATTACHMENT_OF_ANOTHER.into());
    }
    if existing.len() != request.existing.len() {
        return Err(rule::EXISTING_ATTACHMENT_UNKNOWN.into());
    }
    if existing.len() + letter.attachments.len() > MOST_ATTACHMENTS {
        return Err(rule::TOO_MANY_ATTACHMENTS.into());
    }
    if existing
        .iter()
        .any(|attachment| !attachment.is(AttachmentStatus::Published))
    {
        return Err(rule::EXISTING_ATTACHMENT_NOT_PUBLISHED.into());
    }
    if letter.allow_forwarding {
        let of_existing: u64 = existing
            .iter()
            .filter_map(|attachment| attachment.data.as_ref())
            .map(|data| data.len())
            .sum();
        let of_sent: u64 = sent.iter().map(|file| file.content.data.len()).sum();
        if of_existing.saturating_add(of_sent) > LARGEST_FORWARDABLE {
            return Err(rule::FORWARDING_TOO_LARGE.into());
        }
    }
    for attachment in &letter.attachments {
        files::check_name(&attachment.file_name)?;
    }
    let described: Vec<&str> = letter
        .attachments
        .iter()
        .map(|attachment| attachment.file_name.as_str())
        .collect();
    let names: Vec<&str> = sent.iter().map(|file| file.name.as_str()).collect();
    let pairs = files::pair(&described, &names)?;
    if sent
        .iter()
        .any(|file| !(1..=LARGEST_FILE).contains(&file.content.data.len()))
    {
        return Err(rule::SIZE_OUT_OF_RANGE.about(format_args!("at most {LARGEST_FILE} bytes")));
    }
    for attachment in &letter.attachments {
        check_expiry(app, attachment)?;
    }
    let soon: Vec<String> = existing
        .iter()
        .filter(|attachment| {
            latest_expiry(tables, attachment).is_some_and(|at| at < now + TimeDelta::hours(6))
        })
        .map(|attachment| attachment.id.to_string())
        .collect();
    if !soon.is_empty() {
        return Err(rule::EXISTING_ATTACHMENT_EXPIRES_SOON.about(soon.join(",")));
    }
    Ok(pairs)
}

/// Whether a file is to be kept long enough: 14 days in production, one elsewhere.
///
/// # Errors
/// 2017.
pub fn check_expiry(app: &App, attachment: &NewAttachment) -> Outcome<()> {
    let least = if app.world.environment == Environment::Production {
        14
    } else {
        1
    };
    if attachment
        .expiration_in_days
        .is_some_and(|days| days < least)
    {
        return Err(rule::EXPIRY_TOO_SHORT.about(format_args!("at least {least} days")));
    }
    Ok(())
}

/// When the last live link of an attachment passes; `None` when one has no end, or there is none.
fn latest_expiry(tables: &Tables, attachment: &Attachment) -> Option<DateTime<Utc>> {
    let live = attachment
        .correspondences
        .iter()
        .filter_map(|id| tables.correspondences.get(id))
        .filter(|correspondence| !correspondence.is_purged())
        .flat_map(|correspondence| {
            correspondence
                .links
                .iter()
                .filter(|link| link.attachment == attachment.id)
        });
    let mut latest = None;
    for link in live {
        latest = latest.max(Some(link.expires?));
    }
    latest
}

fn check_reply_options(letter: &Letter) -> Outcome<()> {
    for option in &letter.reply_options {
        let url = &option.link_url;
        let is_https = url
            .get(..8)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
        let is_well_formed = url
            .parse::<http::Uri>()
            .is_ok_and(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        if crate::model::utf16_len(url) > 255 || !is_https || !is_well_formed {
            return Err(rule::REPLY_OPTION_INVALID.into());
        }
    }
    Ok(())
}
