//! What became of a letter to many, recipient by recipient.

use crate::identity::Identity;
use crate::view::Problem;
use crate::{Error, Mailbox, Result};
use mailbox_store::{BulkCounts, BulkRow, RecipientRow, RecipientState};
use serde::Serialize;

/// Where a letter to many is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum BulkState {
    /// On its way.
    Going,
    /// Held by the user.
    Paused,
    /// The letter itself is refused; nobody else gets it until the user lets it go on.
    Stuck {
        /// Why.
        reason: Problem,
    },
    /// Nobody waits any more.
    Done,
}

/// A letter to many.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkReport {
    /// Bulk id.
    pub id: String,
    /// Title of the letter.
    pub title: String,
    /// When the user sent it, UTC milliseconds.
    pub queued_at: i64,
    /// Where it is.
    pub state: BulkState,
    /// Recipients who wait.
    pub waiting: u32,
    /// Recipients for whom Altinn has the letter.
    pub accepted: u32,
    /// Recipients for whom Altinn has the letter and will fail it, for they have reserved against digital post.
    pub reserved: u32,
    /// Recipients for whom Altinn has it more than once.
    pub doubled: u32,
    /// Recipients whom Altinn refuses.
    pub refused: u32,
}

/// What became of a recipient.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BulkLine {
    /// Line of the list.
    pub line: u32,
    /// Who, with a person's number masked.
    pub recipient: String,
    /// `waiting`, `accepted`, `reserved`, `doubled` or `refused`.
    pub state: &'static str,
    /// Altinn's id of the letter.
    pub correspondence: Option<String>,
    /// Why it is refused.
    pub problem: Option<Problem>,
}

impl Mailbox {
    /// The letters to many of an account, newest first.
    ///
    /// # Errors
    /// What the store says.
    pub async fn bulks(&self, account: &str) -> Result<Vec<BulkReport>> {
        let account = account.to_owned();
        self.store
            .try_read(move |reader| {
                let of = |bulk: BulkRow| {
                    let letter = reader.letter(&bulk.letter)?;
                    let title = letter.map(|letter| letter.title).unwrap_or_default();
                    let counts = reader.bulk_counts(&bulk.id)?;
                    Ok(report(bulk, title, counts))
                };
                reader.bulks(&account)?.into_iter().map(of).collect()
            })
            .await
    }

    /// A letter to many, and what became of each recipient, by line.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn bulk(&self, id: impl Into<String> + Send) -> Result<(BulkReport, Vec<BulkLine>)> {
        let id: String = id.into();
        self.store
            .try_read(move |reader| {
                let bulk = reader.bulk(&id)?.ok_or(Error::NotFound)?;
                let letter = reader.letter(&bulk.letter)?;
                let title = letter.map(|letter| letter.title).unwrap_or_default();
                let counts = reader.bulk_counts(&id)?;
                let lines = reader.bulk_recipients(&id)?.iter().map(line).collect();
                Ok((report(bulk, title, counts), lines))
            })
            .await
    }
}

fn report(bulk: BulkRow, title: String, counts: BulkCounts) -> BulkReport {
    let problem = bulk.problem_json.as_deref();
    let problem = problem.and_then(|json| serde_json::from_str(json).ok());
    BulkReport {
        id: bulk.id,
        title,
        queued_at: bulk.queued_at,
        state: match problem {
            _ if counts.waiting == 0 => BulkState::Done,
            Some(reason) => BulkState::Stuck { reason },
            None if bulk.is_paused => BulkState::Paused,
            None => BulkState::Going,
        },
        waiting: counts.waiting,
        accepted: counts.accepted,
        reserved: counts.reserved,
        doubled: counts.doubled,
        refused: counts.refused,
    }
}

fn line(row: &RecipientRow) -> BulkLine {
    let identity = Identity::parse(&row.recipient);
    let problem = row.problem_json.as_deref();
    BulkLine {
        line: row.line,
        recipient: identity.map_or_else(|_| String::new(), |identity| identity.shown()),
        state: match row.state {
            RecipientState::Waiting => "waiting",
            RecipientState::Accepted => "accepted",
            RecipientState::Reserved => "reserved",
            RecipientState::Doubled => "doubled",
            RecipientState::Refused => "refused",
        },
        correspondence: row.correspondence.clone(),
        problem: problem.and_then(|json| serde_json::from_str(json).ok()),
    }
}
