//! Sections 5.1, 5.4 and 8.1: what stands where nothing was said, bounds that no other module meets, and every field of a form.

use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::stage::*;

async fn overview(stage: &Stage, id: &str) -> Value {
    let token = stage.organisation(OWNER, WRITE).await;
    stage
        .get(&format!("correspondence/{id}"), &token)
        .await
        .json()
}

#[tokio::test]
async fn section_5_1_what_is_left_out_has_its_default() {
    let stage = Stage::set().await;
    let id = stage
        .sent(&letter_with(|it| {
            it["correspondence"]["content"]["messageSummary"] = Value::Null
        }))
        .await;
    let told = overview(&stage, &id).await;
    for (member, expected) in [
        ("messageSender", json!("")),
        ("dueDateTime", Value::Null),
        ("propertyList", json!({})),
        ("replyOptions", json!([])),
        ("notification", Value::Null),
        ("notifications", json!([])),
        ("ignoreReservation", json!(false)),
        ("isConfirmationNeeded", json!(false)),
        ("isConfidential", json!(false)),
        ("allowForwarding", json!(false)),
        ("altinn2CorrespondenceId", Value::Null),
        ("published", Value::Null),
        ("read", Value::Null),
    ] {
        assert_eq!(told[member], expected, "{member}");
    }
    assert_eq!(
        told["content"]["messageSummary"], "",
        "null is stored as empty"
    );
    let time = |name: &str| -> chrono::DateTime<chrono::Utc> {
        told[name].as_str().unwrap().parse().unwrap()
    };
    assert_eq!(
        (time("requestedPublishTime") - time("created")).num_seconds(),
        0,
        "to be published now"
    );
    let kinds: Vec<&Value> = told["externalReferences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["referenceType"])
        .collect();
    assert_eq!(kinds, ["DialogportenDialogId"], "only what the server adds");
    for language in [Value::Null, json!(""), json!("  ")] {
        let id = stage
            .sent(&letter_with(|it| {
                it["correspondence"]["content"]["language"] = language.clone()
            }))
            .await;
        assert_eq!(
            overview(&stage, &id).await["content"]["language"],
            "nb",
            "{language}: bokmål"
        );
    }
}

#[tokio::test]
async fn section_5_1_bounds_of_ids_texts_and_lists() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let with_resource =
        |id: String| letter_with(|it| it["correspondence"]["resourceId"] = json!(id));
    for id in [
        "x".repeat(255),
        format!("urn:altinn:resource:{}", "x".repeat(235)),
    ] {
        stage
            .post_json("correspondence", &token, &with_resource(id))
            .await
            .is_refused(400, 1036, "of 255 characters in all, and unknown");
    }
    for id in [
        "x".repeat(256),
        format!("urn:altinn:resource:{}", "x".repeat(236)),
        "urn:altinn:resource:".to_owned(),
    ] {
        stage
            .post_json("correspondence", &token, &with_resource(id))
            .await
            .is_invalid(
                "Correspondence.ResourceId",
                "more than 255, or nothing behind the prefix",
            );
    }
    type Case = (&'static str, &'static str, fn(&mut Value));
    let cases: [Case; 5] = [
        ("a blank body", "Correspondence.Content.MessageBody", |it| {
            it["correspondence"]["content"]["messageBody"] = json!(" \n ");
        }),
        (
            "a file's reference of 4097",
            "Correspondence.Content.Attachments[0].SendersReference",
            |it| {
                it["correspondence"]["content"]["attachments"] =
                    json!([{ "fileName": "a.pdf", "sendersReference": "x".repeat(4097) }]);
            },
        ),
        ("a reply option without address", "$", |it| {
            it["correspondence"]["replyOptions"] = json!([{ "linkText": "x" }]);
        }),
        ("a reference without value", "$", |it| {
            it["correspondence"]["externalReferences"] = json!([{ "referenceType": 0 }]);
        }),
        (
            "a place that is none",
            "$.correspondence.content.attachments[0].dataLocationType",
            |it| {
                it["correspondence"]["content"]["attachments"] = json!([{ "fileName": "a.pdf", "sendersReference": "1", "dataLocationType": "Moon" }]);
            },
        ),
    ];
    for (why, key, change) in cases {
        stage
            .post_json("correspondence", &token, &letter_with(change))
            .await
            .is_invalid(key, why);
    }
    let many: Vec<Value> = (0..60).map(|n| json!({ "linkURL": format!("https://eksempel.no/{n}"), "linkText": "x".repeat(5000) })).collect();
    stage
        .post_json(
            "correspondence",
            &token,
            &letter_with(|it| it["correspondence"]["replyOptions"] = json!(many)),
        )
        .await
        .is_ok("reply options have neither a number nor a length of text");
}

#[tokio::test]
async fn section_6_step_24_reply_options_are_https_addresses_of_255() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let with = |url: String| {
        letter_with(|it| it["correspondence"]["replyOptions"] = json!([{ "linkURL": url }]))
    };
    let of = |length: usize| format!("https://eksempel.no/{}", "x".repeat(length - 20));
    stage
        .post_json("correspondence", &token, &with(of(255)))
        .await
        .is_ok("255");
    for url in [
        of(256),
        "/svar".to_owned(),
        "https://".to_owned(),
        "ftp://eksempel.no".to_owned(),
        "https://a b".to_owned(),
    ] {
        stage
            .post_json("correspondence", &token, &with(url.clone()))
            .await
            .is_refused(400, 1035, &url);
    }
}

#[tokio::test]
async fn section_8_1_every_field_of_the_table_arrives() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let existing = stage.attachment(|_| (), b"there already").await;
    let key = "33333333-4444-4444-8444-444444444444";
    let due = in_seconds(90 * 24 * 3600);
    let file = "Correspondence.Content.Attachments[0]";
    let note = "Correspondence.Notification";
    let fields = [
        ("Recipients[0]".to_owned(), format!("0192:{ORG}")),
        ("ExistingAttachments[0]".to_owned(), existing.clone()),
        ("IdempotentKey".to_owned(), key.to_owned()),
        (
            "Correspondence.ResourceId".to_owned(),
            "explicit".to_owned(),
        ),
        (
            "Correspondence.SendersReference".to_owned(),
            "sak 1".to_owned(),
        ),
        (
            "Correspondence.MessageSender".to_owned(),
            "Nemnda".to_owned(),
        ),
        (
            "Correspondence.RequestedPublishTime".to_owned(),
            "2026-01-05T10:00:00+01:00".to_owned(),
        ),
        ("Correspondence.DueDateTime".to_owned(), due),
        (
            "Correspondence.IgnoreReservation".to_owned(),
            "true".to_owned(),
        ),
        (
            "Correspondence.IsConfirmationNeeded".to_owned(),
            "true".to_owned(),
        ),
        (
            "Correspondence.IsConfidential".to_owned(),
            "true".to_owned(),
        ),
        (
            "Correspondence.AllowForwarding".to_owned(),
            "true".to_owned(),
        ),
        (
            "Correspondence.Content.Language".to_owned(),
            "nn".to_owned(),
        ),
        (
            "Correspondence.Content.MessageTitle".to_owned(),
            "Tittel".to_owned(),
        ),
        (
            "Correspondence.Content.MessageSummary".to_owned(),
            "Kort".to_owned(),
        ),
        (
            "Correspondence.Content.MessageBody".to_owned(),
            "Lang".to_owned(),
        ),
        (
            format!("{file}.Id"),
            "99999999-4444-4444-8444-444444444444".to_owned(),
        ),
        (format!("{file}.FileName"), "ny.pdf".to_owned()),
        (format!("{file}.DisplayName"), "Ny".to_owned()),
        (format!("{file}.IsEncrypted"), "true".to_owned()),
        (
            format!("{file}.Checksum"),
            "5d41402abc4b2a76b9719d911017c592".to_owned(),
        ),
        (format!("{file}.SendersReference"), "fil 1".to_owned()),
        (format!("{file}.ExpirationInDays"), "30".to_owned()),
        (
            format!("{file}.DataLocationType"),
            "ExistingExternalStorage".to_owned(),
        ),
        (
            format!("{note}.NotificationTemplate"),
            "CustomMessage".to_owned(),
        ),
        (format!("{note}.NotificationChannel"), "Sms".to_owned()),
        (format!("{note}.SendReminder"), "true".to_owned()),
        (format!("{note}.SmsBody"), "t".to_owned()),
        (format!("{note}.EmailSubject"), "s".to_owned()),
        (format!("{note}.EmailBody"), "b".to_owned()),
        (format!("{note}.EmailContentType"), "Html".to_owned()),
        (
            format!("{note}.ReminderNotificationChannel"),
            "Email".to_owned(),
        ),
        (format!("{note}.ReminderEmailSubject"), "s".to_owned()),
        (format!("{note}.ReminderEmailBody"), "b".to_owned()),
        (format!("{note}.ReminderSmsBody"), "t".to_owned()),
        (
            format!("{note}.CustomRecipients[0].MobileNumber"),
            "+4799999999".to_owned(),
        ),
    ];
    let form = fields.iter().fold(Form::new(), |form, (name, value)| {
        form.text(name.clone(), value.clone())
    });
    let form = form.part(
        "attachments",
        Part::bytes(b"hello".to_vec()).file_name("ny.pdf"),
    );
    let answer = stage
        .send(
            stage
                .request(Method::POST, "correspondence/upload", &token)
                .multipart(form),
        )
        .await;
    answer.is_ok("taken");
    let id = answer.json()["correspondences"][0]["correspondenceId"]
        .as_str()
        .unwrap()
        .to_owned();
    let told = overview(&stage, &id).await;
    for (member, expected) in [
        ("resourceId", json!("explicit")),
        ("sendersReference", json!("sak 1")),
        ("messageSender", json!("Nemnda")),
        ("requestedPublishTime", json!("2026-01-05T09:00:00+00:00")),
        ("ignoreReservation", json!(true)),
        ("isConfirmationNeeded", json!(true)),
        ("isConfidential", json!(true)),
        ("allowForwarding", json!(true)),
    ] {
        assert_eq!(told[member], expected, "{member}");
    }
    assert!(told["dueDateTime"].is_string(), "the due date");
    let content = &told["content"];
    assert_eq!(
        [
            &content["language"],
            &content["messageTitle"],
            &content["messageSummary"],
            &content["messageBody"]
        ],
        ["nn", "Tittel", "Kort", "Lang"],
        "the texts"
    );
    let files = content["attachments"].as_array().unwrap();
    assert_eq!(files.len(), 2, "the file that was there, and the new one");
    let new = files.iter().find(|it| it["id"] != json!(existing)).unwrap();
    for (member, expected) in [
        ("fileName", json!("ny.pdf")),
        ("displayName", json!("Ny")),
        ("isEncrypted", json!(true)),
        ("checksum", json!("5d41402abc4b2a76b9719d911017c592")),
        ("sendersReference", json!("fil 1")),
        ("dataLocationType", json!("AltinnCorrespondenceAttachment")),
    ] {
        assert_eq!(new[member], expected, "{member} of the file");
    }
    assert_ne!(
        new["id"], "99999999-4444-4444-8444-444444444444",
        "an id of one's own is ignored"
    );
    assert!(new["expirationTime"].is_string(), "it is kept for its days");
    assert_eq!(
        told["notifications"].as_array().unwrap().len(),
        4,
        "recipient and number named, each with a reminder"
    );
    let search = format!("correspondence?resourceId=x&role=Sender&idempotentKey={key}");
    let found = stage
        .get(&search.replace("=x", "=explicit"), &token)
        .await
        .json();
    assert_eq!(found["ids"], json!([id]), "the key");
}
