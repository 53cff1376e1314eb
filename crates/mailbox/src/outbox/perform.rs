//! The calls behind the acts of the outbox, and what their answers mean.

use super::adopt::adopt;
use super::state::{Act, Outcome, Scan, file_problem};
use super::worker::Stored;
use super::{bytes, freeze};
use crate::error::problem_in;
use crate::view::{ErrorCode, Problem, UploadProgress};
use crate::{Account, Error, Mailbox};
use altinn_client::{ApiError, AttachmentStatus, InitializeCorrespondences, NewAttachment, Retry};
use mailbox_store::{LetterRow, OutboxRow, UploadRow};
use std::time::Duration;
use uuid::Uuid;

/// The status line hears of an upload each time so many more bytes have gone.
const PROGRESS_STEP: u64 = 512 * 1024;

/// What an act is performed for.
#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(super) row: OutboxRow,
    uploads: Vec<UploadRow>,
}

impl Job {
    pub(crate) fn of(stored: &Stored) -> Self {
        Self {
            row: stored.row.clone(),
            uploads: stored.uploads.clone(),
        }
    }

    /// The files of a letter that goes to nobody by itself.
    pub(crate) fn of_files(row: OutboxRow, uploads: Vec<UploadRow>) -> Self {
        Self { row, uploads }
    }
}

impl Mailbox {
    /// Performs `act` and says what came of it; never fails, for every failure is an outcome.
    pub(crate) async fn perform(&self, job: &Job, act: &Act) -> Outcome {
        let Ok(account) = self.account(&job.row.account) else {
            // The account is not part of this run; the letter waits for one in which it is.
            return Outcome::Later {
                reason: ErrorCode::NoAccess,
                after: Some(60_000),
            };
        };
        let letter_id = job.row.letter.clone();
        let letter = match self
            .store
            .read(move |reader| reader.letter(&letter_id))
            .await
        {
            Ok(Some(letter)) => letter,
            Ok(None) => {
                return Outcome::Later {
                    reason: ErrorCode::Internal,
                    after: None,
                };
            }
            Err(error) => {
                let error = Error::from(error);
                self.hear_store(&error);
                return Outcome::Later {
                    reason: error.code(),
                    after: None,
                };
            }
        };
        let file = |n: &usize| job.uploads.get(*n).ok_or(Outcome::Unsure);
        let done = match act {
            Act::Initialize(n) => match file(n) {
                Ok(upload) => initialize(account, &letter, upload).await,
                Err(outcome) => return outcome,
            },
            Act::Send(n, id) => match file(n) {
                Ok(upload) => self.send_bytes(account, job, upload, *n, *id).await,
                Err(outcome) => return outcome,
            },
            Act::Ask(n, id) => match file(n) {
                Ok(_) => ask(account, job, *id).await,
                Err(outcome) => return outcome,
            },
            Act::Submit => submit(account, &letter, job).await,
            Act::Adopt => adopt(account, &letter, job).await.map_err(Fault::from),
            Act::Rest | Act::Sleep(_) | Act::Stick(_) => return Outcome::Unsure,
        };
        let outcome = match done {
            Ok(outcome) => {
                self.hear_answer();
                outcome
            }
            Err(Fault::Api(error)) => {
                let ours = self.hear_error(&error);
                outcome_of(act, &error, &ours)
            }
            Err(Fault::File(problem)) => Outcome::Never(problem),
        };
        if let Some(id) = left_behind(act, &outcome) {
            // Nothing lists it there, and nothing will use it: what cannot be deleted now stays.
            let _ = account.client.delete_attachment(id).await;
        }
        outcome
    }

    async fn send_bytes(
        &self,
        account: &Account,
        job: &Job,
        upload: &UploadRow,
        n: usize,
        id: Uuid,
    ) -> Result<Outcome, Fault> {
        let pieces = bytes::open(&self.store, upload)
            .await
            .map_err(Fault::File)?;
        let (pieces, hashing) = bytes::hashed(pieces);
        let progress = UploadProgress {
            file: u32::try_from(n + 1).unwrap_or(u32::MAX),
            files: u32::try_from(job.uploads.len()).unwrap_or(u32::MAX),
            done: 0,
            size: upload.size,
        };
        self.set_line(|line| line.uploads = Some(progress.clone()));
        let teller = self.clone();
        let mut told = 0;
        let tell = move |done: u64| {
            if done - told >= PROGRESS_STEP {
                told = done;
                let progress = UploadProgress {
                    done,
                    ..progress.clone()
                };
                teller.set_line(|line| line.uploads = Some(progress));
            }
        };
        let sent = account.client.upload(id, upload.size, pieces, tell).await;
        self.set_line(|line| line.uploads = None);
        let overview = sent?;
        // What changed while it was read is not what the user attached.
        bytes::is_as_attached(upload).await.map_err(Fault::File)?;
        let Some(sums) = hashing.sums().await else {
            return Ok(Outcome::Burned);
        };
        let differs =
            |known: &str, sum: &str| !known.is_empty() && !known.eq_ignore_ascii_case(sum);
        if differs(&upload.sha256, &sums.sha256) {
            let problem = file_problem(ErrorCode::FileRefused, &upload.name);
            return Err(Fault::File(problem));
        }
        // Services without a scan publish at once (Correspondence reference, section 4.14).
        Ok(match overview.status {
            AttachmentStatus::Failed => Outcome::Burned,
            _ if differs(&overview.checksum, &sums.md5) => Outcome::Burned,
            _ => Outcome::Sent(sums),
        })
    }
}

/// The attachment that is of no use after `act` came to `outcome`.
fn left_behind(act: &Act, outcome: &Outcome) -> Option<Uuid> {
    match (act, outcome) {
        (Act::Send(_, id), Outcome::Burned | Outcome::Never(_))
        | (Act::Ask(_, id), Outcome::Burned | Outcome::Scan(Scan::Burned)) => Some(*id),
        _ => None,
    }
}

/// Why an act came to nothing.
#[derive(Debug)]
enum Fault {
    Api(ApiError),
    /// The bytes on this machine are not what was attached.
    File(Problem),
}

impl From<ApiError> for Fault {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

async fn initialize(
    account: &Account,
    letter: &LetterRow,
    upload: &UploadRow,
) -> Result<Outcome, Fault> {
    let attachment = NewAttachment {
        resource_id: letter.resource.clone(),
        file_name: upload.name.clone(),
        display_name: None,
        is_encrypted: false,
        // Not known yet of a file that is read for the first time while it is sent; it is compared afterwards.
        checksum: Some(upload.md5.clone()).filter(|md5| !md5.is_empty()),
        senders_reference: upload.id.clone(),
        expiration_in_days: None,
    };
    let id = account.client.initialize_attachment(&attachment).await?;
    Ok(Outcome::Initialized(id))
}

async fn ask(account: &Account, job: &Job, id: Uuid) -> Result<Outcome, Fault> {
    let attachment = account.client.attachment(id).await?;
    // Altinn's time is shared by all recipients of the letter; ours is for a machine whose clock is behind.
    let changed = attachment.status_changed.map(|at| at.timestamp_millis());
    let ours = job.row.changed_at;
    let since = changed.map_or(ours, |changed| changed.min(ours));
    let scan = match attachment.status {
        AttachmentStatus::Initialized => Scan::Empty,
        AttachmentStatus::UploadProcessing | AttachmentStatus::Other(_) => Scan::Waiting { since },
        AttachmentStatus::Published => Scan::Clean,
        AttachmentStatus::Failed if attachment.status_text.starts_with("Malware scan failed") => {
            Scan::Rejected
        }
        AttachmentStatus::Failed | AttachmentStatus::Purged | AttachmentStatus::Expired => {
            Scan::Burned
        }
    };
    Ok(Outcome::Scan(scan))
}

async fn submit(account: &Account, letter: &LetterRow, job: &Job) -> Result<Outcome, Fault> {
    let Some(correspondence) = freeze::request(letter) else {
        return Ok(Outcome::Later {
            reason: ErrorCode::Internal,
            after: Some(60_000),
        });
    };
    let request = InitializeCorrespondences {
        correspondence,
        recipients: vec![job.row.recipient.clone()],
        existing_attachments: job
            .uploads
            .iter()
            .filter_map(|upload| upload.attachment.as_deref()?.parse().ok())
            .collect(),
        idempotent_key: job.row.id.parse().ok(),
    };
    let answer = account.client.initialize(&request).await?;
    Ok(match answer.correspondences.first() {
        Some(letter) => Outcome::Accepted(letter.correspondence_id),
        // Taken, and the answer does not say under which id: the key finds it.
        None => Outcome::Taken,
    })
}

/// What an error of `act` means for the letter; `ours` is the same error in our words.
fn outcome_of(act: &Act, error: &ApiError, ours: &Error) -> Outcome {
    let is_file = matches!(act, Act::Send(..) | Act::Ask(..));
    match error.code() {
        Some(1034) if *act == Act::Submit => return Outcome::Taken,
        // The id has been used, is unknown, or its bytes did not arrive as they left (section 4.14).
        Some(2001..=2003 | 2005 | 2008 | 2009 | 2022) if is_file => return Outcome::Burned,
        _ => {}
    }
    let milliseconds = |wait: Duration| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    match error.retry() {
        Retry::Later { after } => Outcome::Later {
            reason: ours.code(),
            after: after.map(milliseconds),
        },
        Retry::Unsure => Outcome::Unsure,
        // Refused sign-in is for the user to mend, and then the letter goes on by itself.
        Retry::Never if matches!(ours, Error::SignInRefused { .. }) => Outcome::Later {
            reason: ErrorCode::SignInRefused,
            after: None,
        },
        Retry::Never => match error.refusal() {
            Some(refusal) => Outcome::Never(problem_in(refusal)),
            None => Outcome::Later {
                reason: ours.code(),
                after: None,
            },
        },
    }
}
