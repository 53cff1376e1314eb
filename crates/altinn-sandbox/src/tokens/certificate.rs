//! What Maskinporten reads in an enterprise certificate: whose it is, who issued it, for how long, and the key
//! (platform reference, section 2.1). Only as much of X.509 as that takes.

use chrono::{DateTime, NaiveDateTime, Utc};

use super::PublicKey;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const UTC_TIME: u8 = 0x17;
const GENERAL_TIME: u8 = 0x18;
/// Attribute 2.5.4.5: the organisation number.
const SERIAL_NUMBER: [u8; 3] = [0x55, 4, 5];
/// Attribute 2.5.4.97: the organisation number after `NTRNO-`.
const ORGANISATION_IDENTIFIER: [u8; 3] = [0x55, 4, 97];

/// A certificate, read but not believed.
#[derive(Debug)]
pub struct Certificate {
    /// Organisation number of its subject.
    pub orgnr: Option<String>,
    /// Everything its issuer is called, one name after another.
    pub issuer: String,
    /// From when to when it is good.
    pub validity: (DateTime<Utc>, DateTime<Utc>),
    /// Its key.
    pub key: PublicKey,
}

/// DER, one element after another.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// The next element: its tag and content.
    fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = bytes
                    .iter()
                    .fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
                (length, rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// The next element, which must have this tag.
    fn next(&mut self, wanted: u8) -> Option<&'a [u8]> {
        self.any()
            .filter(|(tag, _)| *tag == wanted)
            .map(|(_, content)| content)
    }

    fn inside(&mut self, wanted: u8) -> Option<Self> {
        self.next(wanted).map(Self)
    }
}

impl Certificate {
    /// Reads DER; `None` when it is no certificate with an RSA key.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let mut body = Der(der).inside(SEQUENCE)?.inside(SEQUENCE)?;
        // The version stands in front, marked, unless it is the first.
        if body.0.first() == Some(&0xa0) {
            body.any()?;
        }
        body.next(INTEGER)?;
        body.next(SEQUENCE)?;
        let issuer = names(body.inside(SEQUENCE)?);
        let mut validity = body.inside(SEQUENCE)?;
        let validity = (time(&mut validity)?, time(&mut validity)?);
        let subject = names(body.inside(SEQUENCE)?);
        let mut key = body.inside(SEQUENCE)?;
        key.next(SEQUENCE)?;
        let bits = key.next(BIT_STRING)?;
        let mut numbers = Der(bits.split_first()?.1).inside(SEQUENCE)?;
        let mut number = || {
            let bytes = numbers.next(INTEGER)?;
            Some(bytes.strip_prefix(&[0]).unwrap_or(bytes).to_vec())
        };
        let key = PublicKey::from_numbers(number()?, number()?);
        let value = |wanted: [u8; 3]| {
            let found = subject.iter().find(|(kind, _)| kind == &wanted);
            found.map(|(_, value)| value.as_str())
        };
        let identifier = value(ORGANISATION_IDENTIFIER).and_then(|id| id.strip_prefix("NTRNO-"));
        Some(Self {
            orgnr: identifier.or(value(SERIAL_NUMBER)).map(str::to_owned),
            issuer: issuer
                .into_iter()
                .map(|(_, value)| value)
                .collect::<Vec<_>>()
                .join(" "),
            validity,
            key,
        })
    }
}

/// The attributes of a name: their ids and texts.
fn names(mut name: Der<'_>) -> Vec<(Vec<u8>, String)> {
    let mut all = Vec::new();
    while let Some(mut set) = name.inside(SET) {
        while let Some(mut pair) = set.inside(SEQUENCE) {
            if let (Some((_, kind)), Some((_, value))) = (pair.any(), pair.any()) {
                all.push((kind.to_vec(), String::from_utf8_lossy(value).into_owned()));
            }
        }
    }
    all
}

fn time(der: &mut Der<'_>) -> Option<DateTime<Utc>> {
    let (tag, text) = der.any()?;
    let text = std::str::from_utf8(text).ok()?;
    let whole = match tag {
        // Two digits of a year: up to 49 they are of this century.
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERAL_TIME => text.to_owned(),
        _ => return None,
    };
    let time = NaiveDateTime::parse_from_str(&whole, "%Y%m%d%H%M%SZ").ok()?;
    Some(time.and_utc())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    /// The certificate of the sandbox's own Altinn Authentication.
    fn own() -> Vec<u8> {
        let keys = include_str!("practice-keys.json");
        let keys: serde_json::Value = serde_json::from_str(keys).unwrap();
        STANDARD
            .decode(keys["altinn"]["x5c"][0].as_str().unwrap())
            .unwrap()
    }

    #[test]
    fn a_certificate_says_whose_key_it_is() {
        let certificate = Certificate::from_der(&own()).unwrap();
        let (from, to) = certificate.validity;
        assert!(from < to, "it begins before it ends");
        assert!(!certificate.issuer.is_empty(), "somebody issued it");
        assert_eq!(certificate.key.jwk()["e"], "AQAB", "the usual exponent");
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(at in 0usize..600, byte: u8, cut in 0usize..900, noise: Vec<u8>) {
            let mut der = own();
            if let Some(place) = der.get_mut(at) {
                *place = byte;
            }
            let _ = Certificate::from_der(&der);
            der.truncate(cut);
            let _ = Certificate::from_der(&der);
            let _ = Certificate::from_der(&noise);
        }
    }
}
