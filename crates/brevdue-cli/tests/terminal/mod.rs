//! The program as a person at a terminal has it: an account file, a profile with a passphrase, and commands.

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

pub struct Terminal {
    profile: PathBuf,
    account: PathBuf,
    passphrase: PathBuf,
    log: PathBuf,
}

impl Terminal {
    /// A person of `organisation` who reads and writes these resources at the sandbox at `base`.
    pub fn new(
        dir: &Path,
        name: &str,
        organisation: &str,
        base: &str,
        read: &[&str],
        write: &[&str],
    ) -> Self {
        let account = dir.join(format!("{name}.json"));
        let file = json!({
            "name": name,
            "organisation_number": organisation,
            "environment": "custom",
            "addresses": { "base": base },
            "sign_in": { "test_token": { "generator": format!("{base}/api/") } },
            "read_resources": read,
            "write_resources": write,
        });
        std::fs::write(&account, file.to_string()).unwrap();
        let passphrase = dir.join("passphrase");
        std::fs::write(&passphrase, "canary-passphrase-c04e\n").unwrap();
        let profile = dir.join(format!("{name}-profile"));
        Self {
            log: profile.join("brevdue.log"),
            profile,
            account,
            passphrase,
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_brevdue"));
        command
            .arg("--json")
            .arg("--profile")
            .arg(&self.profile)
            .arg("--account")
            .arg(&self.account)
            .arg("--passphrase-file")
            .arg(&self.passphrase)
            .args(args)
            .env("BREVDUE_LOG", "debug")
            .stdin(Stdio::null());
        command
    }

    /// Starts a command and leaves it running.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).stdout(Stdio::null()).spawn().unwrap()
    }

    /// Runs a command to its end.
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs a command that must succeed and gives its answer.
    pub fn json(&self, args: &[&str]) -> Value {
        let output = self.run(args);
        let text = String::from_utf8_lossy(&output.stdout);
        let word = args.first().copied().unwrap_or_default();
        assert!(
            output.status.success(),
            "`brevdue {word}` must succeed, it said: {text}"
        );
        serde_json::from_str(&text)
            .unwrap_or_else(|_| panic!("`brevdue {word}` must answer in JSON, it said: {text}"))
    }
}

impl Drop for Terminal {
    /// Leaves the program's own log with those of the whole test run, where it is searched for secrets.
    fn drop(&mut self) {
        let Some(logs) = std::env::var_os("BREVDUE_TEST_LOGS") else {
            return;
        };
        let name = self.profile.to_string_lossy().replace('/', "_");
        let _ = std::fs::copy(&self.log, Path::new(&logs).join(format!("{name}.log")));
    }
}
