use super::*;
use crate::view::{FileProblem, Party};

const NOW: i64 = 1_000_000;

fn sound_text() -> DraftText {
    DraftText {
        resource: Some("conf-letters".to_owned()),
        recipients: vec!["991825827".to_owned()],
        title: "Vedtak".to_owned(),
        summary: String::new(),
        body: "Hei".to_owned(),
        language: "nb".to_owned(),
        reference: String::new(),
        message_sender: String::new(),
        due_at: None,
        needs_confirmation: false,
        publish_at: None,
        alert: None,
        ignore_reservation: false,
        is_confidential: false,
    }
}

fn recipient(state: RecipientState) -> Recipient {
    Recipient {
        key: "urn:altinn:organization:identifier-no:991825827".to_owned(),
        text: "991825827".to_owned(),
        party: Party {
            name: "DIGITALISERINGSDIREKTORATET".to_owned(),
            number: "991 825 827".to_owned(),
            is_person: false,
        },
        place: None,
        state,
    }
}

fn file(state: DraftFileState) -> DraftFile {
    DraftFile {
        id: "f".to_owned(),
        name: "brev.pdf".to_owned(),
        size: 1,
        media_type: "application/pdf".to_owned(),
        sha256: None,
        is_same_content: false,
        state,
    }
}

/// A draft that breaks nothing, for each test to break one thing of.
struct Letter {
    text: DraftText,
    recipients: Vec<Recipient>,
    files: Vec<DraftFile>,
    service: Option<ServiceRule>,
    environment: Environment,
    earliest_publish: i64,
}

impl Letter {
    fn sound() -> Self {
        Self {
            text: sound_text(),
            recipients: vec![recipient(RecipientState::Found)],
            files: vec![file(DraftFileState::Ready)],
            service: Some(ServiceRule {
                demands_confidential: false,
                allows_confidential: false,
            }),
            environment: Environment::Production,
            earliest_publish: NOW,
        }
    }

    fn with(change: impl FnOnce(&mut Self)) -> Vec<(Field, ErrorCode)> {
        let mut letter = Self::sound();
        change(&mut letter);
        letter
            .broken()
            .into_iter()
            .map(|problem| (problem.field, problem.code))
            .collect()
    }

    fn broken(&self) -> Vec<Problem> {
        broken(&Snapshot {
            text: &self.text,
            recipients: &self.recipients,
            files: &self.files,
            is_service_known: true,
            service: self.service,
            environment: self.environment,
            now: NOW,
            earliest_publish: self.earliest_publish,
        })
    }
}

#[test]
fn a_sound_letter_breaks_nothing() {
    assert_eq!(
        Letter::sound().broken(),
        vec![],
        "the base of every other case must be sound"
    );
}

#[test]
fn an_empty_draft_names_everything_that_is_missing_at_once() {
    let broken = Letter::with(|letter| {
        letter.text.resource = None;
        letter.text.title = "  ".to_owned();
        letter.text.body = String::new();
        letter.recipients.clear();
    });
    assert_eq!(
        broken,
        vec![
            (Field::Resource, ErrorCode::NoService),
            (Field::Recipients, ErrorCode::NoRecipients),
            (Field::Title, ErrorCode::Required),
            (Field::Body, ErrorCode::Required),
        ],
        "Altinn would name the first only; the user sees all"
    );
}

#[test]
fn lengths_are_counted_in_utf16_units() {
    let emoji = "😀".repeat(127);
    assert_eq!(
        Letter::with(|letter| letter.text.title = format!("{emoji}æ")),
        vec![],
        "127 emoji of two units and one letter are 255 units"
    );
    let mut letter = Letter::sound();
    letter.text.title = "😀".repeat(128);
    let problems = letter.broken();
    assert_eq!(problems.len(), 1, "256 units are one too many");
    assert_eq!(
        problems[0].params.get("count").map(String::as_str),
        Some("256"),
        "the text names the count"
    );
    assert_eq!(
        problems[0].params.get("limit").map(String::as_str),
        Some("255"),
        "the text names the limit"
    );
}

#[test]
fn every_limit_holds_at_its_edge() {
    let at = |set: fn(&mut DraftText, String), limit: usize| {
        assert_eq!(
            Letter::with(|letter| set(&mut letter.text, "x".repeat(limit))),
            vec![],
            "{limit} units are allowed"
        );
        Letter::with(|letter| set(&mut letter.text, "x".repeat(limit + 1)))
    };
    let long = |field| vec![(field, ErrorCode::TooLong)];
    assert_eq!(
        at(|text, x| text.title = x, 255),
        long(Field::Title),
        "title"
    );
    assert_eq!(
        at(|text, x| text.summary = x, 255),
        long(Field::Summary),
        "summary"
    );
    assert_eq!(
        at(|text, x| text.body = x, 30_000),
        long(Field::Body),
        "body"
    );
    assert_eq!(
        at(|text, x| text.message_sender = x, 255),
        long(Field::MessageSender),
        "sender's name"
    );
    assert_eq!(
        at(|text, x| text.reference = x, 4096),
        long(Field::Reference),
        "reference"
    );
}

#[test]
fn markup_is_refused_where_altinn_wants_plain_text() {
    assert_eq!(
        Letter::with(|letter| {
            letter.text.title = "<b>Vedtak</b>".to_owned();
            letter.text.summary = "<b>kort</b>".to_owned();
            letter.text.body = "# Overskrift\n<b>fet</b>".to_owned();
            letter.text.message_sender = "[Etaten](x)".to_owned();
        }),
        vec![
            (Field::Title, ErrorCode::Markup),
            (Field::MessageSender, ErrorCode::Markup)
        ],
        "summary and body may hold markup (1004 is switched off, the body is markdown)"
    );
}

#[test]
fn dates_are_held_against_each_other() {
    let due = |due: Option<i64>, publish: Option<i64>, earliest: i64, confirm: bool| {
        Letter::with(|letter| {
            letter.text.due_at = due;
            letter.text.publish_at = publish;
            letter.text.needs_confirmation = confirm;
            letter.earliest_publish = earliest;
        })
    };
    assert_eq!(
        due(Some(NOW), None, NOW, true),
        vec![],
        "due right now is not past"
    );
    assert_eq!(
        due(Some(NOW - 1), None, NOW, false),
        vec![(Field::Due, ErrorCode::DuePast)],
        "1008"
    );
    assert_eq!(
        due(Some(NOW + 10), Some(NOW + 11), NOW, false),
        vec![(Field::Due, ErrorCode::DueBeforePublish)],
        "1009"
    );
    assert_eq!(
        due(Some(NOW + 10), None, NOW + 11, false),
        vec![(Field::Due, ErrorCode::DueBeforePublish)],
        "the undo window moves the publish time"
    );
    assert_eq!(
        due(Some(NOW + 10), Some(NOW - 5), NOW, false),
        vec![],
        "a publish time in the past means at once"
    );
    assert_eq!(
        due(None, None, NOW, true),
        vec![(Field::Due, ErrorCode::ConfirmationNeedsDue)],
        "1016"
    );
}

#[test]
fn confidentiality_must_agree_with_the_service() {
    let letter = |demands_confidential, allows_confidential, is_confidential| {
        Letter::with(|letter| {
            letter.service = Some(ServiceRule {
                demands_confidential,
                allows_confidential,
            });
            letter.text.is_confidential = is_confidential;
        })
    };
    assert_eq!(
        letter(true, true, false),
        vec![(Field::Confidential, ErrorCode::ConfidentialRequired)],
        "1060"
    );
    assert_eq!(
        letter(false, false, true),
        vec![(Field::Confidential, ErrorCode::ConfidentialNotAllowed)],
        "1061"
    );
    assert_eq!(letter(true, true, true), vec![], "as demanded");
    assert_eq!(
        letter(false, true, true),
        vec![],
        "explicit delegation leaves the choice"
    );
    assert_eq!(
        Letter::with(|letter| {
            letter.service = None;
            letter.text.is_confidential = true;
        }),
        vec![],
        "an unknown policy is left to Altinn"
    );
}

#[test]
fn recipients_are_judged_by_what_is_known() {
    let code = |state: RecipientState, environment| {
        Letter::with(|letter| {
            letter.recipients = vec![recipient(state)];
            letter.environment = environment;
        })
        .first()
        .map(|(_, code)| *code)
    };
    let production = Environment::Production;
    assert_eq!(
        code(RecipientState::BadChecksum, production),
        Some(ErrorCode::RecipientInvalid),
        "wrong digits"
    );
    assert_eq!(
        code(RecipientState::Malformed, production),
        Some(ErrorCode::RecipientInvalid),
        "no number"
    );
    assert_eq!(
        code(RecipientState::NotYetAccepted, production),
        Some(ErrorCode::RecipientInvalid),
        "2032 kind"
    );
    assert_eq!(
        code(RecipientState::Duplicate, production),
        Some(ErrorCode::RecipientDuplicate),
        "1006"
    );
    assert_eq!(
        code(RecipientState::NotFound, production),
        Some(ErrorCode::RecipientUnknown),
        "1029"
    );
    assert_eq!(
        code(RecipientState::NotFound, Environment::Test),
        None,
        "the test register is not complete"
    );
    assert_eq!(
        code(RecipientState::Checking, production),
        None,
        "a look-up never holds a letter back"
    );
    assert_eq!(
        code(RecipientState::Deleted, production),
        None,
        "a warning on the chip, Altinn decides"
    );
    let many =
        Letter::with(|letter| letter.recipients = vec![recipient(RecipientState::Found); 501]);
    assert_eq!(
        many,
        vec![(Field::Recipients, ErrorCode::TooManyRecipients)],
        "500 at most"
    );
}

#[test]
fn files_must_be_read_allowed_and_few_enough() {
    let refused = DraftFileState::Refused {
        problem: FileProblem::Empty,
    };
    assert_eq!(
        Letter::with(
            |letter| letter.files = vec![file(DraftFileState::Reading { done: 0 }), file(refused)]
        ),
        vec![
            (Field::Files, ErrorCode::FileNotReady),
            (Field::Files, ErrorCode::FileRefused)
        ],
        "each file for itself"
    );
    assert_eq!(
        Letter::with(|letter| letter.files = vec![file(DraftFileState::Ready); 101]),
        vec![(Field::Files, ErrorCode::TooManyFiles)],
        "100 at most (1038)"
    );
}

#[test]
fn the_language_is_one_of_three() {
    assert_eq!(
        Letter::with(|letter| letter.text.language = "NN".to_owned()),
        vec![],
        "in any case"
    );
    assert_eq!(
        Letter::with(|letter| letter.text.language = String::new()),
        vec![],
        "blank means nb"
    );
    assert_eq!(
        Letter::with(|letter| letter.text.language = "se".to_owned()),
        vec![(Field::Language, ErrorCode::Refused)],
        "1023"
    );
}
