//! Office Open XML (ECMA-376): a ZIP with XML parts, of which only those that hold text are unpacked.

use crate::plain::Words;
use crate::{Reason, markup};
use std::io::{BufReader, Cursor, Error, ErrorKind, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Bytes that one part may become.
const LARGEST_PART: u64 = 64 << 20;
/// Parts of a file; a letter has a dozen, a workbook one for each sheet.
const PARTS: usize = 2_000;

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

/// A text document: body, headers, footers, notes.
pub(crate) fn document(bytes: &[u8], words: &mut Words) -> Result<(), Reason> {
    let mut archive = open(bytes)?;
    let names = parts(&archive, |name| {
        [
            "document",
            "header",
            "footer",
            "footnotes",
            "endnotes",
            "comments",
        ]
        .iter()
        .any(|part| name.starts_with(&format!("word/{part}")))
    });
    // The body first, so that it is not what is left out.
    for name in names
        .iter()
        .filter(|name| name.starts_with("word/document"))
    {
        read(&mut archive, name, words, |name, _| name == "t")?;
    }
    for name in names
        .iter()
        .filter(|name| !name.starts_with("word/document"))
    {
        read(&mut archive, name, words, |name, _| name == "t")?;
    }
    if names.is_empty() {
        return Err(Reason::Broken);
    }
    Ok(())
}

/// A workbook: its shared texts, and numbers and texts that stand in the cells.
pub(crate) fn sheets(bytes: &[u8], words: &mut Words) -> Result<(), Reason> {
    let mut archive = open(bytes)?;
    let names = parts(&archive, |name| {
        name == "xl/sharedStrings.xml" || name.starts_with("xl/worksheets/")
    });
    if names.is_empty() {
        return Err(Reason::Broken);
    }
    for name in &names {
        // A cell of kind `s` holds the number of a shared text, which is no word of the sheet.
        read(&mut archive, name, words, |name, kind| {
            name == "t" || (name == "v" && kind != Some("s"))
        })?;
    }
    Ok(())
}

fn open(bytes: &[u8]) -> Result<Archive<'_>, Reason> {
    // An encrypted document is no ZIP but a compound file.
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Reason::Locked);
    }
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Reason::Broken)?;
    if archive.len() > PARTS {
        return Err(Reason::TooLarge);
    }
    Ok(archive)
}

fn parts(archive: &Archive<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .filter(|name| name.ends_with(".xml") && is_wanted(name))
        .map(std::borrow::Cow::into_owned)
        .collect();
    names.sort_unstable();
    names
}

fn read(
    archive: &mut Archive<'_>,
    name: &str,
    words: &mut Words,
    is_wanted: impl Fn(&str, Option<&str>) -> bool,
) -> Result<(), Reason> {
    let part = archive.by_name(name).map_err(|error| match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Reason::Locked,
        _ => Reason::Broken,
    })?;
    let part = Bounded {
        inner: part,
        left: LARGEST_PART,
    };
    markup::walk(BufReader::new(part), words, is_wanted)
}

/// Fails, where `take` would end, once more comes than may.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(into)?;
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| Error::from(ErrorKind::QuotaExceeded))?;
        Ok(read)
    }
}
