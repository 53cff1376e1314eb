//! Sections 3, 5.1, 6 and 7.1: every rule and attribute of initialise by JSON, one broken at a time.

use crate::stage::*;
use reqwest::StatusCode;
use serde_json::{Value, json};

type Change = fn(&mut Value);

/// Each change breaks one rule; the first rule in order wins.
const BUSINESS_RULES: &[(&str, u16, u16, Change)] = &[
    ("a key with several recipients", 400, 1047, |it| {
        it["idempotentKey"] = json!("11111111-1111-4111-8111-111111111111");
        it["recipients"] = json!([format!("0192:{ORG}"), PERSON]);
    }),
    ("an unknown resource", 400, 1036, |it| {
        it["correspondence"]["resourceId"] = json!("nothing-here")
    }),
    ("a resource without owner", 400, 1036, |it| {
        it["correspondence"]["resourceId"] = json!("ownerless")
    }),
    ("somebody else's resource", 401, 4001, |it| {
        it["correspondence"]["resourceId"] = json!("elsewhere")
    }),
    ("a level above the token's", 401, 4001, |it| {
        it["correspondence"]["resourceId"] = json!("level4")
    }),
    ("a resource for file transfer", 400, 4010, |it| {
        it["correspondence"]["resourceId"] = json!("broker")
    }),
    ("an app without dialog", 400, 4010, |it| {
        it["correspondence"]["resourceId"] = json!("app_digdir_case")
    }),
    (
        "a confidential resource without the flag",
        400,
        1060,
        |it| it["correspondence"]["resourceId"] = json!("confidential"),
    ),
    ("the flag on another resource", 400, 1061, |it| {
        it["correspondence"]["isConfidential"] = json!(true)
    }),
    ("forwarding above level 0", 400, 1068, |it| {
        it["correspondence"]["resourceId"] = json!("level3");
        it["correspondence"]["allowForwarding"] = json!(true);
    }),
    ("the same organisation in two forms", 400, 1006, |it| {
        it["recipients"] = json!([
            format!("0192:{ORG}"),
            format!("urn:altinn:organization:identifier-no:{ORG}")
        ]);
    }),
    ("a recipient the register does not know", 404, 1029, |it| {
        it["recipients"] = json!([format!("0192:{UNKNOWN_ORG}")])
    }),
    (
        "confidential to an organisation without roles",
        400,
        1044,
        |it| {
            it["correspondence"]["resourceId"] = json!("confidential");
            it["correspondence"]["isConfidential"] = json!(true);
            it["recipients"] = json!([format!("0192:{ROLELESS_ORG}")]);
        },
    ),
    ("confirmation without due date", 400, 1016, |it| {
        it["correspondence"]["isConfirmationNeeded"] = json!(true)
    }),
    ("the only recipient is reserved", 422, 1030, |it| {
        it["recipients"] = json!([RESERVED])
    }),
    ("a due date in the past", 400, 1008, |it| {
        it["correspondence"]["dueDateTime"] = json!(in_seconds(-60))
    }),
    ("a due date before publication", 400, 1009, |it| {
        it["correspondence"]["dueDateTime"] = json!(in_seconds(3600));
        it["correspondence"]["requestedPublishTime"] = json!(in_seconds(7200));
    }),
    ("markup in the title", 400, 1002, |it| {
        it["correspondence"]["content"]["messageTitle"] = json!("<h1>Vedtak</h1>")
    }),
    ("a language that is none of the three", 400, 1023, |it| {
        it["correspondence"]["content"]["language"] = json!("se")
    }),
    ("markup in the sender's name", 400, 1039, |it| {
        it["correspondence"]["messageSender"] = json!("[NAV](https://nav.no)")
    }),
    ("two transmission types", 400, 1052, |it| {
        let kind = json!({ "referenceType": "DialogportenTransmissionType", "referenceValue": "Decision" });
        it["correspondence"]["externalReferences"] = json!([kind, kind]);
    }),
    ("a transmission type without dialog", 400, 1053, |it| {
        it["correspondence"]["externalReferences"] =
            json!([{ "referenceType": 6, "referenceValue": "6" }]);
    }),
    ("a dialog id that is none", 400, 1048, |it| {
        it["correspondence"]["externalReferences"] =
            json!([{ "referenceType": "dialogportendialogid", "referenceValue": "x" }]);
    }),
    ("a dialog nobody made", 404, 1054, |it| {
        let id = "22222222-2222-4222-8222-222222222222";
        it["correspondence"]["externalReferences"] =
            json!([{ "referenceType": 3, "referenceValue": id }]);
    }),
    ("a transmission to two", 400, 1045, |it| {
        let id = "22222222-2222-4222-8222-222222222222";
        it["correspondence"]["externalReferences"] =
            json!([{ "referenceType": 3, "referenceValue": id }]);
        it["recipients"] = json!([format!("0192:{ORG}"), PERSON]);
    }),
    ("a transmission with reply options", 400, 1051, |it| {
        let id = "22222222-2222-4222-8222-222222222222";
        it["correspondence"]["externalReferences"] =
            json!([{ "referenceType": 3, "referenceValue": id }]);
        it["correspondence"]["replyOptions"] = json!([{ "linkURL": "https://example.com" }]);
    }),
    ("an existing attachment nobody made", 400, 1007, |it| {
        it["existingAttachments"] = json!(["33333333-3333-4333-8333-333333333333"]);
    }),
    (
        "metadata of a file where no file can come",
        400,
        1005,
        |it| {
            it["correspondence"]["content"]["attachments"] =
                json!([{ "fileName": "a.pdf", "sendersReference": "1" }]);
        },
    ),
    ("more than 100 attachments", 400, 1038, |it| {
        let many: Vec<Value> = (0..101)
            .map(|n| json!({ "fileName": format!("{n}.pdf"), "sendersReference": "1" }))
            .collect();
        it["correspondence"]["content"]["attachments"] = json!(many);
    }),
    ("a file name that is blank", 400, 2010, |it| {
        it["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": " ", "sendersReference": "1" }]);
    }),
    ("a file type that is not allowed", 400, 2013, |it| {
        it["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": "a:b.pptx", "sendersReference": "1" }]);
    }),
    ("a file name with a colon", 400, 2012, |it| {
        it["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": "a:b.pdf", "sendersReference": "1" }]);
    }),
    ("a file named after a device", 400, 2021, |it| {
        it["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": "aux.pdf", "sendersReference": "1" }]);
    }),
    ("a reply option without https", 400, 1035, |it| {
        it["correspondence"]["replyOptions"] =
            json!([{ "linkURL": "http://example.com", "linkText": "Svar" }]);
    }),
];

#[tokio::test]
async fn section_6_each_rule_has_its_code() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for (why, status, code, change) in BUSINESS_RULES {
        let answer = stage
            .post_json("correspondence", &token, &letter_with(change))
            .await;
        answer.is_refused(*status, *code, why);
    }
    let listing = stage
        .get("correspondence?resourceId=letters&role=Sender", &token)
        .await;
    assert_eq!(
        listing.json()["ids"],
        json!([]),
        "a refused letter leaves nothing behind"
    );
}

/// Each change breaks one attribute.
const ATTRIBUTES: &[(&str, &str, Change)] = &[
    ("no recipients member", "$", |it| {
        drop(it.as_object_mut().unwrap().remove("recipients"))
    }),
    ("no correspondence member", "$", |it| {
        drop(it.as_object_mut().unwrap().remove("correspondence"))
    }),
    ("no title member", "$", |it| {
        drop(
            it["correspondence"]["content"]
                .as_object_mut()
                .unwrap()
                .remove("messageTitle"),
        )
    }),
    (
        "a null title",
        "Correspondence.Content.MessageTitle",
        |it| it["correspondence"]["content"]["messageTitle"] = Value::Null,
    ),
    (
        "a blank title",
        "Correspondence.Content.MessageTitle",
        |it| it["correspondence"]["content"]["messageTitle"] = json!(" "),
    ),
    (
        "a title of 256",
        "Correspondence.Content.MessageTitle",
        |it| {
            it["correspondence"]["content"]["messageTitle"] = json!("x".repeat(256));
        },
    ),
    (
        "a title of 255 units, 128 of them pairs",
        "Correspondence.Content.MessageTitle",
        |it| {
            it["correspondence"]["content"]["messageTitle"] = json!("😀".repeat(128));
        },
    ),
    (
        "a summary of 256",
        "Correspondence.Content.MessageSummary",
        |it| {
            it["correspondence"]["content"]["messageSummary"] = json!("x".repeat(256));
        },
    ),
    (
        "a body of 30001",
        "Correspondence.Content.MessageBody",
        |it| {
            it["correspondence"]["content"]["messageBody"] = json!("x".repeat(30_001));
        },
    ),
    (
        "an empty body",
        "Correspondence.Content.MessageBody",
        |it| it["correspondence"]["content"]["messageBody"] = json!(""),
    ),
    (
        "a language of three letters",
        "Correspondence.Content.Language",
        |it| it["correspondence"]["content"]["language"] = json!("nob"),
    ),
    ("null content", "Correspondence.Content", |it| {
        it["correspondence"]["content"] = Value::Null
    }),
    ("an empty resource id", "Correspondence.ResourceId", |it| {
        it["correspondence"]["resourceId"] = json!("")
    }),
    (
        "a resource id with a colon",
        "Correspondence.ResourceId",
        |it| it["correspondence"]["resourceId"] = json!("a:b"),
    ),
    (
        "a blank reference",
        "Correspondence.SendersReference",
        |it| it["correspondence"]["sendersReference"] = json!("  "),
    ),
    (
        "a reference of 4097",
        "Correspondence.SendersReference",
        |it| it["correspondence"]["sendersReference"] = json!("x".repeat(4097)),
    ),
    (
        "a sender's name of 256",
        "Correspondence.MessageSender",
        |it| it["correspondence"]["messageSender"] = json!("x".repeat(256)),
    ),
    ("no recipient", "Recipients", |it| {
        it["recipients"] = json!([])
    }),
    ("nine bare digits", "Recipients", |it| {
        it["recipients"] = json!([ORG])
    }),
    ("a wrong control digit", "Recipients", |it| {
        it["recipients"] = json!(["07827199406"])
    }),
    ("a null recipient", "Recipients", |it| {
        it["recipients"] = json!([null])
    }),
    ("501 recipients", "Recipients", |it| {
        it["recipients"] = json!(vec![PERSON; 501])
    }),
    ("a zero key", "IdempotentKey", |it| {
        it["idempotentKey"] = json!("00000000-0000-0000-0000-000000000000")
    }),
    ("a key without hyphens", "$.idempotentKey", |it| {
        it["idempotentKey"] = json!("11111111111141118111111111111111")
    }),
    ("a key that is none", "request", |it| {
        it["idempotentKey"] = json!("x")
    }),
    ("11 references", "Correspondence.ExternalReferences", |it| {
        it["correspondence"]["externalReferences"] = json!(vec![
            json!({ "referenceType": 0, "referenceValue": "x" });
            11
        ]);
    }),
    (
        "a transmission id from the sender",
        "Correspondence.ExternalReferences",
        |it| {
            it["correspondence"]["externalReferences"] =
                json!([{ "referenceType": 5, "referenceValue": "x" }]);
        },
    ),
    (
        "an unknown transmission type",
        "Correspondence.ExternalReferences",
        |it| {
            it["correspondence"]["externalReferences"] =
                json!([{ "referenceType": 6, "referenceValue": "9" }]);
        },
    ),
    (
        "an unknown reference type",
        "$.correspondence.externalReferences[0].referenceType",
        |it| {
            it["correspondence"]["externalReferences"] =
                json!([{ "referenceType": "Nothing", "referenceValue": "9" }]);
        },
    ),
    ("11 properties", "Correspondence.PropertyList", |it| {
        let many: serde_json::Map<String, Value> =
            (0..11).map(|n| (n.to_string(), json!("x"))).collect();
        it["correspondence"]["propertyList"] = json!(many);
    }),
    (
        "a property's name of 51",
        "Correspondence.PropertyList",
        |it| it["correspondence"]["propertyList"] = json!({ "x".repeat(51): "" }),
    ),
    (
        "a property's value of 301",
        "Correspondence.PropertyList",
        |it| it["correspondence"]["propertyList"] = json!({ "x": "y".repeat(301) }),
    ),
    (
        "a date in another layout",
        "$.correspondence.dueDateTime",
        |it| it["correspondence"]["dueDateTime"] = json!("24.12.2026"),
    ),
    ("a flag as text", "$.correspondence.isConfidential", |it| {
        it["correspondence"]["isConfidential"] = json!("true")
    }),
    (
        "a number for a title",
        "$.correspondence.content.messageTitle",
        |it| it["correspondence"]["content"]["messageTitle"] = json!(7),
    ),
    (
        "a checksum in upper case",
        "Correspondence.Content.Attachments[0].Checksum",
        |it| {
            it["correspondence"]["content"]["attachments"] = json!([{ "fileName": "a.pdf", "sendersReference": "1", "checksum": "A".repeat(32) }]);
        },
    ),
];

#[tokio::test]
async fn section_5_1_attributes_are_complained_about_by_key() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for (why, key, change) in ATTRIBUTES {
        stage
            .post_json("correspondence", &token, &letter_with(change))
            .await
            .is_invalid(key, why);
    }
    let both = letter_with(|it| {
        it["correspondence"]["content"]["messageTitle"] = json!("");
        it["recipients"] = json!([]);
    });
    let answer = stage.post_json("correspondence", &token, &both).await;
    answer.is_invalid(
        "Correspondence.Content.MessageTitle",
        "attributes are reported together",
    );
    answer.is_invalid("Recipients", "attributes are reported together");
    assert_eq!(
        answer.json()["validationErrors"][0]["code"],
        "CORR.VLD-00000",
        "each message has the one code"
    );
}

#[tokio::test]
async fn section_2_bodies_that_are_no_model_are_refused() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let deep = "[".repeat(100_000);
    for body in ["", "{", "[]", "null", "\"text\"", "\u{feff}", deep.as_str()] {
        let request = stage.request(reqwest::Method::POST, "correspondence", &token);
        let answer = stage
            .send(
                request
                    .header("content-type", "application/json")
                    .body(body.to_owned()),
            )
            .await;
        answer.is_invalid("$", "not the model");
    }
    let answer = stage
        .post_json(
            "correspondence",
            &token,
            &letter_with(|it| it["correspondence"]["propertyList"] = json!({ "a": null })),
        )
        .await;
    assert_eq!(
        answer.status,
        StatusCode::INTERNAL_SERVER_ERROR,
        "a property without value crashes the service's check"
    );
    assert!(
        answer.json().get("errorCode").is_none(),
        "an unhandled exception has no error number"
    );
}
