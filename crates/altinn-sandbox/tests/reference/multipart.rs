//! Section 8: initialise by form, with files.

use crate::stage::*;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The fields of a letter with the names given, and a prefix before each.
fn fields(prefix: &str, more: &[(&str, &str)]) -> Form {
    let recipient = format!("0192:{ORG}");
    let usual = [
        ("Recipients[0]", recipient.as_str()),
        ("Correspondence.ResourceId", "letters"),
        ("Correspondence.SendersReference", "ref-1"),
        ("Correspondence.Content.MessageTitle", "Vedtak"),
        ("Correspondence.Content.MessageSummary", ""),
        ("Correspondence.Content.MessageBody", "Brødtekst"),
    ];
    let mut form = Form::new();
    for (name, value) in usual.iter().chain(more) {
        form = form.text(format!("{prefix}{name}"), (*value).to_owned());
    }
    form
}

fn file(name: &str, bytes: &[u8]) -> Part {
    Part::bytes(bytes.to_vec()).file_name(name.to_owned())
}

async fn send(stage: &Stage, token: &str, form: Form) -> Answer {
    stage
        .send(
            stage
                .request(Method::POST, "correspondence/upload", token)
                .multipart(form),
        )
        .await
}

/// Names of attachments in a letter, with the bytes that its recipient gets.
async fn files_of(stage: &Stage, id: &str) -> Vec<(String, Vec<u8>)> {
    let recipient = stage.organisation(ORG, READ).await;
    let overview = stage
        .get(&format!("correspondence/{id}"), &recipient)
        .await
        .json();
    let mut files = Vec::new();
    for attachment in overview["content"]["attachments"]
        .as_array()
        .expect("attachments")
    {
        let path = format!(
            "correspondence/{id}/attachment/{}/download",
            attachment["id"].as_str().unwrap()
        );
        let answer = stage.get(&path, &recipient).await;
        files.push((
            attachment["fileName"].as_str().unwrap().to_owned(),
            answer.bytes,
        ));
    }
    files
}

fn id_of(answer: &Answer) -> String {
    answer.is_ok("the letter is taken");
    answer.json()["correspondences"][0]["correspondenceId"]
        .as_str()
        .expect("an id")
        .to_owned()
}

const TWO_FILES: &[(&str, &str)] = &[
    ("Correspondence.Content.Attachments[0].FileName", "a.txt"),
    (
        "Correspondence.Content.Attachments[0].SendersReference",
        "1",
    ),
    ("Correspondence.Content.Attachments[1].FileName", "b.txt"),
    (
        "Correspondence.Content.Attachments[1].SendersReference",
        "2",
    ),
];

#[tokio::test]
async fn section_8_2_files_arrive_whole_in_whatever_order_they_were_sent() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let form = fields("", TWO_FILES)
        .part("attachments", file("b.txt", b"bee"))
        .part("Attachments", file("a.txt", &large));
    let answer = send(&stage, &token, form).await;
    let id = id_of(&answer);
    assert_eq!(
        answer.json()["correspondences"][0]["status"],
        "Initialized",
        "the files are pending"
    );
    assert_eq!(
        answer.json()["attachmentIds"].as_array().unwrap().len(),
        2,
        "both files have ids"
    );
    stage.publish();
    stage.publish();
    assert_eq!(
        files_of(&stage, &id).await,
        [
            ("a.txt".to_owned(), large),
            ("b.txt".to_owned(), b"bee".to_vec())
        ],
        "each name has its bytes"
    );
}

#[tokio::test]
async fn section_8_1_names_are_taken_in_every_accepted_spelling() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let extra = [
        ("Correspondence.PropertyList.caseNumber", "26/1"),
        ("Correspondence.PropertyList[unit]", "west"),
        (
            "Correspondence.ReplyOptions[0].LinkURL",
            "https://eksempel.no/svar",
        ),
        ("Correspondence.ReplyOptions[0].LinkText", "Svar"),
        (
            "Correspondence.ExternalReferences[0].ReferenceType",
            "generic",
        ),
        ("Correspondence.ExternalReferences[0].ReferenceValue", "x"),
        ("Correspondence.RequestedPublishTime", "2026-01-05 10:00"),
        ("Correspondence.IgnoreReservation", "True"),
        ("Correspondence.AllowForwarding", "true"),
        ("Correspondence.Notification.NotificationTemplate", "1"),
        (
            "Correspondence.Notification.CustomRecipients[0].EmailAddress",
            "kari@eksempel.no",
        ),
        ("Correspondence.Nothing", "x"),
        ("Correspondense.Content", "x"),
    ];
    for prefix in ["", "request.", "Request."] {
        let id = id_of(&send(&stage, &token, fields(prefix, &extra)).await);
        let overview = stage
            .get(&format!("correspondence/{id}"), &token)
            .await
            .json();
        assert_eq!(
            overview["propertyList"],
            json!({ "caseNumber": "26/1", "unit": "west" }),
            "prefix {prefix:?}: properties by dot and bracket"
        );
        assert_eq!(
            overview["replyOptions"][0],
            json!({ "linkURL": "https://eksempel.no/svar", "linkText": "Svar" }),
            "lists of objects"
        );
        assert_eq!(
            overview["externalReferences"][0]["referenceType"], "Generic",
            "enums by name in any case"
        );
        assert_eq!(
            overview["requestedPublishTime"], "2026-01-05T10:00:00+00:00",
            "times as a person writes them"
        );
        assert_eq!(overview["ignoreReservation"], true, "flags as text");
        assert_eq!(
            overview["notifications"].as_array().unwrap().len(),
            2,
            "the recipient and the address named are notified"
        );
        assert_eq!(overview["content"]["language"], "nb", "not given: bokmål");
    }
    let lower: Vec<(String, String)> = vec![
        ("recipients[0]".into(), format!("0192:{ORG}")),
        ("correspondence.resourceid".into(), "letters".into()),
        ("CORRESPONDENCE.SENDERSREFERENCE".into(), "r".into()),
        ("correspondence.content.messagetitle".into(), "T".into()),
        ("correspondence.content.messagebody".into(), "B".into()),
    ];
    let form = lower
        .into_iter()
        .fold(Form::new(), |form, (name, value)| form.text(name, value));
    send(&stage, &token, form).await.is_ok("names in any case");
}

#[tokio::test]
async fn section_8_1_what_does_not_bind_is_complained_about_together() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let form = fields(
        "",
        &[
            ("Correspondence.DueDateTime", "next week"),
            ("Correspondence.IsConfidential", "perhaps"),
            ("Correspondence.Notification.NotificationChannel", "Pigeon"),
            ("IdempotentKey", "x"),
        ],
    );
    let answer = send(&stage, &token, form).await;
    for key in [
        "Correspondence.DueDateTime",
        "Correspondence.IsConfidential",
        "Correspondence.Notification.NotificationChannel",
        "IdempotentKey",
    ] {
        answer.is_invalid(key, "form values have the model's keys");
    }
    let answer = send(&stage, &token, Form::new().text("Recipient[0]", "x")).await;
    answer.is_invalid(
        "Recipients",
        "a misspelt list name vanishes, and the list is missing",
    );
    answer.is_invalid("Correspondence", "an empty form has no letter");
    let many = (0..1030).fold(Form::new(), |form, n| form.text(format!("x{n}"), "y"));
    assert_eq!(
        send(&stage, &token, many).await.status,
        StatusCode::BAD_REQUEST,
        "a form has at most 1024 values"
    );
    let broken = stage
        .request(Method::POST, "correspondence/upload", &token)
        .header("content-type", "multipart/form-data; boundary=x")
        .body("--x\r\nnonsense");
    assert_eq!(
        stage.send(broken).await.status,
        StatusCode::BAD_REQUEST,
        "a form that breaks off"
    );
    let bare = stage
        .request(Method::POST, "correspondence/upload", &token)
        .header("content-type", "multipart/form-data")
        .body("x");
    stage
        .send(bare)
        .await
        .is_invalid("Recipients", "no boundary, no fields");
}

#[tokio::test]
async fn section_8_2_files_must_pair_with_their_descriptions() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let one = |name: &str| fields("", TWO_FILES).part("attachments", file(name, b"x"));
    send(&stage, &token, one("a.txt"))
        .await
        .is_refused(400, 1005, "a file is missing");
    send(
        &stage,
        &token,
        one("a.txt").part("attachments", file("c.txt", b"x")),
    )
    .await
    .is_refused(400, 1005, "another name");
    send(
        &stage,
        &token,
        one("a.txt").part("files", file("b.txt", b"x")),
    )
    .await
    .is_refused(400, 1005, "another part name is unknown");
    send(
        &stage,
        &token,
        one("a.txt").part("attachments", file("b.txt", b"")),
    )
    .await
    .is_refused(400, 2004, "an empty file");
    let undescribed = fields("", &[]).part("attachments", file("a.txt", b"x"));
    send(&stage, &token, undescribed)
        .await
        .is_refused(400, 1005, "a file nobody described");
    send(&stage, &token, fields("", &[]))
        .await
        .is_ok("neither files nor descriptions");
    let short = [
        TWO_FILES[0],
        TWO_FILES[1],
        (
            "Correspondence.Content.Attachments[0].ExpirationInDays",
            "0",
        ),
    ];
    send(
        &stage,
        &token,
        fields("", &short).part("attachments", file("a.txt", b"x")),
    )
    .await
    .is_refused(400, 2017, "kept too short");
    let gap = [
        TWO_FILES[0],
        TWO_FILES[1],
        ("Correspondence.Content.Attachments[2].FileName", "c.txt"),
    ];
    send(
        &stage,
        &token,
        fields("", &gap).part("attachments", file("a.txt", b"x")),
    )
    .await
    .is_ok("what follows a gap vanishes");
}

#[tokio::test]
async fn section_6_a_wrong_checksum_fails_the_call_and_leaves_the_file_behind() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let wrong = [
        TWO_FILES[0],
        TWO_FILES[1],
        (
            "Correspondence.Content.Attachments[0].Checksum",
            "00000000000000000000000000000000",
        ),
    ];
    let form = || fields("", &wrong).part("attachments", file("a.txt", b"hello"));
    send(&stage, &token, form())
        .await
        .is_refused(400, 2008, "the checksum differs");
    let right = [
        TWO_FILES[0],
        TWO_FILES[1],
        (
            "Correspondence.Content.Attachments[0].Checksum",
            "5d41402abc4b2a76b9719d911017c592",
        ),
    ];
    let answer = send(
        &stage,
        &token,
        fields("", &right).part("attachments", file("a.txt", b"hello")),
    )
    .await;
    answer.is_ok("the checksum agrees");
    let listing = stage
        .get("correspondence?resourceId=letters&role=Sender", &token)
        .await
        .json();
    assert_eq!(
        listing["ids"].as_array().map(Vec::len),
        Some(1),
        "the failed call made no letter"
    );
}

#[tokio::test]
async fn section_8_5_malware_fails_every_letter_it_is_on() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    // Written in two pieces, so that this file is no test virus itself.
    let virus = [
        r"X5O!P%@AP[4\PZX54(P^)7CC)7}$",
        "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ]
    .concat();
    let form = fields("", &[TWO_FILES[0], TWO_FILES[1], ("Recipients[1]", PERSON)])
        .part("attachments", file("a.txt", virus.as_bytes()));
    let answer = send(&stage, &token, form).await;
    let first = id_of(&answer);
    stage.publish();
    for letter in answer.json()["correspondences"].as_array().unwrap() {
        let id = letter["correspondenceId"].as_str().unwrap();
        let overview = stage
            .get(&format!("correspondence/{id}"), &token)
            .await
            .json();
        assert_eq!(overview["status"], "Failed", "the letter has failed");
        assert_eq!(overview["published"], Value::Null, "and is not out");
        assert_eq!(
            overview["content"]["attachments"][0]["status"], "Failed",
            "so has the file"
        );
    }
    let attachment = answer.json()["attachmentIds"][0]
        .as_str()
        .unwrap()
        .to_owned();
    let overview = stage
        .get(&format!("attachment/{attachment}"), &token)
        .await
        .json();
    assert!(
        overview["statusText"]
            .as_str()
            .unwrap()
            .starts_with("Malware scan failed:"),
        "the text says why"
    );
    let recipient = stage.organisation(ORG, READ).await;
    stage
        .get(&format!("correspondence/{first}"), &recipient)
        .await
        .is_refused(404, 1001, "the recipient never hears of it");
}
