//! The search index, made from the tables.

use crate::error::Result;
use crate::fold::fold;
use crate::message::MessagePut;
use crate::place::Facts;
use crate::pool::Writer;
use crate::row::{many, one, run};

/// What is indexed of a letter, as the tables have it.
struct Words<'a> {
    title: &'a str,
    summary: &'a str,
    plain: &'a str,
    /// Name shown instead of the sender's, name from the register, URN.
    sender: [&'a str; 3],
    /// Name from the register, URN.
    recipient: [&'a str; 2],
    reference: &'a str,
    files: String,
}

impl Writer<'_> {
    /// Renews a letter's place in the search index from what the tables hold. A sealed letter has none: its words must
    /// not be guessed by searching for them.
    pub(crate) fn index(&self, message: i64) -> Result<()> {
        run(self.sql, "DELETE FROM search WHERE rowid = ?1", [message])?;
        let Some(row) = self.message_by_key(message)?.filter(|row| !row.is_sealed) else {
            return Ok(());
        };
        let plain = self.body(message)?.unwrap_or_default().plain;
        let files: Vec<String> = many(
            self.sql,
            "SELECT a.name || coalesce(' ' || t.text, '') FROM attachment a
               LEFT JOIN attachment_text t ON t.attachment = a.key
             WHERE a.message = ?1 ORDER BY a.position",
            [message],
            |row| row.get(0),
        )?;
        let words = Words {
            title: &row.title,
            summary: &row.summary,
            plain: &plain,
            sender: [
                &row.message_sender,
                row.sender_name.as_deref().unwrap_or_default(),
                &row.sender,
            ],
            recipient: [
                row.recipient_name.as_deref().unwrap_or_default(),
                &row.recipient,
            ],
            reference: &row.reference,
            files: files.join(" "),
        };
        self.insert_words(message, &words)
    }

    /// The same for a letter that was not here before, without reading back what was just stored.
    pub(crate) fn index_new(&self, key: i64, message: &MessagePut) -> Result<()> {
        if Facts::of(message).is_sealed() {
            return Ok(());
        }
        let name = |urn: &str| -> Result<String> {
            Ok(one(
                self.sql,
                "SELECT name FROM party WHERE urn = ?1",
                [urn],
                |row| row.get(0),
            )?
            .unwrap_or_default())
        };
        let (sender, recipient) = (name(&message.sender)?, name(&message.recipient)?);
        let files: Vec<&str> = message
            .attachments
            .iter()
            .map(|file| file.name.as_str())
            .collect();
        let words = Words {
            title: &message.title,
            summary: &message.summary,
            plain: message.body.as_ref().map_or("", |body| &body.plain),
            sender: [&message.message_sender, &sender, &message.sender],
            recipient: [&recipient, &message.recipient],
            reference: &message.reference,
            files: files.join(" "),
        };
        self.insert_words(key, &words)
    }

    fn insert_words(&self, message: i64, words: &Words<'_>) -> Result<()> {
        let [shown, sender, sender_urn] = words.sender;
        let [recipient, recipient_urn] = words.recipient;
        run(
            self.sql,
            "INSERT INTO search (rowid, title, body, sender, recipient, reference, file)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                message,
                fold(words.title),
                fold(&format!("{} {}", words.summary, words.plain)),
                fold(&format!("{shown} {sender} {}", number(sender_urn))),
                fold(&format!("{recipient} {}", number(recipient_urn))),
                fold(words.reference),
                fold(&words.files),
            ),
        )?;
        Ok(())
    }

    /// Renews the index where what was stored may have broken a seal.
    pub(crate) fn index_unsealed(&self, message: i64) -> Result<()> {
        let is_confidential = one(
            self.sql,
            "SELECT is_confidential FROM message WHERE key = ?1",
            [message],
            |row| row.get(0),
        )?;
        match is_confidential {
            Some(true) => self.index(message),
            _ => Ok(()),
        }
    }

    /// Merges the index into one piece; worth it after a first sync, as questions then read fewer pages.
    pub fn optimize_index(&self) -> Result<()> {
        run(
            self.sql,
            "INSERT INTO search (search) VALUES ('optimize')",
            [],
        )?;
        Ok(())
    }
}

/// The organisation number at the end of a URN. People's numbers are not indexed: half a number must not find anyone.
fn number(urn: &str) -> &str {
    let last = urn.rsplit(':').next().unwrap_or_default();
    if last.len() == 9 && last.bytes().all(|byte| byte.is_ascii_digit()) {
        last
    } else {
        ""
    }
}
