//! The doctor's commands: progress, ticks, the test letter, the report for a help desk.

use crate::stage::{FJORDVIK, Fault, SENT, Stage};
use mailbox::view::{
    Change, Check, CheckName, CheckState, Checkup, Environment, ErrorCode, FindingCode, TestText,
};
use std::collections::BTreeSet;

fn check(checkup: &Checkup, name: CheckName) -> &Check {
    checkup
        .steps
        .iter()
        .flat_map(|step| &step.checks)
        .find(|check| check.name == name)
        .unwrap()
}

fn text() -> TestText {
    TestText {
        language: "nb".to_owned(),
        title: "Prøvemelding fra Brevdue".to_owned(),
        body: "Denne meldingen viser at virksomheten kan sende.".to_owned(),
    }
}

async fn in_environment(environment: Environment) -> Stage {
    Fault::none("an environment")
        .account(move |config| config.environment = environment)
        .stage()
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkup_is_told_of_as_it_goes_and_kept() {
    let stage = Fault::none("nothing").stage().await;
    let before = stage.mailbox.checkup(&stage.account).await.unwrap();
    assert_eq!(
        check(&before, CheckName::Altinn).state,
        CheckState::NotChecked,
        "all checks are there before any is made"
    );
    let mut changes = stage.mailbox.changes();
    let after = stage.examine().await;
    assert!(!after.is_running, "it has ended");
    assert!(after.codes().is_empty(), "and nothing is wrong: {after:?}");
    assert!(after.checked_at.is_some(), "and when is known");
    let mut told = 0;
    while let Ok(batch) = changes.try_recv() {
        told += batch
            .iter()
            .filter(|change| matches!(change, Change::Checkup { .. }))
            .count();
    }
    assert!(told > 10, "each check is told of as it ends: {told}");
    assert_eq!(
        stage.mailbox.checkup(&stage.account).await.unwrap(),
        after,
        "what was found is kept"
    );
    let altinn = check(&after, CheckName::Altinn);
    assert_eq!(altinn.asked.len(), 1, "what was asked is shown");
    assert_eq!(altinn.asked[0].status, Some(200), "and what came back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_returns_at_once_and_a_second_one_joins() {
    let stage = Fault::none("nothing").stage().await;
    let mut changes = stage.mailbox.changes();
    stage.mailbox.start_checkup(&stage.account).await.unwrap();
    stage.mailbox.start_checkup(&stage.account).await.unwrap();
    let limit = std::time::Duration::from_secs(60);
    tokio::time::timeout(limit, async {
        loop {
            changes.recv().await.unwrap();
            let checkup = stage.mailbox.checkup(&stage.account).await.unwrap();
            if !checkup.is_running && checkup.checked_at.is_some() {
                break;
            }
        }
    })
    .await
    .expect("the window hears of the end");
    let metadata = stage
        .altinn
        .ledger()
        .iter()
        .filter(|entry| entry.path.ends_with("oauth-authorization-server"))
        .count();
    assert_eq!(metadata, 1, "one round was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_a_person_knows_is_ticked_with_name_and_time() {
    let stage = in_environment(Environment::Custom).await;
    let agreement = |checkup: &Checkup| check(checkup, CheckName::Agreement).clone();
    let before = stage.mailbox.checkup(&stage.account).await.unwrap();
    assert_eq!(
        agreement(&before).state,
        CheckState::Human,
        "nobody has said so"
    );
    let tick = |by: Option<&str>| {
        stage
            .mailbox
            .tick_check(&stage.account, "agreement", by.map(str::to_owned))
    };
    let ticked = agreement(&tick(Some(" Kari Nordmann ")).await.unwrap());
    assert_eq!(ticked.state, CheckState::Ok, "Kari has");
    assert_eq!(ticked.tick.as_ref().unwrap().by, "Kari Nordmann", "by name");
    let examined = stage.examine().await;
    assert!(agreement(&examined).tick.is_some(), "a new round keeps it");
    let report = stage.mailbox.checkup_report(&stage.account).await.unwrap();
    assert!(!report.contains("Kari"), "a help desk need not know who");
    assert!(report.contains("ticked"), "but that: {report}");
    let untick = agreement(&tick(None).await.unwrap());
    assert_eq!(untick.state, CheckState::Human, "taken back");
    let refused = stage
        .mailbox
        .tick_check(&stage.account, "altinn", Some("x".into()));
    assert_eq!(
        refused.await.unwrap_err().code(),
        ErrorCode::NotFound,
        "what is checked by a call cannot be ticked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_changes_nothing_at_altinn_and_the_test_letter_is_one_letter() {
    let stage = Fault::none("nothing").stage().await;
    stage.examine().await;
    let acting = |stage: &Stage| {
        stage
            .altinn
            .ledger()
            .iter()
            .filter(|entry| entry.method != "GET" && !entry.path.ends_with("/token"))
            .count()
    };
    assert_eq!(acting(&stage), 0, "a checkup only asks");
    let after = stage
        .mailbox
        .test_letter(&stage.account, text(), false)
        .await
        .unwrap();
    let letter = check(&after, CheckName::TestLetter);
    assert_eq!(letter.state, CheckState::Ok, "it went: {letter:?}");
    assert_eq!(acting(&stage), 1, "once");
    assert_eq!(
        check(&after, CheckName::Altinn).state,
        CheckState::Ok,
        "the other checks stand"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_the_test_letter_wants_a_second_yes() {
    let stage = in_environment(Environment::Production).await;
    let refused = stage
        .mailbox
        .send_test_letter(&stage.account, text(), false)
        .await;
    assert_eq!(
        refused.unwrap_err().code(),
        ErrorCode::TestLetterInProduction,
        "it is a real letter"
    );
    assert!(stage.altinn.ledger().is_empty(), "and nothing was sent");
    stage
        .mailbox
        .test_letter(&stage.account, text(), true)
        .await
        .unwrap();
    assert!(!stage.altinn.ledger().is_empty(), "confirmed, it goes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_test_letter_says_why() {
    let stage = Fault::none("a refusal")
        .answers(
            "/correspondence/api/v1/correspondence",
            400,
            serde_json::json!({ "title": "x", "status": 400, "errorCode": 1036, "detail": "x" }),
        )
        .stage()
        .await;
    let after = stage
        .mailbox
        .test_letter(&stage.account, text(), false)
        .await
        .unwrap();
    let letter = check(&after, CheckName::TestLetter);
    assert_eq!(
        letter.findings[0].code,
        FindingCode::TestLetterRefused,
        "what"
    );
    assert_eq!(
        letter.findings[0].params["altinn"], "1036",
        "and by which rule"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_holds_no_secret_and_no_person() {
    let stage = Fault::none("a report").stage().await;
    stage.examine().await;
    let report = stage.mailbox.checkup_report(&stage.account).await.unwrap();
    let json =
        serde_json::to_string(&stage.mailbox.checkup(&stage.account).await.unwrap()).unwrap();
    let key = crate::stage::practice_key(FJORDVIK, "x").to_keep();
    let key = key.unwrap();
    let secret: serde_json::Value = serde_json::from_str(key.expose()).unwrap();
    for text in [&report, &json] {
        for part in ["d", "p", "q"] {
            assert!(
                !text.contains(secret[part].as_str().unwrap()),
                "no part of the key"
            );
        }
        assert!(!text.contains("eyJ"), "no token");
    }
    assert!(report.contains(SENT), "but what it is about");
}

#[test]
fn every_code_has_its_words_in_three_languages() {
    for (language, file) in [
        ("nb", include_str!("../../../../ui/src/i18n/nb.json")),
        ("nn", include_str!("../../../../ui/src/i18n/nn.json")),
        ("en", include_str!("../../../../ui/src/i18n/en.json")),
    ] {
        let texts: serde_json::Value = serde_json::from_str(file).unwrap();
        let mut titles = BTreeSet::new();
        for code in FindingCode::ALL {
            let name = serde_json::to_value(code).unwrap();
            let name = name.as_str().unwrap();
            for part in ["title", "help"] {
                let key = format!("doctor.finding.{name}.{part}");
                assert!(texts[&key].is_string(), "{language} lacks {key}");
            }
            let title = texts[format!("doctor.finding.{name}.title")].as_str();
            assert!(
                titles.insert(title.unwrap().to_owned()),
                "{language}: two codes say the same: {title:?}"
            );
        }
    }
}
