//! Letters as they are worded on the way out, and what of the way back has a shape of its own (Correspondence reference,
//! sections 4, 5.1, 12 and 19).
use crate::support::{answer, answer_with, json_answer, overview, with_token};
use altinn_client::{
    CustomRecipient, InitializeCorrespondences, NewAttachment, NewContent, NewCorrespondence,
    NewForward, NewNotification, NotificationChannel, NotificationTemplate, NotificationTexts,
    Role,
};
use serde_json::{Value, json};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0199_0000_0000_4000_8000_0000_0000_0001);

fn letter(notification: Option<NewNotification>) -> InitializeCorrespondences {
    InitializeCorrespondences {
        correspondence: NewCorrespondence {
            resource_id: "letters".to_owned(),
            senders_reference: "ref".to_owned(),
            content: NewContent {
                language: "nb".to_owned(),
                message_title: "Vedtak".to_owned(),
                message_summary: None,
                message_body: "Hei".to_owned(),
            },
            notification,
            ..NewCorrespondence::default()
        },
        recipients: vec!["urn:altinn:organization:identifier-no:986252932".to_owned()],
        existing_attachments: vec![],
        idempotent_key: None,
    }
}

/// Body of the call that hands `letter` over.
async fn sent(letter: &InitializeCorrespondences) -> Value {
    let server =
        with_token(|_| json_answer(200, &json!({ "correspondences": [], "attachmentIds": [] })));
    server.client().initialize(letter).await.unwrap();
    serde_json::from_slice(&server.heard_at("/correspondence/")[0].body).unwrap()
}

/// Paths of all members below `value`.
fn members(value: &Value, at: &str, all: &mut Vec<String>) {
    if let Value::Object(object) = value {
        for (name, inner) in object {
            all.push(format!("{at}{name}"));
            members(inner, &format!("{at}{name}."), all);
        }
    }
}

#[tokio::test]
async fn section_19_a_letter_says_nothing_that_is_refused_or_ignored() {
    let body = sent(&letter(None)).await;
    let mut names = Vec::new();
    members(&body, "", &mut names);
    names.sort();
    assert_eq!(
        names,
        [
            "correspondence",
            "correspondence.allowForwarding",
            "correspondence.content",
            "correspondence.content.language",
            "correspondence.content.messageBody",
            "correspondence.content.messageTitle",
            "correspondence.ignoreReservation",
            "correspondence.isConfidential",
            "correspondence.isConfirmationNeeded",
            "correspondence.resourceId",
            "correspondence.sendersReference",
            "existingAttachments",
            "recipients",
        ],
        "no content.attachments (item 16), no sender (item 32), and nothing null: a null property list is a 500"
    );
}

#[tokio::test]
async fn section_12_3_another_to_alert_is_told_in_exactly_one_way() {
    let alert = NewNotification {
        notification_template: NotificationTemplate::CustomMessage,
        texts: NotificationTexts {
            email_subject: Some("Nytt brev".to_owned()),
            email_body: Some("Logg inn.".to_owned()),
            reminder_email_subject: Some("Fortsatt nytt".to_owned()),
            reminder_email_body: Some("Logg inn nå.".to_owned()),
            ..NotificationTexts::default()
        },
        custom_recipients: vec![
            CustomRecipient::OrganizationNumber("986252932".to_owned()),
            CustomRecipient::NationalIdentityNumber("08900499559".to_owned()),
            CustomRecipient::EmailAddress("a@example.no".to_owned()),
            CustomRecipient::MobileNumber("+4799999999".to_owned()),
        ],
        override_registered_contact_information: true,
        ..NewNotification::generic(NotificationChannel::Email, true)
    };
    assert!(
        !format!("{alert:?}").contains("08900499559")
            && !format!("{alert:?}").contains("example.no"),
        "nobody is named in a log"
    );
    let body = sent(&letter(Some(alert))).await;
    assert_eq!(
        body["correspondence"]["notification"],
        json!({
            "notificationTemplate": "CustomMessage", "notificationChannel": "Email", "sendReminder": true,
            "emailSubject": "Nytt brev", "emailBody": "Logg inn.",
            "reminderEmailSubject": "Fortsatt nytt", "reminderEmailBody": "Logg inn nå.",
            "customRecipients": [{ "organizationNumber": "986252932" }, { "nationalIdentityNumber": "08900499559" },
                { "emailAddress": "a@example.no" }, { "mobileNumber": "+4799999999" }],
            "overrideRegisteredContactInformation": true
        }),
        "unused members are absent: an empty address is refused (items 27 and 28)"
    );
    let generic = sent(&letter(Some(NewNotification::generic(
        NotificationChannel::SmsPreferred,
        false,
    ))))
    .await;
    assert_eq!(
        generic["correspondence"]["notification"],
        json!({ "notificationTemplate": "GenericAltinnMessage", "notificationChannel": "SmsPreferred", "sendReminder": false }),
        "the standard text needs none"
    );
}

#[tokio::test]
async fn section_13_a_letter_is_forwarded() {
    let server = with_token(|_| json_answer(200, &json!(ID)));
    let forward = NewForward {
        forward_to: "a@example.no".to_owned(),
        forwarding_text: None,
    };
    assert_eq!(
        server.client().forward(ID, &forward).await.unwrap(),
        ID,
        "the forwarding's own id"
    );
    let heard = &server.heard_at("/correspondence/")[0];
    assert_eq!(
        (heard.method.as_str(), heard.path.as_str()),
        (
            "POST",
            format!("/correspondence/api/v1/correspondence/{ID}/forward").as_str()
        ),
        "C12"
    );
    let body: Value = serde_json::from_slice(&heard.body).unwrap();
    assert_eq!(
        body,
        json!({ "forwardTo": "a@example.no" }),
        "without an empty text"
    );
    assert!(
        !format!("{forward:?}").contains("example.no"),
        "the address is not shown"
    );
}

#[tokio::test]
async fn section_4_11_and_4_15_files_come_by_the_right_road() {
    let server = with_token(|_| {
        answer_with(
            200,
            &[(
                "Content-Disposition",
                "attachment; filename*=UTF-8''vedtak.zip",
            )],
            "PK",
        )
    });
    let client = server.client();
    let mut all = client.download_all(ID).await.unwrap();
    assert_eq!(all.name.as_deref(), Some("vedtak.zip"), "the zip's name");
    assert_eq!(
        all.chunk().await.unwrap().as_deref(),
        Some(&b"PK"[..]),
        "its bytes"
    );
    client.download_own(ID).await.unwrap();
    let paths: Vec<String> = server
        .heard_at("/correspondence/")
        .into_iter()
        .map(|heard| heard.path)
        .collect();
    assert_eq!(
        paths,
        [
            format!("/correspondence/api/v1/correspondence/{ID}/attachments/downloadall"),
            format!("/correspondence/api/v1/attachment/{ID}/download"),
        ],
        "C11 and A6"
    );
    let tokens = server.heard_at("/api/");
    assert!(
        tokens[0].path.contains("correspondence.read"),
        "the recipient's token for the letter's files"
    );
    assert!(
        tokens[1].path.contains("correspondence.write"),
        "the sender's for its own"
    );
    assert!(
        server
            .heard_at("/correspondence/")
            .iter()
            .all(|heard| heard.header("accept") == Some("*/*")),
        "they declare no type"
    );
}

#[tokio::test]
async fn section_19_31_a_deletion_answers_without_a_body() {
    for (status, body) in [(204, ""), (200, ""), (200, "whatever")] {
        let server = with_token(move |_| answer(status, "text/plain", body));
        server.client().delete_attachment(ID).await.unwrap();
        assert_eq!(
            server.heard_at("/correspondence/")[0].method,
            "DELETE",
            "A5"
        );
    }
}

#[tokio::test]
async fn section_12_5_alerts_tell_what_became_of_them() {
    let server = with_token(|_| {
        let mut details = overview(ID);
        details["statusHistory"] =
            json!([{ "status": "Published", "statusText": "", "statusChanged": null }]);
        details["systemLabel"] = json!("Archive");
        details["notifications"] = json!([{
            "id": "x", "isReminder": true, "notificationChannel": "EmailPreferred", "created": "2026-01-02T03:04:05+00:00",
            "processingStatus": { "status": "Order_Completed", "description": null, "lastUpdate": "2026-01-02T03:04:06+00:00" },
            "notificationStatusDetails": { "email": null, "sms": null, "smses": null, "emails": [{
                "id": null, "succeeded": true, "recipient": { "emailAddress": "kari@varsel.example", "mobileNumber": null },
                "sendStatus": { "status": "Email_Delivered", "description": null, "lastUpdate": null } }] }
        }, { "isReminder": false }]);
        json_answer(200, &details)
    });
    let details = server.client().details(Role::Sender, ID).await.unwrap();
    assert_eq!(details.system_label, "Archive", "Dialogporten's label");
    let alert = &details.notifications[0];
    assert!(alert.is_reminder, "the reminder");
    assert_eq!(
        alert.processing_status.status, "Order_Completed",
        "the order"
    );
    let email = &alert.notification_status_details.emails[0];
    assert_eq!(
        (email.succeeded, email.send_status.status.as_str()),
        (true, "Email_Delivered"),
        "the message"
    );
    assert_eq!(
        email.recipient.email_address.as_deref(),
        Some("kari@varsel.example"),
        "and whom it went to"
    );
    assert!(
        !format!("{details:?}").contains("varsel.example"),
        "which no log needs to know"
    );
    assert!(
        details.notifications[1]
            .notification_status_details
            .emails
            .is_empty(),
        "what is left out is empty"
    );
}

#[tokio::test]
async fn section_19_15_a_burnt_attachment_is_begun_anew() {
    let server = with_token(|heard| match heard.method.as_str() {
        "POST" if heard.path.ends_with("/upload") => {
            json_answer(400, &json!({ "status": 400, "errorCode": 2008 }))
        }
        _ => json_answer(
            200,
            &json!(Uuid::from_u128(u128::from(heard.body.len() as u64))),
        ),
    });
    let client = server.client();
    let new = NewAttachment {
        resource_id: "letters".to_owned(),
        file_name: "a.pdf".to_owned(),
        display_name: None,
        is_encrypted: false,
        checksum: None,
        senders_reference: "r".to_owned(),
        expiration_in_days: None,
    };
    let id = client.initialize_attachment(&new).await.unwrap();
    let bytes =
        futures_util::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from_static(b"x"))]);
    let error = client.upload(id, 1, bytes, |_| {}).await.unwrap_err();
    assert_eq!(error.code(), Some(2008), "the checksum differs");
    assert_eq!(
        error.retry(),
        altinn_client::Retry::Never,
        "the same id is never tried again"
    );
    let uploads = server
        .heard()
        .iter()
        .filter(|heard| heard.path.ends_with("/upload"))
        .count();
    assert_eq!(uploads, 1, "and not behind the caller's back either");
}
