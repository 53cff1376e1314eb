//! A letter's body: untrusted markdown or HTML, made into a typed tree that the window renders as elements.
//!
//! No HTML crosses into the window. What is not known here is left out by construction: scripts, styles, comments,
//! forms and attributes have no place in [`Block`] and [`Inline`]. Links keep only http, https, mailto and tel
//! addresses; of an image the alternative text is kept, as nothing remote is ever loaded. Depth and size are bounded.

mod blocks;
mod link;
mod text;
mod tree;

use crate::view::Block;
#[cfg(doc)]
use crate::view::Inline;

pub use text::{plain_text, snippet};

/// Characters of a body that are looked at. The service takes 30 000 (Correspondence reference, section 5.1); letters
/// from before its time may be longer.
const LIMIT: usize = 500_000;

/// The blocks of a body.
pub fn parse(body: &str) -> Vec<Block> {
    let body = match body.char_indices().nth(LIMIT) {
        Some((end, _)) => body.get(..end).unwrap_or(body),
        None => body,
    };
    let nodes = if is_html(body) {
        tree::from_html(body)
    } else {
        tree::from_markdown(body)
    };
    blocks::blocks(&nodes)
}

/// A body without markup, for the index and for snippets.
pub fn plain(body: &str) -> String {
    plain_text(&parse(body))
}

/// Whether a body is HTML as a whole; markdown may hold single tags too. An HTML page with indented lines would read as
/// code in markdown.
fn is_html(body: &str) -> bool {
    let body = body.trim();
    let Some(rest) = body.strip_prefix('<') else {
        return false;
    };
    body.ends_with('>')
        && rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!')
        && !rest.starts_with("http")
        && !rest.starts_with("mailto")
}

#[cfg(test)]
mod tests;
