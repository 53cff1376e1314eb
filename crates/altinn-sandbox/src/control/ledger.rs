//! The ledger: one entry for every request, in the order they arrived.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// One request as the ledger tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerEntry {
    /// Place in the order of arrival, from 1.
    pub seq: u64,
    /// When it arrived, by the sandbox's clock.
    pub at: DateTime<Utc>,
    /// Method.
    pub method: String,
    /// Path as it was sent.
    pub path: String,
    /// Query as it was sent; empty when there was none. Eleven digits in a row are hidden.
    pub query: String,
    /// Status of the answer, also of one that was thrown away; 0 while it is being made.
    pub status: u16,
    /// The organisation the token speaks for; none without a valid token.
    pub organisation: Option<String>,
    /// Bytes of the request's body that were read.
    pub bytes_in: u64,
    /// Bytes of the answer's body that were sent.
    pub bytes_out: u64,
    /// The request was handled, and the connection closed with no answer or in the middle of one.
    pub dropped: bool,
}

/// One request on its way through.
#[derive(Debug)]
pub struct Row {
    seq: u64,
    at: DateTime<Utc>,
    method: String,
    path: String,
    query: String,
    organisation: Option<String>,
    status: AtomicU16,
    bytes_in: AtomicU64,
    bytes_out: AtomicU64,
    dropped: AtomicBool,
    file: Option<Arc<Mutex<File>>>,
}

impl Row {
    /// Notes bytes read from the request.
    pub fn read(&self, bytes: usize) {
        self.bytes_in.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Notes bytes sent in answer.
    pub fn sent(&self, bytes: usize) {
        self.bytes_out.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Notes the answer's status.
    pub fn answered(&self, status: u16) {
        self.status.store(status, Ordering::Release);
    }

    /// Notes that the answer was withheld or cut.
    pub fn dropped(&self) {
        self.dropped.store(true, Ordering::Release);
    }

    fn entry(&self) -> LedgerEntry {
        LedgerEntry {
            seq: self.seq,
            at: self.at,
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            status: self.status.load(Ordering::Acquire),
            organisation: self.organisation.clone(),
            bytes_in: self.bytes_in.load(Ordering::Relaxed),
            bytes_out: self.bytes_out.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Acquire),
        }
    }
}

/// Writes the row to the ledger's file when the last of the answer has gone.
#[derive(Debug)]
pub struct Closing(pub Arc<Row>);

impl Drop for Closing {
    fn drop(&mut self) {
        let Some(file) = &self.0.file else { return };
        let Ok(mut line) = serde_json::to_vec(&self.0.entry()) else {
            return;
        };
        line.push(b'\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(&line) {
            tracing::warn!(%error, "the ledger's file cannot be written");
        }
    }
}

/// The ledger keeps this many of the latest requests: a practice sandbox may run for weeks.
const MOST_ROWS: usize = 250_000;

/// The latest rows, and how many there have been before them.
#[derive(Debug, Default)]
struct Rows {
    forgotten: u64,
    rows: VecDeque<Arc<Row>>,
}

/// All rows.
#[derive(Debug, Default)]
pub struct Ledger {
    rows: Mutex<Rows>,
    file: Option<Arc<Mutex<File>>>,
}

impl Ledger {
    /// A ledger that also writes each entry as a line of JSON to a file, once the answer has gone. The file is emptied.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn to_file(path: Option<&Path>) -> std::io::Result<Self> {
        let file = path.map(File::create).transpose()?;
        Ok(Self {
            rows: Mutex::default(),
            file: file.map(|file| Arc::new(Mutex::new(file))),
        })
    }

    /// Opens an entry for a request that has just arrived.
    #[must_use]
    pub fn begin(
        &self,
        parts: &Parts,
        organisation: Option<String>,
        at: DateTime<Utc>,
    ) -> Arc<Row> {
        let mut kept = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let row = Arc::new(Row {
            seq: kept.forgotten + kept.rows.len() as u64 + 1,
            at,
            method: parts.method.as_str().to_owned(),
            path: without_identity_numbers(parts.uri.path()),
            query: without_identity_numbers(parts.uri.query().unwrap_or_default()),
            organisation,
            status: AtomicU16::new(0),
            bytes_in: AtomicU64::new(0),
            bytes_out: AtomicU64::new(0),
            dropped: AtomicBool::new(false),
            file: self.file.clone(),
        });
        if kept.rows.len() >= MOST_ROWS {
            kept.rows.pop_front();
            kept.forgotten += 1;
        }
        kept.rows.push_back(Arc::clone(&row));
        row
    }

    /// The entries from a sequence number on, in order.
    #[must_use]
    pub fn entries(&self, from: u64) -> Vec<LedgerEntry> {
        let rows: Vec<Arc<Row>> = {
            let kept = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
            let skipped = from.saturating_sub(kept.forgotten + 1);
            let skipped = usize::try_from(skipped).unwrap_or(usize::MAX);
            kept.rows.iter().skip(skipped).cloned().collect()
        };
        rows.iter().map(|row| row.entry()).collect()
    }
}

/// Hides every run of exactly eleven digits outside ids: national identity numbers reach no log, and this is one.
fn without_identity_numbers(text: &str) -> String {
    let parts = text.split_inclusive(['/', '=', '&']).map(|part| {
        let bare = part.trim_end_matches(['/', '=', '&']);
        if uuid::Uuid::parse_str(bare).is_ok() {
            part.to_owned()
        } else {
            without_eleven_digits(part)
        }
    });
    parts.collect()
}

fn without_eleven_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for letter in text.chars().chain(std::iter::once('\0')) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        if digits.len() == 11 {
            out.push_str("***********");
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        if letter != '\0' {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without_identity_numbers;

    #[test]
    fn only_eleven_digits_are_hidden() {
        assert_eq!(
            without_identity_numbers("a=07827199405&b=991825827&c=20260101120000"),
            "a=***********&b=991825827&c=20260101120000",
            "an identity number is hidden, an organisation number and a time are not"
        );
        let id = "/correspondence/436c27e4-9ba1-4af9-89e0-d12345678901/details";
        assert_eq!(without_identity_numbers(id), id, "an id stays whole");
        assert_eq!(
            without_identity_numbers("onBehalfOf=urn%3Aaltinn%3A07827199405"),
            "onBehalfOf=urn%3Aaltinn%3A***********",
            "behind an escape it is still a number"
        );
    }
}
