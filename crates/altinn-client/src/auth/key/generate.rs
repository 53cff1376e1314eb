//! New keys.

use super::KeyError;
use ring::{hmac, rand::SecureRandom, rand::SystemRandom};
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::rand_core::{Infallible, TryCryptoRng, TryRng};
use zeroize::{Zeroize, Zeroizing};

/// Bits of a new key: what the service's own rotation makes (Platform reference, section 2.5).
const BITS: usize = 2048;

/// A new `RSAPrivateKey`.
pub(super) fn rsa_private_key() -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut seed = Zeroizing::new([0; 32]);
    SystemRandom::new()
        .fill(seed.as_mut_slice())
        .map_err(|_| KeyError::Generation)?;
    let key = rsa::RsaPrivateKey::new(&mut Stretched::new(&seed), BITS)
        .map_err(|_| KeyError::Generation)?;
    let der = key.to_pkcs1_der().map_err(|_| KeyError::Generation)?;
    Ok(Zeroizing::new(der.as_bytes().to_vec()))
}

/// The system's randomness, stretched by HMAC over a counter: unlike the system's, it cannot fail half-way.
struct Stretched {
    key: hmac::Key,
    blocks: u64,
    left: Vec<u8>,
}

impl Stretched {
    fn new(seed: &[u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, seed),
            blocks: 0,
            left: Vec::new(),
        }
    }

    fn byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.left.pop() {
                return byte;
            }
            let block = hmac::sign(&self.key, &self.blocks.to_be_bytes());
            self.blocks += 1;
            self.left.extend_from_slice(block.as_ref());
        }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.byte())
    }
}

impl Drop for Stretched {
    fn drop(&mut self) {
        self.left.zeroize();
    }
}

impl TryRng for Stretched {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        target.fill_with(|| self.byte());
        Ok(())
    }
}

impl TryCryptoRng for Stretched {}
