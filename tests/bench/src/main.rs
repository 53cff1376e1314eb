//! `cargo xtask bench`: our figures beside named limits, all taken in one run on one machine.
//!
//! What counts is the ratio of a row, not its times. The report is `target/bench/report.json`:
//! `[{"id","what","unit","ours","anchor","ratio","goal","pass"}]`.
//!
//! An area is a file with a [`Part`]: it names its rows, and is run when one of them is asked for. What parts share
//! (sandbox, filled store) they get from [`Bench`], which makes it once; limits that several rows are held against are
//! in `anchor/`.

#![allow(
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    missing_docs,
    reason = "a measurement talks to the person at the terminal, and reads answers it may trust"
)]

mod altinn;
mod anchor;
mod changes;
mod corpus;
mod filled;
mod line;
mod part;
mod quota;
mod report;
mod sandbox;
mod search;
mod sending;
mod store;
mod sync;
mod window;

use part::{Bench, Part};
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Any failure of a measurement; there is nobody to recover for.
type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// In the order they run.
const PARTS: &[Part] = &[
    sandbox::PART,
    sync::PART,
    changes::PART,
    quota::PART,
    store::PART,
    search::PART,
    sending::PART,
    window::PART,
];

struct Args {
    letters: usize,
    wanted: BTreeSet<&'static str>,
}

impl Args {
    fn parse() -> Outcome<Self> {
        let mut letters = 10_000;
        let mut only: Option<Vec<String>> = None;
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "--size" => letters = size(&value()?)?,
                "--only" => only = Some(value()?.split(',').map(str::to_owned).collect()),
                _ => return Err("bench [--size 10k|100k|1m] [--only ROW_OR_PART,…]".into()),
            }
        }
        Ok(Self {
            letters,
            wanted: wanted(only.as_deref())?,
        })
    }
}

/// A number of letters; `k` and `m` are thousands and millions.
fn size(text: &str) -> Outcome<usize> {
    let text = text.to_ascii_lowercase();
    let (digits, unit) = match (text.strip_suffix('k'), text.strip_suffix('m')) {
        (Some(digits), _) => (digits, 1_000),
        (_, Some(digits)) => (digits, 1_000_000),
        _ => (text.as_str(), 1),
    };
    Ok(digits.parse::<usize>()? * unit)
}

/// The rows asked for, by their own name or that of their part.
fn wanted(only: Option<&[String]>) -> Outcome<BTreeSet<&'static str>> {
    let all = || PARTS.iter().flat_map(|part| part.rows).copied();
    let Some(only) = only else {
        return Ok(all().collect());
    };
    let mut wanted = BTreeSet::new();
    for name in only {
        let part = PARTS.iter().find(|part| part.name == name.as_str());
        match (part, all().find(|row| row == name)) {
            (Some(part), _) => wanted.extend(part.rows),
            (None, Some(row)) => {
                wanted.insert(row);
            }
            (None, None) => return Err(format!("no row or part is called {name}").into()),
        }
    }
    Ok(wanted)
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
    let mut bench = Bench::new(args.letters, args.wanted)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut broken = Vec::new();
    for part in PARTS {
        if bench.wants_any(part.rows)
            && let Err(error) = runtime.block_on((part.measure)(&mut bench))
        {
            // What others measure is not lost with it.
            broken.push(format!("{} broke: {error}", part.name));
        }
    }
    bench.report.print();
    bench.report.write(&bench.kept)?;
    if broken.is_empty() {
        Ok(())
    } else {
        Err(broken.join("; ").into())
    }
}
