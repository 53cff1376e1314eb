//! The writer's day: what is queued first, and what makes later questions cheaper and the file smaller when nobody writes.

use crate::error::Result;
use crate::list::Lists;
use crate::pool::{Sync, Writer, commit};
use crate::row::run;
use crate::text::Dictionaries;
use crate::threads::WriteJob;
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;
use tokio::sync::watch;

/// How long nobody has written before the writer tidies up.
const IDLE: Duration = Duration::from_millis(500);
/// Between two steps of tidying, for whoever waits for the processor.
const STEP: Duration = Duration::from_millis(10);
/// Pages of the index that one step of tidying merges, and free pages that it gives back: some milliseconds of work, so
/// that a write that comes in between hardly waits.
const TIDY_PAGES: u32 = 64;
/// Letters that are indexed anew in one step.
const TIDY_LETTERS: u32 = 20;

/// Does what is queued, and tidies up when nobody has written for a while.
pub(crate) fn keep_writing(
    writer: &mut Connection,
    jobs: &Receiver<WriteJob>,
    tell: &watch::Sender<Left>,
    lists: &Lists,
    dictionaries: &Dictionaries,
) {
    let (mut left, mut wait) = (Left::Index, Duration::ZERO);
    let mut is_written = false;
    loop {
        tell.send_if_modified(|told| std::mem::replace(told, left) != left);
        let next = match left {
            Left::Nothing => jobs.recv().map_err(RecvTimeoutError::from),
            Left::Index | Left::Pages => jobs.recv_timeout(wait),
        };
        match next {
            Ok(job) => {
                (left, wait, is_written) = (left.max(Left::Pages), IDLE, true);
                // Before whoever waits for the job can ask.
                tell.send_if_modified(|told| std::mem::replace(told, left) != left);
                job(writer);
            }
            Err(RecvTimeoutError::Timeout) => {
                wait = STEP;
                // Best effort: what is left stays until something is written again.
                left = match left {
                    Left::Index => match index_next(writer, lists, dictionaries) {
                        Ok(true) => Left::Index,
                        _ if is_written => Left::Pages,
                        _ => Left::Nothing,
                    },
                    Left::Pages | Left::Nothing => tidy(writer).unwrap_or(Left::Nothing),
                };
                is_written |= left == Left::Index;
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
}

/// What the writer has to do when nobody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Left {
    Nothing,
    /// The index may be in too many pieces, and pages free.
    Pages,
    /// The same, and letters may have to be indexed anew.
    Index,
}

/// Indexes some of the letters that are to be indexed anew. Whether there were any.
fn index_next(writer: &mut Connection, lists: &Lists, dictionaries: &Dictionaries) -> Result<bool> {
    let next = |tx: &Writer<'_>| tx.index_next(TIDY_LETTERS);
    let indexed = commit(writer, dictionaries, Sync::Normal, next)?;
    if indexed {
        lists.outdate();
    }
    Ok(indexed)
}

/// One step of what makes later questions cheaper and the file smaller, and what is left to do.
fn tidy(connection: &Connection) -> Result<Left> {
    let mut is_merged = true;
    for table in ["search", "beginning"] {
        let changes = connection.total_changes();
        run(
            connection,
            &format!("INSERT INTO {table} ({table}, rank) VALUES ('merge', ?1)"),
            [TIDY_PAGES],
        )?;
        // The statement itself counts as one change, as the documentation of FTS5 has it.
        is_merged &= connection.total_changes() - changes < 2;
    }
    let free: u32 = connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
    if free > 0 {
        connection.execute_batch(&format!("PRAGMA incremental_vacuum({TIDY_PAGES})"))?;
    }
    let left: u32 = connection.pragma_query_value(None, "freelist_count", |row| row.get(0))?;
    Ok(if is_merged && (left == 0 || left == free) {
        Left::Nothing
    } else {
        Left::Pages
    })
}
