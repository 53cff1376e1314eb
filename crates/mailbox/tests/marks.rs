//! What the user asks of Altinn about a received letter: opened, confirm, delete, files.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

mod support;

use altinn_client::{CorrespondenceStatus, Role as Line};
use mailbox::view::{Change, ConfirmState, ErrorCode, ReadState};
use mailbox_store::{Level, Role};
use serde_json::json;
use std::time::Duration;
use support::{BERGET, FJORDVIK, SEALED, Town};

/// Statuses that the sender sees of a letter.
async fn seen_by_sender(town: &Town, id: uuid::Uuid) -> Vec<CorrespondenceStatus> {
    let details = town
        .client(FJORDVIK)
        .details(Line::Sender, id)
        .await
        .unwrap();
    details
        .status_history
        .into_iter()
        .map(|event| event.status)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_tells_the_sender_and_syncing_does_not() {
    let town = Town::new().await;
    let id = town.letter("Les meg").await;
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let seen = seen_by_sender(&town, id).await;
    assert!(
        !seen.contains(&CorrespondenceStatus::Read),
        "a sync leaves no read mark"
    );
    let message = berget
        .mailbox
        .open_message(berget.received(id).await.id)
        .await
        .unwrap();
    assert_eq!(
        (message.is_unread, &message.read),
        (false, &ReadState::Pending),
        "it is read here at once"
    );
    assert!(message.body.is_some(), "and its text was here already");
    berget.mailbox.drain_outbox().await.unwrap();
    let seen = seen_by_sender(&town, id).await;
    assert_eq!(
        seen.iter()
            .filter(|status| **status == CorrespondenceStatus::Read)
            .count(),
        1,
        "Altinn knows, once"
    );
    let message = berget.mailbox.message(&message.id).await.unwrap();
    assert!(
        matches!(message.read, ReadState::Read { .. }),
        "and it shows: {:?}",
        message.read
    );
    let before = town.overviews().0;
    berget.sync().await;
    assert_eq!(town.overviews().0, before, "our own mark is no news to us");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mark_made_offline_arrives_later() {
    let town = Town::new().await;
    let id = town.letter("Les meg på toget").await;
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    town.fault(
        json!({ "match": { "path": "/correspondence/*" }, "times": 2, "fault": { "status": 503 } }),
    );
    town.fault(
        json!({ "match": { "method": "POST" }, "times": 1, "fault": { "drop_response": true } }),
    );
    let row = berget.received(id).await.id;
    berget.mailbox.open_message(row).await.unwrap();
    berget.mailbox.drain_outbox().await.unwrap();
    let seen = seen_by_sender(&town, id).await;
    assert_eq!(
        seen.iter()
            .filter(|status| **status == CorrespondenceStatus::Read)
            .count(),
        1,
        "a lost answer does not make a second mark"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmation_is_pending_until_the_history_shows_it() {
    let town = Town::new().await;
    let id = town
        .letter_with("Bekreft", |letter| {
            letter.is_confirmation_needed = true;
            letter.due_date_time = Some(chrono::Utc::now() + Duration::from_secs(86_400));
        })
        .await;
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let row = berget.received(id).await.id;
    let refused = berget.mailbox.purge(row.clone()).await.unwrap_err();
    assert_eq!(
        refused.code(),
        ErrorCode::MustConfirmFirst,
        "what must be confirmed cannot be deleted before"
    );
    berget.mailbox.confirm(row.clone()).await.unwrap();
    let message = berget.mailbox.message(&row).await.unwrap();
    assert_eq!(message.confirm, ConfirmState::Pending, "it is given here");
    berget.mailbox.drain_outbox().await.unwrap();
    let message = berget.mailbox.message(&row).await.unwrap();
    assert!(
        matches!(message.confirm, ConfirmState::Done { .. }),
        "and in the history: {:?}",
        message.confirm
    );
    let seen = seen_by_sender(&town, id).await;
    assert!(
        seen.contains(&CorrespondenceStatus::Confirmed),
        "the sender sees it"
    );
    berget.mailbox.purge(row).await.unwrap();
    berget.mailbox.drain_outbox().await.unwrap();
    assert_eq!(
        berget.received(id).await.level,
        Level::Gone,
        "now it can be deleted"
    );
    let at_altinn = town
        .client(BERGET)
        .overview(Line::Recipient, id)
        .await
        .unwrap_err();
    assert_eq!(at_altinn.status(), Some(404), "at Altinn too");
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_survive_the_end_of_the_program() {
    let town = Town::new().await;
    let id = town.letter("Les meg før strømmen går").await;
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let row = berget.received(id).await.id;
    berget.mailbox.open_message(row).await.unwrap();
    drop(berget);
    let berget = town.mailbox(BERGET).await;
    berget.mailbox.drain_outbox().await.unwrap();
    assert!(
        berget
            .message(Role::Received, id)
            .await
            .unwrap()
            .read_at
            .is_some(),
        "the next start tells Altinn"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confidential_letter_is_fetched_by_a_person_alone() {
    let town = Town::new().await;
    let id = town.sealed_letter("Taushetsbelagt svar").await;
    let mut berget = town.config(BERGET);
    berget.read_resources.push(SEALED.to_owned());
    let berget = town.open(berget).await;
    let before = town.overviews().0;
    let report = berget.sync().await;
    assert_eq!(
        (report.sealed, town.overviews().0),
        (1, before),
        "only its id is known"
    );
    let row = berget.received(id).await;
    assert!(row.is_sealed && row.title.is_empty(), "it is a sealed row");
    berget.mailbox.open_message(row.id.clone()).await.unwrap();
    berget.mailbox.drain_outbox().await.unwrap();
    let row = berget.received(id).await;
    assert!(
        !row.is_sealed && row.title == "Taushetsbelagt svar",
        "opened, it is whole"
    );
    berget.sync().await;
    assert_eq!(town.overviews().0, before + 1, "and is not asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opened_letter_takes_its_true_time_and_the_list_hears_of_it() {
    let town = Town::new().await;
    let at = chrono::Utc::now() - Duration::from_secs(5 * 86_400);
    let id = town
        .letter_with("Taushetsbelagt", |letter| {
            SEALED.clone_into(&mut letter.resource_id);
            letter.is_confidential = true;
            letter.requested_publish_time = Some(at);
        })
        .await;
    let mut berget = town.config(BERGET);
    berget.read_resources.push(SEALED.to_owned());
    let berget = town.open(berget).await;
    berget.sync().await;
    let sealed = berget.received(id).await;
    berget
        .mailbox
        .open_message(sealed.id.clone())
        .await
        .unwrap();
    let mut changes = berget.mailbox.changes();
    berget.mailbox.drain_outbox().await.unwrap();
    let opened = berget.received(id).await;
    let overview = town
        .client(BERGET)
        .overview(Line::Recipient, id)
        .await
        .unwrap();
    assert_ne!(sealed.at, opened.at, "the time before was a day's end");
    assert_eq!(
        opened.at,
        overview.published.unwrap().timestamp_millis(),
        "the letter has told when it was published"
    );
    let mut told = Vec::new();
    while let Ok(more) = changes.try_recv() {
        told.extend(more);
    }
    let account = berget.account.clone();
    for change in [
        Change::List {
            account: account.clone(),
        },
        Change::Folders { account },
        Change::Message { id: opened.id },
    ] {
        assert!(
            told.contains(&change),
            "{change:?} is told once its text is here: {told:?}"
        );
    }
}
