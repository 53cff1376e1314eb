//! Sections 4.4 to 4.6, 9.4 and 10: overview, details and content, who sees what, and what looking leaves behind.

use std::time::Duration;

use crate::stage::*;
use serde_json::{Value, json};

/// The callers of the visibility table.
struct Callers {
    sender: String,
    owner: String,
    recipient: String,
    both: String,
    stranger: String,
}

async fn callers(stage: &Stage) -> Callers {
    Callers {
        sender: stage.organisation(OWNER, WRITE).await,
        owner: stage.organisation(OWNER, OWNER_SCOPES).await,
        recipient: stage.organisation(ORG, READ).await,
        both: stage.organisation(ORG, &format!("{READ} {WRITE}")).await,
        stranger: stage.organisation(ROLELESS_ORG, READ).await,
    }
}

fn with_file(attachment: &str) -> Value {
    letter_with(|it| it["existingAttachments"] = json!([attachment]))
}

#[tokio::test]
async fn section_9_4_before_publication_only_the_sender_sees_it() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let id = stage.sent(&with_file(&file)).await;
    let who = callers(&stage).await;
    for token in [&who.sender, &who.owner] {
        for path in [
            format!("correspondence/{id}"),
            format!("correspondence/{id}/details"),
        ] {
            let answer = stage.get(&path, token).await;
            answer.is_ok("the sender sees it");
            assert_eq!(
                answer.json()["content"]["messageTitle"],
                "Vedtak",
                "with its content"
            );
            assert_eq!(
                answer.json()["content"]["attachments"][0]["id"],
                file,
                "and its attachments"
            );
        }
    }
    // Its dialog is there, so a look would publish it if its time had come (section 4.4 step 3): it has not.
    let later = stage
        .sent(&letter_with(|it| {
            it["correspondence"]["requestedPublishTime"] = json!(in_seconds(3600))
        }))
        .await;
    for path in ["", "/details", "/content"] {
        let path = format!("correspondence/{later}{path}");
        stage
            .get(&path, &who.recipient)
            .await
            .is_refused(404, 1001, "the recipient does not");
    }
    stage
        .get(&format!("correspondence/{id}"), &who.stranger)
        .await
        .is_refused(401, 4001, "a stranger has no access");
}

#[tokio::test]
async fn section_4_4_a_recipients_look_publishes_what_is_ready() {
    let stage = Stage::set().await;
    let id = stage.sent(&letter()).await;
    let recipient = stage.organisation(ORG, READ).await;
    let answer = stage.get(&format!("correspondence/{id}"), &recipient).await;
    answer.is_ok("it was due, and its dialog there");
    assert_eq!(
        answer.json()["status"],
        "Published",
        "so the look published it"
    );
}

#[tokio::test]
async fn section_4_4_after_publication_the_senders_content_is_blank() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let id = stage.published(&with_file(&file)).await;
    let who = callers(&stage).await;
    let blank = json!({ "language": "no", "messageTitle": "", "messageSummary": "", "messageBody": "", "attachments": [] });
    for path in [
        format!("correspondence/{id}"),
        format!("correspondence/{id}/details"),
    ] {
        assert_eq!(
            stage.get(&path, &who.sender).await.json()["content"],
            blank,
            "{path}: blank for the sender"
        );
        for token in [&who.owner, &who.recipient, &who.both] {
            let content = stage.get(&path, token).await.json()["content"].clone();
            assert_eq!(
                content["messageBody"], "# Hei\n\nBrødtekst",
                "{path}: full for whoever has recipient access"
            );
            assert_eq!(
                content["attachments"][0]["fileName"], "vedtak.pdf",
                "{path}: with attachments"
            );
        }
    }
    let attachment = stage
        .get(&format!("correspondence/{id}"), &who.recipient)
        .await
        .json()["content"]["attachments"][0]
        .clone();
    assert_eq!(
        attachment["dataType"], "application/pdf",
        "the type follows the name"
    );
    assert_eq!(
        attachment["dataLocationType"], "AltinnCorrespondenceAttachment",
        "where it lies"
    );
    assert_eq!(attachment["status"], "Published", "its own status");
    assert_eq!(
        attachment["expirationInDays"],
        Value::Null,
        "always null here"
    );
}

#[tokio::test]
async fn section_10_looking_leaves_the_traces_of_the_table() {
    let stage = Stage::set().await;
    let id = stage.published(&letter()).await;
    let who = callers(&stage).await;
    let fetched = |history: &[String]| history.iter().filter(|status| *status == "Fetched").count();
    for token in [&who.sender, &who.owner, &who.both] {
        stage
            .get(&format!("correspondence/{id}"), token)
            .await
            .is_ok("a look as sender");
        stage
            .get(&format!("correspondence/{id}/details"), token)
            .await
            .is_ok("a look as sender");
    }
    stage
        .get(&format!("correspondence/{id}/content"), &who.both)
        .await
        .is_ok("content as sender");
    let history = stage.history(&id).await;
    assert_eq!(
        history,
        ["Initialized", "ReadyForPublish", "Published"],
        "nothing is stored when the token also writes"
    );
    stage
        .get(
            "correspondence?resourceId=letters&role=Recipient",
            &who.recipient,
        )
        .await
        .is_ok("search");
    assert_eq!(
        fetched(&stage.history(&id).await),
        0,
        "search fetches nothing"
    );
    for _ in 0..3 {
        stage
            .get(&format!("correspondence/{id}"), &who.recipient)
            .await
            .is_ok("overview");
    }
    assert_eq!(
        fetched(&stage.history(&id).await),
        1,
        "overviews within 15 s are one fetch"
    );
    stage.sandbox.advance(Duration::from_secs(15));
    stage
        .get(&format!("correspondence/{id}"), &who.recipient)
        .await
        .is_ok("overview");
    assert_eq!(
        fetched(&stage.history(&id).await),
        2,
        "after 15 s it is another"
    );
    for expected in [3, 4] {
        let details = stage
            .get(&format!("correspondence/{id}/details"), &who.recipient)
            .await
            .json();
        let seen: Vec<String> = details["statusHistory"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["status"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            fetched(&seen),
            expected,
            "each call for details is a fetch, and answers it already"
        );
    }
    let overview = stage
        .get(&format!("correspondence/{id}"), &who.recipient)
        .await
        .json();
    assert_eq!(
        overview["status"], "Published",
        "a fetch never changes the status"
    );
    assert_eq!(overview["read"], Value::Null, "nor is it a read");
    let content = stage
        .get(&format!("correspondence/{id}/content"), &who.recipient)
        .await;
    assert_eq!(
        content.text(),
        "# Hei\n\nBrødtekst",
        "content is the body as text"
    );
    assert_eq!(
        content.header("content-type"),
        "text/plain; charset=utf-8",
        "as plain text"
    );
    stage
        .get(&format!("correspondence/{id}/content"), &who.recipient)
        .await
        .is_ok("again");
    let history = stage.history(&id).await;
    assert_eq!(
        history.iter().filter(|status| *status == "Read").count(),
        1,
        "content reads once"
    );
    assert_eq!(
        fetched(&history),
        4,
        "and shares its debounce with the overview"
    );
    let sender = stage
        .get(&format!("correspondence/{id}/details"), &who.sender)
        .await
        .json();
    let seen: Vec<&str> = sender["statusHistory"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["status"].as_str())
        .collect();
    assert!(
        seen.contains(&"Fetched") && seen.contains(&"Read"),
        "the sender sees fetches and reads"
    );
    assert_eq!(
        sender["systemLabel"], "Default",
        "the label is unknown here"
    );
}

#[tokio::test]
async fn section_4_5_after_purge_only_the_senders_details_are_left() {
    let stage = Stage::set().await;
    let id = stage.published(&letter()).await;
    let who = callers(&stage).await;
    stage
        .delete(&format!("correspondence/{id}/purge"), &who.recipient)
        .await
        .is_ok("purged");
    for token in [&who.sender, &who.owner, &who.recipient] {
        stage
            .get(&format!("correspondence/{id}"), token)
            .await
            .is_refused(404, 1001, "no overview for anybody");
    }
    let details = stage
        .get(&format!("correspondence/{id}/details"), &who.sender)
        .await;
    details.is_ok("details for the sender");
    assert_eq!(
        details.json()["status"],
        "PurgedByRecipient",
        "the status tells"
    );
    let rows = details.json()["statusHistory"].clone();
    let seen: Vec<&str> = rows
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["status"].as_str())
        .collect();
    assert!(!seen.contains(&"PurgedByRecipient"), "the history does not");
    assert!(
        stage
            .history(&id)
            .await
            .contains(&"PurgedByRecipient".to_owned()),
        "the owner's does"
    );
    stage
        .get(&format!("correspondence/{id}/details"), &who.recipient)
        .await
        .is_refused(404, 1001, "none for the recipient");
}

#[tokio::test]
async fn section_4_4_more_than_three_reply_options_are_written_below_the_body() {
    let stage = Stage::set().await;
    let options = |count: usize| -> Vec<Value> {
        (1..=count).map(|n| json!({ "linkURL": format!("https://x.no/{n}"), "linkText": format!("Svar {n}") })).collect()
    };
    let body = |count: usize, language: &str| {
        letter_with(|it| {
            it["correspondence"]["replyOptions"] = json!(options(count));
            it["correspondence"]["content"]["language"] = json!(language);
            it["correspondence"]["content"]["messageBody"] = json!("Hei");
        })
    };
    let recipient = stage.organisation(ORG, READ).await;
    for (language, label) in [
        ("nb", "Svarvalg:"),
        ("nn", "Svarval:"),
        ("en", "Reply options:"),
    ] {
        let id = stage.published(&body(4, language)).await;
        let expected = format!(
            "Hei\n\n{label}\nSvar 1: https://x.no/1\nSvar 2: https://x.no/2\nSvar 3: https://x.no/3\nSvar 4: https://x.no/4"
        );
        assert_eq!(
            stage
                .get(&format!("correspondence/{id}"), &recipient)
                .await
                .json()["content"]["messageBody"],
            expected,
            "in the overview"
        );
        assert_eq!(
            stage
                .get(&format!("correspondence/{id}/content"), &recipient)
                .await
                .text(),
            expected,
            "in the content"
        );
        let details = stage
            .get(&format!("correspondence/{id}/details"), &recipient)
            .await
            .json();
        assert_eq!(
            details["content"]["messageBody"], "Hei",
            "not in the details"
        );
    }
    let id = stage.published(&body(3, "nb")).await;
    assert_eq!(
        stage
            .get(&format!("correspondence/{id}/content"), &recipient)
            .await
            .text(),
        "Hei",
        "three are buttons"
    );
}

#[tokio::test]
async fn section_4_4_unknown_ids_are_unknown_before_access() {
    let stage = Stage::set().await;
    let who = callers(&stage).await;
    for path in ["", "/details", "/content"] {
        let path = format!("correspondence/77777777-7777-4777-8777-777777777777{path}");
        stage
            .get(&path, &who.stranger)
            .await
            .is_refused(404, 1001, "there is no such letter");
        let path = path.replace("77777777-7777-4777-8777-777777777777", "not-an-id");
        stage
            .get(&path, &who.recipient)
            .await
            .is_invalid("correspondenceId", "not an id");
    }
}

#[tokio::test]
async fn section_4_4_a_reader_that_the_register_does_not_know_is_no_party() {
    let stage = Stage::set().await;
    let owner = stage.organisation(OWNER, WRITE).await;
    let id = stage.sent(&letter()).await;
    stage
        .get(&format!("correspondence/{id}"), &owner)
        .await
        .is_ok("the owner is known");
    let outsider =
        Stage::set_with(|world| world["register"]["unknown"] = json!([OTHER_OWNER])).await;
    let id = outsider.sent(&letter()).await;
    let token = outsider.organisation(OTHER_OWNER, READ).await;
    outsider
        .get(&format!("correspondence/{id}"), &token)
        .await
        .is_refused(401, 4001, "access comes before the party");
}

/// Section 4.4, step 7: the 15 seconds are each party's own.
#[tokio::test]
async fn section_4_4_two_readers_are_two_fetches() {
    let stage = Stage::set().await;
    let id = stage.published(&letter()).await;
    let recipient = stage.organisation(ORG, READ).await;
    let owner = stage
        .organisation(OWNER, &format!("altinn:serviceowner {READ}"))
        .await;
    for token in [&recipient, &owner, &recipient, &owner] {
        let path = format!("correspondence/{id}");
        stage.get(&path, token).await.is_ok("a look as recipient");
    }
    let history = stage.history(&id).await;
    let fetched = history.iter().filter(|status| *status == "Fetched").count();
    assert_eq!(fetched, 2, "one for each: {history:?}");
}
