//! System users: platform reference, section 5, and the grants of section 2.2 and 2.4 that speak for them.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::stage::{BERGET, FJORDVIK, READ, Stage, claims_of};

const REGISTER: &str = "altinn:authentication/systemregister.write";
const REQUEST: &str =
    "altinn:authentication/systemuser.request.write altinn:authentication/systemuser.request.read";
const REQUESTS: &str = "/authentication/api/v1/systemuser/request/vendor";
const SYSTEMS: &str = "/authentication/api/v1/systemregister/vendor";
const SYSTEM: &str = "359797117_arkiv";
/// Ingrid is daglig leder of Fjordvik, Ola of Berget; Marte gives others access at Berget.
const INGRID: &str = "02869326553";
const OLA: &str = "17898040178";
const MARTE: &str = "25828502932";

/// The vendor is Fjordvik: its practice client is the one of the system.
fn registration(stage: &Stage) -> Value {
    json!({
        "id": SYSTEM, "vendor": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{FJORDVIK}") },
        "name": { "nb": "Arkiv", "nn": "Arkiv", "en": "Archive" },
        "description": { "nb": "Et arkiv", "nn": "Eit arkiv", "en": "An archive" },
        "rights": [right("nmk-tilsyn"), right("avern-tilsyn")],
        "accessPackages": [{ "urn": "urn:altinn:accesspackage:ordinaer-post-til-virksomheten" }],
        "clientId": [stage.account("Fjordvik kommune")["client_id"]],
        "allowedRedirectUrls": ["https://arkiv.example/ferdig"], "isVisible": false,
    })
}

fn right(resource: &str) -> Value {
    json!({ "resource": [{ "id": "urn:altinn:resource", "value": resource }] })
}

fn wanted() -> Value {
    json!({ "systemId": SYSTEM, "partyOrgNo": BERGET, "rights": [right("nmk-tilsyn")] })
}

async fn call(stage: &Stage, method: Method, path: &str, scopes: &str, body: &Value) -> Response {
    let token = stage.token(FJORDVIK, scopes).await;
    let request = stage
        .http
        .request(method, stage.url(path))
        .bearer_auth(token);
    let request = if body.is_null() {
        request
    } else {
        request.json(body)
    };
    request.send().await.unwrap()
}

/// A sandbox with the system in its register. Practice has a system user of the same client: it is not in the way.
async fn registered() -> Stage {
    let mut world = altinn_sandbox::World::practice();
    world.system_users.clear();
    let stage = Stage::with(altinn_sandbox::Options {
        world,
        letters: Some(0),
        ..altinn_sandbox::Options::default()
    })
    .await;
    let response = call(
        &stage,
        Method::POST,
        SYSTEMS,
        REGISTER,
        &registration(&stage),
    )
    .await;
    assert_eq!(response.status(), StatusCode::OK, "it is registered");
    let id: Value = response.json().await.unwrap();
    assert_eq!(id.as_str().map(str::len), Some(36), "a GUID is the answer");
    stage
}

async fn asked(stage: &Stage, body: &Value) -> Value {
    let response = call(stage, Method::POST, REQUESTS, REQUEST, body).await;
    assert_eq!(response.status(), StatusCode::CREATED, "it is made");
    response.json().await.unwrap()
}

async fn refused(stage: &Stage, method: Method, path: &str, body: &Value) -> (u16, String) {
    let scopes = format!("{REQUEST} {REGISTER}");
    let response = call(stage, method, path, &scopes, body).await;
    let kind = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        kind, "application/problem+json",
        "refusals are problem JSON"
    );
    let status = response.status().as_u16();
    let problem: Value = response.json().await.unwrap();
    let field = problem["validationErrors"][0]["code"].as_str();
    (
        status,
        field.or(problem["code"].as_str()).unwrap().to_owned(),
    )
}

fn problem(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

async fn decide(stage: &Stage, id: &Value, order: &Value) -> (u16, String) {
    let path = format!("systemuser/requests/{}", id.as_str().unwrap());
    let response = stage.control(Method::POST, &path, order).await;
    let status = response.status().as_u16();
    let answer: Value = response.json().await.unwrap();
    let said = answer["code"].as_str().or(answer["status"].as_str());
    (status, said.unwrap().to_owned())
}

/// What Maskinporten says to a grant for a system user: the token's details, or error and code.
async fn granted(stage: &Stage, external_ref: Option<&str>) -> Result<Value, (String, String)> {
    let mut claims = stage.claims();
    claims["scope"] = json!(READ);
    claims["authorization_details"] = json!([{ "type": "urn:altinn:systemuser",
        "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{BERGET}") } }]);
    if let Some(reference) = external_ref {
        claims["authorization_details"][0]["externalRef"] = json!(reference);
    }
    let answer: Value = stage.grant(&claims).await.json().await.unwrap();
    match answer["access_token"].as_str() {
        Some(token) => Ok(claims_of(token)["authorization_details"][0].clone()),
        None => {
            let uri = answer["error_uri"].as_str().unwrap();
            let code = uri.rsplit('/').next().unwrap().to_owned();
            Err((answer["error"].as_str().unwrap().to_owned(), code))
        }
    }
}

fn not_found() -> Result<Value, (String, String)> {
    let error = "invalid_altinn_customer_configuration".to_owned();
    Err((error, "MP-303".to_owned()))
}

#[tokio::test]
async fn section_5_2_a_request_becomes_a_system_user_once_approved() {
    let stage = registered().await;
    assert_eq!(granted(&stage, None).await, not_found(), "nobody has asked");
    let request = asked(&stage, &wanted()).await;
    assert_eq!(request["status"], "New", "nobody has answered");
    assert_eq!(request["externalRef"], BERGET, "the number stands in");
    assert_eq!(request["rights"], wanted()["rights"], "as asked");
    assert_eq!(request["timedOut"], false, "not yet");
    let members: std::collections::BTreeSet<&str> = request
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for member in [
        "id",
        "externalRef",
        "systemId",
        "partyOrgNo",
        "rights",
        "accessPackages",
        "status",
        "redirectUrl",
        "confirmUrl",
        "escalated",
        "created",
        "timedOut",
    ] {
        assert!(
            members.contains(member),
            "5.3: {member} is answered: {members:?}"
        );
    }
    assert_eq!(granted(&stage, None).await, not_found(), "not approved yet");
    let approved = decide(&stage, &request["id"], &json!({ "decision": "approve" })).await;
    assert_eq!(approved, problem(200, "Accepted"), "the customer agrees");
    let path = format!("{REQUESTS}/{}", request["id"].as_str().unwrap());
    let told = call(&stage, Method::GET, &path, REQUEST, &Value::Null).await;
    let told: Value = told.json().await.unwrap();
    assert_eq!(told["status"], "Accepted", "the vendor polls it");
    let details = granted(&stage, None).await.unwrap();
    assert_eq!(details["system_id"], SYSTEM, "which system");
    let owner = &details["systemuser_org"];
    assert_eq!(owner["ID"], format!("0192:{BERGET}"), "for the customer");
    let id = &details["systemuser_id"][0];
    let query = format!(
        "/authentication/api/v1/systemuser/vendor/byquery?system-id={SYSTEM}&orgno={BERGET}"
    );
    let user = call(&stage, Method::GET, &query, REQUEST, &Value::Null).await;
    assert_eq!(
        &user.json::<Value>().await.unwrap()["id"],
        id,
        "the same one"
    );
    let all = format!("/authentication/api/v1/systemuser/vendor/bysystem/{SYSTEM}");
    let all = call(&stage, Method::GET, &all, REGISTER, &Value::Null).await;
    let all: Value = all.json().await.unwrap();
    assert_eq!(&all["data"][0]["id"], id, "and in the list");
    assert!(all["links"]["next"].is_null(), "there is no more");
}

#[tokio::test]
async fn section_2_4_a_denied_or_rejected_request_gives_no_token() {
    for decision in ["reject", "deny"] {
        let stage = registered().await;
        let request = asked(&stage, &wanted()).await;
        let (status, said) = decide(&stage, &request["id"], &json!({ "decision": decision })).await;
        assert_eq!(status, 200, "{decision} is stored");
        let expected = if decision == "reject" {
            "Rejected"
        } else {
            "Denied"
        };
        assert_eq!(said, expected, "by its own name");
        assert_eq!(granted(&stage, None).await, not_found(), "{decision}");
        let again = decide(&stage, &request["id"], &json!({ "decision": "approve" })).await;
        assert_eq!(again, problem(409, "AUTH-00013"), "it is no longer new");
    }
}

#[tokio::test]
async fn section_2_2_the_external_reference_belongs_to_the_grant_if_it_was_used() {
    let stage = registered().await;
    let mut body = wanted();
    body["externalRef"] = json!("sak-7");
    let request = asked(&stage, &body).await;
    decide(&stage, &request["id"], &json!({ "decision": "approve" })).await;
    assert_eq!(granted(&stage, None).await, not_found(), "left out");
    assert_eq!(granted(&stage, Some("sak-8")).await, not_found(), "another");
    assert!(granted(&stage, Some("sak-7")).await.is_ok(), "the same");
}

#[tokio::test]
async fn section_5_3_the_same_request_again_is_the_old_one() {
    let stage = registered().await;
    let first = asked(&stage, &wanted()).await;
    let again = call(&stage, Method::POST, REQUESTS, REQUEST, &wanted()).await;
    assert_eq!(again.status(), StatusCode::OK, "200, not 201");
    let again: Value = again.json().await.unwrap();
    assert_eq!(
        again["id"], first["id"],
        "the key is system, number, reference"
    );
    assert_eq!(again["confirmUrl"], first["confirmUrl"], "the same page");
    let mut other = wanted();
    other["externalRef"] = json!("other");
    let other = asked(&stage, &other).await;
    assert_ne!(
        other["id"], first["id"],
        "another reference is another request"
    );
    // One upstream example spells the member otherwise: it is not read.
    let mut misspelt = wanted();
    misspelt["externalReference"] = json!("sak-9");
    let misspelt = call(&stage, Method::POST, REQUESTS, REQUEST, &misspelt).await;
    let misspelt: Value = misspelt.json().await.unwrap();
    assert_eq!(misspelt["id"], first["id"], "silently ignored");
}

#[tokio::test]
async fn section_5_3_codes_of_a_request_that_cannot_be_made() {
    let stage = registered().await;
    let cases: [(&str, Value, u16, &str); 8] = [
        ("rights", json!([right("vegst-veg")]), 400, "AUTH-00001"),
        ("systemId", json!("359797117_annet"), 404, "AUTH-00011"),
        (
            "redirectUrl",
            json!("https://annet.example/"),
            400,
            "AUTH-00021",
        ),
        ("rights", json!([]), 400, "AUTH-00059"),
        (
            "accessPackages",
            json!([{ "urn": "urn:altinn:accesspackage:finnes-ikke" }]),
            400,
            "AUTH-00052",
        ),
        (
            "accessPackages",
            json!([{ "urn": "urn:altinn:accesspackage:post-til-virksomheten-med-taushetsbelagt-innhold" }]),
            400,
            "AUTH-00063",
        ),
        ("partyOrgNo", json!("12"), 400, "STD.VLD-00001"),
        ("rights", json!([{ "resource": [] }]), 400, "AUTH.VLD-00009"),
    ];
    for (member, value, status, code) in cases {
        let mut body = wanted();
        body[member] = value;
        let told = refused(&stage, Method::POST, REQUESTS, &body).await;
        assert_eq!(told, problem(status, code), "{member}");
    }
    let mut system = registration(&stage);
    system["allowedRedirectUrls"] = json!([]);
    let path = format!("{SYSTEMS}/{SYSTEM}");
    let changed = call(&stage, Method::PUT, &path, REGISTER, &system).await;
    assert_eq!(changed.status(), StatusCode::OK, "without addresses now");
    let mut body = wanted();
    body["redirectUrl"] = json!("https://arkiv.example/ferdig");
    let told = refused(&stage, Method::POST, REQUESTS, &body).await;
    assert_eq!(told, problem(400, "AUTH-00026"), "none is registered");
}

#[tokio::test]
async fn section_5_3_codes_where_something_is_there_already() {
    let stage = registered().await;
    let agent = format!("{REQUESTS}/agent");
    let package = json!([{ "urn": "urn:altinn:accesspackage:ordinaer-post-til-virksomheten" }]);
    for (decision, code) in [
        ("", "AUTH-00007"),
        ("deny", "AUTH-00008"),
        ("reject", "AUTH-00009"),
    ] {
        let mut body = wanted();
        body["externalRef"] = json!(format!("ref{decision}"));
        body["accessPackages"] = package.clone();
        let request = asked(&stage, &body).await;
        if !decision.is_empty() {
            decide(&stage, &request["id"], &json!({ "decision": decision })).await;
        }
        let told = refused(&stage, Method::POST, &agent, &body).await;
        assert_eq!(
            told,
            problem(400, code),
            "the key is taken, for the other kind"
        );
    }
    let request = asked(&stage, &wanted()).await;
    decide(&stage, &request["id"], &json!({ "decision": "approve" })).await;
    let told = refused(&stage, Method::POST, REQUESTS, &wanted()).await;
    assert_eq!(told, problem(400, "AUTH-00006"), "accepted already");
    let path = format!("{REQUESTS}/{}", request["id"].as_str().unwrap());
    let gone = call(&stage, Method::DELETE, &path, REQUEST, &Value::Null).await;
    assert!(gone.status().is_success(), "the request can go");
    let told = refused(&stage, Method::POST, REQUESTS, &wanted()).await;
    assert_eq!(told, problem(400, "AUTH-00004"), "the system user stays");
}

#[tokio::test]
async fn section_5_3_a_denied_request_can_be_deleted_and_renewed() {
    let stage = registered().await;
    let request = asked(&stage, &wanted()).await;
    decide(&stage, &request["id"], &json!({ "decision": "deny" })).await;
    let path = format!("{REQUESTS}/{}", request["id"].as_str().unwrap());
    let gone = call(&stage, Method::DELETE, &path, REQUEST, &Value::Null).await;
    assert!(gone.status().is_success(), "withdrawn");
    let told = refused(&stage, Method::GET, &path, &Value::Null).await;
    assert_eq!(told, problem(404, "AUTH-00010"), "no such request");
    let renewed = asked(&stage, &wanted()).await;
    assert_eq!(renewed["status"], "New", "a new one");
}

#[tokio::test]
async fn section_5_3_a_request_times_out_after_180_days() {
    let stage = registered().await;
    let request = asked(&stage, &wanted()).await;
    let days = |days: u64| std::time::Duration::from_secs(days * 24 * 3600);
    stage.sandbox.advance(days(179));
    let again = call(&stage, Method::POST, REQUESTS, REQUEST, &wanted()).await;
    assert_eq!(again.status(), StatusCode::OK, "still there");
    stage.sandbox.advance(days(1));
    let path = format!("{REQUESTS}/{}", request["id"].as_str().unwrap());
    let told = call(&stage, Method::GET, &path, REQUEST, &Value::Null).await;
    let told: Value = told.json().await.unwrap();
    assert_eq!(
        (&told["status"], &told["timedOut"]),
        (&json!("Timedout"), &json!(true)),
        "over"
    );
    let late = decide(&stage, &request["id"], &json!({ "decision": "approve" })).await;
    assert_eq!(late, problem(409, "AUTH-00013"), "too late");
    let renewed = asked(&stage, &wanted()).await;
    assert_ne!(renewed["id"], request["id"], "a new one can be made");
}

#[tokio::test]
async fn section_5_3_requests_are_found_by_reference_and_by_system() {
    let stage = registered().await;
    let request = asked(&stage, &wanted()).await;
    let by = format!("{REQUESTS}/byexternalref/{SYSTEM}/{BERGET}/{BERGET}");
    let found = call(&stage, Method::GET, &by, REQUEST, &Value::Null).await;
    assert_eq!(
        found.json::<Value>().await.unwrap()["id"],
        request["id"],
        "by its key"
    );
    for number in 0..21 {
        let mut body = wanted();
        body["externalRef"] = json!(format!("ref{number}"));
        asked(&stage, &body).await;
    }
    let mut next = json!(stage.url(&format!("{REQUESTS}/bysystem/{SYSTEM}")));
    let mut seen = std::collections::BTreeSet::new();
    let mut pages = 0;
    let token = stage.token(FJORDVIK, REQUEST).await;
    while let Some(url) = next.as_str() {
        let page = stage
            .http
            .get(url)
            .bearer_auth(&token)
            .send()
            .await
            .unwrap();
        let page: Value = page.json().await.unwrap();
        for row in page["data"].as_array().unwrap() {
            assert!(seen.insert(row["id"].to_string()), "each once");
        }
        next = page["links"]["next"].clone();
        pages += 1;
    }
    assert_eq!((seen.len(), pages), (22, 2), "all of them, over pages");
    let unknown = format!("{REQUESTS}/bysystem/359797117_annet");
    let told = refused(&stage, Method::GET, &unknown, &Value::Null).await;
    assert_eq!(told, problem(404, "AUTH-00011"), "no such system");
    let missing = "/authentication/api/v1/systemuser/vendor/byquery?system-id=x&orgno=371049746";
    let told = refused(&stage, Method::GET, missing, &Value::Null).await;
    assert_eq!(told, problem(404, "AUTH-00015"), "no such system user");
}

#[tokio::test]
async fn section_5_3_each_call_has_its_scope_and_its_vendor() {
    let stage = registered().await;
    let request = asked(&stage, &wanted()).await;
    let one = format!("{REQUESTS}/{}", request["id"].as_str().unwrap());
    let write = "altinn:authentication/systemuser.request.write";
    let read = "altinn:authentication/systemuser.request.read";
    for (method, path, scope) in [
        (Method::POST, REQUESTS, read),
        (Method::GET, &one, write),
        (Method::DELETE, &one, read),
        (Method::GET, SYSTEMS, write),
        (Method::POST, SYSTEMS, read),
    ] {
        let response = call(&stage, method.clone(), path, scope, &wanted()).await;
        assert_eq!(
            response.status(),
            StatusCode::FORBIDDEN,
            "{method} {path} with {scope}"
        );
    }
    let none = stage.get(&one).await;
    assert_eq!(none.status(), StatusCode::UNAUTHORIZED, "no token");
    let raw = stage.raw_token(|_| ()).await;
    let raw = stage
        .http
        .get(stage.url(&one))
        .bearer_auth(raw)
        .send()
        .await
        .unwrap();
    assert_eq!(
        raw.status(),
        StatusCode::UNAUTHORIZED,
        "it must be exchanged first"
    );
    let other = stage.token(BERGET, REQUEST).await;
    let other = stage
        .http
        .get(stage.url(&one))
        .bearer_auth(other)
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND, "another vendor's");
    let personal = stage.url(&format!("/api/GetPersonalToken?env=tt02&scopes={read}"));
    let personal = stage
        .http
        .get(personal)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    let told = stage
        .http
        .get(stage.url(&one))
        .bearer_auth(personal)
        .send()
        .await
        .unwrap();
    assert_eq!(told.status(), StatusCode::UNAUTHORIZED, "no organisation");
    assert_eq!(
        told.json::<Value>().await.unwrap()["code"],
        "AUTH-00023",
        "by its code"
    );
}

#[tokio::test]
async fn section_5_3_the_register_checks_what_it_takes() {
    let stage = registered().await;
    let berget = json!({ "authority": "iso6523-actorid-upis", "ID": format!("0192:{BERGET}") });
    for (member, value) in [("id", json!(format!("{BERGET}_x"))), ("vendor", berget)] {
        let mut body = registration(&stage);
        body[member] = value;
        let response = call(&stage, Method::POST, SYSTEMS, REGISTER, &body).await;
        assert_eq!(
            response.status(),
            StatusCode::FORBIDDEN,
            "{member} is another's"
        );
    }
    let twice = json!([right("nmk-tilsyn"), right("nmk-tilsyn")]);
    for (member, value, code) in [
        ("id", json!("359797117_Arkiv"), "AUTH.VLD-00001"),
        ("id", json!("359797117_et arkiv"), "AUTH.VLD-00013"),
        ("vendor", json!({ "ID": FJORDVIK }), "AUTH.VLD-00000"),
        ("id", json!(SYSTEM), "AUTH.VLD-00002"),
        ("rights", json!([right("finnes-ikke")]), "AUTH.VLD-00003"),
        ("allowedRedirectUrls", json!(["arkiv"]), "AUTH.VLD-00005"),
        ("rights", twice, "AUTH.VLD-00006"),
        ("clientId", json!(["a", "a"]), "AUTH.VLD-00011"),
        (
            "accessPackages",
            json!([{ "urn": "urn:altinn:accesspackage:finnes-ikke" }]),
            "AUTH.VLD-00008",
        ),
    ] {
        let mut body = registration(&stage);
        body["id"] = json!("359797117_to");
        body["clientId"] = json!([]);
        body[member] = value;
        let told = refused(&stage, Method::POST, SYSTEMS, &body).await;
        assert_eq!(told, problem(400, code), "{member}");
    }
    let mut body = registration(&stage);
    body["id"] = json!("359797117_to");
    let told = refused(&stage, Method::POST, SYSTEMS, &body).await;
    assert_eq!(
        told,
        problem(400, "AUTH.VLD-00004"),
        "the client has a system"
    );
}

#[tokio::test]
async fn section_5_3_a_system_can_be_read_changed_and_deleted() {
    let stage = registered().await;
    let path = format!("{SYSTEMS}/{SYSTEM}");
    let get = |path: String| {
        let stage = &stage;
        async move {
            let response = call(stage, Method::GET, &path, REGISTER, &Value::Null).await;
            response.json::<Value>().await.unwrap()
        }
    };
    let told = get(path.clone()).await;
    let sent = registration(&stage);
    for member in [
        "id",
        "vendor",
        "rights",
        "accessPackages",
        "clientId",
        "isVisible",
    ] {
        assert_eq!(told[member], sent[member], "{member} as registered");
    }
    assert_eq!(
        get(SYSTEMS.to_owned()).await.as_array().unwrap().len(),
        1,
        "the vendor's own"
    );
    let rights = json!([right("vegst-veg")]);
    let changed = call(
        &stage,
        Method::PUT,
        &format!("{path}/rights"),
        REGISTER,
        &rights,
    )
    .await;
    assert_eq!(changed.status(), StatusCode::OK, "other rights");
    assert_eq!(
        get(path.clone()).await["rights"],
        rights,
        "they took the place"
    );
    let packages = json!([]);
    let changed = call(
        &stage,
        Method::PUT,
        &format!("{path}/accesspackages"),
        REGISTER,
        &packages,
    )
    .await;
    assert_eq!(changed.status(), StatusCode::OK, "no packages");
    assert_eq!(
        get(path.clone()).await["accessPackages"],
        packages,
        "they are gone"
    );
    let log = get(format!("{path}/changelog")).await;
    assert_eq!(log.as_array().unwrap().len(), 3, "made, and changed twice");
    let gone = call(&stage, Method::DELETE, &path, REGISTER, &Value::Null).await;
    assert_eq!(gone.status(), StatusCode::OK, "deleted");
    let told = refused(&stage, Method::GET, &path, &Value::Null).await;
    assert_eq!(told, problem(404, "AUTH-00011"), "not registered any more");
}

#[tokio::test]
async fn section_5_2_who_may_approve() {
    let stage = registered().await;
    let mut body = wanted();
    body["accessPackages"] =
        json!([{ "urn": "urn:altinn:accesspackage:ordinaer-post-til-virksomheten" }]);
    let request = asked(&stage, &body).await;
    let by = |person: &str| json!({ "decision": "approve", "person": person });
    let stranger = decide(&stage, &request["id"], &by(INGRID)).await;
    assert_eq!(
        stranger,
        problem(403, "AUTH-00066"),
        "of another organisation"
    );
    let unknown = decide(&stage, &json!(uuid::Uuid::new_v4()), &by(OLA)).await;
    assert_eq!(unknown, problem(404, "AUTH-00010"), "no such request");
    let manager = decide(&stage, &request["id"], &by(MARTE)).await;
    assert_eq!(
        manager,
        problem(200, "Accepted"),
        "an access manager who holds it all"
    );
}

#[tokio::test]
async fn section_5_2_an_access_manager_without_the_rights_escalates() {
    let mut world = altinn_sandbox::World::practice();
    world.system_users.clear();
    for person in &mut world.register.people {
        for position in &mut person.positions {
            position.powers.access_packages.clear();
        }
    }
    let delegable = world
        .resources
        .iter_mut()
        .find(|one| one.id == "avern-tilsyn");
    delegable.unwrap().entry.delegable = false;
    let stage = Stage::with(altinn_sandbox::Options {
        world,
        letters: Some(0),
        ..altinn_sandbox::Options::default()
    })
    .await;
    call(
        &stage,
        Method::POST,
        SYSTEMS,
        REGISTER,
        &registration(&stage),
    )
    .await;
    let request = asked(&stage, &wanted()).await;
    let by = |decision: &str, person: &str| json!({ "decision": decision, "person": person });
    let told = decide(&stage, &request["id"], &by("approve", MARTE)).await;
    assert_eq!(
        told,
        problem(403, "AUTH-00016"),
        "she does not hold the right"
    );
    let told = decide(&stage, &request["id"], &by("escalate", MARTE)).await;
    assert_eq!(told, problem(200, "New"), "handed on");
    let path = format!("{REQUESTS}/{}", request["id"].as_str().unwrap());
    let told = call(&stage, Method::GET, &path, REQUEST, &Value::Null).await;
    assert_eq!(
        told.json::<Value>().await.unwrap()["escalated"],
        true,
        "the vendor sees it"
    );
    let told = decide(&stage, &request["id"], &by("approve", OLA)).await;
    assert_eq!(told, problem(200, "Accepted"), "daglig leder may");
    let mut body = json!({ "systemId": SYSTEM, "partyOrgNo": BERGET, "externalRef": "p",
        "accessPackages": [{ "urn": "urn:altinn:accesspackage:ordinaer-post-til-virksomheten" }] });
    let package = asked(&stage, &body).await;
    let told = decide(&stage, &package["id"], &by("approve", MARTE)).await;
    assert_eq!(
        told,
        problem(400, "AUTH-00053"),
        "she does not hold the package"
    );
    body = json!({ "systemId": SYSTEM, "partyOrgNo": BERGET, "externalRef": "d", "rights": [right("avern-tilsyn")] });
    let fixed = asked(&stage, &body).await;
    let told = decide(&stage, &fixed["id"], &by("approve", OLA)).await;
    assert_eq!(told, problem(400, "AUTH-00001"), "it cannot be delegated");
}

#[tokio::test]
async fn section_1_2_the_approval_page_decides_as_the_person_chosen() {
    let stage = registered().await;
    let mut body = wanted();
    body["redirectUrl"] = json!("https://arkiv.example/ferdig");
    let request = asked(&stage, &body).await;
    let url = request["confirmUrl"].as_str().unwrap();
    let expected = format!(
        "/accessmanagement/ui/systemuser/request?id={}&DONTCHOOSEREPORTEE=true",
        request["id"].as_str().unwrap()
    );
    assert_eq!(url, stage.url(&expected), "the page's address");
    let page = stage
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for part in [
        "BERGET BYGG AS",
        "nmk-tilsyn",
        SYSTEM,
        "OLA SYNTETISK BREKKE",
    ] {
        assert!(page.contains(part), "the page shows {part}");
    }
    let answer = |person: &str| {
        let form = [
            ("id", request["id"].as_str().unwrap().to_owned()),
            ("person", person.to_owned()),
            ("decision", "approve".to_owned()),
        ];
        let post = stage.http.post(url.split('?').next().unwrap()).form(&form);
        async move { post.send().await.unwrap() }
    };
    assert_eq!(
        answer("").await.status(),
        StatusCode::FORBIDDEN,
        "nobody is nobody"
    );
    let done = answer(OLA).await;
    assert_eq!(done.status(), StatusCode::SEE_OTHER, "back to the vendor");
    assert_eq!(
        done.headers()["location"],
        "https://arkiv.example/ferdig",
        "where it asked for"
    );
    assert!(
        granted(&stage, None).await.is_ok(),
        "there is a system user"
    );
    let page = stage
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(!page.contains("<form"), "answered once");
}

#[tokio::test]
async fn section_5_3_agents_have_their_own_requests() {
    let stage = registered().await;
    let package = json!([{ "urn": "urn:altinn:accesspackage:ordinaer-post-til-virksomheten" }]);
    let body = json!({ "systemId": SYSTEM, "partyOrgNo": BERGET, "accessPackages": package });
    let path = format!("{REQUESTS}/agent");
    let made = call(&stage, Method::POST, &path, REQUEST, &body).await;
    assert_eq!(made.status(), StatusCode::CREATED, "it is made");
    let made: Value = made.json().await.unwrap();
    assert!(made["rights"].is_null(), "packages only");
    let id = made["id"].as_str().unwrap();
    for path in [
        format!("{REQUESTS}/agent/{id}"),
        format!("{REQUESTS}/agent/byexternalref/{SYSTEM}/{BERGET}/{BERGET}"),
    ] {
        let found = call(&stage, Method::GET, &path, REQUEST, &Value::Null).await;
        assert_eq!(
            found.json::<Value>().await.unwrap()["id"],
            made["id"],
            "{path}"
        );
    }
    let list = format!("{REQUESTS}/bysystem/agent/{SYSTEM}");
    let list = call(&stage, Method::GET, &list, REQUEST, &Value::Null).await;
    assert_eq!(
        list.json::<Value>().await.unwrap()["data"][0]["id"],
        made["id"],
        "listed"
    );
    let standard = format!("{REQUESTS}/{id}");
    let told = refused(&stage, Method::GET, &standard, &Value::Null).await;
    assert_eq!(
        told,
        problem(404, "AUTH-00010"),
        "not among the standard ones"
    );
}

#[tokio::test]
async fn section_5_4_a_system_user_reaches_what_was_approved() {
    let mut world = altinn_sandbox::World::practice();
    world.system_users.clear();
    let stage = Stage::with(altinn_sandbox::Options {
        world,
        letters: Some(60),
        ..altinn_sandbox::Options::default()
    })
    .await;
    call(
        &stage,
        Method::POST,
        SYSTEMS,
        REGISTER,
        &registration(&stage),
    )
    .await;
    let body =
        json!({ "systemId": SYSTEM, "partyOrgNo": BERGET, "rights": [right("avern-tilsyn")] });
    let request = asked(&stage, &body).await;
    decide(&stage, &request["id"], &json!({ "decision": "approve" })).await;
    let raw = stage
        .raw_token(|claims| {
            claims["scope"] = json!(READ);
            claims["authorization_details"] = json!([{ "type": "urn:altinn:systemuser",
                "systemuser_org": { "authority": "iso6523-actorid-upis", "ID": format!("0192:{BERGET}") } }]);
        })
        .await;
    let exchange = stage.url("/authentication/api/v1/exchange/maskinporten");
    let token = stage
        .http
        .get(exchange)
        .bearer_auth(raw)
        .send()
        .await
        .unwrap();
    let token = token.text().await.unwrap();
    let status = |resource: &str| {
        let path =
            format!("/correspondence/api/v1/correspondence?resourceId={resource}&role=Recipient");
        let request = stage.http.get(stage.url(&path)).bearer_auth(&token);
        async move { request.send().await.unwrap().status() }
    };
    assert_eq!(
        status("avern-tilsyn").await,
        StatusCode::OK,
        "the customer's letters"
    );
    let other = status("vegst-veg").await;
    assert_eq!(
        other,
        StatusCode::UNAUTHORIZED,
        "no right was approved there"
    );
}
