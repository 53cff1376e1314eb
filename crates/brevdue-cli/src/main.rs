//! `brevdue`: the mailbox from a terminal, by the same engine as the window.

#![allow(
    clippy::print_stderr,
    reason = "this program talks to the person at the terminal"
)]

mod args;
mod commands;
mod failure;
mod sandbox;
mod session;

use args::{Args, Command, ImportCommand};
use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let outcome = match args.command {
        Command::Sandbox(sandbox) => return sandbox::run(sandbox).await,
        Command::Sync(sync) => commands::sync::run(&args.session, &sync).await,
        Command::List(list) => commands::list::run(&args.session, list).await,
        Command::Show(show) => commands::show::run(&args.session, show).await,
        Command::Search(search) => commands::search::run(&args.session, search).await,
        Command::Account(account) => commands::account::run(&args.session, account).await,
        Command::Network(network) => commands::account::network(&args.session, network).await,
        Command::Doctor(doctor) => commands::doctor::run(&args.session, doctor).await,
        Command::Send(send) => commands::send::run(&args.session, send).await,
        Command::Import(ImportCommand::Check(check)) => {
            commands::import::check(&args.session, &check)
        }
        Command::Bulk(bulk) => commands::bulk::run(&args.session, bulk).await,
    };
    match outcome {
        Ok(code) => code,
        Err(failure) => failure.report(args.session.json),
    }
}
