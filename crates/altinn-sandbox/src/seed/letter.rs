//! A planned letter as the rows the service would hold of it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, Utc};
use uuid::Uuid;

use super::draw::Draw;
use super::files::{self, Made};
use super::plan::Planned;
use super::template::{Facts, Template};
use super::{Recipient, resource_for, words};
use crate::app::App;
use crate::state::{
    Attachment, AttachmentStatus, AttachmentStatusRow, Content, Correspondence, Data, Delivery,
    FetchRow, Link, Notification, Reference, ReferenceType, ReplyOption, Status, StatusRow, Tables,
};
use crate::world::Resource;

/// Up to this many letters, each has files of its own; beyond, letters of one kind share theirs.
const OWN_FILES: usize = 1000;
/// Of each mailbox, how many in a thousand are unread, all of them among the newest.
const UNREAD_OF_THOUSAND: usize = 140;
/// Which of the newest letters of a mailbox are unread.
const NEWEST_UNREAD: [bool; 8] = [true, false, true, true, false, true, false, false];
/// A confirmation that was asked for within so many days may still be missing.
const CONFIRMED_AFTER: TimeDelta = TimeDelta::days(12);

/// Where letters are written.
pub struct Desk<'a> {
    app: &'a App,
    templates: &'a [Template],
    recipients: &'a [Recipient],
    planned: &'a [Planned],
    seed: u64,
    now: DateTime<Utc>,
    unread: [usize; 2],
    files: HashMap<(usize, usize, u64), Made>,
}

/// A file on a letter.
struct File {
    name: String,
    made: Made,
}

impl<'a> Desk<'a> {
    /// A desk for the letters planned.
    pub fn new(
        app: &'a App,
        templates: &'a [Template],
        recipients: &'a [Recipient],
        planned: &'a [Planned],
        seed: u64,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            app,
            templates,
            recipients,
            planned,
            seed,
            now,
            unread: [0; 2],
            files: HashMap::new(),
        }
    }

    /// Writes one letter of the plan. They must be written in the plan's order, newest first.
    pub fn write(&mut self, place: usize, tables: &mut Tables) {
        let Some(planned) = self.planned.get(place) else {
            return;
        };
        let (Some(template), Some(recipient)) = (
            self.templates.get(planned.template),
            self.recipients.get(planned.recipient),
        ) else {
            return;
        };
        let turn = usize::try_from(planned.number & 0xFFFF).unwrap_or(0);
        let Some(resource) = resource_for(&self.app.world, template, turn) else {
            return;
        };
        let mut draw = Draw::new(self.seed, &[planned.number, 5]);
        let letter = draw.bits();
        let id = draw.id();
        let case = format!("{}/{}", planned.at.year(), 100 + draw.below(9000));
        let due_day = template
            .due_days
            .map(|days| words::working_day(planned.at, days));
        let facts = Facts {
            letter,
            kind: self.seed ^ (planned.template as u64).wrapping_mul(0x1F3),
            round: planned.round,
            at: planned.at,
            due: due_day,
            recipient: &recipient.name,
            reference: format!("{case}-{}", 1 + draw.below(19)),
            case,
            language: template.language,
        };
        let content = Content {
            language: template.language.code().to_owned(),
            title: capitalised(template.title.fill(&facts)),
            summary: template.summary.fill(&facts),
            body: template.body.fill(&facts),
        };
        let files = self.files_of(planned, template, resource, &facts, &content);
        let links = attach(id, resource, planned.at, &facts, files, &mut draw, tables);
        let is_unread = self.is_unread(planned, &mut draw);
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
        let due = due_day.map(|day| day.and_time(noon).and_utc());
        let created = planned.at - TimeDelta::seconds(40);
        let mut correspondence = Correspondence {
            id,
            resource_id: resource.id.clone(),
            sender: resource.owner.clone().unwrap_or_default(),
            recipient: format!("urn:altinn:organization:identifier-no:{}", recipient.orgnr),
            senders_reference: facts.reference,
            message_sender: String::new(),
            content: Arc::new(content),
            created,
            requested_publish_time: planned.at,
            due,
            external_references: vec![Reference {
                value: draw.id().to_string(),
                kind: ReferenceType::DialogportenDialogId,
            }],
            property_list: BTreeMap::from([("saksnummer".to_owned(), facts.case)]),
            reply_options: template
                .reply
                .iter()
                .map(|(url, text)| ReplyOption {
                    link_url: (*url).to_owned(),
                    link_text: Some((*text).to_owned()),
                })
                .collect(),
            ignore_reservation: false,
            is_confirmation_needed: template.asks_confirmation && due.is_some(),
            is_confidential: template.is_confidential,
            allow_forwarding: false,
            statuses: vec![
                StatusRow::new(Status::Initialized, created),
                StatusRow::new(Status::ReadyForPublish, created),
                StatusRow::new(Status::Published, planned.at),
            ],
            fetches: Vec::new(),
            links,
            notifications: Vec::new(),
            is_transmission: false,
            forwardings: Vec::new(),
            tried_to_publish: None,
            altinn2_id: None,
        };
        if !is_unread {
            self.read(&mut correspondence, &mut draw);
        }
        correspondence.statuses.shrink_to_fit();
        if template.alerts {
            self.alert(&mut correspondence, &mut draw);
        }
        if let Some(dialog) = correspondence.reference(ReferenceType::DialogportenDialogId)
            && let Ok(dialog) = Uuid::parse_str(dialog)
        {
            tables.dialogs.insert(
                dialog,
                crate::state::Dialog {
                    owner: correspondence.sender.clone(),
                    party: correspondence.recipient.clone(),
                },
            );
        }
        tables.insert_seeded(correspondence, self.now);
    }

    fn is_unread(&mut self, planned: &Planned, draw: &mut Draw) -> bool {
        let most = planned.of * UNREAD_OF_THOUSAND / 1000;
        let Some(unread) = self.unread.get_mut(planned.recipient) else {
            return false;
        };
        let by_chance = !draw.once_in(4);
        let chosen = match NEWEST_UNREAD.get(planned.age) {
            Some(chosen) => *chosen,
            None => by_chance,
        };
        let is_unread = chosen && *unread < most;
        *unread += usize::from(is_unread);
        is_unread
    }

    /// The recipient has opened it, and perhaps confirmed it and saved its files.
    fn read(&self, it: &mut Correspondence, draw: &mut Draw) {
        let party = it.recipient.clone();
        let published = it.requested_publish_time;
        let waited = TimeDelta::seconds(i64::try_from(90 + draw.below(3 * 86_400)).unwrap_or(0));
        let at = (published + waited).min(self.now - (self.now - published) / 3);
        it.fetches.push(FetchRow {
            party,
            at: at - TimeDelta::milliseconds(350),
        });
        it.statuses.push(StatusRow::new(Status::Read, at));
        let is_settled = self.now - published > CONFIRMED_AFTER && !draw.once_in(14);
        if it.is_confirmation_needed && is_settled {
            let confirmed = (at + TimeDelta::minutes(7)).min(self.now);
            it.statuses
                .push(StatusRow::new(Status::Confirmed, confirmed));
        }
        if !it.links.is_empty() && draw.once_in(3) {
            let saved = (at + TimeDelta::minutes(3)).min(self.now);
            it.statuses
                .push(StatusRow::new(Status::AttachmentsDownloaded, saved));
        }
        it.statuses.sort_by_key(|row| row.at);
    }

    /// An e-mail went out when it was published; the reminder a day later only to who had not read it.
    fn alert(&self, it: &mut Correspondence, draw: &mut Draw) {
        let published = it.requested_publish_time;
        let sent = published + TimeDelta::seconds(20);
        let order = |order_id, is_reminder, due: DateTime<Utc>, outcome: Option<&str>| {
            let is_sent = outcome == Some("Order_Completed");
            Notification {
                order_id: Some(order_id),
                is_reminder,
                is_for_recipient: true,
                channel: "EmailPreferred".to_owned(),
                created: it.created,
                due,
                processed: outcome.map(|outcome| (outcome.to_owned(), due)),
                deliveries: is_sent
                    .then(|| Delivery {
                        address: "post@mottaker.example".to_owned(),
                        is_sms: false,
                        fails: false,
                    })
                    .into_iter()
                    .collect(),
            }
        };
        let mut orders = vec![order(draw.id(), false, sent, Some("Order_Completed"))];
        let reminder = sent + TimeDelta::days(1);
        if reminder < self.now {
            let was_read = it.first(Status::Read).is_some_and(|read| read < reminder);
            let outcome = if was_read {
                "Order_SendConditionNotMet"
            } else {
                "Order_Completed"
            };
            orders.push(order(draw.id(), true, reminder, Some(outcome)));
        }
        it.notifications = orders;
    }

    fn files_of(
        &mut self,
        planned: &Planned,
        template: &Template,
        resource: &Resource,
        facts: &Facts<'_>,
        content: &Content,
    ) -> Vec<File> {
        let own = if self.planned.len() <= OWN_FILES {
            planned.number + 1
        } else {
            0
        };
        let owner = resource.owner.as_deref().unwrap_or_default();
        let owner = self.app.world.service_owner(owner);
        let sender = owner.map_or(owner_unnamed(), |owner| {
            owner.name.in_language(template.language.code())
        });
        let paper = files::Paper {
            sender,
            recipient: facts.recipient,
            reference: &facts.reference,
            date: words::long_date(planned.at.date_naive(), template.language),
            title: &content.title,
            body: &content.body,
        };
        template
            .attachments
            .iter()
            .enumerate()
            .map(|(place, name)| {
                let name = name.fill(facts);
                // Only papers say what the letter says; the rest is the same for every letter of a kind.
                let is_paper = name.ends_with(".pdf") || name.ends_with(".txt");
                let key = (planned.template, place, if is_paper { own } else { 0 });
                let made = self
                    .files
                    .entry(key)
                    .or_insert_with(|| files::make(&name, &paper, planned.template as u64));
                File {
                    made: made.clone(),
                    name,
                }
            })
            .collect()
    }
}

fn owner_unnamed() -> &'static str {
    "Avsender"
}

/// Stores the files of a letter and links them to it.
fn attach(
    id: Uuid,
    resource: &Resource,
    published: DateTime<Utc>,
    facts: &Facts<'_>,
    files: Vec<File>,
    draw: &mut Draw,
    tables: &mut Tables,
) -> Vec<Link> {
    let mut links = Vec::with_capacity(files.len());
    for (place, file) in files.into_iter().enumerate() {
        let at = published - TimeDelta::seconds(60);
        let attachment = draw.id();
        tables.insert_attachment(Attachment {
            id: attachment,
            resource_id: resource.id.clone(),
            sender: resource.owner.clone().unwrap_or_default(),
            display_name: None,
            file_name: file.name,
            is_encrypted: false,
            checksum: Some(file.made.md5),
            senders_reference: format!("{}-{}", facts.reference, place + 1),
            expiration_in_days: None,
            statuses: vec![
                AttachmentStatusRow::new(AttachmentStatus::Initialized, at),
                AttachmentStatusRow::new(
                    AttachmentStatus::UploadProcessing,
                    at + TimeDelta::seconds(1),
                ),
                AttachmentStatusRow::new(AttachmentStatus::Published, at + TimeDelta::seconds(5)),
            ],
            data: Some(Data::from_bytes(file.made.bytes)),
            correspondences: vec![id],
        });
        links.push(Link {
            attachment,
            created: published - TimeDelta::seconds(40)
                + TimeDelta::milliseconds(i64::try_from(place).unwrap_or(0)),
            expires: None,
        });
    }
    links
}

/// A title that begins with a slot may begin with a small letter.
fn capitalised(text: String) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if first.is_lowercase() => first.to_uppercase().chain(letters).collect(),
        _ => text,
    }
}
