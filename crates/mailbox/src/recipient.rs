//! Recipients of a draft: judged at once from what is stored, named in the background.
//!
//! Nothing here waits for the network. An organisation whose name is not stored, or was looked up more than a day ago,
//! is asked for in Enhetsregisteret (Platform reference, section 9.1) behind the caller's back; when the answer is
//! stored, the drafts of the account are told as changed.

use crate::identity::{self, Fault, Identity};
use crate::view::{Change, Party, Recipient, RecipientState};
use crate::{Mailbox, Result};
use mailbox_store::{PartyRow, Reader, StoreError};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the register's answer counts, in milliseconds.
const FRESH: i64 = 24 * 60 * 60 * 1000;
/// How long a look-up that failed is let alone, in milliseconds.
const REST: i64 = 60 * 1000;
/// How often names that have come are told.
const TOLD: Duration = Duration::from_millis(300);

/// Look-ups that are under way, and those that failed of late; lives as long as the program.
#[derive(Debug, Clone, Default)]
pub(crate) struct LookUps(Arc<Mutex<HashMap<String, LookUp>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LookUp {
    UnderWay,
    FailedAt(i64),
}

impl LookUps {
    /// Whether a look-up failed so recently that another makes no sense yet.
    fn rests(&self, urn: &str, now: i64) -> bool {
        matches!(self.lock().get(urn), Some(LookUp::FailedAt(at)) if now - at < REST)
    }

    /// Claims a look-up; false when one is under way or rests.
    fn begin(&self, urn: &str, now: i64) -> bool {
        let mut lookups = self.lock();
        let is_free = match lookups.get(urn) {
            None => true,
            Some(LookUp::UnderWay) => false,
            Some(LookUp::FailedAt(at)) => now - at >= REST,
        };
        if is_free {
            lookups.insert(urn.to_owned(), LookUp::UnderWay);
        }
        is_free
    }

    fn end(&self, urn: &str, failed_at: Option<i64>) {
        let mut lookups = self.lock();
        match failed_at {
            Some(at) => lookups.insert(urn.to_owned(), LookUp::FailedAt(at)),
            None => lookups.remove(urn),
        };
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, LookUp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Recipients as far as they are known, and the organisations that should be looked up.
pub(crate) struct Judged {
    /// One a text, in order.
    pub(crate) recipients: Vec<Recipient>,
    /// Organisation numbers whose name is missing or old.
    pub(crate) ask: Vec<String>,
}

/// Judges typed recipients against the store alone.
pub(crate) fn judge(
    reader: &Reader<'_>,
    texts: &[String],
    lookups: &LookUps,
    now: i64,
) -> Result<Judged, StoreError> {
    let mut seen = HashSet::new();
    let mut judged = Judged {
        recipients: Vec::with_capacity(texts.len()),
        ask: Vec::new(),
    };
    for text in texts {
        let identity = match Identity::parse(text) {
            Ok(identity) => identity,
            Err(fault) => {
                judged.recipients.push(nobody(text, fault));
                continue;
            }
        };
        let urn = identity.urn();
        let row = reader.party(&urn)?;
        if let Some(number) = identity.organisation_number()
            && row.as_ref().is_none_or(|row| now - row.checked_at >= FRESH)
        {
            judged.ask.push(number.to_owned());
        }
        let mut recipient = known(text, &identity, row.as_ref(), lookups.rests(&urn, now));
        if !seen.insert(urn) {
            recipient.state = RecipientState::Duplicate;
        }
        judged.recipients.push(recipient);
    }
    Ok(judged)
}

fn known(text: &str, identity: &Identity, row: Option<&PartyRow>, is_resting: bool) -> Recipient {
    let state = match row {
        Some(row) if row.is_deleted => RecipientState::Deleted,
        Some(row) if !row.name.is_empty() => RecipientState::Found,
        Some(row) if !row.is_known && !identity.is_person() => RecipientState::NotFound,
        None if !identity.is_person() && !is_resting => RecipientState::Checking,
        _ => RecipientState::Unnamed,
    };
    let number = identity.shown();
    let name = row
        .map(|row| row.name.clone())
        .filter(|name| !name.is_empty());
    Recipient {
        key: identity.urn(),
        text: text.to_owned(),
        party: Party {
            name: name.unwrap_or_else(|| number.clone()),
            number,
            is_person: identity.is_person(),
        },
        place: row.and_then(|row| row.place.clone()),
        state,
    }
}

/// A text that names nobody. What may be a person's number with a slip in it is masked like one.
fn nobody(text: &str, fault: Fault) -> Recipient {
    let trimmed = text.trim();
    let digits: String = trimmed.chars().filter(char::is_ascii_digit).collect();
    let is_person = digits.len() >= 10;
    let shown = if is_person {
        identity::masked(&digits)
    } else {
        trimmed.to_owned()
    };
    Recipient {
        key: trimmed.to_owned(),
        text: text.to_owned(),
        party: Party {
            name: shown.clone(),
            number: shown,
            is_person,
        },
        place: None,
        state: match fault {
            Fault::Checksum => RecipientState::BadChecksum,
            Fault::NotYetAccepted => RecipientState::NotYetAccepted,
            Fault::Malformed => RecipientState::Malformed,
        },
    }
}

impl Mailbox {
    /// What is known of typed recipients, in their order. Names that are missing are looked up behind the caller's
    /// back; a change of the account's drafts tells when one has come.
    ///
    /// # Errors
    /// `NotFound` for an unknown account, and the store's.
    pub async fn check_recipients(
        &self,
        account: impl Into<String> + Send,
        texts: Vec<String>,
    ) -> Result<Vec<Recipient>> {
        let account = account.into();
        self.account(&account)?;
        let (lookups, now) = (self.lookups.clone(), self.clock.now());
        let judged = self
            .store
            .read(move |reader| judge(reader, &texts, &lookups, now))
            .await?;
        self.look_up(&account, judged.ask);
        Ok(judged.recipients)
    }

    /// Asks the register for organisations, one after the other, in the background.
    pub(crate) fn look_up(&self, account: &str, numbers: Vec<String>) {
        let now = self.clock.now();
        let claimed: Vec<_> = numbers
            .into_iter()
            .map(|number| (Identity::Organisation(number.clone()).urn(), number))
            .filter(|(urn, _)| self.lookups.begin(urn, now))
            .collect();
        if claimed.is_empty() {
            return;
        }
        let (mailbox, account) = (self.clone(), account.to_owned());
        tokio::spawn(async move {
            let count = claimed.len();
            let mut told_at = tokio::time::Instant::now();
            for (place, (urn, number)) in claimed.into_iter().enumerate() {
                let is_named = mailbox.name(&account, &urn, &number).await;
                mailbox
                    .lookups
                    .end(&urn, (!is_named).then(|| mailbox.clock.now()));
                // A pasted list of hundreds fills in by and by, not by hundreds of changes.
                if place + 1 == count || told_at.elapsed() >= TOLD {
                    told_at = tokio::time::Instant::now();
                    mailbox.tell_drafts(&account).await;
                }
            }
        });
    }

    /// Asks for one organisation and stores the answer; false when there was none.
    async fn name(&self, account: &str, urn: &str, number: &str) -> bool {
        let Ok(account) = self.account(account) else {
            return false;
        };
        let entry = match account.client.organisation(number).await {
            Ok(entry) => entry,
            Err(error) => {
                tracing::debug!(%error, "no answer from the register of organisations");
                return false;
            }
        };
        let row = PartyRow {
            urn: urn.to_owned(),
            name: entry
                .as_ref()
                .map(|entry| entry.name.trim().to_owned())
                .unwrap_or_default(),
            place: entry
                .as_ref()
                .and_then(|entry| entry.place())
                .map(str::to_owned),
            is_deleted: entry
                .as_ref()
                .is_some_and(altinn_client::RegisterEntry::is_deleted),
            is_known: entry.is_some(),
            checked_at: self.clock.now(),
        };
        self.store.write(move |tx| tx.put_party(&row)).await.is_ok()
    }

    /// Tells that the open drafts of an account, and its lists, may show new names.
    async fn tell_drafts(&self, account: &str) {
        let of = account.to_owned();
        let drafts = self
            .store
            .read(move |reader| reader.drafts(&of))
            .await
            .unwrap_or_default();
        let mut changes: Vec<Change> = drafts
            .into_iter()
            .map(|draft| Change::Draft { id: draft.id })
            .collect();
        changes.push(Change::Folders {
            account: account.to_owned(),
        });
        changes.push(Change::List {
            account: account.to_owned(),
        });
        self.changes.tell(changes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, is_known: bool, is_deleted: bool) -> PartyRow {
        PartyRow {
            urn: String::new(),
            name: name.to_owned(),
            place: Some("OSLO".to_owned()),
            is_deleted,
            is_known,
            checked_at: 0,
        }
    }

    #[test]
    fn an_organisation_is_shown_as_the_register_knows_it() {
        let identity = Identity::parse("991825827").unwrap();
        let state = |row: Option<&PartyRow>, is_resting| {
            known("991825827", &identity, row, is_resting).state
        };
        assert_eq!(
            state(None, false),
            RecipientState::Checking,
            "nothing known, a look-up is due"
        );
        assert_eq!(
            state(None, true),
            RecipientState::Unnamed,
            "the register did not answer: never in the way"
        );
        assert_eq!(
            state(Some(&row("DIGDIR", true, false)), false),
            RecipientState::Found,
            "named"
        );
        assert_eq!(
            state(Some(&row("", false, false)), false),
            RecipientState::NotFound,
            "asked, unknown"
        );
        assert_eq!(
            state(Some(&row("DIGDIR", true, true)), false),
            RecipientState::Deleted,
            "struck"
        );
        let named = known(
            "991825827",
            &identity,
            Some(&row("DIGDIR", true, false)),
            false,
        );
        assert_eq!(
            (named.party.name.as_str(), named.party.number.as_str()),
            ("DIGDIR", "991 825 827"),
            "both shown"
        );
    }

    #[test]
    fn a_person_is_never_looked_up_and_never_shown_in_full() {
        let identity = Identity::parse("08900499559").unwrap();
        let person = known("08900499559", &identity, None, false);
        assert_eq!(
            person.state,
            RecipientState::Unnamed,
            "there is no register for people"
        );
        assert_eq!(person.party.name, "089004 XXXXX", "masked");
        let slip = nobody("08900499558", Fault::Checksum);
        assert_eq!(
            slip.party.name, "089004 XXXXX",
            "a slip of the pen does not unmask"
        );
        let slip = nobody("089004 9955", Fault::Malformed);
        assert_eq!(slip.party.name, "089004 XXXXX", "nor does a missing digit");
        assert_eq!(
            nobody("Direktoratet", Fault::Malformed).party.name,
            "Direktoratet",
            "words stay readable"
        );
    }

    #[test]
    fn a_look_up_is_made_once_and_rests_after_a_failure() {
        let lookups = LookUps::default();
        assert!(lookups.begin("urn", 0), "the first may ask");
        assert!(!lookups.begin("urn", 0), "one at a time");
        lookups.end("urn", Some(10));
        assert!(
            lookups.rests("urn", 10 + REST - 1) && !lookups.begin("urn", 10 + REST - 1),
            "let alone for a minute"
        );
        assert!(lookups.begin("urn", 10 + REST), "then asked again");
        lookups.end("urn", None);
        assert!(
            !lookups.rests("urn", 10 + REST),
            "an answer leaves no trace here"
        );
    }
}
