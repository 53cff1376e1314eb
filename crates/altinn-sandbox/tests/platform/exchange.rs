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
async fn section_3_1_the_answer_is_quoted_for_who_wants_json() {
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
async fn section_3_3_the_token_says_what_the_raw_one_said_and_more() {
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
async fn section_3_1_refusals() {
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
    let unreadable = status(EXCHANGE, Some("abc".to_owned())).await;
    assert_eq!(unreadable, StatusCode::UNAUTHORIZED, "not a token");
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
async fn section_3_5_a_token_dies_on_its_second() {
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
async fn section_1_3_discovery_leads_to_keys_in_standard_base64() {
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

async fn exchanged_claims(stage: &Stage, raw: &str) -> Value {
    claims_of(&exchanged(stage, raw, "*/*").await)
}

#[tokio::test]
async fn section_1_3_altinns_own_discovery() {
    let stage = Stage::empty().await;
    let base = "/authentication/api/v1/openid/.well-known/openid-configuration";
    let told = stage.json(base).await;
    let at = |path: &str| json!(stage.url(&format!("/authentication/api/v1/{path}")));
    for (member, value) in [
        ("issuer", at("openid/")),
        ("authorization_endpoint", at("authorize/")),
        ("token_endpoint", at("token/")),
        ("end_session_endpoint", at("openid/logout/")),
        (
            "jwks_uri",
            at("openid/.well-known/openid-configuration/jwks"),
        ),
        ("response_types_supported", json!(["token"])),
        ("subject_types_supported", json!(["pairwise"])),
        ("id_token_signing_alg_values_supported", json!(["RS256"])),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    let keys = stage.json(&format!("{base}/jwks")).await;
    let key = &keys["keys"][0];
    let standard = base64::engine::general_purpose::STANDARD;
    let certificate = standard.decode(key["x5c"][0].as_str().unwrap()).unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
    let thumbprint: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    assert_eq!(
        key["kid"], thumbprint,
        "the key is named by its certificate"
    );
    assert_eq!(
        (&key["kty"], &key["use"]),
        (&json!("RSA"), &json!("sig")),
        "what it is for"
    );
}

#[tokio::test]
async fn section_3_1_an_unknown_provider_is_named() {
    let stage = Stage::empty().await;
    let told = stage.get("/authentication/api/v1/exchange/Feide").await;
    assert_eq!(told.status(), StatusCode::BAD_REQUEST, "400");
    let why = "Invalid token provider: Feide. Trusted token providers are 'Maskinporten', 'Id-porten' and 'AltinnStudio'.";
    assert_eq!(told.text().await.unwrap(), why, "in these words");
    let raw = stage.raw_token(|_| ()).await;
    let upper = stage.url("/authentication/api/v1/exchange/MaskinPorten");
    let upper = stage
        .http
        .get(upper)
        .bearer_auth(&raw)
        .send()
        .await
        .unwrap();
    assert_eq!(upper.status(), StatusCode::OK, "providers in any case");
    let studio = stage.url("/authentication/api/v1/exchange/altinnstudio");
    let studio = stage
        .http
        .get(studio)
        .bearer_auth(&raw)
        .send()
        .await
        .unwrap();
    assert_eq!(
        studio.status(),
        StatusCode::UNAUTHORIZED,
        "not that provider's token"
    );
}

#[tokio::test]
async fn section_3_7_enterprise_users_are_gone_once_the_token_is_valid() {
    let stage = Stage::empty().await;
    let raw = stage.raw_token(|_| ()).await;
    let with = |token: &str, value: &str| {
        let request = stage.http.get(stage.url(EXCHANGE)).bearer_auth(token);
        let request = request.header("X-Altinn-EnterpriseUser-Authentication", value);
        async move { request.send().await.unwrap() }
    };
    let gone = with(&raw, "bruker:ord").await;
    assert_eq!(gone.status(), StatusCode::GONE, "410");
    assert_eq!(
        gone.headers()["content-type"],
        "application/problem+json",
        "a problem"
    );
    let problem: Value = gone.json().await.unwrap();
    assert_eq!(
        problem["title"], "Virksomhetsbruker is no longer available",
        "by this title"
    );
    assert_eq!(
        with(&raw, "").await.status(),
        StatusCode::OK,
        "empty is nothing"
    );
    let broken = with(&format!("{raw}x"), "bruker:ord").await;
    assert_eq!(
        broken.status(),
        StatusCode::UNAUTHORIZED,
        "the token comes first"
    );
}

#[tokio::test]
async fn section_3_2_ten_seconds_of_skew() {
    let stage = Stage::empty().await;
    let raw = stage.raw_token(|_| ()).await;
    stage
        .sandbox
        .advance(std::time::Duration::from_secs(599 + 5));
    exchanged(&stage, &raw, "*/*").await;
}

#[tokio::test]
async fn section_3_3_what_is_copied_and_what_is_new() {
    let stage = Stage::empty().await;
    let raw = stage
        .raw_token(|claims| claims["resource"] = json!("https://api.example"))
        .await;
    let (before, claims) = (claims_of(&raw), exchanged_claims(&stage, &raw).await);
    for copied in ["scope", "consumer", "client_id", "jti", "token_type"] {
        assert_eq!(claims[copied], before[copied], "{copied} is copied");
    }
    for dropped in ["aud", "client_amr"] {
        assert!(
            !before[dropped].is_null() && claims[dropped].is_null(),
            "{dropped} is not"
        );
    }
    assert_eq!(
        claims["urn:altinn:authenticatemethod"], "maskinporten",
        "by what"
    );
    assert!(claims["sid"].is_string(), "a session");
    assert_ne!(
        claims["sid"],
        exchanged_claims(&stage, &raw).await["sid"],
        "another each time"
    );
}

#[tokio::test]
async fn section_3_3_the_service_owner_code() {
    let mut world = altinn_sandbox::World::practice();
    let scopes = &mut world.maskinporten_clients[0].scopes;
    scopes.extend([
        "altinn:serviceowner/instances.read".to_owned(),
        "altinn:other".to_owned(),
    ]);
    let owner = world
        .service_owners
        .iter_mut()
        .find(|owner| owner.orgnr == FJORDVIK);
    owner.unwrap().org = "digdir".to_owned();
    let stage = Stage::with(altinn_sandbox::Options {
        world,
        letters: Some(0),
        ..altinn_sandbox::Options::default()
    })
    .await;
    for (scope, code) in [
        ("altinn:serviceowner/instances.read", json!("digdir")),
        ("altinn:other", Value::Null),
    ] {
        let raw = stage
            .raw_token(|claims| claims["scope"] = json!(scope))
            .await;
        let claims = exchanged_claims(&stage, &raw).await;
        assert_eq!(claims["urn:altinn:org"], code, "{scope}");
    }
    let raw = stage.raw_token(|_| ()).await;
    let test = stage.url(&format!("{EXCHANGE}?test=true"));
    let test = stage.http.get(test).bearer_auth(&raw).send().await.unwrap();
    let claims = claims_of(&test.text().await.unwrap());
    assert_eq!(
        claims["urn:altinn:org"], "ttd",
        "Digdir's own organisation only"
    );
}

#[tokio::test]
async fn section_6_1_a_subscription_key_is_neither_needed_nor_refused() {
    let stage = Stage::empty().await;
    let path = stage.url("/resourceregistry/api/v1/resource/nmk-tilsyn");
    let with = stage
        .http
        .get(path)
        .header("Ocp-Apim-Subscription-Key", "x");
    assert_eq!(
        with.send().await.unwrap().status(),
        StatusCode::OK,
        "taken and ignored"
    );
}

#[tokio::test]
async fn section_3_3_suppliers_and_system_users_are_carried_over() {
    let mut world = altinn_sandbox::World::practice();
    let client = world.maskinporten_clients[0].client_id.clone();
    world.delegations.push(altinn_sandbox::world::Delegation {
        consumer: crate::stage::BERGET.to_owned(),
        client_id: client,
        scopes: vec![READ.to_owned()],
    });
    let stage = Stage::with(altinn_sandbox::Options {
        world,
        letters: Some(0),
        ..altinn_sandbox::Options::default()
    })
    .await;
    let delegated = stage
        .raw_token(|claims| {
            claims["scope"] = json!(READ);
            claims["consumer_org"] = json!(crate::stage::BERGET);
        })
        .await;
    let details = json!([{ "type": "urn:altinn:systemuser",
        "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{FJORDVIK}") } }]);
    let of_system_user = stage
        .raw_token(|claims| claims["authorization_details"] = details)
        .await;
    for (raw, copied) in [
        (
            delegated,
            &["consumer", "supplier", "delegation_source"][..],
        ),
        (of_system_user, &["authorization_details"][..]),
    ] {
        let (before, after) = (claims_of(&raw), exchanged_claims(&stage, &raw).await);
        for claim in copied {
            assert!(!before[claim].is_null(), "{claim} was there");
            assert_eq!(after[claim], before[claim], "{claim} is carried over");
        }
    }
}
