use desktop_tests::Result;
use desktop_tests::journey::{
    Letter, ROW, a_file, act_for, choose, go_to, open, send, some_letter, unfold, write,
};
use desktop_tests::session::Session;
use desktop_tests::world::World;

#[tokio::test]
async fn without_a_network_all_is_there_and_a_letter_waits_until_it_returns() -> Result<()> {
    let session = Session::start().await?;
    let mut world = World::start(session.folder()).await?;
    let (_, recipient) = world.parties()?;
    let window = open(&session, &world).await?;
    window.sees("Oppdatert").await?;
    let read = some_letter(&window).await?;
    choose(&window, &read).await?;
    unfold(&window).await?;
    let body = window.find("article .document", "").await?.text().await?;

    world.go_away().await;
    go_to(&window, "Uleste").await?;
    go_to(&window, "Innboks").await?;
    choose(&window, &read).await?;
    unfold(&window).await?;
    assert_eq!(
        window.find("article .document", "").await?.text().await?,
        body,
        "what was read can be read again"
    );

    let title = "Svar på søknad om skjenkebevilling";
    let file = a_file(&session, "svar.pdf", 3)?;
    write(
        &window,
        &Letter {
            to: &[&recipient.number],
            title,
            body: "Søknaden er innvilget.",
            files: &[&file],
        },
    )
    .await?;
    send(&window).await?;
    window.sees("Uten nett siden").await?;
    go_to(&window, "Utboks").await?;
    window.find(ROW, title).await?;

    world.come_back().await?;
    // The program would try again by itself in a while; a person who sees the network come back asks at once.
    window.press(thirtyfour::Key::F5).await?;
    go_to(&window, "Sendt").await?;
    window.find(ROW, title).await?;
    act_for(&window, &recipient.name).await?;
    go_to(&window, "Innboks").await?;
    window.find(ROW, title).await?;
    window.close().await
}
