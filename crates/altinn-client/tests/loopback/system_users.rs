//! System users from the vendor's side, and pages that lead astray (Platform reference, sections 5 and 7.2).

use crate::support::{Heard, Server, json_answer, with_token};
use altinn_client::{
    AccessPackage, ApiError, NewSystemUserRequest, RequestStatus, SystemRight, SystemUser,
};
use serde_json::{Value, json};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0199_0000_0000_4000_8000_0000_0000_0001);

fn body(heard: &Heard) -> Value {
    serde_json::from_slice(&heard.body).unwrap()
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
