use desktop_tests::Result;
use desktop_tests::journey::{Letter, a_file, choose, open, send, some_letter, unfold, write};
use desktop_tests::session::Session;
use desktop_tests::world::World;
use serde_json::Value;

/// A person of the practice world, invented; a letter goes to them so that the number passes through everything.
fn a_person() -> Result<String> {
    let path =
        desktop_tests::repository().join("crates/altinn-sandbox/src/seed/practice-world.json");
    let world: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let number = world
        .pointer("/register/people/0/nin")
        .and_then(Value::as_str)
        .ok_or("the world has no people")?;
    Ok(number.to_owned())
}

#[tokio::test]
async fn nothing_personal_and_nothing_secret_reaches_a_log() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let person = a_person()?;
    let window = open(&session, &world).await?;
    let title = some_letter(&window).await?;
    choose(&window, &title).await?;
    unfold(&window).await?;
    let file = a_file(&session, "hemmelig-filnavn.pdf", 6)?;
    let ours = "Tittel som ingen logg skal ha";
    write(
        &window,
        &Letter {
            to: &[&person],
            title: ours,
            body: "Tekst som ingen logg skal ha",
            files: &[&file],
        },
    )
    .await?;
    send(&window).await?;
    world
        .has_heard("POST", "/correspondence/api/v1/correspondence", 1)
        .await?;
    let keys: Vec<String> = world
        .sandbox()?
        .ready()
        .accounts
        .iter()
        .flat_map(|account| {
            ["d", "p", "q"].map(|part| account.private_jwk[part].as_str().unwrap().to_owned())
        })
        .collect();
    window.close().await?;

    let logs = session.logs()?;
    assert!(
        logs.contains("INFO") || logs.contains("DEBUG"),
        "there is a log to look through"
    );
    for secret in keys.iter().map(String::as_str).chain([
        person.as_str(),
        ours,
        "Tekst som ingen logg skal ha",
        "hemmelig-filnavn",
        title.as_str(),
        // The head of every signed token, and the word before it in a request.
        "eyJ",
        "Bearer ",
    ]) {
        let line = logs.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "a log has {secret:?}: {line:?}");
    }
    Ok(())
}
