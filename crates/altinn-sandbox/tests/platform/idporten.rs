//! ID-porten, and the exchange of its tokens: platform reference, sections 3.1, 3.4, 3.5 and 4.

use std::collections::HashMap;

use altinn_sandbox::{Options, World};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Response, StatusCode};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::stage::{BERGET, READ, Stage, claims_of};

const CLIENT: &str = "0f6f7c0e-5d0a-4f4b-9c1e-2d8a4b7c9e33";
const BACK: &str = "http://127.0.0.1:49152/innlogget";
const VERIFIER: &str = "et-hemmelig-ord-som-er-minst-43-tegn-langt-0123";
/// Ola, and somebody whom no list names.
const OLA: &str = "17898040178";
const EXCHANGE: &str = "/authentication/api/v1/exchange/id-porten";

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()))
}

/// An authorization request that nothing is wrong with.
fn request() -> HashMap<&'static str, String> {
    HashMap::from([
        ("client_id", CLIENT.to_owned()),
        ("redirect_uri", BACK.to_owned()),
        ("response_type", "code".to_owned()),
        ("scope", format!("openid {READ}")),
        ("state", "s-1".to_owned()),
        ("nonce", "n-1".to_owned()),
        ("code_challenge", challenge()),
        ("code_challenge_method", "S256".to_owned()),
    ])
}

async fn authorize(stage: &Stage, request: &HashMap<&str, String>) -> Response {
    let url = stage.url("/idporten/authorize");
    stage.http.get(url).query(request).send().await.unwrap()
}

/// The parameters that the application gets back.
fn returned(response: &Response) -> HashMap<String, String> {
    assert_eq!(
        response.status(),
        StatusCode::SEE_OTHER,
        "back to the application"
    );
    let to = response.headers()["location"].to_str().unwrap();
    let to = reqwest::Url::parse(to).unwrap();
    assert!(to.as_str().starts_with(BACK), "to its own address");
    to.query_pairs().into_owned().collect()
}

/// The value of the form's hidden field.
fn form_id(page: &str) -> String {
    let after = page.split("name=\"request\" value=\"").nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

async fn signed_in(
    stage: &Stage,
    request: &HashMap<&str, String>,
    person: &str,
) -> HashMap<String, String> {
    let page = authorize(stage, request).await;
    assert_eq!(page.status(), StatusCode::OK, "the page");
    let id = form_id(&page.text().await.unwrap());
    let form = [
        ("request", &*id),
        ("person", person),
        ("decision", "continue"),
    ];
    let url = stage.url("/idporten/login");
    returned(&stage.http.post(url).form(&form).send().await.unwrap())
}

fn token_request(code: &str) -> HashMap<&'static str, String> {
    HashMap::from([
        ("grant_type", "authorization_code".to_owned()),
        ("client_id", CLIENT.to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", BACK.to_owned()),
        ("code_verifier", VERIFIER.to_owned()),
    ])
}

async fn token(stage: &Stage, fields: &HashMap<&str, String>) -> (u16, Value) {
    let url = stage.url("/idporten/token");
    let response = stage.http.post(url).form(fields).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// An access token of a person.
async fn access_token(stage: &Stage, change: impl FnOnce(&mut HashMap<&str, String>)) -> String {
    let mut request = request();
    change(&mut request);
    let back = signed_in(stage, &request, OLA).await;
    let (status, answer) = token(stage, &token_request(&back["code"])).await;
    assert_eq!(status, 200, "the code is good");
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn exchange(stage: &Stage, token: &str) -> Response {
    let request = stage.http.get(stage.url(EXCHANGE)).bearer_auth(token);
    request.send().await.unwrap()
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

#[tokio::test]
async fn section_4_1_discovery_names_an_issuer_without_a_slash() {
    let stage = Stage::empty().await;
    let told = stage
        .json("/idporten/.well-known/openid-configuration")
        .await;
    assert_eq!(
        told["issuer"],
        stage.url("/idporten"),
        "no slash at the end"
    );
    assert_eq!(
        told["issuer"],
        json!(stage.sandbox.ready().idporten),
        "as announced"
    );
    for member in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "pushed_authorization_request_endpoint",
    ] {
        assert!(
            told[member]
                .as_str()
                .unwrap()
                .starts_with(&stage.url("/idporten/")),
            "{member}"
        );
    }
    assert_eq!(
        told["ui_locales_supported"],
        json!(["nb", "nn", "en", "se"]),
        "the languages"
    );
    let keys = stage
        .http
        .get(told["jwks_uri"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    let keys: Value = keys.json().await.unwrap();
    assert_eq!(keys["keys"][0]["kty"], "RSA", "its keys are there");
}

#[tokio::test]
async fn section_4_1_a_person_signs_in_and_the_code_becomes_a_token() {
    let stage = Stage::empty().await;
    let page = authorize(&stage, &request()).await.text().await.unwrap();
    for part in [
        "INGRID SYNTETISK HAUGE",
        "OLA SYNTETISK BREKKE",
        "Brevdue",
        "idporten-loa-substantial",
    ] {
        assert!(page.contains(part), "the page shows {part}");
    }
    let back = signed_in(&stage, &request(), OLA).await;
    assert_eq!(back["state"], "s-1", "as sent");
    assert_eq!(back["iss"], stage.url("/idporten"), "who answers");
    let (status, answer) = token(&stage, &token_request(&back["code"])).await;
    assert_eq!(status, 200, "the code is good");
    assert_eq!(answer["token_type"], "Bearer", "a bearer token");
    assert!(
        answer["refresh_token"].is_null(),
        "none for a public client"
    );
    let access = claims_of(answer["access_token"].as_str().unwrap());
    assert_eq!(access["pid"], OLA, "who");
    assert_eq!(access["acr"], "idporten-loa-substantial", "at which level");
    assert_eq!(access["amr"], json!(["TestID"]), "by what");
    assert_eq!(access["scope"], format!("openid {READ}"), "for what");
    assert_eq!(access["consumer"]["ID"], "0192:359797117", "whose client");
    let id = claims_of(answer["id_token"].as_str().unwrap());
    assert_eq!(
        (&id["aud"], &id["nonce"]),
        (&json!(CLIENT), &json!("n-1")),
        "for this sign-in"
    );
    let info = stage.http.get(stage.url("/idporten/userinfo"));
    let info = info
        .bearer_auth(answer["access_token"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(
        info.json::<Value>().await.unwrap()["sub"],
        id["sub"],
        "the same subject"
    );
    let none = stage.get("/idporten/userinfo").await;
    assert_eq!(none.status(), StatusCode::UNAUTHORIZED, "no token");
}

#[tokio::test]
async fn section_4_1_access_tokens_live_120_seconds_unless_the_owner_says_more() {
    let stage = changed(|world| world.idporten_clients[0].access_token_lifetime_s = None).await;
    let claims = claims_of(&access_token(&stage, |_| ()).await);
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(life, 120, "the default");
}

#[tokio::test]
async fn section_4_1_the_level_is_asked_for() {
    let stage = Stage::empty().await;
    for (asked, given) in [
        ("idporten-loa-high", "idporten-loa-high"),
        ("Level9 idporten-loa-low", "idporten-loa-low"),
    ] {
        let token = access_token(&stage, |request| {
            request.insert("acr_values", asked.to_owned());
        });
        assert_eq!(claims_of(&token.await)["acr"], given, "for {asked}");
    }
}

#[tokio::test]
async fn section_4_1_an_address_that_is_not_registered_is_not_returned_to() {
    let stage = Stage::empty().await;
    for address in [
        "http://localhost:49152/innlogget",
        "http://127.0.0.1:49152/annet",
        "http://127.0.0.1:0/innlogget",
        "http://127.0.0.1.example:80/innlogget",
        "https://127.0.0.1:49152/innlogget",
        "",
    ] {
        let mut request = request();
        request.insert("redirect_uri", address.to_owned());
        let told = authorize(&stage, &request).await;
        assert_eq!(told.status(), StatusCode::BAD_REQUEST, "{address}");
        assert!(
            !told.headers().contains_key("location"),
            "a page, no redirect"
        );
    }
    let mut unknown = request();
    unknown.insert("client_id", "noen".to_owned());
    let told = authorize(&stage, &unknown).await;
    assert_eq!(told.status(), StatusCode::BAD_REQUEST, "nobody's client");
    for port in [1024, 65535] {
        let mut request = request();
        request.insert("redirect_uri", format!("http://127.0.0.1:{port}/innlogget"));
        assert_eq!(
            authorize(&stage, &request).await.status(),
            StatusCode::OK,
            "port {port}"
        );
    }
}

#[tokio::test]
async fn section_4_1_what_is_wrong_with_a_request_is_told_to_the_application() {
    let stage = Stage::empty().await;
    for (name, value, error) in [
        ("response_type", "token", "unsupported_response_type"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge", "kort", "invalid_request"),
        ("scope", "altinn:correspondence.write", "invalid_scope"),
        ("scope", "", "invalid_scope"),
        ("acr_values", "Level4", "invalid_request"),
        ("state", "", "invalid_request"),
    ] {
        let mut request = request();
        request.insert(name, value.to_owned());
        let told = returned(&authorize(&stage, &request).await);
        assert_eq!(told["error"], error, "{name}={value}");
        let state = told.get("state").map(String::as_str);
        assert_eq!(
            state,
            (name != "state").then_some("s-1"),
            "with the state sent"
        );
    }
}

#[tokio::test]
async fn section_4_1_a_client_of_type_idporten_only_signs_in() {
    let stage =
        changed(|world| world.idporten_clients[0].integration_type = "idporten".to_owned()).await;
    let told = returned(&authorize(&stage, &request()).await);
    assert_eq!(
        told["error"], "invalid_scope",
        "API scopes need another type"
    );
    let mut plain = request();
    plain.insert("scope", "openid profile".to_owned());
    assert_eq!(
        authorize(&stage, &plain).await.status(),
        StatusCode::OK,
        "these it gets"
    );
}

#[tokio::test]
async fn section_4_1_somebody_who_will_not_sign_in() {
    let stage = Stage::empty().await;
    let page = authorize(&stage, &request()).await.text().await.unwrap();
    let form = [
        ("request", form_id(&page)),
        ("decision", "cancel".to_owned()),
    ];
    let url = stage.url("/idporten/login");
    let told = stage.http.post(&url).form(&form).send().await.unwrap();
    assert_eq!(
        returned(&told)["error"],
        "access_denied",
        "the application learns it"
    );
    let again = stage.http.post(&url).form(&form).send().await.unwrap();
    assert_eq!(
        again.status(),
        StatusCode::BAD_REQUEST,
        "a page is good once"
    );
}

#[tokio::test]
async fn section_4_1_codes_are_good_once_and_for_who_asked() {
    let stage = Stage::empty().await;
    for (name, value, error) in [
        ("code", "noe-annet", "invalid_grant"),
        (
            "redirect_uri",
            "http://127.0.0.1:49153/innlogget",
            "invalid_grant",
        ),
        (
            "code_verifier",
            "et-helt-annet-ord-som-er-minst-43-tegn-langt-01",
            "invalid_grant",
        ),
        ("code_verifier", "kort", "invalid_request"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "refresh_token", "unauthorized_client"),
        ("client_id", "noen", "invalid_client"),
    ] {
        let back = signed_in(&stage, &request(), OLA).await;
        let mut fields = token_request(&back["code"]);
        fields.insert(name, value.to_owned());
        let (status, told) = token(&stage, &fields).await;
        assert_eq!(told["error"], error, "{name}={value}");
        assert_eq!(
            status,
            if error == "invalid_client" { 401 } else { 400 },
            "{name}={value}"
        );
    }
    let back = signed_in(&stage, &request(), OLA).await;
    let fields = token_request(&back["code"]);
    assert_eq!(token(&stage, &fields).await.0, 200, "the first time");
    assert_eq!(
        token(&stage, &fields).await.1["error"],
        "invalid_grant",
        "spent"
    );
    let back = signed_in(&stage, &request(), OLA).await;
    stage.sandbox.advance(std::time::Duration::from_secs(60));
    let late = token(&stage, &token_request(&back["code"])).await;
    assert_eq!(late.1["error"], "invalid_grant", "too late");
}

#[tokio::test]
async fn section_4_1_a_request_can_be_pushed_ahead() {
    let stage = Stage::empty().await;
    let url = stage.url("/idporten/par");
    let pushed = stage.http.post(&url).form(&request()).send().await.unwrap();
    assert_eq!(pushed.status(), StatusCode::CREATED, "taken");
    let pushed: Value = pushed.json().await.unwrap();
    let uri = pushed["request_uri"].as_str().unwrap().to_owned();
    let short = HashMap::from([("client_id", CLIENT.to_owned()), ("request_uri", uri)]);
    let back = signed_in(&stage, &short, OLA).await;
    assert_eq!(back["state"], "s-1", "as pushed");
    let again = authorize(&stage, &short).await;
    assert_eq!(again.status(), StatusCode::BAD_REQUEST, "good once");
    let mut wrong = request();
    wrong.insert("scope", "altinn:correspondence.write".to_owned());
    let told = stage.http.post(&url).form(&wrong).send().await.unwrap();
    assert_eq!(told.status(), StatusCode::BAD_REQUEST, "checked at once");
    assert_eq!(
        told.json::<Value>().await.unwrap()["error"],
        "invalid_scope",
        "and told"
    );
}

#[tokio::test]
async fn section_4_1_signing_out_returns_where_it_is_registered() {
    let stage = Stage::empty().await;
    let back = signed_in(&stage, &request(), OLA).await;
    let (_, answer) = token(&stage, &token_request(&back["code"])).await;
    let hint = answer["id_token"].as_str().unwrap();
    let status = |to: &str| {
        let query = [
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", to),
            ("state", "x"),
        ];
        let request = stage
            .http
            .get(stage.url("/idporten/endsession"))
            .query(&query);
        async move { request.send().await.unwrap() }
    };
    let out = status("http://127.0.0.1/utlogget").await;
    assert_eq!(out.status(), StatusCode::SEE_OTHER, "back");
    assert_eq!(
        out.headers()["location"],
        "http://127.0.0.1/utlogget?state=x",
        "with the state"
    );
    assert_eq!(
        status("https://eksempel.no/").await.status(),
        StatusCode::OK,
        "a page, not elsewhere"
    );
}

#[tokio::test]
async fn section_3_4_the_exchanged_token_says_who_the_person_is() {
    let stage = Stage::empty().await;
    let raw = access_token(&stage, |_| ()).await;
    let response = exchange(&stage, &raw).await;
    assert_eq!(response.status(), StatusCode::OK, "it is exchanged");
    let (before, claims) = (claims_of(&raw), claims_of(&response.text().await.unwrap()));
    for copied in ["pid", "acr", "amr", "scope", "consumer", "client_id", "jti"] {
        assert_eq!(claims[copied], before[copied], "{copied} is copied");
    }
    for (left_out, why) in [
        ("sub", "the subject"),
        ("at_hash", "the hash"),
        ("aud", "the audience"),
    ] {
        assert!(claims[left_out].is_null(), "{why} is not");
    }
    assert_ne!(claims["sid"], before["sid"], "a session of its own");
    assert_eq!(
        claims["iss"],
        stage.url("/authentication/api/v1/openid/"),
        "Altinn's now"
    );
    assert_eq!(
        claims["nameid"], claims["urn:altinn:userid"],
        "the user, twice"
    );
    assert_eq!(
        claims["urn:altinn:username"], "OLA SYNTETISK BREKKE",
        "by name"
    );
    assert!(claims["urn:altinn:partyid"].is_u64(), "the party, a number");
    assert!(claims["urn:altinn:party:uuid"].is_string(), "and a uuid");
    assert_eq!(
        claims["urn:altinn:authenticatemethod"], "TestID",
        "from amr"
    );
    assert_eq!(claims["urn:altinn:authlevel"], 3, "from acr");
    assert_eq!(claims["exp"], before["exp"], "the session is not prolonged");
}

#[tokio::test]
async fn section_3_4_levels() {
    let stage = Stage::empty().await;
    for (acr, level) in [
        ("idporten-loa-low", 0),
        ("idporten-loa-substantial", 3),
        ("idporten-loa-high", 4),
    ] {
        let raw = access_token(&stage, |request| {
            request.insert("acr_values", acr.to_owned());
        });
        let told = exchange(&stage, &raw.await).await.text().await.unwrap();
        assert_eq!(claims_of(&told)["urn:altinn:authlevel"], level, "{acr}");
    }
}

#[tokio::test]
async fn section_3_1_refusals_of_a_persons_token() {
    let stage = changed(|world| {
        world.register.unknown.push("02869326553".to_owned());
        world.idporten_clients[0].scopes.extend([
            "skatteetaten:mvameldinginnsending".to_owned(),
            "digdir:dialogporten".to_owned(),
        ]);
    })
    .await;
    let scoped = |scope: &str| {
        let scope = scope.to_owned();
        access_token(&stage, |request| {
            request.insert("scope", scope);
        })
    };
    let none = scoped("openid digdir:dialogporten").await;
    assert_eq!(
        exchange(&stage, &none).await.status(),
        StatusCode::FORBIDDEN,
        "no scope of Altinn's"
    );
    let partner = scoped("openid skatteetaten:mvameldinginnsending").await;
    assert_eq!(
        exchange(&stage, &partner).await.status(),
        StatusCode::OK,
        "a partner's will do"
    );
    let raw = stage.raw_token(|_| ()).await;
    let other = exchange(&stage, &raw).await;
    assert_eq!(
        other.status(),
        StatusCode::UNAUTHORIZED,
        "Maskinporten's is no person's"
    );
    let as_organisation = stage.url("/authentication/api/v1/exchange/maskinporten");
    let as_organisation = stage
        .http
        .get(as_organisation)
        .bearer_auth(&partner)
        .send()
        .await
        .unwrap();
    assert_eq!(
        as_organisation.status(),
        StatusCode::UNAUTHORIZED,
        "nor the other way"
    );
    let page = authorize(&stage, &request()).await.text().await.unwrap();
    let unknown = [
        ("request", form_id(&page)),
        ("person", "02869326553".to_owned()),
    ];
    let unknown = stage
        .http
        .post(stage.url("/idporten/login"))
        .form(&unknown)
        .send()
        .await
        .unwrap();
    assert_eq!(
        unknown.status(),
        StatusCode::BAD_REQUEST,
        "nobody knows them"
    );
    let good = scoped(READ).await;
    stage
        .sandbox
        .advance(std::time::Duration::from_secs(1800 + 10));
    assert_eq!(
        exchange(&stage, &good).await.status(),
        StatusCode::UNAUTHORIZED,
        "expired"
    );
}

#[tokio::test]
async fn section_3_5_refresh_keeps_the_session() {
    let stage = Stage::empty().await;
    let raw = access_token(&stage, |_| ()).await;
    let altinn = exchange(&stage, &raw).await.text().await.unwrap();
    stage.sandbox.advance(std::time::Duration::from_secs(100));
    let refresh = |token: String, query: &str| {
        let url = stage.url(&format!("/authentication/api/v1/refresh{query}"));
        let request = stage.http.get(url).bearer_auth(token);
        async move { request.send().await.unwrap() }
    };
    let new = refresh(altinn.clone(), "").await.text().await.unwrap();
    let (old, new) = (claims_of(&altinn), claims_of(&new));
    assert_eq!(new["sid"], old["sid"], "the same session");
    assert!(new["exp"].as_i64() > old["exp"].as_i64(), "that lives on");
    let user = old["nameid"].as_str().unwrap();
    let without = format!("/api/GetPersonalToken?env=tt02&userId={user}&ttl=60");
    let without = stage.get(&without).await.text().await.unwrap();
    assert!(claims_of(&without)["pid"].is_null(), "by user alone");
    let plain = refresh(without.clone(), "").await.text().await.unwrap();
    assert!(claims_of(&plain)["pid"].is_null(), "not asked for");
    let rich = refresh(without.clone(), "?enrichPid=true")
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(claims_of(&rich)["pid"], OLA, "added");
    stage.sandbox.advance(std::time::Duration::from_secs(60));
    assert_eq!(
        refresh(without, "").await.status(),
        StatusCode::UNAUTHORIZED,
        "expired"
    );
    let none = stage.get("/authentication/api/v1/refresh").await;
    assert_eq!(none.status(), StatusCode::UNAUTHORIZED, "no token");
    assert_eq!(
        refresh(raw, "").await.status(),
        StatusCode::UNAUTHORIZED,
        "not an Altinn token"
    );
}

#[tokio::test]
async fn section_4_2_a_persons_token_reaches_their_own_letters() {
    let stage = Stage::with(Options {
        letters: Some(20),
        ..Options::default()
    })
    .await;
    let raw = access_token(&stage, |request| {
        request.insert(
            "scope",
            format!("{READ} altinn:accessmanagement/authorizedparties"),
        );
    })
    .await;
    let altinn = exchange(&stage, &raw).await.text().await.unwrap();
    let search = |token: String, behalf: &str| {
        let path = format!(
            "/correspondence/api/v1/correspondence?resourceId=nmk-tilsyn&role=Recipient{behalf}"
        );
        let request = stage.http.get(stage.url(&path)).bearer_auth(token);
        async move { request.send().await.unwrap().status() }
    };
    let own = format!("&onBehalfOf=urn:altinn:person:identifier-no:{OLA}");
    assert_eq!(
        search(altinn.clone(), &own).await,
        StatusCode::OK,
        "his own"
    );
    assert_eq!(
        search(raw.clone(), &own).await,
        StatusCode::UNAUTHORIZED,
        "not before the exchange"
    );
    let parties = stage.url("/accessmanagement/api/v1/enduser/authorizedparties");
    let parties = stage
        .http
        .get(parties)
        .bearer_auth(altinn)
        .send()
        .await
        .unwrap();
    let parties: Value = parties.json().await.unwrap();
    assert_eq!(
        parties["data"][1]["organizationNumber"], BERGET,
        "and whom he acts for"
    );
}
