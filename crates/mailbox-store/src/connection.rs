//! The file and a connection to it: made for its owner alone, opened by one program at a time, encrypted.

use crate::error::{Result, StoreError};
use crate::key::StoreKey;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Once;
use std::time::Duration;

/// What a page is. Of the texts of letters hardly three fit into one of half the size, and a fifth of each stays empty;
/// SHA-256, by which a page is known to be ours, is done by the processor itself where the library's SHA-512 is not.
const PAGE: &str = "PRAGMA cipher_page_size = 8192; PRAGMA cipher_hmac_algorithm = HMAC_SHA256";
/// The same of files that were made before: as the library has it.
const OLD_PAGE: &str = "";
/// Prepared statements kept a connection; the catalogue has about a hundred.
const STATEMENTS: usize = 128;
/// How long a statement waits for another program that holds the file.
const BUSY: Duration = Duration::from_secs(5);

/// Opening is for one program at a time, as long as the file answered is held. SQLite's own locks do not cover it: the
/// salt of an encrypted file is drawn before there is a page to lock, and a change to WAL does not wait.
pub(crate) fn opening(path: &Path) -> Result<File> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let file = private().create(true).open(beside).map_err(unusable)?;
    file.lock().map_err(unusable)?;
    Ok(file)
}

/// Makes an empty file that only its owner may read; SQLite's own would follow the umask, and the log and index files
/// copy the rights of this one. One that is there is not touched: closing it would drop this process's locks on it.
pub(crate) fn create_private(path: &Path) -> Result<()> {
    match private().create_new(true).open(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(unusable(error)),
        _ => Ok(()),
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

fn unusable(error: std::io::Error) -> StoreError {
    StoreError::Unusable(error.kind())
}

/// Sets the library up. SQLite tells other threads that it is ready before the encryption has been put into it; a
/// connection opened in that moment fails at its first statement.
fn set_up() {
    static READY: Once = Once::new();
    // A library that cannot be set up is told of by the connection that is opened next.
    READY.call_once(|| drop(Connection::open_in_memory()));
}

/// Connects to the file, whatever pages it is made of: the encryption leaves no mark of them.
pub(crate) fn connect(path: &Path, key: &StoreKey) -> Result<Connection> {
    set_up();
    match connect_to(path, key, PAGE) {
        Err(StoreError::WrongKey) => connect_to(path, key, OLD_PAGE),
        connected => connected,
    }
}

fn connect_to(path: &Path, key: &StoreKey, page: &str) -> Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    // A wrong key would otherwise be announced on standard error.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.execute_batch(&key.pragma())?;
    connection.execute_batch(page)?;
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Temporary results would be written outside the encryption.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // The first statement that reads the file; a wrong key shows here.
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}
