//! A plain store loader: the least that keeps the same letters encrypted, compressed and searchable.
//!
//! One thread parses, compresses and inserts: one table, body by zstd, id unique, and a full-text index of the same columns
//! that knows every place of every word, in transactions of a thousand letters. It is given what makes such a loader quick:
//! a log that is seldom folded in, and room for new words in memory.

use crate::Outcome;
use crate::filled::{BATCH, PLAIN_PAGE, raw};
use serde_json::Value;
use std::path::Path;

/// Prefixes that the index of a loader has: what a search as you type needs at least, and what makes every beginning of a
/// word one look-up.
#[derive(Debug, Clone, Copy)]
pub enum Prefixes {
    Least,
    All,
}

/// Loads overviews into a new file at `path`.
pub fn insert(path: &Path, letters: &[String]) -> Outcome {
    let mut loader = Loader::new(path, Prefixes::Least)?;
    letters
        .chunks(BATCH)
        .try_for_each(|batch| loader.load(batch))
}

/// A file being loaded.
pub struct Loader {
    sql: rusqlite::Connection,
    zstd: zstd::bulk::Compressor<'static>,
}

impl Loader {
    /// Makes the file.
    pub fn new(path: &Path, prefixes: Prefixes) -> Outcome<Self> {
        let sql = raw(path, PLAIN_PAGE)?;
        let prefix = match prefixes {
            Prefixes::Least => "3",
            Prefixes::All => "1 2 3",
        };
        sql.execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000;
             CREATE TABLE letter (
               key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, resource TEXT, sender TEXT, at TEXT, due TEXT, status TEXT,
               is_read INTEGER, reference TEXT, title TEXT, summary TEXT, files TEXT, body BLOB
             ) STRICT;
             CREATE VIRTUAL TABLE words USING fts5 (
               title, body, sender, reference, file, content = '', contentless_delete = 1, prefix = '{prefix}',
               tokenize = 'unicode61 remove_diacritics 0'
             );
             INSERT INTO words (words, rank) VALUES ('hashsize', 33554432);"
        ))?;
        Ok(Self {
            sql,
            zstd: zstd::bulk::Compressor::new(3)?,
        })
    }

    /// Merges the index into one piece.
    pub fn optimize(&self) -> Outcome {
        self.sql
            .execute_batch("INSERT INTO words (words) VALUES ('optimize')")?;
        Ok(())
    }

    /// Loads one batch, in one transaction.
    pub fn load(&mut self, batch: &[String]) -> Outcome {
        let tx = self.sql.unchecked_transaction()?;
        for json in batch {
            let letter: Value = serde_json::from_str(json)?;
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let content = &letter["content"];
            let [title, summary, body] =
                ["messageTitle", "messageSummary", "messageBody"].map(|name| text(&content[name]));
            let (sender, reference) = (text(&letter["sender"]), text(&letter["sendersReference"]));
            let files: Vec<String> = content["attachments"]
                .as_array()
                .map_or_else(Vec::new, |files| {
                    files.iter().map(|file| text(&file["fileName"])).collect()
                });
            let files = files.join(" ");
            tx.prepare_cached(
                "INSERT INTO letter (id, resource, sender, at, due, status, is_read, reference, title, summary, files, body)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?
            .execute(rusqlite::params![
                text(&letter["correspondenceId"]),
                text(&letter["resourceId"]),
                &sender,
                text(&letter["published"]),
                letter["dueDateTime"].as_str(),
                text(&letter["status"]),
                letter["read"].is_string(),
                &reference,
                &title,
                &summary,
                &files,
                self.zstd.compress(body.as_bytes())?,
            ])?;
            tx.prepare_cached(
                "INSERT INTO words (rowid, title, body, sender, reference, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute((
                tx.last_insert_rowid(),
                &title,
                format!("{summary} {body}"),
                &sender,
                &reference,
                &files,
            ))?;
        }
        Ok(tx.commit()?)
    }
}
