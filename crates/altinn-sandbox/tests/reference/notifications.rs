//! Section 12: notifications asked for with a letter.

use crate::stage::*;
use serde_json::{Value, json};

fn letter_notified(notification: &Value) -> Value {
    letter_with(|it| it["correspondence"]["notification"] = notification.clone())
}

#[tokio::test]
async fn section_12_2_texts_are_required_by_channel() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let cases = [
        (
            "Email without body",
            json!({ "notificationChannel": "Email", "emailSubject": "s" }),
            3002,
        ),
        ("no channel means Email", json!({ "smsBody": "t" }), 3002),
        (
            "Sms without text",
            json!({ "notificationChannel": "sms", "smsBody": "" }),
            3004,
        ),
        (
            "preferred without text",
            json!({ "notificationChannel": 2, "emailSubject": "s", "emailBody": "b" }),
            3006,
        ),
        (
            "preferred without subject",
            json!({ "notificationChannel": "SmsPreferred", "emailBody": "b", "smsBody": "t" }),
            3006,
        ),
        (
            "both without text",
            json!({ "notificationChannel": "EmailAndSms", "emailSubject": "s", "emailBody": "b" }),
            3024,
        ),
        (
            "a reminder never falls back to the main texts",
            json!({ "notificationChannel": "Email", "emailSubject": "s", "emailBody": "b", "sendReminder": true }),
            3003,
        ),
        (
            "reminder by Sms",
            json!({ "notificationChannel": "Sms", "smsBody": "t", "sendReminder": true }),
            3005,
        ),
        (
            "reminder by a preferred channel of its own",
            json!({ "notificationChannel": "Sms", "smsBody": "t", "sendReminder": true, "reminderNotificationChannel": "EmailPreferred" }),
            3007,
        ),
        (
            "reminder by both",
            json!({ "notificationChannel": "Sms", "smsBody": "t", "sendReminder": true, "reminderNotificationChannel": 4 }),
            3025,
        ),
    ];
    for (why, notification, code) in cases {
        stage
            .post_json("correspondence", &token, &letter_notified(&notification))
            .await
            .is_refused(400, code, why);
    }
    let enough = [
        json!({ "notificationTemplate": "GenericAltinnMessage", "sendReminder": true }),
        json!({ "notificationChannel": "Email", "emailSubject": "s", "emailBody": "b" }),
        json!({ "notificationChannel": "EmailAndSms", "emailSubject": "s", "emailBody": "b", "smsBody": "t" }),
    ];
    for notification in enough {
        stage
            .post_json("correspondence", &token, &letter_notified(&notification))
            .await
            .is_ok("all that the channel needs is there");
    }
}

#[tokio::test]
async fn section_12_3_custom_recipients_have_rules_before_texts() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let custom =
        |recipients: Value| json!({ "notificationTemplate": 1, "customRecipients": recipients });
    let cases = [
        (
            "override without recipients",
            json!({ "overrideRegisteredContactInformation": true }),
            3022,
        ),
        ("nobody", custom(json!([{}])), 3019),
        (
            "two identifiers",
            custom(json!([{ "emailAddress": "a@b.no", "mobileNumber": "+4799999999" }])),
            3018,
        ),
        (
            "a broken address",
            custom(json!([{ "emailAddress": "a@b.no;c@d.no" }])),
            3011,
        ),
        (
            "a number without country",
            custom(json!([{ "mobileNumber": "99999999" }])),
            3012,
        ),
        (
            "an empty address beside an organisation",
            custom(json!([{ "organizationNumber": ORG, "emailAddress": "" }])),
            3011,
        ),
        (
            "an empty number beside an organisation",
            custom(json!([{ "organizationNumber": ORG, "mobileNumber": "" }])),
            3012,
        ),
        (
            "a name that an address does not have",
            json!({ "emailSubject": "Hei $RecipientName$", "emailBody": "b", "customRecipients": [{ "emailAddress": "a@b.no" }] }),
            3015,
        ),
        (
            "the deprecated single one",
            json!({ "notificationTemplate": 1, "customRecipient": { "emailAddress": "x" } }),
            3011,
        ),
        (
            "the deprecated overrides",
            json!({
                "notificationTemplate": 1,
                "customNotificationRecipients": [{ "recipientToOverride": ORG, "recipients": [{ "mobileNumber": "1" }] }],
            }),
            3012,
        ),
    ];
    for (why, notification, code) in cases {
        stage
            .post_json("correspondence", &token, &letter_notified(&notification))
            .await
            .is_refused(400, code, why);
    }
    let mut several = letter_notified(&custom(json!([{ "emailAddress": "a@b.no" }])));
    several["recipients"] = json!([PERSON, format!("0192:{ORG}")]);
    stage
        .post_json("correspondence", &token, &several)
        .await
        .is_refused(400, 3017, "custom recipients go with one recipient");
    let valid = custom(
        json!([{ "emailAddress": "\"ola n\"@eksempel.no", "isReserved": true }, { "mobileNumber": "004799999999" }]),
    );
    stage
        .post_json("correspondence", &token, &letter_notified(&valid))
        .await
        .is_ok("each has exactly one valid identifier");
}

#[tokio::test]
async fn section_12_1_template_numbers_end_in_three_ways() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let two = letter_notified(&json!({ "notificationTemplate": 2 }));
    stage
        .post_json("correspondence", &token, &two)
        .await
        .is_refused(404, 3001, "number 2 is let through and found missing");
    let seven = letter_with(|it| {
        it["correspondence"]["notification"] = json!({ "notificationTemplate": 7 });
        it["correspondence"]["resourceId"] = json!("nothing-here");
    });
    let answer = stage.post_json("correspondence", &token, &seven).await;
    assert_eq!(answer.status.as_u16(), 400, "other numbers are refused");
    assert!(
        answer.json().is_string(),
        "with a bare text as the whole body, before the resource is looked at"
    );
    let named = letter_notified(&json!({ "notificationTemplate": "Nothing" }));
    let answer = stage.post_json("correspondence", &token, &named).await;
    answer.is_invalid(
        "$.correspondence.notification.notificationTemplate",
        "an unknown name is a parse failure",
    );
    answer.is_invalid("request", "which also complains about the body as such");
    let channel = letter_notified(&json!({ "notificationChannel": 9 }));
    stage
        .post_json("correspondence", &token, &channel)
        .await
        .is_invalid(
            "Correspondence.Notification.NotificationChannel",
            "an undefined channel",
        );
    let long = letter_notified(&json!({ "emailSubject": "x".repeat(513) }));
    stage
        .post_json("correspondence", &token, &long)
        .await
        .is_invalid("Correspondence.Notification.EmailSubject", "a long subject");
}

#[tokio::test]
async fn section_12_1_texts_have_their_limits() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for (name, key, limit) in [
        ("emailSubject", "EmailSubject", 512),
        ("reminderEmailSubject", "ReminderEmailSubject", 512),
        ("emailBody", "EmailBody", 10_000),
        ("reminderEmailBody", "ReminderEmailBody", 10_000),
        ("smsBody", "SmsBody", 2144),
        ("reminderSmsBody", "ReminderSmsBody", 2144),
    ] {
        let with = |length: usize| {
            letter_notified(&json!({ "notificationTemplate": 1, name: "x".repeat(length) }))
        };
        stage
            .post_json("correspondence", &token, &with(limit))
            .await
            .is_ok(name);
        stage
            .post_json("correspondence", &token, &with(limit + 1))
            .await
            .is_invalid(&format!("Correspondence.Notification.{key}"), name);
    }
    for (name, value) in [
        ("sendReminder", Value::Null),
        ("overrideRegisteredContactInformation", Value::Null),
        ("reminderNotificationChannel", json!(9)),
        ("emailContentType", json!(2)),
    ] {
        let key = name[..1].to_uppercase() + &name[1..];
        let body = letter_notified(&json!({ "notificationTemplate": 1, name: value }));
        stage
            .post_json("correspondence", &token, &body)
            .await
            .is_invalid(&format!("Correspondence.Notification.{key}"), name);
    }
    let keyless = letter_notified(
        &json!({ "notificationTemplate": 1, "customNotificationRecipients": [{}] }),
    );
    stage
        .post_json("correspondence", &token, &keyless)
        .await
        .is_invalid("$", "the deprecated overrides have keys that must be there");
}

/// Each breaks its rule and leaves the others be; the earlier answers, and all go before the texts.
#[tokio::test]
async fn section_12_3_custom_recipients_are_checked_in_order() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let named = json!({ "emailSubject": "$recipientName$" });
    let cases = [
        (
            json!([{}, { "emailAddress": "x" }]),
            json!({}),
            true,
            3017,
            "several recipients before none",
        ),
        (
            json!([{}, { "emailAddress": "x" }]),
            named.clone(),
            false,
            3019,
            "none before an address",
        ),
        (
            json!([{ "emailAddress": "x", "mobileNumber": "1" }]),
            named.clone(),
            false,
            3018,
            "two before a name",
        ),
        (
            json!([{ "emailAddress": "x" }]),
            named.clone(),
            false,
            3015,
            "a name before an address",
        ),
        (
            json!([{ "mobileNumber": "1" }]),
            named,
            false,
            3015,
            "a name before a number",
        ),
        (
            json!([{ "emailAddress": "x" }]),
            json!({}),
            false,
            3011,
            "an address before the texts",
        ),
        (
            json!([{ "mobileNumber": "1" }]),
            json!({}),
            false,
            3012,
            "a number before the texts",
        ),
        (
            json!([{ "organizationNumber": ORG }]),
            json!({}),
            false,
            3002,
            "then the texts",
        ),
    ];
    for (recipients, texts, to_several, code, why) in cases {
        let mut notification = texts;
        notification["customRecipients"] = recipients;
        let mut body = letter_notified(&notification);
        if to_several {
            body["recipients"] = json!([PERSON, format!("0192:{ORG}")]);
        }
        stage
            .post_json("correspondence", &token, &body)
            .await
            .is_refused(400, code, why);
    }
    let both = json!({ "notificationTemplate": 1, "customRecipients": [], "customRecipient": { "mobileNumber": "1" },
        "customNotificationRecipients": [{ "recipientToOverride": ORG, "recipients": [{ "emailAddress": "x" }] }] });
    stage
        .post_json("correspondence", &token, &letter_notified(&both))
        .await
        .is_refused(
            400,
            3012,
            "12.1: an empty list leaves it to the single one, which goes before the overrides",
        );
}

/// Section 12.2, row by row: with all texts it is taken, and without any one of them it is not.
#[tokio::test]
async fn section_12_2_each_text_of_each_channel_is_needed() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let (email, sms) = (["emailSubject", "emailBody"], "smsBody");
    let needs: [(&str, Vec<&str>, u16, u16); 5] = [
        ("Email", email.to_vec(), 3002, 3003),
        ("Sms", vec![sms], 3004, 3005),
        ("EmailPreferred", [&email[..], &[sms]].concat(), 3006, 3007),
        ("SmsPreferred", [&email[..], &[sms]].concat(), 3006, 3007),
        ("EmailAndSms", [&email[..], &[sms]].concat(), 3024, 3025),
    ];
    let reminder = |name: &str| format!("reminder{}{}", name[..1].to_uppercase(), &name[1..]);
    for (channel, texts, code, of_reminder) in needs {
        let mut whole = json!({ "notificationChannel": channel, "sendReminder": true });
        for text in &texts {
            whole[*text] = json!("x");
            whole[reminder(text)] = json!("x");
        }
        stage
            .post_json("correspondence", &token, &letter_notified(&whole))
            .await
            .is_ok(channel);
        for text in &texts {
            for (missing, code) in [((*text).to_owned(), code), (reminder(text), of_reminder)] {
                for empty in [json!(""), Value::Null] {
                    let mut body = whole.clone();
                    body[&missing] = empty;
                    stage
                        .post_json("correspondence", &token, &letter_notified(&body))
                        .await
                        .is_refused(400, code, &format!("{channel} without {missing}"));
                }
            }
        }
        let mut unwanted = whole.clone();
        unwanted["sendReminder"] = json!(false);
        for text in &texts {
            unwanted[reminder(text)] = Value::Null;
        }
        stage
            .post_json("correspondence", &token, &letter_notified(&unwanted))
            .await
            .is_ok("a reminder nobody wants needs no texts");
    }
}

#[tokio::test]
async fn section_12_1_what_is_ignored_and_what_takes_the_place_of_what() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let whole = json!({
        "notificationTemplate": "genericaltinnmessage", "sendersReference": "mine", "reminderEmailContentType": 1,
        "customNotificationRecipients": [
            { "recipientToOverride": "nobody", "recipients": [{ "emailAddress": "a@b.no" }, { "emailAddress": "c@d.no" }] },
            { "recipientToOverride": "nobody", "recipients": [{ "emailAddress": "broken" }] },
        ],
    });
    let id = stage.published(&letter_notified(&whole)).await;
    let overview = stage
        .get(&format!("correspondence/{id}"), &token)
        .await
        .json();
    assert_eq!(
        overview["notifications"].as_array().unwrap().len(),
        3,
        "the recipient, and all of the first override's; the others are not even looked at"
    );
    stage.publish();
    let details = stage
        .get(&format!("correspondence/{id}/details"), &token)
        .await
        .json();
    assert_eq!(
        details["notifications"][0]["sendersReference"], "ref-1",
        "the letter's own reference, not the notification's"
    );
    let undefined = json!({ "notificationTemplate": 1, "reminderEmailContentType": 7 });
    stage
        .post_json("correspondence", &token, &letter_notified(&undefined))
        .await
        .is_invalid(
            "Correspondence.Notification.ReminderEmailContentType",
            "no such type",
        );
}
