//! The search index, made from the tables.
//!
//! A transaction renews it last: FTS5 gathers words in memory, and writes them out whenever SQLite begins a statement that
//! it may have to take back, which is every statement on a table with triggers. Letter by letter, each would be a piece of
//! the index of its own, to be merged with all the others.

use crate::error::Result;
use crate::fold::{beginnings, fold};
use crate::message::MessagePut;
use crate::place::Facts;
use crate::pool::{Reader, Writer};
use crate::predicate::Column;
use crate::row::{many, one, run};
use std::collections::BTreeMap;

/// Letters of a transaction that are to be indexed, by key: FTS5 writes out when keys do not ascend.
pub(crate) type ToIndex = BTreeMap<i64, Indexing>;

/// What a letter's place in the index is made from.
#[derive(Debug)]
pub(crate) enum Indexing {
    /// What the tables hold at the end of the transaction; what there was goes.
    Again,
    /// This; the letter was not there before.
    New(Folded),
}

/// What is indexed of a letter, folded.
#[derive(Debug)]
pub(crate) struct Folded {
    columns: [String; 6],
    beginnings: String,
}

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

impl Words<'_> {
    fn folded(&self) -> Folded {
        let [shown, sender, sender_urn] = self.sender;
        let [recipient, recipient_urn] = self.recipient;
        let columns = [
            (
                Column::Body,
                fold(&format!("{} {}", self.summary, self.plain)),
            ),
            (Column::Title, fold(self.title)),
            (
                Column::Sender,
                fold(&format!("{shown} {sender} {}", number(sender_urn))),
            ),
            (
                Column::Recipient,
                fold(&format!("{recipient} {}", number(recipient_urn))),
            ),
            (Column::Reference, fold(self.reference)),
            (Column::File, fold(&self.files)),
        ];
        let beginnings = marked_beginnings(&columns);
        Folded {
            columns: columns.map(|(_, text)| text),
            beginnings,
        }
    }
}

impl Reader<'_> {
    /// How many letters a search does not find yet, whatever is asked.
    pub fn unindexed_letters(&self) -> Result<u32> {
        Ok(one(
            self.sql,
            "SELECT count(*) FROM message_unindexed",
            [],
            |row| row.get(0),
        )?
        .unwrap_or(0))
    }
}

impl Writer<'_> {
    /// Renews a letter's place in the search index from what the tables hold, with the end of the transaction. A sealed
    /// letter has none: its words must not be guessed by searching for them.
    pub(crate) fn index(&self, message: i64) {
        self.to_index.borrow_mut().insert(message, Indexing::Again);
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
        let indexing = Indexing::New(words.folded());
        self.to_index.borrow_mut().insert(key, indexing);
        Ok(())
    }

    /// Indexes what the transaction has put aside for its end.
    pub(crate) fn index_all(&self) -> Result<()> {
        for (message, indexing) in self.to_index.take() {
            match indexing {
                Indexing::Again => self.index_again(message)?,
                Indexing::New(words) => self.insert_words(message, &words)?,
            }
        }
        Ok(())
    }

    fn index_again(&self, message: i64) -> Result<()> {
        for table in ["search", "beginning"] {
            run(
                self.sql,
                &format!("DELETE FROM {table} WHERE rowid = ?1"),
                [message],
            )?;
        }
        let Some(row) = self.message_by_key(message)?.filter(|row| !row.is_sealed) else {
            return Ok(());
        };
        let plain = self.plain(message)?.unwrap_or_default();
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
        self.insert_words(message, &words.folded())
    }

    fn insert_words(&self, message: i64, words: &Folded) -> Result<()> {
        let [body, title, sender, recipient, reference, file] = &words.columns;
        run(
            self.sql,
            "INSERT INTO search (rowid, body, title, sender, recipient, reference, file)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (message, body, title, sender, recipient, reference, file),
        )?;
        run(
            self.sql,
            "INSERT INTO beginning (rowid, word) VALUES (?1, ?2)",
            (message, &words.beginnings),
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
        if is_confidential == Some(true) {
            self.index(message);
        }
        Ok(())
    }

    /// Indexes the newest letters that are to be indexed anew, at most `limit`. Whether there were any.
    pub(crate) fn index_next(&self, limit: u32) -> Result<bool> {
        let keys: Vec<i64> = many(
            self.sql,
            "SELECT message FROM message_unindexed ORDER BY message DESC LIMIT ?1",
            [limit],
            |row| row.get(0),
        )?;
        for key in &keys {
            self.index(*key);
            run(
                self.sql,
                "DELETE FROM message_unindexed WHERE message = ?1",
                [key],
            )?;
        }
        Ok(!keys.is_empty())
    }
}

/// The beginnings of all words, and of those of a column once more with its mark.
fn marked_beginnings(columns: &[(Column, String)]) -> String {
    let whole = columns
        .iter()
        .map(|(_, text)| text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    let mut out = beginnings(&whole).join(" ");
    for (column, text) in columns {
        if let Some(mark) = column.mark() {
            for beginning in beginnings(text) {
                out.extend([" ", mark, beginning]);
            }
        }
    }
    out
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
