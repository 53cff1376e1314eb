//! Sections 5.3, 6.1, 7.3, 14 and 16: what comes of letters whose attributes hold.

use crate::stage::*;
use reqwest::StatusCode;
use serde_json::{Value, json};

type Change = fn(&mut Value);

#[tokio::test]
async fn section_5_1_what_is_accepted_is_answered_and_stored() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let body = letter_with(|it| {
        it["recipients"] = json!([format!("0192:{ORG}"), PERSON]);
        it["correspondence"]["resourceId"] = json!("urn:altinn:resource:letters");
        it["correspondence"]["sender"] = json!("0192:310702640");
        it["correspondence"]["requestedPublishTime"] = json!("2020-05-05T10:00:00.1234567+02:00");
        it["correspondence"]["content"]["messageTitle"] = json!("Til {{recipientName}}");
        it["correspondence"]["content"]["language"] = json!("NN");
        it["correspondence"]["propertyList"] = json!({ "saksnummer": "26/1" });
        it["Correspondence"] = it["correspondence"].take();
        it.as_object_mut().unwrap().remove("correspondence");
        it["unheardOf"] = json!({ "x": 1 });
    });
    let answer = stage.post_json("correspondence", &token, &body).await;
    answer.is_ok("names are read in any case, unknown members ignored");
    let answer = answer.json();
    assert_eq!(answer["attachmentIds"], json!([]), "no attachments");
    assert_eq!(
        answer["correspondences"][0]["recipient"],
        format!("urn:altinn:organization:identifier-no:{ORG}"),
        "normalised, in order"
    );
    assert_eq!(
        answer["correspondences"][1]["recipient"],
        format!("urn:altinn:person:identifier-no:{PERSON}"),
        "normalised, in order"
    );
    assert_eq!(
        answer["correspondences"][1]["status"], "ReadyForPublish",
        "nothing is pending"
    );
    assert_eq!(
        answer["correspondences"][1]["notifications"],
        Value::Null,
        "always null"
    );
    let id = answer["correspondences"][1]["correspondenceId"]
        .as_str()
        .unwrap();
    let overview = stage
        .get(&format!("correspondence/{id}"), &token)
        .await
        .json();
    assert_eq!(overview["resourceId"], "letters", "the prefix is dropped");
    assert_eq!(
        overview["sender"],
        format!("urn:altinn:organization:identifier-no:{OWNER}"),
        "the sender given is ignored"
    );
    assert_eq!(
        overview["requestedPublishTime"], "2020-05-05T08:00:00.123456+00:00",
        "UTC, microseconds, a numeric offset"
    );
    assert_eq!(
        overview["content"]["messageTitle"], "Til Aksel Syntetisk-Nordmann",
        "the name is put in, in title case"
    );
    assert_eq!(overview["content"]["language"], "NN", "stored as sent");
    assert_eq!(
        overview["propertyList"]["saksnummer"], "26/1",
        "properties are kept"
    );
    assert_eq!(overview["messageSender"], "", "unset is empty");
    assert_eq!(overview["ignoreReservation"], false, "unset reads false");
    assert!(
        overview.as_object().unwrap().contains_key("published"),
        "nulls are written"
    );
}

#[tokio::test]
async fn section_6_1_a_key_is_used_once() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let key = "44444444-4444-4444-8444-444444444444";
    let keyed = letter_with(|it| it["idempotentKey"] = json!(key));
    let refused = letter_with(|it| {
        it["idempotentKey"] = json!(key);
        it["correspondence"]["messageSender"] = json!("<b>x</b>");
    });
    stage
        .post_json("correspondence", &token, &refused)
        .await
        .is_refused(400, 1039, "the first try breaks a rule");
    let calls = (0..16).map(|_| stage.post_json("correspondence", &token, &keyed));
    let answers = futures_util::future::join_all(calls).await;
    let taken: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == StatusCode::OK)
        .collect();
    assert_eq!(
        taken.len(),
        1,
        "a refused call does not use the key up, and of concurrent ones exactly one wins"
    );
    for answer in answers
        .iter()
        .filter(|answer| answer.status != StatusCode::OK)
    {
        answer.is_refused(409, 1034, "the others lose");
    }
    let elsewhere = letter_with(|it| {
        it["idempotentKey"] = json!(key);
        it["correspondence"]["resourceId"] = json!("elsewhere");
    });
    let stranger = stage.organisation(OTHER_OWNER, WRITE).await;
    stage
        .post_json("correspondence", &stranger, &elsewhere)
        .await
        .is_refused(409, 1034, "one table for all senders, before access");
    let found = stage
        .get(
            &format!("correspondence?resourceId=letters&role=Sender&idempotentKey={key}"),
            &token,
        )
        .await;
    assert_eq!(
        found.json()["ids"][0],
        taken[0].json()["correspondences"][0]["correspondenceId"],
        "the list finds the one that won"
    );
}

#[tokio::test]
async fn section_7_3_reservation_stops_one_and_marks_among_several() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let several = letter_with(|it| it["recipients"] = json!([PERSON, RESERVED]));
    let answer = stage.post_json("correspondence", &token, &several).await;
    answer.is_ok("several are taken");
    let answer = answer.json();
    assert_eq!(
        answer["correspondences"][0]["status"], "ReadyForPublish",
        "the other proceeds"
    );
    assert_eq!(
        answer["correspondences"][1]["status"], "Reserved",
        "the reserved one is marked"
    );
    stage.publish();
    let id = answer["correspondences"][1]["correspondenceId"]
        .as_str()
        .unwrap();
    let overview = stage
        .get(&format!("correspondence/{id}"), &token)
        .await
        .json();
    assert_eq!(
        overview["status"], "Failed",
        "the reserved one fails at publication"
    );
    let ignoring = letter_with(|it| {
        it["recipients"] = json!([RESERVED]);
        it["correspondence"]["ignoreReservation"] = json!(true);
    });
    let id = stage.published(&ignoring).await;
    assert!(
        stage.history(&id).await.contains(&"Published".to_owned()),
        "ignored, the letter goes out"
    );
}

#[tokio::test]
async fn section_7_3_without_the_reservation_register_only_overriding_letters_go() {
    let stage = Stage::set_with(|world| world["reservations"]["available"] = json!(false)).await;
    let token = stage.organisation(OWNER, WRITE).await;
    let to_person = letter_with(|it| it["recipients"] = json!([PERSON]));
    stage
        .post_json("correspondence", &token, &to_person)
        .await
        .is_refused(500, 1032, "the register is down");
    stage
        .post_json("correspondence", &token, &letter())
        .await
        .is_ok("organisations are not looked up");
    let ignoring = letter_with(|it| {
        it["recipients"] = json!([PERSON]);
        it["correspondence"]["ignoreReservation"] = json!(true);
    });
    stage
        .post_json("correspondence", &token, &ignoring)
        .await
        .is_ok("overriding does not ask");
}

#[tokio::test]
async fn section_14_confidentiality_follows_the_resource() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for (resource, flag) in [
        ("confidential", true),
        ("explicit", true),
        ("explicit", false),
        ("letters", false),
    ] {
        let body = letter_with(|it| {
            it["correspondence"]["resourceId"] = json!(resource);
            it["correspondence"]["isConfidential"] = json!(flag);
        });
        stage
            .post_json("correspondence", &token, &body)
            .await
            .is_ok("resource and flag agree");
    }
}

#[tokio::test]
async fn section_6_a_caller_that_the_register_does_not_know_is_no_party() {
    let stage = Stage::set_with(|world| world["register"]["unknown"] = json!([OWNER])).await;
    let token = stage.organisation(OWNER, WRITE).await;
    stage
        .post_json("correspondence", &token, &letter())
        .await
        .is_refused(400, 4002, "the party is unknown");
}

#[tokio::test]
async fn section_16_a_letter_on_a_dialog_is_a_transmission() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let first = stage.published(&letter()).await;
    let references = stage
        .get(&format!("correspondence/{first}"), &token)
        .await
        .json()["externalReferences"]
        .clone();
    assert_eq!(
        references[0]["referenceType"], "DialogportenDialogId",
        "the server adds the dialog"
    );
    let on_dialog = |change: Change| {
        letter_with(|it| {
            it["correspondence"]["externalReferences"] = references.clone();
            change(it);
        })
    };
    let to_another = on_dialog(|it| it["recipients"] = json!([PERSON]));
    stage
        .post_json("correspondence", &token, &to_another)
        .await
        .is_refused(400, 1046, "the dialog is another party's");
    let stranger = stage.organisation(OTHER_OWNER, WRITE).await;
    let of_another = on_dialog(|it| it["correspondence"]["resourceId"] = json!("elsewhere"));
    stage
        .post_json("correspondence", &stranger, &of_another)
        .await
        .is_refused(400, 1050, "the dialog is another owner's");
    let in_app = on_dialog(|it| it["correspondence"]["resourceId"] = json!("app_digdir_case"));
    stage
        .post_json("correspondence", &token, &in_app)
        .await
        .is_ok("an app may, on a dialog");
    let second = stage.published(&on_dialog(|_| ())).await;
    let overview = stage
        .get(&format!("correspondence/{second}"), &token)
        .await
        .json();
    let kinds: Vec<&str> = overview["externalReferences"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["referenceType"].as_str())
        .collect();
    assert_eq!(
        kinds,
        ["DialogportenDialogId", "DialogportenTransmissionId"],
        "at publication it gets its transmission id"
    );
    let recipient = stage.organisation(ORG, READ).await;
    stage
        .delete(&format!("correspondence/{second}/purge"), &recipient)
        .await
        .is_refused(400, 1043, "transmissions stay");
}

#[tokio::test]
async fn section_6_existing_attachments_must_be_ready_ones_own_and_lasting() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let with = |id: &str| letter_with(|it| it["existingAttachments"] = json!([id]));
    let fresh = stage
        .post_json("attachment", &token, &attachment())
        .await
        .json();
    let fresh = fresh.as_str().unwrap();
    stage
        .post_json("correspondence", &token, &with(fresh))
        .await
        .is_refused(400, 1018, "nothing was uploaded");
    stage
        .upload(fresh, &token, b"bytes".to_vec())
        .await
        .is_ok("uploaded");
    stage
        .post_json("correspondence", &token, &with(fresh))
        .await
        .is_refused(400, 1018, "the scan has not answered");
    stage.publish();
    stage
        .post_json("correspondence", &token, &with(fresh))
        .await
        .is_ok("published");
    let stranger = stage.organisation(OTHER_OWNER, WRITE).await;
    let theirs = letter_with(|it| {
        it["existingAttachments"] = json!([fresh]);
        it["correspondence"]["resourceId"] = json!("elsewhere");
    });
    stage
        .post_json("correspondence", &stranger, &theirs)
        .await
        .is_refused(400, 1017, "another sender's");
    let brief = stage
        .attachment(|it| it["expirationInDays"] = json!(1), b"brief")
        .await;
    stage
        .post_json("correspondence", &token, &with(&brief))
        .await
        .is_ok("a day is left");
    stage
        .sandbox
        .advance(std::time::Duration::from_secs(19 * 3600));
    let token = stage.organisation(OWNER, WRITE).await;
    stage
        .post_json("correspondence", &token, &with(&brief))
        .await
        .is_refused(400, 1055, "five hours are left");
}

#[tokio::test]
async fn section_13_forwarding_limits_the_size() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let large = stage.attachment(|_| (), &vec![7; 10_000_001]).await;
    let body = |allow: bool| {
        letter_with(|it| {
            it["existingAttachments"] = json!([large]);
            it["correspondence"]["allowForwarding"] = json!(allow);
        })
    };
    stage
        .post_json("correspondence", &token, &body(true))
        .await
        .is_refused(400, 1069, "a byte above 10 MB");
    stage
        .post_json("correspondence", &token, &body(false))
        .await
        .is_ok("without forwarding it may be larger");
}

/// Section 6, steps 17, 18, 21 and 23: what is tried first within a step.
#[tokio::test]
async fn section_6_steps_17_and_18_have_an_order_of_their_own() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let stranger = stage.organisation(OTHER_OWNER, WRITE).await;
    let first = stage.published(&letter()).await;
    let overview = stage
        .get(&format!("correspondence/{first}"), &token)
        .await
        .json();
    let dialog = overview["externalReferences"][0]["referenceValue"]
        .as_str()
        .unwrap();
    // Each breaks its own rule and all later ones.
    let steps: [(&str, bool, bool, &str, u16); 5] = [
        ("x", true, true, "elsewhere", 1048),
        (dialog, true, true, "elsewhere", 1045),
        (dialog, false, true, "elsewhere", 1051),
        (dialog, false, false, "elsewhere", 1050),
        (dialog, false, false, "letters", 1046),
    ];
    for (dialog, to_several, with_replies, resource, code) in steps {
        let body = letter_with(|it| {
            it["recipients"] = if to_several {
                json!([PERSON, format!("0192:{ROLELESS_ORG}")])
            } else {
                json!([PERSON])
            };
            it["correspondence"]["resourceId"] = json!(resource);
            it["correspondence"]["externalReferences"] =
                json!([{ "referenceType": 3, "referenceValue": dialog }]);
            if with_replies {
                it["correspondence"]["replyOptions"] = json!([{ "linkURL": "https://x.no" }]);
            }
        });
        let token = if resource == "letters" {
            &token
        } else {
            &stranger
        };
        stage
            .post_json("correspondence", token, &body)
            .await
            .is_refused(400, code, "step 17");
    }
    let file = stage.attachment(|_| (), b"x").await;
    let body = letter_with(|it| {
        it["correspondence"]["resourceId"] = json!("elsewhere");
        it["existingAttachments"] = json!(["77777777-7777-4777-8777-777777777777", file]);
    });
    stage
        .post_json("correspondence", &stranger, &body)
        .await
        .is_refused(400, 1017, "step 18: another's goes before an unknown one");
}

#[tokio::test]
async fn section_6_step_21_counts_files_that_were_there_and_new_ones() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let half = stage.attachment(|_| (), &vec![7; 5_000_000]).await;
    for (bytes, code) in [(5_000_000, None), (5_000_001, Some(1069))] {
        let file = "Correspondence.Content.Attachments[0]";
        let form = reqwest::multipart::Form::new()
            .text("Recipients[0]", format!("0192:{ORG}"))
            .text("ExistingAttachments[0]", half.clone())
            .text("Correspondence.ResourceId", "letters")
            .text("Correspondence.SendersReference", "r")
            .text("Correspondence.AllowForwarding", "true")
            .text("Correspondence.Content.MessageTitle", "T")
            .text("Correspondence.Content.MessageBody", "B")
            .text(format!("{file}.FileName"), "a.pdf")
            .text(format!("{file}.SendersReference"), "1")
            .part(
                "attachments",
                reqwest::multipart::Part::bytes(vec![8; bytes]).file_name("a.pdf"),
            );
        let request = stage.request(reqwest::Method::POST, "correspondence/upload", &token);
        let answer = stage.send(request.multipart(form)).await;
        match code {
            Some(code) => answer.is_refused(400, code, "a byte above 10 MB in all"),
            None => answer.is_ok("10 MB in all"),
        }
    }
}

#[tokio::test]
async fn section_6_step_23_the_latest_live_letter_decides_how_long_a_file_lasts() {
    let stage = Stage::set().await;
    let file = stage
        .attachment(|it| it["expirationInDays"] = json!(1), b"x")
        .await;
    let hour = 3600;
    let with = |publish_in: i64| {
        letter_with(|it| {
            it["existingAttachments"] = json!([file]);
            it["correspondence"]["requestedPublishTime"] = json!(in_seconds(publish_in));
        })
    };
    stage.sent(&with(0)).await;
    let later = stage.sent(&with(10 * hour)).await;
    stage
        .sandbox
        .advance(std::time::Duration::from_secs(20 * 3600));
    let again = async || {
        let token = stage.organisation(OWNER, WRITE).await;
        stage
            .post_json(
                "correspondence",
                &token,
                &letter_with(|it| it["existingAttachments"] = json!([file])),
            )
            .await
    };
    let third = again().await;
    third.is_ok("the later letter keeps it for 14 hours more");
    let recipient = stage.organisation(ORG, READ).await;
    stage.publish();
    let third = third.json()["correspondences"][0]["correspondenceId"]
        .as_str()
        .unwrap()
        .to_owned();
    for id in [later, third] {
        stage
            .delete(&format!("correspondence/{id}/purge"), &recipient)
            .await
            .is_ok("the later ones are purged");
    }
    again()
        .await
        .is_refused(400, 1055, "four hours are left by the only live one");
}

#[tokio::test]
async fn section_6_1_a_key_does_not_age() {
    let stage = Stage::set().await;
    let keyed =
        letter_with(|it| it["idempotentKey"] = json!("44444444-4444-4444-8444-444444444444"));
    stage.sent(&keyed).await;
    stage
        .sandbox
        .advance(std::time::Duration::from_secs(800 * 24 * 3600));
    let token = stage.organisation(OWNER, WRITE).await;
    let other = letter_with(|it| {
        it["idempotentKey"] = keyed["idempotentKey"].clone();
        it["correspondence"]["content"]["messageTitle"] = json!("Noe annet");
    });
    for body in [keyed.clone(), other] {
        stage
            .post_json("correspondence", &token, &body)
            .await
            .is_refused(409, 1034, "two years later, whatever the body");
    }
}
