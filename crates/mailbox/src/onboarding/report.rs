//! A checkup for a help desk: codes that are the same in every language.

use crate::view::{Check, CheckState, Checkup};
use serde::Serialize;
use std::fmt::Write as _;

/// Plain text; names of those who ticked something stay here.
pub(super) fn text(checkup: &Checkup) -> String {
    let mut text = format!(
        "Brevdue {}, {} {}, checked {}\n",
        env!("CARGO_PKG_VERSION"),
        word(&checkup.environment),
        checkup.organisation_number,
        time(checkup.checked_at),
    );
    for step in &checkup.steps {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "\n{}: {}", word(&step.step), word(&step.state));
        for check in &step.checks {
            if check.state != CheckState::NotNeeded {
                write_check(&mut text, check);
            }
        }
    }
    text
}

fn write_check(text: &mut String, check: &Check) {
    let subject = check.subject.as_deref().unwrap_or_default();
    let _ = writeln!(
        text,
        "  {} {} {subject}",
        word(&check.state),
        word(&check.name)
    );
    if let Some(tick) = &check.tick {
        let _ = writeln!(text, "    ticked {}", time(Some(tick.at)));
    }
    for asked in &check.asked {
        let status = asked
            .status
            .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let _ = writeln!(text, "    {} {} -> {status}", asked.method, asked.address);
    }
    for finding in &check.findings {
        let _ = write!(text, "    {} {}", word(&finding.state), word(&finding.code));
        for (name, value) in &finding.params {
            let _ = write!(text, " {name}={value}");
        }
        if let Some(trace) = &finding.trace_id {
            let _ = write!(text, " trace={trace}");
        }
        text.push('\n');
    }
}

/// The word that the window knows a code by.
fn word(code: &impl Serialize) -> String {
    let value = serde_json::to_value(code).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn time(at: Option<i64>) -> String {
    at.and_then(chrono::DateTime::from_timestamp_millis)
        .map_or_else(|| "never".to_owned(), |at| at.to_rfc3339())
}
