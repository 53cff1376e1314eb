//! Sets a machine up for Brevdue, runs it, tests it and shows it. Standard library only, so that it compiles in seconds.
//!
//! Every command prints what it does before it does it, and does only what is missing.

#![allow(
    clippy::print_stderr,
    reason = "this program talks to the person at the terminal"
)]

mod logs;
mod machine;
mod shell;
mod steps;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  run         set up what is missing, build, and open Brevdue (on a machine without a display: demo)
  test        set up what is missing and run every check; this is what CI runs
  demo        drive the main job in the real window under a virtual display; screenshots in target/demo/
  bench       measure against named limits in one run; report in target/bench/
                [--size 10k|100k|1m] [--only ROW_OR_PART,...]
  bindings    write the window's contract, ui/src/ipc/bindings.ts, from the Rust one
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    let done = match command.as_deref() {
        Some("run") => steps::run_window(&rest),
        Some("test") => steps::test(),
        Some("demo") => steps::demo(),
        Some("bench") => steps::bench(&rest),
        Some("bindings") => steps::bindings(),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\nxtask: {reason}");
            ExitCode::FAILURE
        }
    }
}
