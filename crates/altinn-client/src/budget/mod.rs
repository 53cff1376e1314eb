//! The one place where calls wait: for a quota, for Altinn's wish to be left alone, for a service that is down, and for
//! a free line. One budget holds for a credential, whoever uses it: the accounts and clones of a process share it through
//! [`Client`](crate::Client), the processes of a machine through a file.

mod bucket;
mod shared;

use crate::addresses::{Addresses, is_loopback};
use crate::auth::SignIn;
use crate::client::Now;
use crate::error::ApiError;
pub use bucket::Urgency;
use reqwest::Method;
use shared::{Go, Shared};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// Calls at a time to a host: politely, and where no quota is known (a service on this machine).
const LINES: usize = 4;
const OPEN_LINES: usize = 8;
/// A sleeper looks again after so long at the latest: another process may have changed what it waits for.
const LONGEST_NAP: Duration = Duration::from_secs(1);
/// The longest pause that is sat out rather than told: by a person, and by sync.
const SHORT_REST: i64 = 2_000;
const LONG_REST: i64 = 75_000;
/// Times that a read is repeated at most; the longest wait before the first, doubled each time.
const REPEATS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// Repeats that may be made whatever comes back, and for each success; kept up at most.
const SPARE: f64 = 20.0;
const EARNED: f64 = 0.1;
const SAVED: f64 = 60.0;

/// How often a credential may call, by kind, in any minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Overviews, downloads and other reads.
    pub get: u32,
    /// Searches, and details.
    pub list: u32,
    /// Calls that change something.
    pub write: u32,
}

impl Default for Quota {
    /// The figures that Altinn publishes for Broker, which the same gateway serves; Correspondence has none.
    fn default() -> Self {
        Self {
            get: 120,
            list: 10,
            write: 120,
        }
    }
}

impl Quota {
    /// What is assumed of an environment: nothing of a service on this machine, which is found out by being refused.
    pub fn assumed(addresses: &Addresses) -> Option<Self> {
        (!is_loopback(&addresses.platform)).then(Self::default)
    }
}

/// How a client keeps to what Altinn bears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    /// The quota; none for a service that has none that we know of, where it is found by being refused.
    pub quota: Option<Quota>,
    /// Folder in which the processes of a machine tell one another what they have used; none to keep to oneself.
    pub shared: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Get,
    List,
    Write,
    /// Of another service at the same host: not counted, but kept away while the host wants to be left alone.
    Other,
}

impl Kind {
    pub(crate) fn of(method: &Method, url: &Url) -> Self {
        let path = url.path().trim_end_matches('/');
        let Some(rest) = path.strip_prefix("/correspondence/api/v1/") else {
            return Self::Other;
        };
        match *method {
            Method::GET if rest == "correspondence" || rest.ends_with("/details") => Self::List,
            Method::GET => Self::Get,
            _ => Self::Write,
        }
    }
}

/// The budget of a credential.
pub(crate) struct Budget {
    quota: Option<Quota>,
    shared: Shared,
    now: Now,
    /// A background call holds one of each, so that a foreground call waits for one line to become free at most.
    lines: Arc<Semaphore>,
    background: Arc<Semaphore>,
    repeats: Mutex<f64>,
}

/// A call that may be made.
pub(crate) struct Turn<'a> {
    budget: &'a Budget,
    kind: Kind,
    begun: i64,
    _lines: (Option<OwnedSemaphorePermit>, Option<OwnedSemaphorePermit>),
}

impl Budget {
    pub(crate) fn new(pace: &Pace, sign_in: &SignIn, platform: &Url, now: Now) -> Self {
        let lines = if pace.quota.is_some() {
            LINES
        } else {
            OPEN_LINES
        };
        let shared = match &pace.shared {
            Some(folder) => Shared::in_folder(folder, &credential(sign_in, platform)),
            None => Shared::default(),
        };
        Self {
            quota: pace.quota,
            shared,
            now,
            lines: Arc::new(Semaphore::new(lines)),
            background: Arc::new(Semaphore::new(lines)),
            repeats: Mutex::new(SPARE),
        }
    }

    fn now(&self) -> i64 {
        (self.now)().timestamp_millis()
    }

    /// Waits until a call may be made.
    ///
    /// # Errors
    /// `Resting` when the host wants to be left alone for longer than is worth waiting.
    pub(crate) async fn turn(&self, kind: Kind, urgency: Urgency) -> Result<Turn<'_>, ApiError> {
        let (behind, begun) = loop {
            // Given back while it waits: what waits for the quota of lists must not keep letters from their lines.
            let behind = match urgency {
                Urgency::Foreground => None,
                _ => self.background.clone().acquire_owned().await.ok(),
            };
            let now = self.now();
            let go = self
                .shared
                .with(|state| state.ask(now, kind, urgency, self.quota));
            let until = match go {
                Go::Now => break (behind, now),
                Go::Later(until) => until,
                Go::Down(until) | Go::Rest(until) => {
                    let patience = match (go, urgency) {
                        // What is down is told at once: there is nothing to be fetched meanwhile.
                        (Go::Down(_), _) => 0,
                        (_, Urgency::Foreground) => SHORT_REST,
                        (_, Urgency::Eager | Urgency::Background) => LONG_REST,
                    };
                    if until - now > patience {
                        return Err(ApiError::Resting {
                            after: duration(until - now),
                        });
                    }
                    until
                }
            };
            drop(behind);
            tokio::time::sleep(duration(until - now).min(LONGEST_NAP)).await;
        };
        let line = self.lines.clone().acquire_owned().await.ok();
        Ok(Turn {
            budget: self,
            kind,
            begun,
            _lines: (behind, line),
        })
    }

    /// Calls of a kind that are allowed in a minute; none where no quota is known.
    pub(crate) fn allowed(&self, kind: Kind) -> Option<f64> {
        self.shared.with(|state| state.allowed(kind, self.quota))
    }

    /// Whether the host has failed so often in a row that it is tried once a minute only.
    pub(crate) fn is_down(&self) -> bool {
        self.shared.with(|state| state.is_down())
    }

    /// Whether a read that failed for a passing reason is worth another try after `tries`, and then how long to wait:
    /// drawn from the whole of a span that doubles, so that many who failed together do not come back together.
    pub(crate) fn repeat(&self, error: &ApiError, tries: u32, fraction: f64) -> Option<Duration> {
        let most = match error {
            ApiError::Network {
                stage: crate::error::Stage::Connect,
                ..
            } => 1,
            ApiError::Decode { .. } | ApiError::Resting { .. } => 0,
            _ if matches!(error.retry(), crate::error::Retry::Never) => 0,
            _ => REPEATS,
        };
        if tries >= most {
            return None;
        }
        let mut left = self.repeats.lock().unwrap_or_else(PoisonError::into_inner);
        if *left < 1.0 {
            return None;
        }
        *left -= 1.0;
        Some((FIRST_WAIT * 2_u32.pow(tries.min(10))).mul_f64(fraction.clamp(0.0, 1.0)))
    }

    fn earn(&self) {
        let mut left = self.repeats.lock().unwrap_or_else(PoisonError::into_inner);
        *left = (*left + EARNED).min(SAVED);
    }
}

impl Turn<'_> {
    /// The answer has come.
    pub(crate) fn heard(&self, status: u16, retry_after: Option<Duration>) {
        let now = self.budget.now();
        let wait = retry_after.map(|wait| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX));
        let quota = self.budget.quota;
        if (200..300).contains(&status) {
            self.budget.earn();
        }
        self.budget
            .shared
            .with(|state| state.heard(now, self.kind, self.begun, status, wait, quota));
    }
}

/// What a quota is counted by; hashed before it names a file.
fn credential(sign_in: &SignIn, platform: &Url) -> String {
    let who = match sign_in {
        SignIn::Maskinporten { client_id, .. } => client_id.as_str(),
        SignIn::TestToken { organisation, .. } => organisation.as_str(),
        SignIn::Person { provider, .. } => provider.client_id.as_str(),
    };
    format!("{who} {}", platform.origin().ascii_serialization())
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0))
}

#[cfg(test)]
#[path = "budget_test.rs"]
mod tests;
