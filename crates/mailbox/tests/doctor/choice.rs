//! Services to choose from, and event subscriptions.

use crate::stage::{FJORDVIK, Fault, READ, SENT};
use mailbox::view::{ErrorCode, FindingCode, NewEventSubscription};

#[tokio::test(flavor = "multi_thread")]
async fn services_are_found_by_owner_and_words_in_the_local_copy() {
    let stage = Fault::none("services").stage().await;
    let find = |words: &str| stage.mailbox.catalogue(&stage.account, words.to_owned());
    assert!(
        find("").await.unwrap().resources.is_empty(),
        "nothing is known yet"
    );
    stage.mailbox.fetch_catalogue(&stage.account).await.unwrap();
    let asked = stage.altinn.ledger().len();
    let all = find("").await.unwrap();
    assert!(all.fetched_at.is_some(), "when it was fetched");
    assert!(all.total > 10, "every service: {}", all.total);
    assert!(all.resources[0].is_own, "one’s own come first");
    for (words, expected) in [
        ("tilsyn fjordvik", SENT),
        ("INSPECTIONS fjordvik", SENT),
        (FJORDVIK, SENT),
        ("arbeidsmiljø", READ),
    ] {
        let found = find(words).await.unwrap();
        assert!(
            found.resources.iter().any(|one| one.resource == expected),
            "by title, language, owner and number: {words}"
        );
    }
    assert_eq!(
        find("finnes ikke").await.unwrap().total,
        0,
        "all words must fit"
    );
    let sent = find(SENT).await.unwrap().resources.remove(0);
    assert!(
        sent.sends && !sent.receives,
        "what the account does with it"
    );
    assert_eq!(stage.altinn.ledger().len(), asked, "searching asks nobody");
}

fn new(endpoint: &str, resource: &str) -> NewEventSubscription {
    NewEventSubscription {
        endpoint: endpoint.to_owned(),
        resource: resource.to_owned(),
        kind: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_is_made_shown_and_ended() {
    let stage = Fault::none("events").stage().await;
    let (mailbox, account) = (&stage.mailbox, stage.account.as_str());
    for (endpoint, resource, code) in [
        ("http://mottak.example/x", SENT, ErrorCode::EndpointInvalid),
        ("mottak.example", SENT, ErrorCode::EndpointInvalid),
        (
            "https://mottak.example/x",
            "finnes-ikke",
            ErrorCode::NotFound,
        ),
    ] {
        let refused = mailbox.subscribe(account, new(endpoint, resource)).await;
        assert_eq!(refused.unwrap_err().code(), code, "{endpoint} {resource}");
    }
    let made = mailbox
        .subscribe(account, new("https://mottak.example/hemmelig-7f3a", SENT))
        .await
        .unwrap();
    assert_eq!(made.subscriptions.len(), 1, "there it is");
    let one = &made.subscriptions[0];
    assert_eq!(
        one.endpoint, "https://mottak.example/…",
        "its secret is not shown"
    );
    assert!(!one.is_validated, "nobody has answered there");
    assert!(one.findings.is_empty(), "which is too early to complain of");
    assert_eq!(
        mailbox.subscriptions(account).await.unwrap(),
        made,
        "and it is remembered"
    );
    let left = mailbox.unsubscribe(account, one.id).await.unwrap();
    assert!(left.subscriptions.is_empty(), "and gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_that_cannot_work_says_why() {
    let stage = Fault::none("events")
        .answers(
            "/events/api/v1/subscriptions",
            200,
            serde_json::json!({ "count": 1, "subscriptions": [{ "id": 4, "endPoint": "https://x.example/y",
                "resourceFilter": format!("urn:altinn:resource:{SENT}"), "typeFilter": "", "validated": true }] }),
        )
        .stage()
        .await;
    let list = stage
        .mailbox
        .fetch_subscriptions(&stage.account)
        .await
        .unwrap();
    assert_eq!(
        list.subscriptions[0].findings[0].code,
        FindingCode::SubscriptionEmptyFilter,
        "an empty filter matches nothing"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_pulled_once() {
    let stage = Fault::none("events").stage().await;
    let (mailbox, account) = (&stage.mailbox, stage.account.as_str());
    let text = mailbox::view::TestText {
        language: "nb".to_owned(),
        title: "Prøve".to_owned(),
        body: "Prøve".to_owned(),
    };
    mailbox.test_letter(account, text, false).await.unwrap();
    // Events show up half a minute late.
    stage.altinn.advance(std::time::Duration::from_secs(120));
    let first = mailbox.pull_events(account).await.unwrap();
    assert!(first > 0, "the letter was initialised and published");
    assert_eq!(
        mailbox.pull_events(account).await.unwrap(),
        0,
        "each is seen once"
    );
}
