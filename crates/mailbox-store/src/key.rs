//! The key of the store.

use std::fmt;
use zeroize::{Zeroize, Zeroizing};

/// The raw 32-byte key of the store. Wiped from memory when dropped, and never shown.
#[derive(Clone)]
pub struct StoreKey(Zeroizing<[u8; 32]>);

impl StoreKey {
    /// Takes the key; the caller wipes its own copy.
    pub fn new(mut bytes: [u8; 32]) -> Self {
        let key = Self(Zeroizing::new(bytes));
        bytes.zeroize();
        key
    }

    /// The statement that unlocks a connection. A raw key skips the stretching that a passphrase would need on every
    /// connection.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = Zeroizing::new(String::with_capacity(96));
        text.push_str("PRAGMA key = \"x'");
        for byte in self.0.iter() {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from(
                    HEX.get(usize::from(nibble)).copied().unwrap_or(b'0'),
                ));
            }
        }
        text.push_str("'\"");
        text
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::StoreKey;

    #[test]
    fn a_key_is_written_as_hex_and_never_shown() {
        let key = StoreKey::new([0xab; 32]);
        assert_eq!(
            key.pragma().as_str(),
            format!("PRAGMA key = \"x'{}'\"", "ab".repeat(32)),
            "SQLCipher takes a raw key only in this form"
        );
        assert_eq!(
            format!("{key:?}"),
            "StoreKey(…)",
            "a key must not reach a log by way of Debug"
        );
    }
}
