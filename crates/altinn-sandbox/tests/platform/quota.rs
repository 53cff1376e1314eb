//! Quotas.

use std::time::Duration;

use altinn_sandbox::Options;
use reqwest::StatusCode;

use crate::stage::{BERGET, FJORDVIK, READ, Stage};

#[tokio::test]
async fn too_many_searches_have_to_wait() {
    let stage = Stage::with(Options {
        letters: Some(0),
        quota: "get=120/m,list=3/m".parse().unwrap(),
        ..Options::default()
    })
    .await;
    let ask = |token: String| {
        let path = "/correspondence/api/v1/correspondence?resourceId=nmk-tilsyn&role=Recipient";
        let request = stage.http.get(stage.url(path)).bearer_auth(token);
        async move { request.send().await.unwrap() }
    };
    let token = stage.token(FJORDVIK, READ).await;
    for _ in 0..3 {
        assert_eq!(
            ask(token.clone()).await.status(),
            StatusCode::OK,
            "within the quota"
        );
    }
    let refused = ask(token.clone()).await;
    assert_eq!(
        refused.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "the fourth in a minute"
    );
    let wait: u64 = refused.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        (1..=60).contains(&wait),
        "it says how long to wait: {wait} s"
    );
    let other = ask(stage.token(BERGET, READ).await).await;
    assert_eq!(
        other.status(),
        StatusCode::OK,
        "another organisation has its own"
    );
    stage.sandbox.advance(Duration::from_secs(wait));
    assert_eq!(
        ask(token).await.status(),
        StatusCode::OK,
        "after the wait it goes on"
    );
}
