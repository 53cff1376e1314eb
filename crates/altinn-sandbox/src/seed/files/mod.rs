//! Small files that open: each is made by a few lines of ours, so that nothing binary lies in the repository.

mod office;
mod pdf;
mod picture;

use bytes::Bytes;
use md5::{Digest as _, Md5};

/// What is on the paper.
#[derive(Debug)]
pub struct Paper<'a> {
    /// Name of the sender.
    pub sender: &'a str,
    /// Name of the recipient.
    pub recipient: &'a str,
    /// Sender's reference.
    pub reference: &'a str,
    /// Date, written out.
    pub date: String,
    /// Title.
    pub title: &'a str,
    /// Body: markdown or HTML.
    pub body: &'a str,
}

/// A made file. Cheap to clone: the bytes are shared.
#[derive(Debug, Clone)]
pub struct Made {
    /// Its bytes.
    pub bytes: Bytes,
    /// Their MD5 in lower-case hex.
    pub md5: String,
}

/// Makes a file of the kind its name says; plain text when the kind is another.
pub fn make(name: &str, paper: &Paper<'_>, kind: u64) -> Made {
    let bytes = match name.rsplit('.').next() {
        Some("pdf") => pdf::letter(paper),
        Some("docx") => office::document(paper),
        Some("xlsx") => office::sheet(paper, kind),
        Some("png") => picture::drawn(name, kind),
        _ => text(paper).into_bytes(),
    };
    let md5 = Md5::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Made {
        bytes: Bytes::from(bytes),
        md5,
    }
}

fn text(paper: &Paper<'_>) -> String {
    let mut out = format!(
        "{}\r\n\r\nTil: {}\r\nReferanse: {}\r\nDato: {}\r\n\r\n{}\r\n\r\n",
        paper.sender, paper.recipient, paper.reference, paper.date, paper.title
    );
    for line in lines(paper.body) {
        out.push_str(&line.text);
        out.push_str("\r\n");
    }
    out
}

/// A line of a letter without its markup.
#[derive(Debug)]
pub struct Line {
    /// What it says; empty between paragraphs.
    pub text: String,
    /// It is a heading.
    pub is_heading: bool,
}

/// The lines of a markdown or HTML body, without markup.
pub fn lines(body: &str) -> Vec<Line> {
    let body = body
        .replace("</p>", "\n\n")
        .replace("</tr>", "\n")
        .replace("</td>", "    ")
        .replace("</th>", "    ")
        .replace("</li>", "\n")
        .replace("<br>", "\n");
    let mut plain = String::with_capacity(body.len());
    let mut in_tag = false;
    for letter in body.chars() {
        match letter {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            _ if in_tag => {}
            _ => plain.push(letter),
        }
    }
    let mut lines = Vec::new();
    for line in plain.lines() {
        let is_rule = line.contains("---") && line.starts_with('|');
        let is_empty_row = line.starts_with('|') && line.trim_matches(['|', ' ']).is_empty();
        if is_rule || is_empty_row {
            continue;
        }
        let is_heading = line.starts_with('#');
        let mut text = line.trim_start_matches(['#', '>']).trim().replace("**", "");
        if text.starts_with('|') {
            text = text
                .trim_matches('|')
                .split('|')
                .map(str::trim)
                .collect::<Vec<_>>()
                .join("    ");
        }
        if !text.starts_with("- ") {
            text = text.replace('*', "");
        }
        lines.push(Line { text, is_heading });
    }
    lines
}
