//! The window's start with a filled copy, beside an empty Tauri window, turn by turn in one session.
//!
//! Both say `painted` on standard output: the empty one at its second animation frame, ours when its first rows have
//! been drawn. Painting goes past the graphics card for both, as the shell itself does on machines without one.

use crate::Outcome;
use crate::altinn::beside;
use crate::part::{Bench, Part};
use crate::report::{Row, quantile};
use desktop_tests::session::Session;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;

pub const PART: Part = Part {
    name: "window",
    rows: &["A23"],
    measure: |bench| Box::pin(measure(bench)),
};

async fn measure(bench: &mut Bench) -> Outcome {
    let altinn = bench.altinn()?;
    let letters = bench.size;
    let session = Session::start().await?;
    let account = altinn.account_file(bench.work.path())?;
    let filled = session
        .command(beside("brevdue")?)
        .arg("--profile")
        .arg(session.profile())
        .arg("--account")
        .arg(&account)
        .arg("sync")
        .status()?;
    if !filled.success() {
        return Err("the profile could not be filled".into());
    }
    let painting = |program: &str| -> Outcome<Command> {
        let mut command = session.command(beside(program)?);
        command
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
            .env("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1")
            .env("BREVDUE_SINGLE_INSTANCE", "0")
            .env("BREVDUE_REPORT_PAINT", "1")
            .env("BREVDUE_PROFILE", session.profile())
            .env("BREVDUE_ACCOUNT", &account);
        Ok(command)
    };
    let (mut ours, mut empty) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let floor = until_painted(&mut painting("empty-window")?)?;
        let start = until_painted(&mut painting("brevdue-desktop")?)?;
        // The first round only warms the caches of the file system.
        if round > 0 {
            empty.push(floor);
            ours.push(start);
        }
    }
    let (ours, empty) = (quantile(&mut ours, 0.5), quantile(&mut empty, 0.5));
    bench.add(Row {
        id: "A23",
        what: format!("start to first rows with {letters} letters, median of {ROUNDS} pairs"),
        unit: "ms",
        ours,
        anchor: empty,
        ratio: ours / empty,
        goal: "≤ 1.5 × an empty Tauri window".into(),
        pass: ours <= 1.5 * empty,
    });
    Ok(())
}

/// Milliseconds from starting a program until it says `painted`; it is killed then.
fn until_painted(command: &mut Command) -> Outcome<f64> {
    let started = Instant::now();
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()?;
    let out = process.stdout.take().ok_or("no standard output")?;
    let (said, hears) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(out).lines().map_while(Result::ok);
        if lines.any(|line| line == "painted") {
            let _ = said.send(Instant::now());
        }
    });
    let painted = hears.recv_timeout(Duration::from_secs(60));
    let _ = process.kill();
    let _ = process.wait();
    Ok(painted
        .map_err(|_| "the window was never painted")?
        .duration_since(started)
        .as_secs_f64()
        * 1000.0)
}
