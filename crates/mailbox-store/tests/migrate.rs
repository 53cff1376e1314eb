//! A store of an older version comes along whole, or stays as it is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::{Column, MessageBody, Order, Predicate, Scope, Store, StoreError};
use std::path::Path;
use support::{closed, key, raw_old, refused};

/// Ids as Altinn gives them.
const LETTER: &str = "0195e3a1-4f5c-7d2e-8b6a-1c2d3e4f5a6b";
const FILE: &str = "0195e3a1-4f5c-7d2e-8b6a-6a5b4c3d2e1f";
/// Who sent it.
const SENDER: &str = "urn:altinn:organization:identifier-no:991825827";

/// A store as the first version left it: three letters, one with body, history, a file and an intent, one sealed, one of a
/// known sender that is overdue; and one on its way out.
fn first_version(path: &Path) {
    let sql = raw_old(path);
    sql.execute_batch(include_str!("../migrations/0001_init.sql"))
        .unwrap();
    sql.execute_batch(&format!(
        "INSERT INTO account (id, name, organisation_number, environment, added_at) VALUES ('a', 'A', '991825827', 'practice', 0);
         INSERT INTO message (key, id, account, role, correspondence, resource, level, title, at, read_at, extra_json,
             first_seen_at, attachment_count)
           VALUES (3, 'r.a.one', 'a', 'received', 'one', 'tjeneste', 'overview', 'Årsmøte', 7200001, 5, '{{\"x\":1}}', 1, 1);
         INSERT INTO message (key, id, account, role, correspondence, resource, level, at, is_confidential, first_seen_at)
           VALUES (4, 'r.a.two', 'a', 'received', 'two', 'tjeneste', 'probed', 7200002, 1, 1);
         INSERT INTO message (key, id, account, role, correspondence, resource, level, sender, at, due_at,
             is_confirmation_needed, first_seen_at)
           VALUES (5, 'r.a.{LETTER}', 'a', 'received', '{LETTER}', 'annen', 'overview', '{SENDER}', 2, 7, 1, 1);
         INSERT INTO party (urn, name, checked_at) VALUES ('{SENDER}', 'Fjordby', 1);
         INSERT INTO message (key, id, account, role, correspondence, resource, level, at, first_seen_at)
           VALUES (9, 'r.a.gone', 'a', 'received', 'gone', 'tjeneste', 'probed', 1, 1);
         DELETE FROM message WHERE key = 9;
         INSERT INTO message_body (message, body, plain) VALUES (3, '**Velkommen** på møte', 'Velkommen på møte');
         INSERT INTO message_status (message, status, at) VALUES (3, 'Published', 5), (3, 'Fetched', 5), (3, 'Read', 5);
         INSERT INTO attachment (message, id, position, name) VALUES (3, '{FILE}', 0, 'saksliste.pdf');
         INSERT INTO letter (id, account, draft, resource, title, summary, body, text_json, request_json, sha256, created_at)
           VALUES ('l', 'a', 'd', 'tjeneste', 'Svar', '', 'Hei', '{{}}', '{{}}', 'x', 1);
         INSERT INTO outbox_item (id, account, letter, position, recipient, idempotent_key, state, next_at, queued_at, changed_at)
           VALUES ('o', 'a', 'l', 0, '{SENDER}', 'the-key', 'submitting', 1, 1, 1);
         INSERT INTO intent (account, message, kind, next_at, created_at) VALUES ('a', 3, 'confirm', 1, 1);
         INSERT INTO search (rowid, title, body, file) VALUES (3, 'årsmøte', ' velkommen på møte', 'saksliste pdf');
         PRAGMA user_version = 1;",
    ))
    .unwrap();
}

#[tokio::test]
async fn a_store_of_the_first_version_keeps_everything() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    first_version(&path);
    let store = Store::open(&path, &key()).unwrap();
    let (row, body, extra, history, files, intents) = store
        .read(|r| {
            let row = r.message("r.a.one")?.unwrap();
            Ok((
                row.clone(),
                r.body(row.key)?,
                r.extra_json(row.key)?,
                r.statuses(row.key)?,
                r.attachments(row.key)?,
                r.intents(row.key)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((row.key, row.title.as_str()), (3, "Årsmøte"), "the row");
    assert_eq!(
        body,
        Some(MessageBody {
            body: "**Velkommen** på møte".into(),
            plain: "Velkommen på møte".into()
        }),
        "its texts, in bytes that are not its letters"
    );
    assert_eq!(extra.as_deref(), Some("{\"x\":1}"), "the rest");
    assert_eq!(
        history
            .iter()
            .map(|entry| entry.status.as_str())
            .collect::<Vec<_>>(),
        ["Published", "Fetched", "Read"],
        "its history, in the order in which it became known"
    );
    assert_eq!(files.len(), 1, "its file");
    assert_eq!(files[0].file.id, FILE, "by the id that Altinn gave it");
    assert_eq!(intents.len(), 1, "what the user asked for");

    let (overdue, unasked, outbox) = store
        .read(|r| {
            Ok((
                r.message(LETTER)?.unwrap(),
                r.unnamed_parties("a", 9)?,
                r.outbox("a")?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(
        (
            overdue.correspondence.as_str(),
            overdue.account.as_str(),
            overdue.resource.as_str(),
            overdue.sender.as_str(),
            overdue.sender_name.as_deref(),
            overdue.recipient.as_str(),
        ),
        (LETTER, "a", "annen", SENDER, Some("Fjordby"), ""),
        "whom a letter is from, and what it is of"
    );
    assert_eq!(unasked, Vec::<String>::new(), "its sender was asked about");
    assert_eq!(
        (outbox[0].id.as_str(), outbox[0].letter.as_str()),
        ("the-key", "l"),
        "what is on its way goes on under the key that Altinn knows"
    );

    indexed(&store).await;
    let (totals, services, hours, found, sealed) = store
        .read(|r| {
            let word = Predicate::Text {
                column: Some(Column::Title),
                text: "årsmøte".into(),
                is_prefix: false,
            };
            Ok((
                r.folder_totals("a", 8, 8)?,
                r.service_totals("a")?,
                r.hours("a", &Predicate::In(Scope::Inbox), Order::Newest)?,
                r.list_page("a", &word, Order::Newest, 0, 10)?,
                r.body(4)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(
        (totals.inbox, totals.unread, totals.sealed, totals.overdue),
        (3, 2, 1, 1),
        "its numbers"
    );
    assert_eq!(
        (services[0].total, services[0].unread),
        (2, 1),
        "those of services"
    );
    assert_eq!(
        hours,
        Some(vec![(7_200_000, 2), (0, 1)]),
        "the calendar of the list"
    );
    assert_eq!(found.len(), 1, "its words");
    assert_eq!(sealed, None, "a sealed letter has no text");

    let key = store
        .write(|tx| tx.put_message(&support::letter(1, "Ny", "Ny")))
        .await
        .unwrap();
    assert_eq!(key, 10, "a number given once is not given again");
}

/// Waits until every letter is in the index, which happens behind the answers.
async fn indexed(store: &Store) {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while store.read(|r| r.unindexed_letters()).await.unwrap() > 0 {
        assert!(
            std::time::Instant::now() < deadline,
            "letters are indexed anew when nobody writes"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_migration_that_cannot_be_finished_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    first_version(&path);
    let broken = raw_old(&path);
    broken
        .execute_batch(
            "PRAGMA foreign_keys = OFF;
             INSERT INTO message_status (message, status, at) VALUES (77, 'Published', 1);",
        )
        .unwrap();
    drop(broken);
    closed(&path);
    assert_eq!(
        refused(Store::open(&path, &key())),
        StoreError::Corrupt,
        "a letter that is not there has a history"
    );
    let old = raw_old(&path);
    let version: i64 = old
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    let bodies: i64 = old
        .query_row("SELECT count(*) FROM message_body", [], |row| row.get(0))
        .unwrap();
    assert_eq!((version, bodies), (1, 1), "the file is as it was");
}
