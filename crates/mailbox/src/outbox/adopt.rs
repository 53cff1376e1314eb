//! A key that Altinn says is taken (409, 1034): the letter that holds it is ours when it says what ours says.

use super::freeze;
use super::perform::Job;
use super::state::Outcome;
use crate::Account;
use crate::error::problem_of;
use crate::identity::Identity;
use altinn_client::{ApiError, NewCorrespondence, Overview, Role as Line, Search, SearchRole};
use mailbox_store::LetterRow;

/// The rule that a key is used once (Correspondence reference, section 18).
const KEY_TAKEN: u32 = 1034;

/// Finds the letter that holds the key of `job`. Another letter under our key, from another system of the sender, must
/// never be shown as ours.
pub(super) async fn adopt(
    account: &Account,
    letter: &LetterRow,
    job: &Job,
) -> Result<Outcome, ApiError> {
    let search = Search {
        idempotent_key: job.row.id.parse().ok(),
        ..Search::new(letter.resource.clone(), SearchRole::Sender)
    };
    let ids = account.client.search(&search).await?;
    let Some(ours) = freeze::request(letter) else {
        return Ok(Outcome::NotFound);
    };
    let mut refused = None;
    for id in ids {
        // As its sender, that leaves no trace.
        let overview = account.client.overview(Line::Sender, id).await?;
        let differing = differing(&ours, &job.row.recipient, &overview);
        if differing.is_empty() {
            return Ok(Outcome::Accepted(id));
        }
        let detail = format!(
            "The idempotent key is held by another letter, {id}, which differs in: {}.",
            differing.join(", ")
        );
        refused = Some(Outcome::Never(problem_of(Some(KEY_TAKEN), Some(&detail))));
    }
    Ok(refused.unwrap_or(Outcome::NotFound))
}

/// In what a letter at Altinn is not ours. After publication the view of a sender that does not own the service is
/// blank (section 9.4): what it does not
/// tell is no difference, and the reference, which is the id of our draft when the user named none, always shows.
fn differing(ours: &NewCorrespondence, recipient: &str, theirs: &Overview) -> Vec<&'static str> {
    let is_same = |ours: &str, theirs: &str| ours.trim() == theirs.trim();
    let is_told = |text: &str| !text.trim().is_empty();
    let resource = theirs
        .resource_id
        .rsplit(':')
        .next()
        .unwrap_or(&theirs.resource_id);
    let title = &theirs.content.message_title;
    let mut differing = Vec::new();
    if !is_same(&ours.resource_id, resource) {
        differing.push("resource");
    }
    if is_told(&theirs.recipient) && !is_same_party(recipient, &theirs.recipient) {
        differing.push("recipient");
    }
    if !is_same(&ours.senders_reference, &theirs.senders_reference) {
        differing.push("reference");
    }
    if is_told(title) && !is_same(&ours.content.message_title, title) {
        differing.push("title");
    }
    differing
}

/// Whether two ways of writing a party mean the same one.
fn is_same_party(ours: &str, theirs: &str) -> bool {
    match (Identity::parse(ours), Identity::parse(theirs)) {
        (Ok(ours), Ok(theirs)) => ours == theirs,
        _ => ours.eq_ignore_ascii_case(theirs),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use altinn_client::NewContent;
    use serde_json::{Value, json};

    const RECIPIENT: &str = "urn:altinn:organization:identifier-no:371049746";

    fn ours() -> NewCorrespondence {
        NewCorrespondence {
            resource_id: "vedtak".to_owned(),
            senders_reference: "sak-1".to_owned(),
            content: NewContent {
                message_title: "Vedtak".to_owned(),
                ..NewContent::default()
            },
            ..NewCorrespondence::default()
        }
    }

    fn theirs(change: Value) -> Overview {
        let mut overview = json!({
            "correspondenceId": uuid::Uuid::from_u128(1),
            "resourceId": "vedtak",
            "recipient": RECIPIENT,
            "sendersReference": "sak-1",
            "status": "Initialized",
            "content": { "messageTitle": "Vedtak" },
        });
        for (name, value) in change.as_object().unwrap() {
            overview[name] = value.clone();
        }
        serde_json::from_value(overview).unwrap()
    }

    fn differs_in(change: Value) -> Vec<&'static str> {
        differing(&ours(), RECIPIENT, &theirs(change))
    }

    #[test]
    fn our_letter_is_known_before_and_after_publication() {
        assert!(differs_in(json!({})).is_empty(), "it says what ours says");
        let blank = json!({ "content": { "messageTitle": "" }, "status": "Published" });
        assert!(
            differs_in(blank).is_empty(),
            "blank after publication, it is ours by the rest"
        );
        let other =
            json!({ "recipient": "0192:371049746", "resourceId": "urn:altinn:resource:vedtak" });
        assert!(
            differs_in(other).is_empty(),
            "another way of writing it is no difference"
        );
    }

    #[test]
    fn another_letter_is_told_from_ours() {
        let cases = [
            (
                json!({ "content": { "messageTitle": "Noe annet" } }),
                "title",
            ),
            (json!({ "resourceId": "svar" }), "resource"),
            (
                json!({ "recipient": "urn:altinn:organization:identifier-no:359797117" }),
                "recipient",
            ),
            (json!({ "sendersReference": "sak-2" }), "reference"),
            (
                json!({ "sendersReference": "", "content": {} }),
                "reference",
            ),
        ];
        for (change, name) in cases {
            assert_eq!(
                differs_in(change),
                vec![name],
                "a letter with another {name} is not ours"
            );
        }
    }
}
