//! `brevdue import`: lists of recipients. Asks nothing of Altinn, and opens no profile.

use crate::args::{CheckArgs, SessionArgs};
use crate::failure::Failure;
use mailbox::bulk::Line;
use mailbox::bulk::import::{self, FaultyRow, RowFault, Summary};
use mailbox::identity::Identity;
use serde_json::json;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

/// Exit code when rows are wrong.
const FAULTY: u8 = 3;
/// Wrong rows that are printed.
const PRINTED: usize = 20;

pub(crate) fn check(args: &SessionArgs, check: &CheckArgs) -> Result<ExitCode, Failure> {
    let summary = read(&check.file, check.column.as_deref(), |_, _| {})?;
    if args.json {
        println!("{}", json!({ "summary": summary }));
    } else {
        print(&summary);
    }
    Ok(if summary.faulty == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAULTY)
    })
}

/// The rows of a list that can be used; fails when some cannot, unless those are to be left out.
pub(super) fn lines(
    file: &Path,
    column: Option<&str>,
    skip_faulty: bool,
) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    let mut seen = std::collections::HashSet::new();
    let summary = read(file, column, |number, text| {
        if let Ok(recipient) = Identity::parse(text)
            && seen.insert(recipient.clone())
        {
            lines.push(Line { number, recipient });
        }
    })?;
    if summary.faulty > 0 && !skip_faulty {
        return Err(Failure::Rows(Box::new(summary)));
    }
    Ok(lines)
}

fn read(
    file: &Path,
    column: Option<&str>,
    mut sound: impl FnMut(u32, &str),
) -> Result<Summary, Failure> {
    let not_read = |why: String| Failure::usage(format!("{}: {why}", file.display()));
    let source = File::open(file).map_err(|error| not_read(error.kind().to_string()))?;
    let each = |line, text: &str| {
        sound(line, text);
        ControlFlow::Continue(())
    };
    import::read(source, column, each).map_err(|error| not_read(error.to_string()))
}

/// What is wrong with a list, for people.
pub(crate) fn words(summary: &Summary) -> Vec<String> {
    let mut words: Vec<String> = summary.faults.iter().take(PRINTED).map(sentence).collect();
    let more = usize::try_from(summary.faulty)
        .unwrap_or(usize::MAX)
        .saturating_sub(words.len());
    if more > 0 {
        words.push(format!("and {more} rows more"));
    }
    words
}

fn sentence(row: &FaultyRow) -> String {
    let why = match row.fault {
        RowFault::Missing => "there is no recipient".to_owned(),
        RowFault::Checksum => "the control digits of the number are wrong".to_owned(),
        RowFault::NotYetAccepted => "Altinn does not take this kind of number yet".to_owned(),
        RowFault::Malformed => "it is no number and no address".to_owned(),
        RowFault::Duplicate { of } => format!("the recipient is on line {of} already"),
    };
    format!("line {}: {why}", row.line)
}

fn print(summary: &Summary) {
    for line in words(summary) {
        println!("{line}");
    }
    if !summary.column.is_empty() {
        println!("recipients in the column {:?}", summary.column);
    }
    println!(
        "{} rows: {} can be sent to, {} cannot",
        summary.rows, summary.sound, summary.faulty
    );
}
