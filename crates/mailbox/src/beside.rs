//! Threads beside a stream of bytes: what hashes or writes must not hold up the network, nor be held up by it.

use bytes::Bytes;
use md5::Digest;
use std::io::Write;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Pieces that may wait for a thread: the stream is at most so far ahead of it.
const AHEAD: usize = 4;

/// A thread that hashes what it is sent: lower-case hex, once the sender is dropped.
pub(crate) fn hasher<D: Digest + Send>() -> (mpsc::Sender<Bytes>, JoinHandle<String>) {
    let (sender, mut pieces) = mpsc::channel::<Bytes>(AHEAD);
    let hash = tokio::task::spawn_blocking(move || {
        let mut digest = D::new();
        while let Some(piece) = pieces.blocking_recv() {
            digest.update(&piece);
        }
        crate::files::hex(&digest.finalize())
    });
    (sender, hash)
}

/// A thread that writes what it is sent. It ends at the first error, and then takes no more. The bytes are in the file
/// system's hands, not on the disk: what has come over the network can come again.
pub(crate) fn writer(
    mut file: std::fs::File,
) -> (mpsc::Sender<Bytes>, JoinHandle<std::io::Result<()>>) {
    let (sender, mut pieces) = mpsc::channel::<Bytes>(AHEAD);
    let written = tokio::task::spawn_blocking(move || {
        while let Some(piece) = pieces.blocking_recv() {
            file.write_all(&piece)?;
        }
        Ok(())
    });
    (sender, written)
}
