//! Section 1.1: the OpenAPI document lists what is served, and every answer of these tests has a shape that it tells of.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use crate::stage::*;
use jsonschema::Validator;
use reqwest::{Method, StatusCode, Url};
use serde_json::{Map, Value, json};

const WHERE: &str = "/correspondence/api/v1/swagger/v1/swagger.json";

/// The document, the same for every world.
pub async fn document(http: &reqwest::Client, base: &str) -> &'static Value {
    static DOCUMENT: tokio::sync::OnceCell<Value> = tokio::sync::OnceCell::const_new();
    let fetch = || async {
        let answer = http.get(format!("{base}{WHERE}")).send().await.unwrap();
        answer.json().await.expect("the document is JSON")
    };
    DOCUMENT.get_or_init(fetch).await
}

/// The operation that a request is for; none when it is to a path that the document does not have.
fn operation<'a>(document: &'a Value, method: &Method, url: &Url) -> Option<&'a Value> {
    let given: Vec<&str> = url.path().trim_end_matches('/').split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<&str> = template.split('/').collect();
        let fit = |(wanted, given): (&&str, &&str)| {
            wanted.starts_with('{') || wanted.eq_ignore_ascii_case(given)
        };
        wanted.len() == given.len() && wanted.iter().zip(&given).all(fit)
    };
    let method = method.as_str().to_lowercase();
    // A literal before an id, as in the service.
    let mut paths: Vec<_> = document["paths"].as_object()?.iter().collect();
    paths.sort_by_key(|(path, _)| path.matches('{').count());
    let (_, operations) = paths
        .into_iter()
        .find(|(path, operations)| fits(path) && operations.get(&method).is_some())?;
    operations.get(&method)
}

/// An answer has a status, a content type and a shape that the document tells of.
pub fn check(document: &Value, method: &Method, url: &Url, answer: &Answer) {
    let Some(operation) = operation(document, method, url) else {
        return;
    };
    let what = format!("{method} {}: {}", url.path(), answer.status);
    let told = &operation["responses"][answer.status.as_str()];
    assert!(told.is_object(), "{what} is not told of in the document");
    if answer.bytes.is_empty() {
        return;
    }
    let kind = answer.header("content-type");
    let kind = kind.split(';').next().unwrap_or_default();
    let content = &told["content"];
    let told = content.get(kind).or_else(|| content.get("*/*"));
    let told = told.unwrap_or_else(|| panic!("{what}: {kind} is not told of"));
    let shape = &told["schema"];
    if shape.get("type") == Some(&json!("string")) || *shape == json!({}) {
        return;
    }
    let name = format!("{} {} {kind}", operation["operationId"], answer.status);
    let validator = validator(name, document, shape);
    let body = answer.json();
    let wrong: Vec<String> = validator
        .iter_errors(&body)
        .map(|error| error.to_string())
        .collect();
    assert!(wrong.is_empty(), "{what} has another shape: {wrong:?}");
}

/// The validator of a shape, made once for each.
fn validator(name: String, document: &Value, shape: &Value) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    let make = || {
        let mut shape = shape.clone();
        shape["components"] = document["components"].clone();
        let options = jsonschema::options().should_validate_formats(true);
        let made = options.build(&shape);
        Arc::new(made.expect("the document's schemas are schemas"))
    };
    let mut made = MADE.lock().expect("nobody panics while making one");
    Arc::clone(made.entry(name).or_insert_with(make))
}

fn members(value: &Value) -> &Map<String, Value> {
    value.as_object().expect("an object")
}

#[tokio::test]
async fn section_1_1_it_is_served_to_anyone_and_may_be_kept() {
    let stage = Stage::set().await;
    let answer = stage.get("swagger/v1/swagger.json", "").await;
    answer.is_ok("no token is asked for");
    assert_eq!(
        answer.header("cache-control"),
        "max-age=600",
        "for ten minutes"
    );
    assert_eq!(
        answer.json()["servers"][0]["url"],
        stage.sandbox.base(),
        "it names its own origin"
    );
}

/// Table 4.1, without the calls that the service hides from its document.
#[tokio::test]
async fn section_4_1_it_lists_exactly_the_calls_that_the_service_shows() {
    let stage = Stage::set().await;
    let document = stage.get("swagger/v1/swagger.json", "").await.json();
    let mut listed = BTreeSet::new();
    for (path, operations) in members(&document["paths"]) {
        for method in members(operations).keys() {
            let path = path.strip_prefix("/correspondence/api/v1").unwrap();
            listed.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    let one = "/correspondence/{correspondenceId}";
    let file = "/attachment/{attachmentId}";
    let expected = [
        "POST /correspondence".to_owned(),
        "POST /correspondence/upload".to_owned(),
        "GET /correspondence".to_owned(),
        format!("GET {one}"),
        format!("GET {one}/details"),
        format!("POST {one}/markasread"),
        format!("POST {one}/confirm"),
        format!("POST {one}/forward"),
        format!("DELETE {one}/purge"),
        format!("GET {one}/attachment/{{attachmentId}}/download"),
        format!("GET {one}/attachments/downloadall"),
        "POST /attachment".to_owned(),
        format!("POST {file}/upload"),
        format!("GET {file}"),
        format!("GET {file}/details"),
        format!("DELETE {file}"),
        format!("GET {file}/download"),
    ];
    let expected: BTreeSet<String> = expected.into();
    assert_eq!(listed, expected, "as in table 4.1");
}

/// Whatever the document lists is there: it answers something else than a path or method that nobody knows.
#[tokio::test]
async fn section_4_1_everything_that_it_lists_is_served() {
    let stage = Stage::set().await;
    let token = stage.organisation(OWNER, &format!("{READ} {WRITE}")).await;
    let document = stage.get("swagger/v1/swagger.json", "").await.json();
    for (template, operations) in members(&document["paths"]) {
        let path = template
            .replace("{correspondenceId}", "77777777-7777-4777-8777-777777777777")
            .replace("{attachmentId}", "77777777-7777-4777-8777-777777777777");
        let path = path.strip_prefix("/correspondence/api/v1/").unwrap();
        for (method, operation) in members(operations) {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let answer = stage
                .send(stage.request(method.clone(), path, &token))
                .await;
            assert_ne!(
                answer.status,
                StatusCode::METHOD_NOT_ALLOWED,
                "{method} {template}"
            );
            assert!(
                answer.status != StatusCode::NOT_FOUND || !answer.bytes.is_empty(),
                "{method} {template} is known"
            );
            assert!(
                operation["security"][0].get("bearer").is_some(),
                "{method} {template} says how to be somebody"
            );
        }
    }
}

/// The check that every test's answers go through can fail.
#[tokio::test]
async fn an_answer_that_it_does_not_tell_of_is_noticed() {
    let stage = Stage::set().await;
    let token = stage.organisation(ORG, READ).await;
    let path = "correspondence?resourceId=letters&role=Recipient";
    let url = Url::parse(&format!(
        "{}/correspondence/api/v1/{path}",
        stage.sandbox.base()
    ));
    let url = url.unwrap();
    let document = stage.get("swagger/v1/swagger.json", "").await.json();
    let changes: [fn(&mut Answer); 4] = [
        |answer| answer.status = StatusCode::IM_A_TEAPOT,
        |answer| answer.bytes = br#"{"ids":["no id"]}"#.to_vec(),
        |answer| answer.bytes = br#"{"ids":[],"total":0}"#.to_vec(),
        |answer| {
            answer
                .headers
                .insert("content-type", "text/html".parse().unwrap());
        },
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut answer = stage.get(path, &token).await;
        change(&mut answer);
        let checked =
            std::panic::AssertUnwindSafe(|| check(&document, &Method::GET, &url, &answer));
        assert!(
            std::panic::catch_unwind(checked).is_err(),
            "change {index} is noticed"
        );
    }
}

/// Sections 5.1 and 11.1: what a caller may send is described by what reads it.
#[tokio::test]
async fn section_5_1_bodies_and_parameters_are_described() {
    let stage = Stage::set().await;
    let document = stage.get("swagger/v1/swagger.json", "").await.json();
    let letters = &document["paths"]["/correspondence/api/v1/correspondence"];
    let body = &letters["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(
        body["required"],
        json!(["correspondence", "recipients"]),
        "the keys"
    );
    let letter = &body["properties"]["correspondence"]["properties"];
    assert_eq!(
        letter["content"]["properties"]["messageTitle"],
        json!({ "type": "string", "minLength": 1, "maxLength": 255 }),
        "with its bounds"
    );
    let file = &letter["content"]["properties"]["attachments"]["items"];
    assert_eq!(
        file["required"],
        json!(["fileName", "sendersReference"]),
        "also in lists"
    );
    let names: Vec<&str> = letters["get"]["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 9, "table 11.1 has nine: {names:?}");
    let form = &document["paths"]["/correspondence/api/v1/correspondence/upload"]["post"];
    let form = &form["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"];
    for name in [
        "Recipients[0]",
        "Correspondence.Content.Attachments[0].FileName",
        "Correspondence.PropertyList[name]",
        "attachments",
    ] {
        assert!(form.get(name).is_some(), "{name} is a field of the form");
    }
}
