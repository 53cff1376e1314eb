//! Sections 2.1 and 5: what each member may hold, at its bounds, and exactly which members come back.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::stage::*;

type Change = fn(&mut Value);

/// Each is the most that the tables of section 5.1 allow, or a spelling that they let through.
const TAKEN: &[(&str, Change)] = &[
    ("a title of 255", |it| {
        it["correspondence"]["content"]["messageTitle"] = json!("x".repeat(255))
    }),
    ("a summary of 255", |it| {
        it["correspondence"]["content"]["messageSummary"] = json!("x".repeat(255))
    }),
    ("no summary", |it| {
        it["correspondence"]["content"]["messageSummary"] = Value::Null
    }),
    ("a body of 30000", |it| {
        it["correspondence"]["content"]["messageBody"] = json!("x".repeat(30_000))
    }),
    ("a body of HTML (6.3)", |it| {
        it["correspondence"]["content"]["messageBody"] = json!("<h1>x</h1><script>1</script>")
    }),
    ("markup in the summary, which is only logged", |it| {
        it["correspondence"]["content"]["messageSummary"] = json!("# <b>x</b>")
    }),
    ("a blank language", |it| {
        it["correspondence"]["content"]["language"] = json!(" ")
    }),
    ("a null language", |it| {
        it["correspondence"]["content"]["language"] = Value::Null
    }),
    ("a language in capitals", |it| {
        it["correspondence"]["content"]["language"] = json!("EN")
    }),
    ("a reference of 4096", |it| {
        it["correspondence"]["sendersReference"] = json!("x".repeat(4096))
    }),
    ("a sender's name of 255", |it| {
        it["correspondence"]["messageSender"] = json!("x".repeat(255))
    }),
    ("no sender's name", |it| {
        it["correspondence"]["messageSender"] = Value::Null
    }),
    ("a sender, which is ignored", |it| {
        it["correspondence"]["sender"] = json!("not a sender")
    }),
    ("a prefixed resource", |it| {
        it["correspondence"]["resourceId"] = json!("urn:altinn:resource:letters")
    }),
    ("a past publish time", |it| {
        it["correspondence"]["requestedPublishTime"] = json!("2001-01-01T00:00:00+02:00")
    }),
    ("a null publish time", |it| {
        it["correspondence"]["requestedPublishTime"] = Value::Null
    }),
    ("a time without offset (2.1)", |it| {
        it["correspondence"]["requestedPublishTime"] = json!("2001-01-01T00:00:00")
    }),
    ("ten properties of 50 and 300", |it| {
        let entry = |n: usize| (format!("{n}{}", "x".repeat(49)), json!("y".repeat(300)));
        it["correspondence"]["propertyList"] = Value::Object((0..10).map(entry).collect());
    }),
    ("ten references", |it| {
        it["correspondence"]["externalReferences"] = json!(vec![
            json!({ "referenceType": 0, "referenceValue": "x" });
            10
        ]);
    }),
    ("null lists that may be null", |it| {
        it["correspondence"]["externalReferences"] = Value::Null;
        it["correspondence"]["replyOptions"] = Value::Null;
        it["correspondence"]["notification"] = Value::Null;
        it["correspondence"]["ignoreReservation"] = Value::Null;
        it["idempotentKey"] = Value::Null;
    }),
    (
        "a reply option without text, its scheme in capitals",
        |it| {
            it["correspondence"]["replyOptions"] =
                json!([{ "linkURL": "HTTPS://example.com", "linkText": null }]);
        },
    ),
    ("enums by number, as number and as text (2.1)", |it| {
        it["correspondence"]["externalReferences"] = json!([
            { "referenceType": 1, "referenceValue": "x" }, { "referenceType": "2", "referenceValue": "x" },
        ]);
    }),
    ("unknown members (2.1)", |it| {
        it["correspondence"]["allowSystemDeleteAfter"] = json!([1, { "x": 2 }])
    }),
    ("five hundred recipients", |it| {
        let number = |n: usize| json!(format!("0192:9{n:08}"));
        it["recipients"] = Value::Array((0..500).map(number).collect());
    }),
    (
        "a title that its recipient's name makes longer than 255",
        |it| {
            it["recipients"] = json!([PERSON]);
            it["correspondence"]["content"]["messageTitle"] =
                json!(format!("{{{{recipientName}}}}{}", "x".repeat(238)));
        },
    ),
    ("a user by e-mail, and an older one (7.1)", |it| {
        it["recipients"] = json!([
            "urn:altinn:person:idporten-email:Kari@Eksempel.no",
            "urn:altinn:person:legacy-selfidentified:OlaN"
        ]);
    }),
];

#[tokio::test]
async fn section_5_1_what_the_tables_allow_is_taken() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for (why, change) in TAKEN {
        stage
            .post_json("correspondence", &token, &letter_with(change))
            .await
            .is_ok(why);
    }
}

/// Members whose column says that they may not be null: null is answered as if they were required (2.1).
#[tokio::test]
async fn section_5_1_null_is_not_a_value_everywhere() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for pointer in [
        "/recipients",
        "/existingAttachments",
        "/correspondence",
        "/correspondence/resourceId",
        "/correspondence/sendersReference",
        "/correspondence/content",
        "/correspondence/content/messageTitle",
        "/correspondence/content/messageBody",
        "/correspondence/content/attachments",
        "/correspondence/propertyList",
        "/correspondence/isConfirmationNeeded",
        "/correspondence/isConfidential",
        "/correspondence/allowForwarding",
    ] {
        let mut body = letter();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        body.pointer_mut(parent).unwrap()[name] = Value::Null;
        let key = pointer[1..]
            .split('/')
            .map(|part| part[..1].to_uppercase() + &part[1..])
            .collect::<Vec<_>>()
            .join(".");
        let answer = stage.post_json("correspondence", &token, &body).await;
        answer.is_invalid(&key, pointer);
        assert!(
            answer.text().contains("required"),
            "{pointer}: as if it were missing"
        );
    }
}

#[tokio::test]
async fn section_2_1_numbers_may_be_texts_and_lengths_are_utf_16() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let mut described = attachment();
    described["expirationInDays"] = json!("30");
    described["checksum"] = json!("");
    let id = stage
        .post_json("attachment", &token, &described)
        .await
        .json();
    let overview = stage
        .get(&format!("attachment/{}", id.as_str().unwrap()), &token)
        .await
        .json();
    assert_eq!(overview["expirationInDays"], 30, "a number sent as text");
    assert_eq!(
        overview["checksum"],
        Value::Null,
        "an empty checksum is none"
    );
    for (title, taken) in [("😀".repeat(127), true), ("😀".repeat(128), false)] {
        let body = letter_with(|it| it["correspondence"]["content"]["messageTitle"] = json!(title));
        let status = stage
            .post_json("correspondence", &token, &body)
            .await
            .status;
        assert_eq!(
            status == StatusCode::OK,
            taken,
            "pairs count as two: {} of them",
            title.chars().count()
        );
    }
}

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    names.sort_unstable();
    names
}

const OVERVIEW: [&str; 25] = [
    "allowForwarding",
    "altinn2CorrespondenceId",
    "content",
    "correspondenceId",
    "created",
    "dueDateTime",
    "externalReferences",
    "ignoreReservation",
    "isConfidential",
    "isConfirmationNeeded",
    "messageSender",
    "notification",
    "notifications",
    "propertyList",
    "published",
    "read",
    "recipient",
    "replyOptions",
    "requestedPublishTime",
    "resourceId",
    "sender",
    "sendersReference",
    "status",
    "statusChanged",
    "statusText",
];

#[tokio::test]
async fn section_5_4_to_5_6_a_letter_comes_back_with_these_members() {
    let stage = Stage::set().await;
    let file = stage
        .attachment(|it| it["displayName"] = json!("Vedtaket"), b"x")
        .await;
    let body = letter_with(|it| {
        it["existingAttachments"] = json!([file]);
        it["correspondence"]["replyOptions"] =
            json!([{ "linkURL": "https://example.com", "linkText": "Svar" }]);
    });
    let id = stage.published(&body).await;
    let recipient = stage.organisation(ORG, READ).await;
    let overview = stage
        .get(&format!("correspondence/{id}"), &recipient)
        .await
        .json();
    assert_eq!(names(&overview), OVERVIEW, "5.4: nulls are written too");
    assert!(overview["published"].is_string(), "published");
    assert_eq!(overview["read"], Value::Null, "not read");
    assert_eq!(
        overview["replyOptions"][0],
        json!({ "linkURL": "https://example.com", "linkText": "Svar" }),
        "reply options"
    );
    let kinds = &overview["externalReferences"];
    assert_eq!(
        kinds[0]["referenceType"], "DialogportenDialogId",
        "16: the server adds the dialog"
    );
    let content = &overview["content"];
    assert_eq!(
        names(content),
        [
            "attachments",
            "language",
            "messageBody",
            "messageSummary",
            "messageTitle"
        ],
        "5.4: the content"
    );
    let attachment = &content["attachments"][0];
    assert_eq!(
        names(attachment),
        [
            "checksum",
            "created",
            "dataLocationType",
            "dataType",
            "displayName",
            "expirationInDays",
            "expirationTime",
            "fileName",
            "id",
            "isEncrypted",
            "sendersReference",
            "status",
            "statusChanged",
            "statusText",
        ],
        "5.6: an attachment, without its size"
    );
    assert_eq!(attachment["displayName"], "Vedtaket", "its name");
    let details = stage
        .get(&format!("correspondence/{id}/details"), &recipient)
        .await
        .json();
    let mut expected = OVERVIEW.to_vec();
    expected.extend(["statusHistory", "systemLabel"]);
    expected.sort_unstable();
    assert_eq!(names(&details), expected, "5.5: details add two");
    assert_eq!(
        names(&details["statusHistory"][0]),
        ["status", "statusChanged", "statusText"],
        "5.5: a row"
    );
    stage
        .get(&format!("correspondence/{id}/content"), &recipient)
        .await
        .is_ok("read");
    stage.sandbox.advance(std::time::Duration::from_secs(5));
    let first = stage
        .get(&format!("correspondence/{id}"), &recipient)
        .await
        .json()["read"]
        .clone();
    assert!(
        first.as_str().unwrap().ends_with("+00:00"),
        "2.1: an offset, never Z"
    );
    stage.sandbox.advance(std::time::Duration::from_secs(60));
    stage
        .get(&format!("correspondence/{id}/content"), &recipient)
        .await
        .is_ok("read once more");
    let again = stage
        .get(&format!("correspondence/{id}"), &recipient)
        .await
        .json();
    assert_eq!(again["read"], first, "5.4: the first reading stands");
    assert_eq!(again["notification"], Value::Null, "5.4: always null");
}

#[tokio::test]
async fn section_5_3_what_was_sent_is_answered_in_order() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let file = stage.attachment(|_| (), b"x").await;
    let body = letter_with(|it| {
        it["recipients"] = json!([
            PERSON,
            format!("0192:{ORG}"),
            RESERVED,
            "urn:altinn:person:idporten-email:Kari@Eksempel.no"
        ]);
        it["existingAttachments"] = json!([file, file]);
    });
    let answer = stage
        .post_json("correspondence", &token, &body)
        .await
        .json();
    assert_eq!(
        names(&answer),
        ["attachmentIds", "correspondences"],
        "two members"
    );
    assert_eq!(
        answer["attachmentIds"],
        json!([file]),
        "distinct, shared by all recipients"
    );
    let all = answer["correspondences"].as_array().unwrap();
    assert_eq!(
        names(&all[0]),
        ["correspondenceId", "notifications", "recipient", "status"],
        "of each recipient"
    );
    let found: Vec<(&str, &str)> = all
        .iter()
        .map(|it| {
            (
                it["recipient"].as_str().unwrap(),
                it["status"].as_str().unwrap(),
            )
        })
        .collect();
    let (person, org) = (
        "urn:altinn:person:identifier-no:",
        "urn:altinn:organization:identifier-no:",
    );
    assert_eq!(
        found,
        [
            (&*format!("{person}{PERSON}"), "ReadyForPublish"),
            (&*format!("{org}{ORG}"), "ReadyForPublish"),
            (&*format!("{person}{RESERVED}"), "Reserved"),
            (
                "urn:altinn:person:idporten-email:kari@eksempel.no",
                "ReadyForPublish"
            ),
        ],
        "in request order, normalised (7.2)"
    );
}

#[tokio::test]
async fn section_5_7_attachments_come_back_with_these_members() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let mut described = attachment();
    described["isEncrypted"] = json!(true);
    described["resourceId"] = json!("urn:altinn:resource:letters");
    let id = stage
        .post_json("attachment", &token, &described)
        .await
        .json();
    let path = format!("attachment/{}", id.as_str().unwrap());
    let overview = stage.get(&path, &token).await.json();
    let expected = [
        "attachmentId",
        "checksum",
        "correspondenceIds",
        "dataType",
        "displayName",
        "expirationInDays",
        "fileName",
        "isEncrypted",
        "resourceId",
        "sender",
        "sendersReference",
        "status",
        "statusChanged",
        "statusText",
    ];
    assert_eq!(names(&overview), expected, "the overview");
    assert_eq!(overview["isEncrypted"], false, "whatever was sent");
    assert_eq!(overview["resourceId"], "letters", "without the prefix");
    assert_eq!(overview["displayName"], Value::Null, "none was given");
    let details = stage.get(&format!("{path}/details"), &token).await.json();
    let mut more = expected.to_vec();
    more.push("statusHistory");
    more.sort_unstable();
    assert_eq!(names(&details), more, "details add the history");
    assert_eq!(
        details["displayName"], "vedtak.pdf",
        "and fall back to the file name"
    );
}
