//! Answers of every shape, right and wrong, and what becomes of them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use altinn_client::{
    ApiError, AttachmentStatus, CorrespondenceStatus, Retry, Role, Search, SearchRole, Stage,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::{Server, answer, answer_with, json_answer, overview, with_token};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0199_0000_0000_4000_8000_0000_0000_0001);

async fn overview_error(body: Vec<u8>) -> ApiError {
    let server = with_token(move |_| body.clone());
    server
        .client()
        .overview(Role::Recipient, ID)
        .await
        .unwrap_err()
}

#[tokio::test]
async fn an_overview_is_read_as_the_reference_lists_it() {
    let server = with_token(|_| json_answer(200, &overview(ID)));
    let letter = server.client().overview(Role::Recipient, ID).await.unwrap();
    assert_eq!(letter.correspondence_id, ID, "id");
    assert_eq!(
        letter.content.message_body, "**Hei** <b>der</b>",
        "the body comes as it is"
    );
    assert_eq!(
        letter.content.attachments[0].status,
        AttachmentStatus::Published,
        "attachment"
    );
    assert_eq!(
        letter.status,
        CorrespondenceStatus::AttachmentsDownloaded,
        "status by name"
    );
    assert_eq!(
        letter
            .requested_publish_time
            .unwrap()
            .timestamp_subsec_micros(),
        678_901,
        "microseconds survive"
    );
    assert_eq!(
        letter.reply_options[0].link_url, "https://example.no",
        "linkURL in its odd spelling"
    );
    assert!(letter.is_confirmation_needed, "flag");
    let heard = &server.heard_at("/correspondence/")[0];
    assert_eq!(
        heard.path,
        format!("/correspondence/api/v1/correspondence/{ID}"),
        "path"
    );
    assert_eq!(
        heard.header("accept"),
        Some("application/json"),
        "anything vaguer is a 406"
    );
    assert_eq!(
        heard.header("user-agent"),
        Some("Brevdue/0.0-test"),
        "who we are"
    );
    let trace = heard.header("traceparent").unwrap();
    assert!(
        trace.len() == 55 && trace.starts_with("00-") && trace.ends_with("-01"),
        "W3C form, got {trace}"
    );
    assert_eq!(
        heard.header("content-type"),
        None,
        "a GET with a content type is a 415"
    );
}

#[tokio::test]
async fn what_is_null_missing_or_new_does_not_break_a_letter() {
    let mut nulls = overview(ID);
    for (name, value) in nulls.as_object_mut().unwrap() {
        if !["correspondenceId", "status"].contains(&name.as_str()) {
            *value = Value::Null;
        }
    }
    let mut strange = overview(ID);
    strange["status"] = json!("Teleported");
    strange["content"]["attachments"][0]["status"] = json!("Quarantined");
    strange["somethingNew"] = json!({ "deep": [1, 2, 3] });
    let least = json!({ "correspondenceId": ID, "status": "Published" });
    for body in [nulls, least] {
        let server = with_token(move |_| json_answer(200, &body));
        let letter = server.client().overview(Role::Recipient, ID).await.unwrap();
        assert!(
            letter.content.attachments.is_empty() && letter.read.is_none(),
            "null reads as empty"
        );
    }
    let server = with_token(move |_| json_answer(200, &strange));
    let letter = server.client().overview(Role::Recipient, ID).await.unwrap();
    assert_eq!(
        letter.status,
        CorrespondenceStatus::Other("Teleported".to_owned()),
        "unknown names are kept"
    );
    assert_eq!(
        letter.content.attachments[0].status.as_str(),
        "Quarantined",
        "unknown names are kept"
    );
}

#[tokio::test]
async fn a_member_that_comes_twice_is_no_obstacle() {
    let body = r#"{"type":"t","title":"Bad Request","status":400,"detail":"words","code":"CORR-01006",
        "traceId":"00-abc-def-01","statusDescription":"Bad Request","traceId":"00-abc-def-01","errorCode":1006}"#;
    let error = overview_error(answer(400, "application/problem+json; charset=utf-8", body)).await;
    assert_eq!(error.code(), Some(1006), "the number to branch on");
    assert_eq!(
        error.trace_id(),
        Some("00-abc-def-01"),
        "Altinn's own trace id"
    );
    assert_eq!(
        error.refusal().unwrap().detail.as_deref(),
        Some("words"),
        "Altinn's own words"
    );
    assert!(
        !format!("{error:?} {error}").contains("words"),
        "which may name people and so stay out of logs"
    );
}

#[tokio::test]
async fn a_refusal_keeps_status_and_trace_whatever_its_body() {
    for (status, media_type, body) in [
        (502, "text/html", "<html><h1>502 Bad Gateway</h1></html>"),
        (404, "text/plain", ""),
        (415, "application/json", "[[[[[["),
        (429, "application/json", "null"),
        (500, "application/json", "\u{feff}{\"title\":\"x\"}"),
        (520, "text/html", "unknown"),
    ] {
        let error = overview_error(answer(status, media_type, body)).await;
        assert_eq!(error.status(), Some(status), "status of {body:?}");
        assert_eq!(error.code(), None, "no code in {body:?}");
        assert!(
            error.trace_id().unwrap().starts_with("00-"),
            "the trace id we sent stands in"
        );
    }
}

#[tokio::test]
async fn validation_problems_name_the_member() {
    let body = json!({ "title": "Bad Request", "status": 400, "code": "STD-00000",
        "validationErrors": [{ "code": "CORR.VLD-00000", "title": "too long", "paths": ["Correspondence/Content/MessageTitle"] }],
        "errors": { "Correspondence.Content.MessageTitle": ["too long"] } });
    let error = overview_error(json_answer(400, &body)).await;
    let validation = &error.refusal().unwrap().validation;
    assert_eq!(validation.len(), 1, "one message, though it is told twice");
    assert_eq!(
        validation[0].path.as_deref(),
        Some("Correspondence/Content/MessageTitle"),
        "where"
    );
    assert_eq!(error.code(), None, "STD-00000 is no business code");
    let body = json!({ "errors": { "Recipients": ["bad"], "fine": [] } });
    let error = overview_error(json_answer(400, &body)).await;
    assert_eq!(
        error.refusal().unwrap().validation[0].path.as_deref(),
        Some("Recipients"),
        "the older form too"
    );
    let error = overview_error(json_answer(400, &json!("a bare sentence"))).await;
    assert_eq!(
        error.refusal().unwrap().detail.as_deref(),
        Some("a bare sentence"),
        "3023 is a bare string"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_no_token_along() {
    let foreign = Server::start(|_| json_answer(200, &overview(ID)));
    let target = foreign.base.clone();
    let server = with_token(move |_| answer_with(302, &[("Location", target.as_str())], ""));
    let client = server.client();
    let error = client.overview(Role::Recipient, ID).await.unwrap_err();
    assert_eq!(
        (error.status(), error.retry()),
        (Some(302), Retry::Never),
        "the download login is no answer"
    );
    let error = client.download(ID, ID).await.map(|_| ()).unwrap_err();
    assert_eq!(error.status(), Some(302), "nor for files");
    assert_eq!(
        client.organisation("991825827").await.unwrap_err().status(),
        Some(302),
        "nor for names"
    );
    assert!(foreign.heard().is_empty(), "nobody else hears of us");
}

#[tokio::test]
async fn names_and_services_are_asked_without_a_token() {
    let server = with_token(|heard| match heard.path.as_str() {
        "/enhetsregisteret/api/enheter/991825827" => json_answer(
            200,
            &json!({
            "organisasjonsnummer": "991825827", "navn": "DIGITALISERINGSDIREKTORATET",
            "organisasjonsform": { "kode": "ORGL" }, "postadresse": { "poststed": "OSLO" } }),
        ),
        "/enhetsregisteret/api/underenheter/974760673" => json_answer(
            200,
            &json!({
            "organisasjonsnummer": "974760673", "navn": "AVDELING", "overordnetEnhet": "991825827",
            "beliggenhetsadresse": { "poststed": "LEIKANGER" }, "nedleggelsesdato": "2024-01-01" }),
        ),
        "/orgs/altinn-orgs.json" => json_answer(
            200,
            &json!({ "orgs": { "ttd": { "name": { "nb": "Test" }, "orgnr": "" } } }),
        ),
        "/resourceregistry/api/v1/resource/a%2Fb" => json_answer(
            200,
            &json!({ "identifier": "a/b", "title": { "nb": "Brev" } }),
        ),
        "/resourceregistry/api/v1/resource/a%2Fb/policy" => {
            answer(404, "text/plain", "Unable to find requested policy")
        }
        _ => answer(404, "text/plain", ""),
    });
    let client = server.client();
    let main = client.organisation("991825827").await.unwrap().unwrap();
    assert_eq!(
        (main.name.as_str(), main.place(), main.is_deleted()),
        ("DIGITALISERINGSDIREKTORATET", Some("OSLO"), false)
    );
    let unit = client.organisation("974760673").await.unwrap().unwrap();
    assert_eq!(
        (unit.place(), unit.is_deleted()),
        (Some("LEIKANGER"), true),
        "a sub-unit is found at the second try"
    );
    assert_eq!(
        client.organisation("000000000").await.unwrap(),
        None,
        "unknown in both lists"
    );
    assert_eq!(
        client.service_owners().await.unwrap()[0].code,
        "ttd",
        "owners by code, whatever their number"
    );
    assert_eq!(
        client.resource("a/b").await.unwrap().title.nb.as_deref(),
        Some("Brev"),
        "an id is one segment"
    );
    assert_eq!(
        client.policy("a/b").await.unwrap(),
        None,
        "no policy published"
    );
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| heard.header("authorization").is_none()),
        "open data needs no token, and foreign origins must not see one"
    );
}

#[tokio::test]
async fn a_search_is_worded_as_the_reference_asks() {
    let server = with_token(|_| json_answer(200, &json!({ "ids": [ID] })));
    let time = chrono::DateTime::parse_from_rfc3339("2026-01-02T03:04:05.000001+02:00")
        .unwrap()
        .to_utc();
    let search = Search {
        status: Some(CorrespondenceStatus::Confirmed),
        from: Some(time),
        senders_reference: Some("a&b +".to_owned()),
        idempotent_key: Some(ID),
        ..Search::new("conf-letters", SearchRole::Sender)
    };
    assert_eq!(
        server.client().search(&search).await.unwrap(),
        vec![ID],
        "ids"
    );
    assert_eq!(
        server.heard_at("/correspondence/")[0].path,
        format!(
            "/correspondence/api/v1/correspondence?resourceId=conf-letters&role=Sender&status=Confirmed\
             &from=2026-01-02T01%3A04%3A05.000001Z&sendersReference=a%26b+%2B&idempotentKey={ID}"
        ),
        "UTC with microseconds and no bare plus"
    );
}

#[tokio::test]
async fn retry_after_is_kept_and_clamped() {
    for (header, expected) in [
        ("7", Some(7)),
        ("999999", Some(3600)),
        ("-5", None),
        ("soon", None),
    ] {
        let error = overview_error(answer_with(429, &[("Retry-After", header)], "")).await;
        assert_eq!(
            error.retry(),
            Retry::Later {
                after: expected.map(Duration::from_secs)
            },
            "Retry-After: {header}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_answer() {
    let whole = json_answer(200, &overview(ID));
    for cut in [0, 10, whole.len() / 2, whole.len() - 1] {
        let part = whole[..cut].to_vec();
        let server = with_token(move |_| part.clone());
        let client = server.client();
        let error = client.overview(Role::Recipient, ID).await.unwrap_err();
        assert!(error.is_network(), "cut at {cut}: {error:?}");
        assert_eq!(
            error.retry(),
            Retry::Later { after: None },
            "a read may be repeated, cut at {cut}"
        );
        let error = client.confirm(ID).await;
        if cut < whole.len() / 2 {
            assert_eq!(
                error.unwrap_err().retry(),
                Retry::Unsure,
                "an act may have happened, cut at {cut}"
            );
        }
        assert!(
            !format!("{:?}", client.overview(Role::Recipient, ID).await).contains(&ID.to_string()),
            "no id in errors"
        );
    }
}

#[tokio::test]
async fn a_letter_cut_at_any_byte_is_never_taken_for_whole() {
    let whole = json_answer(200, &overview(ID));
    let length = whole.len();
    let cut = Arc::new(AtomicUsize::new(0));
    let at = cut.clone();
    let server = with_token(move |_| whole[..at.load(Ordering::SeqCst)].to_vec());
    let client = server.client();
    for bytes in 0..length {
        cut.store(bytes, Ordering::SeqCst);
        let error = client.overview(Role::Recipient, ID).await.err();
        assert!(
            error.is_some_and(|error| error.is_network()),
            "cut after {bytes} of {length} bytes"
        );
    }
    cut.store(length, Ordering::SeqCst);
    assert!(
        client.overview(Role::Recipient, ID).await.is_ok(),
        "whole, it is a letter"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_has_done_nothing() {
    let gone = Server::start(|_| vec![]);
    let mut addresses = gone.addresses();
    // Bound and dropped: nobody listens there now.
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    addresses.platform = url::Url::parse(&format!("http://{free}/")).unwrap();
    let tokens = with_token(|_| vec![]);
    let client = altinn_client::Client::new(
        addresses,
        tokens.test_token(),
        support::options(&support::Time::default()),
    )
    .unwrap();
    let error = client.confirm(ID).await.unwrap_err();
    assert!(
        matches!(
            error,
            ApiError::Network {
                stage: Stage::Connect,
                may_have_acted: false,
                ..
            }
        ),
        "got {error:?}"
    );
    assert_eq!(
        error.retry(),
        Retry::Later { after: None },
        "no connection, so nothing happened"
    );
}

#[tokio::test]
async fn a_success_that_is_none_is_found_out() {
    for body in [
        "",
        "null",
        "<html>",
        "{\"title\":\"Bad Request\",\"status\":400}",
        "{\"correspondenceId\":5}",
    ] {
        let server = with_token(move |_| answer(200, "application/json", body));
        let client = server.client();
        let error = client.overview(Role::Recipient, ID).await.unwrap_err();
        assert!(
            matches!(error, ApiError::Decode { .. }),
            "{body:?} is no letter, got {error:?}"
        );
        assert!(
            !format!("{error:?} {error}").contains("Bad Request"),
            "the body stays out of the error"
        );
        assert_eq!(
            client.sign_in(Role::Recipient).await.map_err(|_| ()),
            Ok(()),
            "and the token stays good"
        );
    }
}

#[tokio::test]
async fn a_huge_or_deep_answer_is_refused_without_harm() {
    let deep = "[".repeat(100_000);
    let error = overview_error(answer(200, "application/json", &deep)).await;
    assert!(
        matches!(error, ApiError::Decode { .. }),
        "deep nesting ends in an error, not in a crash"
    );
    let error = overview_error(answer(200, "application/json", vec![b' '; 9 << 20])).await;
    assert!(
        matches!(error, ApiError::Decode { .. }),
        "more than 8 MiB is no letter"
    );
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let server = with_token(|_| {
        std::thread::sleep(Duration::from_secs(3));
        vec![]
    });
    let started = std::time::Instant::now();
    let error = server
        .client()
        .overview(Role::Recipient, ID)
        .await
        .unwrap_err();
    assert!(error.is_network(), "silence is no answer");
    assert!(
        started.elapsed() < Duration::from_millis(2500),
        "the idle time of 0.7 s decides, not the server"
    );
}

#[tokio::test]
async fn every_status_has_a_verdict() {
    let later = Retry::Later { after: None };
    // status, code in the body, verdict of a read, verdict of an act
    for (status, code, read, act) in [
        (400, None, Retry::Never, Retry::Never),
        (400, Some(1024), Retry::Never, Retry::Never),
        (401, Some(4001), Retry::Never, Retry::Never),
        (401, Some(4006), Retry::Never, Retry::Never),
        (403, None, Retry::Never, Retry::Never),
        (404, None, Retry::Never, Retry::Never),
        (404, Some(1001), Retry::Never, Retry::Never),
        (404, Some(1029), Retry::Never, Retry::Never),
        (405, None, Retry::Never, Retry::Never),
        (406, None, Retry::Never, Retry::Never),
        (408, None, later, later),
        (408, Some(2022), later, later),
        (409, Some(1034), Retry::Never, Retry::Never),
        (410, None, Retry::Never, Retry::Never),
        (413, None, Retry::Never, Retry::Never),
        (415, None, Retry::Never, Retry::Never),
        (422, Some(1030), Retry::Never, Retry::Never),
        (423, None, later, later),
        (425, None, later, later),
        (429, None, later, later),
        (451, None, Retry::Never, Retry::Never),
        (500, None, later, Retry::Unsure),
        (500, Some(1032), later, later),
        (501, None, Retry::Never, Retry::Never),
        (502, None, later, Retry::Unsure),
        (502, Some(2002), later, later),
        (503, None, later, Retry::Unsure),
        (504, None, later, Retry::Unsure),
        (505, None, Retry::Never, Retry::Never),
        (520, None, later, Retry::Unsure),
        (599, None, later, Retry::Unsure),
        (402, None, Retry::Never, Retry::Never),
        (407, None, Retry::Never, Retry::Never),
        (411, None, Retry::Never, Retry::Never),
        (412, None, Retry::Never, Retry::Never),
        (414, None, Retry::Never, Retry::Never),
        (416, None, Retry::Never, Retry::Never),
        (417, None, Retry::Never, Retry::Never),
        (421, None, later, later),
        (424, None, Retry::Never, Retry::Never),
        (426, None, Retry::Never, Retry::Never),
        (428, None, Retry::Never, Retry::Never),
        (431, None, Retry::Never, Retry::Never),
        (506, None, Retry::Never, Retry::Never),
        (507, None, later, Retry::Unsure),
        (508, None, later, Retry::Unsure),
        (511, None, later, Retry::Unsure),
        (300, None, Retry::Never, Retry::Never),
        (301, None, Retry::Never, Retry::Never),
        (307, None, Retry::Never, Retry::Never),
    ] {
        let body = match code {
            Some(code) => json!({ "status": status, "errorCode": code }).to_string(),
            None => "x".to_owned(),
        };
        let server = with_token(move |_| answer(status, "application/json", &body));
        let client = server.client();
        let error = client.overview(Role::Recipient, ID).await.unwrap_err();
        assert_eq!(error.retry(), read, "read, status {status}, code {code:?}");
        assert_eq!(
            client.confirm(ID).await.unwrap_err().retry(),
            act,
            "act, status {status}, code {code:?}"
        );
    }
}
