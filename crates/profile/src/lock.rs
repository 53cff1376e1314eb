//! One program at a time on a profile: an advisory lock that the operating system drops when the process ends, however
//! it ends, so that no stale lock is ever left behind.

use crate::error::ProfileError;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::time::Duration;

/// How long a program that was closed or killed may take to end, until it counts as running.
const ENDING: Duration = Duration::from_secs(3);

/// Held while the profile is open.
#[derive(Debug)]
pub(crate) struct InstanceLock {
    _file: File,
}

impl InstanceLock {
    /// Takes the lock of `dir`, waiting [`ENDING`] for a program that is just ending.
    ///
    /// # Errors
    /// [`ProfileError::Busy`] when another process keeps it.
    pub(crate) async fn take_soon(dir: &Path) -> Result<Self, ProfileError> {
        let deadline = tokio::time::Instant::now() + ENDING;
        loop {
            match Self::take(dir) {
                Err(ProfileError::Busy) if tokio::time::Instant::now() < deadline => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Takes the lock of `dir` without waiting.
    ///
    /// # Errors
    /// [`ProfileError::Busy`] when another process holds it.
    pub(crate) fn take(dir: &Path) -> Result<Self, ProfileError> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(dir.join("lock"))
            .map_err(ProfileError::of_io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ProfileError::Busy),
            Err(TryLockError::Error(error)) => Err(ProfileError::of_io(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_instance_is_told_so_and_the_lock_is_free_again_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let first = InstanceLock::take(dir.path()).unwrap();
        assert!(
            matches!(InstanceLock::take(dir.path()), Err(ProfileError::Busy)),
            "two programs on one profile would send twice"
        );
        drop(first);
        InstanceLock::take(dir.path()).expect("a closed program must leave the profile free");
    }
}
