//! The status line: what the program knows of its connection to Altinn. Kept in memory; it is true of this run only.

use crate::engine::{Line, Progress};
use crate::folders::service_title;
use crate::view::{Change, Connection, Status};
use crate::{Error, Mailbox, Result};
use altinn_client::{ApiError, Stage};
use mailbox_store::Reader;
use std::sync::PoisonError;

impl Mailbox {
    /// The status line.
    ///
    /// # Errors
    /// What the store says.
    pub async fn status(&self) -> Result<Status> {
        let line = self.line(|line| line.clone());
        let crowded = line.crowded.clone();
        let incomplete = if crowded.is_empty() {
            Vec::new()
        } else {
            let titles = move |reader: &Reader<'_>| {
                let crowded = crowded.iter();
                crowded
                    .map(|resource| service_title(reader, resource))
                    .collect()
            };
            self.store.read(titles).await?
        };
        let connection = match line {
            Line {
                is_disk_full: true, ..
            } => Connection::DiskFull,
            Line {
                offline_since: Some(since),
                ..
            } => {
                let waiting = self.waiting_letters().await?;
                Connection::Offline { since, waiting }
            }
            Line {
                is_refused: true, ..
            } => Connection::SignIn,
            Line {
                slow_until: Some(until),
                ..
            } if until > self.clock.now() => Connection::Slow { until },
            Line {
                syncing:
                    Some(Progress {
                        done, total, until, ..
                    }),
                ..
            } => Connection::Syncing { done, total, until },
            Line {
                updated_at: Some(at),
                ..
            } => Connection::Updated { at },
            Line { .. } => Connection::Starting,
        };
        Ok(Status {
            connection,
            incomplete,
            is_key_temporary: self.engine.is_key_temporary,
            uploads: self.line(|line| line.uploads.clone()),
        })
    }

    /// Looks at the line, or changes it.
    pub(crate) fn line<T>(&self, look: impl FnOnce(&mut Line) -> T) -> T {
        let mut line = self
            .engine
            .line
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        look(&mut line)
    }

    /// Changes the line and tells of it when it is another line than before.
    pub(crate) fn set_line(&self, change: impl FnOnce(&mut Line)) {
        let is_changed = self.line(|line| {
            let before = line.clone();
            change(line);
            *line != before
        });
        if is_changed {
            self.changes.tell(vec![Change::Status]);
        }
    }

    /// Altinn has answered: what waited for the network goes on.
    pub(crate) fn hear_answer(&self) {
        let was_offline = self.line(|line| line.offline_since.is_some());
        self.set_line(|line| {
            line.offline_since = None;
            line.is_refused = false;
            line.slow_until = None;
        });
        if was_offline {
            self.hasten();
        }
    }

    /// What stood in the way is gone: what waits goes on now.
    pub(crate) fn hasten(&self) {
        self.engine
            .is_back
            .store(true, std::sync::atomic::Ordering::SeqCst);
        self.engine.wake_all();
    }

    /// Altinn has not answered, or refuses; the error in our words.
    pub(crate) fn hear_error(&self, error: &ApiError) -> Error {
        let now = self.clock.now();
        let ours = Error::from(error.clone());
        match (&ours, error) {
            (
                _,
                ApiError::Network {
                    stage: Stage::Connect,
                    ..
                },
            ) => self.set_line(|line| {
                line.offline_since.get_or_insert(now);
                line.syncing = None;
            }),
            (Error::SignInRefused { .. }, _) => self.set_line(|line| line.is_refused = true),
            (Error::Slow { after }, _) => {
                let until = now + after.unwrap_or(1_000);
                self.set_line(|line| line.slow_until = Some(until));
            }
            (_, ApiError::Status(_)) => self.hear_answer(),
            _ => {}
        }
        ours
    }

    /// Notes a full disk, which stops everything until there is space again.
    pub(crate) fn hear_store(&self, error: &Error) {
        let is_full = matches!(error, Error::DiskFull);
        if is_full {
            self.set_line(|line| line.is_disk_full = true);
        }
    }
}
