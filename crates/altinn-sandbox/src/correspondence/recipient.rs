//! Recipients: the forms they are accepted in, and the one they are stored in (Correspondence reference, section 7).

use crate::access::{ORGANISATION, PERSON};
use crate::identity::is_strict_person_number;

const EMAIL_USER: &str = "urn:altinn:person:idporten-email:";
const LEGACY_USER: &str = "urn:altinn:person:legacy-selfidentified:";

/// The accepted forms as a regular expression, for the description of the API; control digits are beyond it.
pub const PATTERN: &str = "^((urn:altinn:organization:identifier-no:|0192:)[0-9]{9}|(urn:altinn:person:identifier-no:)?[0-9]{11}\
|urn:altinn:person:idporten-email:[^:@]+@[^:@]+|urn:altinn:person:legacy-selfidentified:[^:]+)$";

/// A recipient's URN as stored and answered, or `None` when the form is not accepted.
#[must_use]
pub fn normalised(recipient: &str) -> Option<String> {
    if let Some(address) = recipient.strip_prefix(EMAIL_USER) {
        return is_email_shape(address).then(|| format!("{EMAIL_USER}{}", address.to_lowercase()));
    }
    if let Some(name) = recipient.strip_prefix(LEGACY_USER) {
        return (!name.is_empty() && !name.contains(':')).then(|| recipient.to_owned());
    }
    if let Some(number) = recipient
        .strip_prefix(ORGANISATION)
        .or_else(|| recipient.strip_prefix("0192:"))
    {
        return is_organisation_number(number).then(|| format!("{ORGANISATION}{number}"));
    }
    let number = recipient.strip_prefix(PERSON).unwrap_or(recipient);
    is_strict_person_number(number).then(|| format!("{PERSON}{number}"))
}

/// Whether search can be made on behalf of a party given in this form: organisations and people (section 11.1).
#[must_use]
pub fn searchable(party: &str) -> Option<String> {
    normalised(party).filter(|urn| !urn.starts_with(EMAIL_USER) && !urn.starts_with(LEGACY_USER))
}

/// The national identity number of a person's URN.
#[must_use]
pub fn person_number(urn: &str) -> Option<&str> {
    urn.strip_prefix(PERSON)
}

/// The organisation number of an organisation's URN.
#[must_use]
pub fn organisation_number(urn: &str) -> Option<&str> {
    urn.strip_prefix(ORGANISATION)
}

fn is_email_shape(address: &str) -> bool {
    let ats = address.matches('@').count();
    ats == 1 && !address.starts_with('@') && !address.ends_with('@') && !address.contains(':')
}

fn is_organisation_number(number: &str) -> bool {
    number.len() == 9 && number.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_2_every_form_of_one_party_is_stored_alike() {
        let urn = Some("urn:altinn:organization:identifier-no:986252932".to_owned());
        assert_eq!(
            normalised("0192:986252932"),
            urn,
            "the ISO 6523 form is an organisation"
        );
        assert_eq!(
            normalised("urn:altinn:organization:identifier-no:986252932"),
            urn,
            "so is the URN"
        );
        assert_eq!(
            normalised("07827199405"),
            normalised("urn:altinn:person:identifier-no:07827199405"),
            "a person with or without prefix"
        );
        assert_eq!(
            normalised("urn:altinn:person:idporten-email:Kari@Eksempel.NO").as_deref(),
            Some("urn:altinn:person:idporten-email:kari@eksempel.no"),
            "addresses are lower-cased"
        );
        assert_eq!(
            normalised("urn:altinn:person:legacy-selfidentified:OlaN").as_deref(),
            Some("urn:altinn:person:legacy-selfidentified:OlaN"),
            "legacy names are kept"
        );
    }

    #[test]
    fn section_7_1_other_forms_are_refused() {
        for form in [
            "986252932",
            "1234:986252932",
            "0192:98625293",
            "07827199406",
            "",
            " ",
            "URN:altinn:person:identifier-no:07827199405",
            "urn:altinn:person:idporten-email:a@b@c",
            "urn:altinn:person:idporten-email:@b",
            "urn:altinn:person:legacy-selfidentified:",
            "0192:९८६२५२९३२",
        ] {
            assert_eq!(normalised(form), None, "{form:?} is no recipient");
        }
    }
}
