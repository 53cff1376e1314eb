//! One handshake for a host. Until the first answer has come it is not known whether a connection carries many calls at a
//! time (HTTP/2), so calls that begin together would each make one of their own, and all but one be thrown away.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use url::Origin;

/// How long a connection that nobody uses is kept.
pub(crate) const KEPT: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(crate) struct Openings {
    hosts: Mutex<HashMap<Origin, Host>>,
}

#[derive(Default)]
struct Host {
    answered: Option<Instant>,
    /// Closed when the call that makes the connection has ended, in whatever way.
    opening: Option<watch::Receiver<()>>,
}

/// The call that makes a connection; others wait until this is dropped.
pub(crate) struct Opening<'a> {
    openings: &'a Openings,
    origin: Origin,
    _tell: watch::Sender<()>,
}

impl Openings {
    /// Waits for a connection that is being made. Gives what the caller holds until its answer has come, if it is the one
    /// to make it.
    pub(crate) async fn turn(&self, origin: Origin) -> Option<Opening<'_>> {
        let mut opening = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            let host = hosts.entry(origin.clone()).or_default();
            if host.answered.is_some_and(|at| at.elapsed() < KEPT) {
                return None;
            }
            match &host.opening {
                Some(opening) if opening.has_changed().is_ok() => opening.clone(),
                _ => {
                    let (tell, hear) = watch::channel(());
                    host.opening = Some(hear);
                    return Some(Opening {
                        openings: self,
                        origin,
                        _tell: tell,
                    });
                }
            }
        };
        // Where it failed, whoever waited tries at once, as if nobody had gone before.
        let _ = opening.changed().await;
        None
    }
}

impl Opening<'_> {
    /// The answer has come, so there is a connection.
    pub(crate) fn answered(self) {
        let mut hosts = self
            .openings
            .hosts
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        hosts.entry(self.origin.clone()).or_default().answered = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    fn origin(text: &str) -> Origin {
        Url::parse(text).unwrap().origin()
    }

    #[tokio::test(start_paused = true)]
    async fn one_call_goes_ahead_and_the_others_follow_it() {
        let openings = Openings::default();
        let [here, there] = ["https://a.example", "https://b.example"].map(origin);
        let first = openings.turn(here.clone()).await;
        let first = first.expect("the first call to a host makes the connection");
        assert!(
            openings.turn(there).await.is_some(),
            "each host has its own"
        );
        let follower = openings.turn(here.clone());
        tokio::pin!(follower);
        let waited = tokio::time::timeout(Duration::from_secs(1), &mut follower).await;
        assert!(waited.is_err(), "a second call waits for the first");
        first.answered();
        assert!(follower.await.is_none(), "and shares its connection");
        assert!(
            openings.turn(here.clone()).await.is_none(),
            "as later calls do"
        );
        tokio::time::advance(KEPT).await;
        assert!(openings.turn(here).await.is_some(), "until it may be gone");
    }

    #[tokio::test]
    async fn a_call_that_fails_keeps_nobody_waiting() {
        let openings = Openings::default();
        let here = origin("https://a.example");
        let first = openings.turn(here.clone()).await;
        let follower = openings.turn(here.clone());
        tokio::pin!(follower);
        assert!(
            futures_util::FutureExt::now_or_never(&mut follower).is_none(),
            "it waits"
        );
        drop(first);
        assert!(follower.await.is_none(), "it tries for itself");
        assert!(
            openings.turn(here.clone()).await.is_some(),
            "and the next goes ahead again"
        );
    }
}
