//! `brevdue bulk`: letters that were sent with `--batches`. Asks nothing of Altinn: the next `sync` goes on with them.

use crate::args::{BulkArgs, SessionArgs};
use crate::failure::{self, Failure};
use crate::session;
use mailbox::bulk::{BulkLine, BulkReport, BulkState};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn run(args: &SessionArgs, bulk: BulkArgs) -> Result<ExitCode, Failure> {
    let profile = session::open(args).await?;
    let mailbox = profile.mailbox();
    match bulk.id {
        None => {
            let party = session::party(mailbox, args).await?;
            let reports = mailbox.bulks(&party.id).await?;
            if args.json {
                println!("{}", json!({ "bulks": reports }));
            } else {
                reports.iter().for_each(print);
            }
        }
        Some(id) => {
            if bulk.pause || bulk.resume {
                mailbox.pause_bulk(id.clone(), bulk.pause).await?;
            }
            let (report, lines) = mailbox.bulk(id).await?;
            if args.json {
                println!("{}", json!({ "bulk": report, "lines": lines }));
            } else {
                lines.iter().for_each(print_line);
                print(&report);
            }
        }
    }
    profile.close().await;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn print(report: &BulkReport) {
    let state = match &report.state {
        BulkState::Going => "on its way".to_owned(),
        BulkState::Paused => "held".to_owned(),
        BulkState::Done => "done".to_owned(),
        BulkState::Stuck { reason } => failure::sentence(reason.code, &reason.params, None),
    };
    println!(
        "{}  {}  {}: {} handed over, {} of them to recipients who have reserved, {} refused, {} waiting; {state}",
        report.id,
        super::time(report.queued_at),
        report.title,
        report.accepted + report.reserved + report.doubled,
        report.reserved,
        report.refused,
        report.waiting
    );
    if report.doubled > 0 {
        println!("  Altinn has made {} of them twice", report.doubled);
    }
}

fn print_line(line: &BulkLine) {
    let why = line.problem.as_ref().map(|problem| {
        let sentence = failure::sentence(problem.code, &problem.params, None);
        format!("  {sentence}")
    });
    println!(
        "line {}  {}  {}{}",
        line.line,
        line.recipient,
        line.state,
        why.unwrap_or_default()
    );
}
