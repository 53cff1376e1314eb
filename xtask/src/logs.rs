//! The logs of a whole test run, and the search through them for what must never be in a log.

use crate::shell::{Done, root};
use std::path::{Path, PathBuf};

/// Where a test run leaves its logs. Tests that start programs put theirs here too (`BREVDUE_TEST_LOGS`).
pub fn dir() -> PathBuf {
    root().join("target/test-logs")
}

/// The log of one step.
pub fn file(step: &str) -> PathBuf {
    dir().join(format!("{step}.log"))
}

/// Starts the run with no logs.
pub fn clear() -> Done {
    let _ = std::fs::remove_dir_all(dir());
    std::fs::create_dir_all(dir()).map_err(|e| format!("{}: {e}", dir().display()))
}

/// Fails when a seeded secret or a national identity number stands in any log of the run.
///
/// Searched for are the lines of `tests/fixtures/canaries.txt` (identity numbers of the practice and test worlds,
/// subjects and words of bodies that tests send) and what any token or private key looks like.
pub fn search_for_secrets() -> Done {
    let canaries = root().join("tests/fixtures/canaries.txt");
    let canaries =
        std::fs::read_to_string(&canaries).map_err(|e| format!("{}: {e}", canaries.display()))?;
    let canaries: Vec<&str> = canaries
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let mut files = Vec::new();
    collect(&dir(), &mut files)?;
    let mut found = Vec::new();
    for path in &files {
        let text = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let text = String::from_utf8_lossy(&text);
        for (number, line) in text.lines().enumerate() {
            if let Some(what) = secret_in(line, &canaries) {
                let name = path.strip_prefix(dir()).unwrap_or(path);
                found.push(format!("{}:{}: {what}", name.display(), number + 1));
            }
        }
    }
    eprintln!(
        "\n== logs: {} files searched for {} seeded secrets, tokens and keys",
        files.len(),
        canaries.len()
    );
    if found.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "secrets in the logs of the run:\n{}",
            found.join("\n")
        ))
    }
}

/// What is wrong with a line, never the secret itself.
fn secret_in(line: &str, canaries: &[&str]) -> Option<&'static str> {
    if canaries.iter().any(|canary| line.contains(canary)) {
        return Some("a seeded secret");
    }
    // The header of every JWT that is JSON: `{"` in base64url.
    if line
        .split(|c: char| !c.is_ascii_alphanumeric() && !"._-".contains(c))
        .any(is_token)
    {
        return Some("a token");
    }
    (line.contains("PRIVATE KEY") || line.contains("\"dp\":")).then_some("a private key")
}

fn is_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    matches!(parts.as_slice(), [head, body, ..] if head.starts_with("eyJ") && body.starts_with("eyJ"))
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> Done {
    let entries = std::fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_a_token_and_a_key_are_found_and_ordinary_lines_are_not() {
        let canaries = ["08900499559"];
        for line in [
            "recipient 08900499559 refused",
            "Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJzY29wZSI6IngifQ.c2ln",
            "-----BEGIN PRIVATE KEY-----",
        ] {
            assert!(
                secret_in(line, &canaries).is_some(),
                "the search must be able to fail: {line}"
            );
        }
        for line in [
            "test sync::plan ... ok",
            "recipient 089004 XXXXX refused",
            "eyJ is how a token begins",
        ] {
            assert_eq!(secret_in(line, &canaries), None, "an ordinary line: {line}");
        }
    }
}
