//! Time, randomness and ids, passed in so that tests decide them.

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use uuid::Uuid;

/// The time of day.
pub trait Clock: Send + Sync + Debug {
    /// UTC milliseconds since 1970.
    fn now(&self) -> i64;
}

/// Ids and jitter.
pub trait Ids: Send + Sync + Debug {
    /// A new id that no one else has.
    fn uuid(&self) -> Uuid;

    /// A number in `0..1` that spreads retries of many machines over time.
    fn fraction(&self) -> f64;
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        chrono::Utc::now().timestamp_millis()
    }
}

/// Ids from the randomness of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn uuid(&self) -> Uuid {
        Uuid::new_v4()
    }

    fn fraction(&self) -> f64 {
        rand::random::<f64>()
    }
}

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// Starts at `now`, UTC milliseconds.
    pub fn at(now: i64) -> Self {
        Self(AtomicI64::new(now))
    }

    /// Moves time on.
    pub fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Ids that count up from a seed, the same in every run.
#[derive(Debug)]
pub struct TestIds {
    seed: u64,
    next: AtomicU64,
}

impl TestIds {
    /// Two seeds never give the same id.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            next: AtomicU64::new(1),
        }
    }
}

impl Ids for TestIds {
    fn uuid(&self) -> Uuid {
        let next = self.next.fetch_add(1, Ordering::SeqCst);
        let bytes = (u128::from(self.seed) << 64) | u128::from(next);
        uuid::Builder::from_random_bytes(bytes.to_be_bytes()).into_uuid()
    }

    fn fraction(&self) -> f64 {
        0.5
    }
}
