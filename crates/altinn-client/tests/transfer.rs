//! Files up and down: streamed, counted, never taken for whole when they are not.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use altinn_client::{ApiError, AttachmentStatus, NewAttachment, Retry, Role};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::io;
use std::sync::{Arc, Mutex};
use support::{answer, answer_with, json_answer, with_token};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0199_0000_0000_4000_8000_0000_0000_0002);

fn stored() -> Vec<u8> {
    json_answer(
        200,
        &json!({ "attachmentId": ID, "status": "UploadProcessing", "checksum": "abc" }),
    )
}

fn pieces(
    bytes: &'static [u8],
    size: usize,
) -> impl futures_util::Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::iter(
        bytes
            .chunks(size)
            .map(|piece| Ok(Bytes::from_static(piece))),
    )
}

#[tokio::test]
async fn an_attachment_is_announced_and_its_bytes_follow() {
    let server = with_token(|heard| {
        if heard.path.ends_with("/upload") {
            stored()
        } else {
            json_answer(200, &json!(ID))
        }
    });
    let client = server.client();
    let new = NewAttachment {
        resource_id: "r".to_owned(),
        file_name: "brev.pdf".to_owned(),
        display_name: None,
        is_encrypted: false,
        checksum: Some("0123".to_owned()),
        senders_reference: "ref".to_owned(),
        expiration_in_days: None,
    };
    assert_eq!(
        client.initialize_attachment(&new).await.unwrap(),
        ID,
        "the id comes as a JSON string"
    );
    let told = Arc::new(Mutex::new(Vec::new()));
    let hear = told.clone();
    let overview = client
        .upload(ID, 10, pieces(b"0123456789", 4), move |sent| {
            hear.lock().unwrap().push(sent)
        })
        .await
        .unwrap();
    assert_eq!(
        overview.status,
        AttachmentStatus::UploadProcessing,
        "the scan has the word next"
    );
    assert_eq!(*told.lock().unwrap(), vec![4, 8, 10], "progress by pieces");
    let heard = server.heard_at("/correspondence/api/v1/attachment");
    let announced: serde_json::Value = serde_json::from_slice(&heard[0].body).unwrap();
    assert_eq!(
        announced,
        json!({ "resourceId": "r", "fileName": "brev.pdf", "isEncrypted": false, "checksum": "0123", "sendersReference": "ref" }),
        "what is unset is left out"
    );
    assert_eq!(
        heard[1].header("content-length"),
        Some("10"),
        "a known length, so no chunks"
    );
    assert_eq!(
        heard[1].header("content-type"),
        Some("application/octet-stream"),
        "else 415"
    );
    assert_eq!(heard[1].body, b"0123456789", "all bytes in order");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_our_failure_not_the_networks() {
    let server = with_token(|_| stored());
    let broken = stream::iter([
        Ok(Bytes::from_static(b"01234")),
        Err(io::Error::new(io::ErrorKind::NotFound, "gone")),
    ]);
    let error = server
        .client()
        .upload(ID, 10, broken, |_| {})
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ApiError::Body { detail } if detail == "gone"),
        "got {error:?}"
    );
    assert_eq!(
        error.retry(),
        Retry::Never,
        "trying again reads the same file"
    );
}

#[tokio::test]
async fn a_file_that_has_become_shorter_is_not_sent_as_whole() {
    let server = with_token(|_| stored());
    let error = server
        .client()
        .upload(ID, 10, pieces(b"012345", 3), |_| {})
        .await
        .unwrap_err();
    assert!(
        error.is_network(),
        "the promised length is not reached: {error:?}"
    );
}

#[tokio::test]
async fn an_upload_that_stands_still_is_given_up_and_a_slow_one_is_not() {
    let server = with_token(|_| stored());
    let client = server.client();
    let stuck =
        stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"01234"))]).chain(stream::pending());
    let error = client.upload(ID, 10, stuck, |_| {}).await.unwrap_err();
    assert_eq!(
        error.retry(),
        Retry::Unsure,
        "part of it has left: {error:?}"
    );
    let slow = stream::unfold(0, |sent| async move {
        // Three times the idle time in all, never near it at once.
        tokio::time::sleep(std::time::Duration::from_millis(210)).await;
        (sent < 10).then(|| (Ok::<_, io::Error>(Bytes::from_static(b"0")), sent + 1))
    });
    let overview = client.upload(ID, 10, slow, |_| {}).await.unwrap();
    assert_eq!(overview.attachment_id, ID, "progress keeps it alive");
}

#[tokio::test]
async fn a_refused_upload_keeps_its_code() {
    let server = with_token(|_| json_answer(400, &json!({ "errorCode": 2008 })));
    let error = server
        .client()
        .upload(ID, 3, pieces(b"abc", 3), |_| {})
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.retry()),
        (Some(2008), Retry::Never),
        "checksum differs"
    );
}

#[tokio::test]
async fn a_download_streams_and_ends_only_when_whole() {
    let server = with_token(|heard| {
        let headers = [
            ("Content-Type", "application/pdf"),
            (
                "Content-Disposition",
                "inline; filename*=UTF-8''bl%C3%A5.pdf",
            ),
        ];
        let whole = answer_with(200, &headers, b"0123456789");
        if heard.path.contains(&Uuid::nil().to_string()) {
            whole[..whole.len() - 3].to_vec()
        } else {
            whole
        }
    });
    let client = server.client();
    let mut download = client.download(ID, ID).await.unwrap();
    assert_eq!(
        (download.length, download.name.as_deref()),
        (Some(10), Some("blå.pdf")),
        "length and name"
    );
    let mut bytes = Vec::new();
    while let Some(piece) = download.chunk().await.unwrap() {
        bytes.extend_from_slice(&piece);
    }
    assert_eq!(bytes, b"0123456789", "all of it");
    let heard = server.heard_at("/correspondence/").pop().unwrap();
    assert_eq!(
        heard.header("accept-encoding"),
        Some("identity"),
        "compression would hide the length"
    );
    let cut = client.download(ID, Uuid::nil()).await.unwrap();
    let pieces: Vec<_> = Box::pin(cut.into_stream()).collect().await;
    assert!(
        pieces.last().unwrap().is_err(),
        "a file that breaks off must not look whole"
    );
}

#[tokio::test]
async fn deleting_does_not_read_a_body_that_is_not_there() {
    let server = with_token(|_| b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n".to_vec());
    let client = server.client();
    client.delete_attachment(ID).await.unwrap();
    client.purge(Role::Recipient, ID).await.unwrap();
    let methods: Vec<_> = server
        .heard_at("/correspondence/")
        .into_iter()
        .map(|heard| heard.method)
        .collect();
    assert_eq!(methods, ["DELETE", "DELETE"], "any 2xx will do");
}

#[tokio::test]
async fn a_refused_download_keeps_its_code() {
    let server = with_token(|_| {
        answer(
            400,
            "application/problem+json",
            json!({ "errorCode": 2020 }).to_string(),
        )
    });
    let error = server
        .client()
        .download(ID, ID)
        .await
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.code(), Some(2020), "expired");
}
