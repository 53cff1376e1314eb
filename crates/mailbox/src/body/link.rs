//! Which addresses a letter may lead to.

use url::Url;

/// The address when it is one a letter may lead to: http(s) with a host, mailto or tel. The window shows it to the
/// person before it is opened, so nothing in it may hide or turn its text.
pub(super) fn allowed(href: &str) -> Option<String> {
    let href = href.trim_matches(|c: char| c.is_ascii_whitespace());
    let (scheme, rest) = href.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    let is_allowed = match scheme.as_str() {
        "http" | "https" => rest
            .strip_prefix("//")
            .is_some_and(|host| host.starts_with(|c: char| c.is_alphanumeric() || c == '[')),
        "mailto" => rest.contains('@'),
        "tel" => {
            rest.starts_with(|c: char| c.is_ascii_digit() || c == '+')
                && rest
                    .chars()
                    .all(|c| c.is_ascii_digit() || "+-.() ;=".contains(c))
        }
        _ => false,
    };
    if !is_allowed || rest.contains('\\') || rest.chars().any(hides) {
        return None;
    }
    let href = format!("{scheme}:{}", rest.replace(' ', "%20"));
    if href.is_ascii() || !scheme.starts_with("http") {
        return Some(href);
    }
    // Letters that look like others are written as the punycode and the percent signs that they are.
    Url::parse(&href).ok().map(String::from)
}

/// Signs that hide or turn the text around them, or end a line.
pub(super) fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}' | '\u{ad}')
}

/// Where the next bare web address of a text begins and ends, in bytes.
pub(super) fn bare(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let at = rest.find("http")?;
        let start = from + at;
        let is_word_start = !text
            .get(..start)?
            .ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let tail = text.get(start..)?;
        if !is_word_start || !(tail.starts_with("http://") || tail.starts_with("https://")) {
            from = start + "http".len();
            continue;
        }
        let end = tail
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»'))
            .unwrap_or(tail.len());
        let address = tail
            .get(..end)?
            .trim_end_matches(|c: char| ".,;:!?)]}'’".contains(c));
        if allowed(address).is_some() {
            return Some((start, start + address.len()));
        }
        from = start + "http".len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_four_schemes_are_allowed() {
        for (href, expected) in [
            ("https://altinn.no/a b", Some("https://altinn.no/a%20b")),
            ("HTTP://Altinn.no", Some("http://Altinn.no")),
            ("mailto:post@kommune.no", Some("mailto:post@kommune.no")),
            ("tel:+4775000000", Some("tel:+4775000000")),
            (
                "https://blåbær.no/ø",
                Some("https://xn--blbr-roah.no/%C3%B8"),
            ),
            ("https:altinn.no", None),
            ("https:\\\\altinn.no", None),
            ("http://", None),
            ("//altinn.no", None),
            ("ftp://altinn.no", None),
            ("javascript:alert(1)", None),
            ("java\nscript:alert(1)", None),
            ("https://altinn.no/\u{202e}gpj.exe", None),
        ] {
            assert_eq!(allowed(href).as_deref(), expected, "{href:?}");
        }
    }

    #[test]
    fn bare_addresses_end_before_the_sentence_does() {
        let text = "Se (https://altinn.no/hjelp).";
        let (start, end) = bare(text).unwrap();
        assert_eq!(&text[start..end], "https://altinn.no/hjelp", "no bracket");
        assert_eq!(bare("xhttps://a.no og http:// alene"), None, "no address");
    }
}
