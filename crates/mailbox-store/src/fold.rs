//! How text is made comparable: for the index, for questions to it, and for marking what was found.

use std::borrow::Cow;
use std::ops::Range;

/// Lower case, accents dropped, but the letters of the Norwegian and Swedish alphabets kept: `é` is found as `e`, while
/// `å` is not found as `a`. The index's own tokenizer could only drop all accents (and with them the ring of å) or none.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        fold_char(c, &mut out);
    }
    out
}

fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
        return;
    }
    // Combining marks: file names from macOS are written that way.
    match c {
        '\u{30a}' => return join(out, 'a', 'å'),
        '\u{308}' => {
            join(out, 'a', 'ä');
            return join(out, 'o', 'ö');
        }
        '\u{300}'..='\u{36f}' | '\u{ad}' => return,
        _ => {}
    }
    for lower in c.to_lowercase() {
        match lower {
            'à' | 'á' | 'â' | 'ã' | 'ā' | 'ă' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => out.push('c'),
            'ď' | 'đ' | 'ð' => out.push('d'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => out.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => out.push('g'),
            'ĥ' | 'ħ' => out.push('h'),
            'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => out.push('i'),
            'ĵ' => out.push('j'),
            'ķ' => out.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => out.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' | 'ŋ' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ŏ' | 'ő' => out.push('o'),
            'ŕ' | 'ŗ' | 'ř' => out.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' => out.push('s'),
            'ţ' | 'ť' | 'ŧ' => out.push('t'),
            'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => out.push('u'),
            'ŵ' => out.push('w'),
            'ý' | 'ÿ' | 'ŷ' => out.push('y'),
            'ź' | 'ż' | 'ž' => out.push('z'),
            'ß' => out.push_str("ss"),
            'œ' => out.push_str("oe"),
            '\u{300}'..='\u{36f}' => {}
            other => out.push(other),
        }
    }
}

/// Replaces the last letter when it is `base`.
fn join(out: &mut String, base: char, joined: char) {
    if out.ends_with(base) {
        out.pop();
        out.push(joined);
    }
}

/// A word as the index has it, and where it begins and ends in the text (bytes).
pub type Word<'a> = (Range<usize>, Cow<'a, str>);

/// The words of a text as the index cuts it: runs of letters and digits, folded. Most words of a letter are folded as
/// they stand.
pub fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (mut start, mut is_plain) = (None, true);
        while let Some(kind) = kind(text, at) {
            match (kind, start) {
                (Kind::Outside(length), None) => at += length,
                (Kind::Outside(_), Some(_)) => break,
                (Kind::Word { length, is_folded }, _) => {
                    start = start.or(Some(at));
                    is_plain &= is_folded;
                    at += length;
                }
            }
        }
        let start = start?;
        let word = text.get(start..at)?;
        let folded = if is_plain {
            Cow::Borrowed(word)
        } else {
            Cow::Owned(fold(word))
        };
        Some((start..at, folded))
    })
}

/// What stands at a place of a text, with its length in bytes.
enum Kind {
    Outside(usize),
    Word { length: usize, is_folded: bool },
}

/// Most of a text is ASCII, which tells by the byte.
#[inline]
fn kind(text: &str, at: usize) -> Option<Kind> {
    let (length, is_word, is_folded) = match text.as_bytes().get(at)? {
        b'a'..=b'z' | b'0'..=b'9' => (1, true, true),
        b'A'..=b'Z' => (1, true, false),
        0..=0x7f => (1, false, false),
        _ => {
            let c = text.get(at..)?.chars().next()?;
            (c.len_utf8(), is_word(c), matches!(c, 'æ' | 'ø' | 'å'))
        }
    };
    Some(match is_word {
        true => Kind::Word { length, is_folded },
        false => Kind::Outside(length),
    })
}

/// Letters of a beginning that the index keeps.
pub(crate) const BEGINNING: usize = 3;

/// The first one, two and three letters of the words of a folded text, each once, in order of letters.
pub(crate) fn beginnings(folded: &str) -> Vec<&str> {
    let mut longest: Vec<&str> = folded
        .split(|c| !is_word(c))
        .filter(|word| !word.is_empty())
        .map(|word| first(word, BEGINNING))
        .collect();
    longest.sort_unstable();
    longest.dedup();
    let mut all: Vec<&str> = Vec::with_capacity(longest.len() * 2);
    let mut before = ["", ""];
    for word in longest {
        // In order, words that begin alike stand beside each other.
        for (letters, last) in (1..BEGINNING).zip(&mut before) {
            let beginning = first(word, letters);
            if beginning != *last {
                *last = beginning;
                if beginning != word {
                    all.push(beginning);
                }
            }
        }
        all.push(word);
    }
    all
}

fn first(word: &str, letters: usize) -> &str {
    match word.char_indices().nth(letters) {
        Some((end, _)) => word.get(..end).unwrap_or(word),
        None => word,
    }
}

/// Whether the index takes the character as part of a word.
fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    c.is_alphanumeric() || matches!(c, '\u{300}'..='\u{36f}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norwegian_letters_are_kept_and_accents_dropped() {
        assert_eq!(fold("Årsoppgjør ÆØÅ"), "årsoppgjør æøå", "æøå are letters");
        assert_eq!(
            fold("Allé, idé, café"),
            "alle, ide, cafe",
            "accents are not"
        );
        assert_eq!(fold("a\u{30a}rsmøte.pdf"), "årsmøte.pdf", "decomposed å");
        assert_eq!(fold("ide\u{301}"), "ide", "decomposed é");
    }

    #[test]
    fn beginnings_are_named_once() {
        assert_eq!(
            beginnings("å årsmøte års, vei vedtak i ve"),
            ["i", "v", "ve", "ved", "vei", "å", "år", "års"],
            "a short word is its own beginning"
        );
        assert_eq!(beginnings("… §"), Vec::<&str>::new(), "signs have none");
    }

    #[test]
    fn words_know_where_they_are() {
        let found: Vec<_> = words("Nr. 12/Å-vei").collect();
        assert_eq!(
            found,
            vec![
                (0..2, "nr".into()),
                (4..6, "12".into()),
                (7..9, "å".into()),
                (10..13, "vei".into())
            ],
            "ranges are bytes of the text as given"
        );
        let found: Vec<_> = words("«Allé» — a\u{30a}r æøå…").collect();
        assert_eq!(
            found,
            vec![
                (2..7, "alle".into()),
                (14..18, "år".into()),
                (19..25, "æøå".into())
            ],
            "beyond ASCII too"
        );
    }
}
