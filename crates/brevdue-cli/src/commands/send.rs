//! `brevdue send`: a letter, by the same draft, rules and outbox as the window.

use crate::args::{SendArgs, SessionArgs};
use crate::failure::Failure;
use crate::session;
use chrono_tz::Europe::Oslo;
use mailbox::Mailbox;
use mailbox::view::{DraftFileState, DraftText, FileProblem, Problem, SendOutcome};
use mailbox::view::{ErrorCode, Field};
use serde_json::json;
use std::io::Read;
use std::process::ExitCode;

/// Exit code when letters are safe in the outbox and not yet taken by Altinn.
const QUEUED: u8 = 4;

pub(crate) async fn run(args: &SessionArgs, send: SendArgs) -> Result<ExitCode, Failure> {
    let body = body(&send)?;
    let profile = session::open(args).await?;
    let mailbox = profile.mailbox();
    let party = session::party(mailbox, args).await?;
    let draft = mailbox.new_draft(party.id.clone()).await?;
    let text = DraftText {
        resource: Some(send.service.clone()),
        recipients: send.to.clone(),
        title: send.title.clone(),
        summary: send.summary.clone(),
        body,
        language: send.language.clone(),
        reference: send.reference.clone(),
        message_sender: String::new(),
        due_at: send.due.and_then(end_of_day),
        needs_confirmation: send.confirm,
        // A command line has no undo button: the letter goes now, without the undo window.
        publish_at: Some(chrono::Utc::now().timestamp_millis()),
        alert: None,
        ignore_reservation: false,
        is_confidential: send.confidential,
    };
    let draft = mailbox.save_draft(draft.id, draft.version, text).await?;
    let draft = attach(mailbox, &draft.id, &send).await?;
    let outcome = mailbox.send_draft(draft.id.clone(), draft.version).await?;
    let receipt = match outcome {
        SendOutcome::Queued { receipt } => receipt,
        SendOutcome::Refused { problems } => {
            profile.close().await;
            return Err(Failure::Refused(problems));
        }
    };
    let waiting = if send.queue_only {
        receipt.items.len()
    } else {
        mailbox.drain_outbox().await?;
        waiting(mailbox, &receipt.items).await?
    };
    if args.json {
        println!(
            "{}",
            json!({ "draft": draft.id, "receipt": receipt, "waiting": waiting })
        );
    } else {
        let sent = receipt.items.len() - waiting;
        println!("{sent} handed over to Altinn, {waiting} waiting in the outbox");
    }
    profile.close().await;
    Ok(if waiting == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(QUEUED)
    })
}

/// A due date without a time of day means the last minute of that day in Norway.
fn end_of_day(day: chrono::NaiveDate) -> Option<i64> {
    let last = day
        .and_hms_opt(23, 59, 0)?
        .and_local_timezone(Oslo)
        .latest()?;
    Some(last.timestamp_millis())
}

fn body(send: &SendArgs) -> Result<String, Failure> {
    let read = |error: std::io::Error| Failure::usage(format!("--body-file: {}", error.kind()));
    match (&send.body, &send.body_file) {
        (Some(body), _) => Ok(body.clone()),
        (None, Some(path)) if path.as_os_str() == "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).map_err(read)?;
            Ok(text)
        }
        (None, Some(path)) => std::fs::read_to_string(path).map_err(read),
        (None, None) => Ok(String::new()),
    }
}

/// Attaches the files and waits until each is copied and hashed, or refused.
async fn attach(
    mailbox: &Mailbox,
    draft: &str,
    send: &SendArgs,
) -> Result<mailbox::view::Draft, Failure> {
    let mut changes = mailbox.changes();
    let paths = send
        .file
        .iter()
        .map(|path| path.to_string_lossy().into_owned())
        .collect();
    let mut draft = mailbox.add_files(draft.to_owned(), paths).await?;
    while draft
        .files
        .iter()
        .any(|file| matches!(file.state, DraftFileState::Reading { .. }))
    {
        // A lagging receiver has missed nothing that asking again does not tell.
        let _ = changes.recv().await;
        draft = mailbox.draft(draft.id).await?;
    }
    let refused: Vec<Problem> = draft
        .files
        .iter()
        .filter_map(|file| match &file.state {
            DraftFileState::Refused { problem } => Some(refusal(&file.name, problem)),
            _ => None,
        })
        .collect();
    if refused.is_empty() {
        Ok(draft)
    } else {
        Err(Failure::Refused(refused))
    }
}

fn refusal(name: &str, problem: &FileProblem) -> Problem {
    let params = [("name", name.to_owned()), ("detail", reason(problem))];
    Problem {
        field: Field::Files,
        code: ErrorCode::FileRefused,
        params: params
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    }
}

/// Why a file cannot be sent, as far as the command line says it.
fn reason(problem: &FileProblem) -> String {
    match problem {
        FileProblem::Empty => "it is empty".into(),
        FileProblem::TooLarge { limit } => format!("it is larger than {limit} bytes"),
        FileProblem::Type { extension } => format!("files of type {extension} cannot be sent"),
        FileProblem::Name { suggestion } => {
            format!("the name is not allowed; {suggestion} would be")
        }
        FileProblem::Duplicate { suggestion } => {
            format!("another file has the name; {suggestion} is free")
        }
        FileProblem::TooMany { limit } => format!("a letter takes {limit} files"),
        FileProblem::Unreadable => "it cannot be read".into(),
        FileProblem::NotAFile => "it is no file".into(),
        FileProblem::Changed => "it changed while it was attached".into(),
    }
}

/// How many of the items are still in the outbox.
async fn waiting(mailbox: &Mailbox, items: &[String]) -> Result<usize, Failure> {
    let mut waiting = 0;
    for item in items {
        match mailbox.outbox_item(item.clone()).await {
            Ok(_) => waiting += 1,
            Err(mailbox::Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(waiting)
}
