use desktop_tests::Result;
use desktop_tests::journey::{choose, go_to, open, some_letter, unfold};
use desktop_tests::session::Session;
use desktop_tests::world::World;

#[tokio::test]
async fn a_letter_is_opened_by_a_person_and_its_sender_is_told() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let window = open(&session, &world).await?;
    go_to(&window, "Uleste").await?;
    let title = some_letter(&window).await?;
    choose(&window, &title).await?;
    window
        .sees("Når du åpner, ser avsenderen at meldingen er lest.")
        .await?;
    assert_eq!(
        world.requests("POST", "/markasread")?.len(),
        0,
        "choosing a letter does not tell its sender"
    );
    unfold(&window).await?;
    world.has_heard("POST", "/markasread", 1).await?;
    window.close().await
}

#[tokio::test]
async fn a_letter_that_asks_for_it_is_confirmed_once_after_a_question() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let window = open(&session, &world).await?;
    go_to(&window, "Må bekreftes").await?;
    let title = some_letter(&window).await?;
    choose(&window, &title).await?;
    unfold(&window).await?;
    window.click("article button", "Bekreft meldingen").await?;
    window.sees("Dette kan ikke angres.").await?;
    assert_eq!(
        world.requests("POST", "/confirm")?.len(),
        0,
        "the question alone confirms nothing"
    );
    window.click_exact("dialog button", "Bekreft").await?;
    world.has_heard("POST", "/confirm", 1).await?;
    window.sees("Bekreftet ").await?;
    assert_eq!(
        world.requests("POST", "/confirm")?.len(),
        1,
        "one answer, one confirmation"
    );
    window.close().await
}
