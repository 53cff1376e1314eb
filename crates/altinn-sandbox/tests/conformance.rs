//! `CONFORMANCE.md` says which test holds which fact: every row is whole, and every test that it names is there.

#![allow(
    clippy::unwrap_used,
    reason = "a test that meets something else than it expects fails"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A row of one of the tables.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    sections: String,
    fact: String,
    tests: Vec<String>,
}

/// Reads the tables.
///
/// # Errors
/// With what is wrong with a row.
fn rows(text: &str) -> Result<Vec<Row>, String> {
    let lines = text.lines().filter(|line| line.starts_with('|'));
    let rows = lines.filter(|line| !line.starts_with("| section |") && !line.starts_with("| ---"));
    rows.map(row).collect()
}

fn row(line: &str) -> Result<Row, String> {
    // A bar inside a cell is written `\|`.
    let line = line.replace("\\|", "\u{0}");
    let cells: Vec<String> = line
        .trim()
        .trim_matches('|')
        .split('|')
        .map(|cell| cell.trim().replace('\u{0}', "|"))
        .collect();
    let [sections, fact, tests] = cells.as_slice() else {
        return Err(format!("a row has three cells: {line}"));
    };
    let is_section = |text: &str| {
        let parts: Vec<&str> = text.split('.').collect();
        let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        (1..=3).contains(&parts.len()) && parts.iter().all(is_number)
    };
    if !sections.split(',').all(|part| is_section(part.trim())) {
        return Err(format!("the first cell names sections: {line}"));
    }
    if fact.is_empty() {
        return Err(format!("the second cell tells a fact: {line}"));
    }
    let names = tests.split(',').map(|test| {
        let name = test.trim().strip_prefix('`')?.strip_suffix('`')?;
        (name.split("::").count() >= 2).then(|| name.to_owned())
    });
    let tests: Option<Vec<String>> = names.collect();
    let tests = tests.ok_or_else(|| format!("the third cell names tests: {line}"))?;
    Ok(Row {
        sections: sections.clone(),
        fact: fact.clone(),
        tests,
    })
}

/// The file that a test would be in.
fn file(test: &str) -> Option<(PathBuf, &str)> {
    let (path, name) = test.rsplit_once("::")?;
    let path = path.replace("::", "/");
    let place = match path.strip_prefix("unit/") {
        Some(module) => Path::new(ROOT).join("src").join(module),
        None => Path::new(ROOT).join("tests").join(path),
    };
    let file = place.with_extension("rs");
    let file = if file.exists() {
        file
    } else {
        place.join("mod.rs")
    };
    Some((file, name))
}

/// Whether a source text has a test of that name: a function that the attribute stands before.
fn has_test(source: &str, name: &str) -> bool {
    let mut is_marked = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_marked = true;
        } else if let Some(signature) = line
            .strip_prefix("async fn ")
            .or_else(|| line.strip_prefix("fn "))
        {
            if is_marked && signature.split(['(', '<']).next() == Some(name) {
                return true;
            }
            is_marked = false;
        }
    }
    false
}

#[test]
fn every_row_is_whole_and_its_tests_are_there() {
    let text = std::fs::read_to_string(Path::new(ROOT).join("CONFORMANCE.md")).unwrap();
    let rows = rows(&text).unwrap();
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &rows {
        if !seen.insert((&row.sections, &row.fact)) {
            wrong.push(format!("{} stands twice: {}", row.sections, row.fact));
        }
        for test in &row.tests {
            let source = file(test).and_then(|(file, name)| {
                let source = std::fs::read_to_string(file).ok()?;
                has_test(&source, name).then_some(())
            });
            if source.is_none() {
                wrong.push(format!("{}: there is no test {test}", row.sections));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "CONFORMANCE.md is wrong:\n{}",
        wrong.join("\n")
    );
    assert!(rows.len() > 10, "the tables are read: {} rows", rows.len());
}

#[test]
fn what_is_wrong_with_a_row_is_noticed() {
    for wrong in [
        "| 2 | a fact |",
        "| two | a fact | `reference::a::b` |",
        "| 2 |  | `reference::a::b` |",
        "| 2 | a fact | |",
        "| 2 | a fact | reference::a::b |",
        "| 2 | a fact | `b` |",
    ] {
        assert!(row(wrong).is_err(), "{wrong}");
    }
    let right = row("| 4.1, 2 | a \\| b | `reference::a::b`, `unit::c::d` |").unwrap();
    assert_eq!(
        (
            right.sections.as_str(),
            right.fact.as_str(),
            right.tests.len()
        ),
        ("4.1, 2", "a | b", 2),
        "a row that is whole"
    );
    let source = "#[test]\nfn one() {}\nfn two() {}\n#[tokio::test]\nasync fn three() {}";
    let found: Vec<&str> = ["one", "two", "three", "thre"]
        .into_iter()
        .filter(|name| has_test(source, name))
        .collect();
    assert_eq!(
        found,
        ["one", "three"],
        "functions that are no tests do not count"
    );
}
