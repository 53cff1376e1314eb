//! Maskinporten: platform reference, section 2.

use altinn_sandbox::{Options, World};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::stage::{BERGET, FJORDVIK, Stage, claims_of, signed};

async fn refused(stage: &Stage, change: impl FnOnce(&mut Value)) -> (String, String) {
    let mut claims = stage.claims();
    change(&mut claims);
    let response = stage.grant(&claims).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST, "it is refused");
    told(response).await
}

/// Error and code of a refusal.
async fn told(response: reqwest::Response) -> (String, String) {
    let body: Value = response.json().await.unwrap();
    let description = body["error_description"].as_str().unwrap();
    assert!(description.contains("(trace_id: "), "support asks for it");
    let code = body["error_uri"].as_str().unwrap_or_default();
    let code = code.rsplit('/').next().unwrap();
    (body["error"].as_str().unwrap().to_owned(), code.to_owned())
}

fn error(error: &str, code: &str) -> (String, String) {
    (error.to_owned(), code.to_owned())
}

#[tokio::test]
async fn section_2_3_a_good_grant_gives_a_token_for_the_client() {
    let stage = Stage::empty().await;
    let response = stage.grant(&stage.claims()).await;
    assert_eq!(
        response.status(),
        StatusCode::OK,
        "nothing is wrong with it"
    );
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["token_type"], "Bearer", "as the reference says");
    assert_eq!(answer["expires_in"], 599, "the default");
    let claims = claims_of(answer["access_token"].as_str().unwrap());
    assert_eq!(
        claims["consumer"]["ID"],
        format!("0192:{FJORDVIK}"),
        "whom it is for"
    );
    assert_eq!(claims["scope"], answer["scope"], "what it is for");
    assert_eq!(
        claims["iss"],
        stage.sandbox.ready().maskinporten,
        "who gave it"
    );
}

#[tokio::test]
async fn the_origin_itself_is_maskinporten_too() {
    let stage = Stage::empty().await;
    let metadata = stage.json("/.well-known/oauth-authorization-server").await;
    assert_eq!(
        metadata["issuer"],
        stage.url("/"),
        "its name is its address"
    );
    let mut claims = stage.claims();
    claims["aud"] = metadata["issuer"].clone();
    let key = stage.account("Fjordvik kommune")["private_jwk"].clone();
    let assertion = signed(&key, key["kid"].as_str(), &claims);
    let response = stage.ask("/token", &assertion).await;
    assert_eq!(response.status(), StatusCode::OK, "by the real path");
    let keys = stage.json("/jwk").await;
    assert_eq!(keys["keys"][0]["kty"], "RSA", "its keys are there");
    let below = stage
        .json("/maskinporten/.well-known/oauth-authorization-server")
        .await;
    assert_eq!(
        below["issuer"],
        stage.sandbox.ready().maskinporten,
        "as announced"
    );
}

#[tokio::test]
async fn section_2_4_what_is_wrong_with_a_grant_has_its_code() {
    let stage = Stage::empty().await;
    let now = stage.now();
    let invalid = |code| error("invalid_grant", code);
    let case = refused(&stage, |claims| {
        claims["aud"] = json!("https://elsewhere.example/")
    });
    assert_eq!(case.await, invalid("MP-110"), "another audience");
    let case = refused(&stage, |claims| {
        claims["aud"] = json!(stage.url("/maskinporten"))
    });
    assert_eq!(case.await, invalid("MP-110"), "the slash belongs to it");
    let case = refused(&stage, |claims| claims["iss"] = json!("nobody"));
    assert_eq!(case.await, invalid("MP-100"), "no such client");
    let case = refused(&stage, |claims| claims["iat"] = json!(now + 30));
    assert_eq!(case.await, invalid(""), "issued in the future");
    let case = refused(&stage, |claims| claims["iat"] = json!(now - 30));
    assert_eq!(case.await, invalid("MP-130"), "issued too long ago");
    let case = refused(&stage, |claims| claims["exp"] = json!(now - 1));
    assert_eq!(case.await, invalid("MP-130"), "expired");
    let case = refused(&stage, |claims| claims["exp"] = json!(now + 130));
    assert_eq!(case.await, invalid(""), "lives longer than 120 s");
    let case = refused(&stage, |claims| claims["colour"] = json!("blue"));
    assert_eq!(
        case.await,
        error("invalid_request", "MP-011"),
        "an unknown claim"
    );
    let case = refused(&stage, |claims| {
        claims["scope"] = json!("altinn:everything")
    });
    assert_eq!(
        case.await,
        error("invalid_scope", "MP-200"),
        "not on the client"
    );
    let case = refused(&stage, |claims| claims["consumer_org"] = json!(FJORDVIK));
    assert_eq!(
        case.await,
        error("invalid_request", ""),
        "one's own organisation"
    );
    let case = refused(&stage, |claims| claims["consumer_org"] = json!(BERGET));
    assert_eq!(
        case.await,
        error("forbidden", "MP-251"),
        "nothing was delegated"
    );
}

#[tokio::test]
async fn section_2_2_a_grant_is_good_once() {
    let stage = Stage::empty().await;
    let claims = stage.claims();
    assert_eq!(
        stage.grant(&claims).await.status(),
        StatusCode::OK,
        "the first time"
    );
    let again = told(stage.grant(&claims).await).await;
    assert_eq!(
        again,
        error("invalid_grant", "MP-012"),
        "the same jti again"
    );
}

#[tokio::test]
async fn section_2_1_the_key_must_be_the_clients_own() {
    let stage = Stage::empty().await;
    let berget = stage.account("Berget Bygg AS")["private_jwk"].clone();
    let fjordvik = stage.account("Fjordvik kommune")["private_jwk"].clone();
    let other = signed(&berget, fjordvik["kid"].as_str(), &stage.claims());
    let other = told(stage.ask("/maskinporten/token", &other).await).await;
    assert_eq!(
        other,
        error("invalid_grant", "MP-124"),
        "signed by another key"
    );
    let none = signed(&fjordvik, None, &stage.claims());
    let none = told(stage.ask("/maskinporten/token", &none).await).await;
    assert_eq!(none, error("invalid_grant", ""), "no key id");
    let unknown = signed(&fjordvik, Some("other"), &stage.claims());
    let unknown = told(stage.ask("/maskinporten/token", &unknown).await).await;
    assert_eq!(
        unknown,
        error("invalid_grant", "MP-100"),
        "an unknown key id"
    );
    let rubbish = told(stage.ask("/maskinporten/token", "a.b.c").await).await;
    assert_eq!(rubbish, error("invalid_request", "MP-011"), "not a token");
}

#[tokio::test]
async fn section_2_4_an_ungranted_scope_is_for_altinn_to_grant() {
    let mut world = World::practice();
    world.maskinporten_clients[0]
        .ungranted_scopes
        .push("altinn:correspondence.write".to_owned());
    let stage = Stage::with(Options {
        world,
        letters: Some(0),
        ..Options::default()
    })
    .await;
    let case = refused(&stage, |_| ()).await;
    assert_eq!(
        case,
        error("forbidden", "MP-250"),
        "on the client, not granted"
    );
}

#[tokio::test]
async fn section_2_2_a_system_user_speaks_for_its_owner() {
    let stage = Stage::empty().await;
    let details = |orgnr: &str| {
        json!([{ "type": "urn:altinn:systemuser",
            "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": orgnr } }])
    };
    let token = stage
        .raw_token(|claims| {
            claims["authorization_details"] = details(&format!("0192:{FJORDVIK}"));
        })
        .await;
    let told = &claims_of(&token)["authorization_details"][0];
    assert_eq!(
        told["systemuser_org"]["ID"],
        format!("0192:{FJORDVIK}"),
        "the owner"
    );
    assert!(told["systemuser_id"][0].is_string(), "the user");
    let unknown = |code| error("invalid_altinn_customer_configuration", code);
    let case = refused(&stage, |claims| {
        claims["authorization_details"] = details(FJORDVIK)
    });
    assert_eq!(case.await, unknown("MP-303"), "the prefix belongs to it");
    let case = refused(&stage, |claims| {
        claims["authorization_details"] = details(&format!("0192:{BERGET}"));
    });
    assert_eq!(case.await, unknown("MP-303"), "not this client's");
    let case = refused(&stage, |claims| {
        claims["authorization_details"] = details(&format!("0192:{FJORDVIK}"));
        claims["authorization_details"][0]["externalRef"] = json!("x");
    });
    assert_eq!(case.await, unknown("MP-303"), "made without a reference");
    let case = refused(&stage, |claims| {
        claims["authorization_details"] = json!([{ "type": "urn:other" }]);
    });
    assert_eq!(case.await.1, "MP-301", "an unknown type");
}

#[tokio::test]
async fn section_2_5_keys_can_be_registered_while_it_runs() {
    let stage = Stage::empty().await;
    let fjordvik = stage.account("Fjordvik kommune");
    let berget = stage.account("Berget Bygg AS")["private_jwk"].clone();
    let public = json!({ "kty": "RSA", "kid": "new", "n": berget["n"], "e": berget["e"] });
    let path = format!("clients/{}/keys", fjordvik["client_id"].as_str().unwrap());
    let set = json!({ "keys": [public] });
    let response = stage.control(reqwest::Method::POST, &path, &set).await;
    assert_eq!(response.status(), StatusCode::OK, "the set is taken");
    let assertion = signed(&berget, Some("new"), &stage.claims());
    let response = stage.ask("/maskinporten/token", &assertion).await;
    assert_eq!(
        response.status(),
        StatusCode::OK,
        "the new key signs for the client"
    );
    let old = told(stage.grant(&stage.claims()).await).await;
    assert_eq!(old.1, "MP-100", "a new set replaces the old");
    let nobody = stage
        .control(reqwest::Method::POST, "clients/nobody/keys", &set)
        .await;
    assert_eq!(
        nobody.status(),
        StatusCode::NOT_FOUND,
        "the world decides who is a client"
    );
    let wrong = json!({ "keys": [{ "kty": "EC" }] });
    let wrong = stage.control(reqwest::Method::POST, &path, &wrong).await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST, "only RSA");
}
