//! The certificate that may stand in for a key id, with its issuers (Platform reference, section 2.1).

use super::der::{self, INTEGER, SEQUENCE};
use chrono::{DateTime, NaiveDateTime, Utc};
use p12_keystore::Certificate;

/// DER tags of times: two digits of the year, or four.
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// What a certificate says of itself, for people to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Whose it is.
    pub subject: String,
    /// Who issued it; the issuers of test certificates say so in their names.
    pub issuer: String,
    /// Not valid before.
    pub from: DateTime<Utc>,
    /// Not valid after.
    pub until: DateTime<Utc>,
}

impl CertificateFacts {
    /// Reads a certificate in DER; none when it is none.
    pub(crate) fn read(der: &[u8]) -> Option<Self> {
        facts(der)
    }
}

/// Reads a certificate; none when it is none.
pub(super) fn facts(der: &[u8]) -> Option<CertificateFacts> {
    let certificate = Certificate::from_der(der).ok()?;
    let (from, until) = validity(der)?;
    Some(CertificateFacts {
        subject: certificate.subject().to_owned(),
        issuer: certificate.issuer().to_owned(),
        from,
        until,
    })
}

/// The fourth element after the version, which may be left out (RFC 5280, section 4.1).
fn validity(der: &[u8]) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let outer = der::expect(der, SEQUENCE)?.content;
    let inner = der::expect(outer, SEQUENCE)?.content;
    let first = der::element(inner)?;
    let serial = if first.tag == INTEGER {
        inner
    } else {
        first.rest
    };
    let algorithm = der::expect(serial, INTEGER)?.rest;
    let issuer = der::expect(algorithm, SEQUENCE)?.rest;
    let validity = der::expect(issuer, SEQUENCE)?.rest;
    let from = der::element(der::expect(validity, SEQUENCE)?.content)?;
    let until = der::element(from.rest)?;
    Some((time(&from)?, time(&until)?))
}

/// Always UTC and to the second. Two digits mean 1950 to 2049.
fn time(element: &der::Element<'_>) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(element.content).ok()?;
    let text = match element.tag {
        GENERALIZED_TIME => text.to_owned(),
        UTC_TIME if text.as_bytes().first()? >= &b'5' => format!("19{text}"),
        UTC_TIME => format!("20{text}"),
        _ => return None,
    };
    let time = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?;
    Some(time.and_utc())
}

/// The certificate of this key and those above it, leaf first, as DER; none when none belongs to the key.
pub(super) fn chain(certificates: &[Vec<u8>], rsa: &[u8]) -> Option<Vec<Vec<u8>>> {
    let [modulus, ..] = der::rsa_numbers(rsa)?;
    let mut left: Vec<(&Vec<u8>, Certificate)> = certificates
        .iter()
        .filter_map(|der| Some((der, Certificate::from_der(der).ok()?)))
        .collect();
    let holds = |der: &[u8]| {
        !modulus.is_empty() && der.windows(modulus.len()).any(|window| window == modulus)
    };
    let leaf = left.iter().position(|(der, _)| holds(der))?;
    let (leaf, mut last) = left.swap_remove(leaf);
    let mut chain = vec![leaf.clone()];
    // Each is taken once, so that two that name each other end it.
    while last.issuer() != last.subject() {
        let Some(above) = left
            .iter()
            .position(|(_, one)| one.subject() == last.issuer())
        else {
            break;
        };
        let (der, above) = left.swap_remove(above);
        chain.push(der.clone());
        last = above;
    }
    Some(chain)
}
