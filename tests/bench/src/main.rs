//! `cargo xtask bench`: our figures beside named limits, all taken in one run on one machine.
//!
//! What counts is the ratio of a row, not its times. The report is `target/bench/report.json`:
//! `[{"id","what","ours","anchor","ratio","goal","pass"}]`.

#![allow(
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "a measurement talks to the person at the terminal, and reads answers it may trust"
)]

mod altinn;
mod report;
mod sandbox;
mod search;
mod start;
mod sync;

use report::Report;
use std::path::PathBuf;
use std::process::ExitCode;

/// Any failure of a measurement; there is nobody to recover for.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

struct Args {
    letters: usize,
    only: Option<Vec<String>>,
}

impl Args {
    fn parse() -> Outcome<Self> {
        let mut args = Self {
            letters: 10_000,
            only: None,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--letters" => args.letters = value()?.parse()?,
                "--only" => args.only = Some(value()?.split(',').map(str::to_owned).collect()),
                _ => return Err("bench [--letters N] [--only sandbox,sync,search,start]".into()),
            }
        }
        Ok(args)
    }

    fn wants(&self, part: &str) -> bool {
        self.only
            .as_ref()
            .is_none_or(|only| only.iter().any(|name| name == part))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome {
    let args = Args::parse()?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut report = Report::default();
    let work = tempfile::tempdir()?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        if args.wants("sandbox") {
            sandbox::measure(work.path(), &mut report)?;
        }
        if !["sync", "search", "start"]
            .iter()
            .any(|part| args.wants(part))
        {
            return Outcome::Ok(());
        }
        let altinn = altinn::Altinn::start(work.path(), args.letters)?;
        // Search needs a filled copy, so the first sync is always made.
        let filled = sync::measure(&altinn, work.path(), args.letters, &mut report).await?;
        if args.wants("search") {
            search::measure(&filled, &mut report).await?;
        }
        filled.mailbox.stop().await;
        if args.wants("start") {
            start::measure(&altinn, work.path(), args.letters, &mut report).await?;
        }
        Outcome::Ok(())
    })?;
    report.print();
    report.write(&PathBuf::from("target/bench"))
}
