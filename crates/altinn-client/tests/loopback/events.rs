//! Subscriptions and pulling (Platform reference, section 8).

use crate::support::{Heard, answer, answer_with, in_turn, json_answer, with_token};
use altinn_client::{Follower, NewSubscription, Pull};
use serde_json::{Value, json};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0199_0000_0000_4000_8000_0000_0000_0001);

fn body(heard: &Heard) -> Value {
    serde_json::from_slice(&heard.body).unwrap()
}

fn event(id: &str, name: &str) -> Value {
    json!({ "id": id, "specversion": "1.0", "type": format!("no.altinn.Correspondence.{name}"),
        "time": "2026-01-02T03:04:05Z", "source": "https://x/correspondence/api/v1/correspondence",
        "resource": "urn:altinn:resource:letters", "resourceinstance": ID, "subject": "urn:altinn:person:identifier-no:1",
        "alternativesubject": null, "data": null })
}

#[tokio::test]
async fn section_8_1_a_subscription_leaves_out_what_would_silence_it() {
    let listed = json!({ "id": 7, "endPoint": "https://x.no/s", "resourceFilter": "urn:altinn:resource:letters",
        "subjectFilter": null, "typeFilter": "", "consumer": "/org/ttd", "validated": false, "includeSubunits": false });
    let mut made = listed.clone();
    made["id"] = json!(8);
    let post = in_turn(vec![json_answer(201, &made), json_answer(201, &listed)]);
    let server = with_token(move |heard| match heard.method.as_str() {
        "POST" => post(),
        "DELETE" => answer(200, "text/plain", ""),
        _ if heard.path.ends_with("/7") => json_answer(200, &listed),
        _ => json_answer(200, &json!({ "count": 1, "subscriptions": [listed] })),
    });
    let client = server.client();
    let mut new = NewSubscription::new("https://x.no/s".parse().unwrap(), "letters");
    new.subject_filter = Some(String::new());
    new.type_filter = Some(" ".to_owned());
    let first = client.subscribe(Follower::Owner, &new).await.unwrap();
    assert!(
        first.is_new && first.subscription.id == 8,
        "it was not in the list"
    );
    let second = client.subscribe(Follower::Owner, &new).await.unwrap();
    assert!(!second.is_new, "201 for one that existed (item 29)");
    assert!(
        !second.subscription.validated,
        "its address has not answered"
    );
    let posted = server
        .heard_at("/events/")
        .into_iter()
        .find(|heard| heard.method == "POST")
        .unwrap();
    assert_eq!(
        body(&posted),
        json!({ "endPoint": "https://x.no/s", "resourceFilter": "urn:altinn:resource:letters" }),
        "no empty filter (item 28), no source filter, no alternative subject (item 27)"
    );
    assert_eq!(
        client
            .subscription(Follower::Owner, 7)
            .await
            .unwrap()
            .type_filter
            .as_deref(),
        Some(""),
        "faults show"
    );
    client.unsubscribe(Follower::Owner, 7).await.unwrap();
    assert_eq!(
        server.heard_at("/events/").last().unwrap().path,
        "/events/api/v1/subscriptions/7",
        "plural, whatever Location says"
    );
    client.subscriptions(Follower::Party).await.unwrap();
    let tokens = server.heard_at("/api/");
    assert!(
        tokens[0].path.contains("serviceowner"),
        "an owner is one to Events (item 12)"
    );
    assert!(
        !tokens[1].path.contains("serviceowner"),
        "a recipient is another"
    );
}

#[tokio::test]
async fn section_8_4_events_are_pulled_page_by_page_by_own_addresses() {
    let page = |events: Value| {
        // The service's own link does not encode its values.
        let next = "https://elsewhere.example/events?resource=urn:altinn:resource:a b&after=1";
        answer_with(
            200,
            &[
                ("Content-Type", "application/cloudevents+json"),
                ("next", next),
            ],
            events.to_string(),
        )
    };
    let next = in_turn(vec![
        page(json!([
            event("a", "CorrespondencePublished"),
            event("b", "x"),
            event("a", "CorrespondencePublished")
        ])),
        page(json!([event("b", "x"), event("c", "y")])),
        page(json!([])),
    ]);
    let server = with_token(move |_| next());
    let pull = Pull {
        resource: "letters".to_owned(),
        after: None,
        subject: Some("urn:altinn:person:identifier-no:1+2&3".to_owned()),
        kinds: vec!["no.altinn.correspondence.%".to_owned()],
    };
    let events = server
        .client()
        .events(Follower::Owner, &pull, 5000)
        .await
        .unwrap();
    let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"], "each once (item 30)");
    assert_eq!(
        events[0].name(),
        Some("correspondencepublished"),
        "types are compared without regard to case"
    );
    assert_eq!(events[0].instance, ID.to_string(), "which letter");
    let paths: Vec<String> = server
        .heard_at("/events/")
        .into_iter()
        .map(|heard| heard.path)
        .collect();
    let of = |after: &str| {
        format!(
            "/events/api/v1/events?resource=urn%3Aaltinn%3Aresource%3Aletters&after={after}&size=1000\
             &subject=urn%3Aaltinn%3Aperson%3Aidentifier-no%3A1%2B2%263&type=no.altinn.correspondence.%25"
        )
    };
    assert_eq!(
        paths,
        [of("0"), of("a"), of("c")],
        "from the last id seen, encoded (item 32)"
    );
    assert!(
        server
            .heard_at("/events/")
            .iter()
            .all(|heard| heard.header("content-type").is_none()),
        "item 48"
    );
}

#[tokio::test]
async fn section_8_4_a_server_that_starts_over_does_not_keep_us() {
    let server = with_token(|_| json_answer(200, &json!([event("a", "x"), event("b", "x")])));
    let pull = Pull {
        resource: "letters".to_owned(),
        after: Some("unknown".to_owned()),
        subject: None,
        kinds: vec![],
    };
    let events = server
        .client()
        .events(Follower::Party, &pull, 5000)
        .await
        .unwrap();
    assert_eq!(events.len(), 2, "what came");
    assert_eq!(
        server.heard_at("/events/").len(),
        2,
        "and the end when nothing new comes"
    );
}
