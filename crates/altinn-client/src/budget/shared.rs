//! What a credential has used and been told, and the file by which processes share it.
//!
//! The file is read, changed and written under a lock that the system drops when its holder dies; half a file, or none,
//! means that nothing is known. It holds times and numbers only, and its name is a hash.

use super::bucket::{Bucket, Urgency};
use super::{Kind, Quota};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Failures in a row, of any calls, after which the host is taken to be down.
const DOWN: u32 = 5;
/// How often a host that is down is tried, milliseconds.
const PROBE_EVERY: i64 = 60_000;
/// How long Altinn is left alone when it asks for it and does not say how long, milliseconds; longer each time.
const UNTOLD: i64 = 1_000;
const LONGEST_UNTOLD: i64 = 300_000;
/// Looks at a lock that another process holds, and the pause between them. It is held for microseconds.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(1);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    get: Bucket,
    list: Bucket,
    write: Bucket,
    /// Altinn wants no call before this.
    blocked_until: i64,
    /// Times in a row that it asked without saying for how long.
    untold: u32,
    /// Failures of the host in a row, and when it may be tried while it is down.
    failures: u32,
    probe_at: i64,
}

/// Whether a call may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Go {
    Now,
    /// The quota has room at this time.
    Later(i64),
    /// Altinn wants to be left alone until then.
    Rest(i64),
    /// The host is down, and is tried again then.
    Down(i64),
}

impl State {
    fn bucket(&mut self, kind: Kind, quota: Option<Quota>) -> Option<(&mut Bucket, Option<u32>)> {
        Some(match kind {
            Kind::Get => (&mut self.get, quota.map(|quota| quota.get)),
            Kind::List => (&mut self.list, quota.map(|quota| quota.list)),
            Kind::Write => (&mut self.write, quota.map(|quota| quota.write)),
            Kind::Other => return None,
        })
    }

    pub(super) fn ask(
        &mut self,
        now: i64,
        kind: Kind,
        urgency: Urgency,
        quota: Option<Quota>,
    ) -> Go {
        // A clock that was set back must not keep us away for longer than was asked.
        self.blocked_until = self.blocked_until.min(now + 3_600_000);
        self.probe_at = self.probe_at.min(now + PROBE_EVERY);
        if self.blocked_until > now {
            return Go::Rest(self.blocked_until);
        }
        if self.failures >= DOWN {
            if self.probe_at > now {
                return Go::Down(self.probe_at);
            }
            // This one is the probe; the others wait for what it finds.
            self.probe_at = now + PROBE_EVERY;
        }
        let Some((bucket, ceiling)) = self.bucket(kind, quota) else {
            return Go::Now;
        };
        bucket.know(now, ceiling);
        match bucket.ask(now, urgency, ceiling, kind != Kind::List) {
            Ok(()) => Go::Now,
            Err(until) => {
                if self.failures >= DOWN {
                    self.probe_at = until;
                }
                Go::Later(until)
            }
        }
    }

    pub(super) fn heard(
        &mut self,
        now: i64,
        kind: Kind,
        begun: i64,
        status: u16,
        wait: Option<i64>,
        quota: Option<Quota>,
    ) {
        let is_fault = (500..600).contains(&status) && !matches!(status, 501 | 505);
        if is_fault {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= DOWN {
                self.probe_at = now + PROBE_EVERY;
            }
        } else {
            self.failures = 0;
        }
        let is_refusal = status == 429 || (status == 503 && (wait.is_some() || quota.is_some()));
        if !is_refusal {
            if !is_fault {
                self.untold = 0;
            }
            return;
        }
        let wait = wait.unwrap_or_else(|| {
            self.untold = self.untold.saturating_add(1);
            (UNTOLD << (self.untold - 1).min(10)).min(LONGEST_UNTOLD)
        });
        self.blocked_until = self.blocked_until.max(now + wait);
        let until = self.blocked_until;
        if let Some((bucket, ceiling)) = self.bucket(kind, quota) {
            bucket.refused(now, begun, until, ceiling);
        }
    }

    pub(super) fn is_down(&self) -> bool {
        self.failures >= DOWN
    }

    pub(super) fn allowed(&mut self, kind: Kind, quota: Option<Quota>) -> Option<f64> {
        let (bucket, ceiling) = self.bucket(kind, quota)?;
        bucket.allowed(ceiling)
    }
}

/// A state that this process keeps, or shares with others.
#[derive(Default)]
pub(super) struct Shared {
    own: Mutex<State>,
    file: Option<File>,
}

impl Shared {
    /// Shared with every process that names the same folder and credential. A folder that cannot be used leaves each to
    /// itself.
    pub(super) fn in_folder(folder: &Path, credential: &str) -> Self {
        let hash = ring::digest::digest(&ring::digest::SHA256, credential.as_bytes());
        let name: String = hash
            .as_ref()
            .iter()
            .take(12)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = std::fs::create_dir_all(folder)
            .and_then(|()| options.open(folder.join(format!("quota-{name}.json"))))
            .map_err(|error| tracing::warn!(kind = ?error.kind(), "the quota is not shared"))
            .ok();
        Self {
            own: Mutex::default(),
            file,
        }
    }

    /// Looks at the state and changes it, alone.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let held = self.file.as_ref().filter(|file| is_locked(file));
        if let Some(file) = held
            && let Some(state) = read(file)
        {
            *own = state;
        }
        let before = held.map(|_| own.clone());
        let value = change(&mut own);
        if let Some(file) = held {
            if before.as_ref() != Some(&*own) {
                write(file, &own);
            }
            let _ = file.unlock();
        }
        value
    }
}

fn is_locked(file: &File) -> bool {
    for _ in 0..LOOKS {
        match file.try_lock() {
            Ok(()) => return true,
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(_)) => return false,
        }
    }
    false
}

fn read(mut file: &File) -> Option<State> {
    let mut text = Vec::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// One write of less than a page or two; what a kill leaves half is read as nothing.
fn write(mut file: &File, state: &State) {
    let Ok(text) = serde_json::to_vec(state) else {
        return;
    };
    let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
    let done = file
        .seek(SeekFrom::Start(0))
        .and_then(|_| file.write_all(&text))
        .and_then(|()| file.set_len(length));
    if let Err(error) = done {
        tracing::warn!(kind = ?error.kind(), "the quota could not be noted");
    }
}
