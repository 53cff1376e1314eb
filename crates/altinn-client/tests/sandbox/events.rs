//! Events, against the sandbox (Platform reference, section 8).

use crate::stage::{CUSTOMER, SERVICE, Stage, VENDOR};
use crate::support::{Server, answer};
use altinn_client::{
    Client, CloudEvent, Follower, InitializeCorrespondences, NewContent, NewCorrespondence,
    NewSubscription, Pull, SystemUser, urn,
};
use altinn_sandbox::World;
use std::time::{Duration, Instant};
use url::Url;
use uuid::Uuid;

/// Longest wait for the sandbox.
const DEADLINE: Duration = Duration::from_secs(30);

async fn send(client: &Client) -> Uuid {
    let letter = InitializeCorrespondences {
        correspondence: NewCorrespondence {
            resource_id: SERVICE.to_owned(),
            senders_reference: "ref".to_owned(),
            content: NewContent {
                language: "nb".to_owned(),
                message_title: "Brev".to_owned(),
                message_summary: None,
                message_body: "Hei".to_owned(),
            },
            ..NewCorrespondence::default()
        },
        recipients: vec![urn::organisation(CUSTOMER)],
        existing_attachments: vec![],
        idempotent_key: None,
    };
    client.initialize(&letter).await.unwrap().correspondences[0].correspondence_id
}

fn about(events: &[CloudEvent], letter: Uuid) -> Vec<&str> {
    let of_letter = events
        .iter()
        .filter(|event| event.instance == letter.to_string());
    let mut names: Vec<&str> = of_letter.filter_map(CloudEvent::name).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn section_8_1_an_address_is_asked_before_it_gets_anything() {
    let stage = Stage::set().await;
    let owner = stage.client(VENDOR, None);
    let hook = Server::start(|_| answer(200, "text/plain", ""));
    let address = hook.base.join("secret").unwrap();
    // Events takes https only; the sandbox posts in the clear to this machine.
    let address: Url = address
        .as_str()
        .replace("http://", "https://")
        .parse()
        .unwrap();
    let new = NewSubscription::new(address.clone(), SERVICE);
    let made = owner.subscribe(Follower::Owner, &new).await.unwrap();
    assert!(made.is_new, "nobody had it");
    assert_eq!(
        made.subscription.consumer, "/org/fjordvik",
        "as the service owner (item 12)"
    );
    let id = made.subscription.id;
    let started = Instant::now();
    while !owner
        .subscription(Follower::Owner, id)
        .await
        .unwrap()
        .validated
    {
        assert!(started.elapsed() < DEADLINE, "the address has answered");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(hook.heard()[0].path, "/secret", "it was asked");
    let again = owner.subscribe(Follower::Owner, &new).await.unwrap();
    assert_eq!(
        (again.is_new, again.subscription.id),
        (false, id),
        "the same one, though 201 (item 29)"
    );
    assert_eq!(
        owner.subscriptions(Follower::Owner).await.unwrap().len(),
        1,
        "in the list once"
    );
    let other = owner.subscriptions(Follower::Party).await.unwrap();
    assert!(
        other.is_empty(),
        "to Events the organisation without its code is somebody else"
    );
    owner.unsubscribe(Follower::Owner, id).await.unwrap();
    let gone = owner.subscription(Follower::Owner, id).await.unwrap_err();
    assert_eq!(gone.status(), Some(404), "ended");
    let foreign = NewSubscription::new(address, "nmk-tilsyn");
    let error = owner
        .subscribe(Follower::Owner, &foreign)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(403), "not on another owner's service");
    assert!(
        error.refusal().unwrap().detail.is_some(),
        "a bare sentence is kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn section_8_4_events_are_pulled_by_sender_and_recipient() {
    let stage = Stage::of(World::practice()).await;
    let owner = stage.client(VENDOR, None);
    let letter = send(&owner).await;
    // Published, and past the half minute that events are late.
    stage.sandbox.advance(Duration::from_secs(120));
    let mut pull = Pull {
        resource: SERVICE.to_owned(),
        after: None,
        subject: None,
        kinds: vec![],
    };
    let events = owner.events(Follower::Owner, &pull, 5000).await.unwrap();
    assert_eq!(
        about(&events, letter),
        ["correspondenceinitialized", "correspondencepublished"],
        "the owner hears of both sides"
    );
    let last = events.last().unwrap().id.clone();
    pull.after = Some(last);
    assert!(
        owner
            .events(Follower::Owner, &pull, 5000)
            .await
            .unwrap()
            .is_empty(),
        "nothing since"
    );
    let second = send(&owner).await;
    stage.sandbox.advance(Duration::from_secs(120));
    let events = owner.events(Follower::Owner, &pull, 5000).await.unwrap();
    assert!(
        about(&events, letter).is_empty() && !about(&events, second).is_empty(),
        "what has come since"
    );

    let user = SystemUser {
        organisation: CUSTOMER.to_owned(),
        external_ref: None,
    };
    let recipient = stage.client(CUSTOMER, Some(user));
    let own = Pull {
        resource: urn::resource(SERVICE),
        after: None,
        subject: Some(urn::organisation(CUSTOMER)),
        kinds: vec!["no.altinn.correspondence.correspondencepublished".to_owned()],
    };
    let events = recipient.events(Follower::Party, &own, 5000).await.unwrap();
    assert_eq!(
        about(&events, letter),
        ["correspondencepublished"],
        "the recipient hears of its own"
    );
}
