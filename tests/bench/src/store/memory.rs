//! Memory of a first sync, in a process of its own: the terminal program, which is the engine and nothing else.

use crate::Outcome;
use crate::altinn::beside;
use crate::part::Bench;
use crate::report::Row;
use desktop_tests::session::Session;
use std::process::Command;
use std::time::Duration;

/// What a first sync may add, in MB.
const GOAL: f64 = 80.0;

pub async fn measure(bench: &mut Bench) -> Outcome {
    let altinn = bench.altinn()?;
    let account = altinn.account_file(bench.work.path())?;
    let session = Session::start().await?;
    let brevdue = |command: &str| -> Outcome<Command> {
        let mut program = session.command(beside("brevdue")?);
        program
            .arg("--profile")
            .arg(session.profile())
            .arg("--account")
            .arg(&account)
            .arg(command);
        Ok(program)
    };
    // The same program over the same profile, with nothing in it.
    let empty = peak(&mut brevdue("list")?)?;
    let sync = peak(&mut brevdue("sync")?)?;
    bench.add(Row {
        id: "A26",
        what: format!(
            "peak memory of a first sync with {} letters in the world; the same program with none",
            bench.size
        ),
        unit: "MB",
        ours: sync,
        anchor: empty,
        ratio: sync / empty,
        goal: format!("≤ the anchor + {GOAL} MB"),
        pass: sync <= empty + GOAL,
    });
    Ok(())
}

/// The most memory that a program had at a time, in MB.
fn peak(command: &mut Command) -> Outcome<f64> {
    let mut process = command.stdout(std::process::Stdio::null()).spawn()?;
    let status = format!("/proc/{}/status", process.id());
    let mut most = 0.0;
    loop {
        // The kernel keeps the mark itself, so the last look before the end is the one that counts.
        if let Ok(text) = std::fs::read_to_string(&status)
            && let Some(line) = text.lines().find(|line| line.starts_with("VmHWM:"))
            && let Some(kilobytes) = line.split_whitespace().nth(1)
        {
            most = kilobytes.parse::<f64>()? / 1024.0;
        }
        if let Some(ended) = process.try_wait()? {
            return if ended.success() {
                Ok(most)
            } else {
                Err("the terminal program failed".into())
            };
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
