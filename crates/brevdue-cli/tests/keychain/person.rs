//! An account that a person signs in to from the terminal, and what that leaves on the disk.

use crate::browser::{CLIENT, Landed, OLA, follow};
use crate::session::{Session, altinn};
use altinn_sandbox::Sandbox;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read};
use std::process::Child;
use url::Url;

/// The company that Ola leads, and a service that it receives on.
const BERGET: &str = "371049746";
const SERVICE: &str = "fjordvik-vedtak-og-svar";

/// What adds the company's account as a person's.
fn adding<'a>(altinn: &'a Sandbox, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["account", "add", "--name", "Berget", "--number", BERGET];
    args.extend(["--environment", "custom", "--base", altinn.base()]);
    args.extend(["--client", CLIENT, "--person"]);
    args.extend(more);
    args
}

/// Goes to the address that a command asks for; where the browser landed, and what the command answered.
fn answered(mut command: Child, decision: &str) -> (Landed, Value) {
    let mut errors = BufReader::new(command.stderr.take().unwrap());
    let mut line = String::new();
    errors.read_line(&mut line).unwrap();
    let address = line.trim().rsplit(' ').next().unwrap();
    let landed = follow(&Url::parse(address).unwrap(), decision);
    let mut answer = String::new();
    let mut out = command.stdout.take().unwrap();
    out.read_to_string(&mut answer).unwrap();
    command.wait().unwrap();
    let mut rest = String::new();
    errors.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "nothing else is said beside the answer");
    (landed, serde_json::from_str(&answer).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_for_a_command_and_leaves_no_trace_of_it() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    let added = session.json(&adding(&altinn, &["--read", SERVICE]));
    assert_eq!(added["account"], format!("custom-{BERGET}"), "it is kept");

    let (landed, answer) = answered(session.start(&["sync"]), "continue");
    assert_eq!(
        landed.status, 200,
        "the browser is thanked: {}",
        landed.page
    );
    let report = &answer["accounts"][0]["report"];
    assert_eq!(
        (&report["refused"], &report["lists"]),
        (&serde_json::json!([]), &serde_json::json!(1)),
        "the organisation's letters are listed: {answer}"
    );
    let (again, checkup) = answered(session.start(&["doctor"]), "continue");
    assert!(
        !crate::session::states(&checkup).contains(&"error"),
        "the next command asks again, and the doctor finds nothing: {:?}",
        crate::set_up::wrong(&checkup)
    );
    let (denied, refused) = answered(session.start(&["sync"]), "cancel");
    assert_eq!(refused["error"]["code"], "signInGivenUp", "{refused}");

    let mut words = vec![OLA.to_owned()];
    for landed in [&landed, &again, &denied] {
        let pairs = landed.address.query_pairs();
        words.extend(
            pairs
                .filter(|(name, _)| name == "code" || name == "state")
                .map(|(_, value)| value.into_owned()),
        );
    }
    assert_eq!(
        words.len(),
        6,
        "codes and states are there to be looked for"
    );
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    assert_eq!(
        session.secrets_at_rest(&words),
        Vec::<String>::new(),
        "neither token, code nor person rests on the disk or in the log"
    );
    altinn.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_neither_sends_nor_has_a_key() {
    let altinn = altinn().await;
    let mut session = Session::new();
    session.start_keychain(true);
    for more in [["--write", SERVICE], ["--key", "x"]] {
        let output = session.run(&adding(&altinn, &more));
        assert_eq!(output.status.code(), Some(2), "wrong use: {more:?}");
    }
    altinn.stop().await;
}
