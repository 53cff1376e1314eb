//! Names, issuers and environments (Platform reference, sections 1, 9 and 13).

use crate::support::{Server, answer, json_answer, with_token};
use altinn_client::{Addresses, Role};
use serde_json::{Value, json};

#[tokio::test]
async fn section_9_organisations_are_found_by_name() {
    let server = with_token(|heard| match heard.path.as_str() {
        path if path.contains("ingen") => {
            json_answer(200, &json!({ "page": { "size": 20, "totalElements": 0 } }))
        }
        path if path.contains("/enheter?") => json_answer(
            200,
            &json!({
            "_embedded": { "enheter": [{ "organisasjonsnummer": "987654321", "navn": "BLÅ AS",
                "underTvangsavviklingEllerTvangsopplosning": true }] },
            "page": { "size": 20, "totalElements": 31, "totalPages": 2, "number": 0 } }),
        ),
        _ => json_answer(
            200,
            &json!({ "orgs": { "nav": { "name": { "nb": "Nav" }, "orgnr": "889640782",
            "logo": "https://altinncdn.no/nav.png", "homepage": "https://nav.no", "environments": ["tt02"] } } }),
        ),
    });
    let client = server.client();
    let found = client.find_organisations("blå & co", 0, 20).await.unwrap();
    assert_eq!(
        (found.total, found.entries[0].name.as_str()),
        (31, "BLÅ AS"),
        "a page of them"
    );
    assert!(found.entries[0].is_ending(), "worth a warning");
    assert!(
        client
            .find_organisations("ingen", 0, 20)
            .await
            .unwrap()
            .entries
            .is_empty(),
        "no _embedded when none"
    );
    assert_eq!(
        server.heard()[0].path,
        "/enhetsregisteret/api/enheter?navn=bl%C3%A5+%26+co&page=0&size=20",
        "encoded"
    );
    let owner = &client.service_owners().await.unwrap()[0];
    assert_eq!(
        owner.logo.as_deref(),
        Some("https://altinncdn.no/nav.png"),
        "logo"
    );
    assert_eq!(
        owner.environments,
        ["tt02"],
        "says nothing of letters (item 37)"
    );
}

#[tokio::test]
async fn section_1_3_altinns_keys_are_read_in_both_alphabets() {
    use base64::{
        Engine,
        prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
    };
    let numbers = [0u8, 0xfb, 0xff, 0xfe, 0x3f];
    let server = Server::start(move |heard| match heard.path.as_str() {
        path if path.ends_with("jwks") => json_answer(
            200,
            &json!({ "keys": [
            { "kty": "RSA", "kid": "A", "n": BASE64_STANDARD.encode(numbers), "e": "AQAB" },
            { "kty": "RSA", "kid": "B", "n": BASE64_URL_SAFE_NO_PAD.encode(numbers), "e": "AQAB" },
            { "kty": "EC", "kid": "C", "x": "AA" }] }),
        ),
        _ => json_answer(
            200,
            &json!({ "issuer": "https://platform.tt02.altinn.no/authentication/api/v1/openid/" }),
        ),
    });
    let client = server.client();
    let keys = client.altinn_keys().await.unwrap();
    assert_eq!(
        keys[0].modulus,
        numbers[1..],
        "standard base64, as Altinn writes it (item 39)"
    );
    assert_eq!(
        keys[1].modulus,
        numbers[1..],
        "the URL alphabet, as the standard asks"
    );
    assert_eq!(keys.len(), 3, "a strange one does not hide the others");
    let issuer = client.altinn_metadata().await.unwrap().issuer;
    assert!(
        issuer.ends_with("/openid/"),
        "the issuer tells the environment"
    );
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| heard.header("authorization").is_none()),
        "no token"
    );
    assert_eq!(
        server.heard()[1].path,
        "/authentication/api/v1/openid/.well-known/openid-configuration",
        "path"
    );
}

#[test]
fn section_1_1_environments_are_not_mixed() {
    let test = Addresses::tt02().unwrap();
    assert_eq!(
        test.platform.as_str(),
        "https://platform.tt02.altinn.no/",
        "platform"
    );
    assert_eq!(
        test.maskinporten.as_str(),
        "https://test.maskinporten.no/",
        "ver2 is retired; with its slash (item 4)"
    );
    assert!(
        test.brreg.as_str().contains("data.ppe.brreg.no"),
        "where synthetic organisations are (item 36)"
    );
    let real = Addresses::production().unwrap();
    for (test, real) in [
        (&test.platform, &real.platform),
        (&test.maskinporten, &real.maskinporten),
        (&test.brreg, &real.brreg),
    ] {
        assert_ne!(
            test.host_str(),
            real.host_str(),
            "nothing of one in the other"
        );
    }
}

#[tokio::test]
async fn section_13_4_an_issuer_without_its_slash_gets_one() {
    let server = Server::start(|heard| match heard.path.as_str() {
        "/maskinporten/token" => json_answer(200, &json!({ "access_token": "opaque" })),
        _ => answer(200, "text/plain", crate::support::token(1800, "t")),
    });
    let mut addresses = server.addresses();
    addresses.maskinporten = server.base.join("maskinporten").unwrap();
    let sign_in = altinn_client::SignIn::Maskinporten {
        client_id: "c".to_owned(),
        key: altinn_client::SigningKey::parse(include_str!("../keys/private.jwk.json"), None)
            .unwrap(),
        system_user: None,
        sends_raw: false,
    };
    let client = altinn_client::Client::new(
        addresses,
        sign_in,
        crate::support::options(&crate::support::Time::default()),
    )
    .unwrap();
    client.sign_in(Role::Recipient).await.unwrap();
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let grant = &server.heard_at("/maskinporten/token")[0];
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&grant.body)
        .into_owned()
        .collect();
    let claims = BASE64_URL_SAFE_NO_PAD
        .decode(form[1].1.split('.').nth(1).unwrap())
        .unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(
        claims["aud"],
        server.base.join("maskinporten/").unwrap().as_str(),
        "the issuer, with its slash"
    );
}
