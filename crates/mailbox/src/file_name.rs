//! Names of files (Correspondence reference, section 8.4), and a clean name to propose where one is refused.

use crate::view::FileProblem;

/// Longest name, in UTF-16 units.
pub const LONGEST: usize = 255;

/// Extensions Altinn takes, in lower case. There is no `pptx`, `rtf`, `odt`, `mp4`, `eml`, `tiff` or `xsd`.
pub const EXTENSIONS: [&str; 20] = [
    "doc", "xls", "docx", "xlsx", "ppt", "pps", "zip", "pdf", "html", "txt", "xml", "jpg", "jpeg",
    "gif", "bmp", "png", "json", "csv", "dcm", "dicom",
];

/// The first rule the name breaks, in Altinn's order.
pub fn problem(name: &str) -> Option<FileProblem> {
    let refused = || FileProblem::Name {
        suggestion: clean(name),
    };
    if name.trim().is_empty() || units(name) > LONGEST {
        return Some(refused());
    }
    let extension = extension(name);
    if !EXTENSIONS.contains(&extension.as_str()) {
        return Some(FileProblem::Type { extension });
    }
    (name.contains(is_forbidden) || is_device(name)).then(refused)
}

/// A name that keeps the type and breaks no other rule.
pub fn clean(name: &str) -> String {
    let extension = extension(name);
    let is_type = EXTENSIONS.contains(&extension.as_str());
    let (stem, ending) = if !is_type {
        (name, String::new())
    } else {
        (
            name.get(..name.len() - extension.len() - 1).unwrap_or(name),
            format!(".{extension}"),
        )
    };
    let mut clean = String::with_capacity(stem.len());
    for c in stem.chars() {
        let c = if is_forbidden(c) { '-' } else { c };
        if c != '-' || !clean.ends_with('-') {
            clean.push(c);
        }
    }
    let trimmed = clean.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '.'));
    let mut stem = if trimmed.is_empty() {
        "fil".to_owned()
    } else {
        trimmed.to_owned()
    };
    if is_device(&stem) {
        stem.insert_str(0, "fil-");
    }
    while units(&stem) + units(&ending) > LONGEST && stem.pop().is_some() {}
    format!("{}{ending}", stem.trim_end())
}

/// `name(1).ext`, `name(2).ext`, …: the first that `is_taken` does not know.
pub fn numbered(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let extension = extension(name);
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if !extension.is_empty() => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    (1u32..)
        .map(|number| {
            let ending = format!("({number}){ending}");
            let mut stem = stem.to_owned();
            while units(&stem) + units(&ending) > LONGEST && stem.pop().is_some() {}
            format!("{stem}{ending}")
        })
        .find(|name| !is_taken(name))
        .unwrap_or_default()
}

/// After the last dot, in lower case; empty when there is none.
pub fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default()
}

/// MIME type by extension, as Altinn tells it (Correspondence reference, sections 4.10 and 5.6).
pub fn media_type(name: &str) -> &'static str {
    match extension(name).as_str() {
        "pdf" => "application/pdf",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "bmp" => "image/bmp",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "html" => "text/html",
        "json" => "application/json",
        "xml" => "application/xml",
        "zip" => "application/zip",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xls" => "application/vnd.ms-excel",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ppt" | "pps" => "application/vnd.ms-powerpoint",
        "dcm" | "dicom" => "application/dicom",
        _ => "application/octet-stream",
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*') || c < ' '
}

/// A device of Windows, directly followed by a dot or the end.
fn is_device(name: &str) -> bool {
    let head = name
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let is_numbered = |kind| {
        head.strip_prefix(kind)
            .is_some_and(|number: &str| matches!(number.as_bytes(), [b'1'..=b'9']))
    };
    matches!(head.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || is_numbered("COM")
        || is_numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_judged_in_altinns_order() {
        for name in [
            "brev.pdf",
            "BREV.PDF",
            "a.b.docx",
            "blåbær.txt",
            "con-fil.pdf",
            "console.txt",
            "lpt10.txt",
        ] {
            assert_eq!(problem(name), None, "{name} is allowed");
        }
        let kind = |extension: &str| {
            Some(FileProblem::Type {
                extension: extension.to_owned(),
            })
        };
        assert_eq!(
            problem("film.mp4"),
            kind("mp4"),
            "the type is not on the list"
        );
        assert_eq!(
            problem("slides.PPTX"),
            kind("pptx"),
            "the type is not on the list, whatever its case"
        );
        assert_eq!(problem("uten"), kind(""), "no type at all");
        assert_eq!(
            problem("a:b.exe"),
            kind("exe"),
            "the type is named before the characters"
        );
        let name = |suggestion: &str| {
            Some(FileProblem::Name {
                suggestion: suggestion.to_owned(),
            })
        };
        assert_eq!(
            problem("a:b?.pdf"),
            name("a-b.pdf"),
            "forbidden characters become hyphens"
        );
        assert_eq!(
            problem("NUL.pdf"),
            name("fil-NUL.pdf"),
            "a device of Windows"
        );
        assert_eq!(
            problem("com1.tar.zip"),
            name("fil-com1.tar.zip"),
            "a device before the first dot"
        );
        assert_eq!(problem("  "), name("fil"), "blank");
        let long = format!("{}.pdf", "æ".repeat(300));
        assert_eq!(
            problem(&long),
            name(&format!("{}.pdf", "æ".repeat(251))),
            "cut to 255 units"
        );
    }

    #[test]
    fn a_taken_name_gets_the_next_number() {
        let taken = ["a.pdf", "a(1).pdf"];
        assert_eq!(
            numbered("a.pdf", |name| taken.contains(&name)),
            "a(2).pdf",
            "as the zip names its entries"
        );
    }

    proptest! {
        #[test]
        fn a_proposed_name_is_accepted(stem in "\\PC{0,300}|[\\x00-\\x7f]{0,40}", pick in 0usize..EXTENSIONS.len()) {
            let name = format!("{stem}.{}", EXTENSIONS[pick]);
            let proposed = clean(&name);
            prop_assert_eq!(problem(&proposed), None, "proposed {:?} for {:?}", proposed, name);
        }

        #[test]
        fn cleaning_twice_changes_nothing_more(name in "\\PC{0,60}") {
            let once = clean(&name);
            prop_assert_eq!(clean(&once), once.clone());
        }

        #[test]
        fn a_numbered_name_stays_allowed(stem in "[a-zæøå ]{1,260}") {
            let name = clean(&format!("{stem}.pdf"));
            prop_assert_eq!(problem(&numbered(&name, |other| other == name)), None);
        }
    }
}
