//! Sections 12.4, 12.5 and 17: what becomes of the notifications that were asked for.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stage::*;

const NAMED: &str = "kari@eksempel.no";
const REGISTERED: &str = "post@fjordvik.example";
const MOBILE: &str = "+4790011223";

async fn set() -> Stage {
    Stage::set_with(|world| {
        world["register"]["organizations"][0]["email"] = json!(REGISTERED);
        world["register"]["organizations"][0]["mobile"] = json!(MOBILE);
        world["outgoing"] = json!({ "undeliverable": ["nowhere@eksempel.no"] });
    })
    .await
}

fn texts(more: Value) -> Value {
    let mut notification = json!({
        "notificationChannel": "Email", "emailSubject": "s", "emailBody": "b", "smsBody": "t",
        "reminderEmailSubject": "s", "reminderEmailBody": "b", "reminderSmsBody": "t",
    });
    for (name, value) in more.as_object().unwrap() {
        notification[name] = value.clone();
    }
    letter_with(|it| it["correspondence"]["notification"] = notification)
}

impl Stage {
    async fn notified(&self, id: &str) -> Vec<Value> {
        let token = self.organisation(OWNER, WRITE).await;
        let answer = self
            .get(&format!("correspondence/{id}/details"), &token)
            .await;
        answer.is_ok("the sender sees the statuses (section 9.4)");
        answer.json()["notifications"].as_array().unwrap().clone()
    }

    /// The addresses that each order reaches, in order.
    async fn reached(&self, letter: &Value) -> Vec<Vec<String>> {
        let id = self.published(letter).await;
        self.publish();
        let notified = self.notified(&id).await;
        let addresses = |kind: &str, member: &str, order: &Value| -> Vec<String> {
            let all = order["notificationStatusDetails"][kind].as_array().cloned();
            let all = all.unwrap_or_default();
            all.iter()
                .map(|one| one["recipient"][member].as_str().unwrap().to_owned())
                .collect()
        };
        notified
            .iter()
            .map(|order| {
                let mut reached = addresses("emails", "emailAddress", order);
                reached.extend(addresses("smses", "mobileNumber", order));
                reached
            })
            .collect()
    }

    async fn has_reported(&self, names: &[&str]) {
        let scopes = "altinn:serviceowner altinn:events.subscribe";
        let parameters = [("org", "digdir"), ("orgNo", OWNER), ("scopes", scopes)];
        let token = self.test_token("GetEnterpriseToken", &parameters).await;
        self.sandbox.advance(Duration::from_secs(31));
        let path = "/events/api/v1/events?resource=urn:altinn:resource:letters&after=0&type=%25notification%25";
        let events = self
            .send(self.at(reqwest::Method::GET, path, &token))
            .await
            .json();
        let events = events.as_array().unwrap().iter();
        let found: Vec<String> = events
            .map(|event| {
                let source = event["source"]
                    .as_str()
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap();
                let name = event["type"].as_str().unwrap().rsplit('.').next().unwrap();
                format!("{source} {name}")
            })
            .collect();
        assert_eq!(
            found, names,
            "section 17: what became of the notifications is told"
        );
    }
}

#[tokio::test]
async fn section_12_4_orders_go_to_the_recipient_and_to_who_was_named() {
    let stage = set().await;
    let org = |addresses: &[&str]| -> Vec<String> {
        addresses.iter().map(|it| (*it).to_owned()).collect()
    };
    let named = json!([{ "emailAddress": NAMED }]);
    let cases = [
        (json!({}), vec![org(&[REGISTERED])], "by e-mail"),
        (
            json!({ "notificationChannel": "Sms" }),
            vec![org(&[MOBILE])],
            "by text message",
        ),
        (
            json!({ "notificationChannel": "EmailPreferred" }),
            vec![org(&[REGISTERED])],
            "e-mail if there is one",
        ),
        (
            json!({ "notificationChannel": "SmsPreferred" }),
            vec![org(&[MOBILE])],
            "a number if there is one",
        ),
        (
            json!({ "notificationChannel": "EmailAndSms" }),
            vec![org(&[REGISTERED, MOBILE])],
            "by both",
        ),
        (
            json!({ "customRecipients": named }),
            vec![org(&[REGISTERED]), org(&[NAMED])],
            "and to who was named",
        ),
        (
            json!({ "customRecipients": named, "overrideRegisteredContactInformation": true }),
            vec![org(&[NAMED])],
            "to who was named only",
        ),
        (
            json!({ "customRecipients": [{ "emailAddress": NAMED }, { "emailAddress": NAMED }] }),
            vec![org(&[REGISTERED]), org(&[NAMED])],
            "identical ones once",
        ),
        (
            json!({ "customRecipients": [{ "emailAddress": REGISTERED }] }),
            vec![org(&[REGISTERED])],
            "an address the organisation has registered is dropped",
        ),
        (
            json!({ "customRecipients": [{ "mobileNumber": "+4799999999" }] }),
            vec![org(&[REGISTERED]), org(&["+4799999999"])],
            "a number by text message whatever the channel",
        ),
        (
            json!({ "customRecipients": [{ "organizationNumber": ROLELESS_ORG }] }),
            vec![org(&[REGISTERED]), org(&["uroleg.hund.da@eksempel.no"])],
            "another organisation at what it has registered",
        ),
    ];
    for (more, expected, why) in cases {
        assert_eq!(stage.reached(&texts(more)).await, expected, "{why}");
    }
}

#[tokio::test]
async fn section_12_5_a_notification_is_followed_to_its_end() {
    let stage = set().await;
    let id = stage
        .sent(&texts(json!({ "notificationChannel": "EmailAndSms", "sendReminder": true, "customRecipients": [{ "emailAddress": "nowhere@eksempel.no" }] })))
        .await;
    let token = stage.organisation(OWNER, WRITE).await;
    let overview = stage
        .get(&format!("correspondence/{id}"), &token)
        .await
        .json();
    let waiting =
        |is_reminder: bool| json!({ "notificationOrderId": null, "isReminder": is_reminder });
    assert_eq!(
        overview["notifications"],
        json!([waiting(false), waiting(false), waiting(true), waiting(true)]),
        "5.4: four orders, none handed over"
    );
    assert_eq!(
        stage.notified(&id).await,
        Vec::<Value>::new(),
        "orders not handed over do not appear"
    );
    // Published after 60 s; orders look every 60 s from their lead of 20 s on.
    stage.sandbox.advance(Duration::from_secs(80));
    let states = [
        (
            0,
            "Order_Processing",
            "Email_New",
            "SMS_New",
            "Email_New",
            [false, false],
        ),
        (
            3,
            "Order_Completed",
            "Email_Sending",
            "SMS_Sending",
            "Email_Sending",
            [false, false],
        ),
        (
            3,
            "Order_Completed",
            "Email_Succeeded",
            "SMS_Accepted",
            "Email_Sending",
            [true, false],
        ),
        (
            5,
            "Order_Completed",
            "Email_Delivered",
            "SMS_Delivered",
            "Email_Failed_Bounced",
            [true, false],
        ),
    ];
    for (seconds, order, email, sms, lost, succeeded) in states {
        stage.sandbox.advance(Duration::from_secs(seconds));
        let found = stage.notified(&id).await;
        let details = |at: usize| &found[at]["notificationStatusDetails"];
        let found = (
            found[0]["processingStatus"]["status"].as_str().unwrap(),
            details(0)["email"]["sendStatus"]["status"]
                .as_str()
                .unwrap(),
            details(0)["sms"]["sendStatus"]["status"].as_str().unwrap(),
            details(1)["email"]["sendStatus"]["status"]
                .as_str()
                .unwrap(),
            [
                details(0)["sms"]["succeeded"] == true,
                details(1)["email"]["succeeded"] == true,
            ],
        );
        assert_eq!(
            found,
            (order, email, sms, lost, succeeded),
            "{seconds} s on"
        );
    }
    let found = stage.notified(&id).await;
    for (member, expected) in [
        ("sendersReference", json!("ref-1")),
        ("creator", json!("digdir")),
        ("isReminder", json!(false)),
        ("notificationChannel", json!("EmailAndSms")),
        ("ignoreReservation", json!(false)),
        ("resourceId", json!("letters")),
    ] {
        assert_eq!(found[0][member], expected, "{member}");
    }
    assert!(found[0]["id"].is_string(), "the shipment's id is text");
    assert_eq!(
        found[0]["processingStatus"]["description"],
        Value::Null,
        "none"
    );
    let details = &found[1]["notificationStatusDetails"];
    assert_eq!(
        (&details["sms"], &details["smses"]),
        (&Value::Null, &Value::Null),
        "null when there is none"
    );
    stage
        .has_reported(&[
            "notification notificationcreated",
            "notification notificationcreated",
            "correspondence correspondencenotificationdelivered",
            "correspondence correspondencenotificationfailed",
        ])
        .await;
    stage.sandbox.advance(Duration::from_secs(25 * 3600));
    let found = stage.notified(&id).await;
    assert_eq!(
        (
            found.len(),
            found[2]["isReminder"].as_bool(),
            found[2]["processingStatus"]["status"].as_str()
        ),
        (4, Some(true), Some("Order_Completed")),
        "a day later the reminder goes to who has not read"
    );
    let recipient = stage.organisation(ORG, READ).await;
    let seen = stage
        .get(&format!("correspondence/{id}/details"), &recipient)
        .await
        .json();
    assert_eq!(
        seen["notifications"],
        json!(stage.notified(&id).await),
        "9.4: the recipient sees them as well"
    );
    let entry = &found[0]["notificationStatusDetails"]["smses"][0];
    assert_eq!(
        (&entry["id"], &entry["recipient"]),
        (
            &Value::Null,
            &json!({ "emailAddress": null, "mobileNumber": MOBILE, "organizationNumber": null,
                "nationalIdentityNumber": null, "isReserved": null })
        ),
        "no id, and the address alone"
    );
    stage
        .has_reported(&[
            "notification notificationcreated",
            "notification notificationcreated",
            "correspondence correspondencenotificationdelivered",
            "correspondence correspondencenotificationfailed",
            "notification notificationcreated",
            "notification notificationcreated",
            "correspondence correspondencenotificationreminderdelivered",
            "correspondence correspondencenotificationfailed",
        ])
        .await;
}

#[tokio::test]
async fn section_12_4_a_notification_waits_20_seconds_and_for_its_time() {
    let stage = set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let now = stage.sent(&texts(json!({}))).await;
    let mut letter = texts(json!({}));
    letter["correspondence"]["requestedPublishTime"] = json!(in_seconds(600));
    let later = stage.sent(&letter).await;
    stage
        .get(&format!("correspondence/{now}"), &recipient)
        .await
        .is_ok("a look publishes it at once (section 4.4)");
    for (seconds, of_now, of_later) in [(18, 0, 0), (4, 1, 0), (570, 1, 0), (130, 1, 1)] {
        stage.sandbox.advance(Duration::from_secs(seconds));
        let found = (
            stage.notified(&now).await.len(),
            stage.notified(&later).await.len(),
        );
        assert_eq!(found, (of_now, of_later), "{seconds} s on");
    }
}

#[tokio::test]
async fn section_12_4_who_has_read_is_not_reminded() {
    for (environment, days) in [("test", 1), ("production", 7)] {
        let stage = Stage::set_with(|world| world["environment"] = json!(environment)).await;
        let ids = [
            stage
                .published(&texts(json!({ "sendReminder": true })))
                .await,
            stage
                .published(&texts(json!({ "sendReminder": true })))
                .await,
        ];
        let recipient = stage.organisation(ORG, READ).await;
        let path = format!("correspondence/{}/content", ids[0]);
        stage
            .get(&path, &recipient)
            .await
            .is_ok("the first is read");
        stage
            .sandbox
            .advance(Duration::from_secs(days * 24 * 3600 - 300));
        assert_eq!(
            stage.notified(&ids[0]).await.len(),
            1,
            "{environment}: not yet due"
        );
        stage.sandbox.advance(Duration::from_secs(600));
        for (id, outcome) in ids
            .iter()
            .zip(["Order_SendConditionNotMet", "Order_Completed"])
        {
            let found = stage.notified(id).await;
            assert_eq!(
                found[1]["processingStatus"]["status"], outcome,
                "{environment}: the reminder asks whether it was read (section 4.12)"
            );
        }
    }
}

#[tokio::test]
async fn section_17_when_nothing_arrives_all_has_failed() {
    let stage = Stage::set_with(|world| {
        world["register"]["organizations"][0]["email"] = json!(NAMED);
        world["outgoing"] = json!({ "undeliverable": [NAMED] });
    })
    .await;
    stage.published(&texts(json!({}))).await;
    stage.publish();
    stage
        .has_reported(&[
            "notification notificationcreated",
            "correspondence correspondencenotificationallfailed",
        ])
        .await;
}

#[tokio::test]
async fn section_12_4_a_refused_order_does_not_stop_the_letter() {
    let stage =
        Stage::set_with(|world| world["outgoing"] = json!({ "notifications_available": false }))
            .await;
    let id = stage.published(&texts(json!({}))).await;
    stage.publish();
    assert!(
        stage.history(&id).await.contains(&"Published".to_owned()),
        "published all the same"
    );
    assert_eq!(
        stage.notified(&id).await,
        Vec::<Value>::new(),
        "there is no order"
    );
    stage
        .has_reported(&["correspondence correspondencenotificationcreationfailed"])
        .await;
}
