//! PDF (ISO 32000): the text of its pages, in the order that it is drawn.

use crate::Reason;
use crate::plain::Words;
use pdf_extract::{Document, PlainTextOutput, output_doc_page};

/// Pages that are looked at.
const PAGES: usize = 500;

pub(crate) fn pdf(bytes: &[u8], words: &mut Words) -> Result<(), Reason> {
    let mut document = Document::load_mem(bytes).map_err(|_| Reason::Broken)?;
    // Many are encrypted with an empty password, which asks nothing of whoever reads them.
    if document.is_encrypted() && document.decrypt("").is_err() {
        return Err(Reason::Locked);
    }
    let mut failed = false;
    let pages: Vec<u32> = document.get_pages().into_keys().take(PAGES).collect();
    for page in pages {
        let mut text = String::new();
        let mut out = PlainTextOutput::new(&mut text);
        failed |= output_doc_page(&document, &mut out, page).is_err();
        words.add(&text);
        if words.is_full() {
            break;
        }
    }
    // A page that cannot be read does not take the others with it.
    if failed && words.is_empty() {
        return Err(Reason::Broken);
    }
    Ok(())
}
