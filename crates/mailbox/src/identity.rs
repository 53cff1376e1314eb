//! Whom a letter can go to: Norwegian identity numbers and the other forms Correspondence takes.
//!
//! Sources: Correspondence reference, section 7; Platform reference, section 11. Numbers of people never reach a log:
//! [`Identity`] has a masking `Debug`, and [`Identity::shown`] is what the window gets.

use std::fmt;

/// Prefix of an organisation on the wire.
const ORGANISATION: &str = "urn:altinn:organization:identifier-no:";
/// Prefix of a person on the wire.
const PERSON: &str = "urn:altinn:person:identifier-no:";
/// Prefix of a person who signs in to ID-porten by e-mail.
const EMAIL: &str = "urn:altinn:person:idporten-email:";
/// Prefix of a self-identified user of the old kind.
const LEGACY: &str = "urn:altinn:person:legacy-selfidentified:";
/// Short prefix of an organisation (ISO 6523).
const ISO_6523: &str = "0192:";

/// Service owners that exist in the test environments only and fail MOD-11 (Platform reference, section 9.2).
const TEST_OWNERS: [&str; 3] = ["999999990", "999999991", "999999992"];

/// Correspondence still refuses the numbers that are issued from 2032 on, although the register knows them
/// (Platform reference, section 11.2). Set to true on the day it takes them; nothing else changes.
const TAKES_RELAXED_NUMBERS: bool = false;

/// Someone a letter can be addressed to, in normal form.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Identity {
    /// Nine digits.
    Organisation(String),
    /// Eleven digits.
    Person(String),
    /// An e-mail address in lower case.
    Email(String),
    /// Name of a self-identified user.
    Legacy(String),
}

/// Why a text is nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Right length, wrong control digits.
    Checksum,
    /// A number of the 2032 kind, which Correspondence does not take yet.
    NotYetAccepted,
    /// No number or address.
    Malformed,
}

/// How a national identity number came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonKind {
    /// A D-number, for people without a birth number.
    pub is_d_number: bool,
    /// Made for tests (Tenor or NAV).
    pub is_synthetic: bool,
}

impl Identity {
    /// Reads what a person typed or pasted: spaces within numbers, `0192:`, `NO … MVA`, URNs in any case, and e-mail
    /// addresses.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        let lower = text.to_lowercase();
        if let Some(number) = lower
            .strip_prefix(ORGANISATION)
            .or_else(|| lower.strip_prefix(ISO_6523))
        {
            return organisation(&compact(number));
        }
        if let Some(number) = lower.strip_prefix(PERSON) {
            return person(&compact(number));
        }
        if let Some(address) = lower.strip_prefix(EMAIL) {
            return email(address);
        }
        if lower.starts_with(LEGACY) {
            // Kept as typed: only these are case-sensitive (section 7.2).
            let name = text.get(LEGACY.len()..).unwrap_or_default().trim();
            let is_sound = !name.is_empty() && !name.contains(':');
            return if is_sound {
                Ok(Self::Legacy(name.to_owned()))
            } else {
                Err(Fault::Malformed)
            };
        }
        if lower.contains('@') {
            return email(&lower);
        }
        let digits = compact(lower.trim_start_matches("no").trim_end_matches("mva"));
        match digits.len() {
            9 => organisation(&digits),
            11 => person(&digits),
            _ => Err(Fault::Malformed),
        }
    }

    /// The form Altinn takes and gives (Correspondence reference, section 7.2).
    pub fn urn(&self) -> String {
        match self {
            Self::Organisation(number) => format!("{ORGANISATION}{number}"),
            Self::Person(number) => format!("{PERSON}{number}"),
            Self::Email(address) => format!("{EMAIL}{address}"),
            Self::Legacy(name) => format!("{LEGACY}{name}"),
        }
    }

    /// As the window shows it: `920 717 152`, `010190 XXXXX`, the address, the name.
    pub fn shown(&self) -> String {
        match self {
            Self::Organisation(number) => grouped(number),
            Self::Person(number) => masked(number),
            Self::Email(text) | Self::Legacy(text) => text.clone(),
        }
    }

    /// A human being, however identified.
    pub fn is_person(&self) -> bool {
        !matches!(self, Self::Organisation(_))
    }

    /// Nine digits of an organisation.
    pub fn organisation_number(&self) -> Option<&str> {
        match self {
            Self::Organisation(number) => Some(number),
            _ => None,
        }
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organisation(number) => write!(f, "Organisation({number})"),
            Self::Person(_) => f.write_str("Person(…)"),
            Self::Email(_) => f.write_str("Email(…)"),
            Self::Legacy(_) => f.write_str("Legacy(…)"),
        }
    }
}

/// `920 717 152`.
pub fn grouped(number: &str) -> String {
    let mut text = String::with_capacity(number.len() + 2);
    for (place, digit) in number.chars().enumerate() {
        if place > 0 && place % 3 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// `010190 XXXXX`: the date part only.
pub fn masked(number: &str) -> String {
    format!("{} XXXXX", number.get(..6).unwrap_or_default())
}

/// Whether nine digits pass MOD-11 (Platform reference, section 11.1). `000000000` does by arithmetic, and is nobody.
pub fn is_organisation_number(number: &str) -> bool {
    let Some(digits) = digits::<9>(number) else {
        return false;
    };
    digits.iter().any(|digit| *digit != 0) && remainder(&digits, &[3, 2, 7, 6, 5, 4, 3, 2, 1]) == 0
}

/// Whether eleven digits are a national identity number in the form issued until 2031: both sums must come out.
/// The date is not looked at, as Correspondence does not either.
pub fn is_strict_person_number(number: &str) -> bool {
    control_sums(number) == Some((0, 0))
}

/// Whether eleven digits are a number by the rules from 2032: the first sum may leave 0 to 3. Every strict number is
/// also a relaxed one.
pub fn is_relaxed_person_number(number: &str) -> bool {
    matches!(control_sums(number), Some((0..=3, 0)))
}

/// How the number came to be, by its marks in the date part.
pub fn person_kind(number: &str) -> Option<PersonKind> {
    let digits = digits::<11>(number)?;
    let [day, _, month, ..] = digits;
    Some(PersonKind {
        is_d_number: day >= 4,
        is_synthetic: month >= 4,
    })
}

/// Remainders of both control sums; none when the text is not eleven digits or all zero.
fn control_sums(number: &str) -> Option<(u32, u32)> {
    let digits = digits::<11>(number)?;
    if digits.iter().all(|digit| *digit == 0) {
        return None;
    }
    let first = remainder(&digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1, 0]);
    let second = remainder(&digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    Some((first, second))
}

fn remainder(digits: &[u32], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum::<u32>()
        % 11
}

fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let bytes: &[u8; N] = text.as_bytes().try_into().ok()?;
    bytes
        .iter()
        .all(u8::is_ascii_digit)
        .then(|| bytes.map(|byte| u32::from(byte - b'0')))
}

/// Without spaces of any kind, and without the dots and hyphens that some put between groups; a text that then holds
/// anything but digits gives the empty text.
fn compact(text: &str) -> String {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '\u{2060}' | '\u{feff}'))
        .collect();
    if compact.bytes().all(|byte| byte.is_ascii_digit()) {
        compact
    } else {
        String::new()
    }
}

fn organisation(digits: &str) -> Result<Identity, Fault> {
    if digits.len() != 9 {
        Err(Fault::Malformed)
    } else if is_organisation_number(digits) || TEST_OWNERS.contains(&digits) {
        Ok(Identity::Organisation(digits.to_owned()))
    } else {
        Err(Fault::Checksum)
    }
}

fn person(digits: &str) -> Result<Identity, Fault> {
    if digits.len() != 11 {
        Err(Fault::Malformed)
    } else if is_strict_person_number(digits) {
        Ok(Identity::Person(digits.to_owned()))
    } else if !is_relaxed_person_number(digits) {
        Err(Fault::Checksum)
    } else if TAKES_RELAXED_NUMBERS {
        Ok(Identity::Person(digits.to_owned()))
    } else {
        Err(Fault::NotYetAccepted)
    }
}

/// Exactly one `@`, not first or last, no further `:` (Correspondence reference, section 7.1).
fn email(address: &str) -> Result<Identity, Fault> {
    let parts: Vec<&str> = address.split('@').collect();
    let is_sound = matches!(parts.as_slice(), [local, domain] if !local.is_empty() && !domain.is_empty())
        && !address.contains(|c: char| c == ':' || c.is_whitespace() || c.is_control());
    if is_sound {
        Ok(Identity::Email(address.to_owned()))
    } else {
        Err(Fault::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn organisation_numbers_are_judged_as_the_reference_lists_them() {
        for number in [
            "991825827",
            "974760673",
            "889640782",
            "123456785",
            "010101018",
            "109876542",
        ] {
            assert!(
                is_organisation_number(number),
                "{number} is listed as valid"
            );
        }
        for number in [
            "123456789",
            "010101010",
            "999999990",
            "000000000",
            "99182582",
            "99182582x",
        ] {
            assert!(
                !is_organisation_number(number),
                "{number} is listed as invalid or is no number"
            );
        }
    }

    #[test]
    fn person_numbers_are_judged_as_the_reference_lists_them() {
        let strict = [
            "08900499559",
            "01818520030",
            "41818520024",
            "13097248022",
            "19108000239",
            "31129956715",
            "02013299997",
            "42013299980",
            "30108299920",
            "13815897247",
            "03882049433",
            "66847800373",
        ];
        for number in strict {
            assert!(
                is_strict_person_number(number),
                "{number} is listed as valid until 2031"
            );
            assert!(
                is_relaxed_person_number(number),
                "{number}: a strict number is a relaxed one"
            );
        }
        for number in [
            "02013299903",
            "02013299911",
            "30108299939",
            "30108299947",
            "30108299955",
        ] {
            assert!(
                !is_strict_person_number(number),
                "{number} is of the 2032 kind"
            );
            assert!(
                is_relaxed_person_number(number),
                "{number} is of the 2032 kind"
            );
            assert_eq!(
                Identity::parse(number),
                Err(Fault::NotYetAccepted),
                "{number}: Correspondence refuses it"
            );
        }
        for number in ["30108299918", "13097248032", "01234567890", "00000000000"] {
            assert!(
                !is_relaxed_person_number(number),
                "{number} is listed as invalid"
            );
            assert_eq!(
                Identity::parse(number),
                Err(Fault::Checksum),
                "{number}: a wrong number, not a wrong form"
            );
        }
    }

    #[test]
    fn kinds_are_told_by_their_marks() {
        let kind = |number| person_kind(number).map(|kind| (kind.is_d_number, kind.is_synthetic));
        assert_eq!(
            kind("13097248022"),
            Some((false, false)),
            "an ordinary number has no mark"
        );
        assert_eq!(
            kind("08900499559"),
            Some((false, true)),
            "month + 80 is Tenor's mark"
        );
        assert_eq!(
            kind("66847800373"),
            Some((true, true)),
            "both marks may stand together"
        );
        assert_eq!(
            kind("42013299980"),
            Some((true, false)),
            "day + 40 is a D-number"
        );
    }

    #[test]
    fn what_people_type_is_understood() {
        let organisation = Ok(Identity::Organisation("991825827".to_owned()));
        for text in [
            "991825827",
            " 991 825 827 ",
            "991\u{a0}825\u{a0}827",
            "0192:991825827",
            "NO 991 825 827 MVA",
            "urn:altinn:organization:identifier-no:991825827",
            "URN:ALTINN:ORGANIZATION:IDENTIFIER-NO:991825827",
        ] {
            assert_eq!(Identity::parse(text), organisation, "typed as {text:?}");
        }
        for text in [
            "08900499559",
            "089004 99559",
            "urn:altinn:person:identifier-no:08900499559",
        ] {
            assert_eq!(
                Identity::parse(text),
                Ok(Identity::Person("08900499559".to_owned())),
                "a person's number"
            );
        }
        for text in [
            "Kari@Example.no",
            "urn:altinn:person:idporten-email:kari@example.no",
        ] {
            assert_eq!(
                Identity::parse(text),
                Ok(Identity::Email("kari@example.no".to_owned())),
                "typed as {text:?}"
            );
        }
        assert_eq!(
            Identity::parse("urn:altinn:person:legacy-selfidentified:OlaN"),
            Ok(Identity::Legacy("OlaN".to_owned())),
            "self-identified names keep their case"
        );
    }

    #[test]
    fn what_is_nobody_is_told_why() {
        for (text, fault) in [
            ("", Fault::Malformed),
            ("12345678", Fault::Malformed),
            ("1234567890", Fault::Malformed),
            ("1234:123456785", Fault::Malformed),
            ("0192:08900499559", Fault::Malformed),
            ("991825828", Fault::Checksum),
            ("@example.no", Fault::Malformed),
            ("kari@", Fault::Malformed),
            ("a@b@c", Fault::Malformed),
            ("a:b@c.no", Fault::Malformed),
            ("Direktoratet", Fault::Malformed),
            ("٩٩١٨٢٥٨٢٧", Fault::Malformed),
        ] {
            assert_eq!(Identity::parse(text), Err(fault), "typed as {text:?}");
        }
    }

    #[test]
    fn people_are_never_shown_in_full() {
        let person = Identity::parse("08900499559").unwrap();
        assert_eq!(
            person.shown(),
            "089004 XXXXX",
            "only the date part is shown"
        );
        assert_eq!(
            format!("{person:?}"),
            "Person(…)",
            "a log line must not hold the number"
        );
        assert_eq!(
            Identity::parse("991825827").unwrap().shown(),
            "991 825 827",
            "organisations are public"
        );
    }

    proptest! {
        #[test]
        fn parsing_takes_its_own_form_back(text in "\\PC{0,40}") {
            if let Ok(identity) = Identity::parse(&text) {
                prop_assert_eq!(Identity::parse(&identity.urn()), Ok(identity), "the URN means the same party");
            }
        }

        #[test]
        fn one_wrong_digit_is_always_found(number in 0u32..100_000_000, place in 0usize..9, add in 1u8..10) {
            let body = format!("{number:08}");
            let weights = [3, 2, 7, 6, 5, 4, 3, 2];
            let sum: u32 = body.bytes().zip(weights).map(|(b, w)| u32::from(b - b'0') * w).sum();
            let control = (11 - sum % 11) % 11;
            prop_assume!(control < 10 && number > 0);
            let sound = format!("{body}{control}");
            prop_assert!(is_organisation_number(&sound), "made by the rule");
            let mut wrong = sound.into_bytes();
            wrong[place] = b'0' + (wrong[place] - b'0' + add) % 10;
            let wrong = String::from_utf8(wrong).unwrap();
            prop_assert!(!is_organisation_number(&wrong), "MOD-11 finds every single wrong digit");
        }
    }
}
