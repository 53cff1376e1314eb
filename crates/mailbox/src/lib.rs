//! The engine of Brevdue: everything the program can do, with no window.

pub mod account;
pub mod attachment;
mod beside;
pub mod body;
pub mod bulk;
pub mod catalogue;
pub mod changes;
pub mod clock;
pub mod draft;
pub mod engine;
pub mod error;
pub mod event_feed;
pub mod file_name;
pub mod file_words;
pub mod files;
pub mod folders;
pub mod identity;
pub mod intent;
pub mod list;
pub mod message;
pub mod onboarding;
pub mod outbox;
pub mod person;
pub mod plain_text;
pub mod recipient;
pub mod rules;
pub mod search;
pub mod service;
pub mod settings;
pub mod status;
pub mod sync;
pub mod system_user;
#[cfg(test)]
mod testing;
pub mod view;

pub use changes::Changes;
pub use clock::{Clock, Ids, SystemClock, SystemIds, TestClock, TestIds};
pub use error::{Error, Result};
pub use onboarding::Network;
pub use sync::{Depth, SyncReport};

use crate::engine::Engine;
use crate::view::Environment;
use altinn_client::{Addresses, Client, Pace, SignIn};
use mailbox_store::{AccountRow, Store};
use std::sync::Arc;

/// One party the user acts for, and how.
#[derive(Debug, Clone)]
pub struct AccountConfig {
    /// Stable within the profile.
    pub id: String,
    /// Name of the organisation.
    pub name: String,
    /// Nine digits.
    pub organisation_number: String,
    /// Which Altinn.
    pub environment: Environment,
    /// Where it is.
    pub addresses: Addresses,
    /// How to sign in.
    pub sign_in: SignIn,
    /// Services whose letters are received, without URN prefix.
    pub read_resources: Vec<String>,
    /// Services that letters are sent on.
    pub write_resources: Vec<String>,
    /// The vendor's system that the system user belongs to, `<number>_<name>`: to look its request up by.
    pub system_id: Option<String>,
    /// When the key was registered in self-service, UTC milliseconds, where it is known: it lives a year.
    pub key_posted_at: Option<i64>,
    /// What Altinn bears of this account's client.
    pub pace: Pace,
}

/// What a mailbox is opened with.
#[derive(Debug)]
pub struct Options {
    /// The local copy.
    pub store: Store,
    /// Whom the user acts for.
    pub accounts: Vec<AccountConfig>,
    /// How the network is reached.
    pub network: Network,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub ids: Arc<dyn Ids>,
    /// The key of `store` lives for this run only; shown to the user.
    pub is_key_temporary: bool,
}

/// An account with its line to Altinn.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) config: AccountConfig,
    pub(crate) client: Client,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.config.id)
            .finish_non_exhaustive()
    }
}

/// The mailboxes of a profile: their local copy, and what keeps it in step with Altinn. Cheap to clone.
///
/// Every command is an `impl Mailbox` in the file of its subject.
#[derive(Debug, Clone)]
pub struct Mailbox {
    pub(crate) store: Store,
    pub(crate) accounts: Arc<Vec<Account>>,
    pub(crate) changes: Changes,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) engine: Arc<Engine>,
    pub(crate) lookups: recipient::LookUps,
    pub(crate) imports: files::Imports,
    pub(crate) network: Arc<Network>,
    pub(crate) checkups: onboarding::Checkups,
}

impl Mailbox {
    /// Opens the mailboxes; makes no call and starts no worker.
    ///
    /// # Errors
    /// What the store says; `Internal` when the network cannot be set up.
    pub async fn open(options: Options) -> Result<Self> {
        let now = options.clock.now();
        let mut accounts = Vec::new();
        for config in options.accounts {
            let client = Client::new(
                config.addresses.clone(),
                config.sign_in.clone(),
                altinn_client::Options {
                    pace: config.pace.clone(),
                    ..options.network.options()
                },
            )
            .map_err(|error| Error::internal(error.to_string()))?;
            accounts.push(Account { config, client });
        }
        let rows: Vec<AccountRow> = accounts
            .iter()
            .map(|account| AccountRow {
                id: account.config.id.clone(),
                name: account.config.name.clone(),
                organisation_number: account.config.organisation_number.clone(),
                environment: account::word(account.config.environment).to_owned(),
                added_at: now,
            })
            .collect();
        options
            .store
            .write(move |tx| rows.iter().try_for_each(|row| tx.put_account(row)))
            .await?;
        Ok(Self {
            store: options.store,
            accounts: Arc::new(accounts),
            changes: Changes::default(),
            clock: options.clock,
            ids: options.ids,
            engine: Arc::new(Engine::new(options.is_key_temporary)),
            lookups: recipient::LookUps::default(),
            imports: files::Imports::default(),
            network: Arc::new(options.network),
            checkups: onboarding::Checkups::default(),
        })
    }

    /// Hears of every commit from now on.
    pub fn changes(&self) -> tokio::sync::broadcast::Receiver<Vec<view::Change>> {
        self.changes.listen()
    }

    /// The account with this id.
    pub(crate) fn account(&self, id: &str) -> Result<&Account> {
        self.accounts
            .iter()
            .find(|account| account.config.id == id)
            .ok_or(Error::NotFound)
    }
}
