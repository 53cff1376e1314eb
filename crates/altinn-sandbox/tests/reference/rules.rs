//! Section 6: of two broken rules the earlier one answers. And sections 7.3 and 14, where the answer depends on who receives.

use serde_json::{Value, json};

use crate::stage::*;

type Change = fn(&mut Value);

const DIALOG: &str = "22222222-2222-4222-8222-222222222222";

/// The rules by their step, in the order in which they are tried; each change breaks its rule, and no other by itself.
const STEPS: &[(u8, u16, u16, Change)] = &[
    (1, 400, 1047, |it| {
        it["idempotentKey"] = json!("11111111-1111-4111-8111-111111111111");
        it["recipients"] = json!([format!("0192:{ORG}"), PERSON]);
    }),
    (3, 400, 1036, |it| {
        it["correspondence"]["resourceId"] = json!("nothing-here")
    }),
    (4, 401, 4001, |it| {
        it["correspondence"]["resourceId"] = json!("elsewhere")
    }),
    (5, 400, 4010, |it| {
        it["correspondence"]["resourceId"] = json!("broker")
    }),
    (7, 400, 1061, |it| {
        it["correspondence"]["isConfidential"] = json!(true)
    }),
    (8, 400, 1068, |it| {
        it["correspondence"]["resourceId"] = json!("level3");
        it["correspondence"]["allowForwarding"] = json!(true);
    }),
    (9, 400, 1006, |it| {
        it["recipients"] = json!([PERSON, PERSON])
    }),
    (10, 404, 1029, |it| {
        it["recipients"] = json!([format!("0192:{UNKNOWN_ORG}")])
    }),
    (11, 400, 1016, |it| {
        it["correspondence"]["isConfirmationNeeded"] = json!(true);
        it["correspondence"]["dueDateTime"] = Value::Null;
    }),
    (12, 422, 1030, |it| it["recipients"] = json!([RESERVED])),
    (13, 400, 1008, |it| {
        it["correspondence"]["dueDateTime"] = json!("2001-01-01T00:00:00Z")
    }),
    (14, 400, 1002, |it| {
        it["correspondence"]["content"]["messageTitle"] = json!("<b>x</b>")
    }),
    (14, 400, 1023, |it| {
        it["correspondence"]["content"]["language"] = json!("se")
    }),
    (15, 400, 1039, |it| {
        it["correspondence"]["messageSender"] = json!("<b>x</b>")
    }),
    (16, 400, 1053, |it| {
        it["correspondence"]["externalReferences"] =
            json!([{ "referenceType": 6, "referenceValue": "1" }]);
    }),
    (17, 404, 1054, |it| {
        // A transmission takes none, which is an earlier rule of this step.
        it["correspondence"]["replyOptions"] = Value::Null;
        it["correspondence"]["externalReferences"] =
            json!([{ "referenceType": 3, "referenceValue": DIALOG }]);
    }),
    (18, 400, 1007, |it| {
        it["existingAttachments"] = json!([DIALOG])
    }),
    (19, 400, 1038, |it| {
        let file = json!({ "fileName": "a.exe", "sendersReference": "1" });
        it["correspondence"]["content"]["attachments"] = json!(vec![file; 101]);
    }),
    (22, 400, 2013, |it| {
        it["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": "a.exe", "sendersReference": "1" }]);
    }),
    (22, 400, 1005, |it| {
        it["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": "a.pdf", "sendersReference": "1", "expirationInDays": 0 }]);
    }),
    (24, 400, 1035, |it| {
        it["correspondence"]["replyOptions"] = json!([{ "linkURL": "http://example.com" }])
    }),
    (26, 404, 3001, |it| {
        it["correspondence"]["notification"] = json!({ "notificationTemplate": 2 })
    }),
    (27, 400, 3002, |it| {
        it["correspondence"]["notification"] = json!({ "notificationChannel": "Email" })
    }),
];

#[tokio::test]
async fn section_6_the_first_rule_broken_answers() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for (at, (step, status, code, breaks)) in STEPS.iter().enumerate() {
        for (later, _, other, breaks_later) in &STEPS[at + 1..] {
            // The earlier rule is broken last, so that where both want one member the earlier has it.
            let body = letter_with(|it| {
                breaks_later(it);
                breaks(it);
            });
            let why = format!("step {step} goes before step {later} ({code} before {other})");
            stage
                .post_json("correspondence", &token, &body)
                .await
                .is_refused(*status, *code, &why);
        }
    }
}

#[tokio::test]
async fn section_6_attributes_and_the_template_number_go_before_every_rule() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for (_, _, _, breaks) in STEPS {
        let body = letter_with(|it| {
            breaks(it);
            it["correspondence"]["sendersReference"] = json!("");
        });
        stage
            .post_json("correspondence", &token, &body)
            .await
            .is_invalid("Correspondence.SendersReference", "attributes come first");
        let body = letter_with(|it| {
            breaks(it);
            it["correspondence"]["notification"] = json!({ "notificationTemplate": 9 });
        });
        let answer = stage.post_json("correspondence", &token, &body).await;
        assert!(
            answer.json().is_string(),
            "3.3: then the template's number: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn section_18_details_name_whom_they_concern() {
    let stage = Stage::set_with(|world| {
        world["register"]["unknown"] = json!([UNKNOWN_ORG, "988888888"]);
    })
    .await;
    let token = stage.organisation(OWNER, WRITE).await;
    let org = |number: &str| format!("urn:altinn:organization:identifier-no:{number}");
    let cases: [(Value, Change, Vec<String>); 3] = [
        (
            json!([format!("0192:{UNKNOWN_ORG}"), PERSON, "0192:988888888"]),
            |_| (),
            vec![org(UNKNOWN_ORG), org("988888888")],
        ),
        (json!([RESERVED]), |_| (), vec![RESERVED.to_owned()]),
        (
            json!([format!("0192:{ROLELESS_ORG}"), format!("0192:{ORG}")]),
            |it| {
                it["correspondence"]["resourceId"] = json!("confidential");
                it["correspondence"]["isConfidential"] = json!(true);
            },
            vec![org(ROLELESS_ORG)],
        ),
    ];
    for (recipients, change, named) in cases {
        let body = letter_with(|it| {
            change(it);
            it["recipients"] = recipients;
        });
        let answer = stage.post_json("correspondence", &token, &body).await;
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        for name in &named {
            assert!(detail.contains(name), "{name} is named: {detail}");
        }
        if named.len() > 1 {
            assert!(
                detail.contains(&named.join(",")),
                "with a comma between: {detail}"
            );
        }
        assert!(!detail.contains(ORG), "who is fine is not: {detail}");
    }
}

/// Section 14: a sub-unit stands on its main unit's roles.
#[tokio::test]
async fn section_14_a_sub_unit_has_the_roles_of_its_main_unit() {
    let roles = [
        "bestyrende-reder",
        "daglig-leder",
        "deltaker-delt-ansvar",
        "deltaker-fullt-ansvar",
        "innehaver",
        "styreleder",
        "komplementar",
    ];
    for (role, taken) in roles
        .map(|role| (role, true))
        .into_iter()
        .chain([("styremedlem", false)])
    {
        let stage = Stage::set_with(|world| {
            let units = world["register"]["organizations"].as_array_mut().unwrap();
            units.push(json!({ "orgnr": "912345678", "name": "HOVED", "roles": [role] }));
            units.push(json!({ "orgnr": "923456789", "name": "UNDER", "form": "BEDR", "parent": "912345678", "roles": [] }));
        })
        .await;
        let token = stage.organisation(OWNER, WRITE).await;
        let body = letter_with(|it| {
            it["recipients"] = json!(["0192:912345678", "0192:923456789"]);
            it["correspondence"]["resourceId"] = json!("confidential");
            it["correspondence"]["isConfidential"] = json!(true);
        });
        let answer = stage.post_json("correspondence", &token, &body).await;
        if taken {
            answer.is_ok(role);
        } else {
            answer.is_refused(400, 1044, role);
        }
    }
}

#[tokio::test]
async fn section_16_references_of_every_kind() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let with = |references: Value| {
        letter_with(|it| it["correspondence"]["externalReferences"] = references)
    };
    let kinds = [
        "Generic",
        "AltinnAppInstance",
        "AltinnBrokerFileTransfer",
        "DialogportenProcessId",
    ];
    for kind in kinds {
        let references = json!([{ "referenceType": kind, "referenceValue": "a value" }]);
        let id = stage.sent(&with(references)).await;
        let overview = stage
            .get(&format!("correspondence/{id}"), &token)
            .await
            .json();
        assert_eq!(
            overview["externalReferences"][0],
            json!({ "referenceType": kind, "referenceValue": "a value" }),
            "kept as it was sent"
        );
    }
    let first = stage.published(&letter()).await;
    let dialog = stage
        .get(&format!("correspondence/{first}"), &token)
        .await
        .json()["externalReferences"][0]
        .clone();
    let types = [
        ("Information", true),
        ("acceptance", true),
        ("REJECTION", true),
        ("Request", true),
        ("Alert", true),
        ("Decision", true),
        ("Submission", true),
        ("Correction", true),
        ("1", true),
        ("8", true),
        ("0", false),
        ("9", false),
        ("Nothing", false),
        ("", false),
    ];
    for (value, taken) in types {
        let body = with(
            json!([dialog, { "referenceType": "DialogportenTransmissionType", "referenceValue": value }]),
        );
        let answer = stage.post_json("correspondence", &token, &body).await;
        if taken {
            answer.is_ok(value);
        } else {
            answer.is_invalid("Correspondence.ExternalReferences", value);
        }
    }
}

#[tokio::test]
async fn section_4_13_an_unknown_party_makes_no_attachment() {
    let stage = Stage::set_with(|world| world["register"]["unknown"] = json!([OWNER])).await;
    let token = stage.organisation(OWNER, WRITE).await;
    let mut bad = attachment();
    bad["fileName"] = json!("a.exe");
    stage
        .post_json("attachment", &token, &bad)
        .await
        .is_refused(400, 4002, "before the file's name");
    bad["resourceId"] = json!("broker");
    stage
        .post_json("attachment", &token, &bad)
        .await
        .is_refused(400, 4009, "after the resource's type");
}
