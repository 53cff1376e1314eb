//! Sections 4.12, 4.16, 13 and 14: forwarding, the checks that other services make, and confidential letters left unopened.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::*;

const NOBODY: &str = "77777777-7777-4777-8777-777777777777";
const MINUTE: Duration = Duration::from_secs(61);

fn forwardable() -> Value {
    letter_with(|it| it["correspondence"]["allowForwarding"] = json!(true))
}

impl Stage {
    async fn forward(&self, id: &str, token: &str, body: &Value) -> Answer {
        self.post_json(&format!("correspondence/{id}/forward"), token, body)
            .await
    }

    async fn read(&self, id: &str, token: &str) {
        let path = format!("correspondence/{id}/content");
        self.get(&path, token).await.is_ok("it is read");
    }
}

fn to(address: &str) -> Value {
    json!({ "forwardTo": address })
}

#[tokio::test]
async fn section_13_forwarding_is_checked_in_order() {
    let stage = Stage::set_with(|world| world["register"]["unknown"] = json!([RESERVED])).await;
    let recipient = stage.organisation(ORG, READ).await;
    let stranger = stage.organisation(ROLELESS_ORG, READ).await;
    let id = stage.published(&forwardable()).await;
    let closed = stage.published(&letter()).await;
    let long = format!("{}@eksempel.no", "a".repeat(1000));
    let wordy = json!({ "forwardTo": "a@b.no", "forwardingText": "x".repeat(201) });
    let marked = json!({ "forwardTo": "a@b.no", "forwardingText": "<b>x</b>" });
    let cases = [
        (NOBODY, &recipient, to("x"), 404, 1001, "an unknown letter"),
        (&*id, &stranger, to("x"), 401, 4001, "another's letter"),
        (&*id, &recipient, to("x"), 400, 3011, "no address"),
        (
            &*id,
            &recipient,
            to("a@b.no;c@d.no"),
            400,
            3011,
            "two addresses",
        ),
        (
            &*id,
            &recipient,
            to("a@b.no\r\nBcc: c@d.no"),
            400,
            3011,
            "a header in the address",
        ),
        (
            &*closed,
            &recipient,
            to(&long),
            400,
            3027,
            "an address above 1000",
        ),
        (
            &*closed,
            &recipient,
            wordy.clone(),
            400,
            1063,
            "not allowed by the sender",
        ),
        (&*id, &recipient, wordy, 400, 1066, "a text above 200"),
        (&*id, &recipient, marked, 400, 1067, "a text with markup"),
        (&*id, &recipient, to("a@b.no"), 400, 1065, "not read yet"),
    ];
    for (id, token, body, status, code, why) in cases {
        stage
            .forward(id, token, &body)
            .await
            .is_refused(status, code, why);
    }
    for body in [json!({ "forwardTo": null }), json!({})] {
        let answer = stage.forward(&id, &recipient, &body).await;
        let key = if body.get("forwardTo").is_some() {
            "ForwardTo"
        } else {
            "$"
        };
        answer.is_invalid(key, "an address is required");
    }
    stage.read(&id, &recipient).await;
    let text = json!({ "forwardTo": " Kari@Eksempel.no ", "forwardingText": "Se *her*" });
    let answer = stage.forward(&id, &recipient, &text).await;
    answer.is_ok("forwarded");
    assert_eq!(
        answer.json().as_str().unwrap().len(),
        36,
        "the forwarding's id, as text"
    );
    stage
        .forward(&id, &recipient, &to("kari@eksempel.NO"))
        .await
        .is_refused(400, 1064, "the same address, trimmed and in any case");
    stage
        .forward(&id, &recipient, &to("ola@eksempel.no"))
        .await
        .is_ok("another address");
}

#[tokio::test]
async fn section_13_an_unknown_party_and_a_refusing_mail_service_forward_nothing() {
    let stage = Stage::set_with(|world| {
        world["outgoing"] = json!({ "mail_available": false });
        world["register"]["unknown"] = json!([UNKNOWN_ORG, OTHER_OWNER]);
    })
    .await;
    let recipient = stage.organisation(ORG, READ).await;
    let id = stage.published(&forwardable()).await;
    stage.read(&id, &recipient).await;
    for _ in 0..2 {
        stage
            .forward(&id, &recipient, &to("kari@eksempel.no"))
            .await
            .is_refused(500, 3028, "refused, stored nowhere, and may be tried again");
    }
    let stage = Stage::set_with(|world| world["register"]["unknown"] = json!([OWNER])).await;
    let owner = stage
        .organisation(OWNER, "altinn:serviceowner altinn:correspondence.read")
        .await;
    stage
        .forward(NOBODY, &owner, &to("kari@eksempel.no"))
        .await
        .is_refused(404, 1001, "unknown comes before the party");
}

#[tokio::test]
async fn section_9_1_forwarded_is_stored_once_when_the_mail_has_arrived() {
    let stage = Stage::set_with(|world| {
        world["outgoing"] = json!({ "undeliverable": ["nowhere@eksempel.no"] })
    })
    .await;
    let recipient = stage.organisation(ORG, READ).await;
    let id = stage.published(&forwardable()).await;
    stage.read(&id, &recipient).await;
    let count = async || {
        let history = stage.history(&id).await;
        history
            .iter()
            .filter(|status| *status == "Forwarded")
            .count()
    };
    stage
        .forward(&id, &recipient, &to("nowhere@eksempel.no"))
        .await
        .is_ok("taken");
    stage.sandbox.advance(MINUTE);
    assert_eq!(count().await, 0, "what does not arrive leaves no status");
    let path = format!("correspondence/{id}");
    let at_call = stage.get(&path, &recipient).await.header("date").to_owned();
    stage
        .forward(&id, &recipient, &to("kari@eksempel.no"))
        .await
        .is_ok("taken");
    assert_eq!(count().await, 0, "not before delivery");
    stage.sandbox.advance(MINUTE);
    stage
        .forward(&id, &recipient, &to("ola@eksempel.no"))
        .await
        .is_ok("taken");
    stage.sandbox.advance(MINUTE);
    assert_eq!(count().await, 1, "for the first one only");
    let overview = stage.get(&path, &recipient).await.json();
    assert_eq!(
        overview["status"], "Forwarded",
        "the highest there is (section 9.2)"
    );
    let stored: chrono::DateTime<chrono::Utc> =
        overview["statusChanged"].as_str().unwrap().parse().unwrap();
    let called = chrono::DateTime::parse_from_rfc2822(&at_call)
        .unwrap()
        .to_utc();
    assert!(
        (stored - called).num_seconds() < 60,
        "with the time of the call, a minute before its delivery"
    );
}

#[tokio::test]
async fn section_4_12_whether_one_may_forward_is_asked_with_its_own_scope() {
    let stage = Stage::set().await;
    let token = stage
        .organisation(ORG, "altinn:correspondence.forward.check")
        .await;
    for (letter, expected) in [(forwardable(), true), (letter(), false)] {
        let id = stage.sent(&letter).await;
        let answer = stage
            .get(&format!("correspondence/{id}/forward/check"), &token)
            .await;
        answer.is_ok("answered, published or not");
        assert_eq!(
            answer.json(),
            json!({ "allowForwarding": expected }),
            "as the sender said"
        );
    }
    let path = format!("correspondence/{NOBODY}/forward/check");
    stage
        .get(&path, &token)
        .await
        .is_refused(404, 1001, "unknown");
    let reader = stage.organisation(ORG, READ).await;
    assert_eq!(
        stage.get(&path, &reader).await.status,
        StatusCode::FORBIDDEN,
        "another scope"
    );
}

#[tokio::test]
async fn section_4_12_the_notification_service_asks_with_a_raw_token() {
    let stage = Stage::set().await;
    let scope = "altinn:system/notifications.condition.check";
    let exchanged = stage.organisation(ORG, scope).await;
    let path = format!("correspondence/{NOBODY}/notification/check");
    for path in [path.clone(), format!("{path}/main")] {
        let answer = stage.get(&path, &exchanged).await;
        assert_eq!(
            answer.status,
            StatusCode::UNAUTHORIZED,
            "Altinn's own tokens are not tried here"
        );
    }
    let stage = Stage::set_with(|world| {
        world["maskinporten_clients"] = json!([{ "client_id": "notifications", "orgnr": OWNER, "scopes": [scope], "practice_key": "fjordvik" }]);
    })
    .await;
    let raw = stage.raw_token("notifications", scope).await;
    let check = async |id: &str, which: &str| {
        let answer = stage
            .get(
                &format!("correspondence/{id}/notification/check{which}"),
                &raw,
            )
            .await;
        answer.is_ok("always answered");
        answer.json()["sendNotification"].as_bool().unwrap()
    };
    let both = async |id: &str| (check(id, "").await, check(id, "/main").await);
    assert_eq!(both(NOBODY).await, (false, false), "an unknown letter");
    let id = stage.sent(&letter()).await;
    assert_eq!(both(&id).await, (false, false), "not published");
    stage.publish();
    assert_eq!(both(&id).await, (true, true), "published");
    let recipient = stage.organisation(ORG, READ).await;
    stage.read(&id, &recipient).await;
    assert_eq!(
        both(&id).await,
        (false, true),
        "once read only the first one is wanted"
    );
    stage
        .delete(&format!("correspondence/{id}/purge"), &recipient)
        .await
        .is_ok("purged");
    assert_eq!(both(&id).await, (false, false), "purged");
}

fn confidential() -> Value {
    letter_with(|it| {
        it["correspondence"]["resourceId"] = json!("confidential");
        it["correspondence"]["isConfidential"] = json!(true);
        it["correspondence"]["messageSender"] = json!("Nemnda");
    })
}

#[tokio::test]
async fn section_4_16_confidential_letters_left_unopened_are_listed() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let list = async |query: &str| {
        stage
            .get(&format!("confidential-reminders{query}"), &recipient)
            .await
    };
    list("").await.is_refused(404, 1062, "there is none");
    let id = stage.published(&confidential()).await;
    stage.published(&letter()).await;
    let answer = list("").await;
    answer.is_ok("a minute has passed since its publication");
    assert!(
        answer.header("content-type").starts_with("text/plain"),
        "text"
    );
    assert_eq!(
        answer.text().matches("**Nemnda**").count(),
        1,
        "one line each: {}",
        answer.text()
    );
    let texts = [
        list("").await.text(),
        list("?languageCode=nn").await.text(),
        list("?languageCode=en").await.text(),
    ];
    assert!(
        texts[0] != texts[1]
            && texts[1] != texts[2]
            && list("?languageCode=nb").await.text() == texts[0],
        "in three languages, bokmål when nothing is said"
    );
    let other = stage.organisation(ROLELESS_ORG, READ).await;
    stage
        .get("confidential-reminders", &other)
        .await
        .is_refused(404, 1062, "not another's");
    stage.read(&id, &recipient).await;
    list("")
        .await
        .is_refused(404, 1062, "what was read is not left");
    let purged = stage.published(&confidential()).await;
    let purge = format!("correspondence/{purged}/purge");
    stage.delete(&purge, &recipient).await.is_ok("purged");
    list("")
        .await
        .is_refused(404, 1062, "nor what was purged unread");
    let person = stage.person(PERSON, READ).await;
    stage
        .get("confidential-reminders", &person)
        .await
        .is_refused(401, 4006, "a person is no organisation");
}

#[tokio::test]
async fn section_4_16_production_waits_a_week_and_access_follows_the_resource() {
    let stage = Stage::set_with(|world| world["environment"] = json!("production")).await;
    stage.published(&confidential()).await;
    for (days, status) in [(6, StatusCode::NOT_FOUND), (2, StatusCode::OK)] {
        stage.sandbox.advance(Duration::from_secs(days * 24 * 3600));
        let recipient = stage.organisation(ORG, READ).await;
        let answer = stage.get("confidential-reminders", &recipient).await;
        assert_eq!(answer.status, status, "{days} more days");
    }
    let stage = Stage::set_with(|world| {
        let resource = json!({ "id": "digdir-reminder-unopened-confidential-correspondences", "owner": OWNER, "minimum_auth_level": 4 });
        world["resources"].as_array_mut().unwrap().push(resource);
    })
    .await;
    let recipient = stage.organisation(ORG, READ).await;
    let request = stage.request(Method::GET, "confidential-reminders", &recipient);
    stage
        .send(request)
        .await
        .is_refused(401, 4001, "the level is too low for the list's resource");
}

/// Section 13: neither availability nor a purge is looked at.
#[tokio::test]
async fn section_13_a_purged_letter_can_still_be_forwarded() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let id = stage.published(&forwardable()).await;
    stage.read(&id, &recipient).await;
    let purge = format!("correspondence/{id}/purge");
    stage.delete(&purge, &recipient).await.is_ok("purged");
    stage
        .forward(&id, &recipient, &to("kari@eksempel.no"))
        .await
        .is_ok("the call does not ask");
}
