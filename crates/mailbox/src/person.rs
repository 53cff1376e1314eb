//! A person signs in to an account with ID-porten, in their own browser (Platform reference, section 4). What comes of it
//! is a session in memory: nothing of it is stored, and nothing here ever sees a token or who the person is.

use crate::engine::Engine;
use crate::view::{Change, ErrorCode, LandingText, PersonState, UiError};
use crate::{Account, Error, Mailbox, Result};
use altinn_client::auth::person::{Landing, PersonError, PersonSignIn, Session, Standing};
use altinn_client::{ApiError, AuthError, Role, SignIn};
use std::collections::{BTreeMap, HashMap};
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use url::Url;

/// How long a person may take in the browser.
const LIMIT: Duration = Duration::from_secs(15 * 60);
/// How often it is looked whether a session wants to be prolonged: those of two minutes do with half a minute left.
const LOOK: Duration = Duration::from_secs(15);
/// Services from this level on want the highest that ID-porten has.
const HIGH: u8 = 4;

/// A sign-in that is under way, or the last one that failed.
#[derive(Debug)]
pub(crate) enum Attempt {
    Waiting { address: Url, task: JoinHandle<()> },
    Failed(UiError),
}

impl Account {
    /// The session of the person, where one signs in to it.
    pub(crate) fn session(&self) -> Option<&Session> {
        match &self.config.sign_in {
            SignIn::Person { session, .. } => Some(session),
            _ => None,
        }
    }

    /// Whether Altinn can be asked: nobody has to sign in first.
    pub(crate) fn is_signed_in(&self) -> bool {
        self.session()
            .is_none_or(|session| session.standing() == Standing::In)
    }
}

impl Engine {
    fn attempts(&self) -> MutexGuard<'_, HashMap<String, Attempt>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the ports of sign-ins that are under way.
    pub(crate) fn give_up_sign_ins(&self) {
        for (_, attempt) in self.attempts().drain() {
            attempt.give_up();
        }
    }
}

impl Attempt {
    /// Ends the waiting, and with it the port; gives what is then still on its way to its end.
    fn give_up(self) -> Option<JoinHandle<()>> {
        match self {
            Self::Waiting { task, .. } => {
                task.abort();
                Some(task)
            }
            Self::Failed(_) => None,
        }
    }
}

impl Mailbox {
    /// Begins to sign a person in, and gives the address that their browser is to open. What comes of it is told by
    /// [`Account::person`](crate::view::Account); asked again while it waits, it gives the same address.
    ///
    /// # Errors
    /// `NotFound` where no person signs in to the account; what the store says; `Internal` where no port can be opened.
    pub async fn start_sign_in(
        &self,
        account: impl Into<String> + Send,
        landing: LandingText,
    ) -> Result<Url> {
        let account: String = account.into();
        if let Some(Attempt::Waiting { address, .. }) = self.engine.attempts().get(&account) {
            return Ok(address.clone());
        }
        let (begun, session) = self.begin_sign_in(&account, landing).await?;
        let address = begun.address().clone();
        let mailbox = self.clone();
        // Held until the attempt is noted, so that it cannot end before.
        let mut attempts = self.engine.attempts();
        let id = account.clone();
        let task = tokio::spawn(async move {
            let outcome = begun.finish(&session, LIMIT).await;
            mailbox.end_sign_in(&id, outcome);
        });
        let attempt = Attempt::Waiting {
            address: address.clone(),
            task,
        };
        if let Some(before) = attempts.insert(account, attempt) {
            before.give_up();
        }
        drop(attempts);
        self.changes.tell(vec![Change::Accounts]);
        Ok(address)
    }

    /// Signs a person in and waits for it, as the terminal does; `show` gets the address to open.
    ///
    /// # Errors
    /// Those of [`Mailbox::start_sign_in`]; why the person is not signed in.
    pub async fn sign_in(
        &self,
        account: &str,
        landing: LandingText,
        show: impl FnOnce(&Url),
    ) -> Result<()> {
        let (begun, session) = self.begin_sign_in(account, landing).await?;
        show(begun.address());
        begun.finish(&session, LIMIT).await.map_err(refused)?;
        self.hasten();
        Ok(())
    }

    /// Ends a person's session, or the waiting for one.
    ///
    /// # Errors
    /// `NotFound` where no person signs in to the account.
    pub async fn sign_out(&self, account: impl Into<String> + Send) -> Result<()> {
        let account: String = account.into();
        let session = self.account(&account)?.session().ok_or(Error::NotFound)?;
        let attempt = self.engine.attempts().remove(&account);
        if let Some(task) = attempt.and_then(Attempt::give_up) {
            let _ = task.await;
        }
        session.sign_out().await;
        self.changes.tell(vec![Change::Accounts]);
        Ok(())
    }

    async fn begin_sign_in(
        &self,
        account: &str,
        landing: LandingText,
    ) -> Result<(PersonSignIn, Session)> {
        let config = &self.account(account)?.config;
        let SignIn::Person {
            provider, session, ..
        } = &config.sign_in
        else {
            return Err(Error::NotFound);
        };
        let mut provider = provider.clone();
        let resources = config.read_resources.clone();
        let services = self.store.read(move |reader| {
            let services = resources.iter().map(|resource| reader.service(resource));
            services.collect::<Result<Vec<_>, _>>()
        });
        let services = services.await?.into_iter().flatten();
        if services.map(|service| service.minimum_level).max() >= Some(HIGH) {
            "idporten-loa-high".clone_into(&mut provider.level);
        }
        let landing = Landing {
            language: landing.language,
            done: landing.done,
            denied: landing.denied,
        };
        let options = self.network.options();
        let begun = PersonSignIn::start(*provider, &config.addresses, &options, landing).await;
        Ok((begun.map_err(refused)?, session.clone()))
    }

    fn end_sign_in(&self, account: &str, outcome: Result<(), PersonError>) {
        let mut attempts = self.engine.attempts();
        match outcome.map_err(refused) {
            Ok(()) => {
                self.hasten();
                attempts.remove(account)
            }
            Err(error) => {
                tracing::info!(code = ?error.code(), "a person was not signed in");
                let failed = Attempt::Failed(error.to_ui(self.clock.now()));
                attempts.insert(account.to_owned(), failed)
            }
        };
        drop(attempts);
        self.changes.tell(vec![Change::Accounts]);
    }

    /// How a person's sign-in stands; none for an account that signs in by itself.
    pub(crate) fn person(&self, account: &Account) -> Option<PersonState> {
        let standing = account.session()?.standing();
        let attempts = self.engine.attempts();
        let error = match attempts.get(&account.config.id) {
            Some(Attempt::Waiting { address, .. }) => {
                let host = address.host_str().unwrap_or_default().to_owned();
                return Some(PersonState::Waiting { host });
            }
            _ if standing == Standing::In => return Some(PersonState::SignedIn),
            Some(Attempt::Failed(error)) => Some(error.clone()),
            None => None,
        };
        Some(PersonState::SignedOut {
            has_ended: standing == Standing::Ended,
            error,
        })
    }

    /// Waits until somebody is signed in, where a person signs in to the account.
    pub(crate) async fn signed_in(&self, account: &str) {
        let session = self.account(account).ok().and_then(Account::session);
        if let Some(session) = session {
            let mut standing = session.watch();
            // It lasts as long as the session, which is here.
            let _ = standing.wait_for(|now| *now == Standing::In).await;
        }
    }

    /// Prolongs a person's session while it lives, and tells the window when it begins and ends.
    pub(crate) async fn keep_signed_in(&self, account: Account) {
        let Some(session) = account.session() else {
            return;
        };
        let mut standing = session.watch();
        loop {
            let is_in = *standing.borrow_and_update() == Standing::In;
            tokio::select! {
                _ = standing.changed() => self.changes.tell(vec![Change::Accounts]),
                () = tokio::time::sleep(LOOK), if is_in => {
                    // What comes of it shows in the session.
                    let _ = account.client.sign_in(Role::Recipient).await;
                }
            }
        }
    }
}

/// Why a person is not signed in, in our words.
fn refused(error: PersonError) -> Error {
    let rule = |code, name: &str, value: String| Error::Rule {
        code,
        params: BTreeMap::from([(name.to_owned(), value)]),
    };
    match error {
        PersonError::TimedOut => Error::rule(ErrorCode::SignInTimedOut),
        PersonError::Denied { error } => match error.as_str() {
            "access_denied" => Error::rule(ErrorCode::SignInGivenUp),
            "invalid_scope" => rule(
                ErrorCode::SignInScope,
                "scope",
                Role::Recipient.scopes().to_owned(),
            ),
            _ => rule(ErrorCode::IdPortenRefused, "detail", error),
        },
        PersonError::Refused { error } => rule(ErrorCode::IdPortenRefused, "detail", error),
        // The exchange does not tell a person whom it does not know from a token that it does not take.
        PersonError::Altinn(ApiError::Auth(AuthError::Exchange {
            status: 401 | 403, ..
        })) => Error::rule(ErrorCode::PersonRefused),
        PersonError::Network(error) | PersonError::Altinn(error) => Error::from(error),
        PersonError::Unreadable | PersonError::Identity(_) => {
            rule(ErrorCode::IdPortenRefused, "detail", error.to_string())
        }
        other => Error::internal(other.to_string()),
    }
}
