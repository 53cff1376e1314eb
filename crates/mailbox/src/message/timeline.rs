//! What happened to a letter (ui, section 11).

use crate::view::{EventKind, TimelineEntry};
use mailbox_store::{MessageRow, Reader, Result, Role, StatusRow};

/// The history of a letter, newest first: Altinn's entries as far as they were seen, the moments its overview tells,
/// and what was done on this machine while Altinn has not said the same.
pub(super) fn timeline(r: &Reader<'_>, row: &MessageRow) -> Result<Vec<TimelineEntry>> {
    let mut entries: Vec<TimelineEntry> = r.statuses(row.key)?.into_iter().map(entry).collect();
    let told = [
        (EventKind::Published, row.published_at),
        (EventKind::Read, row.read_at),
        (EventKind::Confirmed, row.confirmed_at),
        (EventKind::Failed, row.failed_at),
        (kind(&row.status), row.status_at),
    ];
    for (event, at) in told {
        add(&mut entries, event, at, false);
    }
    if row.role == Role::Received {
        add(&mut entries, EventKind::Read, row.opened_at, true);
        add(
            &mut entries,
            EventKind::Confirmed,
            row.confirm_asked_at,
            true,
        );
    }
    if let Some(letter) = &row.letter {
        let item = r
            .outbox_of_letter(letter)?
            .into_iter()
            .find(|item| item.correspondence.as_deref() == Some(row.correspondence.as_str()));
        if let Some(item) = item {
            add(
                &mut entries,
                EventKind::Accepted,
                Some(item.changed_at),
                true,
            );
            add(&mut entries, EventKind::Queued, Some(item.queued_at), true);
        }
    }
    entries.sort_by(|a, b| b.at.cmp(&a.at).then(rank(&b.event).cmp(&rank(&a.event))));
    Ok(entries)
}

/// Adds an event at a known time, unless the history has one of the kind.
fn add(entries: &mut Vec<TimelineEntry>, event: EventKind, at: Option<i64>, is_local: bool) {
    let Some(at) = at else {
        return;
    };
    let is_nameless = matches!(&event, EventKind::Other { text } if text.is_empty());
    if !is_nameless && entries.iter().all(|entry| entry.event != event) {
        entries.push(TimelineEntry {
            event,
            at,
            is_local,
            detail: None,
        });
    }
}

fn entry(status: StatusRow) -> TimelineEntry {
    let event = kind(&status.status);
    // Altinn's sentence mostly repeats the word; only of a failure does it give the reason.
    let detail = (event == EventKind::Failed || matches!(event, EventKind::Other { .. }))
        .then_some(status.text)
        .filter(|text| !text.trim().is_empty() && *text != status.status);
    TimelineEntry {
        event,
        at: status.at,
        is_local: status.is_local,
        detail,
    }
}

/// Altinn's word as an event; the words of the engine's own entries likewise.
fn kind(status: &str) -> EventKind {
    match status {
        "Initialized" => EventKind::Initialized,
        "ReadyForPublish" => EventKind::ReadyForPublish,
        "Published" => EventKind::Published,
        "Fetched" => EventKind::Fetched,
        "Read" => EventKind::Read,
        "Replied" => EventKind::Replied,
        "Confirmed" => EventKind::Confirmed,
        "PurgedByRecipient" => EventKind::PurgedByRecipient,
        "PurgedByAltinn" => EventKind::PurgedByAltinn,
        "Archived" => EventKind::Archived,
        "Reserved" => EventKind::Reserved,
        "Failed" => EventKind::Failed,
        "AttachmentsDownloaded" => EventKind::AttachmentsDownloaded,
        "Forwarded" => EventKind::Forwarded,
        "Queued" => EventKind::Queued,
        "Accepted" => EventKind::Accepted,
        other => EventKind::Other {
            text: other.to_owned(),
        },
    }
}

/// Order of events of the same moment.
fn rank(event: &EventKind) -> u8 {
    match event {
        EventKind::Queued => 0,
        EventKind::Accepted => 1,
        EventKind::Initialized => 2,
        EventKind::ReadyForPublish => 3,
        EventKind::Reserved => 4,
        EventKind::Published | EventKind::Failed => 5,
        EventKind::Fetched => 6,
        EventKind::Read => 7,
        EventKind::AttachmentsDownloaded => 8,
        EventKind::Replied | EventKind::Forwarded | EventKind::Archived => 9,
        EventKind::Confirmed => 10,
        EventKind::Other { .. } => 11,
        EventKind::PurgedByRecipient | EventKind::PurgedByAltinn => 12,
    }
}
