//! World files.

use altinn_sandbox::world::{Environment, Scan};
use altinn_sandbox::{Options, World};
use serde_json::json;

use crate::stage::{READ, Stage, WRITE};

/// A world as a conformance suite writes it: members unknown here, texts where keys will be, defaults left out.
fn conformance() -> String {
    json!({
        "about": "what exists and how it behaves", "name": "conformance", "environment": "test",
        "timers": { "publish_poll_ms": 200, "scan_ms": 500 },
        "service_owners": [{ "org": "digdir", "orgnr": "991825827", "name": { "nb": "Direktoratet" } }],
        "maskinporten_clients": [{ "client_id": "11111111-2222-4333-8444-555555555555", "orgnr": "991825827",
            "scopes": [WRITE, READ], "public_key": "registered at start" }],
        "resources": [
            { "id": "conf-letters", "owner": "991825827", "type": "CorrespondenceService", "minimum_auth_level": 0 },
            { "id": "conf-bypass", "owner": "991825827", "scan": "bypass" },
            { "id": "conf-broker", "owner": "991825827", "type": "BrokerService" },
        ],
        "register": { "default": "known", "unknown": ["999999999"],
            "organizations": [{ "orgnr": "312585065", "name": "UROLEG EKTE HUND DA", "roles": [] }],
            "people": [{ "nin": "07827199405", "name": "AKSEL SYNTETISK" }] },
        "reservations": { "reserved": ["08900499559"], "available": true },
        "access": "the owner organisation may write; the addressed party may read",
    })
    .to_string()
}

#[test]
fn what_is_left_out_takes_its_default() {
    let empty = World::from_json("{}").unwrap();
    assert_eq!(empty.environment, Environment::Test, "test");
    assert_eq!(empty.timers.publish_poll.as_millis(), 5000, "5 s");
    assert_eq!(empty.timers.scan.as_millis(), 2000, "2 s");
    assert_eq!(empty.timers.confirm_delay.as_millis(), 4000, "4 s");
    assert_eq!(empty.timers.fetched_debounce.as_millis(), 15_000, "15 s");
    assert!(
        empty.reservations.available && empty.service_owner_bypass,
        "both on"
    );
    let world = World::from_json(&conformance()).unwrap();
    assert_eq!(world.timers.publish_poll.as_millis(), 200, "as written");
    assert_eq!(world.timers.confirm_delay.as_millis(), 4000, "as left out");
    let bypass = world.resource("conf-bypass").unwrap();
    assert_eq!(bypass.kind, "CorrespondenceService", "the default");
    assert_eq!(bypass.scan, Scan::Bypass, "as written");
    assert!(World::from_json("[").is_err(), "not JSON");
}

#[tokio::test]
async fn a_world_of_ones_own_is_served_and_can_be_seeded() {
    let stage = Stage::with(Options {
        world: World::from_json(&conformance()).unwrap(),
        letters: Some(60),
        ..Options::default()
    })
    .await;
    assert!(
        stage.sandbox.ready().accounts.is_empty(),
        "nobody's private key is known"
    );
    let client = "clients/11111111-2222-4333-8444-555555555555/keys";
    let key = json!({ "kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB" });
    let response = stage
        .control(reqwest::Method::POST, client, &json!({ "keys": [key] }))
        .await;
    assert_eq!(response.status(), 200, "keys come later");
    let token = stage.token("312585065", READ).await;
    let mut found = 0;
    for resource in ["conf-letters", "conf-bypass"] {
        let search = format!("correspondence?resourceId={resource}&role=Recipient");
        let ids = stage.correspondence(&search, &token).await;
        found += ids["ids"].as_array().unwrap().len();
    }
    assert_eq!(found, 60, "all to the one organisation there is");
}

#[test]
fn the_platforms_members_take_their_defaults() {
    let world = json!({
        "resources": [{ "id": "a", "keywords": ["mat"], "policy": "" }, { "id": "b" }],
        "systems": [{ "id": "991825827_arkiv", "resources": ["a"] }],
        "system_users": [{ "organisation": "312585065", "access_packages": ["p"] }, { "organisation": "986252932" }],
        "register": { "people": [{ "nin": "07827199405", "positions": [{ "organization": "312585065", "roles": ["daglig-leder"] }] }] },
        "idporten_clients": [{ "client_id": "x" }],
        "access_lists": [{ "owner": "digdir", "identifier": "x", "resources": { "a": ["read"] } }],
    });
    let world = World::from_json(&world.to_string()).unwrap();
    let (a, b) = (&world.resources[0].entry, &world.resources[1].entry);
    assert_eq!(
        (&*a.keywords, a.policy.as_deref()),
        (&["mat".to_owned()][..], Some("")),
        "as written"
    );
    assert!(
        b.delegable && b.visible && !b.access_list_mode && b.policy.is_none(),
        "as left out"
    );
    assert_eq!(
        world.systems[0].powers.resources,
        ["a"],
        "a system's rights"
    );
    assert_eq!(
        world.system_users[0].powers.access_packages,
        ["p"],
        "a system user's packages"
    );
    assert!(
        world.system_users[1].powers.is_empty(),
        "none: everything its owner may do"
    );
    assert_eq!(
        world.register.people[0].positions[0].roles,
        ["daglig-leder"],
        "a person's role"
    );
    assert_eq!(
        world.idporten_clients[0].integration_type, "api_klient",
        "the type that gets scopes"
    );
    assert_eq!(
        world.access_lists[0].resources["a"],
        ["read"],
        "a list's resources"
    );
}
