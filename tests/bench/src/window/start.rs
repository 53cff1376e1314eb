//! The window's start, beside an empty Tauri window's, turn by turn.
//!
//! Both say `painted` on standard output: the empty one at its second animation frame, ours when its first rows have
//! been drawn.

use super::PAINTING;
use crate::Outcome;
use crate::altinn::beside;
use crate::part::Bench;
use crate::report::{Row, quantile};
use desktop_tests::session::Session;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;

pub fn measure(bench: &mut Bench, session: &Session, account: &Path) -> Outcome {
    let letters = bench.size;
    let painting = |program: &str| -> Outcome<Command> {
        let mut command = session.command(beside(program)?);
        command
            .envs(PAINTING)
            .env("BREVDUE_SINGLE_INSTANCE", "0")
            .env("BREVDUE_REPORT_PAINT", "1")
            .env("BREVDUE_PROFILE", session.profile())
            .env("BREVDUE_ACCOUNT", account);
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
