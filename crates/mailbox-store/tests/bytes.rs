//! Bytes of files, and what a crash leaves behind.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox_store::{
    BLOB_CHUNK, BlobHandle, DraftFileRow, DraftFileState, DraftRow, Store, StoreError,
};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use support::{Desk, key};

async fn read_all(store: &Store, blob: i64) -> Vec<u8> {
    let mut bytes = Vec::new();
    for position in 0.. {
        match store.blob_chunk(blob, position).await.unwrap() {
            Some(chunk) => bytes.extend(chunk),
            None => break,
        }
    }
    bytes
}

fn draft(id: &str) -> DraftRow {
    DraftRow {
        id: id.into(),
        account: "a".into(),
        version: 1,
        text_json: "{}".into(),
        counterpart: String::new(),
        title: "Utkast".into(),
        snippet: String::new(),
        refusal_json: None,
        created_at: 1,
        saved_at: 1,
        discarded_at: None,
        sent_at: None,
        file_count: 0,
    }
}

fn named(blob: i64) -> DraftFileRow {
    DraftFileRow {
        id: "f".into(),
        draft: "d".into(),
        position: 0,
        name: "a.pdf".into(),
        media_type: "application/pdf".into(),
        size: 3,
        sha256: None,
        md5: None,
        blob: Some(blob),
        path: None,
        modified_at: None,
        state: DraftFileState::Ready,
        done: 3,
        problem_json: None,
    }
}

#[tokio::test]
async fn bytes_that_no_row_names_are_gone_after_the_next_start() {
    let desk = Desk::open().await;
    let (path, store) = (desk.path(), desk.store.clone());
    let mut kept = BlobHandle::create(&store, 1).await.unwrap();
    kept.write(b"abc").await.unwrap();
    let kept = kept.finish(None).await.unwrap().id;
    let mut lost = BlobHandle::create(&store, 1).await.unwrap();
    lost.write(&vec![1; BLOB_CHUNK + 1]).await.unwrap();
    let lost = lost.id();
    store
        .write(move |tx| {
            tx.insert_draft(&draft("d"))?;
            tx.put_draft_file(&named(kept))
        })
        .await
        .unwrap();
    drop(store);
    let Desk { folder, store } = desk;
    drop(store);
    let store = Store::open(&path, &key()).unwrap();
    assert_eq!(read_all(&store, kept).await, b"abc", "a named file stays");
    assert_eq!(
        store.read(move |r| r.blob(lost)).await.unwrap(),
        None,
        "half a file is nobody's"
    );
    assert_eq!(read_all(&store, lost).await, b"", "nor are its bytes");
    let refused = store.write(move |tx| tx.drop_blob(kept)).await;
    assert!(
        matches!(refused, Err(StoreError::Sql(_))),
        "bytes that a row names cannot be dropped: {refused:?}"
    );
    drop(folder);
}

#[tokio::test]
async fn a_transaction_that_does_not_end_well_leaves_nothing() {
    let desk = Desk::open().await;
    let result: Result<(), StoreError> = desk
        .store
        .write(|tx| {
            tx.insert_draft(&draft("d"))?;
            Err(StoreError::Busy)
        })
        .await;
    assert_eq!(result, Err(StoreError::Busy), "the caller's own error");
    let after = desk.store.read(|r| r.draft("d")).await.unwrap();
    assert_eq!(after, None, "all or nothing");
}

#[tokio::test]
async fn a_write_is_done_even_if_nobody_waits_for_it() {
    let desk = Desk::open().await;
    let write = desk.store.write(|tx| tx.insert_draft(&draft("d")));
    // The window closed: the future is polled once and dropped.
    tokio::select! {
        biased;
        _ = write => {}
        () = std::future::ready(()) => {}
    }
    desk.store.write(|_| Ok(())).await.unwrap();
    let after = desk.store.read(|r| r.draft("d")).await.unwrap();
    assert!(after.is_some(), "what was handed to the writer is written");
}

#[tokio::test]
async fn a_draft_is_saved_only_over_the_version_it_was_made_from() {
    let desk = Desk::open().await;
    let saved = desk
        .store
        .write(|tx| {
            tx.insert_draft(&draft("d"))?;
            let mut next = draft("d");
            next.version = 2;
            next.title = "Ny".into();
            let first = tx.save_draft(&next)?;
            next.title = "For sent ute".into();
            Ok((first, tx.save_draft(&next)?))
        })
        .await
        .unwrap();
    assert_eq!(
        saved,
        (true, false),
        "the second was made from version 1 too"
    );
    let row = desk.store.read(|r| r.draft("d")).await.unwrap().unwrap();
    assert_eq!((row.version, row.title.as_str()), (2, "Ny"), "the first");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However the bytes come, they are there in order, whole, in chunks of the documented size.
    #[test]
    fn bytes_come_back_as_they_went_in(pieces in proptest::collection::vec(0usize..(BLOB_CHUNK + 7), 0..5)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let desk = Desk::open().await;
            let mut whole = Vec::new();
            let mut blob = BlobHandle::create(&desk.store, 1).await.unwrap();
            for (n, length) in pieces.iter().enumerate() {
                let piece: Vec<u8> = (0..*length).map(|at| (at * 31 + n) as u8).collect();
                blob.write(&piece).await.unwrap();
                whole.extend(piece);
            }
            let row = blob.finish(Some("0".repeat(32))).await.unwrap();
            prop_assert_eq!(row.size, whole.len() as u64, "size");
            let digest: String = Sha256::digest(&whole).iter().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!(row.sha256.as_deref(), Some(digest.as_str()), "hash");
            let stored = desk.store.read(move |r| r.blob(row.id)).await.unwrap();
            prop_assert_eq!(stored.as_ref(), Some(&row), "as told");
            prop_assert_eq!(read_all(&desk.store, row.id).await, whole, "bytes");
            Ok(())
        })?;
    }
}
