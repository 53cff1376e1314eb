//! Names: platform reference, sections 9.1 and 9.2.

use reqwest::StatusCode;

use crate::stage::{BERGET, FJORDVIK, Stage};

const BRREG: &str = "/enhetsregisteret/api";

#[tokio::test]
async fn main_units_and_branches_are_apart() {
    let stage = Stage::empty().await;
    let main = stage.json(&format!("{BRREG}/enheter/{BERGET}")).await;
    assert_eq!(main["navn"], "BERGET BYGG AS", "in capitals");
    assert_eq!(main["organisasjonsform"]["kode"], "AS", "its form");
    let branch = stage.json(&format!("{BRREG}/underenheter/244026850")).await;
    assert_eq!(branch["overordnetEnhet"], BERGET, "whose branch it is");
    for path in [
        "enheter/244026850",
        "underenheter/371049746",
        "enheter/350752919",
    ] {
        let status = stage.get(&format!("{BRREG}/{path}")).await.status();
        assert_eq!(
            status,
            StatusCode::NOT_FOUND,
            "{path} is elsewhere or nowhere"
        );
    }
    let malformed = stage.get(&format!("{BRREG}/enheter/12")).await.status();
    assert_eq!(malformed, StatusCode::BAD_REQUEST, "not nine digits");
    let deleted = stage.json(&format!("{BRREG}/enheter/366176039")).await;
    assert_eq!(
        deleted["slettedato"], "2025-03-14",
        "it is answered, with its end"
    );
    let bankrupt = stage.json(&format!("{BRREG}/enheter/328907860")).await;
    assert_eq!(bankrupt["konkurs"], true, "a sender wants to know");
    let invented = stage.json(&format!("{BRREG}/enheter/310702640")).await;
    assert!(
        invented["navn"].as_str().unwrap().len() > 5,
        "everyone else has a name too"
    );
}

#[tokio::test]
async fn search_by_name_is_paged() {
    let stage = Stage::empty().await;
    let found = stage
        .json(&format!("{BRREG}/enheter?navn=fjordvik&size=2"))
        .await;
    assert_eq!(
        found["page"]["totalElements"], 3,
        "three have it in their name"
    );
    assert_eq!(
        found["_embedded"]["enheter"].as_array().unwrap().len(),
        2,
        "two on a page"
    );
    let second = stage
        .json(&format!("{BRREG}/enheter?navn=fjordvik&size=2&page=1"))
        .await;
    assert_eq!(
        second["_embedded"]["enheter"].as_array().unwrap().len(),
        1,
        "one is left"
    );
    let nothing = stage.json(&format!("{BRREG}/enheter?navn=zzz")).await;
    assert!(
        nothing["_embedded"].is_null(),
        "nothing is left out altogether"
    );
}

#[tokio::test]
async fn service_owners_are_listed() {
    let stage = Stage::empty().await;
    let list = stage.json("/orgs/altinn-orgs.json").await;
    assert_eq!(list["orgs"]["fjordvik"]["orgnr"], FJORDVIK, "by code");
    assert_eq!(
        list["orgs"].as_object().unwrap().len(),
        11,
        "ten agencies and a municipality"
    );
    let same = stage.json("/resourceregistry/api/v1/resource/orgs").await;
    assert_eq!(list, same, "the registry has the same list");
}
