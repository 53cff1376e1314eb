//! Documents and sheets in the Office Open XML packaging, with no more parts than readers ask for.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;

use super::super::draw::Draw;
use super::{Paper, lines};

const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const TYPES: &str = "http://schemas.openxmlformats.org/package/2006/content-types";
const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const XML: &str = "application/xml";
const RELATIONS_TYPE: &str = "application/vnd.openxmlformats-package.relationships+xml";

/// Packs parts. Writing to memory does not fail; should it ever, the file is empty and its test says so.
fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let write = || -> zip::result::ZipResult<Vec<u8>> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        // The time is fixed, so that the same seed gives the same bytes.
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default());
        for (name, content) in parts {
            zip.start_file(*name, options)?;
            zip.write_all(content.as_bytes())?;
        }
        Ok(zip.finish()?.into_inner())
    };
    write().unwrap_or_default()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn content_types(overrides: &[(&str, &str)]) -> String {
    let mut out = format!(
        r#"{DECLARATION}<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="{RELATIONS_TYPE}"/><Default Extension="xml" ContentType="{XML}"/>"#
    );
    for (part, kind) in overrides {
        let _ = write!(
            out,
            r#"<Override PartName="{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}+xml"/>"#
        );
    }
    out.push_str("</Types>");
    out
}

fn relation(kind: &str, target: &str) -> String {
    format!(
        r#"{DECLARATION}<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#
    )
}

/// A text document.
pub fn document(paper: &Paper<'_>) -> Vec<u8> {
    let mut paragraphs = String::new();
    let mut add = |text: &str, half_points: u8, bold: bool| {
        let weight = if bold { "<w:b/>" } else { "" };
        let _ = write!(
            paragraphs,
            r#"<w:p><w:r><w:rPr>{weight}<w:sz w:val="{half_points}"/></w:rPr><w:t xml:space="preserve">{}</w:t></w:r></w:p>"#,
            escaped(text)
        );
    };
    add(paper.sender, 28, true);
    add(&format!("{} · {}", paper.date, paper.reference), 20, false);
    add(paper.title, 32, true);
    for line in lines(paper.body) {
        add(&line.text, 22, line.is_heading);
    }
    let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
    let document = format!(
        r#"{DECLARATION}<w:document xmlns:w="{main}"><w:body>{paragraphs}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>"#
    );
    packed(&[
        (
            "[Content_Types].xml",
            content_types(&[("/word/document.xml", "wordprocessingml.document.main")]),
        ),
        (
            "_rels/.rels",
            relation("officeDocument", "word/document.xml"),
        ),
        ("word/document.xml", document),
    ])
}

/// A sheet: a heading, a dozen rows of numbers, and their sum as a formula with its value.
pub fn sheet(paper: &Paper<'_>, kind: u64) -> Vec<u8> {
    const ROWS: [&str; 12] = [
        "Lønn",
        "Materialer",
        "Maskinleie",
        "Transport",
        "Konsulent",
        "Kontroll",
        "Energi",
        "Renhold",
        "Forsikring",
        "Gebyr",
        "Opplæring",
        "Reserve",
    ];
    let text = |cell: &str, text: &str| {
        format!(
            r#"<c r="{cell}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#,
            escaped(text)
        )
    };
    let mut draw = Draw::new(kind, &[6]);
    let mut rows = format!(
        r#"<row r="1">{}</row><row r="2">{}</row><row r="4">{}{}{}</row>"#,
        text("A1", paper.title),
        text("A2", paper.sender),
        text("A4", "Post"),
        text("B4", "Budsjett"),
        text("C4", "Forbruk"),
    );
    let mut sums = [0_u64; 2];
    for (place, name) in ROWS.iter().enumerate() {
        let row = place + 5;
        let budget = (10 + draw.below(300)) * 1000;
        let spent = budget * (55 + draw.below(50)) / 100;
        sums = [
            sums.first().unwrap_or(&0) + budget,
            sums.last().unwrap_or(&0) + spent,
        ];
        let _ = write!(
            rows,
            r#"<row r="{row}">{}<c r="B{row}"><v>{budget}</v></c><c r="C{row}"><v>{spent}</v></c></row>"#,
            text(&format!("A{row}"), name),
        );
    }
    let [budget, spent] = sums;
    let _ = write!(
        rows,
        r#"<row r="17">{}<c r="B17"><f>SUM(B5:B16)</f><v>{budget}</v></c><c r="C17"><f>SUM(C5:C16)</f><v>{spent}</v></c></row>"#,
        text("A17", "Sum"),
    );
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let sheet = format!(
        r#"{DECLARATION}<worksheet xmlns="{main}"><cols><col min="1" max="1" width="30" customWidth="1"/><col min="2" max="3" width="14" customWidth="1"/></cols><sheetData>{rows}</sheetData></worksheet>"#
    );
    let workbook = format!(
        r#"{DECLARATION}<workbook xmlns="{main}" xmlns:r="{OFFICE}"><sheets><sheet name="Oversikt" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    packed(&[
        (
            "[Content_Types].xml",
            content_types(&[
                ("/xl/workbook.xml", "spreadsheetml.sheet.main"),
                ("/xl/worksheets/sheet1.xml", "spreadsheetml.worksheet"),
            ]),
        ),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", workbook),
        (
            "xl/_rels/workbook.xml.rels",
            relation("worksheet", "worksheets/sheet1.xml"),
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ])
}
