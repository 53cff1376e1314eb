//! One writer and a few query-only readers, each a connection on a thread of its own.
//!
//! SQLite takes one writer at a time: a queue before it waits in order and never meets a busy lock, and a transaction
//! that begins as `IMMEDIATE` can never fail half-way for want of the lock. Readers see the last commit (WAL) and are
//! held to reading by SQLite itself. Statements block, so they run on these threads and callers await the answer.

use crate::connection::{connect, create_private, opening};
use crate::error::{Result, StoreError};
use crate::index::ToIndex;
use crate::key::StoreKey;
use crate::list::{Commits, Lists};
use crate::migrate;
use crate::text::Dictionaries;
use crate::threads::{Idle, Queue, ReadJob, Threads, WriteJob, next, spawn};
use crate::tidy::{Left, keep_writing};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, Weak};
use tokio::sync::{oneshot, watch};

/// Reading connections.
const READERS: usize = 3;

/// Decrypted pages that one of them keeps at most, negative for KiB; as a rule all is read with the same one.
const READER_CACHE: i32 = -32_000;
/// The same of the writer.
const WRITER_CACHE: i32 = -16_000;
/// The same while the bytes of files pass, which are wanted once and would drive out what is read again.
const PASSING_CACHE: i32 = -1_000;

/// How surely a commit must be on the disk when `write` returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    /// Flushed: power may fail after it.
    Full,
    /// The file stays sound, yet the last such commits may be missing after a power cut; for what Altinn has anyway. What
    /// is missing is always the end: commits are lost in the order they were made, so a mark of how far a sync has come
    /// never outlives the letters that were stored before it, and a `Full` one keeps all that came before it.
    Normal,
}

/// Pages that the log gathers before they are copied into the file: a page that many commits change is copied once.
const LOG_PAGES: u32 = 4_000;
/// Bytes of the log that are kept on the disk once it is copied.
const LOG_KEPT: u32 = 4 << 20;

/// An open store. Cheap to clone; the file closes when the last clone is dropped, or with [`Store::close`].
#[derive(Clone)]
pub struct Store {
    threads: Arc<Threads>,
    lists: Arc<Lists>,
    dictionaries: Arc<Dictionaries>,
    /// What the writer would do next if nobody wrote.
    left: watch::Receiver<Left>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Store")
    }
}

/// The statements that read, in the state of one commit.
#[derive(Debug)]
pub struct Reader<'a> {
    pub(crate) sql: &'a Connection,
    pub(crate) dictionaries: &'a Dictionaries,
    /// Lists of earlier questions, and the commits they must have seen; none while writing, which sees what is not
    /// committed.
    pub(crate) lists: Option<(&'a Lists, Commits)>,
}

/// The statements that write, and those that read, within one transaction.
#[derive(Debug)]
pub struct Writer<'a> {
    reader: Reader<'a>,
    /// Letters whose place in the index is renewed once all else is written.
    pub(crate) to_index: RefCell<ToIndex>,
}

impl<'a> Deref for Writer<'a> {
    type Target = Reader<'a>;

    fn deref(&self) -> &Reader<'a> {
        &self.reader
    }
}

impl Store {
    /// Opens the store at `path`, making it when it is not there, brings it to this version's schema and drops bytes
    /// that no row names. Blocks for some milliseconds.
    ///
    /// # Errors
    /// `WrongKey`, `Newer` (the file is untouched), `Corrupt`, `Busy`, `DiskFull`, `Unusable`.
    pub fn open(path: &Path, key: &StoreKey) -> Result<Self> {
        let _opening = opening(path)?;
        create_private(path)?;
        let mut writer = connect(path, key)?;
        migrate::refuse_newer(&writer)?;
        // Heeded only by a file that has no table yet; pages that become free are then given back bit by bit.
        writer.pragma_update(None, "auto_vacuum", "incremental")?;
        writer.pragma_update(None, "journal_mode", "wal")?;
        writer.pragma_update(None, "synchronous", "full")?;
        migrate::apply(&mut writer)?;
        writer.pragma_update(None, "foreign_keys", true)?;
        writer.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        writer.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
        writer.pragma_update(None, "cache_size", WRITER_CACHE)?;
        crate::blob::sweep(&mut writer)?;
        let (lists, dictionaries) = (Arc::<Lists>::default(), Arc::<Dictionaries>::default());
        let (write, jobs) = channel::<WriteJob>();
        let (tell, left) = watch::channel(Left::Index);
        let tidying = (Arc::clone(&lists), Arc::clone(&dictionaries));
        let writer = spawn("store-writer", move || {
            keep_writing(&mut writer, &jobs, &tell, &tidying.0, &tidying.1);
            // Best effort: the next start reads the same from the log.
            let _ = writer.execute_batch("PRAGMA optimize");
        })?;

        let (read, jobs) = channel::<ReadJob>();
        let (jobs, idle) = (Arc::new(Mutex::new(jobs)), Arc::<Idle>::default());
        let mut readers = Vec::new();
        for _ in 0..READERS {
            idle.put(connect_reader(path, key, READER_CACHE)?);
            let (jobs, idle) = (Arc::clone(&jobs), Arc::clone(&idle));
            readers.push(spawn("store-reader", move || {
                while let Some(job) = next(&jobs) {
                    // As many as threads, so there is one.
                    if let Some(reader) = idle.take() {
                        job(&reader);
                        idle.put(reader);
                    }
                }
            })?);
        }
        let (read_bytes, jobs) = channel::<ReadJob>();
        let reader = connect_reader(path, key, PASSING_CACHE)?;
        let bytes_reader = spawn("store-bytes", move || {
            while let Ok(job) = jobs.recv() {
                job(&reader);
            }
        })?;
        Ok(Self {
            threads: Arc::new(Threads {
                read: Queue::new(read, readers),
                read_bytes: Queue::new(read_bytes, vec![bytes_reader]),
                write: Queue::new(write, vec![writer]),
            }),
            lists,
            dictionaries,
            left,
        })
    }

    /// Waits until the index is merged and free pages are given back, which happens whenever nobody writes.
    ///
    /// # Errors
    /// `Closed`.
    pub async fn tidied(&self) -> Result<()> {
        // The writer may not have begun with what was written last.
        self.write(|_| Ok(())).await?;
        let mut left = self.left.clone();
        let tidied = left.wait_for(|left| *left == Left::Nothing).await;
        tidied.map(drop).map_err(|_| StoreError::Closed)
    }

    /// Finishes what is queued and closes the file, whoever else still holds a clone: theirs answer `Closed` from then on.
    pub async fn close(&self) {
        let threads = Arc::clone(&self.threads);
        // Fails only when the runtime is ending, which drops the threads as well.
        let _ = tokio::task::spawn_blocking(move || threads.end()).await;
    }

    /// Runs `work` on a reader.
    ///
    /// # Errors
    /// What `work` returns; `Closed` when the store's threads are gone.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    {
        self.try_read(work).await
    }

    /// As [`Store::read`], for work that has errors of its own.
    ///
    /// # Errors
    /// What `work` returns; `Closed` when the store's threads are gone.
    pub async fn try_read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Reader<'_>) -> Result<T, E> + Send + 'static,
    {
        self.ask(&self.threads.read, work).await
    }

    /// As [`Store::read`], for the bytes of files.
    pub(crate) async fn read_bytes<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Reader<'_>) -> Result<T> + Send + 'static,
    {
        self.ask(&self.threads.read_bytes, work).await
    }

    async fn ask<T, E, F>(&self, readers: &Queue<ReadJob>, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Reader<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, answer) = oneshot::channel();
        let (lists, dictionaries) = (Arc::clone(&self.lists), Arc::clone(&self.dictionaries));
        // Held by this future: dropped with it, whether it was answered or nobody waits any more.
        let waiting = Arc::new(());
        let asked = Arc::downgrade(&waiting);
        let job: ReadJob = Box::new(move |connection| {
            // A caller that stopped waiting is no error, and its question need not be answered.
            if !tell.is_closed() {
                let _ = tell.send(answer_of(connection, &dictionaries, &lists, asked, work));
            }
        });
        readers.put(job)?;
        let answer = answer.await.map_err(|_| StoreError::Closed)?;
        drop(waiting);
        answer
    }

    /// Runs `work` in one transaction that is on the disk when this returns. An error rolls everything back. The work
    /// is done to its end even when the caller stops waiting.
    ///
    /// # Errors
    /// What `work` returns; `DiskFull`, `Busy` and `Corrupt` from the commit.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        self.transact(Sync::Full, work).await
    }

    /// As [`Store::write`], for work that has errors of its own.
    ///
    /// # Errors
    /// What `work` returns, or the commit.
    pub async fn try_write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Writer<'_>) -> Result<T, E> + Send + 'static,
    {
        self.transact(Sync::Full, work).await
    }

    /// As [`Store::write`], but a power cut may lose it: only for what Altinn has and a sync brings back.
    ///
    /// # Errors
    /// What `work` returns, or the commit.
    pub async fn write_batch<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Writer<'_>) -> Result<T> + Send + 'static,
    {
        self.transact(Sync::Normal, work).await
    }

    /// Lets the file grow to `pages` pages of 8192 bytes only: the one way to meet a full disk in a test.
    ///
    /// # Errors
    /// The store's.
    #[doc(hidden)]
    pub async fn limit_pages_for_tests(&self, pages: u32) -> Result<()> {
        self.write(move |tx| {
            tx.sql
                .pragma_update(None, "max_page_count", pages)
                .map_err(StoreError::from)
        })
        .await
    }

    async fn transact<T, E, F>(&self, sync: Sync, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Writer<'_>) -> Result<T, E> + Send + 'static,
    {
        let (tell, answer) = oneshot::channel();
        let (lists, dictionaries) = (Arc::clone(&self.lists), Arc::clone(&self.dictionaries));
        let job: WriteJob = Box::new(move |connection| {
            let done = commit(connection, &dictionaries, sync, work);
            lists.outdate();
            let _ = tell.send(done);
        });
        self.threads.write.put(job)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

impl Writer<'_> {
    /// Writes bytes of files with `work`, and lets the pages go that it has filled.
    pub(crate) fn pass_bytes(&self, work: impl FnOnce() -> Result<()>) -> Result<()> {
        let keep = |pages: i32| self.sql.pragma_update(None, "cache_size", pages);
        keep(PASSING_CACHE)?;
        let done = work();
        keep(WRITER_CACHE)?;
        done
    }
}

fn connect_reader(path: &Path, key: &StoreKey, cache: i32) -> Result<Connection> {
    let reader = connect(path, key)?;
    reader.pragma_update(None, "query_only", true)?;
    reader.pragma_update(None, "cache_size", cache)?;
    Ok(reader)
}

/// What `work` reads, all of one moment: what it asks first and last belongs together, and the file is locked once.
fn answer_of<T, E, F>(
    connection: &Connection,
    dictionaries: &Dictionaries,
    lists: &Lists,
    asked: Weak<()>,
    work: F,
) -> Result<T, E>
where
    E: From<StoreError>,
    F: FnOnce(&Reader<'_>) -> Result<T, E>,
{
    // Before the moment, so that a list kept for these commits has them.
    let commits = lists.commits();
    let moment = connection
        .unchecked_transaction()
        .map_err(StoreError::from)?;
    let _looking = Looking::while_asked(&moment, asked);
    work(&Reader {
        sql: &moment,
        dictionaries,
        lists: Some((lists, commits)),
    })
}

/// Steps of SQLite's machine between two looks at whether the answer is still wanted: some microseconds.
const STEPS: i32 = 1_000;

/// A statement that ends by itself once nobody waits for its answer.
struct Looking<'a>(&'a Connection);

impl<'a> Looking<'a> {
    fn while_asked(connection: &'a Connection, asked: Weak<()>) -> Self {
        let is_over = move || asked.strong_count() == 0;
        // Without the hook the statement runs to its end, as it would have before.
        let _ = connection.progress_handler(STEPS, Some(is_over));
        Self(connection)
    }
}

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        let _ = self.0.progress_handler(0, None::<fn() -> bool>);
    }
}

/// Does `work` in one transaction, and indexes last what it has put aside for that.
pub(crate) fn commit<T, E, F>(
    connection: &mut Connection,
    dictionaries: &Dictionaries,
    sync: Sync,
    work: F,
) -> Result<T, E>
where
    E: From<StoreError>,
    F: FnOnce(&Writer<'_>) -> Result<T, E>,
{
    let level = match sync {
        Sync::Full => "full",
        Sync::Normal => "normal",
    };
    connection
        .pragma_update(None, "synchronous", level)
        .map_err(StoreError::from)?;
    let transaction = begin(connection)?;
    let writer = Writer {
        reader: Reader {
            sql: &transaction,
            dictionaries,
            lists: None,
        },
        to_index: RefCell::default(),
    };
    let value = work(&writer)?;
    writer.index_all()?;
    transaction.commit().map_err(StoreError::from)?;
    Ok(value)
}

pub(crate) fn begin(connection: &mut Connection) -> Result<Transaction<'_>> {
    Ok(connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::run;
    use std::time::Duration;

    #[tokio::test]
    async fn readers_are_held_to_reading_by_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.db"), &StoreKey::new([1; 32])).unwrap();
        let refused = store.read(|r| run(r.sql, "DELETE FROM setting", [])).await;
        assert_eq!(
            refused,
            Err(StoreError::Unusable(std::io::ErrorKind::PermissionDenied)),
            "a statement in the wrong place must not get past the writer's queue"
        );
    }

    #[tokio::test]
    async fn a_question_that_nobody_waits_for_ends_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("a.db"), &StoreKey::new([1; 32])).unwrap();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (ended, has_ended) = tokio::sync::oneshot::channel();
        let mut asking = Box::pin(store.read(move |r| {
            let _ = begun.send(());
            // Minutes, were it left to run.
            let count = r.sql.query_row(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 4000000000) SELECT count(*) FROM n",
                [],
                |row| row.get::<_, i64>(0),
            );
            let _ = ended.send(count.is_err());
            Ok(())
        }));
        tokio::select! {
            _ = &mut asking => panic!("nothing is answered yet"),
            begun = has_begun => begun.unwrap(),
        }
        drop(asking);
        let is_interrupted = tokio::time::timeout(Duration::from_secs(20), has_ended).await;
        assert_eq!(is_interrupted, Ok(Ok(true)), "the statement was cut off");
        let next = store.read(|r| {
            Ok(r.sql
                .query_row("SELECT 1", [], |row| row.get::<_, i64>(0))?)
        });
        assert_eq!(next.await, Ok(1), "and the reader is free for the next");
    }

    #[tokio::test]
    async fn a_closed_store_is_closed_for_every_clone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let store = Store::open(&path, &StoreKey::new([1; 32])).unwrap();
        let forgotten = store.clone();
        store.close().await;
        assert!(
            !folder.path().join("a.db-wal").exists(),
            "the last connection folds the log into the file, so nothing changes it later"
        );
        assert_eq!(
            forgotten.read(|_| Ok(())).await,
            Err(StoreError::Closed),
            "a task that was left behind is told, and waits for nothing"
        );
    }
}
