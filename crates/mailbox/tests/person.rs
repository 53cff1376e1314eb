//! A person signs in to an account with ID-porten, reads, and is asked again when the session is over.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may fail at once"
)]

#[path = "support/browser.rs"]
mod browser;
mod support;

use altinn_client::auth::person::{IdPorten, Session};
use altinn_client::{CorrespondenceStatus, Role as Line, SignIn};
use browser::{CLIENT, Landed, follow};
use mailbox::view::{ErrorCode, LandingText, PersonState, ReadState};
use mailbox::{AccountConfig, Error};
use mailbox_store::Role;
use serde_json::json;
use std::net::TcpStream;
use std::time::Duration;
use support::{BERGET, DECISIONS, FJORDVIK, House, Town};
use url::Url;
use uuid::Uuid;

const LETTERS: &str = "/correspondence/api/v1/correspondence";

/// The company's account as a person's, with this scope asked for.
fn person(town: &Town, scope: &str) -> AccountConfig {
    let issuer = Url::parse(&town.altinn.ready().idporten).unwrap();
    let mut config = town.config(BERGET);
    config.sign_in = SignIn::Person {
        provider: Box::new(IdPorten::below(&issuer, CLIENT, scope).unwrap()),
        organisation: Some(BERGET.to_owned()),
        session: Session::default(),
    };
    config.read_resources = vec![DECISIONS.to_owned()];
    config.write_resources = Vec::new();
    config
}

fn landing() -> LandingText {
    LandingText {
        language: "nn".to_owned(),
        done: "Du er logga inn.".to_owned(),
        denied: "Du er ikkje logga inn.".to_owned(),
    }
}

async fn state(house: &House) -> PersonState {
    let accounts = house.mailbox.accounts().await.unwrap();
    accounts[0].person.clone().unwrap()
}

fn out(has_ended: bool) -> PersonState {
    PersonState::SignedOut {
        has_ended,
        error: None,
    }
}

async fn browse(address: Url, decision: &'static str) -> Landed {
    tokio::task::spawn_blocking(move || follow(&address, decision))
        .await
        .unwrap()
}

/// Signs in by the browser and waits until the window would show it.
async fn sign_in(house: &House) -> Landed {
    let account = house.account.clone();
    let address = house.mailbox.start_sign_in(account, landing()).await;
    let landed = browse(address.unwrap(), "continue").await;
    house
        .wait_for("somebody is signed in", || async {
            state(house).await == PersonState::SignedIn
        })
        .await;
    landed
}

/// Begins, lets the browser end it, and tells why nobody is signed in.
async fn refusal(house: &House, decision: &'static str) -> ErrorCode {
    let account = house.account.clone();
    let address = house.mailbox.start_sign_in(account, landing()).await;
    let landed = browse(address.unwrap(), decision).await;
    assert_eq!(landed.status, 200, "the browser lands on our page");
    house
        .wait_for("it has ended", || async {
            matches!(state(house).await, PersonState::SignedOut { .. })
        })
        .await;
    match state(house).await {
        PersonState::SignedOut {
            error: Some(error), ..
        } => error.code,
        other => panic!("it must say why, it is {other:?}"),
    }
}

async fn arrives(house: &House, letter: Uuid) {
    house
        .wait_for("the letter is here", || async {
            house.message(Role::Received, letter).await.is_some()
        })
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_brings_letters_and_when_it_is_over_the_next_one_goes_on() {
    let town = Town::new().await;
    let house = town.open(person(&town, Line::Recipient.scopes())).await;
    let first = town.letter("Før innlogging").await;
    assert_eq!(state(&house).await, out(false), "nobody has signed in yet");
    let round = house.mailbox.sync_once(&house.account).await;
    assert_eq!(round, Err(Error::SignInAgain), "so nothing can be fetched");
    house.mailbox.start();
    let account = house.account.clone();
    let asked = house.mailbox.start_sign_in(account.clone(), landing());
    let address = asked.await.unwrap();
    let host = "127.0.0.1".to_owned();
    assert_eq!(
        state(&house).await,
        PersonState::Waiting { host },
        "the person is told where the browser is"
    );
    let again = house.mailbox.start_sign_in(account, landing()).await;
    assert_eq!(again.unwrap(), address, "there is one sign-in at a time");
    assert!(
        town.calls("GET", LETTERS).is_empty(),
        "nothing is asked before"
    );
    let landed = sign_in(&house).await;
    assert_eq!(landed.status, 200, "the browser is thanked");
    assert!(landed.page.contains("Du er logga inn."), "in our words");
    arrives(&house, first).await;

    // The session runs out at Altinn; a letter comes and one is read meanwhile.
    town.altinn.advance(Duration::from_secs(7_200));
    house.mailbox.sync_now().await.unwrap();
    house
        .wait_for("it is over", || async { state(&house).await == out(true) })
        .await;
    let second = town.letter("Etter at økten var over").await;
    let id = house.received(first).await.id;
    house.mailbox.open_message(id.clone()).await.unwrap();
    let refused = || {
        let ledger = town.altinn.ledger();
        ledger.iter().filter(|entry| entry.status == 401).count()
    };
    let before = refused();
    for _ in 0..5 {
        house.mailbox.sync_now().await.unwrap();
        house.mailbox.drain_outbox().await.unwrap();
        let round = house.mailbox.sync_once(&house.account).await;
        assert_eq!(round, Err(Error::SignInAgain), "a person is needed");
    }
    assert_eq!(refused(), before, "and Altinn is not asked in vain");
    assert!(
        matches!(
            house.mailbox.message(&id).await.unwrap().read,
            ReadState::Pending
        ),
        "what was read waits"
    );

    sign_in(&house).await;
    arrives(&house, second).await;
    house
        .wait_for("Altinn knows that it was read", || async {
            let read = house.mailbox.message(&id).await.unwrap().read;
            matches!(read, ReadState::Read { .. })
        })
        .await;
    let details = town.client(FJORDVIK).details(Line::Sender, first).await;
    let mut statuses = details
        .unwrap()
        .status_history
        .into_iter()
        .map(|event| event.status);
    assert!(
        statuses.any(|status| status == CorrespondenceStatus::Read),
        "and so does the sender"
    );
    house.mailbox.sign_out(house.account.clone()).await.unwrap();
    assert_eq!(state(&house).await, out(false), "signed out on purpose");
    house.mailbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_does_not_come_to_its_end_says_why() {
    let town = Town::new().await;
    let house = town.open(person(&town, Line::Recipient.scopes())).await;
    assert_eq!(
        refusal(&house, "cancel").await,
        ErrorCode::SignInGivenUp,
        "given up in the browser"
    );
    let exchange = "/authentication/api/v1/exchange/id-porten";
    for (status, code) in [
        (401, ErrorCode::PersonRefused),
        (403, ErrorCode::PersonRefused),
        (500, ErrorCode::ServerFault),
    ] {
        let order =
            json!({ "match": { "path": exchange }, "times": 1, "fault": { "status": status } });
        town.fault(order);
        let told = refusal(&house, "continue").await;
        assert_eq!(told, code, "Altinn answers {status} to the exchange");
    }
    town.fault(
        json!({ "match": { "path": "/idporten/token" }, "times": 1, "fault": { "status": 400,
        "body": { "error": "invalid_client" } } }),
    );
    assert_eq!(
        refusal(&house, "continue").await,
        ErrorCode::IdPortenRefused,
        "ID-porten takes back the code"
    );
    sign_in(&house).await;

    house.mailbox.close().await;
    let scope = "altinn:correspondence.write";
    let other = town.open(person(&town, scope)).await;
    assert_eq!(
        refusal(&other, "continue").await,
        ErrorCode::SignInScope,
        "the client has not been given the scope"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn giving_up_in_the_window_closes_the_port() {
    let town = Town::new().await;
    let house = town.open(person(&town, Line::Recipient.scopes())).await;
    let account = house.account.clone();
    let address = house.mailbox.start_sign_in(account.clone(), landing());
    let address = address.await.unwrap();
    let redirect = address
        .query_pairs()
        .find(|(name, _)| name == "redirect_uri");
    let redirect = Url::parse(&redirect.unwrap().1).unwrap();
    let port = format!("127.0.0.1:{}", redirect.port().unwrap());
    assert!(TcpStream::connect(&port).is_ok(), "it waits");
    house.mailbox.sign_out(account).await.unwrap();
    assert_eq!(state(&house).await, out(false), "and no longer");
    assert!(TcpStream::connect(&port).is_err(), "and nobody comes back");
    let machine = town.mailbox(FJORDVIK).await;
    let asked = machine
        .mailbox
        .start_sign_in(machine.account.clone(), landing());
    assert_eq!(asked.await, Err(Error::NotFound), "a key needs no person");
}
