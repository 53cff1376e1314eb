//! Quotas: how often an organisation may ask in a while, counted by a sliding window on the sandbox's clock.

use std::collections::{HashMap, VecDeque};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use axum::http::Method;

/// Why a text is not a quota.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a quota reads like get=120/m,list=10/m (s, m or h), not {0}")]
pub struct QuotaError(String);

/// So many requests in any such period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    requests: usize,
    period_us: i64,
}

/// The quotas of a sandbox; none by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quota {
    get: Option<Rate>,
    list: Option<Rate>,
}

impl FromStr for Quota {
    type Err = QuotaError;

    /// Reads `get=120/m,list=10/m`: `list` counts searches, `get` every other `GET` of Correspondence.
    fn from_str(text: &str) -> Result<Self, QuotaError> {
        let wrong = || QuotaError(text.to_owned());
        let mut quota = Self::default();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (name, rate) = part.split_once('=').ok_or_else(wrong)?;
            let (requests, period) = rate.split_once('/').ok_or_else(wrong)?;
            let rate = Rate {
                requests: requests.trim().parse().map_err(|_| wrong())?,
                period_us: match period.trim() {
                    "s" => 1_000_000,
                    "m" => 60_000_000,
                    "h" => 3_600_000_000,
                    _ => return Err(wrong()),
                },
            };
            match name.trim() {
                "get" => quota.get = Some(rate),
                "list" => quota.list = Some(rate),
                _ => return Err(wrong()),
            }
        }
        Ok(quota)
    }
}

/// Times of the requests that count, in microseconds, oldest first.
type Window = VecDeque<i64>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Get,
    List,
}

fn kind(method: &Method, path: &str) -> Option<Kind> {
    if *method != Method::GET {
        return None;
    }
    let path = path.to_lowercase();
    let rest = path.strip_prefix("/correspondence/api/v1/")?;
    Some(match rest.trim_end_matches('/') {
        "correspondence" => Kind::List,
        _ => Kind::Get,
    })
}

/// What each organisation has used.
#[derive(Debug)]
pub struct Meter {
    quota: Mutex<Quota>,
    used: Mutex<HashMap<(Option<String>, Kind), Window>>,
}

impl Meter {
    /// Nothing used yet.
    #[must_use]
    pub fn new(quota: Quota) -> Self {
        Self {
            quota: Mutex::new(quota),
            used: Mutex::default(),
        }
    }

    /// From now on another quota holds; what has been used stays used.
    pub fn set(&self, quota: Quota) {
        *self.quota.lock().unwrap_or_else(PoisonError::into_inner) = quota;
    }

    /// Counts a request at `now_us` (microseconds) against its quota. `Err` has the seconds to wait, rounded up;
    /// a request that is turned away does not count.
    ///
    /// # Errors
    /// When the quota is used up.
    pub fn count(
        &self,
        method: &Method,
        path: &str,
        organisation: Option<&str>,
        now_us: i64,
    ) -> Result<(), u64> {
        let quota = *self.quota.lock().unwrap_or_else(PoisonError::into_inner);
        if quota == Quota::default() {
            return Ok(());
        }
        let Some(kind) = kind(method, path) else {
            return Ok(());
        };
        let rate = match kind {
            Kind::Get => quota.get,
            Kind::List => quota.list,
        };
        let Some(rate) = rate else { return Ok(()) };
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let times = used
            .entry((organisation.map(str::to_owned), kind))
            .or_default();
        while times
            .front()
            .is_some_and(|first| *first + rate.period_us <= now_us)
        {
            times.pop_front();
        }
        if times.len() < rate.requests {
            times.push_back(now_us);
            return Ok(());
        }
        // Room for one more: after a cut, all that is over has to leave first.
        let over = times.len() - rate.requests;
        let leaves = times.get(over).copied().unwrap_or(now_us);
        let wait_us = u64::try_from(leaves + rate.period_us - now_us).unwrap_or(0);
        Err(wait_us.div_ceil(1_000_000).max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "/correspondence/api/v1/correspondence";

    #[test]
    fn a_quota_is_read() {
        assert!(
            "get=120/m,list=10/m".parse::<Quota>().is_ok(),
            "as in the help"
        );
        for wrong in ["get", "get=x/m", "get=1/d", "put=1/m"] {
            assert!(wrong.parse::<Quota>().is_err(), "{wrong} is not a quota");
        }
    }

    #[test]
    fn the_window_slides() {
        let meter = Meter::new("list=2/m".parse().unwrap());
        let ask = |at_s: i64| meter.count(&Method::GET, LIST, Some("1"), at_s * 1_000_000);
        assert_eq!(ask(0), Ok(()), "first");
        assert_eq!(ask(30), Ok(()), "second");
        assert_eq!(ask(40), Err(20), "the first leaves the window after 60 s");
        assert_eq!(ask(60), Ok(()), "it has left");
        assert_eq!(ask(61), Err(29), "the second is still there");
        meter.set("list=1/m".parse().unwrap());
        assert_eq!(
            ask(89),
            Err(31),
            "a smaller quota waits for all that is over it"
        );
        let other = meter.count(&Method::GET, LIST, Some("2"), 0);
        assert_eq!(other, Ok(()), "another organisation has its own");
        let one = format!("{LIST}/x");
        let get = meter.count(&Method::GET, &one, Some("1"), 0);
        assert_eq!(get, Ok(()), "reads have no quota here");
    }
}
