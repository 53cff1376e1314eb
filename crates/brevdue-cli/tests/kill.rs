//! A letter with two files arrives exactly once, whole, however the program was killed on the way.
//!
//! The real program is held in each state of the outbox by a fault of the sandbox, killed by SIGKILL there, and started
//! again. The sandbox's ledger tells when the state has been reached: status 0 is a request that is held before it is
//! handled, 200 one whose answer is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod terminal;

use altinn_sandbox::{Options, Sandbox, World};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use terminal::Terminal;

const RESOURCE: &str = "kill-letters";
const SENDER: &str = "991825827";
const RECIPIENT: &str = "986252932";
const UPLOAD: &str = "/correspondence/api/v1/attachment/{id}/upload";
const INITIALISE_FILE: &str = "/correspondence/api/v1/attachment";
const POLL_FILE: &str = "/correspondence/api/v1/attachment/{id}";
const SUBMIT: &str = "/correspondence/api/v1/correspondence";

/// Longer than any test waits: the kill comes first.
const HELD: u64 = 600_000;

struct Stage {
    sandbox: Sandbox,
    dir: tempfile::TempDir,
    sender: Terminal,
    recipient: Terminal,
    files: [PathBuf; 2],
}

impl Stage {
    async fn set() -> Self {
        let world = json!({
            "environment": "test",
            "timers": { "publish_poll_ms": 50, "scan_ms": 100, "confirm_delay_ms": 100 },
            "service_owners": [
                { "org": "digdir", "orgnr": SENDER, "name": { "nb": "Etaten", "nn": "Etaten", "en": "The agency" } }
            ],
            "resources": [
                { "id": RESOURCE, "owner": SENDER, "type": "CorrespondenceService",
                  "title": { "nb": "Brev", "nn": "Brev", "en": "Letters" } }
            ]
        });
        let sandbox = Sandbox::start(Options {
            world: World::from_json(&world.to_string()).unwrap(),
            ..Options::default()
        })
        .await
        .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let sender = Terminal::new(
            dir.path(),
            "sender",
            SENDER,
            sandbox.base(),
            &[],
            &[RESOURCE],
        );
        let recipient = Terminal::new(
            dir.path(),
            "recipient",
            RECIPIENT,
            sandbox.base(),
            &[RESOURCE],
            &[],
        );
        let files = [dir.path().join("vedtak.pdf"), dir.path().join("kart.txt")];
        // Larger than one stored chunk, so that a torn copy would show.
        std::fs::write(
            &files[0],
            (0..700_000_u32)
                .map(|n| (n % 251) as u8)
                .collect::<Vec<_>>(),
        )
        .unwrap();
        std::fs::write(&files[1], "målestokk 1:5000\n").unwrap();
        Self {
            sandbox,
            dir,
            sender,
            recipient,
            files,
        }
    }

    fn hold(&self, method: &str, path: &str, fault: &Value) {
        let order =
            json!({ "match": { "method": method, "path": path }, "fault": fault, "times": 1 });
        self.sandbox.faults().add(&order).unwrap();
    }

    /// Sends a letter with both files, waits until a request to `path` has come, and kills the program there.
    fn send_and_kill_at(&self, title: &str, method: &str, path: &str, status: u16) {
        let mut sending = self.sender.start(&[
            "send",
            "--service",
            RESOURCE,
            "--to",
            RECIPIENT,
            "--title",
            title,
            "--body",
            "Se vedleggene.",
            "--file",
            self.files[0].to_str().unwrap(),
            "--file",
            self.files[1].to_str().unwrap(),
        ]);
        let is_at = || {
            self.sandbox.ledger().iter().any(|entry| {
                entry.method == method && matches(path, &entry.path) && entry.status == status
            })
        };
        until("the program reaches the state", || {
            assert!(
                sending.try_wait().unwrap().is_none() || is_at(),
                "the program ended before it was killed"
            );
            is_at()
        });
        sending.kill().unwrap();
        sending.wait().unwrap();
        self.sandbox.faults().clear();
    }

    /// Starts the program again until its outbox is empty, and looks at what the recipient has.
    fn arrives_once(&self, title: &str) {
        until("the outbox is empty", || {
            self.sender.json(&["sync"]);
            self.sender.json(&["list", "--folder", "outbox"])["total"] == 0
        });
        until("the letter is published", || {
            self.recipient.json(&["sync"]);
            self.recipient.json(&["search", &format!("\"{title}\"")])["total"] != 0
        });
        let found = self.recipient.json(&["search", &format!("\"{title}\"")]);
        assert_eq!(found["total"], 1, "the letter must be there exactly once");
        let id = found["rows"][0]["id"].as_str().unwrap().to_owned();
        let saved = self.dir.path().join(&id);
        self.recipient
            .json(&["show", &id, "--open", "--save", saved.to_str().unwrap()]);
        for file in &self.files {
            assert_eq!(
                std::fs::read(saved.join(file.file_name().unwrap())).unwrap(),
                std::fs::read(file).unwrap(),
                "the recipient must have the very bytes that were sent"
            );
        }
        // Nothing of the letter was made twice at Altinn either, seen or unseen.
        let accepted = self
            .sandbox
            .ledger()
            .iter()
            .filter(|entry| entry.method == "POST" && entry.path == SUBMIT && entry.status == 200)
            .count();
        assert_eq!(accepted, 1, "Altinn must have taken the letter once");
    }
}

/// Whether `path` is of the shape of `pattern`, in which `{id}` stands for one segment.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) =
        (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern
            .iter()
            .zip(&path)
            .all(|(p, s)| *p == "{id}" || p == s)
}

/// Waits for a condition; the deadline only ends a test that has failed.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

macro_rules! killed {
    ($name:ident, $method:literal, $path:expr, $status:literal, $fault:tt) => {
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let stage = Stage::set().await;
            stage.hold($method, $path, &json!($fault));
            tokio::task::spawn_blocking(move || {
                stage.send_and_kill_at("canary-title-7f3a", $method, $path, $status);
                stage.arrives_once("canary-title-7f3a");
            })
            .await
            .unwrap();
        }
    };
}

killed!(killed_while_queued, "GET", "/api/GetEnterpriseToken", 0, { "delay_ms": HELD });
killed!(killed_while_a_file_is_announced, "POST", INITIALISE_FILE, 0, { "delay_ms": HELD });
killed!(killed_after_a_file_is_announced, "POST", INITIALISE_FILE, 200, { "drop_response": true, "delay_ms": HELD });
killed!(killed_while_uploading, "POST", UPLOAD, 0, { "delay_ms": HELD });
killed!(killed_after_uploading, "POST", UPLOAD, 200, { "drop_response": true, "delay_ms": HELD });
killed!(killed_while_scanning, "GET", POLL_FILE, 0, { "delay_ms": HELD });
killed!(killed_before_altinn_takes_it, "POST", SUBMIT, 0, { "delay_ms": HELD });
killed!(killed_after_altinn_took_it, "POST", SUBMIT, 200, { "drop_response": true, "delay_ms": HELD });
killed!(killed_while_waiting, "POST", SUBMIT, 503, { "status": 503, "retry_after": 1 });

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_the_submit_makes_no_second_letter() {
    let stage = Stage::set().await;
    stage.hold("POST", SUBMIT, &json!({ "drop_response": true }));
    tokio::task::spawn_blocking(move || {
        let title = "canary-title-7f3a";
        stage.sender.run(&[
            "send",
            "--service",
            RESOURCE,
            "--to",
            RECIPIENT,
            "--title",
            title,
            "--body",
            "Se vedleggene.",
            "--file",
            stage.files[0].to_str().unwrap(),
            "--file",
            stage.files[1].to_str().unwrap(),
        ]);
        stage.arrives_once(title);
    })
    .await
    .unwrap();
}
