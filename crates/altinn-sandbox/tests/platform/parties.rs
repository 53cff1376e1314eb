//! Authorised parties: platform reference, section 10.1.

use altinn_sandbox::{Options, World};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

use crate::stage::{BERGET, FJORDVIK, Stage};

const SCOPE: &str = "altinn:accessmanagement/authorizedparties";
const END_USER: &str = "/accessmanagement/api/v1/enduser/authorizedparties";
/// Ola is daglig leder of Berget, which has a branch; Marte holds one package there.
const OLA: &str = "17898040178";
const MARTE: &str = "25828502932";
const BRANCH: &str = "244026850";

async fn token(stage: &Stage, path: &str) -> String {
    let path = format!("/api/{path}&env=tt02");
    stage.get(&path).await.text().await.unwrap()
}

async fn person(stage: &Stage, pid: &str, scope: &str) -> String {
    token(stage, &format!("GetPersonalToken?pid={pid}&scopes={scope}")).await
}

async fn ask(stage: &Stage, path: &str, token: &str) -> Response {
    let request = stage.http.get(stage.url(path)).bearer_auth(token);
    request.send().await.unwrap()
}

async fn parties(stage: &Stage, query: &str, token: &str) -> Value {
    let response = ask(stage, &format!("{END_USER}?{query}"), token).await;
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    let page: Value = response.json().await.unwrap();
    assert!(page["links"]["next"].is_null(), "all on one page");
    page["data"].clone()
}

fn names(parties: &Value) -> Vec<&str> {
    let rows = parties.as_array().unwrap().iter();
    rows.map(|party| party["name"].as_str().unwrap()).collect()
}

async fn changed(change: impl FnOnce(&mut World)) -> Stage {
    let mut world = World::practice();
    change(&mut world);
    Stage::with(Options {
        world,
        letters: Some(0),
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn section_10_1_a_person_acts_for_themselves_and_their_organisations() {
    let stage = Stage::empty().await;
    let ola = person(&stage, OLA, SCOPE).await;
    let told = parties(&stage, "", &ola).await;
    assert_eq!(
        names(&told),
        ["OLA SYNTETISK BREKKE", "BERGET BYGG AS"],
        "himself first"
    );
    let (himself, berget) = (&told[0], &told[1]);
    assert_eq!(
        (&himself["type"], &himself["personId"]),
        (&json!("Person"), &json!(OLA)),
        "a person"
    );
    assert_eq!(himself["dateOfBirth"], "1980-09-17", "as his number says");
    assert_eq!(
        (&berget["type"], &berget["organizationNumber"]),
        (&json!("Organization"), &json!(BERGET)),
        "an organisation"
    );
    assert_eq!(
        (&berget["unitType"], &berget["isDeleted"]),
        (&json!("AS"), &json!(false)),
        "what kind"
    );
    assert!(
        berget["partyId"].is_u64() && berget["partyUuid"].is_string(),
        "two ids"
    );
    let branch = &berget["subunits"][0];
    assert_eq!(branch["organizationNumber"], BRANCH, "its branch inside it");
    assert_eq!(branch["parentId"], berget["partyUuid"], "which knows it");
    for member in [
        "authorizedAccessPackages",
        "authorizedResources",
        "authorizedRoles",
        "authorizedInstances",
    ] {
        assert_eq!(
            berget[member],
            json!([]),
            "{member} is not included by itself"
        );
    }
}

#[tokio::test]
async fn section_10_1_what_is_included_is_asked_for() {
    let stage = Stage::empty().await;
    let ola = person(&stage, OLA, SCOPE).await;
    let told = parties(
        &stage,
        "includeRoles=true&includeResources=true&includeAccessPackages=true",
        &ola,
    )
    .await;
    let berget = &told[1];
    assert_eq!(
        berget["authorizedRoles"],
        json!(["daglig-leder"]),
        "his role"
    );
    assert_eq!(
        berget["authorizedResources"].as_array().unwrap().len(),
        16,
        "everything"
    );
    assert_eq!(
        berget["authorizedAccessPackages"].as_array().unwrap().len(),
        2,
        "every package"
    );
    assert_eq!(
        told[0]["authorizedResources"].as_array().unwrap().len(),
        14,
        "nothing confidential for a person"
    );
    let alone = parties(&stage, "includeSubParties=false", &ola).await;
    assert_eq!(alone[1]["subunits"], json!([]), "without branches");
    for query in [
        "includeRoles=perhaps",
        "includeSubParties=x",
        "includePartiesViaKeyRoles=x",
        "partyFilter=x",
    ] {
        let told = ask(&stage, &format!("{END_USER}?{query}"), &ola).await;
        assert_eq!(told.status(), StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn section_10_1_deleted_organisations_are_asked_for() {
    let stage = changed(|world| {
        world.register.people[0].positions[0].organization = "366176039".to_owned();
    })
    .await;
    let ingrid = person(&stage, "02869326553", SCOPE).await;
    assert_eq!(
        names(&parties(&stage, "", &ingrid).await).len(),
        1,
        "only herself"
    );
    let told = parties(&stage, "includeInactiveParties=true", &ingrid).await;
    assert_eq!(told[1]["isDeleted"], true, "and what is gone");
}

#[tokio::test]
async fn section_10_1_filters_narrow_by_party_and_by_resource() {
    let stage = Stage::empty().await;
    let ola = person(&stage, OLA, SCOPE).await;
    let all = parties(&stage, "", &ola).await;
    let berget = all[1]["partyUuid"].as_str().unwrap();
    let one = parties(&stage, &format!("partyFilter={berget}"), &ola).await;
    assert_eq!(names(&one), ["BERGET BYGG AS"], "the one asked for");
    let both = format!(
        "partyFilter={berget}&partyFilter={}",
        all[0]["partyUuid"].as_str().unwrap()
    );
    assert_eq!(
        parties(&stage, &both, &ola).await.as_array().unwrap().len(),
        2,
        "repeatable"
    );
    let confidential = parties(&stage, "anyOfResourceIds=fjordvik-taushetsbelagt", &ola).await;
    assert_eq!(
        names(&confidential),
        ["BERGET BYGG AS"],
        "no person opens those"
    );
    let marte = person(&stage, MARTE, SCOPE).await;
    let told = parties(&stage, "anyOfResourceIds=fjordvik-taushetsbelagt", &marte).await;
    assert_eq!(told, json!([]), "her package does not cover it");
    let query = "anyOfResourceIds=fjordvik-taushetsbelagt&anyOfResourceIds=fjordvik-tilsyn";
    let told = parties(&stage, query, &marte).await;
    assert_eq!(told.as_array().unwrap().len(), 2, "any of them will do");
    assert_eq!(
        parties(&stage, "anyOfResourceIds=finnes-ikke", &ola).await,
        json!([]),
        "nobody's"
    );
}

#[tokio::test]
async fn section_10_1_a_heading_is_not_for_choosing() {
    let stage = changed(|world| {
        let person = world.register.people.iter_mut().find(|one| one.nin == OLA);
        person.unwrap().positions[0].organization = BRANCH.to_owned();
    })
    .await;
    let ola = person(&stage, OLA, SCOPE).await;
    let told = parties(&stage, "", &ola).await;
    let berget = &told[1];
    assert_eq!(
        berget["onlyHierarchyElementWithNoAccess"], true,
        "there for its branch"
    );
    let branch = &berget["subunits"][0];
    assert_eq!(
        branch["onlyHierarchyElementWithNoAccess"], false,
        "this one can be chosen"
    );
    assert_eq!(branch["organizationNumber"], BRANCH, "his own");
}

#[tokio::test]
async fn section_10_1_a_system_user_acts_for_its_owner() {
    let stage = changed(|world| {
        world.system_users[1].id = Some("6b0574ae-f569-4c0d-a8d4-8ad56f427890".to_owned());
        world.system_users[1].powers.resources = vec!["avern-tilsyn".to_owned()];
    })
    .await;
    let path = format!(
        "GetSystemUserToken?systemUserId=6b0574ae-f569-4c0d-a8d4-8ad56f427890&systemUserOrg={BERGET}&scopes={SCOPE}"
    );
    let user = token(&stage, &path).await;
    let told = parties(&stage, "includeResources=true", &user).await;
    assert_eq!(
        names(&told),
        ["BERGET BYGG AS"],
        "the customer, nobody else"
    );
    assert_eq!(
        told[0]["authorizedResources"],
        json!(["avern-tilsyn"]),
        "what it holds"
    );
    let other = parties(&stage, "anyOfResourceIds=vegst-veg", &user).await;
    assert_eq!(other, json!([]), "what it does not hold");
}

#[tokio::test]
async fn section_10_1_who_may_ask() {
    let stage = Stage::empty().await;
    let none = stage.get(END_USER).await;
    assert_eq!(none.status(), StatusCode::UNAUTHORIZED, "no token");
    let scope = person(&stage, OLA, "altinn:enduser").await;
    assert_eq!(
        ask(&stage, END_USER, &scope).await.status(),
        StatusCode::FORBIDDEN,
        "another scope"
    );
    let portal = person(&stage, OLA, "altinn:portal/enduser").await;
    assert_eq!(
        ask(&stage, END_USER, &portal).await.status(),
        StatusCode::OK,
        "the portal's scope"
    );
    let organisation = stage.token(BERGET, SCOPE).await;
    let told = ask(&stage, END_USER, &organisation).await;
    assert_eq!(
        told.status(),
        StatusCode::UNAUTHORIZED,
        "neither person nor system user"
    );
    assert_eq!(
        told.json::<Value>().await.unwrap()["detail"],
        "Unknown user type",
        "it says why"
    );
}

#[tokio::test]
async fn section_10_1_the_older_call_is_a_plain_array() {
    let stage = Stage::empty().await;
    let older = "/accessmanagement/api/v1/authorizedparties";
    let ola = person(&stage, OLA, "altinn:enduser").await;
    let told: Value = ask(&stage, older, &ola).await.json().await.unwrap();
    assert_eq!(
        names(&told),
        ["OLA SYNTETISK BREKKE", "BERGET BYGG AS"],
        "for any person"
    );
    let organisation = stage.token(BERGET, SCOPE).await;
    let told = ask(&stage, older, &organisation).await;
    assert_eq!(told.status(), StatusCode::UNAUTHORIZED, "people only");
}

#[tokio::test]
async fn section_10_1_a_service_owner_asks_on_behalf_of_somebody() {
    let stage = Stage::empty().await;
    let scope = format!("{SCOPE}.resourceowner");
    let owner = stage.token(FJORDVIK, &scope).await;
    let body = json!({ "type": "urn:altinn:person:identifier-no", "value": OLA });
    for path in ["resourceowner", "serviceowner"] {
        let url = stage.url(&format!(
            "/accessmanagement/api/v1/{path}/authorizedparties"
        ));
        let told = stage
            .http
            .post(&url)
            .bearer_auth(&owner)
            .json(&body)
            .send()
            .await
            .unwrap();
        let told: Value = told.json().await.unwrap();
        assert_eq!(
            told[1]["authorizedRoles"],
            json!(["daglig-leder"]),
            "includes are on"
        );
        let plain = stage.token(FJORDVIK, SCOPE).await;
        let plain = stage
            .http
            .post(&url)
            .bearer_auth(plain)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(plain.status(), StatusCode::FORBIDDEN, "another scope");
        let nobody = json!({ "type": "urn:altinn:person:identifier-no", "value": "1" });
        let nobody = stage
            .http
            .post(&url)
            .bearer_auth(&owner)
            .json(&nobody)
            .send()
            .await
            .unwrap();
        assert_eq!(nobody.status(), StatusCode::BAD_REQUEST, "no such person");
    }
}

#[tokio::test]
async fn section_1_5_a_person_reads_for_an_organisation_by_their_position_there() {
    let stage = Stage::empty().await;
    let (ola, marte) = (
        person(&stage, OLA, "altinn:correspondence.read").await,
        person(&stage, MARTE, "altinn:correspondence.read").await,
    );
    let confidential = "fjordvik-taushetsbelagt";
    for (who, token, party, resource, expected) in [
        ("the leader", &ola, BERGET, "fjordvik-vedtak-og-svar", 200),
        ("the leader", &ola, BERGET, confidential, 200),
        ("the leader, of a branch", &ola, BRANCH, confidential, 200),
        (
            "of nothing there",
            &ola,
            FJORDVIK,
            "fjordvik-vedtak-og-svar",
            401,
        ),
        (
            "by a package",
            &marte,
            BERGET,
            "fjordvik-vedtak-og-svar",
            200,
        ),
        ("without its package", &marte, BERGET, confidential, 401),
    ] {
        let path = format!(
            "/correspondence/api/v1/correspondence?role=Recipient&resourceId={resource}&onBehalfOf=0192:{party}"
        );
        let status = ask(&stage, &path, token).await.status();
        assert_eq!(status, expected, "{who}: {resource} for {party}");
    }
}
