use desktop_tests::Result;
use desktop_tests::journey::ROW;
use desktop_tests::session::{Keychain, Session};
use desktop_tests::window::{Start, Window};

#[tokio::test]
async fn a_fresh_machine_shows_a_filled_practice_mailbox() -> Result<()> {
    let session = Session::start().await?;
    let window = Window::open(&session, &Start::default()).await?;
    window.sees("Øvingspostkasse").await?;
    window.find(ROW, "").await?;
    assert!(
        window.count("[role=option]").await? > 5,
        "the inbox has letters in it"
    );
    window.close().await
}

#[tokio::test]
async fn without_a_keychain_practising_still_works_and_says_what_it_costs() -> Result<()> {
    let session = Session::start_with(Keychain::Missing).await?;
    let window = Window::open(&session, &Start::default()).await?;
    window.find(ROW, "").await?;
    window
        .sees("Nøkkelen gjelder bare til du lukker Brevdue.")
        .await?;
    window.close().await
}

#[tokio::test]
async fn a_second_window_on_the_same_profile_says_so() -> Result<()> {
    let session = Session::start().await?;
    let first = Window::open(&session, &Start::default()).await?;
    first.find(ROW, "").await?;
    let second = Window::open(&session, &Start::default()).await?;
    second.sees("Postkassen er åpen i et annet vindu.").await?;
    second.close().await?;
    first.close().await
}
