//! A mailbox with nobody at the other end, for tests of what happens on this machine.

use crate::view::Environment;
use crate::{AccountConfig, Mailbox, Options, SystemClock, SystemIds};
use altinn_client::{Addresses, SignIn};
use mailbox_store::{Store, StoreKey};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest wait for something that happens in the background.
const DEADLINE: Duration = Duration::from_secs(20);

/// A mailbox with account `a` (practice) that may send on `conf-letters`, in a store that goes with the test; its
/// server does not exist.
pub(crate) async fn mailbox() -> Mailbox {
    mailbox_at("http://127.0.0.1:9/").await
}

/// The same with a server.
pub(crate) async fn mailbox_at(base: &str) -> Mailbox {
    let at = |path: &str| format!("{base}{path}").parse().unwrap();
    // Kept until the process ends: the store's threads outlive the test's own variables.
    let folder = tempfile::tempdir().unwrap().keep();
    let store = Store::open(&folder.join("store.db"), &StoreKey::new([7; 32])).unwrap();
    let account = AccountConfig {
        id: "a".to_owned(),
        name: "FJORDVIK KOMMUNE".to_owned(),
        organisation_number: "986252932".to_owned(),
        environment: Environment::Practice,
        addresses: Addresses {
            platform: at(""),
            maskinporten: at("maskinporten/"),
            brreg: at("enhetsregisteret/api/"),
            orgs: at("orgs/altinn-orgs.json"),
        },
        sign_in: SignIn::TestToken {
            generator: at("api/"),
            organisation: "986252932".to_owned(),
        },
        read_resources: vec!["conf-letters".to_owned()],
        write_resources: vec!["conf-letters".to_owned()],
        system_id: None,
        key_posted_at: None,
        pace: altinn_client::Pace::default(),
    };
    Mailbox::open(Options {
        store,
        accounts: vec![account],
        network: crate::Network::default(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(SystemIds),
        is_key_temporary: true,
    })
    .await
    .unwrap()
}

/// Asks until there is an answer; `what` is the reason the test gives up with.
pub(crate) async fn eventually<T, F>(what: &str, ask: impl Fn() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < DEADLINE, "waited too long until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
