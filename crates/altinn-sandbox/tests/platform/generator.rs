//! The test token generator: platform reference, section 1.4.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::stage::{BERGET, Stage, claims_of};

#[tokio::test]
async fn section_1_4_an_enterprise_token_says_where_it_comes_from() {
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
async fn section_1_4_a_personal_token_has_the_person() {
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
async fn section_1_4_bad_parameters_are_named() {
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
async fn section_1_4_who_signs_in_must_do_it_right() {
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

#[tokio::test]
async fn section_1_4_claims_of_each_kind() {
    let stage = Stage::empty().await;
    let token = |path: &str| {
        let path = format!("/api/{path}");
        let stage = &stage;
        async move { claims_of(&stage.get(&path).await.text().await.unwrap()) }
    };
    let enterprise =
        token("GetEnterpriseToken?env=tt02&scopes=a:b&supplierOrgNo=359797117&delegationSource=x")
            .await;
    for claim in [
        "scope",
        "token_type",
        "exp",
        "iat",
        "nbf",
        "client_id",
        "jti",
        "consumer",
        "urn:altinn:orgNumber",
        "urn:altinn:authenticatemethod",
        "urn:altinn:authlevel",
        "iss",
        "supplier",
        "delegation_source",
    ] {
        assert!(!enterprise[claim].is_null(), "an enterprise's has {claim}");
    }
    assert!(enterprise["urn:altinn:org"].is_null(), "not asked for");
    let life = enterprise["exp"].as_i64().unwrap() - enterprise["iat"].as_i64().unwrap();
    assert_eq!(life, 1800, "half an hour unless asked for");
    let user = "GetSystemUserToken?env=tt02&systemUserId=6b0574ae-f569-4c0d-a8d4-8ad56f427890&systemUserOrg=371049746";
    let user = token(user).await;
    assert!(
        user["urn:altinn:orgNumber"].is_null(),
        "a system user's has no number"
    );
    let owner = &user["authorization_details"][0]["systemuser_org"]["ID"];
    assert_eq!(owner, &json!(format!("0192:{BERGET}")), "but its owner's");
    let person = token("GetPersonalToken?env=tt02").await;
    for claim in [
        "pid",
        "acr",
        "client_amr",
        "urn:altinn:userid",
        "urn:altinn:partyid",
        "nameid",
        "urn:altinn:party:uuid",
    ] {
        assert!(!person[claim].is_null(), "a person's has {claim}");
    }
    assert_eq!(
        person["urn:altinn:authlevel"], 3,
        "level 3 unless asked for"
    );
}

#[tokio::test]
async fn section_1_4_a_bearer_with_the_generators_scope_is_let_in() {
    let mut world = altinn_sandbox::World::practice();
    let scope = "altinn:testtools/tokengenerator/enterprise";
    world.maskinporten_clients[0].scopes.push(scope.to_owned());
    let stage = Stage::with(altinn_sandbox::Options {
        world,
        letters: Some(0),
        ..altinn_sandbox::Options::default()
    })
    .await;
    let raw = stage
        .raw_token(|claims| claims["scope"] = json!(scope))
        .await;
    let url = stage.url("/api/GetEnterpriseToken?env=tt02&scopes=a:b");
    let told = stage.http.get(url).bearer_auth(raw).send().await.unwrap();
    assert_eq!(
        told.status(),
        StatusCode::OK,
        "a scope below the generator's"
    );
}

#[tokio::test]
async fn section_1_4_what_is_required_and_what_is_drawn() {
    let stage = Stage::empty().await;
    let missing = stage.get("/api/GetSystemUserToken?env=tt02").await;
    assert_eq!(missing.status(), StatusCode::BAD_REQUEST, "whose?");
    assert_eq!(
        missing.json::<Value>().await.unwrap(),
        json!({ "systemUserId": "Parameter must be supplied" }),
        "by its name"
    );
    let number = async || {
        let path = "/api/GetEnterpriseToken?env=tt02&scopes=a:b";
        let claims = claims_of(&stage.get(path).await.text().await.unwrap());
        claims["urn:altinn:orgNumber"].as_str().unwrap().to_owned()
    };
    let drawn = number().await;
    assert!(
        drawn.len() == 9 && drawn.bytes().all(|digit| digit.is_ascii_digit()),
        "a number is drawn: {drawn}"
    );
    let mut others = std::collections::BTreeSet::from([drawn]);
    for _ in 0..5 {
        others.insert(number().await);
    }
    assert!(others.len() > 1, "another each time");
    let url = stage.url("/api/GetEnterpriseToken?env=tt02&scopes=a:b");
    let rubbish = stage
        .http
        .get(url)
        .bearer_auth("a.b.c")
        .send()
        .await
        .unwrap();
    assert_eq!(
        rubbish.status(),
        StatusCode::FORBIDDEN,
        "a bearer that is none"
    );
}
