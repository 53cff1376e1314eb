//! A letter as PDF 1.4: Helvetica, A4, as many pages as it takes.

use super::{Paper, lines};

/// Points.
const WIDTH: i32 = 595;
const HEIGHT: i32 = 842;
const MARGIN: i32 = 62;
const LEADING: i32 = 15;
/// Characters that fit on a line at 10.5 points, on the careful side.
const LINE_LENGTH: usize = 84;
/// Lines that fit below the letterhead of the first page, and on the others.
const FIRST_PAGE: usize = 36;
const OTHER_PAGES: usize = 46;

/// A line with its font (1 plain, 2 bold).
struct Set {
    text: String,
    font: u8,
}

/// The letter.
pub fn letter(paper: &Paper<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    for line in lines(paper.body) {
        let font = if line.is_heading { 2 } else { 1 };
        for text in wrapped(&line.text) {
            body.push(Set { text, font });
        }
    }
    let (first, rest) = body.split_at_checked(FIRST_PAGE).unwrap_or((&body, &[]));
    let mut pages = vec![first_page(paper, first)];
    for lines in rest.chunks(OTHER_PAGES) {
        pages.push(page(lines, HEIGHT - MARGIN));
    }
    assembled(&pages)
}

fn first_page(paper: &Paper<'_>, lines: &[Set]) -> Vec<u8> {
    let mut out = Vec::new();
    put(&mut out, 2, 15, MARGIN, HEIGHT - 70, paper.sender);
    let ruler = format!(
        "0.13 0.20 0.42 RG 1.2 w {MARGIN} {y} m {right} {y} l S\n",
        y = HEIGHT - 80,
        right = WIDTH - MARGIN
    );
    out.extend_from_slice(ruler.as_bytes());
    put(&mut out, 1, 10, MARGIN, HEIGHT - 112, paper.recipient);
    put(&mut out, 1, 10, MARGIN + 300, HEIGHT - 112, &paper.date);
    put(&mut out, 1, 10, MARGIN + 300, HEIGHT - 127, paper.reference);
    let mut y = HEIGHT - 172;
    for text in wrapped_at(paper.title, 58) {
        put(&mut out, 2, 13, MARGIN, y, &text);
        y -= 18;
    }
    out.extend_from_slice(&page(lines, y - 12));
    out
}

fn page(lines: &[Set], top: i32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut y = top;
    for line in lines {
        if !line.text.is_empty() {
            put(&mut out, line.font, 10, MARGIN, y, &line.text);
        }
        y -= LEADING;
    }
    out
}

fn put(out: &mut Vec<u8>, font: u8, size: u8, x: i32, y: i32, text: &str) {
    out.extend_from_slice(format!("BT /F{font} {size} Tf {x} {y} Td (").as_bytes());
    for letter in text.chars() {
        let byte = win_ansi(letter);
        if matches!(byte, b'(' | b')' | b'\\') {
            out.push(b'\\');
        }
        out.push(byte);
    }
    out.extend_from_slice(b") Tj ET\n");
}

/// The byte of a character in WinAnsiEncoding; a question mark for what it lacks.
fn win_ansi(letter: char) -> u8 {
    match letter {
        '–' => 0x96,
        '—' => 0x97,
        '’' => 0x92,
        '€' => 0x80,
        '•' => 0x95,
        ' '..='~' | '\u{a0}'..='ÿ' => u8::try_from(u32::from(letter)).unwrap_or(b'?'),
        _ => b'?',
    }
}

fn wrapped(text: &str) -> Vec<String> {
    wrapped_at(text, LINE_LENGTH)
}

fn wrapped_at(text: &str, length: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let current = lines.last().map_or(0, |line| line.chars().count());
        if current > 0 && current + 1 + word.chars().count() > length {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// Objects 1 to 4 are catalogue, page tree and fonts; each page then takes two.
fn assembled(pages: &[Vec<u8>]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len())
        .map(|page| format!("{} 0 R", 5 + page * 2))
        .collect();
    let font = |name: &str| {
        format!("<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>")
            .into_bytes()
    };
    let mut objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!(
            "<< /Type /Pages /Kids [{}] /Count {} >>",
            kids.join(" "),
            pages.len()
        )
        .into_bytes(),
        font("Helvetica"),
        font("Helvetica-Bold"),
    ];
    for (place, content) in pages.iter().enumerate() {
        objects.push(
            format!(
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents {} 0 R >>",
                6 + place * 2
            )
            .into_bytes(),
        );
        let mut stream = format!("<< /Length {} >>\nstream\n", content.len()).into_bytes();
        stream.extend_from_slice(content);
        stream.extend_from_slice(b"\nendstream");
        objects.push(stream);
    }
    let mut out = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::with_capacity(objects.len());
    for (place, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", place + 1).as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    let size = objects.len() + 1;
    out.extend_from_slice(format!("xref\n0 {size}\n0000000000 65535 f \n").as_bytes());
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    out.extend_from_slice(
        format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").as_bytes(),
    );
    out
}
