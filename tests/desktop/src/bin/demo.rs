//! The main job, step by step in the real window: a picture of every step and a report of all.
//!
//! `target/demo/NN-name.png` and `target/demo/report.json`; the exit code is not 0 when a step failed.

use desktop_tests::journey::{
    Letter, ROW, a_file, act_for, choose, go_to, open, send, some_letter, unfold, write,
};
use desktop_tests::session::Session;
use desktop_tests::window::{Start, Window};
use desktop_tests::world::{Client, Party, World, sha256};
use desktop_tests::{Result, setting_up, target};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use thirtyfour::Key;

const TITLE: &str = "Tillatelse til tiltak, Bjørkelia 4";
const SECOND: &str = "Svar på søknad om skjenkebevilling";
const BODY: &str = "Hei.\n\nKommunen **gir tillatelse** til tiltaket. Situasjonsplan og tegninger ligger ved.\n\nMed hilsen Fjordvik kommune";

/// What every step may use.
struct Stage {
    session: Session,
    world: World,
    window: Window,
    sender: Party,
    recipient: Party,
    files: [PathBuf; 2],
    /// Title of a letter that has been read.
    read: String,
}

/// Steps so far, with their pictures.
#[derive(Default)]
struct Report {
    steps: Vec<Value>,
    has_failed: bool,
}

impl Report {
    async fn note(&mut self, name: &str, started: Instant, outcome: Result<()>, window: &Window) {
        let ms = started.elapsed().as_millis();
        let file = format!("{:02}-{name}.png", self.steps.len() + 1);
        let error = outcome.err().map(|error| error.to_string());
        let shot = window
            .shot(&target().join("demo").join(&file))
            .await
            .err()
            .map(|error| error.to_string());
        let error = error.or(shot);
        println!(
            "{:>6} ms  {}  {name}",
            ms,
            if error.is_none() { "ok  " } else { "FAIL" }
        );
        if let Some(error) = &error {
            println!("{error}");
        }
        self.has_failed |= error.is_some();
        self.steps.push(json!({
            "step": name, "ms": ms, "pass": error.is_none(), "screenshot": file, "error": error,
        }));
    }
}

macro_rules! steps {
    ($report:ident, $stage:ident; $($name:literal => $act:expr;)*) => {$(
        let started = Instant::now();
        let outcome: Result<()> = async { $act.await?; Ok(()) }.await;
        $report.note($name, started, outcome, &$stage.window).await;
    )*};
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut report = Report::default();
    let error = run(&mut report).await.err().map(|error| error.to_string());
    if let Some(error) = &error {
        println!("{error}");
    }
    let folder = target().join("demo");
    let text = json!({ "pass": error.is_none() && !report.has_failed, "error": error, "steps": report.steps });
    let written = std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(folder.join("report.json"), format!("{text:#}\n")));
    match (written, error, report.has_failed) {
        (Ok(()), None, false) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

async fn run(report: &mut Report) -> Result<()> {
    let folder = target().join("demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let (sender, recipient) = world.parties()?;
    let files = [
        a_file(&session, "situasjonsplan.pdf", 1)?,
        a_file(&session, "tegninger.zip", 2)?,
    ];
    let window = open(&session, &world).await?;
    let mut stage = Stage {
        session,
        world,
        window,
        sender,
        recipient,
        files,
        read: String::new(),
    };
    reading(report, &mut stage).await;
    writing(report, &mut stage).await;
    receiving(report, &mut stage).await;
    without_network(report, &mut stage).await;
    looks(report, &mut stage).await;
    stage.window.close().await?;
    set_up(report).await
}

/// A profile that is empty, an organisation that nobody has connected yet.
struct Empty {
    _session: Session,
    world: World,
    window: Window,
    client: Client,
}

/// From an empty profile to a sent letter, with a key that is made on the way.
async fn set_up(report: &mut Report) -> Result<()> {
    let session = Session::start().await?;
    let world = World::start(session.folder()).await?;
    let client = world.client()?;
    let window = Window::open(&session, &Start::default()).await?;
    let stage = Empty {
        _session: session,
        world,
        window,
        client,
    };
    connecting(report, &stage).await;
    checking(report, &stage).await;
    stage.window.close().await
}

async fn connecting(report: &mut Report, stage: &Empty) {
    steps! { report, stage;
        "set-up-three-ways" => setting_up::begin(&stage.window);
        "set-up-form" => setting_up::fill(&stage.window, &stage.client);
        "set-up-key-made" => setting_up::make_key(&stage.window, &stage.world, &stage.client);
        "set-up-connected" => setting_up::keep(&stage.window, &stage.client);
        "set-up-services" => setting_up::choose_service(&stage.window);
    }
}

async fn checking(report: &mut Report, stage: &Empty) {
    steps! { report, stage;
        "set-up-checked" => setting_up::check(&stage.window);
        "set-up-test-letter" => setting_up::send_test_letter(&stage.window);
        "set-up-ticked-off" => setting_up::tick(&stage.window);
        "set-up-sign-in-chain" => async {
            stage.window.click(".setup-steps a", "Innlogging").await?;
            stage.window.find(".setup-chain", "").await
        };
        "set-up-all-in-order" => setting_up::all_green(&stage.window);
        "set-up-report" => async {
            stage.window.click("button", "Rapport for brukerstøtte").await?;
            stage.window.find("dialog textarea", "").await
        };
        "set-up-accounts" => async {
            stage.window.press(Key::Escape).await?;
            stage.window.click(".setup-steps a", "Kontoer og nøkler").await?;
            stage.window.find(".setup-account", &stage.client.party.name).await
        };
        "set-up-letter-found" => setting_up::find_test_letter(&stage.window);
    }
}

async fn reading(report: &mut Report, stage: &mut Stage) {
    steps! { report, stage;
        "inbox" => stage.window.sees("Oppdatert");
        "closed-letter" => async {
            go_to(&stage.window, "Uleste").await?;
            stage.read = some_letter(&stage.window).await?;
            choose(&stage.window, &stage.read).await
        };
        "opened-letter" => unfold(&stage.window);
        "attachment-saved" => async {
            go_to(&stage.window, "Innboks").await?;
            stage.window.click("label, button", "Vedlegg").await?;
            let title = some_letter(&stage.window).await?;
            choose(&stage.window, &title).await?;
            unfold(&stage.window).await?;
            stage.window.click_exact("article button", "Lagre alle").await?;
            stage.window.sees(&stage.session.saved().display().to_string()).await?;
            stage.window.click("label, button", "Vedlegg").await
        };
        "asked-to-confirm" => async {
            go_to(&stage.window, "Må bekreftes").await?;
            let title = some_letter(&stage.window).await?;
            choose(&stage.window, &title).await?;
            unfold(&stage.window).await?;
            stage.window.click("article button", "Bekreft meldingen").await?;
            stage.window.sees("Dette kan ikke angres.").await
        };
        "confirmed" => async {
            stage.window.click_exact("dialog button", "Bekreft").await?;
            stage.world.has_heard("POST", "/confirm", 1).await?;
            stage.window.sees("Bekreftet ").await
        };
        "search" => async {
            go_to(&stage.window, "Innboks").await?;
            stage.window.write(".search-input", "", "tilsyn").await?;
            stage.window.press(Key::Enter).await?;
            stage.window.find("[role=option] mark", "").await?;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        };
        "search-cleared" => async {
            stage.window.click(".search-clear", "").await?;
            go_to(&stage.window, "Innboks").await
        };
    }
}

async fn writing(report: &mut Report, stage: &mut Stage) {
    let [first, second] = stage.files.clone();
    steps! { report, stage;
        "rule-broken" => async {
            let empty = stage.session.folder().join("tom.pdf");
            std::fs::write(&empty, b"")?;
            stage.window.click("button", "Ny melding").await?;
            stage.window.find("#compose-title", "").await?;
            stage.window.drop_files(".files-zone", &[&empty]).await?;
            stage.window.sees("Filen er tom og kan ikke sendes.").await?;
            stage.window.click("#compose-send", "Se over").await?;
            stage.window.sees("Rett disse").await
        };
        "draft-kept" => async {
            stage.window.click("dialog button", "Lukk og behold utkast").await?;
            stage.window.sees_no_more("Mottakere").await
        };
        "written-with-two-files" => write(&stage.window, &Letter {
            to: &[&stage.recipient.number], title: TITLE, body: BODY, files: &[&first, &second],
        });
        "sent" => send(&stage.window);
        "under-sent" => async {
            go_to(&stage.window, "Sendt").await?;
            choose(&stage.window, TITLE).await
        };
    }
}

async fn receiving(report: &mut Report, stage: &mut Stage) {
    steps! { report, stage;
        "in-the-recipients-inbox" => async {
            act_for(&stage.window, &stage.recipient.name).await?;
            go_to(&stage.window, "Innboks").await?;
            choose(&stage.window, TITLE).await?;
            unfold(&stage.window).await
        };
        "equal-bytes" => async {
            for file in &stage.files {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                stage.window.click("article button", &format!("Hent {name}")).await?;
                stage.window.click("article button", &format!("Lagre {name}")).await?;
                let saved = stage.session.saved().join(&name);
                stage.window.sees(&saved.display().to_string()).await?;
                let (sent, got) = (sha256(file)?, sha256(&saved)?);
                println!("           {name}: sent {sent}, received {got}");
                if sent != got {
                    return Err(format!("{name} arrived with other bytes").into());
                }
            }
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
        };
        "back-as-sender" => async {
            act_for(&stage.window, &stage.sender.name).await?;
            go_to(&stage.window, "Innboks").await?;
            stage.window.find(ROW, "").await
        };
    }
}

async fn without_network(report: &mut Report, stage: &mut Stage) {
    steps! { report, stage;
        "offline-read" => async {
            stage.world.go_away().await;
            go_to(&stage.window, "Innboks").await?;
            choose(&stage.window, &stage.read).await?;
            unfold(&stage.window).await
        };
        "offline-queued" => async {
            let letter = Letter { to: &[&stage.recipient.number], title: SECOND, body: "Søknaden er innvilget.", files: &[] };
            write(&stage.window, &letter).await?;
            send(&stage.window).await?;
            go_to(&stage.window, "Utboks").await?;
            choose_outbox(&stage.window, SECOND).await?;
            stage.window.sees("Uten nett").await
        };
        "back-online-sent" => async {
            stage.world.come_back().await?;
            stage.window.press(Key::F5).await?;
            go_to(&stage.window, "Sendt").await?;
            choose(&stage.window, SECOND).await
        };
    }
}

/// Looks at a letter on its way.
async fn choose_outbox(window: &Window, title: &str) -> Result<()> {
    window.click(ROW, title).await?;
    window.sees("Steg ").await
}

async fn looks(report: &mut Report, stage: &mut Stage) {
    steps! { report, stage;
        "inbox-dark" => async {
            stage.window.click("button", "Bytt til mørkt").await?;
            go_to(&stage.window, "Innboks").await?;
            choose(&stage.window, &stage.read).await
        };
        "compose-dark" => async {
            write(&stage.window, &Letter {
                to: &[&stage.recipient.number], title: "Innkalling til møte", body: "Velkommen.", files: &[],
            }).await
        };
        "light-again" => async {
            stage.window.click("dialog button", "Lukk og behold utkast").await?;
            stage.window.sees_no_more("Mottakere").await?;
            stage.window.click("button", "Bytt til lyst").await
        };
        "settings" => async {
            stage.window.click("button, a", "Innstillinger").await?;
            stage.window.find("input[type=radio][value=en], select option[value=en], button[lang=en]", "").await
        };
        "english" => async {
            let option = stage.window.find("input[type=radio][value=en], button[lang=en]", "").await?;
            option.click().await?;
            stage.window.sees("Inbox").await
        };
    }
}
