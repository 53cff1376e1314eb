use desktop_tests::Result;
use desktop_tests::axe::violations;
use desktop_tests::journey::{Letter, a_file, choose, open, some_letter, unfold, write};
use desktop_tests::session::Session;
use desktop_tests::window::Window;
use desktop_tests::world::World;

#[tokio::test]
async fn inbox_letter_and_compose_have_no_barriers_in_light_and_dark() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let (_, recipient) = world.parties()?;
    let window = open(&session, &world).await?;
    for scheme in ["light", "dark"] {
        be_in(&window, scheme).await?;
        none(&window, &format!("inbox, {scheme}")).await?;
    }
    let title = some_letter(&window).await?;
    choose(&window, &title).await?;
    unfold(&window).await?;
    for scheme in ["light", "dark"] {
        be_in(&window, scheme).await?;
        none(&window, &format!("letter, {scheme}")).await?;
    }
    let file = a_file(&session, "notat.pdf", 5)?;
    write(
        &window,
        &Letter {
            to: &[&recipient.number],
            title: "Uten hindringer",
            body: "Hei",
            files: &[&file],
        },
    )
    .await?;
    let now = scheme(&window).await?;
    none(&window, &format!("compose, {now}")).await?;
    window.press(thirtyfour::Key::Escape).await?;
    window.sees_no_more("Mottakere").await?;
    be_in(&window, if now == "dark" { "light" } else { "dark" }).await?;
    window.click("button", "Uten hindringer").await?;
    window.find("#compose-title", "").await?;
    let now = scheme(&window).await?;
    none(&window, &format!("compose, {now}")).await?;
    window.close().await
}

/// What the window is in now: it offers the other.
async fn scheme(window: &Window) -> Result<&'static str> {
    let offers_light: bool = window
        .run(
            "return [...document.querySelectorAll('button')].some((button) => \
             (button.getAttribute('aria-label') ?? button.textContent).includes('Bytt til lyst'))",
            vec![],
        )
        .await?;
    Ok(if offers_light { "dark" } else { "light" })
}

/// Switches by the window's own button.
async fn be_in(window: &Window, wanted: &str) -> Result<()> {
    if scheme(window).await? != wanted {
        let (button, other) = if wanted == "dark" {
            ("Bytt til mørkt", "Bytt til lyst")
        } else {
            ("Bytt til lyst", "Bytt til mørkt")
        };
        window.click("button", button).await?;
        window.find("button", other).await?;
    }
    Ok(())
}

async fn none(window: &Window, place: &str) -> Result<()> {
    let found = violations(window).await?;
    assert!(found.is_empty(), "{place}: {found:#?}");
    Ok(())
}
