//! The words of a file that came with a letter: nobody finds it by them before it is fetched, and then everybody does.
//!
//! Without the test harness: this program is its own reader of files, as the window is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod support;

use mailbox::view::{Filters, ListQuery, Place, Sort};
use std::process::ExitCode;
use support::{BERGET, DECISIONS, FJORDVIK, House, Letter, Town};

fn main() -> ExitCode {
    if let Some(ended) = file_text::answer() {
        return ended;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(a_letter_is_found_by_the_words_of_its_files());
    ExitCode::SUCCESS
}

/// How many letters a search finds, and how many files it cannot look into.
async fn found(house: &House, search: &str) -> (u32, u32) {
    let query = ListQuery {
        account: house.account.clone(),
        place: Place::Everywhere,
        search: search.to_owned(),
        filters: Filters {
            unread: false,
            needs_confirmation: false,
            attachments: false,
            due: false,
        },
        sort: Sort::Newest,
    };
    let shape = house.mailbox.list_shape(query).await.unwrap();
    (shape.total, shape.unindexed_files)
}

async fn a_letter_is_found_by_the_words_of_its_files() {
    let town = Town::new().await;
    let (fjordvik, berget) = (town.mailbox(FJORDVIK).await, town.mailbox(BERGET).await);
    let files = [
        ("Vedlegg.docx", altinn_sandbox::sample("Vedlegg.docx")),
        ("Skadet.pdf", b"%PDF-1.7 og ikke mer".to_vec()),
        ("Bilde.png", altinn_sandbox::sample("Bilde.png")),
    ];
    fjordvik
        .send(&town, Letter::new("Svar").files(&files))
        .await;
    fjordvik.mailbox.start();
    fjordvik
        .wait_for("the letter is sent", || async {
            let sent = fjordvik.spine(DECISIONS, mailbox_store::Role::Sent).await;
            sent.iter().any(|letter| letter.published_at.is_some())
        })
        .await;
    berget.sync().await;
    assert_eq!(
        found(&berget, "velkommen").await,
        (0, 0),
        "what was not fetched is not looked into, and not told of"
    );

    let letter = berget.spine(DECISIONS, mailbox_store::Role::Received).await;
    let letter = berget
        .received(letter[0].correspondence.parse().unwrap())
        .await;
    let folder = town.folder("saved");
    berget
        .mailbox
        .save_all_attachments(letter.id, &folder)
        .await
        .unwrap();
    assert_eq!(
        found(&berget, "velkommen").await,
        (0, 3),
        "files that nobody has looked into are told of"
    );
    let reader = std::env::current_exe().unwrap();
    berget.mailbox.read_files(&reader).await.unwrap();
    assert_eq!(
        found(&berget, "velkommen").await,
        (1, 1),
        "by a word of its text; one file is broken, and a picture holds no words"
    );
    assert_eq!(
        found(&berget, "fil:velkommen").await.0,
        1,
        "and where files are asked about"
    );
    assert_eq!(
        found(&berget, "\"ønsker velkommen\"").await.0,
        1,
        "in the order in which they stand"
    );
    fjordvik.mailbox.close().await;
    berget.mailbox.close().await;
}
