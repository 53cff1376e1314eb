use desktop_tests::Result;
use desktop_tests::journey::{ROW, act_for, go_to, open, some_letter};
use desktop_tests::session::Session;
use desktop_tests::world::World;
use thirtyfour::Key;

#[tokio::test]
async fn reading_searching_writing_and_sending_need_no_mouse() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let (_, recipient) = world.parties()?;
    let window = open(&session, &world).await?;

    // The second folder is the unread letters; F6 leads from pane to pane until the list has the focus.
    window.press(Key::Control + "2").await?;
    window.find("[aria-current=page]", "Uleste").await?;
    let title = some_letter(&window).await?;
    reach(&window, "[role=option]", Key::F6).await?;
    window.press(Key::Home).await?;
    window.find("#message-title", &title).await?;
    window.press(Key::Enter).await?;
    window.find("article .document", "").await?;
    world.has_heard("POST", "/markasread", 1).await?;

    // A word of the title finds the letter.
    let word = title
        .split(' ')
        .max_by_key(|word| word.len())
        .unwrap()
        .trim_matches(|c: char| !c.is_alphanumeric());
    window.press(Key::Control + "k").await?;
    reach(&window, ".search-input", Key::Tab).await?;
    window.press(word).await?;
    window.press(Key::Enter).await?;
    window.find("[role=option] mark", "").await?;
    window.press(Key::Escape).await?;

    // A letter, from the first field to the last key.
    let ours = "Skrevet uten mus";
    window.press(Key::Control + "n").await?;
    window.find("#compose-title", "").await?;
    reach(&window, "#compose-service", Key::Tab).await?;
    window.press("Vedtak").await?;
    reach(&window, "#compose-recipients", Key::Tab).await?;
    window.press(recipient.number.as_str()).await?;
    window.press(Key::Enter).await?;
    reach(&window, "#compose-title", Key::Tab).await?;
    window.press(ours).await?;
    reach(&window, "#compose-body", Key::Tab).await?;
    window.press("Hele veien fra tastaturet.").await?;
    window.press(Key::Control + Key::Enter).await?;
    window.sees("Se over meldingen").await?;
    window.press(Key::Control + Key::Enter).await?;
    window.sees("i utboksen").await?;

    go_to(&window, "Sendt").await?;
    window.find(ROW, ours).await?;
    act_for(&window, &recipient.name).await?;
    go_to(&window, "Innboks").await?;
    window.find(ROW, ours).await?;
    window.close().await
}

/// Presses a key until the focus is on an element; a person would do the same.
async fn reach(window: &desktop_tests::window::Window, selector: &str, key: Key) -> Result<()> {
    for _ in 0..40 {
        let is_there: bool = window
            .run(
                "return document.activeElement?.matches(arguments[0]) ?? false",
                vec![selector.into()],
            )
            .await?;
        if is_there {
            return Ok(());
        }
        window.press(key.clone()).await?;
    }
    Err(format!("the focus never reached {selector}").into())
}
