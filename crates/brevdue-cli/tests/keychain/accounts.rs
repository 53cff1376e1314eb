//! Accounts and their keys against a real Secret Service: there, absent, locked, restarted; and nothing secret outside it.

use crate::session::{Session, altinn, key_of, states};
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn an_account_lives_in_the_keychain_across_restarts_and_leaves_nothing_outside() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    let added = session.add_account(&altinn);
    assert!(added["account"].is_string(), "it is kept: {added}");
    let checkup = session.json(&["doctor"]);
    assert!(
        !states(&checkup).contains(&"error"),
        "and signs in: {:?}",
        states(&checkup)
    );
    session.stop_keychain();
    assert_eq!(
        session.refusal(&["account", "list"]),
        "keychainMissing",
        "without its keychain the profile stays shut"
    );
    session.start_keychain(false);
    assert_eq!(
        session.refusal(&["account", "list"]),
        "keychainLocked",
        "and with a locked one"
    );
    session.stop_keychain();
    session.start_keychain(true);
    let checkup = session.json(&["doctor"]);
    assert!(
        !states(&checkup).contains(&"error"),
        "after a restart of the keychain it signs in again"
    );

    let key = key_of(&altinn);
    let parts = ["d", "p", "q", "dp", "dq", "qi"].map(|part| key[part].as_str().unwrap());
    assert_eq!(
        session.secrets_at_rest(&parts),
        Vec::<String>::new(),
        "neither the key nor a token rests outside the keychain"
    );

    let id = added["account"].as_str().unwrap();
    assert!(
        session.run(&["account", "remove", id]).status.success(),
        "gone"
    );
    let left = session.json(&["account", "list"]);
    assert_eq!(left["accounts"], serde_json::json!([]), "with its entry");
    altinn.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_no_key_is_taken() {
    let altinn = altinn().await;
    let session = Session::new();
    let key_file = session.folder.path().join("key.json");
    std::fs::write(&key_file, key_of(&altinn).to_string()).unwrap();
    assert_eq!(
        session.refusal(&["account", "take-key", key_file.to_str().unwrap()]),
        "keychainMissing",
        "a key rests in a keychain or nowhere"
    );
    altinn.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_used_says_why() {
    let mut session = Session::new();
    session.start_keychain(true);
    let file = session.folder.path().join("public.pem");
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../altinn-client/tests/keys");
    for (name, reason) in [
        ("public.pem", "publicOnly"),
        ("ec.pem", "ellipticCurve"),
        ("request.pem", "certificateRequest"),
        ("encrypted.pem", "passwordNeeded"),
        ("pkcs8.pem", "noKeyId"),
    ] {
        std::fs::copy(keys.join(name), &file).unwrap();
        let answer = session.json(&["account", "take-key", file.to_str().unwrap()]);
        assert_eq!(answer["error"]["code"], "keyUnusable", "{name}");
        assert_eq!(answer["error"]["params"]["reason"], reason, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_replaces_the_old_one_once_maskinporten_takes_it() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    let id = session.add_account(&altinn)["account"]
        .as_str()
        .unwrap()
        .to_owned();
    let made = session.json(&["account", "make-key", "ny-nokkel-1"]);
    let name = made["key"].as_str().unwrap();
    assert_eq!(
        session.refusal(&["account", "change-key", &id, name]),
        "signInRefused",
        "a key that is not registered yet changes nothing"
    );
    assert!(
        !states(&session.json(&["doctor"])).contains(&"error"),
        "and the old one still signs in"
    );
    session.register_key(&altinn, &made);
    let changed = session.run(&["account", "change-key", &id, name]);
    assert!(changed.status.success(), "registered, it is taken");
    assert!(
        !states(&session.json(&["doctor"])).contains(&"error"),
        "and signs in by itself: the old one is no longer registered"
    );
    altinn.stop().await;
}
