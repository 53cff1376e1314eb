//! Platform reference, section 8.4: pulling events.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{NAMES, SUBSCRIBE};
use crate::stage::*;

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
