//! The Resource Registry: platform reference, section 7.

use altinn_sandbox::{Options, World};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::stage::{FJORDVIK, Stage};

const BASE: &str = "/resourceregistry/api/v1/resource";

#[tokio::test]
async fn section_7_1_a_resource_names_its_owner() {
    let stage = Stage::empty().await;
    let resource = stage.json(&format!("{BASE}/fjordvik-tilsyn")).await;
    assert_eq!(
        resource["resourceType"], "CorrespondenceService",
        "what it is"
    );
    let authority = &resource["hasCompetentAuthority"];
    assert_eq!(authority["organization"], FJORDVIK, "whose it is");
    assert_eq!(authority["orgcode"], "fjordvik", "whose it is");
    assert_eq!(resource["title"]["en"], "Inspections", "in three languages");
    let unknown = stage.get(&format!("{BASE}/nothing-here")).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND, "unknown");
    let post = stage
        .http
        .post(stage.url(&format!("{BASE}/fjordvik-tilsyn")));
    let post = post.send().await.unwrap().status();
    assert_eq!(
        post,
        StatusCode::METHOD_NOT_ALLOWED,
        "nothing is written here"
    );
}

#[tokio::test]
async fn section_7_2_search_narrows_and_ignores_title() {
    let stage = Stage::empty().await;
    let count = |query: String| {
        let stage = &stage;
        async move {
            let found = stage.json(&format!("{BASE}/Search?{query}")).await;
            found.as_array().unwrap().len()
        }
    };
    let own = format!("OrganizationId={FJORDVIK}&ResourceType=CorrespondenceService");
    assert_eq!(count(own).await, 4, "a sender's own resources");
    assert_eq!(
        count("Id=TILSYN".to_owned()).await,
        3,
        "contains, in any case"
    );
    assert_eq!(count("OrgCode=nmk".to_owned()).await, 1, "by code");
    let all = count(String::new()).await;
    assert_eq!(
        count("Title=x".to_owned()).await,
        all,
        "accepted and ignored"
    );
    let list = stage.json(&format!("{BASE}/resourcelist")).await;
    assert_eq!(list.as_array().unwrap().len(), all, "no apps in this world");
}

#[tokio::test]
async fn section_7_3_a_policy_says_who_may_read_and_at_which_level() {
    let stage = Stage::empty().await;
    let response = stage
        .get(&format!("{BASE}/fjordvik-taushetsbelagt/policy"))
        .await;
    let kind = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(kind.starts_with("text/xml"), "XACML comes as text/xml");
    let policy = response.text().await.unwrap();
    for part in [
        "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17",
        ">post-til-virksomheten-med-taushetsbelagt-innhold<",
        ">fjordvik-taushetsbelagt<",
        ">subscribe<",
        "urn:altinn:minimum-authenticationlevel",
        ">3<",
    ] {
        assert!(policy.contains(part), "the policy has {part}");
    }
    let opened = policy.matches("<xacml:").count();
    let closed = policy.matches("</xacml:").count() + policy.matches("/>").count();
    assert_eq!(opened, closed, "every element is closed");
    let ordinary = stage.get(&format!("{BASE}/fjordvik-tilsyn/policy")).await;
    let ordinary = ordinary.text().await.unwrap();
    assert!(
        ordinary.contains(">ordinaer-post-til-virksomheten<"),
        "the default package"
    );
    let unknown = stage.get(&format!("{BASE}/nothing-here/policy")).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND, "unknown");
}

async fn changed(change: impl FnOnce(&mut World)) -> Stage {
    let mut world = World::practice();
    change(&mut world);
    let options = Options {
        world,
        letters: Some(0),
        ..Options::default()
    };
    Stage::with(options).await
}

#[tokio::test]
async fn section_7_1_members_of_a_resource() {
    let stage = changed(|world| {
        let resource = &mut world.resources[0];
        resource.entry.delegable = false;
        resource.entry.visible = false;
        resource.entry.keywords = vec!["mat".to_owned()];
        resource.owner = None;
    })
    .await;
    let told = stage.json(&format!("{BASE}/nmk-tilsyn")).await;
    assert_eq!(
        (&told["delegable"], &told["visible"]),
        (&json!(false), &json!(false)),
        "as the world says"
    );
    assert_eq!(
        told["keywords"],
        json!([{ "word": "mat", "language": "nb" }]),
        "with their language"
    );
    assert_eq!(told["accessListMode"], "Disabled", "open to everybody");
    let reference = json!([{ "id": "urn:altinn:resource", "value": "nmk-tilsyn" }]);
    assert_eq!(
        told["authorizationReference"], reference,
        "its own identifier"
    );
    let members = told.as_object().unwrap();
    assert!(
        !members.contains_key("hasCompetentAuthority"),
        "left out where there is none"
    );
    assert!(!members.values().any(Value::is_null), "no member is null");
    for (version, status) in [("1", StatusCode::OK), ("2", StatusCode::NOT_FOUND)] {
        let told = stage
            .get(&format!("{BASE}/nmk-tilsyn?versionId={version}"))
            .await;
        assert_eq!(told.status(), status, "version {version}");
    }
}

#[tokio::test]
async fn section_7_2_lists_with_and_without_apps() {
    let stage = changed(|world| {
        world.resources[0].kind = "AltinnApp".to_owned();
        world.resources[1].kind = "MigratedApp".to_owned();
        world.resources[2].entry.keywords = vec!["Penger".to_owned()];
        world.resources[2].entry.references = vec!["https://eksempel.no/Skjema".to_owned()];
    })
    .await;
    let count = |path: &str| {
        let path = format!("{BASE}/{path}");
        let stage = &stage;
        async move { stage.json(&path).await.as_array().unwrap().len() }
    };
    assert_eq!(count("resourcelist").await, 15, "apps, not migrated ones");
    assert_eq!(count("resourcelist?includeApps=false").await, 14, "no apps");
    assert_eq!(
        count("resourcelist?includeMigratedApps=true").await,
        16,
        "all"
    );
    assert_eq!(count("Search").await, 14, "never apps");
    assert_eq!(
        count("Search?Description=MATTILSYN").await,
        count("Search?Description=mattilsyn").await,
        "in any case"
    );
    assert_eq!(
        count("Search?Description=finnes-ikke-i-noen").await,
        0,
        "contains"
    );
    assert_eq!(
        count("Search?Keyword=peng").await,
        1,
        "contains, ignoring case"
    );
    assert_eq!(
        count("Search?Reference=SKJEMA").await,
        1,
        "contains, ignoring case"
    );
    assert_eq!(
        count("Search?OrgCode=fjord").await,
        0,
        "equal, not contains"
    );
    assert_eq!(
        count("Search?OrganizationId=35979").await,
        0,
        "equal, not contains"
    );
}

#[tokio::test]
async fn section_7_reads_are_anonymous_and_name_no_other_content_type() {
    let stage = Stage::empty().await;
    let url = stage.url(&format!("{BASE}/nmk-tilsyn"));
    for (kind, status) in [
        ("application/json", StatusCode::OK),
        ("text/plain", StatusCode::UNSUPPORTED_MEDIA_TYPE),
    ] {
        let request = stage.http.get(&url).header("content-type", kind);
        assert_eq!(request.send().await.unwrap().status(), status, "{kind}");
    }
}

#[tokio::test]
async fn section_7_1_each_member_is_of_its_kind() {
    let stage = changed(|world| {
        world.resources[0].entry.references = vec!["4628".to_owned()];
        world.resources[0].entry.status = Some("UnderDevelopment".to_owned());
    })
    .await;
    let told = stage.json(&format!("{BASE}/nmk-tilsyn")).await;
    for member in ["title", "description", "rightDescription"] {
        for language in ["nb", "nn", "en"] {
            let text = told[member][language].as_str();
            assert!(text.is_some_and(|it| !it.is_empty()), "{member}.{language}");
        }
    }
    for (member, value) in [
        ("identifier", json!("nmk-tilsyn")),
        ("status", json!("UnderDevelopment")),
        ("resourceType", json!("CorrespondenceService")),
        ("delegable", json!(true)),
        ("visible", json!(true)),
        ("contactPoints", json!([])),
        ("selfIdentifiedUserEnabled", json!(false)),
        ("enterpriseUserEnabled", json!(false)),
        ("isOneTimeConsent", json!(false)),
        (
            "resourceReferences",
            json!([{ "referenceSource": "Default", "reference": "4628", "referenceType": "Default" }]),
        ),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    assert!(
        told["version"].is_string() && told["versionId"].is_u64(),
        "text and number"
    );
    let authority = &told["hasCompetentAuthority"];
    assert!(
        authority["name"]["nn"].is_string(),
        "the owner's name in three languages"
    );
}
