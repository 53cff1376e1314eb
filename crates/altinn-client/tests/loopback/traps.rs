//! `TRAPS.md` leaves no row out and names no test that is not there.

use std::collections::BTreeSet;
use std::path::Path;

const TABLES: &str = include_str!("../../TRAPS.md");

/// Names of all functions below `folder`.
fn functions(folder: &Path, all: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            functions(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names = text
                .split("fn ")
                .skip(1)
                .filter_map(|part| part.split('(').next());
            all.extend(names.map(str::to_owned));
        }
    }
}

#[test]
fn every_trap_has_its_row_and_every_test_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for place in ["src", "tests", "../mailbox/src", "../mailbox/tests"] {
        functions(&root.join(place), &mut known);
    }
    let (correspondence, platform) = TABLES.split_once("## Platform reference").unwrap();
    for (table, count) in [(correspondence, 36), (platform, 48)] {
        let rows: Vec<Vec<&str>> = table
            .lines()
            .filter(|line| {
                line.starts_with("| ") && !line.starts_with("| #") && !line.starts_with("| -")
            })
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect();
        let numbers: Vec<usize> = rows.iter().map(|row| row[0].parse().unwrap()).collect();
        assert_eq!(
            numbers,
            (1..=count).collect::<Vec<_>>(),
            "each trap once, in order"
        );
        for row in rows {
            let tests: Vec<&str> = row[2].split('`').skip(1).step_by(2).collect();
            assert_eq!(
                tests.is_empty(),
                row[2] == "—",
                "trap {} is held or is not ours",
                row[0]
            );
            for test in tests {
                assert!(
                    known.contains(test),
                    "trap {}: there is no test {test}",
                    row[0]
                );
            }
        }
    }
}
