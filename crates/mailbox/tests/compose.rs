//! Writing a letter: what is judged here agrees with what Altinn judges, and what is attached arrives.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod support;

use altinn_client::{InitializeCorrespondences, NewContent, NewCorrespondence};
use mailbox::view::{DraftFileState, DraftText, ErrorCode, Field, RecipientState, SendOutcome};
use mailbox::{Mailbox, plain_text};
use std::future::Future;
use std::time::Instant;
use support::{BERGET, DEADLINE, DECISIONS, FJORDVIK, House, SEALED, Town};

async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < DEADLINE, "waited too long until {what}");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

async fn write(house: &House, text: impl FnOnce(&mut DraftText)) -> mailbox::view::Draft {
    let draft = house.mailbox.new_draft(&house.account).await.unwrap();
    let mut written = draft.text.clone();
    written.resource = Some(DECISIONS.to_owned());
    written.recipients = vec![BERGET.to_owned()];
    written.title = "Svar på søknad".to_owned();
    written.body = "Søknaden er **innvilget**.".to_owned();
    text(&mut written);
    house
        .mailbox
        .save_draft(draft.id, draft.version, written)
        .await
        .unwrap()
}

async fn read(mailbox: &Mailbox, draft: &str) -> mailbox::view::Draft {
    eventually("the files are read", || async {
        let draft = mailbox.draft(draft).await.unwrap();
        let is_reading =
            |file: &mailbox::view::DraftFile| matches!(file.state, DraftFileState::Reading { .. });
        (!draft.files.iter().any(is_reading)).then_some(draft)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_on_a_draft_arrives_byte_for_byte() {
    let town = Town::new().await;
    let (fjordvik, berget) = (town.mailbox(FJORDVIK).await, town.mailbox(BERGET).await);
    let desk = town.folder("desk");
    let contents: [(&str, Vec<u8>); 2] = [
        (
            "vedtak blåbær.pdf",
            (0..900_000u32).map(|n| (n * 31 % 251) as u8).collect(),
        ),
        ("regnskap.csv", b"a;b\n1;2\n".to_vec()),
    ];
    let paths: Vec<_> = contents
        .iter()
        .map(|(name, bytes)| {
            let path = desk.join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        })
        .collect();
    let draft = write(&fjordvik, |_| {}).await;
    fjordvik
        .mailbox
        .add_files(&draft.id, paths.clone())
        .await
        .unwrap();
    let draft = read(&fjordvik.mailbox, &draft.id).await;
    // The originals are no longer needed.
    for path in &paths {
        std::fs::remove_file(path).unwrap();
    }
    let outcome = fjordvik
        .mailbox
        .send_draft(draft.id.clone(), draft.version)
        .await
        .unwrap();
    assert!(
        matches!(outcome, SendOutcome::Queued { .. }),
        "nothing is broken: {outcome:?}"
    );
    fjordvik.mailbox.drain_outbox().await.unwrap();
    town.pass();
    berget.mailbox.sync_once(&berget.account).await.unwrap();
    let rows = berget
        .mailbox
        .list_rows(
            mailbox::view::ListQuery {
                account: berget.account.clone(),
                place: mailbox::view::Place::Folder {
                    folder: mailbox::view::Folder::Inbox,
                },
                search: String::new(),
                filters: mailbox::view::Filters {
                    unread: false,
                    needs_confirmation: false,
                    attachments: false,
                    due: false,
                },
                sort: mailbox::view::Sort::Newest,
            },
            0,
            10,
        )
        .await
        .unwrap();
    assert_eq!(rows.len(), 1, "one letter, once");
    let message = berget.mailbox.message(&rows[0].id).await.unwrap();
    assert_eq!(message.attachments.len(), 2, "both files");
    let inbox = town.folder("inbox");
    for (attachment, (name, bytes)) in message.attachments.iter().zip(&contents) {
        let target = inbox.join(name);
        berget
            .mailbox
            .save_attachment(&message.id, &attachment.id, &target)
            .await
            .unwrap();
        assert_eq!(&attachment.name, name, "under its name");
        assert!(
            std::fs::read(target).unwrap() == *bytes,
            "{name} arrives as it was dropped"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn recipients_are_named_by_the_register_in_the_background() {
    let town = Town::new().await;
    let house = town.mailbox(FJORDVIK).await;
    let texts = vec![
        BERGET.to_owned(),
        format!("0192:{BERGET}"),
        "991825828".to_owned(),
    ];
    let recipients = eventually("the name has come", || async {
        let found = house
            .mailbox
            .check_recipients(&house.account, texts.clone())
            .await
            .unwrap();
        (found[0].state != RecipientState::Checking).then_some(found)
    })
    .await;
    assert_eq!(recipients[0].state, RecipientState::Found, "known");
    assert!(
        recipients[0].party.name.to_uppercase().contains("BERGET"),
        "by name: {}",
        recipients[0].party.name
    );
    assert_eq!(
        recipients[1].state,
        RecipientState::Duplicate,
        "the same party in another spelling"
    );
    assert_eq!(
        recipients[2].state,
        RecipientState::BadChecksum,
        "a slip of the pen"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_service_demands_is_known_after_a_sync() {
    let town = Town::new().await;
    let house = town.mailbox(FJORDVIK).await;
    house.mailbox.sync_once(&house.account).await.unwrap();
    let services = house.mailbox.services(&house.account).await.unwrap();
    let of = |id: &str| {
        services
            .iter()
            .find(|service| service.resource == id)
            .unwrap()
    };
    assert!(
        of(SEALED).is_confidential && !of(DECISIONS).is_confidential,
        "as the policies say"
    );
    assert_ne!(
        of(DECISIONS).title.nb,
        DECISIONS,
        "by its title, not its id"
    );
    let code = |resource: &'static str, is_confidential| {
        let house = &house;
        async move {
            let draft = write(house, |text| {
                text.resource = Some(resource.to_owned());
                text.is_confidential = is_confidential;
            })
            .await;
            let problems = house.mailbox.check_draft(draft.id).await.unwrap();
            problems
                .iter()
                .find(|problem| problem.field == Field::Confidential)
                .map(|problem| problem.code)
        }
    };
    assert_eq!(
        code(SEALED, false).await,
        Some(ErrorCode::ConfidentialRequired),
        "1060"
    );
    assert_eq!(
        code(DECISIONS, true).await,
        Some(ErrorCode::ConfidentialNotAllowed),
        "1061"
    );
    assert_eq!(code(SEALED, true).await, None, "as demanded");
    assert_eq!(code(DECISIONS, false).await, None, "as allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_are_judged_here_as_altinn_judges_them() {
    let town = Town::new().await;
    let client = town.client(FJORDVIK);
    for title in [
        "Vedtak",
        "# Vedtak",
        "#tag",
        "Sak #404",
        "1. Svar",
        "- Svar",
        "*viktig*",
        "`kode`",
        "a < b",
        "a <b",
        "<b>a</b>",
        "R&D",
        "a &amp; b",
        "a &copy b",
        "[a](b)",
        "[Utkast] Svar",
        "> sitat",
        "H~2~O",
        "x^2^",
        "5 ^ 2",
        "++a++",
        "C++ og C++",
        "==a==",
        "$a$",
        "5 $ og 6 $",
        "{.a}",
        "{{recipientName}}",
        "-----",
        "https://a.no/?b=c&d=e",
        "<https://a.no>",
        "~~~ a",
        "::: a",
        "[x]: https://a.no",
        "\"\"a\"\"",
        "::a::",
    ] {
        let letters = InitializeCorrespondences {
            correspondence: NewCorrespondence {
                resource_id: DECISIONS.to_owned(),
                senders_reference: "ref".to_owned(),
                content: NewContent {
                    language: "nb".to_owned(),
                    message_title: title.to_owned(),
                    message_summary: None,
                    message_body: "Hei".to_owned(),
                },
                ..NewCorrespondence::default()
            },
            recipients: vec![format!("urn:altinn:organization:identifier-no:{BERGET}")],
            existing_attachments: Vec::new(),
            idempotent_key: None,
        };
        let code = client
            .initialize(&letters)
            .await
            .err()
            .map(|error| error.code());
        let is_refused = match code {
            None => false,
            Some(code) => {
                assert_eq!(code, Some(1002), "only the title is in question: {title:?}");
                true
            }
        };
        assert_eq!(
            plain_text::has_markup(title),
            is_refused,
            "two readings of the reference differ on {title:?}"
        );
    }
}
