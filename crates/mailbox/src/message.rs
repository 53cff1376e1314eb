//! One letter, as the reading pane shows it.

mod file;
mod timeline;

use crate::folders::service_title;
use crate::list::{Named, party};
use crate::view::{
    Abilities, Block, ConfirmState, ErrorCode, Message, ReadState, ReplyLink, RowKind,
};
use crate::{Error, Mailbox, Result, body};
use mailbox_store::{LetterRow, MessageRow, Reader, Role};
use serde::{Deserialize, Serialize};
use url::Url;

impl Mailbox {
    /// A letter, by the window's id or by Altinn's. Reads the local copy only, and tells nobody.
    ///
    /// # Errors
    /// `NotFound`, and the store's.
    pub async fn message(&self, id: &str) -> Result<Message> {
        let now = self.clock.now();
        let id = id.to_owned();
        self.store
            .read(move |r| match r.message(&id)? {
                Some(row) => Ok(Some(view(r, &row, now)?)),
                None => Ok(None),
            })
            .await?
            .ok_or(Error::NotFound)
    }

    /// A body as the recipient will see it.
    pub fn preview(&self, body: &str) -> Vec<Block> {
        body::parse(body)
    }
}

/// A reply link as the store keeps it (`MessagePut::reply_links_json` is a list of these).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReplyLink {
    /// Sender's text, where there is one.
    pub text: Option<String>,
    /// Address as Altinn gave it.
    pub url: String,
}

/// The letter of a row.
pub(crate) fn view(r: &Reader<'_>, row: &MessageRow, now: i64) -> mailbox_store::Result<Message> {
    let letter = match &row.letter {
        Some(letter) => r.letter(letter)?,
        None => None,
    };
    let text = Text::of(r, row, letter.as_ref())?;
    let sender_name = Some(row.message_sender.as_str())
        .filter(|name| !name.is_empty())
        .or(row.sender_name.as_deref());
    let mut message = Message {
        id: row.id.clone(),
        account: row.account.clone(),
        kind: match row.role {
            Role::Received => RowKind::Received,
            Role::Sent => RowKind::Sent,
        },
        resource: row.resource.clone(),
        service: service_title(r, &row.resource)?,
        title: text.title,
        summary: text.summary,
        sender: party(&Named {
            urn: &row.sender,
            name: sender_name,
        }),
        recipient: party(&Named {
            urn: &row.recipient,
            name: row.recipient_name.as_deref(),
        }),
        reference: row.reference.clone(),
        at: row.at,
        due_at: row.due_at,
        language: row.language.to_lowercase(),
        read: read_state(row),
        is_unread: row.is_unread,
        confirm: confirm_state(row),
        is_sealed: row.is_sealed,
        is_archived: row.archived_at.is_some(),
        is_fetched: text.body.is_some(),
        body: text
            .body
            .filter(|_| is_open(row))
            .map(|body| body::parse(&body)),
        attachments: file::files(r, row, now)?,
        reply_links: reply_links(&row.reply_links_json),
        timeline: timeline::timeline(r, row)?,
        checked_at: row.checked_at,
        abilities: abilities(row, now),
    };
    if row.is_sealed {
        message.title.clear();
        message.summary.clear();
        message.reference.clear();
        message.attachments.clear();
        message.reply_links.clear();
        message.sender = party(&Named {
            urn: "",
            name: None,
        });
    }
    Ok(message)
}

/// What is written in a letter. Of what was sent from here, our frozen copy: Altinn's is blank once published.
struct Text {
    title: String,
    summary: String,
    body: Option<String>,
}

impl Text {
    fn of(
        r: &Reader<'_>,
        row: &MessageRow,
        letter: Option<&LetterRow>,
    ) -> mailbox_store::Result<Self> {
        Ok(match letter {
            Some(letter) => Self {
                title: letter.title.clone(),
                summary: letter.summary.clone(),
                body: Some(letter.body.clone()),
            },
            None => Self {
                title: row.title.clone(),
                summary: row.summary.clone(),
                body: r.body(row.key)?.map(|body| body.body),
            },
        })
    }
}

/// Whether somebody here has opened it: until then the body stays closed, as opening tells the sender.
fn is_open(row: &MessageRow) -> bool {
    row.role == Role::Sent || row.opened_at.is_some() || row.read_at.is_some()
}

fn read_state(row: &MessageRow) -> ReadState {
    match (row.read_at, row.opened_at) {
        (Some(at), _) => ReadState::Read { at },
        (None, Some(_)) => ReadState::Pending,
        (None, None) => ReadState::Unopened,
    }
}

fn confirm_state(row: &MessageRow) -> ConfirmState {
    match (row.confirmed_at, row.confirm_asked_at) {
        (Some(at), _) => ConfirmState::Done { at },
        _ if !row.is_confirmation_needed => ConfirmState::NotAsked,
        (None, Some(_)) => ConfirmState::Pending,
        (None, None) => ConfirmState::Asked,
    }
}

/// What may be done now. Confirmation blocks a recipient's deletion (Correspondence reference, section 15); a sender may
/// delete until publication (section 4.9).
pub(crate) fn abilities(row: &MessageRow, now: i64) -> Abilities {
    let is_here = row.gone_at.is_none() && row.purge_asked_at.is_none();
    let is_received = row.role == Role::Received;
    let must_confirm = row.is_confirmation_needed && row.confirmed_at.is_none();
    let is_unpublished = row.published_at.is_none() && row.at > now && row.failed_at.is_none();
    let delete_refusal = match row.role {
        _ if !is_here => None,
        Role::Received => must_confirm.then_some(ErrorCode::MustConfirmFirst),
        Role::Sent => (!is_unpublished).then_some(ErrorCode::AlreadyPublished),
    };
    let is_archived = row.archived_at.is_some();
    Abilities {
        confirm: is_here && row.is_awaiting && is_open(row),
        delete: is_here && !row.is_sealed && delete_refusal.is_none(),
        delete_refusal,
        archive: is_here && is_received && !is_archived,
        unarchive: is_here && is_received && is_archived,
        mark_unread: is_here && is_received && !row.is_unread,
        undo_send: is_here && !is_received && is_unpublished,
    }
}

/// Reply links whose address is https with a host; the service takes no others (Correspondence reference, section 5.1).
fn reply_links(json: &str) -> Vec<ReplyLink> {
    let stored: Vec<StoredReplyLink> = serde_json::from_str(json).unwrap_or_default();
    stored
        .into_iter()
        .filter_map(|link| {
            let url = Url::parse(link.url.trim()).ok()?;
            let host = url
                .host_str()
                .filter(|_| url.scheme() == "https")?
                .to_owned();
            let text = link.text.as_deref().unwrap_or_default().trim();
            Some(ReplyLink {
                text: if text.is_empty() {
                    host.clone()
                } else {
                    text.to_owned()
                },
                // Written anew, so that a host in other letters shows as the punycode that it is.
                url: url.into(),
                host,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
