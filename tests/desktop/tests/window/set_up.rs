use desktop_tests::Result;
use desktop_tests::axe::violations;
use desktop_tests::journey::ROW;
use desktop_tests::session::Session;
use desktop_tests::setting_up::{
    all_green, begin, check, choose_service, fill, find_test_letter, keep, make_key,
    send_test_letter, tick,
};
use desktop_tests::window::{Start, Window};
use desktop_tests::world::World;

#[tokio::test]
async fn from_an_empty_profile_to_a_letter_with_a_key_made_in_the_window() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let client = world.client()?;
    let window = Window::open(&session, &Start::default()).await?;
    begin(&window).await?;
    fill(&window, &client).await?;
    make_key(&window, &world, &client).await?;
    let found = violations(&window).await?;
    assert!(found.is_empty(), "the form has no barriers: {found:?}");
    keep(&window, &client).await?;
    choose_service(&window).await?;
    check(&window).await?;
    send_test_letter(&window).await?;
    tick(&window).await?;
    all_green(&window).await?;
    let found = violations(&window).await?;
    assert!(found.is_empty(), "the doctor has no barriers: {found:?}");
    find_test_letter(&window).await?;
    window.close().await?;

    // The account and its key are there the next time, and nobody is asked anything.
    let window = Window::open(&session, &Start::default()).await?;
    window.find(".account-button", &client.party.name).await?;
    window.find(ROW, "").await?;
    window.sees("Oppdatert").await?;
    window.close().await
}
