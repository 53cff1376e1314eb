//! Failures on order, watched from the raw connection where that is the point.

use std::time::{Duration, Instant};

use altinn_sandbox::Options;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::stage::{BERGET, FJORDVIK, READ, Stage};

const ORGS: &str = "/orgs/altinn-orgs.json";

async fn order(stage: &Stage, order: Value) {
    let response = stage.control(Method::POST, "faults", &order).await;
    assert_eq!(response.status(), StatusCode::CREATED, "the order is taken");
}

/// What comes back on a connection until it is closed.
async fn raw(stage: &Stage, request: &str) -> Vec<u8> {
    let address = stage.sandbox.base().strip_prefix("http://").unwrap();
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let read = connection.read_to_end(&mut bytes);
    let read = tokio::time::timeout(Duration::from_secs(20), read).await;
    read.expect("the connection is closed by the sandbox")
        .unwrap();
    bytes
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: sandbox\r\n\r\n")
}

#[tokio::test]
async fn an_answer_can_be_dictated() {
    let stage = Stage::empty().await;
    order(
        &stage,
        json!({ "match": { "method": "GET", "path": ORGS }, "times": 1,
        "fault": { "status": 503, "retry_after": 7, "body": { "a": 1 } } }),
    )
    .await;
    let response = stage.get(ORGS).await;
    assert_eq!(
        response.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "as ordered"
    );
    assert_eq!(response.headers()["retry-after"], "7", "as ordered");
    assert_eq!(
        response.json::<Value>().await.unwrap(),
        json!({ "a": 1 }),
        "as ordered"
    );
    assert_eq!(stage.get(ORGS).await.status(), StatusCode::OK, "once only");
}

#[tokio::test]
async fn orders_stand_until_they_are_deleted() {
    let stage = Stage::empty().await;
    order(
        &stage,
        json!({ "match": { "path": ORGS }, "fault": { "status": 500 } }),
    )
    .await;
    for _ in 0..3 {
        let status = stage.get(ORGS).await.status();
        assert_eq!(
            status,
            StatusCode::INTERNAL_SERVER_ERROR,
            "without times: every time"
        );
    }
    let deleted = stage.control(Method::DELETE, "faults", &json!({})).await;
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT, "deleted");
    assert_eq!(
        stage.get(ORGS).await.status(),
        StatusCode::OK,
        "as if nothing had been"
    );
    let wrong = stage
        .control(Method::POST, "faults", &json!({ "fault": { "statuz": 1 } }))
        .await;
    assert_eq!(
        wrong.status(),
        StatusCode::BAD_REQUEST,
        "a misspelt order is told of"
    );
}

#[tokio::test]
async fn a_dropped_answer_was_handled_and_leaves_no_byte() {
    let stage = Stage::empty().await;
    let token = stage
        .token(FJORDVIK, "altinn:serviceowner altinn:correspondence.write")
        .await;
    let path = "/correspondence/api/v1/correspondence";
    order(
        &stage,
        json!({ "match": { "method": "POST", "path": path }, "times": 1,
        "fault": { "drop_response": true } }),
    )
    .await;
    let key = uuid::Uuid::new_v4();
    let letter = json!({
        "correspondence": { "resourceId": "fjordvik-tilsyn", "sendersReference": "1",
            "content": { "language": "nb", "messageTitle": "Tittel", "messageBody": "Tekst" } },
        "recipients": [format!("urn:altinn:organization:identifier-no:{BERGET}")],
        "idempotentKey": key,
    })
    .to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{letter}",
        letter.len()
    );
    assert_eq!(
        raw(&stage, &request).await,
        b"",
        "not one byte of an answer"
    );
    let search =
        format!("correspondence?resourceId=fjordvik-tilsyn&role=Sender&idempotentKey={key}");
    let found = stage.correspondence(&search, &token).await;
    assert_eq!(
        found["ids"].as_array().unwrap().len(),
        1,
        "the letter was taken"
    );
    let ledger = stage.sandbox.ledger();
    let entry = ledger.iter().find(|entry| entry.method == "POST").unwrap();
    assert!(
        entry.dropped && entry.status == 200,
        "the ledger knows both"
    );
    assert_eq!(
        entry.bytes_in,
        letter.len() as u64,
        "it was read to the end"
    );
}

#[tokio::test]
async fn a_cut_answer_stops_at_its_byte() {
    let stage = Stage::empty().await;
    order(
        &stage,
        json!({ "match": { "path": ORGS }, "fault": { "cut_after": 20 }, "times": 1 }),
    )
    .await;
    let bytes = raw(&stage, &get(ORGS)).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("the head is whole");
    assert!(head.starts_with("HTTP/1.1 200"), "it began well");
    assert!(
        !head.to_lowercase().contains("content-length: 20\r"),
        "more was promised"
    );
    assert_eq!(body.len(), 20, "then it was cut");
}

#[tokio::test]
async fn a_cut_download_stops_at_its_byte() {
    let stage = Stage::with(Options::default()).await;
    let token = stage.token(FJORDVIK, READ).await;
    let ids = stage
        .correspondence(
            "correspondence?resourceId=nmk-tilsyn&role=Recipient",
            &token,
        )
        .await;
    let letter = ids["ids"][0].as_str().unwrap();
    let overview = stage
        .correspondence(&format!("correspondence/{letter}"), &token)
        .await;
    let file = overview["content"]["attachments"][0]["id"]
        .as_str()
        .unwrap();
    let path = format!("/correspondence/api/v1/correspondence/{letter}/attachment/{file}/download");
    order(
        &stage,
        json!({ "match": { "path": path }, "fault": { "cut_after": 700 }, "times": 1 }),
    )
    .await;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Bearer {token}\r\n\r\n");
    let bytes = raw(&stage, &request).await;
    let head = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .unwrap()
        + 4;
    assert_eq!(bytes.len() - head, 700, "of a file, too");
}

#[tokio::test]
async fn a_delay_is_kept() {
    let stage = Stage::empty().await;
    order(
        &stage,
        json!({ "match": { "path": ORGS }, "fault": { "delay_ms": 300 }, "times": 1 }),
    )
    .await;
    let began = Instant::now();
    assert_eq!(
        stage.get(ORGS).await.status(),
        StatusCode::OK,
        "it comes after all"
    );
    assert!(
        began.elapsed() >= Duration::from_millis(300),
        "not before its time"
    );
}

#[tokio::test]
async fn patterns_reach_many_paths() {
    let stage = Stage::empty().await;
    let path = "/resourceregistry/api/v1/resource/{id}";
    order(
        &stage,
        json!({ "match": { "path": path }, "fault": { "status": 502 } }),
    )
    .await;
    let one = stage
        .get("/resourceregistry/api/v1/resource/nmk-tilsyn")
        .await;
    assert_eq!(
        one.status(),
        StatusCode::BAD_GATEWAY,
        "braces stand for a segment"
    );
    let policy = stage
        .get("/resourceregistry/api/v1/resource/nmk-tilsyn/policy")
        .await;
    assert_eq!(policy.status(), StatusCode::OK, "and for one only");
}
