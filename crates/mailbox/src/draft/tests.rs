use super::*;
use crate::testing::{eventually, mailbox, mailbox_at};
use crate::view::{Field, RecipientState};

fn codes(problems: &[Problem]) -> Vec<(Field, ErrorCode)> {
    problems
        .iter()
        .map(|problem| (problem.field, problem.code))
        .collect()
}

#[tokio::test]
async fn a_draft_is_saved_as_a_whole_and_versioned() {
    let mailbox = mailbox().await;
    let mut changes = mailbox.changes.listen();
    let draft = mailbox.new_draft("a").await.unwrap();
    assert_eq!(
        (draft.version, draft.text.resource.as_deref()),
        (1, Some("conf-letters")),
        "the only service is chosen"
    );
    let told = changes.try_recv().unwrap();
    assert!(
        told.contains(&Change::Draft {
            id: draft.id.clone()
        }),
        "the window hears of it after the commit"
    );
    let mut text = draft.text.clone();
    text.title = "Vedtak".to_owned();
    text.body = "Hei **der**".to_owned();
    text.recipients = vec!["991825827".to_owned(), "08900499559".to_owned()];
    let saved = mailbox
        .save_draft(&draft.id, 1, text.clone())
        .await
        .unwrap();
    assert_eq!(
        (saved.version, &saved.text),
        (2, &text),
        "stored as written"
    );
    assert_eq!(
        mailbox.draft(&draft.id).await.unwrap().text,
        text,
        "and read back"
    );
    let again = mailbox
        .save_draft(&draft.id, 2, text.clone())
        .await
        .unwrap();
    assert_eq!(
        again.version, 2,
        "saving the same text again is no new version"
    );
    let id = draft.id.clone();
    let row = mailbox
        .store
        .read(move |reader| reader.draft(&id))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        row.counterpart, "991 825 827, 089004 XXXXX",
        "a list never shows a person's number"
    );
    assert_eq!(
        (row.title.as_str(), row.snippet.as_str()),
        ("Vedtak", "Hei der"),
        "what a list shows"
    );
}

#[tokio::test]
async fn two_windows_do_not_overwrite_each_other() {
    let mailbox = mailbox().await;
    let draft = mailbox.new_draft("a").await.unwrap();
    let write = |title: &str| DraftText {
        title: title.to_owned(),
        ..draft.text.clone()
    };
    mailbox
        .save_draft(&draft.id, 1, write("first"))
        .await
        .unwrap();
    let error = mailbox
        .save_draft(&draft.id, 1, write("second"))
        .await
        .unwrap_err();
    assert_eq!(
        error,
        Error::DraftConflict { version: 2 },
        "the later one learns what is stored"
    );
    assert_eq!(
        error.code(),
        ErrorCode::DraftConflict,
        "with its own sentence"
    );
    assert_eq!(
        mailbox.draft(&draft.id).await.unwrap().text.title,
        "first",
        "nothing was lost"
    );
}

#[tokio::test]
async fn a_draft_thrown_away_comes_back_whole() {
    let mailbox = mailbox().await;
    let draft = mailbox.new_draft("a").await.unwrap();
    let text = DraftText {
        title: "Vedtak".to_owned(),
        ..draft.text.clone()
    };
    let saved = mailbox.save_draft(&draft.id, 1, text).await.unwrap();
    mailbox.discard_draft(&draft.id).await.unwrap();
    assert_eq!(
        mailbox.draft(&draft.id).await.unwrap_err(),
        Error::NotFound,
        "gone from sight"
    );
    let error = mailbox
        .save_draft(&draft.id, 2, saved.text.clone())
        .await
        .unwrap_err();
    assert_eq!(error, Error::NotFound, "and not written on");
    assert_eq!(
        mailbox.restore_draft(&draft.id).await.unwrap(),
        saved,
        "as it was"
    );
    assert_eq!(
        mailbox.new_draft("b").await.unwrap_err(),
        Error::NotFound,
        "unknown account"
    );
}

#[tokio::test]
async fn a_draft_that_was_sent_is_not_written_on() {
    let mailbox = mailbox().await;
    let draft = mailbox.new_draft("a").await.unwrap();
    let id = draft.id.clone();
    mailbox
        .store
        .write(move |tx| tx.set_draft_sent(&id, Some(1)))
        .await
        .unwrap();
    let error = mailbox
        .save_draft(&draft.id, 1, draft.text)
        .await
        .unwrap_err();
    assert_eq!(
        error.code(),
        ErrorCode::OutboxBusy,
        "it is the outbox's now"
    );
}

#[tokio::test]
async fn a_check_names_every_broken_rule() {
    let mailbox = mailbox().await;
    let draft = mailbox.new_draft("a").await.unwrap();
    let problems = mailbox.check_draft(&draft.id).await.unwrap();
    assert_eq!(
        codes(&problems),
        vec![
            (Field::Recipients, ErrorCode::NoRecipients),
            (Field::Title, ErrorCode::Required),
            (Field::Body, ErrorCode::Required),
        ],
        "an empty draft"
    );
    let text = DraftText {
        title: "Vedtak".to_owned(),
        body: "Hei".to_owned(),
        recipients: vec![
            "08900499559".to_owned(),
            "991825828".to_owned(),
            "089004 99559".to_owned(),
        ],
        resource: Some("someone-elses".to_owned()),
        ..draft.text
    };
    mailbox.save_draft(&draft.id, 1, text).await.unwrap();
    let problems = mailbox.check_draft(&draft.id).await.unwrap();
    assert_eq!(
        codes(&problems),
        vec![
            (Field::Resource, ErrorCode::NoService),
            (Field::Recipients, ErrorCode::RecipientInvalid),
            (Field::Recipients, ErrorCode::RecipientDuplicate),
        ],
        "a service of another, a wrong digit, the same person in two spellings"
    );
    let shown = format!("{problems:?}");
    assert!(
        !shown.contains("99559") && shown.contains("089004 XXXXX"),
        "people are masked in the text of a problem"
    );
}

#[tokio::test]
async fn a_register_that_does_not_answer_is_never_in_the_way() {
    let mailbox = mailbox().await;
    let first = mailbox
        .check_recipients("a", vec!["991825827".to_owned()])
        .await
        .unwrap();
    assert_eq!(
        first[0].state,
        RecipientState::Checking,
        "shown at once, the look-up is under way"
    );
    let state = eventually("the look-up has failed", || async {
        let recipients = mailbox
            .check_recipients("a", vec!["991825827".to_owned()])
            .await
            .unwrap();
        (recipients[0].state != RecipientState::Checking).then_some(recipients[0].state)
    })
    .await;
    assert_eq!(
        state,
        RecipientState::Unnamed,
        "valid, with the number for a name"
    );
}

/// A register on loopback that knows one organisation; answers on a thread until the test ends.
fn register() -> String {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut line = String::new();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let _ = reader.read_line(&mut line);
            // All of the request must be read, or closing resets the answer.
            let mut rest = String::new();
            while reader.read_line(&mut rest).is_ok_and(|count| count > 2) {
                rest.clear();
            }
            let (status, body) = if line.contains("/enheter/991825827") {
                (
                    "200 OK",
                    r#"{"organisasjonsnummer":"991825827","navn":"DIGDIR","postadresse":{"poststed":"OSLO"}}"#,
                )
            } else {
                ("404 Not Found", "")
            };
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
        }
    });
    base
}

#[tokio::test]
async fn a_name_comes_behind_the_callers_back_and_the_draft_is_told() {
    let mailbox = mailbox_at(&register()).await;
    let draft = mailbox.new_draft("a").await.unwrap();
    let text = DraftText {
        recipients: vec!["991825827".to_owned(), "974760673".to_owned()],
        ..draft.text.clone()
    };
    let mut changes = mailbox.changes.listen();
    let saved = mailbox.save_draft(&draft.id, 1, text).await.unwrap();
    assert_eq!(
        saved.recipients[0].state,
        RecipientState::Checking,
        "nothing waits for the network"
    );
    let draft = eventually("both are looked up", || async {
        let draft = mailbox.draft(&draft.id).await.unwrap();
        draft
            .recipients
            .iter()
            .all(|one| one.state != RecipientState::Checking)
            .then_some(draft)
    })
    .await;
    assert_eq!(
        draft.recipients[0].state,
        RecipientState::Found,
        "the register has it"
    );
    assert_eq!(draft.recipients[0].party.name, "DIGDIR", "by its name");
    assert_eq!(
        draft.recipients[0].place.as_deref(),
        Some("OSLO"),
        "and place"
    );
    assert_eq!(
        draft.recipients[1].state,
        RecipientState::NotFound,
        "the register does not have the other"
    );
    let mut told = 0;
    let both = async {
        // What is told is told after the commit that was seen above.
        while told < 2 {
            let change = changes.recv().await.unwrap();
            told += usize::from(change.contains(&Change::Draft {
                id: draft.id.clone(),
            }));
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), both)
        .await
        .expect("the save and the answers are told");
    let codes = codes(&mailbox.check_draft(&draft.id).await.unwrap());
    assert!(
        codes.contains(&(Field::Recipients, ErrorCode::RecipientUnknown)),
        "an unknown one is named, got {codes:?}"
    );
}
