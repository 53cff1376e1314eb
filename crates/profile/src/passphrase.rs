//! A passphrase where there is no keychain, stretched with Argon2id.
//!
//! Parameters are the first recommendation of RFC 9106 that fits a desktop: 256 MiB, 3 passes, 4 lanes. They are kept
//! beside the salt, so that they can grow without locking anybody out.

use crate::error::ProfileError;
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Shortest passphrase taken for a new profile, in characters.
pub const SHORTEST: usize = 12;

/// A passphrase; shows itself to nobody and is wiped when dropped.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes what the user typed.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// Whether it is long enough to protect a new profile.
    pub(crate) fn is_long_enough(&self) -> bool {
        self.0.chars().count() >= SHORTEST
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// How a passphrase becomes a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stretch {
    salt: [u8; 16],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Stretch {
    /// Parameters for a new profile.
    pub(crate) fn new(salt: [u8; 16]) -> Self {
        Self {
            salt,
            memory_kib: 256 * 1024,
            passes: 3,
            lanes: 4,
        }
    }

    /// The 32-byte key.
    pub(crate) fn derive(
        &self,
        passphrase: &Passphrase,
    ) -> Result<Zeroizing<[u8; 32]>, ProfileError> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32))
            .map_err(|_| ProfileError::Unusable)?;
        let mut key = Zeroizing::new([0_u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.0.as_bytes(), &self.salt, key.as_mut())
            .map_err(|_| ProfileError::Unusable)?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quick(salt: u8) -> Stretch {
        Stretch {
            salt: [salt; 16],
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        }
    }

    #[test]
    fn the_key_depends_on_passphrase_and_salt_alone() {
        let one = Passphrase::new("en lang og god setning".into());
        let two = Passphrase::new("en annen god setning".into());
        let key = quick(1).derive(&one).unwrap();
        assert_eq!(
            key,
            quick(1).derive(&one).unwrap(),
            "or no profile would open twice"
        );
        assert_ne!(
            key,
            quick(1).derive(&two).unwrap(),
            "or any passphrase would do"
        );
        assert_ne!(
            key,
            quick(2).derive(&one).unwrap(),
            "or one table would open all profiles"
        );
    }

    #[test]
    fn a_passphrase_never_prints() {
        let printed = format!("{:?}", Passphrase::new("hemmelig setning".into()));
        assert!(
            !printed.contains("hemmelig"),
            "debug output ends up in logs"
        );
    }
}
