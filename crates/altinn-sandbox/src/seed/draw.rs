//! Choices made from a seed: the same seed, the same letters, on every machine and in every version.

use uuid::Uuid;

/// SplitMix64. Its output is part of what a seed means, so it is written out here rather than taken from a library
/// that may change its mind.
#[derive(Debug, Clone)]
pub struct Draw(u64);

impl Draw {
    /// Starts from a seed and the places it is for.
    pub fn new(seed: u64, places: &[u64]) -> Self {
        let start = places.iter().fold(seed, |sum, place| {
            mixed(sum ^ place.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        });
        Self(start)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed(self.0)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits().checked_rem(end).unwrap_or(0)
    }

    /// True once in `of` times.
    pub fn once_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    /// A number from 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.bits() >> 32).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
    }

    /// An id.
    pub fn id(&mut self) -> Uuid {
        let (high, low) = (u128::from(self.bits()), u128::from(self.bits()));
        uuid::Builder::from_random_bytes(((high << 64) | low).to_be_bytes()).into_uuid()
    }
}

fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
