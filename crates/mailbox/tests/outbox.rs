//! The outbox against the sandbox: each letter arrives, once, with the bytes that were attached, whatever happens.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

mod support;

use altinn_client::{InitializeCorrespondences, NewContent, NewCorrespondence};
use mailbox::view::{Connection, ErrorCode, Field, OutboxState, SendOutcome};
use mailbox_store::{Level, Role};
use serde_json::json;
use std::time::Duration;
use support::{BERGET, DECISIONS, FJORDVIK, Letter, Town, sha256};

const SUBMIT: &str = "/correspondence/api/v1/correspondence";
const ANNOUNCE: &str = "/correspondence/api/v1/attachment";
const UPLOAD: &str = "/correspondence/api/v1/attachment/{id}/upload";
const EICAR: &[u8] = br"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

fn two_files() -> Vec<(&'static str, Vec<u8>)> {
    let big = (0..700_000_u32).flat_map(|n| n.to_le_bytes()).collect();
    vec![
        ("vedtak.pdf", b"%PDF-1.4 vedtak".to_vec()),
        ("tegning.png", big),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_with_two_files_arrives_with_equal_bytes() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let files = two_files();
    let items = fjordvik
        .send(&town, Letter::new("Vedtak").files(&files))
        .await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    fjordvik.is_accepted(&items[0]).await;
    town.pass();
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let rows = berget.spine(DECISIONS, Role::Received).await;
    assert_eq!(rows.len(), 1, "it arrives once");
    let id = berget
        .received(rows[0].correspondence.parse().unwrap())
        .await
        .id;
    let folder = town.folder("saved");
    let saved = berget
        .mailbox
        .save_all_attachments(id.clone(), &folder)
        .await
        .unwrap();
    for (path, (name, bytes)) in saved.iter().zip(&files) {
        assert_eq!(
            &std::fs::read(path).unwrap(),
            bytes,
            "{name} is saved as it was sent"
        );
    }
    let message = berget.mailbox.message(&id).await.unwrap();
    for (file, (name, bytes)) in message.attachments.iter().zip(&files) {
        assert_eq!(file.name, *name, "files keep their order");
        assert_eq!(
            file.sha256.as_deref(),
            Some(sha256(bytes).as_str()),
            "{name} has the bytes that were attached"
        );
    }
    fjordvik.sync().await;
    let sent = fjordvik.sent().await;
    assert_eq!(sent.len(), 1, "our copy is under Sent");
    assert!(
        sent[0].published_at.is_some(),
        "and is known to be published"
    );
    let copy = fjordvik.mailbox.message(&sent[0].id).await.unwrap();
    assert_eq!(
        copy.title, "Vedtak",
        "its text is ours, though Altinn blanks it"
    );
    assert_eq!(
        copy.attachments[1].sha256,
        Some(sha256(&files[1].1)),
        "and so are its files"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_makes_no_second_letter() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    for path in [ANNOUNCE, UPLOAD, SUBMIT] {
        town.fault(json!({ "match": { "method": "POST", "path": path }, "times": 1, "fault": { "drop_response": true } }));
    }
    let items = fjordvik
        .send(&town, Letter::new("Bare én").files(&two_files()))
        .await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    fjordvik.is_accepted(&items[0]).await;
    let submits = town.calls("POST", SUBMIT).len();
    assert!(
        submits >= 2,
        "the submit whose answer was lost was repeated: {submits}"
    );
    assert_eq!(
        town.at_altinn(DECISIONS).await.len(),
        1,
        "and Altinn has one letter"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_troubled_altinn_only_delays() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    for path in [ANNOUNCE, UPLOAD, SUBMIT] {
        town.fault(json!({ "match": { "method": "POST", "path": path }, "times": 1, "fault": { "status": 503 } }));
        town.fault(json!({ "match": { "method": "POST", "path": path }, "times": 1, "fault": { "status": 500 } }));
        town.fault(json!({ "match": { "method": "POST", "path": path }, "times": 1, "fault": { "status": 429, "retry_after": 1 } }));
    }
    let items = fjordvik
        .send(&town, Letter::new("Litt senere").files(&two_files()))
        .await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    fjordvik.is_accepted(&items[0]).await;
    assert_eq!(
        town.at_altinn(DECISIONS).await.len(),
        1,
        "Altinn has one letter"
    );
    let ledger = town.altinn.ledger();
    for slow in ledger.iter().filter(|entry| entry.status == 429) {
        let again = ledger
            .iter()
            .find(|entry| entry.path == slow.path && entry.seq > slow.seq)
            .unwrap();
        assert!(
            (again.at - slow.at).num_milliseconds() >= 1_000,
            "Retry-After is obeyed"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_upload_begins_anew_under_another_id() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let body = json!({ "status": 502, "errorCode": 2002 });
    town.fault(json!({ "match": { "method": "POST", "path": UPLOAD }, "times": 1, "fault": { "status": 502, "body": body } }));
    let items = fjordvik
        .send(&town, Letter::new("Avbrutt").files(&two_files()))
        .await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    fjordvik.is_accepted(&items[0]).await;
    assert_eq!(
        town.calls("POST", ANNOUNCE).len(),
        3,
        "the broken one was announced anew, the other was not"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn malware_is_stopped_and_the_letter_is_a_draft_again() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let files = vec![("virus.txt", EICAR.to_vec()), ("brev.txt", b"hei".to_vec())];
    let items = fjordvik
        .send(&town, Letter::new("Smittet").files(&files))
        .await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    let item = fjordvik
        .mailbox
        .outbox_item(items[0].clone())
        .await
        .unwrap();
    let OutboxState::Stuck { reason } = item.state else {
        panic!("it is stuck: {:?}", item.state)
    };
    assert_eq!(
        (reason.field, reason.code),
        (Field::Files, ErrorCode::FileRejected),
        "for the file"
    );
    assert_eq!(reason.params["name"], "virus.txt", "which is named");
    let draft = fjordvik
        .mailbox
        .edit_outbox(items[0].clone())
        .await
        .unwrap();
    assert_eq!(
        draft.refusal.map(|problem| problem.code),
        Some(ErrorCode::FileRejected),
        "the draft says why"
    );
    let draft = fjordvik
        .mailbox
        .remove_file(draft.id, draft.files[0].id.clone())
        .await
        .unwrap();
    let outcome = fjordvik
        .mailbox
        .send_draft(draft.id, draft.version)
        .await
        .unwrap();
    let SendOutcome::Queued { receipt } = outcome else {
        panic!("without it, it may go: {outcome:?}")
    };
    fjordvik.mailbox.drain_outbox().await.unwrap();
    fjordvik.is_accepted(&receipt.items[0]).await;
    assert_eq!(
        town.at_altinn(DECISIONS).await.len(),
        1,
        "only the clean one went"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_letter_loses_nothing() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let items = fjordvik
        .send(&town, Letter::new("Til reservert").to(&town.reserved()))
        .await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    let item = fjordvik
        .mailbox
        .outbox_item(items[0].clone())
        .await
        .unwrap();
    let OutboxState::Stuck { reason } = item.state else {
        panic!("it is stuck: {:?}", item.state)
    };
    assert_eq!(
        reason.code,
        ErrorCode::RecipientReserved,
        "by Altinn's own rule"
    );
    let told = format!("{reason:?}");
    assert!(
        !told.contains(&town.reserved()),
        "a person's number is not in it: {told}"
    );
    let draft = fjordvik
        .mailbox
        .edit_outbox(items[0].clone())
        .await
        .unwrap();
    assert_eq!(draft.text.title, "Til reservert", "every word is there");
    assert_eq!(
        draft.refusal.map(|problem| problem.code),
        Some(ErrorCode::RecipientReserved),
        "with the reason"
    );
    let gone = fjordvik
        .mailbox
        .outbox_item(items[0].clone())
        .await
        .unwrap_err();
    assert_eq!(gone, mailbox::Error::NotFound, "it is in one place only");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_written_offline_goes_when_altinn_is_back() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    fjordvik.sync().await;
    let address = town
        .altinn
        .base()
        .trim_start_matches("http://")
        .parse()
        .unwrap();
    let (altinn, folder) = town.part();
    altinn.stop().await;
    fjordvik.mailbox.start();
    let items = fjordvik
        .send_from(folder.path(), Letter::new("Fra toget").files(&two_files()))
        .await;
    let house = &fjordvik;
    fjordvik
        .wait_for("the status line says offline", || async {
            let connection = house.mailbox.status().await.unwrap().connection;
            matches!(connection, Connection::Offline { waiting: 1, .. })
        })
        .await;
    fjordvik
        .wait_for("the letter waits for the network", || async {
            let item = house.mailbox.outbox_item(items[0].clone()).await.unwrap();
            matches!(
                item.state,
                OutboxState::Waiting {
                    reason: ErrorCode::NoNetwork,
                    ..
                }
            )
        })
        .await;
    let back = Town::at(address, 0, None).await;
    fjordvik
        .wait_for("the letter goes by itself", || async {
            house.mailbox.outbox_item(items[0].clone()).await == Err(mailbox::Error::NotFound)
        })
        .await;
    assert_eq!(
        back.at_altinn(DECISIONS).await.len(),
        1,
        "Altinn has it, once"
    );
    fjordvik.mailbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_share_the_files_and_nothing_else() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let letter = Letter::new("Til to")
        .also_to("283016617")
        .files(&two_files());
    let items = fjordvik.send(&town, letter).await;
    assert_eq!(items.len(), 2, "one item a recipient");
    fjordvik.mailbox.drain_outbox().await.unwrap();
    for item in &items {
        fjordvik.is_accepted(item).await;
    }
    assert_eq!(town.calls("POST", ANNOUNCE).len(), 2, "each file goes once");
    assert_eq!(
        town.at_altinn(DECISIONS).await.len(),
        2,
        "each recipient has a letter of their own"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_gone_can_be_held_and_taken_back() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let items = fjordvik.send(&town, Letter::new("Vent litt")).await;
    fjordvik
        .mailbox
        .pause_outbox(items[0].clone(), true)
        .await
        .unwrap();
    fjordvik.mailbox.drain_outbox().await.unwrap();
    assert!(
        town.calls("POST", SUBMIT).is_empty(),
        "a held letter does not go"
    );
    fjordvik
        .mailbox
        .cancel_outbox(items[0].clone())
        .await
        .unwrap();
    let gone = fjordvik
        .mailbox
        .outbox_item(items[0].clone())
        .await
        .unwrap_err();
    assert_eq!(gone, mailbox::Error::NotFound, "taken back, it is a draft");
    let items = fjordvik.send(&town, Letter::new("Gå nå")).await;
    fjordvik
        .mailbox
        .pause_outbox(items[0].clone(), true)
        .await
        .unwrap();
    fjordvik
        .mailbox
        .pause_outbox(items[0].clone(), false)
        .await
        .unwrap();
    fjordvik.mailbox.drain_outbox().await.unwrap();
    fjordvik.is_accepted(&items[0]).await;
    assert_eq!(
        town.at_altinn(DECISIONS).await.len(),
        1,
        "only the one that was let go"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scheduled_letter_can_be_undone_until_its_time() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let later = chrono::Utc::now() + Duration::from_secs(3_600);
    let items = fjordvik
        .send(&town, Letter::new("Angrer").at(later.timestamp_millis()))
        .await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    fjordvik.is_accepted(&items[0]).await;
    let sent = fjordvik.sent().await;
    fjordvik
        .mailbox
        .undo_send(sent[0].id.clone())
        .await
        .unwrap();
    fjordvik.mailbox.drain_outbox().await.unwrap();
    town.altinn.advance(Duration::from_secs(7_200));
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    // The list names what was purged, too; asking for it finds nothing.
    let rows = berget.spine(DECISIONS, Role::Received).await;
    assert!(
        rows.iter().all(|row| row.level == Level::Gone),
        "the recipient never sees it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_letter_is_followed() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    fjordvik.send(&town, Letter::new("Følg meg")).await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    town.pass();
    fjordvik.sync().await;
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let rows = berget.spine(DECISIONS, Role::Received).await;
    let id = berget
        .received(rows[0].correspondence.parse().unwrap())
        .await
        .id;
    berget.mailbox.open_message(id.clone()).await.unwrap();
    berget.mailbox.drain_outbox().await.unwrap();
    let report = fjordvik.sync().await;
    assert_eq!(report.followed, 1, "the list tells that it was read");
    assert!(fjordvik.sent().await[0].read_at.is_some(), "and when");
    berget.mailbox.purge(id).await.unwrap();
    berget.mailbox.drain_outbox().await.unwrap();
    fjordvik.sync().await;
    let sent = fjordvik.sent().await;
    let copy = fjordvik.mailbox.message(&sent[0].id).await.unwrap();
    assert_eq!(
        copy.title, "Følg meg",
        "the recipient's deletion does not touch our copy"
    );
    let report = fjordvik.sync().await;
    assert_eq!(report.followed, 0, "and is news once");
}

#[tokio::test(flavor = "multi_thread")]
async fn publication_is_noticed_without_being_asked() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    fjordvik.mailbox.start();
    fjordvik.send(&town, Letter::new("Av seg selv")).await;
    let house = &fjordvik;
    fjordvik
        .wait_for("the letter is accepted", || async {
            !house.sent().await.is_empty()
        })
        .await;
    town.pass();
    fjordvik
        .wait_for("its publication is known", || async {
            house.sent().await[0].published_at.is_some()
        })
        .await;
    fjordvik.mailbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_does_not_end_is_shown_and_loses_nothing() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let long_ago = chrono::Utc::now() - Duration::from_secs(31 * 60);
    let body = json!({
        "attachmentId": uuid::Uuid::from_u128(1),
        "status": "UploadProcessing",
        "statusChanged": long_ago.to_rfc3339(),
    });
    let path = "/correspondence/api/v1/attachment/{id}";
    town.fault(
        json!({ "match": { "method": "GET", "path": path }, "fault": { "status": 200, "body": body } }),
    );
    fjordvik.mailbox.start();
    let files = [("vedtak.pdf", b"%PDF-1.4 vedtak".to_vec())];
    let items = fjordvik
        .send(&town, Letter::new("Skannes").files(&files))
        .await;
    let house = &fjordvik;
    fjordvik
        .wait_for("the letter waits and says why", || async {
            let item = house.mailbox.outbox_item(items[0].clone()).await.unwrap();
            matches!(
                item.state,
                OutboxState::Waiting {
                    reason: ErrorCode::Slow,
                    ..
                }
            )
        })
        .await;
    assert!(
        town.calls("POST", SUBMIT).is_empty(),
        "a file that is not scanned is not sent"
    );
    town.altinn.faults().clear();
    fjordvik
        .mailbox
        .retry_outbox(items[0].clone())
        .await
        .unwrap();
    fjordvik
        .wait_for("the letter goes when the scan has ended", || async {
            house.mailbox.outbox_item(items[0].clone()).await == Err(mailbox::Error::NotFound)
        })
        .await;
    assert_eq!(
        (
            town.calls("POST", ANNOUNCE).len(),
            town.at_altinn(DECISIONS).await.len()
        ),
        (1, 1),
        "once, with the file that was sent"
    );
    fjordvik.mailbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_letter_under_our_key_is_never_shown_as_sent() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let items = fjordvik.send(&town, Letter::new("Vårt brev")).await;
    let id = items[0].clone();
    let row = fjordvik
        .store
        .read(move |reader| reader.outbox_item(&id))
        .await
        .unwrap()
        .unwrap();
    let theirs = InitializeCorrespondences {
        correspondence: NewCorrespondence {
            resource_id: DECISIONS.to_owned(),
            senders_reference: "sak-1".to_owned(),
            content: NewContent {
                language: "nb".to_owned(),
                message_title: "Et annet systems brev".to_owned(),
                message_summary: None,
                message_body: "Hei.".to_owned(),
            },
            ..NewCorrespondence::default()
        },
        recipients: vec![row.recipient.clone()],
        existing_attachments: Vec::new(),
        idempotent_key: row.id.parse().ok(),
    };
    town.client(FJORDVIK).initialize(&theirs).await.unwrap();
    for is_published in [false, true] {
        fjordvik.mailbox.drain_outbox().await.unwrap();
        let item = fjordvik
            .mailbox
            .outbox_item(items[0].clone())
            .await
            .unwrap();
        let OutboxState::Stuck { reason } = item.state else {
            panic!(
                "published or not ({is_published}), it is not ours: {:?}",
                item.state
            )
        };
        assert_eq!(reason.code, ErrorCode::Refused, "the user must look at it");
        let detail = &reason.params["detail"];
        assert!(
            detail.contains("reference") && detail.contains("title"),
            "and is told why, for an owner of services sees the text always: {detail}"
        );
        assert!(fjordvik.sent().await.is_empty(), "nothing is under Sent");
        town.pass();
        fjordvik
            .mailbox
            .retry_outbox(items[0].clone())
            .await
            .unwrap();
    }
    let draft = fjordvik
        .mailbox
        .edit_outbox(items[0].clone())
        .await
        .unwrap();
    assert_eq!(draft.text.title, "Vårt brev", "every word is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_of_one_conversation_arrive_in_the_order_they_were_sent() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    // The first has files that take a while; the second has none, and a third belongs elsewhere.
    for (title, reference) in [("Del 1", "sak-1"), ("Del 2", "sak-1"), ("Annet", "sak-2")] {
        let letter = Letter::new(title).reference(reference);
        let letter = if title == "Del 1" {
            letter.files(&two_files())
        } else {
            letter
        };
        fjordvik.send(&town, letter).await;
    }
    town.fault(json!({ "match": { "method": "POST", "path": SUBMIT }, "times": 1, "fault": { "drop_response": true } }));
    fjordvik.mailbox.drain_outbox().await.unwrap();
    let mut order = fjordvik.sent().await;
    order.sort_by_key(|row| row.key);
    let part = |title: &str| order.iter().position(|row| row.title == title).unwrap();
    assert_eq!(order.len(), 3, "all have gone");
    assert!(
        part("Del 1") < part("Del 2"),
        "the second part waits for the first"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_too_large_to_copy_is_read_once_and_saved_straight_to_the_disk() {
    let town = Town::new().await;
    let fjordvik = town.mailbox(FJORDVIK).await;
    let bytes: Vec<u8> = (0..17_000_000_u32).flat_map(u32::to_le_bytes).collect();
    let files = [("arkiv.zip", bytes.clone())];
    fjordvik
        .send(&town, Letter::new("Stort").files(&files))
        .await;
    fjordvik.mailbox.drain_outbox().await.unwrap();
    let sent = fjordvik.sent().await;
    let copy = fjordvik.mailbox.message(&sent[0].id).await.unwrap();
    assert_eq!(
        copy.attachments[0].sha256,
        Some(sha256(&bytes)),
        "what was sent was hashed on the way"
    );
    town.pass();
    let berget = town.mailbox(BERGET).await;
    berget.sync().await;
    let rows = berget.spine(DECISIONS, Role::Received).await;
    let id = rows[0].correspondence.parse().unwrap();
    let id = berget.received(id).await.id;
    let folder = town.folder("saved");
    let saved = berget
        .mailbox
        .save_all_attachments(id.clone(), &folder)
        .await
        .unwrap();
    assert!(
        std::fs::read(&saved[0]).unwrap() == bytes,
        "with every byte"
    );
    let left = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(left, 1, "and nothing beside it");
    let message = berget.mailbox.message(&id).await.unwrap();
    assert_eq!(
        message.attachments[0].state,
        mailbox::view::AttachmentState::NotFetched,
        "the store does not hold it a second time"
    );
}
