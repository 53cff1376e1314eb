//! Opening the profile while the window is already there, and what the commands are answered from.

use crate::events::{self, MAILBOX_CHANGED};
use brevdue_profile::{AccountChoice, Accounts, Opened, Passphrase, Profile, Request};
use mailbox::Mailbox;
use mailbox::view::{Change, ErrorCode, StartState, UiError};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::{Mutex, Notify, watch};

/// How long the end of the program waits for the store to be closed; what is written is safe either way.
const CLOSE_LIMIT: Duration = Duration::from_secs(3);
/// How long the engine's workers wait for the window to draw its first list, so that the two do not compete.
const PAINT_LIMIT: Duration = Duration::from_secs(1);

/// What the person, or a test, chose outside the window.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Folder of the profile: `BREVDUE_PROFILE`, else the user's data folder.
    pub profile: PathBuf,
    /// Whom to be: `BREVDUE_ACCOUNT`, `kept`, `practice` or the path of an account file; those kept when unset.
    pub account: AccountChoice,
    /// Folder that saved files go to without a question: `BREVDUE_SAVE_DIR`.
    pub save_to: Option<PathBuf>,
}

impl Choice {
    /// From the environment of the process.
    pub fn from_environment() -> Self {
        let value = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            profile: value("BREVDUE_PROFILE")
                .map_or_else(brevdue_profile::default_dir, PathBuf::from),
            account: match value("BREVDUE_ACCOUNT") {
                Some(word) if word == "practice" => AccountChoice::Practice,
                Some(file) if file != "kept" => AccountChoice::File(PathBuf::from(file)),
                _ => AccountChoice::Kept,
            },
            save_to: value("BREVDUE_SAVE_DIR").map(PathBuf::from),
        }
    }
}

/// The shell behind the window: the profile, as far as it is open.
pub struct Shell {
    /// The program around the window.
    pub app: AppHandle,
    /// What was chosen outside the window.
    pub choice: Choice,
    /// How far opening got; none while it goes on for the first time.
    state: watch::Sender<Option<StartState>>,
    /// The window has drawn its first list.
    pub painted: Notify,
    /// Held while opening, so that two passphrases are never tried at once.
    profile: Mutex<Option<Box<Profile>>>,
    /// Lets the engine's workers begin, a moment after the profile was opened last.
    starting: std::sync::Mutex<Option<JoinHandle<()>>>,
}

impl Shell {
    /// A shell that has not opened anything yet.
    pub fn new(app: AppHandle, choice: Choice) -> Arc<Self> {
        Arc::new(Self {
            app,
            choice,
            state: watch::Sender::new(None),
            painted: Notify::new(),
            profile: Mutex::new(None),
            starting: std::sync::Mutex::new(None),
        })
    }

    /// How far opening got; waits while the profile is being opened for the first time.
    pub async fn state(&self) -> StartState {
        let mut state = self.state.subscribe();
        match state
            .wait_for(Option::is_some)
            .await
            .map(|state| state.clone())
        {
            Ok(Some(state)) => state,
            _ => StartState::Refused {
                error: failure(ErrorCode::Internal),
            },
        }
    }

    /// Opens the profile, with a passphrase where there is no keychain; once it is open, another call changes nothing.
    pub async fn open(self: &Arc<Self>, passphrase: Option<Passphrase>) -> StartState {
        let mut profile = self.profile.lock().await;
        if profile.is_some() {
            return StartState::Ready;
        }
        let had_passphrase = passphrase.is_some();
        let opened = Profile::open(Request {
            dir: self.choice.profile.clone(),
            account: self.choice.account.clone(),
            passphrase,
        })
        .await;
        let state = match opened {
            Ok(Opened::Ready(ready)) => {
                *profile = Some(self.begin(ready).await);
                StartState::Ready
            }
            Ok(Opened::NeedsPassphrase { is_new }) => StartState::NeedsPassphrase {
                is_new,
                was_wrong: false,
            },
            Err(error) => refused(error.ui(), had_passphrase),
        };
        self.has_come_to(state.clone());
        state
    }

    /// Takes the profile anew, so that accounts and network are those that are kept now. What is asked meanwhile waits.
    ///
    /// # Errors
    /// What keeps the profile shut; the window then begins from the start.
    pub async fn reopen(self: &Arc<Self>) -> Result<(), UiError> {
        let mut profile = self.profile.lock().await;
        let Some(open) = profile.take() else {
            return Err(failure(ErrorCode::Internal));
        };
        match open.reopen().await {
            Ok(ready) => {
                *profile = Some(self.begin(ready).await);
                self.has_come_to(StartState::Ready);
                Ok(())
            }
            Err(error) => {
                let error = error.ui();
                self.has_come_to(StartState::Refused {
                    error: error.clone(),
                });
                Err(error)
            }
        }
    }

    /// The accounts kept in the profile; waits while it is being opened.
    ///
    /// # Errors
    /// What keeps the profile shut.
    pub async fn accounts(&self) -> Result<Accounts, UiError> {
        self.with_profile(|profile| profile.accounts().clone())
            .await
    }

    /// The engine; waits while the profile is being opened, and fails when it cannot be used.
    ///
    /// # Errors
    /// What keeps the profile shut.
    pub async fn mailbox(&self) -> Result<Mailbox, UiError> {
        self.with_profile(|profile| profile.mailbox().clone()).await
    }

    async fn with_profile<T>(&self, take: impl FnOnce(&Profile) -> T) -> Result<T, UiError> {
        match self.state().await {
            StartState::Refused { error } => Err(error),
            StartState::NeedsPassphrase { .. } => Err(failure(ErrorCode::KeychainMissing)),
            StartState::Ready => match self.profile.lock().await.as_ref() {
                Some(profile) => Ok(take(profile)),
                None => Err(failure(ErrorCode::Internal)),
            },
        }
    }

    /// Whether the key of the store lives for this run only.
    pub async fn is_key_temporary(&self) -> bool {
        self.profile
            .lock()
            .await
            .as_ref()
            .is_some_and(|profile| profile.is_key_temporary())
    }

    /// Ends the engine and closes the store; the program ends anyway after a few seconds.
    pub async fn close(&self) {
        let closing = async {
            if let Some(profile) = self.profile.lock().await.take() {
                profile.close().await;
            }
        };
        if tokio::time::timeout(CLOSE_LIMIT, closing).await.is_err() {
            tracing::warn!("the store was not closed in time");
        }
    }

    /// Lets an opened profile work.
    async fn begin(self: &Arc<Self>, ready: Box<Profile>) -> Box<Profile> {
        self.listen(ready.mailbox()).await;
        // Only now, so that the window hears of the first letters too.
        self.start_later(ready.mailbox().clone());
        ready
    }

    /// Tells the window how far opening got.
    fn has_come_to(&self, state: StartState) {
        self.state.send_replace(Some(state));
        tell(
            &self.app,
            &[Change::Status, Change::Accounts, Change::Settings],
        );
    }

    /// Starts what the first picture does not need once the window has drawn it: spelling, and the engine's workers.
    fn start_later(self: &Arc<Self>, mailbox: Mailbox) {
        let shell = Arc::clone(self);
        let starting = tauri::async_runtime::spawn(async move {
            // A window that never draws must not keep letters back.
            let _ = tokio::time::timeout(PAINT_LIMIT, shell.painted.notified()).await;
            if let Some(window) = shell.app.get_webview_window(crate::WINDOW)
                && let Err(error) = crate::check_spelling(&window)
            {
                tracing::warn!(%error, "no spelling");
            }
            // Not when the program ended meanwhile.
            if shell.profile.lock().await.is_some() {
                mailbox.start();
                // Files are read by this program, started anew for each.
                if let Ok(reader) = std::env::current_exe() {
                    mailbox.start_reading_files(reader);
                }
            }
        });
        let mut last = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        // What was to begin for a profile that has been taken anew must not: its store is closed.
        if let Some(before) = last.replace(starting) {
            before.abort();
        }
    }

    /// From here on the window hears of every commit.
    async fn listen(&self, mailbox: &Mailbox) {
        let mut everything = vec![Change::Status, Change::Settings, Change::Accounts];
        for account in mailbox.accounts().await.unwrap_or_default() {
            everything.push(Change::Folders {
                account: account.id.clone(),
            });
            everything.push(Change::List {
                account: account.id,
            });
        }
        let app = self.app.clone();
        tauri::async_runtime::spawn(events::relay(
            mailbox.changes(),
            everything,
            move |changes| tell(&app, changes),
        ));
    }
}

/// Tells the window what to ask anew.
fn tell(app: &AppHandle, changes: &[Change]) {
    if let Err(error) = app.emit(MAILBOX_CHANGED, changes) {
        tracing::warn!(%error, "the window did not hear of a change");
    }
}

/// A passphrase that does not fit may be tried again; everything else ends the start.
fn refused(error: UiError, had_passphrase: bool) -> StartState {
    match error.code {
        ErrorCode::PassphraseWrong if had_passphrase => StartState::NeedsPassphrase {
            is_new: false,
            was_wrong: true,
        },
        ErrorCode::PassphraseTooShort if had_passphrase => StartState::NeedsPassphrase {
            is_new: true,
            was_wrong: false,
        },
        _ => StartState::Refused { error },
    }
}

/// An error of the shell itself, now.
pub fn failure(code: ErrorCode) -> UiError {
    UiError {
        code,
        params: BTreeMap::new(),
        trace_id: None,
        at: now(),
    }
}

/// UTC milliseconds.
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|passed| i64::try_from(passed.as_millis()).ok())
        .unwrap_or_default()
}
