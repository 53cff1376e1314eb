//! Sections 1.4, 2 and 3: what is checked before any rule, and the headers of every answer.

use crate::stage::*;
use reqwest::{Method, StatusCode};
use serde_json::json;

const ID: &str = "77777777-7777-4777-8777-777777777777";

/// Every call: method, path, declared answer.
fn calls() -> Vec<(Method, String, Option<&'static str>)> {
    let json = Some("application/json");
    vec![
        (Method::POST, "correspondence".into(), json),
        (Method::POST, "correspondence/upload".into(), json),
        (
            Method::GET,
            "correspondence?resourceId=letters&role=Recipient".into(),
            json,
        ),
        (Method::GET, format!("correspondence/{ID}"), json),
        (Method::GET, format!("correspondence/{ID}/details"), json),
        (
            Method::GET,
            format!("correspondence/{ID}/content"),
            Some("text/plain"),
        ),
        (
            Method::POST,
            format!("correspondence/{ID}/markasread"),
            json,
        ),
        (Method::POST, format!("correspondence/{ID}/confirm"), json),
        (Method::DELETE, format!("correspondence/{ID}/purge"), json),
        (
            Method::GET,
            format!("correspondence/{ID}/attachment/{ID}/download"),
            None,
        ),
        (
            Method::GET,
            format!("correspondence/{ID}/attachments/downloadall"),
            None,
        ),
        (Method::POST, format!("correspondence/{ID}/forward"), json),
        (
            Method::GET,
            "confidential-reminders".into(),
            Some("text/plain"),
        ),
        (Method::POST, "attachment".into(), json),
        (Method::POST, format!("attachment/{ID}/upload"), json),
        (Method::GET, format!("attachment/{ID}"), json),
        (Method::GET, format!("attachment/{ID}/details"), json),
        (Method::DELETE, format!("attachment/{ID}"), json),
        (Method::GET, format!("attachment/{ID}/download"), None),
    ]
}

#[tokio::test]
async fn section_2_without_a_valid_token_nothing_is_answered() {
    let stage = Stage::set().await;
    let old = stage.organisation(ORG, READ).await;
    stage.sandbox.advance(std::time::Duration::from_secs(3600));
    for (method, path, _) in calls() {
        for token in ["", "nonsense", "a.b.c", old.as_str()] {
            let answer = stage
                .send(stage.request(method.clone(), &path, token))
                .await;
            if token.is_empty() && path.contains("download") && path.starts_with("correspondence") {
                assert_eq!(
                    answer.status,
                    StatusCode::FOUND,
                    "{path}: a browser is sent to log in"
                );
                assert!(
                    answer.header("location").contains("goto="),
                    "{path}: and comes back"
                );
                continue;
            }
            assert_eq!(
                (answer.status, answer.bytes.len()),
                (StatusCode::UNAUTHORIZED, 0),
                "{method} {path} with {token:?}: 401, empty"
            );
            assert!(
                answer.header("www-authenticate").starts_with("Bearer"),
                "{path}: says how"
            );
        }
    }
}

#[tokio::test]
async fn section_1_4_policies_are_kept_exactly() {
    let stage = Stage::set().await;
    let tokens = [
        ("sender", stage.organisation(OWNER, WRITE).await),
        ("recipient", stage.organisation(ORG, READ).await),
        (
            "portal",
            stage.person(PERSON, "altinn:portal/enduser").await,
        ),
        (
            "prefixed",
            stage
                .organisation(
                    OWNER,
                    "altinn:correspondence.write.more altinn:serviceowner/correspondence.read",
                )
                .await,
        ),
    ];
    for (method, path, _) in calls() {
        let for_recipients = [
            "/content",
            "/markasread",
            "/confirm",
            "/forward",
            "confidential-reminders",
        ]
        .iter()
        .any(|end| path.ends_with(end));
        let for_either = path.contains("role=")
            || path.ends_with("/purge")
            || path == format!("correspondence/{ID}")
            || path == format!("correspondence/{ID}/details");
        let is_download = path.starts_with("correspondence") && path.contains("download");
        for (who, token) in &tokens {
            let passes = match *who {
                "sender" => !for_recipients && !is_download,
                "recipient" => for_recipients || for_either || is_download,
                "portal" => is_download,
                _ => false,
            };
            let answer = stage
                .send(stage.request(method.clone(), &path, token))
                .await;
            assert_eq!(
                answer.status != StatusCode::FORBIDDEN,
                passes,
                "{who} at {method} {path}: {}",
                answer.status
            );
            if !passes {
                assert!(answer.bytes.is_empty(), "{who} at {path}: 403 has no body");
            }
        }
    }
}

#[tokio::test]
async fn section_2_accept_must_name_what_is_declared() {
    let stage = Stage::set().await;
    let token = stage.organisation(ORG, &format!("{READ} {WRITE}")).await;
    for (method, path, declared) in calls() {
        for accept in [
            "application/*",
            "application/problem+json",
            "text/html, image/png",
        ] {
            let answer = stage
                .send(
                    stage
                        .request(method.clone(), &path, &token)
                        .header("accept", accept),
                )
                .await;
            let refused = answer.status == StatusCode::NOT_ACCEPTABLE;
            assert_eq!(
                refused,
                declared.is_some(),
                "{method} {path} with Accept: {accept}: {}",
                answer.status
            );
            if refused {
                assert!(
                    answer.header("content-type").starts_with("text/plain"),
                    "{path}: a sentence"
                );
            }
        }
        let exact = declared.unwrap_or("image/png");
        for accept in [
            "*/*".to_owned(),
            format!("image/png, {exact};q=0.5"),
            exact.to_uppercase(),
        ] {
            let answer = stage
                .send(
                    stage
                        .request(method.clone(), &path, &token)
                        .header("accept", &accept),
                )
                .await;
            assert_ne!(
                answer.status,
                StatusCode::NOT_ACCEPTABLE,
                "{method} {path} with Accept: {accept}"
            );
        }
    }
}

#[tokio::test]
async fn section_2_content_types_are_checked_before_the_token() {
    let stage = Stage::set().await;
    for (path, kind, fits) in [
        ("correspondence", "text/plain", false),
        ("correspondence", "multipart/form-data; boundary=x", false),
        ("correspondence", "application/json; charset=utf-8", true),
        ("correspondence/upload", "application/json", false),
        (
            "correspondence/upload",
            "multipart/form-data; boundary=x",
            true,
        ),
        ("attachment", "application/octet-stream", false),
        (
            &format!("attachment/{ID}/upload"),
            "application/json",
            false,
        ),
        (
            &format!("attachment/{ID}/upload"),
            "application/octet-stream",
            true,
        ),
    ] {
        let request = stage
            .request(Method::POST, path, "")
            .header("content-type", kind)
            .body("x");
        let expected = if fits {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        };
        let answer = stage.send(request).await;
        assert_eq!(
            (answer.status, answer.bytes.len()),
            (expected, 0),
            "{path} with {kind}: empty body"
        );
    }
}

#[tokio::test]
async fn section_2_unknown_paths_and_methods_are_empty_answers() {
    let stage = Stage::set().await;
    let token = stage.organisation(ORG, READ).await;
    for (method, path, status) in [
        (
            Method::POST,
            format!("correspondence/{ID}/archive"),
            StatusCode::NOT_FOUND,
        ),
        (Method::GET, "nothing".into(), StatusCode::NOT_FOUND),
        (Method::GET, String::new(), StatusCode::NOT_FOUND),
        (
            Method::GET,
            format!("correspondence/{ID}/attachment/{ID}"),
            StatusCode::NOT_FOUND,
        ),
        (
            Method::PUT,
            "correspondence".into(),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            Method::GET,
            format!("correspondence/{ID}/purge"),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            Method::DELETE,
            format!("correspondence/{ID}"),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
        (
            Method::GET,
            "attachment".into(),
            StatusCode::METHOD_NOT_ALLOWED,
        ),
    ] {
        let answer = stage
            .send(stage.request(method.clone(), &path, &token))
            .await;
        assert_eq!(
            (answer.status, answer.bytes.len()),
            (status, 0),
            "{method} {path}"
        );
    }
    let shouting = stage
        .get("CORRESPONDENCE/?RESOURCEID=letters&ROLE=recipient", &token)
        .await;
    shouting.is_ok("paths and parameters in any case, a slash at the end");
}

#[tokio::test]
async fn section_2_answers_past_authorization_carry_their_headers() {
    let stage = Stage::set().await;
    let token = stage.organisation(ORG, READ).await;
    for path in [
        "correspondence?resourceId=letters&role=Recipient",
        "correspondence?role=x",
        &format!("correspondence/{ID}/content"),
    ] {
        let answer = stage.get(path, &token).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(
            !answer.header("content-length").is_empty(),
            "{path}: the length is told"
        );
    }
    let json = stage.get(&format!("correspondence/{ID}"), &token).await;
    assert_eq!(
        json.header("content-type"),
        "application/json; charset=utf-8",
        "problems of JSON calls are JSON"
    );
    for path in ["content", "attachments/downloadall"] {
        let answer = stage
            .get(&format!("correspondence/{ID}/{path}"), &token)
            .await;
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json; charset=utf-8",
            "{path}: of the others they are problems"
        );
    }
    assert_eq!(
        json.text().matches("\"traceId\"").count(),
        2,
        "the trace id stands twice"
    );
}

#[tokio::test]
async fn section_2_hostile_requests_are_answered() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, &format!("{READ} {WRITE}")).await;
    let long = "x".repeat(20_000);
    for path in [
        format!("correspondence/{long}"),
        "correspondence/%00".into(),
        "correspondence/%F0%9F%98%80/details".into(),
        format!("correspondence?resourceId={long}&role=Recipient"),
        "correspondence?resourceId=%FF%FE&role=%00".into(),
        "correspondence?resourceId=letters&role=Recipient&from=9999-12-31T23:59:59.9999999Z&to=0001-01-01".into(),
        "correspondence?resourceId=letters&role=Recipient&from=-1&to=99999999999".into(),
        "attachment/../correspondence".into(),
        "////".into(),
    ] {
        let answer = stage.get(&path, &token).await;
        assert!(answer.status.is_client_error(), "{}: {}", &path[..path.len().min(60)], answer.status);
    }
    let letters = [
        letter_with(|it| {
            it["correspondence"]["requestedPublishTime"] = json!("0001-01-01T00:00:00Z")
        }),
        letter_with(|it| {
            it["correspondence"]["requestedPublishTime"] = json!("9999-12-31T23:59:59Z")
        }),
        letter_with(|it| it["correspondence"]["content"]["messageTitle"] = json!("{{{{$$^^~~==")),
        letter_with(|it| it["correspondence"]["content"]["messageBody"] = json!("\u{0}\u{202e}😀")),
        letter_with(|it| it["recipients"] = json!(["urn:altinn:person:idporten-email:a@b"])),
    ];
    for body in letters {
        let answer = stage.post_json("correspondence", &token, &body).await;
        assert!(
            answer.status.is_success() || answer.status == StatusCode::BAD_REQUEST,
            "{}",
            answer.text()
        );
    }
    let forever = letter_with(|it| {
        it["existingAttachments"] = json!([]);
        it["correspondence"]["dueDateTime"] = json!("9999-12-31T23:59:59Z");
    });
    stage
        .post_json("correspondence", &token, &forever)
        .await
        .is_ok("the last day there is");
    let mut attachment = attachment();
    attachment["expirationInDays"] = json!(i32::MAX);
    let answer = stage.post_json("attachment", &token, &attachment).await;
    answer.is_ok("for very long");
    let id = answer.json().as_str().unwrap().to_owned();
    stage
        .upload(&id, &token, b"x".to_vec())
        .await
        .is_ok("uploaded");
    stage.publish();
    stage
        .sent(&letter_with(|it| it["existingAttachments"] = json!([id])))
        .await;
    attachment["expirationInDays"] = json!(i64::MAX);
    stage
        .post_json("attachment", &token, &attachment)
        .await
        .is_invalid("$.expirationInDays", "more than a number holds");
}

/// Sections 1.4 and 2: what a token that was not exchanged reaches, and the hint where it does not.
#[tokio::test]
async fn section_1_4_raw_maskinporten_tokens_reach_what_senders_and_searches_do() {
    let scopes = [OWNER_SCOPES, WRITE, READ];
    let stage = Stage::set_with(|world| {
        let all = format!("{OWNER_SCOPES} {READ}");
        let all: Vec<&str> = all.split(' ').collect();
        world["maskinporten_clients"] = json!([{ "client_id": "raw", "orgnr": OWNER, "scopes": all, "practice_key": "fjordvik" }]);
    })
    .await;
    let [owner, sender, reader] = [
        stage.raw_token("raw", scopes[0]).await,
        stage.raw_token("raw", scopes[1]).await,
        stage.raw_token("raw", scopes[2]).await,
    ];
    for (method, path, _) in calls() {
        let for_recipients = [
            "/content",
            "/markasread",
            "/confirm",
            "/forward",
            "confidential-reminders",
        ];
        let is_download = path.starts_with("correspondence") && path.contains("download");
        let must_exchange = is_download || for_recipients.iter().any(|end| path.ends_with(end));
        let for_either = path.contains("role=")
            || path.ends_with("/purge")
            || path == format!("correspondence/{ID}")
            || path == format!("correspondence/{ID}/details");
        for (who, token, passes) in [
            ("both scopes", &owner, !must_exchange),
            ("writing without serviceowner", &sender, false),
            ("reading", &reader, for_either),
        ] {
            let answer = stage
                .send(stage.request(method.clone(), &path, token))
                .await;
            let is_forbidden = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(
                !is_forbidden, passes,
                "{who} at {method} {path}: {}",
                answer.status
            );
            if must_exchange {
                assert_eq!(
                    answer.header("www-authenticate"),
                    "Bearer error=\"invalid_token\"",
                    "{path}: says that the token is at fault"
                );
                assert!(
                    answer.json()["title"]
                        .as_str()
                        .unwrap()
                        .contains("IDX10205"),
                    "{path}: and why"
                );
            }
        }
    }
}
