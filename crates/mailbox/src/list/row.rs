//! Rows: letters, drafts and what is on its way, all as the same type.

use crate::body;
use crate::identity::Identity;
use crate::search::Marker;
use crate::view::{Party, Row, RowKind, Tag};
use mailbox_store::{DraftRow, MessageRow, OutboxRow, OutboxState, Reader, Result, Role};

/// A party as Altinn names it, with the name that is known.
pub(crate) struct Named<'a> {
    pub(crate) urn: &'a str,
    pub(crate) name: Option<&'a str>,
}

/// An organisation or a person as shown; a person's number is masked.
pub(crate) fn party(named: &Named<'_>) -> Party {
    let identity = Identity::parse(named.urn).ok();
    let number = identity.as_ref().map(Identity::shown).unwrap_or_default();
    Party {
        name: match named.name {
            Some(name) if !name.is_empty() => name.to_owned(),
            _ => number.clone(),
        },
        number,
        is_person: identity.is_some_and(|identity| identity.is_person()),
    }
}

/// Whether a due date has passed with something still to be done about it.
fn overdue(message: &MessageRow, now: i64) -> bool {
    message.role == Role::Received
        && message.due_at.is_some_and(|due| due < now)
        && (message.is_awaiting || (message.is_unread && !message.is_confirmation_needed))
}

fn tag(message: &MessageRow, now: i64) -> Option<Tag> {
    let is_received = message.role == Role::Received;
    if message.failed_at.is_some() {
        return Some(Tag::Failed);
    }
    if overdue(message, now) {
        return Some(Tag::Overdue);
    }
    if message.is_awaiting {
        return Some(Tag::NeedsConfirmation);
    }
    let is_settled = message.confirmed_at.is_some() || message.confirm_asked_at.is_some();
    match message.due_at {
        Some(at) if at >= now && is_received && !is_settled => Some(Tag::Due { at }),
        _ => message.is_confidential.then_some(Tag::Confidential),
    }
}

/// A letter as a row, with the hits of a search.
pub(super) fn message(
    r: &Reader<'_>,
    message: &MessageRow,
    marker: &Marker,
    now: i64,
) -> Result<Row> {
    let (kind, counterpart) = match message.role {
        Role::Received => (
            RowKind::Received,
            Named {
                urn: &message.sender,
                name: Some(message.message_sender.as_str())
                    .filter(|name| !name.is_empty())
                    .or(message.sender_name.as_deref()),
            },
        ),
        Role::Sent => (
            RowKind::Sent,
            Named {
                urn: &message.recipient,
                name: message.recipient_name.as_deref(),
            },
        ),
    };
    let counterpart = party(&counterpart);
    let mut row = Row {
        id: message.id.clone(),
        kind,
        counterpart: counterpart.name,
        is_person: counterpart.is_person,
        at: message.at,
        title: String::new(),
        snippet: String::new(),
        is_unread: message.is_unread,
        is_sealed: message.is_sealed,
        tag: tag(message, now),
        attachments: message.attachment_count,
        title_marks: Vec::new(),
        snippet_marks: Vec::new(),
    };
    if message.is_sealed {
        row.counterpart = String::new();
        row.is_person = false;
        return Ok(row);
    }
    row.title = message.title.clone();
    row.title_marks = marker.title(&message.title);
    if marker.is_empty() {
        row.snippet = message.snippet.clone();
        return Ok(row);
    }
    let body = if marker.is_in(&message.snippet) || marker.is_all_in(&message.title) {
        None
    } else {
        r.plain(message.key)?
    };
    (row.snippet, row.snippet_marks) = marker.snippet(&message.snippet, body.as_deref());
    Ok(row)
}

/// A draft as a row.
pub(super) fn draft(draft: &DraftRow, marker: &Marker) -> Row {
    let (snippet, snippet_marks) = marker.snippet(&draft.snippet, None);
    Row {
        id: draft.id.clone(),
        kind: RowKind::Draft,
        counterpart: draft.counterpart.clone(),
        is_person: false,
        at: draft.saved_at,
        title: draft.title.clone(),
        snippet,
        is_unread: false,
        is_sealed: false,
        tag: draft.refusal_json.is_some().then_some(Tag::Failed),
        attachments: draft.file_count,
        title_marks: marker.title(&draft.title),
        snippet_marks,
    }
}

/// A letter on its way as a row; none when its frozen copy is not there.
pub(super) fn outbox(r: &Reader<'_>, item: &OutboxRow, marker: &Marker) -> Result<Option<Row>> {
    let Some(letter) = r.letter(&item.letter)? else {
        return Ok(None);
    };
    let recipient = party(&Named {
        urn: &item.recipient,
        name: Some(&item.recipient_name),
    });
    let text = body::snippet(&letter.summary, &body::plain(&letter.body));
    let (snippet, snippet_marks) = marker.snippet(&text, None);
    Ok(Some(Row {
        id: item.id.clone(),
        kind: RowKind::Outbox,
        counterpart: recipient.name,
        is_person: recipient.is_person,
        at: item.queued_at,
        title_marks: marker.title(&letter.title),
        title: letter.title,
        snippet,
        is_unread: false,
        is_sealed: false,
        tag: (item.state == OutboxState::Stuck).then_some(Tag::Failed),
        attachments: u32::try_from(r.uploads(&item.letter)?.len()).unwrap_or(u32::MAX),
        snippet_marks,
    }))
}
