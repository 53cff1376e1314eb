//! The test token generator: platform reference, section 1.4.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::stage::{BERGET, Stage, claims_of};

#[tokio::test]
async fn an_enterprise_token_says_where_it_comes_from() {
    let stage = Stage::empty().await;
    let path = "/api/GetEnterpriseToken?env=tt02&scopes=a:b,c:d&orgNo=371049746&ttl=60&org=x";
    let response = stage.get(path).await;
    let kind = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kind.starts_with("text/plain"), "the bare token");
    let claims = claims_of(&response.text().await.unwrap());
    assert_eq!(claims["actual_iss"], "altinn-test-tools", "a sure sign");
    assert_eq!(claims["scope"], "a:b c:d", "commas or spaces");
    assert_eq!(
        claims["consumer"]["ID"],
        format!("0192:{BERGET}"),
        "as asked"
    );
    assert_eq!(claims["urn:altinn:org"], "x", "as asked");
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 60, "as asked");
}

#[tokio::test]
async fn a_personal_token_has_the_person() {
    let stage = Stage::empty().await;
    let path = "/api/getpersonaltoken?env=tt02&pid=02869326553&authLvl=4&scopes=a:b";
    let claims = claims_of(&stage.get(path).await.text().await.unwrap());
    assert_eq!(claims["pid"], "02869326553", "as asked");
    assert_eq!(claims["urn:altinn:authlevel"], 4, "as asked");
    let path = "/api/GetPersonalToken?env=tt02";
    let claims = claims_of(&stage.get(path).await.text().await.unwrap());
    assert_eq!(claims["scope"], "altinn:enduser", "the default");
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let stage = Stage::empty().await;
    let response = stage.get("/api/GetEnterpriseToken?env=mars&orgNo=12").await;
    assert_eq!(
        response.status(),
        StatusCode::BAD_REQUEST,
        "three things are wrong"
    );
    let body: Value = response.json().await.unwrap();
    let invalid = "Parameter was supplied with an invalid value";
    let expected =
        json!({ "env": invalid, "orgNo": invalid, "scopes": "Parameter must be supplied" });
    assert_eq!(body, expected, "each by its name");
}

#[tokio::test]
async fn who_signs_in_must_do_it_right() {
    let stage = Stage::empty().await;
    let url = stage.url("/api/GetEnterpriseToken?env=tt02&scopes=a:b");
    let basic = stage.http.get(&url).basic_auth("any", Some("one"));
    assert_eq!(
        basic.send().await.unwrap().status(),
        StatusCode::OK,
        "no account is needed"
    );
    let malformed = stage.http.get(&url).header("authorization", "Basic %%");
    let malformed = malformed.send().await.unwrap().status();
    assert_eq!(malformed, StatusCode::BAD_REQUEST, "malformed");
    let bearer = stage
        .http
        .get(&url)
        .bearer_auth(stage.raw_token(|_| ()).await);
    let bearer = bearer.send().await.unwrap().status();
    assert_eq!(
        bearer,
        StatusCode::FORBIDDEN,
        "without the generator's scope"
    );
}
