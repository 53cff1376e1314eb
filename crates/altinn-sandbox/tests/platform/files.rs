//! Readers of our own for the kinds of file the practice world has: strict about what makes them open.

use std::io::{Cursor, Read as _};

/// A PDF: header, a cross-reference table whose offsets are right, and an end.
pub fn check_pdf(bytes: &[u8]) {
    assert!(bytes.starts_with(b"%PDF-1."), "it begins as PDF");
    assert!(bytes.ends_with(b"%%EOF\n"), "it ends as PDF");
    // One character for each byte, so that offsets in the file are offsets in the text.
    let ascii = |byte: &u8| {
        if byte.is_ascii() {
            char::from(*byte)
        } else {
            '?'
        }
    };
    let text: String = bytes.iter().map(ascii).collect();
    let start = text
        .rfind("startxref\n")
        .expect("it says where the table is")
        + 10;
    let start: usize = text[start..].lines().next().unwrap().parse().unwrap();
    assert!(text[start..].starts_with("xref\n0 "), "the table is there");
    let mut lines = text[start..].lines().skip(1);
    let size: usize = lines.next().unwrap()[2..].trim().parse().unwrap();
    for number in 0..size {
        let line = lines.next().expect("a line for each object");
        assert_eq!(line.len(), 19, "a line has 20 bytes with its end");
        if number > 0 {
            let offset: usize = line[..10].parse().unwrap();
            let object = format!("{number} 0 obj\n");
            assert!(
                text[offset..].starts_with(&object),
                "object {number} is where the table says"
            );
        }
    }
    for part in text.split("<< /Length ").skip(1) {
        let length: usize = part.split(' ').next().unwrap().parse().unwrap();
        let stream = &part[part.find("stream\n").unwrap() + 7..];
        assert!(
            stream[length..].starts_with("\nendstream"),
            "a stream is as long as it says"
        );
    }
    assert!(text.contains(") Tj"), "it has text");
}

/// A PNG: signature, chunks whose sums are right, and pixels enough for its size.
pub fn check_png(bytes: &[u8]) {
    let mut rest = bytes
        .strip_prefix(b"\x89PNG\r\n\x1a\n")
        .expect("the signature");
    let mut names = Vec::new();
    let mut packed = Vec::new();
    let mut pixels = 0;
    while !rest.is_empty() {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        let name = String::from_utf8(rest[4..8].to_vec()).unwrap();
        let data = &rest[8..8 + length];
        let mut sum = flate2::Crc::new();
        sum.update(&rest[4..8 + length]);
        let told = u32::from_be_bytes(rest[8 + length..12 + length].try_into().unwrap());
        assert_eq!(sum.sum(), told, "the sum of {name} is right");
        if name == "IHDR" {
            let side =
                |at: usize| u32::from_be_bytes(data[at..at + 4].try_into().unwrap()) as usize;
            pixels = (side(0) + 1) * side(4);
        } else if name == "IDAT" {
            packed.extend_from_slice(data);
        }
        names.push(name);
        rest = &rest[12 + length..];
    }
    assert_eq!(
        names.first().map(String::as_str),
        Some("IHDR"),
        "the header is first"
    );
    assert_eq!(
        names.last().map(String::as_str),
        Some("IEND"),
        "the end is last"
    );
    let mut raw = Vec::new();
    flate2::read::ZlibDecoder::new(packed.as_slice())
        .read_to_end(&mut raw)
        .unwrap();
    assert_eq!(
        raw.len(),
        pixels,
        "a byte for each pixel and one for each row"
    );
}

/// An Office Open XML file: a zip that opens, whose parts are there and are XML with every element closed.
pub fn check_office(bytes: &[u8], main: &str) {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("the zip opens");
    for part in ["[Content_Types].xml", "_rels/.rels", main] {
        let mut text = String::new();
        zip.by_name(part)
            .expect("the part is there")
            .read_to_string(&mut text)
            .unwrap();
        assert!(text.starts_with("<?xml"), "{part} is XML");
        let opened = text.matches('<').count() - text.matches("</").count() - 1;
        let closed = text.matches("</").count() + text.matches("/>").count();
        assert_eq!(opened, closed, "{part} closes what it opens");
    }
}

/// Any file by its name.
pub fn check(name: &str, bytes: &[u8]) {
    match name.rsplit('.').next() {
        Some("pdf") => check_pdf(bytes),
        Some("png") => check_png(bytes),
        Some("docx") => check_office(bytes, "word/document.xml"),
        Some("xlsx") => check_office(bytes, "xl/worksheets/sheet1.xml"),
        Some("txt") => assert!(
            std::str::from_utf8(bytes).is_ok_and(|text| text.len() > 40),
            "{name} is text"
        ),
        _ => panic!("{name} is of a kind nobody checks"),
    }
}
