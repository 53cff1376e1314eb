//! Whatever is sent, something is answered: no call panics, hangs, or is answered by a broken connection.

use crate::stage::*;
use proptest::prelude::*;
use reqwest::Method;
use serde_json::{Value, json};

/// Any JSON, nested a little.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("9999-12-31T23:59:59.9999999+14:00")),
        Just(json!("+262142-12-31T23:59:59")),
        Just(json!("urn:altinn:organization:identifier-no:986252932")),
        Just(json!("\u{1}{{recipientName}}[](<&#x")),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

/// Places in a letter where something else can stand.
const PLACES: &[&[&str]] = &[
    &["recipients"],
    &["existingAttachments"],
    &["idempotentKey"],
    &["correspondence"],
    &["correspondence", "resourceId"],
    &["correspondence", "content"],
    &["correspondence", "content", "messageTitle"],
    &["correspondence", "content", "attachments"],
    &["correspondence", "requestedPublishTime"],
    &["correspondence", "dueDateTime"],
    &["correspondence", "externalReferences"],
    &["correspondence", "propertyList"],
    &["correspondence", "replyOptions"],
    &["correspondence", "notification"],
    &["correspondence", "notification", "customRecipients"],
    &["correspondence", "isConfidential"],
];

/// Answers are taken in batches, on one stage: starting one for each case would take minutes.
fn answers(requests: impl Fn(&Stage, &str) -> Vec<reqwest::RequestBuilder>) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let stage = Stage::set().await;
        let token = stage.organisation(OWNER, &format!("{READ} {WRITE}")).await;
        for request in requests(&stage, &token) {
            let answer = stage.send(request).await;
            let status = answer.status.as_u16();
            assert!(
                status < 500 || answer.text().contains("Internal Server Error"),
                "{status}: {}",
                answer.text()
            );
        }
        stage.publish();
        stage
            .get("correspondence?resourceId=letters&role=Sender", &token)
            .await
            .is_ok("it still serves");
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn any_value_at_any_place_of_a_letter(values in prop::collection::vec((0..PLACES.len(), any_json()), 64)) {
        answers(|stage, token| {
            values.iter().map(|(place, value)| {
                let mut body = letter_with(|it| it["correspondence"]["notification"] = json!({}));
                let spot = PLACES[*place].iter().fold(&mut body, |spot, name| &mut spot[*name]);
                *spot = value.clone();
                stage.request(Method::POST, "correspondence", token).json(&body)
            }).collect()
        });
    }

    #[test]
    fn any_form(fields in prop::collection::vec(("[A-Za-z.\\[\\]0-9]{0,40}", any::<String>()), 64)) {
        answers(|stage, token| {
            fields.chunks(8).map(|chunk| {
                let form = chunk.iter().fold(reqwest::multipart::Form::new(), |form, (name, value)| {
                    form.text(format!("Correspondence.{name}"), value.clone()).text(name.clone(), value.clone())
                });
                stage.request(Method::POST, "correspondence/upload", token).multipart(form)
            }).collect()
        });
    }

    #[test]
    fn any_query(values in prop::collection::vec(prop::array::uniform4(any::<String>()), 64)) {
        answers(|stage, token| {
            values.iter().map(|[resource, role, from, to]| {
                let request = stage.request(Method::GET, "correspondence", token);
                request.query(&[("resourceId", resource), ("role", role), ("from", from), ("to", to), ("onBehalfOf", resource)])
            }).collect()
        });
    }
}
