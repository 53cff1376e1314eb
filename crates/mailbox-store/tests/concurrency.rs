//! Readers beside a busy writer: each sees whole commits only, and none waits for the other.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::{Order, Predicate, Scope};
use support::{Desk, letter};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_whole_commits_while_the_writer_writes() {
    const BATCH: u32 = 10;
    let desk = Desk::open().await;
    let store = desk.store.clone();
    let writing = tokio::spawn(async move {
        for batch in 0..30 {
            store
                .write_batch(move |tx| {
                    for n in 0..BATCH {
                        tx.put_message(&letter(batch * BATCH + n, "Brev", "tekst"))?;
                    }
                    Ok(())
                })
                .await
                .unwrap();
        }
    });
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let store = desk.store.clone();
            tokio::spawn(async move {
                let mut last = 0;
                while last < 300 {
                    let (listed, counted, indexed) = store
                        .read(|r| {
                            let all = Predicate::In(Scope::Inbox);
                            let word = Predicate::All(vec![
                                all.clone(),
                                Predicate::Text {
                                    column: None,
                                    text: "tekst".into(),
                                    is_prefix: false,
                                },
                            ]);
                            let indexed = r.list("a", &word, Order::Newest)?.len();
                            let listed = r.list("a", &all, Order::Newest)?.len();
                            Ok((listed, r.folder_totals("a", 0, 0)?.inbox, indexed))
                        })
                        .await
                        .unwrap();
                    assert_eq!(listed % 10, 0, "half a batch must never be seen");
                    assert_eq!(indexed % 10, 0, "nor in the index");
                    let counted = usize::try_from(counted).unwrap();
                    assert!(
                        last <= listed && listed <= counted && indexed <= listed,
                        "time does not run backwards: {last}, {indexed}, {listed}, {counted}"
                    );
                    last = listed;
                }
            })
        })
        .collect();
    writing.await.unwrap();
    for reader in readers {
        reader.await.unwrap();
    }
}
