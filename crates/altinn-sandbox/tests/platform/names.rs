//! Names: platform reference, sections 9.1 and 9.2.

use altinn_sandbox::{Options, World};
use reqwest::StatusCode;
use serde_json::json;

use crate::stage::{BERGET, FJORDVIK, Stage};

const BRREG: &str = "/enhetsregisteret/api";

#[tokio::test]
async fn section_9_1_main_units_and_branches_are_apart() {
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
async fn section_9_1_search_by_name_is_paged() {
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
async fn section_9_2_service_owners_are_listed() {
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
async fn section_9_1_units_that_are_gone_and_what_is_left_of_them() {
    let stage = changed(|world| {
        for organisation in &mut world.register.organizations {
            match organisation.orgnr.as_str() {
                "303423664" => organisation.removed = true,
                "244026850" => organisation.deleted = Some("2026-01-31".to_owned()),
                "371049746" => {
                    organisation.homepage = Some("berget.example".to_owned());
                    organisation.employees = Some(12);
                }
                _ => {}
            }
        }
    })
    .await;
    let removed = stage.get(&format!("{BRREG}/enheter/303423664")).await;
    assert_eq!(removed.status(), StatusCode::GONE, "for legal reasons");
    let branch = stage.json(&format!("{BRREG}/underenheter/244026850")).await;
    assert_eq!(
        branch["nedleggelsesdato"], "2026-01-31",
        "a branch has two dates"
    );
    assert!(
        branch["beliggenhetsadresse"].is_null(),
        "few members remain"
    );
    let berget = stage.json(&format!("{BRREG}/enheter/{BERGET}")).await;
    assert_eq!(
        (&berget["hjemmeside"], &berget["antallAnsatte"]),
        (&json!("berget.example"), &json!(12)),
        "optional"
    );
    let address = &berget["forretningsadresse"];
    assert_eq!(address["landkode"], "NO", "a main unit's address");
    assert!(address["adresse"][0].is_string(), "its lines");
    for part in ["postnummer", "poststed", "kommune", "land"] {
        assert!(address[part].is_string(), "{part} of its address");
    }
    for flag in [
        "konkurs",
        "underAvvikling",
        "underTvangsavviklingEllerTvangsopplosning",
    ] {
        assert_eq!(berget[flag], false, "{flag} is told");
    }
}

#[tokio::test]
async fn section_9_1_a_pinned_version_is_answered_as_such() {
    let stage = Stage::empty().await;
    let url = stage.url(&format!("{BRREG}/enheter/{BERGET}"));
    let pinned = "application/vnd.brreg.enhetsregisteret.enhet.v2+json;charset=UTF-8";
    for (accept, kind) in [
        (pinned, pinned),
        ("application/json", "application/json; charset=utf-8"),
    ] {
        let told = stage
            .http
            .get(&url)
            .header("accept", accept)
            .send()
            .await
            .unwrap();
        assert_eq!(told.headers()["content-type"], kind, "for {accept}");
    }
    let branch = stage.url(&format!("{BRREG}/underenheter/244026850"));
    let pinned = "application/vnd.brreg.enhetsregisteret.underenhet.v2+json;charset=UTF-8";
    let told = stage.http.get(branch).header("accept", pinned);
    let told = told.send().await.unwrap();
    assert_eq!(told.headers()["content-type"], pinned, "of a branch");
}

#[tokio::test]
async fn section_9_1_a_search_goes_ten_thousand_deep() {
    let stage = Stage::empty().await;
    let first = stage.json(&format!("{BRREG}/enheter")).await;
    assert_eq!(
        (&first["page"]["number"], &first["page"]["size"]),
        (&json!(0), &json!(20)),
        "from 0, 20 on a page"
    );
    for query in ["size=10000&page=1", "size=100&page=100"] {
        let told = stage.get(&format!("{BRREG}/enheter?{query}")).await;
        assert_eq!(told.status(), StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn section_9_2_members_of_a_service_owner() {
    let stage = changed(|world| {
        let owner = &mut world.service_owners[0];
        owner.orgnr = String::new();
        owner.logo = Some("https://eksempel.no/logo.png".to_owned());
        owner.emblem = Some("https://eksempel.no/emblem.svg".to_owned());
        owner.contact = Some(json!({ "phone": "12345678" }));
        owner.environments = Some(vec!["tt02".to_owned()]);
    })
    .await;
    let list = stage.json("/orgs/altinn-orgs.json").await;
    let owner = &list["orgs"]["nmk"];
    assert_eq!(owner["orgnr"], "", "may be empty");
    assert_eq!(owner["environments"], json!(["tt02"]), "where it runs apps");
    assert!(
        owner["logo"].is_string() && owner["emblem"].is_string(),
        "pictures"
    );
    assert_eq!(owner["contact"]["phone"], "12345678", "how to reach it");
    let plain = &list["orgs"]["fjordvik"];
    for always in ["name", "orgnr", "environments"] {
        assert!(!plain[always].is_null(), "{always} is always there");
    }
    for optional in ["logo", "emblem", "contact"] {
        assert!(plain.get(optional).is_none(), "{optional} is left out");
    }
}
