//! The services around Correspondence: how they are asked, and where they lead astray (Platform reference, sections 5, 7
//! to 10 and 13).
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use altinn_client::{
    AccessPackage, Addresses, ApiError, Follower, NewSubscription, NewSystemUserRequest, PartyKind,
    Pull, RequestStatus, ResourceQuery, Role, SystemRight, SystemUser,
};
use serde_json::{Value, json};
use support::{Heard, Server, answer, answer_with, in_turn, json_answer, with_token};
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

fn request() -> Value {
    json!({ "id": ID, "externalRef": "987654321", "systemId": "991825827_brevdue", "partyOrgNo": "987654321",
        "rights": [{ "resource": [{ "id": "urn:altinn:resource", "value": "letters" }] }], "accessPackages": null,
        "status": "New", "redirectUrl": null, "confirmUrl": "https://am.ui.altinn.no/x", "escalated": false,
        "created": "2026-01-02T03:04:05Z", "timedOut": false })
}

fn new_request(external_ref: Option<&str>) -> NewSystemUserRequest {
    NewSystemUserRequest {
        external_ref: external_ref.map(str::to_owned),
        system_id: "991825827_brevdue".to_owned(),
        organisation: "987654321".to_owned(),
        rights: vec![SystemRight::on("urn:altinn:resource:letters")],
        access_packages: vec![AccessPackage {
            urn: "urn:altinn:accesspackage:post".to_owned(),
        }],
        redirect_url: None,
    }
}

#[tokio::test]
async fn section_5_3_a_system_user_is_asked_for() {
    let server = with_token(|_| json_answer(201, &request()));
    let new = new_request(Some("arkiv"));
    let made = server.client().request_system_user(&new).await.unwrap();
    assert_eq!(made.status, RequestStatus::New, "it waits for the customer");
    assert_eq!(
        made.confirm_url.as_deref(),
        Some("https://am.ui.altinn.no/x"),
        "who approves here"
    );
    assert!(made.access_packages.is_empty(), "null is none");
    let heard = &server.heard_at("/authentication/")[0];
    assert_eq!(
        heard.path, "/authentication/api/v1/systemuser/request/vendor",
        "path"
    );
    assert_eq!(
        body(heard),
        json!({ "externalRef": "arkiv", "systemId": "991825827_brevdue", "partyOrgNo": "987654321",
            "rights": [{ "resource": [{ "id": "urn:altinn:resource", "value": "letters" }] }],
            "accessPackages": [{ "urn": "urn:altinn:accesspackage:post" }] }),
        "externalRef, never externalReference, and resource ids without prefix"
    );
    let user = |reference: Option<&str>| SystemUser {
        organisation: "987654321".to_owned(),
        external_ref: reference.map(str::to_owned),
    };
    assert_eq!(
        new.system_user(),
        user(Some("arkiv")),
        "item 17: what was used once is used for ever"
    );
    assert_eq!(new_request(None).system_user(), user(None), "and only that");
}

#[tokio::test]
async fn section_5_3_requests_are_followed_and_refusals_keep_their_code() {
    let server = with_token(|heard| match heard.path.as_str() {
        path if path.contains("/bysystem/") => json_answer(
            200,
            &json!({ "links": { "next": null }, "data": [request()] }),
        ),
        path if path.contains("/byquery") => {
            json_answer(404, &json!({ "code": "AUTH-00015", "status": 404 }))
        }
        path if path.contains("/byexternalref/") => json_answer(200, &request()),
        _ => json_answer(
            404,
            &json!({ "code": "AUTH-00010", "status": 404, "title": "Not found" }),
        ),
    });
    let client = server.client();
    let error = client.system_user_request(ID).await.unwrap_err();
    assert_eq!(
        error.refusal().unwrap().problem.as_deref(),
        Some("AUTH-00010"),
        "no such request"
    );
    assert_eq!(error.code(), None, "which is no code of Correspondence's");
    assert_eq!(
        client
            .system_user_requests("991825827_brevdue")
            .await
            .unwrap()
            .len(),
        1,
        "of the system"
    );
    let found = client
        .system_user_request_by_reference("991825827_brevdue", "987654321", "a/b c")
        .await
        .unwrap();
    assert_eq!(found.id, ID, "by reference");
    assert_eq!(
        client
            .system_user("991825827_brevdue", "987654321", Some("x&y"))
            .await
            .unwrap(),
        None,
        "not yet"
    );
    let paths: Vec<String> = server
        .heard_at("/authentication/")
        .into_iter()
        .map(|heard| heard.path)
        .collect();
    let base = "/authentication/api/v1/systemuser";
    assert_eq!(
        paths,
        [
            format!("{base}/request/vendor/{ID}"),
            format!("{base}/request/vendor/bysystem/991825827_brevdue"),
            format!("{base}/request/vendor/byexternalref/991825827_brevdue/987654321/a%2Fb%20c"),
            format!(
                "{base}/vendor/byquery?system-id=991825827_brevdue&orgno=987654321&external-ref=x%26y"
            ),
        ],
        "each part is one segment"
    );
    assert!(
        server.heard_at("/api/")[0]
            .path
            .contains("systemuser.request.write"),
        "as the vendor"
    );
}

#[tokio::test]
async fn pages_are_followed_here_and_nowhere_else() {
    let foreign = Server::start(|_| json_answer(200, &json!({ "links": {}, "data": [] })));
    let away = foreign.base.join("more").unwrap();
    let server = with_token(move |heard| {
        let next = match heard.path.as_str() {
            path if path.ends_with("bysystem/good") => json!(format!(
                "http://{}{path}?token=2",
                heard.header("host").unwrap()
            )),
            path if path.ends_with("bysystem/away") => json!(away),
            path if path.ends_with("bysystem/circle") => json!("circle"),
            _ => Value::Null,
        };
        json_answer(
            200,
            &json!({ "links": { "next": next }, "data": [request()] }),
        )
    });
    let client = server.client();
    assert_eq!(
        client.system_user_requests("good").await.unwrap().len(),
        2,
        "both pages"
    );
    for system in ["away", "circle"] {
        let error = client.system_user_requests(system).await.unwrap_err();
        assert!(
            matches!(error, ApiError::Decode { .. }),
            "{system}: {error:?}"
        );
    }
    assert!(
        foreign.heard().is_empty(),
        "the token goes to the platform only"
    );
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

#[tokio::test]
async fn section_10_1_parties_nest_and_headings_are_marked() {
    let server = with_token(|_| {
        json_answer(
            200,
            &json!({ "links": { "next": null }, "data": [{
            "partyUuid": ID, "name": "KOMMUNEN", "organizationNumber": "987654321", "personId": null, "partyId": 5,
            "type": "Organization", "unitType": "KOMM", "isDeleted": false, "onlyHierarchyElementWithNoAccess": true,
            "authorizedResources": [], "authorizedAccessPackages": null, "authorizedRoles": ["dagl"],
            "subunits": [{ "partyUuid": ID, "name": "SKOLEN", "type": "Organization", "subunits": [] }]
        }, { "partyUuid": ID, "name": "Kari", "personId": "08900499559", "type": "Robot" }] }),
        )
    });
    let parties = server
        .client()
        .authorized_parties(&["urn:altinn:resource:a", "b"])
        .await
        .unwrap();
    assert!(
        parties[0].only_hierarchy_element_with_no_access,
        "shown, not chosen"
    );
    assert_eq!(parties[0].subunits[0].name, "SKOLEN", "below it");
    assert_eq!(
        parties[1].kind,
        PartyKind::Other("Robot".to_owned()),
        "new kinds are kept"
    );
    assert!(
        !format!("{parties:?}").contains("08900499559"),
        "nobody's number is kept"
    );
    assert_eq!(
        server.heard_at("/accessmanagement/")[0].path,
        "/accessmanagement/api/v1/enduser/authorizedparties?anyOfResourceIds=a&anyOfResourceIds=b",
        "inboxes for these resources"
    );
}

#[tokio::test]
async fn section_7_7_access_lists_tell_whom_a_letter_reaches() {
    let server = with_token(|heard| match heard.path.as_str() {
        path if path.ends_with("/members") => json_answer(
            200,
            &json!({ "links": {}, "data": [
            "urn:altinn:organization:identifier-no:987654321",
            { "id": "urn:altinn:party:uuid:x", "identifiers": { "urn:altinn:organization:identifier-no": "991825827" } },
            { "id": "somebody without a number" }] }),
        ),
        _ => json_answer(
            200,
            &json!({ "links": {}, "data": [{ "urn": "u", "identifier": "a-list", "name": "En liste" }] }),
        ),
    });
    let client = server.client();
    assert_eq!(
        client.access_lists("ttd").await.unwrap()[0].identifier,
        "a-list",
        "all"
    );
    client.access_lists_of("ttd", "letters").await.unwrap();
    assert_eq!(
        client.access_list_members("ttd", "a-list").await.unwrap(),
        ["987654321", "991825827"],
        "as numbers, however they are told"
    );
    let paths: Vec<String> = server
        .heard_at("/resourceregistry/")
        .into_iter()
        .map(|heard| heard.path)
        .collect();
    let base = "/resourceregistry/api/v1/access-lists/ttd";
    assert_eq!(
        paths,
        [
            base.to_owned(),
            format!("{base}?include=resources&resource=letters"),
            format!("{base}/a-list/members")
        ],
        "include goes with resource only"
    );
}

#[tokio::test]
async fn section_7_2_a_title_is_compared_here() {
    let server = with_token(|_| {
        let resource = |id: &str, title: &str, kind: &str| json!({ "identifier": id, "title": { "nb": title }, "resourceType": kind });
        json_answer(
            200,
            &json!([
                resource("tilsyn", "Tilsynsbrev", "CorrespondenceService"),
                resource("gebyr", "Faktura", "CorrespondenceService"),
                resource("app_x", "Tilsyn i app", "AltinnApp"),
                resource(
                    "ttd-migratedcorrespondence-1",
                    "Tilsyn, gammelt",
                    "CorrespondenceService"
                )
            ]),
        )
    });
    let query = ResourceQuery {
        owner: Some("991825827".to_owned()),
        words: Some("TILSYN".to_owned()),
    };
    let found = server.client().find_resources(&query).await.unwrap();
    let ids: Vec<&str> = found
        .iter()
        .map(|resource| resource.identifier.as_str())
        .collect();
    assert_eq!(
        ids,
        ["tilsyn", "ttd-migratedcorrespondence-1"],
        "the registry does not look at titles (item 25)"
    );
    assert!(
        found[1].is_migrated() && !found[0].is_migrated(),
        "one of them is not to be sent on"
    );
    assert_eq!(
        server.heard_at("/resourceregistry/")[0].path,
        "/resourceregistry/api/v1/resource/Search?OrganizationId=991825827&ResourceType=CorrespondenceService",
        "so it is not asked"
    );
}

#[tokio::test]
async fn section_7_4_rights_are_listed_as_mentioned() {
    let server = with_token(|heard| match heard.path.as_str() {
        path if path.contains("unpublished") => {
            answer(404, "text/plain", "Unable to find requested policy")
        }
        _ => json_answer(
            200,
            &json!([{
            "action": { "type": "urn:oasis:names:tc:xacml:1.0:action:action-id", "value": "read" },
            "resource": [{ "type": "urn:altinn:resource", "value": "letters" }],
            "subjects": [{ "subjectAttributes": [{ "type": "urn:altinn:rolecode", "value": "dagl" }] }],
            "rightKey": "read;letters;x", "subjectTypes": ["urn:altinn:rolecode"] }]),
        ),
    });
    let client = server.client();
    let rights = client
        .policy_rights("urn:altinn:resource:letters")
        .await
        .unwrap();
    assert_eq!(rights[0].action.value, "read", "action");
    assert_eq!(
        rights[0].subjects[0].subject_attributes[0].value, "dagl",
        "for whom"
    );
    assert!(
        client
            .policy_rights("unpublished")
            .await
            .unwrap()
            .is_empty(),
        "no policy, no rights"
    );
    assert!(
        server.heard_at("/api/").is_empty(),
        "reading needs no token"
    );
}

#[tokio::test]
async fn section_9_organisations_are_found_by_name() {
    let server = with_token(|heard| match heard.path.as_str() {
        path if path.contains("ingen") => {
            json_answer(200, &json!({ "page": { "size": 20, "totalElements": 0 } }))
        }
        path if path.contains("/enheter?") => json_answer(
            200,
            &json!({
            "_embedded": { "enheter": [{ "organisasjonsnummer": "987654321", "navn": "BLÅ AS",
                "underTvangsavviklingEllerTvangsopplosning": true }] },
            "page": { "size": 20, "totalElements": 31, "totalPages": 2, "number": 0 } }),
        ),
        _ => json_answer(
            200,
            &json!({ "orgs": { "nav": { "name": { "nb": "Nav" }, "orgnr": "889640782",
            "logo": "https://altinncdn.no/nav.png", "homepage": "https://nav.no", "environments": ["tt02"] } } }),
        ),
    });
    let client = server.client();
    let found = client.find_organisations("blå & co", 0, 20).await.unwrap();
    assert_eq!(
        (found.total, found.entries[0].name.as_str()),
        (31, "BLÅ AS"),
        "a page of them"
    );
    assert!(found.entries[0].is_ending(), "worth a warning");
    assert!(
        client
            .find_organisations("ingen", 0, 20)
            .await
            .unwrap()
            .entries
            .is_empty(),
        "no _embedded when none"
    );
    assert_eq!(
        server.heard()[0].path,
        "/enhetsregisteret/api/enheter?navn=bl%C3%A5+%26+co&page=0&size=20",
        "encoded"
    );
    let owner = &client.service_owners().await.unwrap()[0];
    assert_eq!(
        owner.logo.as_deref(),
        Some("https://altinncdn.no/nav.png"),
        "logo"
    );
    assert_eq!(
        owner.environments,
        ["tt02"],
        "says nothing of letters (item 37)"
    );
}

#[tokio::test]
async fn section_1_3_altinns_keys_are_read_in_both_alphabets() {
    use base64::{
        Engine,
        prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
    };
    let numbers = [0u8, 0xfb, 0xff, 0xfe, 0x3f];
    let server = Server::start(move |heard| match heard.path.as_str() {
        path if path.ends_with("jwks") => json_answer(
            200,
            &json!({ "keys": [
            { "kty": "RSA", "kid": "A", "n": BASE64_STANDARD.encode(numbers), "e": "AQAB" },
            { "kty": "RSA", "kid": "B", "n": BASE64_URL_SAFE_NO_PAD.encode(numbers), "e": "AQAB" },
            { "kty": "EC", "kid": "C", "x": "AA" }] }),
        ),
        _ => json_answer(
            200,
            &json!({ "issuer": "https://platform.tt02.altinn.no/authentication/api/v1/openid/" }),
        ),
    });
    let client = server.client();
    let keys = client.altinn_keys().await.unwrap();
    assert_eq!(
        keys[0].modulus,
        numbers[1..],
        "standard base64, as Altinn writes it (item 39)"
    );
    assert_eq!(
        keys[1].modulus,
        numbers[1..],
        "the URL alphabet, as the standard asks"
    );
    assert_eq!(keys.len(), 3, "a strange one does not hide the others");
    let issuer = client.altinn_metadata().await.unwrap().issuer;
    assert!(
        issuer.ends_with("/openid/"),
        "the issuer tells the environment"
    );
    assert!(
        server
            .heard()
            .iter()
            .all(|heard| heard.header("authorization").is_none()),
        "no token"
    );
    assert_eq!(
        server.heard()[1].path,
        "/authentication/api/v1/openid/.well-known/openid-configuration",
        "path"
    );
}

#[test]
fn section_1_1_environments_are_not_mixed() {
    let test = Addresses::tt02().unwrap();
    assert_eq!(
        test.platform.as_str(),
        "https://platform.tt02.altinn.no/",
        "platform"
    );
    assert_eq!(
        test.maskinporten.as_str(),
        "https://test.maskinporten.no/",
        "ver2 is retired; with its slash (item 4)"
    );
    assert!(
        test.brreg.as_str().contains("data.ppe.brreg.no"),
        "where synthetic organisations are (item 36)"
    );
    let real = Addresses::production().unwrap();
    for (test, real) in [
        (&test.platform, &real.platform),
        (&test.maskinporten, &real.maskinporten),
        (&test.brreg, &real.brreg),
    ] {
        assert_ne!(
            test.host_str(),
            real.host_str(),
            "nothing of one in the other"
        );
    }
}

#[tokio::test]
async fn section_13_4_an_issuer_without_its_slash_gets_one() {
    let server = Server::start(|heard| match heard.path.as_str() {
        "/maskinporten/token" => json_answer(200, &json!({ "access_token": "opaque" })),
        _ => answer(200, "text/plain", support::token(1800, "t")),
    });
    let mut addresses = server.addresses();
    addresses.maskinporten = server.base.join("maskinporten").unwrap();
    let sign_in = altinn_client::SignIn::Maskinporten {
        client_id: "c".to_owned(),
        key: altinn_client::SigningKey::parse(include_str!("keys/private.jwk.json"), None).unwrap(),
        system_user: None,
    };
    let client = altinn_client::Client::new(
        addresses,
        sign_in,
        support::options(&support::Time::default()),
    )
    .unwrap();
    client.sign_in(Role::Recipient).await.unwrap();
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let grant = &server.heard_at("/maskinporten/token")[0];
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&grant.body)
        .into_owned()
        .collect();
    let claims = BASE64_URL_SAFE_NO_PAD
        .decode(form[1].1.split('.').nth(1).unwrap())
        .unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(
        claims["aud"],
        server.base.join("maskinporten/").unwrap().as_str(),
        "the issuer, with its slash"
    );
}
