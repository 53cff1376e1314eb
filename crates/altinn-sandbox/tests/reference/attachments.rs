//! Sections 4.13 to 4.15 and 5.7: the sender's attachments.

use std::time::Duration;

use crate::stage::*;
use bytes::Bytes;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const NOBODYS: &str = "77777777-7777-4777-8777-777777777777";

async fn described(stage: &Stage, token: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut body = attachment();
    change(&mut body);
    let answer = stage.post_json("attachment", token, &body).await;
    answer.is_ok("described");
    answer
        .json()
        .as_str()
        .expect("the answer is the id as text")
        .to_owned()
}

#[tokio::test]
async fn section_4_13_descriptions_are_checked_in_order() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let cases: [(&str, u16, u16, Value); 10] = [
        (
            "an unknown resource",
            400,
            1036,
            json!({ "resourceId": "nothing" }),
        ),
        (
            "a resource without owner",
            400,
            1036,
            json!({ "resourceId": "ownerless" }),
        ),
        (
            "somebody else's",
            401,
            4001,
            json!({ "resourceId": "elsewhere", "fileName": "x" }),
        ),
        (
            "a resource for file transfer",
            400,
            4009,
            json!({ "resourceId": "broker", "fileName": "x" }),
        ),
        (
            "an app",
            400,
            4009,
            json!({ "resourceId": "app_digdir_case" }),
        ),
        ("a blank name", 400, 2010, json!({ "fileName": "  " })),
        (
            "a type that is not allowed",
            400,
            2013,
            json!({ "fileName": "a?.exe", "expirationInDays": 0 }),
        ),
        (
            "a character that is not allowed",
            400,
            2012,
            json!({ "fileName": "a?.pdf" }),
        ),
        ("a device", 400, 2021, json!({ "fileName": "COM1.pdf" })),
        (
            "kept less than a day",
            400,
            2017,
            json!({ "expirationInDays": 0 }),
        ),
    ];
    for (why, status, code, change) in cases {
        let mut body = attachment();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        stage
            .post_json("attachment", &token, &body)
            .await
            .is_refused(status, code, why);
    }
    let attributes: [(&str, &str, Value); 7] = [
        (
            "a name of 256",
            "FileName",
            json!({ "fileName": "x".repeat(256) }),
        ),
        (
            "a blank reference",
            "SendersReference",
            json!({ "sendersReference": " " }),
        ),
        (
            "a display name of 256",
            "DisplayName",
            json!({ "displayName": "x".repeat(256) }),
        ),
        ("a short checksum", "Checksum", json!({ "checksum": "abc" })),
        (
            "a resource id with a colon",
            "ResourceId",
            json!({ "resourceId": "a:b" }),
        ),
        (
            "days as a word",
            "$.expirationInDays",
            json!({ "expirationInDays": "ten" }),
        ),
        (
            "days as a word, of the parameter",
            "InitializeAttachmentExt",
            json!({ "expirationInDays": "ten" }),
        ),
    ];
    for (why, key, change) in attributes {
        let mut body = attachment();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        stage
            .post_json("attachment", &token, &body)
            .await
            .is_invalid(key, why);
    }
    let generic = described(&stage, &token, |it| it["resourceId"] = json!("generic")).await;
    stage
        .get(&format!("attachment/{generic}"), &token)
        .await
        .is_ok("generic access resources take attachments");
    described(&stage, &token, |it| it["expirationInDays"] = json!("30")).await;
}

#[tokio::test]
async fn section_4_13_production_keeps_files_for_two_weeks() {
    let stage = Stage::set_with(|world| world["environment"] = json!("production")).await;
    let token = stage.organisation(OWNER, WRITE).await;
    let mut body = attachment();
    body["expirationInDays"] = json!(13);
    stage
        .post_json("attachment", &token, &body)
        .await
        .is_refused(400, 2017, "13 days are too few");
    body["expirationInDays"] = json!(14);
    stage
        .post_json("attachment", &token, &body)
        .await
        .is_ok("14 are enough");
}

#[tokio::test]
async fn section_8_5_an_upload_goes_from_processing_to_published() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let id = described(&stage, &token, |it| it["isEncrypted"] = json!(true)).await;
    let path = format!("attachment/{id}");
    let before = stage.get(&path, &token).await.json();
    assert_eq!(before["status"], "Initialized", "described only");
    assert_eq!(before["checksum"], Value::Null, "no bytes, no sum");
    assert_eq!(before["isEncrypted"], false, "the service does not map it");
    let answer = stage.upload(&id, &token, b"hello".to_vec()).await;
    answer.is_ok("uploaded");
    assert_eq!(
        answer.json()["status"],
        "UploadProcessing",
        "the scan has not answered"
    );
    assert_eq!(
        answer.json()["checksum"],
        "5d41402abc4b2a76b9719d911017c592",
        "the sum is filled in"
    );
    stage
        .upload(&id, &token, b"again".to_vec())
        .await
        .is_refused(400, 2005, "an id takes one upload");
    let download = stage.get(&format!("{path}/download"), &token).await;
    assert_eq!(
        download.bytes, b"hello",
        "the sender gets it while it is scanned"
    );
    assert_eq!(
        download.header("content-type"),
        "application/octet-stream",
        "as bytes"
    );
    assert_eq!(download.header("content-disposition"), "", "without a name");
    stage.publish();
    let details = stage.get(&format!("{path}/details"), &token).await.json();
    assert_eq!(details["status"], "Published", "the scan found nothing");
    assert_eq!(
        details["displayName"], "vedtak.pdf",
        "details fall back to the file name"
    );
    let history: Vec<&str> = details["statusHistory"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["status"].as_str())
        .collect();
    assert_eq!(
        history,
        ["Initialized", "UploadProcessing", "Published"],
        "in order"
    );
    assert_eq!(details["dataType"], "application/pdf", "by extension");
    assert_eq!(
        details["sender"],
        format!("urn:altinn:organization:identifier-no:{OWNER}"),
        "the resource's owner"
    );
    assert_eq!(details["correspondenceIds"], json!([]), "not linked");
}

#[tokio::test]
async fn section_4_14_uploads_are_checked_in_order() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let stranger = stage.organisation(OTHER_OWNER, WRITE).await;
    stage
        .upload(NOBODYS, &token, b"x".to_vec())
        .await
        .is_refused(404, 2001, "unknown");
    let id = described(&stage, &token, |_| ()).await;
    stage
        .upload(&id, &stranger, b"x".to_vec())
        .await
        .is_refused(401, 4001, "another's");
    stage
        .upload(&id, &token, Vec::new())
        .await
        .is_refused(400, 2004, "no bytes");
    let huge = stage.request(Method::POST, &format!("attachment/{id}/upload"), &token);
    let huge = huge
        .header("content-type", "application/octet-stream")
        .header("content-length", "50000000001")
        .body("x");
    let answer = huge.send().await;
    assert!(
        answer.is_err() || answer.is_ok_and(|it| it.status() == StatusCode::BAD_REQUEST),
        "more than is allowed is not waited for"
    );
    let chunked = futures_util::stream::iter([
        Ok::<_, std::io::Error>(Bytes::from_static(b"he")),
        Ok(Bytes::from_static(b"llo")),
    ]);
    let request = stage.request(Method::POST, &format!("attachment/{id}/upload"), &token);
    let request = request
        .header("content-type", "application/octet-stream")
        .body(reqwest::Body::wrap_stream(chunked));
    let answer = stage.send(request).await;
    answer.is_ok("without a length");
    assert_eq!(
        answer.json()["checksum"],
        "5d41402abc4b2a76b9719d911017c592",
        "all pieces, in order"
    );
    let linked = described(&stage, &token, |_| ()).await;
    stage
        .upload(&linked, &token, b"x".to_vec())
        .await
        .is_ok("uploaded");
    stage.publish();
    stage
        .sent(&letter_with(|it| {
            it["existingAttachments"] = json!([linked])
        }))
        .await;
    stage
        .upload(&linked, &token, b"x".to_vec())
        .await
        .is_refused(400, 2005, "started before goes before linked");
    let summed = described(&stage, &token, |it| it["checksum"] = json!("0".repeat(32))).await;
    stage
        .upload(&summed, &token, b"hello".to_vec())
        .await
        .is_refused(400, 2008, "another sum");
    let after = stage
        .get(&format!("attachment/{summed}"), &token)
        .await
        .json();
    assert_eq!(
        (&after["status"], &after["statusText"]),
        (&json!("Failed"), &json!("Checksum mismatch")),
        "it has failed for good"
    );
    stage
        .upload(&summed, &token, b"hello".to_vec())
        .await
        .is_refused(400, 2005, "a failed id stays burnt");
}

/// Asks until the attachment has this status, for as long as a machine may take to notice.
async fn reaches(stage: &Stage, token: &str, id: &str, status: &str) -> Value {
    let deadline = std::time::Instant::now() + Duration::from_secs(20);
    loop {
        let overview = stage.get(&format!("attachment/{id}"), token).await.json();
        if overview["status"] == status {
            return overview;
        }
        assert!(
            std::time::Instant::now() < deadline,
            "it becomes {status}: {overview}"
        );
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn section_4_14_an_interrupted_upload_burns_the_id() {
    use tokio::io::AsyncWriteExt as _;

    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let id = described(&stage, &token, |_| ()).await;
    let address = stage
        .sandbox
        .base()
        .trim_start_matches("http://")
        .to_owned();
    let mut connection = tokio::net::TcpStream::connect(&address)
        .await
        .expect("a connection");
    let head = format!(
        "POST /correspondence/api/v1/attachment/{id}/upload HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\nthe first of many bytes"
    );
    connection
        .write_all(head.as_bytes())
        .await
        .expect("the beginning is sent");
    reaches(&stage, &token, &id, "UploadProcessing").await;
    drop(connection);
    let overview = reaches(&stage, &token, &id, "Failed").await;
    assert_eq!(
        overview["statusText"], "Upload interrupted",
        "the text says why"
    );
    stage
        .upload(&id, &token, b"x".to_vec())
        .await
        .is_refused(400, 2005, "no second try");
    let answer = stage
        .get(&format!("attachment/{id}/download"), &token)
        .await;
    assert_eq!(
        answer.status,
        StatusCode::INTERNAL_SERVER_ERROR,
        "there are no bytes"
    );
}

#[tokio::test]
async fn section_8_5_the_bypass_list_publishes_at_once() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let id = described(&stage, &token, |it| it["resourceId"] = json!("bypass")).await;
    let answer = stage.upload(&id, &token, b"x".to_vec()).await.json();
    assert_eq!(
        (&answer["status"], &answer["statusText"]),
        (&json!("Published"), &json!("Bypassed malware scan")),
        "without a scan"
    );
}

#[tokio::test]
async fn section_4_15_deleting_is_for_what_nothing_refers_to() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let stranger = stage.organisation(OTHER_OWNER, WRITE).await;
    stage
        .delete(&format!("attachment/{NOBODYS}"), &token)
        .await
        .is_refused(404, 2001, "unknown");
    let id = described(&stage, &token, |_| ()).await;
    stage
        .delete(&format!("attachment/{id}"), &stranger)
        .await
        .is_refused(401, 4001, "another's");
    let answer = stage.delete(&format!("attachment/{id}"), &token).await;
    assert_eq!(
        (answer.status, answer.bytes.len()),
        (StatusCode::NO_CONTENT, 0),
        "never uploaded, deleted, no body"
    );
    stage
        .delete(&format!("attachment/{id}"), &token)
        .await
        .is_refused(400, 2006, "deleted already");
    let overview = stage.get(&format!("attachment/{id}"), &token).await.json();
    assert_eq!(
        overview["statusText"], "Attachment has been purged",
        "the overview outlives it"
    );
    stage
        .get(&format!("attachment/{id}/download"), &token)
        .await
        .is_refused(400, 2019, "its bytes do not");
    let linked = stage.attachment(|_| (), b"x").await;
    stage
        .sent(&letter_with(|it| {
            it["existingAttachments"] = json!([linked])
        }))
        .await;
    stage
        .delete(&format!("attachment/{linked}"), &token)
        .await
        .is_refused(400, 2007, "a letter refers to it, published or not");
    let letter = stage
        .sent(&letter_with(|it| {
            it["existingAttachments"] = json!([linked])
        }))
        .await;
    let overview = stage
        .get(&format!("attachment/{linked}"), &token)
        .await
        .json();
    let ids = overview["correspondenceIds"].as_array().unwrap();
    assert_eq!(
        (ids.len(), &ids[1]),
        (2, &json!(letter)),
        "5.7: all the letters it is on"
    );
}

#[tokio::test]
async fn section_4_15_the_senders_download_ends_with_publication() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    stage
        .get(&format!("attachment/{NOBODYS}/download"), &token)
        .await
        .is_refused(404, 2001, "unknown");
    let id = stage.attachment(|_| (), b"x").await;
    let stranger = stage.organisation(OTHER_OWNER, WRITE).await;
    for path in ["", "/details", "/download"] {
        stage
            .get(&format!("attachment/{id}{path}"), &stranger)
            .await
            .is_refused(401, 4001, "another's");
    }
    stage
        .sent(&letter_with(|it| it["existingAttachments"] = json!([id])))
        .await;
    stage
        .get(&format!("attachment/{id}/download"), &token)
        .await
        .is_ok("linked, not out");
    stage.publish();
    stage
        .get(&format!("attachment/{id}/download"), &token)
        .await
        .is_refused(400, 2016, "out");
}

#[tokio::test]
async fn section_8_5_expired_attachments_neither_download_nor_go() {
    let stage = Stage::set().await;
    let id = stage
        .attachment(|it| it["expirationInDays"] = json!(2), b"x")
        .await;
    let letter = stage
        .published(&letter_with(|it| it["existingAttachments"] = json!([id])))
        .await;
    let recipient = stage.organisation(ORG, READ).await;
    let path = format!("correspondence/{letter}/attachment/{id}/download");
    stage.get(&path, &recipient).await.is_ok("in time");
    stage
        .sandbox
        .advance(Duration::from_secs(2 * 24 * 3600 + 60));
    let (token, recipient) = (
        stage.organisation(OWNER, WRITE).await,
        stage.organisation(ORG, READ).await,
    );
    let overview = stage.get(&format!("attachment/{id}"), &token).await.json();
    assert_eq!(
        (&overview["status"], &overview["statusText"]),
        (&json!("Expired"), &json!("The attachment has expired")),
        "its last link has passed"
    );
    stage
        .get(&path, &recipient)
        .await
        .is_refused(400, 2020, "the recipient is late");
    stage
        .get(&format!("attachment/{id}/download"), &token)
        .await
        .is_refused(400, 2020, "so is the sender");
    stage
        .delete(&format!("attachment/{id}"), &token)
        .await
        .is_refused(400, 2018, "nothing to delete");
}

/// Sections 4.14 and 8.3: what a request promises is judged before a byte of it is waited for.
#[tokio::test]
async fn section_4_14_a_length_above_50_gb_is_refused_at_once() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let address = stage
        .sandbox
        .base()
        .trim_start_matches("http://")
        .to_owned();
    for (length, expected) in [("50000000001", "HTTP/1.1 400"), ("50000000000", "")] {
        let id = described(&stage, &token, |_| ()).await;
        let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
        let head = format!(
            "POST /correspondence/api/v1/attachment/{id}/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/octet-stream\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        if expected.is_empty() {
            reaches(&stage, &token, &id, "UploadProcessing").await;
            continue;
        }
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(expected), "{length}: {answer}");
        assert!(answer.contains("\"errorCode\":2004"), "{length}: {answer}");
        let overview = stage.get(&format!("attachment/{id}"), &token).await.json();
        assert_eq!(overview["status"], "Initialized", "no upload was begun");
    }
}

#[tokio::test]
async fn section_4_14_an_empty_body_in_pieces_is_a_file_of_no_bytes() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let id = described(&stage, &token, |_| ()).await;
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::new())]);
    let request = stage
        .request(Method::POST, &format!("attachment/{id}/upload"), &token)
        .header("content-type", "application/octet-stream")
        .body(reqwest::Body::wrap_stream(pieces));
    let answer = stage.send(request).await;
    answer.is_ok("taken");
    assert_eq!(
        answer.json()["checksum"],
        "d41d8cd98f00b204e9800998ecf8427e",
        "the sum of nothing"
    );
}

/// Sections 4.15 and 8.5: the sender's own view, in every state.
#[tokio::test]
async fn section_4_15_unknown_and_purged_attachments_and_the_words_of_each_status() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for path in ["", "/details"] {
        stage
            .get(&format!("attachment/{NOBODYS}{path}"), &token)
            .await
            .is_refused(404, 2001, "unknown");
    }
    let id = stage.attachment(|_| (), b"x").await;
    stage.delete(&format!("attachment/{id}"), &token).await;
    let details = stage.get(&format!("attachment/{id}/details"), &token).await;
    details.is_ok("also when it is purged");
    let rows = details.json()["statusHistory"].clone();
    let words: Vec<(&str, &str)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["status"].as_str().unwrap(),
                row["statusText"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            ("Initialized", "Initialized"),
            ("UploadProcessing", "UploadProcessing"),
            ("Published", "Published"),
            ("Purged", "Attachment has been purged"),
        ],
        "each with its words"
    );
    stage
        .get(&format!("attachment/{id}/download"), &token)
        .await
        .is_refused(400, 2019, "its bytes are gone");
}

/// Section 4.14: who stops sending and goes on listening is told.
#[tokio::test]
async fn section_4_14_an_upload_that_breaks_off_is_answered_2002() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let id = described(&stage, &token, |_| ()).await;
    let address = stage
        .sandbox
        .base()
        .trim_start_matches("http://")
        .to_owned();
    let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
    let head = format!(
        "POST /correspondence/api/v1/attachment/{id}/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\nzz\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
    assert!(answer.contains("\"errorCode\":2002"), "{answer}");
    let overview = stage.get(&format!("attachment/{id}"), &token).await.json();
    assert_eq!(
        (&overview["status"], &overview["statusText"]),
        (&json!("Failed"), &json!("Upload interrupted")),
        "and the id is burnt"
    );
}
