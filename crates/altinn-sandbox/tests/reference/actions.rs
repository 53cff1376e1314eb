//! Sections 4.7 to 4.9: mark as read, confirm, purge.

use std::time::Duration;

use crate::stage::*;
use serde_json::json;

fn to_confirm() -> serde_json::Value {
    letter_with(|it| {
        it["correspondence"]["isConfirmationNeeded"] = json!(true);
        it["correspondence"]["dueDateTime"] = json!(in_seconds(30 * 24 * 3600));
    })
}

#[tokio::test]
async fn section_4_7_reading_and_confirming_climb_the_same_ladder() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let stranger = stage.organisation(ROLELESS_ORG, READ).await;
    let later = stage
        .sent(&letter_with(|it| {
            it["correspondence"]["requestedPublishTime"] = json!(in_seconds(3600))
        }))
        .await;
    let purged = stage.published(&letter()).await;
    stage
        .delete(&format!("correspondence/{purged}/purge"), &recipient)
        .await
        .is_ok("purged");
    for (verb, before_fetch, again) in [("markasread", 1024, 1040), ("confirm", 1025, 1041)] {
        let id = stage.published(&letter()).await;
        let path = format!("correspondence/{id}/{verb}");
        stage
            .post(
                &format!("correspondence/77777777-7777-4777-8777-777777777777/{verb}"),
                &recipient,
            )
            .await
            .is_refused(404, 1001, "unknown");
        stage
            .post(&path, &stranger)
            .await
            .is_refused(401, 4001, "another's letter");
        stage
            .post(&format!("correspondence/{later}/{verb}"), &recipient)
            .await
            .is_refused(404, 1001, "not out");
        stage
            .post(&format!("correspondence/{purged}/{verb}"), &recipient)
            .await
            .is_refused(404, 1001, "gone");
        stage
            .post(&path, &recipient)
            .await
            .is_refused(400, before_fetch, "never fetched");
        stage
            .get(&format!("correspondence/{id}"), &recipient)
            .await
            .is_ok("fetched");
        let answer = stage.post(&path, &recipient).await;
        answer.is_ok(verb);
        assert_eq!(answer.json(), json!(id), "the answer is the id as text");
        stage.sandbox.advance(Duration::from_secs(5));
        stage
            .post(&path, &recipient)
            .await
            .is_refused(400, again, "done already");
        stage
            .post(
                &path.to_uppercase().replace(&id.to_uppercase(), &id),
                &recipient,
            )
            .await
            .is_refused(400, again, "paths in any case");
    }
}

#[tokio::test]
async fn section_4_8_confirmation_is_stored_after_a_while_with_the_time_of_the_call() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let id = stage.published(&to_confirm()).await;
    let path = format!("correspondence/{id}");
    stage
        .get(&path, &recipient)
        .await
        .is_ok("fetched; reading is no precondition");
    stage
        .delete(&format!("{path}/purge"), &recipient)
        .await
        .is_refused(400, 1026, "confirmation comes before purge");
    // The sandbox's clock runs 61 seconds ahead since the letter was published.
    let ahead = chrono::TimeDelta::seconds(61);
    let before = chrono::Utc::now() + ahead;
    stage
        .post(&format!("{path}/confirm"), &recipient)
        .await
        .is_ok("taken");
    let after = chrono::Utc::now() + ahead;
    stage
        .post(&format!("{path}/confirm"), &recipient)
        .await
        .is_ok("taken again, as nothing is stored yet");
    assert_eq!(
        stage.get(&path, &recipient).await.json()["status"],
        "Published",
        "unchanged so far"
    );
    stage
        .delete(&format!("{path}/purge"), &recipient)
        .await
        .is_refused(400, 1026, "purge right after is too early");
    stage.sandbox.advance(Duration::from_secs(5));
    let overview = stage.get(&path, &recipient).await.json();
    assert_eq!(overview["status"], "Confirmed", "stored");
    let stored: chrono::DateTime<chrono::Utc> =
        overview["statusChanged"].as_str().unwrap().parse().unwrap();
    let cut = chrono::TimeDelta::microseconds(1);
    assert!(
        before - cut <= stored && stored <= after,
        "with the time of the call, not of the storing"
    );
    assert_eq!(
        stage
            .history(&id)
            .await
            .iter()
            .filter(|status| *status == "Confirmed")
            .count(),
        1,
        "once"
    );
    stage
        .post(&format!("{path}/confirm"), &recipient)
        .await
        .is_refused(400, 1041, "confirmed already");
    stage
        .delete(&format!("{path}/purge"), &recipient)
        .await
        .is_ok("and now it may go");
}

#[tokio::test]
async fn section_1_6_a_token_that_also_writes_fetches_nothing_and_so_cannot_read() {
    let stage = Stage::set().await;
    let id = stage.published(&letter()).await;
    let both = stage.organisation(ORG, &format!("{READ} {WRITE}")).await;
    stage
        .get(&format!("correspondence/{id}"), &both)
        .await
        .is_ok("it sees the letter");
    stage
        .post(&format!("correspondence/{id}/markasread"), &both)
        .await
        .is_refused(400, 1024, "but counts as sender");
    stage
        .post(&format!("correspondence/{id}/confirm"), &both)
        .await
        .is_refused(400, 1025, "but counts as sender");
}

#[tokio::test]
async fn section_4_9_the_sender_purges_until_publication() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let file = stage.attachment(|_| (), b"x").await;
    let letter_of_two = letter_with(|it| {
        it["existingAttachments"] = json!([file]);
        it["recipients"] = json!([format!("0192:{ORG}"), PERSON]);
    });
    let answer = stage
        .post_json("correspondence", &sender, &letter_of_two)
        .await
        .json();
    let ids: Vec<String> = (0..2)
        .map(|n| {
            answer["correspondences"][n]["correspondenceId"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let status = async || {
        stage
            .get(&format!("attachment/{file}"), &sender)
            .await
            .json()["status"]
            .clone()
    };
    stage
        .delete(&format!("correspondence/{}/purge", ids[0]), &sender)
        .await
        .is_ok("not out yet");
    assert_eq!(
        status().await,
        "Published",
        "the other letter still needs the file"
    );
    stage
        .delete(&format!("correspondence/{}/purge", ids[1]), &sender)
        .await
        .is_ok("not out yet");
    assert_eq!(status().await, "Purged", "nobody does");
    assert_eq!(
        stage
            .get(&format!("attachment/{file}"), &sender)
            .await
            .json()["statusText"],
        "Purged",
        "in a word"
    );
    stage
        .delete(&format!("correspondence/{}/purge", ids[0]), &sender)
        .await
        .is_refused(400, 1014, "gone already");
    stage.publish();
    let details = stage
        .get(&format!("correspondence/{}/details", ids[0]), &sender)
        .await
        .json();
    assert_eq!(
        details["published"],
        serde_json::Value::Null,
        "what is gone is not published"
    );
    assert_eq!(details["status"], "PurgedByAltinn", "by the sender");
    let out = stage.published(&letter()).await;
    stage
        .delete(&format!("correspondence/{out}/purge"), &sender)
        .await
        .is_refused(400, 1013, "too late");
    let answer = stage
        .post_json(
            "correspondence",
            &sender,
            &letter_with(|it| it["recipients"] = json!([PERSON, RESERVED])),
        )
        .await
        .json();
    let reserved = answer["correspondences"][1]["correspondenceId"]
        .as_str()
        .unwrap();
    stage
        .delete(&format!("correspondence/{reserved}/purge"), &sender)
        .await
        .is_refused(400, 1013, "reserved ones stay");
}

#[tokio::test]
async fn section_4_9_the_recipient_purges_what_it_can_see() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let stranger = stage.organisation(ROLELESS_ORG, READ).await;
    let unknown = "correspondence/77777777-7777-4777-8777-777777777777/purge";
    stage
        .delete(unknown, &recipient)
        .await
        .is_refused(404, 1001, "unknown");
    let waiting = stage
        .sent(&letter_with(|it| {
            it["correspondence"]["requestedPublishTime"] = json!(in_seconds(3600))
        }))
        .await;
    stage
        .delete(&format!("correspondence/{waiting}/purge"), &recipient)
        .await
        .is_refused(404, 1001, "not out");
    let id = stage.published(&letter()).await;
    stage
        .delete(&format!("correspondence/{id}/purge"), &stranger)
        .await
        .is_refused(401, 4001, "another's");
    let answer = stage
        .delete(&format!("correspondence/{id}/purge"), &recipient)
        .await;
    answer.is_ok("its own");
    assert_eq!(answer.json(), json!(id), "the answer is the id as text");
    stage
        .delete(&format!("correspondence/{id}/purge"), &recipient)
        .await
        .is_refused(400, 1014, "gone already");
    let owner = stage
        .organisation(OWNER, &format!("altinn:serviceowner {READ}"))
        .await;
    let other = stage.published(&letter()).await;
    stage
        .delete(&format!("correspondence/{other}/purge"), &owner)
        .await
        .is_ok("a service owner that reads counts as recipient");
    assert!(
        stage
            .history(&other)
            .await
            .contains(&"PurgedByRecipient".to_owned()),
        "and purges as one"
    );
}

/// Section 4.9: what comes before access, and a letter that failed.
#[tokio::test]
async fn section_4_9_a_transmission_stays_whoever_asks_and_a_failed_letter_may_go() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let first = stage.published(&letter()).await;
    let path = format!("correspondence/{first}");
    let dialog = stage.get(&path, &sender).await.json()["externalReferences"].clone();
    let second = stage
        .published(&letter_with(|it| {
            it["correspondence"]["externalReferences"] = dialog
        }))
        .await;
    let stranger = stage.organisation(ROLELESS_ORG, READ).await;
    stage
        .delete(&format!("correspondence/{second}/purge"), &stranger)
        .await
        .is_refused(400, 1043, "also for who has no access");
    let several = letter_with(|it| it["recipients"] = json!([PERSON, RESERVED]));
    let answer = stage
        .post_json("correspondence", &sender, &several)
        .await
        .json();
    let reserved = answer["correspondences"][1]["correspondenceId"]
        .as_str()
        .unwrap();
    stage.publish();
    let purge = format!("correspondence/{reserved}/purge");
    stage
        .delete(&purge, &sender)
        .await
        .is_ok("it failed, so its sender may delete it");
    assert!(
        stage
            .history(reserved)
            .await
            .contains(&"PurgedByAltinn".to_owned()),
        "and it is gone"
    );
}

/// Sections 4.8 and 15: a confirmation that is missing stops nothing but the purge; one that nobody asked for is taken.
#[tokio::test]
async fn section_15_a_missing_confirmation_blocks_the_purge_only() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let mut body = to_confirm();
    body["existingAttachments"] = json!([file]);
    let id = stage.published(&body).await;
    let recipient = stage.organisation(ORG, READ).await;
    let path = format!("correspondence/{id}");
    stage.get(&path, &recipient).await.is_ok("it can be seen");
    stage
        .get(&format!("{path}/attachment/{file}/download"), &recipient)
        .await
        .is_ok("its files can be fetched");
    stage
        .post(&format!("{path}/markasread"), &recipient)
        .await
        .is_ok("it can be marked as read");
    stage
        .delete(&format!("{path}/purge"), &recipient)
        .await
        .is_refused(400, 1026, "and not deleted");
}
