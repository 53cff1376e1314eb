//! Section 11: search.

use std::time::Duration;

use crate::stage::*;
use serde_json::{Value, json};

async fn ids(stage: &Stage, token: &str, query: &str) -> Vec<String> {
    let answer = stage.get(&format!("correspondence?{query}"), token).await;
    answer.is_ok(query);
    answer.json()["ids"]
        .as_array()
        .expect("ids")
        .iter()
        .map(|id| id.as_str().expect("text").to_owned())
        .collect()
}

fn at(minute: u32) -> String {
    format!("2026-02-01T10:{minute:02}:00+00:00")
}

fn dated(minute: u32) -> Value {
    letter_with(|it| it["correspondence"]["requestedPublishTime"] = json!(at(minute)))
}

#[tokio::test]
async fn section_11_1_parameters_are_checked() {
    let stage = Stage::set().await;
    let token = stage.organisation(ORG, READ).await;
    for (query, key) in [
        ("role=Recipient", "resourceId"),
        ("resourceId=letters", "role"),
        ("resourceId=letters&role=Nobody", "role"),
        ("resourceId=letters&role=3", "role"),
        ("resourceId=letters&role=Recipient&status=Nothing", "status"),
        ("resourceId=letters&role=Recipient&from=yesterday", "from"),
        (
            "resourceId=letters&role=Recipient&to=2026-02-01T10:00:00+02:00",
            "to",
        ),
        (
            "resourceId=letters&role=Recipient&onBehalfOf=986252932",
            "onBehalfOf",
        ),
        (
            "resourceId=letters&role=Recipient&onBehalfOf=urn:altinn:person:idporten-email:a@b.no",
            "onBehalfOf",
        ),
        (
            "resourceId=letters&role=Recipient&idempotentKey=x",
            "idempotentKey",
        ),
        (
            "resourceId=letters&role=Recipient&altinn2CorrespondenceId=x",
            "altinn2CorrespondenceId",
        ),
    ] {
        stage
            .get(&format!("correspondence?{query}"), &token)
            .await
            .is_invalid(key, query);
    }
    let query = "resourceId=letters&role=Recipient&from=2026-02-02&to=2026-02-01";
    stage
        .get(&format!("correspondence?{query}"), &token)
        .await
        .is_refused(400, 1027, "from lies after to");
    for query in [
        "RESOURCEID=letters&Role=recipient",
        "resourceId=letters&role=0&onBehalfOf=&status=",
        "resourceId=letters&role=0&onBehalfOf=%20",
    ] {
        assert_eq!(
            ids(&stage, &token, query).await,
            Vec::<String>::new(),
            "{query}: names in any case, numbers, blanks as not given"
        );
    }
}

#[tokio::test]
async fn section_11_1_access_is_the_partys_own() {
    let stage = Stage::set().await;
    let id = stage
        .published(&letter_with(|it| it["recipients"] = json!([PERSON])))
        .await;
    let person = stage.person(PERSON, READ).await;
    stage
        .get("correspondence?resourceId=letters&role=Recipient", &person)
        .await
        .is_refused(401, 4006, "a person must name themselves");
    let own = format!("resourceId=letters&role=Recipient&onBehalfOf={PERSON}");
    assert_eq!(
        ids(&stage, &person, &own).await,
        [id.as_str()],
        "on their own behalf they find theirs"
    );
    let org = stage.organisation(ORG, READ).await;
    stage
        .get(&format!("correspondence?{own}"), &org)
        .await
        .is_refused(401, 4001, "nobody searches for another");
    stage
        .get("correspondence?resourceId=nothing&role=Recipient", &org)
        .await
        .is_refused(401, 4001, "an unknown resource gives no access");
    let prefixed = "resourceId=urn:altinn:resource:letters&role=Recipient";
    assert_eq!(
        ids(&stage, &org, prefixed).await,
        Vec::<String>::new(),
        "a prefixed id finds nothing"
    );
    let owner = stage.organisation(OWNER, OWNER_SCOPES).await;
    assert_eq!(
        ids(&stage, &owner, &own).await,
        [id.as_str()],
        "the service owner may ask for anybody"
    );
}

#[tokio::test]
async fn section_11_5_bounds_are_exclusive_and_order_is_newest_first() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let mut sent = Vec::new();
    for minute in [3, 1, 5] {
        sent.push((minute, stage.sent(&dated(minute)).await));
    }
    let by = |minute: u32| sent.iter().find(|(at, _)| *at == minute).unwrap().1.clone();
    let all = "resourceId=letters&role=Sender";
    assert_eq!(
        ids(&stage, &token, all).await,
        [by(5), by(3), by(1)],
        "newest publish time first"
    );
    let between = |from: &str, to: &str| {
        format!(
            "{all}&from={}&to={}",
            from.replace('+', "%2B"),
            to.replace('+', "%2B")
        )
    };
    assert_eq!(
        ids(&stage, &token, &between(&at(1), &at(5))).await,
        [by(3)],
        "both bounds are exclusive"
    );
    let just = between(
        "2026-02-01T10:00:59.999999+00:00",
        "2026-02-01T10:05:00.000001+00:00",
    );
    assert_eq!(
        ids(&stage, &token, &just).await,
        [by(5), by(3), by(1)],
        "a microsecond outside lets them in"
    );
    assert_eq!(
        ids(&stage, &token, &between(&at(3), &at(3))).await,
        Vec::<String>::new(),
        "an empty window is empty"
    );
    assert_eq!(
        ids(&stage, &token, &format!("{all}&from=02/01/2026 10:04")).await,
        [by(5)],
        "dates month first, and open ends"
    );
}

#[tokio::test]
async fn section_11_3_status_means_has_been() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    let sender = stage.organisation(OWNER, WRITE).await;
    let read = stage.published(&dated(1)).await;
    stage
        .get(&format!("correspondence/{read}/content"), &recipient)
        .await
        .is_ok("read");
    let purged = stage.published(&dated(2)).await;
    stage
        .delete(&format!("correspondence/{purged}/purge"), &recipient)
        .await
        .is_ok("purged");
    let later = letter_with(|it| {
        it["correspondence"]["requestedPublishTime"] = json!("2099-01-01T00:00:00Z")
    });
    let waiting = stage.sent(&later).await;
    let (read, purged, waiting) = (read.as_str(), purged.as_str(), waiting.as_str());
    let nothing: &[&str] = &[];
    let as_recipient: &[(&str, &[&str])] = &[
        ("", &[purged, read]),
        ("&status=Published", &[purged, read]),
        ("&status=2", &[purged, read]),
        ("&status=Read", &[read]),
        ("&status=PurgedByRecipient", &[purged]),
        ("&status=Fetched", nothing),
        ("&status=Initialized", nothing),
        ("&status=ReadyForPublish", nothing),
        ("&status=Failed", nothing),
        ("&status=99", nothing),
    ];
    for (more, expected) in as_recipient {
        assert_eq!(
            ids(
                &stage,
                &recipient,
                &format!("resourceId=letters&role=Recipient{more}")
            )
            .await,
            *expected,
            "recipient {more}"
        );
    }
    let as_sender: &[(&str, &[&str])] = &[
        ("", &[waiting, purged, read]),
        ("&status=ReadyForPublish", &[waiting, purged, read]),
        ("&status=Published", &[purged, read]),
        ("&status=Failed", nothing),
        ("&sendersReference=ref-1", &[waiting, purged, read]),
        ("&sendersReference=ref", nothing),
    ];
    for (more, expected) in as_sender {
        assert_eq!(
            ids(
                &stage,
                &sender,
                &format!("resourceId=letters&role=Sender{more}")
            )
            .await,
            *expected,
            "sender {more}"
        );
    }
    let as_both: &[(&str, &[&str])] = &[
        ("", &[waiting, purged, read]),
        ("&status=Read", &[waiting, purged, read]),
    ];
    for (more, expected) in as_both {
        let query = format!("resourceId=letters&role=RecipientAndSender{more}");
        assert_eq!(
            ids(&stage, &recipient, &query).await,
            *expected,
            "what is addressed to the party comes whatever its status {more}"
        );
    }
    let query = "resourceId=letters&role=RecipientAndSender&status=Failed";
    assert_eq!(
        ids(&stage, &sender, query).await,
        [purged, read],
        "as sender only: what ever was so, or is out"
    );
    assert_eq!(
        ids(&stage, &sender, "resourceId=letters&role=Recipient").await,
        Vec::<String>::new(),
        "a sender is no recipient"
    );
    assert_eq!(
        ids(&stage, &sender, "resourceId=other-letters&role=Sender").await,
        Vec::<String>::new(),
        "one resource a call"
    );
}

#[tokio::test]
async fn section_11_2_the_key_is_a_short_cut() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    let key = "55555555-5555-4555-8555-555555555555";
    let id = stage
        .sent(&letter_with(|it| it["idempotentKey"] = json!(key)))
        .await;
    for more in ["role=Sender", "role=Recipient&status=Read&from=2099-01-01"] {
        let query = format!("resourceId=other-letters&{more}&idempotentKey={key}");
        assert_eq!(
            ids(&stage, &token, &query).await,
            [id.as_str()],
            "resource, role, dates and status do not count"
        );
    }
    let query = "resourceId=letters&role=Sender&idempotentKey=66666666-6666-4666-8666-666666666666";
    assert_eq!(
        ids(&stage, &token, query).await,
        Vec::<String>::new(),
        "an unused key finds nothing"
    );
}

#[tokio::test]
async fn section_11_4_a_thousand_at_most() {
    let stage = Stage::set_with(|world| world["register"]["default"] = json!("known")).await;
    let token = stage.organisation(OWNER, WRITE).await;
    let recipients: Vec<String> = (0..500)
        .map(|n| format!("0192:{}", 810_000_000 + n))
        .collect();
    for minute in 1..=3 {
        let bulk = letter_with(|it| {
            it["recipients"] = json!(recipients);
            it["correspondence"]["requestedPublishTime"] = json!(at(minute));
        });
        stage
            .post_json("correspondence", &token, &bulk)
            .await
            .is_ok("500 recipients are taken");
    }
    let all = "resourceId=letters&role=Sender";
    assert_eq!(
        ids(&stage, &token, all).await.len(),
        1000,
        "an answer has at most 1000"
    );
    let older = format!("{all}&to={}", at(3).replace('+', "%2B"));
    let newest = format!("{all}&from={}", at(2).replace('+', "%2B"));
    assert_eq!(
        ids(&stage, &token, &older).await.len(),
        1000,
        "the window holds exactly 1000"
    );
    assert_eq!(
        ids(&stage, &token, &newest).await.len(),
        500,
        "time windows get past it"
    );
}

#[tokio::test]
async fn section_11_3_what_waits_for_its_time_is_not_the_recipients_yet() {
    let stage = Stage::set().await;
    let hour =
        letter_with(|it| it["correspondence"]["requestedPublishTime"] = json!(in_seconds(3600)));
    let id = stage.sent(&hour).await;
    stage.publish();
    let recipient = stage.organisation(ORG, READ).await;
    assert_eq!(
        ids(&stage, &recipient, "resourceId=letters&role=Recipient").await,
        Vec::<String>::new(),
        "an hour too early"
    );
    stage.sandbox.advance(Duration::from_secs(3600));
    let recipient = stage.organisation(ORG, READ).await;
    assert_eq!(
        ids(&stage, &recipient, "resourceId=letters&role=Recipient").await,
        [id.as_str()],
        "then it is there"
    );
}

/// Sections 11.1 to 11.3: filters that stand beside the status.
#[tokio::test]
async fn section_11_1_references_are_compared_by_letter_and_old_ids_are_looked_up() {
    let stage = Stage::set().await;
    let recipient = stage.organisation(ORG, READ).await;
    stage
        .published(&letter_with(|it| {
            it["correspondence"]["sendersReference"] = json!("Sak 1")
        }))
        .await;
    for (query, count) in [
        ("sendersReference=Sak%201", 1),
        ("sendersReference=sak%201", 0),
        ("altinn2CorrespondenceId=1", 0),
        ("status=published", 1),
    ] {
        let query = format!("resourceId=letters&role=Recipient&{query}");
        let found = ids(&stage, &recipient, &query).await;
        assert_eq!(found.len(), count, "{query}");
    }
}

/// Sections 5.8 and 11.1: every role and status by name and number, and every spelling of a party.
#[tokio::test]
async fn section_11_1_every_spelling_finds_the_same() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, WRITE).await;
    stage.sent(&letter()).await;
    let all = "resourceId=letters&role=Sender";
    let statuses = [
        "Initialized",
        "ReadyForPublish",
        "Published",
        "Fetched",
        "Read",
        "Replied",
        "Confirmed",
        "PurgedByRecipient",
        "PurgedByAltinn",
        "Archived",
        "Reserved",
        "Failed",
        "AttachmentsDownloaded",
        "Forwarded",
    ];
    for (number, name) in statuses.into_iter().enumerate() {
        let by_name = ids(
            &stage,
            &token,
            &format!("{all}&status={}", name.to_uppercase()),
        )
        .await;
        let by_number = ids(&stage, &token, &format!("{all}&status={number}")).await;
        assert_eq!(by_name, by_number, "{name}");
        assert_eq!(
            by_name.len(),
            usize::from(number < 2),
            "{name}: it is waiting"
        );
    }
    stage.publish();
    for (number, name, count) in [
        (0, "Recipient", 0),
        (1, "Sender", 1),
        (2, "RecipientAndSender", 1),
    ] {
        for role in [name.to_owned(), number.to_string()] {
            let found = ids(&stage, &token, &format!("resourceId=letters&role={role}")).await;
            assert_eq!(found.len(), count, "role {role}");
        }
    }
    let recipient = stage.organisation(ORG, READ).await;
    for party in [
        format!("0192:{ORG}"),
        format!("urn:altinn:organization:identifier-no:{ORG}"),
    ] {
        let found = ids(
            &stage,
            &recipient,
            &format!("resourceId=letters&role=Recipient&onBehalfOf={party}"),
        )
        .await;
        assert_eq!(found.len(), 1, "{party}");
    }
    stage
        .published(&letter_with(|it| it["recipients"] = json!([PERSON])))
        .await;
    let person = stage.person(PERSON, READ).await;
    for party in [
        PERSON.to_owned(),
        format!("urn:altinn:person:identifier-no:{PERSON}"),
    ] {
        let found = ids(
            &stage,
            &person,
            &format!("resourceId=letters&role=Recipient&onBehalfOf={party}"),
        )
        .await;
        assert_eq!(found.len(), 1, "{party}");
    }
    for wrong in [
        "07827199406",
        "urn:altinn:person:identifier-no:07827199406",
        "0192:98625293",
        "urn:altinn:person:legacy-selfidentified:x",
    ] {
        stage
            .get(
                &format!("correspondence?resourceId=letters&role=Recipient&onBehalfOf={wrong}"),
                &person,
            )
            .await
            .is_invalid("onBehalfOf", wrong);
    }
}

#[tokio::test]
async fn section_11_1_letter_case_and_an_unknown_party() {
    let stage = Stage::set().await;
    let owner = stage.organisation(OWNER, OWNER_SCOPES).await;
    stage.sent(&letter()).await;
    let search = "correspondence?resourceId=Letters&role=Sender";
    stage.get(search, &owner).await.is_refused(
        401,
        4001,
        "another spelling is another resource, which is unknown",
    );
    let nobody = stage.organisation(UNKNOWN_ORG, READ).await;
    let found = ids(&stage, &nobody, "resourceId=letters&role=Recipient").await;
    assert_eq!(found, Vec::<String>::new(), "4002 is not raised here");
}

#[tokio::test]
async fn section_11_2_a_key_is_looked_up_after_access() {
    let stage = Stage::set().await;
    let key = "55555555-5555-4555-8555-555555555555";
    stage
        .sent(&letter_with(|it| it["idempotentKey"] = json!(key)))
        .await;
    let org = stage.organisation(ORG, READ).await;
    let other = format!(
        "correspondence?resourceId=letters&role=Sender&idempotentKey={key}&onBehalfOf=0192:{OWNER}"
    );
    stage
        .get(&other, &org)
        .await
        .is_refused(401, 4001, "not on behalf of another");
}
