//! Access lists: platform reference, section 7.7.

use altinn_sandbox::{Options, World};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::stage::{BERGET, FJORDVIK, READ, Stage};

const LISTS: &str = "/resourceregistry/api/v1/access-lists/fjordvik";
const SCOPES: &str =
    "altinn:resourceregistry/accesslist.read altinn:resourceregistry/accesslist.write";

async fn call(stage: &Stage, method: Method, path: &str, body: &Value) -> Response {
    let token = stage.token(FJORDVIK, SCOPES).await;
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

async fn json_of(stage: &Stage, path: &str) -> Value {
    let response = call(stage, Method::GET, path, &Value::Null).await;
    assert_eq!(response.status(), StatusCode::OK, "{path} is there");
    response.json().await.unwrap()
}

/// A sandbox with the list `byggere`.
async fn with_list() -> Stage {
    let stage = Stage::empty().await;
    let body =
        json!({ "identifier": "byggere", "name": "Byggere", "description": "De som bygger" });
    let made = call(&stage, Method::PUT, &format!("{LISTS}/byggere"), &body).await;
    assert_eq!(made.status(), StatusCode::OK, "it is made");
    stage
}

fn members(numbers: &[&str]) -> Value {
    let urns: Vec<String> = numbers
        .iter()
        .map(|orgnr| format!("urn:altinn:organization:identifier-no:{orgnr}"))
        .collect();
    json!({ "data": urns })
}

#[tokio::test]
async fn section_7_7_who_may_see_the_lists() {
    let stage = with_list().await;
    let url = stage.url(LISTS);
    let none = stage.http.get(&url).send().await.unwrap();
    assert_eq!(none.status(), StatusCode::UNAUTHORIZED, "no token");
    let scope = stage
        .token(FJORDVIK, "altinn:resourceregistry/resource.read")
        .await;
    let owner = stage.token(BERGET, SCOPES).await;
    for (token, why) in [(scope, "another scope"), (owner, "another owner")] {
        let told = stage
            .http
            .get(&url)
            .bearer_auth(token)
            .send()
            .await
            .unwrap();
        assert_eq!(told.status(), StatusCode::FORBIDDEN, "{why}");
    }
    let admin = stage
        .token(FJORDVIK, "altinn:resourceregistry/resource.admin")
        .await;
    let admin = stage
        .http
        .get(&url)
        .bearer_auth(admin)
        .send()
        .await
        .unwrap();
    assert_eq!(
        admin.status(),
        StatusCode::OK,
        "the administrator's scope will do"
    );
    let read = stage
        .token(FJORDVIK, "altinn:resourceregistry/accesslist.read")
        .await;
    let put = stage
        .http
        .put(stage.url(&format!("{LISTS}/byggere")))
        .bearer_auth(read);
    let put = put.json(&json!({ "name": "x" })).send().await.unwrap();
    assert_eq!(
        put.status(),
        StatusCode::FORBIDDEN,
        "writing has its own scope"
    );
    let by_code = "/api/GetEnterpriseToken?env=tt02&orgNo=371049746&org=fjordvik&scopes=altinn:resourceregistry/accesslist.read";
    let by_code = stage.get(by_code).await.text().await.unwrap();
    let by_code = stage
        .http
        .get(&url)
        .bearer_auth(by_code)
        .send()
        .await
        .unwrap();
    assert_eq!(
        by_code.status(),
        StatusCode::OK,
        "the code in the token counts"
    );
}

#[tokio::test]
async fn section_7_7_lists_come_sorted_and_paged() {
    let stage = Stage::empty().await;
    for number in (0..51).rev() {
        let path = format!("{LISTS}/liste-{number:02}");
        call(&stage, Method::PUT, &path, &json!({ "name": "En liste" })).await;
    }
    let first = json_of(&stage, LISTS).await;
    let row = &first["data"][0];
    assert_eq!(row["identifier"], "liste-00", "by identifier");
    assert_eq!(
        row["urn"], "urn:altinn:access-list:fjordvik:liste-00",
        "with its urn"
    );
    assert!(
        row["createdAt"].is_string() && row["updatedAt"].is_string(),
        "and its times"
    );
    let token = stage.token(FJORDVIK, SCOPES).await;
    let next = first["links"]["next"].as_str().unwrap();
    let rest: Value = stage
        .http
        .get(next)
        .bearer_auth(token)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(rest["data"].as_array().unwrap().len(), 1, "the rest");
    assert!(rest["links"]["next"].is_null(), "no more");
}

#[tokio::test]
async fn section_7_7_what_can_be_included() {
    let stage = with_list().await;
    let connection = format!("{LISTS}/byggere/resource-connections/fjordvik-tilsyn");
    call(
        &stage,
        Method::PUT,
        &connection,
        &json!({ "actionFilters": ["read"] }),
    )
    .await;
    for (include, expected) in [
        (
            "resources",
            json!([{ "resourceIdentifier": "fjordvik-tilsyn" }]),
        ),
        (
            "resource-actions",
            json!([{ "resourceIdentifier": "fjordvik-tilsyn", "actionFilters": ["read"] }]),
        ),
    ] {
        let lists = json_of(
            &stage,
            &format!("{LISTS}?include={include}&resource=fjordvik-tilsyn"),
        )
        .await;
        assert_eq!(
            lists["data"][0]["resourceConnections"], expected,
            "{include}"
        );
        let alone = call(
            &stage,
            Method::GET,
            &format!("{LISTS}?include={include}"),
            &Value::Null,
        )
        .await;
        assert_eq!(
            alone.status(),
            StatusCode::BAD_REQUEST,
            "only together with a resource"
        );
    }
    let told = call(
        &stage,
        Method::GET,
        &format!("{LISTS}?include=members"),
        &Value::Null,
    )
    .await;
    assert_eq!(told.status(), StatusCode::NOT_IMPLEMENTED, "never built");
}

#[tokio::test]
async fn section_7_7_a_list_is_guarded_by_its_etag() {
    let stage = with_list().await;
    let path = format!("{LISTS}/byggere");
    let told = call(&stage, Method::GET, &path, &Value::Null).await;
    let etag = told.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(
        told.json::<Value>().await.unwrap()["description"],
        "De som bygger",
        "as made"
    );
    let token = stage.token(FJORDVIK, SCOPES).await;
    let with = |method: Method, name: &'static str, value: String| {
        let request = stage
            .http
            .request(method, stage.url(&path))
            .bearer_auth(&token);
        let request = request.header(name, value).json(&json!({ "name": "Nytt" }));
        async move { request.send().await.unwrap().status() }
    };
    let same = with(Method::GET, "if-none-match", etag.clone()).await;
    assert_eq!(same, StatusCode::NOT_MODIFIED, "known already");
    let taken = with(Method::PUT, "if-none-match", "*".to_owned()).await;
    assert_eq!(taken, StatusCode::PRECONDITION_FAILED, "it exists");
    assert_eq!(
        with(Method::PUT, "if-match", etag.clone()).await,
        StatusCode::OK,
        "unchanged"
    );
    let stale = with(Method::PUT, "if-match", etag.clone()).await;
    assert_eq!(stale, StatusCode::PRECONDITION_FAILED, "it has changed");
    let stale = with(Method::DELETE, "if-match", etag).await;
    assert_eq!(stale, StatusCode::PRECONDITION_FAILED, "nor may it go");
    let patched = call(
        &stage,
        Method::PATCH,
        &path,
        &json!({ "description": "Andre" }),
    )
    .await;
    let patched: Value = patched.json().await.unwrap();
    assert_eq!(
        (&patched["name"], &patched["description"]),
        (&json!("Nytt"), &json!("Andre")),
        "one member"
    );
    let gone = call(&stage, Method::DELETE, &path, &Value::Null).await;
    assert_eq!(gone.status(), StatusCode::OK, "deleted");
    let gone = call(&stage, Method::GET, &path, &Value::Null).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND, "no such list");
}

#[tokio::test]
async fn section_7_7_members_are_replaced_added_and_removed() {
    let stage = with_list().await;
    let path = format!("{LISTS}/byggere/members");
    let numbers = |page: &Value| -> Vec<String> {
        let rows = page["data"].as_array().unwrap().iter();
        rows.map(|row| {
            row["identifiers"]["urn:altinn:organization:identifier-no"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
    };
    for (method, named, expected) in [
        (Method::PUT, vec![BERGET], vec![BERGET]),
        (Method::POST, vec!["384656323"], vec![BERGET, "384656323"]),
        (Method::POST, vec!["384656323"], vec![BERGET, "384656323"]),
        (Method::DELETE, vec![BERGET], vec!["384656323"]),
        (Method::DELETE, vec![BERGET], vec!["384656323"]),
    ] {
        let told = call(&stage, method.clone(), &path, &members(&named)).await;
        assert_eq!(told.status(), StatusCode::OK, "{method}");
        let page = json_of(&stage, &path).await;
        assert_eq!(numbers(&page), expected, "after {method}, repeated or not");
    }
    let before = call(&stage, Method::GET, &path, &Value::Null)
        .await
        .headers()["etag"]
        .clone();
    let again = call(&stage, Method::DELETE, &path, &members(&[BERGET])).await;
    assert_eq!(
        again.headers()["etag"],
        before,
        "a repeated call changes nothing"
    );
    let unknown = call(&stage, Method::POST, &path, &members(&["350752919"])).await;
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST, "nobody knows it");
}

/// Organisation numbers with their check digit, `count` of them.
fn many(count: usize) -> Vec<String> {
    (0..)
        .filter_map(|number: u32| {
            let digits = format!("3{number:07}");
            let weighed = digits.bytes().zip([3, 2, 7, 6, 5, 4, 3, 2]);
            let sum: u32 = weighed
                .map(|(digit, weight)| u32::from(digit - b'0') * weight)
                .sum();
            let check = (11 - sum % 11) % 11;
            (check < 10).then(|| format!("{digits}{check}"))
        })
        .take(count)
        .collect()
}

#[tokio::test]
async fn section_7_7_a_call_names_at_most_a_hundred_members() {
    let stage = with_list().await;
    let path = format!("{LISTS}/byggere/members");
    let numbers = many(120);
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let told = call(&stage, Method::POST, &path, &members(&numbers)).await;
    assert_eq!(told.status(), StatusCode::BAD_REQUEST, "120 are too many");
    for part in numbers.chunks(100) {
        let told = call(&stage, Method::POST, &path, &members(part)).await;
        assert_eq!(told.status(), StatusCode::OK, "in two calls");
    }
    let first = json_of(&stage, &path).await;
    let next = first["links"]["next"].as_str().unwrap().to_owned();
    let token = stage.token(FJORDVIK, SCOPES).await;
    let get = || async {
        let request = stage.http.get(&next).bearer_auth(&token);
        request.send().await.unwrap()
    };
    let rest: Value = get().await.json().await.unwrap();
    assert_eq!(rest["data"].as_array().unwrap().len(), 20, "the rest");
    call(&stage, Method::DELETE, &path, &members(&numbers[..1])).await;
    assert_eq!(
        get().await.status(),
        StatusCode::PRECONDITION_FAILED,
        "changed between two pages"
    );
}

#[tokio::test]
async fn section_7_7_resources_are_connected_with_actions() {
    let stage = with_list().await;
    let path = format!("{LISTS}/byggere/resource-connections");
    let one = format!("{path}/fjordvik-tilsyn");
    let made = call(
        &stage,
        Method::PUT,
        &one,
        &json!({ "actionFilters": ["read"] }),
    )
    .await;
    assert_eq!(made.status(), StatusCode::OK, "connected");
    let all = json_of(&stage, &path).await;
    let expected = json!([{ "resourceIdentifier": "fjordvik-tilsyn", "actionFilters": ["read"] }]);
    assert_eq!(all["data"], expected, "listed");
    let gone = call(&stage, Method::DELETE, &one, &Value::Null).await;
    assert!(gone.status().is_success(), "and let go");
    let told = call(&stage, Method::GET, &one, &Value::Null).await;
    assert_eq!(told.status(), StatusCode::NOT_FOUND, "no connection");
    let unknown = call(
        &stage,
        Method::PUT,
        &format!("{path}/finnes-ikke"),
        &json!({}),
    )
    .await;
    assert_eq!(
        unknown.status(),
        StatusCode::BAD_REQUEST,
        "no such resource"
    );
}

#[tokio::test]
async fn section_7_1_a_resource_with_access_lists_is_closed_to_others() {
    let mut world = World::practice();
    let resource = world
        .resources
        .iter_mut()
        .find(|one| one.id == "fjordvik-tilsyn");
    resource.unwrap().entry.access_list_mode = true;
    let stage = Stage::with(Options {
        world,
        letters: Some(0),
        ..Options::default()
    })
    .await;
    let told = stage
        .json("/resourceregistry/api/v1/resource/fjordvik-tilsyn")
        .await;
    assert_eq!(told["accessListMode"], "Enabled", "it says so");
    let search = "/correspondence/api/v1/correspondence?resourceId=fjordvik-tilsyn&role=Recipient";
    let status = || async {
        let token = stage.token(BERGET, READ).await;
        let request = stage.http.get(stage.url(search)).bearer_auth(token);
        request.send().await.unwrap().status()
    };
    assert_eq!(status().await, StatusCode::UNAUTHORIZED, "on no list");
    let list = format!("{LISTS}/byggere");
    call(&stage, Method::PUT, &list, &json!({ "name": "Byggere" })).await;
    call(
        &stage,
        Method::PUT,
        &format!("{list}/members"),
        &members(&[BERGET]),
    )
    .await;
    assert_eq!(
        status().await,
        StatusCode::UNAUTHORIZED,
        "the list opens nothing yet"
    );
    let connection = format!("{list}/resource-connections/fjordvik-tilsyn");
    call(
        &stage,
        Method::PUT,
        &connection,
        &json!({ "actionFilters": ["write"] }),
    )
    .await;
    assert_eq!(
        status().await,
        StatusCode::UNAUTHORIZED,
        "open for another action"
    );
    call(
        &stage,
        Method::PUT,
        &connection,
        &json!({ "actionFilters": [] }),
    )
    .await;
    assert_eq!(status().await, StatusCode::OK, "open for every action");
}
