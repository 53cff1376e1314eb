//! Whatever share of the answers is lost, Altinn has every letter once. A hundred letters in the regular run;
//! `BREVDUE_LETTERS=10000` sends so many.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

mod support;

use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{FJORDVIK, Leaping, Letter, Town};

const SUBMIT: &str = "/correspondence/api/v1/correspondence";

fn letters() -> usize {
    std::env::var("BREVDUE_LETTERS").map_or(100, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_single_letter_is_there_once_though_answers_are_lost() {
    let (town, count) = (Town::new().await, letters());
    let clock = Arc::new(Leaping::default());
    let fjordvik = town.mailbox_by(FJORDVIK, clock.clone()).await;
    let mut items = Vec::new();
    for n in 0..count {
        items.extend(
            fjordvik
                .send(&town, Letter::new(&format!("Vedtak {n}")))
                .await,
        );
    }
    town.fault(json!({
        "match": { "path": "/correspondence/" }, "fault": { "drop_response": true }, "share": 0.3, "seed": 7
    }));
    let deadline = Instant::now() + Duration::from_secs(120 + count as u64 / 5);
    while let Some(next) = fjordvik.mailbox.run_outbox().await.unwrap() {
        assert!(Instant::now() < deadline, "the outbox must become empty");
        clock.leap_to(next);
    }
    let account = fjordvik.account.clone();
    let left = fjordvik.store.read(move |r| r.outbox(&account)).await;
    assert_eq!(
        left,
        Ok(Vec::new()),
        "a lost answer is never told as a failure"
    );
    for item in &items {
        fjordvik.is_accepted(item).await;
    }
    let ledger = town.altinn.ledger();
    let submits = ledger
        .iter()
        .filter(|entry| entry.method == "POST" && entry.path == SUBMIT);
    let (mut accepted, mut lost) = (0, 0);
    for submit in submits {
        accepted += usize::from(submit.status == 200);
        lost += usize::from(submit.dropped && submit.status == 200);
    }
    assert!(
        lost * 10 > count,
        "the fault did what it should: {lost} answers of accepted letters were lost"
    );
    assert_eq!(accepted, count, "Altinn has taken each letter exactly once");
    let ids: HashSet<String> = fjordvik
        .sent()
        .await
        .into_iter()
        .map(|row| row.correspondence)
        .collect();
    assert_eq!(ids.len(), count, "and each is known here by its own id");
}
