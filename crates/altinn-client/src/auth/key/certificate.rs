//! The certificate that may stand in for a key id, with its issuers (Platform reference, section 2.1).

use super::der;
use p12_keystore::Certificate;

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
