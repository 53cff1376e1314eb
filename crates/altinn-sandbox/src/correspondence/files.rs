//! Files: their names, and which file belongs to which description (Correspondence reference, sections 8.2 and 8.4).

use crate::model::utf16_len;
use crate::problem::{Outcome, rule};

const EXTENSIONS: [&str; 20] = [
    "doc", "xls", "docx", "xlsx", "ppt", "pps", "zip", "pdf", "html", "txt", "xml", "jpg", "jpeg",
    "gif", "bmp", "png", "json", "csv", "dcm", "dicom",
];

/// Checks a file name, in the service's order: present, length, type, characters, device names.
///
/// # Errors
/// 2010, 2011, 2013, 2012 or 2021.
pub fn check_name(name: &str) -> Outcome<()> {
    if name.trim().is_empty() {
        return Err(rule::FILE_NAME_MISSING.into());
    }
    if utf16_len(name) > 255 {
        return Err(rule::FILE_NAME_TOO_LONG.into());
    }
    let extension = extension(name);
    if !EXTENSIONS.contains(&extension.as_str()) {
        return Err(rule::FILE_TYPE_NOT_ALLOWED.into());
    }
    if name
        .chars()
        .any(|c| (c as u32) < 32 || r#"<>:"/\|?*"#.contains(c))
    {
        return Err(rule::FILE_NAME_CHARACTERS.into());
    }
    if is_device(name) {
        return Err(rule::FILE_NAME_OF_DEVICE.into());
    }
    Ok(())
}

/// What follows the last dot, in lower case; empty without a dot.
#[must_use]
pub fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, extension)| extension.to_lowercase())
        .unwrap_or_default()
}

/// Whether a name starts with a Windows device, directly followed by a dot or the end.
#[must_use]
pub fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|digit| {
            digit.len() == 1 && digit.bytes().all(|b| (b'1'..=b'9').contains(&b))
        })
    };
    ["CON", "PRN", "AUX", "NUL"].contains(&stem.as_str()) || numbered("COM") || numbered("LPT")
}

/// The media type that the API reports for a file name.
#[must_use]
pub fn data_type(name: &str) -> String {
    match extension(name).as_str() {
        "dcm" | "dicom" => "application/dicom".to_owned(),
        "" => "binary_octet_stream".to_owned(),
        _ => mime_guess::from_path(name)
            .first_raw()
            .unwrap_or("binary_octet_stream")
            .to_owned(),
    }
}

/// Finds for every described name the position of its file: the one at the same place, else the only unused one so named.
///
/// # Errors
/// 1005 when the numbers differ or a name stays without its file.
pub fn pair(described: &[&str], sent: &[&str]) -> Outcome<Vec<usize>> {
    if described.len() != sent.len() {
        return Err(rule::FILES_DO_NOT_PAIR.into());
    }
    let mut used = vec![false; sent.len()];
    let mut pairs = Vec::with_capacity(described.len());
    for (position, name) in described.iter().enumerate() {
        let free = |at: usize| sent.get(at) == Some(name) && used.get(at) == Some(&false);
        let found = if free(position) {
            position
        } else {
            let mut candidates = (0..sent.len()).filter(|at| free(*at));
            match (candidates.next(), candidates.next()) {
                (Some(only), None) => only,
                _ => return Err(rule::FILES_DO_NOT_PAIR.into()),
            }
        };
        if let Some(mark) = used.get_mut(found) {
            *mark = true;
        }
        pairs.push(found);
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;

    fn code(name: &str) -> Option<u16> {
        match check_name(name) {
            Err(Problem::Business(rule, _)) => Some(rule.code),
            _ => None,
        }
    }

    #[test]
    fn section_8_4_names_are_checked_in_order() {
        assert_eq!(code("vedtak.pdf"), None, "an ordinary name");
        assert_eq!(code("VEDTAK.PDF"), None, "types in any case");
        assert_eq!(code(" "), Some(2010), "blank");
        assert_eq!(
            code(&format!("{}.pdf", "a".repeat(252))),
            Some(2011),
            "256 characters"
        );
        assert_eq!(
            code("vedtak.pptx"),
            Some(2013),
            "a type that is not on the list"
        );
        assert_eq!(code("vedtak"), Some(2013), "no type");
        assert_eq!(
            code("a:b.exe"),
            Some(2013),
            "the type goes before the characters"
        );
        assert_eq!(code("a:b.pdf"), Some(2012), "a colon");
        assert_eq!(code("a\u{1}b.pdf"), Some(2012), "a control character");
        assert_eq!(code("con.pdf"), Some(2021), "a device");
        assert_eq!(
            code("lpt1.tar.zip"),
            Some(2021),
            "a device before the first dot"
        );
        assert_eq!(code("con1.pdf"), None, "not a device");
        assert_eq!(code("com0.pdf"), None, "not a device either");
    }

    #[test]
    fn section_8_2_files_find_their_description() {
        assert_eq!(
            pair(&["a", "b"], &["b", "a"]),
            Ok(vec![1, 0]),
            "the order may differ"
        );
        assert_eq!(
            pair(&["a", "a"], &["a", "a"]),
            Ok(vec![0, 1]),
            "equal names at their own places"
        );
        assert!(
            pair(&["a", "b", "a"], &["b", "a", "a"]).is_err(),
            "equal names out of order"
        );
        assert!(pair(&["a"], &["A"]).is_err(), "case counts");
        assert!(pair(&["a"], &[]).is_err(), "numbers must agree");
    }

    #[test]
    fn section_8_4_every_type_character_and_device() {
        for ending in [
            "doc", "xls", "docx", "xlsx", "ppt", "pps", "zip", "pdf", "html", "txt", "xml", "jpg",
            "jpeg", "gif", "bmp", "png", "json", "csv", "dcm", "dicom",
        ] {
            assert_eq!(code(&format!("a.{ending}")), None, "{ending} is allowed");
            assert_ne!(
                data_type(&format!("a.{ending}")),
                "binary_octet_stream",
                "5.6: {ending} has a type"
            );
        }
        for ending in [
            "pptx", "rtf", "odt", "mp4", "eml", "tiff", "xsd", "pdf ", "exe",
        ] {
            assert_eq!(code(&format!("a.{ending}")), Some(2013), "{ending} is not");
        }
        assert_eq!(
            data_type("a.nothing-known"),
            "binary_octet_stream",
            "5.6: what is unknown"
        );
        for character in [
            '<', '>', ':', '"', '/', '\\', '|', '?', '*', '\0', '\n', '\u{1f}',
        ] {
            assert_eq!(
                code(&format!("a{character}b.pdf")),
                Some(2012),
                "{character:?}"
            );
        }
        let numbered = ["COM", "LPT"]
            .into_iter()
            .flat_map(|name| (1..=9).map(move |n| format!("{name}{n}")));
        let devices = ["CON", "PRN", "AUX", "NUL"]
            .map(str::to_owned)
            .into_iter()
            .chain(numbered);
        for device in devices {
            assert_eq!(code(&format!("{device}.pdf")), Some(2021), "{device}");
            assert_eq!(
                code(&format!("{}.x.pdf", device.to_lowercase())),
                Some(2021),
                "{device} in small letters"
            );
            assert_eq!(
                code(&format!("{device}-x.pdf")),
                None,
                "{device} and more is none"
            );
        }
    }
}
