//! The workers: what runs beside the window, what wakes it, and how it ends.

use crate::bulk::state::There;
use crate::person::Attempt;
use crate::search::Searches;
use crate::sync::Depth;
use crate::view::{Environment, UploadProgress};
use crate::{Error, Mailbox};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Mutex as AsyncMutex, Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use uuid::Uuid;

/// How often a mailbox is synced when nothing asks for it (quality, R7); the practice mailbox is on this machine.
pub(crate) const EVERY: Duration = Duration::from_secs(300);
const EVERY_PRACTICE: Duration = Duration::from_secs(15);
/// When nothing has come for so long, the distance doubles from round to round, up to this.
const STILL_AFTER: Duration = Duration::from_secs(7_200);
const LONGEST: Duration = Duration::from_secs(1_800);
/// How often a lost connection is tried again.
const PROBE: Duration = Duration::from_secs(5);
/// How soon to look whether a letter of ours is published: the first time, and at most.
const FIRST_LOOK: Duration = Duration::from_secs(2);
const LONGEST_LOOK: Duration = Duration::from_secs(60);
/// The longest a worker sleeps: clocks of laptops jump.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What the status line is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Line {
    pub(crate) offline_since: Option<i64>,
    pub(crate) is_refused: bool,
    pub(crate) slow_until: Option<i64>,
    pub(crate) is_disk_full: bool,
    pub(crate) syncing: Option<Progress>,
    pub(crate) updated_at: Option<i64>,
    pub(crate) uploads: Option<UploadProgress>,
    /// Services with instants that no list can hold.
    pub(crate) crowded: BTreeSet<String>,
}

/// How far a round has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Progress {
    pub(crate) done: u32,
    pub(crate) total: u32,
    /// When it will be done, UTC milliseconds; none while that cannot be told.
    pub(crate) until: Option<i64>,
    begun_at: i64,
}

/// A rate is not told from fewer letters, or from less time (milliseconds).
const TELLING: usize = 20;
const TELLING_MS: i64 = 3_000;

impl Progress {
    /// After `done` of `total` letters. The end is told once all that is wanted is listed: by the quota where one holds,
    /// else by how it went so far.
    pub(crate) fn of(
        before: Option<Self>,
        done: usize,
        total: usize,
        is_listing: bool,
        quota: Option<f64>,
        now: i64,
    ) -> Self {
        let begun_at = before.map_or(now, |before| before.begun_at);
        let left = total.saturating_sub(done);
        let passed = now - begun_at;
        let each = match quota {
            Some(quota) => Some(60_000.0 / quota),
            None if done >= TELLING && passed >= TELLING_MS => Some(number(passed) / number(done)),
            None => None,
        };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        #[expect(clippy::cast_possible_truncation, reason = "some hours")]
        let until = each.map(|each| now + (each * number(left)) as i64);
        Self {
            done: count(done),
            total: count(total),
            until: until.filter(|_| !is_listing),
            begun_at,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "letters and milliseconds of a round"
)]
fn number<T: TryInto<i64>>(n: T) -> f64 {
    n.try_into().unwrap_or(i64::MAX) as f64
}

/// What the workers share.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) is_key_temporary: bool,
    pub(crate) line: Mutex<Line>,
    /// The network or a person came back: waits that were for them are over.
    pub(crate) is_back: AtomicBool,
    pub(crate) wake_outbox: Notify,
    pub(crate) wake_intents: Notify,
    pub(crate) wake_files: Notify,
    pub(crate) wake_bulk: Notify,
    pub(crate) wake_words: Notify,
    /// Grows with each wish to sync.
    pub(crate) wish: watch::Sender<u64>,
    /// Grows with each letter that Altinn has taken.
    pub(crate) follow: watch::Sender<u64>,
    /// One driver at a time for each kind of work, whoever asks for it.
    pub(crate) outbox_turn: AsyncMutex<()>,
    pub(crate) intent_turn: AsyncMutex<()>,
    pub(crate) file_turn: AsyncMutex<()>,
    pub(crate) bulk_turn: AsyncMutex<()>,
    /// Letters of batches whose answers were lost, as far as Altinn has told whose they are.
    told_letters: Mutex<HashMap<Uuid, There>>,
    pub(crate) searches: Searches,
    sync_turns: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
    /// Accounts that were refused events in this run.
    without_events: Mutex<HashSet<String>>,
    /// Sign-ins of people, by account.
    pub(crate) attempts: Mutex<HashMap<String, Attempt>>,
    is_stopping: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    pub(crate) fn new(is_key_temporary: bool) -> Self {
        Self {
            is_key_temporary,
            line: Mutex::default(),
            is_back: AtomicBool::new(false),
            wake_outbox: Notify::new(),
            wake_intents: Notify::new(),
            wake_files: Notify::new(),
            wake_bulk: Notify::new(),
            wake_words: Notify::new(),
            wish: watch::Sender::new(0),
            follow: watch::Sender::new(0),
            outbox_turn: AsyncMutex::new(()),
            intent_turn: AsyncMutex::new(()),
            file_turn: AsyncMutex::new(()),
            bulk_turn: AsyncMutex::new(()),
            told_letters: Mutex::default(),
            searches: Searches::default(),
            sync_turns: Mutex::default(),
            without_events: Mutex::default(),
            attempts: Mutex::default(),
            is_stopping: watch::Sender::new(false),
            tasks: Mutex::default(),
        }
    }

    pub(crate) fn wake_all(&self) {
        self.wake_outbox.notify_one();
        self.wake_intents.notify_one();
        self.wake_files.notify_one();
        self.wake_bulk.notify_one();
    }

    pub(crate) fn told_letters(&self) -> MutexGuard<'_, HashMap<Uuid, There>> {
        self.told_letters
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether Altinn gives this account no events.
    pub(crate) fn is_without_events(&self, account: &str) -> bool {
        let without = self.without_events.lock();
        without
            .unwrap_or_else(PoisonError::into_inner)
            .contains(account)
    }

    pub(crate) fn is_without_events_now(&self, account: &str) {
        let without = self.without_events.lock();
        without
            .unwrap_or_else(PoisonError::into_inner)
            .insert(account.to_owned());
    }

    /// The turn of an account's sync.
    pub(crate) fn sync_turn(&self, account: &str) -> Arc<AsyncMutex<()>> {
        let mut turns = self
            .sync_turns
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        turns.entry(account.to_owned()).or_default().clone()
    }
}

/// Which work a worker does.
#[derive(Debug, Clone, Copy)]
enum Work {
    Outbox,
    Intents,
    Files,
    Bulk,
}

impl Mailbox {
    /// Starts the workers: sync of each account, the outbox, letters to many, marks for Altinn, and wanted
    /// files.
    pub fn start(&self) {
        let mut tasks = self
            .engine
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !tasks.is_empty() {
            return;
        }
        self.engine.is_stopping.send_replace(false);
        for account in self.accounts.iter() {
            let worker = self.clone();
            let id = account.config.id.clone();
            let every = match account.config.environment {
                Environment::Practice => EVERY_PRACTICE,
                _ => EVERY,
            };
            tasks.push(tokio::spawn(
                async move { worker.keep_synced(&id, every).await },
            ));
            let (worker, account) = (self.clone(), account.clone());
            tasks.push(tokio::spawn(async move {
                worker.keep_signed_in(account).await;
            }));
        }
        let drafts = self.clone();
        tasks.push(tokio::spawn(async move { drafts.take_up_drafts().await }));
        for work in [Work::Outbox, Work::Intents, Work::Files, Work::Bulk] {
            let worker = self.clone();
            tasks.push(tokio::spawn(async move { worker.keep_working(work).await }));
        }
    }

    /// Has the words of files that are here made searchable, by the program `reader` (see [`file_text::Reading`]). Begins
    /// a while after this, when there is nothing else to be ready for, and ends with [`Mailbox::stop`].
    pub fn start_reading_files(&self, reader: PathBuf) {
        let worker = self.clone();
        let task = tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = tokio::time::sleep(LONGEST_SLEEP) => {}
                    () = worker.engine.wake_words.notified() => {}
                }
                if let Err(error) = worker.read_files(&reader).await {
                    tracing::warn!(code = ?error.code(), "words of files are not indexed");
                }
            }
        });
        self.engine
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(task);
    }

    /// Stops the workers where they are; everything they were doing goes on from the store at the next start.
    pub async fn stop(&self) {
        self.engine.is_stopping.send_replace(true);
        self.imports.cancel_all();
        self.engine.give_up_sign_ins();
        let tasks = {
            let mut tasks = self
                .engine
                .tasks
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *tasks)
        };
        for task in tasks {
            // A worker that waits for Altinn is cut off: the outbox knows what may have happened.
            task.abort();
            let _ = task.await;
        }
    }

    /// Stops the workers and closes the store, also when a question to Altinn is still on its way somewhere: nothing
    /// touches the file after this returns. What is asked of the mailbox then is an internal error.
    pub async fn close(&self) {
        self.stop().await;
        self.store.close().await;
    }

    /// Syncs every account now.
    ///
    /// # Errors
    /// None: it wakes the workers and returns.
    pub async fn sync_now(&self) -> crate::Result<()> {
        self.engine.wish.send_modify(|wish| *wish += 1);
        self.engine.wake_all();
        Ok(())
    }

    async fn keep_synced(&self, account: &str, every: Duration) {
        let mut wish = self.engine.wish.subscribe();
        let mut follow = self.engine.follow.subscribe();
        let mut depth = Depth::Due;
        let mut still_since = Instant::now();
        let mut every_now = every;
        while !*self.engine.is_stopping.borrow() {
            self.signed_in(account).await;
            wish.mark_unchanged();
            let (pause, is_awaiting) = match self.sync_to(account, depth).await {
                Ok(report) => {
                    if report.is_news() {
                        (still_since, every_now) = (Instant::now(), every);
                    } else if still_since.elapsed() >= STILL_AFTER {
                        every_now = (every_now * 2).min(LONGEST.max(every));
                    }
                    depth = Depth::Due;
                    (every_now, report.is_awaiting)
                }
                Err(Error::SignInAgain) => continue,
                Err(error) => {
                    tracing::info!(code = ?error.code(), "a round of sync ended early");
                    (PROBE.max(Duration::from_millis(self.slow_for())), false)
                }
            };
            // Between two rounds only our own letters that are about to be published are looked at.
            let end = Instant::now() + pause;
            let mut light = is_awaiting.then_some(FIRST_LOOK);
            loop {
                let next = light.map_or(end, |wait| end.min(Instant::now() + wait));
                tokio::select! {
                    () = tokio::time::sleep_until(next) => {
                        let Some(wait) = light.filter(|_| next < end) else { break };
                        light = match self.follow_once(account).await {
                            Ok(report) if report.is_awaiting => Some((wait * 2).min(LONGEST_LOOK)),
                            _ => None,
                        };
                    }
                    _ = wish.changed() => {
                        // A person who asks wants to see all that has happened.
                        depth = Depth::Marks;
                        (still_since, every_now) = (Instant::now(), every);
                        break;
                    }
                    _ = follow.changed() => light = Some(FIRST_LOOK),
                }
            }
        }
    }

    /// How long Altinn has asked us to wait, milliseconds.
    fn slow_for(&self) -> u64 {
        let now = self.clock.now();
        let until = self.line(|line| line.slow_until).unwrap_or(now);
        u64::try_from(until - now).unwrap_or(0)
    }

    async fn keep_working(&self, work: Work) {
        while !*self.engine.is_stopping.borrow() {
            let next = match work {
                Work::Outbox => self.run_outbox().await,
                Work::Intents => self.run_intents().await,
                Work::Files => self.run_files().await,
                Work::Bulk => self.run_bulk().await,
            };
            let pause = match next {
                Ok(Some(at)) => {
                    let wait = u64::try_from(at - self.clock.now()).unwrap_or(0);
                    Duration::from_millis(wait.max(10)).min(LONGEST_SLEEP)
                }
                Ok(None) => LONGEST_SLEEP,
                Err(error) => {
                    self.hear_store(&error);
                    tracing::warn!(code = ?error.code(), ?work, "work stopped");
                    PROBE
                }
            };
            let wake = match work {
                Work::Outbox => &self.engine.wake_outbox,
                Work::Intents => &self.engine.wake_intents,
                Work::Files => &self.engine.wake_files,
                Work::Bulk => &self.engine.wake_bulk,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = wake.notified() => {}
            }
        }
    }
}
