//! A letter's way out: frozen, queued once per recipient, uploads shared.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::{LetterRow, OutboxRow, OutboxState, Role, StoreError, UploadRow, UploadState};
use support::{Desk, letter};

fn frozen(id: &str) -> LetterRow {
    LetterRow {
        id: id.into(),
        account: "a".into(),
        draft: "d".into(),
        resource: "tjeneste".into(),
        title: "Vedtak".into(),
        summary: String::new(),
        body: "Hei".into(),
        text_json: "{}".into(),
        request_json: "{\"a\":1}".into(),
        sha256: String::new(),
        publish_at: None,
        created_at: 1,
    }
}

fn item(id: &str) -> OutboxRow {
    OutboxRow {
        id: id.into(),
        account: "a".into(),
        letter: "l".into(),
        position: 0,
        recipient: "urn:altinn:organization:identifier-no:920717152".into(),
        recipient_name: "Fjordby Fisk AS".into(),
        state: OutboxState::Queued,
        resume: OutboxState::Queued,
        attempts: 0,
        next_at: 10,
        reason_json: None,
        correspondence: None,
        queued_at: 1,
        publish_at: None,
        changed_at: 1,
        thread: String::new(),
        due_at: None,
    }
}

async fn queued() -> Desk {
    let desk = Desk::open().await;
    desk.store
        .write(|tx| {
            tx.insert_letter(&frozen("l"))?;
            tx.insert_upload(&UploadRow {
                id: "u".into(),
                letter: "l".into(),
                position: 0,
                name: "a.pdf".into(),
                media_type: "application/pdf".into(),
                size: 3,
                sha256: "s".into(),
                md5: "m".into(),
                blob: None,
                path: Some("/tmp/a.pdf".into()),
                modified_at: Some(1),
                state: UploadState::Waiting,
                attachment: None,
                attempts: 0,
                done: 0,
            })?;
            tx.insert_outbox_item(&item("o1"))?;
            tx.insert_outbox_item(&item("o2"))
        })
        .await
        .unwrap();
    desk
}

#[tokio::test]
async fn a_frozen_copy_cannot_change_and_is_hashed() {
    let desk = queued().await;
    let stored = desk.store.read(|r| r.letter("l")).await.unwrap().unwrap();
    assert_eq!(
        stored.sha256, "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862",
        "SHA-256 of the request"
    );
    let again = desk.store.write(|tx| tx.insert_letter(&frozen("l"))).await;
    assert!(
        matches!(again, Err(StoreError::Sql(_))),
        "never twice: {again:?}"
    );
    let other = support::raw(&desk.path());
    let changed = other.execute("UPDATE letter SET title = 'Nytt'", []);
    assert!(
        changed.is_err_and(|error| error.to_string().contains("a letter is frozen")),
        "not even by a statement that means to"
    );
}

#[tokio::test]
async fn one_key_is_one_item() {
    let desk = queued().await;
    let twice = desk
        .store
        .write(|tx| tx.insert_outbox_item(&item("o2")))
        .await;
    assert!(
        matches!(twice, Err(StoreError::Sql(_))),
        "the key is what makes a letter go out once: {twice:?}"
    );
}

#[tokio::test]
async fn a_transition_from_a_state_that_has_moved_on_changes_nothing() {
    let desk = queued().await;
    let (first, second) = desk
        .store
        .write(|tx| {
            let mut next = item("o1");
            next.state = OutboxState::Submitting;
            next.attempts = 1;
            let first = tx.save_outbox_item(OutboxState::Queued, &next)?;
            next.state = OutboxState::Cancelled;
            Ok((first, tx.save_outbox_item(OutboxState::Queued, &next)?))
        })
        .await
        .unwrap();
    assert!(first, "it was queued");
    assert!(!second, "a cancel that comes too late does not win");
    let row = desk
        .store
        .read(|r| r.outbox_item("o1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.state, row.attempts),
        (OutboxState::Submitting, 1),
        "the attempt is counted before it is made"
    );
}

#[tokio::test]
async fn only_what_is_due_is_due() {
    let desk = queued().await;
    let due = async |now: i64| {
        desk.store
            .read(move |r| r.due_letters(now, 10))
            .await
            .unwrap()
    };
    assert_eq!(due(9).await, Vec::<String>::new(), "not before its time");
    assert_eq!(
        due(10).await,
        vec!["l"],
        "a letter to two is one letter that is due"
    );
    for (id, state) in [("o1", OutboxState::Paused), ("o2", OutboxState::Accepted)] {
        desk.store
            .write(move |tx| {
                let mut next = tx.outbox_item(id)?.unwrap();
                next.state = state;
                tx.save_outbox_item(OutboxState::Queued, &next)
            })
            .await
            .unwrap();
    }
    assert_eq!(
        due(99).await,
        Vec::<String>::new(),
        "paused and done ones rest"
    );
    let (shown, next) = desk
        .store
        .read(|r| Ok((r.outbox("a")?.len(), r.next_outbox_at()?)))
        .await
        .unwrap();
    assert_eq!(shown, 1, "the paused one is still in the outbox");
    assert_eq!(next, None, "and nobody need wake for it");
}

#[tokio::test]
async fn a_conversation_keeps_its_order() {
    let desk = queued().await;
    desk.store
        .write(|tx| {
            let of = |id: &str, at: i64, thread: &str| OutboxRow {
                thread: thread.to_owned(),
                queued_at: at,
                ..item(id)
            };
            tx.insert_outbox_item(&of("first", 1, "sak-1"))?;
            tx.insert_outbox_item(&of("second", 2, "sak-1"))?;
            tx.insert_outbox_item(&of("other", 3, "sak-2"))
        })
        .await
        .unwrap();
    let held_up = async || {
        let ids = ["first", "second", "other", "o1", "o2"];
        let held = move |r: &mailbox_store::Reader<'_>| {
            let mut held = Vec::new();
            for id in ids {
                if r.is_held_up(id)? {
                    held.push(id);
                }
            }
            Ok(held)
        };
        desk.store.read(move |r| held(r)).await.unwrap()
    };
    assert_eq!(
        held_up().await,
        vec!["second"],
        "only the later letter of the same conversation waits"
    );
    for state in [
        OutboxState::Paused,
        OutboxState::Stuck,
        OutboxState::Accepted,
    ] {
        desk.store
            .write(move |tx| {
                let before = tx.outbox_item("first")?.unwrap();
                let next = OutboxRow {
                    state,
                    ..before.clone()
                };
                tx.save_outbox_item(before.state, &next)
            })
            .await
            .unwrap();
        assert!(
            held_up().await.is_empty(),
            "one that is {state:?} holds nobody up"
        );
    }
}

#[tokio::test]
async fn a_letter_with_an_accepted_item_cannot_be_dropped() {
    let desk = queued().await;
    let mut sent = letter(1, "Vedtak", "Hei");
    sent.role = Role::Sent;
    sent.letter = Some("l".into());
    desk.put(sent).await;
    let dropped = desk.store.write(|tx| tx.delete_letter("l")).await;
    assert!(
        matches!(dropped, Err(StoreError::Sql(_))),
        "the sent copy is not ours to lose: {dropped:?}"
    );
    let uploads = desk.store.read(|r| r.uploads("l")).await.unwrap();
    assert_eq!(uploads.len(), 1, "nor are its files");
}
