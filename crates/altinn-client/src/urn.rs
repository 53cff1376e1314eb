//! Names of parties and services as the APIs write them, made in one place so that no prefix is forgotten or doubled
//! (Platform reference, section 13, item 18).

const ORGANISATION: &str = "urn:altinn:organization:identifier-no:";
const PERSON: &str = "urn:altinn:person:identifier-no:";
const RESOURCE: &str = "urn:altinn:resource:";
const ICD: &str = "0192:";

/// The number behind whatever prefix: nine digits stay nine digits.
fn number(party: &str) -> &str {
    party.rsplit(':').next().unwrap_or(party).trim()
}

/// An organisation as a party.
pub fn organisation(number_or_urn: &str) -> String {
    format!("{ORGANISATION}{}", number(number_or_urn))
}

/// A person as a party.
pub fn person(number_or_urn: &str) -> String {
    format!("{PERSON}{}", number(number_or_urn))
}

/// An organisation as Maskinporten writes it, `0192:` and the number.
pub fn authority_id(number_or_urn: &str) -> String {
    format!("{ICD}{}", number(number_or_urn))
}

/// A resource with its prefix, as Events wants it.
pub fn resource(id: &str) -> String {
    format!("{RESOURCE}{}", resource_id(id))
}

/// A resource id without its prefix, as everything else wants it: search finds nothing with one (Correspondence
/// reference, section 19, item 10).
pub fn resource_id(id: &str) -> &str {
    id.trim().strip_prefix(RESOURCE).unwrap_or(id.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_neither_forgotten_nor_doubled() {
        for given in [
            "991825827",
            "0192:991825827",
            "urn:altinn:organization:identifier-no:991825827",
        ] {
            assert_eq!(authority_id(given), "0192:991825827", "from {given}");
            assert_eq!(
                organisation(given),
                "urn:altinn:organization:identifier-no:991825827",
                "from {given}"
            );
        }
        assert_eq!(
            person("08900499559"),
            "urn:altinn:person:identifier-no:08900499559",
            "a person"
        );
        for given in ["letters", "urn:altinn:resource:letters"] {
            assert_eq!(
                resource(given),
                "urn:altinn:resource:letters",
                "from {given}"
            );
            assert_eq!(resource_id(given), "letters", "from {given}");
        }
    }
}
