//! Letters to many against the sandbox: everybody has the letter once, in as few calls as there can be, whatever is lost
//! on the way. Twenty batches with lost answers in the regular run; `BREVDUE_BATCHES=500` makes so many.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

mod support;

use mailbox::Clock;
use mailbox::bulk::{BulkOutcome, BulkReport, BulkState, Line};
use mailbox::identity::Identity;
use mailbox::view::ErrorCode;
use serde_json::json;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{DECISIONS, FJORDVIK, House, Leaping, Letter, Town};

const SUBMIT: &str = "/correspondence/api/v1/correspondence";

/// Works on everything that waits until nobody waits any more.
async fn finish(house: &House, clock: &Leaping) {
    let deadline = Instant::now() + Duration::from_secs(1_800);
    while let Some(next) = house.mailbox.run_bulk().await.unwrap() {
        assert!(Instant::now() < deadline, "the bulk must come to an end");
        clock.leap_to(next);
    }
}

/// So many organisations, by their numbers.
fn organisations(count: usize) -> Vec<Line> {
    (300_000_000_u32..)
        .filter_map(|number| Identity::parse(&number.to_string()).ok())
        .take(count)
        .zip(1..)
        .map(|(recipient, number)| Line { number, recipient })
        .collect()
}

async fn send(house: &House, letter: Letter, lines: Vec<Line>) -> String {
    match try_send(house, letter, lines).await {
        BulkOutcome::Queued(id) => id,
        BulkOutcome::Refused(problems) => panic!("the letter is refused: {problems:?}"),
    }
}

async fn try_send(house: &House, letter: Letter, lines: Vec<Line>) -> BulkOutcome {
    let draft = house.draft(letter).await;
    let sent = house
        .mailbox
        .send_bulk(draft.id, draft.version, lines)
        .await;
    sent.unwrap()
}

async fn report(house: &House, id: &str) -> BulkReport {
    house.mailbox.bulk(id).await.unwrap().0
}

async fn house(town: &Town) -> (House, Arc<Leaping>) {
    let clock = Arc::new(Leaping::default());
    (town.mailbox_by(FJORDVIK, clock.clone()).await, clock)
}

/// Submits that Altinn has taken.
fn taken(town: &Town) -> usize {
    let ledger = town.altinn.ledger();
    let is_taken = |entry: &&altinn_sandbox::control::LedgerEntry| {
        entry.method == "POST" && entry.path == SUBMIT && entry.status == 200
    };
    ledger.iter().filter(is_taken).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_are_four_calls_and_as_many_copies() {
    let town = Town::new().await;
    let (fjordvik, clock) = house(&town).await;
    let files = [("vedtak.pdf", b"%PDF-1.4 vedtak".to_vec())];
    let letter = Letter::new("Til alle").files(&files);
    let id = send(&fjordvik, letter, organisations(2_000)).await;
    finish(&fjordvik, &clock).await;
    let done = report(&fjordvik, &id).await;
    assert_eq!(done.state, BulkState::Done, "nobody waits");
    assert_eq!(done.accepted, 2_000, "everybody is told of");
    assert_eq!(
        town.calls("POST", SUBMIT).len(),
        4,
        "in as few calls as there can be"
    );
    let sent = fjordvik.sent().await;
    let recipients: HashSet<&str> = sent.iter().map(|row| row.recipient.as_str()).collect();
    assert_eq!(recipients.len(), 2_000, "each has a copy under Sent");
    let copy = fjordvik.mailbox.message(&sent[0].id).await.unwrap();
    assert_eq!(
        (copy.title.as_str(), copy.attachments.len()),
        ("Til alle", 1),
        "with our text and file"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_to_batches_make_no_letter_twice_and_lose_none() {
    let batches: usize =
        std::env::var("BREVDUE_BATCHES").map_or(20, |count| count.parse().unwrap());
    let town = Town::new().await;
    let (fjordvik, clock) = house(&town).await;
    let people = organisations(20);
    let mut ids = Vec::new();
    for n in 0..batches {
        let letter = Letter::new(&format!("Til mange {n}"));
        ids.push(send(&fjordvik, letter, people.clone()).await);
    }
    town.fault(json!({
        "match": { "path": "/correspondence/" }, "fault": { "drop_response": true }, "share": 0.3, "seed": 3
    }));
    finish(&fjordvik, &clock).await;
    assert_eq!(
        taken(&town),
        batches,
        "Altinn has taken each batch exactly once"
    );
    let mut letters = HashSet::new();
    for id in &ids {
        let (done, lines) = fjordvik.mailbox.bulk(id.clone()).await.unwrap();
        assert_eq!(
            (done.state, done.accepted, done.refused, done.doubled),
            (BulkState::Done, 20, 0, 0),
            "everybody has it, and nobody was told otherwise"
        );
        letters.extend(lines.into_iter().filter_map(|line| line.correspondence));
    }
    assert_eq!(letters.len(), batches * 20, "each under an id of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_whom_altinn_names_cost_one_call() {
    let lines = organisations(42);
    let number = |line: &Line| line.recipient.organisation_number().unwrap().to_owned();
    let town = Town::without(lines[40..].iter().map(number).collect()).await;
    let (fjordvik, clock) = house(&town).await;
    let id = send(&fjordvik, Letter::new("Til noen"), lines).await;
    finish(&fjordvik, &clock).await;
    let (done, lines) = fjordvik.mailbox.bulk(id).await.unwrap();
    assert_eq!(
        (done.accepted, done.refused),
        (40, 2),
        "only they are left out"
    );
    let problem = lines[40].problem.clone().unwrap();
    assert_eq!(problem.code, ErrorCode::RecipientUnknown, "and told why");
    assert_eq!(town.calls("POST", SUBMIT).len(), 2, "one call more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_bulk_rests_and_a_killed_one_goes_on() {
    let town = Town::new().await;
    let (fjordvik, clock) = house(&town).await;
    let id = send(&fjordvik, Letter::new("Vent"), organisations(10)).await;
    fjordvik.mailbox.pause_bulk(id.clone(), true).await.unwrap();
    finish(&fjordvik, &clock).await;
    assert_eq!(taken(&town), 0, "the user holds it");
    fjordvik
        .mailbox
        .pause_bulk(id.clone(), false)
        .await
        .unwrap();
    // Cut off while the call is being made, as a kill would.
    town.fault(json!({ "match": { "method": "POST", "path": SUBMIT }, "times": 1, "fault": { "drop_response": true, "delay_ms": 600_000 } }));
    let worker = fjordvik.mailbox.clone();
    let running = tokio::spawn(async move { worker.run_bulk().await });
    let deadline = Instant::now() + Duration::from_secs(60);
    while taken(&town) == 0 {
        assert!(Instant::now() < deadline, "the call must arrive");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.abort();
    let _ = running.await;
    let again = town.mailbox_by(FJORDVIK, clock.clone()).await;
    finish(&again, &clock).await;
    assert_eq!(report(&again, &id).await.accepted, 10, "everybody has it");
    assert_eq!(taken(&town), 1, "from the one call that was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_altinn_refuses_stops_before_the_second_call() {
    let town = Town::new().await;
    let (fjordvik, clock) = house(&town).await;
    town.fault(json!({ "match": { "method": "POST", "path": SUBMIT }, "times": 1, "fault": { "status": 400, "body": {
        "status": 400, "detail": "Message sender is invalid", "code": "CORR-01039", "errorCode": 1039
    } } }));
    let id = send(&fjordvik, Letter::new("Feil"), organisations(1_200)).await;
    finish(&fjordvik, &clock).await;
    let stuck = report(&fjordvik, &id).await;
    assert!(
        matches!(stuck.state, BulkState::Stuck { .. }) && stuck.waiting == 1_200,
        "nobody is lost: {stuck:?}"
    );
    assert_eq!(town.calls("POST", SUBMIT).len(), 1, "and Altinn is spared");
    fjordvik
        .mailbox
        .pause_bulk(id.clone(), false)
        .await
        .unwrap();
    finish(&fjordvik, &clock).await;
    assert_eq!(
        report(&fjordvik, &id).await.accepted,
        1_200,
        "it goes on when told to"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_that_waited_past_its_due_date_asks_the_user() {
    let town = Town::new().await;
    let (fjordvik, clock) = house(&town).await;
    let due = clock.now() + 3_600_000;
    let id = send(&fjordvik, Letter::new("Frist").due(due), organisations(3)).await;
    clock.leap_to(clock.now() + 7_200_000);
    finish(&fjordvik, &clock).await;
    match report(&fjordvik, &id).await.state {
        BulkState::Stuck { reason } => assert_eq!(reason.code, ErrorCode::DuePast, "and says why"),
        other => panic!("it must not go: {other:?}"),
    }
    assert!(
        town.at_altinn(DECISIONS).await.is_empty(),
        "nothing has left"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_with_equal_recipients_or_nobody_is_refused() {
    let town = Town::new().await;
    let (fjordvik, _) = house(&town).await;
    let mut lines = organisations(2);
    lines[1].recipient = lines[0].recipient.clone();
    for (lines, code) in [
        (lines, ErrorCode::RecipientDuplicate),
        (Vec::new(), ErrorCode::NoRecipients),
    ] {
        match try_send(&fjordvik, Letter::new("Nei"), lines).await {
            BulkOutcome::Refused(problems) => {
                assert_eq!(problems[0].code, code, "before it is queued")
            }
            BulkOutcome::Queued(_) => panic!("it must be refused"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_letter_goes_ahead_of_a_bulk() {
    let town = Town::new().await;
    let (fjordvik, _) = house(&town).await;
    let id = send(&fjordvik, Letter::new("Til alle"), organisations(1_000)).await;
    town.fault(json!({ "match": { "method": "POST", "path": SUBMIT }, "times": 1, "fault": { "delay_ms": 600_000 } }));
    let worker = fjordvik.mailbox.clone();
    let running = tokio::spawn(async move { worker.run_bulk().await });
    let deadline = Instant::now() + Duration::from_secs(60);
    while town.calls("POST", SUBMIT).is_empty() {
        assert!(
            Instant::now() < deadline,
            "the first batch must be on its way"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let items = fjordvik.send(&town, Letter::new("Haster")).await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    fjordvik.is_accepted(&items[0]).await;
    assert_eq!(
        report(&fjordvik, &id).await.waiting,
        1_000,
        "it has gone before any of the many"
    );
    running.abort();
}
