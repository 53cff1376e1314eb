//! Threads beside a stream of bytes: what hashes or writes must not hold up the network, nor be held up by it.

use bytes::{Bytes, BytesMut};
use md5::Digest;
use std::io::Write;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Pieces that may wait for a thread: the stream is at most so far ahead of it. With fewer, threads that share a processor
/// wait for one another; more is memory.
const AHEAD: usize = 12;

/// Bytes that are worth waking a thread for: the network gives less at a time.
const WORTH: usize = 256 * 1024;

/// Pieces that wait until they are worth a thread's while.
#[derive(Debug, Default)]
pub(crate) struct Gathered(BytesMut);

impl Gathered {
    /// Adds a piece; all that has come together, once it is enough.
    pub(crate) fn add(&mut self, piece: &[u8]) -> Option<Bytes> {
        self.0.reserve(WORTH.saturating_sub(self.0.len()));
        self.0.extend_from_slice(piece);
        (self.0.len() >= WORTH).then(|| self.rest())
    }

    /// What has come together so far.
    pub(crate) fn rest(&mut self) -> Bytes {
        std::mem::take(&mut self.0).freeze()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use md5::Md5;

    #[tokio::test]
    async fn pieces_come_together_in_order_and_none_is_lost() {
        let whole: Vec<u8> = (0..WORTH * 3 + 17).map(|at| (at % 251) as u8).collect();
        let mut gathered = Gathered::default();
        let mut passed = Vec::new();
        for piece in whole.chunks(10_007) {
            passed.extend(gathered.add(piece));
        }
        assert!(
            passed.len() <= 3 && passed.iter().all(|piece| piece.len() >= WORTH),
            "only what is worth it"
        );
        passed.push(gathered.rest());
        assert_eq!(passed.concat(), whole);
        assert!(gathered.rest().is_empty(), "nothing twice");

        let (to_md5, md5) = hasher::<Md5>();
        for piece in passed {
            to_md5.send(piece).await.unwrap();
        }
        drop(to_md5);
        assert_eq!(
            md5.await.unwrap(),
            crate::files::hex(&Md5::digest(&whole)),
            "the same bytes"
        );
    }
}
