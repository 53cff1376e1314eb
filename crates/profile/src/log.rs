//! The program's log: `brevdue.log` in the profile.
//!
//! What may be logged is decided where it is logged: codes, counts, durations and trace ids. Names, numbers, subjects,
//! bodies, tokens and keys are never handed to it; a test searches the log of a whole run for them.

use crate::error::ProfileError;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Mutex;
use tracing_subscriber::EnvFilter;

/// Size at which the log is put aside as `brevdue.log.1`, in bytes; looked at when the program starts.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Starts logging to the profile at `dir`. `BREVDUE_LOG` takes a filter such as `debug` or `mailbox=trace`; the default
/// is `info` for our own crates and `warn` for the others.
///
/// # Errors
/// When the log cannot be written.
pub fn start(dir: &Path) -> Result<(), ProfileError> {
    crate::make_private(dir)?;
    let path = dir.join("brevdue.log");
    if std::fs::metadata(&path).is_ok_and(|file| file.len() > LARGEST) {
        std::fs::rename(&path, dir.join("brevdue.log.1")).map_err(ProfileError::of_io)?;
    }
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(ProfileError::of_io)?;
    let filter = EnvFilter::try_from_env("BREVDUE_LOG").unwrap_or_else(|_| {
        EnvFilter::new("warn,mailbox=info,mailbox_store=info,altinn_client=info,brevdue_profile=info,brevdue_desktop=info")
    });
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .finish();
    // A second start in one process keeps the first log: tests open several profiles.
    let _ = tracing::subscriber::set_global_default(subscriber);
    Ok(())
}
