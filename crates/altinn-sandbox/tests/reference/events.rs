//! Section 17 of this reference, and section 8 of the platform reference: what happens is told, to who asked and may know.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::http::StatusCode as HookStatus;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::stage::*;

const SUBSCRIBE: &str = "altinn:events.subscribe";
const NAMES: &str = "no.altinn.correspondence.";

/// An endpoint on loopback that keeps what is posted to it.
struct Hook {
    address: String,
    posted: UnboundedReceiver<Value>,
    answers: Arc<AtomicU16>,
}

impl Hook {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("https://{}/secret?key=1", listener.local_addr().unwrap());
        let (keep, posted) = unbounded_channel();
        let answers = Arc::new(AtomicU16::new(200));
        let status = Arc::clone(&answers);
        let router = axum::Router::new().fallback(move |uri: axum::http::Uri, body: String| {
            assert_eq!(
                uri.to_string(),
                "/secret?key=1",
                "the whole address is used"
            );
            keep.send(serde_json::from_str(&body).unwrap()).unwrap();
            let status = HookStatus::from_u16(status.load(Ordering::SeqCst)).unwrap();
            std::future::ready(status)
        });
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            posted,
            answers,
        }
    }

    /// The next thing posted.
    async fn next(&mut self) -> Value {
        let next = tokio::time::timeout(Duration::from_secs(20), self.posted.recv());
        next.await.expect("something is posted").unwrap()
    }

    fn is_quiet(&mut self) -> bool {
        self.posted.try_recv().is_err()
    }
}

impl Stage {
    fn events(&self, method: Method, path: &str, token: &str) -> reqwest::RequestBuilder {
        self.at(method, &format!("/events/api/v1/{path}"), token)
    }

    async fn pull(&self, query: &str, token: &str) -> Answer {
        let request = self.events(Method::GET, &format!("events?{query}"), token);
        self.send(request).await
    }

    async fn subscribe(&self, body: &Value, token: &str) -> Answer {
        let request = self.events(Method::POST, "subscriptions", token);
        self.send(request.json(body)).await
    }

    /// A token of the service owner, who may subscribe to everything on its resources.
    async fn owner_of_events(&self) -> String {
        let scopes = format!("altinn:serviceowner {SUBSCRIBE}");
        let parameters = [("org", "digdir"), ("orgNo", OWNER), ("scopes", &scopes)];
        self.test_token("GetEnterpriseToken", &parameters).await
    }

    /// A token of a system user at an organisation.
    async fn system_user(&self, organisation: &str) -> String {
        let id = "12121212-3434-4565-8787-909090909090";
        let parameters = [
            ("systemUserId", id),
            ("orgNo", OTHER_OWNER),
            ("systemUserOrg", organisation),
            ("scopes", SUBSCRIBE),
        ];
        self.test_token("GetSystemUserToken", &parameters).await
    }

    /// Names and subjects of all that was told about a resource and can be pulled now.
    async fn told(&self, resource: &str) -> Vec<(String, String)> {
        let token = self.owner_of_events().await;
        let query = format!("resource=urn:altinn:resource:{resource}&after=0&size=1000");
        let answer = self.pull(&query, &token).await;
        answer.is_ok("the owner may pull");
        let events = answer.json();
        let text = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
        let events = events.as_array().unwrap().iter();
        events
            .map(|event| {
                let name = text(event, "type").replace(NAMES, "");
                let subject = text(event, "subject");
                (name, subject.rsplit(':').next().unwrap().to_owned())
            })
            .collect()
    }

    /// That these were told, each to its addressee.
    async fn has_told(&self, resource: &str, expected: &[(&str, &str)]) {
        let told = self.told(resource).await;
        for (name, subject) in expected {
            let wanted = ((*name).to_owned(), (*subject).to_owned());
            assert!(
                told.contains(&wanted),
                "{name} is told to {subject} (section 17): {told:?}"
            );
        }
    }

    /// Lets what happened become visible.
    fn settle(&self) {
        self.sandbox.advance(Duration::from_secs(31));
    }
}

fn names(told: &[(String, String)]) -> Vec<&str> {
    told.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn section_17_an_event_has_these_members() {
    let stage = Stage::set().await;
    let id = stage.published(&letter()).await;
    stage.settle();
    let token = stage.owner_of_events().await;
    let query =
        format!("resource=urn:altinn:resource:letters&after=0&type={NAMES}correspondencepublished");
    let answer = stage.pull(&query, &token).await;
    assert!(
        answer
            .header("content-type")
            .starts_with("application/cloudevents+json"),
        "platform 8.4: the type of the list"
    );
    let event = &answer.json()[0];
    let base = stage.sandbox.base();
    for (member, expected) in [
        ("specversion", json!("1.0")),
        ("type", json!(format!("{NAMES}correspondencepublished"))),
        (
            "source",
            json!(format!("{base}/correspondence/api/v1/correspondence")),
        ),
        ("resource", json!("urn:altinn:resource:letters")),
        ("resourceinstance", json!(id)),
        (
            "subject",
            json!(format!("urn:altinn:organization:identifier-no:{ORG}")),
        ),
        ("alternativesubject", json!(format!("/organisation/{ORG}"))),
        ("data", Value::Null),
    ] {
        assert_eq!(event[member], expected, "{member}");
    }
    assert!(event["id"].as_str().unwrap().len() == 36, "a new GUID");
    assert!(
        event["time"].as_str().unwrap().ends_with("+00:00"),
        "a time"
    );
}

#[tokio::test]
async fn section_17_the_life_of_a_letter_is_told() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let file = stage.attachment(|_| (), b"x").await;
    let body = letter_with(|it| it["existingAttachments"] = json!([file]));
    let id = stage.published(&body).await;
    let path = format!("correspondence/{id}");
    stage.get(&path, &recipient).await.is_ok("fetched");
    stage
        .post(&format!("{path}/markasread"), &recipient)
        .await
        .is_ok("read");
    stage
        .post(&format!("{path}/confirm"), &recipient)
        .await
        .is_ok("confirmed");
    stage.sandbox.advance(Duration::from_secs(5));
    let download = format!("{path}/attachment/{file}/download");
    stage.get(&download, &recipient).await.is_ok("downloaded");
    stage
        .delete(&format!("{path}/purge"), &recipient)
        .await
        .is_ok("purged");
    let by_content = stage
        .published(&letter_with(|it| it["recipients"] = json!([PERSON])))
        .await;
    let person = stage.person(PERSON, READ).await;
    for _ in 0..2 {
        let content = format!("correspondence/{by_content}/content");
        stage
            .get(&content, &person)
            .await
            .is_ok("read by its content");
    }
    stage.settle();
    let told = stage.told("letters").await;
    let expected = [
        ("attachmentinitialized", OWNER),
        ("attachmentpublished", OWNER),
        ("correspondenceinitialized", OWNER),
        ("correspondencepublished", ORG),
        ("correspondencereceiverread", OWNER),
        ("correspondencereceiverconfirmed", OWNER),
        ("correspondencepurged", OWNER),
        ("correspondenceinitialized", OWNER),
        ("correspondencepublished", PERSON),
        ("correspondencereceiverread", OWNER),
    ];
    let expected: Vec<(String, String)> = expected
        .iter()
        .map(|(name, subject)| ((*name).to_owned(), (*subject).to_owned()))
        .collect();
    assert_eq!(
        told, expected,
        "these, in order, once each; none for fetching, downloading or an attachment's purge"
    );
}

#[tokio::test]
async fn section_17_failures_are_told_to_the_sender() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let several = letter_with(|it| it["recipients"] = json!([PERSON, RESERVED]));
    stage
        .post_json("correspondence", &sender, &several)
        .await
        .is_ok("taken");
    stage.publish();
    stage.settle();
    let told = stage.told("letters").await;
    assert_eq!(
        names(&told)
            .iter()
            .filter(|name| **name == "correspondenceinitialized")
            .count(),
        1,
        "none for the reserved one"
    );
    stage
        .has_told("letters", &[("correspondencepublishfailed", OWNER)])
        .await;
    let bad = stage
        .post_json("attachment", &sender, &attachment())
        .await
        .json();
    let eicar = [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR",
        "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat();
    stage
        .upload(bad.as_str().unwrap(), &sender, eicar.into_bytes())
        .await
        .is_ok("uploaded");
    stage.publish();
    let brief = stage
        .attachment(|it| it["expirationInDays"] = json!(1), b"x")
        .await;
    stage
        .sent(&letter_with(|it| {
            it["existingAttachments"] = json!([brief])
        }))
        .await;
    stage.sandbox.advance(Duration::from_secs(25 * 3600));
    stage
        .has_told(
            "letters",
            &[
                ("attachmentuploadfailed", OWNER),
                ("attachmentexpired", OWNER),
            ],
        )
        .await;
}

#[tokio::test]
async fn section_15_falling_due_is_told_to_the_recipient() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let due = |confirm: bool, resource: &str| {
        letter_with(|it| {
            it["correspondence"]["dueDateTime"] = json!(in_seconds(3600));
            it["correspondence"]["isConfirmationNeeded"] = json!(confirm);
            it["correspondence"]["resourceId"] = json!(resource);
        })
    };
    stage.published(&due(true, "letters")).await;
    let read = stage.published(&due(false, "other-letters")).await;
    let path = format!("correspondence/{read}/content");
    stage.get(&path, &recipient).await.is_ok("this one is read");
    stage.sandbox.advance(Duration::from_secs(3700));
    stage
        .has_told(
            "letters",
            &[
                ("correspondencereceiverneverread", ORG),
                ("correspondencereceiverneverconfirmed", ORG),
            ],
        )
        .await;
    let told = stage.told("other-letters").await;
    assert_eq!(
        names(&told),
        [
            "correspondenceinitialized",
            "correspondencepublished",
            "correspondencereceiverread"
        ],
        "what was read and asked for nothing is not overdue"
    );
    let reader = stage.organisation(ORG, READ).await;
    let path = format!("correspondence/{read}");
    stage
        .get(&path, &reader)
        .await
        .is_ok("the due date takes nothing away");
}

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
    hook.answers.store(200, Ordering::SeqCst);
    // The retry is planned when the refusal has arrived: the clock is moved until it comes.
    let again = loop {
        stage.sandbox.advance(Duration::from_secs(10));
        let posted = tokio::time::timeout(Duration::from_millis(200), hook.posted.recv());
        if let Ok(Some(event)) = posted.await
            && event["id"] == refused["id"]
        {
            break event;
        }
    };
    assert_eq!(again, refused, "tried again with the same id");
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

#[tokio::test]
async fn platform_8_4_pulling_is_paged_and_filtered() {
    let stage = Stage::set().await;
    let token = stage.owner_of_events().await;
    let resource = "resource=urn:altinn:resource:letters";
    for recipient in [
        format!("0192:{ORG}"),
        PERSON.to_owned(),
        format!("0192:{ROLELESS_ORG}"),
    ] {
        stage
            .sent(&letter_with(|it| it["recipients"] = json!([recipient])))
            .await;
    }
    let all = async |query: &str, token: &str| {
        let answer = stage.pull(query, token).await;
        answer.is_ok(query);
        answer.json().as_array().unwrap().clone()
    };
    assert!(
        all(&format!("{resource}&after=0"), &token).await.is_empty(),
        "not visible yet"
    );
    stage.publish();
    stage.settle();
    let everything = all(&format!("{resource}&after=0"), &token).await;
    assert_eq!(everything.len(), 6, "three made, three published");
    let page = stage
        .pull(&format!("{resource}&after=0&size=4"), &token)
        .await;
    let ids: Vec<Value> = page
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    let last = ids[3].as_str().unwrap();
    assert_eq!(
        page.header("next"),
        format!(
            "{}/events/api/v1/events?after={last}&resource=urn:altinn:resource:letters&size=4",
            stage.sandbox.base()
        ),
        "the next page begins after the last id, values not encoded"
    );
    let rest = all(&format!("{resource}&after={last}"), &token).await;
    assert_eq!(rest, everything[4..], "the rest follows");
    let end = stage
        .pull(
            &format!("{resource}&after={}", rest[1]["id"].as_str().unwrap()),
            &token,
        )
        .await;
    assert_eq!(
        (end.text().as_str(), end.header("next")),
        ("[]", ""),
        "at the end there is no next"
    );
    let restarted = all(
        &format!("{resource}&after=77777777-7777-4777-8777-777777777777"),
        &token,
    )
    .await;
    assert_eq!(
        restarted, everything,
        "an unknown id restarts from the beginning"
    );
    for (size, count) in [("0", 6), ("-3", 6), ("1", 1), ("5000", 6)] {
        let found = all(&format!("{resource}&after=0&size={size}"), &token)
            .await
            .len();
        assert_eq!(found, count, "size {size}");
    }
    for (filter, count) in [
        (format!("type={NAMES}correspondencepublished"), 3),
        ("type=%25published".to_owned(), 3),
        ("type=%25Published".to_owned(), 0),
        ("type=%25published&type=%25initialized".to_owned(), 6),
        (
            format!("subject=urn:altinn:person:identifier-no:{PERSON}"),
            1,
        ),
    ] {
        let found = all(&format!("{resource}&after=0&{filter}"), &token)
            .await
            .len();
        assert_eq!(found, count, "{filter}");
    }
    let alternative = stage.events(Method::GET, &format!("events?{resource}&after=0"), &token);
    let header = ("Altinn-AlternativeSubject", format!("/person/{PERSON}"));
    let answer = stage.send(alternative.header(header.0, &header.1)).await;
    assert_eq!(
        answer.json().as_array().unwrap().len(),
        1,
        "by the other spelling"
    );
    assert!(
        answer
            .header("next")
            .ends_with(&format!("&subject=/person/{PERSON}")),
        "the link has a plain subject: {}",
        answer.header("next")
    );
}

#[tokio::test]
async fn platform_8_4_rights_are_applied_after_paging() {
    let stage = Stage::set().await;
    for recipient in [PERSON.to_owned(), format!("0192:{ORG}")] {
        stage
            .published(&letter_with(|it| it["recipients"] = json!([recipient])))
            .await;
    }
    stage.settle();
    let system_user = stage.system_user(ORG).await;
    let published =
        format!("resource=urn:altinn:resource:letters&after=0&type={NAMES}correspondencepublished");
    let page = stage
        .pull(&format!("{published}&size=1"), &system_user)
        .await;
    assert_eq!(
        (page.text().as_str(), page.header("next")),
        ("[]", ""),
        "a page of another's events is empty, though more follow"
    );
    let page = stage
        .pull(&format!("{published}&size=2"), &system_user)
        .await;
    assert_eq!(
        page.json().as_array().unwrap().len(),
        1,
        "shorter than its size"
    );
    let bare = stage.organisation(ORG, SUBSCRIBE).await;
    assert_eq!(
        stage.pull(&published, &bare).await.text(),
        "[]",
        "a bare organisation number holds no right"
    );
    let old = stage.owner_of_events().await;
    stage.sandbox.advance(Duration::from_secs(91 * 24 * 3600));
    assert_eq!(
        stage.pull(&published, &old).await.status,
        StatusCode::UNAUTHORIZED,
        "the token has expired"
    );
    assert!(
        stage.told("letters").await.is_empty(),
        "and so have events of 91 days ago"
    );
}

#[tokio::test]
async fn platform_8_4_parameters_are_checked() {
    let stage = Stage::set().await;
    let token = stage.owner_of_events().await;
    let cases = [
        (
            "resource=letters&after=0",
            "The 'resource' parameter must begin with `urn:altinn:resource:`",
        ),
        (
            "resource=urn:altinn:resource:letters",
            "The 'after' parameter must be defined.",
        ),
    ];
    for (query, detail) in cases {
        let answer = stage.pull(query, &token).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["detail"].as_str()),
            (400, Some(detail)),
            "{query}"
        );
    }
    let both = stage.events(
        Method::GET,
        "events?resource=urn:altinn:resource:x&after=0&subject=a",
        &token,
    );
    let answer = stage
        .send(both.header("Altinn-AlternativeSubject", "/person/1"))
        .await;
    assert_eq!(
        answer.json()["detail"],
        "Only one of 'subject' or 'alternativeSubject' can be defined.",
        "one of them"
    );
    let answer = stage.pull("after=0", &token).await;
    assert_eq!(
        (
            answer.status.as_u16(),
            answer.json()["errors"]["resource"][0].as_str()
        ),
        (400, Some("The resource field is required.")),
        "a validation problem"
    );
    assert_eq!(
        stage.pull("after=0", "").await.status,
        StatusCode::UNAUTHORIZED,
        "no token"
    );
    let scopeless = stage.organisation(OWNER, READ).await;
    assert_eq!(
        stage.pull("after=0", &scopeless).await.status,
        StatusCode::FORBIDDEN,
        "no scope"
    );
}
