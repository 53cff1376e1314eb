//! A store of an older version comes along whole, or stays as it is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::{Column, MessageBody, Order, Predicate, Scope, Store, StoreError};
use std::path::Path;
use support::{closed, key, raw, refused};

/// A store as the first version left it: two letters, one with body, history, a file and an intent, one sealed.
fn first_version(path: &Path) {
    let sql = raw(path);
    sql.execute_batch(include_str!("../migrations/0001_init.sql"))
        .unwrap();
    sql.execute_batch(
        "INSERT INTO account (id, name, organisation_number, environment, added_at) VALUES ('a', 'A', '991825827', 'practice', 0);
         INSERT INTO message (key, id, account, role, correspondence, resource, level, title, at, read_at, extra_json,
             first_seen_at, attachment_count)
           VALUES (3, 'r.a.one', 'a', 'received', 'one', 'tjeneste', 'overview', 'Årsmøte', 7200001, 5, '{\"x\":1}', 1, 1);
         INSERT INTO message (key, id, account, role, correspondence, resource, level, at, is_confidential, first_seen_at)
           VALUES (4, 'r.a.two', 'a', 'received', 'two', 'tjeneste', 'probed', 7200002, 1, 1);
         INSERT INTO message (key, id, account, role, correspondence, resource, level, at, first_seen_at)
           VALUES (9, 'r.a.gone', 'a', 'received', 'gone', 'tjeneste', 'probed', 1, 1);
         DELETE FROM message WHERE key = 9;
         INSERT INTO message_body (message, body, plain) VALUES (3, '**Velkommen** på møte', 'Velkommen på møte');
         INSERT INTO message_status (message, status, at) VALUES (3, 'Published', 5), (3, 'Fetched', 5), (3, 'Read', 5);
         INSERT INTO attachment (message, id, position, name) VALUES (3, 'f', 0, 'saksliste.pdf');
         INSERT INTO intent (account, message, kind, next_at, created_at) VALUES ('a', 3, 'confirm', 1, 1);
         INSERT INTO search (rowid, title, body, file) VALUES (3, 'årsmøte', ' velkommen på møte', 'saksliste pdf');
         PRAGMA user_version = 1;",
    )
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
    assert_eq!(intents.len(), 1, "what the user asked for");

    indexed(&store).await;
    let (totals, services, hours, found, sealed) = store
        .read(|r| {
            let word = Predicate::Text {
                column: Some(Column::Title),
                text: "årsmøte".into(),
                is_prefix: false,
            };
            Ok((
                r.folder_totals("a", 0, 0)?,
                r.service_totals("a")?,
                r.hours("a", &Predicate::In(Scope::Inbox), Order::Newest)?,
                r.list_page("a", &word, Order::Newest, 0, 10)?,
                r.body(4)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!(
        (totals.inbox, totals.unread, totals.sealed),
        (2, 1, 1),
        "its numbers"
    );
    assert_eq!(
        (services[0].total, services[0].unread),
        (2, 1),
        "those of services"
    );
    assert_eq!(
        hours,
        Some(vec![(7_200_000, 2)]),
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
    let broken = raw(&path);
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
    let old = raw(&path);
    let version: i64 = old
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    let bodies: i64 = old
        .query_row("SELECT count(*) FROM message_body", [], |row| row.get(0))
        .unwrap();
    assert_eq!((version, bodies), (1, 1), "the file is as it was");
}
