//! What the user asks of Altinn about a letter: opened, confirm, delete. One local write each, with an intent that
//! survives the end of the program; a worker tells Altinn when it can (architecture section 6).

use crate::outbox::state::backoff;
use crate::sync::apply;
use crate::view::{Change, ErrorCode, Message};
use crate::{Account, Error, Mailbox, Result};
use altinn_client::{ApiError, CorrespondenceStatus, Retry, Role as Line, Search, SearchRole};
use chrono::DateTime;
use mailbox_store::{IntentKind, IntentRow, Level, MessageRow, Role, StatusRow, Writer};
use std::time::Duration;
use uuid::Uuid;

/// Wishes looked at in one go.
const AT_ONCE: u32 = 64;
/// A confirmation shows in the history about four seconds after the call (Correspondence reference, section 4.8).
const CONFIRM_SHOWS: i64 = 2_000;
/// A confirmation that was given and whose history is awaited.
const GIVEN: &str = "{\"is_given\":true}";

/// What became of a wish.
enum Done {
    /// Fulfilled, or pointless: the wish is dropped, with these marks.
    Over(Marks),
    /// Ask again at this time; `is_given` once Altinn has taken a confirmation.
    Again { at: i64, is_given: bool },
    /// Altinn refuses: what was shown here is taken back.
    Refused,
}

/// What is known of a letter now.
#[derive(Debug, Default, Clone)]
struct Marks {
    read_at: Option<i64>,
    confirmed_at: Option<i64>,
    gone_at: Option<i64>,
}

impl Mailbox {
    /// Opens a letter, and gives it as it then is. Its sender hears of it when Altinn can be reached.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn open_message(&self, id: impl Into<String> + Send) -> Result<Message> {
        let id: String = id.into();
        self.mark_opened(id.clone()).await?;
        self.message(&id).await
    }

    /// Notes that a person has opened a letter: it is read here at once, and its sender hears of it when Altinn can be
    /// reached.
    async fn mark_opened(&self, wanted: String) -> Result<()> {
        let now = self.clock.now();
        let (row, is_changed) = self
            .store
            .try_write(move |tx| {
                let row = tx.message(&wanted)?.ok_or(Error::NotFound)?;
                let is_new = row.opened_at.is_none() && row.role == Role::Received;
                if is_new {
                    tx.set_opened(row.key, Some(now))?;
                }
                if row.is_marked_unread {
                    tx.set_marked_unread(row.key, false)?;
                }
                let is_wanted = row.read_at.is_none() || row.level == Level::Probed;
                if is_new && is_wanted && row.gone_at.is_none() {
                    tx.add_intent(&row.account, row.key, IntentKind::MarkRead, now)?;
                }
                let is_changed = is_new || row.is_marked_unread;
                Ok::<_, Error>((row, is_changed))
            })
            .await?;
        if is_changed {
            self.tell_message(&row);
            self.engine.wake_intents.notify_one();
        }
        Ok(())
    }

    /// Shows a letter as unread on this machine; Altinn keeps its mark.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn mark_unread(&self, id: impl Into<String> + Send) -> Result<()> {
        let id: String = id.into();
        self.change_message(id, |tx, row| {
            tx.set_marked_unread(row.key, true)?;
            Ok(())
        })
        .await
    }

    /// Puts a letter away on this machine, or takes it out again.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn archive(&self, id: impl Into<String> + Send, is_archived: bool) -> Result<()> {
        let id: String = id.into();
        let now = self.clock.now();
        self.change_message(id, move |tx, row| {
            tx.set_archived(row.key, is_archived.then_some(now))?;
            Ok(())
        })
        .await
    }

    /// Confirms that a letter was received. Pending until Altinn's history shows it.
    ///
    /// # Errors
    /// `NotFound`; what the store says.
    pub async fn confirm(&self, id: impl Into<String> + Send) -> Result<()> {
        let id: String = id.into();
        let now = self.clock.now();
        self.change_message(id, move |tx, row| {
            if row.role != Role::Received || row.gone_at.is_some() {
                return Err(Error::NotFound);
            }
            if row.confirmed_at.is_none() {
                tx.set_confirm_asked(row.key, Some(row.confirm_asked_at.unwrap_or(now)))?;
                tx.add_intent(&row.account, row.key, IntentKind::Confirm, now)?;
            }
            Ok(())
        })
        .await
    }

    /// Deletes a received letter at Altinn, for everyone in the organisation.
    ///
    /// # Errors
    /// `MustConfirmFirst` when confirmation is asked for and was never given (Correspondence reference, 1026);
    /// `NotFound`; what the store says.
    pub async fn purge(&self, id: impl Into<String> + Send) -> Result<()> {
        let id: String = id.into();
        let now = self.clock.now();
        self.change_message(id, move |tx, row| {
            if row.role != Role::Received || row.gone_at.is_some() {
                return Err(Error::NotFound);
            }
            if row.is_confirmation_needed
                && row.confirmed_at.is_none()
                && row.confirm_asked_at.is_none()
            {
                return Err(Error::rule(ErrorCode::MustConfirmFirst));
            }
            tx.set_purge_asked(row.key, Some(now))?;
            tx.add_intent(&row.account, row.key, IntentKind::Purge, now)?;
            Ok(())
        })
        .await
    }

    async fn change_message(
        &self,
        id: String,
        change: impl FnOnce(&Writer<'_>, &MessageRow) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let row = self
            .store
            .try_write(move |tx| {
                let row = tx.message(&id)?.ok_or(Error::NotFound)?;
                change(tx, &row)?;
                Ok::<_, Error>(row)
            })
            .await?;
        self.tell_message(&row);
        self.engine.wake_intents.notify_one();
        Ok(())
    }

    pub(crate) fn tell_message(&self, row: &MessageRow) {
        let account = row.account.clone();
        self.changes.tell(vec![
            Change::Message { id: row.id.clone() },
            Change::List {
                account: account.clone(),
            },
            Change::Folders { account },
        ]);
    }

    /// Tells Altinn what is due; when the next wish is due, if there is one.
    pub(crate) async fn run_intents(&self) -> Result<Option<i64>> {
        let _turn = self.engine.intent_turn.lock().await;
        loop {
            self.hasten_if_back().await?;
            let now = self.clock.now();
            let due = self
                .store
                .read(move |reader| reader.due_intents(now, AT_ONCE))
                .await?;
            if due.is_empty() {
                return Ok(self.store.read(|reader| reader.next_intent_at()).await?);
            }
            for intent in due {
                self.run_intent(intent).await?;
            }
        }
    }

    async fn run_intent(&self, mut intent: IntentRow) -> Result<()> {
        let key = intent.message;
        let row = self
            .store
            .read(move |reader| reader.message_by_key(key))
            .await?;
        let id = intent.id;
        let account = self.account(&intent.account).ok();
        let account = account.filter(|account| account.is_signed_in());
        let (Some(row), Some(account)) = (row, account) else {
            // Its account is not part of this run, or waits for its person; an hour on, it may be otherwise.
            intent.next_at = self.clock.now() + 3_600_000;
            return Ok(self.store.write(move |tx| tx.save_intent(&intent)).await?);
        };
        // Counted before it is made, so that a wish that kills the program cannot do so for ever at full speed.
        intent.attempts += 1;
        intent.next_at = self.clock.now() + backoff(intent.attempts, self.ids.fraction());
        let begun = intent.clone();
        self.store.write(move |tx| tx.save_intent(&begun)).await?;
        let done = match self.fulfil(account, &intent, &row).await {
            Ok(done) => done,
            Err(error) => {
                let ours = self.hear_error(&error);
                let is_lasting = error.retry() == Retry::Never
                    && !matches!(ours, Error::SignInRefused { .. } | Error::SignInAgain);
                match error.retry() {
                    _ if is_lasting => Done::Refused,
                    Retry::Later { after: Some(after) } => Done::Again {
                        at: self.clock.now()
                            + i64::try_from(after.as_millis()).unwrap_or(i64::MAX / 2),
                        is_given: intent.reason_json.is_some(),
                    },
                    _ => return Ok(()),
                }
            }
        };
        let kind = intent.kind;
        self.store
            .write(move |tx| match done {
                Done::Over(marks) => {
                    tx.set_marks(key, marks.read_at, marks.confirmed_at, None, None)?;
                    let local = |status: &str, at: i64| StatusRow {
                        status: status.to_owned(),
                        text: String::new(),
                        at,
                        is_local: true,
                    };
                    let statuses: Vec<StatusRow> = marks
                        .read_at
                        .map(|at| local("Read", at))
                        .into_iter()
                        .collect();
                    tx.add_statuses(key, &statuses)?;
                    if let Some(at) = marks.gone_at {
                        tx.set_gone(key, at)?;
                    }
                    tx.delete_intent(id)
                }
                Done::Again { at, is_given } => {
                    intent.next_at = at;
                    intent.reason_json = is_given.then(|| GIVEN.to_owned());
                    tx.save_intent(&intent)
                }
                Done::Refused => {
                    match kind {
                        IntentKind::MarkRead => {}
                        IntentKind::Confirm => tx.set_confirm_asked(key, None)?,
                        IntentKind::Purge => tx.set_purge_asked(key, None)?,
                    }
                    tx.delete_intent(id)
                }
            })
            .await?;
        self.tell_message(&row);
        Ok(())
    }

    async fn fulfil(
        &self,
        account: &Account,
        intent: &IntentRow,
        row: &MessageRow,
    ) -> Result<Done, ApiError> {
        let Ok(id) = row.correspondence.parse::<Uuid>() else {
            return Ok(Done::Refused);
        };
        let done = match (intent.kind, row.role) {
            (IntentKind::MarkRead, _) => self.tell_read(account, row, id).await?,
            (IntentKind::Confirm, _) => self.tell_confirmed(account, intent, row, id).await?,
            (IntentKind::Purge, Role::Received) => {
                self.tell_purged(account, intent, id, Line::Recipient)
                    .await?
            }
            (IntentKind::Purge, Role::Sent) => {
                self.tell_purged(account, intent, id, Line::Sender).await?
            }
        };
        self.hear_answer();
        Ok(done)
    }

    async fn tell_read(
        &self,
        account: &Account,
        row: &MessageRow,
        id: Uuid,
    ) -> Result<Done, ApiError> {
        let now = self.clock.now();
        if row.level == Level::Probed && !self.fetch_opened(account, row, id).await? {
            return Ok(Done::Over(Marks {
                gone_at: Some(now),
                ..Marks::default()
            }));
        }
        let mut told = account.client.mark_as_read(id).await;
        if code(&told) == Some(1024) {
            // Nobody has fetched it as far as Altinn knows, and reading presupposes that (section 4.7).
            self.fetch_opened(account, row, id).await?;
            told = account.client.mark_as_read(id).await;
        }
        match (code(&told), told) {
            (_, Ok(())) | (Some(1040), _) => Ok(Done::Over(Marks {
                read_at: Some(row.opened_at.unwrap_or(now)),
                ..Marks::default()
            })),
            (Some(1001), _) => Ok(Done::Over(Marks {
                gone_at: Some(now),
                ..Marks::default()
            })),
            (_, Err(error)) => Err(error),
        }
    }

    /// Fetches a letter that a person has opened; false when Altinn does not have it any more.
    async fn fetch_opened(
        &self,
        account: &Account,
        row: &MessageRow,
        id: Uuid,
    ) -> Result<bool, ApiError> {
        let overview = match account.client.overview(Line::Recipient, id).await {
            Ok(overview) => overview,
            Err(error) if error.status() == Some(404) => return Ok(false),
            Err(error) => return Err(error),
        };
        let put = apply::received(
            &account.config.id,
            &row.resource,
            row.is_confidential,
            overview,
            self.clock.now(),
        );
        if let Err(error) = self.store.write(move |tx| tx.put_message(&put)).await {
            self.hear_store(&error.into());
        }
        self.tell_message(row);
        Ok(true)
    }

    async fn tell_confirmed(
        &self,
        account: &Account,
        intent: &IntentRow,
        row: &MessageRow,
        id: Uuid,
    ) -> Result<Done, ApiError> {
        let now = self.clock.now();
        if intent.reason_json.is_none() {
            if row.level == Level::Probed && !self.fetch_opened(account, row, id).await? {
                return Ok(Done::Over(Marks {
                    gone_at: Some(now),
                    ..Marks::default()
                }));
            }
            let mut told = account.client.confirm(id).await;
            if code(&told) == Some(1025) {
                self.fetch_opened(account, row, id).await?;
                told = account.client.confirm(id).await;
            }
            return match (code(&told), told) {
                (_, Ok(())) => Ok(Done::Again {
                    at: now + CONFIRM_SHOWS,
                    is_given: true,
                }),
                (Some(1041), _) => Ok(Done::Again {
                    at: now,
                    is_given: true,
                }),
                (Some(1001), _) => Ok(Done::Over(Marks {
                    gone_at: Some(now),
                    ..Marks::default()
                })),
                (_, Err(error)) => Err(error),
            };
        }
        if !self.is_confirmed(account, row, id).await? {
            let wait = backoff(intent.attempts, self.ids.fraction()).min(30_000);
            return Ok(Done::Again {
                at: now + wait,
                is_given: true,
            });
        }
        // A person's act, so the history may be asked for: it leaves one more Fetched, and tells when.
        let history = account
            .client
            .details(Line::Recipient, id)
            .await?
            .status_history;
        let confirmed = history
            .iter()
            .find(|event| event.status == CorrespondenceStatus::Confirmed)
            .and_then(|event| event.status_changed)
            .map(|at| at.timestamp_millis());
        let key = row.key;
        let statuses = apply::statuses(&history);
        if let Err(error) = self
            .store
            .write(move |tx| tx.add_statuses(key, &statuses))
            .await
        {
            self.hear_store(&error.into());
        }
        Ok(Done::Over(Marks {
            confirmed_at: confirmed.or(Some(now)),
            ..Marks::default()
        }))
    }

    /// Whether the list says that a letter is confirmed; the list leaves no trace.
    async fn is_confirmed(
        &self,
        account: &Account,
        row: &MessageRow,
        id: Uuid,
    ) -> Result<bool, ApiError> {
        let around = row
            .requested_publish_at
            .and_then(DateTime::from_timestamp_millis);
        let search = Search {
            status: Some(CorrespondenceStatus::Confirmed),
            from: around.map(|at| at - Duration::from_millis(2)),
            to: around.map(|at| at + Duration::from_millis(2)),
            ..Search::new(row.resource.clone(), SearchRole::Recipient)
        };
        Ok(account.client.search(&search).await?.contains(&id))
    }

    async fn tell_purged(
        &self,
        account: &Account,
        intent: &IntentRow,
        id: Uuid,
        line: Line,
    ) -> Result<Done, ApiError> {
        let now = self.clock.now();
        let told = account.client.purge(line, id).await;
        match (code(&told), told) {
            (_, Ok(())) | (Some(1014 | 1001), _) => Ok(Done::Over(Marks {
                gone_at: Some(now),
                ..Marks::default()
            })),
            // The confirmation was given and does not show yet (section 19, item 5).
            (Some(1026), _) if intent.attempts < 8 => Ok(Done::Again {
                at: now + CONFIRM_SHOWS,
                is_given: false,
            }),
            (_, Err(error)) => Err(error),
        }
    }
}

fn code<T>(result: &Result<T, ApiError>) -> Option<u32> {
    result.as_ref().err().and_then(ApiError::code)
}
