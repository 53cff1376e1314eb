//! Letters that Altinn has.

use crate::attachment::AttachmentPut;
use crate::error::{Result, StoreError};
use crate::place::Facts;
use crate::pool::{Reader, Writer};
use crate::row::{Id, StoredId, many, one, run, stored_as_text};
use crate::status::StatusRow;
use crate::text::Text;

/// Which side of a letter the account is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// It was sent to us.
    Received,
    /// We sent it.
    Sent,
}

stored_as_text!(Role {
    Received = "received",
    Sent = "sent"
});

/// How much of a letter is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Its id.
    Probed,
    /// All but the bytes of its files.
    Overview,
    /// What was fetched before Altinn answered 404; never to be asked for again.
    Gone,
}

stored_as_text!(Level {
    Probed = "probed",
    Overview = "overview",
    Gone = "gone",
});

/// What the window calls a letter. A letter sent from one account of the profile to another, or by an organisation to
/// itself, is two letters here, so Altinn's id alone does not do.
pub fn message_id(account: &str, role: Role, correspondence: &str) -> String {
    let side = match role {
        Role::Received => 'r',
        Role::Sent => 's',
    };
    format!("{side}.{account}.{correspondence}")
}

/// What a window's id is made of; none when it is something else.
fn of_id(id: &str) -> Option<(&str, Role, &str)> {
    let (side, rest) = id.split_once('.')?;
    let (account, correspondence) = rest.rsplit_once('.')?;
    let role = match side {
        "r" => Role::Received,
        "s" => Role::Sent,
        _ => return None,
    };
    Some((account, role, correspondence))
}

/// A body, and the same without markup.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageBody {
    /// As Altinn gave it: untrusted markdown or HTML.
    pub body: String,
    /// Plain, for snippets and the index.
    pub plain: String,
}

/// A letter as an overview (or a submit) describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePut {
    /// Account id.
    pub account: String,
    /// Side.
    pub role: Role,
    /// Altinn's id.
    pub correspondence: String,
    /// Our frozen copy, for what was sent from here.
    pub letter: Option<String>,
    /// Resource id without URN prefix.
    pub resource: String,
    /// How much is here.
    pub level: Level,
    /// URN.
    pub sender: String,
    /// URN.
    pub recipient: String,
    /// Shown instead of the sender's name; empty for none.
    pub message_sender: String,
    /// Sender's reference.
    pub reference: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Summary or beginning of the body, plain.
    pub snippet: String,
    /// nb, nn or en.
    pub language: String,
    /// Time shown and sorted by: published, else the publish time asked for.
    pub at: i64,
    /// Made at Altinn.
    pub created_at: Option<i64>,
    /// Publish time asked for.
    pub requested_publish_at: Option<i64>,
    /// Published.
    pub published_at: Option<i64>,
    /// Due.
    pub due_at: Option<i64>,
    /// The sender asks for confirmation.
    pub is_confirmation_needed: bool,
    /// The letter says so, or its service demands it.
    pub is_confidential: bool,
    /// As Altinn reports it.
    pub status: String,
    /// Altinn's sentence.
    pub status_text: String,
    /// When that status was set.
    pub status_at: Option<i64>,
    /// First Read in Altinn's history.
    pub read_at: Option<i64>,
    /// Confirmed in Altinn's history.
    pub confirmed_at: Option<i64>,
    /// Failed in Altinn's history.
    pub failed_at: Option<i64>,
    /// Purged in Altinn's history.
    pub gone_at: Option<i64>,
    /// Reply links, as the engine writes them.
    pub reply_links_json: String,
    /// The rest of the overview.
    pub extra_json: String,
    /// When Altinn was asked.
    pub checked_at: Option<i64>,
    /// Now; kept as first seen when the letter is new.
    pub seen_at: i64,
    /// The body; none leaves what is here.
    pub body: Option<MessageBody>,
    /// Files.
    pub attachments: Vec<AttachmentPut>,
    /// History entries; what is there already is not doubled.
    pub statuses: Vec<StatusRow>,
}

/// A letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Of the row and of the index.
    pub key: i64,
    /// What the window calls it.
    pub id: String,
    /// Account id.
    pub account: String,
    /// Side.
    pub role: Role,
    /// Altinn's id.
    pub correspondence: String,
    /// Our frozen copy.
    pub letter: Option<String>,
    /// Resource id.
    pub resource: String,
    /// How much is here.
    pub level: Level,
    /// URN.
    pub sender: String,
    /// From the register; none when unknown.
    pub sender_name: Option<String>,
    /// URN.
    pub recipient: String,
    /// From the register; none when unknown.
    pub recipient_name: Option<String>,
    /// Shown instead of the sender's name; empty for none.
    pub message_sender: String,
    /// Sender's reference.
    pub reference: String,
    /// Title.
    pub title: String,
    /// Summary.
    pub summary: String,
    /// Summary or beginning of the body.
    pub snippet: String,
    /// nb, nn or en.
    pub language: String,
    /// Time shown and sorted by.
    pub at: i64,
    /// Publish time asked for.
    pub requested_publish_at: Option<i64>,
    /// Published.
    pub published_at: Option<i64>,
    /// Due.
    pub due_at: Option<i64>,
    /// The sender asks for confirmation.
    pub is_confirmation_needed: bool,
    /// Confidential.
    pub is_confidential: bool,
    /// As Altinn reports it.
    pub status: String,
    /// Altinn's sentence.
    pub status_text: String,
    /// When that status was set.
    pub status_at: Option<i64>,
    /// Read in Altinn's history.
    pub read_at: Option<i64>,
    /// Confirmed in Altinn's history.
    pub confirmed_at: Option<i64>,
    /// Failed in Altinn's history.
    pub failed_at: Option<i64>,
    /// Purged, or found gone.
    pub gone_at: Option<i64>,
    /// Opened here.
    pub opened_at: Option<i64>,
    /// Confirmed here.
    pub confirm_asked_at: Option<i64>,
    /// Deleted here.
    pub purge_asked_at: Option<i64>,
    /// Put away here.
    pub archived_at: Option<i64>,
    /// Set back to unread here.
    pub is_marked_unread: bool,
    /// Number of files.
    pub attachment_count: u32,
    /// Reply links.
    pub reply_links_json: String,
    /// When Altinn was last asked.
    pub checked_at: Option<i64>,
    /// When it was first seen here.
    pub first_seen_at: i64,
    /// Unread here.
    pub is_unread: bool,
    /// Confidential and opened by nobody.
    pub is_sealed: bool,
    /// Our confirmation is asked for and not given.
    pub is_awaiting: bool,
}

pub(crate) const MESSAGE: &str = "SELECT m.key, a.id, m.role, m.correspondence, m.letter, v.resource, m.level, coalesce(s.urn, ''),
     nullif(s.name, ''), coalesce(r.urn, ''), nullif(r.name, ''), m.message_sender, m.reference, m.title, m.summary, m.snippet,
     m.language, m.at, m.requested_publish_at, m.published_at, m.due_at, m.is_confirmation_needed, m.is_confidential,
     m.status, m.status_text, m.status_at, m.read_at, m.confirmed_at, m.failed_at, m.gone_at, m.opened_at,
     m.confirm_asked_at, m.purge_asked_at, m.archived_at, m.is_marked_unread, m.attachment_count, m.reply_links_json,
     m.checked_at, m.first_seen_at, m.is_unread, m.is_sealed, m.is_awaiting
     FROM message m JOIN account a ON a.key = m.account JOIN service v ON v.key = m.service
       LEFT JOIN party s ON s.key = m.sender LEFT JOIN party r ON r.key = m.recipient";

pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<MessageRow> {
    let (account, role, StoredId(correspondence)): (String, Role, _) =
        (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(MessageRow {
        key: row.get(0)?,
        id: message_id(&account, role, &correspondence),
        account,
        role,
        correspondence,
        letter: row.get(4)?,
        resource: row.get(5)?,
        level: row.get(6)?,
        sender: row.get(7)?,
        sender_name: row.get(8)?,
        recipient: row.get(9)?,
        recipient_name: row.get(10)?,
        message_sender: row.get(11)?,
        reference: row.get(12)?,
        title: row.get(13)?,
        summary: row.get(14)?,
        snippet: row.get(15)?,
        language: row.get(16)?,
        at: row.get(17)?,
        requested_publish_at: row.get(18)?,
        published_at: row.get(19)?,
        due_at: row.get(20)?,
        is_confirmation_needed: row.get(21)?,
        is_confidential: row.get(22)?,
        status: row.get(23)?,
        status_text: row.get(24)?,
        status_at: row.get(25)?,
        read_at: row.get(26)?,
        confirmed_at: row.get(27)?,
        failed_at: row.get(28)?,
        gone_at: row.get(29)?,
        opened_at: row.get(30)?,
        confirm_asked_at: row.get(31)?,
        purge_asked_at: row.get(32)?,
        archived_at: row.get(33)?,
        is_marked_unread: row.get(34)?,
        attachment_count: row.get(35)?,
        reply_links_json: row.get(36)?,
        checked_at: row.get(37)?,
        first_seen_at: row.get(38)?,
        is_unread: row.get(39)?,
        is_sealed: row.get(40)?,
        is_awaiting: row.get(41)?,
    })
}

impl Reader<'_> {
    /// A letter by the window's id, or by Altinn's (the received one when there are two).
    pub fn message(&self, id: &str) -> Result<Option<MessageRow>> {
        match of_id(id) {
            Some((account, role, correspondence)) => self.message_of(account, role, correspondence),
            None => one(
                self.sql,
                &format!("{MESSAGE} WHERE m.correspondence = ?1 ORDER BY m.role LIMIT 1"),
                [Id(id)],
                read,
            ),
        }
    }

    /// A letter by its key.
    pub fn message_by_key(&self, key: i64) -> Result<Option<MessageRow>> {
        one(
            self.sql,
            &format!("{MESSAGE} WHERE m.key = ?1"),
            [key],
            read,
        )
    }

    /// A letter by Altinn's id, on one side of an account.
    pub fn message_of(
        &self,
        account: &str,
        role: Role,
        correspondence: &str,
    ) -> Result<Option<MessageRow>> {
        one(
            self.sql,
            &format!("{MESSAGE} WHERE m.account = ?1 AND m.role = ?2 AND m.correspondence = ?3"),
            (self.account_key(account)?, role, Id(correspondence)),
            read,
        )
    }

    /// The letters made of a frozen copy.
    pub fn messages_of_letter(&self, letter: &str) -> Result<Vec<MessageRow>> {
        many(
            self.sql,
            &format!("{MESSAGE} WHERE m.letter = ?1 ORDER BY m.key"),
            [letter],
            read,
        )
    }
}

impl Writer<'_> {
    /// Makes ids known; those that are known already are left alone. `at` is the best guess of their publish time.
    /// Returns how many were new.
    #[expect(clippy::too_many_arguments, reason = "one row, spelled out")]
    pub fn probe_messages(
        &self,
        account: &str,
        role: Role,
        resource: &str,
        is_confidential: bool,
        at: i64,
        seen_at: i64,
        correspondences: &[String],
    ) -> Result<usize> {
        let facts = Facts::probed(role, is_confidential);
        let (account, service) = (
            self.account_key(account)?,
            self.given_service_key(resource)?,
        );
        let mut added = 0;
        for correspondence in correspondences {
            added += run(
                self.sql,
                "INSERT INTO message (account, role, correspondence, service, level, at, is_confidential, first_seen_at,
                   is_unread, is_sealed, is_awaiting, place)
                 VALUES (?1, ?2, ?3, ?4, 'probed', ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (correspondence, account, role) DO NOTHING",
                (
                    account,
                    role,
                    Id(correspondence),
                    service,
                    at,
                    is_confidential,
                    seen_at,
                    facts.is_unread(),
                    facts.is_sealed(),
                    facts.is_awaiting(),
                    facts.place(),
                ),
            )?;
        }
        Ok(added)
    }

    /// Stores a letter with body, files and history, and renews its place in the search index. Applying the same twice
    /// changes nothing. What the user did here is kept, an empty text never replaces one that is here (Altinn blanks
    /// the sender's view after publication; reference, section 9.4), and a moment in Altinn's history once known stays.
    /// Returns the key.
    pub fn put_message(&self, message: &MessagePut) -> Result<i64> {
        let account = self.account_key(&message.account)?;
        let known: Option<i64> = one(
            self.sql,
            "SELECT key FROM message WHERE correspondence = ?1 AND account = ?2 AND role = ?3",
            (Id(&message.correspondence), account, message.role),
            |row| row.get(0),
        )?;
        let key = self.put_row(account, message)?;
        if message.body.is_some() || message.extra_json != "{}" {
            let text = Text {
                body: message.body.clone(),
                extra_json: message.extra_json.clone(),
            };
            self.put_text(key, text)?;
        }
        self.put_attachments(key, &message.attachments)?;
        self.add_statuses(key, &message.statuses)?;
        match known {
            Some(key) => self.index(key),
            None => self.index_new(key, message)?,
        }
        Ok(key)
    }

    fn put_row(&self, account: Option<i64>, message: &MessagePut) -> Result<i64> {
        let service = self.given_service_key(&message.resource)?;
        let sender = self.given_party_key(&message.sender)?;
        let recipient = self.given_party_key(&message.recipient)?;
        let facts = Facts::of(message);
        one(
            self.sql,
            "INSERT INTO message (account, role, correspondence, letter, service, level, sender, recipient,
               message_sender, reference, title, summary, snippet, language, at, created_at, requested_publish_at,
               published_at, due_at, is_confirmation_needed, is_confidential, status, status_text, status_at, read_at,
               confirmed_at, failed_at, gone_at, attachment_count, reply_links_json, checked_at, first_seen_at, is_unread,
               is_sealed, is_awaiting, place)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
               ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36)
             ON CONFLICT (correspondence, account, role) DO UPDATE SET
               letter = coalesce(excluded.letter, letter), service = excluded.service,
               level = CASE WHEN level = 'overview' AND excluded.level = 'probed' THEN level ELSE excluded.level END,
               sender = coalesce(excluded.sender, sender), recipient = coalesce(excluded.recipient, recipient),
               message_sender = coalesce(nullif(excluded.message_sender, ''), message_sender),
               reference = coalesce(nullif(excluded.reference, ''), reference),
               title = coalesce(nullif(excluded.title, ''), title),
               summary = coalesce(nullif(excluded.summary, ''), summary),
               snippet = coalesce(nullif(excluded.snippet, ''), snippet),
               language = coalesce(nullif(excluded.language, ''), language), at = excluded.at,
               created_at = coalesce(excluded.created_at, created_at),
               requested_publish_at = coalesce(excluded.requested_publish_at, requested_publish_at),
               published_at = coalesce(excluded.published_at, published_at),
               due_at = coalesce(excluded.due_at, due_at),
               is_confirmation_needed = excluded.is_confirmation_needed,
               is_confidential = excluded.is_confidential OR is_confidential,
               status = coalesce(nullif(excluded.status, ''), status),
               status_text = coalesce(nullif(excluded.status_text, ''), status_text),
               status_at = coalesce(excluded.status_at, status_at), read_at = coalesce(read_at, excluded.read_at),
               confirmed_at = coalesce(confirmed_at, excluded.confirmed_at),
               failed_at = coalesce(failed_at, excluded.failed_at), gone_at = coalesce(gone_at, excluded.gone_at),
               reply_links_json = excluded.reply_links_json,
               checked_at = coalesce(excluded.checked_at, checked_at)
             RETURNING key",
            rusqlite::params![
                account,
                message.role,
                Id(&message.correspondence),
                message.letter,
                service,
                message.level,
                sender,
                recipient,
                message.message_sender,
                message.reference,
                message.title,
                message.summary,
                message.snippet,
                message.language,
                message.at,
                message.created_at,
                message.requested_publish_at,
                message.published_at,
                message.due_at,
                message.is_confirmation_needed,
                message.is_confidential,
                message.status,
                message.status_text,
                message.status_at,
                message.read_at,
                message.confirmed_at,
                message.failed_at,
                message.gone_at,
                message.attachments.len(),
                message.reply_links_json,
                message.checked_at,
                message.seen_at,
                facts.is_unread(),
                facts.is_sealed(),
                facts.is_awaiting(),
                facts.place(),
            ],
            |row| row.get(0),
        )?
        .ok_or_else(|| StoreError::Sql("no key returned".to_owned()))
    }
}
