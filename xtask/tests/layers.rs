//! The dependency rules of ARCHITECTURE.md, kept by asking Cargo.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Who may depend on what, among our own crates, outside tests. A crate that is not here fails the test.
const ARROWS: &[(&str, &[&str])] = &[
    ("altinn-client", &[]),
    ("file-text", &[]),
    ("mailbox-store", &[]),
    ("mailbox", &["altinn-client", "file-text", "mailbox-store"]),
    ("altinn-sandbox", &[]),
    (
        "brevdue-profile",
        &[
            "altinn-client",
            "altinn-sandbox",
            "mailbox",
            "mailbox-store",
        ],
    ),
    (
        "brevdue-cli",
        &["altinn-sandbox", "brevdue-profile", "mailbox"],
    ),
    (
        "brevdue-desktop",
        &["brevdue-profile", "file-text", "mailbox"],
    ),
    ("xtask", &[]),
    // Tests and measurements stand outside the layers.
    ("desktop-tests", &["altinn-sandbox"]),
    ("empty-window", &[]),
    (
        "bench",
        &["altinn-client", "desktop-tests", "mailbox", "mailbox-store"],
    ),
];

/// Crates that only one of ours may name, and which.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("reqwest", &["altinn-client", "bench"]),
    ("rusqlite", &["mailbox-store", "bench"]),
    ("tauri", &["brevdue-desktop", "empty-window"]),
    ("keyring-core", &["brevdue-profile"]),
    ("cryptoki", &["altinn-client"]),
];

/// Names of what each crate of the workspace depends on, outside tests.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--locked"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&out.stdout).unwrap();
    let mut all = BTreeMap::new();
    for package in metadata["packages"].as_array().unwrap() {
        let names = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
            .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .collect();
        all.insert(package["name"].as_str().unwrap().to_owned(), names);
    }
    all
}

#[test]
fn arrows_only_point_down() {
    let all = dependencies();
    let known: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for (package, dependencies) in &all {
        let allowed = known.get(package.as_str());
        let allowed =
            allowed.unwrap_or_else(|| panic!("{package} has no place in ARCHITECTURE.md"));
        for dependency in dependencies.iter().filter(|name| all.contains_key(*name)) {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{package} must not know {dependency}: see ARCHITECTURE.md, who may depend on whom"
            );
        }
    }
}

#[test]
fn http_sql_the_window_the_keychain_and_tokens_each_have_one_home() {
    for (package, dependencies) in dependencies() {
        for (name, homes) in KEPT_TO {
            assert!(
                !dependencies.contains(*name) || homes.contains(&package.as_str()),
                "{package} must not name {name}, which belongs to {homes:?}"
            );
        }
    }
}
