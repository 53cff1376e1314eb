//! What a command ends in when it does not end well: the window's own English words, its code, and an exit code.

use crate::commands::import;
use brevdue_profile::ProfileError;
use mailbox::bulk::import::Summary;
use mailbox::view::{ErrorCode, Problem, UiError};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Exit codes: 1 failed, 2 wrong use (clap's own), 3 a rule refuses the letter, 4 queued but not sent yet.
const FAILED: u8 = 1;
const WRONG_USE: u8 = 2;
const REFUSED: u8 = 3;

/// Why a command did not do what it was asked.
pub(crate) enum Failure {
    /// The engine or the profile.
    Error(Box<UiError>),
    /// The command line.
    Usage(String),
    /// The letter breaks rules.
    Refused(Vec<Problem>),
    /// Rows of a list of recipients are wrong; nothing was sent.
    Rows(Box<Summary>),
}

impl Failure {
    pub(crate) fn usage(what: String) -> Self {
        Self::Usage(what)
    }

    pub(crate) fn code(code: ErrorCode) -> Self {
        Self::Error(Box::new(mailbox::Error::rule(code).to_ui(now())))
    }

    /// Says it, and gives the exit code.
    pub(crate) fn report(self, json: bool) -> ExitCode {
        let (answer, lines, exit) = match self {
            Self::Error(error) => {
                let line = sentence(error.code, &error.params, error.trace_id.as_deref());
                (json!({ "error": error }), vec![line], FAILED)
            }
            Self::Usage(what) => (
                json!({ "error": { "code": "usage", "detail": what } }),
                vec![what],
                WRONG_USE,
            ),
            Self::Refused(problems) => {
                let lines = problems
                    .iter()
                    .map(|problem| {
                        format!(
                            "{:?}: {}",
                            problem.field,
                            sentence(problem.code, &problem.params, None)
                        )
                    })
                    .collect();
                (json!({ "refused": problems }), lines, REFUSED)
            }
            Self::Rows(summary) => {
                let lines = import::words(&summary);
                (json!({ "faulty": summary }), lines, REFUSED)
            }
        };
        if json {
            println!("{answer}");
        } else {
            for line in lines {
                eprintln!("brevdue: {line}");
            }
        }
        ExitCode::from(exit)
    }
}

impl From<ProfileError> for Failure {
    fn from(error: ProfileError) -> Self {
        Self::Error(Box::new(error.ui()))
    }
}

impl From<mailbox::Error> for Failure {
    fn from(error: mailbox::Error) -> Self {
        Self::Error(Box::new(error.to_ui(now())))
    }
}

fn now() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

/// The window's English texts.
pub(crate) fn texts() -> Value {
    serde_json::from_str(include_str!("../../../ui/src/i18n/en.json")).unwrap_or_default()
}

/// The window's English sentence for `code`, with its values, its code and the trace id to quote.
pub(crate) fn sentence(
    code: ErrorCode,
    params: &std::collections::BTreeMap<String, String>,
    trace_id: Option<&str>,
) -> String {
    let texts = texts();
    let name = serde_json::to_value(code).ok();
    let name = name.as_ref().and_then(Value::as_str).unwrap_or("internal");
    let words = |part: &str| {
        let text = texts.get(format!("error.{name}.{part}"));
        text.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut text = format!("{} {}", words("title"), words("help"));
    for (param, value) in params {
        let place = format!("{{{param}}}");
        if text.contains(&place) {
            text = text.replace(&place, value);
        } else {
            text = format!("{text} ({param}: {value})");
        }
    }
    match trace_id {
        Some(trace_id) => format!("{text} [{name}, trace id {trace_id}]"),
        None => format!("{text} [{name}]"),
    }
}
