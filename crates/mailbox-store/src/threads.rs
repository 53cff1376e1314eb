//! The threads of a store: one that writes, some that read, and the queues before them.

use crate::error::{Result, StoreError};
use rusqlite::Connection;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

pub(crate) type ReadJob = Box<dyn FnOnce(&Connection) + Send>;
pub(crate) type WriteJob = Box<dyn FnOnce(&mut Connection) + Send>;

/// The threads that hold the connections. They end before the last clone is gone: a thread that still held a connection
/// while the process ends would meet a cryptographic library that has been taken down under it.
pub(crate) struct Threads {
    pub(crate) read: Queue<ReadJob>,
    /// The bytes of files alone, by a connection that keeps hardly a page of them.
    pub(crate) read_bytes: Queue<ReadJob>,
    pub(crate) write: Queue<WriteJob>,
}

impl Threads {
    /// The writer goes last and alone: of connections that close at once none may fold the log into the file.
    pub(crate) fn end(&self) {
        self.read.end();
        self.read_bytes.end();
        self.write.end();
    }
}

/// A queue of jobs and the threads that take them.
pub(crate) struct Queue<J> {
    /// None once the store is closed.
    jobs: RwLock<Option<Sender<J>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl<J> Queue<J> {
    pub(crate) fn new(jobs: Sender<J>, threads: Vec<JoinHandle<()>>) -> Self {
        Self {
            jobs: RwLock::new(Some(jobs)),
            threads: Mutex::new(threads),
        }
    }

    pub(crate) fn put(&self, job: J) -> Result<()> {
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner);
        let jobs = jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(job).map_err(|_| StoreError::Closed)
    }

    /// Lets the threads finish what is queued, and waits until they have closed their connections.
    pub(crate) fn end(&self) {
        *self.jobs.write().unwrap_or_else(PoisonError::into_inner) = None;
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

/// Reading connections that nobody reads from, the last used on top: it has the most pages decrypted already.
#[derive(Default)]
pub(crate) struct Idle(Mutex<Vec<Connection>>);

impl Idle {
    pub(crate) fn take(&self) -> Option<Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub(crate) fn put(&self, connection: Connection) {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(connection);
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.end();
    }
}

pub(crate) fn next(jobs: &Mutex<Receiver<ReadJob>>) -> Option<ReadJob> {
    // The lock only orders who takes the next job; a reader that panicked has left nothing half done behind it.
    jobs.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .recv()
        .ok()
}

pub(crate) fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| StoreError::Unusable(error.kind()))
}
