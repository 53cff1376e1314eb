//! Sections 1.5, 1.6, 9.3 and 9.4: who sees what, and when.

use serde_json::{Value, json};

use crate::stage::*;

/// A letter with a file, and everybody who looks at it.
struct Scene {
    stage: Stage,
    id: String,
    file: String,
}

impl Scene {
    async fn set(has_bypass: bool) -> Self {
        let stage =
            Stage::set_with(|world| world["service_owner_bypass"] = json!(has_bypass)).await;
        let file = stage.attachment(|_| (), b"x").await;
        let id = stage
            .sent(&letter_with(|it| {
                it["existingAttachments"] = json!([file]);
                // Not due yet: a recipient's look would publish what is (section 4.4).
                it["correspondence"]["requestedPublishTime"] = json!(in_seconds(100));
            }))
            .await;
        Self { stage, id, file }
    }

    async fn look(&self, what: &str, token: &str) -> Answer {
        self.stage
            .get(&format!("correspondence/{}{what}", self.id), token)
            .await
    }

    /// Status and title of overview and details, and the number of attachments shown.
    async fn sees(&self, token: &str) -> [(u16, String, usize); 2] {
        let mut seen = Vec::new();
        for what in ["", "/details"] {
            let answer = self.look(what, token).await;
            let body = serde_json::from_slice::<Value>(&answer.bytes).unwrap();
            let content = &body["content"];
            let title = content["messageTitle"]
                .as_str()
                .unwrap_or("none")
                .to_owned();
            let files = content["attachments"].as_array().map_or(0, Vec::len);
            seen.push((answer.status.as_u16(), title, files));
        }
        seen.try_into().unwrap()
    }
}

#[tokio::test]
async fn section_9_4_the_table_of_who_sees_what() {
    let full = |status| (status, "Vedtak".to_owned(), 1);
    let blank = || (200, String::new(), 0);
    let none = || (404, "none".to_owned(), 0);
    // What sender, owner with bypass and recipient see: before publication, after it, and after the recipient's purge.
    for has_bypass in [true, false] {
        let scene = Scene::set(has_bypass).await;
        let sender = scene.stage.organisation(OWNER, WRITE).await;
        let owner = scene.stage.organisation(OWNER, OWNER_SCOPES).await;
        let recipient = scene.stage.organisation(ORG, READ).await;
        let after = |bypassed, plain| if has_bypass { bypassed } else { plain };
        assert_eq!(
            scene.sees(&sender).await,
            [full(200), full(200)],
            "before: the sender sees all"
        );
        assert_eq!(
            scene.sees(&owner).await,
            [full(200), full(200)],
            "before: so does the owner"
        );
        assert_eq!(
            scene.sees(&recipient).await,
            [none(), none()],
            "before: nothing for the recipient"
        );
        scene.stage.publish();
        assert_eq!(
            scene.sees(&sender).await,
            [blank(), blank()],
            "after: blank for the sender"
        );
        assert_eq!(
            scene.sees(&owner).await,
            after([full(200), full(200)], [blank(), blank()]),
            "after: the bypass ({has_bypass}) decides for the owner (1.5)"
        );
        assert_eq!(
            scene.sees(&recipient).await,
            [full(200), full(200)],
            "after: everything"
        );
        let content = scene.look("", &sender).await.json()["content"].clone();
        assert_eq!(content["language"], "no", "4.4: the placeholder's language");
        let purge = format!("correspondence/{}/purge", scene.id);
        scene.stage.delete(&purge, &recipient).await.is_ok("purged");
        let gone = scene.sees(&sender).await;
        assert_eq!(
            (gone[0].0, gone[1].0),
            (404, 200),
            "after purge: the sender's details stay"
        );
        assert_eq!(
            scene.sees(&recipient).await,
            [none(), none()],
            "after purge: nothing"
        );
        let history = async |token: &str| {
            let rows = scene.look("/details", token).await.json()["statusHistory"].clone();
            rows.as_array()
                .unwrap()
                .iter()
                .any(|row| row["status"] == "PurgedByRecipient")
        };
        assert!(
            !history(&sender).await,
            "4.5: the purge is not in the sender's history"
        );
        assert_eq!(
            history(&owner).await,
            has_bypass,
            "4.5: it is where recipient access is"
        );
    }
}

#[tokio::test]
async fn section_9_4_a_service_owners_download_counts_as_the_recipients() {
    for (has_bypass, status) in [(true, 200), (false, 401)] {
        let scene = Scene::set(has_bypass).await;
        scene.stage.publish();
        let owner = scene
            .stage
            .organisation(OWNER, "altinn:serviceowner altinn:correspondence.read")
            .await;
        let path = format!("/attachment/{}/download", scene.file);
        assert_eq!(
            scene.look(&path, &owner).await.status.as_u16(),
            status,
            "bypass {has_bypass}"
        );
        let recipient = scene.stage.organisation(ORG, READ).await;
        let rows = scene.look("/details", &recipient).await.json()["statusHistory"].clone();
        let is_logged = rows
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["status"] == "AttachmentsDownloaded");
        assert_eq!(is_logged, has_bypass, "and it is logged");
    }
}

#[tokio::test]
async fn section_9_3_a_reserved_letter_is_there_until_it_fails() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let several = letter_with(|it| it["recipients"] = json!([PERSON, RESERVED]));
    let answer = stage
        .post_json("correspondence", &token, &several)
        .await
        .json();
    let id = answer["correspondences"][1]["correspondenceId"]
        .as_str()
        .unwrap()
        .to_owned();
    let person = stage.person(RESERVED, READ).await;
    let path = format!("correspondence/{id}/details");
    stage
        .get(&path, &person)
        .await
        .is_ok("reserved, and to be seen");
    stage.publish();
    stage
        .get(&path, &person)
        .await
        .is_refused(404, 1001, "failed, and gone");
    let sender = stage.get(&path, &token).await.json();
    assert_eq!(sender["status"], "Failed", "the sender is told");
    let listed = format!("correspondence?resourceId=letters&role=Recipient&onBehalfOf={RESERVED}");
    assert_eq!(
        stage.get(&listed, &person).await.json()["ids"],
        json!([]),
        "11.3: nor is it listed"
    );
}

#[tokio::test]
async fn section_1_5_a_token_of_too_low_a_level_has_no_access() {
    let stage = Stage::set().await;
    let body = letter_with(|it| {
        it["recipients"] = json!([PERSON]);
        it["correspondence"]["resourceId"] = json!("level3");
    });
    let id = stage.published(&body).await;
    for (level, status) in [("0", 401), ("2", 401), ("3", 200), ("4", 200)] {
        let parameters = [("pid", PERSON), ("scopes", READ), ("authLvl", level)];
        let token = stage.test_token("GetPersonalToken", &parameters).await;
        let answer = stage.get(&format!("correspondence/{id}"), &token).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "level {level} where 3 is asked for"
        );
    }
}

#[tokio::test]
async fn section_1_6_a_system_user_reads_for_its_customer() {
    let stage = Stage::set().await;
    let id = stage.published(&letter()).await;
    for (customer, status) in [(ORG, 200), (ROLELESS_ORG, 401)] {
        let parameters = [
            ("systemUserId", "12121212-3434-4565-8787-909090909090"),
            ("orgNo", OTHER_OWNER),
            ("systemUserOrg", customer),
            ("scopes", READ),
        ];
        let token = stage.test_token("GetSystemUserToken", &parameters).await;
        let answer = stage.get(&format!("correspondence/{id}"), &token).await;
        assert_eq!(
            answer.status.as_u16(),
            status,
            "a vendor's token for {customer}"
        );
        let found = stage
            .get("correspondence?resourceId=letters&role=Recipient", &token)
            .await;
        let ids = found.json()["ids"].as_array().unwrap().len();
        assert_eq!(
            ids,
            usize::from(status == 200),
            "search asks for {customer} by default"
        );
    }
}
