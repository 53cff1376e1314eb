//! The plain-text rule (Correspondence reference, section 6.2): no markup in titles and names of senders.

/// Whether a text holds no markup.
///
/// Backticks and backslashes are removed first; what is left is refused on any construct that the service's own detour
/// through HTML and markdown would change.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    let text: String = text.chars().filter(|c| !matches!(c, '`' | '\\')).collect();
    let text = text.replace("{{recipientName}}", "recipientName");
    let trimmed = text.trim();
    !(is_heading(trimmed)
        || has_tag(trimmed)
        || has_entity(trimmed)
        || has_link(trimmed)
        || opens_block(trimmed)
        || has_paired_mark(trimmed)
        || has_attribute_braces(trimmed))
}

fn is_heading(text: &str) -> bool {
    let rest = text.trim_start_matches('#');
    let hashes = text.len().saturating_sub(rest.len());
    (1..=6).contains(&hashes) && rest.starts_with(char::is_whitespace)
}

/// A `<` that a reader of HTML takes for markup: followed by a letter, `/`, `!` or `?`.
fn has_tag(text: &str) -> bool {
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '<'
            && letters
                .peek()
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
        {
            return true;
        }
    }
    false
}

/// Named references that HTML also knows without their semicolon.
const LEGACY_ENTITIES: [&str; 106] = [
    "AElig", "AMP", "Aacute", "Acirc", "Agrave", "Aring", "Atilde", "Auml", "COPY", "Ccedil",
    "ETH", "Eacute", "Ecirc", "Egrave", "Euml", "GT", "Iacute", "Icirc", "Igrave", "Iuml", "LT",
    "Ntilde", "Oacute", "Ocirc", "Ograve", "Oslash", "Otilde", "Ouml", "QUOT", "REG", "THORN",
    "Uacute", "Ucirc", "Ugrave", "Uuml", "Yacute", "aacute", "acirc", "acute", "aelig", "agrave",
    "amp", "aring", "atilde", "auml", "brvbar", "ccedil", "cedil", "cent", "copy", "curren", "deg",
    "divide", "eacute", "ecirc", "egrave", "eth", "euml", "frac12", "frac14", "frac34", "gt",
    "iacute", "icirc", "iexcl", "igrave", "iquest", "iuml", "laquo", "lt", "macr", "micro",
    "middot", "nbsp", "not", "ntilde", "oacute", "ocirc", "ograve", "ordf", "ordm", "oslash",
    "otilde", "ouml", "para", "plusmn", "pound", "quot", "raquo", "reg", "sect", "shy", "sup1",
    "sup2", "sup3", "szlig", "thorn", "times", "uacute", "ucirc", "ugrave", "uml", "uuml",
    "yacute", "yen", "yuml",
];

fn has_entity(text: &str) -> bool {
    text.split('&').skip(1).any(|after| {
        let name: String = after
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        let ended = after
            .get(name.len()..)
            .is_some_and(|rest| rest.starts_with(';'));
        let numeric = after.strip_prefix('#').is_some_and(|rest| {
            rest.strip_prefix(['x', 'X']).map_or_else(
                || rest.starts_with(|c: char| c.is_ascii_digit()),
                |hex| hex.starts_with(|c: char| c.is_ascii_hexdigit()),
            )
        });
        numeric
            || (ended && !name.is_empty())
            || LEGACY_ENTITIES
                .iter()
                .any(|legacy| name.starts_with(legacy))
    })
}

/// `[a](b)`, images, and a reference definition that is the whole text.
fn has_link(text: &str) -> bool {
    let inline = text.match_indices("](").any(|(at, _)| {
        let before = text.get(..at).is_some_and(|before| before.contains('['));
        let after = text
            .get(at.saturating_add(2)..)
            .is_some_and(|after| after.contains(')'));
        before && after
    });
    let definition = text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]:"))
        .is_some_and(|(label, target)| {
            !label.is_empty()
                && !label.contains(']')
                && !target.trim().is_empty()
                && !target.trim().contains(char::is_whitespace)
        });
    inline || definition
}

fn opens_block(text: &str) -> bool {
    let fence = ["~~~", ":::", "$$", "^^"]
        .iter()
        .any(|fence| text.starts_with(fence));
    let dashes = text.lines().any(|line| {
        let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        line.len() >= 3 && line.chars().all(|c| c == '-')
    });
    text.starts_with('>') || fence || dashes
}

/// Marks that the extended markdown pairs up; a pair needs something other than a space just inside both ends.
fn has_paired_mark(text: &str) -> bool {
    ["~~", "~", "^", "++", "==", "\"\"", "::", "$"]
        .iter()
        .any(|mark| is_paired(text, mark))
}

fn is_paired(text: &str, mark: &str) -> bool {
    let starts: Vec<usize> = text.match_indices(mark).map(|(at, _)| at).collect();
    starts.iter().enumerate().any(|(index, open)| {
        starts
            .iter()
            .skip(index.saturating_add(1))
            .take(64)
            .any(|close| {
                let inner = text
                    .get(open.saturating_add(mark.len())..*close)
                    .unwrap_or_default();
                let solid = !inner.is_empty()
                    && !inner.starts_with(char::is_whitespace)
                    && !inner.ends_with(char::is_whitespace);
                // Mathematics ends where no digit follows: "koster $5 eller $10" stays text.
                let after = text
                    .get(close.saturating_add(mark.len())..)
                    .unwrap_or_default();
                solid && (mark != "$" || !after.starts_with(|c: char| c.is_ascii_digit()))
            })
    })
}

/// `{.a}`, `{#a}`, `{a}`, `{a=b}`.
fn has_attribute_braces(text: &str) -> bool {
    text.match_indices('{').any(|(at, _)| {
        let inner = text
            .get(at.saturating_add(1)..)
            .and_then(|rest| rest.split_once('}'))
            .map(|(inner, _)| inner);
        inner.is_some_and(|inner| {
            let name = inner.strip_prefix(['.', '#']).unwrap_or(inner);
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn section_6_2_ordinary_text_is_plain() {
        for text in [
            "Vedtak om skjønn",
            "  extra   spaces ",
            "",
            "*stars* and _underscores_",
            "`code` and \\ slashes",
            "1. first",
            "- dash",
            "+ plus",
            "Sak #404 er klar",
            "#tag",
            "Se https://example.com/a?b=1&c=2",
            "a < b",
            "R&D",
            "Kjære {{recipientName}}",
            "Faktura for uke 3 - 4",
            "Pris: $5",
            "Pris: $5 eller $10",
            "C++ og C",
            "a ~ b",
        ] {
            assert!(is_plain(text), "{text:?} is ordinary text");
        }
    }

    #[test]
    fn section_6_2_markup_is_not_plain() {
        for text in [
            "# Heading",
            "###### Heading",
            "<h1>Title</h1>",
            "a <b",
            "<!-- x -->",
            "<https://example.com>",
            "R&amp;D",
            "a&nbsp;b",
            "&copy 2026",
            "&#65;",
            "[a](b)",
            "![a](b)",
            "> quote",
            "~~~",
            ":::",
            "$$",
            "^^",
            "-----",
            "[x]: https://example.com",
            "~x~",
            "~~x~~",
            "^x^",
            "++x++",
            "==x==",
            "\"\"x\"\"",
            "::x::",
            "$x$",
            "{.a}",
            "{#a}",
            "{a}",
            "{a=b}",
        ] {
            assert!(!is_plain(text), "{text:?} holds markup");
        }
    }
}
