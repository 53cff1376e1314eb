//! The state file: what one run was told, the next one knows.

use altinn_sandbox::{Options, Sandbox, StartError, StateFile, StateFileError};
use reqwest::StatusCode;

use crate::stage::{FJORDVIK, READ, Stage};

fn options(file: &StateFile) -> Options {
    Options {
        letters: Some(20),
        state: Some(file.clone()),
        ..Options::default()
    }
}

async fn a_read_letter_stays_read(file: StateFile) {
    let stage = Stage::with(options(&file)).await;
    let token = stage.token(FJORDVIK, READ).await;
    let ids = stage
        .correspondence(
            "correspondence?resourceId=nmk-tilsyn&role=Recipient",
            &token,
        )
        .await;
    let letter = ids["ids"][0].as_str().unwrap().to_owned();
    let overview = stage
        .correspondence(&format!("correspondence/{letter}"), &token)
        .await;
    assert!(overview["read"].is_null(), "the newest letter is unread");
    let read = stage.url(&format!(
        "/correspondence/api/v1/correspondence/{letter}/markasread"
    ));
    let read = stage
        .http
        .post(read)
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert_eq!(read.status(), StatusCode::OK, "it is marked");
    stage.sandbox.advance(std::time::Duration::from_secs(3600));
    drop(stage.http);
    stage.sandbox.stop().await;

    let stage = Stage::with(options(&file)).await;
    let token = stage.token(FJORDVIK, READ).await;
    let again = stage
        .correspondence(&format!("correspondence/{letter}"), &token)
        .await;
    assert!(again["read"].is_string(), "it still is");
    assert_eq!(again["content"], overview["content"], "and says the same");
    let file = again["content"]["attachments"][0]["id"].as_str().unwrap();
    let file = format!("/correspondence/api/v1/correspondence/{letter}/attachment/{file}/download");
    let file = stage
        .http
        .get(stage.url(&file))
        .bearer_auth(&token)
        .send()
        .await
        .unwrap();
    assert!(
        file.bytes().await.unwrap().starts_with(b"%PDF"),
        "its files are there"
    );
    let ids_again = stage
        .correspondence(
            "correspondence?resourceId=nmk-tilsyn&role=Recipient",
            &token,
        )
        .await;
    assert_eq!(ids_again, ids, "nothing was seeded a second time");
    let clock = stage.json("/_sandbox/clock").await;
    assert!(
        clock["ahead_s"].as_i64().unwrap() >= 3600,
        "the clock does not go back"
    );
}

#[tokio::test]
async fn a_plain_file_remembers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    a_read_letter_stays_read(StateFile { path, key: None }).await;
}

#[tokio::test]
async fn a_sealed_file_remembers_and_tells_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let file = StateFile {
        path: path.clone(),
        key: Some([7; 32]),
    };
    a_read_letter_stays_read(file).await;
    let bytes = std::fs::read(&path).unwrap();
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    assert!(
        !has(b"messageTitle") && !has(b"tilsyn"),
        "nothing of it can be read"
    );
    let other = StateFile {
        path,
        key: Some([8; 32]),
    };
    let refused = Sandbox::start(options(&other)).await;
    assert!(
        matches!(refused, Err(StartError::State(StateFileError::Sealed))),
        "another key opens nothing"
    );
}

#[tokio::test]
async fn a_change_is_written_without_being_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let stage = Stage::with(options(&StateFile {
        path: path.clone(),
        key: None,
    }))
    .await;
    let token = stage.token(FJORDVIK, READ).await;
    let ids = stage
        .correspondence(
            "correspondence?resourceId=nmk-tilsyn&role=Recipient",
            &token,
        )
        .await;
    let letter = ids["ids"][0].as_str().unwrap();
    let _ = stage
        .correspondence(&format!("correspondence/{letter}"), &token)
        .await;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !path.exists() {
        assert!(
            std::time::Instant::now() < deadline,
            "the file comes by itself"
        );
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(letter), "the letter is in it");
}

#[tokio::test]
async fn the_platform_is_remembered_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = StateFile {
        path: folder.path().join("state.json"),
        key: None,
    };
    let list = "/resourceregistry/api/v1/access-lists/fjordvik/byggere";
    let scopes = "altinn:resourceregistry/accesslist.read altinn:resourceregistry/accesslist.write";
    let stage = Stage::with(options(&file)).await;
    let token = stage.token(FJORDVIK, scopes).await;
    let made = stage.http.put(stage.url(list)).bearer_auth(token);
    let made = made
        .json(&serde_json::json!({ "name": "Byggere" }))
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), StatusCode::OK, "a list is made");
    drop(stage.http);
    stage.sandbox.stop().await;

    let stage = Stage::with(options(&file)).await;
    let token = stage.token(FJORDVIK, scopes).await;
    let told = stage
        .http
        .get(stage.url(list))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    assert_eq!(told.status(), StatusCode::OK, "and still there");
}
