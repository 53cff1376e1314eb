//! Sections 15 and 17: what is told, and to whom.

use std::time::Duration;

use serde_json::{Value, json};

use super::NAMES;
use crate::stage::*;

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

/// What an event says of its addressee and its source, for every kind of both.
#[tokio::test]
async fn section_17_sources_and_addressees_of_every_kind() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let body = letter_with(|it| {
        it["existingAttachments"] = json!([file]);
        it["recipients"] = json!([PERSON, "urn:altinn:person:idporten-email:kari@eksempel.no"]);
    });
    stage.published(&body).await;
    stage.settle();
    let token = stage.owner_of_events().await;
    let told = stage
        .pull(
            "resource=urn:altinn:resource:letters&after=0&size=1000",
            &token,
        )
        .await
        .json();
    let of = |name: &str| -> Vec<Value> {
        let wanted = json!(format!("{NAMES}{name}"));
        told.as_array()
            .unwrap()
            .iter()
            .filter(|event| event["type"] == wanted)
            .cloned()
            .collect()
    };
    let base = format!("{}/correspondence/api/v1", stage.sandbox.base());
    for name in ["attachmentinitialized", "attachmentpublished"] {
        let event = &of(name)[0];
        assert_eq!(
            event["source"],
            json!(format!("{base}/attachment")),
            "{name}"
        );
        assert_eq!(event["resourceinstance"], json!(file), "{name}");
        assert_eq!(
            event["alternativesubject"],
            json!(format!("/organisation/{OWNER}")),
            "{name}"
        );
    }
    let others: Vec<(Value, Value)> = of("correspondencepublished")
        .iter()
        .map(|event| {
            (
                event["subject"].clone(),
                event["alternativesubject"].clone(),
            )
        })
        .collect();
    assert_eq!(
        others,
        [
            (
                json!(format!("urn:altinn:person:identifier-no:{PERSON}")),
                json!(format!("/person/{PERSON}"))
            ),
            (
                json!("urn:altinn:person:idporten-email:kari@eksempel.no"),
                Value::Null
            ),
        ],
        "a person's number, and nothing where there is no number"
    );
}

#[tokio::test]
async fn section_17_what_is_not_told() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let described = async |more: Value| {
        let mut body = attachment();
        for (name, value) in more.as_object().unwrap() {
            body[name] = value.clone();
        }
        let id = stage.post_json("attachment", &sender, &body).await.json();
        id.as_str().unwrap().to_owned()
    };
    let bypassed = described(json!({ "resourceId": "bypass" })).await;
    stage
        .upload(&bypassed, &sender, b"x".to_vec())
        .await
        .is_ok("published at once");
    let summed = described(json!({ "resourceId": "bypass", "checksum": "0".repeat(32) })).await;
    stage
        .upload(&summed, &sender, b"x".to_vec())
        .await
        .is_refused(400, 2008, "another sum");
    let deleted = described(json!({ "resourceId": "bypass" })).await;
    stage
        .delete(&format!("attachment/{deleted}"), &sender)
        .await;
    let early = stage
        .sent(&letter_with(|it| {
            it["correspondence"]["requestedPublishTime"] = json!(in_seconds(3600))
        }))
        .await;
    stage
        .delete(&format!("correspondence/{early}/purge"), &sender)
        .await
        .is_ok("taken back by its sender");
    stage.settle();
    let names_of = async |resource: &str| -> Vec<String> {
        stage
            .told(resource)
            .await
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(
        names_of("bypass").await,
        ["attachmentinitialized"; 3],
        "neither a bypassed scan, nor another checksum, nor a deletion"
    );
    assert_eq!(
        names_of("letters").await,
        ["correspondenceinitialized", "correspondencepurged"],
        "a purge is told whoever makes it"
    );
}
