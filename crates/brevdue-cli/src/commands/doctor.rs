//! `brevdue doctor`: checks an account step by step, in the window's own English words.

use crate::args::{DoctorArgs, SessionArgs};
use crate::failure::{Failure, texts};
use crate::session;
use mailbox::view::{Check, CheckState, Checkup, Finding, TestText};
use serde::Serialize;
use serde_json::Value;
use std::process::ExitCode;

/// Something must be done.
const UNWELL: u8 = 1;

pub(crate) async fn run(args: &SessionArgs, doctor: DoctorArgs) -> Result<ExitCode, Failure> {
    let profile = session::open(args).await?;
    let mailbox = profile.mailbox();
    let party = session::party(mailbox, args).await?;
    session::sign_in(mailbox, &party).await?;
    let mut checkup = mailbox.examine(&party.id).await?;
    let texts = texts();
    if doctor.test_letter {
        let text = TestText {
            language: "en".to_owned(),
            title: words(&texts, "doctor.test.title"),
            body: words(&texts, "doctor.test.body"),
        };
        checkup = mailbox
            .test_letter(&party.id, text, doctor.in_production)
            .await?;
    }
    if doctor.report {
        print!("{}", mailbox.checkup_report(&party.id).await?);
    } else if args.json {
        println!("{}", serde_json::json!({ "checkup": checkup }));
    } else {
        print!("{}", spoken(&checkup, &texts));
    }
    profile.close().await;
    let is_unwell = checkup
        .steps
        .iter()
        .any(|step| step.state == CheckState::Error);
    Ok(if is_unwell {
        ExitCode::from(UNWELL)
    } else {
        ExitCode::SUCCESS
    })
}

/// The checkup in words.
fn spoken(checkup: &Checkup, texts: &Value) -> String {
    let mut lines = Vec::new();
    for step in &checkup.steps {
        if step.state == CheckState::NotNeeded {
            continue;
        }
        lines.push(format!(
            "{}: {}",
            words(texts, &key("step", step.step)),
            words(texts, &key("state", step.state)).to_lowercase()
        ));
        for check in &step.checks {
            if check.state != CheckState::NotNeeded {
                lines.extend(of_check(check, texts));
            }
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

fn of_check(check: &Check, texts: &Value) -> Vec<String> {
    let subject = check
        .subject
        .as_ref()
        .map(|subject| format!(" {subject}"))
        .unwrap_or_default();
    let mut lines = vec![format!(
        "  [{}] {}{subject}",
        words(texts, &key("state", check.state)),
        words(texts, &key("check", check.name))
    )];
    if check.state == CheckState::Human
        && let Some(link) = &check.link
    {
        lines.push(format!("      {link}"));
    }
    for finding in &check.findings {
        lines.extend(of_finding(finding, texts));
        for asked in &check.asked {
            let status = asked
                .status
                .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            lines.push(format!(
                "      {} {}: {status}",
                asked.method, asked.address
            ));
        }
    }
    lines
}

fn of_finding(finding: &Finding, texts: &Value) -> Vec<String> {
    let name = key("finding", finding.code);
    let say = |part: &str| filled(words(texts, &format!("{name}.{part}")), finding);
    let mut lines = vec![
        format!("      {}", say("title")),
        format!("      {}", say("help")),
    ];
    if let Some(link) = &finding.link {
        lines.push(format!("      {link}"));
    }
    if let Some(mail) = &finding.mail {
        lines.push(format!("      mail {}", mail.to));
    }
    if let Some(trace) = &finding.trace_id {
        lines.push(format!("      trace id {trace}"));
    }
    lines
}

fn filled(mut text: String, finding: &Finding) -> String {
    for (name, value) in &finding.params {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// Key of the words for a code.
fn key(place: &str, code: impl Serialize) -> String {
    let code = serde_json::to_value(code).unwrap_or_default();
    format!("doctor.{place}.{}", code.as_str().unwrap_or_default())
}

fn words(texts: &Value, key: &str) -> String {
    let text = texts.get(key).and_then(Value::as_str);
    text.unwrap_or(key).to_owned()
}
