//! A profile: the folder on this machine that holds one user's copy of their mailboxes.
//!
//! Opening a profile takes four steps, one a module: the instance lock (`lock`), the key of the store (`key`), the
//! accounts (`account`, and `practice` for the embedded sandbox), and the mailbox itself. The window and the terminal
//! open profiles in this one way. This is the only crate that speaks to the keychain of the operating system.
//!
//! ```text
//! profile/
//!   lock              held while the program runs
//!   key.json          how the store's key is kept; never the key itself
//!   mailbox.db        the store, SQLCipher
//!   practice.state    what the practice Altinn remembers, sealed with a key derived from the store's
//!   brevdue.log       what happened, without names, numbers, text or secrets
//! ```

mod account;
mod error;
mod kept;
mod key;
mod keychain;
mod lock;
pub mod log;
mod passphrase;
mod practice;
mod sessions;

pub use account::AccountChoice;
pub use altinn_client::Secret;
pub use error::ProfileError;
pub use kept::{Accounts, KeptAccount, KeptAddresses, KeptNetwork, KeptQuota, KeptSignIn};
pub use passphrase::Passphrase;

use altinn_sandbox::Sandbox;
use key::{Found, Key, KeyHome};
use mailbox::Mailbox;
use mailbox_store::Store;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What to open.
#[derive(Debug, Clone)]
pub struct Request {
    /// The profile folder; made when missing, readable by its owner only.
    pub dir: PathBuf,
    /// Whom to be.
    pub account: AccountChoice,
    /// The passphrase, where the profile has one and the user has given it.
    pub passphrase: Option<Passphrase>,
}

/// Outcome of opening.
pub enum Opened {
    /// The mailbox is open.
    Ready(Box<Profile>),
    /// There is no keychain: the user has to give a passphrase, or choose one when `is_new`.
    NeedsPassphrase {
        /// Whether the profile has no passphrase yet.
        is_new: bool,
    },
}

/// An open profile. Close it with [`Profile::close`]; a kill loses nothing that was queued or saved.
pub struct Profile {
    ground: Ground,
    mailbox: Mailbox,
    accounts: Accounts,
    sandbox: Option<Sandbox>,
}

/// What stays while the accounts change: the store's key, the sessions of people, and the lock.
struct Ground {
    choice: AccountChoice,
    key: Key,
    sessions: sessions::Sessions,
    /// Folder of the store; below the profile's where the key dies with this run.
    store_dir: PathBuf,
    _lock: lock::InstanceLock,
}

impl Profile {
    /// Opens the profile at `request.dir`.
    ///
    /// # Errors
    /// [`ProfileError`] names what the user can do; nothing on disk is replaced or removed because of an error.
    pub async fn open(request: Request) -> Result<Opened, ProfileError> {
        make_private(&request.dir)?;
        let lock = lock::InstanceLock::take_soon(&request.dir).await?;
        // A new profile keeps no accounts yet, so it begins with those of practice.
        let is_practice = match request.account {
            AccountChoice::Practice => true,
            AccountChoice::Kept => !request.dir.join("key.json").exists(),
            AccountChoice::File(_) => false,
        };
        let dir = request.dir.clone();
        let passphrase = request.passphrase.clone();
        // The keychain may wait for a person, and stretching a passphrase takes a second: neither belongs on the runtime.
        let found =
            tokio::task::spawn_blocking(move || key::find(&dir, is_practice, passphrase.as_ref()))
                .await
                .map_err(|_| ProfileError::Unusable)??;
        let key = match found {
            Found::Key(key) => key,
            Found::NeedsPassphrase { is_new } => return Ok(Opened::NeedsPassphrase { is_new }),
        };
        let store_dir = match key.home {
            KeyHome::Run => practice::fresh_run_dir(&request.dir)?,
            KeyHome::Keychain | KeyHome::Passphrase => request.dir.clone(),
        };
        let ground = Ground {
            choice: request.account,
            key,
            sessions: sessions::Sessions::default(),
            store_dir,
            _lock: lock,
        };
        let mut sandbox = None;
        let (mailbox, accounts) = ground.open(&mut sandbox).await?;
        Ok(Opened::Ready(Box::new(Self {
            ground,
            mailbox,
            accounts,
            sandbox,
        })))
    }

    /// Closes the mailbox and opens it anew by what is kept now: accounts and network as they were changed meanwhile. Asks
    /// for no passphrase again. Whoever holds the mailbox of before holds a closed one.
    ///
    /// # Errors
    /// As for [`Profile::open`]; the profile is then closed.
    pub async fn reopen(mut self: Box<Self>) -> Result<Box<Self>, ProfileError> {
        self.mailbox.close().await;
        match self.ground.open(&mut self.sandbox).await {
            Ok((mailbox, accounts)) => {
                self.mailbox = mailbox;
                self.accounts = accounts;
                Ok(self)
            }
            Err(error) => {
                self.close().await;
                Err(error)
            }
        }
    }

    /// The mailbox.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// The accounts kept in the profile; changes hold from the next opening on.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// Whether the store's key lives for this run only, so that nothing is kept after it (practice account without a
    /// keychain).
    pub fn is_key_temporary(&self) -> bool {
        self.ground.key.home == KeyHome::Run
    }

    /// Stops the workers and the embedded sandbox, and closes the store.
    pub async fn close(self) {
        self.mailbox.close().await;
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
    }
}

impl Ground {
    /// Opens the store, and the mailbox of the accounts that are wanted. The practice Altinn runs while it is needed.
    async fn open(
        &self,
        sandbox: &mut Option<Sandbox>,
    ) -> Result<(Mailbox, Accounts), ProfileError> {
        let home = self.key.home;
        let (path, store_key) = (self.store_dir.join("mailbox.db"), self.key.store_key());
        let store = tokio::task::spawn_blocking(move || Store::open(&path, &store_key))
            .await
            .map_err(|_| ProfileError::Unusable)?
            .map_err(|error| ProfileError::of_store(error, home))?;
        let kept = Accounts::of(store.clone(), home != KeyHome::Run);
        let mut accounts = match &self.choice {
            AccountChoice::Practice => Vec::new(),
            AccountChoice::File(path) => account::read(path)?,
            AccountChoice::Kept => kept.configs().await?,
        };
        if accounts.is_empty() && !matches!(self.choice, AccountChoice::File(_)) {
            let practice = match sandbox.take() {
                Some(running) => running,
                None => practice::start(&self.store_dir, &self.key).await?,
            };
            let announced = practice::accounts(&practice.ready());
            *sandbox = Some(practice);
            accounts = announced?;
        } else if let Some(done) = sandbox.take() {
            done.stop().await;
        }
        self.sessions.rejoin(&mut accounts);
        let network = kept.network().await?.network();
        let mailbox = Mailbox::open(mailbox::Options {
            store,
            accounts,
            network,
            clock: Arc::new(mailbox::SystemClock),
            ids: Arc::new(mailbox::SystemIds),
            is_key_temporary: home == KeyHome::Run,
        })
        .await?;
        Ok((mailbox, kept))
    }
}

/// The profile folder of the user: `$XDG_DATA_HOME/brevdue`, or `~/.local/share/brevdue`.
pub fn default_dir() -> PathBuf {
    home_dir("XDG_DATA_HOME", ".local/share")
}

/// What holds for all profiles of the user on this machine, such as how much of a quota is used:
/// `$XDG_STATE_HOME/brevdue`, or `~/.local/state/brevdue`.
pub(crate) fn state_dir() -> PathBuf {
    home_dir("XDG_STATE_HOME", ".local/state")
}

fn home_dir(variable: &str, below: &str) -> PathBuf {
    let absolute = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    absolute(variable)
        .or_else(|| absolute("HOME").map(|home| home.join(below)))
        .unwrap_or_else(std::env::temp_dir)
        .join("brevdue")
}

/// Makes `dir` with its parents, open to its owner only.
fn make_private(dir: &Path) -> Result<(), ProfileError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(dir).map_err(ProfileError::of_io)
}
