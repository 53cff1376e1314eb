//! `brevdue sync`: one round for every party of the account, the outbox and waiting marks first.

use crate::args::SessionArgs;
use crate::failure::Failure;
use crate::session;
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn run(args: &SessionArgs) -> Result<ExitCode, Failure> {
    let profile = session::open(args).await?;
    let mailbox = profile.mailbox();
    mailbox.drain_outbox().await?;
    mailbox.drain_bulk().await?;
    let mut reports = Vec::new();
    for account in mailbox.accounts().await? {
        let report = mailbox.sync_once(&account.id).await?;
        if !args.json {
            println!("{}: {report}", account.name);
        }
        reports.push(json!({ "account": account.id, "report": report }));
    }
    if args.json {
        println!("{}", json!({ "accounts": reports }));
    }
    profile.close().await;
    Ok(ExitCode::SUCCESS)
}
