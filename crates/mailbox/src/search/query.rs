//! From the grammar to a question to the store.

use super::date;
use super::operator::Operator;
use super::parse::{Expr, Leaf};
use crate::view::Folder;
use mailbox_store::{Column, Predicate, Scope, fold};

/// Days ahead that count as soon (ui, section 4).
pub(crate) const SOON: i64 = 7 * 86_400_000;

/// Values of `is:`.
pub(super) const STATES: &[(&str, Predicate)] = &[
    ("ulest", Predicate::Unread),
    ("ulesen", Predicate::Unread),
    ("unread", Predicate::Unread),
    ("lest", Predicate::Read),
    ("lesen", Predicate::Read),
    ("read", Predicate::Read),
    ("bekreftet", Predicate::Confirmed),
    ("stadfesta", Predicate::Confirmed),
    ("confirmed", Predicate::Confirmed),
    ("forseglet", Predicate::Sealed),
    ("forsegla", Predicate::Sealed),
    ("sealed", Predicate::Sealed),
    ("sendt", Predicate::Sent),
    ("sent", Predicate::Sent),
    ("feilet", Predicate::Failed),
    ("feila", Predicate::Failed),
    ("failed", Predicate::Failed),
];

/// Values of `has:`.
pub(super) const POSSESSIONS: &[(&str, Predicate)] = &[
    ("vedlegg", Predicate::Attachment),
    ("attachment", Predicate::Attachment),
    ("frist", Predicate::Due),
    ("due", Predicate::Due),
    ("svarvalg", Predicate::ReplyLinks),
    ("svarval", Predicate::ReplyLinks),
    ("reply", Predicate::ReplyLinks),
];

/// Values of `status:` as [`key`] writes them: the words of the tracking (ui, section 11) and Altinn's own, with what
/// Altinn calls it (reference, section 9.1).
pub(super) const STATUSES: &[(&str, &[&str])] = &[
    ("klargjøres", &["Initialized"]),
    ("blirklargjord", &["Initialized"]),
    ("initialized", &["Initialized"]),
    ("klar", &["ReadyForPublish"]),
    ("ready", &["ReadyForPublish"]),
    ("tilgjengelig", &["Published"]),
    ("tilgjengeleg", &["Published"]),
    ("available", &["Published"]),
    ("published", &["Published"]),
    ("hentet", &["Fetched"]),
    ("henta", &["Fetched"]),
    ("fetched", &["Fetched"]),
    ("åpnet", &["Read"]),
    ("opna", &["Read"]),
    ("opened", &["Read"]),
    ("read", &["Read"]),
    ("bekreftet", &["Confirmed"]),
    ("stadfesta", &["Confirmed"]),
    ("confirmed", &["Confirmed"]),
    ("nedlastet", &["AttachmentsDownloaded"]),
    ("nedlasta", &["AttachmentsDownloaded"]),
    ("downloaded", &["AttachmentsDownloaded"]),
    ("besvart", &["Replied"]),
    ("svarapå", &["Replied"]),
    ("replied", &["Replied"]),
    ("videresendt", &["Forwarded"]),
    ("vidaresend", &["Forwarded"]),
    ("forwarded", &["Forwarded"]),
    ("arkivert", &["Archived"]),
    ("archived", &["Archived"]),
    ("reservert", &["Reserved"]),
    ("reserved", &["Reserved"]),
    ("ikkepublisert", &["Failed"]),
    ("ikkjepublisert", &["Failed"]),
    ("notpublished", &["Failed"]),
    ("feilet", &["Failed"]),
    ("feila", &["Failed"]),
    ("failed", &["Failed"]),
    ("slettet", &["PurgedByRecipient", "PurgedByAltinn"]),
    ("sletta", &["PurgedByRecipient", "PurgedByAltinn"]),
    ("deleted", &["PurgedByRecipient", "PurgedByAltinn"]),
];

/// Values of `in:`, as [`key`] writes them; none for every folder.
pub(super) const FOLDERS: &[(&str, Option<Folder>)] = &[
    ("innboks", Some(Folder::Inbox)),
    ("inbox", Some(Folder::Inbox)),
    ("uleste", Some(Folder::Unread)),
    ("ulest", Some(Folder::Unread)),
    ("unread", Some(Folder::Unread)),
    ("måbekreftes", Some(Folder::NeedsConfirmation)),
    ("måstadfestast", Some(Folder::NeedsConfirmation)),
    ("needsconfirmation", Some(Folder::NeedsConfirmation)),
    ("fristnærmerseg", Some(Folder::DueSoon)),
    ("fristennærmarseg", Some(Folder::DueSoon)),
    ("frist", Some(Folder::DueSoon)),
    ("duesoon", Some(Folder::DueSoon)),
    ("taushetsbelagt", Some(Folder::Confidential)),
    ("teiepliktig", Some(Folder::Confidential)),
    ("confidential", Some(Folder::Confidential)),
    ("planlagt", Some(Folder::Scheduled)),
    ("scheduled", Some(Folder::Scheduled)),
    ("sendt", Some(Folder::Sent)),
    ("sent", Some(Folder::Sent)),
    ("feilet", Some(Folder::Failed)),
    ("feila", Some(Folder::Failed)),
    ("failed", Some(Folder::Failed)),
    ("arkiv", Some(Folder::Archive)),
    ("archive", Some(Folder::Archive)),
    ("alle", None),
    ("alt", None),
    ("all", None),
];

/// A value as the tables above write it: lower case, without spaces and dashes.
pub(super) fn key(value: &str) -> String {
    value
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-' && *c != '_')
        .collect()
}

fn find<T: Clone>(table: &[(&str, T)], value: &str) -> Option<T> {
    let key = key(value);
    table
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, found)| found.clone())
}

/// Where the letters of a folder lie; none for what is not a letter at Altinn.
pub(crate) fn scope(folder: Folder, now: i64) -> Option<Scope> {
    Some(match folder {
        Folder::Inbox => Scope::Inbox,
        Folder::Unread => Scope::Unread,
        Folder::NeedsConfirmation => Scope::NeedsConfirmation,
        Folder::DueSoon => Scope::DueSoon {
            now,
            until: now.saturating_add(SOON),
        },
        Folder::Confidential => Scope::Confidential,
        Folder::Scheduled => Scope::Scheduled { now },
        Folder::Sent => Scope::Sent { now },
        Folder::Failed => Scope::Failed,
        Folder::Archive => Scope::Archive,
        Folder::Drafts | Folder::Outbox => return None,
    })
}

/// Whether the search names a folder itself, which then stands in for the one that is shown.
pub(crate) fn names_folder(expr: &Expr) -> bool {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().any(names_folder),
        Expr::Not(inner) => names_folder(inner),
        Expr::Leaf(Leaf::Field { operator, .. }) => *operator == Operator::In,
        Expr::Leaf(_) => false,
    }
}

/// The question that `expr` asks at the time `now`.
pub(crate) fn lower(expr: &Expr, now: i64) -> Predicate {
    match expr {
        Expr::All(parts) => Predicate::All(parts.iter().map(|part| lower(part, now)).collect()),
        Expr::Any(parts) => Predicate::Any(parts.iter().map(|part| lower(part, now)).collect()),
        Expr::Not(inner) => Predicate::Not(Box::new(lower(inner, now))),
        Expr::Leaf(leaf) => lower_leaf(leaf, now),
    }
}

fn lower_leaf(leaf: &Leaf, now: i64) -> Predicate {
    match leaf {
        Leaf::Words(text) => words(None, text),
        Leaf::Phrase(text) => Predicate::Text {
            column: None,
            text: text.clone(),
            is_prefix: false,
        },
        Leaf::Organisation(number) => Predicate::Any(
            [Column::Sender, Column::Recipient]
                .map(|column| Predicate::Text {
                    column: Some(column),
                    text: number.clone(),
                    is_prefix: false,
                })
                .to_vec(),
        ),
        Leaf::Person(number) => {
            Predicate::Party(format!("urn:altinn:person:identifier-no:{number}"))
        }
        Leaf::Field { operator, value } => lower_field(*operator, value, now),
    }
}

fn words(column: Option<Column>, text: &str) -> Predicate {
    Predicate::Text {
        column,
        text: text.to_owned(),
        is_prefix: true,
    }
}

fn lower_field(operator: Operator, value: &str, now: i64) -> Predicate {
    let nothing = Predicate::All(Vec::new());
    match operator {
        Operator::From => number_or_words(Column::Sender, value),
        Operator::To => number_or_words(Column::Recipient, value),
        Operator::Subject => words(Some(Column::Title), value),
        Operator::Reference => words(Some(Column::Reference), value),
        Operator::File => words(Some(Column::File), value),
        Operator::Resource => Predicate::Service {
            text: value.to_owned(),
        },
        Operator::Is => find(STATES, value).unwrap_or(nothing),
        Operator::Has => find(POSSESSIONS, value).unwrap_or(nothing),
        Operator::Status => find(STATUSES, value).map_or(nothing, Predicate::Status),
        Operator::In => match find(FOLDERS, value) {
            Some(Some(folder)) => scope(folder, now).map_or(nothing, Predicate::In),
            _ => Predicate::In(Scope::Everywhere),
        },
        Operator::Before => date::span(value, now, false).map_or(nothing, |span| Predicate::At {
            from: value.contains("..").then_some(span.from).flatten(),
            to: if value.contains("..") {
                span.to
            } else {
                span.from
            },
        }),
        Operator::After => date::span(value, now, false).map_or(nothing, |span| Predicate::At {
            from: span.from,
            to: value.contains("..").then_some(span.to).flatten(),
        }),
        Operator::Due => date::span(value, now, true).map_or(nothing, |span| Predicate::DueAt {
            from: span.from,
            to: span.to,
        }),
    }
}

/// A name, or a number with or without its spaces.
fn number_or_words(column: Column, value: &str) -> Predicate {
    let digits: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    words(Some(column), if is_number { &digits } else { value })
}

/// Words that a leaf looks for in a letter's own text, with whether the last may go on; none for what is not text.
pub(super) fn text_of(leaf: &Leaf) -> Option<(Option<Column>, String, bool)> {
    match leaf {
        Leaf::Words(text) => Some((None, fold(text), true)),
        Leaf::Phrase(text) => Some((None, fold(text), false)),
        Leaf::Field {
            operator: Operator::Subject,
            value,
        } => Some((Some(Column::Title), fold(value), true)),
        Leaf::Field { .. } | Leaf::Organisation(_) | Leaf::Person(_) => None,
    }
}
