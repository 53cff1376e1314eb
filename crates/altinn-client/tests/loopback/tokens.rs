//! Tokens: what is checked before an exchange, what is tried again, and who may have which (Platform reference,
//! sections 2.4, 3 and 13).
use crate::support::{
    Heard, Server, Time, answer, answer_with, http_date, in_turn, json_answer, jwt, options, token,
    with_token,
};
use altinn_client::{
    ApiError, AuthError, Client, Retry, Role, Search, SearchRole, Secret, SignIn, SigningKey,
    SystemUser, Unfit,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use std::time::Duration;

const EXCHANGE: &str = "/authentication/api/v1/exchange/";

fn maskinporten(key: &[u8], system_user: Option<SystemUser>) -> SignIn {
    SignIn::Maskinporten {
        client_id: "the-client".to_owned(),
        key: SigningKey::read(key, None, None).unwrap(),
        system_user,
        sends_raw: false,
    }
}

fn client(server: &Server) -> Client {
    client_with(server, None, &Time::default())
}

fn client_with(server: &Server, system_user: Option<SystemUser>, time: &Time) -> Client {
    let sign_in = maskinporten(include_bytes!("../keys/private.jwk.json"), system_user);
    Client::new(server.addresses(), sign_in, options(time)).unwrap()
}

/// A part of the assertion in a grant.
fn assertion(grant: &Heard, part: usize) -> Value {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&grant.body)
        .into_owned()
        .collect();
    let part = form[1].1.split('.').nth(part).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// Maskinporten's answer with a token of these claims.
fn given(claims: &Value) -> Vec<u8> {
    json_answer(
        200,
        &json!({ "access_token": jwt(claims), "expires_in": 119 }),
    )
}

/// Claims that the exchange takes, at a server whose issuer is known only once it runs.
fn good_claims(server: &str) -> Value {
    json!({ "iss": format!("{server}maskinporten/"), "exp": Utc::now().timestamp() + 100,
        "consumer": { "authority": "iso6523-actorid-upis", "ID": "0192:991825827" } })
}

fn base(heard: &Heard) -> String {
    format!("http://{}/", heard.header("host").unwrap())
}

/// Gives good tokens everywhere and answers the rest by `rest`.
fn altinn(rest: impl Fn(&Heard) -> Vec<u8> + Send + Sync + 'static) -> Server {
    Server::start(move |heard| match heard.path.as_str() {
        "/maskinporten/token" => given(&good_claims(&base(heard))),
        path if path.starts_with(EXCHANGE) => answer(200, "text/plain", token(1800, path)),
        _ => rest(heard),
    })
}

#[tokio::test]
async fn section_3_1_what_the_exchange_would_refuse_is_not_sent_there() {
    type Spoil = fn(&mut Value);
    let cases: [(Spoil, Unfit, usize); 3] = [
        (
            |claims| claims["iss"] = json!("https://maskinporten.no/"),
            Unfit::Issuer,
            1,
        ),
        (
            |claims| claims["consumer"]["ID"] = json!("991825827"),
            Unfit::Consumer,
            1,
        ),
        // One that has run out on the way is asked for once more.
        (|claims| claims["exp"] = json!(1), Unfit::Expired, 2),
    ];
    for (spoil, expected, grants) in cases {
        let server = Server::start(move |heard| {
            let mut claims = good_claims(&base(heard));
            spoil(&mut claims);
            given(&claims)
        });
        let error = client(&server).sign_in(Role::Recipient).await.unwrap_err();
        assert!(
            matches!(error, ApiError::Auth(AuthError::Unfit(found)) if found == expected),
            "{expected:?} expected, got {error:?}"
        );
        assert_eq!(
            server.heard_at("/maskinporten/token").len(),
            grants,
            "grants for {expected:?}"
        );
        assert!(
            server.heard_at(EXCHANGE).is_empty(),
            "the exchange would only say 401"
        );
    }
}

#[tokio::test]
async fn section_13_1_the_altinn_token_is_what_is_used_quoted_or_bare() {
    for quote in ["", "\""] {
        let altinn = token(1800, "altinn");
        let given_one = altinn.clone();
        let server = Server::start(move |heard| match heard.path.as_str() {
            "/maskinporten/token" => given(&good_claims(&base(heard))),
            path if path.starts_with(EXCHANGE) => answer(
                200,
                "application/json",
                format!("{quote}{given_one}{quote}"),
            ),
            _ => json_answer(200, &json!({ "ids": [] })),
        });
        client(&server)
            .search(&Search::new("r", SearchRole::Recipient))
            .await
            .unwrap();
        let list = &server.heard_at("/correspondence/")[0];
        assert_eq!(
            list.header("authorization"),
            Some(format!("Bearer {altinn}").as_str()),
            "without quotes, and never Maskinporten's own"
        );
    }
}

#[tokio::test]
async fn section_3_7_an_enterprise_user_is_recognised_and_never_sent() {
    let server = Server::start(|heard| match heard.path.as_str() {
        "/maskinporten/token" => given(&good_claims(&base(heard))),
        _ => json_answer(
            410,
            &json!({ "title": "Virksomhetsbruker is no longer available" }),
        ),
    });
    let error = client(&server).sign_in(Role::Recipient).await.unwrap_err();
    assert!(
        matches!(error, ApiError::Auth(AuthError::EnterpriseUser)),
        "gone for good, got {error:?}"
    );
    assert_eq!(error.retry(), Retry::Never, "a system user takes its place");
    let exchange = &server.heard_at(EXCHANGE)[0];
    assert!(
        exchange
            .header("x-altinn-enterpriseuser-authentication")
            .is_none(),
        "the header that brings it about"
    );
}

#[tokio::test]
async fn section_2_4_an_assertion_used_before_is_replaced_once() {
    let refused =
        json!({ "error": "invalid_grant", "error_uri": "https://maskinporten.no/errors/MP-012" });
    for (times, is_ok) in [(1, true), (9, false)] {
        let mut answers = vec![json_answer(400, &refused); times];
        answers.push(json_answer(200, &json!({ "access_token": "opaque" })));
        let next = in_turn(answers);
        let server = Server::start(move |heard| match heard.path.as_str() {
            "/maskinporten/token" => next(),
            _ => answer(200, "text/plain", token(1800, "t")),
        });
        let result = client(&server).sign_in(Role::Recipient).await;
        assert_eq!(result.is_ok(), is_ok, "refused {times} times");
        let grants = server.heard_at("/maskinporten/token");
        assert_eq!(grants.len(), 2, "two tries, no more");
        assert_ne!(
            assertion(&grants[0], 1)["jti"],
            assertion(&grants[1], 1)["jti"],
            "the second is new"
        );
    }
}

#[tokio::test]
async fn section_2_4_the_first_answer_with_a_date_sets_the_clock() {
    let server = Server::start(|heard| match heard.path.as_str() {
        "/maskinporten/token" => given(&good_claims(&base(heard))),
        path if path.starts_with(EXCHANGE) => answer(200, "text/plain", token(1800, "t")),
        _ => {
            let body = json!({ "issuer": "x" }).to_string();
            answer_with(200, &[("Date", http_date(Utc::now()).as_str())], body)
        }
    });
    let time = Time::default();
    time.advance(-7200);
    let client = client_with(&server, None, &time);
    assert_eq!(client.clock_difference(), None, "nothing is known yet");
    client.maskinporten_metadata().await.unwrap();
    let difference = client.clock_difference().unwrap();
    assert!(
        (difference - TimeDelta::hours(2)).num_seconds().abs() <= 2,
        "two hours, got {difference}"
    );
    client.sign_in(Role::Recipient).await.unwrap();
    let grants = server.heard_at("/maskinporten/token");
    assert_eq!(grants.len(), 1, "right at the first try");
    let issued = assertion(&grants[0], 1)["iat"].as_i64().unwrap();
    assert!(
        (issued - Utc::now().timestamp()).abs() <= 5,
        "dated by their clock"
    );
}

#[tokio::test]
async fn section_2_4_a_date_in_retry_after_is_by_the_servers_clock() {
    let server = with_token(|_| {
        let now = Utc::now() - TimeDelta::hours(3);
        let until = http_date(now + TimeDelta::seconds(40));
        answer_with(
            429,
            &[("Date", http_date(now).as_str()), ("Retry-After", &until)],
            "",
        )
    });
    let error = server
        .client()
        .search(&Search::new("r", SearchRole::Recipient))
        .await
        .unwrap_err();
    assert_eq!(
        error.retry(),
        Retry::Later {
            after: Some(Duration::from_secs(40))
        },
        "forty seconds, though the date is long past here"
    );
}

#[tokio::test]
async fn section_3_6_a_challenge_that_names_the_token_renews_it() {
    let refused = answer_with(
        403,
        &[("WWW-Authenticate", "Bearer error=\"invalid_token\"")],
        json!({ "status": 403, "title": "IDX10205: Issuer validation failed" }).to_string(),
    );
    let next = in_turn(vec![refused, json_answer(200, &json!({ "ids": [] }))]);
    let server = with_token(move |_| next());
    server
        .client()
        .search(&Search::new("r", SearchRole::Recipient))
        .await
        .unwrap();
    assert_eq!(server.heard_at("/api/").len(), 2, "a new token was had");
    let server = with_token(|_| answer(403, "text/plain", ""));
    let error = server
        .client()
        .search(&Search::new("r", SearchRole::Recipient))
        .await
        .unwrap_err();
    assert_eq!(
        error.status(),
        Some(403),
        "a scope that is missing is no token problem"
    );
    assert_eq!(server.heard_at("/api/").len(), 1, "and is not tried again");
}

#[tokio::test]
async fn section_2_1_a_certificate_goes_as_x5c_without_kid() {
    let server = altinn(|_| vec![]);
    let key = [
        &include_bytes!("../keys/pkcs8.pem")[..],
        include_bytes!("../keys/certificate.pem"),
    ]
    .concat();
    let client = Client::new(
        server.addresses(),
        maskinporten(&key, None),
        options(&Time::default()),
    )
    .unwrap();
    client.sign_in(Role::Recipient).await.unwrap();
    let header = assertion(&server.heard_at("/maskinporten/token")[0], 0);
    let mut names: Vec<&String> = header.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["alg", "x5c"], "exactly one of kid and x5c");
    assert_eq!(
        header["x5c"].as_array().unwrap().len(),
        1,
        "an array, though of one (MP-123)"
    );
}

#[tokio::test]
async fn section_6_2_each_role_asks_for_its_own_scopes_and_keeps_its_own_token() {
    let roles = [
        (Role::Recipient, "altinn:correspondence.read", true),
        (
            Role::Sender,
            "altinn:serviceowner altinn:correspondence.write",
            true,
        ),
        (
            Role::OwnerEvents,
            "altinn:serviceowner altinn:events.subscribe",
            false,
        ),
        (Role::PartyEvents, "altinn:events.subscribe", true),
        (
            Role::AccessLists,
            "altinn:serviceowner altinn:resourceregistry/accesslist.read",
            false,
        ),
        (
            Role::Parties,
            "altinn:accessmanagement/authorizedparties",
            true,
        ),
        (
            Role::Vendor,
            "altinn:authentication/systemuser.request.read altinn:authentication/systemuser.request.write",
            false,
        ),
        (
            Role::SystemRegister,
            "altinn:authentication/systemregister.write",
            false,
        ),
    ];
    let server = altinn(|_| vec![]);
    let user = SystemUser {
        organisation: "0192:310000000".to_owned(),
        external_ref: None,
    };
    let client = client_with(&server, Some(user), &Time::default());
    for (role, ..) in roles {
        client.sign_in(role).await.unwrap();
        client.sign_in(role).await.unwrap();
    }
    let grants = server.heard_at("/maskinporten/token");
    assert_eq!(grants.len(), roles.len(), "one grant for each role");
    for ((role, scopes, is_on_behalf), grant) in roles.into_iter().zip(&grants) {
        let claims = assertion(grant, 1);
        assert_eq!(claims["scope"], scopes, "{role:?}");
        let details = &claims["authorization_details"][0];
        if is_on_behalf {
            assert_eq!(
                details["systemuser_org"]["ID"], "0192:310000000",
                "{role:?}, with one prefix"
            );
            assert!(
                details.get("externalRef").is_none(),
                "none was used (MP-303)"
            );
        } else {
            assert!(details.is_null(), "{role:?} acts as itself");
        }
    }
}

#[tokio::test]
async fn section_12_3_a_scope_is_asked_for_without_being_kept() {
    let server = Server::start(|heard| {
        let mut claims = good_claims(&base(heard));
        claims["scope"] = assertion(heard, 1)["scope"].clone();
        json_answer(
            200,
            &json!({ "access_token": jwt(&claims), "scope": claims["scope"] }),
        )
    });
    let client = client(&server);
    let granted = client
        .ask_maskinporten("altinn:events.subscribe")
        .await
        .unwrap();
    assert_eq!(
        granted.scopes,
        ["altinn:events.subscribe"],
        "what was given"
    );
    assert_eq!(
        granted.claims.unwrap().consumer.as_deref(),
        Some("991825827"),
        "and to whom"
    );
    assert_eq!(server.heard().len(), 1, "nothing is exchanged");
    let generator = server.client().ask_maskinporten("x").await.unwrap_err();
    assert!(
        matches!(generator, ApiError::Auth(AuthError::NoSuchRole)),
        "there is no Maskinporten"
    );
}

#[tokio::test]
async fn section_6_1_the_subscription_key_is_for_the_platform_only() {
    let foreign = Server::start(|heard| match heard.path.as_str() {
        "/maskinporten/token" => json_answer(200, &json!({ "access_token": "opaque" })),
        _ => json_answer(200, &json!({ "orgs": {} })),
    });
    let refusal = json!({ "statusCode": 401, "message": "Access denied due to missing subscription key. \
        Make sure to include subscription key when making requests to an API." });
    let server = Server::start(move |heard| match heard.path.as_str() {
        path if path.starts_with(EXCHANGE) => answer(200, "text/plain", token(1800, "t")),
        _ => json_answer(401, &refusal),
    });
    let mut addresses = server.addresses();
    addresses.maskinporten = foreign.base.join("maskinporten/").unwrap();
    addresses.orgs = foreign.base.join("orgs").unwrap();
    let options = altinn_client::Options {
        subscription_key: Some(Secret::new("the-key".to_owned())),
        ..options(&Time::default())
    };
    assert!(
        !format!("{options:?}").contains("the-key"),
        "it is not shown"
    );
    let sign_in = maskinporten(include_bytes!("../keys/private.jwk.json"), None);
    let client = Client::new(addresses, sign_in, options).unwrap();
    client.service_owners().await.unwrap();
    let error = client
        .search(&Search::new("r", SearchRole::Recipient))
        .await
        .unwrap_err();
    assert!(
        error.refusal().unwrap().is_about_subscription_key(),
        "the gateway's own shape is known"
    );
    assert_eq!(
        server.heard_at(EXCHANGE).len(),
        1,
        "it is not taken for a bad token"
    );
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| heard.header("ocp-apim-subscription-key") == Some("the-key")),
        "the platform gets it"
    );
    assert!(
        foreign
            .heard()
            .iter()
            .all(|heard| heard.header("ocp-apim-subscription-key").is_none()),
        "nobody else does"
    );
}
