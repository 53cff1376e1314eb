//! Services, access lists and parties (Platform reference, sections 7 and 10.1).

use crate::support::{answer, json_answer, with_token};
use altinn_client::{PartyKind, ResourceQuery};
use serde_json::json;
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0199_0000_0000_4000_8000_0000_0000_0001);

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
