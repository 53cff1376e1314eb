//! Links that leave the window.

use mailbox::view::ErrorCode;
use tauri::Url;

/// Schemes that a letter may lead to (the body's reader has dropped all others before; this is the last gate).
const SCHEMES: [&str; 4] = ["http", "https", "mailto", "tel"];

/// The address as the system's opener gets it, or why it does not get it.
pub fn checked(text: &str) -> Result<Url, ErrorCode> {
    let url = Url::parse(text).map_err(|_| ErrorCode::Refused)?;
    if !SCHEMES.contains(&url.scheme()) {
        return Err(ErrorCode::Refused);
    }
    Ok(url)
}

/// Whether the window itself may go there: only to its own pages.
pub fn is_own_page(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        "about" => url.as_str() == "about:blank",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_person_can_follow_leaves_the_window() {
        for address in [
            "https://www.altinn.no/",
            "http://example.com",
            "mailto:post@example.com",
            "tel:+4722334455",
        ] {
            assert!(checked(address).is_ok(), "{address} may be opened outside");
        }
        for address in [
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ssh://host",
            "data:text/html,x",
            "/etc/passwd",
            "",
        ] {
            assert_eq!(
                checked(address),
                Err(ErrorCode::Refused),
                "{address:?} must not reach the system"
            );
        }
    }

    #[test]
    fn the_window_stays_on_its_own_pages() {
        let own = Url::parse("tauri://localhost/index.html#/folder/inbox").unwrap();
        assert!(is_own_page(&own), "the window's own files");
        for address in [
            "https://example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "tauri://elsewhere/",
        ] {
            assert!(
                !is_own_page(&Url::parse(address).unwrap()),
                "{address} must not replace the window"
            );
        }
    }
}
