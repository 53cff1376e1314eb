//! Lists of recipients as CSV: read row by row in constant memory but for what finds duplicates, judged before anything
//! is sent.
//!
//! What people have: separators of any kind, a byte order mark, Latin letters in either encoding, a heading or none. One
//! column holds the recipients; the others are the user's own.

use crate::identity::{Fault, Identity, is_organisation_number, is_strict_person_number};
use csv::ByteRecord;
use serde::Serialize;
use std::borrow::Cow;
use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::rc::Rc;

/// Faults that are listed; more are counted.
pub const LISTED: usize = 1_000;
/// Bytes of one row; a longer one is no list of recipients, or a quote that nobody closed.
const LONGEST_ROW: usize = 1 << 20;
/// Bytes read at a time.
const PIECE: usize = 64 * 1024;
/// Rows of one list: far more than Altinn takes in a day.
const MOST_ROWS: u32 = 10_000_000;
/// Headings that mean recipients, in small letters.
const HEADINGS: &[&str] = &[
    "mottaker",
    "mottakar",
    "recipient",
    "orgnr",
    "organisasjonsnummer",
    "fnr",
    "fødselsnummer",
    "personnummer",
    "til",
    "to",
];

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum RowFault {
    /// The column is empty.
    Missing,
    /// Right length, wrong control digits.
    Checksum,
    /// A number of the 2032 kind, which Altinn does not take yet.
    NotYetAccepted,
    /// No number or address.
    Malformed,
    /// The recipient is there already.
    Duplicate {
        /// In this line.
        of: u32,
    },
}

/// A row that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultyRow {
    /// Line of the file, from 1.
    pub line: u32,
    /// Why.
    pub fault: RowFault,
}

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Heading of the column that was read; empty in a list without headings.
    pub column: String,
    /// Rows below the heading.
    pub rows: u32,
    /// Rows that can be used.
    pub sound: u32,
    /// Rows that cannot.
    pub faulty: u32,
    /// The first [`LISTED`] of them, by line.
    pub faults: Vec<FaultyRow>,
}

/// Why a file is no list of recipients.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    Io(io::ErrorKind),
    /// Nothing is in it.
    #[error("it is empty")]
    Empty,
    /// It is UTF-16, or no text.
    #[error("it is not text in UTF-8 or Latin 1; save it as CSV UTF-8")]
    Encoding,
    /// No column holds recipients, or none by the name that was asked for.
    #[error("no column holds recipients; there are: {0}")]
    NoColumn(String),
    /// A row goes on for ever.
    #[error(
        "the row that begins after line {0} is too long; is there a quote that is never closed?"
    )]
    RowTooLong(u64),
    /// More rows than anybody sends.
    #[error("it has more than {MOST_ROWS} rows")]
    TooManyRows,
}

/// Reads a list. `column` names the heading of the recipients' column; it is guessed when none. `sound` is given each
/// row that may be used as it comes, with its line and the recipient as written, and ends the reading by breaking off.
/// Duplicates are known at the end only: of equal recipients, the first row counts.
///
/// # Errors
/// When it is no list.
pub fn read(
    source: impl Read,
    column: Option<&str>,
    mut sound: impl FnMut(u32, &str) -> ControlFlow<()>,
) -> Result<Summary, ImportError> {
    let mut list = List::open(source, column)?;
    let mut keys: Vec<(u64, u32)> = Vec::new();
    let mut faults = Vec::new();
    let (mut rows, mut faulty) = (0, 0);
    let hasher = RandomState::new();
    while let Some(line) = list.advance()? {
        rows += 1;
        if rows > MOST_ROWS {
            return Err(ImportError::TooManyRows);
        }
        let text = list.recipient();
        match key(&text, &hasher) {
            Ok(key) => {
                keys.push((key, line));
                if sound(line, &text).is_break() {
                    break;
                }
            }
            Err(fault) => {
                faulty += 1;
                if faults.len() < LISTED {
                    faults.push(FaultyRow { line, fault });
                }
            }
        }
    }
    let sound = u32::try_from(keys.len()).unwrap_or(u32::MAX);
    let twice = duplicates(keys, &mut faults);
    faults.sort_unstable_by_key(|row| row.line);
    faults.truncate(LISTED);
    Ok(Summary {
        column: list.heading,
        rows,
        sound: sound - twice,
        faulty: faulty + twice,
        faults,
    })
}

/// Counts rows whose recipient is in an earlier one, and lists the first of them.
fn duplicates(mut keys: Vec<(u64, u32)>, faults: &mut Vec<FaultyRow>) -> u32 {
    keys.sort_unstable();
    let (mut count, mut first) = (0, None);
    let mut listed = Vec::new();
    for (key, line) in keys {
        match first {
            Some((of_key, of)) if of_key == key => {
                count += 1;
                let fault = RowFault::Duplicate { of };
                listed.push(FaultyRow { line, fault });
            }
            _ => first = Some((key, line)),
        }
        if listed.len() == 2 * LISTED {
            listed.sort_unstable_by_key(|row| row.line);
            listed.truncate(LISTED);
        }
    }
    faults.append(&mut listed);
    count
}

/// A number that two recipients have alike when they are the same one: exact for organisations and people; for
/// addresses and names, a hash under a key of this run, which two of ten million share once in a hundred thousand lists.
fn key(text: &str, hasher: &RandomState) -> Result<u64, RowFault> {
    const PERSON: u64 = 1 << 62;
    const OTHER: u64 = 1 << 63;
    let number = |digits: &str| digits.parse::<u64>().unwrap_or(0);
    let text = text.trim();
    if text.is_empty() {
        return Err(RowFault::Missing);
    }
    if is_organisation_number(text) {
        return Ok(number(text));
    }
    if is_strict_person_number(text) {
        return Ok(PERSON | number(text));
    }
    match Identity::parse(text) {
        Ok(Identity::Organisation(digits)) => Ok(number(&digits)),
        Ok(Identity::Person(digits)) => Ok(PERSON | number(&digits)),
        Ok(other) => Ok(OTHER | hasher.hash_one(other)),
        Err(Fault::Checksum) => Err(RowFault::Checksum),
        Err(Fault::NotYetAccepted) => Err(RowFault::NotYetAccepted),
        Err(Fault::Malformed) => Err(RowFault::Malformed),
    }
}

/// A list that is being read.
struct List<R: Read> {
    rows: csv::Reader<Guard<R>>,
    record: ByteRecord,
    since_row: Rc<Cell<usize>>,
    column: usize,
    heading: String,
    /// The first row is a recipient already.
    is_pending: bool,
}

impl<R: Read> List<R> {
    fn open(mut source: R, wanted: Option<&str>) -> Result<Self, ImportError> {
        let mut start = Vec::with_capacity(PIECE);
        let taken = (&mut source).take(PIECE as u64).read_to_end(&mut start);
        taken.map_err(|error| ImportError::Io(error.kind()))?;
        if start.starts_with(&[0xff, 0xfe])
            || start.starts_with(&[0xfe, 0xff])
            || start.contains(&0)
        {
            return Err(ImportError::Encoding);
        }
        if start.starts_with("\u{feff}".as_bytes()) {
            start.drain(..3);
        }
        let since_row = Rc::new(Cell::new(0));
        let guard = Guard {
            start: io::Cursor::new(start.clone()),
            rest: source,
            since_row: since_row.clone(),
        };
        let rows = csv::ReaderBuilder::new()
            .delimiter(separator(&start))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(PIECE)
            .from_reader(guard);
        let mut list = Self {
            rows,
            record: ByteRecord::new(),
            since_row,
            column: 0,
            heading: String::new(),
            is_pending: false,
        };
        if list.advance()?.is_none() {
            return Err(ImportError::Empty);
        }
        list.choose(wanted)?;
        Ok(list)
    }

    /// Finds the column by its heading, or by what stands in the first row of a list without headings.
    fn choose(&mut self, wanted: Option<&str>) -> Result<(), ImportError> {
        let cells: Vec<String> = self
            .record
            .iter()
            .map(|cell| text_of(cell).trim().to_owned())
            .collect();
        let is_meant = |cell: &String| match wanted {
            Some(wanted) => cell.to_lowercase() == wanted.trim().to_lowercase(),
            None => HEADINGS.contains(&cell.to_lowercase().as_str()),
        };
        let by_heading = cells.iter().position(is_meant);
        let by_content = || {
            let hold = |cell: &String| Identity::parse(cell).is_ok();
            wanted.is_none().then(|| cells.iter().position(hold))?
        };
        if let Some(column) = by_heading {
            self.column = column;
            self.heading = cells.get(column).cloned().unwrap_or_default();
        } else if let Some(column) = by_content() {
            self.column = column;
            self.is_pending = true;
        } else {
            let shown: Vec<String> = cells
                .iter()
                .take(20)
                .map(|cell| cell.chars().take(40).collect())
                .collect();
            return Err(ImportError::NoColumn(shown.join(", ")));
        }
        Ok(())
    }

    /// The line of the next row; none at the end.
    fn advance(&mut self) -> Result<Option<u32>, ImportError> {
        let is_there = std::mem::take(&mut self.is_pending)
            || self
                .rows
                .read_byte_record(&mut self.record)
                .map_err(|error| self.failure(&error))?;
        self.since_row.set(0);
        // The library begins a row at the empty lines before it.
        let begun = self.record.position().map_or(0, csv::Position::line);
        let within = self.record.as_slice().iter().filter(|byte| **byte == b'\n');
        let ended = self.rows.position().line().saturating_sub(1);
        let line = begun.max(ended.saturating_sub(within.count() as u64));
        Ok(is_there.then(|| u32::try_from(line).unwrap_or(u32::MAX)))
    }

    fn failure(&self, error: &csv::Error) -> ImportError {
        match error.kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                ImportError::RowTooLong(self.rows.position().line())
            }
            csv::ErrorKind::Io(error) => ImportError::Io(error.kind()),
            _ => ImportError::Encoding,
        }
    }

    fn recipient(&self) -> Cow<'_, str> {
        text_of(self.record.get(self.column).unwrap_or_default())
    }
}

/// The first bytes again and then the rest, refusing a row without end: the library would hold it whole.
struct Guard<R> {
    start: io::Cursor<Vec<u8>>,
    rest: R,
    since_row: Rc<Cell<usize>>,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_row.get() > LONGEST_ROW {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let count = match self.start.read(buffer)? {
            0 => self.rest.read(buffer)?,
            count => count,
        };
        self.since_row.set(self.since_row.get() + count);
        Ok(count)
    }
}

/// UTF-8, else what Excel writes in this country.
fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// The separator that the first line has most of.
fn separator(start: &[u8]) -> u8 {
    let line = start
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let mut is_quoted = false;
    let mut counts = [(b';', 0), (b',', 0), (b'\t', 0), (b'|', 0)];
    for byte in line {
        is_quoted ^= *byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(!is_quoted && *separator == *byte);
        }
    }
    let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
    most.map_or(b';', |(separator, _)| separator)
}

#[cfg(test)]
#[path = "import_test.rs"]
mod tests;
