//! Pages of the platform services: `{"links": {"next"}, "data"}` (platform reference, section 7.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Ask;
use crate::app::App;

/// The rows after the one that `token` names, at most `limit` of them, and an absolute link to the rest. Rows come with
/// their keys, in ascending order; a token is the key of the last row seen.
pub fn page(app: &App, ask: &Ask<'_>, limit: usize, rows: Vec<(String, Value)>) -> Value {
    let after = ask.parameter("token").and_then(key_of);
    let mut left = rows
        .into_iter()
        .skip_while(|(key, _)| after.as_ref().is_some_and(|after| key <= after))
        .peekable();
    let mut data = Vec::new();
    let mut last = None;
    while data.len() < limit
        && let Some((key, row)) = left.next()
    {
        data.push(row);
        last = Some(key);
    }
    let next = last
        .filter(|_| left.peek().is_some())
        .map(|key| link(app, ask, &token_of(&key)));
    json!({ "links": { "next": next }, "data": data })
}

/// A token for a key.
pub fn token_of(key: &str) -> String {
    URL_SAFE_NO_PAD.encode(key)
}

/// The key in a token; `None` when it is not one.
pub fn key_of(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

/// The address asked for, with another token.
pub fn link(app: &App, ask: &Ask<'_>, token: &str) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut query: Vec<String> = ask
        .query
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("token"))
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    query.push(format!("token={token}"));
    format!("{}{}?{}", app.base, ask.parts.uri.path(), query.join("&"))
}
