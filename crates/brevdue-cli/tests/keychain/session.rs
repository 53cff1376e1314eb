//! A user's session with a bus, a keychain, and the program, all its own.

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
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A user's session of its own: a bus, folders, and perhaps a keychain.
pub struct Session {
    pub folder: TempDir,
    bus: String,
    _keychain: Option<Running>,
    _bus: Running,
}

impl Session {
    /// With a bus and no keychain.
    pub fn new() -> Self {
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

    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
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
    pub fn start_keychain(&mut self, is_unlocked: bool) {
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

    pub fn stop_keychain(&mut self) {
        self._keychain = None;
        self.wait_for_keychain(false);
    }

    pub fn wait_for_keychain(&self, is_there: bool) {
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

    pub fn run(&self, args: &[&str]) -> Output {
        self.program(args).output().unwrap()
    }

    /// Starts a command whose output is read while it runs.
    pub fn start(&self, args: &[&str]) -> Child {
        let mut command = self.program(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().unwrap()
    }

    fn program(&self, args: &[&str]) -> Command {
        let mut command = self.command(env!("CARGO_BIN_EXE_brevdue"));
        command
            .arg("--json")
            .arg("--profile")
            .arg(self.folder.path().join("profile"))
            .args(args);
        command
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        let text = String::from_utf8_lossy(&output.stdout);
        serde_json::from_str(&text).unwrap_or_else(|_| {
            let errors = String::from_utf8_lossy(&output.stderr);
            panic!("{args:?} must answer in JSON, it said: {text} {errors}")
        })
    }

    /// The code a command was refused with.
    pub fn refusal(&self, args: &[&str]) -> String {
        let answer = self.json(args);
        let code = answer["error"]["code"].as_str();
        code.unwrap_or_else(|| panic!("{args:?} must be refused, it said: {answer}"))
            .to_owned()
    }

    /// Files outside the keychain that hold what looks like a private key or a token, or one of `words`; and what.
    pub fn secrets_at_rest(&self, words: &[&str]) -> Vec<String> {
        let keychain = self.folder.path().join("data/keyrings");
        let all: Vec<PathBuf> = files(self.folder.path())
            .into_iter()
            .filter(|path| !path.starts_with(&keychain))
            .collect();
        assert!(
            all.iter().any(|path| path.ends_with("mailbox.db"))
                && all.iter().any(|path| path.ends_with("brevdue.log")),
            "there is something to search"
        );
        let mut found = Vec::new();
        for path in all {
            let bytes = std::fs::read(&path).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            let is_token = text
                .split(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c))
                .any(|word| word.starts_with("eyJ") && word.contains(".eyJ"));
            for what in ["\"dp\":", "PRIVATE KEY"]
                .iter()
                .chain(words)
                .filter(|word| text.contains(**word))
                .chain(is_token.then_some(&"a token"))
            {
                found.push(format!("{}: {what}", path.display()));
            }
        }
        found
    }

    /// A practice account of the sandbox, its key in the keychain.
    pub fn add_account(&self, altinn: &Sandbox) -> Value {
        let key_file = self.folder.path().join("key.json");
        std::fs::write(&key_file, key_of(altinn).to_string()).unwrap();
        let taken = self.json(&["account", "take-key", key_file.to_str().unwrap()]);
        std::fs::remove_file(&key_file).unwrap();
        let services = ["--read", "avern-tilsyn", "--write", "fjordvik-tilsyn"];
        self.add(altinn, &taken, &services)
    }

    /// The municipality with this key, and what else is told of it.
    pub fn add(&self, altinn: &Sandbox, key: &Value, more: &[&str]) -> Value {
        let account = altinn.ready().accounts.remove(0);
        let mut args = vec![
            "account",
            "add",
            "--name",
            "Fjordvik",
            "--number",
            &account.orgnr,
            "--environment",
            "custom",
            "--base",
            altinn.base(),
            "--client",
            &account.client_id,
            "--key",
            key["key"].as_str().unwrap(),
        ];
        args.extend(more);
        self.json(&args)
    }
}

pub fn key_of(altinn: &Sandbox) -> Value {
    altinn.ready().accounts.remove(0).private_jwk
}

pub async fn altinn() -> Sandbox {
    Sandbox::start(Options {
        letters: Some(0),
        ..Options::default()
    })
    .await
    .unwrap()
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
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

pub fn states(answer: &Value) -> Vec<&str> {
    answer["checkup"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|step| step["state"].as_str())
        .collect()
}

/// Registers a key set as self-service would.
pub fn register(base: &str, client: &str, set: &Value) {
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
