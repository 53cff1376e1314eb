//! A person signs in and reads, against the sandbox's ID-porten (Platform reference, sections 3.4, 3.5 and 4).

use crate::stage::Stage;
use altinn_client::auth::person::{IdPorten, Landing, PersonError, PersonSignIn, Session};
use altinn_client::{
    ApiError, AuthError, Client, Options, PartyKind, Role, Search, SearchRole, SignIn,
};
use altinn_sandbox::World;
use std::time::Duration;
use url::Url;

/// The practice client, and Ola, who leads the enterprise.
const CLIENT: &str = "0f6f7c0e-5d0a-4f4b-9c1e-2d8a4b7c9e33";
const OLA: &str = "17898040178";
const SCOPES: &str = "altinn:correspondence.read altinn:accessmanagement/authorizedparties";
const LIMIT: Duration = Duration::from_secs(30);

fn provider(stage: &Stage, scopes: &str) -> IdPorten {
    let issuer = Url::parse(stage.ready["idporten"].as_str().unwrap()).unwrap();
    IdPorten::below(&issuer, CLIENT, scopes).unwrap()
}

async fn begin(stage: &Stage, scopes: &str) -> PersonSignIn {
    PersonSignIn::start(
        provider(stage, scopes),
        &stage.addresses(),
        &Options::default(),
        Landing::default(),
    )
    .await
    .unwrap()
}

/// What a browser does: opens the page, sends its form, and goes where it is sent.
async fn browse(stage: &Stage, address: Url, decision: &str) -> u16 {
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let answer = browser.get(address).send().await.unwrap();
    let back = match answer.headers().get("location") {
        Some(back) => back.clone(),
        None => {
            let page = answer.text().await.unwrap();
            let request = page.split("name=\"request\" value=\"").nth(1).unwrap();
            let request = request.split('"').next().unwrap();
            let form = [
                ("request", request),
                ("person", OLA),
                ("decision", decision),
            ];
            let login = format!("{}/login", stage.ready["idporten"].as_str().unwrap());
            let sent = browser.post(login).form(&form).send().await.unwrap();
            sent.headers()["location"].clone()
        }
    };
    let landed = browser.get(back.to_str().unwrap()).send().await.unwrap();
    landed.status().as_u16()
}

async fn sign_in(stage: &Stage, scopes: &str, decision: &str) -> Result<SignIn, PersonError> {
    let begun = begin(stage, scopes).await;
    let address = begun.address().clone();
    let session = Session::default();
    let (outcome, landed) = tokio::join!(
        begun.finish(&session, LIMIT),
        browse(stage, address, decision)
    );
    assert_eq!(landed, 200, "the browser lands on our page");
    outcome.map(|()| SignIn::Person {
        provider: Box::new(provider(stage, scopes)),
        organisation: None,
        session,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn section_4_a_person_signs_in_and_reads_its_own_letters() {
    let stage = Stage::of(World::practice()).await;
    let signed_in = sign_in(&stage, SCOPES, "continue").await.unwrap();
    let client = Client::new(stage.addresses(), signed_in, Options::default()).unwrap();
    let claims = client.claims(Role::Recipient).await.unwrap();
    assert_eq!(
        claims.person.as_ref().map(|pid| pid.expose()),
        Some(OLA),
        "who signed in"
    );
    assert_eq!(claims.level, Some(3), "at the level that was asked for");
    client
        .search(&Search::new("stk-rapportering", SearchRole::Recipient))
        .await
        .unwrap();
    let parties = client.authorized_parties(&[]).await.unwrap();
    assert_eq!(parties[0].kind, PartyKind::Person, "the person first");
    assert!(
        parties
            .iter()
            .any(|party| party.organization_number.is_some()),
        "and the enterprise"
    );
    let error = client.sign_in(Role::Sender).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Auth(AuthError::NoSuchRole)),
        "a person sends nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_4_what_idporten_refuses_is_told() {
    let stage = Stage::of(World::practice()).await;
    let error = sign_in(&stage, SCOPES, "cancel").await.unwrap_err();
    assert!(
        matches!(&error, PersonError::Denied { error } if error == "access_denied"),
        "the person gave up: {error:?}"
    );
    let error = sign_in(&stage, "altinn:correspondence.write", "continue")
        .await
        .unwrap_err();
    assert!(
        matches!(&error, PersonError::Denied { error } if error == "invalid_scope"),
        "the client may not ask for it: {error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_3_5_a_session_is_prolonged_until_it_has_ended() {
    let stage = Stage::of(World::practice()).await;
    let signed_in = sign_in(&stage, SCOPES, "continue").await.unwrap();
    let time = crate::support::Time::default();
    let client = Client::new(stage.addresses(), signed_in, crate::support::options(&time)).unwrap();
    client.sign_in(Role::Recipient).await.unwrap();
    // Both clocks: just before the token's end.
    time.advance(1750);
    stage.sandbox.advance(Duration::from_secs(1750));
    let search = Search::new("stk-rapportering", SearchRole::Recipient);
    client.search(&search).await.unwrap();
    time.advance(600);
    stage.sandbox.advance(Duration::from_secs(600));
    client.search(&search).await.unwrap();
    let refreshed = stage.sandbox.ledger();
    let refreshed = refreshed
        .iter()
        .filter(|entry| entry.path == "/authentication/api/v1/refresh" && entry.status == 200);
    assert_eq!(refreshed.count(), 1, "once, past the first token's end");
    time.advance(7200);
    stage.sandbox.advance(Duration::from_secs(7200));
    let error = client.search(&search).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Auth(AuthError::SignInAgain)),
        "then the person is needed: {error:?}"
    );
}
