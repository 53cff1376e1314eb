//! Sections 2 and 3: what is true of requests and answers whatever the call.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::stage::*;

const NOBODYS: &str = "77777777-7777-4777-8777-777777777777";
const SEARCH: &str = "correspondence?resourceId=letters&role=Recipient";

/// Sends what no client library lets out, and returns the status line's number.
async fn raw(stage: &Stage, request: &str) -> u16 {
    let address = stage
        .sandbox
        .base()
        .trim_start_matches("http://")
        .to_owned();
    let mut connection = tokio::net::TcpStream::connect(&address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer[9..12].parse().unwrap()
}

#[tokio::test]
async fn section_2_no_accept_is_fine_and_a_wrong_one_waits_for_the_token() {
    let stage = Stage::set().await;
    let token = stage.organisation(ORG, READ).await;
    let asked = |accept: &str, token: &str| {
        format!(
            "GET /correspondence/api/v1/{SEARCH} HTTP/1.1\r\nHost: x\r\n{accept}Authorization: Bearer {token}\r\nConnection: close\r\n\r\n"
        )
    };
    assert_eq!(raw(&stage, &asked("", &token)).await, 200, "no Accept");
    let html = "Accept: text/html\r\n";
    assert_eq!(raw(&stage, &asked(html, &token)).await, 406, "another");
    assert_eq!(
        raw(&stage, &asked(html, "x.y.z")).await,
        401,
        "the token goes before"
    );
    let sender = stage.organisation(OWNER, WRITE).await;
    let content = format!("correspondence/{NOBODYS}/content");
    let answer = stage
        .send(
            stage
                .request(Method::GET, &content, &sender)
                .header("accept", "text/html"),
        )
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "so does the policy");
}

#[tokio::test]
async fn section_2_bodies_may_be_larger_than_a_web_servers_usual_30_mb() {
    let stage = Stage::set().await;
    let bytes = vec![7; 31 * 1024 * 1024];
    let id = stage.attachment(|_| (), &bytes).await;
    let token = stage.organisation(OWNER, WRITE).await;
    let answer = stage
        .get(&format!("attachment/{id}/download"), &token)
        .await;
    assert!(answer.bytes == bytes, "all of it arrived");
}

#[tokio::test]
async fn section_2_a_raw_token_is_told_to_be_exchanged() {
    let stage = Stage::set_with(|world| {
        world["maskinporten_clients"] =
            json!([{ "client_id": "raw", "orgnr": ORG, "scopes": [READ], "practice_key": "fjordvik" }]);
    })
    .await;
    let raw = stage.raw_token("raw", READ).await;
    for path in ["content", "attachments/downloadall"] {
        let answer = stage
            .get(&format!("correspondence/{NOBODYS}/{path}"), &raw)
            .await;
        let problem = answer.json();
        assert_eq!(problem["status"], 403, "{path}");
        let detail = problem["detail"].as_str().unwrap().to_lowercase();
        assert!(detail.contains("exchange"), "{path}: {detail}");
    }
}

/// Sections 3.1 and 2.1: the members of a refusal by a rule, for each status that a caller can bring about.
#[tokio::test]
async fn section_3_1_every_status_has_its_words() {
    let stage =
        Stage::set_with(|world| world["outgoing"] = json!({ "mail_available": false })).await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let recipient = stage.organisation(ORG, READ).await;
    let key = "44444444-4444-4444-8444-444444444444";
    let keyed = letter_with(|it| it["idempotentKey"] = json!(key));
    stage.sent(&keyed).await;
    let id = stage
        .published(&letter_with(|it| {
            it["correspondence"]["allowForwarding"] = json!(true)
        }))
        .await;
    let content = format!("correspondence/{id}/content");
    stage.get(&content, &recipient).await.is_ok("read");
    let send = async |change: fn(&mut Value)| {
        stage
            .post_json("correspondence", &sender, &letter_with(change))
            .await
    };
    let answers = [
        (
            send(|it| it["correspondence"]["resourceId"] = json!("nothing")).await,
            "Bad Request",
            "15.5.1",
        ),
        (
            send(|it| it["correspondence"]["resourceId"] = json!("elsewhere")).await,
            "Unauthorized",
            "15.5.2",
        ),
        (
            send(|it| it["recipients"] = json!([format!("0192:{UNKNOWN_ORG}")])).await,
            "Not Found",
            "15.5.5",
        ),
        (
            stage.post_json("correspondence", &sender, &keyed).await,
            "Conflict",
            "15.5.10",
        ),
        (
            send(|it| it["recipients"] = json!([RESERVED])).await,
            "Unprocessable Entity",
            "15.5.21",
        ),
        (
            stage
                .post_json(
                    &format!("correspondence/{id}/forward"),
                    &recipient,
                    &json!({ "forwardTo": "a@b.no" }),
                )
                .await,
            "Internal Server Error",
            "15.6.1",
        ),
    ];
    for (answer, title, section) in answers {
        let problem = answer.json();
        let members = problem.as_object().unwrap();
        assert_eq!(
            members
                .keys()
                .map(String::as_str)
                .collect::<std::collections::BTreeSet<_>>(),
            [
                "type",
                "title",
                "status",
                "detail",
                "code",
                "traceId",
                "statusDescription",
                "errorCode"
            ]
            .into(),
            "{title}: these members"
        );
        assert!(
            !members.values().any(Value::is_null),
            "{title}: 2.1: no nulls in problems"
        );
        assert_eq!(problem["title"], title, "the phrase");
        assert_eq!(
            problem["type"],
            format!("https://tools.ietf.org/html/rfc9110#section-{section}"),
            "{title}: where it is defined"
        );
        assert_eq!(
            problem["status"],
            answer.status.as_u16(),
            "{title}: the status again"
        );
        let described = problem["statusDescription"].as_str().unwrap();
        assert_eq!(
            described == title,
            answer.status.as_u16() != 500,
            "{title}: the phrase, or a sentence for 500"
        );
        let trace: Vec<&str> = problem["traceId"].as_str().unwrap().split('-').collect();
        assert_eq!(
            trace.iter().map(|part| part.len()).collect::<Vec<_>>(),
            [2, 32, 16, 2],
            "{title}: a W3C trace id"
        );
        assert_eq!(
            answer.text().matches(trace[1]).count(),
            2,
            "{title}: the same one, twice"
        );
    }
}

#[tokio::test]
async fn section_3_1_details_carry_values_where_there_are_some() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let mut described = attachment();
    described["expirationInDays"] = json!(0);
    let short = stage.post_json("attachment", &sender, &described).await;
    let id = stage
        .post_json("attachment", &sender, &attachment())
        .await
        .json();
    let empty = stage
        .upload(id.as_str().unwrap(), &sender, Vec::new())
        .await;
    let brief = stage
        .attachment(|it| it["expirationInDays"] = json!(1), b"x")
        .await;
    let with_brief = letter_with(|it| it["existingAttachments"] = json!([brief]));
    stage.sent(&with_brief).await;
    stage
        .sandbox
        .advance(std::time::Duration::from_secs(19 * 3600));
    let sender = stage.organisation(OWNER, WRITE).await;
    let soon = stage
        .post_json("correspondence", &sender, &with_brief)
        .await;
    for (answer, code, value) in [
        (short, 2017, "1"),
        (empty, 2004, "50000000000"),
        (soon, 1055, brief.as_str()),
    ] {
        answer.is_refused(400, code, "refused");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(value), "{code}: {value} in {detail}");
    }
}

#[tokio::test]
async fn section_3_2_each_complaint_stands_under_its_key_and_in_the_list() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let body = letter_with(|it| {
        it["correspondence"]["content"]["messageTitle"] = json!("");
        it["correspondence"]["content"]["attachments"] =
            json!([{ "fileName": "a.pdf", "sendersReference": "1", "checksum": "A" }]);
    });
    let problem = stage
        .post_json("correspondence", &sender, &body)
        .await
        .json();
    for key in [
        "Correspondence.Content.MessageTitle",
        "Correspondence.Content.Attachments[0].Checksum",
    ] {
        let message = &problem["errors"][key][0];
        let path = json!([key.replace('.', "/")]);
        let listed = problem["validationErrors"].as_array().unwrap();
        assert!(
            listed.iter().any(|it| it["title"] == *message
                && it["paths"] == path
                && it["code"] == "CORR.VLD-00000"),
            "{key}: {problem}"
        );
    }
    assert_eq!(problem["statusDescription"], "Bad Request", "its phrase");
}

#[tokio::test]
async fn section_2_1_ids_are_read_in_any_case_and_written_in_lower_case() {
    let stage = Stage::set().await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let key = "ABCDEF44-4444-4444-8444-4444444444FF";
    let file = stage.attachment(|_| (), b"x").await;
    let id = stage
        .sent(&letter_with(|it| {
            it["idempotentKey"] = json!(key);
            it["existingAttachments"] = json!([file.to_uppercase()]);
        }))
        .await;
    assert_eq!(id, id.to_lowercase(), "written in lower case");
    let path = format!("correspondence/{}", id.to_uppercase());
    let overview = stage.get(&path, &sender).await.json();
    assert_eq!(
        overview["correspondenceId"],
        json!(id),
        "read in upper case from a path"
    );
    assert_eq!(
        overview["content"]["attachments"][0]["id"],
        json!(file),
        "and from a body"
    );
    let search = format!(
        "correspondence?resourceId=letters&role=Sender&idempotentKey={}",
        key.to_lowercase()
    );
    assert_eq!(
        stage.get(&search, &sender).await.json()["ids"],
        json!([id]),
        "and from a query"
    );
}
