//! Accounts and their keys against a real Secret Service: there, absent, locked, restarted; and nothing secret outside it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![cfg(target_os = "linux")]

use altinn_sandbox::{Options, Sandbox};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(30);

/// A bus that starts nothing by itself: what the test has not started is not there.
const BUS: &str = r#"<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// A process that goes with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A user's session of its own: a bus, folders, and perhaps a keychain.
struct Session {
    folder: TempDir,
    bus: String,
    _keychain: Option<Running>,
    _bus: Running,
}

impl Session {
    /// With a bus and no keychain.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "data", "config", "cache", "run", "tmp"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let config = folder.path().join("bus.conf");
        std::fs::write(&config, BUS).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            folder,
            bus: address.trim().to_owned(),
            _keychain: None,
            _bus: Running(bus),
        }
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        let folder = |name: &str| self.folder.path().join(name);
        command
            .env_remove("BREVDUE_ACCOUNT")
            .env_remove("BREVDUE_PROFILE")
            .env("HOME", folder("home"))
            .env("XDG_DATA_HOME", folder("data"))
            .env("XDG_CONFIG_HOME", folder("config"))
            .env("XDG_CACHE_HOME", folder("cache"))
            .env("XDG_RUNTIME_DIR", folder("run"))
            .env("TMPDIR", folder("tmp"))
            .env("BREVDUE_LOG", "trace")
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .stdin(Stdio::null());
        command
    }

    /// Starts the keychain and waits until the bus knows it; locked where no password is typed.
    fn start_keychain(&mut self, is_unlocked: bool) {
        let mut command = self.command("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if is_unlocked {
            command.arg("--unlock");
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // An empty password is a line of its own.
        let mut password = child.stdin.take().unwrap();
        if is_unlocked {
            password.write_all(b"\n").unwrap();
        }
        drop(password);
        self._keychain = Some(Running(child));
        self.wait_for_keychain(true);
    }

    fn stop_keychain(&mut self) {
        self._keychain = None;
        self.wait_for_keychain(false);
    }

    fn wait_for_keychain(&self, is_there: bool) {
        let started = Instant::now();
        loop {
            let answer = self
                .command("dbus-send")
                .args([
                    &format!("--bus={}", self.bus),
                    "--dest=org.freedesktop.DBus",
                    "--print-reply=literal",
                    "/org/freedesktop/DBus",
                    "org.freedesktop.DBus.NameHasOwner",
                    "string:org.freedesktop.secrets",
                ])
                .output()
                .unwrap();
            if String::from_utf8_lossy(&answer.stdout).contains("true") == is_there {
                return;
            }
            assert!(
                started.elapsed() < LIMIT,
                "the keychain does not come or go"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn run(&self, args: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_brevdue"))
            .arg("--json")
            .arg("--profile")
            .arg(self.folder.path().join("profile"))
            .args(args)
            .output()
            .unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&text).unwrap_or_else(|_| {
            let errors = String::from_utf8_lossy(&output.stderr);
            panic!("{args:?} must answer in JSON, it said: {text} {errors}")
        })
    }

    /// The code a command was refused with.
    fn refusal(&self, args: &[&str]) -> String {
        let answer = self.json(args);
        let code = answer["error"]["code"].as_str();
        code.unwrap_or_else(|| panic!("{args:?} must be refused, it said: {answer}"))
            .to_owned()
    }

    /// A practice account of the sandbox, its key in the keychain.
    fn add_account(&self, altinn: &Sandbox) -> Value {
        let account = altinn.ready().accounts.remove(0);
        let key_file = self.folder.path().join("key.json");
        std::fs::write(&key_file, account.private_jwk.to_string()).unwrap();
        let taken = self.json(&["account", "take-key", key_file.to_str().unwrap()]);
        std::fs::remove_file(&key_file).unwrap();
        let base = altinn.base();
        self.json(&[
            "account",
            "add",
            "--name",
            "Fjordvik",
            "--number",
            &account.orgnr,
            "--environment",
            "custom",
            "--base",
            base,
            "--client",
            &account.client_id,
            "--key",
            taken["key"].as_str().unwrap(),
            "--read",
            "avern-tilsyn",
            "--write",
            "fjordvik-tilsyn",
        ])
    }
}

fn key_of(altinn: &Sandbox) -> Value {
    altinn.ready().accounts.remove(0).private_jwk
}

async fn altinn() -> Sandbox {
    Sandbox::start(Options {
        letters: Some(0),
        ..Options::default()
    })
    .await
    .unwrap()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found
}

fn states(answer: &Value) -> Vec<&str> {
    answer["checkup"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["state"].as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_lives_in_the_keychain_across_restarts_and_leaves_nothing_outside() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    let added = session.add_account(&altinn);
    assert!(added["account"].is_string(), "it is kept: {added}");
    let checkup = session.json(&["doctor"]);
    assert!(
        !states(&checkup).contains(&"error"),
        "and signs in: {:?}",
        states(&checkup)
    );
    session.stop_keychain();
    assert_eq!(
        session.refusal(&["account", "list"]),
        "keychainMissing",
        "without its keychain the profile stays shut"
    );
    session.start_keychain(false);
    assert_eq!(
        session.refusal(&["account", "list"]),
        "keychainLocked",
        "and with a locked one"
    );
    session.stop_keychain();
    session.start_keychain(true);
    let checkup = session.json(&["doctor"]);
    assert!(
        !states(&checkup).contains(&"error"),
        "after a restart of the keychain it signs in again"
    );

    let key = key_of(&altinn);
    let mut searched = 0;
    for place in ["profile", "tmp", "cache", "config", "run"] {
        let folder = session.folder.path().join(place);
        for file in files(&folder) {
            let bytes = std::fs::read(&file).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            searched += 1;
            for part in ["d", "p", "q", "dp", "dq", "qi"] {
                assert!(
                    !text.contains(key[part].as_str().unwrap()),
                    "the key rests in {place}"
                );
            }
            assert!(!text.contains("eyJ"), "a token rests in {place}");
        }
    }
    assert!(searched > 2, "there was something to search");

    let id = added["account"].as_str().unwrap();
    assert!(
        session.run(&["account", "remove", id]).status.success(),
        "gone"
    );
    let left = session.json(&["account", "list"]);
    assert_eq!(left["accounts"], serde_json::json!([]), "with its entry");
    altinn.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_no_key_is_taken() {
    let altinn = altinn().await;
    let session = Session::new();
    let key_file = session.folder.path().join("key.json");
    std::fs::write(&key_file, key_of(&altinn).to_string()).unwrap();
    assert_eq!(
        session.refusal(&["account", "take-key", key_file.to_str().unwrap()]),
        "keychainMissing",
        "a key rests in a keychain or nowhere"
    );
    altinn.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_used_says_why() {
    let mut session = Session::new();
    session.start_keychain(true);
    let file = session.folder.path().join("public.pem");
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../altinn-client/tests/keys");
    for (name, reason) in [
        ("public.pem", "publicOnly"),
        ("ec.pem", "ellipticCurve"),
        ("request.pem", "certificateRequest"),
        ("encrypted.pem", "passwordNeeded"),
        ("pkcs8.pem", "noKeyId"),
    ] {
        std::fs::copy(keys.join(name), &file).unwrap();
        let answer = session.json(&["account", "take-key", file.to_str().unwrap()]);
        assert_eq!(answer["error"]["code"], "keyUnusable", "{name}");
        assert_eq!(answer["error"]["params"]["reason"], reason, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_replaces_the_old_one_once_maskinporten_takes_it() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    let id = session.add_account(&altinn)["account"]
        .as_str()
        .unwrap()
        .to_owned();
    let made = session.json(&["account", "make-key", "ny-nokkel-1"]);
    let name = made["key"].as_str().unwrap();
    assert_eq!(
        session.refusal(&["account", "change-key", &id, name]),
        "signInRefused",
        "a key that is not registered yet changes nothing"
    );
    assert!(
        !states(&session.json(&["doctor"])).contains(&"error"),
        "and the old one still signs in"
    );
    let mut public: Value =
        serde_json::from_str(made["view"]["publicJwk"].as_str().unwrap()).unwrap();
    public["kid"] = "ny-nokkel-1".into();
    let client = altinn.ready().accounts.remove(0).client_id;
    register(
        altinn.base(),
        &client,
        &serde_json::json!({ "keys": [public] }),
    );
    let changed = session.run(&["account", "change-key", &id, name]);
    assert!(changed.status.success(), "registered, it is taken");
    assert!(
        !states(&session.json(&["doctor"])).contains(&"error"),
        "and signs in by itself: the old one is no longer registered"
    );
    altinn.stop().await;
}

/// Registers a key set as self-service would.
fn register(base: &str, client: &str, set: &Value) {
    let address = base.trim_start_matches("http://");
    let body = set.to_string();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /_sandbox/clients/{client}/keys HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 2"), "registered: {answer}");
}
