//! The Resource Registry: platform reference, section 7.

use reqwest::StatusCode;

use crate::stage::{FJORDVIK, Stage};

const BASE: &str = "/resourceregistry/api/v1/resource";

#[tokio::test]
async fn a_resource_names_its_owner() {
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
async fn search_narrows_and_ignores_title() {
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
async fn a_policy_says_who_may_read_and_at_which_level() {
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
