//! How far the services' clock is from ours, measured from the `Date` of their answers.
//!
//! Maskinporten takes an assertion only within ten seconds of its own time (Platform reference, section 2.4), so
//! assertions are dated by its clock, whatever ours says.

use crate::retry_after;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{AGE, DATE, HeaderMap};
use std::sync::atomic::{AtomicI64, Ordering};

/// A larger difference than this, in seconds, explains a refused assertion.
pub(crate) const TOLERATED: i64 = 5;

const UNKNOWN: i64 = i64::MIN;

/// The services' clock minus ours.
pub(crate) struct Difference(AtomicI64);

impl Difference {
    pub(crate) fn unknown() -> Self {
        Self(AtomicI64::new(UNKNOWN))
    }

    /// Notes the date of an answer that has just arrived. One that a cache has kept tells nothing.
    pub(crate) fn note(&self, headers: &HeaderMap, now: DateTime<Utc>) {
        if headers.contains_key(AGE) {
            return;
        }
        if let Some(theirs) = date(headers) {
            self.0
                .store((theirs - now).num_seconds(), Ordering::Relaxed);
        }
    }

    /// Whole seconds; none before the first answer with a date.
    pub(crate) fn get(&self) -> Option<TimeDelta> {
        match self.0.load(Ordering::Relaxed) {
            UNKNOWN => None,
            seconds => TimeDelta::try_seconds(seconds),
        }
    }
}

/// When an answer was made, by its server's clock.
pub(crate) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    retry_after::date(headers.get(DATE)?.to_str().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    #[test]
    fn only_a_fresh_answer_tells_the_time() {
        let now = retry_after::date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        let difference = Difference::unknown();
        assert_eq!(difference.get(), None, "nothing is known at first");
        let mut headers = HeaderMap::new();
        headers.insert(
            DATE,
            HeaderValue::from_static("Sun, 06 Nov 1994 08:50:37 GMT"),
        );
        difference.note(&headers, now);
        assert_eq!(
            difference.get(),
            Some(TimeDelta::seconds(60)),
            "we are a minute slow"
        );
        headers.insert(
            DATE,
            HeaderValue::from_static("Sun, 06 Nov 1994 07:00:00 GMT"),
        );
        headers.insert(AGE, HeaderValue::from_static("6000"));
        difference.note(&headers, now);
        assert_eq!(
            difference.get(),
            Some(TimeDelta::seconds(60)),
            "a cached answer is old, not slow"
        );
        headers.insert(DATE, HeaderValue::from_static("yesterday"));
        headers.remove(AGE);
        difference.note(&headers, now);
        assert_eq!(
            difference.get(),
            Some(TimeDelta::seconds(60)),
            "nonsense tells nothing"
        );
    }
}
