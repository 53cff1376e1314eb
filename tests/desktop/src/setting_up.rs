//! What a person does to set an account up, from an empty profile to a letter, one function an act.

use crate::Result;
use crate::journey::{ROW, choose, go_to, unfold};
use crate::window::{LIMIT, Window};
use crate::world::{Client, World};
use serde::Deserialize;
use serde_json::Value;
use std::time::{Duration, Instant};
use thirtyfour::Key;

/// The service that the account sends on and receives from, as the registry calls it; the own one stands first.
pub const TITLE: &str = "Vedtak og svar";
/// Title of the test letter.
pub const TEST_LETTER: &str = "Prøvemelding fra Brevdue";
/// How long after it was sent a letter is published, more or less.
const PUBLISHED: Duration = Duration::from_secs(2);

/// States of the steps that are shown, those that are folded left out.
const STATES: &str = r"
return [...document.querySelectorAll('.setup-steps > ol .setup-step')].map((step) => ({
  name: step.querySelector('.setup-step-name').innerText,
  state: step.querySelector('.setup-state').dataset.state ?? 'running',
}))";

/// A step at the left.
#[derive(Debug, Deserialize)]
struct Shown {
    name: String,
    state: String,
}

/// From the practice mailbox to the form of an account.
///
/// # Errors
/// When the window does not offer it.
pub async fn begin(window: &Window) -> Result<()> {
    window.find(ROW, "").await?;
    window.click("a", "Koble til virksomheten min").await?;
    window.sees("Hvordan vil du begynne?").await
}

/// Fills the form, all but the key.
///
/// # Errors
/// When a field is missing.
pub async fn fill(window: &Window, client: &Client) -> Result<()> {
    window.click("main button", "Begynn").await?;
    window
        .click("input[type=checkbox]", "Sende meldinger")
        .await?;
    window
        .click("input[type=radio]", "Egne adresser, for eksperter")
        .await?;
    window.write("#setup-field-base", "", &client.base).await?;
    window
        .write("#setup-field-name", "", &client.party.name)
        .await?;
    window
        .write("#setup-field-organisationNumber", "", &client.party.number)
        .await?;
    window
        .write("#setup-field-clientId", "", &client.client_id)
        .await
}

/// Has a key made, and registers its public half where the window says it belongs.
///
/// # Errors
/// When the window shows no public key, or the world does not take it.
pub async fn make_key(window: &Window, world: &World, client: &Client) -> Result<()> {
    window.click("button", "Lag nøkkelen").await?;
    window.find(".setup-jwk", "").await?;
    let shown: String = window
        .run(
            "return document.querySelector('.setup-jwk').innerText",
            vec![],
        )
        .await?;
    let jwk: Value = serde_json::from_str(&shown)?;
    if jwk.get("d").is_some() {
        return Err("the window shows the private half of the key".into());
    }
    world.register_key(&client.client_id, &jwk).await
}

/// Keeps the account; it opens at the choice of services.
///
/// # Errors
/// When it is refused.
pub async fn keep(window: &Window, client: &Client) -> Result<()> {
    window.click_exact("main button", "Koble til").await?;
    window.find("main h2", "Ressurs og tilgangsregler").await?;
    window
        .find(".account-button", &client.party.name)
        .await
        .map(drop)
}

/// Chooses a service of the own to send on and to receive from.
///
/// # Errors
/// When the registry does not come, or the choice is not kept.
pub async fn choose_service(window: &Window) -> Result<()> {
    window.click("button", "Hent tjenestene").await?;
    for wish in ["Send på", "Motta på"] {
        window
            .click("input[type=checkbox]", &format!("{wish} {TITLE}"))
            .await?;
    }
    window
        .click_exact("button", "Lagre valget av tjenester")
        .await?;
    // The account is opened anew with it: the first step applies to those who send.
    window.find(".setup-steps a", "1. Tjenesteeier").await?;
    window
        .find("main h4", "fjordvik-vedtak-og-svar")
        .await
        .map(drop)
}

/// Has the doctor look at everything.
///
/// # Errors
/// When it does not end.
pub async fn check(window: &Window) -> Result<()> {
    window.click(".setup-head button", "Sjekk").await?;
    window.sees("Sist sjekket ").await
}

/// Ticks off what only a person can know, in all steps.
///
/// # Errors
/// When a tick is not taken.
pub async fn tick(window: &Window) -> Result<()> {
    while window.count(".setup-steps [data-state=human]").await? > 0 {
        window
            .click(".setup-steps a:has([data-state=human])", "")
            .await?;
        window.find("main [data-state=human]", "").await?;
        loop {
            let left = window.count("main li[data-state=human]").await?;
            if left == 0 {
                break;
            }
            window
                .click_exact("main li[data-state=human] button", "Marker som gjort")
                .await?;
            let name = window.find("main form input", "Ditt navn").await?;
            if name.prop("value").await?.unwrap_or_default().is_empty() {
                window
                    .write("main form input", "Ditt navn", "Kari Nordmann")
                    .await?;
            }
            window.press(Key::Enter).await?;
            window
                .wait("the tick", || async {
                    let now = window.count("main li[data-state=human]").await?;
                    Ok((now < left).then_some(()))
                })
                .await?;
        }
    }
    Ok(())
}

/// Sends the test letter to the own organisation.
///
/// # Errors
/// When it is refused.
pub async fn send_test_letter(window: &Window) -> Result<()> {
    window.click(".setup-steps a", "Prøvemelding").await?;
    window.click("button", "Send prøvemelding").await?;
    window.sees("Prøvemeldingen er sendt ").await
}

/// Every step that applies is in order.
///
/// # Errors
/// Names those that are not.
pub async fn all_green(window: &Window) -> Result<()> {
    let steps: Vec<Shown> = window.run(STATES, vec![]).await?;
    let open: Vec<String> = steps
        .iter()
        .filter(|step| step.state != "ok" && step.state != "info")
        .map(|step| format!("{} is {}", step.name, step.state))
        .collect();
    if steps.len() < 7 {
        return Err(format!("only {} steps apply", steps.len()).into());
    }
    if open.is_empty() {
        Ok(())
    } else {
        Err(open.join(", ").into())
    }
}

/// Finds the test letter in the own inbox, and opens it.
///
/// # Errors
/// When it does not come.
pub async fn find_test_letter(window: &Window) -> Result<()> {
    window.click("button", "Til innboksen").await?;
    go_to(window, "Innboks").await?;
    ask_for_test_letter(window).await?;
    choose(window, TEST_LETTER).await?;
    unfold(window).await?;
    window
        .sees("Denne meldingen viser at virksomheten kan sende.")
        .await
}

/// Asks for new letters until the test letter is there: Altinn publishes it a moment after it was sent, which may be
/// after a quick person has asked for the first time.
async fn ask_for_test_letter(window: &Window) -> Result<()> {
    let deadline = Instant::now() + LIMIT;
    while Instant::now() < deadline {
        window.press(Key::F5).await?;
        tokio::time::sleep(PUBLISHED).await;
        if window.text().await?.contains(TEST_LETTER) {
            break;
        }
    }
    Ok(())
}
