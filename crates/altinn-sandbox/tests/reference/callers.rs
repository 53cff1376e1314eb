//! Sections 1.2 to 1.6: whose token it is, and whom it speaks for.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::*;

const USER: &str = "12121212-3434-4565-8787-909090909090";

/// A token that passes every check, as its client is the service owner's, and whose own party nobody knows.
async fn of_nobody(stage: &Stage, scope: &str) -> String {
    let scopes = format!("altinn:serviceowner {scope}");
    let parameters = [
        ("systemUserId", USER),
        ("orgNo", OWNER),
        ("systemUserOrg", UNKNOWN_ORG),
        ("scopes", &scopes),
    ];
    stage.test_token("GetSystemUserToken", &parameters).await
}

#[tokio::test]
async fn section_1_6_a_party_that_register_does_not_know_is_4002_and_leaves_no_trace() {
    let stage = Stage::set().await;
    let file = stage.attachment(|_| (), b"x").await;
    let body = letter_with(|it| {
        it["existingAttachments"] = json!([file]);
        it["correspondence"]["allowForwarding"] = json!(true);
    });
    let (fetched, read) = (stage.published(&body).await, stage.published(&body).await);
    let recipient = stage.organisation(ORG, READ).await;
    let path = format!("correspondence/{fetched}");
    stage.get(&path, &recipient).await.is_ok("fetched");
    let content = format!("correspondence/{read}/content");
    stage.get(&content, &recipient).await.is_ok("read");
    let before = (stage.history(&fetched).await, stage.history(&read).await);
    let reader = of_nobody(&stage, READ).await;
    for (method, path) in [
        (Method::GET, path.clone()),
        (Method::GET, format!("{path}/details")),
        (Method::GET, format!("{path}/content")),
        (Method::POST, format!("{path}/markasread")),
        (Method::POST, format!("{path}/confirm")),
        (Method::DELETE, format!("{path}/purge")),
        (Method::GET, format!("{path}/attachment/{file}/download")),
        (Method::GET, format!("{path}/attachments/downloadall")),
    ] {
        stage
            .send(stage.request(method.clone(), &path, &reader))
            .await
            .is_refused(400, 4002, &format!("{method} {path}"));
    }
    let forward = format!("correspondence/{read}/forward");
    stage
        .post_json(&forward, &reader, &json!({ "forwardTo": "a@b.no" }))
        .await
        .is_refused(400, 4002, "forwarding");
    let described = stage
        .post_json(
            "attachment",
            &stage.organisation(OWNER, WRITE).await,
            &attachment(),
        )
        .await
        .json();
    let writer = of_nobody(&stage, WRITE).await;
    stage
        .upload(described.as_str().unwrap(), &writer, b"x".to_vec())
        .await
        .is_refused(400, 4002, "uploading");
    stage
        .post_json("correspondence", &writer, &letter())
        .await
        .is_refused(400, 4002, "sending");
    let after = (stage.history(&fetched).await, stage.history(&read).await);
    assert_eq!(after, before, "a refused call stores nothing");
}

#[tokio::test]
async fn section_1_6_a_raw_token_speaks_for_its_consumer() {
    let stage = Stage::set_with(|world| {
        world["maskinporten_clients"] =
            json!([{ "client_id": "raw", "orgnr": ORG, "scopes": [READ], "practice_key": "fjordvik" }]);
    })
    .await;
    let raw = stage.raw_token("raw", READ).await;
    let id = stage.published(&letter()).await;
    let found = stage
        .get("correspondence?resourceId=letters&role=Recipient", &raw)
        .await;
    assert_eq!(
        found.json()["ids"],
        json!([id]),
        "the letters of the organisation in the consumer claim"
    );
}

#[tokio::test]
async fn section_1_5_a_service_owner_bypasses_on_its_own_resources_only() {
    let stage = Stage::set().await;
    let id = stage.published(&letter()).await;
    for scope in [WRITE, READ] {
        let other = stage
            .organisation(OTHER_OWNER, &format!("altinn:serviceowner {scope}"))
            .await;
        stage
            .get(&format!("correspondence/{id}"), &other)
            .await
            .is_refused(401, 4001, "another owner's letter");
    }
    let owner = stage.organisation(OWNER, OWNER_SCOPES).await;
    for resource in ["ownerless", "elsewhere", "nothing-here"] {
        let search = format!(
            "correspondence?resourceId={resource}&role=RecipientAndSender&onBehalfOf=0192:{ORG}"
        );
        stage
            .get(&search, &owner)
            .await
            .is_refused(401, 4001, resource);
    }
}

#[tokio::test]
async fn section_1_4_the_notification_check_has_its_own_scope() {
    let stage = Stage::set_with(|world| {
        let scopes = ["altinn:system/notifications.condition.check", READ];
        world["maskinporten_clients"] =
            json!([{ "client_id": "raw", "orgnr": OWNER, "scopes": scopes, "practice_key": "fjordvik" }]);
    })
    .await;
    let raw = stage.raw_token("raw", READ).await;
    for path in ["notification/check", "notification/check/main"] {
        let path = format!("correspondence/{USER}/{path}");
        let answer = stage.get(&path, &raw).await;
        assert_eq!(
            (answer.status, answer.bytes.len()),
            (StatusCode::FORBIDDEN, 0),
            "a raw token with another scope"
        );
    }
}

/// Sections 1.2 and 2, and 3.6 of the platform reference.
#[tokio::test]
async fn section_1_2_a_token_is_good_where_it_was_issued_and_as_it_was_signed() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let (stage, elsewhere) = (Stage::set().await, Stage::set().await);
    let token = stage.organisation(ORG, READ).await;
    let foreign = elsewhere.organisation(ORG, READ).await;
    let parts: Vec<&str> = token.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
    let mut claims: Value = serde_json::from_slice(&claims).unwrap();
    claims["scope"] = json!(WRITE);
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let forged = format!("{}.{claims}.{}", parts[0], parts[2]);
    let unsigned = format!("{}.{}.", parts[0], parts[1]);
    let path = "correspondence?resourceId=letters&role=Recipient";
    stage.get(path, &token).await.is_ok("its own token");
    for (token, why) in [
        (foreign, "of another environment"),
        (forged, "with other claims than were signed"),
        (unsigned, "without a signature"),
    ] {
        let answer = stage.get(path, &token).await;
        assert_eq!(
            (answer.status, answer.bytes.len()),
            (StatusCode::UNAUTHORIZED, 0),
            "{why}: 401, empty"
        );
    }
}
