//! Section 2: what holds for every call, beside what `front_door` has.

use crate::stage::*;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn ids_that_are_none_are_validation_problems() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, &format!("{READ} {WRITE}")).await;
    for (path, key) in [
        ("correspondence/x", "correspondenceId"),
        ("correspondence/upload", "correspondenceId"),
        ("correspondence/1234/details", "correspondenceId"),
        ("attachment/x", "attachmentId"),
    ] {
        let answer = stage.get(path, &token).await;
        answer.is_invalid(key, path);
    }
}

#[tokio::test]
async fn section_2_without_a_content_type_the_call_itself_answers() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    for path in ["correspondence", "attachment"] {
        let answer = stage
            .send(stage.request(Method::POST, path, &token).body("{}"))
            .await;
        answer.is_invalid("$", "it is read, and is not what belongs there");
    }
    let form = stage
        .send(
            stage
                .request(Method::POST, "correspondence/upload", &token)
                .body("x"),
        )
        .await;
    assert_eq!(
        form.status,
        StatusCode::BAD_REQUEST,
        "no form: {}",
        form.text()
    );
}

/// The shape of a failure that no rule foresees: here a property without value (section 5.1).
#[tokio::test]
async fn section_2_a_failure_is_a_problem_without_a_number() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let letter = letter_with(|it| it["correspondence"]["propertyList"] = json!({ "a": null }));
    let answer = stage.post_json("correspondence", &token, &letter).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "500");
    assert_eq!(
        answer.header("content-type"),
        "application/problem+json; charset=utf-8",
        "whatever the call declares"
    );
    let problem = answer.json();
    assert_eq!(problem["title"], "Internal Server Error");
    assert_eq!(problem["detail"], "", "nothing of its inside is told");
    assert_eq!(problem["instance"], "/correspondence/api/v1/correspondence");
    assert!(problem["traceId"].is_string(), "to ask support with");
    assert!(
        problem.get("errorCode").is_none(),
        "no rule has this number"
    );
}

#[tokio::test]
async fn section_2_a_form_has_at_most_1024_values() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let form = |count: usize| {
        (0..count).fold(reqwest::multipart::Form::new(), |form, at| {
            form.text(format!("Correspondence.Unknown[{at}]"), "x")
        })
    };
    let send = |count| {
        let request = stage.request(Method::POST, "correspondence/upload", &token);
        stage.send(request.multipart(form(count)))
    };
    send(1024)
        .await
        .is_invalid("Recipients", "so many are read");
    let answer = send(1025).await;
    answer.is_invalid("", "and no more");
}
