//! As much DER as keys need: reading elements, and writing `RSAPrivateKey`.

use zeroize::Zeroizing;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_ID: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;

/// One element: its tag, its content, and what follows it.
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    pub(super) rest: &'a [u8],
}

/// The first element of `der`; none when it breaks off or its length is not written the DER way.
pub(super) fn element(der: &[u8]) -> Option<Element<'_>> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if digits.is_empty() || digits.len() > 4 {
            return None;
        }
        let length = digits
            .iter()
            .fold(0usize, |length, digit| (length << 8) | usize::from(*digit));
        (length, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some(Element { tag, content, rest })
}

/// The content of the first element when it has this tag.
pub(super) fn expect(der: &[u8], tag: u8) -> Option<Element<'_>> {
    element(der).filter(|element| element.tag == tag)
}

/// The eight numbers of an `RSAPrivateKey` (RFC 8017, appendix A.1.2), without their leading zeros.
pub(super) fn rsa_numbers(der: &[u8]) -> Option<[&[u8]; 8]> {
    let version = expect(expect(der, SEQUENCE)?.content, INTEGER)?;
    let mut rest = version.rest;
    let mut numbers = [&[][..]; 8];
    for number in &mut numbers {
        let element = expect(rest, INTEGER)?;
        *number = trimmed(element.content);
        rest = element.rest;
    }
    Some(numbers)
}

/// `RSAPrivateKey`: version 0 and the eight numbers.
pub(super) fn rsa_private_key(numbers: &[Zeroizing<Vec<u8>>; 8]) -> Zeroizing<Vec<u8>> {
    let length = 3 + numbers.iter().map(|number| number.len() + 6).sum::<usize>();
    // With room for all from the start, so that no half of a key is left behind by growing.
    let mut content = Zeroizing::new(Vec::with_capacity(length));
    content.extend_from_slice(&[INTEGER, 1, 0]);
    for number in numbers {
        push_integer(&mut content, number);
    }
    let mut der = Zeroizing::new(Vec::with_capacity(content.len() + 6));
    der.push(SEQUENCE);
    push_length(&mut der, content.len());
    der.extend_from_slice(&content);
    der
}

/// Without leading zeros.
fn trimmed(big_endian: &[u8]) -> &[u8] {
    let first = big_endian
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(big_endian.len());
    big_endian.get(first..).unwrap_or_default()
}

/// An unsigned number as the shortest DER INTEGER.
fn push_integer(der: &mut Vec<u8>, big_endian: &[u8]) {
    let digits = trimmed(big_endian);
    let needs_sign = digits.first().is_none_or(|byte| *byte >= 0x80);
    der.push(INTEGER);
    push_length(der, digits.len() + usize::from(needs_sign));
    if needs_sign {
        der.push(0);
    }
    der.extend_from_slice(digits);
}

fn push_length(der: &mut Vec<u8>, length: usize) {
    let bytes = length.to_be_bytes();
    match trimmed(&bytes) {
        [] => der.push(0),
        [short] if *short < 0x80 => der.push(*short),
        long => {
            // At most eight digits, so the count fits the low bits.
            der.push(0x80 | u8::try_from(long.len()).unwrap_or(0x7f));
            der.extend_from_slice(long);
        }
    }
}
