//! What happens next to a letter on its way to one recipient (architecture section 7). Pure: the worker commits
//! [`begin`] before it acts and [`transition`] after, so a crash between any two commits leaves a state from which
//! [`next`] goes on. The key of the item makes a repeated submit harmless (Correspondence reference, section 6.1).

use crate::view::{ErrorCode, Field, Problem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A file that fails so many times by itself is the user's to look at.
const MAX_TRIES: u32 = 5;
/// The longest wait between two attempts, milliseconds.
const MAX_WAIT: i64 = 5 * 60_000;
/// The wait after the first failed attempt, milliseconds.
const FIRST_WAIT: i64 = 1_000;
/// A scan takes seconds; one that has run for so long, milliseconds, may never end, and is asked about less and less.
const SCAN_PATIENCE: i64 = 30 * 60_000;
/// The waits for such a scan begin as if so many attempts had failed: at 16 s, longer than it was asked about before.
const SCAN_ATTEMPTS: u32 = 4;

/// Where a file is on its way; shared by all recipients of the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UploadState {
    /// Altinn does not know of it.
    New,
    /// It has an id and no bytes were sent.
    Open(Uuid),
    /// Bytes were sent, and no answer came yet; they may all be there, or the id may be burned.
    Sending(Uuid),
    /// All bytes are there and wait for the scan.
    Sent(Uuid),
    /// Ready to be sent with a letter.
    Clean(Uuid),
    /// Stopped by the scan.
    Rejected,
}

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// File name, for the user.
    pub name: String,
    /// Where it is.
    pub state: UploadState,
    /// How many ids it has had; a failed upload burns its id (Correspondence reference, section 4.14).
    pub tries: u32,
    /// Hashes of the bytes that were sent; before, of the copy if there is one.
    pub sums: Option<Sums>,
}

/// Hashes of a file, lower-case hex.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Altinn's own.
    pub md5: String,
    /// Ours.
    pub sha256: String,
}

/// How far the letter itself is.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// Altinn certainly does not have it.
    Queued,
    /// It is being handed over, or was when the program ended.
    Submitting {
        /// An earlier hand-over was never answered.
        is_unsure: bool,
        /// Altinn has said that the key is taken: what remains is to find the id.
        is_taken: bool,
    },
    /// Altinn has it.
    Accepted(Uuid),
    /// The user must look at it; Altinn certainly does not have it.
    Stuck(Problem),
}

/// A wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait {
    /// UTC milliseconds.
    pub until: i64,
    /// Why.
    pub reason: ErrorCode,
}

/// A letter on its way to one recipient.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// How far.
    pub phase: Phase,
    /// Its files.
    pub uploads: Vec<Upload>,
    /// Held by the user.
    pub is_paused: bool,
    /// Attempts since the last success, each counted before it was made.
    pub attempts: u32,
    /// The wait before the next attempt.
    pub wait: Option<Wait>,
    /// Its due date, UTC milliseconds.
    pub due_at: Option<i64>,
    /// When it is to be published, UTC milliseconds; at once when none.
    pub publish_at: Option<i64>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Nothing, until the user acts.
    Rest,
    /// Nothing before this time, UTC milliseconds.
    Sleep(i64),
    /// Announce file `n`.
    Initialize(usize),
    /// Send the bytes of file `n` to this id.
    Send(usize, Uuid),
    /// Ask how file `n` with this id is doing.
    Ask(usize, Uuid),
    /// Hand the letter over.
    Submit,
    /// Find the letter that holds our key.
    Adopt,
    /// Give up without asking Altinn: a file that others have found refused, or a due date that has passed.
    Stick(Problem),
}

/// What Altinn says of an attachment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// No byte has arrived: the id is still good.
    Empty,
    /// Arrived and not yet scanned.
    Waiting {
        /// Since when, UTC milliseconds.
        since: i64,
    },
    /// Scanned.
    Clean,
    /// Malware.
    Rejected,
    /// Failed in another way: the id is burned.
    Burned,
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The file has this id.
    Initialized(Uuid),
    /// All bytes arrived, and these are their hashes.
    Sent(Sums),
    /// How the file is doing.
    Scan(Scan),
    /// The letter has this id.
    Accepted(Uuid),
    /// The key is taken (409, 1034).
    Taken,
    /// No letter holds the key.
    NotFound,
    /// Altinn certainly did not do it; later may go better.
    Later {
        /// Why.
        reason: ErrorCode,
        /// Altinn asks to wait so many milliseconds.
        after: Option<i64>,
    },
    /// Not known whether Altinn did it.
    Unsure,
    /// Altinn refuses, and will again.
    Never(Problem),
    /// The id of the file cannot be used any more.
    Burned,
}

/// What to do next at `now`, UTC milliseconds.
pub fn next(item: &Item, now: i64) -> Act {
    if item.is_paused || matches!(item.phase, Phase::Accepted(_) | Phase::Stuck(_)) {
        return Act::Rest;
    }
    if let Some(rejected) = item
        .uploads
        .iter()
        .find(|upload| upload.state == UploadState::Rejected)
    {
        return Act::Stick(file_problem(ErrorCode::FileRejected, &rejected.name));
    }
    if let Some(wait) = item.wait.filter(|wait| wait.until > now) {
        return Act::Sleep(wait.until);
    }
    // Only while Altinn certainly does not have it: a letter that may have gone is asked for, whatever its dates.
    if item.phase == Phase::Queued
        && let Some(late) = too_late(item, now)
    {
        return Act::Stick(late);
    }
    if let Phase::Submitting { is_taken: true, .. } = item.phase {
        return Act::Adopt;
    }
    // All files are sent before the first is waited for, so that their scans overlap.
    for (n, upload) in item.uploads.iter().enumerate() {
        match upload.state {
            UploadState::New => return Act::Initialize(n),
            UploadState::Open(id) => return Act::Send(n, id),
            UploadState::Sending(id) => return Act::Ask(n, id),
            UploadState::Sent(_) | UploadState::Clean(_) | UploadState::Rejected => {}
        }
    }
    for (n, upload) in item.uploads.iter().enumerate() {
        if let UploadState::Sent(id) = upload.state {
            return Act::Ask(n, id);
        }
    }
    Act::Submit
}

/// The item as it must be stored before `act` is performed: the attempt is counted, and what may happen is noted.
pub fn begin(item: &Item, act: &Act) -> Item {
    let mut item = item.clone();
    match act {
        Act::Rest | Act::Sleep(_) | Act::Ask(..) | Act::Stick(_) => return item,
        Act::Initialize(n) => {
            if let Some(upload) = item.uploads.get_mut(*n) {
                upload.tries += 1;
            }
        }
        Act::Send(n, id) => set(&mut item, *n, UploadState::Sending(*id)),
        Act::Submit => {
            // Found as Submitting, it was being handed over when the program ended or the answer was lost.
            let is_unsure = matches!(item.phase, Phase::Submitting { .. });
            item.phase = Phase::Submitting {
                is_unsure,
                is_taken: false,
            };
        }
        Act::Adopt => {}
    }
    item.attempts += 1;
    item.wait = None;
    item
}

/// The item after `act` came to `outcome` at `now`; `item` is as [`begin`] left it. `fraction` in 0..1 spreads waits.
pub fn transition(item: &Item, act: &Act, outcome: &Outcome, now: i64, fraction: f64) -> Item {
    let mut after = item.clone();
    match (act, outcome) {
        (Act::Initialize(n), Outcome::Initialized(id)) => {
            advance(&mut after, *n, UploadState::Open(*id))
        }
        (Act::Send(n, id), Outcome::Sent(sums)) => {
            if let Some(upload) = after.uploads.get_mut(*n) {
                upload.sums = Some(sums.clone());
            }
            advance(&mut after, *n, UploadState::Sent(*id));
        }
        (Act::Ask(n, id), Outcome::Scan(scan)) => {
            scanned(&mut after, *n, *id, *scan, now, fraction)
        }
        (Act::Send(n, _) | Act::Ask(n, _), Outcome::Burned) => {
            burned(&mut after, *n, now, fraction)
        }
        (Act::Submit | Act::Adopt, Outcome::Accepted(id)) => {
            after.phase = Phase::Accepted(*id);
            after.attempts = 0;
            after.wait = None;
        }
        (Act::Submit, Outcome::Taken) => {
            after.phase = Phase::Submitting {
                is_unsure: true,
                is_taken: true,
            };
            after.wait = None;
        }
        (
            Act::Submit,
            Outcome::Later {
                reason,
                after: asked,
            },
        ) => {
            if let Phase::Submitting {
                is_unsure: false, ..
            } = after.phase
            {
                after.phase = Phase::Queued;
            }
            wait(&mut after, *reason, *asked, now, fraction);
        }
        (Act::Adopt, Outcome::NotFound) => {
            // The key is held, and the letter does not show yet: ask again by submitting with the same key.
            after.phase = Phase::Submitting {
                is_unsure: true,
                is_taken: false,
            };
            wait(&mut after, ErrorCode::Unsure, None, now, fraction);
        }
        // The key is looked at before any other rule, so a refusal means that no letter holds it, or another than ours.
        (_, Outcome::Never(problem)) | (Act::Stick(problem), _) => {
            stick(&mut after, problem.clone())
        }
        (
            _,
            Outcome::Later {
                reason,
                after: asked,
            },
        ) => wait(&mut after, *reason, *asked, now, fraction),
        _ => wait(&mut after, ErrorCode::Unsure, None, now, fraction),
    }
    after
}

/// Why the letter can no longer go as it was written: it waited past its due date, or will be published after it
/// (Correspondence reference, section 6, step 13).
fn too_late(item: &Item, now: i64) -> Option<Problem> {
    let due = item.due_at?;
    let code = match item.publish_at {
        _ if due < now => ErrorCode::DuePast,
        Some(publish) if due < publish => ErrorCode::DueBeforePublish,
        _ => return None,
    };
    Some(Problem {
        field: Field::Due,
        code,
        params: BTreeMap::new(),
    })
}

/// Whether the user may take the letter back: nothing of it is at Altinn, and nothing is being handed over.
pub fn is_ours(item: &Item) -> bool {
    matches!(item.phase, Phase::Queued | Phase::Stuck(_))
}

/// The item as it is when the user asks to try again now.
pub fn retry(item: &Item) -> Item {
    let mut item = item.clone();
    item.wait = None;
    item.attempts = 0;
    item.is_paused = false;
    if let Phase::Stuck(problem) = &item.phase {
        for upload in &mut item.uploads {
            upload.tries = 0;
            if problem.field == Field::Files {
                upload.state = UploadState::New;
            }
        }
        item.phase = Phase::Queued;
    }
    item
}

/// Steps done and steps in all: two for each file, one for the letter.
pub fn steps(item: &Item) -> (u32, u32) {
    let mut done = u32::from(matches!(item.phase, Phase::Accepted(_)));
    let mut all = 1;
    for upload in &item.uploads {
        all += 2;
        done += match upload.state {
            UploadState::Sent(_) => 1,
            UploadState::Clean(_) => 2,
            _ => 0,
        };
    }
    (done, all)
}

/// How long to wait after so many attempts, milliseconds: doubling from a second to five minutes, spread by a quarter.
pub fn backoff(attempts: u32, fraction: f64) -> i64 {
    let doubled = FIRST_WAIT << attempts.saturating_sub(1).min(20);
    let base = doubled.min(MAX_WAIT);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "at most five minutes"
    )]
    let spread = (base as f64 * (0.75 + fraction.clamp(0.0, 1.0) / 4.0)) as i64;
    spread
}

/// A problem that names a file.
pub fn file_problem(code: ErrorCode, name: &str) -> Problem {
    Problem {
        field: Field::Files,
        code,
        params: BTreeMap::from([("name".to_owned(), name.to_owned())]),
    }
}

fn set(item: &mut Item, n: usize, state: UploadState) {
    if let Some(upload) = item.uploads.get_mut(n) {
        upload.state = state;
    }
}

fn advance(item: &mut Item, n: usize, state: UploadState) {
    set(item, n, state);
    item.attempts = 0;
    item.wait = None;
}

fn scanned(item: &mut Item, n: usize, id: Uuid, scan: Scan, now: i64, fraction: f64) {
    match scan {
        Scan::Empty => advance(item, n, UploadState::Open(id)),
        Scan::Waiting { since } if now - since >= SCAN_PATIENCE => {
            // The bytes are there, and only Altinn can say more: the letter waits where the user sees it.
            set(item, n, UploadState::Sent(id));
            item.attempts += 1;
            let longer = backoff(item.attempts + SCAN_ATTEMPTS, fraction);
            wait(item, ErrorCode::Slow, Some(longer), now, fraction);
        }
        Scan::Waiting { .. } => advance(item, n, UploadState::Sent(id)),
        Scan::Clean => advance(item, n, UploadState::Clean(id)),
        Scan::Rejected => {
            set(item, n, UploadState::Rejected);
            let name = item
                .uploads
                .get(n)
                .map(|upload| upload.name.clone())
                .unwrap_or_default();
            stick(item, file_problem(ErrorCode::FileRejected, &name));
        }
        Scan::Burned => burned(item, n, now, fraction),
    }
}

fn burned(item: &mut Item, n: usize, now: i64, fraction: f64) {
    set(item, n, UploadState::New);
    let upload = item
        .uploads
        .get(n)
        .map(|upload| (upload.tries, upload.name.clone()));
    match upload {
        Some((tries, name)) if tries >= MAX_TRIES => {
            stick(item, file_problem(ErrorCode::FileRefused, &name))
        }
        Some((tries, _)) if tries > 1 => {
            item.attempts = item.attempts.max(tries);
            wait(item, ErrorCode::ServerFault, None, now, fraction);
        }
        _ => item.wait = None,
    }
}

fn stick(item: &mut Item, problem: Problem) {
    item.phase = Phase::Stuck(problem);
    item.attempts = 0;
    item.wait = None;
}

fn wait(item: &mut Item, reason: ErrorCode, asked: Option<i64>, now: i64, fraction: f64) {
    let own = backoff(item.attempts, fraction);
    let until = now
        .saturating_add(asked.map_or(own, |asked| asked.clamp(0, 3_600_000).max(FIRST_WAIT / 4)));
    item.wait = Some(Wait { until, reason });
}

#[cfg(test)]
#[path = "state_test.rs"]
mod tests;
