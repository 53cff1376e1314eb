use desktop_tests::Result;
use desktop_tests::journey::{Letter, a_file, act_for, choose, go_to, open, send, unfold, write};
use desktop_tests::session::Session;
use desktop_tests::world::{World, sha256};

#[tokio::test]
async fn dropped_files_arrive_in_the_recipients_inbox_with_equal_bytes() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let (_, recipient) = world.parties()?;
    let files = [
        a_file(&session, "situasjonsplan.pdf", 1)?,
        a_file(&session, "tegninger æøå.zip", 2)?,
    ];
    let window = open(&session, &world).await?;

    let title = "Tillatelse til tiltak, Bjørkelia 4";
    write(
        &window,
        &Letter {
            to: &[&recipient.number],
            title,
            body: "Hei.\n\nVedtaket ligger **ved**.",
            files: &[&files[0], &files[1]],
        },
    )
    .await?;
    // The register writes all names in capitals.
    window.sees(&recipient.name.to_uppercase()).await?;
    send(&window).await?;
    go_to(&window, "Sendt").await?;
    choose(&window, title).await?;

    act_for(&window, &recipient.name).await?;
    go_to(&window, "Innboks").await?;
    choose(&window, title).await?;
    unfold(&window).await?;
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        window
            .click("article button", &format!("Hent {name}"))
            .await?;
        window
            .click("article button", &format!("Lagre {name}"))
            .await?;
        let saved = session.saved().join(&name);
        window.sees(&saved.display().to_string()).await?;
        assert_eq!(
            sha256(&saved)?,
            sha256(file)?,
            "{name} arrives as it was dropped"
        );
    }
    assert_eq!(
        world
            .requests("POST", "/correspondence/api/v1/correspondence")?
            .len(),
        1,
        "one letter, one submit"
    );
    window.close().await
}

#[tokio::test]
async fn a_file_that_cannot_be_sent_is_refused_where_it_is_dropped() -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let window = open(&session, &world).await?;
    let empty = session.folder().join("tom.pdf");
    std::fs::write(&empty, b"")?;
    let strange = session.folder().join("oppskrift.heic");
    std::fs::write(&strange, b"x")?;
    window.click("button", "Ny melding").await?;
    window.find("#compose-title", "").await?;
    window
        .drop_files(".files-zone", &[&empty, &strange])
        .await?;
    window.sees("Filen er tom og kan ikke sendes.").await?;
    window.sees("Filtypen .heic kan ikke sendes.").await?;
    window.close().await
}
