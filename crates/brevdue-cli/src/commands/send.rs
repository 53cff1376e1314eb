//! `brevdue send`: a letter, by the same draft, rules and outbox as the window.

use super::{bulk, import};
use crate::args::{SendArgs, SessionArgs};
use crate::failure::Failure;
use crate::session;
use chrono_tz::Europe::Oslo;
use mailbox::Mailbox;
use mailbox::bulk::{BulkOutcome, Line};
use mailbox::rules::MOST_RECIPIENTS;
use mailbox::view::{DraftFileState, DraftText, FileProblem, Problem, SendOutcome, SendReceipt};
use mailbox::view::{ErrorCode, Field};
use serde_json::json;
use std::io::Read;
use std::process::ExitCode;

/// Exit code when letters are safe in the outbox and not yet taken by Altinn.
const QUEUED: u8 = 4;

pub(crate) async fn run(args: &SessionArgs, send: SendArgs) -> Result<ExitCode, Failure> {
    let body = body(&send)?;
    let lines = match &send.csv {
        Some(file) => import::lines(file, send.column.as_deref(), send.skip_faulty)?,
        None => Vec::new(),
    };
    let profile = session::open(args).await?;
    let mailbox = profile.mailbox();
    let party = session::party(mailbox, args).await?;
    let letter = Letter {
        send: &send,
        body,
        party: party.id,
    };
    let sent = if send.batches {
        letter.by_batches(mailbox, lines, args.json).await
    } else {
        letter.one_by_one(mailbox, &lines, args.json).await
    };
    profile.close().await;
    sent
}

/// A letter as the command line has it.
struct Letter<'a> {
    send: &'a SendArgs,
    body: String,
    party: String,
}

impl Letter<'_> {
    /// One outbox item a recipient, each with a key of its own: no answer can be lost. A draft takes 500 recipients, so a
    /// longer list becomes several.
    async fn one_by_one(
        &self,
        mailbox: &Mailbox,
        lines: &[Line],
        is_json: bool,
    ) -> Result<ExitCode, Failure> {
        let recipients: Vec<String> = match &self.send.csv {
            None => self.send.to.clone(),
            Some(_) => lines.iter().map(|line| line.recipient.urn()).collect(),
        };
        let (mut drafts, mut items) = (Vec::new(), Vec::new());
        let mut publish_at = 0;
        for part in recipients.chunks(MOST_RECIPIENTS) {
            let draft = self.draft(mailbox, part.to_vec()).await?;
            match mailbox.send_draft(draft.id.clone(), draft.version).await? {
                SendOutcome::Queued { receipt } => {
                    items.extend(receipt.items);
                    publish_at = receipt.publish_at;
                }
                SendOutcome::Refused { problems } => return Err(Failure::Refused(problems)),
            }
            drafts.push(draft.id);
        }
        let waiting = if self.send.queue_only {
            items.len()
        } else {
            mailbox.drain_outbox().await?;
            waiting(mailbox, &items).await?
        };
        let sent = items.len() - waiting;
        if is_json {
            let receipt = SendReceipt { items, publish_at };
            let answer = json!({ "draft": drafts.first(), "receipt": receipt, "waiting": waiting });
            println!("{answer}");
        } else {
            println!("{sent} handed over to Altinn, {waiting} waiting in the outbox");
        }
        Ok(exit_code(waiting))
    }

    /// As few calls as there can be.
    async fn by_batches(
        &self,
        mailbox: &Mailbox,
        lines: Vec<Line>,
        is_json: bool,
    ) -> Result<ExitCode, Failure> {
        let draft = self.draft(mailbox, Vec::new()).await?;
        let outcome = mailbox.send_bulk(draft.id, draft.version, lines).await?;
        let id = match outcome {
            BulkOutcome::Queued(id) => id,
            BulkOutcome::Refused(problems) => return Err(Failure::Refused(problems)),
        };
        if !self.send.queue_only {
            mailbox.drain_bulk().await?;
        }
        let (report, lines) = mailbox.bulk(id).await?;
        if is_json {
            println!("{}", json!({ "bulk": report, "lines": lines }));
        } else {
            bulk::print(&report);
        }
        Ok(exit_code(report.waiting as usize))
    }

    async fn draft(
        &self,
        mailbox: &Mailbox,
        recipients: Vec<String>,
    ) -> Result<mailbox::view::Draft, Failure> {
        let send = self.send;
        let draft = mailbox.new_draft(self.party.clone()).await?;
        let text = DraftText {
            resource: Some(send.service.clone()),
            recipients,
            title: send.title.clone(),
            summary: send.summary.clone(),
            body: self.body.clone(),
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
        attach(mailbox, &draft.id, send).await
    }
}

fn exit_code(waiting: usize) -> ExitCode {
    if waiting == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(QUEUED)
    }
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
