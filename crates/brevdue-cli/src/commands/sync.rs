//! `brevdue sync`: one round for every party of the account, the outbox and waiting marks first.

use crate::args::{SessionArgs, SyncArgs};
use crate::failure::Failure;
use crate::session;
use mailbox::Depth;
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn run(args: &SessionArgs, sync: &SyncArgs) -> Result<ExitCode, Failure> {
    let profile = session::open(args).await?;
    let mailbox = profile.mailbox();
    let accounts = mailbox.accounts().await?;
    for account in &accounts {
        session::sign_in(mailbox, account).await?;
    }
    mailbox.drain_outbox().await?;
    mailbox.drain_bulk().await?;
    let depth = match (sync.full, sync.marks) {
        (true, _) => Depth::Full,
        (false, true) => Depth::Marks,
        (false, false) => Depth::Due,
    };
    let mut reports = Vec::new();
    for account in accounts {
        let report = mailbox.sync_to(&account.id, depth).await?;
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
