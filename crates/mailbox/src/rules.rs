//! Every rule of a letter that can be known before Altinn is asked (Correspondence reference, sections 5.1 and 6).
//!
//! [`broken`] is a pure function over a [`Snapshot`]: it reports all broken rules at once, where Altinn stops at the
//! first. What only Altinn knows (reservations, roles, access) is not guessed.

use crate::plain_text::has_markup;
use crate::view::{
    DraftFile, DraftFileState, DraftText, Environment, ErrorCode, Field, Problem, Recipient,
    RecipientState,
};
use std::collections::BTreeMap;

/// Recipients of one letter (section 5.1).
pub const MOST_RECIPIENTS: usize = 500;
/// Title, summary and sender's name, in UTF-16 units (section 5.1).
pub const LONGEST_LINE: usize = 255;
/// Body, in UTF-16 units (section 5.1).
pub const LONGEST_BODY: usize = 30_000;
/// Sender's reference, in UTF-16 units (section 5.1).
pub const LONGEST_REFERENCE: usize = 4096;
/// Files of one letter (section 8.3).
pub const MOST_FILES: usize = 100;
/// Bytes of one file by the upload path we use (section 8.3).
pub const LARGEST_FILE: u64 = 50_000_000_000;

/// What a service demands of its letters (section 14).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceRule {
    /// Every letter must be marked confidential.
    pub demands_confidential: bool,
    /// Letters may be marked confidential.
    pub allows_confidential: bool,
}

/// A draft and what is known around it.
#[derive(Debug, Clone, Copy)]
pub struct Snapshot<'a> {
    /// What the user wrote.
    pub text: &'a DraftText,
    /// Recipients as far as they are known.
    pub recipients: &'a [Recipient],
    /// Files.
    pub files: &'a [DraftFile],
    /// Whether the account may send on the chosen service.
    pub is_service_known: bool,
    /// What the service demands; none while its policy is not known.
    pub service: Option<ServiceRule>,
    /// Environment of the account.
    pub environment: Environment,
    /// UTC milliseconds.
    pub now: i64,
    /// When the letter would become available at the earliest: now, or later by the undo window.
    pub earliest_publish: i64,
}

/// All rules the draft breaks, in the order of the fields on screen; empty when it can be sent.
pub fn broken(draft: &Snapshot<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    service(draft, &mut problems);
    recipients(draft, &mut problems);
    texts(draft, &mut problems);
    dates(draft, &mut problems);
    confidential(draft, &mut problems);
    files(draft, &mut problems);
    problems
}

fn service(draft: &Snapshot<'_>, problems: &mut Vec<Problem>) {
    let is_chosen = draft
        .text
        .resource
        .as_deref()
        .is_some_and(|resource| !resource.trim().is_empty());
    if !is_chosen || !draft.is_service_known {
        problems.push(problem(Field::Resource, ErrorCode::NoService));
    }
}

fn recipients(draft: &Snapshot<'_>, problems: &mut Vec<Problem>) {
    let count = draft.recipients.len();
    if count == 0 {
        problems.push(problem(Field::Recipients, ErrorCode::NoRecipients));
    }
    if count > MOST_RECIPIENTS {
        problems.push(over(
            Field::Recipients,
            ErrorCode::TooManyRecipients,
            count,
            MOST_RECIPIENTS,
        ));
    }
    for recipient in draft.recipients {
        let code = match recipient.state {
            RecipientState::BadChecksum
            | RecipientState::NotYetAccepted
            | RecipientState::Malformed => ErrorCode::RecipientInvalid,
            RecipientState::Duplicate => ErrorCode::RecipientDuplicate,
            // The test register does not hold every test organisation: there, Altinn decides (Platform reference, 9.1).
            RecipientState::NotFound
                if matches!(
                    draft.environment,
                    Environment::Production | Environment::Practice
                ) =>
            {
                ErrorCode::RecipientUnknown
            }
            RecipientState::NotFound
            | RecipientState::Checking
            | RecipientState::Found
            | RecipientState::Unnamed
            | RecipientState::Deleted => continue,
        };
        problems.push(named(Field::Recipients, code, &recipient.party.name));
    }
}

fn texts(draft: &Snapshot<'_>, problems: &mut Vec<Problem>) {
    let text = draft.text;
    required(Field::Title, &text.title, problems);
    within(Field::Title, &text.title, LONGEST_LINE, problems);
    plain(Field::Title, &text.title, problems);
    within(Field::Summary, &text.summary, LONGEST_LINE, problems);
    required(Field::Body, &text.body, problems);
    within(Field::Body, &text.body, LONGEST_BODY, problems);
    let language = text.language.trim();
    let is_known = ["nb", "nn", "en"]
        .iter()
        .any(|known| language.eq_ignore_ascii_case(known));
    if !is_known && !language.is_empty() {
        let mut unknown = problem(Field::Language, ErrorCode::Refused);
        unknown
            .params
            .insert("altinn".to_owned(), "1023".to_owned());
        problems.push(unknown);
    }
    within(
        Field::Reference,
        &text.reference,
        LONGEST_REFERENCE,
        problems,
    );
    within(
        Field::MessageSender,
        &text.message_sender,
        LONGEST_LINE,
        problems,
    );
    plain(Field::MessageSender, &text.message_sender, problems);
}

fn dates(draft: &Snapshot<'_>, problems: &mut Vec<Problem>) {
    let publish = draft
        .text
        .publish_at
        .unwrap_or(draft.now)
        .max(draft.earliest_publish);
    match draft.text.due_at {
        Some(due) if due < draft.now => problems.push(problem(Field::Due, ErrorCode::DuePast)),
        Some(due) if due < publish => {
            problems.push(problem(Field::Due, ErrorCode::DueBeforePublish))
        }
        None if draft.text.needs_confirmation => {
            problems.push(problem(Field::Due, ErrorCode::ConfirmationNeedsDue));
        }
        _ => {}
    }
}

fn confidential(draft: &Snapshot<'_>, problems: &mut Vec<Problem>) {
    let Some(service) = draft.service else { return };
    if service.demands_confidential && !draft.text.is_confidential {
        problems.push(problem(
            Field::Confidential,
            ErrorCode::ConfidentialRequired,
        ));
    }
    if draft.text.is_confidential && !service.allows_confidential {
        problems.push(problem(
            Field::Confidential,
            ErrorCode::ConfidentialNotAllowed,
        ));
    }
}

fn files(draft: &Snapshot<'_>, problems: &mut Vec<Problem>) {
    if draft.files.len() > MOST_FILES {
        problems.push(over(
            Field::Files,
            ErrorCode::TooManyFiles,
            draft.files.len(),
            MOST_FILES,
        ));
    }
    for file in draft.files {
        let code = match file.state {
            DraftFileState::Reading { .. } => ErrorCode::FileNotReady,
            DraftFileState::Refused { .. } => ErrorCode::FileRefused,
            DraftFileState::Ready => continue,
        };
        problems.push(named(Field::Files, code, &file.name));
    }
}

fn required(field: Field, text: &str, problems: &mut Vec<Problem>) {
    if text.trim().is_empty() {
        problems.push(problem(field, ErrorCode::Required));
    }
}

/// Lengths are counted as the server counts them, in UTF-16 units (section 2.1).
fn within(field: Field, text: &str, limit: usize, problems: &mut Vec<Problem>) {
    let count = text.encode_utf16().count();
    if count > limit {
        problems.push(over(field, ErrorCode::TooLong, count, limit));
    }
}

fn plain(field: Field, text: &str, problems: &mut Vec<Problem>) {
    if has_markup(text) {
        problems.push(problem(field, ErrorCode::Markup));
    }
}

fn problem(field: Field, code: ErrorCode) -> Problem {
    Problem {
        field,
        code,
        params: BTreeMap::new(),
    }
}

fn over(field: Field, code: ErrorCode, count: usize, limit: usize) -> Problem {
    let params = [("count", count), ("limit", limit)]
        .map(|(name, value)| (name.to_owned(), value.to_string()));
    Problem {
        params: params.into(),
        ..problem(field, code)
    }
}

fn named(field: Field, code: ErrorCode, name: &str) -> Problem {
    Problem {
        params: BTreeMap::from([("name".to_owned(), name.to_owned())]),
        ..problem(field, code)
    }
}

#[cfg(test)]
mod tests;
