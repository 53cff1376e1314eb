//! Whether Altinn takes a text as plain (Correspondence reference, section 6.2): titles and the sender's name.
//!
//! Altinn turns the text into markdown and back; this is the stand-in that the reference allows: it finds every
//! construct of the reference's list and lets the rest through, so that what it lets through Altinn may still refuse
//! (1002, 1039), never the other way round on purpose.

use pulldown_cmark::{Event, Parser, Tag};

/// Marks that, around a text, mean something to Altinn's markdown.
const PAIRS: [&str; 8] = ["~~", "~", "^", "++", "==", "\"\"", "::", "$"];

/// Starts of a block.
const BLOCKS: [&str; 5] = [">", "~~~", ":::", "$$", "^^"];

/// Whether the text holds markup.
pub fn has_markup(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !matches!(c, '`' | '\\')).collect();
    let line = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    starts_block(&line)
        || has_tag(&line)
        || has_braces(&line)
        || PAIRS.iter().any(|mark| has_pair(&line, mark))
        || has_inline(&line)
}

fn starts_block(line: &str) -> bool {
    let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    let is_heading =
        (1..=6).contains(&hashes) && line.get(hashes..).is_some_and(|rest| rest.starts_with(' '));
    let is_rule = line.len() >= 3 && line.chars().all(|c| c == '-' || c == ' ');
    let is_definition = line.starts_with('[')
        && line.split_once("]:").is_some_and(|(label, address)| {
            label.len() > 1 && !address.trim().is_empty() && !address.trim().contains(' ')
        });
    is_heading || is_rule || is_definition || BLOCKS.iter().any(|start| line.starts_with(start))
}

/// A tag, comment, declaration or address in angle brackets: `<` directly before a letter, `/`, `!` or `?`.
fn has_tag(line: &str) -> bool {
    line.char_indices().any(|(place, c)| {
        c == '<'
            && line
                .get(place + 1..)
                .and_then(|rest| rest.chars().next())
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
    })
}

/// Attributes in braces, `{.a}`, `{#a}`, `{a}`, `{a=b}`; `{{recipientName}}` is a placeholder and no attribute.
fn has_braces(line: &str) -> bool {
    let mut rest = line;
    let mut before = ' ';
    while let Some((head, tail)) = rest.split_once('{') {
        let previous = head.chars().last().unwrap_or(before);
        if previous != '{'
            && let Some((inside, _)) = tail.split_once('}')
            && !inside.trim().is_empty()
            && inside.split_whitespace().all(is_attribute)
        {
            return true;
        }
        before = '{';
        rest = tail;
    }
    false
}

fn is_attribute(word: &str) -> bool {
    let name = word.strip_prefix(['.', '#']).unwrap_or(word);
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ':')
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.' | '-'))
}

/// `mark`, a text that neither starts nor ends with a space, `mark`.
fn has_pair(line: &str, mark: &str) -> bool {
    let places: Vec<usize> = line.match_indices(mark).map(|(place, _)| place).collect();
    places.iter().enumerate().any(|(index, open)| {
        places.iter().skip(index + 1).any(|close| {
            line.get(open + mark.len()..*close).is_some_and(|inside| {
                !inside.is_empty()
                    && !inside.starts_with(char::is_whitespace)
                    && !inside.ends_with(char::is_whitespace)
                    && inside.chars().any(|c| !mark.contains(c))
            })
        })
    })
}

/// Links, images, entities. `*` and `_` mean nothing here, and a leading word keeps blocks away.
fn has_inline(line: &str) -> bool {
    let mut escaped = String::from("x ");
    for c in line.chars() {
        if matches!(c, '*' | '_') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    let mut plain = String::new();
    for event in Parser::new(&escaped) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. })
            | Event::InlineHtml(_)
            | Event::Html(_) => return true,
            Event::Text(text) => plain.push_str(&text),
            _ => {}
        }
    }
    // What differs now was an entity that has been decoded.
    squeezed(&plain) != squeezed(&format!("x {line}")) || has_legacy_entity(line)
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Entities that browsers take without a semicolon.
fn has_legacy_entity(line: &str) -> bool {
    line.match_indices('&').any(|(place, _)| {
        let rest = line.get(place + 1..).unwrap_or_default();
        rest.starts_with('#')
            && rest
                .chars()
                .nth(1)
                .is_some_and(|c| c.is_ascii_digit() || c == 'x' || c == 'X')
            || LEGACY.iter().any(|name| rest.starts_with(name))
    })
}

/// Names of the HTML standard's table that stand without a semicolon.
const LEGACY: [&str; 106] = [
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_texts_of_the_reference_pass() {
        for text in [
            "",
            "   ",
            "Vedtak om byggetillatelse",
            "*stars* and _underscores_",
            "`code` and back\\slash",
            "1. Søknad",
            "- Søknad",
            "+ Søknad",
            "Sak #404 er løst",
            "#tag",
            "Se https://example.no/a?b=c&d=e",
            "a < b og c > d",
            "R&D hos Q&A",
            "Drift&vedlikehold; del 2",
            "Hei {{recipientName}}, svar ønskes",
            "Pris 5 $ eller 6 $",
            "Frist 1.3.—5.3.: møt opp",
            "[Utkast] Vedtak",
            "2 ^ 3 = 8 og 3 ^ 2 = 9",
            "C++ og C++",
            "Linje\nto",
        ] {
            assert!(!has_markup(text), "the reference accepts {text:?}");
        }
    }

    #[test]
    fn markup_of_the_reference_is_found() {
        for text in [
            "# Overskrift",
            "###### Seks",
            "<h1>Vedtak</h1>",
            "Brev <br> to",
            "<!-- skjult -->",
            "<https://example.no>",
            "a &amp; b",
            "a&nbsp;b",
            "&copy 2026",
            "&#65;",
            "[a](b)",
            "![bilde](b.png)",
            "> sitat",
            "~~~ kode",
            "::: ramme",
            "$$ x",
            "^^ tekst",
            "-----",
            "- - -",
            "[x]: https://example.no",
            "H~2~O",
            "~~strøket~~",
            "x^2^",
            "++nytt++",
            "==merket==",
            "\"\"sitat\"\"",
            "::rolle::",
            "$x$",
            "tekst {.klasse}",
            "tekst {#id}",
            "{a}",
            "{a=b}",
        ] {
            assert!(has_markup(text), "the reference refuses {text:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in "\\PC{0,200}") {
            // Whatever the verdict, spaces around the text do not change it.
            prop_assert_eq!(has_markup(&text), has_markup(&format!("  {text} ")), "{:?}", text);
        }

        #[test]
        fn words_and_numbers_are_never_markup(text in "[A-Za-zÆØÅæøå0-9]{1,9}([ ,.!?]{1,2}[A-Za-zæøå0-9]{1,9}){0,20}") {
            prop_assert!(!has_markup(&text), "{:?} is plain", text);
        }

        #[test]
        fn a_tag_is_found_wherever_it_stands(before in "[a-zæøå ]{0,20}", after in "[a-zæøå ]{0,20}") {
            let text = format!("{before}<b>{after}");
            prop_assert!(has_markup(&text), "{:?}", text);
        }
    }
}
