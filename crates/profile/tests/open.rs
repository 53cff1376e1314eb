//! Opening a profile: what is kept, what is refused, and that a refusal leaves everything as it was.
//!
//! Every profile here has a passphrase, so that no test ever reaches the keychain of whoever runs it; the keychain is
//! tested in a session of its own (`tests/desktop`).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use brevdue_profile::{AccountChoice, Opened, Passphrase, Profile, ProfileError, Request};
use mailbox::view::ErrorCode;
use std::path::Path;

const PASSPHRASE: &str = "canary-passphrase-c04e";

fn request(dir: &Path, account: AccountChoice, passphrase: Option<&str>) -> Request {
    Request {
        dir: dir.to_path_buf(),
        account,
        passphrase: passphrase.map(|text| Passphrase::new(text.to_owned())),
    }
}

async fn open(dir: &Path, passphrase: &str) -> Result<Profile, ProfileError> {
    match Profile::open(request(dir, AccountChoice::Practice, Some(passphrase))).await? {
        Opened::Ready(profile) => Ok(*profile),
        Opened::NeedsPassphrase { .. } => panic!("a passphrase was given"),
    }
}

fn refusal<T>(outcome: Result<T, ProfileError>) -> ErrorCode {
    match outcome {
        Ok(_) => panic!("must be refused"),
        Err(error) => error.ui().code,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practice_profile_opens_with_two_accounts_and_opens_again() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path(), PASSPHRASE).await.unwrap();
    assert_eq!(
        profile.mailbox().accounts().await.unwrap().len(),
        2,
        "one practises sending to oneself with two accounts"
    );
    assert!(
        !profile.is_key_temporary(),
        "a passphrase keeps the profile"
    );
    profile.close().await;
    open(dir.path(), PASSPHRASE)
        .await
        .expect("the same passphrase opens it again")
        .close()
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_program_on_the_same_profile_is_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path(), PASSPHRASE).await.unwrap();
    assert_eq!(
        refusal(open(dir.path(), PASSPHRASE).await),
        ErrorCode::ProfileBusy,
        "two programs on one outbox could send twice"
    );
    first.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_missing_and_short_passphrases_are_told_apart_and_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        refusal(open(dir.path(), "kort").await),
        ErrorCode::PassphraseTooShort,
        "a new one must be long"
    );
    open(dir.path(), PASSPHRASE).await.unwrap().close().await;
    let store = std::fs::read(dir.path().join("mailbox.db")).unwrap();
    assert_eq!(
        refusal(open(dir.path(), "en helt annen setning").await),
        ErrorCode::PassphraseWrong,
        "and not an empty mailbox that looks like a loss"
    );
    let asked = Profile::open(request(dir.path(), AccountChoice::Practice, None))
        .await
        .unwrap();
    assert!(
        matches!(asked, Opened::NeedsPassphrase { is_new: false }),
        "the profile has one"
    );
    assert!(
        std::fs::read(dir.path().join("mailbox.db")).unwrap() == store,
        "a refusal leaves the store alone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_whose_key_file_is_gone_is_not_replaced() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path(), PASSPHRASE).await.unwrap().close().await;
    std::fs::remove_file(dir.path().join("key.json")).unwrap();
    let store = std::fs::read(dir.path().join("mailbox.db")).unwrap();
    assert_eq!(
        refusal(open(dir.path(), PASSPHRASE).await),
        ErrorCode::KeyWrong,
        "there is a store, and no way in"
    );
    assert!(
        std::fs::read(dir.path().join("mailbox.db")).unwrap() == store,
        "it may still be rescued"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_profile_is_readable_on_disk() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path(), PASSPHRASE).await.unwrap();
    let account = profile.mailbox().accounts().await.unwrap().remove(0);
    let draft = profile.mailbox().new_draft(account.id).await.unwrap();
    let mut text = draft.text.clone();
    text.title = "canary-title-7f3a".into();
    text.body = "canary-body-51c9".into();
    profile
        .mailbox()
        .save_draft(draft.id, draft.version, text)
        .await
        .unwrap();
    profile.close().await;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for canary in ["canary-title-7f3a", "canary-body-51c9", PASSPHRASE] {
            assert!(
                !bytes
                    .windows(canary.len())
                    .any(|window| window == canary.as_bytes()),
                "{:?} holds what must be encrypted",
                path.file_name()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_file_that_cannot_be_used_says_what_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let account = dir.path().join("account.json");
    let good = r#"{"name":"A","organisation_number":"991825827","environment":"custom",
        "addresses":{"base":"http://127.0.0.1:1"},"sign_in":{"test_token":{"generator":"http://127.0.0.1:1/api/"}}}"#;
    for (what, text) in [
        ("not JSON", "{".to_owned()),
        (
            "no addresses",
            good.replace(r#""addresses":{"base":"http://127.0.0.1:1"},"#, ""),
        ),
        ("no way to sign in", good.replace("test_token", "password")),
        (
            "a key that is not there",
            good.replace(
                r#"{"test_token":{"generator":"http://127.0.0.1:1/api/"}}"#,
                r#"{"maskinporten":{"client_id":"x","key_file":"missing.jwk"}}"#,
            ),
        ),
    ] {
        std::fs::write(&account, text).unwrap();
        let choice = AccountChoice::File(account.clone());
        let outcome = Profile::open(request(
            &dir.path().join("profile"),
            choice,
            Some(PASSPHRASE),
        ))
        .await;
        assert_eq!(
            refusal(outcome),
            ErrorCode::AccountFile,
            "{what} must be said"
        );
    }
    std::fs::write(&account, good).unwrap();
    let choice = AccountChoice::File(account);
    let outcome = Profile::open(request(
        &dir.path().join("profile"),
        choice,
        Some(PASSPHRASE),
    ))
    .await;
    assert!(
        matches!(outcome, Ok(Opened::Ready(_))),
        "a good file opens without any network"
    );
}
