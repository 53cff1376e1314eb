//! Every way an assertion can be wrong, and every member it may have: platform reference, sections 2.1 to 2.5.

use altinn_sandbox::{Options, World};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::{BERGET, FJORDVIK, READ, Stage, claims_of, signed, signed_as, signed_with};

/// Error and code of a refusal, or the claims of the token.
async fn told(response: reqwest::Response) -> Result<Value, (String, String)> {
    let status = response.status();
    let body: Value = response.json().await.unwrap();
    if status == StatusCode::OK {
        return Ok(claims_of(body["access_token"].as_str().unwrap()));
    }
    assert_eq!(status, StatusCode::BAD_REQUEST, "400 for most");
    assert!(
        body["error_description"]
            .as_str()
            .unwrap()
            .contains("(trace_id: "),
        "support asks for it"
    );
    let code = body["error_uri"].as_str().unwrap_or_default();
    let code = code.rsplit('/').next().unwrap().to_owned();
    Err((body["error"].as_str().unwrap().to_owned(), code))
}

fn error(error: &str, code: &str) -> Result<Value, (String, String)> {
    Err((error.to_owned(), code.to_owned()))
}

async fn granted(
    stage: &Stage,
    change: impl FnOnce(&mut Value),
) -> Result<Value, (String, String)> {
    let mut claims = stage.claims();
    change(&mut claims);
    told(stage.grant(&claims).await).await
}

async fn changed(change: impl FnOnce(&mut World)) -> Stage {
    let mut world = World::practice();
    change(&mut world);
    Stage::with(Options {
        world,
        letters: Some(0),
        ..Options::default()
    })
    .await
}

/// The test certificates and their one key.
fn certificates() -> Value {
    serde_json::from_str(include_str!("certificates.json")).unwrap()
}

/// A sandbox whose Fjordvik has no registered key.
async fn without_keys() -> Stage {
    let stage = Stage::empty().await;
    let client = stage.account("Fjordvik kommune")["client_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("clients/{client}/keys");
    let none = stage
        .control(Method::POST, &path, &json!({ "keys": [] }))
        .await;
    assert_eq!(none.status(), StatusCode::OK, "its keys are gone");
    stage
}

async fn by_certificate(stage: &Stage, chain: Value) -> Result<Value, (String, String)> {
    let header = json!({ "alg": "RS256", "x5c": chain });
    let assertion = signed_with(&certificates()["key"], &header, &stage.claims());
    told(stage.ask("/maskinporten/token", &assertion).await).await
}

#[tokio::test]
async fn section_2_1_an_enterprise_certificate_signs_for_its_organisation() {
    let stage = without_keys().await;
    let all = certificates();
    for form in ["test", "test_by_identifier"] {
        let claims = by_certificate(&stage, json!([all[form]])).await.unwrap();
        assert_eq!(claims["client_amr"], "virksomhetssertifikat", "{form}");
        assert_eq!(
            claims["consumer"]["ID"],
            format!("0192:{FJORDVIK}"),
            "{form}"
        );
    }
}

#[tokio::test]
async fn section_2_4_what_is_wrong_with_a_certificate() {
    let stage = without_keys().await;
    let all = certificates();
    for (form, code) in [
        ("production", "MP-120"),
        ("expired", "MP-120"),
        ("of_another", "MP-122"),
    ] {
        let case = by_certificate(&stage, json!([all[form]])).await;
        assert_eq!(case, error("invalid_grant", code), "{form}");
    }
    for chain in [
        all["test"].clone(),
        json!([]),
        json!(["AAAA"]),
        json!([7]),
        json!(["%"]),
    ] {
        let case = by_certificate(&stage, chain).await;
        assert_eq!(
            case,
            error("invalid_grant", "MP-123"),
            "an array of certificates"
        );
    }
    let fjordvik = stage.account("Fjordvik kommune")["private_jwk"].clone();
    let header = json!({ "alg": "RS256", "x5c": [all["test"]] });
    let assertion = signed_with(&fjordvik, &header, &stage.claims());
    let case = told(stage.ask("/maskinporten/token", &assertion).await).await;
    assert_eq!(case, error("invalid_grant", "MP-124"), "another key signed");
}

#[tokio::test]
async fn section_2_1_a_client_with_a_registered_key_uses_it() {
    let stage = Stage::empty().await;
    let case = by_certificate(&stage, json!([certificates()["test"]])).await;
    assert_eq!(case, error("invalid_grant", ""), "its kid is asked for");
    let header = json!({ "alg": "RS256", "kid": "x", "x5c": [certificates()["test"]] });
    let assertion = signed_with(&certificates()["key"], &header, &stage.claims());
    let case = told(stage.ask("/maskinporten/token", &assertion).await).await;
    assert_eq!(
        case,
        error("invalid_grant", "MP-123"),
        "exactly one of the two"
    );
}

#[tokio::test]
async fn section_2_1_rsa_only() {
    let stage = Stage::empty().await;
    let key = stage.account("Fjordvik kommune")["private_jwk"].clone();
    for algorithm in ["ES256", "none", "HS256", "PS256"] {
        let header = json!({ "alg": algorithm, "kid": key["kid"] });
        let assertion = signed_with(&key, &header, &stage.claims());
        let case = told(stage.ask("/maskinporten/token", &assertion).await).await;
        assert_eq!(case, error("invalid_grant", "MP-124"), "{algorithm}");
    }
}

#[tokio::test]
async fn section_2_2_the_issue_time_lies_within_ten_seconds() {
    let stage = Stage::empty().await;
    for (off, expected) in [
        (-30, error("invalid_grant", "MP-130")),
        (30, error("invalid_grant", "")),
    ] {
        let case = granted(&stage, |claims| {
            claims["iat"] = json!(stage.now() + off);
            claims["exp"] = json!(stage.now() + off + 100);
        });
        assert_eq!(case.await, expected, "{off} s off");
    }
    for off in [-5, 5] {
        let case = granted(&stage, |claims| claims["iat"] = json!(stage.now() + off));
        assert!(case.await.is_ok(), "{off} s off is near enough");
    }
    for missing in ["iat", "exp"] {
        let case = granted(&stage, |claims| {
            claims.as_object_mut().unwrap().remove(missing);
        });
        assert_eq!(
            case.await,
            error("invalid_request", "MP-011"),
            "{missing} is required"
        );
    }
}

#[tokio::test]
async fn section_2_2_optional_claims_reach_the_token() {
    let stage = Stage::empty().await;
    let claims = granted(&stage, |claims| {
        claims["sub"] = claims["iss"].clone();
        claims["resource"] = json!(["https://api.example"]);
        claims["pid"] = json!("02869326553");
    })
    .await
    .unwrap();
    assert_eq!(
        claims["aud"],
        json!(["https://api.example"]),
        "the audience asked for"
    );
    assert_eq!(claims["pid"], "02869326553", "for one person");
    let case = granted(&stage, |claims| claims["sub"] = json!("x")).await;
    assert_eq!(
        case,
        error("invalid_request", "MP-011"),
        "sub is iss or nothing"
    );
    let case = granted(&stage, |claims| {
        claims["consumer_org"] = json!(BERGET);
        claims["iss_onbehalfof"] = json!("x");
    });
    assert_eq!(case.await, error("invalid_request", ""), "one or the other");
    let mut claims = stage.claims();
    claims.as_object_mut().unwrap().remove("jti");
    assert!(
        told(stage.grant(&claims).await).await.is_ok(),
        "jti is recommended only"
    );
}

#[tokio::test]
async fn section_2_2_a_supplier_acts_by_delegation() {
    let stage = changed(|world| {
        world.delegations.push(altinn_sandbox::world::Delegation {
            consumer: BERGET.to_owned(),
            client_id: world.maskinporten_clients[0].client_id.clone(),
            scopes: vec!["brreg:altinn".to_owned()],
        });
    })
    .await;
    let claims = granted(&stage, |claims| {
        claims["scope"] = json!("brreg:altinn");
        claims["consumer_org"] = json!(BERGET);
    })
    .await
    .unwrap();
    assert_eq!(
        claims["consumer"]["ID"],
        format!("0192:{BERGET}"),
        "the customer"
    );
    assert_eq!(
        claims["supplier"]["ID"],
        format!("0192:{FJORDVIK}"),
        "the supplier"
    );
    assert!(
        claims["delegation_source"].is_string(),
        "where it was delegated"
    );
    let own = granted(&stage, |claims| claims["scope"] = json!("brreg:altinn"));
    assert_eq!(
        own.await,
        error("invalid_scope", "MP-200"),
        "only by delegation"
    );
}

#[tokio::test]
async fn section_2_4_refused_scopes_by_their_cause() {
    let stage = Stage::empty().await;
    let case = granted(&stage, |claims| claims["scope"] = json!("")).await;
    assert_eq!(case, error("invalid_scope", "MP-200"), "none at all");
    let case = granted(&stage, |claims| {
        claims["scope"] = json!(format!("{READ} altinn:misspelt"))
    });
    assert_eq!(
        case.await,
        error("invalid_scope", "MP-200"),
        "one of two is not on the client"
    );
    let stage = changed(|world| {
        world.maskinporten_clients[0].integration_type = Some("api_klient".to_owned());
    })
    .await;
    let case = granted(&stage, |_| ()).await;
    assert_eq!(
        case,
        error("invalid_scope", "MP-201"),
        "a client of another type"
    );
}

#[tokio::test]
async fn section_2_4_system_user_details_that_cannot_be_read() {
    let stage = Stage::empty().await;
    let good = json!({ "type": "urn:altinn:systemuser",
        "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{FJORDVIK}") } });
    let with = |details: Value| granted(&stage, |claims| claims["authorization_details"] = details);
    assert!(with(json!([good])).await.is_ok(), "as it should be");
    let mut bare = good.clone();
    bare["systemuser_org"]["ID"] = json!(FJORDVIK);
    let unfound = error("invalid_altinn_customer_configuration", "MP-303");
    assert_eq!(with(json!([bare])).await, unfound, "0192: belongs to it");
    let mut more = good.clone();
    more["systemuserid"] = json!("x");
    assert_eq!(
        with(json!([more])).await,
        error("invalid_authorization_details", "MP-302"),
        "an unknown member"
    );
    assert_eq!(
        with(json!([{ "type": "x" }])).await,
        error("invalid_authorization_details", "MP-301"),
        "an unknown type"
    );
    for count in [json!([]), json!([good, good]), good.clone(), json!("x")] {
        assert_eq!(
            with(count).await.unwrap_err().1,
            "MP-302",
            "exactly one element of an array"
        );
    }
}

#[tokio::test]
async fn section_2_3_the_request_is_a_form_and_the_answer_json() {
    let stage = Stage::empty().await;
    let url = stage.url("/maskinporten/token");
    let json = stage
        .http
        .post(&url)
        .json(&stage.claims())
        .send()
        .await
        .unwrap();
    assert_eq!(
        told(json).await,
        error("unsupported_grant_type", ""),
        "not the assertion's content"
    );
    let get = stage.http.get(&url).send().await.unwrap();
    assert_eq!(get.status(), StatusCode::METHOD_NOT_ALLOWED, "posted only");
    let answer: Value = stage.grant(&stage.claims()).await.json().await.unwrap();
    assert!(answer["refresh_token"].is_null(), "there are none");
    let claims = claims_of(answer["access_token"].as_str().unwrap());
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(answer["expires_in"], life, "the number to trust");
    for claim in [
        "iss",
        "client_id",
        "client_amr",
        "consumer",
        "scope",
        "token_type",
        "jti",
    ] {
        assert!(!claims[claim].is_null(), "{claim} is in the token");
    }
    let stage = changed(|world| world.maskinporten_clients[0].token_lifetime_s = Some(119)).await;
    let answer: Value = stage.grant(&stage.claims()).await.json().await.unwrap();
    assert_eq!(answer["expires_in"], 119, "decided for each client");
}

#[tokio::test]
async fn section_2_5_registered_keys_live_a_year_and_can_be_posted_again() {
    let stage = Stage::empty().await;
    let account = stage.account("Fjordvik kommune");
    let year = std::time::Duration::from_secs(365 * 24 * 3600);
    stage.sandbox.advance(year);
    let grant = || async {
        let mut claims = stage.claims();
        let now = stage.now() + 365 * 24 * 3600;
        claims["iat"] = json!(now);
        claims["exp"] = json!(now + 100);
        told(stage.grant(&claims).await).await
    };
    assert_eq!(
        grant().await,
        error("invalid_grant", "MP-121"),
        "it has expired"
    );
    let jwk = &account["private_jwk"];
    let public = json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": jwk["kid"], "n": jwk["n"], "e": jwk["e"] });
    let path = format!("clients/{}/keys", account["client_id"].as_str().unwrap());
    let posted = stage
        .control(Method::POST, &path, &json!({ "keys": [public] }))
        .await;
    assert_eq!(posted.status(), StatusCode::OK, "the same key again");
    assert!(grant().await.is_ok(), "renewed");
}

#[tokio::test]
async fn section_2_5_what_a_key_set_may_hold() {
    let stage = Stage::empty().await;
    let account = stage.account("Fjordvik kommune");
    let path = format!("clients/{}/keys", account["client_id"].as_str().unwrap());
    let key = |kid: &str| json!({ "kty": "RSA", "kid": kid, "n": account["private_jwk"]["n"], "e": "AQAB" });
    let post = |keys: Vec<Value>| {
        let set = json!({ "keys": keys });
        let (stage, path) = (&stage, &path);
        async move { stage.control(Method::POST, path, &set).await.status() }
    };
    let six = (0..6).map(|number| key(&format!("k{number}"))).collect();
    assert_eq!(post(six).await, StatusCode::BAD_REQUEST, "five at most");
    assert_eq!(
        post(vec![key("a b")]).await,
        StatusCode::BAD_REQUEST,
        "no spaces"
    );
    assert_eq!(
        post(vec![key("a.b_c-1")]).await,
        StatusCode::OK,
        "these letters"
    );
}

#[tokio::test]
async fn section_1_1_a_wrong_environment_is_told_by_its_audience() {
    let stage = Stage::empty().await;
    for audience in [
        json!("https://maskinporten.no/"),
        json!("https://test.maskinporten.no/"),
        json!(stage.url("/maskinporten/token")),
        json!([stage.sandbox.ready().maskinporten]),
    ] {
        let case = granted(&stage, |claims| claims["aud"] = audience.clone()).await;
        assert_eq!(case, error("invalid_grant", "MP-110"), "{audience}");
    }
}

#[tokio::test]
async fn section_2_4_rubbish_is_told_apart_from_a_bad_signature() {
    let stage = Stage::empty().await;
    let key = stage.account("Fjordvik kommune")["private_jwk"].clone();
    let good = signed(&key, key["kid"].as_str(), &stage.claims());
    let (head, signature) = good.rsplit_once('.').unwrap();
    let broken = format!("{head}.{}", URL_SAFE_NO_PAD.encode([0; 256]));
    let case = told(stage.ask("/maskinporten/token", &broken).await).await;
    assert_eq!(case, error("invalid_grant", "MP-124"), "another signature");
    for rubbish in [
        "",
        "a",
        "a.b.c",
        &format!("{head}.\n{signature}"),
        &format!("{good}.x"),
    ] {
        let case = told(stage.ask("/maskinporten/token", rubbish).await).await;
        assert_eq!(case, error("invalid_request", "MP-011"), "malformed");
    }
}

#[tokio::test]
async fn section_2_5_an_administration_client_rotates_keys() {
    let scope = "idporten:dcr.write";
    let stage = changed(|world| world.maskinporten_clients[0].scopes.push(scope.to_owned())).await;
    let account = stage.account("Fjordvik kommune");
    let of = |client: &Value| {
        let client = client["client_id"].as_str().unwrap();
        stage.url(&format!("/digdir/external/api/v1/clients/{client}/jwks"))
    };
    let url = of(&account);
    let raw = stage
        .raw_token(|claims| claims["scope"] = json!(scope))
        .await;
    let old: Value = stage
        .http
        .get(&url)
        .bearer_auth(&raw)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(
        old["keys"][0]["kid"], account["private_jwk"]["kid"],
        "the key there is"
    );
    let new = certificates()["key"].clone();
    let public = json!({ "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "brevdue-20261122", "n": new["n"], "e": new["e"] });
    let merged = json!({ "keys": [old["keys"][0], public] });
    let told = stage
        .http
        .post(&url)
        .bearer_auth(&raw)
        .json(&merged)
        .send()
        .await
        .unwrap();
    let told: Value = told.json().await.unwrap();
    assert_eq!(
        told["keys"].as_array().unwrap().len(),
        2,
        "old and new together"
    );
    let assertion = signed(&new, Some("brevdue-20261122"), &stage.claims());
    assert!(
        told_by(&stage, &assertion).await.is_ok(),
        "the new key signs"
    );
    assert!(
        granted(&stage, |_| ()).await.is_ok(),
        "and the old one still"
    );
    let only = json!({ "keys": [public] });
    stage
        .http
        .post(&url)
        .bearer_auth(&raw)
        .json(&only)
        .send()
        .await
        .unwrap();
    assert_eq!(
        granted(&stage, |_| ()).await,
        error("invalid_grant", "MP-100"),
        "a set replaces the whole set"
    );
    let wrong = stage
        .http
        .post(&url)
        .bearer_auth(&raw)
        .json(&json!([]))
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST, "not a set");
    let other = of(&stage.account("Berget Bygg AS"));
    let other = stage
        .http
        .get(other)
        .bearer_auth(&raw)
        .send()
        .await
        .unwrap();
    assert_eq!(
        other.status(),
        StatusCode::NOT_FOUND,
        "another organisation's client"
    );
    let altinn = stage.token(FJORDVIK, scope).await;
    let altinn = stage
        .http
        .get(&url)
        .bearer_auth(altinn)
        .send()
        .await
        .unwrap();
    assert_eq!(
        altinn.status(),
        StatusCode::UNAUTHORIZED,
        "the raw token, not an exchanged one"
    );
}

async fn told_by(stage: &Stage, assertion: &str) -> Result<Value, (String, String)> {
    told(stage.ask("/maskinporten/token", assertion).await).await
}

#[tokio::test]
async fn section_2_1_three_hashes_sign() {
    use ring::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding};

    let stage = Stage::empty().await;
    let key = stage.account("Fjordvik kommune")["private_jwk"].clone();
    let encodings: [(&str, &'static dyn RsaEncoding); 3] = [
        ("RS256", &RSA_PKCS1_SHA256),
        ("RS384", &RSA_PKCS1_SHA384),
        ("RS512", &RSA_PKCS1_SHA512),
    ];
    for (named, _) in encodings {
        for (used, encoding) in encodings {
            let header = json!({ "alg": named, "kid": key["kid"] });
            let assertion = signed_as(encoding, &key, &header, &stage.claims());
            let case = told(stage.ask("/maskinporten/token", &assertion).await).await;
            if named == used {
                let raw = case.unwrap();
                assert_eq!(raw["scope"], stage.claims()["scope"], "{named} is taken");
            } else {
                assert_eq!(
                    case,
                    error("invalid_grant", "MP-124"),
                    "{used} called {named}"
                );
            }
        }
    }
    let answer: Value = stage.grant(&stage.claims()).await.json().await.unwrap();
    let head = answer["access_token"]
        .as_str()
        .unwrap()
        .split('.')
        .next()
        .unwrap();
    let head: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
    assert_eq!(head["alg"], "RS256", "tokens are always signed so");
}

/// What a client shows its user: refusals without a number are told apart by their words.
#[tokio::test]
async fn section_2_4_refusals_without_a_number_say_what_they_mean() {
    let stage = Stage::empty().await;
    let described = async |change: fn(&mut Value)| {
        let mut claims = stage.claims();
        change(&mut claims);
        let answer: Value = stage.grant(&claims).await.json().await.unwrap();
        assert!(
            answer.get("error_uri").is_none_or(Value::is_null),
            "no number: {answer}"
        );
        answer["error_description"].as_str().unwrap().to_owned()
    };
    let late = described(|claims| {
        let ahead = claims["iat"].as_i64().unwrap() + 60;
        claims["iat"] = json!(ahead);
        claims["exp"] = json!(ahead + 100);
    });
    let late = late.await;
    assert!(late.contains("Issue time is after now"), "{late}");
    let own = described(|claims| claims["consumer_org"] = json!(FJORDVIK)).await;
    assert!(own.contains("consumer_org"), "{own}");
}
