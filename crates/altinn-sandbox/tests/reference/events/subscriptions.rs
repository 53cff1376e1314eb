//! Platform reference, sections 8.1 to 8.3: subscriptions, the handshake and delivery.

use std::sync::atomic::Ordering;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Hook, NAMES, SUBSCRIBE};
use crate::stage::*;

#[tokio::test]
async fn platform_8_2_subscriptions_are_checked_in_order() {
    let stage = Stage::set().await;
    let token = stage.owner_of_events().await;
    let good = json!({ "endPoint": "https://localhost:9/x", "resourceFilter": "urn:altinn:resource:letters" });
    let with = |changes: Value| {
        let mut body = good.clone();
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let https = "https://ttd.apps.altinn.no/ttd/app";
    let cases = [
        (
            json!({ "endPoint": null, "sourceFilter": "x" }),
            "Missing or invalid endpoint to push events towards",
        ),
        (
            json!({ "endPoint": "http://localhost:9/x" }),
            "Missing or invalid endpoint to push events towards",
        ),
        (
            json!({ "endPoint": "/x" }),
            "Missing or invalid endpoint to push events towards",
        ),
        (
            json!({ "sourceFilter": "http://x", "resourceFilter": "letters" }),
            "SourceFilter must be an absolute URL with the https scheme.",
        ),
        (
            json!({ "resourceFilter": "letters", "sourceFilter": https }),
            "Resource filter must be a valid urn",
        ),
        (
            json!({ "resourceFilter": null, "sourceFilter": https }),
            "Resource filter is required.",
        ),
        (
            json!({ "sourceFilter": https, "alternativeSubjectFilter": "/organisation/1" }),
            "Source filter is not supported for subscriptions on this resource.",
        ),
        (
            json!({ "alternativeSubjectFilter": "/organisation/1", "includeSubunits": true }),
            "AlternativeSubject filter is not supported for subscriptions on this resource.",
        ),
        (
            json!({ "includeSubunits": true }),
            "IncludeSubunits requires a subject filter.",
        ),
    ];
    for (changes, sentence) in cases {
        let answer = stage.subscribe(&with(changes.clone()), &token).await;
        assert_eq!(
            (answer.status, answer.json()),
            (StatusCode::BAD_REQUEST, json!(sentence)),
            "{changes}: a JSON string"
        );
    }
    let answer = stage.subscribe(&good, "").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "no token");
    let scopeless = stage.organisation(OWNER, "altinn:serviceowner").await;
    let answer = stage
        .subscribe(&with(json!({ "endPoint": null })), &scopeless)
        .await;
    assert_eq!(
        answer.status,
        StatusCode::BAD_REQUEST,
        "the endpoint goes before the scope"
    );
    let answer = stage
        .subscribe(&with(json!({ "resourceFilter": "letters" })), &scopeless)
        .await;
    assert_eq!(
        answer.status,
        StatusCode::FORBIDDEN,
        "the scope before the resource"
    );
    let denied =
        "Not authorized to create a subscription for resource urn:altinn:resource:letters.";
    let organisation = stage.organisation(ORG, SUBSCRIBE).await;
    let own =
        with(json!({ "subjectFilter": format!("urn:altinn:organization:identifier-no:{ORG}") }));
    for (token, body, why) in [
        (
            &organisation,
            &own,
            "a bare organisation number holds no right",
        ),
        (
            &stage.system_user(ORG).await,
            &good,
            "a system user has no right to all parties",
        ),
        (
            &stage.system_user(ROLELESS_ORG).await,
            &own,
            "nor to another's events",
        ),
    ] {
        let answer = stage.subscribe(body, token).await;
        assert_eq!(
            (answer.status, answer.json()),
            (StatusCode::FORBIDDEN, json!(denied)),
            "{why}"
        );
    }
    let system_user = stage.system_user(ORG).await;
    let answer = stage.subscribe(&own, &system_user).await;
    assert_eq!(
        answer.status,
        StatusCode::CREATED,
        "a system user may, for its customer"
    );
    assert_eq!(
        answer.json()["consumer"],
        "/systemuser/12121212-3434-4565-8787-909090909090",
        "and is called so"
    );
}

#[tokio::test]
async fn platform_8_1_subscriptions_are_made_listed_and_forgotten() {
    let stage = Stage::set().await;
    let mut hook = Hook::open().await;
    let token = stage.owner_of_events().await;
    let list = async || {
        let request = stage.events(Method::GET, "subscriptions", &token);
        stage.send(request).await
    };
    assert_eq!(
        list().await.json(),
        json!({ "count": 0, "subscriptions": [] }),
        "an empty list is an answer"
    );
    let body = json!({ "EndPoint": hook.address, "resourceFilter": "urn:altinn:resource:letters", "typeFilter": format!("{NAMES}correspondencepublished") });
    let answer = stage.subscribe(&body, &token).await;
    assert_eq!(
        answer.status,
        StatusCode::CREATED,
        "made: {}",
        answer.text()
    );
    let made = answer.json();
    let id = made["id"].as_u64().unwrap();
    assert_eq!(
        answer.header("location"),
        format!("/events/api/v1/subscription/{id}"),
        "singular, as the service writes it"
    );
    for (member, expected) in [
        ("endPoint", json!(hook.address)),
        ("sourceFilter", Value::Null),
        ("subjectFilter", Value::Null),
        ("resourceFilter", json!("urn:altinn:resource:letters")),
        ("alternativeSubjectFilter", Value::Null),
        (
            "typeFilter",
            json!(format!("{NAMES}correspondencepublished")),
        ),
        ("consumer", json!("/org/digdir")),
        ("createdBy", json!("/org/digdir")),
        ("validated", json!(false)),
        ("includeSubunits", json!(false)),
    ] {
        assert_eq!(made[member], expected, "{member}");
    }
    hook.next().await;
    let again = stage.subscribe(&body, &token).await;
    assert_eq!(
        (again.status, again.json()["id"].as_u64()),
        (StatusCode::CREATED, Some(id)),
        "an identical one is the old one, and still 201"
    );
    assert_eq!(
        hook.next().await["type"],
        "platform.events.validatesubscription",
        "its validation is sent again"
    );
    assert_eq!(list().await.json()["count"], 1, "there is one");
    let other = stage.system_user(ORG).await;
    let path = format!("subscriptions/{id}");
    for method in [Method::GET, Method::DELETE] {
        let answer = stage
            .send(stage.events(method.clone(), &path, &other))
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method}: another's");
        let answer = stage
            .send(stage.events(method.clone(), "subscriptions/999", &token))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method}: unknown");
    }
    let answer = stage.send(stage.events(Method::PUT, &path, &token)).await;
    assert_eq!(
        answer.status,
        StatusCode::METHOD_NOT_ALLOWED,
        "there is no update"
    );
    let answer = stage
        .send(stage.events(Method::DELETE, &path, &token))
        .await;
    assert_eq!(
        (answer.status, answer.bytes.len()),
        (StatusCode::OK, 0),
        "forgotten, without a body"
    );
    let answer = stage.send(stage.events(Method::GET, &path, &token)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "and gone");
}

#[tokio::test]
async fn platform_8_3_an_endpoint_that_answers_gets_events() {
    let stage = Stage::set().await;
    let mut hook = Hook::open().await;
    let token = stage.owner_of_events().await;
    hook.answers.store(503, Ordering::SeqCst);
    let body = json!({ "endPoint": hook.address, "resourceFilter": "urn:altinn:resource:letters" });
    let id = stage.subscribe(&body, &token).await.json()["id"].clone();
    let path = format!("subscriptions/{id}");
    let is_validated = async || {
        let request = stage.events(Method::GET, &path, &token);
        stage.send(request).await.json()["validated"] == true
    };
    let handshake = hook.next().await;
    let source = format!("{}/events/api/v1/subscriptions/{id}", stage.sandbox.base());
    assert_eq!(
        handshake["source"], source,
        "it says which subscription it is about"
    );
    assert_eq!(handshake["specversion"], "1.0", "a cloud event");
    assert_eq!(
        handshake["id"].as_str().map(str::len),
        Some(36),
        "with an id of its own"
    );
    stage.sent(&letter()).await;
    assert!(!is_validated().await, "a refusal does not validate");
    hook.answers.store(202, Ordering::SeqCst);
    stage.subscribe(&body, &token).await;
    hook.next().await;
    until(is_validated).await;
    assert!(hook.is_quiet(), "nothing was kept for later");
    stage.publish();
    let first = hook.next().await;
    assert_eq!(
        first["type"],
        format!("{NAMES}correspondencepublished"),
        "from now on events come, each by itself"
    );
    hook.answers.store(500, Ordering::SeqCst);
    let letter = stage.sent(&letter()).await;
    let refused = hook.next().await;
    assert_eq!(refused["resourceinstance"], letter.as_str(), "refused");
    for pause in [10, 30, 60, 300] {
        if pause == 300 {
            hook.answers.store(200, Ordering::SeqCst);
        }
        let waited = hook.again(&stage, &refused, 5).await;
        assert!(
            waited >= pause,
            "tried again after {pause} s, not after {waited}"
        );
    }
}

impl Hook {
    /// Moves the clock until the same event comes again, and says by how many seconds. The retry is planned when the
    /// refusal has arrived, which nothing tells: so the clock moves in small steps.
    async fn again(&mut self, stage: &Stage, refused: &Value, step: u64) -> u64 {
        let mut waited = 0;
        loop {
            stage.sandbox.advance(Duration::from_secs(step));
            waited += step;
            let posted = tokio::time::timeout(Duration::from_millis(20), self.posted.recv());
            if let Ok(Some(event)) = posted.await
                && event["id"] == refused["id"]
            {
                assert_eq!(event, *refused, "the same event, with the same id");
                return waited;
            }
            assert!(waited < 48 * 3600, "it is tried again");
        }
    }
}

/// Waits for a condition.
async fn until(condition: impl AsyncFn() -> bool) {
    let reached = async {
        while !condition().await {
            tokio::task::yield_now().await;
        }
    };
    let reached = tokio::time::timeout(Duration::from_secs(20), reached).await;
    reached.expect("the condition is reached");
}

#[tokio::test]
async fn platform_8_1_filters_choose_what_is_posted() {
    let stage = Stage::set_with(|world| {
        let sub_unit = json!({ "orgnr": "912345678", "name": "FJORDVIK SKULE", "form": "BEDR", "parent": ORG });
        world["register"]["organizations"].as_array_mut().unwrap().push(sub_unit);
    })
    .await;
    let token = stage.owner_of_events().await;
    let org = format!("urn:altinn:organization:identifier-no:{ORG}");
    let with = |changes: Value, hook: &Hook| {
        let mut body =
            json!({ "endPoint": hook.address, "resourceFilter": "urn:altinn:resource:letters" });
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        body
    };
    let mut hooks = Vec::new();
    for changes in [
        json!({ "typeFilter": format!("{NAMES}correspondencepublished") }),
        json!({ "subjectFilter": org }),
        json!({ "subjectFilter": org, "includeSubunits": true }),
        json!({ "typeFilter": "" }),
        json!({ "subjectFilter": "" }),
    ] {
        let mut hook = Hook::open().await;
        let id = stage.subscribe(&with(changes, &hook), &token).await.json()["id"].clone();
        hook.next().await;
        let path = format!("subscriptions/{id}");
        until(async || {
            let request = stage.events(Method::GET, &path, &token);
            stage.send(request).await.json()["validated"] == true
        })
        .await;
        hooks.push(hook);
    }
    for recipient in [
        format!("0192:{ORG}"),
        "0192:912345678".to_owned(),
        PERSON.to_owned(),
    ] {
        stage
            .published(&letter_with(|it| it["recipients"] = json!([recipient])))
            .await;
    }
    let mut got = Vec::new();
    for (hook, count) in hooks.iter_mut().zip([3, 1, 2, 0, 0]) {
        let mut subjects = Vec::new();
        for _ in 0..count {
            let event = hook.next().await;
            assert_eq!(
                event["type"],
                format!("{NAMES}correspondencepublished"),
                "no other type fits"
            );
            subjects.push(
                event["subject"]
                    .as_str()
                    .unwrap()
                    .rsplit(':')
                    .next()
                    .unwrap()
                    .to_owned(),
            );
        }
        subjects.sort();
        got.push(subjects);
        assert!(hook.is_quiet(), "no more than {count}");
    }
    let expected: [&[&str]; 5] = [
        &[PERSON, "912345678", ORG],
        &[ORG],
        &["912345678", ORG],
        &[],
        &[],
    ];
    assert_eq!(
        got, expected,
        "by type, by subject, with sub-units; an empty text matches nothing"
    );
}

/// The first failure and twelve more: then an event is given up.
#[tokio::test]
async fn platform_8_3_twelve_more_tries_and_then_no_more() {
    let stage = Stage::set().await;
    let mut hook = Hook::open().await;
    let token = stage.owner_of_events().await;
    let body = json!({ "endPoint": hook.address, "resourceFilter": "urn:altinn:resource:letters" });
    let id = stage.subscribe(&body, &token).await.json()["id"].clone();
    hook.next().await;
    let path = format!("subscriptions/{id}");
    until(async || {
        let request = stage.events(Method::GET, &path, &token);
        stage.send(request).await.json()["validated"] == true
    })
    .await;
    hook.answers.store(500, Ordering::SeqCst);
    stage
        .sent(&letter_with(|it| {
            it["correspondence"]["requestedPublishTime"] = json!("2099-01-01T00:00:00Z")
        }))
        .await;
    let refused = hook.next().await;
    let hour = 3600;
    let pauses = [
        10,
        30,
        60,
        300,
        600,
        1800,
        hour,
        3 * hour,
        6 * hour,
        12 * hour,
        12 * hour,
        12 * hour,
    ];
    for pause in pauses {
        let waited = hook.again(&stage, &refused, (pause / 20).max(5)).await;
        assert!(
            waited >= pause,
            "tried again after {pause} s, not after {waited}"
        );
    }
    for _ in 0..20 {
        stage.sandbox.advance(Duration::from_secs(12 * hour));
        let posted = tokio::time::timeout(Duration::from_millis(20), hook.posted.recv());
        assert!(posted.await.is_err(), "it is given up");
    }
}

/// Section 8.1: who a subscription is said to belong to.
#[tokio::test]
async fn platform_8_1_a_person_subscribes_as_a_user() {
    let stage = Stage::set().await;
    let parameters = [("pid", PERSON), ("scopes", SUBSCRIBE)];
    let person = stage.test_token("GetPersonalToken", &parameters).await;
    let own = json!({ "endPoint": "https://localhost:9/x", "resourceFilter": "urn:altinn:resource:letters",
        "subjectFilter": format!("urn:altinn:person:identifier-no:{PERSON}") });
    let answer = stage.subscribe(&own, &person).await;
    assert_eq!(
        answer.status,
        StatusCode::CREATED,
        "for themselves: {}",
        answer.text()
    );
    for member in ["consumer", "createdBy"] {
        let told = answer.json()[member].as_str().unwrap().to_owned();
        let user = told.strip_prefix("/user/").expect("a user");
        assert!(
            user.bytes().all(|digit| digit.is_ascii_digit()),
            "by number: {told}"
        );
    }
}
