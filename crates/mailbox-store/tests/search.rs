//! Searches: the newest hits without looking at all, and the words of files.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod support;

use mailbox_store::{AttachmentPut, BlobHandle, Column, FileWords, Order, Predicate, Scope};
use support::{DAY, Desk, letter};

fn word(text: &str) -> Predicate {
    Predicate::Text {
        column: None,
        text: text.into(),
        is_prefix: true,
    }
}

/// Letters as a first sync brings them, from the newest back, and those after it from number `later` on; some anywhere.
async fn filled(desk: &Desk, letters: u32, later: u32) {
    desk.store
        .write_batch(move |tx| {
            for n in 0..letters {
                let is_later = n >= later;
                let stray = i64::from(n * 7919 % letters);
                let at = match (n % 50, is_later) {
                    (0, _) => stray,
                    (_, true) => i64::from(n),
                    (_, false) => i64::from(later - n),
                };
                let mut put = letter(n, "vedtak", if n % 9 == 0 { "sjelden ord" } else { "ord" });
                put.at = at / 3 * DAY;
                put.read_at = (n % 4 != 0).then_some(1);
                tx.put_message(&put)?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn the_newest_hits_are_those_that_the_whole_list_begins_with() {
    newest_of(1_500).await;
    // Nothing has come since the first sync: the newest have the lowest keys.
    newest_of(3_000).await;
}

async fn newest_of(later: u32) {
    let desk = Desk::open().await;
    filled(&desk, 3_000, later).await;
    // A letter that became newer than when it was stored.
    let number = if later < 3_000 { 2_700 } else { 700 };
    let mut moved = letter(number, "vedtak", "ord flyttet");
    moved.at = 5_000 * DAY;
    desk.put(moved).await;
    for predicate in [
        word("vedtak"),
        word("sjel"),
        word("flyttet"),
        Predicate::All(vec![word("ord"), Predicate::Unread]),
        Predicate::All(vec![word("o"), Predicate::Not(Box::new(word("sjelden")))]),
        Predicate::All(vec![
            word("vedtak"),
            Predicate::At {
                from: None,
                to: Some(100 * DAY),
            },
        ]),
        word("finnesikke"),
    ] {
        for (offset, limit) in [(0, 1), (0, 50), (120, 50), (2_980, 50)] {
            let asked = predicate.clone();
            let (page, whole) = desk
                .store
                .read(move |r| {
                    // The page first: afterwards the list is kept and would answer for it.
                    let page = r.list_page("a", &asked, Order::Newest, offset, limit)?;
                    let list = r.list("a", &asked, Order::Newest)?;
                    let whole: Vec<i64> = list
                        .iter()
                        .skip(offset as usize)
                        .take(limit as usize)
                        .map(|(key, _)| *key)
                        .collect();
                    Ok((page.iter().map(|row| row.key).collect::<Vec<_>>(), whole))
                })
                .await
                .unwrap();
            assert_eq!(page, whole, "{predicate:?} from {offset}");
            // A commit forgets the list.
            desk.store.write(|_| Ok(())).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_letter_is_found_by_the_words_of_its_files() {
    let desk = Desk::open().await;
    let mut blob = BlobHandle::create(&desk.store, 0).await.unwrap();
    blob.write(b"bytes").await.unwrap();
    let blob = blob.finish(None).await.unwrap().id;
    let mut put = letter(1, "Se vedlegg", "kort");
    put.attachments = vec![AttachmentPut {
        id: "fil".into(),
        name: "kart.pdf".into(),
        blob: Some(blob),
        ..AttachmentPut::default()
    }];
    desk.put(put).await;
    let found = |predicate: Predicate| {
        let store = desk.store.clone();
        async move {
            store
                .read(move |r| r.list_page("a", &predicate, Order::Newest, 0, 9))
                .await
                .unwrap()
                .len()
        }
    };
    let unread = || async {
        desk.store
            .read(|r| Ok((r.unread_files(9)?, r.unindexed_files("a")?)))
            .await
            .unwrap()
    };
    let (files, missing) = unread().await;
    assert_eq!(
        (files.len(), missing),
        (1, 1),
        "its bytes are here, its words are not"
    );
    let file = files.first().unwrap().clone();
    desk.store
        .write({
            let file = file.clone();
            move |tx| tx.put_file_words(&file, &FileWords::Missing("broken"), 1)
        })
        .await
        .unwrap();
    let (files, missing) = unread().await;
    assert_eq!(
        (files.len(), missing),
        (0, 1),
        "not tried again, and told of"
    );
    desk.store
        .write(move |tx| {
            let words = FileWords::Found {
                text: "Reguleringsplan for Åsveien".into(),
                is_cut: false,
            };
            tx.put_file_words(&file, &words, 2)
        })
        .await
        .unwrap();
    assert_eq!(unread().await.1, 0, "nothing is missing");
    assert_eq!(found(word("åsve")).await, 1, "by a word of the file");
    let in_file = |text: &str| Predicate::Text {
        column: Some(Column::File),
        text: text.into(),
        is_prefix: true,
    };
    assert_eq!(found(in_file("kart")).await, 1, "by its name still");
    assert_eq!(
        found(Predicate::All(vec![
            Predicate::In(Scope::Everywhere),
            word("kort"),
            word("regulerings")
        ]))
        .await,
        1,
        "one word in the letter, one in the file"
    );
    desk.put(letter(1, "Se vedlegg", "kort og nytt")).await;
    assert_eq!(
        found(word("åsveien")).await,
        1,
        "a letter that is stored anew keeps the words of its files"
    );
}

#[tokio::test]
async fn the_best_hits_come_first_on_demand() {
    let desk = Desk::open().await;
    let rest = "om helt andre ting ".repeat(20);
    let mut keys = Vec::new();
    for (n, title, body) in [
        (1, "Pålegg om stans", "stans".to_owned()),
        (2, "Vedtak", format!("pålegg {rest}")),
        (3, "Vedtak", format!("pålegg pålegg pålegg {rest}")),
        (4, "Vedtak", rest.clone()),
    ] {
        let mut put = letter(n, title, &body);
        put.read_at = (n == 3).then_some(1);
        keys.push(desk.put(put).await);
    }
    let ask = |predicate: Predicate, offset, limit| {
        let store = desk.store.clone();
        async move {
            store
                .read(move |r| r.list_page("a", &predicate, Order::Best, offset, limit))
                .await
                .unwrap()
                .into_iter()
                .map(|row| row.key)
                .collect::<Vec<_>>()
        }
    };
    let best = [keys[0], keys[2], keys[1]];
    assert_eq!(
        ask(word("pålegg"), 0, 9).await,
        best,
        "in the title, then more often, then once"
    );
    assert_eq!(ask(word("pålegg"), 1, 1).await, best[1..2], "page by page");
    assert_eq!(
        ask(word("pålegg"), 0, 2_000).await,
        best,
        "and as a whole list"
    );
    assert_eq!(
        ask(
            Predicate::All(vec![word("pålegg"), Predicate::Unread]),
            0,
            1
        )
        .await,
        best[..1],
        "of those for which the rest holds"
    );
    assert_eq!(
        ask(Predicate::All(vec![word("pålegg"), word("an")]), 0, 9).await,
        best[1..],
        "beginnings limit the hits"
    );
    assert_eq!(
        ask(word("ved"), 0, 9).await,
        [keys[3], keys[2], keys[1]],
        "by themselves they leave the newest first"
    );
}
