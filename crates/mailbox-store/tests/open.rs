//! Opening a store: the key, the file, other versions, other programs, a full disk.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::{Store, StoreError, StoreKey};
use sha2::{Digest, Sha256};
use std::fs;
use support::{Desk, closed, key, letter, refused};

#[tokio::test]
async fn the_file_is_encrypted_and_for_its_owner_only() {
    let desk = Desk::open().await;
    desk.put(letter(1, "Hemmelig tittel", "Hemmelig innhold"))
        .await;
    let path = desk.path();
    let Desk { folder, store } = desk;
    drop(store);
    closed(&path);
    let bytes = fs::read(&path).unwrap();
    assert!(
        !bytes.starts_with(b"SQLite format 3"),
        "the header of a plain database would show that nothing is encrypted"
    );
    for word in ["Hemmelig", "hemmelig", "CREATE TABLE", "991825827"] {
        assert!(
            !bytes
                .windows(word.len())
                .any(|part| part == word.as_bytes()),
            "{word} must not be readable in the file"
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600,
            "other users of the machine have no business in it"
        );
    }
    drop(folder);
}

#[tokio::test]
async fn another_key_is_refused_and_the_right_one_still_opens() {
    let desk = Desk::open().await;
    desk.put(letter(1, "Tittel", "Innhold")).await;
    let path = desk.path();
    assert_eq!(
        refused(Store::open(&path, &StoreKey::new([8; 32]))),
        StoreError::WrongKey,
        "a wrong key has its own sentence"
    );
    let again = Store::open(&path, &key()).unwrap();
    let found = again
        .read(|r| r.message("r.a.00000000-0000-4000-8000-000000000001"))
        .await
        .unwrap();
    assert!(found.is_some(), "a refused key must not harm the file");
}

#[tokio::test]
async fn something_that_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mailbox.db");
    let text = b"not a database at all, but long enough to be taken for a page ".repeat(100);
    fs::write(&path, &text).unwrap();
    assert_eq!(
        refused(Store::open(&path, &key())),
        StoreError::WrongKey,
        "it cannot be told from a file with another key"
    );
    assert_eq!(fs::read(&path).unwrap(), text, "and is not written to");
}

#[tokio::test]
async fn a_newer_file_is_refused_untouched() {
    let desk = Desk::open().await;
    let path = desk.path();
    let Desk { folder, store } = desk;
    drop(store);
    closed(&path);
    let other = support::raw(&path);
    other.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(other);
    closed(&path);
    let before = Sha256::digest(fs::read(&path).unwrap());
    let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let known = u32::try_from(fs::read_dir(migrations).unwrap().count()).unwrap();
    assert_eq!(
        refused(Store::open(&path, &key())),
        StoreError::Newer { found: 99, known },
        "an older program would damage what it does not know"
    );
    closed(&path);
    assert_eq!(
        Sha256::digest(fs::read(&path).unwrap()),
        before,
        "the file must be byte for byte as the newer program left it"
    );
    drop(folder);
}

#[tokio::test]
async fn two_programs_see_each_others_commits() {
    let one = Desk::open().await;
    let two = Store::open(&one.path(), &key()).unwrap();
    one.put(letter(1, "Fra den ene", "x")).await;
    two.write(|tx| tx.put_message(&letter(2, "Fra den andre", "x")))
        .await
        .unwrap();
    let seen = one
        .store
        .read(|r| {
            Ok(["1", "2"].map(|n| {
                r.message(&format!("00000000-0000-4000-8000-00000000000{n}"))
                    .unwrap()
                    .is_some()
            }))
        })
        .await
        .unwrap();
    assert_eq!(
        seen,
        [true, true],
        "a terminal beside the window must not lose letters of either"
    );
}

#[tokio::test]
async fn a_full_disk_is_named_and_keeps_what_was_committed() {
    let desk = Desk::open().await;
    desk.put(letter(1, "Før", "x")).await;
    desk.store.limit_pages_for_tests(20).await.unwrap();
    let large = "ord ".repeat(200_000);
    let error = refused(
        desk.store
            .write(move |tx| tx.put_message(&letter(2, "For stor", &large)))
            .await,
    );
    assert_eq!(
        error,
        StoreError::DiskFull,
        "the status line has a sentence for it"
    );
    let (first, second) = desk
        .store
        .read(|r| {
            Ok((
                r.message("00000000-0000-4000-8000-000000000001")?,
                r.message("00000000-0000-4000-8000-000000000002")?,
            ))
        })
        .await
        .unwrap();
    assert!(first.is_some(), "what was committed before is there");
    assert!(
        second.is_none(),
        "nothing of the failed transaction is there"
    );
    desk.store.limit_pages_for_tests(1 << 30).await.unwrap();
    desk.put(letter(3, "Etter", "x")).await;
}

#[test]
fn two_programs_that_make_the_same_store_make_one() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..12 {
        let path = folder.path().join(format!("{round}.db"));
        let opened: Vec<_> = std::thread::scope(|threads| {
            let running: Vec<_> = (0..4)
                .map(|_| threads.spawn(|| Store::open(&path, &key()).map(drop)))
                .collect();
            running
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        assert_eq!(opened, vec![Ok(()); 4], "round {round}");
    }
}
