//! Altinn Authentication: platform reference, sections 1.3 and 3.

use base64::Engine as _;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::stage::{FJORDVIK, READ, Stage, claims_of};

const EXCHANGE: &str = "/authentication/api/v1/exchange/maskinporten";

async fn exchanged(stage: &Stage, raw: &str, accept: &str) -> String {
    let request = stage.http.get(stage.url(EXCHANGE)).bearer_auth(raw);
    let response = request.header("accept", accept).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "it is exchanged");
    response.text().await.unwrap()
}

#[tokio::test]
async fn the_answer_is_quoted_for_who_wants_json() {
    let stage = Stage::empty().await;
    let raw = stage.raw_token(|_| ()).await;
    for (accept, is_quoted) in [
        ("application/json", true),
        ("text/plain", false),
        ("*/*", false),
        ("text/plain, application/json;q=0.5", false),
    ] {
        let answer = exchanged(&stage, &raw, accept).await;
        assert_eq!(answer.starts_with('"'), is_quoted, "for {accept}");
    }
}

#[tokio::test]
async fn the_token_says_what_the_raw_one_said_and_more() {
    let stage = Stage::empty().await;
    let raw = stage.raw_token(|_| ()).await;
    let claims = claims_of(&exchanged(&stage, &raw, "*/*").await);
    assert_eq!(claims["scope"], claims_of(&raw)["scope"], "copied");
    assert_eq!(claims["urn:altinn:orgNumber"], FJORDVIK, "nine digits");
    assert_eq!(
        claims["urn:altinn:org"], "fjordvik",
        "it is a service owner with the scope"
    );
    assert_eq!(claims["urn:altinn:authlevel"], 3, "a number");
    let issuer = stage.url("/authentication/api/v1/openid/");
    assert_eq!(claims["iss"], issuer, "with the slash");
    assert!(claims["client_amr"].is_null(), "not copied");
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 1800, "half an hour");
    let reader = stage
        .raw_token(|claims| claims["scope"] = json!(READ))
        .await;
    let claims = claims_of(&exchanged(&stage, &reader, "*/*").await);
    assert!(
        claims["urn:altinn:org"].is_null(),
        "only with altinn:serviceowner"
    );
}

#[tokio::test]
async fn refusals() {
    let stage = Stage::empty().await;
    let raw = stage.raw_token(|_| ()).await;
    let status = |path: &str, token: Option<String>| {
        let mut request = stage.http.get(stage.url(path));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        async move { request.send().await.unwrap().status() }
    };
    let none = status(EXCHANGE, None).await;
    assert_eq!(none, StatusCode::UNAUTHORIZED, "no token");
    let broken = status(EXCHANGE, Some(format!("{raw}x"))).await;
    assert_eq!(broken, StatusCode::UNAUTHORIZED, "a broken signature");
    let altinn = stage.token(FJORDVIK, READ).await;
    let altinn = status(EXCHANGE, Some(altinn)).await;
    assert_eq!(
        altinn,
        StatusCode::UNAUTHORIZED,
        "an Altinn token is not a raw one"
    );
    let other = status("/authentication/api/v1/exchange/x", Some(raw.clone())).await;
    assert_eq!(other, StatusCode::BAD_REQUEST, "an unknown provider");
    let request = stage.http.get(stage.url(EXCHANGE)).bearer_auth(&raw);
    let gone = request.header("X-Altinn-EnterpriseUser-Authentication", "x");
    let gone = gone.send().await.unwrap().status();
    assert_eq!(gone, StatusCode::GONE, "enterprise users are gone");
    stage
        .sandbox
        .advance(std::time::Duration::from_secs(599 + 11));
    let late = status(EXCHANGE, Some(raw)).await;
    assert_eq!(
        late,
        StatusCode::UNAUTHORIZED,
        "expired for longer than the skew"
    );
}

#[tokio::test]
async fn a_token_dies_on_its_second() {
    let stage = Stage::empty().await;
    let token = stage.token(FJORDVIK, READ).await;
    let status = || async {
        let path = "/correspondence/api/v1/correspondence?resourceId=nmk-tilsyn&role=Recipient";
        let request = stage.http.get(stage.url(path)).bearer_auth(&token);
        request.send().await.unwrap().status()
    };
    assert_eq!(status().await, StatusCode::OK, "alive");
    stage.sandbox.advance(std::time::Duration::from_secs(1800));
    assert_eq!(
        status().await,
        StatusCode::UNAUTHORIZED,
        "no skew, also when remembered"
    );
}

#[tokio::test]
async fn discovery_leads_to_keys_in_standard_base64() {
    let stage = Stage::empty().await;
    let path = "/authentication/api/v1/openid/.well-known/openid-configuration";
    let discovery = stage.json(path).await;
    let keys = discovery["jwks_uri"].as_str().unwrap();
    let keys: Value = stage
        .http
        .get(keys)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let key = &keys["keys"][0];
    let standard = base64::engine::general_purpose::STANDARD;
    let modulus = standard.decode(key["n"].as_str().unwrap());
    assert_eq!(
        modulus.unwrap().len(),
        256,
        "2048 bits, padded standard base64"
    );
    assert!(key["x5c"][0].is_string(), "with its certificate");
}
