//! The calls behind the acts of a batch, and what their answers mean.

use super::state::{Act, Outcome, There};
use crate::error::problem_in;
use crate::identity::Identity;
use crate::outbox::freeze;
use crate::view::{Field, Problem};
use crate::{Account, Mailbox};
use altinn_client::{
    ApiError, CorrespondenceStatus, InitializeCorrespondences, Refusal, Retry, Role, Search,
    SearchRole,
};
use futures_util::StreamExt;
use mailbox_store::{LetterRow, UploadRow};
use uuid::Uuid;

/// Letters asked about at the same time.
const AT_ONCE: usize = 8;

/// What an act is performed for.
pub(super) struct Call<'a> {
    pub(super) account: &'a Account,
    pub(super) letter: &'a LetterRow,
    pub(super) uploads: &'a [UploadRow],
    /// The sender's reference of the batch.
    pub(super) reference: &'a str,
    pub(super) recipients: &'a [String],
}

impl Mailbox {
    /// Performs `act` and says what came of it; never fails, for every failure is an outcome.
    pub(super) async fn perform_batch(&self, call: &Call<'_>, act: Act) -> Outcome {
        let done = match act {
            Act::Submit => submit(call).await,
            Act::Look => look(call)
                .await
                .map(|ids| Outcome::Counted(u32::try_from(ids.len()).unwrap_or(u32::MAX))),
            Act::Compare => self.compare(call).await.map(Outcome::There),
            Act::Rest | Act::Sleep(_) => return Outcome::Unsure,
        };
        match done {
            Ok(outcome) => {
                self.hear_answer();
                outcome
            }
            Err(error) => {
                self.hear_error(&error);
                outcome_of(&error, call.recipients)
            }
        }
    }

    /// For whom each of them is. Details are told of purged letters too, and leave no trace as their sender (section
    /// 9.4). What was told stays known until all is, so that every round of a bad connection comes further.
    async fn compare(&self, call: &Call<'_>) -> Result<Vec<There>, ApiError> {
        let client = &call.account.client;
        let ids = look(call).await?;
        let known = |id: &Uuid| self.engine.told_letters().get(id).cloned();
        let unknown: Vec<Uuid> = ids
            .iter()
            .copied()
            .filter(|id| known(id).is_none())
            .collect();
        let asked: Vec<Result<There, ApiError>> = futures_util::stream::iter(unknown)
            .map(|id| async move {
                let details = client.details(Role::Sender, id).await?;
                Ok(There {
                    recipient: details.overview.recipient,
                    id,
                    is_reserved: details.overview.status == CorrespondenceStatus::Reserved,
                })
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let mut failed = None;
        for told in asked {
            match told {
                Ok(there) => {
                    self.engine.told_letters().insert(there.id, there);
                }
                Err(error) => failed = Some(error),
            }
        }
        if let Some(error) = failed {
            return Err(error);
        }
        let mut told = self.engine.told_letters();
        Ok(ids.iter().filter_map(|id| told.remove(id)).collect())
    }
}

async fn submit(call: &Call<'_>) -> Result<Outcome, ApiError> {
    let Some(mut correspondence) = freeze::request(call.letter) else {
        return Ok(Outcome::Later(None));
    };
    call.reference
        .clone_into(&mut correspondence.senders_reference);
    let request = InitializeCorrespondences {
        correspondence,
        recipients: call.recipients.to_vec(),
        existing_attachments: call
            .uploads
            .iter()
            .filter_map(|upload| upload.attachment.as_deref()?.parse().ok())
            .collect(),
        idempotent_key: None,
    };
    let answer = call.account.client.initialize(&request).await?;
    let letters = answer.correspondences.into_iter().map(|letter| There {
        recipient: letter.recipient,
        id: letter.correspondence_id,
        is_reserved: letter.status == CorrespondenceStatus::Reserved,
    });
    Ok(Outcome::There(letters.collect()))
}

/// Everything under the reference, whatever its status: purged letters are listed too.
async fn look(call: &Call<'_>) -> Result<Vec<Uuid>, ApiError> {
    let search = Search {
        senders_reference: Some(call.reference.to_owned()),
        ..Search::new(call.letter.resource.clone(), SearchRole::Sender)
    };
    call.account.client.search(&search).await
}

fn outcome_of(error: &ApiError, recipients: &[String]) -> Outcome {
    let milliseconds =
        |wait: std::time::Duration| i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    match (error.retry(), error.refusal()) {
        (Retry::Unsure, _) => Outcome::Unsure,
        (Retry::Later { after }, _) => Outcome::Later(after.map(milliseconds)),
        // Refused sign-in is for the user to mend, and then the letters go on by themselves.
        (Retry::Never, None) => Outcome::Later(None),
        (Retry::Never, Some(refusal))
            if matches!(refusal.status, 401 | 403) && refusal.code.is_none() =>
        {
            Outcome::Later(None)
        }
        (Retry::Never, Some(refusal)) => {
            let named = named(refusal, recipients);
            // Altinn's sentence may name hundreds; each is told of its own line.
            let problem = problem_in(refusal);
            let problem = if named.is_empty() {
                problem
            } else {
                Problem {
                    field: Field::Recipients,
                    params: problem
                        .params
                        .into_iter()
                        .filter(|(name, _)| name != "detail")
                        .collect(),
                    ..problem
                }
            };
            Outcome::Refused { problem, named }
        }
    }
}

/// The recipients that a refusal names, as some do by their URNs (section 18: 1029, 1030, 1044).
fn named(refusal: &Refusal, recipients: &[String]) -> Vec<String> {
    let detail = refusal.detail.as_deref().unwrap_or_default();
    let words = detail.split(|c: char| c == ',' || c == ';' || c.is_whitespace());
    let mut named: Vec<String> = words
        .map(|word| word.trim_matches(['.', '\'', '"', '(', ')']))
        .filter(|word| word.contains(':'))
        .filter_map(|word| Some(Identity::parse(word).ok()?.urn()))
        .filter(|urn| recipients.contains(urn))
        .collect();
    named.sort();
    named.dedup();
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_recipients_are_found_in_altinns_sentence() {
        let urn = |number: &str| format!("urn:altinn:organization:identifier-no:{number}");
        let ours = [urn("991825827"), urn("986252932"), urn("371049746")];
        let refusal = |detail: String| Refusal {
            detail: Some(detail),
            ..Refusal::default()
        };
        let two = format!("Could not find: {},{}.", urn("986252932"), urn("991825827"));
        assert_eq!(
            named(&refusal(two), &ours),
            vec![urn("986252932"), urn("991825827")],
            "in a list"
        );
        let other = format!("Could not find: {}", urn("889640782"));
        assert!(
            named(&refusal(other), &ours).is_empty(),
            "only those that were in the call"
        );
        assert!(
            named(&refusal("recipients must be unique".to_owned()), &ours).is_empty(),
            "a sentence may name nobody"
        );
    }
}
