//! What a person does, one function an act. Names are those of the bokmål texts, as somebody reads them.

use crate::Result;
use crate::session::Session;
use crate::window::{Start, Window};
use crate::world::World;
use std::path::{Path, PathBuf};

/// Rows of the list; the suggestions of the search field are options too, but have no title.
pub const ROW: &str = "[role=option] .row-title";

/// The service that letters are sent on: the recipient of the practice world reads it.
pub const SERVICE: &str = "fjordvik-vedtak-og-svar";

/// A letter to write.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// Numbers, one recipient each.
    pub to: &'a [&'a str],
    /// Title.
    pub title: &'a str,
    /// Markdown.
    pub body: &'a str,
    /// Files to drop.
    pub files: &'a [&'a Path],
}

/// Opens the window on a world of this process, and waits for its inbox.
///
/// # Errors
/// When the inbox does not show.
pub async fn open(session: &Session, world: &World) -> Result<Window> {
    let account = world.account_file()?;
    let window = Window::open(
        session,
        &Start {
            account: Some(account),
            ..Start::default()
        },
    )
    .await?;
    window.find(ROW, "").await?;
    Ok(window)
}

/// Goes to a folder.
///
/// # Errors
/// When there is no such folder.
pub async fn go_to(window: &Window, folder: &str) -> Result<()> {
    window.click("nav a", folder).await
}

/// Chooses a letter of the list; nobody gets to know of it.
///
/// # Errors
/// When it is not in the list.
pub async fn choose(window: &Window, title: &str) -> Result<()> {
    window.click(ROW, title).await?;
    window.find("#message-title, .message-gate", "").await?;
    Ok(())
}

/// Title of the first letter of the list that shows one; sealed letters do not.
///
/// # Errors
/// When the list stays empty.
pub async fn some_letter(window: &Window) -> Result<String> {
    window
        .wait("a letter with a title", || async {
            let titles: Vec<String> = window
                .run(
                    "return [...document.querySelectorAll(arguments[0])].map((title) => title.innerText.trim())",
                    vec![ROW.into()],
                )
                .await?;
            Ok(titles.into_iter().find(|title| !title.is_empty()))
        })
        .await
}

/// Opens the chosen letter, if nobody has opened it before.
///
/// # Errors
/// When its body does not show.
pub async fn unfold(window: &Window) -> Result<()> {
    if window.count(".message-gate").await? > 0 {
        window.click_exact(".message-gate button", "Åpne").await?;
    }
    window
        .find("article .document, article .message-missing", "")
        .await?;
    Ok(())
}

/// Acts for another party.
///
/// # Errors
/// When the window has no such account.
pub async fn act_for(window: &Window, name: &str) -> Result<()> {
    window.click(".account-button", "").await?;
    window.click(".account-choice", name).await?;
    window.find(".account-button", name).await?;
    Ok(())
}

/// Writes a letter up to the look before it goes.
///
/// # Errors
/// When a field is missing, a file is not taken, or a rule is broken.
pub async fn write(window: &Window, letter: &Letter<'_>) -> Result<()> {
    window.click("button", "Ny melding").await?;
    window.find("#compose-title", "").await?;
    window
        .pick(&format!("#compose-service option[value='{SERVICE}']"))
        .await?;
    for number in letter.to {
        window.write("#compose-recipients", "", number).await?;
        window.press(thirtyfour::Key::Enter).await?;
    }
    window.write("#compose-title", "", letter.title).await?;
    window.write("#compose-body", "", letter.body).await?;
    if !letter.files.is_empty() {
        window.drop_files(".files-zone", letter.files).await?;
        for file in letter.files {
            let name = file
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            window.find(".files-rows li", &name).await?;
        }
        let ready = letter.files.len();
        window
            .wait("all files to be ready", || async {
                let text: String = window
                    .run(
                        "return document.querySelector('.files-rows')?.innerText ?? ''",
                        vec![],
                    )
                    .await?;
                Ok((text.matches("Klar").count() >= ready).then_some(()))
            })
            .await?;
    }
    Ok(())
}

/// Looks over what was written and sends it.
///
/// # Errors
/// When a rule is broken.
pub async fn send(window: &Window) -> Result<()> {
    window.click("#compose-send", "Se over").await?;
    window.sees("Se over meldingen").await?;
    window.click("#compose-send", "Send melding").await?;
    window.sees("i utboksen").await
}

/// A file of the session with known bytes; every index gives other bytes and another size.
///
/// # Errors
/// When it cannot be written.
pub fn a_file(session: &Session, name: &str, index: usize) -> Result<PathBuf> {
    let folder = session.folder().join("mine");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    let bytes: Vec<u8> = (0..20_000 + index * 7919)
        .map(|place| {
            u8::try_from((place * 31 + index * 17 + place / 251) % 251).unwrap_or_default()
        })
        .collect();
    std::fs::write(&path, bytes)?;
    Ok(path)
}
