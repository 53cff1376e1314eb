//! What a credential is told, and what its processes share.

use super::*;
use crate::error::Refusal;
use chrono::DateTime;
use std::sync::atomic::{AtomicI64, Ordering};

const BEGIN: i64 = 1_700_000_000_000;

fn budget(pace: &Pace, client: &str, clock: &Arc<AtomicI64>) -> Budget {
    let clock = clock.clone();
    let sign_in = SignIn::TestToken {
        generator: Url::parse("http://127.0.0.1:1/api/").unwrap(),
        organisation: client.to_owned(),
    };
    let platform = Url::parse("http://127.0.0.1:1/").unwrap();
    let now: Now =
        Arc::new(move || DateTime::from_timestamp_millis(clock.load(Ordering::SeqCst)).unwrap());
    Budget::new(pace, &sign_in, &platform, now)
}

fn at(time: i64) -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(time))
}

impl Budget {
    fn go(&self, kind: Kind, urgency: Urgency) -> Go {
        let now = self.now();
        self.shared
            .with(|state| state.ask(now, kind, urgency, self.quota))
    }

    fn hear(&self, kind: Kind, status: u16, wait: Option<i64>) {
        let now = self.now();
        self.shared
            .with(|state| state.heard(now, kind, now, status, wait, self.quota));
    }
}

#[test]
fn processes_of_one_credential_share_one_quota_and_a_kill_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let pace = Pace {
        quota: Some(Quota::default()),
        shared: Some(folder.path().to_owned()),
    };
    let clock = at(BEGIN);
    let (one, two) = (budget(&pace, "a", &clock), budget(&pace, "a", &clock));
    let mut used = 0;
    for n in 0..400 {
        let budget = if n % 2 == 0 { &one } else { &two };
        used += usize::from(budget.go(Kind::Get, Urgency::Foreground) == Go::Now);
    }
    assert_eq!(used, 120, "a second process adds no call");
    one.hear(Kind::Get, 429, Some(30_000));
    assert!(
        matches!(two.go(Kind::List, Urgency::Foreground), Go::Rest(_)),
        "what one is told holds for the other"
    );
    drop((one, two));
    let three = budget(&pace, "a", &clock);
    assert!(
        matches!(three.go(Kind::Get, Urgency::Foreground), Go::Rest(_)),
        "and for the next start"
    );
    let other = budget(&pace, "b", &clock);
    assert_eq!(
        other.go(Kind::Get, Urgency::Foreground),
        Go::Now,
        "another client has its own"
    );
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        std::fs::write(entry.unwrap().path(), "{\"get\":{\"log\":[17000").unwrap();
    }
    assert_eq!(
        three.go(Kind::List, Urgency::Foreground),
        Go::Rest(BEGIN + 30_000),
        "half a file is read as nothing, and what is in memory stays"
    );
}

#[test]
fn nobody_calls_before_altinn_wants_it() {
    for (wait, least) in [
        (Some(7_000), 7_000),
        (Some(3_600_000), 3_600_000),
        (None, 1_000),
    ] {
        let clock = at(BEGIN);
        let budget = budget(&Pace::default(), "a", &clock);
        budget.hear(Kind::Get, 429, wait);
        for kind in [Kind::Get, Kind::List, Kind::Write, Kind::Other] {
            clock.store(BEGIN + least - 1, Ordering::SeqCst);
            assert_eq!(
                budget.go(kind, Urgency::Foreground),
                Go::Rest(BEGIN + least),
                "{kind:?}, told {wait:?}"
            );
            clock.store(BEGIN + least, Ordering::SeqCst);
            assert_eq!(
                budget.go(kind, Urgency::Foreground),
                Go::Now,
                "{kind:?} after it"
            );
        }
    }
}

#[test]
fn a_host_that_is_down_is_tried_once_a_minute() {
    let clock = at(BEGIN);
    let budget = budget(&Pace::default(), "a", &clock);
    let mut calls = 0;
    for second in 0..600 {
        clock.store(BEGIN + second * 1000, Ordering::SeqCst);
        if budget.go(Kind::Get, Urgency::Background) == Go::Now {
            calls += 1;
            budget.hear(Kind::Get, 503, None);
        }
    }
    assert!(calls <= 5 + 10, "{calls} calls in ten minutes");
    let mut now = BEGIN + 600_000;
    while budget.go(Kind::Get, Urgency::Background) != Go::Now {
        now += 1000;
        clock.store(now, Ordering::SeqCst);
    }
    budget.hear(Kind::Get, 200, None);
    assert_eq!(
        budget.go(Kind::List, Urgency::Background),
        Go::Now,
        "the first success ends it"
    );
}

#[tokio::test]
async fn a_long_rest_is_told_and_a_short_one_sat_out() {
    let begun = std::time::Instant::now();
    let now: Now = Arc::new(move || {
        let passed = i64::try_from(begun.elapsed().as_millis()).unwrap();
        DateTime::from_timestamp_millis(BEGIN + passed).unwrap()
    });
    let mut budget = budget(&Pace::default(), "a", &at(0));
    budget.now = now;
    for urgency in [Urgency::Foreground, Urgency::Background] {
        let asked = begun.elapsed();
        budget.hear(Kind::Get, 429, Some(100));
        assert!(
            budget.turn(Kind::Get, urgency).await.is_ok(),
            "a moment is sat out"
        );
        assert!(
            begun.elapsed() - asked >= Duration::from_millis(99),
            "and nothing goes before it is over"
        );
    }
    budget.hear(Kind::Get, 429, Some(30_000));
    let refused = budget.turn(Kind::Get, Urgency::Foreground).await;
    assert!(
        matches!(refused, Err(ApiError::Resting { .. })),
        "nobody waits at a window for half a minute"
    );
    budget.hear(Kind::Get, 429, Some(600_000));
    let refused = budget.turn(Kind::Get, Urgency::Background).await;
    assert!(
        matches!(refused, Err(ApiError::Resting { after }) if after > Duration::from_secs(590)),
        "and sync waits a minute, not ten"
    );
}

#[tokio::test]
async fn a_foreground_call_waits_for_one_line_at_most() {
    let budget = budget(&Pace::default(), "a", &at(BEGIN));
    let mut running = Vec::new();
    for _ in 0..OPEN_LINES {
        running.push(budget.turn(Kind::Get, Urgency::Background).await.unwrap());
    }
    let behind = budget.turn(Kind::Get, Urgency::Background);
    let person = budget.turn(Kind::Get, Urgency::Foreground);
    tokio::pin!(behind, person);
    let neither = futures_util::future::select(&mut behind, &mut person);
    assert!(
        tokio::time::timeout(Duration::from_millis(1), neither)
            .await
            .is_err(),
        "all lines are taken"
    );
    running.pop();
    let first = futures_util::future::select(&mut behind, &mut person).await;
    assert!(
        matches!(first, futures_util::future::Either::Right((Ok(_), _))),
        "the person's call goes first"
    );
}

#[test]
fn repeats_are_spread_and_few() {
    let budget = budget(&Pace::default(), "a", &at(BEGIN));
    let down = ApiError::Status(Box::new(Refusal {
        status: 503,
        ..Refusal::default()
    }));
    let waits: Vec<Duration> = (0..4)
        .filter_map(|n| budget.repeat(&down, n, 0.5))
        .collect();
    let expected: Vec<Duration> = [100, 200, 400, 800].map(Duration::from_millis).into();
    assert_eq!(waits, expected, "half of a span that doubles");
    assert_eq!(budget.repeat(&down, 4, 0.5), None, "and four times at most");
    let lasting = ApiError::Status(Box::new(Refusal {
        status: 404,
        ..Refusal::default()
    }));
    assert_eq!(
        budget.repeat(&lasting, 0, 0.5),
        None,
        "what lasts is not repeated"
    );
    for _ in 0..1000 {
        budget.earn();
    }
    let repeats = (0..1000)
        .filter(|_| budget.repeat(&down, 0, 0.5).is_some())
        .count();
    assert!(repeats <= 100, "{repeats} repeats for 1000 successes");
}

#[test]
fn calls_are_counted_by_what_they_cost() {
    for (method, path, kind) in [
        (
            Method::GET,
            "/correspondence/api/v1/correspondence",
            Kind::List,
        ),
        (
            Method::GET,
            "/correspondence/api/v1/correspondence/1/details",
            Kind::List,
        ),
        (
            Method::GET,
            "/correspondence/api/v1/correspondence/1",
            Kind::Get,
        ),
        (
            Method::GET,
            "/correspondence/api/v1/attachment/1/download",
            Kind::Get,
        ),
        (
            Method::POST,
            "/correspondence/api/v1/correspondence",
            Kind::Write,
        ),
        (
            Method::DELETE,
            "/correspondence/api/v1/correspondence/1/purge",
            Kind::Write,
        ),
        (
            Method::GET,
            "/resourceregistry/api/v1/resource/x",
            Kind::Other,
        ),
    ] {
        let url = Url::parse(&format!("http://127.0.0.1{path}?x=1")).unwrap();
        assert_eq!(Kind::of(&method, &url), kind, "{method} {path}");
    }
}
