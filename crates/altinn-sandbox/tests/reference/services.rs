//! Sections 2, 4.1 and 20: what is there for others than senders and recipients.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::stage::*;

#[tokio::test]
async fn section_4_1_health_is_told_to_anyone_at_the_root() {
    let stage = Stage::set().await;
    for path in ["/health", "/healthz"] {
        let answer = stage.send(stage.at(Method::GET, path, "")).await;
        answer.is_ok(path);
        assert_eq!(answer.json()["status"], "Healthy", "{path}");
        assert!(answer.json()["message"].is_string(), "{path}: in words");
    }
    let answer = stage.get("health", "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "not below the prefix");
}

#[tokio::test]
async fn section_20_the_scan_can_be_told_by_webhook() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let event = |id: &str, result: &str| {
        json!({
            "eventType": "Microsoft.Security.MalwareScanningResult",
            "data": { "blobUri": format!("https://storage.example/attachments/{id}"), "scanResultType": result },
        })
    };
    let hook = "webhooks/malwarescanresults";
    for (result, as_list, status) in [
        ("No threats found", false, "Published"),
        ("Malicious", true, "Failed"),
    ] {
        let id = stage
            .post_json("attachment", &token, &attachment())
            .await
            .json();
        let id = id.as_str().unwrap().to_owned();
        stage
            .upload(&id, &token, b"x".to_vec())
            .await
            .is_ok("uploaded");
        let event = event(&id, result);
        let body = if as_list { json!([event]) } else { event };
        stage
            .post_json(hook, "", &body)
            .await
            .is_ok("no token is asked for");
        let overview = async || stage.get(&format!("attachment/{id}"), &token).await.json();
        assert_eq!(overview().await["status"], status, "{result}: at once");
        stage.publish();
        assert_eq!(
            overview().await["status"],
            status,
            "{result}: the sandbox's own scan changes nothing more"
        );
    }
    let validation = json!([{ "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": { "validationCode": "abc" } }]);
    let answer = stage.post_json(hook, "", &validation).await;
    assert_eq!(
        answer.json(),
        json!({ "validationResponse": "abc" }),
        "echoed"
    );
    let unknown = event("77777777-7777-4777-8777-777777777777", "No threats found");
    stage
        .post_json(hook, "", &unknown)
        .await
        .is_refused(404, 2001, "a file nobody sent");
    for body in [
        json!([]),
        json!({ "eventType": "x", "data": {} }),
        json!("text"),
    ] {
        stage
            .post_json(hook, "", &body)
            .await
            .is_invalid("$", "no such event");
    }
}

#[tokio::test]
async fn section_2_only_arbeidsflate_may_call_from_a_browser() {
    let mine = ["https://af.tt02.altinn.no", "http://af.tt.altinn.no"];
    for (environment, allowed) in [
        ("test", &mine[..]),
        ("production", &["https://af.altinn.no"][..]),
    ] {
        let stage = Stage::set_with(|world| world["environment"] = json!(environment)).await;
        let origins = [
            "https://af.altinn.no",
            mine[0],
            mine[1],
            "https://eksempel.no",
        ];
        for origin in origins {
            let request = stage.request(Method::OPTIONS, "correspondence", "");
            let request = request
                .header("origin", origin)
                .header("access-control-request-method", "POST");
            let answer = stage.send(request).await;
            assert_eq!(
                answer.status,
                StatusCode::NO_CONTENT,
                "{origin}: a preflight is always answered"
            );
            let told = answer.header("access-control-allow-origin");
            let expected = if allowed.contains(&origin) {
                origin
            } else {
                ""
            };
            assert_eq!(told, expected, "{environment}: {origin}");
            let methods = answer.header("access-control-allow-methods");
            let headers = answer.header("access-control-allow-headers");
            let told = if expected.is_empty() {
                ("", "")
            } else {
                (
                    "GET,POST,DELETE,OPTIONS",
                    "Authorization,request-id,request-context,traceparent,prefer",
                )
            };
            assert_eq!((methods, headers), told, "{origin}: how it may call");
        }
        let token = stage.organisation(ORG, READ).await;
        let request = stage.request(
            Method::GET,
            "correspondence?resourceId=letters&role=Recipient",
            &token,
        );
        let answer = stage.send(request.header("origin", allowed[0])).await;
        assert_eq!(
            answer.header("access-control-allow-credentials"),
            "true",
            "answers carry the leave as well"
        );
    }
}
