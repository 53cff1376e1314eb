//! Signing in: what Maskinporten and the exchange are sent, and how often.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use altinn_client::{
    ApiError, AuthError, Client, Retry, Role, Search, SearchRole, SignIn, SigningKey, SystemUser,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{Heard, Server, Time, answer, answer_with, json_answer, options, token};

fn maskinporten(system_user: Option<SystemUser>) -> SignIn {
    SignIn::Maskinporten {
        client_id: "the-client".to_owned(),
        key: SigningKey::parse(include_str!("keys/private.jwk.json"), None).unwrap(),
        system_user,
        sends_raw: false,
    }
}

fn client(server: &Server, time: &Time) -> Client {
    Client::new(server.addresses(), maskinporten(None), options(time)).unwrap()
}

/// The parts of an assertion in the form a grant is posted in.
fn assertion(grant: &Heard) -> (Value, Value) {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&grant.body)
        .into_owned()
        .collect();
    assert_eq!(
        form[0].1, "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "the grant names its type"
    );
    let part = |index: usize| {
        let part = form[1].1.split('.').nth(index).unwrap();
        serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    (part(0), part(1))
}

/// A platform whose exchange gives a token of `life` seconds, in quotes, and whose list is empty.
fn platform(life: i64) -> Server {
    let number = AtomicUsize::new(0);
    Server::start(move |heard| match heard.path.as_str() {
        "/maskinporten/token" => {
            json_answer(200, &json!({ "access_token": "a.b.c", "expires_in": 119 }))
        }
        "/authentication/api/v1/exchange/maskinporten" => {
            let tag = number.fetch_add(1, Ordering::SeqCst).to_string();
            answer(
                200,
                "application/json",
                format!(" \"{}\"\n", token(life, &tag)),
            )
        }
        _ => json_answer(200, &json!({ "ids": [] })),
    })
}

#[tokio::test]
async fn a_grant_says_what_the_reference_asks_and_nothing_more() {
    let server = platform(1800);
    let user = SystemUser {
        organisation: "310000000".to_owned(),
        external_ref: Some("ref".to_owned()),
    };
    let client = Client::new(
        server.addresses(),
        maskinporten(Some(user)),
        options(&Time::default()),
    )
    .unwrap();
    client.sign_in(Role::Sender).await.unwrap();
    let grants = server.heard_at("/maskinporten/token");
    let (header, claims) = assertion(&grants[0]);
    assert_eq!(
        header,
        json!({ "alg": "RS256", "typ": "JWT", "kid": "test-key-1" }),
        "kid, never x5c"
    );
    // The order of a JSON object's members means nothing, and differs with how the program is built.
    let mut names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "aud",
            "authorization_details",
            "exp",
            "iat",
            "iss",
            "jti",
            "scope"
        ],
        "a claim beyond these is refused"
    );
    assert_eq!(
        claims["aud"],
        server.addresses().maskinporten.as_str(),
        "the issuer with its slash, not the endpoint"
    );
    assert_eq!(claims["iss"], "the-client", "the client id");
    assert_eq!(
        claims["scope"], "altinn:serviceowner altinn:correspondence.write",
        "the sender's scopes alone"
    );
    let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert!(
        (60..=110).contains(&life),
        "an assertion lives {life} s; Maskinporten takes at most 120"
    );
    assert_eq!(
        claims["authorization_details"],
        json!([{
            "type": "urn:altinn:systemuser",
            "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": "0192:310000000" },
            "externalRef": "ref"
        }]),
        "one system user, with the prefix"
    );
    let exchange = &server.heard_at("/authentication/")[0];
    assert_eq!(
        exchange.header("authorization"),
        Some("Bearer a.b.c"),
        "the exchange takes Maskinporten's token"
    );
    assert_eq!(
        exchange.header("accept"),
        Some("text/plain, application/json;q=0.5"),
        "bare if it can be"
    );
}

#[tokio::test]
async fn fifty_calls_at_once_sign_in_once_and_roles_do_not_share() {
    let server = platform(1800);
    let client = client(&server, &Time::default());
    let calls = (0..50).map(|_| {
        let client = client.clone();
        tokio::spawn(async move {
            client
                .search(&Search::new("r", SearchRole::Recipient))
                .await
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(
        server.heard_at("/maskinporten/token").len(),
        1,
        "one grant for all who wait"
    );
    client
        .search(&Search::new("r", SearchRole::Sender))
        .await
        .unwrap();
    let grants = server.heard_at("/maskinporten/token");
    assert_eq!(grants.len(), 2, "the sender has a token of its own");
    assert_eq!(
        assertion(&grants[0]).1["scope"],
        "altinn:correspondence.read",
        "a recipient never asks to write"
    );
    assert_ne!(
        assertion(&grants[0]).1["jti"],
        assertion(&grants[1]).1["jti"],
        "each grant is new (MP-012)"
    );
    let lists = server.heard_at("/correspondence/");
    assert_ne!(
        lists.first().unwrap().header("authorization"),
        lists.last().unwrap().header("authorization"),
        "two roles, two tokens"
    );
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_it_ends() {
    let server = platform(1800);
    let time = Time::default();
    let client = client(&server, &time);
    client.sign_in(Role::Recipient).await.unwrap();
    time.advance(1800 - 70);
    client.sign_in(Role::Recipient).await.unwrap();
    assert_eq!(
        server.heard_at("/maskinporten/token").len(),
        1,
        "seventy seconds are enough"
    );
    time.advance(15);
    client.sign_in(Role::Recipient).await.unwrap();
    assert_eq!(
        server.heard_at("/maskinporten/token").len(),
        2,
        "fifty-five are not: there is no clock skew there"
    );
}

#[tokio::test]
async fn a_wrong_clock_here_does_not_shorten_a_token() {
    let server = platform(1800);
    let time = Time::default();
    time.advance(86_400);
    let client = client(&server, &time);
    client.sign_in(Role::Recipient).await.unwrap();
    client.sign_in(Role::Recipient).await.unwrap();
    assert_eq!(
        server.heard_at("/maskinporten/token").len(),
        1,
        "its life counts, not its date"
    );
}

#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    let refusals = AtomicUsize::new(0);
    let tags = AtomicUsize::new(0);
    let server = Server::start(move |heard| match heard.path.as_str() {
        path if path.starts_with("/api/") => answer(
            200,
            "text/plain",
            token(1800, &tags.fetch_add(1, Ordering::SeqCst).to_string()),
        ),
        path if path.contains("resourceId=once") && refusals.fetch_add(1, Ordering::SeqCst) > 0 => {
            json_answer(200, &json!({ "ids": [] }))
        }
        _ => answer_with(401, &[("WWW-Authenticate", "Bearer")], ""),
    });
    let client = server.client();
    let found = client
        .search(&Search::new("once", SearchRole::Recipient))
        .await;
    assert!(found.unwrap().is_empty(), "the second token is taken");
    assert_eq!(server.heard_at("/api/").len(), 2, "one renewal");
    let error = client
        .search(&Search::new("never", SearchRole::Recipient))
        .await
        .unwrap_err();
    assert!(
        matches!(error, ApiError::Auth(AuthError::Refused)),
        "a fresh token that is refused is no token problem"
    );
    assert_eq!(
        server
            .heard_at("/correspondence/api/v1/correspondence?resourceId=never")
            .len(),
        2,
        "no third try"
    );
}

#[tokio::test]
async fn missing_access_is_not_taken_for_a_bad_token() {
    let server =
        support::with_token(|_| json_answer(401, &json!({ "status": 401, "errorCode": 4001 })));
    let error = server
        .client()
        .search(&Search::new("r", SearchRole::Recipient))
        .await
        .unwrap_err();
    assert_eq!(
        error.code(),
        Some(4001),
        "a body says that the party has no access"
    );
    assert_eq!(
        error.retry(),
        Retry::Never,
        "a person must change something"
    );
    assert_eq!(server.heard_at("/api/").len(), 1, "no renewal");
}

#[tokio::test]
async fn the_exchange_is_tried_once_more_with_a_fresh_token() {
    let server = Server::start(|heard| match heard.path.as_str() {
        "/maskinporten/token" => json_answer(200, &json!({ "access_token": "a.b.c" })),
        _ => answer(401, "text/plain", ""),
    });
    let error = client(&server, &Time::default())
        .sign_in(Role::Recipient)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::Auth(AuthError::Exchange { status: 401, .. })
        ),
        "the exchange answers 401 for everything, its own outages too"
    );
    assert!(
        matches!(error.retry(), Retry::Later { .. }),
        "so it may pass"
    );
    let grants = server.heard_at("/maskinporten/token");
    assert_eq!(grants.len(), 2, "a fresh token, once");
    assert_ne!(
        assertion(&grants[0]).1["jti"],
        assertion(&grants[1]).1["jti"],
        "a new assertion for each attempt"
    );
}

#[tokio::test]
async fn maskinportens_refusals_keep_their_code() {
    for (body, code, retry) in [
        (
            json!({ "error": "invalid_grant", "error_description": "Key expired (trace_id: abc123)",
                    "error_uri": "https://maskinporten.no/errors/MP-121" }),
            Some("MP-121"),
            Retry::Never,
        ),
        (
            json!({ "error": "invalid_grant", "error_description": "Used before: MP-012. (trace_id: abc123)" }),
            Some("MP-012"),
            Retry::Later { after: None },
        ),
        (json!("nonsense"), None, Retry::Never),
    ] {
        let text = body.clone();
        let server = Server::start(move |_| json_answer(400, &text));
        let error = client(&server, &Time::default())
            .sign_in(Role::Recipient)
            .await
            .unwrap_err();
        let ApiError::Auth(AuthError::Maskinporten {
            code: got,
            trace_id,
            ..
        }) = &error
        else {
            panic!("expected a refusal of Maskinporten, got {error:?}");
        };
        assert_eq!(got.as_deref(), code, "code in {body}");
        if code.is_some() {
            assert_eq!(trace_id.as_deref(), Some("abc123"), "support asks for it");
        }
        assert_eq!(error.retry(), retry, "for {body}");
    }
}

#[tokio::test]
async fn a_wrong_clock_is_made_good_after_the_first_refusal() {
    let server = Server::start(|heard| match heard.path.as_str() {
        "/maskinporten/token" => {
            let issued = assertion(heard).1["iat"].as_i64().unwrap();
            if (issued - chrono::Utc::now().timestamp()).abs() > 10 {
                let date = chrono::Utc::now()
                    .format("%a, %d %b %Y %H:%M:%S GMT")
                    .to_string();
                let body = json!({ "error": "invalid_grant", "error_description": "Issue time is after now" });
                answer_with(400, &[("Date", &date)], body.to_string())
            } else {
                json_answer(200, &json!({ "access_token": "a.b.c" }))
            }
        }
        _ => answer(200, "text/plain", token(1800, "t")),
    });
    let time = Time::default();
    time.advance(-7200);
    client(&server, &time)
        .sign_in(Role::Recipient)
        .await
        .unwrap();
    assert_eq!(
        server.heard_at("/maskinporten/token").len(),
        2,
        "refused once, then with Maskinporten's own time"
    );
}

#[tokio::test]
async fn what_is_no_token_is_not_used() {
    for body in ["", "\"\"", "<html>", "a.b", "a.b.c"] {
        let server = Server::start(move |_| answer(200, "text/plain", body));
        let error = server.client().sign_in(Role::Recipient).await.unwrap_err();
        assert!(
            matches!(error, ApiError::Auth(AuthError::Unreadable)),
            "{body:?} is no token, got {error:?}"
        );
    }
}

#[tokio::test]
async fn those_who_waited_for_a_failed_sign_in_share_the_failure() {
    let server = Server::start(|_| {
        // Long enough that the other callers are waiting by then.
        std::thread::sleep(std::time::Duration::from_millis(300));
        json_answer(400, &json!({ "error": "invalid_scope" }))
    });
    let client = client(&server, &Time::default());
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.sign_in(Role::Recipient).await })
        })
        .collect();
    for call in calls {
        assert!(call.await.unwrap().is_err(), "all hear of it");
    }
    assert_eq!(
        server.heard_at("/maskinporten/token").len(),
        1,
        "a refusal is not hammered"
    );
}
