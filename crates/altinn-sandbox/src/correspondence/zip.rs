//! A stored (uncompressed) zip, written piece by piece with a length known beforehand (Correspondence reference, section 4.11).

use std::collections::HashSet;

use bytes::Bytes;

use super::files::is_device;
use crate::state::Data;

/// Longest entry name, in UTF-8 bytes.
const LONGEST_NAME: usize = 255;
/// Longest name of the zip itself, without its extension.
const LONGEST_TITLE: usize = 100;

/// Length in bytes of the zip of these entries.
#[must_use]
pub fn length(entries: &[(String, Data)]) -> u64 {
    let entry = |(name, data): &(String, Data)| {
        let size = data.len();
        let descriptor = if size > 0 { 16 } else { 0 };
        size + 76 + descriptor + 2 * name.len() as u64
    };
    22 + entries.iter().map(entry).sum::<u64>()
}

/// The zip, piece by piece as it is asked for; the bytes of the files are shared, not copied.
pub struct Zip {
    entries: std::vec::IntoIter<(String, Data)>,
    open: Option<Entry>,
    directory: Vec<u8>,
    count: u16,
    offset: u32,
    is_finished: bool,
}

/// The entry being written.
struct Entry {
    name: String,
    pieces: std::vec::IntoIter<Bytes>,
    size: u32,
    crc: u32,
}

impl Zip {
    /// A zip of these entries, which together must stay below 4 GiB.
    #[must_use]
    pub fn of(entries: Vec<(String, Data)>) -> Self {
        let (directory, count, offset) = (Vec::new(), 0, 0);
        Self {
            entries: entries.into_iter(),
            open: None,
            directory,
            count,
            offset,
            is_finished: false,
        }
    }

    fn begin(&mut self, name: String, data: Data) -> Bytes {
        let size = u32::try_from(data.len()).unwrap_or(u32::MAX);
        let entry = Entry {
            name,
            pieces: data.pieces.into_iter(),
            size,
            crc: !0,
        };
        let mut head = Vec::with_capacity(30 + entry.name.len());
        head.extend_from_slice(b"PK\x03\x04");
        put16(&mut head, &[20, entry.flags(), 0, 0, 0x21]);
        put32(&mut head, &[0, 0, 0]);
        put16(&mut head, &[entry.name_length(), 0]);
        head.extend_from_slice(entry.name.as_bytes());
        self.open = Some(entry);
        Bytes::from(head)
    }

    /// Ends an entry: its line in the directory, and what follows its bytes.
    fn end(&mut self, entry: &Entry) -> Bytes {
        let crc = !entry.crc;
        let directory = &mut self.directory;
        directory.extend_from_slice(b"PK\x01\x02");
        put16(directory, &[20, 20, entry.flags(), 0, 0, 0x21]);
        put32(directory, &[crc, entry.size, entry.size]);
        put16(directory, &[entry.name_length(), 0, 0, 0, 0]);
        put32(directory, &[0, self.offset]);
        directory.extend_from_slice(entry.name.as_bytes());
        let mut descriptor = Vec::new();
        if entry.size > 0 {
            descriptor.extend_from_slice(b"PK\x07\x08");
            put32(&mut descriptor, &[crc, entry.size, entry.size]);
        }
        let around =
            u32::from(entry.name_length()).saturating_add(if entry.size > 0 { 46 } else { 30 });
        self.offset = self
            .offset
            .saturating_add(entry.size)
            .saturating_add(around);
        self.count = self.count.saturating_add(1);
        Bytes::from(descriptor)
    }

    fn finish(&mut self) -> Bytes {
        let mut directory = std::mem::take(&mut self.directory);
        let size = u32::try_from(directory.len()).unwrap_or(u32::MAX);
        directory.extend_from_slice(b"PK\x05\x06");
        put16(&mut directory, &[0, 0, self.count, self.count]);
        put32(&mut directory, &[size, self.offset]);
        put16(&mut directory, &[0]);
        self.is_finished = true;
        Bytes::from(directory)
    }
}

impl Iterator for Zip {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if let Some(mut entry) = self.open.take() {
            return Some(match entry.pieces.next() {
                Some(piece) => {
                    entry.crc = crc32(entry.crc, &piece);
                    self.open = Some(entry);
                    piece
                }
                None => self.end(&entry),
            });
        }
        match self.entries.next() {
            Some((name, data)) => Some(self.begin(name, data)),
            None if self.is_finished => None,
            None => Some(self.finish()),
        }
    }
}

impl Entry {
    /// Bit 11: the name is UTF-8. Bit 3: sum and sizes follow the bytes.
    fn flags(&self) -> u16 {
        if self.size > 0 { 0x0808 } else { 0x0800 }
    }

    fn name_length(&self) -> u16 {
        u16::try_from(self.name.len()).unwrap_or(u16::MAX)
    }
}

fn put16(to: &mut Vec<u8>, numbers: &[u16]) {
    for number in numbers {
        to.extend_from_slice(&number.to_le_bytes());
    }
}

fn put32(to: &mut Vec<u8>, numbers: &[u32]) {
    for number in numbers {
        to.extend_from_slice(&number.to_le_bytes());
    }
}

const CRC_TABLE: [u32; 256] = crc_table();

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated at compile time, where an index out of range does not compile"
)]
const fn crc_table() -> [u32; 256] {
    let mut table = [0_u32; 256];
    let mut byte = 0_u32;
    while byte < 256 {
        let mut value = byte;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 {
                0xEDB8_8320 ^ (value >> 1)
            } else {
                value >> 1
            };
            bit += 1;
        }
        table[byte as usize] = value;
        byte += 1;
    }
    table
}

/// Carries the sum over a piece; it starts as all ones, and its complement is the result.
fn crc32(sum: u32, piece: &[u8]) -> u32 {
    piece.iter().fold(sum, |crc, byte| {
        let [low, ..] = crc.to_le_bytes();
        CRC_TABLE
            .get(usize::from(low ^ byte))
            .copied()
            .unwrap_or_default()
            ^ (crc >> 8)
    })
}

/// Entry names: long ones cut before their extension, and equal ones (in any case) numbered.
#[must_use]
pub fn entry_names(file_names: &[&str]) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut names = Vec::with_capacity(file_names.len());
    for file_name in file_names {
        let (stem, extension) = match file_name.rsplit_once('.') {
            Some((stem, extension)) => (stem, format!(".{extension}")),
            None => (*file_name, String::new()),
        };
        let mut name = fit(stem, &extension);
        let mut number = 1;
        while !taken.insert(name.to_lowercase()) {
            name = fit(stem, &format!("({number}){extension}"));
            number += 1;
        }
        names.push(name);
    }
    names
}

fn fit(stem: &str, ending: &str) -> String {
    let room = LONGEST_NAME.saturating_sub(ending.len());
    let mut cut = stem.len().min(room);
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    format!("{}{ending}", stem.get(..cut).unwrap_or_default())
}

/// The zip's own name, from the title.
#[must_use]
pub fn file_name(title: &str) -> String {
    let mut slug = String::new();
    for letter in title
        .trim()
        .to_lowercase()
        .chars()
        .map(|letter| if letter == ' ' { '-' } else { letter })
    {
        let keeps = letter.is_ascii_lowercase()
            || letter.is_ascii_digit()
            || (letter == '-' && !slug.ends_with('-'));
        if keeps {
            slug.push(letter);
        }
    }
    let slug: String = slug.trim_matches('-').chars().take(LONGEST_TITLE).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() {
        "correspondence-attachments.zip".to_owned()
    } else if is_device(slug) {
        format!("correspondence-attachments-{slug}.zip")
    } else {
        format!("{slug}.zip")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn section_4_11_another_reader_finds_every_byte_and_the_length_was_right() {
        let data = |pieces: &[&'static [u8]]| {
            let pieces = pieces.iter().map(|piece| Bytes::from_static(piece));
            Data::of_pieces(pieces.collect())
        };
        let entries = vec![
            (
                "vedtak på nynorsk.pdf".to_owned(),
                data(&[b"first ", b"second"]),
            ),
            ("empty.txt".to_owned(), data(&[])),
            ("c.bin".to_owned(), data(&[&[0xff; 70_000]])),
        ];
        let expected = length(&entries);
        let zip = Zip::of(entries.clone()).collect::<Vec<_>>().concat();
        assert_eq!(
            zip.len() as u64,
            expected,
            "the length told beforehand is exact"
        );
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        for (name, data) in entries {
            let mut found = Vec::new();
            archive
                .by_name(&name)
                .unwrap()
                .read_to_end(&mut found)
                .unwrap();
            assert_eq!(
                found,
                data.pieces.concat(),
                "{name} is whole, its sum right"
            );
        }
    }

    #[test]
    fn section_4_11_entry_names_are_told_apart() {
        let names = entry_names(&["a.pdf", "A.PDF", "a.pdf", "b"]);
        assert_eq!(
            names,
            ["a.pdf", "A(1).PDF", "a(2).pdf", "b"],
            "equal in any case means equal"
        );
        let long = format!("{}.pdf", "æ".repeat(200));
        let name = entry_names(&[&long]).remove(0);
        assert!(
            name.len() <= 255 && name.ends_with("æ.pdf"),
            "cut between letters, extension kept"
        );
    }

    #[test]
    fn section_4_11_the_zip_is_called_after_the_letter() {
        assert_eq!(
            file_name("  Vedtak om  Støtte 2026! "),
            "vedtak-om-sttte-2026.zip",
            "letters and digits, single dashes"
        );
        assert_eq!(
            file_name("Ååå"),
            "correspondence-attachments.zip",
            "nothing left"
        );
        assert_eq!(
            file_name("CON"),
            "correspondence-attachments-con.zip",
            "a device is not a name"
        );
    }
}
