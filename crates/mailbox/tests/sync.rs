//! Sync against the sandbox: what comes, what it costs, and what it does when Altinn misbehaves.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

mod support;

use altinn_client::Role as Line;
use mailbox_store::{Level, Role};
use serde_json::json;
use std::time::Duration;
use support::{BERGET, DECISIONS, FJORDVIK, SEALED, Town};

const OVERVIEW: &str = "/correspondence/api/v1/correspondence/{id}";

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_comes_once_and_a_second_round_asks_for_none() {
    let town = Town::new().await;
    let id = town.letter("Vedtak om støtte").await;
    let berget = town.mailbox(BERGET).await;
    let report = berget.sync().await;
    assert_eq!(report.fetched, 1, "the letter is new");
    let row = berget.received(id).await;
    assert_eq!(
        (row.title.as_str(), row.level),
        ("Vedtak om støtte", Level::Overview),
        "its text is here"
    );
    assert!(
        row.snippet.contains("Her er svaret"),
        "the snippet has no markup: {:?}",
        row.snippet
    );
    assert!(
        row.is_unread && row.sender_name.is_some(),
        "it is unread, and its sender has a name"
    );
    assert_eq!(town.overviews(), (1, 1), "it was asked for once");
    let report = berget.sync().await;
    assert_eq!((report.fetched, report.rechecked), (0, 0), "nothing is new");
    assert_eq!(
        town.overviews(),
        (1, 1),
        "a round with nothing new asks for no letter"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_elsewhere_is_seen() {
    let town = Town::new().await;
    let (read, confirmed, purged) = (
        town.letter("Les meg").await,
        town.letter("Bekreft meg").await,
        town.letter("Slett meg").await,
    );
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let elsewhere = town.client(BERGET);
    elsewhere.mark_as_read(read).await.unwrap();
    elsewhere.confirm(confirmed).await.unwrap();
    town.pass();
    elsewhere.purge(Line::Recipient, purged).await.unwrap();
    let before = town.overviews().0;
    let report = berget.sync().await;
    assert!(
        berget.received(read).await.read_at.is_some(),
        "read in another system is read here"
    );
    assert!(
        berget.received(confirmed).await.confirmed_at.is_some(),
        "and so is confirmed"
    );
    assert_eq!(
        berget.received(purged).await.level,
        Level::Gone,
        "and deleted"
    );
    assert_eq!(
        (report.rechecked, report.gone),
        (2, 1),
        "only what moved is asked for again"
    );
    assert_eq!(
        town.overviews().0 - before,
        2,
        "a deletion costs no call of its own"
    );
    let before = town.overviews().0;
    berget.sync().await;
    assert_eq!(town.overviews().0, before, "and the next round is quiet");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_letter_is_asked_for_once_in_its_life() {
    let town = Town::new().await;
    let id = town.letter("Borte").await;
    town.client(BERGET)
        .purge(Line::Recipient, id)
        .await
        .unwrap();
    let berget = town.mailbox(BERGET).await;
    for _ in 0..3 {
        berget.sync().await;
    }
    assert_eq!(
        town.overviews(),
        (1, 1),
        "the list still names it, and one 404 settles it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_letter_stops_nothing() {
    let town = Town::new().await;
    let (good, bad) = (town.letter("God").await, town.letter("Dårlig").await);
    let path = format!("/correspondence/api/v1/correspondence/{bad}");
    town.fault(json!({ "match": { "method": "GET", "path": path }, "fault": { "status": 200, "body": "<html>" } }));
    let berget = town.mailbox(BERGET).await;
    let report = berget.sync().await;
    assert_eq!(
        (report.fetched, report.unreadable),
        (1, 1),
        "the others come"
    );
    assert_eq!(berget.received(good).await.level, Level::Overview, "whole");
    assert_eq!(
        berget.received(bad).await.level,
        Level::Probed,
        "and the bad one is known"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn altinn_decides_the_pace() {
    let town = Town::new().await;
    for n in 0..30 {
        town.letter(&format!("Brev {n}")).await;
    }
    town.fault(json!({ "match": { "method": "GET", "path": OVERVIEW }, "times": 5, "fault": { "status": 429, "retry_after": 1 } }));
    town.fault(json!({ "match": { "method": "GET", "path": OVERVIEW }, "times": 4, "fault": { "status": 503 } }));
    town.fault(json!({ "match": { "method": "GET", "path": OVERVIEW }, "times": 3, "fault": { "drop_response": true } }));
    let berget = town.mailbox(BERGET).await;
    let report = berget.sync().await;
    assert_eq!(report.fetched, 30, "all come in the end");
    let ledger = town.altinn.ledger();
    let first_429 = ledger.iter().find(|entry| entry.status == 429).unwrap();
    let calls = ledger
        .iter()
        .filter(|entry| entry.path.contains("/correspondence/") && entry.method == "GET");
    // Those under way when the first 429 was sent cannot be called back: eight at most.
    let within = calls
        .filter(|entry| {
            entry.at > first_429.at && (entry.at - first_429.at).num_milliseconds() < 900
        })
        .count();
    assert!(
        within <= 8,
        "{within} calls were made within the second that Altinn asked us to wait"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_publication_behind_the_newest_is_found() {
    let town = Town::new().await;
    town.letter("Nyest").await;
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let late = town
        .letter_with("Sent ute", |letter| {
            letter.requested_publish_time =
                Some(chrono::Utc::now() - Duration::from_secs(7 * 24 * 3600));
        })
        .await;
    let report = berget.sync().await;
    assert_eq!(report.fetched, 1, "it lies behind the newest, and is found");
    assert_eq!(berget.received(late).await.title, "Sent ute", "whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_is_said_and_ends_by_itself() {
    use mailbox::view::Connection;
    let town = Town::new().await;
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let address = town
        .altinn
        .base()
        .trim_start_matches("http://")
        .parse()
        .unwrap();
    town.altinn.stop().await;
    let error = berget.mailbox.sync_once(&berget.account).await.unwrap_err();
    assert_eq!(error, mailbox::Error::NoNetwork, "there is no connection");
    let connection = berget.mailbox.status().await.unwrap().connection;
    assert!(
        matches!(connection, Connection::Offline { .. }),
        "and the status line says so: {connection:?}"
    );
    let _back = Town::at(address, 0, None).await;
    berget.sync().await;
    let connection = berget.mailbox.status().await.unwrap().connection;
    assert!(
        matches!(connection, Connection::Updated { .. }),
        "until it is back: {connection:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_senders_letter_is_followed_by_lists() {
    // The municipality's own letters are known by its outbox alone; without any, a round asks no list as sender.
    let town = Town::new().await;
    town.letter("Fra et annet system").await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    fjordvik.sync().await;
    assert!(
        fjordvik.spine(DECISIONS, Role::Sent).await.is_empty(),
        "what other systems sent is not ours to show"
    );
    let asked = town
        .altinn
        .ledger()
        .iter()
        .filter(|entry| entry.query.contains("role=Sender"))
        .count();
    assert_eq!(asked, 0, "and is not asked about");
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_letters_are_asked_for_once_each() {
    let town = Town::with_letters(10_000).await;
    let mut fetched = 0;
    let mut sealed = 0;
    let mut berget = town.config(BERGET);
    berget.read_resources.push(SEALED.to_owned());
    let houses = [town.open(berget).await, town.mailbox(FJORDVIK).await];
    for house in &houses {
        let report = house.sync().await;
        println!("{report}");
        assert_eq!(
            (report.unreadable, report.incomplete),
            (0, 0),
            "nothing is left out"
        );
        fetched += usize::try_from(report.fetched + report.gone).unwrap();
        sealed += usize::try_from(report.sealed).unwrap();
    }
    assert_eq!(
        fetched + sealed,
        10_000,
        "every letter is here, or known by its id where it is confidential"
    );
    assert_eq!(
        town.overviews(),
        (fetched, fetched),
        "each was asked for once, and none twice"
    );
    for house in &houses {
        let report = house.sync().await;
        println!("{report}");
    }
    assert_eq!(
        town.overviews().0,
        fetched,
        "a second round with nothing new asks for no letter"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_with_nothing_new_is_one_list_for_each_service_and_writes_nothing() {
    let town = Town::with_letters(300).await;
    let berget = town.mailbox(BERGET).await;
    berget.poll().await;
    // One more, so that what was fetched and what the lists name are known to be the same.
    berget.poll().await;
    // What was stored is put in order while nobody writes, which writes too.
    berget.store.tidied().await.unwrap();
    let services = town.config(BERGET).read_resources.len();
    let files = || {
        let path = town.folder("").join(format!("{}.db", berget.account));
        let log = path.with_extension("db-wal");
        (std::fs::read(path).unwrap(), std::fs::read(log).unwrap())
    };
    let before = (files(), town.altinn.ledger().len());
    let report = berget.poll().await;
    let asked = town.altinn.ledger().len() - before.1;
    assert_eq!(
        (report.lists as usize, asked),
        (services, services),
        "one request for each service, and no other"
    );
    assert!(
        files() == before.0,
        "not a byte of the store or its log has changed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_leaves_marks_to_their_own_clock() {
    let town = Town::new().await;
    let id = town.letter("Les meg").await;
    let berget = town.mailbox(BERGET).await;
    berget.poll().await;
    town.client(BERGET).mark_as_read(id).await.unwrap();
    berget.poll().await;
    assert!(
        berget.received(id).await.read_at.is_none(),
        "one list for each service tells of new letters alone"
    );
    let before = town.altinn.ledger().len();
    let report = berget.sync().await;
    assert!(
        berget.received(id).await.read_at.is_some(),
        "a round by status tells the rest"
    );
    let services = town.config(BERGET).read_resources.len();
    assert!(
        report.lists as usize <= 4 * services,
        "by three lists more for each service at most: {}",
        report.lists
    );
    let asked = town.altinn.ledger().len() - before;
    assert_eq!(
        asked,
        report.lists as usize + 1,
        "and by the one letter that moved"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_sync_that_is_cut_off_goes_on_where_it_was() {
    let town = Town::with_letters(3_000).await;
    let berget = town.mailbox(BERGET).await;
    let mut rounds = 0;
    loop {
        rounds += 1;
        // As a kill does, but for what is in the store: the round is dropped where it stands.
        let patience = Duration::from_millis(400 * rounds);
        let round = berget.mailbox.sync_once(&berget.account);
        if let Ok(done) = tokio::time::timeout(patience, round).await {
            done.unwrap();
            break;
        }
    }
    let (asked, letters) = town.overviews();
    println!("{asked} overviews of {letters} letters in {rounds} rounds");
    let cut = usize::try_from(rounds - 1).unwrap();
    assert!(
        asked - letters <= cut * 900,
        "a cut costs what was on its way at most: {asked} of {letters} in {rounds} rounds"
    );
    let here = berget.poll().await;
    assert_eq!((here.fetched, here.gone), (0, 0), "and nothing is missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instant_with_more_letters_than_a_list_holds_is_said() {
    let town = Town::new().await;
    let hour_ago = chrono::Utc::now() - Duration::from_secs(3_600);
    let at = chrono::DateTime::from_timestamp(hour_ago.timestamp(), 0).unwrap();
    let sender = town.client(FJORDVIK);
    for n in 0..1_030 {
        town.letter_of(&sender, "I samme øyeblikk", |letter| {
            letter.requested_publish_time = Some(at);
            letter.senders_reference = format!("sak-{}", n % 3);
        })
        .await;
    }
    town.pass();
    let berget = town.mailbox(BERGET).await;
    let report = berget.poll().await;
    println!("{report}");
    assert_eq!(
        (report.fetched, report.incomplete),
        (1_030, 1),
        "the references find what the list leaves out, and yet more may be there"
    );
    let status = berget.mailbox.status().await.unwrap();
    assert_eq!(status.incomplete.len(), 1, "the window hears of it");
    let lists = berget.poll().await.lists;
    let services = town.config(BERGET).read_resources.len();
    assert!(
        lists as usize <= services + 1,
        "later rounds do not go through it again: {lists} lists"
    );
    assert_eq!(
        town.overviews(),
        (1_030, 1_030),
        "and each was asked for once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_what_became_of_ours_without_a_list() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    fjordvik.send(&town, support::Letter::new("Svar")).await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    town.pass();
    fjordvik.sync().await;
    let ours = fjordvik.sent().await.remove(0);
    let id = ours.correspondence.parse().unwrap();
    let recipient = town.client(BERGET);
    recipient.overview(Line::Recipient, id).await.unwrap();
    recipient.mark_as_read(id).await.unwrap();
    // Events show up half a minute late.
    town.altinn.advance(Duration::from_secs(60));
    let report = fjordvik.poll().await;
    let ours = fjordvik.message(Role::Sent, id).await.unwrap();
    assert!(ours.read_at.is_some(), "read by the recipient: {report}");
    let sweeps = town
        .altinn
        .ledger()
        .iter()
        .filter(|entry| entry.query.contains("status=Read") && entry.query.contains("role=Sender"))
        .count();
    assert_eq!(sweeps, 0, "and no list was asked for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn sealed_letters_stand_on_the_day_they_were_published() {
    let town = Town::new().await;
    let now = chrono::Utc::now();
    let (minute, day) = (Duration::from_secs(60), Duration::from_secs(86_400));
    let mut letters = Vec::new();
    for age in [50 * minute, 30 * 60 * minute, 9 * day, 9 * day, 400 * day] {
        let at = now - age;
        let id = town
            .letter_with("Taushetsbelagt", |letter| {
                SEALED.clone_into(&mut letter.resource_id);
                letter.is_confidential = true;
                letter.requested_publish_time = Some(at);
            })
            .await;
        letters.push((id, at));
    }
    let mut berget = town.config(BERGET);
    berget.read_resources = vec![SEALED.to_owned()];
    let berget = town.open(berget).await;
    let report = berget.sync().await;
    println!("{report}");
    assert_eq!(
        usize::try_from(report.sealed).unwrap(),
        letters.len(),
        "all are known"
    );
    assert_eq!(town.overviews(), (0, 0), "and none was asked for");
    // One list that names them, and two sweeps at most besides.
    assert!(
        report.lists <= mailbox::sync::dating::BUDGET + 3,
        "{} lists are more than the budget",
        report.lists
    );
    let day_of =
        |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&chrono_tz::Europe::Oslo).date_naive();
    let told = |at: i64| chrono::DateTime::from_timestamp_millis(at).unwrap();
    let mut rows = Vec::new();
    for (id, at) in &letters {
        let row = berget.received(*id).await;
        assert_eq!(
            day_of(told(row.at)),
            day_of(*at),
            "a sealed letter stands on its day"
        );
        rows.push(row);
    }
    let off = told(rows[0].at) - letters[0].1;
    assert!(
        off.num_milliseconds().abs() <= 60_000,
        "one of today stands on its minute: {off} off"
    );
    let late = town.sealed_letter("Ny").await;
    let lists = berget.sync().await.lists;
    assert!(lists <= 4, "an ordinary round halves nothing: {lists}");
    let row = berget.received(late).await;
    assert!(
        row.at >= now.timestamp_millis(),
        "what came between two rounds came now"
    );
}
