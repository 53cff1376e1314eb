//! Letters to a list: judged before anything is sent, to each with a key or in batches, and a report of every line.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod terminal;

use altinn_sandbox::{Options, Sandbox, World};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use terminal::Terminal;

const RESOURCE: &str = "list-letters";
const SENDER: &str = "991825827";
const UNKNOWN: &str = "889640782";
const SUBMIT: &str = "/correspondence/api/v1/correspondence";

async fn sandbox() -> Sandbox {
    let name = json!({ "nb": "Etaten", "nn": "Etaten", "en": "The agency" });
    let world = json!({
        "environment": "test",
        "timers": { "publish_poll_ms": 50 },
        "register": { "unknown": [UNKNOWN] },
        "service_owners": [{ "org": "digdir", "orgnr": SENDER, "name": name }],
        "resources": [{ "id": RESOURCE, "owner": SENDER, "type": "CorrespondenceService", "title": name }]
    });
    Sandbox::start(Options {
        world: World::from_json(&world.to_string()).unwrap(),
        ..Options::default()
    })
    .await
    .unwrap()
}

fn list(dir: &Path, name: &str, rows: &str) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, rows).unwrap();
    path
}

fn submits(sandbox: &Sandbox) -> usize {
    let ledger = sandbox.ledger();
    let is_submit = |entry: &&altinn_sandbox::control::LedgerEntry| {
        entry.method == "POST" && entry.path == SUBMIT
    };
    ledger.iter().filter(is_submit).count()
}

fn words<'a>(file: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let file = file.to_str().unwrap();
    let mut words = vec!["send", "--service", RESOURCE, "--csv", file];
    words.extend(["--title", "canary-title-7f3a", "--body", "Til dere alle."]);
    words.extend(more);
    words
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_judged_sent_and_reported_on() {
    let sandbox = sandbox().await;
    tokio::task::spawn_blocking(move || {
        let dir = tempfile::tempdir().unwrap();
        let sender = Terminal::new(
            dir.path(),
            "sender",
            SENDER,
            sandbox.base(),
            &[],
            &[RESOURCE],
        );
        let wrong = list(
            dir.path(),
            "wrong.csv",
            "navn;orgnr\na;986252932\nb;986252933\nc;986 252 932\n",
        );
        let checked = sender.run(&["import", "check", wrong.to_str().unwrap()]);
        assert_eq!(checked.status.code(), Some(3), "two rows are wrong");
        let said: serde_json::Value = serde_json::from_slice(&checked.stdout).unwrap();
        assert_eq!(
            said["summary"]["faults"],
            json!([
                { "line": 3, "fault": { "kind": "checksum" } },
                { "line": 4, "fault": { "kind": "duplicate", "of": 2 } },
            ]),
            "each with its line and its reason"
        );
        let refused = sender.run(&words(&wrong, &[]));
        assert_eq!(
            refused.status.code(),
            Some(3),
            "and nothing goes while they are"
        );
        assert_eq!(submits(&sandbox), 0, "to nobody");

        let sent = sender.json(&words(&wrong, &["--skip-faulty"]));
        assert_eq!(
            sent["receipt"]["items"].as_array().unwrap().len(),
            1,
            "but by choice"
        );
        assert_eq!(submits(&sandbox), 1, "with a call for each");

        let good = list(
            dir.path(),
            "good.csv",
            &format!("orgnr\n986252932\n{UNKNOWN}\n312585065\n"),
        );
        let sent = sender.json(&words(&good, &["--batches"]));
        let states: Vec<&str> = sent["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["state"].as_str().unwrap())
            .collect();
        assert_eq!(
            states,
            ["accepted", "refused", "accepted"],
            "every line is told of"
        );
        assert_eq!(
            submits(&sandbox),
            3,
            "one call, and one more without the unknown one"
        );
        let listed = sender.json(&["bulk"]);
        assert_eq!(listed["bulks"][0]["refused"], 1, "also later");
        assert_eq!(
            sender.json(&["list", "--folder", "sent"])["total"],
            3,
            "our copies are under Sent"
        );
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a call that was cut off is waited for for two minutes"]
async fn a_batch_whose_program_was_killed_goes_once() {
    let sandbox = sandbox().await;
    tokio::task::spawn_blocking(move || {
        let dir = tempfile::tempdir().unwrap();
        let sender = Terminal::new(dir.path(), "sender", SENDER, sandbox.base(), &[], &[RESOURCE]);
        let file = list(dir.path(), "list.csv", "orgnr\n986252932\n312585065\n");
        for (fault, status) in [
            (json!({ "delay_ms": 600_000 }), 0),
            (json!({ "drop_response": true, "delay_ms": 600_000 }), 200),
        ] {
            let before = submits(&sandbox);
            let order = json!({ "match": { "method": "POST", "path": SUBMIT }, "fault": fault, "times": 1 });
            sandbox.faults().add(&order).unwrap();
            let mut sending = sender.start(&words(&file, &["--batches"]));
            let deadline = Instant::now() + Duration::from_secs(120);
            while !sandbox.ledger().iter().skip(before).any(|entry| {
                entry.method == "POST" && entry.path == SUBMIT && entry.status == status
            }) {
                assert!(Instant::now() < deadline, "the call must be made");
                std::thread::sleep(Duration::from_millis(20));
            }
            sending.kill().unwrap();
            sending.wait().unwrap();
            sandbox.faults().clear();
            sender.json(&["sync"]);
            let listed = sender.json(&["bulk"]);
            assert_eq!(listed["bulks"][0]["accepted"], 2, "everybody has it");
        }
        let taken = sandbox
            .ledger()
            .iter()
            .filter(|entry| entry.method == "POST" && entry.path == SUBMIT && entry.status == 200)
            .count();
        assert_eq!(taken, 2, "each batch was taken once");
    })
    .await
    .unwrap();
}
