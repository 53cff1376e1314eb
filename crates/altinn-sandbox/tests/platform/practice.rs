//! The practice world: what it promises to be.

use std::collections::{HashMap, HashSet};

use altinn_sandbox::{Options, World};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::files;
use crate::stage::{BERGET, FJORDVIK, READ, Stage, WRITE};

/// Every letter an account can read, with its overview.
async fn letters(stage: &Stage, name: &str) -> Vec<Value> {
    let account = stage.account(name);
    let token = stage.token(account["orgnr"].as_str().unwrap(), READ).await;
    let mut letters = Vec::new();
    for resource in account["read_resources"].as_array().unwrap() {
        let resource = resource.as_str().unwrap();
        let search = format!("correspondence?resourceId={resource}&role=Recipient");
        let ids = stage.correspondence(&search, &token).await;
        for id in ids["ids"].as_array().unwrap() {
            let path = format!("correspondence/{}", id.as_str().unwrap());
            letters.push(stage.correspondence(&path, &token).await);
        }
    }
    letters
        .sort_by_key(|letter| std::cmp::Reverse(letter["published"].as_str().unwrap().to_owned()));
    letters
}

async fn both(stage: &Stage) -> Vec<Value> {
    let mut all = letters(stage, "Fjordvik kommune").await;
    all.extend(letters(stage, "Berget Bygg AS").await);
    all
}

fn has_check_digit(orgnr: &str) -> bool {
    let digits: Vec<u32> = orgnr
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .collect();
    let weights = [3, 2, 7, 6, 5, 4, 3, 2];
    let sum: u32 = digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    digits.len() == 9 && (11 - sum % 11) % 11 == digits[8]
}

#[test]
fn everybody_in_it_is_synthetic() {
    let world = World::practice();
    let owners = world
        .service_owners
        .iter()
        .map(|owner| owner.orgnr.as_str());
    let listed = world
        .register
        .organizations
        .iter()
        .map(|one| one.orgnr.as_str());
    for orgnr in owners.chain(listed) {
        assert!(has_check_digit(orgnr), "{orgnr} has its check digit");
        assert!(orgnr.starts_with(['2', '3']), "{orgnr} is synthetic");
    }
    for person in &world.register.people {
        let month: u32 = person.nin[2..4].parse().unwrap();
        assert!(
            (81..=92).contains(&month),
            "months of synthetic people are moved by 80"
        );
    }
    assert_eq!(
        world.service_owners.len(),
        11,
        "ten agencies and the municipality"
    );
}

#[tokio::test]
async fn four_hundred_letters_in_three_languages_over_two_years() {
    let stage = Stage::with(Options::default()).await;
    let all = both(&stage).await;
    assert_eq!(all.len(), 400, "as many as promised");
    let mut languages: HashMap<&str, usize> = HashMap::new();
    for letter in &all {
        *languages
            .entry(letter["content"]["language"].as_str().unwrap())
            .or_default() += 1;
    }
    assert!(languages["nb"] > 180, "mostly bokmål: {languages:?}");
    assert!(languages["nn"] > 60, "much nynorsk: {languages:?}");
    assert!(languages["en"] > 30, "some English: {languages:?}");
    let times: Vec<&str> = all
        .iter()
        .map(|letter| letter["published"].as_str().unwrap())
        .collect();
    let now = chrono::Utc::now();
    let age = |time: &str| {
        (now - chrono::DateTime::parse_from_rfc3339(time).unwrap().to_utc()).num_days()
    };
    let oldest = times.iter().map(|time| age(time)).max().unwrap();
    assert!(
        (600..=733).contains(&oldest),
        "they go back two years: {oldest} days"
    );
    assert!(
        times
            .iter()
            .all(|time| age(time) >= 0 && **time <= *now.to_rfc3339()),
        "none is to come"
    );
    let count = |test: &dyn Fn(&Value) -> bool| all.iter().filter(|letter| test(letter)).count();
    let is_unread = |letter: &Value| letter["read"].is_null();
    let fjordvik = |letter: &Value| letter["recipient"].as_str().unwrap().ends_with(FJORDVIK);
    assert_eq!(
        count(&|letter| is_unread(letter) && fjordvik(letter)),
        38,
        "unread"
    );
    assert!(
        count(&|letter| letter["isConfirmationNeeded"] == true) > 60,
        "confirmations"
    );
    assert_eq!(
        count(&|letter| letter["isConfidential"] == true),
        2,
        "confidential ones"
    );
    assert!(
        count(&|letter| !letter["dueDateTime"].is_null()) > 120,
        "deadlines"
    );
    assert!(
        count(&|letter| !letter["notifications"].as_array().unwrap().is_empty()) > 60,
        "alerts"
    );
    assert!(
        count(&|letter| !letter["replyOptions"].as_array().unwrap().is_empty()) > 20,
        "reply links"
    );
    let is_html = |letter: &Value| {
        letter["content"]["messageBody"]
            .as_str()
            .unwrap()
            .starts_with("<p>")
    };
    assert!(count(&is_html) > 10, "some legacy HTML");
    let newest = all
        .iter()
        .filter(|letter| fjordvik(letter) && age(letter["published"].as_str().unwrap()) == 0);
    assert!(newest.count() >= 8, "the last day is a full one");
    let subjects: HashSet<&str> = all
        .iter()
        .map(|letter| letter["content"]["messageTitle"].as_str().unwrap())
        .collect();
    assert!(subjects.len() > 200, "subjects vary: {}", subjects.len());
}

#[tokio::test]
async fn every_file_opens() {
    let stage = Stage::with(Options::default()).await;
    let mut kinds: HashMap<String, usize> = HashMap::new();
    for name in ["Fjordvik kommune", "Berget Bygg AS"] {
        let orgnr = stage.account(name)["orgnr"].as_str().unwrap().to_owned();
        let token = stage.token(&orgnr, READ).await;
        for letter in letters(&stage, name).await {
            let id = letter["correspondenceId"].as_str().unwrap();
            for file in letter["content"]["attachments"].as_array().unwrap() {
                let path = format!(
                    "/correspondence/api/v1/correspondence/{id}/attachment/{}/download",
                    file["id"].as_str().unwrap()
                );
                let response = stage
                    .http
                    .get(stage.url(&path))
                    .bearer_auth(&token)
                    .send()
                    .await
                    .unwrap();
                assert_eq!(response.status(), StatusCode::OK, "it can be fetched");
                let bytes = response.bytes().await.unwrap();
                let name = file["fileName"].as_str().unwrap();
                files::check(name, &bytes);
                assert!(bytes.len() < 20_000, "{name} is small");
                *kinds
                    .entry(name.rsplit('.').next().unwrap().to_owned())
                    .or_default() += 1;
            }
        }
    }
    for kind in ["pdf", "png", "docx", "xlsx", "txt"] {
        assert!(
            kinds.get(kind).copied().unwrap_or(0) >= 10,
            "many of each: {kinds:?}"
        );
    }
}

/// The letters are sent once more, through the API itself: whatever it refuses could never have been there.
#[tokio::test]
async fn every_letter_could_have_been_sent() {
    let stage = Stage::with(Options::default()).await;
    let mut tokens: HashMap<String, String> = HashMap::new();
    let due = (chrono::Utc::now() + chrono::TimeDelta::days(30)).to_rfc3339();
    let mut names: HashSet<String> = HashSet::new();
    for letter in both(&stage).await {
        let sender = letter["sender"]
            .as_str()
            .unwrap()
            .rsplit(':')
            .next()
            .unwrap()
            .to_owned();
        if !tokens.contains_key(&sender) {
            let token = stage
                .token(&sender, &format!("altinn:serviceowner {WRITE}"))
                .await;
            tokens.insert(sender.clone(), token);
        }
        let content = &letter["content"];
        let title = content["messageTitle"].as_str().unwrap();
        let body = json!({
            "correspondence": {
                "resourceId": letter["resourceId"], "sendersReference": letter["sendersReference"],
                "content": { "language": content["language"], "messageTitle": title,
                    "messageSummary": content["messageSummary"], "messageBody": content["messageBody"] },
                "dueDateTime": if letter["dueDateTime"].is_null() { Value::Null } else { json!(due) },
                "isConfirmationNeeded": letter["isConfirmationNeeded"],
                "isConfidential": letter["isConfidential"],
                "replyOptions": letter["replyOptions"], "propertyList": letter["propertyList"],
            },
            "recipients": [letter["recipient"]],
        });
        let url = stage.url("/correspondence/api/v1/correspondence");
        let response = stage
            .http
            .post(&url)
            .bearer_auth(&tokens[&sender])
            .json(&body)
            .send()
            .await
            .unwrap();
        let status = response.status();
        let why = response.text().await.unwrap();
        assert_eq!(status, StatusCode::OK, "{title}: {why}");
        for file in content["attachments"].as_array().unwrap() {
            let name = file["fileName"].as_str().unwrap().to_owned();
            if !names.insert(name.clone()) {
                continue;
            }
            let body = json!({ "resourceId": letter["resourceId"], "fileName": name, "sendersReference": "1" });
            let url = stage.url("/correspondence/api/v1/attachment");
            let response = stage
                .http
                .post(&url)
                .bearer_auth(&tokens[&sender])
                .json(&body)
                .send()
                .await
                .unwrap();
            assert_eq!(
                response.status(),
                StatusCode::OK,
                "{name} is a name that is taken"
            );
        }
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_letters() {
    let ids = |seed| async move {
        let options = Options {
            letters: Some(40),
            seed,
            ..Options::default()
        };
        let stage = Stage::with(options).await;
        let all = both(&stage).await;
        let ids = all
            .iter()
            .map(|one| one["correspondenceId"].as_str().unwrap().to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.sort();
        ids
    };
    let first = ids(1).await;
    assert_eq!(first.len(), 40, "as many as asked for");
    assert_eq!(first, ids(1).await, "again the same");
    assert_ne!(first, ids(2).await, "another seed, other letters");
}

#[tokio::test]
async fn ten_thousand_letters_are_all_there_to_be_found() {
    let began = std::time::Instant::now();
    let stage = Stage::with(Options {
        letters: Some(10_000),
        ..Options::default()
    })
    .await;
    println!("10 000 letters seeded in {:?}", began.elapsed());
    let mut found = HashSet::new();
    for orgnr in [FJORDVIK, BERGET] {
        let token = stage.token(orgnr, READ).await;
        for resource in World::practice().resources {
            let mut to = chrono::Utc::now() + chrono::TimeDelta::days(1);
            loop {
                let from = to - chrono::TimeDelta::days(60);
                let search = format!(
                    "correspondence?resourceId={}&role=Recipient&from={}&to={}",
                    resource.id,
                    from.format("%Y-%m-%dT%H:%M:%SZ"),
                    to.format("%Y-%m-%dT%H:%M:%SZ")
                );
                let ids = stage.correspondence(&search, &token).await;
                let ids = ids["ids"].as_array().unwrap();
                assert!(
                    ids.len() < 1000,
                    "two months of one resource fit in one answer"
                );
                found.extend(ids.iter().map(|id| id.as_str().unwrap().to_owned()));
                to = from;
                if (chrono::Utc::now() - to).num_days() > 740 {
                    break;
                }
            }
        }
    }
    assert_eq!(found.len(), 10_000, "none twice, none lost");
}

#[tokio::test]
async fn the_ready_file_is_enough_to_sign_in() {
    let stage = Stage::empty().await;
    let ready = json!(stage.sandbox.ready());
    let accounts = ready["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 2, "two accounts");
    assert_eq!(
        accounts[0]["write_resources"].as_array().unwrap().len(),
        4,
        "the municipality sends"
    );
    assert!(
        accounts[1]["write_resources"]
            .as_array()
            .unwrap()
            .is_empty(),
        "the enterprise does not"
    );
    for member in [
        "base",
        "platform",
        "maskinporten",
        "brreg",
        "orgs",
        "token_generator",
    ] {
        assert!(
            ready[member]
                .as_str()
                .unwrap()
                .starts_with("http://127.0.0.1:"),
            "{member} is on loopback"
        );
    }
}
