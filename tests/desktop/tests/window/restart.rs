use desktop_tests::Result;
use desktop_tests::journey::{Letter, ROW, a_file, act_for, go_to, open, send, write};
use desktop_tests::session::Session;
use desktop_tests::window::until;
use desktop_tests::world::World;
use serde_json::json;

const SUBMIT: &str = "/correspondence/api/v1/correspondence";

#[tokio::test]
async fn killed_while_the_answer_is_on_its_way_the_letter_is_sent_once() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let (_, recipient) = world.parties()?;
    let window = open(&session, &world).await?;
    // Handled in full; the answer is held back for longer than the test lasts, and never comes.
    world.fails(&json!({
        "match": { "method": "POST", "path": SUBMIT },
        "fault": { "drop_response": true, "delay_ms": 120_000 },
        "times": 1,
    }))?;
    let title = "Kvittering som bare skal komme én gang";
    let file = a_file(&session, "kvittering.pdf", 4)?;
    write(
        &window,
        &Letter {
            to: &[&recipient.number],
            title,
            body: "Se vedlegget.",
            files: &[&file],
        },
    )
    .await?;
    send(&window).await?;
    until("the submit to be on its way", || async {
        Ok(world
            .requests("POST", SUBMIT)?
            .iter()
            .any(|request| request.bytes_in > 0)
            .then_some(()))
    })
    .await?;
    window.kill().await?;

    let window = open(&session, &world).await?;
    go_to(&window, "Sendt").await?;
    window.find(ROW, title).await?;
    act_for(&window, &recipient.name).await?;
    go_to(&window, "Innboks").await?;
    window.find(ROW, title).await?;
    let copies: usize = window
        .run(
            "return [...document.querySelectorAll(arguments[0])].filter((row) => row.textContent.includes(arguments[1])).length",
            vec![json!(ROW), json!(title)],
        )
        .await?;
    assert_eq!(copies, 1, "the letter is there exactly once");
    let taken = world
        .requests("POST", SUBMIT)?
        .iter()
        .filter(|request| request.status == 200)
        .count();
    assert!(
        taken <= 1,
        "Altinn took it at most once with an answer, the other time without"
    );
    window.close().await
}

#[tokio::test]
async fn what_was_written_survives_a_kill() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let window = open(&session, &world).await?;
    let title = "Et utkast som ikke er ferdig";
    write(
        &window,
        &Letter {
            to: &[],
            title,
            body: "Halvveis",
            files: &[],
        },
    )
    .await?;
    window.sees("Utkast lagret").await?;
    window.kill().await?;
    let window = open(&session, &world).await?;
    go_to(&window, "Utkast").await?;
    window.find(ROW, title).await?;
    window.close().await
}
