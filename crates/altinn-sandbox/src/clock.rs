//! The sandbox's own time: the machine's, plus what a test has moved it ahead by.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

/// As far ahead as a clock can be moved, in microseconds: a thousand years, beyond which dates no longer have four digits.
const FURTHEST_US: i64 = 1_000 * 366 * 24 * 3600 * 1_000_000;

/// A clock that only ever moves ahead of the machine's. Cheap to clone; clones share their offset.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_us: Arc<AtomicI64>,
    moved: Arc<Notify>,
}

impl Clock {
    /// A clock that agrees with the machine's.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The sandbox's present, in UTC, cut to microseconds as a database round trip leaves it
    /// (Correspondence reference, section 2.1).
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let real_us = Utc::now().timestamp_micros();
        let us = real_us.saturating_add(self.ahead_us.load(Ordering::SeqCst));
        DateTime::from_timestamp_micros(us).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// How far ahead of the machine's clock this one is.
    #[must_use]
    pub fn ahead(&self) -> TimeDelta {
        TimeDelta::microseconds(self.ahead_us.load(Ordering::SeqCst))
    }

    /// Moves the clock ahead and wakes whoever waits for a time. Jobs that fall due on the way are run by
    /// [`App::advance`](crate::app::App::advance), which is what callers want.
    pub fn advance(&self, by: Duration) {
        let us = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        let _ = self
            .ahead_us
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |was| {
                Some(was.saturating_add(us).min(FURTHEST_US))
            });
        self.moved.notify_waiters();
    }

    /// Resolves when the clock has been moved.
    pub async fn moved(&self) {
        self.moved.notified().await;
    }
}
