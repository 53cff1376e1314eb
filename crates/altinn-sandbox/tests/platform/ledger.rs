//! The ledger.

use altinn_sandbox::{Options, Sandbox};
use serde_json::Value;

use crate::stage::{FJORDVIK, READ, Stage, client};

#[tokio::test]
async fn every_request_but_controls_is_told_of() {
    let stage = Stage::empty().await;
    let token = stage.token(FJORDVIK, READ).await;
    let _ = stage
        .correspondence(
            "correspondence?resourceId=nmk-tilsyn&role=Recipient",
            &token,
        )
        .await;
    let _ = stage.get("/nothing?pid=02869326553").await;
    let ledger = stage.json("/_sandbox/ledger").await;
    let entries = ledger.as_array().unwrap();
    assert_eq!(entries.len(), 3, "three requests, and not this one");
    let search = &entries[1];
    assert_eq!(search["seq"], 2, "in order");
    assert_eq!(search["method"], "GET", "how");
    assert_eq!(
        search["path"], "/correspondence/api/v1/correspondence",
        "what"
    );
    assert_eq!(
        search["query"], "resourceId=nmk-tilsyn&role=Recipient",
        "what"
    );
    assert_eq!(search["status"], 200, "with which end");
    assert_eq!(search["organisation"], FJORDVIK, "who");
    assert_eq!(search["bytes_out"], 10, "{}", r#"as long as {"ids":[]}"#);
    assert_eq!(
        entries[2]["query"], "pid=***********",
        "identity numbers are hidden"
    );
    let rest = stage.json("/_sandbox/ledger?from=3").await;
    assert_eq!(rest.as_array().unwrap().len(), 1, "from a number on");
}

#[tokio::test]
async fn the_file_has_a_line_for_each() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.jsonl");
    let options = Options {
        letters: Some(0),
        ledger: Some(path.clone()),
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    let url = format!("{}/orgs/altinn-orgs.json", sandbox.base());
    let http = client();
    let length = http
        .get(&url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap()
        .len();
    drop(http);
    sandbox.stop().await;
    let text = std::fs::read_to_string(&path).unwrap();
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(line["path"], "/orgs/altinn-orgs.json", "what was asked");
    assert_eq!(line["bytes_out"], length, "written when all had gone");
}
