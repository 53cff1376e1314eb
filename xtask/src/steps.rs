//! The commands, as the steps they are made of.

use crate::logs;
use crate::machine::{Needs, has_display, npm, set_up};
use crate::shell::{Done, program, root, run, run_logged};
use std::time::Instant;

/// `cargo xtask run`: builds and opens the window; without a display, shows it the other way.
pub fn run_window(args: &[String]) -> Done {
    if !has_display() {
        eprintln!("This machine has no display: driving the main job under a virtual one instead.");
        return demo();
    }
    set_up(Needs::Build)?;
    build_all()?;
    let mut window = program(root().join("target/debug/brevdue-desktop"), &[]);
    window.args(args);
    run("open Brevdue", &mut window)
}

/// `cargo xtask test`: every check, cheapest first.
pub fn test() -> Done {
    let started = Instant::now();
    set_up(Needs::Test)?;
    logs::clear()?;
    run("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    install_ui()?;
    run_logged(
        "user interface: lint, types, languages, components",
        &mut npm(&["test"])?,
        &logs::file("ui"),
    )?;
    build_ui()?;
    run(
        "lint",
        &mut cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    run("build", &mut cargo(&["build", "--workspace", "--locked"]))?;
    let mut tests = cargo(&["test", "--workspace", "--locked", "--no-fail-fast"]);
    tests.env("RUST_BACKTRACE", "0");
    tests.env("BREVDUE_TEST_LOGS", logs::dir());
    run_logged("tests", &mut tests, &logs::file("rust"))?;
    logs::search_for_secrets()?;
    eprintln!("\nEvery check passed in {} s.", started.elapsed().as_secs());
    Ok(())
}

/// `cargo xtask demo`.
pub fn demo() -> Done {
    set_up(Needs::Headless)?;
    build_all()?;
    run(
        "the main job in the real window",
        &mut program(root().join("target/debug/demo"), &[]),
    )
}

/// `cargo xtask bench`.
pub fn bench(args: &[String]) -> Done {
    set_up(Needs::Headless)?;
    install_ui()?;
    build_ui()?;
    run(
        "build for measuring",
        &mut cargo(&["build", "--workspace", "--locked", "--profile", "bench-run"]),
    )?;
    let mut bench = program(root().join("target/bench-run/bench"), &[]);
    bench.args(args);
    run("measure", &mut bench)
}

/// `cargo xtask bindings`.
pub fn bindings() -> Done {
    set_up(Needs::Build)?;
    run(
        "write the window's contract",
        &mut cargo(&[
            "run",
            "--locked",
            "-p",
            "brevdue-desktop",
            "--bin",
            "bindings",
        ]),
    )
}

fn build_all() -> Done {
    install_ui()?;
    build_ui()?;
    run("build", &mut cargo(&["build", "--workspace", "--locked"]))
}

fn install_ui() -> Done {
    let ui = root().join("ui");
    let modified = |path: &str| {
        std::fs::metadata(ui.join(path))
            .and_then(|file| file.modified())
            .ok()
    };
    // npm writes this file last, so it is newer than the lock exactly when the lock has been installed.
    if modified("node_modules/.package-lock.json") > modified("package-lock.json") {
        return Ok(());
    }
    run(
        "install the window's packages",
        &mut npm(&["ci", "--no-audit", "--no-fund"])?,
    )
}

fn build_ui() -> Done {
    run("build the window's pages", &mut npm(&["run", "build"])?)
}

fn cargo(args: &[&str]) -> std::process::Command {
    program("cargo", args)
}
