use super::*;
use crate::testing::{eventually, mailbox};
use crate::view::{DraftFile, DraftFileState as Shown};
use md5::{Digest, Md5};
use tempfile::TempDir;

/// A folder with files to drop.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

async fn settled(mailbox: &Mailbox, draft: &str) -> Vec<DraftFile> {
    eventually("every file is read", || async {
        let files = mailbox.draft(draft).await.unwrap().files;
        files
            .iter()
            .all(|file| !matches!(file.state, Shown::Reading { .. }))
            .then_some(files)
    })
    .await
}

fn problem(file: &DraftFile) -> Option<&FileProblem> {
    match &file.state {
        Shown::Refused { problem } => Some(problem),
        _ => None,
    }
}

async fn stored(mailbox: &Mailbox, file: &str) -> Vec<u8> {
    let id = file.to_owned();
    let file = mailbox.store.read(move |r| r.draft_file(&id)).await;
    let blob = file.unwrap().unwrap().blob.unwrap();
    let mut bytes = Vec::new();
    let mut position = 0;
    while let Some(chunk) = mailbox.store.blob_chunk(blob, position).await.unwrap() {
        bytes.extend_from_slice(&chunk);
        position += 1;
    }
    bytes
}

#[tokio::test]
async fn a_dropped_file_is_copied_hashed_and_no_longer_needed() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let bytes: Vec<u8> = (0..700_000u32).map(|n| (n % 251) as u8).collect();
    let path = desk.file("vedtak.pdf", &bytes);
    let draft = mailbox.new_draft("a").await.unwrap();
    let draft = mailbox
        .add_files(draft.id, vec![path.clone()])
        .await
        .unwrap();
    assert_eq!(draft.files[0].size, 700_000, "the size is known at once");
    let files = settled(&mailbox, &draft.id).await;
    std::fs::remove_file(path).unwrap();
    assert_eq!(files[0].state, Shown::Ready, "read");
    assert_eq!(files[0].media_type, "application/pdf", "by its extension");
    assert_eq!(
        stored(&mailbox, &files[0].id).await,
        bytes,
        "every byte is in the store"
    );
    let id = files[0].id.clone();
    let row = mailbox
        .store
        .read(move |reader| reader.draft_file(&id))
        .await
        .unwrap()
        .unwrap();
    let md5: String = Md5::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(row.md5, Some(md5), "Altinn compares the MD5");
    assert_eq!(row.path, None, "the original is not referred to");
    let problems = mailbox.check_draft(&draft.id).await.unwrap();
    assert!(
        problems
            .iter()
            .all(|problem| problem.field != crate::view::Field::Files),
        "the file breaks no rule"
    );
}

#[tokio::test]
async fn each_file_is_refused_for_its_own_reason_and_the_rest_goes_on() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let folder = desk.0.path().join("mappe.pdf");
    std::fs::create_dir(&folder).unwrap();
    let good = desk.file("god.pdf", b"x");
    let link = desk.0.path().join("lenke.pdf");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&good, &link).unwrap();
    let huge = desk.0.path().join("stor.zip");
    std::fs::File::create(&huge)
        .unwrap()
        .set_len(50_000_000_001)
        .unwrap();
    let paths = vec![
        desk.file("tom.pdf", b""),
        huge,
        desk.file("film.mp4", b"x"),
        desk.file("a?b.pdf", b"x"),
        folder,
        link,
        desk.0.path().join("borte.pdf"),
        good,
        desk.file("GOD.PDF", b"y"),
    ];
    let draft = mailbox.new_draft("a").await.unwrap();
    let draft = mailbox.add_files(draft.id, paths).await.unwrap();
    let files = settled(&mailbox, &draft.id).await;
    let reasons: Vec<_> = files.iter().map(problem).collect();
    let expected = [
        Some(FileProblem::Empty),
        Some(FileProblem::TooLarge {
            limit: 50_000_000_000,
        }),
        Some(FileProblem::Type {
            extension: "mp4".to_owned(),
        }),
        Some(FileProblem::Name {
            suggestion: "a-b.pdf".to_owned(),
        }),
        Some(FileProblem::NotAFile),
        Some(FileProblem::NotAFile),
        Some(FileProblem::Unreadable),
        None,
        Some(FileProblem::Duplicate {
            suggestion: "GOD(1).PDF".to_owned(),
        }),
    ];
    assert_eq!(
        reasons,
        expected.iter().map(Option::as_ref).collect::<Vec<_>>(),
        "one reason each, one file taken"
    );
    let problems = mailbox.check_draft(&draft.id).await.unwrap();
    let refused = problems
        .iter()
        .filter(|problem| problem.code == crate::view::ErrorCode::FileRefused)
        .count();
    assert_eq!(
        refused, 8,
        "a letter does not go out without a file that was dropped on it"
    );
}

#[tokio::test]
async fn another_name_takes_a_refused_file_back() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let draft = mailbox.new_draft("a").await.unwrap();
    let draft = mailbox
        .add_files(draft.id, vec![desk.file("a?b.pdf", b"bytes")])
        .await
        .unwrap();
    let file = draft.files[0].id.clone();
    let draft = mailbox
        .rename_file(&draft.id, &file, "a|b.pdf")
        .await
        .unwrap();
    assert!(
        problem(&draft.files[0]).is_some(),
        "a name as bad as the first changes nothing"
    );
    mailbox
        .rename_file(&draft.id, &file, " a-b.pdf ")
        .await
        .unwrap();
    let files = settled(&mailbox, &draft.id).await;
    assert_eq!(
        (files[0].name.as_str(), &files[0].state),
        ("a-b.pdf", &Shown::Ready),
        "read under its new name"
    );
    assert_eq!(stored(&mailbox, &file).await, b"bytes", "with its bytes");
    let draft = mailbox
        .rename_file(&draft.id, &file, "a-b.exe")
        .await
        .unwrap();
    assert_eq!(
        problem(&draft.files[0]),
        Some(&FileProblem::Type {
            extension: "exe".to_owned()
        }),
        "renamed to a refusal"
    );
    let draft = mailbox
        .rename_file(&draft.id, &file, "c.txt")
        .await
        .unwrap();
    assert_eq!(
        draft.files[0].state,
        Shown::Ready,
        "and back, without reading again"
    );
    assert_eq!(
        draft.files[0].media_type, "text/plain",
        "the type follows the name"
    );
}

#[tokio::test]
async fn taking_a_file_off_makes_room_and_frees_its_name() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let sub = desk.0.path().join("sub");
    std::fs::create_dir(&sub).unwrap();
    std::fs::write(sub.join("a.pdf"), b"second").unwrap();
    let draft = mailbox.new_draft("a").await.unwrap();
    let draft = mailbox
        .add_files(
            draft.id,
            vec![desk.file("a.pdf", b"first"), sub.join("a.pdf")],
        )
        .await
        .unwrap();
    let first = draft.files[0].id.clone();
    mailbox.remove_file(&draft.id, &first).await.unwrap();
    let files = settled(&mailbox, &draft.id).await;
    assert_eq!(files.len(), 1, "one is gone");
    assert_eq!(files[0].state, Shown::Ready, "the other's name is free now");
    assert_eq!(
        stored(&mailbox, &files[0].id).await,
        b"second",
        "read at last"
    );
    let error = mailbox.remove_file(&draft.id, &first).await.unwrap_err();
    assert_eq!(error, Error::NotFound, "it cannot be taken off twice");
}

#[tokio::test]
async fn a_hundred_files_and_no_more() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let paths = (0..101)
        .map(|n| desk.file(&format!("{n}.txt"), b"x"))
        .collect();
    let draft = mailbox.new_draft("a").await.unwrap();
    let draft = mailbox.add_files(draft.id, paths).await.unwrap();
    let files = settled(&mailbox, &draft.id).await;
    assert_eq!(
        problem(&files[100]),
        Some(&FileProblem::TooMany { limit: 100 }),
        "the hundred and first"
    );
    assert_eq!(
        files.iter().filter(|file| problem(file).is_some()).count(),
        1,
        "and only that"
    );
    assert!(
        files[1].is_same_content && !files[0].is_same_content,
        "equal bytes are pointed out"
    );
    mailbox.remove_file(&draft.id, &files[0].id).await.unwrap();
    assert_eq!(
        settled(&mailbox, &draft.id).await[99].state,
        Shown::Ready,
        "there is room again"
    );
}

#[tokio::test]
async fn a_large_file_is_referred_to_not_copied() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let path = desk.0.path().join("arkiv.zip");
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(COPIED + 1).unwrap();
    drop(file);
    let draft = mailbox.new_draft("a").await.unwrap();
    let draft = mailbox
        .add_files(draft.id, vec![path.clone()])
        .await
        .unwrap();
    let files = settled(&mailbox, &draft.id).await;
    assert_eq!(files[0].state, Shown::Ready, "at once, whatever its size");
    let id = files[0].id.clone();
    let row = mailbox
        .store
        .read(move |reader| reader.draft_file(&id))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.blob, row.path.as_deref()),
        (None, path.to_str()),
        "no copy above the limit"
    );
    assert!(
        row.sha256.is_none() && row.modified_at.is_some(),
        "what the upload is held against; it is hashed while it is sent"
    );
}

#[tokio::test]
async fn a_read_that_was_cut_off_is_begun_anew() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let path = desk.file("a.pdf", b"bytes");
    let draft = mailbox.new_draft("a").await.unwrap();
    // As a program leaves it that is killed after the row and before the bytes.
    let row = new_row("cut".to_owned(), &draft.id, &[], look(&path)).unwrap();
    mailbox
        .store
        .write(move |tx| tx.put_draft_file(&row))
        .await
        .unwrap();
    mailbox.resume_imports().await.unwrap();
    let files = settled(&mailbox, &draft.id).await;
    assert_eq!(files[0].state, Shown::Ready, "read at the next start");
    assert_eq!(stored(&mailbox, "cut").await, b"bytes", "whole");
}

#[tokio::test]
async fn a_file_that_changed_since_it_was_dropped_is_refused() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let path = desk.file("a.pdf", b"bytes");
    let draft = mailbox.new_draft("a").await.unwrap();
    let row = new_row("cut".to_owned(), &draft.id, &[], look(&path)).unwrap();
    mailbox
        .store
        .write(move |tx| tx.put_draft_file(&row))
        .await
        .unwrap();
    std::fs::write(&path, b"other bytes").unwrap();
    mailbox.resume_imports().await.unwrap();
    let files = settled(&mailbox, &draft.id).await;
    assert_eq!(
        problem(&files[0]),
        Some(&FileProblem::Changed),
        "not what the user dropped"
    );
    let blobs = mailbox
        .store
        .read(|reader| Ok([1, 2, 3].map(|id| reader.blob(id).unwrap())))
        .await
        .unwrap();
    assert!(
        blobs.iter().all(Option::is_none),
        "no bytes are left behind"
    );
}

#[tokio::test]
async fn a_full_disk_is_said_and_waited_out() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let draft = mailbox.new_draft("a").await.unwrap();
    let path = desk.file("stor.pdf", &vec![7; 6 << 20]);
    mailbox.store.limit_pages_for_tests(700).await.unwrap();
    let draft = mailbox.add_files(draft.id, vec![path]).await.unwrap();
    eventually("the full disk is noticed", || async {
        let status = mailbox.status().await.unwrap();
        (status.connection == crate::view::Connection::DiskFull).then_some(())
    })
    .await;
    let waiting = mailbox.draft(&draft.id).await.unwrap();
    assert!(
        matches!(waiting.files[0].state, Shown::Reading { .. }),
        "the file is not refused for it"
    );
    mailbox.store.limit_pages_for_tests(100_000).await.unwrap();
    assert_eq!(
        settled(&mailbox, &draft.id).await[0].state,
        Shown::Ready,
        "there is space again, and it goes on"
    );
}

#[tokio::test]
async fn a_file_that_is_taken_off_while_it_is_read_leaves_nothing() {
    let (desk, mailbox) = (Desk::new(), mailbox().await);
    let draft = mailbox.new_draft("a").await.unwrap();
    let path = desk.file("stor.zip", &vec![7; 60 << 20]);
    let draft = mailbox.add_files(draft.id, vec![path]).await.unwrap();
    let file = draft.files[0].id.clone();
    eventually("bytes are being stored", || async {
        mailbox
            .store
            .read(|reader| reader.blob(1))
            .await
            .unwrap()
            .filter(|blob| blob.size > 0)
    })
    .await;
    let draft = mailbox.remove_file(&draft.id, &file).await.unwrap();
    assert!(draft.files.is_empty(), "gone from the draft at once");
    eventually("its bytes are gone too", || async {
        let blobs = mailbox
            .store
            .read(|reader| Ok([1, 2].map(|id| reader.blob(id).unwrap())))
            .await
            .unwrap();
        blobs.iter().all(Option::is_none).then_some(())
    })
    .await;
}
