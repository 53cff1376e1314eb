//! Derived views of a policy, and feeds of what has changed: platform reference, sections 7.2 to 7.5.

use altinn_sandbox::{Options, World};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stage::Stage;

const BASE: &str = "/resourceregistry/api/v1/resource";
const CONFIDENTIAL: &str = "post-til-virksomheten-med-taushetsbelagt-innhold";

/// A policy with one Permit and one Deny, whose prefix is nobody's habit.
fn own_policy() -> String {
    let one = |kind: &str, value: &str, category: &str| {
        format!(
            r#"<p:AnyOf><p:AllOf><p:Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><p:AttributeValue DataType="x">{value}</p:AttributeValue><p:AttributeDesignator AttributeId="{kind}" Category="{category}" DataType="x" MustBePresent="false"/></p:Match></p:AllOf></p:AnyOf>"#
        )
    };
    let rule = |id: u8, effect: &str, subject: &str, action: &str| {
        let subject = one(
            "urn:altinn:rolecode",
            subject,
            "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject",
        );
        let resource = one(
            "urn:altinn:resource",
            "nmk-tilsyn",
            "urn:oasis:names:tc:xacml:3.0:attribute-category:resource",
        );
        let action = one(
            "urn:oasis:names:tc:xacml:1.0:action:action-id",
            action,
            "urn:oasis:names:tc:xacml:3.0:attribute-category:action",
        );
        format!(
            r#"<p:Rule RuleId="{id}" Effect="{effect}"><p:Target>{subject}{resource}{action}</p:Target></p:Rule>"#
        )
    };
    format!(
        r#"<p:Policy xmlns:p="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="x" Version="1.0" RuleCombiningAlgId="x"><p:Target/>{}{}</p:Policy>"#,
        rule(1, "Permit", "dagl &amp; co", "read"),
        rule(2, "Deny", "lede", "write"),
    )
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

async fn with_policy(policy: String) -> Stage {
    changed(|world| {
        let resource = world
            .resources
            .iter_mut()
            .find(|one| one.id == "nmk-tilsyn");
        resource.unwrap().entry.policy = Some(policy);
    })
    .await
}

#[tokio::test]
async fn section_7_3_a_policy_of_ones_own_is_served_as_it_is() {
    let stage = with_policy(own_policy()).await;
    let told = stage.get(&format!("{BASE}/nmk-tilsyn/policy")).await;
    assert_eq!(told.text().await.unwrap(), own_policy(), "to the letter");
    let stage = with_policy(String::new()).await;
    for (id, why) in [
        ("nmk-tilsyn", "Unable to find requested policy"),
        ("finnes-ikke", "Unable to find resource"),
    ] {
        let told = stage.get(&format!("{BASE}/{id}/policy")).await;
        assert_eq!(told.status(), StatusCode::NOT_FOUND, "{id} has none");
        assert_eq!(told.text().await.unwrap(), why, "the text says which");
    }
    let views = stage.get(&format!("{BASE}/nmk-tilsyn/policy/rules")).await;
    assert_eq!(views.status(), StatusCode::NOT_FOUND, "no policy, no views");
}

#[tokio::test]
async fn section_7_4_subjects_are_listed_once() {
    let stage = Stage::empty().await;
    let page = stage
        .json(&format!("{BASE}/fjordvik-tilsyn/policy/subjects"))
        .await;
    let urns: Vec<&str> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["urn"].as_str().unwrap())
        .collect();
    assert_eq!(
        urns,
        [
            "urn:altinn:accesspackage:ordinaer-post-til-virksomheten",
            "urn:altinn:org:fjordvik",
            "urn:altinn:rolecode:priv",
        ],
        "a package, the owner, a role"
    );
    let first = &page["data"][0];
    assert_eq!(first["type"], "urn:altinn:accesspackage", "its parts");
    assert_eq!(
        first["value"], "ordinaer-post-til-virksomheten",
        "its parts"
    );
    assert!(page["links"]["next"].is_null(), "there is no more");
    let empty = with_policy("<nothing/>".to_owned()).await;
    let none = empty
        .get(&format!("{BASE}/nmk-tilsyn/policy/subjects"))
        .await;
    assert_eq!(none.status(), StatusCode::NOT_FOUND, "404 when none");
}

#[tokio::test]
async fn section_7_4_rules_come_one_for_each_combination() {
    let stage = Stage::empty().await;
    let rules = stage
        .json(&format!("{BASE}/fjordvik-tilsyn/policy/rules"))
        .await;
    let rules = rules.as_array().unwrap();
    assert_eq!(
        rules.len(),
        5,
        "two read; the owner reads, writes and subscribes"
    );
    let owner = json!([{ "type": "urn:altinn:org", "value": "fjordvik" }]);
    let actions: Vec<&Value> = rules
        .iter()
        .filter(|rule| rule["subject"] == owner)
        .map(|rule| &rule["action"]["value"])
        .collect();
    assert_eq!(actions, ["read", "write", "subscribe"], "the owner's");
    let resource = json!([{ "type": "urn:altinn:resource", "value": "fjordvik-tilsyn" }]);
    assert!(
        rules.iter().all(|rule| rule["resource"] == resource),
        "its own id"
    );
}

#[tokio::test]
async fn section_7_4_views_ignore_the_effect() {
    let stage = with_policy(own_policy()).await;
    let rules = stage.json(&format!("{BASE}/nmk-tilsyn/policy/rules")).await;
    assert_eq!(rules[0]["subject"][0]["value"], "dagl & co", "read as XML");
    assert_eq!(
        rules[1]["subject"][0]["value"], "lede",
        "denied, and yet here"
    );
    assert_eq!(rules[1]["action"]["value"], "write", "as if permitted");
}

#[tokio::test]
async fn section_7_4_rights_gather_subjects_by_action() {
    let stage = Stage::empty().await;
    let rights = stage
        .json(&format!("{BASE}/fjordvik-tilsyn/policy/rights"))
        .await;
    let rights = rights.as_array().unwrap();
    assert_eq!(rights.len(), 3, "read, write, subscribe");
    let read = &rights[0];
    assert_eq!(
        read["subjects"].as_array().unwrap().len(),
        3,
        "three may read"
    );
    let package =
        json!([{ "type": "urn:altinn:accesspackage", "value": "ordinaer-post-til-virksomheten" }]);
    assert_eq!(
        read["subjects"][0]["subjectAttributes"], package,
        "by attributes"
    );
    let kinds = json!([
        "urn:altinn:accesspackage",
        "urn:altinn:org",
        "urn:altinn:rolecode"
    ]);
    assert_eq!(read["subjectTypes"], kinds, "each kind once");
    let key: Vec<&str> = read["rightKey"].as_str().unwrap().split(';').collect();
    assert_eq!(key[..2], ["read", "fjordvik-tilsyn"], "action and resource");
    assert_eq!(key[2].len(), 32, "and an MD5");
}

#[tokio::test]
async fn section_7_4_the_second_version_names_rights() {
    let stage = Stage::empty().await;
    let path = "/resourceregistry/api/v2/resource/fjordvik-tilsyn/policy/rights";
    let rights = stage.json(path).await;
    assert_eq!(
        rights.as_array().unwrap().len(),
        1,
        "the owner's own are left out"
    );
    let key = rights[0]["key"].as_str().unwrap();
    assert_eq!((&key[..2], key.len()), ("01", 66), "01 and a SHA-256");
    assert_eq!(rights[0]["action"]["value"], "read", "what it is");
    let all = stage
        .json(&format!("{path}?includeServiceOwnerRights=true"))
        .await;
    assert_eq!(all.as_array().unwrap().len(), 3, "with the owner's");
    for (language, name) in [("en", "Read"), ("nn-NO, en;q=0.5", "Les"), ("fr", "Les")] {
        let request = stage
            .http
            .get(stage.url(path))
            .header("accept-language", language);
        let told: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(told[0]["name"], name, "in {language}");
    }
    let unknown = stage
        .get("/resourceregistry/api/v2/resource/finnes-ikke/policy/rights")
        .await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND, "no such resource");
}

#[tokio::test]
async fn section_7_4_rights_of_apps_are_asked_for() {
    let stage = changed(|world| world.resources[0].kind = "AltinnApp".to_owned()).await;
    let path = "/resourceregistry/api/v2/resource/nmk-tilsyn/policy/rights";
    assert_eq!(stage.json(path).await, json!([]), "left out");
    let told = stage.json(&format!("{path}?includeAppRights=true")).await;
    assert_eq!(told.as_array().unwrap().len(), 1, "asked for");
}

/// Follows a feed to its end. Returns its rows and the number of pages.
async fn followed(stage: &Stage, path: &str) -> (Vec<Value>, usize) {
    let mut next = json!(stage.url(path));
    let (mut rows, mut pages) = (Vec::new(), 0);
    while let Some(url) = next.as_str() {
        let page: Value = stage
            .http
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        rows.extend(page["data"].as_array().unwrap().clone());
        next = page["links"]["next"].clone();
        pages += 1;
    }
    (rows, pages)
}

#[tokio::test]
async fn section_7_2_changed_subjects_are_paged_and_filtered_by_time() {
    let stage = changed(|world| {
        world.resources[0].entry.changed = Some("2026-06-01T12:00:00Z".parse().unwrap());
    })
    .await;
    let (all, pages) = followed(&stage, &format!("{BASE}/updated?limit=7")).await;
    assert_eq!(pages, all.len().div_ceil(7), "full pages but the last");
    let unique: std::collections::BTreeSet<String> = all.iter().map(Value::to_string).collect();
    assert_eq!(unique.len(), all.len(), "each once");
    let last = &all[all.len() - 1];
    assert_eq!(
        last["resourceUrn"], "urn:altinn:resource:nmk-tilsyn",
        "the last change comes last"
    );
    assert!(
        last["subjectUrn"].is_string() && last["updatedAt"].is_string(),
        "who and when"
    );
    let (since, _) = followed(
        &stage,
        &format!("{BASE}/updated?since=2026-06-01T00:00:00Z"),
    )
    .await;
    assert_eq!(since.len(), 3, "only what changed since");
}

#[tokio::test]
async fn section_7_2_changed_resources_are_paged() {
    let stage = Stage::empty().await;
    let (all, pages) = followed(&stage, &format!("{BASE}/changes?limit=5")).await;
    assert_eq!(
        (all.len(), pages),
        (16, 4),
        "every resource, five at a time"
    );
    assert!(
        all.iter()
            .all(|row| row["resourceId"].is_string() && row["changedAt"].is_string()),
        "what and when"
    );
}

#[tokio::test]
async fn section_7_2_a_limit_out_of_range_is_refused() {
    let stage = Stage::empty().await;
    for feed in ["updated", "changes"] {
        for query in ["limit=0", "limit=1001", "limit=x", "token=%21"] {
            let told = stage.get(&format!("{BASE}/{feed}?{query}")).await;
            assert_eq!(told.status(), StatusCode::BAD_REQUEST, "{feed}?{query}");
            let told: Value = told.json().await.unwrap();
            assert!(
                told["validationErrors"][0]["code"].is_string(),
                "a validation problem"
            );
        }
    }
    let since = stage.get(&format!("{BASE}/updated?since=yesterday")).await;
    assert_eq!(since.status(), StatusCode::BAD_REQUEST, "no time");
}

#[tokio::test]
async fn section_7_2_resources_are_found_by_subject() {
    let stage = Stage::empty().await;
    let url = stage.url(&format!("{BASE}/bysubjects"));
    let urn = format!("urn:altinn:accesspackage:{CONFIDENTIAL}");
    let told = stage
        .http
        .post(&url)
        .json(&json!([urn]))
        .send()
        .await
        .unwrap();
    let told: Value = told.json().await.unwrap();
    assert_eq!(
        told["data"][0]["subject"]["urn"],
        json!(urn),
        "who was asked for"
    );
    let resources: Vec<&Value> = told["data"][0]["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["value"])
        .collect();
    assert_eq!(
        resources,
        ["fvm-taushetsbelagt", "fjordvik-taushetsbelagt"],
        "and what it reaches"
    );
    let get = stage.get(&format!("{BASE}/bysubjects")).await;
    assert_eq!(
        get.status(),
        StatusCode::METHOD_NOT_ALLOWED,
        "asked for by POST"
    );
    let wrong = stage
        .http
        .request(Method::POST, &url)
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST, "not an array");
}

/// The flaws of section 7.5 reach whoever judges policies: a world can hold such a policy.
#[tokio::test]
async fn section_7_5_a_flawed_policy_can_be_served() {
    let flawed = own_policy()
        .replace("urn:altinn:rolecode", "urn:altinn:org:rolecode")
        .replace("nmk-tilsyn", "altinn-correspondence-test-resource-1");
    let stage = with_policy(flawed).await;
    let rules = stage.json(&format!("{BASE}/nmk-tilsyn/policy/rules")).await;
    assert_eq!(
        rules[0]["subject"][0]["type"], "urn:altinn:org:rolecode",
        "a spelling nobody fills"
    );
    assert_eq!(
        rules[0]["resource"][0]["value"], "altinn-correspondence-test-resource-1",
        "another resource"
    );
}
