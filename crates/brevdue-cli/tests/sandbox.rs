//! `brevdue sandbox` as a program: ready file, signals, ledger and state.

#![cfg(unix)]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that meets something else fails"
)]

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_brevdue"))
        .arg("sandbox")
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts")
}

fn ready(path: &Path) -> Value {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !path.exists() {
        assert!(Instant::now() < deadline, "the ready file comes");
        std::thread::sleep(Duration::from_millis(10));
    }
    // It is written whole or not at all, so it can be read the moment it is there.
    serde_json::from_slice(&std::fs::read(path).unwrap()).expect("it is JSON")
}

fn get(base: &str, path: &str) -> String {
    let address = base.strip_prefix("http://").unwrap();
    let mut connection = std::net::TcpStream::connect(address).expect("it listens");
    let request = format!("GET {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

/// Tells it to stop, and returns its exit code.
fn stop(mut child: Child, signal: &str) -> Option<i32> {
    let sent = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(sent.unwrap().success(), "the signal is sent");
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        assert!(Instant::now() < deadline, "it stops when told to");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn it_says_when_it_is_ready_and_stops_cleanly() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (file, ledger, state) = (path("ready.json"), path("ledger.jsonl"), path("state.json"));
    for signal in ["-TERM", "-INT"] {
        let child = start(&[
            "--ready-file",
            &file,
            "--ledger",
            &ledger,
            "--state",
            &state,
            "--letters",
            "30",
        ]);
        let ready = ready(Path::new(&file));
        let base = ready["base"].as_str().unwrap();
        assert!(base.starts_with("http://127.0.0.1:"), "on loopback");
        assert_eq!(
            ready["accounts"].as_array().unwrap().len(),
            2,
            "the practice accounts"
        );
        let answer = get(base, "/orgs/altinn-orgs.json");
        assert!(answer.starts_with("HTTP/1.1 200"), "it serves");
        assert_eq!(stop(child, signal), Some(0), "it ends well at {signal}");
        let lines = std::fs::read_to_string(&ledger).unwrap();
        assert_eq!(lines.lines().count(), 1, "one request, one line");
        assert!(Path::new(&state).exists(), "it has remembered");
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_mistake_is_told_of() {
    for (arguments, told) in [
        (["--quota", "often"], "get=120/m"),
        (["--world", "/no/such/world.json"], "cannot read the world"),
    ] {
        let output = start(&arguments).wait_with_output().unwrap();
        assert!(!output.status.success(), "it does not go on");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(error.contains(told), "it says what is wrong: {error}");
    }
}

#[test]
fn its_help_lets_a_stranger_begin() {
    let output = start(&["--help"]).wait_with_output().unwrap();
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for told in [
        "Everything in it is invented",
        "/api/GetEnterpriseToken?env=tt02",
        "swagger.json",
        "/_sandbox/faults",
        "--ready-file",
    ] {
        assert!(help.contains(told), "{told} is told of: {help}");
    }
}
