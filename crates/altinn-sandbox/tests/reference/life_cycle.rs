//! Sections 8.5 and 9: what happens by itself, and what the reported status makes of it.

use std::time::Duration;

use crate::stage::*;
use serde_json::{Value, json};

#[tokio::test]
async fn section_9_1_a_letter_waits_for_dialog_files_and_time() {
    let stage = Stage::set_with(|world| world["timers"]["scan_ms"] = json!(120_000)).await;
    let token = stage.organisation(OWNER, WRITE).await;
    let plain = stage.sent(&letter()).await;
    let form = reqwest::multipart::Form::new()
        .text("Recipients[0]", format!("0192:{ORG}"))
        .text("Correspondence.ResourceId", "letters")
        .text("Correspondence.SendersReference", "r")
        .text("Correspondence.Content.MessageTitle", "T")
        .text("Correspondence.Content.MessageBody", "B")
        .text("Correspondence.Content.Attachments[0].FileName", "a.pdf")
        .text(
            "Correspondence.Content.Attachments[0].SendersReference",
            "1",
        )
        .part(
            "attachments",
            reqwest::multipart::Part::bytes(b"x".to_vec()).file_name("a.pdf"),
        );
    let answer = stage
        .send(
            stage
                .request(reqwest::Method::POST, "correspondence/upload", &token)
                .multipart(form),
        )
        .await
        .json();
    let with_file = answer["correspondences"][0]["correspondenceId"]
        .as_str()
        .unwrap()
        .to_owned();
    let status = async |id: &str| {
        stage
            .get(&format!("correspondence/{id}"), &token)
            .await
            .json()["status"]
            .clone()
    };
    assert_eq!(
        status(&plain).await,
        "ReadyForPublish",
        "nothing is pending"
    );
    assert_eq!(status(&with_file).await, "Initialized", "a file is");
    stage.sandbox.advance(Duration::from_secs(61));
    assert_eq!(
        status(&plain).await,
        "Published",
        "published by the next look at the queue"
    );
    assert_eq!(
        status(&with_file).await,
        "Initialized",
        "the scan takes longer"
    );
    stage.sandbox.advance(Duration::from_secs(60));
    assert_eq!(
        status(&with_file).await,
        "Initialized",
        "scanned, and queued"
    );
    stage.sandbox.advance(Duration::from_secs(61));
    assert_eq!(status(&with_file).await, "Published", "published");
    let history = stage.history(&with_file).await;
    assert_eq!(
        history,
        ["Initialized", "ReadyForPublish", "Published"],
        "ready at last, then out"
    );
}

#[tokio::test]
async fn section_9_1_jobs_keep_their_own_time_when_the_clock_leaps() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let id = stage.sent(&letter()).await;
    stage.sandbox.advance(Duration::from_secs(1000));
    let overview = stage
        .get(&format!("correspondence/{id}"), &token)
        .await
        .json();
    let time = |name: &str| -> chrono::DateTime<chrono::Utc> {
        overview[name].as_str().unwrap().parse().unwrap()
    };
    assert_eq!(
        (time("published") - time("created")).num_seconds(),
        60,
        "published when it was due, not when the clock stopped"
    );
}

#[tokio::test]
async fn section_9_2_the_highest_status_is_reported_not_the_latest() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let id = stage
        .published(&letter_with(|it| it["existingAttachments"] = json!([file])))
        .await;
    let recipient = stage.organisation(ORG, READ).await;
    let path = format!("correspondence/{id}");
    let overview = async || stage.get(&path, &recipient).await.json();
    assert_eq!(
        overview().await["status"],
        "Published",
        "fetched does not count"
    );
    stage
        .get(&format!("{path}/attachment/{file}/download"), &recipient)
        .await
        .is_ok("downloaded");
    stage
        .post(&format!("{path}/markasread"), &recipient)
        .await
        .is_ok("read");
    let seen = overview().await;
    assert_eq!(seen["status"], "AttachmentsDownloaded", "sticky for good");
    assert_ne!(seen["read"], Value::Null, "read is told by its own member");
    stage
        .delete(&format!("{path}/purge"), &recipient)
        .await
        .is_ok("purged");
    stage
        .get(&path, &recipient)
        .await
        .is_refused(404, 1001, "the overview notices");
    stage
        .get(&format!("{path}/content"), &recipient)
        .await
        .is_refused(404, 1001, "so does the content");
    let details = stage.get(&format!("{path}/details"), &recipient).await;
    details.is_ok("details do not notice");
    let rows = details.json()["statusHistory"].clone();
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .any(|row| row["status"] == "PurgedByRecipient"),
        "only the history tells"
    );
    stage
        .post(&format!("{path}/confirm"), &recipient)
        .await
        .is_ok("nor does confirming");
    stage
        .delete(&format!("{path}/purge"), &recipient)
        .await
        .is_ok("nor a second purge");
}

#[tokio::test]
async fn section_9_1_a_recipient_that_reserves_in_between_fails_the_letter() {
    // Reserved among several: taken at the call, failed at publication, invisible to the recipient.
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let body = letter_with(|it| it["recipients"] = json!([RESERVED, PERSON]));
    let answer = stage
        .post_json("correspondence", &token, &body)
        .await
        .json();
    let id = answer["correspondences"][0]["correspondenceId"]
        .as_str()
        .unwrap();
    stage.publish();
    let overview = stage
        .get(&format!("correspondence/{id}"), &token)
        .await
        .json();
    assert_eq!(overview["status"], "Failed", "it failed");
    assert_ne!(overview["statusText"], "Failed", "and says why");
    let person = stage.person(RESERVED, READ).await;
    stage
        .get(&format!("correspondence/{id}"), &person)
        .await
        .is_refused(404, 1001, "the recipient never hears of it");
}

#[tokio::test]
async fn section_4_4_concurrent_overviews_are_one_fetch() {
    let stage = Stage::set().await;
    let id = stage.published(&letter()).await;
    let recipient = stage.organisation(ORG, READ).await;
    let path = format!("correspondence/{id}");
    let calls = (0..200).map(|_| stage.get(&path, &recipient));
    for answer in futures_util::future::join_all(calls).await {
        answer.is_ok("concurrent looks are all answered");
    }
    let fetched = stage
        .history(&id)
        .await
        .into_iter()
        .filter(|status| status == "Fetched")
        .count();
    assert_eq!(fetched, 1, "and are one fetch");
}

#[tokio::test]
async fn section_4_4_a_look_tries_to_publish_at_most_every_30_seconds() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let recipient = stage.organisation(ORG, READ).await;
    let form = reqwest::multipart::Form::new()
        .text("Recipients[0]", format!("0192:{ORG}"))
        .text("Correspondence.ResourceId", "letters")
        .text("Correspondence.SendersReference", "r")
        .text("Correspondence.Content.MessageTitle", "T")
        .text("Correspondence.Content.MessageBody", "B")
        .text("Correspondence.Content.Attachments[0].FileName", "a.txt")
        .text(
            "Correspondence.Content.Attachments[0].SendersReference",
            "1",
        )
        .part(
            "attachments",
            reqwest::multipart::Part::bytes(b"x".to_vec()).file_name("a.txt"),
        );
    let request = stage.request(reqwest::Method::POST, "correspondence/upload", &sender);
    let answer = stage.send(request.multipart(form)).await.json();
    let id = answer["correspondences"][0]["correspondenceId"]
        .as_str()
        .unwrap()
        .to_owned();
    let file = answer["attachmentIds"][0].as_str().unwrap().to_owned();
    let look = async || {
        let answer = stage.get(&format!("correspondence/{id}"), &recipient).await;
        answer.status.as_u16()
    };
    assert_eq!(
        look().await,
        404,
        "the file is pending, so the first look publishes nothing"
    );
    let clean = json!({
        "eventType": "Microsoft.Security.MalwareScanningResult",
        "data": { "blobUri": format!("https://x/{file}"), "scanResultType": "No threats found" },
    });
    stage
        .post_json("webhooks/malwarescanresults", "", &clean)
        .await
        .is_ok("scanned");
    assert_eq!(look().await, 404, "ready, but the last try was just now");
    stage.sandbox.advance(Duration::from_secs(31));
    assert_eq!(
        look().await,
        200,
        "after 30 s a look publishes it, ahead of the queue"
    );
}

#[tokio::test]
async fn section_8_5_files_expire_by_their_letters() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let file = stage
        .attachment(|it| it["expirationInDays"] = json!(2), b"x")
        .await;
    let with_file = |publish_in: i64| {
        letter_with(|it| {
            it["existingAttachments"] = json!([file]);
            it["correspondence"]["requestedPublishTime"] = json!(in_seconds(publish_in));
        })
    };
    let early = stage.sent(&with_file(-1000)).await;
    let late = stage.sent(&with_file(24 * 3600)).await;
    let expires = async |id: &str| -> chrono::DateTime<chrono::Utc> {
        let letter = stage
            .get(&format!("correspondence/{id}"), &token)
            .await
            .json();
        let time = letter["content"]["attachments"][0]["expirationTime"].clone();
        time.as_str().unwrap().parse().unwrap()
    };
    let days = |time: chrono::DateTime<chrono::Utc>| {
        (time - chrono::Utc::now()).num_minutes() as f64 / (24.0 * 60.0)
    };
    let (of_early, of_late) = (days(expires(&early).await), days(expires(&late).await));
    assert!(
        (1.99..2.01).contains(&of_early),
        "from now, as its publish time is past: {of_early} days"
    );
    assert!(
        (2.99..3.01).contains(&of_late),
        "from its publish time: {of_late} days"
    );
    let status = async || {
        let token = stage.organisation(OWNER, WRITE).await;
        stage
            .get(&format!("attachment/{file}"), &token)
            .await
            .json()["status"]
            .clone()
    };
    stage.sandbox.advance(Duration::from_secs(49 * 3600));
    assert_eq!(
        status().await,
        "Published",
        "the later letter keeps it alive"
    );
    let recipient = stage.organisation(ORG, READ).await;
    let download = |id: &str| format!("correspondence/{id}/attachment/{file}/download");
    stage
        .get(&download(&early), &recipient)
        .await
        .is_refused(400, 2020, "not for the earlier one");
    stage
        .get(&download(&late), &recipient)
        .await
        .is_ok("for the later one");
    stage.sandbox.advance(Duration::from_secs(24 * 3600));
    assert_eq!(status().await, "Expired", "when the last link has passed");
}

#[tokio::test]
async fn section_8_5_purged_letters_do_not_keep_a_file_alive() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let file = stage
        .attachment(|it| it["expirationInDays"] = json!(1), b"x")
        .await;
    let with_file = |publish_in: i64| {
        letter_with(|it| {
            it["existingAttachments"] = json!([file]);
            it["correspondence"]["requestedPublishTime"] = json!(in_seconds(publish_in));
        })
    };
    stage.sent(&with_file(-1000)).await;
    let late = stage.sent(&with_file(10 * 24 * 3600)).await;
    let purge = format!("correspondence/{late}/purge");
    stage
        .delete(&purge, &sender)
        .await
        .is_ok("the later letter is taken back");
    stage.sandbox.advance(Duration::from_secs(25 * 3600));
    let sender = stage.organisation(OWNER, WRITE).await;
    let overview = stage
        .get(&format!("attachment/{file}"), &sender)
        .await
        .json();
    assert_eq!(
        overview["status"], "Expired",
        "only the earlier link counts"
    );
}
